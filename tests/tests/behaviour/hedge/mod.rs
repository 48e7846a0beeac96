//! `#[hedge]`.

mod arguments;
mod counts;
mod leaving;
mod none;
mod percentile;
mod races;
mod with_retry;
