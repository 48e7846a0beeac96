//! What goes on after its body: streams that are still read, threads that still run.

mod blocking;
mod hold;
