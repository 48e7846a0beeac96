//! The same outage under two clients at once: in, nothing; out, live lines, a table, a picture and a verdict.
//!
//! Each client has a service instance of its own, with its own books, so that neither pays for the other. Both instances
//! follow one script, both clients get the same calls at the same moments.

pub mod annotated;
pub mod bare;
pub mod breaker_watch;
pub mod load;
mod progress;
pub mod recording;
pub mod report;
pub mod script;
pub mod timeline;
pub mod wire;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::service::Service;
use breaker_watch::BreakerWatch;
use load::{Ended, Kind, Ledger, Payments, Record};
use recording::Recording;
use report::Figures;
use script::Script;

/// A demo that hangs would be a poor advertisement for time limits.
const LIMIT: Duration = Duration::from_secs(55);

/// A client, the service instance that only it calls, and its calls so far.
pub struct Side<P> {
    name: &'static str,
    about: &'static str,
    client: Arc<P>,
    service: Service,
    ledger: Ledger,
}

impl<P: Payments> Side<P> {
    /// Starts a service and makes a client for its address; `about` says in half a line what the client does about failures.
    ///
    /// # Errors
    /// When there is no port, or when `client` fails.
    pub fn start(
        [name, about]: [&'static str; 2],
        client: impl FnOnce(String) -> io::Result<P>,
    ) -> io::Result<Self> {
        let service = Service::start()?;
        let client = Arc::new(client(service.url())?);
        Ok(Self {
            name,
            about,
            client,
            service,
            ledger: Ledger::default(),
        })
    }

    fn load(&self, start: Instant, length: Duration) -> impl Future<Output = ()> + use<P> {
        load::run(Arc::clone(&self.client), self.ledger.clone(), start, length)
    }

    /// Lets the service finish and takes everything down.
    async fn record(&self, start: Instant) -> Recording {
        let left_in_queue = self.service.books().queued();
        self.service.settle().await;
        let since = |moments: Vec<Instant>| moments.into_iter().map(|at| at - start).collect();
        let books = self.service.books();
        let calls = self.ledger.records();
        let lies = |call: &&Record| {
            let denied = matches!(call.ended, Ended::Failed | Ended::RejectedEarly);
            denied && call.call.kind == Kind::Charge && books.times_charged(call.call.number) > 0
        };
        Recording {
            name: self.name,
            about: self.about,
            falsely_failed: calls.iter().filter(lies).count(),
            attempts: since(self.client.wire().attempts()),
            arrivals: since(books.arrivals()),
            left_in_queue,
            totals: books.totals(),
            calls,
            breaker: Vec::new(),
        }
    }
}

/// Both sides, and the breaker of the annotated one.
pub struct Sides<L, R> {
    /// The hand-written client.
    pub by_hand: Side<L>,
    /// The annotated client.
    pub annotated: Side<R>,
    /// The annotated client's breaker.
    pub breaker: BreakerWatch,
}

impl<L: Payments, R: Payments> Sides<L, R> {
    /// Runs the script, prints as it goes, draws to `picture`; true when everything promised holds.
    ///
    /// # Errors
    /// When the picture cannot be written, or when a call takes so long that the demo would take a minute.
    pub async fn run(self, picture: &Path) -> io::Result<bool> {
        let script = script::OUTAGE;
        println!("{}\n", report::premise(&script));
        let measured = timeout(LIMIT, self.measure(&script)).await;
        let [by_hand, annotated] = measured.map_err(|_| io::Error::other("a call never ended"))?;
        write(picture, &timeline::draw(&script, [&by_hand, &annotated]))?;
        Ok(conclude(
            &Figures::of(&by_hand, &script),
            &Figures::of(&annotated, &script),
            picture,
        ))
    }

    async fn measure(&self, script: &Script) -> [Recording; 2] {
        // A moment to get started: the first calls would otherwise be late through no fault of their client.
        let start = Instant::now() + Duration::from_millis(200);
        let length = script.length();
        tokio::join!(
            script.drive([&self.by_hand.service, &self.annotated.service], start),
            self.by_hand.load(start, length),
            self.annotated.load(start, length),
            progress::show(self, script, start),
        );
        let (by_hand, mut annotated) =
            tokio::join!(self.by_hand.record(start), self.annotated.record(start));
        let changes = self.breaker.changes().into_iter();
        annotated.breaker = changes.map(|(at, state)| (at - start, state)).collect();
        [by_hand, annotated]
    }
}

fn conclude(by_hand: &Figures, annotated: &Figures, picture: &Path) -> bool {
    println!("\n{}", report::table(by_hand, annotated));
    println!("timeline: {}", picture.display());
    let broken = report::broken_promises(by_hand, annotated);
    for promise in &broken {
        println!("DOES NOT HOLD: {promise}");
    }
    if broken.is_empty() {
        println!(
            "annotated: no double charge, no false \"failed\", recovered within {:?}",
            report::RECOVERY_LIMIT
        );
    }
    broken.is_empty()
}

fn write(picture: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = picture.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(picture, text)
}
