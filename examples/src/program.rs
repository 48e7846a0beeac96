//! What the small programs share: a way to the service that stays on this machine, and a voice for the policies.

use std::time::Duration;

use reqwest::Client;
use resilient_runtime::Scope;
use tokio::time::sleep;

use crate::demo::wire::Wire;
use crate::service::{Mode, Service};

/// Starts a service, makes a client for it, and from now on prints every event of every policy.
///
/// The client gives up connecting after 300 ms by itself, which proves that nothing was sent.
///
/// # Errors
/// When there is no port, or `reqwest` cannot be set up.
pub fn begin() -> anyhow::Result<(Service, Wire)> {
    Scope::process().observe(|event| {
        // What happens in between; the program itself says when a call begins and how it ended.
        if !matches!(
            event.name(),
            "call_started" | "call_finished" | "attempt_started"
        ) {
            println!("    {event}");
        }
    });
    let service = Service::start()?;
    let connect = Duration::from_millis(300);
    let client = Client::builder().no_proxy().connect_timeout(connect);
    let wire = Wire::new(client.build()?, service.url());
    Ok((service, wire))
}

/// Switches, and waits until the port is closed or open accordingly.
pub async fn switch(service: &Service, mode: Mode) {
    service.switch_to(mode);
    sleep(Duration::from_millis(250)).await;
}

/// Lets the service be healthy again after a while.
pub async fn recover(service: &Service, after: Duration) {
    sleep(after).await;
    service.switch_to(Mode::Healthy);
}
