mod unused_result {
    use super::*;
    #[form]
    pub async fn mistake() -> Result<u64, Error> {
        put(1).await;
        put(2).await
    }
}
mod unused_answer_that_must_be_used {
    use super::*;
    #[form]
    pub async fn mistake() -> Result<u64, Error> {
        receipt().await;
        put(2).await
    }
}
mod forgotten_await {
    use super::*;
    #[form]
    pub async fn mistake() -> Result<u64, Error> {
        put(1);
        plain(1);
        put(2).await
    }
}
mod callers_forgotten_await {
    use super::*;
    #[form]
    pub async fn callee() -> Result<u64, Error> {
        put(2).await
    }
    pub async fn mistake() {
        callee();
    }
}
mod callers_unused_result {
    use super::*;
    #[form]
    pub async fn callee() -> Result<u64, Error> {
        put(2).await
    }
    pub async fn mistake() {
        callee().await;
    }
}
mod unreachable {
    use super::*;
    #[form]
    pub async fn mistake() -> Result<u64, Error> {
        return put(1).await;
        put(2).await
    }
}
mod unused_argument {
    use super::*;
    #[form]
    pub async fn mistake(n: u64, m: u64, (a, b): (u64, u64)) -> Result<u64, Error> {
        put(m + b).await
    }
}
mod unused_variable {
    use super::*;
    #[form]
    pub async fn mistake() -> Result<u64, Error> {
        let n = put(1).await?;
        put(2).await
    }
}
mod needless_mut {
    use super::*;
    #[form]
    pub async fn mistake() -> Result<u64, Error> {
        let mut n = put(1).await?;
        put(n).await
    }
}
mod dead_assignment {
    use super::*;
    #[form]
    pub async fn mistake() -> Result<u64, Error> {
        let mut n = put(1).await?;
        n = 2;
        n = put(2).await?;
        Ok(n)
    }
}
mod needless_parentheses {
    use super::*;
    #[form]
    pub async fn mistake() -> Result<u64, Error> {
        let n = (put(1).await?);
        Ok(n)
    }
}
mod deprecated_call {
    use super::*;
    #[form]
    pub async fn mistake() -> Result<u64, Error> {
        old(1).await
    }
}

#[deprecated]
async fn old(n: u64) -> Result<u64, Error> {
    Ok(n)
}
async fn plain(n: u64) -> u64 {
    n
}
#[idempotent]
async fn put(n: u64) -> Result<u64, Error> {
    Ok(n)
}
#[must_use]
pub struct Receipt;
#[idempotent]
async fn receipt() -> Receipt {
    Receipt
}
