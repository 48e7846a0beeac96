//! Hedge, `on_unknown`, failover and fallback in one stack: who is called, and that nothing is carried out at two places.

mod inside;
mod lanes;
mod places;
