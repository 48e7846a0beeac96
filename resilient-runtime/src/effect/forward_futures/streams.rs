//! Streams that drive calls, and the futures that wait for them.

use std::future::Future;
use std::ops::DerefMut;
use std::pin::Pin;

use futures_util::future::TryFuture;
use futures_util::stream::{
    All, AndThen, Any, BufferUnordered, Buffered, Chunks, Collect, Concat, Count, Enumerate,
    Filter, FilterMap, Fold, ForEach, ForEachConcurrent, Fuse, FusedStream, FuturesOrdered,
    FuturesUnordered, Inspect, Map, MapErr, MapOk, Next, Once, OrElse, SelectAll, SelectNextSome,
    Skip, Stream, StreamFuture, Take, Then, TryAll, TryAny, TryBufferUnordered, TryBuffered,
    TryCollect, TryConcat, TryFilterMap, TryFold, TryForEach, TryForEachConcurrent, TryNext,
    TryStream,
};

use super::super::{Call, Effect};

/// A stream whose items come from calls that it drives itself.
///
/// Whatever waits for it, say `next()` or `collect()`, is a [`Call`] with this effect.
pub trait CallStream: Stream {
    /// What each of the calls does to the world.
    type Effect: Effect;
}

impl<C: Call> CallStream for FuturesUnordered<C> {
    type Effect = C::Effect;
}
impl<C: Call> CallStream for FuturesOrdered<C> {
    type Effect = C::Effect;
}
impl<C: Call> CallStream for Once<C> {
    type Effect = C::Effect;
}
impl<S: Stream<Item: Call>> CallStream for BufferUnordered<S> {
    type Effect = <S::Item as Call>::Effect;
}
impl<S: Stream<Item: Call>> CallStream for Buffered<S> {
    type Effect = <S::Item as Call>::Effect;
}
impl<S: TryStream> CallStream for TryBufferUnordered<S>
where
    Self: Stream,
    S::Ok: Call,
{
    type Effect = <S::Ok as Call>::Effect;
}
impl<S: TryStream> CallStream for TryBuffered<S>
where
    Self: Stream,
    S::Ok: Call + TryFuture<Error = S::Error>,
{
    type Effect = <S::Ok as Call>::Effect;
}
impl<S: CallStream + Unpin + ?Sized> CallStream for &mut S {
    type Effect = S::Effect;
}
impl<S: CallStream + Unpin + ?Sized> CallStream for Box<S> {
    type Effect = S::Effect;
}
impl<P: DerefMut<Target: CallStream> + Unpin> CallStream for Pin<P> {
    type Effect = <P::Target as CallStream>::Effect;
}

/// Streams that pass a driving stream's items on.
macro_rules! passes_on {
    ($($wrapper:ident<S $(, $parameter:ident)*>)*) => {$(
        impl<S: CallStream $(, $parameter)*> CallStream for $wrapper<S $(, $parameter)*>
        where
            Self: Stream,
        {
            type Effect = S::Effect;
        }
    )*};
}

passes_on! { Map<S, F> MapOk<S, F> MapErr<S, F> Enumerate<S> Take<S> Skip<S> Fuse<S> Inspect<S, F> Chunks<S> SelectAll<S> }

/// Streams that make a call for each item of any stream.
macro_rules! calls_for_each_item {
    ($($wrapper:ident<S, C, F>)*) => {$(
        impl<S: Stream, C: Call, F> CallStream for $wrapper<S, C, F>
        where
            Self: Stream,
        {
            type Effect = C::Effect;
        }
    )*};
}

calls_for_each_item! { Then<S, C, F> FilterMap<S, C, F> Filter<S, C, F> }

/// The same for streams of a `Result`.
macro_rules! calls_for_each_success {
    ($($wrapper:ident<S, C, F>)*) => {$(
        impl<S: TryStream, C: Call, F> CallStream for $wrapper<S, C, F>
        where
            Self: Stream,
        {
            type Effect = C::Effect;
        }
    )*};
}

calls_for_each_success! { AndThen<S, C, F> OrElse<S, C, F> TryFilterMap<S, C, F> }

/// Futures that wait for a driving stream.
macro_rules! waits {
    ($($wrapper:ident<S $(, $parameter:ident)*> of $($stream:ident)+;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: CallStream $(+ $stream)+ $(, $parameter)*> Call for $wrapper<S $(, $parameter)*>
        where
            Self: Future,
        {
            type Effect = <S as CallStream>::Effect;
        }
    )*};
}

waits! {
    Collect<S, T> of Stream;
    Concat<S> of Stream;
    Count<S> of Stream;
    StreamFuture<S> of Stream;
    TryCollect<S, T> of TryStream;
    TryConcat<S> of TryStream;
}

#[diagnostic::do_not_recommend]
impl<S: CallStream + Unpin + ?Sized> Call for Next<'_, S> {
    type Effect = S::Effect;
}
#[diagnostic::do_not_recommend]
impl<S: CallStream + TryStream + Unpin + ?Sized> Call for TryNext<'_, S> {
    type Effect = S::Effect;
}
#[diagnostic::do_not_recommend]
impl<S: CallStream + FusedStream + Unpin + ?Sized> Call for SelectNextSome<'_, S> {
    type Effect = S::Effect;
}

/// Futures that make a call for each item of any stream.
macro_rules! waits_for_calls {
    ($($wrapper:ident<S, C $(, $parameter:ident)*> of $stream:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: $stream, C: Call $(, $parameter)*> Call for $wrapper<S, C $(, $parameter)*>
        where
            Self: Future,
        {
            type Effect = C::Effect;
        }
    )*};
}

waits_for_calls! {
    ForEach<S, C, F> of Stream;
    ForEachConcurrent<S, C, F> of Stream;
    Fold<S, C, T, F> of Stream;
    Any<S, C, F> of Stream;
    All<S, C, F> of Stream;
    TryForEach<S, C, F> of TryStream;
    TryForEachConcurrent<S, C, F> of TryStream;
    TryFold<S, C, T, F> of TryStream;
    TryAny<S, C, F> of TryStream;
    TryAll<S, C, F> of TryStream;
}
