//! The audit log of a book: who looked at persons, who changed which account, who logged in, with which settings the book was opened.
//! A chain like that of the submissions, with a head of its own, so that neither waits for the other.

mod check;

pub use check::verify;

use crate::accounts::Account;
use crate::error::StoreError;
use deadpool_postgres::{GenericClient, Transaction};
use quell_book::{BookConfig, Role};
use quell_foundation::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// What an entry of the audit log tells.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind { $($(#[$doc])* $name),+ }
        impl Kind {
            /// As it is stored.
            pub fn as_str(self) -> &'static str {
                match self { $(Kind::$name => $text),+ }
            }
            fn read(text: &str) -> Option<Self> {
                match text { $($text => Some(Kind::$name),)+ _ => None }
            }
        }
    };
}

kinds! {
    /// Somebody was shown persons.
    Look = "look",
    /// An account was made or changed.
    AccountPut = "account_put",
    /// Somebody logged in and got a token.
    LoggedIn = "logged_in",
    /// The book was created, with these settings.
    BookOpened = "book_opened",
    /// Another book was named as one that messages go to.
    PeerPut = "peer_put",
    /// It was forgotten.
    PeerRemoved = "peer_removed",
    /// The result of an analysis was kept.
    AnalysisKept = "analysis_kept",
}

/// An entry that is to be appended.
#[derive(Debug, Clone)]
pub struct Entry {
    kind: Kind,
    at: Instant,
    account: String,
    role: Option<Role>,
    what: String,
    access_id: Option<Uuid>,
    person: Option<PersonId>,
    place: Option<PlaceId>,
    rows: Option<i32>,
    detail: Option<String>,
}

/// One look at persons.
#[derive(Debug, Clone)]
pub struct Look<'a> {
    /// Id of the look.
    pub id: Uuid,
    /// When.
    pub at: Instant,
    /// Who.
    pub account: &'a str,
    /// In which role.
    pub role: Role,
    /// What was asked: the route, or the command.
    pub what: &'a str,
    /// The person, when it was one.
    pub person: Option<PersonId>,
    /// The place, when it was a list.
    pub place: Option<&'a PlaceId>,
    /// How many rows were shown.
    pub rows: usize,
}

/// An account as its entry keeps it. The password is the hash of its hash: enough to see a change, nothing to guess from.
#[derive(Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct AccountDetail {
    role: Role,
    place: PlaceId,
    active: bool,
    password: Hash,
    /// Why it was revoked, if whoever did it said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl AccountDetail {
    fn of(a: &Account, reason: Option<&str>) -> Self {
        let (place, password) = (a.place.clone(), Hash::of(a.password_hash.as_bytes()));
        Self { role: a.role, place, active: a.active, password, reason: reason.map(str::to_owned) }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenDetail {
    token: Hash,
    expires: Instant,
}

#[derive(Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct BookDetail {
    root: PlaceId,
    offset_minutes: UtcOffset,
    tally_depth: usize,
}

impl BookDetail {
    fn of(c: &BookConfig) -> Self {
        Self { root: c.root.clone(), offset_minutes: c.offset, tally_depth: c.tally_depth }
    }
}

/// An analysis as its entry keeps it: what it was made of, and what came of it.
#[derive(Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct AnalysisDetail {
    analysis: AnalysisId,
    inputs: Hash,
    result: Hash,
}

/// How a token's hash is kept: hashed once more, so that who reads the audit log holds nothing that the table of tokens holds.
fn token_digest(token_hash: &str) -> Hash {
    Hash::of(token_hash.as_bytes())
}

