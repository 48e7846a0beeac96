mod moved_value {
    use super::*;
    #[form]
    async fn mistake() -> Result<u64, Error> {
        let list = vec![1];
        take(list).await?;
        take(list).await
    }
}
mod borrow_conflict {
    use super::*;
    #[form]
    async fn mistake() -> Result<u64, Error> {
        let mut client = Client { name: String::new() };
        let name = &client.name;
        client.rename().await?;
        look(name).await
    }
}
mod borrow_conflict_of_an_argument {
    use super::*;
    #[form]
    async fn mistake(client: &mut Client) -> Result<u64, Error> {
        let name = &client.name;
        client.rename().await?;
        look(name).await
    }
}
mod dropped_temporary {
    use super::*;
    #[form]
    async fn mistake(n: u64) -> Result<u64, Error> {
        let text = n.to_string().as_str();
        look(text).await
    }
}
mod not_send_value {
    use super::*;
    #[form]
    async fn mistake() -> Result<u64, Error> {
        let shared = std::rc::Rc::new(1);
        look("a").await?;
        Ok(*shared)
    }
    fn asks() {
        send(mistake());
    }
}
mod not_send_guard {
    use super::*;
    #[form]
    async fn mistake(lock: &std::sync::Mutex<String>) -> Result<u64, Error> {
        look(&lock.lock().unwrap()).await
    }
    fn asks(lock: &std::sync::Mutex<String>) {
        send(mistake(lock));
    }
}
mod not_send_argument {
    use super::*;
    #[form]
    async fn mistake(shared: std::rc::Rc<u64>) -> Result<u64, Error> {
        look("a").await
    }
    fn asks() {
        send(mistake(std::rc::Rc::new(1)));
    }
}
mod recursion_without_a_box {
    use super::*;
    #[form]
    async fn mistake(n: u64) -> Result<u64, Error> {
        if n == 0 { Ok(0) } else { mistake(n - 1).await }
    }
}
mod recursion_of_a_public_function {
    use super::*;
    #[form]
    pub async fn mistake(n: u64) -> Result<u64, Error> {
        if n == 0 { Ok(0) } else { mistake(n - 1).await }
    }
}
mod recursion_of_a_method {
    use super::*;
    struct Deep;
    impl Deep {
        #[form]
        pub(crate) async fn mistake(&self, n: u64) -> Result<u64, Error> {
            if n == 0 { Ok(0) } else { self.mistake(n - 1).await }
        }
    }
}
mod escaping_reference {
    use super::*;
    #[form]
    async fn mistake() -> Result<&'static str, Error> {
        let text = String::from("a");
        look(&text).await?;
        Ok(&text)
    }
}
mod too_short_a_lifetime {
    use super::*;
    #[form]
    async fn mistake<'a>(first: &'a str, second: &str) -> Result<&'a str, Error> {
        look(first).await?;
        Ok(second)
    }
}
mod too_short_an_elided_lifetime {
    use super::*;
    #[form]
    async fn mistake(first: &str) -> Result<&str, Error> {
        let text = first.to_owned();
        look(first).await?;
        Ok(&text[1..])
    }
}
mod lifetime_of_a_method {
    use super::*;
    struct Named(String);
    impl Named {
        #[form]
        async fn mistake(&self, other: &str) -> Result<&str, Error> {
            look(other).await?;
            Ok(other)
        }
    }
}
mod unassignable_argument {
    use super::*;
    #[form]
    async fn mistake(n: u64) -> Result<u64, Error> {
        n += 1;
        look("a").await
    }
}

fn send(_: impl Send) {}
async fn take(list: Vec<u64>) -> Result<u64, Error> {
    Ok(list[0])
}
#[idempotent]
async fn look(text: &str) -> Result<u64, Error> {
    Ok(u64::try_from(text.len()).unwrap_or(0))
}
struct Client {
    name: String,
}
impl Client {
    #[idempotent]
    async fn rename(&mut self) -> Result<u64, Error> {
        Ok(1)
    }
}
