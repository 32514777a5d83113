//! The unit of exactly-once: what a sender hands in, and the receipt it gets.

use crate::fact::Fact;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A list of facts with an id from the sender. Accepted whole, once, durably, or refused whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// Made by the sender (UUIDv7 recommended). A repeat with the same content gets the first receipt;
    /// the same id with other content is refused.
    pub id: SubmissionId,
    /// The device, as the sender names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// What happened, in order.
    pub facts: Vec<Fact>,
}

/// Most facts that one submission may have.
pub const MAX_FACTS: usize = 5_000;

/// The proof that a submission is in the book.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// The submission.
    pub submission: SubmissionId,
    /// Its position in the book's log, from 1.
    pub seq: i64,
    /// SHA-256 of the facts as they are kept (identity numbers replaced).
    #[schemars(with = "String")]
    pub content_hash: Hash,
    /// Hash of the book's log up to and including this submission.
    #[schemars(with = "String")]
    pub log_hash: Hash,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// True if this is the answer to a repeat.
    #[serde(default)]
    pub repeat: bool,
}

/// What one line of the log commits to. The order and encoding are fixed for ever: `quell verify` recomputes it.
#[derive(Debug, Clone, Copy)]
pub struct LogEntry<'a> {
    /// Position.
    pub seq: i64,
    /// The submission.
    pub submission: SubmissionId,
    /// Who sent it.
    pub sender: &'a str,
    /// From which device.
    pub device: Option<&'a DeviceId>,
    /// Hash of the facts as they are kept (identity numbers replaced).
    pub content_hash: Hash,
    /// When it was recorded.
    pub recorded_at: Instant,
}

impl LogEntry<'_> {
    /// The hash of the log with this entry at its end.
    pub fn chain(&self, before: Hash) -> Hash {
        Hash::of_parts(&[
            &before.0,
            &self.seq.to_be_bytes(),
            self.submission.0.as_bytes(),
            self.sender.as_bytes(),
            self.device.map(DeviceId::as_str).unwrap_or_default().as_bytes(),
            &self.content_hash.0,
            &self.recorded_at.0.to_be_bytes(),
        ])
    }
}
