// Shapes that every stack takes as they are.

/// Free, without arguments.
#[form]
pub async fn no_arguments() -> Answer {
    plain(1).await
}

/// By reference.
#[form]
pub async fn by_reference(text: &str, list: &[u64]) -> Answer {
    look(text).await?;
    plain(list[0]).await
}

/// By mutable reference.
#[form]
pub async fn by_mutable_reference(list: &mut Vec<u64>) -> Answer {
    list.push(1);
    look("a").await
}

/// By value, without giving it away.
#[form]
pub async fn by_value(text: String, list: Vec<u64>, n: u64) -> Answer {
    look(&text).await?;
    plain(list[0] + n).await
}

/// Arguments that are not used.
#[form]
pub async fn unused_by_name(_: u64, _unused: String, _: &str) -> Answer {
    plain(1).await
}

/// Patterns.
#[form]
pub async fn patterns((a, b): (u64, u64), Typed(c): Typed<u64>, [d, ..]: [u64; 2], &e: &u64) -> Answer {
    plain(a + b + c + d + e).await
}

/// A pattern that binds a part by reference, and one that ignores the rest.
#[form]
pub async fn more_patterns(Client { name, .. }: &Client, (n, _): (u64, String), whole @ (_, m): (u64, u64)) -> Answer {
    look(name).await?;
    plain(n + m + whole.0).await
}

