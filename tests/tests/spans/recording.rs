//! A subscriber that writes down spans and events in the order they came.
//!
//! In: what `tracing` hands it. Out: one [`Span`] for each, with its parent, its fields and whether it is open or
//! entered; one [`Line`] for each event. Refuses nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Metadata, Subscriber};

/// One span.
#[derive(Debug, Clone, Default)]
pub(crate) struct Span {
    pub(crate) name: &'static str,
    pub(crate) target: &'static str,
    pub(crate) parent: Option<u64>,
    pub(crate) fields: BTreeMap<String, String>,
    pub(crate) closed: bool,
    /// Handles that are alive.
    handles: u32,
}

impl Span {
    /// A field's value; the empty text where it was not recorded.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// One event.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) level: Level,
    pub(crate) inside: Option<u64>,
    pub(crate) fields: BTreeMap<String, String>,
}

impl Line {
    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

#[derive(Default)]
struct Seen {
    spans: BTreeMap<u64, Span>,
    lines: Vec<Line>,
    /// The spans entered on this thread, the innermost last.
    entered: Vec<u64>,
}

/// The subscriber; a clone is the same one.
#[derive(Clone)]
pub(crate) struct Recording {
    seen: Arc<Mutex<Seen>>,
    next: Arc<AtomicU64>,
    most: Level,
}

impl Recording {
    /// Records on this thread until the guard is dropped.
    pub(crate) fn start(most: Level) -> (Self, DefaultGuard) {
        let recording = Self {
            seen: Arc::default(),
            next: Arc::new(AtomicU64::new(1)),
            most,
        };
        let guard = tracing::subscriber::set_default(recording.clone());
        (recording, guard)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn spans(&self, name: &str) -> Vec<(u64, Span)> {
        let seen = self.seen();
        let of_name = seen.spans.iter().filter(|(_, span)| span.name == name);
        of_name.map(|(id, span)| (*id, span.clone())).collect()
    }

    pub(crate) fn lines(&self) -> Vec<Line> {
        self.seen().lines.clone()
    }

    /// The span the running code is in.
    pub(crate) fn current(&self) -> Option<u64> {
        self.seen().entered.last().copied()
    }
}

struct Fields<'a>(&'a mut BTreeMap<String, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl Subscriber for Recording {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.most
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut seen = self.seen();
        let parent = if attributes.is_contextual() {
            seen.entered.last().copied()
        } else {
            attributes.parent().map(Id::into_u64)
        };
        let mut span = Span {
            name: attributes.metadata().name(),
            target: attributes.metadata().target(),
            parent,
            handles: 1,
            ..Span::default()
        };
        attributes.record(&mut Fields(&mut span.fields));
        seen.spans.insert(id, span);
        Id::from_u64(id)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        if let Some(span) = self.seen().spans.get_mut(&id.into_u64()) {
            values.record(&mut Fields(&mut span.fields));
        }
    }

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = BTreeMap::new();
        event.record(&mut Fields(&mut fields));
        let mut seen = self.seen();
        let inside = seen.entered.last().copied();
        seen.lines.push(Line {
            level: *event.metadata().level(),
            inside,
            fields,
        });
    }

    fn enter(&self, id: &Id) {
        self.seen().entered.push(id.into_u64());
    }

    fn exit(&self, id: &Id) {
        let mut seen = self.seen();
        let last = seen.entered.pop();
        assert_eq!(
            last,
            Some(id.into_u64()),
            "spans are left in the order they were entered"
        );
    }

    fn clone_span(&self, id: &Id) -> Id {
        if let Some(span) = self.seen().spans.get_mut(&id.into_u64()) {
            span.handles += 1;
        }
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let mut seen = self.seen();
        let Some(span) = seen.spans.get_mut(&id.into_u64()) else {
            return false;
        };
        span.handles -= 1;
        span.closed = span.handles == 0;
        span.closed
    }
}
