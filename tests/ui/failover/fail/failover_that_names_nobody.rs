//! What is no path of a function.
use std::io;

use resilient_runtime::{failover, fallback, read_only};

#[read_only]
async fn elsewhere(name: &str) -> io::Result<u64> {
    Ok(name.len() as u64)
}

#[read_only]
#[failover]
async fn nobody(name: &str) -> io::Result<u64> {
    Ok(name.len() as u64)
}

#[read_only]
#[failover("elsewhere")]
async fn a_string(name: &str) -> io::Result<u64> {
    Ok(name.len() as u64)
}

#[read_only]
#[failover(elsewhere(name))]
async fn a_call(name: &str) -> io::Result<u64> {
    Ok(name.len() as u64)
}

#[read_only]
#[failover(|name| elsewhere(name))]
async fn a_closure(name: &str) -> io::Result<u64> {
    Ok(name.len() as u64)
}

#[read_only]
#[failover(self::elsewhere, self::elsewhere)]
async fn twice(name: &str) -> io::Result<u64> {
    Ok(name.len() as u64)
}

#[read_only]
#[failover(elsewhere, same_sistem)]
async fn a_slip(name: &str) -> io::Result<u64> {
    Ok(name.len() as u64)
}

#[read_only]
#[fallback]
async fn no_answer(name: &str) -> io::Result<u64> {
    Ok(name.len() as u64)
}

#[read_only]
#[fallback(default, elsewhere)]
async fn two_answers(name: &str) -> io::Result<u64> {
    Ok(name.len() as u64)
}

#[read_only]
#[fallback(method = "elsewhere")]
async fn of_another_world(name: &str) -> io::Result<u64> {
    Ok(name.len() as u64)
}

#[read_only]
#[fallback(elsewhere, providers(elsewhere))]
async fn option_of_nobody(name: &str) -> io::Result<u64> {
    Ok(name.len() as u64)
}

fn main() {}
