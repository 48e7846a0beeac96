//! The queue for permits: in order of arrival, without gaps, and a permit granted to one who left goes on to the next.

use super::*;

#[test]
fn those_who_wait_get_permits_in_the_order_of_arrival() {
    let core = bulkhead(Settings::new(1).wait(WAIT).queue(3));
    let mut permit = entered(&core);
    let bells: [Arc<Bell>; 3] = std::array::from_fn(|_| Arc::default());
    let mut line: Vec<Waiting> = (0..3).map(|_| queued(&core)).collect();
    for (waiting, bell) in line.iter_mut().zip(&bells) {
        assert!(poll(waiting, bell).is_pending());
    }
    for (turn, waiting) in line.iter_mut().enumerate() {
        drop(permit);
        for (other, bell) in bells.iter().enumerate() {
            assert_eq!(
                bell.rang(),
                usize::from(other <= turn),
                "turn {turn}, bell {other}"
            );
        }
        permit = granted(waiting);
    }
    assert_eq!(core.snapshot().waited, 3);
}

#[test]
fn a_newcomer_does_not_overtake_the_queue_when_a_permit_comes_free() {
    let core = bulkhead(Settings::new(1).wait(WAIT).queue(2));
    let permit = entered(&core);
    let mut first = queued(&core);
    drop(permit);
    // The permit is granted to the first, who has not picked it up yet.
    let mut newcomer = queued(&core);
    assert!(poll(&mut newcomer, &Arc::default()).is_pending());
    drop(granted(&mut first));
    drop(granted(&mut newcomer));
    assert_eq!(counts(&core), (0, 0));
}

#[test]
fn a_place_never_polled_still_gets_its_turn() {
    let core = bulkhead(Settings::new(1).wait(WAIT));
    let permit = entered(&core);
    let mut waiting = queued(&core);
    drop(permit);
    assert_eq!(counts(&core), (1, 0));
    drop(granted(&mut waiting));
    assert_eq!(counts(&core), (0, 0));
}

#[test]
fn only_the_latest_waker_is_woken() {
    let core = bulkhead(Settings::new(1).wait(WAIT));
    let permit = entered(&core);
    let mut waiting = queued(&core);
    let (stale, latest) = (Arc::default(), Arc::default());
    assert!(poll(&mut waiting, &stale).is_pending());
    assert!(poll(&mut waiting, &latest).is_pending());
    drop(permit);
    assert_eq!((stale.rang(), latest.rang()), (0, 1));
}

#[test]
fn after_its_permit_a_place_stays_pending_and_gives_nothing_back_twice() {
    let core = bulkhead(Settings::new(1).wait(WAIT));
    drop(entered(&core));
    let permit = entered(&core);
    let mut waiting = queued(&core);
    drop(permit);
    let permit = granted(&mut waiting);
    assert!(poll(&mut waiting, &Arc::default()).is_pending());
    drop(waiting);
    assert_eq!(counts(&core), (1, 0));
    drop(permit);
    assert_eq!(counts(&core), (0, 0));
}

#[test]
fn a_waiter_dropped_before_its_turn_leaves_no_gap_wherever_it_stood() {
    for gone in 0..3 {
        let core = bulkhead(Settings::new(1).wait(WAIT).queue(3));
        let permit = entered(&core);
        let mut line: Vec<Waiting> = (0..3).map(|_| queued(&core)).collect();
        drop(line.remove(gone));
        assert_eq!(counts(&core), (1, 2));
        // Its place is free for another, at the end.
        line.push(queued(&core));
        assert!(is_full(&core));
        drop(permit);
        for mut waiting in line {
            drop(granted(&mut waiting));
        }
        assert_eq!(counts(&core), (0, 0));
        drop(entered(&core));
    }
}

#[test]
fn a_waiter_dropped_after_it_was_granted_passes_the_permit_on() {
    let core = bulkhead(Settings::new(1).wait(WAIT).queue(2));
    let permit = entered(&core);
    let (mut first, mut second) = (queued(&core), queued(&core));
    let bells: [Arc<Bell>; 2] = std::array::from_fn(|_| Arc::default());
    assert!(poll(&mut first, &bells[0]).is_pending());
    assert!(poll(&mut second, &bells[1]).is_pending());
    drop(permit);
    assert_eq!((bells[0].rang(), bells[1].rang()), (1, 0));
    drop(first);
    assert_eq!(bells[1].rang(), 1);
    drop(second);
    assert_eq!(counts(&core), (0, 0));
    drop(entered(&core));
}

#[test]
fn a_wait_that_ends_counts_as_rejected_unless_the_permit_was_there() {
    let core = bulkhead(Settings::new(1).wait(WAIT).queue(2));
    let permit = entered(&core);
    let (early, late) = (queued(&core), queued(&core));
    assert!(early.expire().is_none());
    assert_eq!(core.snapshot().rejected, 1);
    drop(permit);
    let permit = late.expire().expect("it had been granted");
    assert_eq!(core.snapshot().rejected, 1);
    assert_eq!(counts(&core), (1, 0));
    drop(permit);
    assert_eq!(counts(&core), (0, 0));
}
