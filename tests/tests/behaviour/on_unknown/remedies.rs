//! Every combination of remedies that the compiler accepts, against a bank that is late, deaf or forgetful: never two charges,
//! never a lost record, and nothing told that turns out to be false.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use resilient_runtime::on_unknown::{Reconciler, Resolver};
use resilient_runtime::rejected::Kind;
use resilient_runtime::{Scope, idempotent, non_idempotent, on_unknown, read_only, retry, timeout};
use resilient_tests::bank::{Bank, BankError, Does};
use tokio::time::sleep;

use super::client::secs;

struct Client(Arc<Bank>);

type Charging<'a> = Pin<Box<dyn Future<Output = Result<u32, BankError>> + 'a>>;

/// One method for each way, and a list of them: name, whether the bank fences, the call, and the questions that it may be asked.
macro_rules! ways {
    ($($(#[$attribute:meta])* $name:ident($fences:literal, $resolver:expr);)*) => {
        impl Client {
            $(
                #[non_idempotent]
                #[retry(not_sent, jitter(none))]
                $(#[$attribute])*
                async fn $name(&self, order: &str) -> Result<u32, BankError> {
                    self.0.post(order).await
                }
            )*
        }
        const WAYS: &[Way] = &[$(Way {
            name: stringify!($name),
            fences: $fences,
            charge: |client| Box::pin(client.$name("17")),
            reconciler: |client| {
                let name = concat!(module_path!(), "::", stringify!($name));
                let resolver: fn(Resolver<_>) -> Resolver<_> = $resolver;
                Reconciler::new().call(name, resolver(Resolver::of(client)))
            },
        }),*];
    };
}

struct Way {
    name: &'static str,
    fences: bool,
    charge: for<'a> fn(&'a Client) -> Charging<'a>,
    reconciler: fn(Arc<Client>) -> Reconciler,
}

impl Client {
    #[read_only]
    async fn find(&self, key: &str) -> Result<Option<u32>, BankError> {
        self.0.look_up(key).await
    }

    #[idempotent]
    async fn void(&self, key: &str) -> Result<(), BankError> {
        self.0.undo(key).await
    }
}

ways! {
    #[on_unknown(key("17"), confirm(Self::find))]
    #[timeout(total = "20s", attempt = "5s")]
    confirm_that_is_never_final(false, |ask| ask.confirm(Client::find));
    #[on_unknown(key("17"), confirm(Self::find), settles = "10s")]
    #[timeout(total = "8s", attempt = "5s")]
    confirm_that_settles(false, |ask| ask.confirm(Client::find));
    #[on_unknown(key("17"), cancel(Self::void), settles = "10s")]
    #[timeout(total = "20s", attempt = "5s")]
    cancel_that_is_waited_for(false, |ask| ask.cancel(Client::void));
    #[on_unknown(key("17"), cancel(Self::void), settles = "10s")]
    #[timeout(total = "8s", attempt = "5s")]
    cancel_that_is_not_waited_for(false, |ask| ask.cancel(Client::void));
    #[on_unknown(key("17"), cancel(Self::void, fences))]
    #[timeout(total = "20s", attempt = "5s")]
    cancel_that_fences(true, |ask| ask.cancel(Client::void));
    #[on_unknown(key("17"), confirm(Self::find), cancel(Self::void), settles = "10s")]
    #[timeout(total = "20s", attempt = "5s")]
    both(false, |ask| ask.confirm(Client::find).cancel(Client::void));
    #[on_unknown(key("17"), confirm(Self::find), cancel(Self::void, fences))]
    #[timeout(total = "20s", attempt = "5s")]
    both_that_fence(true, |ask| ask.confirm(Client::find).cancel(Client::void));
}

/// The caller leaves after `patience`, and tries again at once; for the first `deaf` seconds nobody answers questions.
async fn play(way: &Way, does: Does, patience: Duration, deaf: u64) {
    let bank = Bank::new([does], way.fences);
    let client = Arc::new(Client(Arc::clone(&bank)));
    let reconciler = (way.reconciler)(Arc::clone(&client)).every(Duration::from_millis(700));
    let story = async {
        bank.deaf.store(deaf > 0, Ordering::Relaxed);
        let hears_again = async {
            sleep(secs(deaf)).await;
            bank.deaf.store(false, Ordering::Relaxed);
        };
        let caller = async {
            let first = tokio::time::timeout(patience, (way.charge)(&client)).await;
            match first {
                Ok(answer) => answer,
                Err(_left) => (way.charge)(&client).await,
            }
        };
        let (answer, ()) = tokio::join!(caller, hears_again);
        sleep(secs(60)).await;
        answer
    };
    let answer = tokio::select! {
        answer = story => answer,
        never = reconciler.run() => match never {},
    };
    let case = format!("{}, {does:?}, {patience:?}, {deaf}: {answer:?}", way.name);
    assert_eq!((bank.arrived(), bank.most() <= 1), (1, true), "{case}");
    let open = Scope::current().journal().records().len();
    let nobody_can_know = way.name == "confirm_that_is_never_final" && bank.charged("17") == 0;
    assert_eq!(open, usize::from(nobody_can_know), "{case}");
    match answer {
        Ok(_) => assert_eq!(bank.charged("17"), 1, "{case}"),
        Err(error) => match error.rejected().kind() {
            Kind::Cancelled | Kind::NotCarriedOut => assert_eq!(bank.charged("17"), 0, "{case}"),
            kind => assert_eq!(kind, Kind::Unresolved, "{case}"),
        },
    }
    if way.name.starts_with("cancel") && !matches!(does, Does::After(_)) {
        assert_eq!(bank.charged("17"), 0, "{case}: nobody ever heard an answer");
    }
}

#[test]
fn whatever_the_remedies_it_is_one_charge_at_most_and_no_record_is_lost() {
    for way in WAYS {
        for does in [
            Does::After(secs(10)),
            Does::After(secs(4)),
            Does::AnswerLost,
            Does::Loses,
        ] {
            for tenths in (1..260_u64).step_by(11) {
                for deaf in [0, 3, 9] {
                    resilient_runtime::testing::run(async {
                        fastrand::seed(tenths * 7 + deaf);
                        play(way, does, Duration::from_millis(tenths * 100), deaf).await;
                    });
                }
            }
        }
    }
}
