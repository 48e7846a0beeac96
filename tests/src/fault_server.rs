//! A partner that fails on purpose, over real sockets on 127.0.0.1.
//!
//! In goes a [`Fault`], out come an address to call and the requests that were read in full: the truth that a
//! classifier's "not sent" is held against. Speaks just enough HTTP/1.1 and HTTP/2 to know where a request ends.

mod http2;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

/// What goes wrong.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Accepts, never looks at a byte, and ends the connection.
    OnAccept(End),
    /// Reads each HTTP/1.1 request in full and takes one of these steps: the first for the first request of
    /// a connection, and so on; the last one is repeated.
    AfterRequest(Vec<Step>),
    /// Reads each HTTP/2 request in full and refuses or loses it.
    Http2(Http2),
    /// Reads a request in full, carries it out, and answers so much later.
    Late(Duration),
    /// Answers at once, one byte of the body at a time, with this pause between two.
    Drip(Duration),
}

/// What is done with one request that was read in full.
#[derive(Debug, Clone)]
pub struct Step {
    /// The bytes that go out; a whole answer, a part of one or none.
    pub answer: Vec<u8>,
    /// How the connection ends.
    pub then: End,
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// FIN: the peer reads an end of file.
    Fin,
    /// RST: the peer reads "connection reset".
    Rst,
    /// Not at all: the connection stays open and says nothing.
    Silence,
    /// Not yet: the next request is read.
    KeepAlive,
}

/// What goes wrong with a stream of HTTP/2. The codes are those of RFC 9113, section 7.
#[derive(Debug, Clone, Copy)]
pub enum Http2 {
    /// `RST_STREAM`.
    ResetStream {
        /// Why.
        code: u32,
        /// Whether an answer had begun: status 200 and no end.
        after_head: bool,
    },
    /// `GOAWAY`, then FIN.
    GoAway {
        /// Why.
        code: u32,
        /// The last stream that counts as processed.
        last_stream: u32,
    },
}

/// `NO_ERROR` of HTTP/2.
pub const NO_ERROR: u32 = 0;
/// `INTERNAL_ERROR` of HTTP/2.
pub const INTERNAL_ERROR: u32 = 2;
/// `REFUSED_STREAM` of HTTP/2.
pub const REFUSED_STREAM: u32 = 7;
/// `CANCEL` of HTTP/2.
pub const CANCEL: u32 = 8;
/// `ENHANCE_YOUR_CALM` of HTTP/2.
pub const ENHANCE_YOUR_CALM: u32 = 11;

/// What a healthy partner says.
pub const PAID: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n7";

impl Fault {
    /// Reads the request, writes `answer` as it is, ends the connection.
    #[must_use]
    pub fn answers(answer: &str, then: End) -> Self {
        Self::AfterRequest(vec![Step::new(answer, then)])
    }

    /// Answers the first request of a connection with `first` and keeps it open, the next ones as `self` would.
    #[must_use]
    pub fn after(self, first: &str) -> Self {
        match self {
            Self::AfterRequest(mut steps) => {
                steps.insert(0, Step::new(first, End::KeepAlive));
                Self::AfterRequest(steps)
            }
            other => other,
        }
    }

    /// A whole answer with this status, these header lines and an empty body; the connection lives on.
    #[must_use]
    pub fn status(status: u16, headers: &[&str]) -> Self {
        let lines = headers
            .iter()
            .flat_map(|line| [*line, "\r\n"])
            .collect::<String>();
        let answer = format!("HTTP/1.1 {status} Status\r\nContent-Length: 0\r\n{lines}\r\n");
        Self::answers(&answer, End::KeepAlive)
    }
}

impl Step {
    fn new(answer: &str, then: End) -> Self {
        Self {
            answer: answer.as_bytes().to_vec(),
            then,
        }
    }
}

/// A server with one fault. Dropping it ends its task; connections that were left open are then closed.
#[derive(Debug)]
pub struct FaultServer {
    address: SocketAddr,
    seen: Arc<Seen>,
    accepting: JoinHandle<()>,
}

