//! "Did you mean": a name nobody knows goes in, the one that was probably meant comes out.

/// The known name that ends in `name`, or else the one that is nearest to it, if one is near enough to be a
/// slip of the pen: a third of it differs at most.
pub(crate) fn closest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let is_tail = |known: &str| {
        let head = known.strip_suffix(name);
        !name.is_empty() && head.is_some_and(|head| head.ends_with(['/', ':']))
    };
    let nearest = || {
        let near = known.iter().map(|known| (distance(name, known), *known));
        let near = near.filter(|(distance, known)| distance * 3 <= known.chars().count());
        near.min().map(|(_, known)| known)
    };
    known
        .iter()
        .copied()
        .find(|known| is_tail(known))
        .or_else(nearest)
}

/// Levenshtein's distance over characters.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &b) in other.iter().enumerate() {
            let substituted = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 3] = ["shop/payments", "shop/mail", "shop::stock::reserve@12"];

    #[test]
    fn a_name_without_its_crate_finds_the_one_with_it() {
        assert_eq!(closest("payments", &KNOWN), Some("shop/payments"));
        assert_eq!(
            closest("reserve@12", &KNOWN),
            Some("shop::stock::reserve@12")
        );
    }

    #[test]
    fn a_slip_of_the_pen_finds_the_name_and_another_word_nothing() {
        assert_eq!(closest("shop/paymnets", &KNOWN), Some("shop/payments"));
        assert_eq!(closest("shop::stock::reserve@14", &KNOWN), Some(KNOWN[2]));
        assert_eq!(closest("inventory", &KNOWN), None);
        assert_eq!(closest("", &KNOWN), None);
    }
}
