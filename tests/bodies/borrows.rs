//! Borrows, temporaries and guards that live across an await or end before it.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

use resilient_runtime::idempotent;
use tokio::sync::{Mutex as AsyncMutex, RwLock, Semaphore, oneshot};

use super::{Client, Lost, look, put};
use crate::form;

/// A lock that is asked for its value.
pub struct Counter(pub Mutex<u64>);

impl Counter {
    fn read(&self) -> u64 {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[form]
#[idempotent]
pub async fn guard_before(counter: &Counter) -> Result<u64, Lost> {
    let n = { *counter.0.lock().unwrap_or_else(PoisonError::into_inner) };
    put(n).await
}

#[form]
#[idempotent]
pub async fn guard_in_the_argument(counter: &Counter) -> Result<u64, Lost> {
    put(counter.read()).await
}

#[form]
#[idempotent]
pub async fn guard_dropped_early(counter: &Counter) -> Result<u64, Lost> {
    let guard = counter.0.lock().unwrap_or_else(PoisonError::into_inner);
    let n = *guard;
    drop(guard);
    put(n).await
}

#[form]
#[idempotent]
pub async fn guard_of_an_async_lock(lock: &AsyncMutex<u64>) -> Result<u64, Lost> {
    let n = {
        let mut guard = lock.lock().await;
        *guard += 1;
        *guard
    };
    put(n).await
}

#[form]
#[idempotent]
pub async fn guard_held_across_an_await(lock: &RwLock<u64>) -> Result<u64, Lost> {
    let guard = lock.read().await;
    let n = put(*guard).await?;
    drop(guard);
    Ok(n)
}

#[form]
#[idempotent]
pub async fn guard_as_a_temporary(lock: &AsyncMutex<Client>) -> Result<u64, Lost> {
    lock.lock().await.hit().await
}

#[form]
#[idempotent]
pub async fn permit(limit: &Semaphore) -> Result<u64, Lost> {
    let permit = limit.acquire().await.map_err(|_| Lost)?;
    let n = put(1).await;
    drop(permit);
    n
}

#[form]
#[idempotent]
pub async fn oneshot_channel() -> Result<u64, Lost> {
    let (sender, receiver) = oneshot::channel();
    sender.send(put(1).await?).map_err(|_| Lost)?;
    receiver.await.map_err(|_| Lost)
}

#[form]
#[idempotent]
pub async fn borrow_of_a_temporary() -> Result<u64, Lost> {
    look(&String::from("abc")).await
}

#[form]
#[idempotent]
pub async fn borrow_of_a_temporary_twice_removed(n: u64) -> Result<u64, Lost> {
    look(format!("{n}").to_uppercase().as_str()).await
}

#[form]
#[idempotent]
pub async fn method_of_a_temporary() -> Result<u64, Lost> {
    Client::default().put(1).await
}

#[form]
#[idempotent]
pub async fn borrow_of_a_local() -> Result<u64, Lost> {
    let text = String::from("abc");
    let n = look(&text).await?;
    let text = text + "d";
    Ok(n + look(&text).await?)
}

#[form]
#[idempotent]
pub async fn answer_that_borrows(client: &Client) -> Result<String, Lost> {
    let name = client.name().await?;
    Ok(name.to_owned())
}

#[form]
#[idempotent]
pub async fn mutable_method(client: &mut Client) -> Result<u64, Lost> {
    client.hit().await?;
    client.hits += 1;
    client.hit().await
}

#[form]
#[idempotent]
pub async fn two_phase_borrow() -> Result<usize, Lost> {
    let mut list = vec![1];
    list.push(put(2).await?);
    let len = list.len();
    list.push(u64::try_from(len).unwrap_or(0));
    Ok(list.len())
}

#[form]
#[idempotent]
pub async fn mutable_borrow_of_a_local() -> Result<u64, Lost> {
    let mut client = Client::default();
    let hits = &mut client.hits;
    *hits += put(1).await?;
    client.hit().await
}

#[form]
#[idempotent]
pub async fn shared_ownership(client: &Arc<Client>) -> Result<u64, Lost> {
    let other = Arc::clone(client);
    other.put(1).await
}

#[form]
#[idempotent]
pub async fn slice_pattern(list: &[u64]) -> Result<u64, Lost> {
    if let [first, .., last] = list {
        return Ok(put(*first).await? + put(*last).await?);
    }
    Err(Lost)
}

#[form]
#[idempotent]
pub async fn ref_and_at_patterns(value: &Option<String>) -> Result<u64, Lost> {
    match value {
        Some(text) if text.is_empty() => put(0).await,
        Some(text) => look(text).await,
        None => Err(Lost),
    }
}

#[form]
#[idempotent]
pub async fn moved_into_the_call() -> Result<usize, Lost> {
    let list = vec![String::from("a")];
    let taken = list;
    look(&taken[0]).await?;
    Ok(taken.len())
}

#[form]
#[idempotent]
pub async fn interior_mutability_of_a_local() -> Result<u64, Lost> {
    let cell = RefCell::new(1);
    *cell.borrow_mut() += 1;
    let n = *cell.borrow();
    put(n).await
}
