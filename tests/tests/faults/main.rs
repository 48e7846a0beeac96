//! Every fault of the catalogue against every effect: no call that is not idempotent is carried out twice, nothing the
//! server saw is called "not sent", and what is provably not sent is called so.
//!
//! [`real`] goes through a real client and real sockets, [`simulated`] through a partner in memory on a paused clock,
//! a hundred thousand times. Both have a control that must fail: a classifier that is wrong on purpose.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod real;
mod simulated;
