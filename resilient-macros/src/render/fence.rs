//! Code blocks that a documentation leaves open: its attributes go in, the fence that closes it comes out.
//!
//! An open block ends with the documentation, so rustdoc takes no offence. What we append would be part of
//! it, and a doc test that passed would not compile any more.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The fence that is still open at the end; none where something other than a string is part of the text.
pub(super) fn left_open(attrs: &[Attribute]) -> Option<String> {
    let mut open: Option<String> = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("doc")) {
        let Meta::NameValue(doc) = &attr.meta else {
            continue;
        };
        let Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) = &doc.value
        else {
            return None;
        };
        for line in text.value().lines() {
            let Some((fence, info)) = fence(line) else {
                continue;
            };
            match &open {
                None if !info.contains('`') => open = Some(fence.to_owned()),
                Some(opened) if fence.starts_with(opened) && info.trim().is_empty() => open = None,
                _ => {}
            }
        }
    }
    open
}

/// `CommonMark` 0.31, 4.5: three or more backticks or tildes, indented by at most three spaces, behind the
/// one that a doc comment begins with.
fn fence(line: &str) -> Option<(&str, &str)> {
    let trimmed = line.trim_start_matches(' ');
    let first = trimmed.chars().next().filter(|mark| "`~".contains(*mark))?;
    let length = trimmed.chars().take_while(|mark| *mark == first).count();
    let fits = line.len() - trimmed.len() <= 4 && length >= 3;
    fits.then(|| trimmed.split_at(length))
}

#[cfg(test)]
mod tests {
    use syn::parse::Parser;

    use super::*;

    fn open(docs: &str) -> Option<String> {
        let attrs = Attribute::parse_outer.parse_str(docs).unwrap();
        left_open(&attrs)
    }

    #[test]
    fn a_block_that_is_closed_needs_no_fence() {
        assert_eq!(open("/// Text with `code`."), None);
        assert_eq!(open("/// ```no_run\n/// run();\n/// ```"), None);
        assert_eq!(open("/// ~~~~\n/// ```\n/// ~~~~"), None);
        assert_eq!(open("/// ```inline``` is no block"), None);
        assert_eq!(open("///     ``` is indented code"), None);
    }

    #[test]
    fn a_block_left_open_is_closed_by_its_own_fence() {
        assert_eq!(open("/// ```no_run\n/// run();").as_deref(), Some("```"));
        assert_eq!(
            open("/// ````\n/// ```\n/// run();").as_deref(),
            Some("````")
        );
        assert_eq!(open("/** A\n```\nrun(); */").as_deref(), Some("```"));
    }

    #[test]
    fn nothing_is_concluded_from_text_that_is_elsewhere() {
        assert_eq!(open("/// ```\n#[doc = include_str!(\"more.md\")]"), None);
    }
}
