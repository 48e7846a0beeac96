//! Calls that are given up or panic while all the attributes are there: whatever they held comes back.
//!
//! A program of its own beside `behaviour`: it compiles one function for each combination of attributes.

#![recursion_limit = "256"]

mod crowd;
mod every_attribute;
mod left;
mod unknown;
