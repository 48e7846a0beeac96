//! Types that are known only from what follows.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::pin::Pin;

use resilient_runtime::idempotent;

use super::{Lost, look, plain, put};
use crate::form;

async fn words(list: Vec<String>) -> usize {
    list.len()
}

async fn generic<T: Into<u64>>(n: T) -> u64 {
    n.into()
}

async fn made<T: Default>() -> T {
    T::default()
}

async fn text(text: &str) -> String {
    text.to_owned()
}

#[form]
#[idempotent]
pub async fn into_in_the_argument(n: u32) -> Result<u64, Lost> {
    put(n.into()).await
}

#[form]
#[idempotent]
pub async fn into_after_the_await() -> Result<u128, Lost> {
    Ok(put(1).await?.into())
}

#[form]
#[idempotent]
pub async fn parse_in_the_argument(text: &str) -> Result<u64, Lost> {
    put(text.parse()?).await
}

#[form]
#[idempotent]
pub async fn parse_after_the_await(n: u64) -> Result<u64, Lost> {
    let parsed = text(&n.to_string()).await.parse()?;
    Ok(parsed)
}

#[form]
#[idempotent]
pub async fn collect_as_an_argument(n: usize) -> Result<usize, Lost> {
    Ok(words((0..n).map(|n| n.to_string()).collect()).await)
}

#[form]
#[idempotent]
pub async fn collect_into_an_annotated_variable() -> Result<usize, Lost> {
    let futures: Vec<_> = (0..3).map(put).collect();
    let mut answers = HashMap::new();
    for (n, future) in futures.into_iter().enumerate() {
        answers.insert(n, future.await?);
    }
    Ok(answers.len())
}

#[form]
#[idempotent]
pub async fn generic_with_a_literal() -> Result<u64, Lost> {
    Ok(generic(1_u8).await + generic(2_u32).await)
}

#[form]
#[idempotent]
pub async fn turbofish() -> Result<u64, Lost> {
    Ok(made::<u64>().await)
}

#[form]
#[idempotent]
pub async fn type_from_the_return() -> Result<BTreeMap<u8, String>, Lost> {
    put(1).await?;
    Ok(made().await)
}

#[form]
#[idempotent]
pub async fn type_from_a_later_use() -> Result<usize, Lost> {
    let mut list = Vec::new();
    put(1).await?;
    list.push("a");
    Ok(list.len())
}

#[form]
#[idempotent]
pub async fn boxed_into_an_array_of_trait_objects() -> Result<u64, Lost> {
    let calls: [Pin<Box<dyn Future<Output = Result<u64, Lost>> + Send>>; 2] =
        [Box::pin(put(1)), Box::pin(async { Ok(plain(2).await) })];
    let mut sum = 0;
    for call in calls {
        sum += call.await?;
    }
    Ok(sum)
}

#[form]
#[idempotent]
pub async fn untyped_async_block() -> Result<u64, Lost> {
    let block = async { put(1).await };
    block.await
}

#[form]
#[idempotent]
#[allow(
    clippy::needless_late_init,
    clippy::useless_let_if_seq,
    reason = "the type comes late"
)]
pub async fn future_typed_later(yes: bool) -> Result<u64, Lost> {
    let future;
    if yes {
        future = put(1);
    } else {
        future = put(2);
    }
    future.await
}

#[form]
#[idempotent]
pub async fn option_of_a_future() -> Result<u64, Lost> {
    let mut slot = None;
    slot.replace(put(1));
    match slot {
        Some(call) => call.await,
        None => Err(Lost),
    }
}

#[form]
#[idempotent]
pub async fn default_and_from() -> Result<u64, Lost> {
    let name = String::default();
    let more: String = "a".into();
    let more = more + &name;
    look(&more).await
}

#[form]
#[idempotent]
pub async fn chain_of_iterators(list: &[u64]) -> Result<u64, Lost> {
    let sum: u64 = list.iter().filter(|n| **n > 1).map(|n| n * 2).sum();
    let most = list.iter().copied().max().unwrap_or_default();
    put(sum + most).await
}

#[form]
#[idempotent]
pub async fn entry_of_a_map() -> Result<u64, Lost> {
    let mut map: HashMap<&str, Vec<u64>> = HashMap::new();
    map.entry("a").or_default().push(put(1).await?);
    map.entry("a").or_insert_with(|| vec![0]).extend([2, 3]);
    Ok(map["a"].iter().sum())
}

#[form]
#[idempotent]
pub async fn builder_chain() -> Result<u64, Lost> {
    let text = String::from("a")
        .replace('a', "b")
        .trim()
        .to_uppercase()
        .chars()
        .rev()
        .collect::<String>();
    look(&text).await
}

#[form]
#[idempotent]
pub async fn error_converted_by_the_question_mark(text: &str) -> Result<u64, Lost> {
    let n = text.trim().parse::<u64>()?;
    put(n).await
}

#[form]
#[idempotent]
pub async fn names_of_drivers_for_other_things(parts: &[&str]) -> Result<u64, Lost> {
    fn select<'a>(list: &[&'a str], n: &mut usize) -> &'a str {
        *n += 1;
        list[*n - 1]
    }
    const fn timeout(n: &mut usize) -> usize {
        *n += 1;
        *n
    }
    let mut n = 0;
    let first = select(parts, &mut n);
    let joined = parts.join(first);
    look(&joined).await?;
    Ok(u64::try_from(timeout(&mut n)).unwrap_or(0))
}

#[form]
#[idempotent]
#[allow(
    clippy::obfuscated_if_else,
    clippy::unnecessary_lazy_evaluations,
    reason = "the names of the methods are what is tested"
)]
pub async fn names_of_wrappers_for_other_things(values: &[Option<u64>]) -> Result<u64, Lost> {
    let first = values.first().copied().flatten();
    let next = first
        .and_then(|n| n.checked_add(1))
        .or_else(|| values.last().copied().flatten());
    let late = (first == Some(1)).then(|| values.len()).unwrap_or_default();
    put(next.map_or(0, |n| n + u64::try_from(late).unwrap_or(0))).await
}
