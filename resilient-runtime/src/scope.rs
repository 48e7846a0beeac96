//! (being written)
pub struct Scope;
