//! Calls whose answers were lost: confirmed or cancelled, never repeated, never forgotten.

mod client;
mod detached;
mod failing;
mod instead;
mod journals;
mod late;
mod leases;
mod promises;
mod reconcilers;
mod remedies;
mod scripted;
