//! Every small program does what it says: each is run and must exit with success in time.

use std::io;
use std::process::{Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The slowest takes three seconds; the rest is for a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

fn run(program: &str) -> io::Result<Option<ExitStatus>> {
    let mut running = Command::new(program).stdout(Stdio::null()).spawn()?;
    let began = Instant::now();
    while began.elapsed() < LIMIT {
        if let Some(status) = running.try_wait()? {
            return Ok(Some(status));
        }
        sleep(Duration::from_millis(20));
    }
    running.kill()?;
    running.wait()?;
    Ok(None)
}

macro_rules! programs {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                let status = run(env!(concat!("CARGO_BIN_EXE_", stringify!($name)))).unwrap();
                let status = status.expect("it ends by itself");
                assert!(status.success(), "{status}");
            }
        )*
    };
}

programs! { breaker bulkhead classify configuration database deadline dependency effects failover fallback hedge idempotency_key on_unknown rate_limit retry testing timeout }
