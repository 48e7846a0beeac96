//! Everything a policy can report, and who listens.
