//! The catalogue over real sockets, through reqwest: three effects, three thousand calls, one server for each fault.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::{Client, ClientBuilder};
use resilient_runtime::{Classify, Failure, FromRejected, Rejected, Scope, retry, timeout};
use resilient_tests::fault_server::{
    Blackhole, CANCEL, ENHANCE_YOUR_CALM, End, Fault, FaultServer, Http2, INTERNAL_ERROR, NO_ERROR,
    REFUSED_STREAM, refusing,
};

/// Three effects times 25 faults: 3,000 calls.
const CALLS: usize = 40;

#[derive(Debug, Classify, FromRejected)]
enum CallError {
    #[failure(from)]
    Http(reqwest::Error),
    #[failure(from)]
    Rejected(Rejected),
}

/// One client and where it calls.
struct Partner {
    client: Client,
    url: String,
    /// Calls that were made; the number of a call is what it sends.
    calls: AtomicUsize,
    /// Attempts whose body ran.
    attempts: AtomicUsize,
}

fn order(call: usize) -> String {
    format!("order={call}")
}

impl Partner {
    async fn send(&self, method: reqwest::Method) -> Result<u32, CallError> {
        self.attempts.fetch_add(1, Ordering::SeqCst);
        let order = order(self.calls.load(Ordering::SeqCst));
        let request = self.client.request(method, &self.url).body(order);
        let answer = request.send().await.map_err(CallError::Http)?;
        let answer = answer.error_for_status().map_err(CallError::Http)?;
        answer.json().await.map_err(CallError::Http)
    }
}

#[retry(read_only, backoff(fixed, "1ms"), budget(none))]
#[timeout(total = "2s", attempt = "200ms")]
async fn read(partner: &Partner) -> Result<u32, CallError> {
    partner.send(reqwest::Method::GET).await
}

#[retry(idempotent, backoff(fixed, "1ms"), budget(none))]
#[timeout(total = "2s", attempt = "200ms")]
async fn set(partner: &Partner) -> Result<u32, CallError> {
    partner.send(reqwest::Method::PUT).await
}

#[retry(not_sent, backoff(fixed, "1ms"), budget(none))]
#[timeout(total = "2s", attempt = "200ms", unknown(to_caller))]
async fn charge(partner: &Partner) -> Result<u32, CallError> {
    partner.send(reqwest::Method::POST).await
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Read,
    Set,
    Charge,
}

/// Where a fault happens.
enum Place {
    Server(Fault),
    Refused,
    Blackhole,
    NoSuchName,
}

struct Row {
    name: &'static str,
    place: Place,
    http2: bool,
    /// The server read the request and, by the protocol, says that it left it alone.
    left_alone: bool,
    /// It can be proved that nothing was carried out, so a charge is repeated.
    provable: bool,
}

fn row(name: &'static str, place: Place) -> Row {
    Row {
        name,
        place,
        http2: false,
        left_alone: false,
        provable: false,
    }
}

#[rustfmt::skip] // one row, one line
fn catalogue() -> Vec<Row> {
    const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Le";
    const BODY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"paid\":";
    let answers = |text, end| Place::Server(Fault::answers(text, end));
    let status = |status, headers: &[&str]| Place::Server(Fault::status(status, headers));
    let http2 = |name, what, left_alone| Row {
        http2: true, left_alone, provable: left_alone, ..row(name, Place::Server(Fault::Http2(what)))
    };
    let reset = |code| Http2::ResetStream { code, after_head: false };
    let unsent = |name, place| Row { provable: true, ..row(name, place) };
    vec![
        unsent("connection refused", Place::Refused),
        unsent("SYN into a black hole", Place::Blackhole),
        unsent("no such name", Place::NoSuchName),
        row("RST right after accept", Place::Server(Fault::OnAccept(End::Rst))),
        row("FIN right after accept", Place::Server(Fault::OnAccept(End::Fin))),
        row("RST after the request", answers("", End::Rst)),
        row("FIN after the request", answers("", End::Fin)),
        row("no answer", answers("", End::Silence)),
        row("RST in the head", answers(HEAD, End::Rst)),
        row("FIN in the body", answers(BODY, End::Fin)),
        row("body stalls", answers(BODY, End::Silence)),
        row("body drips", Place::Server(Fault::Drip(Duration::from_millis(30)))),
        row("late success", Place::Server(Fault::Late(Duration::from_millis(300)))),
        row("500", status(500, &[])),
        row("502", status(502, &[])),
        row("503", status(503, &[])),
        row("504", status(504, &[])),
        row("429 with Retry-After", status(429, &["Retry-After: 0"])),
        row("422", status(422, &[])),
        http2("REFUSED_STREAM", reset(REFUSED_STREAM), true),
        http2("GOAWAY above the last stream", Http2::GoAway { code: NO_ERROR, last_stream: 0 }, true),
        http2("GOAWAY that includes the stream", Http2::GoAway { code: NO_ERROR, last_stream: 1 }, false),
        http2("INTERNAL_ERROR", reset(INTERNAL_ERROR), false),
        http2("CANCEL", reset(CANCEL), false),
        http2("ENHANCE_YOUR_CALM", reset(ENHANCE_YOUR_CALM), false),
    ]
}

