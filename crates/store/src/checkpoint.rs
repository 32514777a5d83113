//! What a checkpoint of a book says: how far its logs have come, with their hashes. Kept in a second place, it shows what the database
//! alone cannot: that a whole log was rewritten with hashes that fit, or that an older state was put in its place.

use crate::error::StoreError;
use crate::hot::PgDay;
use crate::verify::Report;
use deadpool_postgres::GenericClient;
use quell_foundation::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far the logs of a book have come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heads {
    /// Last position of the log of submissions.
    pub seq: i64,
    /// Its hash.
    pub log_hash: Hash,
    /// Last position of the audit log.
    pub audit_seq: i64,
    /// Its hash.
    pub audit_hash: Hash,
    /// The open day.
    pub open_day: Option<Day>,
    /// The day that was sealed last.
    pub sealed_day: Option<Day>,
    /// Its hash.
    pub day_hash: Option<Hash>,
}

fn bad(detail: String) -> StoreError {
    StoreError::Unreadable { operation: "checkpoint", detail }
}

/// The heads as they are now.
pub async fn heads(c: &impl GenericClient, book: BookId) -> Result<Heads, StoreError> {
    const SQL: &str = "SELECT b.head_seq, b.head_hash, b.open_day, a.seq, a.hash, d.day, d.day_hash
        FROM quell.book b JOIN quell.audit_head a USING (book_id)
        LEFT JOIN LATERAL (SELECT day, day_hash FROM quell.sealed_day WHERE book_id = $1 ORDER BY day DESC LIMIT 1) d ON true
        WHERE b.book_id = $1";
    let s = c.prepare_cached(SQL).await.map_err(StoreError::at("checkpoint"))?;
    let r = c.query_opt(&s, &[&book.0]).await.map_err(StoreError::at("checkpoint"))?.ok_or(StoreError::NoBook(book))?;
    let hash = |t: &str| t.parse::<Hash>().map_err(|e| bad(e.to_string()));
    let day = |i| r.get::<_, Option<PgDay>>(i).map(|d| d.0);
    Ok(Heads {
        seq: r.get(0),
        log_hash: hash(r.get(1))?,
        audit_seq: r.get(3),
        audit_hash: r.get::<_, &[u8]>(4).try_into().map(Hash).map_err(|_| bad("a hash that is none".into()))?,
        open_day: day(2),
        sealed_day: day(5),
        day_hash: r.get::<_, Option<&str>>(6).map(hash).transpose()?,
    })
}

/// What a position of the logs had as its hash: `None` where the log does not reach. To see whether a book still holds what was seen.
pub async fn hashes_at(c: &impl GenericClient, book: BookId, seen: &Heads) -> Result<(Option<Hash>, Option<Hash>), StoreError> {
    const SQL: &str = "SELECT (SELECT log_hash FROM quell.submission WHERE book_id = $1 AND seq = $2),
        (SELECT hash FROM quell.audit WHERE book_id = $1 AND seq = $3)";
    let r = c.query_one(SQL, &[&book.0, &seen.seq, &seen.audit_seq]).await.map_err(StoreError::at("checkpoint"))?;
    let log = r.get::<_, Option<&str>>(0).and_then(|h| h.parse().ok());
    let audit = r.get::<_, Option<&[u8]>>(1).and_then(|h| h.try_into().ok()).map(Hash);
    let empty = |seq, hash: Option<Hash>| if seq == 0 { Some(Hash::default()) } else { hash };
    Ok((empty(seen.seq, log), empty(seen.audit_seq, audit)))
}

/// What was seen, where that is written (file and line) and when it was.
#[derive(Debug, Clone)]
pub struct Seen {
    /// File and line.
    pub place: String,
    /// When.
    pub at: Instant,
    /// What.
    pub heads: Heads,
}

/// What checkpoints say of one log, compared as the log is read.
pub(crate) struct Marks {
    log: &'static str,
    /// Position, hash, which checkpoint; by position.
    marks: Vec<(i64, Hash, String)>,
    next: usize,
    /// The last position that agreed.
    sound: i64,
    differing: usize,
}

impl Marks {
    pub fn new(log: &'static str, seen: &[Seen], of: impl Fn(&Heads) -> (i64, Hash)) -> Self {
        let mark = |s: &Seen| {
            let (seq, hash) = of(&s.heads);
            (seq, hash, format!("{} of {}", s.place, s.at))
        };
        let mut marks: Vec<_> = seen.iter().map(mark).collect();
        marks.sort_by_key(|m| m.0);
        let mut marks = Self { log, marks, next: 0, sound: 0, differing: 0 };
        marks.pass(&mut Report::default(), 0, Hash::default());
        marks
    }

    /// The log has this hash at this position.
    pub fn pass(&mut self, report: &mut Report, seq: i64, hash: Hash) {
        while let Some((at, wanted, place)) = self.marks.get(self.next).filter(|m| m.0 <= seq) {
            self.next += 1;
            if *at == seq && *wanted == hash {
                self.sound = seq;
                continue;
            }
            self.differing += 1;
            // What follows the first that differs cannot agree.
            if self.differing == 1 {
                let (log, sound) = (self.log, self.sound);
                report.find(format!(
                    "checkpoint {place}: position {at} of the {log} had another hash: it was rewritten behind position {sound}, with hashes that fit"
                ));
            }
        }
    }

    /// The log ends at this position.
    pub fn end(self, report: &mut Report, last: i64) {
        if self.differing > 1 {
            report.find(format!("checkpoints: {} more do not agree with the {}", self.differing - 1, self.log));
        }
        if let Some((at, _, place)) = self.marks.get(self.next..).and_then(<[_]>::last) {
            let log = self.log;
            report.find(format!(
                "checkpoint {place}: the {log} had {at} positions, now it ends at {last}: the database was rolled back, or its end was cut off"
            ));
        }
    }
}

/// The sealed days must be those that were seen.
pub(crate) async fn compare_days(c: &impl GenericClient, book: BookId, seen: &[Seen], report: &mut Report) -> Result<(), StoreError> {
    let wanted: BTreeMap<Day, (Hash, &Seen)> = seen.iter().filter_map(|s| Some((s.heads.sealed_day?, (s.heads.day_hash?, s)))).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    const SQL: &str = "SELECT day, day_hash FROM quell.sealed_day WHERE book_id = $1";
    let rows = c.query(SQL, &[&book.0]).await.map_err(StoreError::at("checkpoint"))?;
    let there: BTreeMap<Day, String> = rows.iter().map(|r| (r.get::<_, PgDay>(0).0, r.get(1))).collect();
    for (day, (hash, s)) in wanted {
        match there.get(&day) {
            Some(h) if *h == hash.to_string() => {}
            Some(_) => report.find(format!("checkpoint {} of {}: {day} was sealed with another hash", s.place, s.at)),
            None => report.find(format!("checkpoint {} of {}: {day} was sealed; now it is not", s.place, s.at)),
        }
    }
    Ok(())
}
