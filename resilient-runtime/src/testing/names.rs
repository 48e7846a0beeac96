//! Which function a test means: its whole path, or the end of it.

/// Whether `name` is `full`, or what stands behind one of its `::` or `/`.
pub(super) fn is_named(full: &str, name: &str) -> bool {
    let head = full.strip_suffix(name);
    !name.is_empty()
        && head.is_some_and(|head| head.is_empty() || head.ends_with("::") || head.ends_with('/'))
}

/// The same for a state, which without a name is shown as `path::function@line`; the line need not be known.
pub(super) fn is_state_named(full: &str, name: &str) -> bool {
    let without_line = full.rsplit_once('@').map_or(full, |(path, _line)| path);
    is_named(full, name) || is_named(without_line, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_whole_path_or_the_end_of_one() {
        assert!(is_named("shop::pay::charge", "shop::pay::charge"));
        assert!(is_named("shop::pay::charge", "pay::charge"));
        assert!(is_named("shop::pay::charge", "charge"));
        assert!(!is_named("shop::pay::recharge", "charge"));
        assert!(!is_named("shop::pay::charge", ""));
        assert!(!is_named("charge", "pay::charge"));
    }

    #[test]
    fn a_state_is_named_with_or_without_its_line() {
        assert!(is_state_named("shop::pay::charge@12", "charge"));
        assert!(is_state_named("shop::pay::charge@12", "charge@12"));
        assert!(is_state_named("shop/payments", "payments"));
        assert!(!is_state_named("shop/payments", "ments"));
    }
}
