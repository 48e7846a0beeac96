//! `#[timeout]`.

mod least;
mod limits;
mod nested;
