//! A rejection needs exactly one place, and that place nothing else.
use resilient_runtime::{FromRejected, Rejected};

#[derive(FromRejected)]
enum NoPlace {
    Declined(String),
}

#[derive(FromRejected)]
enum TwoPlaces {
    Policy(Rejected),
    Earlier(Rejected),
}

#[derive(FromRejected)]
enum MarkedTwice {
    #[rejected]
    Policy(Rejected),
    Earlier(#[rejected] Rejected),
}

#[derive(FromRejected)]
enum WrongShape {
    #[rejected]
    TimedOut,
}

#[derive(FromRejected)]
enum MoreFields {
    #[rejected]
    Policy { rejected: Rejected, attempt: u32 },
}

#[derive(FromRejected)]
struct WrongType(#[rejected] u32);

#[derive(FromRejected)]
#[rejected]
struct OnType(Rejected);

fn main() {}
