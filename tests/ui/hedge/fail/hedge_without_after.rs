//! What a hedge must say, what it takes, and the words of other worlds.
use std::io;

use resilient_runtime::{hedge, read_only};

#[hedge]
#[read_only]
async fn no_time() -> io::Result<u64> {
    Ok(1)
}

#[hedge("80ms")]
#[read_only]
async fn no_name() -> io::Result<u64> {
    Ok(1)
}

#[hedge(after = 80)]
#[read_only]
async fn no_unit() -> io::Result<u64> {
    Ok(1)
}

#[hedge(after = "0ms")]
#[read_only]
async fn at_once() -> io::Result<u64> {
    Ok(1)
}

#[hedge(after = "100us")]
#[read_only]
async fn too_fine() -> io::Result<u64> {
    Ok(1)
}

#[hedge(after = "95%")]
#[read_only]
async fn a_share() -> io::Result<u64> {
    Ok(1)
}

#[hedge(after = "p30")]
#[read_only]
async fn most_calls() -> io::Result<u64> {
    Ok(1)
}

#[hedge(after = "p99.9")]
#[read_only]
async fn few_calls() -> io::Result<u64> {
    Ok(1)
}

#[hedge(after = "p95", max = 5)]
#[read_only]
async fn too_many() -> io::Result<u64> {
    Ok(1)
}

#[hedge(after = "p95", budget(none))]
#[read_only]
async fn no_budget() -> io::Result<u64> {
    Ok(1)
}

#[hedge(delay = "80ms", max_hedged_attempts = 2)]
#[read_only]
async fn polly() -> io::Result<u64> {
    Ok(1)
}

#[hedge(hedgingDelay = "80ms", maxAttempts = 3)]
#[read_only]
async fn grpc() -> io::Result<u64> {
    Ok(1)
}

#[hedge(hedge_after = "80ms", max_hedges = 2)]
#[read_only]
async fn others() -> io::Result<u64> {
    Ok(1)
}

#[hedge(latency_percentile = 0.95)]
#[read_only]
async fn tower() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
