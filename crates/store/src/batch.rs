//! The one way in: a batch of submissions becomes one transaction on one book.
//!
//! A batch is *decided* in memory ([`Writer::decide`]) and then *written* ([`Writer::write`]). While one batch is being written the
//! next can be decided already, on what the first left in memory: the rows that it changed are not read again, and everything else
//! is the same before and after it. That holds as long as nobody else writes to the book: each batch moves the book's head on from
//! where it was decided, and one that finds the head elsewhere is rolled back. A server that was overtaken by another one decides
//! again, with the book locked ([`Writer::decide_and_write`]).
//!
//! In a batch each submission stands alone: one that is refused leaves nothing, the others are written.

use crate::connect::Database;
use crate::copy;
use crate::error::StoreError;
use crate::load::{Ahead, Loaded, Tx};
use crate::log::{self, Answer, Happened, Head, Incoming};
use crate::neighbours::{self, Neighbours};
use crate::shelf::Shelf;
use crate::write;
use deadpool_postgres::Transaction;
use futures_util::try_join;
use quell_book::{BookConfig, Changes, Context, Fact, LogEntry, Receipt, Refusal, State, acting_places, apply};
use quell_foundation::*;
use quell_protocol::Protocol;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio::sync::{Mutex, oneshot};

/// What writing to a book needs.
#[derive(Clone)]
pub struct Writer {
    reading: Database,
    writing: Database,
    shelf: Arc<Shelf>,
    config: BookConfig,
    default_protocol: Arc<Protocol>,
    remembers: usize,
}

/// So many rows are carried on in memory from batch to batch; then it starts afresh, which costs a few milliseconds.
const REMEMBERS: usize = 120_000;

/// What one batch leaves in memory for the next: the book's head after it, and the rows that were loaded or changed.
pub struct Memory {
    head: Head,
    protocol: Arc<Protocol>,
    loaded: Loaded,
    receipts: HashMap<SubmissionId, Receipt>,
}

impl Memory {
    /// Where a later batch can be read to, beside this memory ([`Writer::read_ahead`]).
    pub fn ahead(&self) -> ReadAhead {
        ReadAhead { rows: self.loaded.ahead(), receipts: HashMap::new() }
    }
    /// The receipts of the batch's submissions that were accepted before: those found in the database, and those on their way to it.
    fn known(&self, mut found: HashMap<SubmissionId, Receipt>, batch: &[Incoming]) -> HashMap<SubmissionId, Receipt> {
        found.extend(batch.iter().filter_map(|s| self.receipts.get_key_value(&s.id)).map(|(id, r)| (*id, r.clone())));
        found
    }
    /// A fresh start on the same book. Only when every batch that it was left by is written.
    pub async fn renewed(self) -> Self {
        Self { loaded: self.loaded.renewed().await, receipts: HashMap::new(), ..self }
    }
}

/// What a batch needs, read while the batch before it was still being decided. It is good for [`Writer::decide_ahead`] with the memory
/// that it was made from, as that batch has left it: what was changed meanwhile is in that memory.
pub struct ReadAhead {
    rows: Ahead,
    receipts: HashMap<SubmissionId, Receipt>,
}

/// When a batch may change rows that the batch before may have changed: their order must be that of the book, or the two would wait
/// for each other.
#[derive(Default)]
pub struct Turn {
    /// Told by the batch before when it has only its commit left; closed if it could not be written.
    pub before: Option<oneshot::Receiver<()>>,
    /// To be told when this batch has only its commit left.
    pub rows_in: Option<oneshot::Sender<()>>,
}

/// A batch that was decided and can be written if the book's head is still what it was.
pub struct Decided {
    before: Head,
    after: Head,
    batch: Arc<Vec<Incoming>>,
    answers: Vec<Answer>,
    lines: Vec<Accepted>,
    changes: Changes,
    day: Day,
}

/// A submission that was accepted: which of the batch, and its receipt.
struct Accepted {
    index: usize,
    receipt: Receipt,
}

impl Decided {
    /// What the senders are told when it is written; in the order of the submissions.
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }
    /// The rows that change.
    pub fn into_changes(self) -> Changes {
        self.changes
    }
    /// The log's position before it.
    pub fn seq_before(&self) -> i64 {
        self.before.seq
    }
}

/// True if a submission must have a batch of its own: it works on the whole book, or changes the rules for what follows.
pub fn stands_alone(facts: &[Fact]) -> bool {
    facts.iter().any(|f| matches!(f, Fact::DayClosed(_) | Fact::RoundOpened(_) | Fact::RoundClosed(_) | Fact::ProtocolAdopted(_)))
}