impl Entry {
    fn new(kind: Kind, at: Instant, account: &str, what: &str) -> Self {
        let (account, what) = (account.to_owned(), what.to_owned());
        Self { kind, at, account, role: None, what, access_id: None, person: None, place: None, rows: None, detail: None }
    }
    fn with(self, detail: &impl Serialize) -> Self {
        // Words, paths and numbers: their JSON cannot fail.
        Self { detail: serde_json::to_string(detail).ok(), ..self }
    }
    /// A look at persons.
    pub fn look(l: &Look<'_>) -> Self {
        Self {
            role: Some(l.role),
            access_id: Some(l.id),
            person: l.person,
            place: l.place.cloned(),
            rows: Some(i32::try_from(l.rows).unwrap_or(i32::MAX)),
            ..Self::new(Kind::Look, l.at, l.account, l.what)
        }
    }
    pub(crate) fn account_put(by: &str, a: &Account, reason: Option<&str>, at: Instant) -> Self {
        Self::new(Kind::AccountPut, at, by, a.account.as_str()).with(&AccountDetail::of(a, reason))
    }
    pub(crate) fn logged_in(a: &Account, token: Hash, at: Instant, expires: Instant) -> Self {
        let detail = TokenDetail { token: token_digest(&token.to_string()), expires };
        Self::new(Kind::LoggedIn, at, a.account.as_str(), "session").with(&detail)
    }
    pub(crate) fn peer_put(by: &str, peer: BookId, url: &str, at: Instant) -> Self {
        Self { detail: Some(url.to_owned()), ..Self::new(Kind::PeerPut, at, by, &peer.to_string()) }
    }
    pub(crate) fn peer_removed(by: &str, peer: BookId, at: Instant) -> Self {
        Self::new(Kind::PeerRemoved, at, by, &peer.to_string())
    }
    pub(crate) fn analysis_kept(by: &str, place: &PlaceId, analysis: AnalysisId, inputs: Hash, result: Hash, at: Instant) -> Self {
        let detail = AnalysisDetail { analysis, inputs, result };
        Self { place: Some(place.clone()), ..Self::new(Kind::AnalysisKept, at, by, "analysis").with(&detail) }
    }
    fn book_opened(c: &BookConfig, at: Instant) -> Self {
        Self::new(Kind::BookOpened, at, "quell", "book").with(&BookDetail::of(c))
    }
    /// As it stands at this position of the chain.
    fn line(&self, seq: i64) -> Line<'_> {
        Line {
            seq,
            kind: self.kind.as_str(),
            at: self.at,
            account: &self.account,
            role: self.role.map(|r| r.as_str()),
            what: &self.what,
            access_id: self.access_id,
            person_id: self.person.map(|p| p.0),
            place: self.place.as_ref().map(PlaceId::as_str),
            rows: self.rows,
            detail: self.detail.as_deref(),
        }
    }
}

/// An entry as it is stored: a column a field.
#[derive(Serialize)]
struct Line<'a> {
    seq: i64,
    kind: &'a str,
    at: Instant,
    account: &'a str,
    role: Option<&'a str>,
    what: &'a str,
    access_id: Option<Uuid>,
    person_id: Option<Uuid>,
    place: Option<&'a str>,
    rows: Option<i32>,
    detail: Option<&'a str>,
}

impl Line<'_> {
    /// The hash of the chain with this line at its end. The order and encoding are fixed for ever; migration 0008 computes the same.
    fn chain(&self, before: Hash) -> Hash {
        // What is missing differs from what is empty.
        fn may(buffer: &mut Vec<u8>, value: Option<&[u8]>) {
            if let Some(v) = value {
                buffer.push(1);
                buffer.extend_from_slice(v);
            }
        }
        let rows = self.rows.map(i32::to_be_bytes);
        let optional = [
            self.role.map(str::as_bytes),
            self.access_id.as_ref().map(|u| u.as_bytes().as_slice()),
            self.person_id.as_ref().map(|u| u.as_bytes().as_slice()),
            self.place.map(str::as_bytes),
            rows.as_ref().map(|r| r.as_slice()),
            self.detail.map(str::as_bytes),
        ];
        let mut buffer = Vec::with_capacity(256);
        let mut ends = [0; 6];
        for (end, value) in ends.iter_mut().zip(optional) {
            may(&mut buffer, value);
            *end = buffer.len();
        }
        let part = |i: usize| &buffer[if i == 0 { 0 } else { ends[i - 1] }..ends[i]];
        Hash::of_parts(&[
            &before.0,
            &self.seq.to_be_bytes(),
            self.kind.as_bytes(),
            &self.at.0.to_be_bytes(),
            self.account.as_bytes(),
            part(0),
            self.what.as_bytes(),
            part(1),
            part(2),
            part(3),
            part(4),
            part(5),
        ])
    }
}

/// The end of a book's audit log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditHead {
    /// Last position.
    pub seq: i64,
    /// Hash of the chain.
    pub hash: Hash,
}

/// Reads the head; with `lock`, nobody else appends to this book's audit log until the transaction ends.
pub async fn head(c: &impl GenericClient, book: BookId, lock: bool) -> Result<AuditHead, StoreError> {
    let sql = if lock {
        "SELECT seq, hash FROM quell.audit_head WHERE book_id = $1 FOR UPDATE"
    } else {
        "SELECT seq, hash FROM quell.audit_head WHERE book_id = $1"
    };
    let s = c.prepare_cached(sql).await.map_err(StoreError::at("audit head"))?;
    let row = c.query_opt(&s, &[&book.0]).await.map_err(StoreError::at("audit head"))?;
    let row = row.ok_or_else(|| unreadable(format!("book {book} has no head")))?;
    Ok(AuditHead { seq: row.get(0), hash: stored_hash(row.get(1))? })
}

