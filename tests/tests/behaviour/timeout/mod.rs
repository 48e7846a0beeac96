//! `#[timeout]`.

mod deadline;
mod least;
mod limits;
mod nested;
mod never_longer;
