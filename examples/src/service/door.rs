//! The service's port: in, modes; out, accepted connections for the API. Closed or jammed, it lets nobody through.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::Mode;
use super::api::Api;

const BACKLOG: u32 = 1_024;

/// A port that stays ours while nobody listens on it.
///
/// The socket that holds it is bound but never listens, so that a closed door refuses connections and the port can
/// neither go to another program nor to one of our own clients as the local end of a connection.
pub(super) struct Door {
    _reserved: TcpSocket,
    address: SocketAddr,
}

impl Door {
    pub(super) fn reserve() -> io::Result<Self> {
        let reserved = reusable_socket()?;
        reserved.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = reserved.local_addr()?;
        Ok(Self {
            _reserved: reserved,
            address,
        })
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Listens, so that clients can connect even before [`Door::keep`] runs.
    pub(super) fn open(&self) -> io::Result<TcpListener> {
        self.listen(BACKLOG)
    }

    /// Opens, closes and jams the port as the mode says, until the service is dropped. It begins with `open`.
    pub(super) async fn keep(
        self,
        open: TcpListener,
        api: Arc<Api>,
        mut mode: watch::Receiver<Mode>,
    ) -> io::Result<()> {
        let mut open = Some(open);
        loop {
            let now = *mode.borrow_and_update();
            let listener = open.take();
            let gone = match now {
                Mode::Refusing => {
                    drop(listener);
                    mode.changed().await.is_err()
                }
                Mode::Blackholed => {
                    drop(listener);
                    let _jam = self.jam().await?;
                    mode.changed().await.is_err()
                }
                Mode::Healthy | Mode::Slow | Mode::Shedding | Mode::Settling => {
                    let listener = listener.map_or_else(|| self.open(), Ok)?;
                    serve(listener, &api, &mut mode).await?
                }
            };
            if gone {
                return Ok(());
            }
        }
    }

    /// Listens without accepting and fills the backlog itself: the kernel drops every further connect, as a firewall would.
    async fn jam(&self) -> io::Result<(TcpListener, Vec<TcpStream>)> {
        let listener = self.listen(0)?;
        let mut stuffing = Vec::new();
        for _ in 0..4 {
            match timeout(Duration::from_millis(100), TcpStream::connect(self.address)).await {
                Ok(connected) => stuffing.push(connected?),
                Err(_full) => break,
            }
        }
        Ok((listener, stuffing))
    }

    fn listen(&self, backlog: u32) -> io::Result<TcpListener> {
        let socket = reusable_socket()?;
        socket.bind(self.address)?;
        socket.listen(backlog)
    }
}

/// Reusable, or neither the reservation nor connections of the last opening would let the next one bind.
fn reusable_socket() -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    Ok(socket)
}

/// Accepts until the mode closes the door; connections still open are then cut. True when the service is gone.
async fn serve(
    listener: TcpListener,
    api: &Arc<Api>,
    mode: &mut watch::Receiver<Mode>,
) -> io::Result<bool> {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, _) = accepted?;
                connections.spawn(converse(Arc::clone(api), stream));
            }
            Some(_) = connections.join_next() => {}
            changed = mode.changed() => {
                let closes = matches!(*mode.borrow(), Mode::Refusing | Mode::Blackholed);
                if changed.is_err() || closes {
                    return Ok(changed.is_err());
                }
            }
        }
    }
}

/// Answers one connection's requests until either end has enough. What a client does to its end is no error of ours.
async fn converse(api: Arc<Api>, stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let answer = service_fn(move |request| {
        let api = Arc::clone(&api);
        async move { Ok::<_, Infallible>(api.answer(request).await) }
    });
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), answer)
        .await;
}
