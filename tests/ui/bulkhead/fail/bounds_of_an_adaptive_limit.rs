//! An adaptive limit has bounds that leave room, and no number of its own.
use std::io;

use resilient_runtime::bulkhead::{Bulkhead, Settings};
use resilient_runtime::{bulkhead, timeout};

static PAYMENTS: Bulkhead = Bulkhead::new(Settings::adaptive(1, 200));

#[bulkhead(10, adaptive)]
#[timeout("1s")]
async fn both() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(adaptive, min = 20, max = 10)]
#[timeout("1s")]
async fn reversed() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(adaptive, min = 200)]
#[timeout("1s")]
async fn no_room() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(adaptive, min = 0)]
#[timeout("1s")]
async fn nothing_at_least() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(max = 30)]
async fn most_without_adaptive() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(10, min = 5)]
async fn least_of_a_fixed_one() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(PAYMENTS, adaptive)]
#[timeout("1s")]
async fn beside_a_static() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(aimd, max_limit = 50)]
async fn words_of_other_worlds() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
