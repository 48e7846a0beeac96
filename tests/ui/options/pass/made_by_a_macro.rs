//! Functions and options that a `macro_rules!` puts together: its fragments arrive in invisible groups.
#![deny(warnings)]

use std::io;

use resilient_runtime::breaker::{Breaker, Settings};
use resilient_runtime::{Failure, breaker, bulkhead, retry, timeout};

static PAYMENTS: Breaker = Breaker::new(Settings::new());

fn what_it_means(error: &io::Error) -> Failure {
    let _ = error;
    Failure::Permanent
}

macro_rules! calls {
    ($name:ident($id:ident), $effect:ident, $times:expr, $total:expr, $attempt:literal, $state:expr, $path:path, $key:expr, $ty:ty, $limit:literal) => {
        #[retry($effect, attempts = $times, backoff($attempt, factor = $times), classify($path))]
        #[timeout(total = $total, attempt = $attempt)]
        #[breaker($state, key($key))]
        #[bulkhead($limit, wait = $attempt)]
        pub async fn $name($id: u64) -> io::Result<$ty> {
            Ok($id)
        }
    };
}

calls!(
    one(id),
    read_only,
    3,
    "2s",
    "100ms",
    PAYMENTS,
    what_it_means,
    id,
    u64,
    10
);
calls!(
    two(id),
    idempotent,
    2,
    "2s",
    "100ms",
    "payments",
    self::what_it_means,
    (id, 1),
    u64,
    5
);

macro_rules! whole {
    ($($body:tt)*) => {
        $($body)*
    };
}

whole! {
    #[retry(read_only)]
    pub async fn three() -> io::Result<u64> {
        Ok(1)
    }
}

fn main() {}
