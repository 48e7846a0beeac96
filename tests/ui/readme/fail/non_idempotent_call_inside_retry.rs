use resilient_runtime::{non_idempotent, retry};

#[non_idempotent]
async fn charge(order: u64) -> anyhow::Result<String> {
    Ok(format!("charged order {order}"))
}

#[retry(idempotent)]
async fn checkout(order: u64) -> anyhow::Result<String> {
    charge(order).await
}

fn main() {
    let _ = checkout(17);
}