fn client(http2: bool) -> Client {
    let client: ClientBuilder = Client::builder()
        .no_proxy()
        .retry(reqwest::retry::never())
        .connect_timeout(Duration::from_millis(60));
    let client = if http2 {
        client.http2_prior_knowledge()
    } else {
        client
    };
    client.build().expect("a client without TLS always builds")
}

/// What 40 calls of one effect met.
struct Met {
    name: &'static str,
    effect: Effect,
    left_alone: bool,
    provable: bool,
    /// For each call: requests the server read, attempts, and the error's class.
    calls: Vec<(usize, usize, Option<Failure>)>,
}

async fn meet(row: Row, effect: Effect) -> Met {
    let server;
    let blackhole;
    let (address, seen): (SocketAddr, &(dyn Fn(&str) -> usize + Sync)) = match &row.place {
        Place::Server(fault) => {
            server = FaultServer::start(fault.clone()).await.unwrap();
            (server.address(), &|body| server.seen_with(body))
        }
        Place::Blackhole => {
            blackhole = Blackhole::start().await.unwrap();
            (blackhole.address(), &|_| 0)
        }
        Place::Refused | Place::NoSuchName => (refusing().await.unwrap(), &|_| 0),
    };
    let host = match row.place {
        Place::NoSuchName => "no-such-name.invalid:80".to_owned(),
        _ => address.to_string(),
    };
    let partner = Partner {
        client: client(row.http2),
        url: format!("http://{host}/charges"),
        calls: AtomicUsize::new(0),
        attempts: AtomicUsize::new(0),
    };
    let mut answers = Vec::new();
    for call in 0..CALLS {
        partner.calls.store(call, Ordering::SeqCst);
        let before = partner.attempts.load(Ordering::SeqCst);
        let answer = match effect {
            Effect::Read => read(&partner).await,
            Effect::Set => set(&partner).await,
            Effect::Charge => charge(&partner).await,
        };
        let attempts = partner.attempts.load(Ordering::SeqCst) - before;
        answers.push((attempts, answer.err().map(|error| error.failure())));
    }
    // The client may know, or give up, before the server has counted.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let calls = answers
        .into_iter()
        .enumerate()
        .map(|(call, (attempts, class))| (seen(&order(call)), attempts, class))
        .collect();
    Met {
        name: row.name,
        effect,
        left_alone: row.left_alone,
        provable: row.provable,
        calls,
    }
}

async fn meet_all() -> Vec<Met> {
    let mut met = tokio::task::JoinSet::new();
    for effect in [Effect::Read, Effect::Set, Effect::Charge] {
        for row in catalogue() {
            met.spawn(Scope::new().run(meet(row, effect)));
        }
    }
    met.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_thousand_calls_over_real_sockets_charge_nobody_twice() {
    let met = meet_all().await;
    let calls: usize = met.iter().map(|met| met.calls.len()).sum();
    assert_eq!(calls, 3_000);
    for Met {
        name,
        effect,
        left_alone,
        provable,
        calls,
    } in &met
    {
        for (read, attempts, class) in calls {
            let carried_out = if *left_alone { 0 } else { *read };
            let told = format!("{name}, {effect:?}: {read} read, {attempts} attempts, {class:?}");
            if *effect == Effect::Charge {
                assert!(carried_out <= 1, "charged twice: {told}");
            }
            if class.is_some_and(|class| class.is_not_sent()) {
                assert_eq!(carried_out, 0, "denied: {told}");
            }
            if *provable {
                assert!(
                    class.is_some_and(|class| class.is_not_sent()),
                    "provable: {told}"
                );
                assert_eq!(*attempts, 3, "what was not sent is repeated: {told}");
            }
        }
        let repeated = calls
            .iter()
            .filter(|(read, attempts, _)| *attempts > 1 && read == attempts)
            .count();
        let lost = matches!(
            *name,
            "RST after the request" | "FIN in the body" | "502" | "no answer"
        );
        if lost && *effect != Effect::Charge {
            assert!(
                repeated > CALLS / 2,
                "{name}, {effect:?}: what may be repeated is"
            );
        }
    }
}
