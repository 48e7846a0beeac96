//! A slip of the pen and the words of other worlds get the word that was meant.
use resilient_runtime::Classify;

#[derive(Classify)]
#[failure(default = permament)]
enum Error {
    #[failure(not_send)]
    A,
    #[failure(retryable)]
    B,
    #[failure(rate_limited)]
    C,
    #[failure(timeout)]
    D,
    #[failure(purple)]
    E,
    #[failure]
    F,
    #[failure()]
    G,
}

fn main() {}
