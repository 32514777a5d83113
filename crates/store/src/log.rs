//! The log: submissions as they come in and as they are kept, their receipts, and the head of the chain.

use crate::copy::{Copied, Fields};
use crate::error::StoreError;
use crate::load::Tx;
use quell_book::{Fact, Receipt, Refusal};
use quell_foundation::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Read;

/// Where a submission comes from.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The account.
    pub account: String,
    /// The account's place: the facts must act in it or below.
    pub scope: PlaceId,
    /// From which device.
    pub device: Option<DeviceId>,
}

/// A submission as the door hands it in: authenticated, well formed, identity numbers replaced, packed for the log.
#[derive(Debug, Clone)]
pub struct Incoming {
    pub(crate) id: SubmissionId,
    pub(crate) sender: Sender,
    pub(crate) facts: Vec<Fact>,
    pub(crate) content_hash: Hash,
    pub(crate) body: Vec<u8>,
}

impl Incoming {
    /// Packs the facts. Identity numbers must have been replaced: the content hash, which receipts and auditors see, would
    /// otherwise tell whoever guesses a number that the guess is right.
    pub fn new(id: SubmissionId, sender: Sender, facts: Vec<Fact>) -> Self {
        let (content_hash, body) = pack(&facts);
        Self { id, sender, facts, content_hash, body }
    }
    /// The same content under another id.
    pub fn with_id(self, id: SubmissionId) -> Self {
        Self { id, ..self }
    }
    /// The sender's id for it.
    pub fn id(&self) -> SubmissionId {
        self.id
    }
    /// The facts.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }
    /// SHA-256 of the facts as they are kept.
    pub fn content_hash(&self) -> Hash {
        self.content_hash
    }
}

/// What became of a submission.
#[derive(Debug, Clone)]
pub enum Answer {
    /// In the book, durably.
    Accepted(Receipt),
    /// In the book already, with other content under the same id.
    IdReused,
    /// Refused; nothing was written.
    Refused(Refusal),
}

/// What else a batch tells: what live views want to know.
#[derive(Debug, Default, Clone)]
pub struct Happened {
    /// The log's position after the batch.
    pub seq: i64,
    /// Kinds of facts that were accepted, with how often.
    pub kinds: HashMap<&'static str, usize>,
    /// Duties opened: their kinds and places.
    pub duties: Vec<(quell_book::DutyKind, PlaceId)>,
}

/// The head of a book's log and what is in force.
#[derive(Debug, Clone)]
pub struct Head {
    /// Last position.
    pub seq: i64,
    /// Hash of the log.
    pub hash: Hash,
    /// The open day of the book.
    pub open_day: Option<Day>,
    /// Protocol in force.
    pub protocol: Option<(ProtocolId, Hash)>,
}

/// Reads the head; with `lock`, nobody else writes to this book until the transaction ends.
pub async fn head(c: &impl deadpool_postgres::GenericClient, book: BookId, lock: bool) -> Result<Head, StoreError> {
    let sql = format!(
        "SELECT head_seq, head_hash, open_day::text, protocol, protocol_hash FROM quell.book WHERE book_id = $1{}",
        if lock { " FOR UPDATE" } else { "" }
    );
    let statement = c.prepare_cached(&sql).await.map_err(StoreError::at("head"))?;
    let r = c.query_opt(&statement, &[&book.0]).await.map_err(StoreError::at("head"))?.ok_or(StoreError::NoBook(book))?;
    let bad = |detail: String| StoreError::Unreadable { operation: "head", detail };
    let protocol = match (r.get::<_, Option<String>>(3), r.get::<_, Option<String>>(4)) {
        (Some(p), Some(h)) => {
            Some((ProtocolId::new(p).map_err(|e| bad(e.to_string()))?, h.parse().map_err(|e: BadId| bad(e.to_string()))?))
        }
        _ => None,
    };
    let open_day = r.get::<_, Option<String>>(2).map(|d| d.parse()).transpose().map_err(|e: BadTime| bad(e.to_string()))?;
    let hash = r.get::<_, &str>(1).parse().map_err(|e: BadId| bad(e.to_string()))?;
    Ok(Head { seq: r.get(0), hash, open_day, protocol })
}

/// The facts as they are stored: their JSON's hash, and the JSON compressed (zstd).
fn pack(facts: &[Fact]) -> (Hash, Vec<u8>) {
    thread_local! {
        // To make a compressor costs more than to compress a submission.
        static ZSTD: RefCell<Option<zstd::bulk::Compressor<'static>>> = RefCell::new(zstd::bulk::Compressor::new(1).ok());
    }
    // Facts hold text, integers and finite numbers: their JSON cannot fail; zstd fails only for lack of memory, and then the JSON
    // itself is kept.
    let json = serde_json::to_vec(facts).unwrap_or_default();
    let hash = Hash::of(&json);
    let compressed = ZSTD.with_borrow_mut(|z| z.as_mut().and_then(|z| z.compress(&json).ok()));
    (hash, compressed.unwrap_or(json))
}

