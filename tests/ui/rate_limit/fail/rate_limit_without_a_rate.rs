//! How many in which time? A rate of nothing, without a unit, of no time, and two.
use std::io;

use resilient_runtime::rate_limit;

#[rate_limit]
async fn no_rate() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("payments")]
async fn a_name_only() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("100/s", "10/min")]
async fn two() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit(100)]
async fn bare() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit(0.5)]
async fn fraction() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("100")]
async fn quoted() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("100rps")]
async fn unit_of_another_world() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("100 per second")]
async fn words() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("0.5/s")]
async fn quoted_fraction() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("1_000/s")]
async fn separators() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("0/s")]
async fn zero() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("100/")]
async fn no_unit() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("100/parsec")]
async fn another_unit() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("100/5")]
async fn a_span_without_unit() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("5000000000/s")]
async fn overflows() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("2/ns")]
async fn too_fast() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("1/400d")]
async fn too_long() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("1/h", burst = 4000000000)]
async fn never_full_again() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("100/s", burst = 0)]
async fn no_burst() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("100/s", wait = 50)]
async fn bare_wait() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit(wait = "50ms", burst = 5)]
async fn only_options() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
