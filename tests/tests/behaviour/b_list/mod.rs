//! The known mistakes of the field, B1 to B31 of the survey of peers, each as a test through annotated functions.
//! `docs/field-mistakes.md` lists them with all tests of each; `newer.rs` makes them with rate limits, hedges and providers.

mod breakers;
mod limits;
mod newer;
mod repeats;
