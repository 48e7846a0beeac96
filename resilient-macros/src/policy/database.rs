//! `#[database]`: the function talks to the database its arguments lead to, so a transaction among them is its own
//! business.

use proc_macro2::Span;

use super::Policy;
use crate::diagnostics::Errors;
use crate::options::{Options, Spec};

pub(crate) struct Database;

impl Policy for Database {
    const OPTIONS: &'static [Spec] = &[];

    fn parse(_span: Span, options: &mut Options, errors: &mut Errors) -> Self {
        for extra in options.take_unnamed() {
            errors.over(&extra, "`database` takes no value", "", "`#[database]`");
        }
        Self
    }
}
