//! A test on a paused clock is an `async fn` that anybody can call, once.
use std::io;

#[resilient_runtime::test]
fn blocking() {}

#[resilient_runtime::test]
async unsafe extern "C" fn from_afar<T>(argument: T) {
    drop(argument);
}

#[resilient_runtime::test]
#[test]
async fn already() {}

#[resilient_runtime::test(start_paused = false, crate = 5)]
async fn with_options() -> io::Result<()> {
    Ok(())
}

#[resilient_runtime::test(crate = ::resilient_runtime, crate = ::resilient_runtime)]
async fn twice() {}

fn main() {}