impl Writer {
    /// Writes to a book, by connections of its own. `default_protocol`: in force before any was adopted.
    ///
    /// # Errors
    /// If the database's address cannot be read.
    pub fn new(db: &Database, shelf: Arc<Shelf>, config: BookConfig, default_protocol: Arc<Protocol>) -> Result<Self, StoreError> {
        let (reading, writing) = db.for_the_door()?;
        Ok(Self { reading, writing, shelf, config, default_protocol, remembers: REMEMBERS })
    }

    /// Begins anew with fresh connections, after work on one was broken off.
    pub fn hang_up(&self) {
        self.reading.hang_up();
        self.writing.hang_up();
    }

    /// The same with another bound on the rows that are carried on in memory.
    pub fn remembering(self, rows: usize) -> Self {
        Self { remembers: rows, ..self }
    }

    /// True if a memory has grown so large that a fresh start is cheaper than carrying it on.
    pub fn is_full(&self, memory: &Memory) -> bool {
        let s = &memory.loaded.state;
        s.registrations.len() + s.persons.len() + s.places.len() > self.remembers || memory.receipts.len() > self.remembers
    }

    /// Decides on a batch. `memory`: what the batch before left, which may be on its way to the database still; a batch that
    /// [`stands_alone`] takes none and leaves none that could be used.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn decide(&self, memory: Option<Memory>, now: Instant, batch: Arc<Vec<Incoming>>) -> Result<(Decided, Memory), StoreError> {
        let mut client = self.reading.connection().await?;
        let tx = begin(&mut client).await?;
        let memory = match memory {
            Some(m) => m,
            None => self.fresh(&tx, false).await?,
        };
        self.decide_on(&tx, memory, now, batch).await
    }

    /// Reads what a batch needs before its turn to be decided.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn read_ahead(&self, mut ahead: ReadAhead, now: Instant, batch: Arc<Vec<Incoming>>) -> Result<ReadAhead, StoreError> {
        let mut client = self.reading.connection().await?;
        let tx = begin(&mut client).await?;
        ahead.receipts = log::receipts(&tx, self.config.book, &ids(&batch)).await?;
        let facts = fresh_facts(&batch, &ahead.receipts);
        // The hash is for closes, which are not read ahead.
        ahead.rows.read(&Tx { client: &tx, book: self.config.book.0 }, &facts, now, Hash::default()).await?;
        let (neighbours, begun) = ahead.rows.begun();
        for community in begun {
            tokio::spawn(self.clone().read_next(neighbours.clone(), community));
        }
        Ok(ahead)
    }

    async fn read_next(self, neighbours: Arc<Mutex<Neighbours>>, begun: PlaceId) {
        let read = async {
            let mut client = self.reading.connection().await?;
            let tx = begin(&mut client).await?;
            neighbours::read_next(&neighbours, &Tx { client: &tx, book: self.config.book.0 }, begun).await
        };
        if let Err(e) = read.await {
            tracing::info!(error = %e, "a community was not read beforehand");
        }
    }

    /// Decides on a batch that was read ahead: normally without another look at the database.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn decide_ahead(
        &self,
        mut memory: Memory,
        ahead: ReadAhead,
        now: Instant,
        batch: Arc<Vec<Incoming>>,
    ) -> Result<(Decided, Memory), StoreError> {
        let known = memory.known(ahead.receipts, &batch);
        let facts = fresh_facts(&batch, &known);
        let want = memory.loaded.absorb(ahead.rows, &facts);
        if !want.is_empty() {
            let mut client = self.reading.connection().await?;
            let tx = begin(&mut client).await?;
            let t = Tx { client: &tx, book: self.config.book.0 };
            memory.loaded.load_rest(&t, want, &facts, now, memory.head.hash).await?;
        }
        // Whatever adopts a protocol stands alone, and is not read ahead.
        Ok(self.apply_all(memory, now, batch, known, &HashSet::new()))
    }

    /// Writes what was decided, beside the batch before it, which is on its way.
    ///
    /// # Errors
    /// [`StoreError::Overtaken`] if the batch before was not committed, or another server has written to this book: nothing was
    /// written, decide again. Otherwise nothing was written or, if the connection broke at the commit, the sender must ask again:
    /// its ids make that safe.
    pub async fn write(&self, d: Decided, turn: Turn) -> Result<(Vec<Answer>, Happened), StoreError> {
        let mut client = self.writing.connection().await?;
        let tx = begin(&mut client).await?;
        self.write_in(tx, d, turn).await
    }

    /// Decides and writes with the book locked from the beginning.
    ///
    /// # Errors
    /// As [`Writer::write`], but nobody can overtake it.
    pub async fn decide_and_write(&self, now: Instant, batch: Arc<Vec<Incoming>>) -> Result<(Vec<Answer>, Happened), StoreError> {
        let mut client = self.reading.connection().await?;
        let tx = begin(&mut client).await?;
        let memory = self.fresh(&tx, true).await?;
        let (decided, _) = self.decide_on(&tx, memory, now, batch).await?;
        self.write_in(tx, decided, Turn::default()).await
    }

    async fn fresh(&self, tx: &Transaction<'_>, lock: bool) -> Result<Memory, StoreError> {
        let head = log::head(tx, self.config.book, lock).await?;
        let protocol = match &head.protocol {
            Some((_, hash)) => self.shelf.get(tx, *hash).await?,
            None => self.default_protocol.clone(),
        };
        let state = State::slice(self.config.clone(), head.open_day, head.protocol.clone());
        Ok(Memory { head, protocol, loaded: Loaded::new(state), receipts: HashMap::new() })
    }

    async fn decide_on(
        &self,
        tx: &Transaction<'_>,
        mut memory: Memory,
        now: Instant,
        batch: Arc<Vec<Incoming>>,
    ) -> Result<(Decided, Memory), StoreError> {
        let known = memory.known(log::receipts(tx, self.config.book, &ids(&batch)).await?, &batch);
        let facts = fresh_facts(&batch, &known);
        let t = Tx { client: tx, book: self.config.book.0 };
        memory.loaded.load(&t, &facts, now, memory.head.hash).await?;
        let unread = self.unread(tx, &facts).await?;
        Ok(self.apply_all(memory, now, batch, known, &unread))
    }

    /// The protocols that facts adopt and nobody could read afterwards: their text is not on the shelf, or is another protocol's.
    async fn unread(&self, tx: &Transaction<'_>, facts: &[&Fact]) -> Result<HashSet<(ProtocolId, Hash)>, StoreError> {
        let mut unread = HashSet::new();
        for fact in facts {
            let Fact::ProtocolAdopted(f) = fact else { continue };
            let known = match self.shelf.get(tx, f.content).await {
                Ok(p) => *p.id() == f.protocol,
                Err(StoreError::NoProtocol(_)) => false,
                Err(e) => return Err(e),
            };
            if !known {
                unread.insert((f.protocol.clone(), f.content));
            }
        }
        Ok(unread)
    }

    /// Applies the submissions one after the other: pure, no waiting.
    fn apply_all(
        &self,
        memory: Memory,
        now: Instant,
        batch: Arc<Vec<Incoming>>,
        mut known: HashMap<SubmissionId, Receipt>,
        unread: &HashSet<(ProtocolId, Hash)>,
    ) -> (Decided, Memory) {
        let Memory { head: before, protocol, mut loaded, mut receipts } = memory;
        let state = &mut loaded.state;
        let (mut answers, mut lines) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
        let mut after = before.clone();
        for (index, s) in batch.iter().enumerate() {
            if let Some(first) = known.get(&s.id) {
                answers.push(if first.content_hash == s.content_hash {
                    Answer::Accepted(Receipt { repeat: true, ..first.clone() })
                } else {
                    Answer::IdReused
                });
                continue;
            }
            let ctx = Context { protocol: &protocol, now, seq: after.seq + 1, submission: s.id, sender: &s.sender.account };
            match outside(state, s).or_else(|| unreadable(unread, s)).map_or_else(|| apply(state, ctx, &s.facts), Err) {
                Err(r) => answers.push(Answer::Refused(r)),
                Ok(()) => {
                    let receipt = chain(&mut after, s, now);
                    known.insert(s.id, receipt.clone());
                    answers.push(Answer::Accepted(receipt.clone()));
                    lines.push(Accepted { index, receipt });
                }
            }
        }
        (after.open_day, after.protocol) = (state.open_day, state.protocol.clone());
        let day = state.open_day.unwrap_or_else(|| now.day(self.config.offset));
        let changes = state.take_changes();
        receipts.extend(lines.iter().map(|l| (l.receipt.submission, l.receipt.clone())));
        let memory = Memory { head: after.clone(), protocol, loaded, receipts };
        (Decided { before, after, batch, answers, lines, changes, day }, memory)
    }

    /// Writes a decided batch.
    async fn write_in(&self, tx: Transaction<'_>, d: Decided, turn: Turn) -> Result<(Vec<Answer>, Happened), StoreError> {
        let t = Tx { client: &tx, book: self.config.book.0 };
        // What is sent together is done in order, without a pause between: first what nobody else can have touched.
        let lines: Vec<log::Line<'_>> = d.lines.iter().map(|l| log::Line { submission: &d.batch[l.index], receipt: &l.receipt }).collect();
        try_join!(copy::copy(&t, &lines), write::new_rows(&t, &d.changes)).map_err(StoreError::or_overtaken)?;
        if let Some(before) = turn.before {
            before.await.map_err(|_| StoreError::Overtaken)?;
        }
        if d.lines.is_empty() {
            // Nothing to write, but what was refused must have been refused on the book as it is.
            let head = log::head(&tx, self.config.book, true).await?;
            if (head.seq, head.hash) != (d.before.seq, d.before.hash) {
                return Err(StoreError::Overtaken);
            }
        } else {
            try_join!(write::changed_rows(&t, &d.changes), log::move_head(&t, &d.before, &d.after))?;
            write::whole_populations(&t, &d.changes, d.day).await?;
            for sealed in d.changes.sealed_days.iter() {
                crate::views::carry(&tx, self.config.book, sealed.day).await?;
            }
        }
        if let Some(told) = turn.rows_in {
            let _ = told.send(()); // Nobody waits when nothing follows.
        }
        tx.commit().await.map_err(StoreError::at("commit"))?;
        let mut happened = Happened { seq: d.after.seq, ..Happened::default() };
        for f in d.lines.iter().flat_map(|l| &d.batch[l.index].facts) {
            *happened.kinds.entry(f.kind()).or_default() += 1;
        }
        happened.duties = d.changes.duties.iter().filter(|d| d.ended_seq.is_none()).map(|d| (d.kind, d.place.clone())).collect();
        Ok((d.answers, happened))
    }
}

