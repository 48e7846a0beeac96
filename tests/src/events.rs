//! The events of the current scope, written down as lines.

use std::sync::{Arc, Mutex, PoisonError};

use resilient_runtime::Scope;

/// What observers were told.
#[derive(Debug, Clone, Default)]
pub struct Events(Arc<Mutex<Vec<String>>>);

impl Events {
    /// Writes down every event of the current scope from now on, but for what frames calls and attempts.
    #[must_use]
    pub fn record() -> Self {
        let events = Self::default();
        let into = events.clone();
        Scope::current().observe(move |event| {
            if !matches!(
                event.name(),
                "call_started" | "call_finished" | "attempt_started"
            ) {
                into.push(event.to_string());
            }
        });
        events
    }

    fn push(&self, line: String) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }

    /// Every line, without the path in front of the function's name.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines
            .iter()
            .map(|line| {
                line.split_once(": ").map_or_else(
                    || line.clone(),
                    |(path, rest)| format!("{}: {rest}", path.rsplit("::").next().unwrap_or(path)),
                )
            })
            .collect()
    }

    /// The lines that contain this text.
    #[must_use]
    pub fn with(&self, text: &str) -> Vec<String> {
        self.lines()
            .into_iter()
            .filter(|line| line.contains(text))
            .collect()
    }
}
