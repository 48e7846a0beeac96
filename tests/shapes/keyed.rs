// Whose state it is: a field of the client, or one for each key.

impl Client {
    #[form(self.breaker, self.bulkhead)]
    pub async fn field(&self) -> Answer {
        look(&self.name).await
    }
    #[form(self.breaker, self.bulkhead)]
    pub async fn field_and_mutable(&mut self) -> Answer {
        self.tenant += 1;
        look(&self.name).await
    }
    #[form(self.breaker, self.bulkhead)]
    pub async fn field_and_value(self) -> Answer {
        look(&self.name).await
    }
    #[form(self.breaker, self.bulkhead)]
    pub async fn field_and_shared(self: Arc<Self>, n: u64) -> Answer {
        look(&self.name).await?;
        plain(n).await
    }
    #[form(self.breaker, self.bulkhead, self.tenant)]
    pub async fn field_and_key(&self) -> Answer {
        look(&self.name).await
    }
    #[form(STEADY, NARROW, (self.tenant, region))]
    pub async fn key_of_several(&self, region: &str) -> Answer {
        look(&self.name).await
    }
    #[form(STEADY, NARROW, self.name)]
    pub async fn key_of_self(&mut self) -> Answer {
        self.tenant += 1;
        look(&self.name).await
    }
}
#[form(STEADY, NARROW, tenant)]
pub async fn key(tenant: u64, text: &str) -> Answer {
    look(text).await
}
#[form(STEADY, NARROW, text)]
pub async fn key_that_is_used(text: String) -> Answer {
    look(&text).await
}
#[form(STEADY, NARROW, text.len() % 7)]
pub async fn computed_key(text: &str) -> Answer {
    look(text).await
}
#[form(STEADY, NARROW, tenant)]
pub async fn part_of_a_pattern((tenant, text): (u64, String), (n, _): (u64, u64)) -> Answer {
    look(&text).await?;
    plain(n).await
}
#[form(STEADY, NARROW, value)]
pub async fn generic_key<K: Hash + Send + Sync>(value: &K) -> Answer {
    plain(1).await
}
#[async_trait]
pub trait Erased: Sync {
    async fn field(&self, n: u64) -> Answer;
    async fn key(&self, region: &str) -> Answer;
    async fn both(&mut self, region: &str) -> Answer;
}
#[async_trait]
impl Erased for Client {
    #[form(self.breaker, self.bulkhead)]
    async fn field(&self, n: u64) -> Answer {
        look(&self.name).await?;
        plain(n).await
    }
    #[form(STEADY, NARROW, region)]
    async fn key(&self, region: &str) -> Answer {
        look(&self.name).await
    }
    #[form(self.breaker, self.bulkhead, (self.tenant, region))]
    async fn both(&mut self, region: &str) -> Answer {
        self.tenant += 1;
        look(&self.name).await
    }
}
macro_rules! made {
    ($name:ident, $key:ident) => {
        impl Client {
            #[form(self.breaker, self.bulkhead, self.tenant + $key)]
            pub async fn $name(&self, $key: u64) -> Answer {
                plain($key).await
            }
        }
    };
}
made!(made_by_a_macro, region);

fn asserted(client: &Client) {
    let mut copy = client.clone();
    send(&client.field());
    send(&copy.field_and_mutable());
    owned(&client.clone().field_and_value());
    owned(&Arc::new(client.clone()).field_and_shared(1));
    send(&client.key_of_several("a"));
    owned(&key(1, "a"));
    owned(&part_of_a_pattern((1, String::new()), (1, 2)));
    owned(&generic_key(&1));
    send(&Erased::field(client, 1));
}
