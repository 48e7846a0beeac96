//! The attributes of `resilient-runtime`.
