//! Every UI case that must compile, without a warning: the right code beside each refusal, the values at
//! the limits, and the ways out. A case that stops compiling stops this test from compiling.

include!(concat!(env!("OUT_DIR"), "/pass.rs"));
