// Shapes that only a stack without retry takes.

/// Given away.
#[form]
pub async fn consumed(text: String, list: Vec<u64>, boxed: Box<dyn FnOnce() -> u64 + Send>) -> Answer {
    drop((text, list));
    plain(boxed()).await
}
#[form]
pub async fn changed(mut text: String, mut n: u64, (mut a, b): (u64, u64)) -> Answer {
    text.push('a');
    n += 1;
    a += b;
    look(&text).await?;
    plain(n + a).await
}
#[form]
pub async fn converted(text: impl Into<String> + Send, n: impl Into<u64> + Send) -> Answer {
    let n = n.into();
    look(&text.into()).await?;
    plain(n).await
}
/// The result borrows from what it may change.
#[form]
pub async fn borrows_from_a_mutable_reference(list: &mut Vec<u64>) -> Answer<&mut u64> {
    list.push(plain(1).await?);
    list.last_mut().ok_or(Error::Lost)
}
#[dependency("shapes")]
impl Client {
    #[form]
    pub async fn consumed(self) -> Answer<Self> {
        look(&self.name).await?;
        Ok(self)
    }
    #[form]
    pub async fn changed(mut self, n: u64) -> Answer<String> {
        self.tenant = plain(n).await?;
        Ok(self.name)
    }
    #[form]
    pub async fn lent(&mut self) -> Answer<&mut String> {
        look(&self.name).await?;
        Ok(&mut self.name)
    }
    #[form]
    pub async fn boxed_and_consumed(self: Box<Self>) -> Answer<Self> {
        plain(1).await?;
        Ok(*self)
    }
    #[form]
    pub async fn shared_and_consumed(self: Arc<Self>) -> Answer<Arc<Self>> {
        plain(1).await?;
        Ok(self)
    }
    #[form]
    pub async fn pinned_and_consumed(mut self: Pin<&mut Self>) -> Answer {
        self.tenant += 1;
        plain(self.tenant).await
    }
}
/// A function that calls itself.
#[form]
pub async fn recursive(n: u64) -> Answer {
    if n == 0 { plain(n).await } else { Box::pin(recursive(n - 1)).await }
}
/// A generic that is neither `Sync` nor `Clone`, held across an await.
#[form]
pub async fn held<T: Send + Debug>(value: T) -> Answer<T> {
    plain(1).await?;
    Ok(value)
}
/// A `Cell` is not `Sync`: a block that borrows it would not be `Send`.
#[form]
pub async fn not_sync(value: Cell<u64>) -> Answer {
    plain(value.get()).await?;
    Ok(value.get())
}
#[async_trait]
pub trait Erased: Sized + Sync {
    async fn consumed(self, n: u64) -> Answer<Self>;
    async fn changed(mut self, mut n: u64) -> Answer;
}
#[async_trait]
impl Erased for Client {
    #[form]
    async fn consumed(self, n: u64) -> Answer<Self> {
        plain(n).await?;
        Ok(self)
    }
    #[form]
    async fn changed(mut self, mut n: u64) -> Answer {
        self.tenant += 1;
        n += self.tenant;
        plain(n).await
    }
}

fn asserted(client: &Client) {
    let mut copy = client.clone();
    owned(&consumed(String::new(), vec![1], Box::new(|| 1)));
    owned(&changed(String::new(), 1, (2, 3)));
    owned(&converted("a", 1_u8));
    send(&borrows_from_a_mutable_reference(&mut vec![1]));
    owned(&client.clone().consumed());
    owned(&client.clone().changed(1));
    send(&copy.lent());
    owned(&Box::new(client.clone()).boxed_and_consumed());
    owned(&Arc::new(client.clone()).shared_and_consumed());
    owned(&recursive(2));
    owned(&held(1));
    owned(&not_sync(Cell::new(1)));
    owned(&Erased::changed(client.clone(), 1));
}
