//! Signatures: patterns, lifetimes, generics, receivers, callbacks.

use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use resilient_runtime::idempotent;

use super::{Client, Lost, look, put};
use crate::form;

#[form]
#[idempotent]
pub async fn patterns(
    (a, b): (u64, u64),
    [c, ..]: [u64; 3],
    Client { hits, .. }: &Client,
) -> Result<u64, Lost> {
    put(a + b + c + hits).await
}

#[form]
#[idempotent]
pub async fn unused_by_name(_: u64, _unused: &str) -> Result<u64, Lost> {
    put(1).await
}

#[form]
#[idempotent]
pub async fn named_lifetimes<'a, 'b>(
    first: &'a str,
    second: &'b str,
) -> Result<(&'a str, &'b str), Lost> {
    look(first).await?;
    look(second).await?;
    Ok((first, second))
}

#[form]
#[idempotent]
pub async fn elided_lifetime_in_the_result(text: &str) -> Result<&str, Lost> {
    look(text).await?;
    Ok(&text[..1])
}

/// A type with a lifetime.
#[derive(Debug, Clone, Copy)]
pub struct View<'a>(pub &'a str);

#[form]
#[idempotent]
pub async fn anonymous_lifetime(view: View<'_>) -> Result<u64, Lost> {
    look(view.0).await
}

impl View<'_> {
    #[form]
    #[idempotent]
    pub async fn len(&self) -> Result<u64, Lost> {
        look(self.0).await
    }
    #[form]
    #[idempotent]
    pub async fn longer<'b>(&self, other: &'b str) -> Result<&'b str, Lost> {
        look(self.0).await?;
        Ok(other)
    }
    #[form]
    #[idempotent]
    pub async fn by_value(self) -> Result<u64, Lost> {
        look(self.0).await
    }
}

#[form]
#[idempotent]
pub async fn generic<T: Display + Sync>(value: &T) -> Result<u64, Lost> {
    look(&value.to_string()).await
}

#[form]
#[idempotent]
pub async fn where_clause<T>(value: &T) -> Result<T, Lost>
where
    T: Clone + Sync + Send,
{
    put(1).await?;
    Ok(value.clone())
}

#[form]
#[idempotent]
pub async fn const_generic<const N: usize>(list: [u64; N]) -> Result<usize, Lost> {
    put(list.iter().sum()).await?;
    Ok(N)
}

#[form]
#[idempotent]
pub async fn impl_argument(value: &(impl Display + Sync + ?Sized)) -> Result<u64, Lost> {
    look(&value.to_string()).await
}

#[form]
#[idempotent]
pub async fn trait_object(value: &(dyn Display + Sync)) -> Result<u64, Lost> {
    look(&value.to_string()).await
}

#[form]
#[idempotent]
pub async fn impl_in_the_result(n: u64) -> Result<impl Iterator<Item = u64>, Lost> {
    Ok(0..put(n).await?)
}

#[form]
#[idempotent]
pub async fn callback<F, Fut>(call: F) -> Result<u64, Lost>
where
    F: Fn(u64) -> Fut + Sync,
    Fut: Future<Output = u64> + Send,
{
    put(call(1).await).await
}

#[form]
#[idempotent]
pub async fn dyn_callback(call: &(dyn Fn(u64) -> u64 + Sync)) -> Result<u64, Lost> {
    put(call(1)).await
}

#[form]
#[idempotent]
pub async fn function_pointer(call: fn(u64) -> u64) -> Result<u64, Lost> {
    put(call(1)).await
}

/// A callback over any lifetime.
pub type Look = for<'a> fn(&'a str) -> Pin<Box<dyn Future<Output = Result<u64, Lost>> + Send + 'a>>;

#[form]
#[idempotent]
pub async fn higher_ranked(call: Look) -> Result<u64, Lost> {
    call(&String::from("abc")).await
}

#[form]
#[idempotent]
pub async fn hands_itself_as_a_callback() -> Result<u64, Lost> {
    let call: Look = |text| Box::pin(look(text));
    call("abc").await
}

impl Client {
    #[form]
    #[idempotent]
    pub async fn with_self(&self) -> Result<Self, Lost> {
        self.put(1).await?;
        Ok(self.clone())
    }
    #[form]
    #[idempotent]
    pub async fn shared(self: &Arc<Self>) -> Result<u64, Lost> {
        self.put(1).await
    }
    #[form]
    #[idempotent]
    #[allow(clippy::borrowed_box, reason = "the receiver is what is tested")]
    pub async fn boxed(self: &Box<Self>) -> Result<u64, Lost> {
        self.put(1).await
    }
    #[form]
    #[idempotent]
    pub async fn pinned(self: Pin<&mut Self>) -> Result<u64, Lost> {
        self.put(1).await
    }
    #[form]
    #[idempotent]
    #[allow(
        clippy::needless_arbitrary_self_type,
        reason = "the receiver is what is tested"
    )]
    pub async fn typed_reference(self: &Self) -> Result<u64, Lost> {
        self.put(Self::two()).await
    }
    #[form]
    #[idempotent]
    #[allow(
        clippy::iter_not_returning_iterator,
        reason = "the name is what is tested"
    )]
    pub async fn iter(&self) -> Result<u64, Lost> {
        self.put(1).await
    }
    const fn two() -> u64 {
        2
    }
}

/// A port whose methods have bodies.
#[allow(async_fn_in_trait, reason = "a port of one crate")]
pub trait Port: Sync {
    /// Declared, with a body.
    #[form]
    #[idempotent]
    async fn with_a_body(&self) -> Result<u64, Lost> {
        put(1).await
    }
    /// Only for the sized.
    #[form]
    #[idempotent]
    async fn of_the_sized(&self) -> Result<u64, Lost>
    where
        Self: Sized,
    {
        put(u64::from(size_of::<Self>() > 0)).await
    }
}

impl Port for Client {
    #[form]
    #[idempotent]
    async fn with_a_body(&self) -> Result<u64, Lost> {
        self.put(2).await
    }
}
