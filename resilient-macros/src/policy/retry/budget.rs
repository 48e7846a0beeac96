//! `budget(..)`: what pays for the repeats.

use proc_macro2::TokenStream;
use syn::{Ident, LitStr};

use crate::diagnostics::Errors;
use crate::options::{Form, Options, Spec, spec};
use crate::value::{self, At};

pub(crate) enum Budget {
    None,
    Own {
        earn: Option<At<u16>>,
        save: Option<At<u32>>,
    },
    Named {
        name: LitStr,
        earn: Option<At<u16>>,
        save: Option<At<u32>>,
    },
}

const KNOWN: &[Spec] = &[
    spec("none", Form::Flag, "budget(none)"),
    spec("earn", Form::Assign, "earn = \"20%\""),
    spec("save", Form::Assign, "save = 5"),
];

pub(crate) fn read(key: &Ident, tokens: TokenStream, errors: &mut Errors) -> Budget {
    let mut options = Options::parse(tokens, errors);
    options.keep_known("budget", KNOWN, &|_| None, errors);
    if options.is_empty() {
        errors.at(
            key.span(),
            "`budget` says nothing",
            "the default would hold",
            "`budget(\"payments\")`, `budget(earn = \"20%\")` or `budget(none)`",
        );
    }
    let none = options.flag("none");
    let earn = options
        .assign("earn")
        .and_then(|(_, expr)| value::percent("earn", &expr, errors));
    let save = options
        .assign("save")
        .and_then(|(_, expr)| value::count("save", "save = 5", &expr, 2..=u32::MAX, errors));
    let mut unnamed = options.take_unnamed().into_iter();
    let name = unnamed.next().and_then(|expr| {
        let name = value::string(&expr).cloned();
        if name.is_none() {
            errors.over(
                &expr,
                "`budget` is named by a string",
                "",
                "`budget(\"payments\")`",
            );
        }
        name
    });
    for extra in unnamed {
        errors.over(
            &extra,
            "`budget` takes one name",
            "",
            "`budget(\"payments\", earn = \"20%\")`",
        );
    }
    if none.is_some() {
        if name.is_some() || earn.is_some() || save.is_some() {
            errors.at(
                key.span(),
                "`budget(none)` takes nothing else",
                "the other options would do nothing",
                "`budget(none)`",
            );
        }
        return Budget::None;
    }
    match name {
        Some(name) => Budget::Named { name, earn, save },
        None => Budget::Own { earn, save },
    }
}
