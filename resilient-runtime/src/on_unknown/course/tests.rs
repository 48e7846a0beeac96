use super::*;

const S: u64 = 1_000_000_000;

fn at(seconds: u64) -> Stamp {
    Stamp::from_nanos(3_600 * S + seconds * S)
}

fn remedies(confirms: bool, cancels: bool, fences: bool) -> Remedies {
    Remedies {
        confirms,
        cancels,
        fences,
    }
}

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Plays a course in which each reply takes no time, the whole pause is waited, and the service replies as `reply` says.
fn played(
    mut course: Course,
    mut reply: impl FnMut(Question, u64) -> Reply,
) -> (Vec<(Question, u64)>, Option<Outcome>) {
    let mut asked = Vec::new();
    for _ in 0..100 {
        let Step::Ask(question, when) = course.step() else {
            return (asked, None);
        };
        let second = when.since(at(0)).as_secs();
        asked.push((question, second));
        let reply = reply(question, second);
        let pause = course.pause();
        if let Some(outcome) = course.replied(reply, when, when, pause) {
            return (asked, Some(outcome));
        }
    }
    panic!("it never ends: {asked:?}");
}

#[test]
fn what_is_not_found_before_it_settled_is_asked_again_and_at_the_moment_it_settled() {
    let course = Course::waiting(remedies(true, false, false), Some(secs(10)), at(5), at(60));
    let (asked, outcome) = played(course, |_, _| Reply::NotFound);
    let when: Vec<_> = asked.iter().map(|(_, when)| *when).collect();
    assert_eq!(when, [5, 6, 8, 12, 15]);
    assert_eq!(outcome, Some(Outcome::NotCarriedOut));
}

#[test]
fn a_question_sent_before_it_settled_is_not_final_however_late_the_reply() {
    let mut course = Course::waiting(remedies(true, false, false), Some(secs(10)), at(5), at(60));
    assert_eq!(course.step(), Step::Ask(Question::Confirm, at(5)));
    let late = course.replied(Reply::NotFound, at(14), at(16), secs(1));
    assert_eq!(late, None);
    assert_eq!(course.step(), Step::Ask(Question::Confirm, at(17)));
    let asked_later = course.replied(Reply::NotFound, at(17), at(17), Duration::ZERO);
    assert_eq!(asked_later, Some(Outcome::NotCarriedOut));
}

#[test]
fn what_is_found_has_succeeded_at_any_time() {
    for found in [5, 6, 8, 12] {
        let course = Course::waiting(remedies(true, true, true), Some(secs(100)), at(5), at(60));
        let reply = |_, when| {
            if when >= found {
                Reply::Found
            } else {
                Reply::NotFound
            }
        };
        assert_eq!(played(course, reply).1, Some(Outcome::Succeeded));
    }
}

#[test]
fn without_a_time_to_settle_not_found_is_never_final() {
    let course = Course::waiting(remedies(true, false, false), None, at(5), at(60));
    let (asked, outcome) = played(course, |_, _| Reply::NotFound);
    assert_eq!((outcome, asked.len()), (None, 8));
    let unlimited = Course::waiting(remedies(true, false, false), None, at(5), Stamp::FOREVER);
    let (asked, outcome) = played(unlimited, |_, _| Reply::NotFound);
    assert_eq!((outcome, asked.len()), (None, 3), "somebody has to end it");
}

#[test]
fn the_second_half_of_the_wait_is_for_cancelling() {
    let course = Course::waiting(remedies(true, true, true), Some(secs(30)), at(5), at(12));
    let (asked, outcome) = played(course, |question, _| match question {
        Question::Confirm => Reply::NotFound,
        Question::Cancel => Reply::Done,
    });
    let confirms = [5, 6, 8, 8].map(|when| (Question::Confirm, when));
    assert_eq!(asked[..4], confirms, "the last in the middle");
    assert_eq!(
        asked[4..],
        [(Question::Cancel, 8)],
        "in the middle of its second"
    );
    assert_eq!(
        outcome,
        Some(Outcome::Cancelled),
        "the service refuses the original from now on"
    );
}

#[test]
fn a_cancel_that_fences_nothing_is_sent_again_when_the_call_has_settled() {
    let course = Course::waiting(remedies(false, true, false), Some(secs(10)), at(5), at(60));
    let (asked, outcome) = played(course, |_, _| Reply::Done);
    assert_eq!(asked, [(Question::Cancel, 5), (Question::Cancel, 15)]);
    assert_eq!(outcome, Some(Outcome::Cancelled));
    let course = Course::waiting(remedies(false, true, false), Some(secs(10)), at(5), at(12));
    let (asked, outcome) = played(course, |_, _| Reply::Done);
    assert_eq!(
        (asked.len(), outcome),
        (1, None),
        "that would be too late for this caller"
    );
}

