//! The fallback: when it is asked, what its caller gets when it fails too, and that it never answers for a write whose
//! outcome is unknown.

mod answers;
mod classes;
mod time;
