//! The classifier of redis, held against answers of a server's own words and connections that break.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::net::{Ipv4Addr, SocketAddr};

use redis::{Client, ErrorKind, RedisError, parse_redis_value};
use resilient_runtime::{Classify, Failure};
use resilient_tests::fault_server::refusing;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What a client makes of this answer to a single command.
fn said(line: &str) -> RedisError {
    let answer = parse_redis_value(format!("-{line}\r\n").as_bytes()).unwrap();
    answer.extract_error().unwrap_err()
}

/// What a server says when it does not do it, and what that means.
const ANSWERS: &[(Failure, &[&str])] = &[
    (
        Failure::transient(None),
        &[
            "LOADING Redis is loading the dataset in memory",
            "TRYAGAIN Multiple keys request during rehashing of slot",
            "MASTERDOWN Link with MASTER is down",
            "CLUSTERDOWN The cluster is down",
            "MOVED 3999 127.0.0.1:6381",
            "ASK 3999 127.0.0.1:6381",
            "READONLY You can't write against a read only replica.",
            "BUSY Redis is busy running a script.",
            "NOREPLICAS Not enough good replicas to write.",
            "MISCONF Errors writing to the AOF file",
        ],
    ),
    (
        Failure::overloaded(None),
        &[
            "OOM command not allowed when used memory > 'maxmemory'.",
            "ERR max number of clients reached",
        ],
    ),
    (
        Failure::Permanent,
        &[
            "ERR syntax error",
            "EXECABORT Transaction discarded because of previous errors.",
            "NOSCRIPT No matching script.",
            "CROSSSLOT Keys in request don't hash to the same slot",
            "NOPERM this user has no permissions",
            "NOAUTH Authentication required.",
            "WRONGTYPE Operation against a key holding the wrong kind of value",
        ],
    ),
    (Failure::Unknown, &["SHOP a module's own code"]),
];

#[test]
fn an_answer_is_read_by_its_code() {
    for (class, lines) in ANSWERS {
        for line in *lines {
            let error = said(line);
            assert_eq!(error.failure(), *class, "{line}");
            assert_eq!(anyhow::Error::new(error).failure(), *class, "{line}");
        }
    }
}

#[test]
fn what_the_client_says_itself_is_not_sent_only_where_it_looked_for_a_server() {
    for (kind, class) in [
        (ErrorKind::MasterNameNotFoundBySentinel, Failure::NotSent),
        (ErrorKind::NoValidReplicasFoundBySentinel, Failure::NotSent),
        (ErrorKind::InvalidClientConfig, Failure::Permanent),
        (ErrorKind::AuthenticationFailed, Failure::Permanent),
        (ErrorKind::EmptySentinelList, Failure::Permanent),
        (ErrorKind::RESP3NotSupported, Failure::Permanent),
        (ErrorKind::Io, Failure::Unknown),
        (ErrorKind::Client, Failure::Unknown),
        (ErrorKind::Parse, Failure::Unknown),
        (ErrorKind::UnexpectedReturnType, Failure::Unknown),
        (ErrorKind::ClusterConnectionNotFound, Failure::Unknown),
    ] {
        let error = RedisError::from((kind, "said by the client"));
        assert_eq!(error.failure(), class, "{kind:?}");
    }
    for kind in [
        std::io::ErrorKind::TimedOut,
        std::io::ErrorKind::ConnectionReset,
        std::io::ErrorKind::BrokenPipe,
    ] {
        let error = RedisError::from(std::io::Error::from(kind));
        assert_eq!(error.failure(), Failure::Unknown, "{kind:?}");
    }
}

/// Says OK to what a client says first, then these lines, one for each command; `None` closes.
async fn server(script: Vec<Option<&'static str>>) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut script = script.into_iter();
        let mut bytes = vec![0; 4096];
        while let Ok(read @ 1..) = socket.read(&mut bytes).await {
            let text = String::from_utf8_lossy(&bytes[..read]).into_owned();
            for command in text.split('*').skip(1) {
                let line = if command.contains("CLIENT") {
                    Some("+OK")
                } else {
                    script.next().unwrap()
                };
                let Some(line) = line else { return };
                let line = format!("{line}\r\n");
                socket.write_all(line.as_bytes()).await.unwrap();
            }
        }
    });
    address
}

async fn connected(address: SocketAddr) -> Result<redis::aio::MultiplexedConnection, RedisError> {
    let client = Client::open(format!("redis://{address}")).unwrap();
    client.get_multiplexed_async_connection().await
}

#[tokio::test]
async fn a_server_that_refuses_was_not_asked_and_one_that_hangs_up_may_have_done_it() {
    let error = connected(refusing().await.unwrap()).await.err().unwrap();
    assert_eq!(error.failure(), Failure::NotSent, "{error}");
    let mut connection = connected(server(vec![None]).await).await.unwrap();
    let mut incr = redis::cmd("INCR");
    let lost = incr.arg("paid").query_async::<i64>(&mut connection).await;
    let error = lost.unwrap_err();
    assert_eq!(error.failure(), Failure::Unknown, "{error}");
}

#[tokio::test]
async fn one_refusal_in_a_pipeline_does_not_speak_for_the_others() {
    let refused = Some("-LOADING Redis is loading the dataset in memory");
    let address = server(vec![refused, Some(":1")]).await;
    let mut connection = connected(address).await.unwrap();
    let mut both = redis::pipe();
    both.cmd("INCR").arg("paid").cmd("INCR").arg("sent");
    let answer = both.query_async::<(i64, i64)>(&mut connection).await;
    let error = answer.unwrap_err();
    assert_eq!(error.failure(), Failure::Unknown, "{error}");
}