impl FaultServer {
    /// Listens on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start(fault: Fault) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Seen::default());
        let accepting = tokio::spawn(accept(listener, fault, Arc::clone(&seen)));
        Ok(Self {
            address,
            seen,
            accepting,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many requests it has read in full, whatever it then did with them.
    #[must_use]
    pub fn seen(&self) -> usize {
        self.seen.bodies().len()
    }

    /// How many of them had this body. A body that only one call sends tells its requests from those of a call
    /// before it, which the server may read after that call gave up.
    #[must_use]
    pub fn seen_with(&self, body: &str) -> usize {
        let bodies = self.seen.bodies();
        bodies
            .iter()
            .filter(|seen| *seen == body.as_bytes())
            .count()
    }
}

/// The bodies of the requests that were read in full, in that order.
#[derive(Debug, Default)]
struct Seen(Mutex<Vec<Vec<u8>>>);

impl Seen {
    fn bodies(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// An address of 127.0.0.1 at which nobody listens.
///
/// # Errors
///
/// When no port can be had.
pub async fn refusing() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await?
        .local_addr()
}

/// An address at which connecting neither succeeds nor fails, as behind a firewall that drops packets.
///
/// Nobody accepts, and the queue of connections to accept is full, so the kernel drops every further SYN.
#[derive(Debug)]
pub struct Blackhole {
    address: SocketAddr,
    _listener: TcpListener,
    _queued: Vec<TcpStream>,
}

impl Blackhole {
    /// Listens on a free port of 127.0.0.1 and fills its queue.
    ///
    /// # Errors
    ///
    /// When no port can be had, or the queue of this system does not fill.
    pub async fn start() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let listener = socket.listen(0)?;
        let address = listener.local_addr()?;
        let mut queued = Vec::new();
        for _ in 0..16 {
            match tokio::time::timeout(Duration::from_millis(50), TcpStream::connect(address)).await
            {
                Ok(connection) => queued.push(connection?),
                Err(_) => {
                    return Ok(Self {
                        address,
                        _listener: listener,
                        _queued: queued,
                    });
                }
            }
        }
        Err(io::Error::other(
            "the queue of connections to accept does not fill",
        ))
    }

    /// Where connecting hangs.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn accept(listener: TcpListener, fault: Fault, seen: Arc<Seen>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((connection, _)) = listener.accept().await {
        let (fault, seen) = (fault.clone(), Arc::clone(&seen));
        connections.spawn(async move {
            // The client hanging up is part of every test.
            let _ = serve(connection, &fault, &seen).await;
        });
    }
}

async fn serve(mut connection: TcpStream, fault: &Fault, seen: &Seen) -> io::Result<()> {
    match fault {
        Fault::OnAccept(how) => end(connection, *how).await,
        Fault::AfterRequest(steps) => {
            let mut steps = steps.iter();
            let mut step = steps.next();
            while let Some(Step { answer, then }) = step {
                let Some(body) = read_request(&mut connection).await? else {
                    return Ok(());
                };
                seen.bodies().push(body);
                connection.write_all(answer).await?;
                if *then != End::KeepAlive {
                    return end(connection, *then).await;
                }
                step = steps.next().or(step);
            }
            Ok(())
        }
        Fault::Http2(what) => http2::serve(connection, *what, seen).await,
        Fault::Late(pause) => {
            while let Some(body) = read_request(&mut connection).await? {
                seen.bodies().push(body);
                tokio::time::sleep(*pause).await;
                connection.write_all(PAID).await?;
            }
            Ok(())
        }
        Fault::Drip(pause) => {
            while let Some(body) = read_request(&mut connection).await? {
                seen.bodies().push(body);
                for byte in PAID {
                    connection.write_all(&[*byte]).await?;
                    tokio::time::sleep(*pause).await;
                }
            }
            Ok(())
        }
    }
}

/// Reads one HTTP/1.1 request to its end: its body, or `None` when the client hung up before.
async fn read_request(connection: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut request = Vec::new();
    loop {
        if connection.read_buf(&mut request).await? == 0 {
            return Ok(None);
        }
        let Some(head) = request.windows(4).position(|end| end == b"\r\n\r\n") else {
            continue;
        };
        let body = head + 4;
        if request.len() >= body + content_length(&request[..head]) {
            return Ok(Some(request.split_off(body)));
        }
    }
}

fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    length
        .and_then(|length| length.trim().parse().ok())
        .unwrap_or(0)
}

async fn end(mut connection: TcpStream, how: End) -> io::Result<()> {
    match how {
        End::Rst => connection.set_zero_linger(),
        End::Fin => {
            connection.shutdown().await?;
            // Bytes that nobody takes would turn the FIN into an RST when the socket closes.
            tokio::io::copy(&mut connection, &mut tokio::io::sink())
                .await
                .map(drop)
        }
        End::Silence | End::KeepAlive => {
            std::future::pending::<()>().await;
            Ok(())
        }
    }
}
