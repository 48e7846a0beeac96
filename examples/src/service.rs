//! A payments service on a loopback socket: the partner that fails on command and keeps honest books.
//!
//! In: HTTP/1.1 over real TCP, and a [`Mode`]. Out: answers, and [`Books`] of what was really carried out.
//! It refuses what a real service refuses: amounts of zero with 422, everything with 503 while it sheds load.
//!
//! | request | effect | asked twice |
//! |---|---|---|
//! | `GET /balance/{user}` | read | harmless |
//! | `POST /charges` | moves money | **moves it twice**: nothing in the request says that it is a repeat |
//! | `POST /refunds` with `Idempotency-Key` | moves money | once: the key is remembered |
//!
//! The service is a pool of [`WORKERS`] behind a first-in-first-out queue, and it works for whoever asked, still there or
//! not: like most servers it cannot know that a client gave up. That is what makes a retry storm feed itself.

mod api;
pub mod books;
mod door;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use api::{Balance, Charge, Receipt, Refund};
pub use books::Books;

/// Requests carried out at the same time; the others wait in the queue.
pub const WORKERS: usize = 4;

/// What a client that was shed is told to wait, in seconds.
pub const RETRY_AFTER_SECONDS: u32 = 1;

/// How the service behaves from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Every request takes 50 ms of a worker: with four workers 80 requests a second.
    Healthy,
    /// The process is gone: open connections break, new ones are refused.
    Refusing,
    /// Packets get lost: open connections break, new ones are never completed, because the backlog is full.
    Blackholed,
    /// Every request takes a whole second of a worker, longer than its client waits. It is carried out all the same.
    Slow,
    /// New requests are turned away with 503 and a `Retry-After`, while the queue is worked off.
    Shedding,
    /// Nobody asks any more; the queue is worked off at once, so that the books are final.
    Settling,
}

impl Mode {
    /// How long one request occupies its worker.
    #[must_use]
    pub const fn service_time(self) -> Duration {
        match self {
            Self::Slow => Duration::from_secs(1),
            Self::Settling => Duration::from_millis(1),
            Self::Healthy | Self::Refusing | Self::Blackholed | Self::Shedding => {
                Duration::from_millis(50)
            }
        }
    }
}

/// A running service. Dropping it closes its door; requests already accepted are still carried out.
pub struct Service {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    books: Arc<Books>,
    door: JoinHandle<()>,
}

impl Service {
    /// Starts healthy, on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start() -> io::Result<Self> {
        let (mode, watched) = watch::channel(Mode::Healthy);
        let books = Arc::new(Books::default());
        let api = Arc::new(api::Api::new(Arc::clone(&books), watched.clone()));
        let door = door::Door::reserve()?;
        let (address, open) = (door.address(), door.open()?);
        let door = tokio::spawn(async move {
            if let Err(error) = door.keep(open, api, watched).await {
                eprintln!("the payments service lost its port: {error}");
            }
        });
        Ok(Self {
            address,
            mode,
            books,
            door,
        })
    }

    /// Where it listens, say `http://127.0.0.1:40123`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Behaves differently from now on. Requests in the queue are kept, whatever the mode.
    pub fn switch_to(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// What it really did.
    #[must_use]
    pub fn books(&self) -> &Arc<Books> {
        &self.books
    }

    /// Works the queue off and returns when the books are final, after five seconds at the latest.
    pub async fn settle(&self) {
        self.switch_to(Mode::Settling);
        for _ in 0..500 {
            if self.books.queued() == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.door.abort();
    }
}

#[cfg(test)]
mod tests {
    use reqwest::{Client, StatusCode};

    use super::*;

    fn client(timeout_ms: u64) -> Client {
        let connect = Duration::from_millis(150);
        let timeout = Duration::from_millis(timeout_ms);
        Client::builder()
            .connect_timeout(connect)
            .timeout(timeout)
            .no_proxy()
            .build()
            .unwrap()
    }

    const CHARGE: Charge = Charge {
        order: 7,
        cents: 500,
    };

    async fn charge(service: &Service, timeout_ms: u64) -> reqwest::Result<reqwest::Response> {
        client(timeout_ms)
            .post(service.url() + "/charges")
            .json(&CHARGE)
            .send()
            .await
    }

    async fn switch(service: &Service, mode: Mode) {
        service.switch_to(mode);
        tokio::time::sleep(Duration::from_millis(250)).await;
    }

    #[tokio::test]
    async fn a_charge_whose_client_gave_up_is_carried_out_all_the_same() {
        let service = Service::start().unwrap();

        let error = charge(&service, 20).await.unwrap_err();
        service.settle().await;

        assert!(error.is_timeout());
        assert_eq!(service.books().times_charged(CHARGE.order), 1);
    }

    #[tokio::test]
    async fn a_closed_door_refuses_a_jammed_one_hangs_and_both_open_again() {
        let service = Service::start().unwrap();

        switch(&service, Mode::Refusing).await;
        let refused = charge(&service, 2_000).await.unwrap_err();
        switch(&service, Mode::Blackholed).await;
        let hung = charge(&service, 2_000).await.unwrap_err();
        switch(&service, Mode::Healthy).await;
        let answered = charge(&service, 2_000).await.unwrap();

        assert!(refused.is_connect() && !refused.is_timeout());
        assert!(hung.is_connect() && hung.is_timeout());
        assert_eq!(answered.status(), StatusCode::OK);
        assert_eq!(service.books().totals().reached, 1);
    }

    #[tokio::test]
    async fn who_is_shed_is_told_when_to_come_back_and_not_charged() {
        let service = Service::start().unwrap();
        service.switch_to(Mode::Shedding);

        let shed = charge(&service, 2_000).await.unwrap();

        assert_eq!(shed.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(shed.headers()["retry-after"], "1");
        assert_eq!(service.books().times_charged(CHARGE.order), 0);
    }

    #[tokio::test]
    async fn an_amount_of_zero_is_unprocessable() {
        let service = Service::start().unwrap();
        let zero = Charge { cents: 0, ..CHARGE };
        let request = client(2_000).post(service.url() + "/charges").json(&zero);

        assert_eq!(
            request.send().await.unwrap().status(),
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
}
