//! Every order of a few steps that the memory model allows, see `crate::sync`.

use loom::thread;

use super::*;

fn model(check: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(check);
}

#[test]
fn model_checked_two_threads_never_take_one_token() {
    model(|| {
        let core = limit(ten_a_second(1));
        let other = core.clone();
        let thread = thread::spawn(move || other.take_plainly(at(0)));
        let here = core.take_plainly(at(0));
        assert!(here != thread.join().unwrap(), "one of them, and one alone");
    });
}

#[test]
fn model_checked_whoever_queues_is_not_overtaken_and_gets_its_turn() {
    model(|| {
        let core = limit(ten_a_second(1).wait(ms(300)));
        assert!(core.take_plainly(at(0)));
        let other = core.clone();
        let thread = thread::spawn(move || {
            let taken = other.take_plainly(at(100));
            // A token whose call was refused further in.
            if taken {
                other.give_back(at(100), at(100));
            }
            taken
        });
        let entry = Core::enter(&core, at(0), Stamp::FOREVER, || at(0)).0;
        let taken = thread.join().unwrap();
        if let Entry::Queued(mut waiting) = entry {
            poll(&mut waiting, at(100), &Arc::default())
                .expect("its turn has come")
                .spend();
            assert_eq!(core.snapshot(at(100)).available, 0);
        } else {
            assert!(taken, "only the other can have changed the word meanwhile");
        }
        assert_eq!(core.snapshot(at(100)).queued, 0);
    });
}

#[test]
fn model_checked_the_last_to_leave_opens_the_way_again() {
    model(|| {
        let core = limit(ten_a_second(1).wait(ms(300)));
        assert!(core.take_plainly(at(0)));
        let first = queued(&core, at(0));
        let second = queued(&core, at(0));
        let thread = thread::spawn(move || drop(first.expire(at(10))));
        drop(second.expire(at(10)));
        thread.join().unwrap();
        assert!(core.take_plainly(at(100)), "nobody waits any more");
    });
}
