// Shapes under somebody else who takes the same arguments.

#[idempotent]
pub async fn nothing_else() -> Answer {
    plain(2).await
}
#[form(nothing_else)]
pub async fn nothing() -> Answer {
    plain(1).await
}

#[idempotent]
pub async fn references_else(text: &str, list: &mut Vec<u64>) -> Answer {
    list.push(2);
    look(text).await
}
#[form(references_else)]
pub async fn references(text: &str, list: &mut Vec<u64>) -> Answer {
    list.push(1);
    look(text).await
}

#[idempotent]
pub async fn lifetimes_else<'a>(first: &'a str, _second: &str) -> Answer<&'a str> {
    look(first).await?;
    Ok(first)
}
#[form(lifetimes_else)]
pub async fn lifetimes<'a>(first: &'a str, second: &str) -> Answer<&'a str> {
    look(second).await?;
    Ok(first)
}

#[idempotent]
pub async fn values_else(text: String, n: u64, _unused: u64) -> Answer {
    look(&text).await?;
    plain(n).await
}
#[form(values_else)]
pub async fn values(text: String, n: u64, _unused: u64) -> Answer {
    look(&text).await?;
    plain(n).await
}
#[form(values_else, clone(text, n))]
pub async fn changed(mut text: String, mut n: u64, _: u64) -> Answer {
    text.push('a');
    n += 1;
    look(&text).await?;
    drop(text);
    plain(n).await
}

#[idempotent]
pub async fn pattern_else((a, b): (u64, u64), Typed(c): &Typed<u64>) -> Answer {
    plain(a + b + c).await
}
#[form(pattern_else)]
pub async fn pattern((a, b): (u64, u64), Typed(c): &Typed<u64>) -> Answer {
    plain(a + b + c).await
}

#[idempotent]
pub async fn generic_else<T: Display + Sync, const N: usize>(value: &T, list: [u64; N]) -> Answer<String> {
    plain(list[0]).await?;
    Ok(value.to_string())
}
#[form(generic_else)]
pub async fn generic<T: Display + Sync, const N: usize>(value: &T, list: [u64; N]) -> Answer<String> {
    plain(list[0]).await?;
    Ok(value.to_string())
}

#[idempotent]
pub async fn into_else(text: impl Into<String> + Send) -> Answer {
    let text = text.into();
    look(&text).await
}
#[form(into_else, clone(text))]
pub async fn into(text: impl Into<String> + Send) -> Answer {
    look(&text).await?;
    drop(text);
    plain(1).await
}

#[idempotent]
pub async fn returns_early_else(n: u64) -> Answer<Vec<u64>> {
    plain(n).await?;
    Ok(Vec::new())
}
#[form(returns_early_else)]
pub async fn returns_early(n: u64) -> Answer<Vec<u64>> {
    if n == 0 {
        return Ok(Vec::new());
    }
    let n = plain(n).await?;
    Ok(vec![n])
}

impl Client {
    #[idempotent]
    pub async fn by_reference_else(&self, n: u64) -> Answer {
        look(&self.name).await?;
        plain(n).await
    }
    #[form(Self::by_reference_else)]
    pub async fn by_reference(&self, n: u64) -> Answer {
        look(&self.name).await?;
        plain(n).await
    }
    #[idempotent]
    pub async fn by_mutable_reference_else(&mut self, text: &str) -> Answer {
        self.name.push_str(text);
        look(&self.name).await
    }
    #[form(Self::by_mutable_reference_else)]
    pub async fn by_mutable_reference(&mut self, text: &str) -> Answer {
        self.name.push_str(text);
        look(&self.name).await
    }
    #[idempotent]
    pub async fn by_value_else(self, n: u64) -> Answer<String> {
        plain(n).await?;
        Ok(self.name)
    }
    #[form(Self::by_value_else, clone(self))]
    pub async fn by_value(mut self, n: u64) -> Answer<String> {
        self.tenant += n;
        plain(n).await?;
        Ok(self.name)
    }
    #[idempotent]
    pub async fn shared_else(self: Arc<Self>) -> Answer {
        look(&self.name).await
    }
    #[form(Self::shared_else)]
    pub async fn shared(self: Arc<Self>) -> Answer {
        look(&self.name).await
    }
}

#[async_trait]
pub trait Answering: Sync {
    async fn erased(&self, text: &str, n: u64) -> Answer;
    async fn owned(self, text: String) -> Answer;
}
impl Client {
    #[idempotent]
    pub async fn erased_else(&self, text: &str, n: u64) -> Answer {
        look(text).await?;
        plain(n + self.tenant).await
    }
    #[idempotent]
    pub async fn owned_else(self, text: String) -> Answer {
        look(&text).await
    }
}
#[async_trait]
impl Answering for Client {
    #[form(Self::erased_else)]
    async fn erased(&self, text: &str, n: u64) -> Answer {
        look(text).await?;
        plain(n + self.tenant).await
    }
    #[form(Self::owned_else, clone(self, text))]
    async fn owned(self, text: String) -> Answer {
        look(&text).await?;
        drop((self.name, text));
        plain(1).await
    }
}

fn asserted(client: &Client) {
    send(&nothing());
    send(&references("a", &mut Vec::new()));
    owned(&values(String::new(), 1, 2));
    owned(&changed(String::new(), 1, 2));
    send(&generic(&1, [1]));
    send(&client.by_reference(1));
    owned(&client.clone().by_value(1));
    owned(&Arc::new(client.clone()).shared());
    send(&Answering::erased(client, "a", 1));
}
