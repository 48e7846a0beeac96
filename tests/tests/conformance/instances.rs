//! What the breakers and bulkheads of a case show.

use resilient_runtime::{breaker, bulkhead};

use super::play::{Miss, Play};
use super::stack::{Does, Layer};

impl Play<'_> {
    fn layers(&self) -> impl Iterator<Item = &Layer> {
        self.stacks.values().flat_map(|stack| stack.iter())
    }

    /// The breaker of this name, or the only one.
    pub fn breaker(&self, name: Option<&str>) -> Result<(&'static str, breaker::Snapshot), Miss> {
        let found: Vec<_> = self
            .layers()
            .filter(|layer| name.is_none_or(|name| layer.name == name))
            .filter_map(|layer| match &layer.does {
                Does::Breaker(breaker) => Some((layer.name, breaker.snapshot())),
                _ => None,
            })
            .collect();
        match found.as_slice() {
            [one] => Ok(*one),
            _ => Err(format!("{} breakers called {name:?}", found.len()).into()),
        }
    }

    pub fn bulkhead(&self) -> Result<(&'static str, bulkhead::Snapshot), Miss> {
        let found = self.layers().find_map(|layer| match &layer.does {
            Does::Bulkhead(bulkhead) => Some((layer.name, bulkhead.snapshot())),
            _ => None,
        });
        found.ok_or_else(|| Miss::Differs("no bulkhead".to_owned()))
    }
}
