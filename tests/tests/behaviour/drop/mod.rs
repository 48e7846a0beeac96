//! Calls that are given up: whatever they held comes back, at whichever point they stood.

mod crowds;
mod elsewhere;
mod every_point;
