//! Payments in disguise: every line that ends in `// refused` must not compile. Read by `tests/disguises.rs`.

#![allow(dead_code)]

use resilient_runtime::{
    Call, Scope, effect, failover, fallback, hedge, idempotent, in_call, non_idempotent, on_unknown, read_only, retry,
    timeout,
};
use std::{future::Future, io, pin::Pin, time::Duration};

type R = io::Result<u64>;
#[non_idempotent] async fn charge(o: u64) -> R { Ok(o) }
mod m { #[resilient_runtime::non_idempotent] pub async fn charge(o: u64) -> super::R { Ok(o) } pub use charge as pay; }
use m::pay as renamed;
trait Gateway { #[non_idempotent] async fn charge(&self, o: u64) -> R; }
trait Second { #[non_idempotent] async fn second(o: u64) -> R; }
struct C<G>(G);
struct B;
impl Second for B { #[non_idempotent] async fn second(o: u64) -> R { Ok(o) } }
macro_rules! made { ($n:ident) => { #[non_idempotent] async fn $n(o: u64) -> R { Ok(o) } } }
made!(made_charge);
async fn silent(o: u64) -> R { charge(o).await }
const POINTER: fn(u64) -> Pin<Box<dyn Future<Output = R>>> = |o| Box::pin(charge(o));
fn boxed(o: u64) -> Pin<Box<dyn Future<Output = R>>> { Box::pin(charge(o)) }
fn boxed_call(o: u64) -> Pin<Box<dyn Call<Output = R, Effect = effect::NonIdempotent>>> { Box::pin(charge(o)) }
fn opaque_call(o: u64) -> impl Call<Output = R, Effect = effect::NonIdempotent> { charge(o) }
#[non_idempotent] async fn generic<const N: usize>(o: u64) -> R { Ok(o) }
#[retry(not_sent)] async fn unsent(o: u64) -> R { Ok(o) }
#[retry(idempotency_key)] async fn own_key(o: u64) -> R { Ok(o) }
#[non_idempotent] async fn hook(_: u64) {}

// Providers and fallbacks: by another name, from a macro, a trait, a pointer, with arguments of their own.
#[read_only] #[failover(charge)] async fn n01(o: u64) -> R { Ok(o) } // refused
#[idempotent] #[failover(renamed)] async fn n02(o: u64) -> R { Ok(o) } // refused
#[idempotent] #[failover(m::pay)] async fn n03(o: u64) -> R { Ok(o) } // refused
#[idempotent] #[failover(made_charge)] async fn n04(o: u64) -> R { Ok(o) } // refused
#[idempotent] #[failover(silent)] async fn n05(o: u64) -> R { Ok(o) } // refused
#[idempotent] #[failover(boxed)] async fn n06(o: u64) -> R { Ok(o) } // refused
#[idempotent] #[failover(POINTER)] async fn n07(o: u64) -> R { Ok(o) } // refused
#[idempotent] #[failover(boxed_call)] async fn n08(o: u64) -> R { Ok(o) } // refused
#[idempotent] #[failover(opaque_call)] async fn n09(o: u64) -> R { Ok(o) } // refused
#[idempotent] #[failover(generic::<3>)] async fn n10(o: u64) -> R { Ok(o) } // refused
#[idempotent] #[failover(<B as Second>::second)] async fn n11(o: u64) -> R { Ok(o) } // refused
#[idempotent] #[failover(T::second)] async fn n12<T: Second>(o: u64) -> R { Ok(o) } // refused
#[idempotent] #[failover(unsent)] async fn n13(o: u64) -> R { Ok(o) } // refused
#[read_only] #[fallback(charge)] async fn n14(o: u64) -> R { Ok(o) } // refused
#[idempotent] #[fallback(boxed_call)] async fn n15(o: u64) -> R { Ok(o) } // refused
#[idempotent] #[fallback(unsent)] async fn n16(o: u64) -> R { Ok(o) } // refused
#[idempotent] #[fallback(own_key)] async fn n17(o: u64) -> R { Ok(o) } // refused
#[read_only] #[timeout("1s")] #[fallback(silent, strict)] async fn n18(o: u64) -> R { Ok(o) } // refused
impl<G: Gateway> C<G> {
    #[non_idempotent] async fn other(&self, o: u64) -> R { self.0.charge(o).await }
    #[idempotent] #[failover(Self::other)] async fn n19(&self, o: u64) -> R { Ok(o) } // refused
    #[idempotent] #[fallback(Self::other)] async fn n20(&self, o: u64) -> R { Ok(o) } // refused
    #[read_only] #[fallback(C::<G>::other)] async fn n21(&self, o: u64) -> R { Ok(o) } // refused
}
impl<G: Gateway> Gateway for C<G> {
    #[idempotent] #[failover(Self::other)] async fn charge(&self, o: u64) -> R { Ok(o) } // refused
}

// What a hedge would send twice.
#[hedge(after = "10ms")] #[idempotent] async fn n23(o: u64) -> R { Box::pin(charge(o)).await } // refused
#[hedge(after = "10ms")] #[idempotent] async fn n24<G: Gateway>(g: &G, o: u64) -> R { g.charge(o).await } // refused
#[hedge(after = "10ms")] #[idempotent] async fn n25(g: &impl Gateway, o: u64) -> R { let f = g.charge(o); f.await } // refused
#[hedge(after = "10ms")] #[idempotent] async fn n26(o: u64) -> R { tokio::select! { a = charge(o) => a } } // refused
#[hedge(after = "10ms")] #[read_only] async fn n27(o: u64) -> R { let c = || charge(o); c().await } // refused
#[hedge(after = "10ms")] #[read_only] async fn n28(o: u64) -> R { tokio::time::timeout(Duration::ZERO, charge(o)).await? } // refused
#[hedge(after = "10ms")] #[read_only] async fn n29(o: u64) -> R { in_call(charge(o)).await } // refused
#[hedge(after = "10ms")] #[read_only] async fn n30(o: u64) -> R { Scope::new().run(charge(o)).await } // refused
#[hedge(after = "10ms")] #[read_only] async fn n31(o: u64) -> R { tokio::spawn(in_call(charge(o))).await? } // refused
#[cfg_attr(all(), hedge(after = "10ms"), read_only)] async fn n32(o: u64) -> R { charge(o).await } // refused

// What a retry, or whoever looks for a lost answer, would call again.
#[retry(idempotent, before_retry(self::hook))] async fn n33(o: u64) -> R { Ok(o) } // refused
async fn silent_find(_: &str) -> io::Result<Option<u64>> { Ok(None) }
#[idempotent] async fn writing_find(_: &str) -> io::Result<Option<u64>> { Ok(None) }
#[retry(not_sent)] async fn unsent_cancel(_: &str) -> io::Result<()> { Ok(()) }
async fn silent_cancel(_: &str) -> io::Result<()> { Ok(()) }
fn boxed_find(k: &str) -> Pin<Box<dyn Future<Output = io::Result<Option<u64>>> + Send + '_>> { Box::pin(silent_find(k)) }
#[non_idempotent] #[on_unknown(key(o), confirm(silent_find), settles = "1s")] async fn n34(o: u64) -> R { Ok(o) } // refused
#[non_idempotent] #[on_unknown(key(o), confirm(writing_find), settles = "1s")] async fn n35(o: u64) -> R { Ok(o) } // refused
#[non_idempotent] #[on_unknown(key(o), cancel(unsent_cancel, fences))] async fn n36(o: u64) -> R { Ok(o) } // refused
#[non_idempotent] #[on_unknown(key(o), cancel(silent_cancel, fences))] async fn n37(o: u64) -> R { Ok(o) } // refused
#[non_idempotent] #[on_unknown(key(o), confirm(boxed_find), settles = "1s")] async fn n38(o: u64) -> R { Ok(o) } // refused

// A write at two systems is not idempotent for whoever repeats it.
#[idempotent] async fn at_second(o: u64) -> R { Ok(o) }
#[idempotent] #[failover(at_second)] async fn at_two(o: u64) -> R { Ok(o) }
#[retry(idempotent)] async fn n39(o: u64) -> R { at_two(o).await } // refused
#[hedge(after = "10ms")] #[idempotent] async fn n40(o: u64) -> R { at_two(o).await } // refused
