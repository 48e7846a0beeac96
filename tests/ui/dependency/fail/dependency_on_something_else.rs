//! Items that call nobody.
use resilient_runtime::dependency;

#[dependency("payments")]
struct Client;

#[dependency("payments")]
mod payments {}

#[dependency("payments")]
trait Port {}

#[dependency("payments")]
static LIMIT: u64 = 3;

fn main() {}
