//! A small HTTP client for one kept-alive connection: the demo and the benchmarks go through the real door with it.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::Uri;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use quell_foundation::AccountId;
use std::net::SocketAddr;

/// Why a request had no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The connection.
    #[error("connection to the server: {0}")]
    Io(#[from] std::io::Error),
    /// HTTP.
    #[error("HTTP: {0}")]
    Http(#[from] hyper::Error),
    /// The request could not be made.
    #[error("request: {0}")]
    Request(#[from] hyper::http::Error),
    /// The answer broke off, or is longer than any should be.
    #[error("the answer cannot be read: {0}")]
    Broken(String),
    /// The server said no.
    #[error("the server answered {status}: {body}")]
    Status {
        /// HTTP status.
        status: u16,
        /// Its body.
        body: String,
    },
}

/// Posts JSON once, on a connection of its own; the answer's status and its body, of which at most `longest` bytes are read.
///
/// # Errors
/// If there is no answer.
pub async fn post(to: &Uri, token: Option<&str>, body: Bytes, longest: usize) -> Result<(u16, Bytes), ClientError> {
    let (host, port) = (to.host().unwrap_or_default().trim_matches(['[', ']']), to.port_u16().unwrap_or(80));
    let stream = tokio::net::TcpStream::connect((host, port)).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the sender.
    tokio::spawn(connection);
    let mut request = hyper::Request::post(to.path_and_query().map_or("/", |p| p.as_str()))
        .header("host", to.authority().map_or(host, |a| a.as_str()))
        .header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let answer = sender.send_request(request.body(Full::new(body))?).await?;
    let status = answer.status().as_u16();
    let body = Limited::new(answer.into_body(), longest).collect().await.map_err(|e| ClientError::Broken(e.to_string()))?;
    Ok((status, body.to_bytes()))
}

/// One connection, as one account.
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
    token: String,
    retry_after: Option<u64>,
}

impl Client {
    /// Connects; `token` may be empty until [`Client::log_in`].
    pub async fn connect(address: SocketAddr, token: &str) -> Result<Self, ClientError> {
        let stream = tokio::net::TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, token: token.to_owned(), retry_after: None })
    }

    /// The seconds after which the last answer asked to come back.
    pub fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }

    /// The token that it works with.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Sends a request; the answer's status and body.
    pub async fn send(&mut self, method: &str, path: &str, body: Bytes) -> Result<(u16, Bytes), ClientError> {
        let request = hyper::Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .body(Full::new(body))?;
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let status = answer.status().as_u16();
        self.retry_after = answer.headers().get("retry-after").and_then(|v| v.to_str().ok()?.parse().ok());
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }

    /// Logs in and uses the token from now on.
    pub async fn log_in(&mut self, account: &AccountId, password: &str) -> Result<(), ClientError> {
        let body = serde_json::json!({ "account": account, "password": password }).to_string();
        let (status, answer) = self.send("POST", "/v1/session", body.into()).await?;
        let token = serde_json::from_slice::<serde_json::Value>(&answer).ok().and_then(|v| v["token"].as_str().map(str::to_owned));
        match token {
            Some(t) if status == 200 => {
                self.token = t;
                Ok(())
            }
            _ => Err(ClientError::Status { status, body: String::from_utf8_lossy(&answer).into_owned() }),
        }
    }
}
