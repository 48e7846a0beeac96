//! `#[hedge]`: one request in thirty is unlucky and takes 400 ms instead of 5. The tail of the same reads, without and with.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use resilient_runtime::registry::Live;
use resilient_runtime::{hedge, read_only, registry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

const FAST: Duration = Duration::from_millis(5);
const UNLUCKY: Duration = Duration::from_millis(400);
const CLIENTS: u32 = 20;
const READS: u32 = 30;

/// A replica of a catalogue: the price of an article, most of the time at once.
struct Replica {
    address: SocketAddr,
    requests: Arc<AtomicU32>,
}

impl Replica {
    async fn start() -> io::Result<Self> {
        let door = TcpListener::bind("127.0.0.1:0").await?;
        let address = door.local_addr()?;
        let requests = Arc::new(AtomicU32::new(0));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((caller, _)) = door.accept().await {
                let unlucky = seen.fetch_add(1, Ordering::Relaxed) % 30 == 29;
                tokio::spawn(answer(caller, if unlucky { UNLUCKY } else { FAST }));
            }
        });
        Ok(Self { address, requests })
    }

    fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }
}

async fn answer(mut caller: TcpStream, after: Duration) -> io::Result<()> {
    let article = caller.read_u32().await?;
    sleep(after).await;
    caller.write_u32(article * 100).await
}

#[read_only]
async fn price(replica: SocketAddr, article: u32) -> io::Result<u32> {
    let mut wire = TcpStream::connect(replica).await?;
    wire.write_u32(article).await?;
    wire.read_u32().await
}

/// The same read; when it takes longer than 95 of 100 did, it is sent once more beside itself.
#[read_only]
#[hedge(after = "p95")]
async fn hedged_price(replica: SocketAddr, article: u32) -> io::Result<u32> {
    price(replica, article).await
}

/// Many clients, each reading one price after the other; how long each read took, in order of time.
async fn latencies<F>(
    read: fn(SocketAddr, u32) -> F,
    replica: SocketAddr,
) -> io::Result<Vec<Duration>>
where
    F: Future<Output = io::Result<u32>> + Send + 'static,
{
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(async move {
            let mut took = Vec::new();
            for article in 0..READS {
                let began = Instant::now();
                assert_eq!(read(replica, article).await?, article * 100);
                took.push(began.elapsed());
            }
            io::Result::Ok(took)
        });
    }
    let mut all = Vec::new();
    while let Some(took) = clients.join_next().await {
        all.extend(took.map_err(io::Error::other)??);
    }
    all.sort_unstable();
    Ok(all)
}

fn percentile(latencies: &[Duration], share: usize) -> Duration {
    latencies[latencies.len() * share / 100]
}

fn show(what: &str, latencies: &[Duration]) {
    let [half, most, longest] = [50, 95, 99].map(|share| percentile(latencies, share));
    println!("{what}: p50 {half:.1?}, p95 {most:.1?}, p99 {longest:.1?}");
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let replica = Replica::start().await?;
    let before = latencies(price, replica.address).await?;
    show("without a hedge", &before);
    assert!(percentile(&before, 99) >= UNLUCKY);

    println!("the hedge looks at a hundred reads before it does anything");
    latencies(hedged_price, replica.address).await?;
    let sent = replica.requests();
    let after = latencies(hedged_price, replica.address).await?;
    let requests = replica.requests() - sent;
    show("with a hedge", &after);

    for listing in registry().snapshot().listings {
        if let Live::Hedge(hedge) = listing.live {
            println!("  {}: {hedge:?}", listing.name);
        }
    }
    println!("  {} reads took {requests} requests", CLIENTS * READS);
    assert!(percentile(&after, 99) < UNLUCKY / 2, "the tail is cut off");
    // A fifth is what the budget would allow at most; the percentile stays far below.
    assert!(requests <= CLIENTS * READS * 125 / 100);
    Ok(())
}