fn unreadable(detail: String) -> StoreError {
    StoreError::Unreadable { operation: "audit log", detail }
}

fn stored_hash(bytes: &[u8]) -> Result<Hash, StoreError> {
    bytes.try_into().map(Hash).map_err(|_| unreadable(format!("a hash of {} bytes", bytes.len())))
}

/// The entries as JSON rows behind this head, and the head after them.
fn rows(head: AuditHead, entries: &[Entry]) -> Result<(String, AuditHead), StoreError> {
    #[derive(Serialize)]
    struct Row<'a> {
        #[serde(flatten)]
        line: Line<'a>,
        hash: String,
    }
    let mut after = head;
    let lines: Vec<Row<'_>> = entries
        .iter()
        .map(|e| {
            after.seq += 1;
            let line = e.line(after.seq);
            after.hash = line.chain(after.hash);
            Row { line, hash: format!("\\x{}", after.hash) }
        })
        .collect();
    Ok((serde_json::to_string(&lines).map_err(|e| unreadable(e.to_string()))?, after))
}

/// Appends entries behind a head that was read before: one statement, no lock beforehand. None: somebody else has appended meanwhile,
/// and nothing was written.
pub async fn append_behind(
    c: &impl GenericClient,
    book: BookId,
    before: AuditHead,
    entries: &[Entry],
) -> Result<Option<AuditHead>, StoreError> {
    const SQL: &str = "
        WITH moved AS (UPDATE quell.audit_head SET seq = $4, hash = $5 WHERE book_id = $1 AND seq = $2 AND hash = $3 RETURNING book_id)
        INSERT INTO quell.audit (book_id, seq, kind, at, account, role, what, access_id, person_id, place, rows, detail, hash)
        SELECT m.book_id, r.seq, r.kind, r.at, r.account, r.role, r.what, r.access_id, r.person_id, r.place, r.rows, r.detail, r.hash
        FROM moved m, json_populate_recordset(NULL::quell.audit, $6::text::json) r";
    if entries.is_empty() {
        return Ok(Some(before));
    }
    let (json, after) = rows(before, entries)?;
    let s = c.prepare_cached(SQL).await.map_err(StoreError::at("audit log"))?;
    let (from, to) = (before.hash.0.as_slice(), after.hash.0.as_slice());
    let written = c.execute(&s, &[&book.0, &before.seq, &from, &after.seq, &to, &json]).await.map_err(StoreError::at("audit log"))?;
    Ok((written > 0).then_some(after))
}

/// Appends entries in a transaction, waiting for whoever else appends to this book's audit log.
pub async fn append(tx: &Transaction<'_>, book: BookId, entries: &[Entry]) -> Result<AuditHead, StoreError> {
    let before = head(tx, book, true).await?;
    let after = append_behind(tx, book, before, entries).await?;
    after.ok_or_else(|| unreadable("the head moved while it was locked".into()))
}

/// Creates the book with its audit log, which begins with its settings; does nothing if the book is there.
pub(crate) async fn open_book(c: &tokio_postgres::Client, config: &BookConfig, now: Instant) -> Result<(), StoreError> {
    const SQL: &str = "
        WITH made AS (
            INSERT INTO quell.book (book_id, root, offset_minutes, tally_depth, head_seq, head_hash) VALUES ($1, $2, $3, $4, 0, $5)
            ON CONFLICT DO NOTHING RETURNING book_id
        ), begun AS (INSERT INTO quell.audit_head (book_id, seq, hash) SELECT book_id, 1, $6 FROM made)
        INSERT INTO quell.audit (book_id, seq, kind, at, account, what, detail, hash)
        SELECT m.book_id, r.seq, r.kind, r.at, r.account, r.what, r.detail, r.hash
        FROM made m, json_populate_recordset(NULL::quell.audit, $7::text::json) r";
    let (json, after) = rows(AuditHead::default(), &[Entry::book_opened(config, now)])?;
    let (root, depth, zero, hash) = (config.root.as_str(), config.tally_depth as i32, Hash::default().to_string(), after.hash.0.as_slice());
    c.execute(SQL, &[&config.book.0, &root, &config.offset.0, &depth, &zero, &hash, &json]).await.map_err(StoreError::at("open book"))?;
    Ok(())
}
