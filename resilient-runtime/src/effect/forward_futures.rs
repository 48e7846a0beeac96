//! The combinators and unordered streams of `futures-util` do what the calls in them do.
//!
//! In: any combinator whose inner future, or both of whose inner futures, are [`Call`]s; streams that drive calls
//! are [`CallStream`]s, and so what waits for them is a [`Call`] again. Refused: a combinator of one call and one
//! undeclared future is no `Call`, since nobody can say what the other half does; where such a one is awaited, the
//! checker asks each half for itself ([`Arms`]).

mod streams;

use std::future::Future;

use futures_util::future::{
    Abortable, AndThen, CatchUnwind, Either, ErrInto, Flatten, Fuse, Inspect, InspectErr,
    InspectOk, IntoFuture, Join, Join3, Join4, Join5, JoinAll, Map, MapErr, MapInto, MapOk,
    MapOkOrElse, MaybeDone, NeverError, OkInto, OptionFuture, OrElse, PollImmediate, Select,
    SelectAll, SelectOk, Shared, Then, TryFlatten, TryFuture, TryJoin, TryJoin3, TryJoin4,
    TryJoin5, TryJoinAll, TryMaybeDone, TrySelect, UnitError, UnwrapOrElse,
};

use super::{Arms, Call, Or};
pub use streams::CallStream;

/// One future inside: its effect is the wrapper's.
macro_rules! one {
    ($($wrapper:ident<C $(, $parameter:ident)*>)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<C: Call $(, $parameter)*> Call for $wrapper<C $(, $parameter)*>
        where
            Self: Future,
        {
            type Effect = C::Effect;
        }
    )*};
}

one! {
    Map<C, F> MapInto<C, T> Fuse<C> Inspect<C, F> NeverError<C> UnitError<C> MaybeDone<C> OptionFuture<C>
    PollImmediate<C> SelectAll<C> Abortable<C> CatchUnwind<C>
}

/// The same for what only takes futures of a `Result`: `where Self: Future` alone would not tell rustc that the
/// inner one resolves to it.
macro_rules! one_of_a_result {
    ($($wrapper:ident<C $(, $parameter:ident)*>)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<C: Call + TryFuture $(, $parameter)*> Call for $wrapper<C $(, $parameter)*>
        where
            Self: Future,
        {
            type Effect = C::Effect;
        }
    )*};
}

one_of_a_result! {
    MapOk<C, F> MapErr<C, F> MapOkOrElse<C, F, G> UnwrapOrElse<C, F> InspectOk<C, F> InspectErr<C, F> ErrInto<C, E>
    OkInto<C, T> IntoFuture<C> TryMaybeDone<C> SelectOk<C> TryJoinAll<C>
}

#[diagnostic::do_not_recommend]
impl<C: Call> Call for JoinAll<C> {
    type Effect = C::Effect;
}
#[diagnostic::do_not_recommend]
impl<C: Call<Output: Clone>> Call for Shared<C> {
    type Effect = C::Effect;
}

/// Two futures inside: what it does is what either of them does.
macro_rules! two {
    ($($wrapper:ident<A, B $(, $parameter:ident)?> of $future:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<A: Call + $future, B: Call + $future $(, $parameter)?> Call for $wrapper<A, B $(, $parameter)?>
        where
            Self: Future,
            A::Effect: Or<B::Effect>,
        {
            type Effect = <A::Effect as Or<B::Effect>>::Larger;
        }
        impl<A: $future, B: $future $(, $parameter)?> Arms for $wrapper<A, B $(, $parameter)?> {
            type First = A;
            type Second = B;
        }
    )*};
}

two! {
    Either<A, B> of Future;
    Join<A, B> of Future;
    Select<A, B> of Future;
    Then<A, B, F> of Future;
    AndThen<A, B, F> of TryFuture;
    OrElse<A, B, F> of TryFuture;
    TryJoin<A, B> of TryFuture;
    TrySelect<A, B> of TryFuture;
}

/// More than two: the first, and what a join of the others does.
macro_rules! several {
    ($($join:ident<A, $($rest:ident),*> with $others:ident where $future:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<A: Call + $future, $($rest: $future),*> Call for $join<A, $($rest),*>
        where
            Self: Future,
            $others<$($rest),*>: Call,
            A::Effect: Or<<$others<$($rest),*> as Call>::Effect>,
        {
            type Effect = <A::Effect as Or<<$others<$($rest),*> as Call>::Effect>>::Larger;
        }
    )*};
}

several! {
    Join3<A, B, C> with Join where Future;
    Join4<A, B, C, D> with Join3 where Future;
    Join5<A, B, C, D, E> with Join4 where Future;
    TryJoin3<A, B, C> with TryJoin where TryFuture;
    TryJoin4<A, B, C, D> with TryJoin3 where TryFuture;
    TryJoin5<A, B, C, D, E> with TryJoin4 where TryFuture;
}

/// A future that resolves to a future.
#[diagnostic::do_not_recommend]
impl<C: Call<Output = D>, D: Call> Call for Flatten<C>
where
    Self: Future,
    C::Effect: Or<D::Effect>,
{
    type Effect = <C::Effect as Or<D::Effect>>::Larger;
}

/// A future that resolves to a future or an error.
#[diagnostic::do_not_recommend]
impl<C: Call + TryFuture<Ok = D>, D: Call> Call for TryFlatten<C, D>
where
    Self: Future,
    C::Effect: Or<D::Effect>,
{
    type Effect = <C::Effect as Or<D::Effect>>::Larger;
}

impl<C: Future> Arms for Flatten<C> {
    type First = C;
    type Second = C::Output;
}
impl<C: TryFuture> Arms for TryFlatten<C, C::Ok> {
    type First = C;
    type Second = C::Ok;
}
