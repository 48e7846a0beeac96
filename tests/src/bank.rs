//! A bank on the paused clock that carries out a charge some time after it arrived, whether anybody still waits or not.
//!
//! In: charges, questions and cancels under a key. Out: what became of each order, and who asked when. It knows a key from the
//! moment it has carried the charge out, not before: that is what makes late answers dangerous.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use resilient_runtime::{Classify, Failure, FromRejected, Rejected};
use tokio::time::{Instant, sleep};

/// What the bank's client fails with.
#[derive(Debug, Clone, PartialEq, FromRejected)]
pub enum BankError {
    /// The bank's own answer, or the lack of one.
    Bank(Failure),
    /// A policy's.
    #[rejected]
    Policy(Rejected),
}

impl BankError {
    /// The rejection by a policy.
    ///
    /// # Panics
    ///
    /// When it is the bank's own error.
    #[must_use]
    pub fn rejected(&self) -> &Rejected {
        match self {
            Self::Policy(rejected) => rejected,
            Self::Bank(_) => panic!("no policy ended the call: {self:?}"),
        }
    }
}

impl Classify for BankError {
    fn failure(&self) -> Failure {
        match self {
            Self::Bank(failure) => *failure,
            Self::Policy(rejected) => rejected.failure(),
        }
    }
}

impl fmt::Display for BankError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bank(failure) => write!(f, "the bank: {failure}"),
            Self::Policy(rejected) => rejected.fmt(f),
        }
    }
}

impl std::error::Error for BankError {}

/// What the bank does with the next charges.
#[derive(Debug, Clone, Copy)]
pub enum Does {
    /// Carries it out after so long, and answers then.
    After(Duration),
    /// Never carries it out, and never answers.
    Loses,
    /// Says no, with this meaning.
    Refuses(Failure),
    /// Carries it out at once, and the answer is lost.
    AnswerLost,
}

/// The bank.
pub struct Bank {
    began: Instant,
    orders: Mutex<Orders>,
    arrived: AtomicU32,
    /// Whether a cancel makes it refuse the original.
    fences: bool,
    /// Nobody answers questions.
    pub deaf: AtomicBool,
    /// Questions are never answered.
    pub hangs: AtomicBool,
}

#[derive(Default)]
struct Orders {
    does: Vec<Does>,
    charged: BTreeMap<String, i32>,
    fenced: BTreeSet<String>,
    asked: Vec<(&'static str, u64)>,
    most: i32,
}

impl Bank {
    /// Does this with each charge, one step for each, of which the last repeats.
    #[must_use]
    pub fn new(does: impl IntoIterator<Item = Does>, fences: bool) -> Arc<Self> {
        let orders = Orders {
            does: does.into_iter().collect(),
            ..Orders::default()
        };
        Arc::new(Self {
            began: Instant::now(),
            orders: Mutex::new(orders),
            arrived: AtomicU32::new(0),
            fences,
            deaf: AtomicBool::new(false),
            hangs: AtomicBool::new(false),
        })
    }

    /// How often the order is charged now.
    #[must_use]
    pub fn charged(&self, key: &str) -> i32 {
        self.orders().charged.get(key).copied().unwrap_or(0)
    }

    /// How often any order was charged at the same time, at worst.
    #[must_use]
    pub fn most(&self) -> i32 {
        self.orders().most
    }

    /// How many charges arrived.
    #[must_use]
    pub fn arrived(&self) -> u32 {
        self.arrived.load(Ordering::Relaxed)
    }

    /// Who asked what, in whole seconds.
    #[must_use]
    pub fn asked(&self) -> Vec<(&'static str, u64)> {
        self.orders().asked.clone()
    }

    /// A charge. It is carried out without whoever sent it.
    ///
    /// # Errors
    ///
    /// As the script says.
    pub async fn post(self: &Arc<Self>, key: &str) -> Result<u32, BankError> {
        let nth = self.arrived.fetch_add(1, Ordering::Relaxed) as usize;
        let does = {
            let orders = self.orders();
            orders.does[nth.min(orders.does.len() - 1)]
        };
        match does {
            Does::Refuses(failure) => Err(BankError::Bank(failure)),
            Does::Loses => std::future::pending().await,
            Does::AnswerLost => {
                self.carry_out(key);
                Err(BankError::Bank(Failure::Unknown))
            }
            Does::After(time) => {
                let (bank, key) = (Arc::clone(self), key.to_owned());
                let work = tokio::spawn(async move {
                    sleep(time).await;
                    bank.carry_out(&key);
                });
                // It does not panic, and nobody ends it but the runtime.
                work.await
                    .map_or(Err(BankError::Bank(Failure::Unknown)), |()| Ok(1))
            }
        }
    }

    /// Whether the bank has carried the charge out.
    ///
    /// # Errors
    ///
    /// While it is deaf.
    pub async fn look_up(&self, key: &str) -> Result<Option<u32>, BankError> {
        self.answers("find").await?;
        Ok((self.charged(key) > 0).then_some(1))
    }

    /// Undoes the charge; a bank that fences carries it out no more.
    ///
    /// # Errors
    ///
    /// While it is deaf.
    pub async fn undo(&self, key: &str) -> Result<(), BankError> {
        self.answers("cancel").await?;
        let mut orders = self.orders();
        orders.charged.insert(key.to_owned(), 0);
        if self.fences {
            orders.fenced.insert(key.to_owned());
        }
        Ok(())
    }

    async fn answers(&self, question: &'static str) -> Result<(), BankError> {
        let second = self.began.elapsed().as_secs();
        self.orders().asked.push((question, second));
        if self.hangs.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        tokio::task::yield_now().await;
        if self.deaf.load(Ordering::Relaxed) {
            return Err(BankError::Bank(Failure::Unknown));
        }
        Ok(())
    }

    fn carry_out(&self, key: &str) {
        let mut orders = self.orders();
        if !orders.fenced.contains(key) {
            let charged = orders.charged.entry(key.to_owned()).or_default();
            *charged += 1;
            let now = *charged;
            orders.most = orders.most.max(now);
        }
    }

    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
