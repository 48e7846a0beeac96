//! Overrides: a file, a variable and an operator change numbers by name, without a new build and without losing state.

use resilient_examples::demo::wire::Wire;
use resilient_examples::program::{begin, switch};
use resilient_examples::service::Mode;
use resilient_runtime::config::{Config, Target};
use resilient_runtime::{dependency, registry, retry, timeout};
use tokio::time::Instant;

/// Three attempts, each of them far too patient, as it turns out.
#[dependency("payments")]
#[retry(read_only)]
#[timeout(total = "30s", attempt = "9s")]
async fn balance(service: &Wire) -> anyhow::Result<String> {
    let answer = service.get("/balance/ann").send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

const FILE: &str = r#"
[call."configuration::balance"]
timeout = { total = "2s", attempt = "200ms" }
retry.backoff_max = "150ms"
"#;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (service, wire) = begin()?;
    println!("the service answers: {}", balance(&wire).await?);
    let before = wire.attempts().len();

    println!("it becomes slow; a file says how long is long enough");
    switch(&service, Mode::Slow).await;
    let variable = |value: &str| {
        let name = "RESILIENT_CALL__CONFIGURATION__BALANCE__RETRY_ATTEMPTS";
        Config::from_vars([(name.to_owned(), value.to_owned())])
    };
    Config::from_toml_str(FILE)?.and(variable("2")?).apply()?;
    let began = Instant::now();
    let error = balance(&wire).await.expect_err("200 ms are too short");
    println!("  after {:?}: {error}", began.elapsed());
    assert!(began.elapsed().as_millis() < 2_000);
    assert_eq!(
        wire.attempts().len() - before,
        2,
        "a variable says how often"
    );

    println!("an operator turns repeating off");
    registry().set(
        &Target::dependency("configuration/payments"),
        "retry.attempts",
        "1",
    )?;
    let before = wire.attempts().len();
    assert!(balance(&wire).await.is_err());
    assert_eq!(wire.attempts().len() - before, 1);

    println!("what holds, and why");
    for call in registry().snapshot().calls {
        println!("  {}: {:?}", call.name, call.settings);
        for number in call.overrides {
            println!("    {number}");
        }
    }

    println!("a mistake changes nothing, and every one is named");
    let wrong = "[call.\"configuration::balance\"]\ntimeout.totl = \"2s\"\nretry.attempts = 50";
    let errors = Config::from_toml_str(wrong)
        .map(|_| ())
        .expect_err("a slip of the pen");
    println!("{errors}");
    Ok(())
}
