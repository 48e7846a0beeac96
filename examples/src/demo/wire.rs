//! The way to the service that both clients use: in, a path; out, a request to send. It counts each one as an attempt.

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::{Client, RequestBuilder};
use tokio::time::Instant;

/// A base address, a `reqwest` client, and the moments at which requests were made with it.
#[derive(Clone)]
pub struct Wire {
    client: Client,
    base: String,
    attempts: Arc<Mutex<Vec<Instant>>>,
}

impl Wire {
    /// Requests go to `base`, which ends without a slash.
    #[must_use]
    pub fn new(client: Client, base: String) -> Self {
        Self {
            client,
            base,
            attempts: Arc::default(),
        }
    }

    /// A `GET`, counted as an attempt now.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.count();
        self.client.get(format!("{}{path}", self.base))
    }

    /// A `POST`, counted as an attempt now.
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.count();
        self.client.post(format!("{}{path}", self.base))
    }

    /// When attempts were made, in order, whether or not they reached anybody.
    #[must_use]
    pub fn attempts(&self) -> Vec<Instant> {
        self.attempts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn count(&self) {
        self.attempts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Instant::now());
    }
}
