//! Idempotency keys.

use std::sync::Mutex;

use resilient_runtime::{IdempotencyKey, idempotency_key, retry};
use resilient_tests::service::{BUSY, Error, Service, fails, ms};

type Seen = Mutex<Vec<Option<String>>>;

fn note(seen: &Seen) {
    let key = idempotency_key().as_ref().map(IdempotencyKey::to_string);
    seen.lock().expect("no test panics in here").push(key);
}

fn taken(seen: &Seen) -> Vec<Option<String>> {
    std::mem::take(&mut *seen.lock().expect("no test panics in here"))
}

#[retry(idempotency_key, jitter(none), budget(none))]
async fn generated(service: &Service, seen: &Seen) -> Result<u32, Error> {
    note(seen);
    let answer = service.call().await;
    note(seen);
    answer
}

#[resilient_runtime::test]
async fn every_attempt_of_one_call_has_the_same_key_and_every_call_another() {
    let seen = Seen::default();
    let service = Service::new([fails(BUSY).after(ms(5))]);
    let _ = generated(&service, &seen).await;
    let first = taken(&seen);
    assert_eq!(
        first.len(),
        6,
        "before and behind an await of three attempts"
    );
    assert!(
        first[0].is_some() && first.iter().all(|key| *key == first[0]),
        "{first:?}"
    );
    let _ = generated(&service, &seen).await;
    let second = taken(&seen);
    assert!(second[0].is_some() && second[0] != first[0]);
}

#[resilient_runtime::test]
async fn two_calls_in_flight_on_one_thread_keep_their_keys_apart() {
    let (one, other) = (Seen::default(), Seen::default());
    let service = Service::new([fails(BUSY).after(ms(5))]);
    let _ = tokio::join!(generated(&service, &one), generated(&service, &other));
    let (one, other) = (taken(&one), taken(&other));
    assert!(one.iter().all(|key| *key == one[0]), "{one:?}");
    assert!(other.iter().all(|key| *key == other[0]), "{other:?}");
    assert_ne!(one[0], other[0]);
}

#[resilient_runtime::test]
async fn a_key_can_be_made_of_the_arguments_and_the_receiver() {
    struct Shop(&'static str);
    impl Shop {
        #[retry(idempotency_key(format!("{}-{order}", self.0)), jitter(none), budget(none))]
        async fn buy(&self, service: &Service, seen: &Seen, order: u32) -> Result<u32, Error> {
            note(seen);
            service.call().await
        }
    }
    let seen = Seen::default();
    let _ = Shop("shop")
        .buy(&Service::new([fails(BUSY)]), &seen, 17)
        .await;
    assert_eq!(taken(&seen), vec![Some("shop-17".to_owned()); 3]);
}

#[resilient_runtime::test]
async fn the_key_is_readable_inside_the_body_only() {
    let seen = Seen::default();
    let service = Service::new([fails(BUSY).after(ms(5))]);
    note(&seen);
    let call = generated(&service, &seen);
    note(&seen);
    let watch = async {
        for _ in 0..50 {
            tokio::time::sleep(ms(7)).await;
            note(&seen);
        }
    };
    let (_, ()) = tokio::join!(call, watch);
    note(&seen);
    let keys = taken(&seen).into_iter().flatten().count();
    assert_eq!(
        keys, 6,
        "before and behind an await of three attempts, and nowhere else"
    );
}
