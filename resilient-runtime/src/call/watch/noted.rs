//! The body of one attempt under `on_unknown`. In: the body, and how a rejection becomes its answer. Out: the same body, behind
//! its intent; while it goes on without a time limit the lease of its record is renewed. Refuses to poll a body whose
//! intent is not written.
//!
//! A test's script stands where the body stands: behind the intent, in front of the questions.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::Watch;
use crate::call::script::{Played, Script};
use crate::on_unknown::{RecordId, Writing};
use crate::rejected::Rejected;

pin_project! {
    /// A body whose intent is written before it is first polled.
    ///
    /// Dropped before that it has sent nothing; dropped later it leaves the record to its [`Watch`].
    #[must_use = "a call does nothing unless it is awaited"]
    pub struct Noted<'a, 'j, F, A> {
        watch: &'a Watch<'j>,
        refuse: A,
        writing: Option<Writing<'a, RecordId>>,
        sent: bool,
        script: Script,
        // Boxed: nearly all calls have a time limit, and need none.
        renewal: Option<Pin<Box<dyn Future<Output = Infallible> + Send + 'a>>>,
        #[pin]
        body: F,
    }
}

impl<'j> Watch<'j> {
    /// Wraps the body of an attempt: its intent is written before it is first polled.
    pub fn noted<'a, F, A>(&'a self, body: F, refuse: A) -> Noted<'a, 'j, F, A>
    where
        F: Future,
        A: FnMut(Rejected) -> F::Output,
    {
        Noted {
            watch: self,
            refuse,
            writing: None,
            sent: false,
            script: Script::NONE,
            renewal: None,
            body,
        }
    }
}

impl<F, A> Future for Noted<'_, '_, F, A>
where
    F: Future,
    A: FnMut(Rejected) -> F::Output,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let (watch, call) = (*this.watch, this.watch.site.name);
        if !*this.sent {
            if this.writing.is_none() {
                if let Some(kind) = this.script.refuses(call) {
                    let why = watch.refused_by_script(kind);
                    watch.overruled(this.script);
                    return Poll::Ready((this.refuse)(why));
                }
            }
            if let Err(why) = ready!(watch.intend(this.writing, cx)) {
                return Poll::Ready((this.refuse)(why));
            }
            *this.writing = None;
            *this.sent = true;
            this.script.begin(call);
        }
        let polled = match this.script.play(call, cx) {
            Played::Body => this.body.poll(cx),
            Played::Waits => Poll::Pending,
            Played::Ends(why) => {
                watch.overruled(this.script);
                return Poll::Ready((this.refuse)(why));
            }
        };
        if polled.is_pending() {
            if this.renewal.is_none() {
                if let Some((record, hold)) = watch.renewed() {
                    *this.renewal = Some(Box::pin(watch.renewing(record, hold)));
                }
            }
            if let Some(renewal) = this.renewal {
                // It never ends; polled, it will wake this task when the next renewal is due.
                let _goes_on = renewal.as_mut().poll(cx);
            }
        }
        polled
    }
}
