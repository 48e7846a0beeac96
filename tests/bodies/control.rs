//! Control flow around and inside of awaits.

use std::convert::Infallible;

use resilient_runtime::idempotent;

use super::{Lost, look, plain, put};
use crate::form;

#[form]
#[idempotent]
pub async fn question_mark() -> Result<u64, Lost> {
    let n = put(1).await?;
    let m = put(n).await?;
    Ok(m)
}

#[form]
#[idempotent]
pub async fn early_return(n: u64) -> Result<u64, Lost> {
    if n == 0 {
        return put(0).await;
    }
    put(n).await
}

#[form]
#[idempotent]
pub async fn if_let(n: u64) -> Result<u64, Lost> {
    if let Ok(m) = put(n).await {
        put(m).await?;
    }
    Ok(n)
}

#[form]
#[idempotent]
pub async fn if_in_the_condition(n: u64) -> Result<bool, Lost> {
    if put(n).await? > 3 && look("abc").await? == 3 {
        Ok(true)
    } else {
        Ok(false)
    }
}

#[form]
#[idempotent]
pub async fn let_else(n: u64) -> Result<u64, Lost> {
    let Ok(m) = put(n).await else {
        return Err(Lost);
    };
    Ok(m)
}

#[form]
#[idempotent]
pub async fn matched(n: u64) -> Result<&'static str, Lost> {
    match put(n).await? {
        0 => Ok("none"),
        m if put(m).await? > 2 => Ok("many"),
        _ => Ok("some"),
    }
}

#[form]
#[idempotent]
pub async fn while_condition() -> Result<u64, Lost> {
    let mut n = 0;
    while put(n).await? < 3 {
        n += 1;
    }
    Ok(n)
}

#[form]
#[idempotent]
pub async fn while_let_condition() -> Result<u64, Lost> {
    let mut left = vec![1, 2, 3];
    let mut sum = 0;
    while let Some(n) = left.pop() {
        sum += put(n).await?;
    }
    Ok(sum)
}

#[form]
#[idempotent]
pub async fn labelled_loops() -> Result<u64, Lost> {
    let mut sum = 0;
    'outer: for n in 0..3 {
        for m in 0..3 {
            if put(m).await? > n {
                continue 'outer;
            }
            if sum > 100 {
                break 'outer;
            }
            sum += m;
        }
    }
    Ok(sum)
}

#[form]
#[idempotent]
pub async fn loop_with_a_value() -> Result<u64, Lost> {
    let mut n = 0;
    let found = loop {
        n = put(n + 1).await?;
        if n > 2 {
            break n;
        }
    };
    Ok(found)
}

#[form]
#[idempotent]
pub async fn labelled_block(n: u64) -> Result<u64, Lost> {
    let found = 'search: {
        if put(n).await? == 0 {
            break 'search 1;
        }
        put(2).await?
    };
    Ok(found)
}

#[form]
#[idempotent]
pub async fn return_inside_an_argument(n: Option<u64>) -> Result<u64, Lost> {
    put(match n {
        Some(n) => n,
        None => return Err(Lost),
    })
    .await
}

#[form]
#[idempotent]
pub async fn break_inside_an_argument() -> Result<u64, Lost> {
    let mut sum = 0;
    for n in [Some(1), None, Some(2)] {
        sum += put(match n {
            Some(n) => n,
            None => break,
        })
        .await?;
    }
    Ok(sum)
}

#[form]
#[idempotent]
pub async fn await_in_an_argument_of_an_await() -> Result<u64, Lost> {
    put(put(put(plain(1).await).await?).await?).await
}

#[form]
#[idempotent]
pub async fn await_in_an_index(list: &[u64; 4]) -> Result<u64, Lost> {
    Ok(list[usize::from(put(1).await? == 1)])
}

#[form]
#[idempotent]
pub async fn await_in_a_struct_a_tuple_and_an_array() -> Result<(u64, [u64; 2], Option<u64>), Lost>
{
    Ok((
        put(1).await?,
        [put(2).await?, put(3).await?],
        Some(put(4).await?),
    ))
}

#[form]
#[idempotent]
pub async fn await_in_a_range_and_a_cast() -> Result<u64, Lost> {
    let mut sum = 0;
    for n in put(0).await?..put(3).await? {
        sum += n;
    }
    Ok(sum)
}

#[form]
#[idempotent]
pub async fn assignment() -> Result<u64, Lost> {
    let mut n = 1;
    n += put(2).await?;
    n = put(n).await?;
    Ok(n)
}

#[form]
#[idempotent]
pub async fn never_ends(n: u64) -> Result<Infallible, Lost> {
    loop {
        put(n).await?;
    }
}

#[form]
#[idempotent]
pub async fn diverges(n: u64) -> Result<u64, Lost> {
    if put(n).await? < 1000 {
        return Err(Lost);
    }
    panic!("{n} is too much")
}

#[form]
#[idempotent]
pub async fn empty_result() -> Result<(), Lost> {
    Ok(())
}

#[form]
#[idempotent]
pub async fn no_await(n: u64) -> Result<u64, Lost> {
    if n > 3 {
        return Err(Lost);
    }
    Ok(n * 2)
}

#[form]
#[idempotent]
pub async fn statement_without_a_value(n: u64) -> Result<(), Lost> {
    put(n).await?;
    put(n).await.map(|_| ())
}

#[form]
#[idempotent]
pub async fn discarded() -> Result<(), Lost> {
    let _ = put(1).await;
    drop(put(2).await);
    Ok(())
}

#[form]
#[idempotent]
pub async fn twenty_nested() -> Result<u64, Lost> {
    Ok(plain(
        plain(
            plain(
                plain(
                    plain(
                        plain(
                            plain(
                                plain(
                                    plain(
                                        plain(
                                            plain(
                                                plain(
                                                    plain(
                                                        plain(
                                                            plain(
                                                                plain(
                                                                    plain(
                                                                        plain(
                                                                            plain(plain(1).await)
                                                                                .await,
                                                                        )
                                                                        .await,
                                                                    )
                                                                    .await,
                                                                )
                                                                .await,
                                                            )
                                                            .await,
                                                        )
                                                        .await,
                                                    )
                                                    .await,
                                                )
                                                .await,
                                            )
                                            .await,
                                        )
                                        .await,
                                    )
                                    .await,
                                )
                                .await,
                            )
                            .await,
                        )
                        .await,
                    )
                    .await,
                )
                .await,
            )
            .await,
        )
        .await,
    )
    .await)
}
