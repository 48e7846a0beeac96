//! Every kind of item beside the methods of an `impl`: what it says reaches each method behind them.
#![deny(warnings)]

use resilient_runtime::{Failure, Rejected, breaker, dependency, read_only, retry, timeout};

#[derive(Debug)]
pub struct Lost;

fn of_lost(_: &Lost) -> Failure {
    Failure::Unknown
}

fn to_lost(_: Rejected) -> Lost {
    Lost
}

pub struct Client<const N: usize>;

macro_rules! more {
    ($name:ident) => {
        pub fn $name() {}
    };
}

/// A method whose policies find classifier and rejection with the `impl` alone.
#[dependency("payments", classify(of_lost), rejected(to_lost))]
impl<const N: usize> Client<N>
where
    [(); N]: Sized,
{
    #![allow(clippy::unused_async)]

    #[retry(read_only)]
    #[breaker]
    pub async fn behind_an_inner_attribute(&self) -> Result<u64, Lost> {
        Ok(1)
    }

    /// A constant whose value is a block.
    pub const LIMIT: usize = { 1 + 1 };

    #[breaker]
    pub async fn behind_a_constant(&self) -> Result<u64, Lost> {
        Ok(1)
    }

    pub fn of_two() -> Client<{ 1 + 1 }> {
        Client
    }

    #[breaker]
    pub async fn behind_a_block_in_a_type(&self) -> Result<Client<{ 1 + 1 }>, Lost> {
        Ok(Client)
    }

    more! { made }

    #[breaker]
    pub async fn behind_a_macro(&self) -> Result<u64, Lost> {
        Ok(1)
    }

    more!(made_again);

    #[cfg(any())]
    #[breaker]
    pub async fn not_there(&self) -> Result<u64, Missing> {
        Ok(1)
    }

    #[cfg_attr(all(), breaker)]
    pub async fn behind_a_condition(&self) -> Result<u64, Lost> {
        Ok(1)
    }

    #[cfg_attr(any(), breaker)]
    pub async fn left_alone(&self) -> Result<u64, String> {
        Ok(1)
    }

    /** Documentation of another form: #[breaker] { } */
    #[doc(hidden)]
    #[timeout("1s")]
    #[must_use = "an answer"]
    pub(crate) async fn documented(&self) -> Result<u64, Lost> {
        Ok(1)
    }

    #[read_only]
    async fn private(&self) -> Result<u64, Lost> {
        Ok(1)
    }
}

pub mod inside {
    use super::{Client, Lost};
    use resilient_runtime::{breaker, dependency};

    #[dependency("payments", classify(super::of_lost), rejected(super::to_lost))]
    impl Client<7> {
        #[breaker]
        pub(super) async fn in_a_module(&self) -> Result<u64, Lost> {
            Ok(Self::seven())
        }

        const fn seven() -> u64 {
            7
        }
    }
}

fn main() {
    let client = Client::<7>;
    drop((client.documented(), client.private(), client.in_a_module()));
    Client::<7>::made();
    Client::<7>::made_again();
}
