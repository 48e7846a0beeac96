//! `sqlx` 0.9: what an error of a statement, a commit or a pool means.
//!
//! "Not sent" is claimed for what cannot happen after a statement began. A lost connection is unknown: the same error comes
//! before a statement was read and after a `COMMIT` was carried out. A function that only connects knows more, see [`acquiring`].

use ::sqlx::Error;
use ::sqlx::error::DatabaseError;

use super::{Classify, Failure};

/// The order of the rows is the order of the questions.
///
/// | error | class |
/// |---|---|
/// | `PoolTimedOut`: no connection became free, or none could be opened | `NotSent` |
/// | `Tls`, which only connecting gives | `NotSent` |
/// | `Io` with `ConnectionRefused` or `AddrNotAvailable` | `NotSent` |
/// | any other `Io`, also during `COMMIT`; `WorkerCrashed`; `Protocol`; `BeginFailed` | `Unknown` |
/// | `Configuration`, `InvalidArgument`, `Encode`, `PoolClosed`, `InvalidSavePointStatement`: refused locally | `Permanent` |
/// | `RowNotFound`: an answer | `Permanent` |
/// | `Decode`, `ColumnDecode`, `ColumnNotFound`, `TypeNotFound`, ..: carried out, result lost | `Unknown` |
/// | `Database`, by the code: | |
/// | `40003`, `08007`, `08006`, `57P01`, `57P02`, other classes: the outcome is not said | `Unknown` |
/// | `40001`, `40P01`, other class `40`: rolled back; `55P03`, `55006`: locked; `57014`: cancelled by a limit | `Transient` |
/// | `25006`: read-only, as after a failover; `57P03`, `08001`, `08004`: no session | `Transient` |
/// | class `53`: `53300` too many connections, memory, disk | `Overloaded` |
/// | `40002`, classes `0A`, `21`, `22`, `23`, `26`, `28`, `2F`, `3D`, `3F`, `42`, `44`, `45`, `P0` | `Permanent` |
/// | SQLite: `BUSY`, `LOCKED` | `Transient` |
/// | SQLite: `ERROR`, `READONLY`, `TOOBIG`, `CONSTRAINT`, `MISMATCH`, `AUTH`, `RANGE` | `Permanent` |
///
/// Codes of five characters are SQLSTATE (PostgreSQL, MySQL), shorter ones SQLite's. The server's own word never makes
/// `NotSent`: functions, triggers and foreign tables can raise any code. All rows speak of the statement that failed;
/// what an earlier statement did outside of the transaction remains done. MySQL's tables without transactions keep
/// the rows that came before the error.
impl Classify for Error {
    fn failure(&self) -> Failure {
        match self {
            Self::PoolTimedOut | Self::Tls(_) => Failure::NotSent,
            Self::Io(error) => error.failure(),
            Self::Configuration(_)
            | Self::InvalidArgument(_)
            | Self::Encode(_)
            | Self::PoolClosed
            | Self::InvalidSavePointStatement
            | Self::RowNotFound => Failure::Permanent,
            Self::Database(answer) => answered(&**answer),
            _ => Failure::Unknown,
        }
    }
}

/// For functions that do nothing but get a connection, as `classify(resilient_runtime::failure::acquiring)`: no statement can
/// have left, so every `Io` error is `NotSent` as well. Everything else is as [`Classify`] says.
///
/// Around a statement it is wrong: it would call a lost `COMMIT` "not sent".
#[must_use]
pub fn acquiring(error: &Error) -> Failure {
    match error {
        Error::Io(_) => Failure::NotSent,
        other => other.failure(),
    }
}

fn answered(answer: &(dyn DatabaseError + 'static)) -> Failure {
    match answer.code() {
        Some(state) if state.len() == 5 => by_state(&state),
        Some(code) => code.parse().map_or(Failure::Unknown, by_sqlite),
        None => Failure::Unknown,
    }
}

/// PostgreSQL, appendix A; MySQL maps its own numbers to the same classes.
fn by_state(state: &str) -> Failure {
    match state {
        // "Statement completion unknown" is of the class of rollbacks, and is none.
        "40003" => Failure::Unknown,
        "40002" => Failure::Permanent,
        "55P03" | "55006" | "57014" | "57P03" | "25006" | "08001" | "08004" => {
            Failure::transient(None)
        }
        _ => match state.get(..2) {
            Some("40") => Failure::transient(None),
            Some("53") => Failure::overloaded(None),
            Some(
                "0A" | "21" | "22" | "23" | "26" | "28" | "2F" | "3D" | "3F" | "42" | "44" | "45"
                | "P0",
            ) => Failure::Permanent,
            _ => Failure::Unknown,
        },
    }
}

/// SQLite's result codes; the low byte of an extended one is the primary one.
fn by_sqlite(code: u32) -> Failure {
    match code & 0xff {
        // BUSY, LOCKED
        5 | 6 => Failure::transient(None),
        // ERROR, READONLY, TOOBIG, CONSTRAINT, MISMATCH, AUTH, RANGE
        1 | 8 | 18 | 19 | 20 | 23 | 25 => Failure::Permanent,
        _ => Failure::Unknown,
    }
}
