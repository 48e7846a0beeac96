//! Futures that are kept, pinned, raced and joined.

use std::future::{Future, IntoFuture, poll_fn, ready};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use futures::future::{self, FutureExt, TryFutureExt};
use futures::select;
use resilient_runtime::idempotent;
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};
use tracing::Instrument;

use super::{Lost, plain, put};
use crate::form;

#[form]
#[idempotent]
pub async fn by_mutable_reference() -> Result<u64, Lost> {
    let mut call = Box::pin(put(1));
    (&mut call).await
}

#[form]
#[idempotent]
pub async fn pinned() -> Result<u64, Lost> {
    let call = pin!(put(1));
    call.await
}

#[form]
#[idempotent]
pub async fn pinned_by_tokio() -> Result<u64, Lost> {
    let call = put(1);
    tokio::pin!(call);
    (&mut call).await
}

#[form]
#[idempotent]
pub async fn reborrowed_pin() -> Result<u64, Lost> {
    let mut call = pin!(put(1));
    call.as_mut().await
}

#[form]
#[idempotent]
pub async fn timeout_of_a_call() -> Result<u64, Lost> {
    timeout(Duration::from_secs(1), put(1))
        .await
        .map_err(|_| Lost)?
}

#[form]
#[idempotent]
pub async fn timeout_of_a_block() -> Result<u64, Lost> {
    timeout(Duration::from_secs(1), async { put(plain(1).await).await })
        .await
        .map_err(|_| Lost)?
}

#[form]
#[idempotent]
pub async fn sleeps() -> Result<(), Lost> {
    sleep(Duration::from_millis(1)).await;
    yield_now().await;
    ready(()).await;
    Ok(())
}

#[form]
#[idempotent]
pub async fn tokio_join() -> Result<u64, Lost> {
    let (a, b, c) = tokio::join!(put(1), plain(2), async { 3 });
    Ok(a? + b + c)
}

#[form]
#[idempotent]
pub async fn tokio_try_join() -> Result<u64, Lost> {
    let (a, b) = tokio::try_join!(put(1), put(2))?;
    Ok(a + b)
}

#[form]
#[idempotent]
pub async fn tokio_select() -> Result<u64, Lost> {
    tokio::select! {
        biased;
        n = put(1) => n,
        n = plain(2), if n_is_wanted() => Ok(n),
    }
}

const fn n_is_wanted() -> bool {
    true
}

#[form]
#[idempotent]
pub async fn tokio_select_in_a_loop() -> Result<u64, Lost> {
    let mut call = pin!(put(1));
    let mut ticks = 0;
    loop {
        tokio::select! {
            n = &mut call => return Ok(n? + ticks),
            () = yield_now() => {
                ticks += 1;
            }
        }
    }
}

#[form]
#[idempotent]
pub async fn tokio_select_with_else() -> Result<u64, Lost> {
    tokio::select! {
        Ok(n) = put(1) => Ok(n),
        else => Err(Lost),
    }
}

#[form]
#[idempotent]
pub async fn futures_select_of_variables_in_a_loop() -> Result<u64, Lost> {
    let mut a = Box::pin(put(1).fuse());
    let mut b = Box::pin(plain(2).fuse());
    let mut sum = 0;
    loop {
        select! {
            n = a => sum += n?,
            n = b => sum += n,
            complete => break,
        }
    }
    Ok(sum)
}

#[form]
#[idempotent]
pub async fn futures_join() -> Result<u64, Lost> {
    let (a, b) = future::join(put(1), plain(2)).await;
    Ok(a? + b)
}

#[form]
#[idempotent]
pub async fn join_all_of_calls() -> Result<u64, Lost> {
    let all: Result<Vec<u64>, Lost> = future::try_join_all((0..3).map(put)).await;
    Ok(all?.iter().sum())
}

#[form]
#[idempotent]
pub async fn combinators() -> Result<u64, Lost> {
    put(1)
        .map_ok(|n| n + 1)
        .and_then(put)
        .or_else(|_| put(3))
        .map(|n| n)
        .await
}

#[form]
#[idempotent]
pub async fn then_with_two_kinds() -> Result<u64, Lost> {
    let n = plain(1).then(put).await?;
    put(n).then(|n| async move { n.map(|n| n + 1) }).await
}

#[form]
#[idempotent]
pub async fn boxed() -> Result<u64, Lost> {
    let call = put(1).boxed();
    call.await
}

#[form]
#[idempotent]
pub async fn shared() -> Result<u64, Lost> {
    let call = put(1).shared();
    Ok(call.clone().await? + call.await?)
}

#[form]
#[idempotent]
pub async fn instrumented() -> Result<u64, Lost> {
    put(1).instrument(tracing::info_span!("put")).await
}

#[form]
#[idempotent]
pub async fn spawned() -> Result<u64, Lost> {
    tokio::spawn(put(1)).await.map_err(|_| Lost)?
}

#[form]
#[idempotent]
pub async fn spawned_block() -> Result<u64, Lost> {
    tokio::spawn(async move { put(plain(1).await).await })
        .await
        .map_err(|_| Lost)?
}

#[form]
#[idempotent]
pub async fn poll_function() -> Result<u64, Lost> {
    let mut call = Box::pin(put(1));
    poll_fn(|cx| match call.as_mut().poll(cx) {
        Poll::Ready(n) => Poll::Ready(n),
        Poll::Pending => Poll::Pending,
    })
    .await
}

/// A builder that is awaited.
#[derive(Debug, Default)]
pub struct Request(u64);

impl Request {
    const fn with(self, n: u64) -> Self {
        Self(self.0 + n)
    }
}

impl IntoFuture for Request {
    type Output = Result<u64, Lost>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<u64, Lost>> + Send>>;
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(put(self.0))
    }
}

#[form]
#[idempotent]
pub async fn builder() -> Result<u64, Lost> {
    Request::default().with(1).with(2).await
}

#[form]
#[idempotent]
pub async fn recursion(n: u64) -> Result<u64, Lost> {
    if n == 0 {
        return Ok(0);
    }
    plain(n).await;
    Ok(n)
}

#[form]
#[idempotent]
pub async fn fifty_awaits() -> Result<u64, Lost> {
    let mut n = 0;
    n += put(1).await? + put(2).await? + put(3).await? + put(4).await? + put(5).await?;
    n += put(1).await? + put(2).await? + put(3).await? + put(4).await? + put(5).await?;
    n += put(1).await? + put(2).await? + put(3).await? + put(4).await? + put(5).await?;
    n += put(1).await? + put(2).await? + put(3).await? + put(4).await? + put(5).await?;
    n += put(1).await? + put(2).await? + put(3).await? + put(4).await? + put(5).await?;
    n += put(1).await? + put(2).await? + put(3).await? + put(4).await? + put(5).await?;
    n += put(1).await? + put(2).await? + put(3).await? + put(4).await? + put(5).await?;
    n += put(1).await? + put(2).await? + put(3).await? + put(4).await? + put(5).await?;
    n += put(1).await? + put(2).await? + put(3).await? + put(4).await? + put(5).await?;
    n += put(1).await? + put(2).await? + put(3).await? + put(4).await? + put(5).await?;
    Ok(n)
}
