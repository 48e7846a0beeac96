//! `when` narrows, `before_retry` gets the function's own arguments.
#![deny(warnings)]

use std::io;

use resilient_runtime::retry;

fn is_other(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Other
}

async fn refresh(token: &str) {
    let _ = token;
}

#[retry(read_only, when(is_other), before_retry(refresh))]
pub async fn narrowed(token: &str) -> io::Result<usize> {
    Ok(token.len())
}

pub struct Client;

impl Client {
    async fn refresh(&self, id: u64) {
        let _ = id;
    }

    #[retry(read_only, before_retry(Self::refresh))]
    pub async fn get(&self, id: u64) -> io::Result<u64> {
        Ok(id)
    }
}

fn main() {}
