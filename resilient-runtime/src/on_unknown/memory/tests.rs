use super::*;

async fn begin(journal: &MemoryJournal, key: &str) -> Result<RecordId, JournalError> {
    journal.begin(Intent::new("pay::charge", key)).await
}

fn keys(records: &[Record]) -> Vec<&str> {
    records.iter().map(|record| &*record.key).collect()
}

fn run(test: impl Future<Output = ()>) {
    crate::scope::Scope::new().within(|| {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_time().build().unwrap();
        runtime.block_on(test);
    });
}

use std::future::Future;

const HOLD: Duration = Duration::from_secs(3_600);

#[test]
fn a_call_and_a_key_have_one_open_record() {
    run(async {
        let journal = MemoryJournal::new();
        let first = begin(&journal, "17").await.unwrap();
        assert!(matches!(
            begin(&journal, "17").await,
            Err(JournalError::AlreadyOpen)
        ));
        assert!(begin(&journal, "18").await.is_ok());
        assert!(
            journal
                .begin(Intent::new("pay::refund", "17"))
                .await
                .is_ok()
        );
        assert!(
            journal
                .change(first, State::Open, State::Succeeded)
                .await
                .unwrap()
        );
        let second = begin(&journal, "17").await.unwrap();
        assert_ne!(first, second, "a number is never used again");
        assert!(
            !journal
                .change(first, State::Open, State::Cancelled)
                .await
                .unwrap()
        );
    });
}

#[test]
fn a_state_changes_only_from_the_one_that_is_named() {
    run(async {
        let journal = MemoryJournal::new();
        let id = begin(&journal, "17").await.unwrap();
        assert!(
            !journal
                .change(id, State::Cancelling, State::Cancelled)
                .await
                .unwrap()
        );
        assert!(
            journal
                .change(id, State::Open, State::Cancelling)
                .await
                .unwrap()
        );
        assert!(
            !journal
                .change(id, State::Open, State::Succeeded)
                .await
                .unwrap()
        );
        assert_eq!(journal.records()[0].state, State::Cancelling);
        assert!(
            journal
                .change(id, State::Cancelling, State::Cancelled)
                .await
                .unwrap()
        );
        assert_eq!(journal.records(), []);
        assert_eq!(journal.counts().cancelled, 1);
    });
}

#[test]
fn a_full_journal_refuses_and_throws_nothing_away() {
    run(async {
        let journal = MemoryJournal::bounded(2);
        let first = begin(&journal, "1").await.unwrap();
        begin(&journal, "2").await.unwrap();
        assert!(matches!(
            begin(&journal, "3").await,
            Err(JournalError::Full)
        ));
        assert_eq!(keys(&journal.records()), ["1", "2"]);
        assert!(journal.close(first, Outcome::NotCarriedOut));
        assert!(
            !journal.close(first, Outcome::NotCarriedOut),
            "it is closed"
        );
        assert!(begin(&journal, "3").await.is_ok());
    });
}

#[test]
fn a_record_is_leased_to_one_at_a_time_and_first_to_the_one_that_waited() {
    run(async {
        let journal = MemoryJournal::new();
        let mut ids = Vec::new();
        for key in ["1", "2", "3"] {
            ids.push(begin(&journal, key).await.unwrap());
        }
        assert_eq!(journal.lease(9, HOLD).await.unwrap(), [], "the calls go on");
        for id in &ids {
            journal.release(*id, Duration::ZERO);
        }
        assert_eq!(keys(&journal.lease(2, HOLD).await.unwrap()), ["1", "2"]);
        assert_eq!(keys(&journal.lease(9, HOLD).await.unwrap()), ["3"]);
        assert_eq!(journal.lease(9, HOLD).await.unwrap(), []);
        for id in &ids {
            journal.release(*id, Duration::ZERO);
        }
        assert_eq!(
            keys(&journal.lease(2, Duration::ZERO).await.unwrap()),
            ["1", "2"]
        );
        let next = journal.lease(2, Duration::ZERO).await.unwrap();
        assert_eq!(
            keys(&next),
            ["3", "1"],
            "a lease that is over, and the longest waiting first"
        );
        assert_eq!(journal.counts().unresolved, 3);
    });
}

#[test]
fn the_time_of_the_loss_is_never_made_earlier() {
    run(async {
        let journal = MemoryJournal::new();
        let id = begin(&journal, "17").await.unwrap();
        assert_eq!(journal.records()[0].lost, None);
        journal.release(id, Duration::from_secs(10));
        let lost = journal.records()[0].lost.unwrap();
        assert!(lost >= Duration::from_secs(10), "{lost:?}");
        journal.release(id, Duration::from_secs(100));
        let lost = journal.records()[0].lost.unwrap();
        assert!(lost < Duration::from_secs(100), "{lost:?}");
        journal.release(id, Duration::ZERO);
        let lost = journal.records()[0].lost.unwrap();
        assert!(lost < Duration::from_secs(10), "{lost:?}");
    });
}

#[test]
fn a_key_is_in_no_debug_output() {
    run(async {
        let journal = MemoryJournal::new();
        begin(&journal, "order-17").await.unwrap();
        let text = format!(
            "{journal:?} {:?} {:?}",
            journal.records(),
            Intent::new("pay::charge", "order-17")
        );
        assert!(!text.contains("order-17"), "{text}");
    });
}
