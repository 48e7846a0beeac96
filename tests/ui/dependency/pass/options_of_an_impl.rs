//! What an `impl` says for all: a method's own word wins, and what does not concern a method is no mistake there.
#![deny(warnings)]

use std::io;

use resilient_runtime::{Failure, Rejected, breaker, database, dependency, read_only, retry, timeout};

#[derive(Debug)]
pub struct Lost;
#[derive(Debug)]
pub struct Other;

fn of_lost(_: &Lost) -> Failure {
    Failure::Unknown
}

fn to_lost(_: Rejected) -> Lost {
    Lost
}

fn of_other(_: &Other) -> Failure {
    Failure::Permanent
}

fn to_other(_: Rejected) -> Other {
    Other
}

pub struct Client;

#[dependency("payments", classify(of_lost), rejected(to_lost), crate = ::resilient_runtime, allow(many_attempts))]
impl Client {
    #[retry(read_only, attempts = 7)]
    #[breaker]
    pub async fn inherits(&self) -> Result<u64, Lost> {
        Ok(1)
    }

    #[timeout("1s")]
    pub async fn classifies_nothing(&self) -> Result<u64, Lost> {
        Ok(1)
    }

    #[read_only]
    pub async fn has_no_policy(&self) -> io::Result<u64> {
        Ok(1)
    }

    #[dependency("others")]
    #[breaker(classify(of_other), rejected(to_other))]
    pub async fn says_otherwise(&self) -> Result<u64, Other> {
        Ok(1)
    }
}

pub trait Port {
    fn balance(&self) -> impl Future<Output = io::Result<u64>>;
}

#[dependency("payments", strict)]
impl Port for Client {
    #[retry(read_only)]
    #[timeout(total = "2s", attempt = "500ms")]
    async fn balance(&self) -> io::Result<u64> {
        Ok(1)
    }
}

#[dependency("payments", strict)]
impl Client {
    #[read_only]
    pub async fn declared(&self) -> io::Result<u64> {
        Ok(1)
    }

    #[database]
    pub async fn written_down(&self) -> io::Result<u64> {
        Ok(1)
    }

    pub fn plain(&self) -> u64 {
        1
    }
}

fn main() {}
