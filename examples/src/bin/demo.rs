//! The main demo: half a minute, an outage in the middle, two clients. Exits with 1 when a promise does not hold.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use resilient_examples::demo::annotated::AnnotatedClient;
use resilient_examples::demo::bare::BareClient;
use resilient_examples::demo::breaker_watch::BreakerWatch;
use resilient_examples::demo::{Side, Sides};

const BY_HAND: [&str; 2] = ["by hand", "800 ms timeout, three retries, growing pauses"];
const ANNOTATED: [&str; 2] = [
    "annotated",
    "#[retry(..)] #[timeout(..)] #[breaker] #[bulkhead(64)]",
];

#[tokio::main]
async fn main() -> io::Result<ExitCode> {
    // From here the workspace's root, whatever folder `cargo run` was called in.
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("target/demo/timeline.svg");
    let sides = Sides {
        by_hand: Side::start(BY_HAND, BareClient::new)?,
        annotated: Side::start(ANNOTATED, AnnotatedClient::new)?,
        breaker: BreakerWatch::start(),
    };
    let holds = sides.run(&picture).await?;
    Ok(if holds {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
