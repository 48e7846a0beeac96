//! What is told of calls whose answers were lost, as text. In: a question and its reply, or what a journal could not do. Out:
//! words for one line of a log.

use super::Unwritten;
use crate::on_unknown::{Question, Reply, State};

pub(super) const fn asked(question: Question, reply: Reply) -> &'static str {
    match (question, reply) {
        (_, Reply::Found) => "the lost call was found",
        (_, Reply::NotFound) => "the lost call was not found",
        (_, Reply::Done) => "the lost call was cancelled",
        (Question::Confirm, Reply::Failed) => "nobody could say what became of the lost call",
        (Question::Cancel, Reply::Failed) => "the lost call could not be cancelled",
    }
}

pub(super) const fn unwritten(what: Unwritten) -> &'static str {
    match what {
        Unwritten::Intent => "the journal could not be written: sent without a record",
        Unwritten::State(State::Succeeded) => {
            "the journal could not be written: that it was carried out"
        }
        Unwritten::State(State::NotCarriedOut) => {
            "the journal could not be written: that it was not carried out"
        }
        Unwritten::State(State::Cancelled) => {
            "the journal could not be written: that it was cancelled"
        }
        Unwritten::State(State::Open | State::Cancelling) => {
            "the journal could not be written: no cancel is sent"
        }
        Unwritten::Lease => "the journal could not be written: that the call goes on",
        Unwritten::Release => {
            "the journal could not be written: that nobody deals with the call any more"
        }
        Unwritten::Records => "the journal could not be read",
    }
}
