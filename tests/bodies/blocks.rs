//! Blocks, closures and items inside of a body.

use std::future::Future;

use resilient_runtime::idempotent;

use super::{Lost, look, plain, put};
use crate::form;

async fn apply<F, Fut>(call: F) -> Result<u64, Lost>
where
    F: Fn(u64) -> Fut + Send,
    Fut: Future<Output = Result<u64, Lost>> + Send,
{
    call(1).await
}

async fn drive<F: Future<Output = Result<u64, Lost>> + Send>(future: F) -> Result<u64, Lost> {
    future.await
}

#[form]
#[idempotent]
pub async fn nested_block() -> Result<u64, Lost> {
    async { put(1).await }.await
}

#[form]
#[idempotent]
pub async fn nested_move_block(text: &str) -> Result<u64, Lost> {
    let other = text.to_owned();
    async move { look(&other).await }.await
}

#[form]
#[idempotent]
pub async fn question_mark_in_a_block() -> Result<u64, Lost> {
    let n = async {
        let n = put(1).await?;
        Ok::<_, Lost>(n + 1)
    }
    .await?;
    Ok(n)
}

#[form]
#[idempotent]
pub async fn return_in_a_block() -> Result<u64, Lost> {
    let n = async {
        if plain(1).await == 1 {
            return 5;
        }
        6
    }
    .await;
    Ok(n)
}

#[form]
#[idempotent]
pub async fn closure_that_captures(text: &str) -> Result<u64, Lost> {
    let len = || text.len();
    put(u64::try_from(len()).unwrap_or(0)).await
}

#[form]
#[idempotent]
pub async fn closure_that_returns_a_call() -> Result<u64, Lost> {
    let call = |n| put(n);
    call(1).await
}

#[form]
#[idempotent]
pub async fn closure_that_returns_a_block(text: &str) -> Result<u64, Lost> {
    let call = |n: u64| async move { Ok::<u64, Lost>(n + look(text).await?) };
    call(1).await
}

#[form]
#[idempotent]
pub async fn closure_handed_on() -> Result<u64, Lost> {
    apply(|n| put(n + 1)).await
}

#[form]
#[idempotent]
pub async fn function_handed_on() -> Result<u64, Lost> {
    apply(put).await
}

#[form]
#[idempotent]
pub async fn closure_with_a_block_handed_on() -> Result<u64, Lost> {
    apply(|n| async move { put(n).await }).await
}

#[form]
#[idempotent]
pub async fn future_handed_on() -> Result<u64, Lost> {
    drive(put(1)).await
}

#[form]
#[idempotent]
pub async fn mutating_closure() -> Result<u64, Lost> {
    let mut sum = 0;
    let mut add = |n| sum += n;
    add(put(1).await?);
    add(2);
    Ok(sum)
}

#[form]
#[idempotent]
pub async fn unsafe_block_of_a_const_and_a_static() -> Result<u64, Lost> {
    const ONE: u64 = 1;
    static TWO: u64 = 2;
    put(ONE + TWO).await
}

#[form]
#[idempotent]
pub async fn const_block() -> Result<u64, Lost> {
    put(const { 1 + 2 }).await
}

#[form]
#[idempotent]
pub async fn function_in_the_body() -> Result<u64, Lost> {
    async fn inner(n: u64) -> Result<u64, Lost> {
        put(n).await
    }
    const fn twice(n: u64) -> u64 {
        n * 2
    }
    inner(twice(1)).await
}

#[form]
#[idempotent]
pub async fn declared_function_in_the_body() -> Result<u64, Lost> {
    #[idempotent]
    async fn inner(n: u64) -> Result<u64, Lost> {
        put(n).await
    }
    inner(1).await
}

#[form]
#[idempotent]
pub async fn type_and_impl_in_the_body() -> Result<u64, Lost> {
    struct Twice(u64);
    impl Twice {
        async fn value(&self) -> u64 {
            plain(self.0 * 2).await
        }
    }
    Ok(Twice(1).value().await)
}

#[form]
#[idempotent]
pub async fn use_in_the_body() -> Result<u64, Lost> {
    use super::put as store;
    store(1).await
}

#[form]
#[idempotent]
pub async fn configured_out() -> Result<u64, Lost> {
    #[cfg(any())]
    this_does_not_exist().await?;
    #[cfg(any())]
    let n = this_does_not_exist().await?;
    #[cfg(not(any()))]
    let n = put(1).await?;
    Ok(n)
}

#[form]
#[idempotent]
pub async fn attributes_on_statements() -> Result<u64, Lost> {
    #[allow(unused_variables, reason = "the attribute is what is tested")]
    let unused = put(1).await?;
    #[expect(
        clippy::no_effect_underscore_binding,
        reason = "the attribute is what is tested"
    )]
    let _n = 2;
    put(2).await
}

macro_rules! stored {
    ($n:expr) => {
        put($n)
    };
}
macro_rules! awaited {
    ($call:expr) => {
        $call.await
    };
}

#[form]
#[idempotent]
pub async fn call_made_by_a_macro() -> Result<u64, Lost> {
    stored!(1).await
}

#[form]
#[idempotent]
pub async fn await_made_by_a_macro() -> Result<u64, Lost> {
    awaited!(put(1))
}
