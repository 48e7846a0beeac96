mod wrong_argument {
    use super::*;
    #[form]
    async fn mistake() -> Result<u64, Error> {
        let n = plain(1).await;
        put("one").await
    }
}
mod missing_argument {
    use super::*;
    #[form]
    async fn mistake(client: &Client) -> Result<u64, Error> {
        client.put().await
    }
}
mod not_a_future {
    use super::*;
    #[form]
    async fn mistake() -> Result<u64, Error> {
        let n = sync(1).await;
        Ok(n)
    }
}
mod unknown_function {
    use super::*;
    #[form]
    async fn mistake() -> Result<u64, Error> {
        putt(1).await
    }
}
mod unknown_method {
    use super::*;
    #[form]
    async fn mistake(client: &Client) -> Result<u64, Error> {
        let n = client.put(1).await?;
        client.putt(n).await
    }
}
mod unknown_method_of_a_call {
    use super::*;
    #[form]
    async fn mistake() -> Result<u64, Error> {
        put(1).oops().await
    }
}
mod question_mark_conversion {
    use super::*;
    #[form]
    async fn mistake(text: &str) -> Result<u64, Error> {
        let n: u64 = text.parse()?;
        put(n).await
    }
}
mod question_mark_conversion_of_an_answer {
    use super::*;
    #[form]
    async fn mistake() -> Result<u64, Error> {
        let n = other(1).await?;
        Ok(n)
    }
}
mod wrong_tail {
    use super::*;
    #[form]
    async fn mistake() -> Result<u64, Error> {
        let n = put(1).await?;
        n
    }
}
mod wrong_tail_in_ok {
    use super::*;
    #[form]
    async fn mistake() -> Result<u64, Error> {
        put(1).await?;
        Ok("one")
    }
}
mod wrong_return {
    use super::*;
    #[form]
    async fn mistake(n: u64) -> Result<u64, Error> {
        if n == 0 {
            return Ok("none");
        }
        put(n).await
    }
}
mod missing_tail {
    use super::*;
    #[form]
    async fn mistake(n: u64) -> Result<u64, Error> {
        put(n).await;
    }
}
mod semicolon_behind_the_tail {
    use super::*;
    #[form]
    async fn mistake(n: u64) -> Result<u64, Error> {
        if n == 0 {
            return put(n).await;
        }
        Ok(n);
    }
}
mod wrong_branch {
    use super::*;
    #[form]
    async fn mistake(n: u64) -> Result<Box<dyn std::fmt::Debug>, Error> {
        match n {
            0 => Ok(Box::new(1)),
            1 => Ok(Box::new("one")),
            _ => put(n).await,
        }
    }
}
mod wrong_item_of_an_iterator {
    use super::*;
    #[form]
    async fn mistake(n: u64) -> Result<impl Iterator<Item = u64>, Error> {
        put(n).await?;
        Ok(["one"].into_iter())
    }
}
mod no_iterator {
    use super::*;
    #[form]
    async fn mistake(n: u64) -> Result<impl Iterator<Item = u64>, Error> {
        Ok(put(n).await?)
    }
}
mod wrong_let_type {
    use super::*;
    #[form]
    async fn mistake() -> Result<u64, Error> {
        let n: String = put(1).await?;
        Ok(1)
    }
}
mod operator {
    use super::*;
    #[form]
    async fn mistake() -> Result<u64, Error> {
        Ok(put(1).await? + "1")
    }
}
mod missing_question_mark {
    use super::*;
    #[form]
    async fn mistake() -> Result<u64, Error> {
        let n = put(1).await;
        Ok(n + 1)
    }
}
mod inference {
    use super::*;
    #[form]
    async fn mistake(text: &str) -> Result<u64, Error> {
        let n = made().await;
        put(1).await
    }
}
mod inference_of_a_list {
    use super::*;
    #[form]
    async fn mistake() -> Result<u64, Error> {
        let list = (0..2).collect();
        put(1).await
    }
}
mod field {
    use super::*;
    #[form]
    async fn mistake(client: &Client) -> Result<u64, Error> {
        put(client.nmae).await
    }
}
mod field_of_an_answer {
    use super::*;
    #[form]
    async fn mistake() -> Result<u64, Error> {
        Ok(put(1).await?.value)
    }
}
mod callers_argument {
    use super::*;
    #[form]
    async fn callee(n: u64, text: &str) -> Result<u64, Error> {
        put(n).await
    }
    async fn mistake() -> Result<u64, Error> {
        callee("1", "2").await
    }
}
mod callers_missing_argument {
    use super::*;
    #[form]
    async fn callee(n: u64, text: &str) -> Result<u64, Error> {
        put(n).await
    }
    async fn mistake() -> Result<u64, Error> {
        callee(1).await
    }
}
mod callers_output {
    use super::*;
    #[form]
    async fn callee(n: u64) -> Result<u64, Error> {
        put(n).await
    }
    async fn mistake() -> Result<String, Error> {
        callee(1).await
    }
}
mod unknown_type_of_an_argument {
    use super::*;
    #[form]
    async fn mistake(n: U64) -> Result<u64, Error> {
        put(1).await
    }
}
mod unknown_type_of_the_result {
    use super::*;
    #[form]
    async fn mistake(n: u64) -> Result<U64, Error> {
        put(n).await
    }
}

async fn plain(n: u64) -> u64 {
    n
}
async fn other(n: u64) -> Result<u64, std::num::ParseIntError> {
    Ok(n)
}
async fn made<T: Default>() -> T {
    T::default()
}
fn sync(n: u64) -> u64 {
    n
}
#[idempotent]
async fn put(n: u64) -> Result<u64, Error> {
    Ok(n)
}
struct Client {
    name: u64,
}
impl Client {
    #[idempotent]
    async fn put(&self, n: u64) -> Result<u64, Error> {
        Ok(n)
    }
}
