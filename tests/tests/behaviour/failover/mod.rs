//! The next provider: when it is called, what its caller gets, and that nobody waits longer for it than the total.

mod classes;
mod ends;
mod errors;
mod inherits;
mod resolved;
mod time;
