//! `detach`: the call goes on in a task of its own when its caller is gone.
//!
//! In: the future of a whole call. Out: its answer, through the task. Refuses nothing; a panic in the task goes on in the caller.
//!
//! Dropped, it leaves the task running. The task is in the caller's scope, and has a time limit of its own: what the caller has
//! left holds for the caller alone, who is gone by then.

use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::JoinHandle;

use crate::context::{self, Became};
use crate::in_call::InCall;

/// A call that its caller's end does not end.
#[must_use = "a call does nothing unless it is awaited"]
#[derive(Debug)]
pub struct Detached<F: Future> {
    call: Option<Box<F>>,
    task: Option<JoinHandle<Outcome<F::Output>>>,
}

/// What the task hands back: the answer, and what the call said it has become.
#[derive(Debug)]
struct Outcome<R> {
    answer: R,
    became: Became,
}

/// Makes the future of a call that goes on without its caller; nothing starts before it is polled.
pub fn detached<F>(call: F) -> Detached<F>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    Detached {
        call: Some(Box::new(call)),
        task: None,
    }
}

impl<F> Future for Detached<F>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    type Output = F::Output;

    /// # Panics
    ///
    /// Outside of a tokio runtime; when the call does; and when polled after it was ready.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        if let Some(call) = self.call.take() {
            // What it begins counts for the attempt around it, as if it were polled in there.
            let call = InCall::detached(Box::into_pin(call));
            self.task = Some(tokio::spawn(async move {
                let answer = call.await;
                // Said by the call in the poll that made it ready, and of interest to whoever waits for it.
                let became = context::take_became();
                Outcome { answer, became }
            }));
        }
        let task = self.task.as_mut().expect("polled after it was ready");
        match ready!(Pin::new(task).poll(cx)) {
            Ok(Outcome { answer, became }) => {
                self.task = None;
                context::set_became(became);
                Poll::Ready(answer)
            }
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                // Only the end of the runtime ends the task, and with it whoever waits on it: there is no answer to wait for.
                Err(_ended) => {
                    self.task = None;
                    Poll::Pending
                }
            },
        }
    }
}
