//! Budgets that contradict themselves.
use std::io;

use resilient_runtime::retry;

#[retry(read_only, budget(none, save = 3))]
async fn none_and_more() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, budget(payments))]
async fn bare_name() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, budget("payments", "orders"))]
async fn two_names() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, budget(earn = 0.2))]
async fn fraction() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, budget(earn = "0%", save = 0))]
async fn nothing_earned_or_saved() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, budget(percent = 20))]
async fn other_words() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, budget())]
async fn empty() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, budget(5))]
async fn number() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
