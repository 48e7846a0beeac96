//! What is shared may be used by both; what a function takes is not borrowed yet.
#![deny(warnings)]

use std::io;
use std::sync::Mutex;

use resilient_runtime::{hedge, read_only};

pub struct Client(pub Mutex<u32>);

impl Client {
    #[hedge(after = "80ms")]
    #[read_only]
    pub async fn get(&self) -> io::Result<u32> {
        Ok(*self.0.lock().expect("nobody panics with it"))
    }
}

#[hedge(after = "80ms")]
#[read_only]
pub async fn with(fill: fn(&mut Vec<u8>), also: &(dyn Fn(&mut u8) + Sync)) -> io::Result<usize> {
    let (mut buffer, mut byte) = (Vec::new(), 0);
    fill(&mut buffer);
    also(&mut byte);
    Ok(buffer.len())
}

fn main() {}
