//! All but the last get a clone; what is borrowed or `Copy` goes to everybody.
#![deny(warnings)]

use std::io;

use resilient_runtime::{failover, fallback, non_idempotent, read_only};

#[non_idempotent]
pub async fn second(order: String, amount: u64) -> io::Result<u64> {
    Ok(amount + order.len() as u64)
}

pub async fn keep(order: String, amount: u64) -> io::Result<u64> {
    Ok(amount + order.len() as u64)
}

#[non_idempotent]
#[failover(second, clone(order))]
#[fallback(keep)]
pub async fn cloned(order: String, amount: u64) -> io::Result<u64> {
    drop(order);
    Ok(amount)
}

#[non_idempotent]
#[failover(second)]
#[fallback(default, allow(lost_write))]
pub async fn the_last_takes_it(order: String, amount: u64) -> io::Result<u64> {
    Ok(amount + order.len() as u64)
}

#[read_only]
pub async fn look_second(name: &str, list: &mut Vec<u64>) -> io::Result<u64> {
    list.push(2);
    Ok(name.len() as u64)
}

#[read_only]
#[failover(look_second, look_third)]
pub async fn borrowed(name: &str, list: &mut Vec<u64>) -> io::Result<u64> {
    list.push(1);
    Ok(name.len() as u64)
}

#[read_only]
pub async fn look_third(name: &str, list: &mut Vec<u64>) -> io::Result<u64> {
    list.push(3);
    Ok(name.len() as u64)
}

fn main() {}
