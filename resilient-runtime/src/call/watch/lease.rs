//! The lease of a call without a time limit. In: how long the journal leases a record. Out: the lease renewed, three times in
//! that time, for as long as somebody deals with the record. Refuses nothing: what cannot be renewed is told, and tried again.
//!
//! A call with a total time limit has a lease as long as that, and renews nothing.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::sleep;

use super::{Stage, Watch};
use crate::event::Unwritten;
use crate::on_unknown::RecordId;

impl Watch<'_> {
    /// The record whose lease has to be renewed, and for how long; nearly always none.
    pub(super) fn renewed(&self) -> Option<(RecordId, Duration)> {
        let seen = self.seen();
        match seen.stage {
            Stage::Sent(Some(record), _) => seen.renewed.map(|hold| (record, hold)),
            _ => None,
        }
    }

    /// Renews the lease again and again. Dropped, it leaves the lease as it is.
    pub(super) async fn renewing(&self, record: RecordId, hold: Duration) -> Infallible {
        loop {
            // Two may fail before the lease is over. (Our choice, as everywhere where leases are renewed.)
            sleep(hold / 3).await;
            match self.home().renew(record, hold).await {
                Ok(true) => {}
                // Somebody else has it, or has closed it: the next change of its state will say so.
                Ok(false) => std::future::pending().await,
                Err(_) => self.not_journaled(Unwritten::Lease),
            }
        }
    }

    /// The outcome of `future`, with the lease renewed meanwhile.
    pub(in crate::call) async fn leased<T>(&self, future: impl Future<Output = T>) -> T {
        let Some((record, hold)) = self.renewed() else {
            return future.await;
        };
        let mut renewal = Box::pin(self.renewing(record, hold));
        let mut future = pin!(future);
        poll_fn(|cx| {
            let polled = future.as_mut().poll(cx);
            if polled.is_pending() {
                let Poll::Pending = renewal.as_mut().poll(cx);
            }
            polled
        })
        .await
    }
}
