//! A second place behind HTTP: each line is posted; a receiver that does not take it says which line it has.

use super::{Broken, Written};
use crate::client;
use bytes::Bytes;
use hyper::Uri;
use std::time::Duration;

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
    let answer = client::post(to, None, Bytes::from(line.text.clone()), LONGEST).await;
    match answer.map_err(|e| PostError::Away(e.to_string()))? {
        (200..=299, _) => Ok(()),
        (409, body) => {
            let text = String::from_utf8_lossy(&body);
            match text.trim_end() {
                "" => Err(PostError::Conflict(None)),
                text => Err(Written::read(text).map_or_else(PostError::Unreadable, |w| PostError::Conflict(Some(Box::new(w))))),
            }
        }
        (status, _) => Err(PostError::Status(status)),
    }
}
