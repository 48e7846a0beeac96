//! gRPC without generated code: a call whose messages are bytes, and a server that answers with statuses alone.

use std::net::{Ipv4Addr, SocketAddr};

use bytes::{Buf, BufMut};
use tokio::net::TcpListener;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Endpoint;
use tonic::{Code, Request, Status};

/// One call over a connection of its own.
pub(crate) async fn charge(endpoint: &Endpoint) -> Result<(), Status> {
    let mut client = Grpc::new(endpoint.connect_lazy());
    client
        .ready()
        .await
        .map_err(|error| Status::from_error(Box::new(error)))?;
    let path = http::uri::PathAndQuery::from_static("/shop.Pay/Charge");
    let order = Request::new(b"order 7".to_vec());
    client.unary(order, path, Raw).await.map(|_answer| ())
}

/// Messages as they are.
#[derive(Debug, Clone, Copy)]
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;
    fn encoder(&mut self) -> Self {
        Self
    }
    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;
    fn encode(&mut self, item: Vec<u8>, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;
    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let length = from.remaining();
        Ok(Some(from.copy_to_bytes(length).to_vec()))
    }
}

/// A server that gives one status after another, on one connection or several; the last one again and again.
pub(crate) struct Answers {
    pub(crate) address: SocketAddr,
}

impl Answers {
    pub(crate) async fn start(script: Vec<(Code, Option<&'static str>)>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let mut script = script.into_iter();
            let mut last = (Code::Ok, None);
            while let Ok((socket, _)) = listener.accept().await {
                let Ok(mut connection) = h2::server::handshake(socket).await else {
                    continue;
                };
                while let Some(Ok((request, mut respond))) = connection.accept().await {
                    drop(request);
                    last = script.next().unwrap_or(last);
                    answer(&mut respond, last);
                }
            }
        });
        Self { address }
    }
}

fn answer(
    respond: &mut h2::server::SendResponse<bytes::Bytes>,
    (code, pushback): (Code, Option<&str>),
) {
    let head = http::Response::builder().header("content-type", "application/grpc");
    let mut trailers = http::HeaderMap::new();
    let number = i32::from(code).to_string();
    trailers.insert("grpc-status", number.parse().unwrap());
    if let Some(pushback) = pushback {
        trailers.insert("grpc-retry-pushback-ms", pushback.parse().unwrap());
    }
    let mut stream = respond
        .send_response(head.body(()).unwrap(), false)
        .unwrap();
    if code == Code::Ok {
        // One empty message: five bytes of frame.
        stream
            .send_data(bytes::Bytes::from_static(&[0; 5]), false)
            .unwrap();
    }
    stream.send_trailers(trailers).unwrap();
}
