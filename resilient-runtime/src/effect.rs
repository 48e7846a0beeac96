//! (being written)
/// A future that says its effect.
pub trait Call: Future {}
