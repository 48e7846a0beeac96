//! Tests that return nothing or a result, and a dependency under another name.
#![deny(warnings)]

use std::io;
use std::time::Duration;

#[resilient_runtime::test]
async fn waits_no_time_at_all() {
    tokio::time::sleep(Duration::from_secs(3600)).await;
}

#[resilient_runtime::test(crate = ::resilient_tests::facade::resilience)]
async fn under_another_name() -> io::Result<()> {
    Ok(())
}

#[resilient_runtime::test]
#[should_panic(expected = "as it should")]
async fn panics() {
    panic!("as it should");
}

fn main() {}
