//! A class belongs on a variant or struct, `from` where there is one error, `default` and `crate` on the type.
use std::io;

use resilient_runtime::Classify;

#[derive(Classify)]
#[failure(permanent)]
enum ClassOnEnum {
    #[failure(from)]
    A(io::Error),
}

#[derive(Classify)]
#[failure(from)]
enum FromOnEnum {
    #[failure(from)]
    Nothing,
    #[failure(from)]
    Several(io::Error, u8),
    #[failure(default = unknown)]
    Default,
    FieldClass(#[failure(unknown)] io::Error),
    TwoFields(#[failure(from)] io::Error, #[failure(from)] io::Error),
    #[failure(unknown)]
    Both(#[failure(from)] io::Error),
    #[failure(unknown, permanent)]
    Twice,
    #[failure(unknown)]
    #[failure(permanent)]
    TwiceApart,
}

#[derive(Classify)]
union Untold {
    a: u8,
}

fn main() {}
