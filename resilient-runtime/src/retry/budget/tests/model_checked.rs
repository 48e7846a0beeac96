//! Small programs of two or three threads, run in every interleaving and with every stale value that the memory model
//! allows; see [`crate::sync`]. The last test shows that they can fail: a budget that looks and then writes is caught.

use std::sync::Arc;

use loom::thread;

use super::*;
use crate::sync::{AtomicU64, Ordering};

/// Three preemptions: some seconds for all.
fn in_every_order(program: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(program);
}

#[test]
fn of_two_repeats_one_token_pays_for_one() {
    in_every_order(|| {
        let budget = Arc::new(earning(2_000, 1));
        let theirs = Arc::clone(&budget);
        let other = thread::spawn(move || theirs.spend(false, NOW));
        let mine = budget.spend(false, NOW);
        assert!(mine ^ other.join().unwrap(), "one of the two");
        assert_eq!(budget.tokens(NOW), 0);
    });
}

#[test]
fn a_repeat_after_an_unknown_outcome_gets_both_tokens_or_none() {
    in_every_order(|| {
        let budget = Arc::new(earning(2_000, 2));
        let theirs = Arc::clone(&budget);
        let other = thread::spawn(move || theirs.spend(true, NOW));
        let mine = budget.spend(false, NOW);
        let spent = 2 * u64::from(other.join().unwrap()) + u64::from(mine);
        assert_eq!(budget.tokens(NOW), (2 - spent) * TOKEN);
        assert!(spent > 0);
    });
}

#[test]
fn answers_and_repeats_at_once_never_leave_more_than_fits() {
    never_more_than_fits(|_| ());
    never_more_than_fits(Core::spread);
}

fn never_more_than_fits(prepare: fn(&Core)) {
    in_every_order(move || {
        let budget = Arc::new(earning(6_000, 1));
        prepare(&budget);
        let theirs = Arc::clone(&budget);
        let answers = thread::spawn(move || theirs.earn(NOW));
        let paid = budget.spend(false, NOW);
        budget.give_back(false, NOW);
        answers.join().unwrap();
        assert!(paid, "it starts full");
        assert!(budget.tokens(NOW) <= TOKEN, "{}", budget.tokens(NOW));
    });
}

#[test]
fn two_answers_in_a_new_second_are_both_counted() {
    both_are_counted(|_| ());
    both_are_counted(Core::spread);
}

#[test]
fn what_two_threads_count_apart_is_all_there_when_somebody_spends() {
    in_every_order(|| {
        let budget = Arc::new(earning(10_000, 2));
        budget.spread();
        budget.earn(NOW);
        assert!(budget.spend(true, NOW));
        let theirs = Arc::clone(&budget);
        let other = thread::spawn(move || {
            theirs.earn(NOW);
            theirs.spend(false, NOW)
        });
        budget.earn(NOW);
        assert!(budget.spend(false, NOW), "its own answer pays for it");
        assert!(other.join().unwrap(), "and theirs for theirs");
        assert_eq!(budget.tokens(NOW), 0);
    });
}

fn both_are_counted(prepare: fn(&Core)) {
    in_every_order(move || {
        let budget = Arc::new(earning(10_000, 1));
        prepare(&budget);
        let theirs = Arc::clone(&budget);
        let next = later(1.0);
        let other = thread::spawn(move || theirs.earn(next));
        budget.earn(next);
        other.join().unwrap();
        assert_eq!(budget.snapshot(later(2.0)).cap, 2.0);
    });
}

#[test]
#[should_panic(expected = "paid twice")]
fn a_budget_that_looks_and_then_writes_is_caught() {
    in_every_order(|| {
        let tokens = Arc::new(AtomicU64::new(1));
        let spend = |tokens: &AtomicU64| {
            let seen = tokens.load(Ordering::Relaxed);
            if seen > 0 {
                tokens.store(seen - 1, Ordering::Relaxed);
            }
            seen > 0
        };
        let theirs = Arc::clone(&tokens);
        let other = thread::spawn(move || spend(&theirs));
        let mine = spend(&tokens);
        assert!(!(mine && other.join().unwrap()), "paid twice");
    });
}