/// Most bytes of facts in one line of the log: some times what a request may bring, for facts are kept with their defaults.
const UNPACKED_LIMIT: u64 = 256 << 20;

/// The facts of a stored body, and the hash of their JSON.
///
/// # Errors
/// If it is damaged.
pub fn unpack(body: &[u8]) -> Result<(Hash, Vec<Fact>), StoreError> {
    let bad = |detail: String| StoreError::Unreadable { operation: "submission body", detail };
    let mut json = Vec::new();
    let unpacked = if body.starts_with(b"[") {
        json.extend_from_slice(body);
        Ok(json.len())
    } else {
        zstd::stream::read::Decoder::new(body).and_then(|d| d.take(UNPACKED_LIMIT + 1).read_to_end(&mut json))
    };
    if unpacked.map_err(|e| bad(e.to_string()))? as u64 > UNPACKED_LIMIT {
        return Err(bad(format!("it unpacks to more than {UNPACKED_LIMIT} bytes")));
    }
    let facts = serde_json::from_slice(&json).map_err(|e| bad(e.to_string()))?;
    Ok((Hash::of(&json), facts))
}

/// The receipts of these submissions, as far as they are in the book.
pub async fn receipts(
    c: &impl deadpool_postgres::GenericClient,
    book: BookId,
    ids: &[uuid::Uuid],
) -> Result<HashMap<SubmissionId, Receipt>, StoreError> {
    let statement = c
        .prepare_cached(
            "SELECT submission_id, seq, content_hash, log_hash, (extract(epoch FROM recorded_at) * 1000000)::bigint
             FROM quell.submission WHERE book_id = $1 AND submission_id = ANY($2)",
        )
        .await
        .map_err(StoreError::at("receipts"))?;
    let rows = c.query(&statement, &[&book.0, &ids]).await.map_err(StoreError::at("receipts"))?;
    rows.iter()
        .map(|r| {
            let bad = |e: BadId| StoreError::Unreadable { operation: "receipts", detail: e.to_string() };
            let submission = SubmissionId(r.get(0));
            Ok((
                submission,
                Receipt {
                    submission,
                    seq: r.get(1),
                    content_hash: r.get::<_, &str>(2).parse().map_err(bad)?,
                    log_hash: r.get::<_, &str>(3).parse().map_err(bad)?,
                    recorded_at: Instant(r.get(4)),
                    repeat: false,
                },
            ))
        })
        .collect()
}

/// A line of the log: an accepted submission with its receipt.
pub(crate) struct Line<'a> {
    pub submission: &'a Incoming,
    pub receipt: &'a Receipt,
}

impl Copied for Line<'_> {
    const COPY: &'static str = "COPY quell.submission
        (book_id, seq, submission_id, sender, device, content_hash, log_hash, recorded_at, facts, body) FROM STDIN (FORMAT binary)";
    const COLUMNS: i16 = 10;
    fn fields(&self, out: &mut Fields) {
        let (s, r) = (self.submission, self.receipt);
        out.bigint(r.seq);
        out.uuid(s.id.0);
        out.text(&s.sender.account);
        out.maybe_text(s.sender.device.as_ref().map(|d| d.as_str()));
        out.text(&s.content_hash.to_string());
        out.text(&r.log_hash.to_string());
        out.time(r.recorded_at);
        out.int(s.facts.len() as i32);
        out.bytes(&s.body);
    }
}

/// Moves the book's head on from where a batch was decided. Where another batch is still being committed this waits for it.
///
/// # Errors
/// [`StoreError::Overtaken`] if the head is not there.
pub(crate) async fn move_head(tx: &Tx<'_>, before: &Head, after: &Head) -> Result<(), StoreError> {
    let statement = tx
        .client
        .prepare_cached(
            "UPDATE quell.book SET head_seq = $4, head_hash = $5, open_day = $6::text::date, protocol = $7, protocol_hash = $8
             WHERE book_id = $1 AND head_seq = $2 AND head_hash = $3",
        )
        .await
        .map_err(StoreError::at("head"))?;
    let day = after.open_day.map(|d| d.to_string());
    let (p, h) = (after.protocol.as_ref().map(|p| p.0.as_str()), after.protocol.as_ref().map(|p| p.1.to_string()));
    let (from, to) = (before.hash.to_string(), after.hash.to_string());
    let moved = tx.client.execute(&statement, &[&tx.book, &before.seq, &from, &after.seq, &to, &day, &p, &h]).await;
    match moved.map_err(StoreError::at("head"))? {
        1 => Ok(()),
        _ => Err(StoreError::Overtaken),
    }
}
