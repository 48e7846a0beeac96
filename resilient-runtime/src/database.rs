//! `#[database]`: marks a function as a call of the database itself, so that the transaction it takes is its own
//! business. Says something to the compiler alone; nothing happens at run time.

#[doc(hidden)]
pub const ATTRIBUTE_OF_RESILIENT_RUNTIME: crate::__private::Receipt = ();
