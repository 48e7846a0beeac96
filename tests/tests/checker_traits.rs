//! Effects on the methods of traits: what must compile, without a warning, and keep its effect.
//!
//! What must not compile stands in `ui/checker/fail`.
#![deny(warnings, clippy::pedantic, clippy::nursery)]
#![allow(
    unreachable_pub,
    missing_docs,
    clippy::missing_errors_doc,
    clippy::future_not_send,
    reason = "public traits are what is tested"
)]

use std::pin::Pin;

use async_trait::async_trait;
use resilient_runtime::effect::{AtMost, Idempotent, NonIdempotent, ReadOnly, Retried};
use resilient_runtime::{
    Call, Classify, Failure, idempotent, non_idempotent, read_only, retry, timeout,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost;

impl Classify for Lost {
    fn failure(&self) -> Failure {
        Failure::Unknown
    }
}

pub type Answer = Result<u64, Lost>;

/// A port to a payment provider.
pub trait Gateway {
    type Receipt: Default;

    #[non_idempotent]
    async fn charge(&self, amount: u64) -> Result<Self::Receipt, Lost>;
    #[idempotent]
    async fn cancel(&self, id: &str) -> Answer;
    #[read_only]
    async fn status<T: Into<u64> + Send>(&self, id: T) -> Answer
    where
        Self: Sized;
    /// With a body, and no policy.
    #[idempotent]
    async fn cancel_all(&self, ids: &[String]) -> Answer {
        let mut cancelled = 0;
        for id in ids {
            cancelled += self.cancel(id).await?;
        }
        Ok(cancelled)
    }
    /// With a body, and repeated.
    #[retry(idempotent)]
    async fn cancel_surely(&self, id: &str) -> Answer {
        self.cancel(id).await
    }
}

/// Does what the trait says.
pub struct Exact;

impl Gateway for Exact {
    type Receipt = u64;

    #[non_idempotent]
    async fn charge(&self, amount: u64) -> Result<Self::Receipt, Lost> {
        Ok(amount)
    }
    #[idempotent]
    async fn cancel(&self, id: &str) -> Answer {
        Ok(u64::try_from(id.len()).unwrap_or(0))
    }
    #[read_only]
    async fn status<T: Into<u64> + Send>(&self, id: T) -> Answer {
        Ok(id.into())
    }
}

/// Does less, or repeats itself, or has other bodies.
#[derive(Default)]
pub struct Less {
    attempts: std::sync::atomic::AtomicU64,
}

impl Gateway for Less {
    type Receipt = String;

    #[retry(idempotency_key(amount))]
    async fn charge(&self, amount: u64) -> Result<String, Lost> {
        if self
            .attempts
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed)
            < 2
        {
            return Err(Lost);
        }
        Ok(amount.to_string())
    }
    #[read_only]
    async fn cancel(&self, _id: &str) -> Answer {
        Ok(0)
    }
    #[retry(read_only)]
    async fn status<T: Into<u64> + Send>(&self, _id: T) -> Answer {
        Ok(0)
    }
    // In the place of a body that is annotated the effect stays exactly the same.
    #[idempotent]
    async fn cancel_all(&self, _ids: &[String]) -> Answer {
        Ok(7)
    }
    #[retry(idempotent)]
    async fn cancel_surely(&self, id: &str) -> Answer {
        self.cancel(id).await
    }
}

#[retry(idempotent)]
async fn generic<G: Gateway>(gateway: &G, id: &str) -> Answer {
    gateway.status(1_u8).await?;
    gateway.cancel_all(&[id.to_owned()]).await?;
    gateway.cancel(id).await
}

#[retry(read_only)]
async fn by_where_clause<G>(gateway: &G) -> Answer
where
    G: Gateway,
{
    gateway.status(2_u32).await
}

#[retry(not_sent)]
async fn a_payment_through_the_port<G: Gateway>(gateway: &G) -> Result<G::Receipt, Lost> {
    gateway.charge(1).await
}

#[non_idempotent]
async fn in_a_write(gateway: &impl Gateway) -> Answer {
    gateway.charge(1).await?;
    gateway.cancel("a").await
}

/// Who knows the implementation knows its smaller effect.
#[idempotent]
async fn the_implementation_is_known(gateway: &Less) -> Result<String, Lost> {
    gateway.charge(5).await
}

#[read_only]
async fn a_cancel_that_only_reads(gateway: &Less) -> Answer {
    gateway.cancel("a").await
}

/// A generic caller may ask for an effect, too.
async fn asks<C: Call<Output = Answer>>(call: impl FnOnce() -> C) -> Answer
where
    C::Effect: AtMost<Idempotent>,
{
    call().await
}

