//! The audit log recomputed: its chain, the accounts as it tells them, the tokens that it knows, the settings of the book.

use super::*;
use crate::checkpoint::{Marks, Seen};
use crate::hot::PgTime;
use crate::verify::Report;
use std::collections::{BTreeMap, HashMap};

/// Entries read at a time.
const PORTION: i64 = 10_000;

/// What an entry says an account is.
struct Known {
    detail: AccountDetail,
    since: Instant,
    revoked: Option<Instant>,
}

impl Known {
    /// Takes in that the account was put so at this time.
    fn put(before: Option<&Self>, detail: AccountDetail, at: Instant) -> Self {
        let revoked = if detail.active { None } else { before.and_then(|b| b.revoked).or(Some(at)) };
        Self { detail, since: before.map_or(at, |b| b.since), revoked }
    }
}

/// A token that nothing has explained yet.
struct Unexplained {
    account: String,
    since: Instant,
    expires: Instant,
}

/// What is gathered while the log is read.
struct Check<'a> {
    report: &'a mut Report,
    marks: Marks,
    head: AuditHead,
    opened: Option<BookDetail>,
    accounts: BTreeMap<String, Known>,
    tokens: HashMap<Hash, Unexplained>,
    /// Hashes of inputs and result of the analyses that no entry has explained yet.
    analyses: BTreeMap<AnalysisId, (Option<Hash>, Hash)>,
    /// Analyses that were kept and were not there before the log was read.
    kept_since: Vec<AnalysisId>,
}

/// Recomputes the audit log of a book, and compares accounts, tokens and settings with it. `progress` is told each position.
pub async fn verify(
    c: &impl GenericClient,
    config: &BookConfig,
    seen: &[Seen],
    report: &mut Report,
    progress: &mut (dyn FnMut(i64) + Send),
) -> Result<(), StoreError> {
    let book = config.book;
    let marks = Marks::new("audit log", seen, |h| (h.audit_seq, h.audit_hash));
    // Tokens first: the entry of a token that is there is there as well, also while others log in.
    let (tokens, analyses) = (tokens(c, book, report).await?, analyses(c, book, report).await?);
    let (accounts, kept_since) = (BTreeMap::new(), Vec::new());
    let mut check = Check { report, marks, head: AuditHead::default(), opened: None, accounts, tokens, analyses, kept_since };
    let statement = c.prepare_cached(PORTIONS).await.map_err(StoreError::at("verify"))?;
    // Not from the first position: what stands before it does not belong there.
    let mut after = i64::MIN;
    loop {
        let rows = c.query(&statement, &[&book.0, &after, &PORTION]).await.map_err(StoreError::at("verify"))?;
        if rows.is_empty() {
            break;
        }
        for r in &rows {
            check.line(r);
        }
        after = check.head.seq;
        progress(after);
    }
    check.ends(c, config).await
}

const PORTIONS: &str = "SELECT seq, kind, at, account, role, what, access_id, person_id, place, rows, detail, hash
    FROM quell.audit WHERE book_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";

/// The tokens of a book, by the digest that their entries have.
async fn tokens(c: &impl GenericClient, book: BookId, report: &mut Report) -> Result<HashMap<Hash, Unexplained>, StoreError> {
    const SQL: &str = "SELECT token_hash, account, created_at, expires_at FROM quell.token WHERE book_id = $1";
    let rows = c.query(SQL, &[&book.0]).await.map_err(StoreError::at("verify"))?;
    report.rows += rows.len() as i64;
    let token = |r: &tokio_postgres::Row| {
        let (since, expires) = (r.get::<_, PgTime>(2).0, r.get::<_, PgTime>(3).0);
        (token_digest(r.get(0)), Unexplained { account: r.get(1), since, expires })
    };
    Ok(rows.iter().map(token).collect())
}

/// The results of analyses that a book keeps.
async fn analyses(
    c: &impl GenericClient,
    book: BookId,
    report: &mut Report,
) -> Result<BTreeMap<AnalysisId, (Option<Hash>, Hash)>, StoreError> {
    const SQL: &str = "SELECT analysis_id, inputs_hash, encode(sha256(convert_to(result, 'UTF8')), 'hex')
        FROM quell.analysis WHERE book_id = $1 AND state = 'done'";
    let rows = c.query(SQL, &[&book.0]).await.map_err(StoreError::at("verify"))?;
    report.rows += rows.len() as i64;
    let hash = |text: Option<&str>| text.and_then(|t| t.parse().ok());
    Ok(rows.iter().map(|r| (AnalysisId(r.get(0)), (hash(r.get(1)), hash(r.get(2)).unwrap_or_default()))).collect())
}

