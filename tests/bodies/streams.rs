//! Streams, and awaits inside of macros.

use futures::stream::{self, FuturesUnordered, StreamExt, TryStreamExt};
use resilient_runtime::idempotent;

use super::{Lost, plain, put};
use crate::form;

#[form]
#[idempotent]
pub async fn while_let_over_a_stream() -> Result<u64, Lost> {
    let mut stream = stream::iter(0..3);
    let mut sum = 0;
    while let Some(n) = stream.next().await {
        sum += put(n).await?;
    }
    Ok(sum)
}

#[form]
#[idempotent]
pub async fn unordered() -> Result<u64, Lost> {
    let mut calls: FuturesUnordered<_> = (0..3).map(put).collect();
    let mut sum = 0;
    while let Some(n) = calls.next().await {
        sum += n?;
    }
    Ok(sum)
}

#[form]
#[idempotent]
pub async fn buffered() -> Result<Vec<u64>, Lost> {
    stream::iter(0..3)
        .map(put)
        .buffer_unordered(2)
        .try_collect()
        .await
}

#[form]
#[idempotent]
pub async fn for_each() -> Result<(), Lost> {
    stream::iter(0..3)
        .for_each(|n| async move {
            plain(n).await;
        })
        .await;
    Ok(())
}

#[form]
#[idempotent]
pub async fn try_for_each() -> Result<(), Lost> {
    stream::iter((0..3).map(Ok))
        .try_for_each(|n| async move { put(n).await.map(drop) })
        .await
}

#[form]
#[idempotent]
pub async fn folded() -> Result<u64, Lost> {
    Ok(stream::iter(0..3)
        .fold(0, |sum, n| async move { sum + plain(n).await })
        .await)
}

#[form]
#[idempotent]
pub async fn in_format() -> Result<String, Lost> {
    Ok(format!("{} {n:?}", put(1).await?, n = plain(2).await))
}

#[form]
#[idempotent]
pub async fn in_assertions() -> Result<(), Lost> {
    assert!(put(1).await? == 1, "{}", plain(2).await);
    assert_eq!(put(1).await?, 1);
    debug_assert_ne!(put(1).await?, 2, "never");
    Ok(())
}

#[form]
#[idempotent]
pub async fn in_vec_and_matches() -> Result<usize, Lost> {
    let mut list = vec![put(1).await?, plain(2).await];
    list.push(1);
    let mut again = vec![plain(1).await; 3];
    again.push(1);
    let one = matches!(put(1).await, Ok(1));
    Ok(list.len() + again.len() + usize::from(one))
}

#[form]
#[idempotent]
pub async fn in_tracing() -> Result<(), Lost> {
    let n = 1;
    tracing::info!(n, answer = put(1).await?, "put {}", plain(n).await);
    tracing::debug!(?n, "no await in here");
    Ok(())
}

#[form]
#[idempotent]
pub async fn in_write() -> Result<String, Lost> {
    use std::fmt::Write;
    let mut text = String::new();
    write!(text, "{}", put(1).await?).map_err(|_| Lost)?;
    Ok(text)
}