type BoxedCall<E> = Pin<Box<dyn Call<Output = Answer, Effect = E> + Send>>;

/// A port of boxed calls, for trait objects.
pub trait Port {
    fn look(&self) -> BoxedCall<ReadOnly>;
    fn pay(&self) -> BoxedCall<NonIdempotent>;
    fn surely(&self) -> BoxedCall<Retried<Idempotent>>;
}

impl Port for Exact {
    fn look(&self) -> BoxedCall<ReadOnly> {
        #[read_only]
        async fn look() -> Answer {
            Ok(1)
        }
        Box::pin(look())
    }
    fn pay(&self) -> BoxedCall<NonIdempotent> {
        #[non_idempotent]
        async fn pay() -> Answer {
            Ok(2)
        }
        Box::pin(pay())
    }
    fn surely(&self) -> BoxedCall<Retried<Idempotent>> {
        #[retry(idempotent)]
        async fn surely() -> Answer {
            Ok(3)
        }
        Box::pin(surely())
    }
}

#[retry(idempotent)]
async fn through_a_trait_object(port: &(dyn Port + Sync)) -> Answer {
    port.look().await
}

#[non_idempotent]
async fn all_through_a_trait_object(port: &(dyn Port + Sync)) -> Answer {
    Ok(port.look().await? + port.pay().await? + port.surely().await?)
}

/// A port under `#[async_trait]`: the attributes work, the effect is erased.
#[async_trait]
pub trait Erased: Sync {
    async fn charge(&self, amount: u64) -> Answer;
    #[idempotent]
    async fn with_a_body(&self, amount: u64) -> Answer {
        Ok(amount)
    }
    #[retry(idempotent)]
    async fn repeated(&self, amount: u64) -> Answer {
        self.with_a_body(amount).await
    }
}

#[async_trait]
impl Erased for Exact {
    #[non_idempotent]
    async fn charge(&self, amount: u64) -> Answer {
        Gateway::charge(self, amount).await
    }
}

/// Another crate's port.
impl upstream::Gateway for Less {
    #[idempotent]
    async fn charge(&self, amount: u64) -> Result<u64, upstream::Error> {
        Ok(amount)
    }
    #[timeout("1s")]
    #[idempotent]
    async fn cancel(&self, _id: u64) -> Result<(), upstream::Error> {
        Ok(())
    }
    #[read_only]
    async fn status(&self, id: u64) -> Result<u64, upstream::Error> {
        upstream::balance().await.map(|_| id)
    }
}

#[retry(idempotent)]
async fn another_crates_port<G: upstream::Gateway>(gateway: &G) -> Result<u64, upstream::Error> {
    gateway.cancel(1).await?;
    gateway.status(2).await
}

#[idempotent]
async fn another_crates_functions() -> Result<u64, upstream::Error> {
    Ok(upstream::set(1).await? + upstream::balance().await?)
}

#[resilient_runtime::test]
async fn callers_that_know_only_the_trait_reach_every_implementation() {
    assert_eq!(generic(&Exact, "abc").await, Ok(3));
    assert_eq!(generic(&Less::default(), "abc").await, Ok(0));
    assert_eq!(by_where_clause(&Exact).await, Ok(2));
    assert_eq!(a_payment_through_the_port(&Exact).await, Ok(1));
    assert_eq!(in_a_write(&Exact).await, Ok(1));
    assert_eq!(Less::default().cancel_all(&[]).await, Ok(7));
    assert_eq!(Exact.cancel_surely("ab").await, Ok(2));
}

#[resilient_runtime::test]
async fn who_knows_the_implementation_knows_its_smaller_effect_and_its_policies() {
    assert_eq!(
        the_implementation_is_known(&Less::default()).await,
        Ok("5".to_owned())
    );
    assert_eq!(a_cancel_that_only_reads(&Less::default()).await, Ok(0));
}

#[resilient_runtime::test]
async fn a_call_keeps_its_effect_behind_a_pointer() {
    assert_eq!(through_a_trait_object(&Exact).await, Ok(1));
    assert_eq!(all_through_a_trait_object(&Exact).await, Ok(6));
    assert_eq!(asks(|| generic(&Exact, "a")).await, Ok(1));
}

#[resilient_runtime::test]
async fn default_bodies_under_async_trait_are_annotated_like_others() {
    assert_eq!(Erased::charge(&Exact, 4).await, Ok(4));
    assert_eq!(Exact.repeated(5).await, Ok(5));
}

#[resilient_runtime::test]
async fn another_crates_port_is_implemented_and_called() {
    assert_eq!(another_crates_port(&upstream::Client).await.ok(), Some(2));
    assert_eq!(another_crates_functions().await.ok(), Some(2));
}
