//! The start of an attempt. In: a call, and what is around it. Out: its clock, its deadline, and events about surroundings
//! that are worth a word. Refuses an attempt for which too little time is left.
//!
//! What most calls do is inlined, and looks at one word for whatever is new; the rest is a call away.

use super::super::inside::Carrier;
use super::Run;
use crate::clock::Stamp;
use crate::config;
use crate::context::{self, Inner};
use crate::event::Event;
use crate::trace;

impl Run {
    /// Starts the next attempt; the first one starts the call's deadline. False when too little time is left.
    #[expect(clippy::inline_always, reason = "this is the way every call takes")]
    #[inline(always)]
    pub(in crate::call) fn begin_attempt<R: Carrier>(&mut self, breaks: bool) -> bool {
        self.attempt += 1;
        if self.attempt > 1 {
            return self.begin_repeat(breaks);
        }
        let news = config::is_news(&self.site.asked) || trace::wanted();
        if news {
            self.meet_numbers();
        }
        self.read_clock(breaks);
        if news {
            self.heard.begin(self.site);
        }
        let around = context::around();
        if around.is_notable {
            self.report_surroundings(R::COUNTS);
        }
        let total = self.end_of(self.site.plan.total);
        self.own = total;
        // The first attempt has the whole of its own total before it.
        if around.deadline < total {
            return self.inherit(around.deadline);
        }
        self.deadline = total;
        true
    }

    #[cold]
    fn begin_repeat(&mut self, breaks: bool) -> bool {
        self.read_clock(breaks);
        self.known.set_inside(Inner::NONE);
        if self.attempt == 2 && self.is_felt() {
            context::begin_repeating();
        }
        self.in_time()
    }

    #[cold]
    fn meet_numbers(&mut self) {
        if config::is_new(&self.site.asked) {
            self.site = config::meet(self.site);
        }
    }

    #[cold]
    fn inherit(&mut self, outer: Stamp) -> bool {
        self.deadline = outer;
        self.inherited = !context::is_alone(outer);
        self.in_time()
    }

    #[cold]
    fn report_surroundings(&self, counts: bool) {
        if counts && self.site.plan.retry.is_some() && context::retries() > 0 {
            self.report_nested();
        }
        if context::in_transaction() && !self.site.database {
            self.report_in_transaction();
        }
    }

    #[cold]
    fn report_nested(&self) {
        self.tell(&Event::NestedRetry {
            call: self.site.name,
            dependency: self.site.dependency(),
            depth: context::retries(),
        });
    }

    #[cold]
    fn report_in_transaction(&self) {
        if context::transaction().is_some_and(|marked| marked.is_new(self.site)) {
            self.tell(&Event::CallInTransaction {
                call: self.site.name,
                dependency: self.site.dependency(),
            });
        }
    }
}
