//! A lane that goes on alone. In: what the lanes have begun before and after a poll. Out: which of them must be the only one,
//! and what the call has come to without the others. Refuses to take a write that was left behind for one that was not sent.

use super::race::Race;
use super::{Failure, Lane, Run};
use crate::context::{self, Became, Begun};
use crate::effect::Class;

/// What a lane had begun by itself before it was polled.
#[derive(Clone, Copy)]
pub(super) struct Before {
    pub(super) calls: Begun,
    elsewhere: bool,
}

impl Before {
    pub(super) fn by(run: &Run) -> Self {
        Self {
            calls: run.known.started(),
            elsewhere: run.tasks.may_have_started(),
        }
    }
}

/// What becomes of the other lanes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    Race,
    /// One goes on alone: they are left behind.
    Left,
    /// They were, and one of them may have been carried out.
    Lost,
}

impl<T> Race<'_, T> {
    /// The lane was polled.
    pub(super) fn note_begun(&mut self, nth: u32, before: Before, run: &Run) {
        let now = Before::by(run);
        if (now.calls != before.calls && !now.calls.is_none())
            || (now.elsewhere && !before.elsewhere)
        {
            self.begun = Some(nth);
        }
    }

    /// A lane has begun, and goes on alone from here.
    pub(super) fn leave_others(&mut self) {
        if self.others == Others::Race {
            self.others = Others::Left;
        }
    }

    /// The lane is dropped for another one.
    pub(super) fn left_behind(&mut self, lane: &impl Lane) {
        let writes = lane.run().site.plan.class != Class::READ_ONLY;
        if self.others == Others::Left && lane.is_sent() && writes {
            self.others = Others::Lost;
        }
    }

    /// A write that was left behind may have been carried out, whatever the answer says: nobody around may take it for one
    /// that was not. `run` is the call's.
    pub(super) fn settle_lost(&mut self, run: &mut Run) {
        if self.others == Others::Lost && run.verdict.failure.is_some() {
            run.verdict.failure = Some(Failure::Unknown);
            self.became = Became::Unknown;
            run.known.set_started(run.known.started().begin());
            context::mark_started();
        }
    }
}
