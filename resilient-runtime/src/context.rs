//! What an annotated call inherits from the call around it: scope, deadline, retries, started effects, key.
//!
//! In: guards that a driver holds for the length of one poll. Out: the values of the innermost guard.
//! Refuses to outlive a poll: a guard is not `Send`, so it cannot be kept across an await, and it puts
//! the outer value back when dropped, also when the poll panics.
//!
//! One thread-local, made at compile time and never dropped: reading it is one load, and the destructors of
//! other thread-locals may read it. Nothing leaks for want of a destructor, because it is empty whenever no
//! poll is running: every guard puts back what it found.

mod attempt;
mod begun;
mod claims;
mod inner;
mod known;
mod lent;
mod made;
mod plain;
mod tasks;

use std::cell::Cell;

pub(crate) use attempt::{
    enter_attempt, enter_counted, enter_task, mark_ended, mark_started, note_outcome, set_became,
    started, take_back, take_became,
};
pub(crate) use begun::{Became, Begun};
pub(crate) use claims::{Claim, Claims};
pub(crate) use inner::{Inner, begin_repeating, end_repeating, give_up_repeating};
pub(crate) use known::Known;
pub(crate) use lent::{
    current_scope, enter_key, enter_scope, enter_transaction, in_transaction, key, scoped,
    transaction,
};
pub(crate) use made::{CLAIMS, TASKS, enter_adopting, enter_made};
pub(crate) use plain::{
    around, deadline, enter_alone, enter_deadline, enter_observing, enter_retries, is_alone,
    observing, retries,
};
pub(crate) use tasks::{Task, Tasks};

use crate::clock::Stamp;
use crate::in_transaction::Marked;
use crate::scope::Contents;
use lent::Slot;
use made::Made;

thread_local! {
    static CONTEXT: Context = const {
        Context {
            scoped: Cell::new(false),
            known: Cell::new(Known::NOTHING),
            observing: Cell::new(0),
            made: Cell::new(Made::NOTHING),
            became: Cell::new(Became::Unknown),
            deadline: Cell::new(Stamp::FOREVER),
            alone: Cell::new(Stamp::NEVER),
            marked: Cell::new(false),
            transaction: Slot::EMPTY,
            scope: Slot::EMPTY,
            key: Slot::EMPTY,
        }
    };
}

/// The fields are private: everybody else goes through the guards below.
pub(crate) struct Context {
    /// Whether `scope` holds one: the only thing the hot path asks.
    scoped: Cell<bool>,
    /// One word for all that is counted, so that a poll in which nothing happened is left by one comparison.
    known: Cell<Known>,
    observing: Cell<u32>,
    /// See `tasks` and `claims`: how many there are, and whether anybody wants to know.
    made: Cell<Made>,
    /// A message from a call to the future that declares its effect, within one poll.
    became: Cell<Became>,
    deadline: Cell<Stamp>,
    /// A deadline that nobody around keeps: the call it came from is in another task.
    alone: Cell<Stamp>,
    /// Whether `transaction` holds one: all that a call asks.
    marked: Cell<bool>,
    transaction: Slot<Marked>,
    scope: Slot<Contents>,
    key: Slot<str>,
}

#[cfg(test)]
mod tests;
