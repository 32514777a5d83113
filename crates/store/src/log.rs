//! The one way in: a batch of submissions becomes one transaction on one book.
//!
//! The book's row is locked first, so that batches of one book follow one another also when several servers share a database;
//! the door collects what arrives meanwhile into the next batch (group commit). In the batch each submission stands alone:
//! one that is refused leaves nothing, the others are written.

use crate::error::StoreError;
use crate::load::{self, Tx};
use crate::shelf::Shelf;
use crate::{connect::Database, write};
use quell_book::{BookConfig, Context, Fact, LogEntry, Receipt, Refusal, State, acting_places, apply};
use quell_foundation::*;
use quell_protocol::Protocol;
use std::collections::HashMap;
use std::sync::Arc;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;

/// A submission as the door hands it in: authenticated, well formed, identity numbers replaced.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The sender's id for it.
    pub id: SubmissionId,
    /// Who sent it: the account.
    pub sender: String,
    /// The account's place: the facts must act in it or below.
    pub scope: PlaceId,
    /// From which device.
    pub device: Option<DeviceId>,
    /// SHA-256 of what was sent, byte for byte.
    pub content_hash: Hash,
    /// The facts.
    pub facts: Vec<Fact>,
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

/// True if a submission must have a batch of its own: it works on the whole book, or changes the rules for what follows.
pub fn stands_alone(facts: &[Fact]) -> bool {
    facts.iter().any(|f| matches!(f, Fact::DayClosed(_) | Fact::RoundOpened(_) | Fact::RoundClosed(_) | Fact::ProtocolAdopted(_)))
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

/// Writes a batch. The answers stand in the order of the submissions. An error means that nothing was written
/// (or, if the connection broke at the commit, that the sender must ask again: its ids make that safe).
pub async fn write_batch(
    db: &Database,
    shelf: &Shelf,
    config: &BookConfig,
    default_protocol: &Arc<Protocol>,
    now: Instant,
    batch: &[Incoming],
) -> Result<(Vec<Answer>, Happened), StoreError> {
    let mut client = db.connection().await?;
    let tx = client.transaction().await.map_err(StoreError::at("begin"))?;
    // A batch looks rows up by their keys. A plan that was made while a table was empty reads it from end to end, slower with every
    // batch, until statistics are gathered anew: so each batch is planned for the tables as they are.
    tx.batch_execute("SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_custom_plan")
        .await
        .map_err(StoreError::at("begin"))?;
    let head = head(&tx, config.book, true).await?;
    let protocol = match &head.protocol {
        Some((_, hash)) => shelf.get(&tx, *hash).await?,
        None => default_protocol.clone(),
    };
    let mut known = known_submissions(&tx, config.book, batch).await?;
    let t = Tx { client: &tx, book: config.book.0 };
    let mut state = State::slice(config.clone(), head.open_day, head.protocol.clone());
    let fresh: Vec<&Fact> = batch.iter().filter(|s| !known.contains_key(&s.id)).flat_map(|s| s.facts.iter()).collect();
    if !fresh.is_empty() {
        load::load(&t, &mut state, &fresh, now, head.hash).await?;
    }
    let (answers, lines, new_head) = decide(&mut state, &protocol, now, batch, &mut known, &head);
    let new = state.registrations.new_keys();
    let changes = state.take_changes();
    if !lines.is_empty() {
        let day = state.open_day.unwrap_or_else(|| now.day(config.offset));
        write::changes(&t, &changes, &new, day).await?;
        append(&t, &lines).await?;
        write_head(&t, &new_head, state.open_day, state.protocol.as_ref()).await?;
        for sealed in &changes.sealed_days {
            crate::views::carry(&tx, config.book, sealed.day).await?;
        }
    }
    tx.commit().await.map_err(StoreError::at("commit"))?;
    let mut happened = Happened { seq: new_head.seq, ..Happened::default() };
    for line in &lines {
        for f in &line.incoming.facts {
            *happened.kinds.entry(f.kind()).or_default() += 1;
        }
    }
    happened.duties = changes.duties.iter().filter(|d| d.ended_seq.is_none()).map(|d| (d.kind, d.place.clone())).collect();
    Ok((answers, happened))
}

/// The first fact that acts outside the sender's place.
fn outside(state: &State, s: &Incoming) -> Option<Refusal> {
    if s.scope == state.config.root {
        return None;
    }
    s.facts.iter().enumerate().find_map(|(i, f)| {
        let place = acting_places(state, f).into_iter().find(|p| !p.is_within(&s.scope))?;
        let scope = &s.scope;
        Some(Refusal {
            fact: i as u32,
            kind: f.kind().to_owned(),
            field: String::new(),
            rule: "scope".to_owned(),
            en: format!("this account acts in {scope}; {place} lies outside it. Ask the office in charge there"),
            zh: format!("本账号的辖区为 {scope}，{place} 不在其中，请联系当地负责单位"),
        })
    })
}

struct Line<'a> {
    incoming: &'a Incoming,
    stored_hash: Hash,
    body: Vec<u8>,
    receipt: Receipt,
}

