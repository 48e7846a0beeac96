//! A result that keeps `&mut` input borrowed leaves nothing for the next attempt.
use std::io;

use resilient_runtime::retry;

#[retry(read_only)]
async fn first(buffer: &mut Vec<u8>) -> io::Result<&u8> {
    buffer.first().ok_or_else(|| io::ErrorKind::NotFound.into())
}

struct Client {
    buffer: Vec<u8>,
}

impl Client {
    #[retry(read_only)]
    async fn read(&mut self, at: &usize) -> io::Result<&[u8]> {
        Ok(&self.buffer[*at..])
    }
}

#[retry(read_only)]
async fn named<'a>(buffer: &'a mut Vec<u8>, _other: &u8) -> io::Result<std::slice::Iter<'a, u8>> {
    Ok(buffer.iter())
}

#[async_trait::async_trait]
trait Reads {
    async fn elided(&mut self) -> io::Result<&[u8]>;
    async fn named<'a>(&'a mut self, _other: &u8) -> io::Result<&'a [u8]>;
}

#[async_trait::async_trait]
impl Reads for Client {
    #[retry(read_only)]
    async fn elided(&mut self) -> io::Result<&[u8]> {
        Ok(&self.buffer)
    }

    #[retry(read_only)]
    async fn named<'a>(&'a mut self, _other: &u8) -> io::Result<&'a [u8]> {
        Ok(&self.buffer)
    }
}

fn main() {
    let _ = Client { buffer: Vec::new() }.read(&1);
}
