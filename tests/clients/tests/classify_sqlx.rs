//! The classifier of sqlx, held against a pool without a database and a PostgreSQL that breaks off.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use resilient_runtime::failure::acquiring;
use resilient_runtime::{Classify, Failure};
use resilient_tests::fault_server::refusing;
use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode};
use sqlx::{Error, Executor};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// An answer with this code and nothing else.
#[derive(Debug)]
struct Answer(&'static str);

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl StdError for Answer {}

impl DatabaseError for Answer {
    fn message(&self) -> &str {
        self.0
    }
    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.0.into())
    }
    fn as_error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        self
    }
    fn as_error_mut(&mut self) -> &mut (dyn StdError + Send + Sync + 'static) {
        self
    }
    fn into_error(self: Box<Self>) -> Box<dyn StdError + Send + Sync + 'static> {
        self
    }
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

#[test]
fn an_answer_of_the_database_is_read_by_its_code() {
    let (transient, overloaded) = (Failure::transient(None), Failure::overloaded(None));
    for (codes, class) in [
        (
            &[
                "40001", "40P01", "40000", "55P03", "55006", "57014", "57P03", "25006", "08001",
                "08004",
            ][..],
            transient,
        ),
        (&["53300", "53200", "53100", "53000"], overloaded),
        (
            &[
                "23505", "23503", "40002", "22001", "42601", "42P01", "28P01", "3D000", "0A000",
                "P0001", "45000",
            ],
            Failure::Permanent,
        ),
        (
            &[
                "40003",
                "08007",
                "08006",
                "08003",
                "57P01",
                "57P02",
                "XX000",
                "58030",
                "HY000",
                "70100",
                "00000",
                "\u{e9}\u{e9}1",
            ],
            Failure::Unknown,
        ),
        // SQLite: BUSY and BUSY_SNAPSHOT, LOCKED and LOCKED_SHAREDCACHE.
        (&["5", "517", "6", "262"], transient),
        // ERROR, CONSTRAINT_UNIQUE, CONSTRAINT_PRIMARYKEY, READONLY.
        (&["1", "2067", "1555", "8"], Failure::Permanent),
        // IOERR_FSYNC, FULL, no number at all.
        (&["1034", "13", "odd", ""], Failure::Unknown),
    ] {
        for code in codes {
            let error = Error::from(Answer(code));
            assert_eq!(error.failure(), class, "{code}");
            assert_eq!(acquiring(&error), class, "{code}");
        }
    }
}

#[test]
fn what_sqlx_says_itself_is_not_sent_only_before_a_statement() {
    let boxed = || "as it was".into();
    for (error, class) in [
        (Error::PoolTimedOut, Failure::NotSent),
        (Error::Tls(boxed()), Failure::NotSent),
        (Error::PoolClosed, Failure::Permanent),
        (Error::Configuration(boxed()), Failure::Permanent),
        (Error::InvalidArgument("port".into()), Failure::Permanent),
        (Error::Encode(boxed()), Failure::Permanent),
        (Error::RowNotFound, Failure::Permanent),
        (Error::Decode(boxed()), Failure::Unknown),
        (Error::ColumnNotFound("paid".into()), Failure::Unknown),
        (Error::Protocol("?".into()), Failure::Unknown),
        (Error::WorkerCrashed, Failure::Unknown),
        (Error::BeginFailed, Failure::Unknown),
    ] {
        assert_eq!(
            (error.failure(), acquiring(&error)),
            (class, class),
            "{error:?}"
        );
        assert_eq!(anyhow::Error::new(error).failure(), class);
    }
}

#[test]
fn an_io_error_is_a_proof_only_for_who_was_connecting() {
    for (kind, class) in [
        (io::ErrorKind::ConnectionRefused, Failure::NotSent),
        (io::ErrorKind::ConnectionReset, Failure::Unknown),
        (io::ErrorKind::UnexpectedEof, Failure::Unknown),
        (io::ErrorKind::TimedOut, Failure::Unknown),
    ] {
        let error = Error::Io(kind.into());
        assert_eq!(
            (error.failure(), acquiring(&error)),
            (class, Failure::NotSent),
            "{kind:?}"
        );
    }
}

/// Lets everybody in, and answers the first statement with this error, or not at all: then it hangs up.
async fn postgres(code: Option<&'static str>) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let length = socket.read_i32().await.unwrap();
        skip(&mut socket, length).await;
        message(&mut socket, b'R', &[0; 4]).await;
        message(&mut socket, b'Z', b"I").await;
        while let Ok(tag) = socket.read_u8().await {
            let length = socket.read_i32().await.unwrap();
            skip(&mut socket, length).await;
            let Some(code) = code else { return };
            if tag == b'Q' {
                let error = format!("SERROR\0VERROR\0C{code}\0Mno\0\0");
                message(&mut socket, b'E', error.as_bytes()).await;
                message(&mut socket, b'Z', b"I").await;
            }
        }
    });
    address
}

/// The length of a message counts itself.
async fn skip(socket: &mut TcpStream, length: i32) {
    let mut rest = vec![0; usize::try_from(length - 4).unwrap()];
    socket.read_exact(&mut rest).await.unwrap();
}

async fn message(socket: &mut TcpStream, tag: u8, body: &[u8]) {
    let length = i32::try_from(body.len() + 4).unwrap();
    let bytes = [&[tag][..], &length.to_be_bytes(), body].concat();
    socket.write_all(&bytes).await.unwrap();
}

fn pool(address: SocketAddr) -> PgPool {
    let options = PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(address.port())
        .username("shop")
        .ssl_mode(PgSslMode::Disable);
    PgPoolOptions::new()
        .acquire_timeout(Duration::from_millis(500))
        .test_before_acquire(false)
        .max_connections(1)
        .connect_lazy_with(options)
}

#[tokio::test]
async fn a_database_that_refuses_was_not_asked() {
    let error = pool(refusing().await.unwrap()).acquire().await.unwrap_err();
    assert_eq!(error.failure(), Failure::NotSent, "{error:?}");
    let closed = pool(refusing().await.unwrap());
    closed.close().await;
    let error = closed.acquire().await.unwrap_err();
    assert_eq!(error.failure(), Failure::Permanent, "{error:?}");
}

#[tokio::test]
async fn a_commit_without_an_answer_is_unknown() {
    let pool = pool(postgres(None).await);
    let mut connection = pool.acquire().await.unwrap();
    let error = connection
        .execute(sqlx::raw_sql("COMMIT"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Io(_)), "{error:?}");
    assert_eq!(error.failure(), Failure::Unknown);
    // Why `acquiring` must not be used around a statement.
    assert_eq!(acquiring(&error), Failure::NotSent);
}

#[tokio::test]
async fn a_commit_that_the_database_refused_was_not_carried_out() {
    for (code, class) in [
        ("40001", Failure::transient(None)),
        ("23505", Failure::Permanent),
        ("57P01", Failure::Unknown),
    ] {
        let pool = pool(postgres(Some(code)).await);
        let mut connection = pool.acquire().await.unwrap();
        let error = connection
            .execute(sqlx::raw_sql("COMMIT"))
            .await
            .unwrap_err();
        assert_eq!(error.failure(), class, "{error:?}");
    }
}
