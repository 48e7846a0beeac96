//! Stale connections against a real nginx, where one is installed (`RESILIENT_NGINX=/path/to/nginx` names another than that of
//! `PATH`): requests that meet the very end of the server's keep-alive time.
//!
//! Not run by default, for it takes half a minute: `cargo test -p resilient-tests --test nginx -- --ignored --nocapture`.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use resilient_runtime::{Classify, Failure, FromRejected, Rejected, client, timeout};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// Connections at once, and requests on each: 15,000 in all.
const CONNECTIONS: usize = 500;
const ROUNDS: u32 = 30;
const KEEP_ALIVE: Duration = Duration::from_secs(1);

struct Nginx {
    process: Child,
    folder: PathBuf,
    port: u16,
}

impl Nginx {
    fn start(program: &Path) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = port.local_addr().unwrap().port();
        let folder = std::env::temp_dir().join(format!("resilient-nginx-{port}"));
        std::fs::create_dir_all(&folder).unwrap();
        let here = folder.display();
        let configuration = format!(
            "daemon off; worker_processes 1; pid {here}/pid; error_log {here}/error.log;
             events {{ worker_connections 4096; }}
             http {{
               access_log {here}/access.log; keepalive_timeout 1s; keepalive_requests 100000;
               client_body_temp_path {here}/body; proxy_temp_path {here}/proxy; fastcgi_temp_path {here}/fastcgi;
               uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;
               server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ return 200 '7'; }} }}
             }}"
        );
        let file = folder.join("nginx.conf");
        std::fs::write(&file, configuration).unwrap();
        let process = Command::new(program)
            .arg("-c")
            .arg(&file)
            .arg("-e")
            .arg(folder.join("error.log"))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            process,
            folder,
            port,
        }
    }

    async fn is_up(&self) {
        for _ in 0..100 {
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port))
                .await
                .is_ok()
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nginx does not listen: see {}", self.folder.display());
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn installed() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("RESILIENT_NGINX") {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join("nginx"))
        .find(|program| program.is_file())
}

#[derive(Debug, Classify, FromRejected)]
enum CallError {
    #[failure(from)]
    Http(reqwest::Error),
    #[failure(from)]
    Rejected(Rejected),
}

#[timeout("5s", unknown(to_caller))]
#[resilient_runtime::non_idempotent]
async fn charge(client: &reqwest::Client, url: &str) -> Result<String, CallError> {
    let answer = client.post(url).body("order=7").send().await;
    let answer = answer.map_err(CallError::Http)?;
    answer.text().await.map_err(CallError::Http)
}

/// Charges on many connections, each time when nginx is about to close them; how many failed, and how.
async fn at_the_edge(nginx: &Nginx, idle: Duration) -> (usize, Vec<Failure>) {
    let client = client::reqwest()
        .no_proxy()
        .pool_idle_timeout(idle)
        .build()
        .unwrap();
    let url: Arc<str> = format!("http://127.0.0.1:{}/", nginx.port).into();
    let sent = Arc::new(AtomicUsize::new(0));
    let mut callers = JoinSet::new();
    for caller in 0..CONNECTIONS {
        let (client, url, sent) = (client.clone(), Arc::clone(&url), Arc::clone(&sent));
        callers.spawn(async move {
            let mut random = fastrand::Rng::with_seed(caller as u64);
            let mut failures = Vec::new();
            for _ in 0..ROUNDS {
                let answer = charge(&client, &url).await;
                sent.fetch_add(1, Ordering::Relaxed);
                failures.extend(answer.err().map(|error| error.failure()));
                // From 2 ms before the end to 2 ms after it.
                let edge = KEEP_ALIVE.saturating_sub(Duration::from_millis(2));
                sleep_until(Instant::now() + edge + Duration::from_micros(random.u64(..4_000)))
                    .await;
            }
            failures
        });
    }
    let failures = callers.join_all().await.concat();
    (sent.load(Ordering::Relaxed), failures)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute, and needs nginx"]
async fn no_charge_is_lost_to_a_connection_that_the_server_is_closing() {
    let Some(program) = installed() else {
        println!("nginx is not installed: nothing was tested");
        return;
    };
    let nginx = Nginx::start(&program);
    nginx.is_up().await;
    let (sent, failures) = at_the_edge(&nginx, client::idle_below(KEEP_ALIVE)).await;
    println!("recommended: {} of {sent} failed", failures.len());
    assert_eq!(sent, CONNECTIONS * ROUNDS as usize);
    assert_eq!(failures, []);
    // How many are lost without it is a matter of luck; how they are named is not.
    let (sent, failures) = at_the_edge(&nginx, Duration::from_secs(90)).await;
    println!(
        "idle connections kept for 90 s: {} of {sent} failed",
        failures.len()
    );
    assert!(
        failures
            .iter()
            .all(|failure| *failure == Failure::Unknown || failure.is_not_sent()),
        "{failures:?}"
    );
}
