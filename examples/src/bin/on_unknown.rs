//! `#[on_unknown]`: a bank that answers late is asked what became of a payment, and the payment is found, or cancelled; never
//! sent twice, and not forgotten when its caller is gone.
//!
//! The bank stands behind a real socket. It carries a charge out 600 ms after it was asked to, whether anybody waits or not; its
//! client waits 200 ms.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use resilient_runtime::on_unknown::{Reconciler, Resolver};
use resilient_runtime::rejected::Kind;
use resilient_runtime::{
    Rejected, Scope, idempotent, non_idempotent, on_unknown, read_only, timeout,
};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// The client: one line goes out, one comes back.
struct Bank(SocketAddr);

impl Bank {
    async fn say(&self, line: String) -> io::Result<String> {
        let mut wire = TcpStream::connect(self.0).await?;
        wire.write_all(format!("{line}\n").as_bytes()).await?;
        let mut answer = String::new();
        BufReader::new(wire).read_line(&mut answer).await?;
        Ok(answer.trim().to_owned())
    }

    #[read_only]
    async fn find(&self, order: &str) -> io::Result<Option<String>> {
        let answer = self.say(format!("FIND {order}")).await?;
        Ok((answer != "none").then_some(answer))
    }

    /// From then on the bank refuses the charge.
    #[idempotent]
    async fn void(&self, order: &str) -> io::Result<()> {
        self.say(format!("VOID {order}")).await.map(drop)
    }

    /// Waits long enough for a payment that is late.
    #[non_idempotent]
    #[on_unknown(key(order), confirm(Self::find), settles = "2s")]
    #[timeout(total = "5s", attempt = "200ms")]
    async fn patient(&self, order: &str) -> io::Result<String> {
        self.say(format!("CHARGE {order}")).await
    }

    /// Has an answer within half a second, whatever it is.
    #[non_idempotent]
    #[on_unknown(
        key(order),
        confirm(Self::find),
        cancel(Self::void, fences),
        settles = "2s"
    )]
    #[timeout(total = "500ms", attempt = "200ms")]
    async fn hurried(&self, order: &str) -> io::Result<String> {
        self.say(format!("CHARGE {order}")).await
    }
}

/// What the bank has carried out, and what it refuses.
#[derive(Default)]
struct Books {
    charged: BTreeMap<String, u32>,
    void: BTreeSet<String>,
}

type Shared = Arc<Mutex<Books>>;

fn with<T>(books: &Shared, look: impl FnOnce(&mut Books) -> T) -> T {
    look(&mut books.lock().unwrap_or_else(PoisonError::into_inner))
}

fn times_charged(books: &Shared, order: &str) -> u32 {
    with(books, |books| {
        books.charged.get(order).copied().unwrap_or(0)
    })
}

/// Works for whoever asked, still there or not.
async fn serve(wire: TcpStream, books: Shared) -> io::Result<()> {
    let mut wire = BufReader::new(wire);
    let mut line = String::new();
    wire.read_line(&mut line).await?;
    let (word, order) = line.trim().split_once(' ').unwrap_or_default();
    let order = order.to_owned();
    let answer = match word {
        "CHARGE" => {
            sleep(Duration::from_millis(600)).await;
            with(&books, |books| {
                if !books.void.contains(&order) {
                    *books.charged.entry(order).or_default() += 1;
                }
            });
            "receipt"
        }
        "FIND" if times_charged(&books, &order) > 0 => "receipt",
        "FIND" => "none",
        _ => {
            with(&books, |books| {
                books.charged.remove(&order);
                books.void.insert(order);
            });
            "void"
        }
    };
    wire.write_all(format!("{answer}\n").as_bytes()).await
}

async fn open() -> io::Result<(SocketAddr, Shared)> {
    let (door, books) = (TcpListener::bind("127.0.0.1:0").await?, Shared::default());
    let (address, of_the_bank) = (door.local_addr()?, Arc::clone(&books));
    tokio::spawn(async move {
        while let Ok((wire, _)) = door.accept().await {
            tokio::spawn(serve(wire, Arc::clone(&of_the_bank)));
        }
    });
    Ok((address, books))
}

fn reconciler(bank: &Arc<Bank>) -> Reconciler {
    ["patient", "hurried"]
        .into_iter()
        .fold(Reconciler::new(), |reconciler, name| {
            let resolver = Resolver::of(Arc::clone(bank))
                .confirm(Bank::find)
                .cancel(Bank::void);
            reconciler.call(format!("{}::{name}", module_path!()), resolver)
        })
        .resolved(|record, outcome| println!("  the reconciler on {}: {outcome}", record.key))
        .every(Duration::from_millis(200))
}

#[tokio::main]
async fn main() -> io::Result<()> {
    Scope::process().observe(|event| println!("    {event}"));
    let (address, books) = open().await?;
    let bank = Arc::new(Bank(address));

    println!("a client that waits: the answer is lost, the payment is found");
    assert_eq!(bank.patient("order-1").await?, "receipt");

    println!("a client in a hurry: the payment is cancelled, for certain");
    let error = bank
        .hurried("order-2")
        .await
        .expect_err("it takes too long");
    let rejected = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Rejected>());
    assert_eq!(rejected.map(Rejected::kind), Some(Kind::Cancelled));

    println!("a caller that is gone: the reconciler finds the payment");
    let journal = Scope::process();
    let _gone = tokio::time::timeout(Duration::from_millis(100), bank.patient("order-3")).await;
    assert_eq!(journal.journal().counts().unresolved, 1);
    let work = tokio::spawn(reconciler(&bank).run());
    while journal.journal().counts().unresolved > 0 {
        sleep(Duration::from_millis(50)).await;
    }
    work.abort();

    sleep(Duration::from_secs(1)).await;
    let times = ["order-1", "order-2", "order-3"].map(|order| times_charged(&books, order));
    println!("by the bank's books: charged {times:?} times");
    assert_eq!(times, [1, 0, 1]);
    let counts = journal.journal().counts();
    assert_eq!((counts.succeeded, counts.cancelled), (2, 1));
    Ok(())
}
