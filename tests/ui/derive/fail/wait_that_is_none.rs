//! `retry_after` names a field that holds a duration, of a class that an answer can give.
use std::time::Duration;

use resilient_runtime::Classify;

#[derive(Classify)]
enum Error {
    #[failure(overloaded(retry_after = waits))]
    Misspelt { wait: Duration },
    #[failure(overloaded(retry_after = 1))]
    OutOfRange(Duration),
    #[failure(unknown(retry_after = wait))]
    NotAnAnswer { wait: Duration },
    #[failure(transient(after = wait))]
    OtherOption { wait: Duration },
}

#[derive(Classify)]
#[failure(overloaded(retry_after = seconds))]
struct WithoutUnit {
    seconds: u64,
}

fn main() {}
