//! Names that something bears: a function's policy, a method's, one that a `cfg_attr` or a macro brings.
#![deny(warnings)]

use std::io;

use resilient_runtime::{dependency, non_idempotent, read_only, retry, timeout};

#[dependency("payments")]
#[timeout("1s")]
pub async fn on_a_function() -> io::Result<u64> {
    Ok(1)
}

pub struct Client;

#[dependency("payments")]
impl Client {
    pub const LIMIT: u64 = { 3 };

    pub fn new() -> Self {
        Self
    }

    #[non_idempotent]
    pub async fn declared(&self) -> io::Result<u64> {
        Ok(Self::LIMIT)
    }

    pub async fn plain(&self) -> u64 {
        Self::LIMIT
    }
}

pub struct Conditional;

#[dependency("payments", strict)]
impl Conditional {
    #[cfg_attr(all(), retry(read_only), timeout(total = "2s", attempt = "500ms"))]
    pub async fn there(&self) -> io::Result<u64> {
        Ok(1)
    }

    #[cfg_attr(any(), retry(read_only))]
    #[cfg_attr(all(), read_only)]
    pub async fn not_there(&self) -> io::Result<u64> {
        Ok(1)
    }
}

macro_rules! client {
    ($name:ident, $($method:item)*) => {
        pub struct $name;

        #[dependency("payments")]
        impl $name {
            $($method)*
        }
    };
}

client! {
    Made,
    #[read_only]
    pub async fn balance(&self) -> io::Result<u64> {
        Ok(1)
    }
    #[retry(read_only)]
    pub async fn again(&self) -> io::Result<u64> {
        self.balance().await
    }
}

macro_rules! methods {
    () => {
        #[timeout("1s")]
        pub async fn hidden(&self) -> io::Result<u64> {
            Ok(1)
        }
    };
}

pub struct Hidden;

#[dependency("payments")]
impl Hidden {
    methods!();
}

fn main() {}
