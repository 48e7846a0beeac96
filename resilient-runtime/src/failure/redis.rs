//! `redis` 1: what an error of a command means.
//!
//! The library's `retry_method` says how to *reconnect*, not whether it is safe to repeat, so it is not asked. Refuses to read
//! one answer of a pipeline as the answer for all its commands.

use std::error::Error as _;

use ::redis::{ErrorKind, RedisError, ServerError, ServerErrorKind};

use super::{Classify, Failure};

/// The order of the rows is the order of the questions.
///
/// | error | class |
/// |---|---|
/// | `is_connection_refusal` | `NotSent` |
/// | no server found by the sentinels | `NotSent` |
/// | any other io error, `is_timeout`, a driver that ended | `Unknown` |
/// | `InvalidClientConfig`, `EmptySentinelList`, `AuthenticationFailed`, `RESP3NotSupported` | `Permanent` |
/// | a pipeline in which a command failed: the others were carried out | `Unknown` |
/// | by the server: `LOADING`, `TRYAGAIN`, `MASTERDOWN`, `CLUSTERDOWN`, `MOVED`, `ASK`, `READONLY`, `BUSY`, `NOREPLICAS`, `MISCONF` | `Transient` |
/// | by the server: `OOM`, `ERR max number of clients reached` | `Overloaded` |
/// | by the server: `ERR`, `EXECABORT`, `NOSCRIPT`, `CROSSSLOT`, `NOPERM`, `NOAUTH`, `WRONGPASS`, `WRONGTYPE`, `BUSYGROUP`, `BUSYKEY`, `NOTBUSY`, `NOSUB` | `Permanent` |
/// | by the server: any other code, of modules and scripts | `Unknown` |
/// | the answer does not parse or has another type: carried out, result lost | `Unknown` |
/// | `Client`: some are refused before, some come after | `Unknown` |
///
/// A script can answer any code after it wrote: give calls of such scripts a classifier of their own.
///
/// A cluster's client sends again by itself and shows the last error alone: "connection refused" may follow a command that was
/// carried out. For writes build it with `.retries(0)`.
impl Classify for RedisError {
    fn failure(&self) -> Failure {
        if self.is_connection_refusal() {
            return Failure::NotSent;
        }
        match self.kind() {
            ErrorKind::MasterNameNotFoundBySentinel | ErrorKind::NoValidReplicasFoundBySentinel => {
                Failure::NotSent
            }
            ErrorKind::InvalidClientConfig
            | ErrorKind::EmptySentinelList
            | ErrorKind::AuthenticationFailed
            | ErrorKind::RESP3NotSupported
            // Nothing of a transaction that was discarded is carried out.
            | ErrorKind::Server(ServerErrorKind::ExecAbort) => Failure::Permanent,
            ErrorKind::Server(_) | ErrorKind::Extension => answered(self),
            _ => Failure::Unknown,
        }
    }
}

/// Only the error of a single command has the answer as its source; that of a pipeline has none.
fn answered(error: &RedisError) -> Failure {
    error
        .source()
        .and_then(|source| source.downcast_ref::<ServerError>())
        .map_or(Failure::Unknown, by_code)
}

fn by_code(answer: &ServerError) -> Failure {
    match answer.code() {
        "LOADING" | "TRYAGAIN" | "MASTERDOWN" | "CLUSTERDOWN" | "MOVED" | "ASK" | "READONLY"
        | "BUSY" | "NOREPLICAS" | "MISCONF" => Failure::transient(None),
        "OOM" => Failure::overloaded(None),
        "ERR" if answer.details() == Some("max number of clients reached") => {
            Failure::overloaded(None)
        }
        "ERR" | "EXECABORT" | "NOSCRIPT" | "CROSSSLOT" | "NOPERM" | "NOAUTH" | "WRONGPASS"
        | "WRONGTYPE" | "BUSYGROUP" | "BUSYKEY" | "NOTBUSY" | "NOSUB" => Failure::Permanent,
        _ => Failure::Unknown,
    }
}
