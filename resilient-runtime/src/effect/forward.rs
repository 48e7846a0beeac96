//! Futures that wrap a call do what the call does: the commonest wrappers pass the effect on.
//!
//! One line each, since rustc quotes them when it explains a refusal.

use std::ops::DerefMut;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;

use super::Call;

#[diagnostic::do_not_recommend]
impl<C: Call + Unpin + ?Sized> Call for &mut C {
    type Effect = C::Effect;
}
#[diagnostic::do_not_recommend]
impl<C: Call + Unpin + ?Sized> Call for Box<C> {
    type Effect = C::Effect;
}
#[diagnostic::do_not_recommend]
impl<P: DerefMut<Target: Call>> Call for Pin<P> {
    type Effect = <P::Target as Call>::Effect;
}
#[diagnostic::do_not_recommend]
impl<C: Call> Call for AssertUnwindSafe<C> {
    type Effect = C::Effect;
}
#[cfg(feature = "runtime")]
#[diagnostic::do_not_recommend]
impl<C: Call> Call for tokio::time::Timeout<C> {
    type Effect = C::Effect;
}
#[cfg(feature = "tracing")]
#[diagnostic::do_not_recommend]
impl<C: Call> Call for tracing::instrument::Instrumented<C> {
    type Effect = C::Effect;
}
#[cfg(feature = "tracing")]
#[diagnostic::do_not_recommend]
impl<C: Call> Call for tracing::instrument::WithDispatch<C> {
    type Effect = C::Effect;
}
