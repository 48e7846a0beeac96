//! What outlives the body of its attempt: a stream that is still read, a thread that still runs. Goes in: a claim, made
//! in the body. Comes out: the claims of the innermost attempt that has something to hold. Refuses to take one that was
//! made elsewhere.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

use super::{CONTEXT, made};
use crate::call::Holding;

thread_local! {
    /// Those made in the polls of the attempts around; their number is in the context.
    static CLAIMS: RefCell<Vec<Arc<Claim>>> = const { RefCell::new(Vec::new()) };
}

/// Asks an attempt to leave what it holds to somebody who goes on.
pub(crate) struct Claim {
    /// From the head of an answer on, and with the outcome; else from the end of the body on, and the permit alone.
    pub(crate) answer: bool,
    stands: Mutex<Stands>,
}

enum Stands {
    /// The body goes on, or nobody had anything to hold.
    Waiting,
    Holding(Arc<Holding>),
    /// Nothing is held any more.
    Over,
}

impl Claim {
    /// Made known to the attempt being polled.
    pub(crate) fn new(answer: bool) -> Arc<Self> {
        let claim = Arc::new(Self {
            answer,
            stands: Mutex::new(Stands::Waiting),
        });
        let made = CONTEXT.with(|context| context.made.get());
        if made.wants(made::CLAIMS) {
            CLAIMS.with_borrow_mut(|claims| claims.push(Arc::clone(&claim)));
            CONTEXT.with(|context| context.made.set(made.claim()));
        }
        claim
    }

    pub(crate) fn is_over(&self) -> bool {
        matches!(*self.stands(), Stands::Over)
    }

    /// Leaves it to whoever goes on; given back at once if nobody does any more.
    pub(crate) fn give(&self, holding: Arc<Holding>) {
        let mut stands = self.stands();
        if matches!(*stands, Stands::Waiting) {
            *stands = Stands::Holding(holding);
        }
    }

    /// It is over; what was held, to be ended or dropped outside of any lock.
    pub(crate) fn end(&self) -> Option<Arc<Holding>> {
        let stood = std::mem::replace(&mut *self.stands(), Stands::Over);
        match stood {
            Stands::Holding(holding) => Some(holding),
            Stands::Waiting | Stands::Over => None,
        }
    }

    fn stands(&self) -> std::sync::MutexGuard<'_, Stands> {
        self.stands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The claims on one attempt.
#[derive(Default)]
pub(crate) struct Claims(Vec<Arc<Claim>>);

impl Claims {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn extend(&mut self, new: Vec<Arc<Claim>>) {
        self.0.extend(new);
    }

    /// Those who go on, of one kind.
    pub(crate) fn living(&self, answer: bool) -> impl Iterator<Item = &Arc<Claim>> {
        let going_on = move |claim: &&Arc<Claim>| claim.answer == answer && !claim.is_over();
        self.0.iter().filter(going_on)
    }
}

/// Those made from there on.
pub(super) fn take_from(index: usize) -> Vec<Arc<Claim>> {
    CLAIMS.with_borrow_mut(|claims| claims.split_off(index))
}
