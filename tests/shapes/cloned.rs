// Shapes that a retry takes when every attempt gets a clone.

#[form(clone(text, list))]
pub async fn consumed(text: String, list: Vec<u64>, n: u64) -> Answer {
    drop((text, list));
    plain(n).await
}
#[form(clone(text, n))]
pub async fn changed(mut text: String, mut n: u64) -> Answer {
    text.push('a');
    n += 1;
    look(&text).await?;
    plain(n).await
}
#[form(clone(text))]
pub async fn converted(text: impl Into<String> + Send) -> Answer {
    look(&text).await?;
    drop(text);
    plain(1).await
}
#[form(clone(value))]
pub async fn generic<T: Clone + Send + Sync>(value: T) -> Answer<T> {
    plain(1).await?;
    Ok(value)
}
impl Client {
    #[form(clone(self))]
    pub async fn consumed(self, n: u64) -> Answer<Self> {
        plain(n).await?;
        println!("{} {n}", self.name);
        Ok(self)
    }
    #[form(clone(self, text))]
    pub async fn changed(mut self, text: String) -> Answer<String> {
        self.tenant += 1;
        self.name.push_str(&text);
        drop(text);
        look(&self.name).await?;
        Ok(self.name)
    }
    #[form(clone(self))]
    pub async fn shared(self: Arc<Self>) -> Answer<Arc<Self>> {
        plain(Self::one()).await?;
        Ok(self)
    }
    #[form(clone(self))]
    pub async fn boxed(self: Box<Self>) -> Answer<Self> {
        plain(1).await?;
        Ok(*self)
    }
    #[form(clone(self))]
    pub async fn with_methods_inside(self) -> Answer<Self> {
        struct Inner(u64);
        impl Inner {
            const fn value(&self) -> u64 {
                self.0
            }
        }
        let closure = || self.tenant;
        plain(Inner(closure()).value()).await?;
        Ok(self)
    }
    const fn one() -> u64 {
        1
    }
}
#[async_trait]
pub trait Erased: Sized + Sync {
    async fn consumed(self, text: String) -> Answer<Self>;
    async fn changed(mut self, mut n: u64) -> Answer;
}
#[async_trait]
impl Erased for Client {
    #[form(clone(self, text))]
    async fn consumed(self, text: String) -> Answer<Self> {
        drop(text);
        plain(1).await?;
        Ok(self)
    }
    #[form(clone(self, n))]
    async fn changed(mut self, mut n: u64) -> Answer {
        self.tenant += 1;
        n += self.tenant;
        plain(n).await
    }
}

fn asserted(client: &Client) {
    owned(&consumed(String::new(), vec![1], 1));
    owned(&changed(String::new(), 1));
    owned(&converted("a"));
    owned(&generic(1));
    owned(&client.clone().consumed(1));
    owned(&client.clone().changed(String::new()));
    owned(&Arc::new(client.clone()).shared());
    owned(&Box::new(client.clone()).boxed());
    owned(&Erased::changed(client.clone(), 1));
}