/// Lifetimes, named and not, in the result as well.
#[form]
pub async fn named_lifetimes<'a, 'b: 'a>(first: &'a str, second: &'b str) -> Answer<(&'a str, &'b str)> {
    look(first).await?;
    Ok((first, second))
}
#[form]
pub async fn elided_lifetime(text: &str) -> Answer<&str> {
    look(text).await?;
    Ok(text)
}
#[form]
pub async fn anonymous_lifetime(text: Typed<&str>) -> Answer<Typed<&str>> {
    look(text.0).await?;
    Ok(Typed(text.0))
}
#[form]
pub async fn static_lifetime(text: &'static str) -> Answer<&'static str> {
    look(text).await?;
    Ok(text)
}

/// Generics.
#[form]
pub async fn generic<T: Display + Sync>(value: &T) -> Answer<String> {
    look("a").await?;
    Ok(value.to_string())
}
#[form]
pub async fn where_clause<T, I>(value: &I) -> Answer<Vec<T>>
where
    T: Clone + Send + Sync,
    I: AsRef<[T]> + Sync + ?Sized,
{
    look("a").await?;
    Ok(value.as_ref().to_vec())
}
#[form]
pub async fn const_generic<const N: usize>(list: [u64; N]) -> Answer<[u64; N]> {
    plain(1).await?;
    Ok(list)
}
#[form]
pub async fn defaulted_error<E>(value: Result<u64, E>) -> Answer
where
    E: Debug + Send + Sync,
{
    plain(value.as_ref().map_or(0, |n| *n)).await
}

/// `impl Trait` as an argument and in the result.
#[form]
pub async fn impl_argument(text: impl AsRef<str> + Sync + Send, n: impl Into<u64> + Copy + Send + Sync) -> Answer {
    look(text.as_ref()).await?;
    plain(n.into()).await
}
#[form]
pub async fn impl_result(n: u64) -> Answer<impl Iterator<Item = u64> + Send> {
    plain(n).await?;
    Ok(0..n)
}
#[form]
pub async fn boxed_result(n: u64) -> Answer<Box<dyn Debug + Send>> {
    if n == 0 {
        return Ok(Box::new("none"));
    }
    Ok(Box::new(plain(n).await?))
}
#[form]
pub async fn callback<F, Fut>(call: F) -> Answer
where
    F: Fn(u64) -> Fut + Send + Sync,
    Fut: Future<Output = Answer> + Send,
{
    call(1).await
}
#[form]
pub async fn trait_object(value: &(dyn Display + Send + Sync), call: fn(u64) -> u64) -> Answer<String> {
    plain(call(1)).await?;
    Ok(value.to_string())
}

/// A result without a value, and a long one.
#[form]
pub async fn unit() -> Answer<()> {
    plain(1).await?;
    Ok(())
}
#[form]
pub async fn written_out() -> StdResult<BTreeMap<String, Vec<u8>>, crate::Error> {
    plain(1).await?;
    Ok(BTreeMap::default())
}

/// Early ends.
#[form]
pub async fn early_ends(n: u64) -> Answer {
    if n == 0 {
        return plain(n).await;
    }
    let m = if n == 1 { return Err(Error::Lost) } else { look("abc").await? };
    for _ in 0..m {
        if look("a").await? == 7 {
            return Ok(7);
        }
    }
    Err(Error::Lost)
}

impl Client {
    #[form]
    pub async fn method(&self) -> Answer {
        look(&self.name).await
    }
    #[form]
    pub async fn mutating(&mut self, n: u64) -> Answer {
        self.tenant += n;
        look(&self.name).await
    }
    #[form]
    pub async fn by_value_of_self(self) -> Answer {
        look(&self.name).await
    }
    #[form]
    pub async fn shared(self: Arc<Self>) -> Answer {
        look(&self.name).await
    }
    #[form]
    pub async fn shared_reference(self: &Arc<Self>) -> Answer {
        look(&self.name).await
    }
    #[form]
    pub async fn boxed(self: Box<Self>) -> Answer {
        look(&self.name).await
    }
    #[form]
    pub async fn pinned(self: Pin<&mut Self>) -> Answer {
        look(&self.name).await
    }
    #[form]
    #[allow(clippy::needless_arbitrary_self_type, reason = "the receiver is what is tested")]
    pub async fn typed(self: &Self, other: &Self) -> Answer<Self> {
        look(&other.name).await?;
        Ok(self.clone())
    }
    #[form]
    pub async fn associated(n: u64) -> Answer {
        plain(n + Self::TWO).await
    }
    #[form]
    pub async fn result_of_self(&self) -> Answer<&str> {
        look(&self.name).await?;
        Ok(&self.name)
    }
    #[form]
    pub async fn named_lifetime<'a>(&'a self, other: &'a str) -> Answer<&'a str> {
        look(other).await?;
        Ok(if other.is_empty() { &self.name } else { other })
    }
    const TWO: u64 = 2;
}

#[dependency("shapes", allow(nested))]
impl<T: Clone + Send + Sync + Display> Typed<T> {
    #[form]
    pub async fn method_of_a_generic(&self) -> Answer<T> {
        look(&self.0.to_string()).await?;
        Ok(self.0.clone())
    }
    #[form]
    pub async fn generic_of_a_generic<U: Display + Sync>(&self, other: &U) -> Answer<Self> {
        look(&other.to_string()).await?;
        Ok(Self(self.0.clone()))
    }
}

/// Traits.
#[allow(async_fn_in_trait, reason = "a port of one crate")]
pub trait Port: Sync {
    type Found: Send;
    const LIMIT: u64;
    async fn find(&self, key: &str) -> Answer<Self::Found>;
    async fn many<T: Display + Sync>(&self, keys: &[T]) -> Answer;
    async fn consumed(self, n: u64) -> Answer
    where
        Self: Sized;
    #[form]
    async fn with_a_body(&self) -> Answer {
        plain(Self::LIMIT).await
    }
    #[form]
    async fn with_a_body_of_the_sized() -> Answer
    where
        Self: Sized,
    {
        plain(Self::LIMIT).await
    }
}
#[dependency("shapes", allow(nested))]
impl Port for Client {
    type Found = String;
    const LIMIT: u64 = 5;
    #[form]
    async fn find(&self, key: &str) -> Answer<Self::Found> {
        look(key).await?;
        Ok(self.name.clone())
    }
    #[form]
    async fn many<T: Display + Sync>(&self, keys: &[T]) -> Answer {
        look(&keys[0].to_string()).await
    }
    #[form]
    async fn consumed(self, n: u64) -> Answer {
        look(&self.name).await?;
        plain(n + Self::LIMIT).await
    }
}

/// `#[async_trait]`, as it is used: in the trait, in the implementation, with and without `Send`.
#[async_trait]
pub trait Erased: Sync {
    async fn find(&self, key: &str) -> Answer<String>;
    async fn change(&mut self, n: u64) -> Answer;
    async fn lent<'a>(&'a self, key: &'a str) -> Answer<&'a str>;
    async fn generic<T: Display + Send + Sync>(&self, value: T) -> Answer
    where
        Self: Sized;
    async fn associated() -> Answer
    where
        Self: Sized;
    #[form]
    async fn with_a_body(&self, n: u64) -> Answer {
        plain(n).await
    }
}
#[async_trait]
#[dependency("shapes")]
impl Erased for Client {
    #[form]
    async fn find(&self, key: &str) -> Answer<String> {
        look(key).await?;
        Ok(self.name.clone())
    }
    #[form]
    async fn change(&mut self, n: u64) -> Answer {
        self.tenant += n;
        look(&self.name).await
    }
    #[form]
    async fn lent<'a>(&'a self, key: &'a str) -> Answer<&'a str> {
        look(key).await?;
        Ok(if key.is_empty() { &self.name } else { key })
    }
    #[form]
    async fn generic<T: Display + Send + Sync>(&self, value: T) -> Answer {
        look(&value.to_string()).await
    }
    #[form]
    async fn associated() -> Answer {
        plain(Self::TWO).await
    }
}
#[async_trait(?Send)]
pub trait Local {
    async fn find(&self, key: &str) -> Answer;
}
#[async_trait(?Send)]
impl Local for Rc<str> {
    #[form]
    async fn find(&self, key: &str) -> Answer {
        let copy = Rc::clone(self);
        look(key).await?;
        look(&copy).await
    }
}

/// Other attributes, above and below.
#[form]
#[must_use = "it says what was found"]
pub async fn must_use() -> Answer {
    plain(1).await
}
#[must_use]
#[form]
pub async fn must_use_above() -> Answer {
    plain(1).await
}
/// Documented above.
#[form]
/// Documented below.
#[doc = "Documented by hand."]
#[doc(alias = "paper")]
#[inline]
#[cold]
pub async fn documented() -> Answer {
    plain(1).await
}
#[cfg(not(any()))]
#[form]
#[cfg(not(any()))]
pub async fn conditional(#[cfg(any())] gone: Gone, #[cfg(not(any()))] n: u64, #[allow(unused)] m: u64) -> Answer {
    plain(n).await
}
#[form]
#[deprecated = "no longer asked"]
pub async fn deprecated() -> Answer {
    plain(1).await
}
#[instrument]
#[form]
pub async fn span_above(n: u64, text: &str) -> Answer {
    look(text).await?;
    plain(n).await
}
#[form]
#[instrument(skip_all, fields(n), err)]
pub async fn span_below(n: u64, text: String) -> Answer {
    look(&text).await?;
    plain(n).await
}
#[instrument(level = "debug", ret)]
#[form]
#[must_use]
pub async fn span_with_an_answer(_unused: u64, (a, b): (u64, u64)) -> Answer {
    plain(a + b).await
}
impl Client {
    #[form]
    #[instrument(skip(self))]
    pub async fn method_with_a_span(&self, n: u64) -> Answer {
        look(&self.name).await?;
        plain(n).await
    }
}

/// Not `Send`.
#[form]
pub async fn not_send(shared: Rc<str>) -> Answer {
    let other = Rc::clone(&shared);
    look(&other).await
}

/// Names that collide with ours.
#[form]
pub async fn once(attempt: u64, gates: u64, run: u64, settle: u64) -> Answer {
    plain(attempt + gates + run + settle).await
}
#[form]
pub async fn our_locals(__run: u64, __kept: u64, __gates: u64, __attempt: u64, __answer: u64, __edge: u64) -> Answer {
    plain(__run + __kept + __gates + __attempt + __answer + __edge).await
}
#[form]
pub async fn r#loop(r#type: u64, r#async: u64) -> Answer {
    plain(r#type + r#async).await
}
mod collides {
    use super::*;
    #[derive(Clone, Copy)]
    pub struct Call(u64);
    #[derive(Clone, Copy)]
    pub struct Awaiting;
    pub struct Declared;
    pub trait Silent {
        fn __within<T>(self) -> u64
        where
            Self: Sized,
        {
            7
        }
    }
    impl Silent for Awaiting {}
    impl Call {
        #[form]
        pub async fn once(&self, awaiting: Awaiting) -> Answer {
            plain(self.0 + awaiting.__within::<u64>()).await
        }
        #[form]
        pub async fn settle(self) -> Answer {
            let _ = Declared;
            plain(self.0).await
        }
    }
}
mod shadows {
    //! The prelude's names mean something else.
    use resilient_runtime::{breaker, bulkhead, database, dependency, hedge, idempotent, non_idempotent, on_unknown, rate_limit, read_only, retry, timeout};
    #[derive(Debug)]
    pub struct Ok;
    #[derive(Debug)]
    pub struct Err;
    #[derive(Debug)]
    pub struct Some;
    #[derive(Debug)]
    pub struct None;
    #[derive(Debug)]
    pub struct Box;
    #[derive(Debug)]
    pub struct Option;
    pub type Result = super::Answer<u64>;
    pub trait Into {}
    pub trait Future {}
    pub trait Send {}
    pub trait Fn {}
    pub trait IntoFuture {}
    pub trait Clone {}
    pub trait Drop {}
    pub trait From {}
    pub trait Iterator {}
    #[form]
    pub async fn shadowed(n: u64) -> Result {
        let _ = (Ok, Err, Some, None, Box, Option);
        super::plain(n).await
    }
}
mod own_core {
    //! Modules named like the crates that generated code names.
    use super::*;
    mod core {}
    mod std {}
    mod resilient_runtime {}
    #[form]
    pub async fn shadowed(n: u64) -> Answer {
        plain(n).await
    }
}
#[no_implicit_prelude]
mod bare {
    use ::resilient_runtime::{breaker, bulkhead, database, dependency, hedge, idempotent, non_idempotent, on_unknown, rate_limit, read_only, retry, timeout};
    #[form]
    pub async fn no_prelude(n: u64) -> super::Answer<u64> {
        super::plain(n).await
    }
    #[form]
    pub async fn no_prelude_and_a_reference(text: &str) -> super::Answer<u64> {
        super::look(text).await
    }
}
mod nested {
    //! Attributes by a path, and of a function inside a function.
    #[form]
    pub async fn outer(n: u64) -> super::Answer<u64> {
        super::plain(n).await
    }
    use super::{breaker, bulkhead, database, dependency, hedge, idempotent, non_idempotent, on_unknown, rate_limit, read_only, retry, timeout};
}
macro_rules! made {
    ($name:ident, $argument:ident, $ty:ty, $value:expr) => {
        #[form]
        pub async fn $name($argument: $ty, other: u64) -> Answer {
            plain($value + other).await
        }
    };
}
made!(made_by_a_macro, n, u64, n + 1);
macro_rules! made_method {
    ($($name:ident)*) => {
        impl Client {
            $(
                #[form]
                pub async fn $name(&self, n: u64) -> Answer {
                    look(&self.name).await?;
                    plain(n).await
                }
            )*
        }
    };
}
made_method!(made_first made_second);

/// The futures are `Send`, and `'static` where nothing is borrowed.
fn asserted(client: &Client, shared: Arc<Client>) {
    let mut copy = client.clone();
    let other = "a".to_owned();
    owned(&no_arguments());
    send(&by_reference(&other, &[1]));
    send(&by_mutable_reference(&mut vec![1]));
    owned(&by_value(String::new(), vec![1], 1));
    owned(&unused_by_name(1, String::new(), "a"));
    owned(&patterns((1, 2), Typed(3), [4, 5], &6));
    send(&more_patterns(client, (1, String::new()), (1, 2)));
    send(&named_lifetimes(&other, "b"));
    send(&generic(&1));
    send(&where_clause::<u64, [u64]>(&[1]));
    owned(&const_generic([1, 2]));
    owned(&impl_argument(String::new(), 1_u8));
    owned(&impl_result(1));
    owned(&boxed_result(1));
    owned(&callback(plain));
    send(&trait_object(&1, |n| n));
    owned(&unit());
    owned(&early_ends(1));
    send(&client.method());
    send(&copy.mutating(1));
    owned(&client.clone().by_value_of_self());
    send(&Client::shared_reference(&shared));
    owned(&shared.shared());
    owned(&Box::new(client.clone()).boxed());
    owned(&Client::associated(1));
    send(&client.result_of_self());
    send(&Typed(1).method_of_a_generic());
    send(&Port::find(client, "a"));
    send(&Erased::find(client, "a"));
    owned(&span_above(1, "a"));
    owned(&span_below(1, String::new()));
    send(&client.method_with_a_span(1));
    owned(&once(1, 2, 3, 4));
    owned(&shadows::shadowed(1));
    owned(&bare::no_prelude(1));
    owned(&made_by_a_macro(1, 2));
    send(&client.made_first(1));
}
