//! Two lanes run at the same time.
use std::io;

use resilient_runtime::{hedge, read_only};

struct Client(u32);

impl Client {
    #[hedge(after = "80ms")]
    #[read_only]
    async fn get(&mut self) -> io::Result<u32> {
        Ok(self.0)
    }
}

#[hedge(after = "80ms")]
#[read_only]
async fn fill(buffer: &mut Vec<u8>, also: Option<&mut u8>) -> io::Result<usize> {
    let _ = also;
    Ok(buffer.len())
}

fn main() {
    let _ = Client(0).get();
}
