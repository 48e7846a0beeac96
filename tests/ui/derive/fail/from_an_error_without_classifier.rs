//! `from` asks the wrapped error, which has to have an answer.
use resilient_runtime::Classify;

#[derive(Classify)]
enum Error {
    #[failure(from)]
    Format(std::fmt::Error),
    #[failure(from)]
    Text { why: String },
}

fn main() {}
