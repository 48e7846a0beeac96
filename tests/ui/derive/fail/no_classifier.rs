//! What rustc says where a policy needs `Classify` or `FromRejected` and the type has neither.
use resilient_runtime::{Classify, FromRejected};

struct PaymentError;

fn classified<E: Classify>() {}
fn carries<E: FromRejected>() {}

fn main() {
    classified::<PaymentError>();
    classified::<Box<PaymentError>>();
    classified::<()>();
    carries::<PaymentError>();
    carries::<()>();
}
