//! (being written)

mod backoff;

pub use self::backoff::{Backoff, Jitter, Kind, MAX_SERVER_DELAY, ServerDelay, server_delay};
