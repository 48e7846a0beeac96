//! Results that own their data, or borrow from what is only shared; and `&mut` input without a retry.
#![deny(warnings)]

use std::io;

use resilient_runtime::{read_only, retry, timeout};

#[retry(read_only)]
pub async fn first(buffer: &mut Vec<u8>) -> io::Result<u8> {
    buffer.push(1);
    Ok(buffer[0])
}

#[retry(read_only)]
pub async fn shared<'a>(buffer: &'a [u8], seen: &mut u32) -> io::Result<&'a [u8]> {
    *seen += 1;
    Ok(buffer)
}

#[read_only]
#[timeout("1s")]
pub async fn not_repeated(buffer: &mut Vec<u8>) -> io::Result<&[u8]> {
    Ok(buffer)
}

// The lifetimes of a callback are its own.
#[retry(read_only)]
pub async fn callback(buffer: &mut Vec<u8>) -> io::Result<Box<dyn Fn(&u8) -> &u8>> {
    buffer.clear();
    let same: fn(&u8) -> &u8 = |byte| byte;
    Ok(Box::new(same))
}

fn main() {}
