//! HTTP/2 by hand: a connection with prior knowledge goes in, each of its requests gets the one fault.
//!
//! Written frame by frame because a well-behaved server library cannot say "this stream is above my last one".

use std::collections::HashMap;
use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{End, Http2, Seen, end};

const PREFACE: usize = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".len();

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// `:status 200` in HPACK's static table.
const STATUS_200: u8 = 0x88;

/// Answers until the client hangs up.
pub(super) async fn serve(mut connection: TcpStream, what: Http2, seen: &Seen) -> io::Result<()> {
    connection.read_exact(&mut [0; PREFACE]).await?;
    connection.write_all(&frame(SETTINGS, 0, 0, &[])).await?;
    let mut bodies = HashMap::<u32, Vec<u8>>::new();
    loop {
        let mut head = [0; 9];
        connection.read_exact(&mut head).await?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let (kind, flags) = (head[3], head[4]);
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        let mut payload = Vec::new();
        let mut reading = (&mut connection).take(length.into());
        reading.read_to_end(&mut payload).await?;
        if kind == DATA {
            // Unpadded, as reqwest sends it.
            bodies.entry(stream).or_default().extend(payload);
        }
        if kind == SETTINGS && flags & ACK == 0 {
            connection.write_all(&frame(SETTINGS, ACK, 0, &[])).await?;
        }
        if (kind == HEADERS || kind == DATA) && flags & END_STREAM != 0 {
            seen.bodies()
                .push(bodies.remove(&stream).unwrap_or_default());
            match what {
                Http2::ResetStream { code, after_head } => {
                    if after_head {
                        connection
                            .write_all(&frame(HEADERS, END_HEADERS, stream, &[STATUS_200]))
                            .await?;
                    }
                    connection
                        .write_all(&frame(RST_STREAM, 0, stream, &code.to_be_bytes()))
                        .await?;
                }
                Http2::GoAway { code, last_stream } => {
                    let payload = [last_stream.to_be_bytes(), code.to_be_bytes()].concat();
                    connection.write_all(&frame(GOAWAY, 0, 0, &payload)).await?;
                    return end(connection, End::Fin).await;
                }
            }
        }
    }
}

/// RFC 9113, section 4.1: three bytes of length, kind, flags, four bytes of stream, payload.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len())
        .expect("our payloads have a few bytes")
        .to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}
