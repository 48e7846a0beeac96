//! Every variant says what it means; all that do not are shown at once.
use resilient_runtime::Classify;

#[derive(Classify)]
enum PaymentError {
    Declined,
    #[failure(unknown)]
    Silence,
    Busy { wait: std::time::Duration },
}

#[derive(Classify)]
struct Invalid(String);

fn main() {}
