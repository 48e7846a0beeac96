//! The rows: what goes wrong, what may be concluded from the error, how many requests the server has read.

use std::time::Duration;

use reqwest::ClientBuilder;
use reqwest::redirect::Policy;
use resilient_runtime::Failure;
use resilient_tests::fault_server::{
    CANCEL, ENHANCE_YOUR_CALM, End, Fault, Http2, INTERNAL_ERROR, NO_ERROR, REFUSED_STREAM,
};

/// Long enough for a loaded machine to get an answer across the loopback, short enough to wait for.
pub(crate) const LIMIT: Duration = Duration::from_millis(300);

/// One row of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) fault: Fault,
    /// How the client is set up.
    pub(crate) client: fn(ClientBuilder) -> ClientBuilder,
    /// What may be concluded: one class, or two where a race decides.
    pub(crate) class: &'static [Failure],
    /// Requests that the server has read in full, the hidden repeats of reqwest included.
    pub(crate) seen: usize,
}

fn row(name: &'static str, fault: Fault, class: &'static [Failure], seen: usize) -> Row {
    Row {
        name,
        fault,
        client: plain,
        class,
        seen,
    }
}

impl Row {
    fn client(mut self, client: fn(ClientBuilder) -> ClientBuilder) -> Self {
        self.client = client;
        self
    }
}

pub(crate) fn plain(client: ClientBuilder) -> ClientBuilder {
    client
}

pub(crate) fn total(client: ClientBuilder) -> ClientBuilder {
    client.timeout(LIMIT)
}

pub(crate) fn per_read(client: ClientBuilder) -> ClientBuilder {
    client.read_timeout(LIMIT)
}

fn http2(client: ClientBuilder) -> ClientBuilder {
    client.http2_prior_knowledge()
}

const NOT_SENT: &[Failure] = &[Failure::NotSent];
const UNKNOWN: &[Failure] = &[Failure::Unknown];
/// Who is first, the end of the connection or the request, is a race; nobody reads the request.
const EITHER: &[Failure] = &[Failure::NotSent, Failure::Unknown];

const HALF_A_HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Le";
const HALF_A_BODY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"paid\":";
const NOT_JSON: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid";
const GARBAGE: &str = "SSH-2.0-OpenSSH\r\n\r\n";

#[rustfmt::skip] // one row, one line
pub(crate) fn http1_table() -> Vec<Row> {
    let answers = Fault::answers;
    let again = Fault::status(307, &["Location: /again"]);
    vec![
        row("RST right after accept", Fault::OnAccept(End::Rst), EITHER, 0),
        row("FIN right after accept", Fault::OnAccept(End::Fin), EITHER, 0),
        row("RST after the request", answers("", End::Rst), UNKNOWN, 1),
        row("FIN after the request", answers("", End::Fin), UNKNOWN, 1),
        row("RST in the head", answers(HALF_A_HEAD, End::Rst), UNKNOWN, 1),
        row("FIN in the head", answers(HALF_A_HEAD, End::Fin), UNKNOWN, 1),
        row("RST in the body", answers(HALF_A_BODY, End::Rst), UNKNOWN, 1),
        row("FIN in the body", answers(HALF_A_BODY, End::Fin), UNKNOWN, 1),
        row("silence, whole limit", answers("", End::Silence), UNKNOWN, 1).client(total),
        row("silence, limit per read", answers("", End::Silence), UNKNOWN, 1).client(per_read),
        row("body stalls, whole limit", answers(HALF_A_BODY, End::Silence), UNKNOWN, 1).client(total),
        row("body stalls, limit per read", answers(HALF_A_BODY, End::Silence), UNKNOWN, 1).client(per_read),
        row("garbage", answers(GARBAGE, End::Fin), UNKNOWN, 1),
        row("a body that is not what was expected", answers(NOT_JSON, End::KeepAlive), UNKNOWN, 1),
        row("redirects without end", again, UNKNOWN, 3).client(|client| client.redirect(Policy::limited(2))),
    ]
}

#[rustfmt::skip] // one row, one line
pub(crate) fn http2_table() -> Vec<Row> {
    let reset = |code| Fault::Http2(Http2::ResetStream { code, after_head: false });
    let late = Fault::Http2(Http2::ResetStream { code: REFUSED_STREAM, after_head: true });
    let go_away = |code, last_stream| Fault::Http2(Http2::GoAway { code, last_stream });
    let row = |name, fault, class, seen| row(name, fault, class, seen).client(http2);
    vec![
        row("REFUSED_STREAM", reset(REFUSED_STREAM), NOT_SENT, 3),
        row("REFUSED_STREAM without hidden repeats", reset(REFUSED_STREAM), NOT_SENT, 1)
            .client(|client| http2(client).retry(reqwest::retry::never())),
        row("REFUSED_STREAM after the answer had begun", late, UNKNOWN, 1),
        row("INTERNAL_ERROR", reset(INTERNAL_ERROR), UNKNOWN, 1),
        row("CANCEL", reset(CANCEL), UNKNOWN, 1),
        row("ENHANCE_YOUR_CALM", reset(ENHANCE_YOUR_CALM), UNKNOWN, 1),
        row("GOAWAY that excludes the stream", go_away(NO_ERROR, 0), NOT_SENT, 3),
        row("GOAWAY that includes the stream", go_away(NO_ERROR, 1), UNKNOWN, 1),
        row("GOAWAY with an error", go_away(ENHANCE_YOUR_CALM, 0), UNKNOWN, 1),
    ]
}

/// Whether the server, by the rules of HTTP/2, says of every request it has read that it left it alone.
pub(crate) fn leaves_the_request_alone(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Http2(
            Http2::ResetStream {
                code: REFUSED_STREAM,
                after_head: false
            } | Http2::GoAway {
                code: NO_ERROR,
                last_stream: 0
            }
        )
    )
}