/// Applies the submissions one after the other to the slice: pure, no waiting.
fn decide<'a>(
    state: &mut State,
    protocol: &Protocol,
    now: Instant,
    batch: &'a [Incoming],
    known: &mut HashMap<SubmissionId, Receipt>,
    head: &Head,
) -> (Vec<Answer>, Vec<Line<'a>>, Head) {
    let mut answers = Vec::with_capacity(batch.len());
    let mut lines = Vec::new();
    let mut new_head = head.clone();
    for s in batch {
        if let Some(first) = known.get(&s.id) {
            answers.push(if first.content_hash == s.content_hash {
                Answer::Accepted(Receipt { repeat: true, ..first.clone() })
            } else {
                Answer::IdReused
            });
            continue;
        }
        let seq = new_head.seq + 1;
        let ctx = Context { protocol, now, seq, submission: s.id };
        match outside(state, s).map_or_else(|| apply(state, ctx, &s.facts), Err) {
            Err(r) => answers.push(Answer::Refused(r)),
            Ok(()) => {
                let (stored_hash, body) = pack(&s.facts);
                let entry =
                    LogEntry { seq, submission: s.id, sender: &s.sender, content_hash: s.content_hash, stored_hash, recorded_at: now };
                let log_hash = entry.chain(new_head.hash);
                let receipt = Receipt { submission: s.id, seq, content_hash: s.content_hash, log_hash, recorded_at: now, repeat: false };
                new_head.seq = seq;
                new_head.hash = log_hash;
                known.insert(s.id, receipt.clone());
                answers.push(Answer::Accepted(receipt.clone()));
                lines.push(Line { incoming: s, stored_hash, body, receipt });
            }
        }
    }
    (answers, lines, new_head)
}

/// The facts as they are stored: canonical JSON, its hash, and the JSON compressed (zstd).
pub(crate) fn pack(facts: &[Fact]) -> (Hash, Vec<u8>) {
    // Facts hold text, integers and finite numbers: their JSON cannot fail; zstd fails only for lack of memory.
    let json = serde_json::to_vec(facts).unwrap_or_default();
    let hash = Hash::of(&json);
    (hash, zstd::bulk::compress(&json, 1).unwrap_or(json))
}

/// The facts of a stored body.
pub(crate) fn unpack(body: &[u8]) -> Result<(Hash, Vec<Fact>), StoreError> {
    let bad = |detail: String| StoreError::Unreadable { operation: "submission body", detail };
    let json = zstd::stream::decode_all(body).map_err(|e| bad(e.to_string()))?;
    let facts = serde_json::from_slice(&json).map_err(|e| bad(e.to_string()))?;
    Ok((Hash::of(&json), facts))
}

async fn known_submissions(
    c: &deadpool_postgres::Transaction<'_>,
    book: BookId,
    batch: &[Incoming],
) -> Result<HashMap<SubmissionId, Receipt>, StoreError> {
    let ids: Vec<uuid::Uuid> = batch.iter().map(|s| s.id.0).collect();
    receipts(c, book, &ids).await
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

/// Appends the accepted submissions to the log.
async fn append(tx: &Tx<'_>, lines: &[Line<'_>]) -> Result<(), StoreError> {
    const COLUMNS: &str = "COPY quell.submission (book_id, seq, submission_id, sender, device, content_hash, stored_hash,
        log_hash, recorded_at, facts, body) FROM STDIN (FORMAT binary)";
    let types = [
        Type::INT4,
        Type::INT8,
        Type::UUID,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TIMESTAMPTZ,
        Type::INT4,
        Type::BYTEA,
    ];
    let sink = tx.client.copy_in(COLUMNS).await.map_err(StoreError::at("append"))?;
    let writer = BinaryCopyInWriter::new(sink, &types);
    let mut writer = std::pin::pin!(writer);
    for l in lines {
        let s = l.incoming;
        let r = &l.receipt;
        let at = std::time::UNIX_EPOCH + std::time::Duration::from_micros(r.recorded_at.0.max(0) as u64);
        writer
            .as_mut()
            .write(&[
                &tx.book,
                &r.seq,
                &s.id.0,
                &s.sender,
                &s.device.as_ref().map(|d| d.as_str()),
                &s.content_hash.to_string(),
                &l.stored_hash.to_string(),
                &r.log_hash.to_string(),
                &at,
                &(s.facts.len() as i32),
                &l.body,
            ])
            .await
            .map_err(StoreError::at("append"))?;
    }
    writer.finish().await.map_err(StoreError::at("append"))?;
    Ok(())
}

async fn write_head(tx: &Tx<'_>, head: &Head, open_day: Option<Day>, protocol: Option<&(ProtocolId, Hash)>) -> Result<(), StoreError> {
    let statement = tx
        .client
        .prepare_cached(
            "UPDATE quell.book SET head_seq = $2, head_hash = $3, open_day = $4::text::date, protocol = $5, protocol_hash = $6
             WHERE book_id = $1",
        )
        .await
        .map_err(StoreError::at("head"))?;
    let day = open_day.map(|d| d.to_string());
    let (p, h) = (protocol.map(|p| p.0.as_str()), protocol.map(|p| p.1.to_string()));
    tx.client.execute(&statement, &[&tx.book, &head.seq, &head.hash.to_string(), &day, &p, &h]).await.map_err(StoreError::at("head"))?;
    Ok(())
}
