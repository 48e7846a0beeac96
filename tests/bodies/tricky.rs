//! The user's own names where ours might stand.

use std::rc::Rc;

use resilient_runtime::idempotent;

use super::{Lost, plain, put};
use crate::form;

/// Named like our helpers.
#[derive(Debug, Clone, Copy)]
pub struct Awaiting(pub u64);
/// Named like our trait.
#[derive(Debug, Clone, Copy)]
pub struct Call(pub u64);
/// Named like our states.
#[derive(Debug, Clone, Copy)]
pub enum Failure {
    Unknown(Awaiting),
    NotSent(Call),
}

impl Awaiting {
    async fn value(self) -> u64 {
        plain(self.0).await
    }
}

#[form]
#[idempotent]
pub async fn user_types_named_like_ours(failure: Failure) -> Result<u64, Lost> {
    match failure {
        Failure::Unknown(awaiting) => put(awaiting.value().await).await,
        Failure::NotSent(Call(n)) => put(n).await,
    }
}

#[form]
#[idempotent]
pub async fn arguments_named_like_our_locals(
    __run: u64,
    __kept: u64,
    __gates: u64,
    __attempt: u64,
    __answer: u64,
    __delay: u64,
) -> Result<u64, Lost> {
    put(__run + __kept + __gates + __attempt + __answer + __delay).await
}

#[form]
#[idempotent]
pub async fn variables_named_like_ours() -> Result<u64, Lost> {
    let awaiting = put(1);
    let __fut = plain(1);
    let r#loop = 1;
    Ok(awaiting.await? + __fut.await + r#loop)
}

#[form]
#[idempotent]
pub async fn raw_identifiers(r#type: u64, r#async: u64) -> Result<u64, Lost> {
    put(r#type + r#async).await
}

#[form]
#[idempotent]
pub async fn r#match() -> Result<u64, Lost> {
    put(1).await
}

mod shadows {
    //! A module in which the prelude's names mean something else.
    use std::result::Result as StdResult;

    use resilient_runtime::idempotent;

    use crate::form;

    pub(super) type Result = StdResult<u64, super::Lost>;
    #[derive(Debug)]
    pub(super) struct Some;
    #[derive(Debug)]
    pub(super) struct Err;
    #[derive(Debug)]
    pub(super) struct None;

    #[form]
    #[idempotent]
    pub(super) async fn shadowed_prelude() -> Result {
        let _ = (Some, Err, None);
        super::put(1).await
    }
}

#[idempotent]
pub async fn calls_the_shadowed() -> Result<u64, Lost> {
    let _ = (shadows::Some, shadows::Err, shadows::None);
    shadows::shadowed_prelude().await
}

/// Not `Send`, and nobody asks.
#[form]
#[idempotent]
#[allow(clippy::future_not_send, reason = "it is what is tested")]
pub async fn not_send(n: &Rc<u64>) -> Result<u64, Lost> {
    let copy = Rc::clone(n);
    put(**n).await?;
    Ok(*copy)
}
