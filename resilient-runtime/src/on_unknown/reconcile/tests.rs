use super::super::memory::MemoryJournal;
use super::super::record::Intent;
use super::*;

static JOURNAL: MemoryJournal = MemoryJournal::new();

#[test]
fn a_name_that_nobody_resolves_is_said() {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().build().unwrap();
    runtime.block_on(async {
        let id = JOURNAL
            .begin(Intent::new("pay::charge", "17"))
            .await
            .unwrap();
        JOURNAL.release(id, Duration::ZERO);
        let round = Reconciler::new().journal(&JOURNAL).round().await.unwrap();
        assert_eq!(round.unresolved, 1);
        assert_eq!(
            round
                .unassigned
                .iter()
                .map(|name| &**name)
                .collect::<Vec<_>>(),
            ["pay::charge"]
        );
        assert_eq!(JOURNAL.counts().unresolved, 1, "and is not forgotten");
        let again = Reconciler::new().journal(&JOURNAL).round().await.unwrap();
        assert_eq!(again, round, "the lease ended with the round");
    });
}