fn ids(batch: &[Incoming]) -> Vec<uuid::Uuid> {
    batch.iter().map(|s| s.id.0).collect()
}

/// The facts of the submissions that are not in the book yet.
fn fresh_facts<'a>(batch: &'a [Incoming], known: &HashMap<SubmissionId, Receipt>) -> Vec<&'a Fact> {
    batch.iter().filter(|s| !known.contains_key(&s.id)).flat_map(|s| s.facts.iter()).collect()
}

async fn begin(client: &mut deadpool_postgres::Object) -> Result<Transaction<'_>, StoreError> {
    client.transaction().await.map_err(StoreError::at("begin"))
}

/// Puts a submission at the end of the log.
fn chain(head: &mut Head, s: &Incoming, now: Instant) -> Receipt {
    head.seq += 1;
    let entry = LogEntry {
        seq: head.seq,
        submission: s.id,
        sender: &s.sender.account,
        device: s.sender.device.as_ref(),
        content_hash: s.content_hash,
        recorded_at: now,
    };
    head.hash = entry.chain(head.hash);
    Receipt { submission: s.id, seq: head.seq, content_hash: s.content_hash, log_hash: head.hash, recorded_at: now, repeat: false }
}

/// The first fact that acts outside the sender's place.
fn outside(state: &State, s: &Incoming) -> Option<Refusal> {
    let scope = &s.sender.scope;
    if *scope == state.config.root {
        return None;
    }
    s.facts.iter().enumerate().find_map(|(i, f)| {
        let place = acting_places(state, f).into_iter().find(|p| !p.is_within(scope))?;
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

/// The first fact that adopts a protocol which nobody could read: the book would stand still.
fn unreadable(unread: &HashSet<(ProtocolId, Hash)>, s: &Incoming) -> Option<Refusal> {
    s.facts.iter().enumerate().find_map(|(i, f)| {
        let Fact::ProtocolAdopted(p) = f else { return None };
        unread.contains(&(p.protocol.clone(), p.content)).then(|| Refusal {
            fact: i as u32,
            kind: f.kind().to_owned(),
            field: "content".to_owned(),
            rule: "protocol.unknown".to_owned(),
            en: format!("no text of {} with this hash is in the database; 'quell protocol adopt FILE' brings one in", p.protocol),
            zh: format!("数据库中没有此哈希值的方案 {} 文本，请用 quell protocol adopt 导入", p.protocol),
        })
    })
}