#[test]
fn once_a_cancel_was_sent_a_success_is_not_believed() {
    let mut course = Course::waiting(remedies(true, true, false), Some(secs(30)), at(5), at(7));
    assert_eq!(course.step(), Step::Ask(Question::Confirm, at(5)));
    assert_eq!(
        course.replied(Reply::NotFound, at(5), at(6), Duration::ZERO),
        None
    );
    assert!(matches!(course.step(), Step::Ask(Question::Cancel, _)));
    assert_eq!(
        course.replied(Reply::Failed, at(6), at(6), Duration::ZERO),
        None
    );
    assert_eq!(
        course.replied(Reply::Found, at(6), at(6), Duration::ZERO),
        None
    );
    assert!(matches!(course.step(), Step::Ask(Question::Cancel, _)));
}

#[test]
fn three_failures_in_a_row_end_the_wait_and_are_no_reason_to_cancel() {
    let course = Course::waiting(remedies(true, true, true), Some(secs(10)), at(5), at(600));
    let (asked, outcome) = played(course, |_, _| Reply::Failed);
    assert_eq!(outcome, None);
    assert_eq!(asked.len(), 3);
    assert!(
        asked
            .iter()
            .all(|(question, _)| *question == Question::Confirm)
    );
    let mut replies = [
        Reply::Failed,
        Reply::Failed,
        Reply::NotFound,
        Reply::Failed,
        Reply::Found,
    ]
    .into_iter();
    let course = Course::waiting(remedies(true, false, false), Some(secs(60)), at(5), at(600));
    let outcome = played(course, |_, _| replies.next().unwrap_or(Reply::Failed)).1;
    assert_eq!(
        outcome,
        Some(Outcome::Succeeded),
        "they have to follow each other"
    );
    let course = Course::waiting(remedies(false, true, true), None, at(5), at(600));
    assert_eq!(
        played(course, |_, _| Reply::Failed).0.len(),
        3,
        "the same for a cancel"
    );
}

#[test]
fn nothing_is_asked_when_the_time_is_over() {
    let mut course = Course::waiting(remedies(true, true, true), Some(secs(10)), at(5), at(5));
    assert_eq!(course.step(), Step::GiveUp);
}

#[test]
fn a_reconciler_cancels_what_could_stay_unknown_for_ever() {
    let mut course = Course::reconciling(remedies(true, true, true), None, at(5), false);
    assert_eq!(course.step(), Step::Ask(Question::Confirm, at(5)));
    assert_eq!(
        course.replied(Reply::NotFound, at(5), at(5), Duration::ZERO),
        None
    );
    assert_eq!(course.step(), Step::Ask(Question::Cancel, at(5)));
    assert_eq!(
        course.replied(Reply::Done, at(5), at(5), Duration::ZERO),
        Some(Outcome::Cancelled)
    );
}

#[test]
fn a_reconciler_waits_for_what_will_settle() {
    let mut course = Course::reconciling(remedies(true, true, true), Some(at(10)), at(5), false);
    assert_eq!(course.step(), Step::Ask(Question::Confirm, at(5)));
    assert_eq!(
        course.replied(Reply::NotFound, at(5), at(5), Duration::ZERO),
        None
    );
    assert_eq!(
        course.step(),
        Step::Ask(Question::Confirm, at(5)),
        "the next round asks it"
    );
    let mut later = Course::reconciling(remedies(true, true, true), Some(at(10)), at(10), false);
    assert_eq!(later.step(), Step::Ask(Question::Confirm, at(10)));
    let outcome = later.replied(Reply::NotFound, at(10), at(10), Duration::ZERO);
    assert_eq!(outcome, Some(Outcome::NotCarriedOut));
}

#[test]
fn a_reconciler_goes_on_cancelling_where_a_cancel_was_sent() {
    let mut course = Course::reconciling(remedies(true, true, false), Some(at(10)), at(12), true);
    assert_eq!(course.step(), Step::Ask(Question::Cancel, at(12)));
    assert_eq!(
        course.replied(Reply::Done, at(12), at(12), Duration::ZERO),
        Some(Outcome::Cancelled)
    );
}