impl Check<'_> {
    fn line(&mut self, r: &tokio_postgres::Row) {
        let line = Line {
            seq: r.get(0),
            kind: r.get(1),
            at: r.get::<_, PgTime>(2).0,
            account: r.get(3),
            role: r.get(4),
            what: r.get(5),
            access_id: r.get(6),
            person_id: r.get(7),
            place: r.get(8),
            rows: r.get(9),
            detail: r.get(10),
        };
        let before = self.head;
        self.report.audit_entries += 1;
        if line.seq != before.seq + 1 {
            let (first, last) = (before.seq + 1, line.seq - 1);
            self.report.find(format!("audit: positions {first} to {last} are missing"));
        }
        let stored = stored_hash(r.get(11)).unwrap_or_default();
        if line.chain(before.hash) != stored {
            self.report.find(format!("audit position {} ({} by {}): the chain breaks here", line.seq, line.kind, line.account));
        }
        self.head = AuditHead { seq: line.seq, hash: stored };
        self.marks.pass(self.report, line.seq, stored);
        if self.understand(&line).is_none() {
            self.report.find(format!("audit position {} ({}): it holds what Quell never writes", line.seq, line.kind));
        }
    }

    /// Takes in what an entry tells; none if it cannot be read.
    fn understand(&mut self, l: &Line<'_>) -> Option<()> {
        fn detail<'a, T: Deserialize<'a>>(l: &Line<'a>) -> Option<T> {
            serde_json::from_str(l.detail?).ok()
        }
        match Kind::read(l.kind)? {
            // Addresses change as they must; that they did is on record.
            Kind::Look | Kind::PeerPut | Kind::PeerRemoved => {}
            Kind::AccountPut => {
                let known = Known::put(self.accounts.get(l.what), detail(l)?, l.at);
                self.accounts.insert(l.what.to_owned(), known);
            }
            Kind::LoggedIn => {
                let TokenDetail { token, expires } = detail(l)?;
                let as_told = |t: &Unexplained| t.account == l.account && t.since == l.at && t.expires == expires;
                if self.tokens.get(&token).is_some_and(as_told) {
                    self.tokens.remove(&token);
                }
            }
            Kind::BookOpened => self.opened = Some(detail(l)?),
            Kind::AnalysisKept => {
                let AnalysisDetail { analysis, inputs, result } = detail(l)?;
                match self.analyses.get(&analysis) {
                    Some(there) if *there == (Some(inputs), result) => drop(self.analyses.remove(&analysis)),
                    Some(_) => {}
                    None => self.kept_since.push(analysis),
                }
            }
        }
        Some(())
    }

    async fn ends(mut self, c: &impl GenericClient, config: &BookConfig) -> Result<(), StoreError> {
        match head(c, config.book, false).await {
            Ok(h) if h == self.head => {}
            Ok(h) => {
                let (said, seq, hash) = (h.seq, self.head.seq, self.head.hash);
                self.report.find(format!("audit: the head says {said} entries and hash {}, the log gives {seq} and {hash}", h.hash));
            }
            Err(StoreError::Unreadable { detail, .. }) => self.report.find(format!("audit: {detail}")),
            Err(e) => return Err(e),
        }
        match &self.opened {
            Some(o) if *o == BookDetail::of(config) => {}
            Some(o) => self.report.find(format!(
                "book: it was opened with root {}, offset {} and tally depth {}; now it has {}, {} and {}",
                o.root, o.offset_minutes.0, o.tally_depth, config.root, config.offset.0, config.tally_depth
            )),
            None => self.report.find("audit: it does not say with which settings the book was opened".into()),
        }
        for t in self.tokens.values() {
            self.report.find(format!("token of {}: no log-in gave it, or not so (begun {}, until {})", t.account, t.since, t.expires));
        }
        self.accounts_are_as_told(c, config.book).await?;
        for id in self.analyses.keys() {
            self.report.find(format!("analysis {id}: its inputs or its result are not what was kept"));
        }
        const THERE: &str = "SELECT count(*) > 0 FROM quell.analysis WHERE book_id = $1 AND analysis_id = $2 AND state = 'done'";
        for id in &self.kept_since {
            if !c.query_one(THERE, &[&config.book.0, &id.0]).await.map_err(StoreError::at("verify"))?.get::<_, bool>(0) {
                self.report.find(format!("analysis {id}: the row is missing"));
            }
        }
        self.marks.end(self.report, self.head.seq);
        Ok(())
    }

    async fn accounts_are_as_told(&mut self, c: &impl GenericClient, book: BookId) -> Result<(), StoreError> {
        const SQL: &str =
            "SELECT account, role, place, password_hash, active, created_at, revoked_at FROM quell.account WHERE book_id = $1";
        for r in c.query(SQL, &[&book.0]).await.map_err(StoreError::at("verify"))? {
            self.report.rows += 1;
            let (name, role, place): (&str, &str, &str) = (r.get(0), r.get(1), r.get(2));
            let Some(Known { detail: t, since, revoked }) = self.accounts.remove(name) else {
                self.report.find(format!("account {name}: the audit log knows no such account"));
                continue;
            };
            let columns = [
                ("role", t.role.as_str() == role),
                ("place", t.place.as_str() == place),
                ("active", t.active == r.get::<_, bool>(4)),
                ("password", t.password == Hash::of(r.get::<_, &str>(3).as_bytes())),
                ("created_at", since == r.get::<_, PgTime>(5).0),
                ("revoked_at", revoked == r.get::<_, Option<PgTime>>(6).map(|t| t.0)),
            ];
            let changed: Vec<&str> = columns.iter().filter(|c| !c.1).map(|c| c.0).collect();
            if !changed.is_empty() {
                self.report.find(format!("account {name}: {} not as the audit log has it", changed.join(", ")));
            }
        }
        for name in self.accounts.keys() {
            self.report.find(format!("account {name}: the row is missing"));
        }
        Ok(())
    }
}
