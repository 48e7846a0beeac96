//! What the service really did: in, every request carried out; out, totals. It refuses nothing and forgets nothing.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// The service's own record, the judge of the demo: no client can talk it out of a double charge.
#[derive(Default)]
pub struct Books(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    reached: Vec<Instant>,
    queued: usize,
    charges: HashMap<u64, Charged>,
    refunds: HashMap<String, u64>,
}

#[derive(Clone, Copy, Default)]
struct Charged {
    times: u32,
    cents: u64,
}

/// Sums over the books at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Requests read off a socket, answered or not.
    pub reached: usize,
    /// Orders charged at least once.
    pub orders_charged: usize,
    /// Orders charged more than once.
    pub double_charges: usize,
    /// The most often that one order was charged.
    pub worst_order: u32,
    /// Keys under which something was refunded.
    pub refunds: usize,
    /// Money taken beyond the first charge of each order, in cents.
    pub overcharged_cents: u64,
}

impl Books {
    /// A request was read completely and waits for a worker from now on, or is turned away.
    pub fn reached(&self) {
        self.entries().reached.push(Instant::now());
    }

    /// When requests arrived, in order.
    #[must_use]
    pub fn arrivals(&self) -> Vec<Instant> {
        self.entries().reached.clone()
    }

    /// Requests accepted and not yet carried out.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.entries().queued
    }

    /// How often an order was really charged.
    #[must_use]
    pub fn times_charged(&self, order: u64) -> u32 {
        self.entries()
            .charges
            .get(&order)
            .map_or(0, |charged| charged.times)
    }

    /// The sums so far.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let entries = self.entries();
        let mut totals = Totals {
            reached: entries.reached.len(),
            orders_charged: entries.charges.len(),
            refunds: entries.refunds.len(),
            ..Totals::default()
        };
        for charged in entries.charges.values() {
            let extra = charged.times - 1;
            totals.double_charges += usize::from(extra > 0);
            totals.worst_order = totals.worst_order.max(charged.times);
            totals.overcharged_cents += u64::from(extra) * charged.cents;
        }
        totals
    }

    pub(super) fn enqueue(&self) {
        self.entries().queued += 1;
    }

    pub(super) fn dequeue(&self) {
        self.entries().queued -= 1;
    }

    /// Charges, however often it was asked before: a plain `POST` carries nothing to recognise a repeat by.
    pub(super) fn charge(&self, order: u64, cents: u64) {
        let mut entries = self.entries();
        let charged = entries.charges.entry(order).or_default();
        charged.times += 1;
        charged.cents = cents;
    }

    /// Refunds once per key; a repeat finds the first one's amount.
    pub(super) fn refund(&self, key: String, cents: u64) -> u64 {
        *self.entries().refunds.entry(key).or_insert(cents)
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_charged_three_times_is_one_double_charge_and_two_amounts_too_much() {
        let books = Books::default();
        books.charge(1, 500);
        for _ in 0..3 {
            books.charge(2, 700);
        }

        let totals = books.totals();

        assert_eq!(totals.orders_charged, 2);
        assert_eq!(totals.double_charges, 1);
        assert_eq!(totals.worst_order, 3);
        assert_eq!(totals.overcharged_cents, 1_400);
    }

    #[test]
    fn a_refund_asked_twice_with_one_key_is_the_first_refund() {
        let books = Books::default();

        assert_eq!(books.refund("order-1".into(), 300), 300);
        assert_eq!(books.refund("order-1".into(), 900), 300);
    }
}
