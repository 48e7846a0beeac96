//! Names of arguments, `self` taken by value, raw names.
#![deny(warnings)]

use std::io;

use resilient_runtime::retry;

#[retry(idempotent, clone(body, r#type))]
pub async fn send(body: String, r#type: String) -> io::Result<String> {
    Ok(body + &r#type)
}

#[derive(Clone)]
pub struct Client {
    name: String,
}

impl Client {
    #[retry(idempotent, clone(self, body))]
    pub async fn send(self, body: String) -> io::Result<String> {
        Ok(self.name + &body)
    }
}

fn main() {
    let name = String::new();
    drop(Client { name }.send(String::new()));
}
