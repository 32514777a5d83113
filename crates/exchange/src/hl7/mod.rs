//! HL7 v2: unsolicited results (ORU^R01) read as [`ResultRecord`]s, and the acknowledgement to answer with.
//!
//! # Which message is a repeat
//!
//! Laboratories send the same result again: after a reconnection, each night, with each correction. The record's `report` is made of
//! what the laboratory itself calls the result and never of the message that carries it (MSH-7, MSH-10), so that the same result in a
//! new message has the same `report`:
//!
//! * **who**: the assigning authority of the filler order number (OBR-3.2), else the sending facility (MSH-4), else the sending
//!   application (MSH-3);
//! * **which order**: the filler order number (OBR-3.1), else the placer order number (OBR-2.1), else the specimen (SPM-2); a message
//!   that has none of these is refused, because its repeat could not be told from a new result;
//! * **which result of it**: code of the observation (OBX-3), and its sub-id (OBX-4) if there is one.
//!
//! They are joined by `|` (`CDC-WS|F20221126001|94500-6`). A correction has the `report` of what it corrects and the status
//! `corrected`; it is for the reader to compare the two.

mod ack;
mod charset;
mod escape;
mod group;
mod message;
mod oru;
mod patient;
mod time;

pub use ack::{AckCode, Stamp, acknowledge};
pub use message::{MAX_BYTES, framed, frames};

use crate::{Problem, ResultRecord};
use quell_foundation::UtcOffset;

/// What of the header an answer needs, and what identifies the message in a log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// MSH-3.
    pub application: String,
    /// MSH-4.
    pub facility: String,
    /// MSH-9, its components joined by `^`.
    pub kind: String,
    /// MSH-10.
    pub control: String,
    /// MSH-11.
    pub processing: String,
    /// MSH-12.
    pub version: String,
}

/// A message that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// Its header.
    pub header: Header,
    /// One result an observation that says something of presence.
    pub results: Vec<ResultRecord>,
}

/// A message that is refused as a whole, with all that is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// Its header, if that much could be read.
    pub header: Option<Header>,
    /// `AE` for a fault of its content, `AR` for a message that is none of ours.
    pub code: AckCode,
    /// What is wrong; never empty.
    pub problems: Vec<Problem>,
}

/// Reads one message, framed or not. `offset` is that of times that name none, where the message's own time (MSH-7) names none either.
pub fn read(bytes: &[u8], offset: UtcOffset) -> Result<Read, Box<Refused>> {
    oru::read(bytes, offset)
}
