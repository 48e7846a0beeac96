//! A rejection knows itself whether anything was sent: no mark may overrule it.
use resilient_runtime::{Classify, Rejected};

#[derive(Classify)]
enum Error {
    #[failure(permanent)]
    Policy(Rejected),
    #[failure(not_sent)]
    Boxed { call: u32, rejected: Box<Rejected> },
}

fn main() {}
