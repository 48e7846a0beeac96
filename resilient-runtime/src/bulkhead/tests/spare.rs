//! Permits that threads keep for their next call.

use std::thread;

use super::*;
use crate::bulkhead::word::Word;

/// Permits out as the core's word counts them: running calls and spare ones.
fn out(core: &Core) -> u64 {
    Word(core.word.load(Ordering::Relaxed)).in_flight()
}

/// In another thread than this one, and than the one before.
fn elsewhere<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(work).join().unwrap())
}

#[test]
fn a_permit_that_comes_back_is_kept_for_the_next_call_of_its_thread() {
    let core = bulkhead(Settings::new(8));
    loosen(&core, 1);
    drop(entered(&core));
    assert_eq!(out(&core), 1, "kept");
    let again = entered(&core);
    assert_eq!(out(&core), 1, "the same one");
    let more = entered(&core);
    drop(again);
    drop(more);
    assert_eq!(out(&core), 1, "there is room for one");
}

#[test]
fn what_threads_keep_is_not_in_flight() {
    let core = bulkhead(Settings::new(8));
    loosen(&core, 4);
    let held = entered(&core);
    drop([entered(&core), entered(&core)]);
    assert_eq!(out(&core), 3);
    assert_eq!(counts(&core), (1, 0));
    assert!(!core.is_idle(Stamp::FIRST));
    drop(held);
    loosen(&core, 4);
    drop(entered(&core));
    assert!(core.is_idle(Stamp::FIRST));
}

#[test]
fn nobody_is_refused_while_another_thread_keeps_a_permit() {
    let core = bulkhead(Settings::new(4));
    loosen(&core, 2);
    elsewhere(|| drop([entered(&core), entered(&core)]));
    elsewhere(|| drop([entered(&core), entered(&core)]));
    let held = [(); 4].map(|()| entered(&core));
    assert!(is_full(&core));
    drop(held);
    assert_eq!(counts(&core), (0, 0));
}

#[test]
fn whoever_queues_gets_the_permit_that_a_thread_would_have_kept() {
    let core = bulkhead(Settings::new(2).wait(WAIT));
    loosen(&core, 2);
    let (one, two) = (entered(&core), entered(&core));
    let mut waiting = queued(&core);
    drop(one);
    drop(granted(&mut waiting));
    drop(two);
    assert_eq!(counts(&core), (0, 0));
}

#[test]
fn a_lower_limit_is_not_passed_by_means_of_spare_permits() {
    let core = bulkhead(Settings::new(8));
    loosen(&core, 4);
    drop([(); 4].map(|()| entered(&core)));
    core.resize(1);
    let only = entered(&core);
    assert!(is_full(&core));
    drop(only);
    assert_eq!(counts(&core), (0, 0));
}

#[test]
fn it_keeps_none_with_half_of_its_permits_out_or_while_its_limit_learns() {
    let core = bulkhead(Settings::new(4));
    let held = [(); 3].map(|()| entered(&core));
    loosen(&core, 1);
    drop(held);
    assert_eq!(out(&core), 0);
    let learning = bulkhead(Settings::adaptive(1, 8));
    loosen(&learning, 1);
    drop(entered(&learning));
    assert_eq!(out(&learning), 0);
}

#[test]
fn under_threads_that_keep_permits_the_limit_holds_and_nobody_is_forgotten() {
    const LIMIT: u32 = 5;
    for wait in [None, Some(WAIT)] {
        let settings = Settings::new(LIMIT);
        let core = bulkhead(wait.map_or(settings, |wait| settings.wait(wait)));
        let inside = AtomicUsize::new(0);
        thread::scope(|scope| {
            for seed in 0..6 {
                let (core, inside) = (&core, &inside);
                scope.spawn(move || {
                    let mut random = fastrand::Rng::with_seed(seed);
                    for _ in 0..3_000 {
                        if random.u32(0..4) == 0 {
                            loosen(core, random.u64(1..3));
                        }
                        let permit = match Core::try_enter(core) {
                            Entry::Entered(permit) => permit,
                            Entry::Full => continue,
                            Entry::Queued(waiting) => threads::block_on(waiting),
                        };
                        let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
                        assert!(now <= LIMIT as usize, "{now} inside");
                        if random.u32(0..4) == 0 {
                            thread::yield_now();
                        }
                        inside.fetch_sub(1, Ordering::SeqCst);
                        drop(permit);
                    }
                });
            }
        });
        assert_eq!(counts(&core), (0, 0));
        assert!(core.is_idle(Stamp::FIRST));
    }
}
