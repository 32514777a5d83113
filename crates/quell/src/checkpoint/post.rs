//! A second place behind HTTP: each line is posted; a receiver that does not take it says which line it has.

use super::{Broken, Written};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio::net::TcpStream;

/// How long the receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most that is read of its answer.
const LONGEST: usize = 64 * 1024;

/// Why a line was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The receiver cannot be reached, or broke off.
    #[error("{0}")]
    Away(String),
    /// It answered with this status.
    #[error("it answered {0}")]
    Status(u16),
    /// The line does not follow the last one that it has.
    #[error("its last line is another")]
    Conflict(Option<Box<Written>>),
    /// It says that the line does not follow, but not on what.
    #[error("its last line cannot be read: {0}")]
    Unreadable(Broken),
}

/// Posts a line.
pub async fn post(to: &Uri, line: &Written) -> Result<(), PostError> {
    match tokio::time::timeout(PATIENCE, send(to, line)).await {
        Ok(answer) => answer,
        Err(_) => Err(PostError::Away(format!("no answer within {} s", PATIENCE.as_secs()))),
    }
}

async fn send(to: &Uri, line: &Written) -> Result<(), PostError> {
    let away = |e: &dyn std::fmt::Display| PostError::Away(e.to_string());
    let (host, port) = (to.host().unwrap_or_default().trim_matches(['[', ']']), to.port_u16().unwrap_or(80));
    let stream = TcpStream::connect((host, port)).await.map_err(|e| away(&e))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|e| away(&e))?;
    // It ends with the sender.
    tokio::spawn(connection);
    let request = Request::builder()
        .method("POST")
        .uri(to.path_and_query().map_or("/", |p| p.as_str()))
        .header("host", to.authority().map_or(host, |a| a.as_str()))
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(line.text.clone())))
        .map_err(|e| away(&e))?;
    let answer = sender.send_request(request).await.map_err(|e| away(&e))?;
    match answer.status().as_u16() {
        200..=299 => Ok(()),
        409 => {
            let body = Limited::new(answer.into_body(), LONGEST).collect().await.map_err(|e| away(&e))?.to_bytes();
            let text = String::from_utf8_lossy(&body);
            match text.trim_end() {
                "" => Err(PostError::Conflict(None)),
                text => Err(Written::read(text).map_or_else(PostError::Unreadable, |w| PostError::Conflict(Some(Box::new(w))))),
            }
        }
        status => Err(PostError::Status(status)),
    }
}
