//! Verification: the chain of hashes is recomputed, the whole book is replayed from its log in memory, and every stored row is
//! compared with what the log says it must be. Whatever was changed, added or removed behind Quell's back is named. So is what does not
//! agree with checkpoints from a second place, without which a log that was rewritten as a whole would look sound.

use crate::checkpoint::{self, Marks, Seen};
use crate::error::StoreError;
use crate::log::unpack;
use crate::shelf::Shelf;
use crate::tables::{Stored, select};
use deadpool_postgres::GenericClient;
use quell_book::rows::*;
use quell_book::{BookConfig, Context, Fact, LogEntry, Replay, Row, Table};
use quell_foundation::*;
use quell_protocol::Protocol;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio_postgres::IsolationLevel;

/// What was found.
#[derive(Debug, Default, Clone, serde::Serialize)]
pub struct Report {
    /// Submissions in the log.
    pub submissions: i64,
    /// Facts in them.
    pub facts: i64,
    /// Rows compared.
    pub rows: i64,
    /// Sealed days.
    pub sealed_days: i64,
    /// Entries of the audit log.
    pub audit_entries: i64,
    /// Checkpoints compared.
    pub checkpoints: i64,
    /// What was changed; empty when all is as it should be. At most 100 are named.
    pub findings: Vec<String>,
    /// How many there are in all.
    pub finding_count: i64,
}

impl Report {
    pub(crate) fn find(&mut self, what: String) {
        self.finding_count += 1;
        if self.findings.len() < 100 {
            self.findings.push(what);
        }
    }
}

/// Verifies a book. `default`: the protocol that ran before the first was adopted; `seen`: what checkpoints say of it; `progress`:
/// (done, of) submissions and entries of the audit log. On a connection with a snapshot (repeatable read) also while others write.
pub async fn verify(
    c: &impl GenericClient,
    shelf: &Shelf,
    config: &BookConfig,
    default: &Arc<Protocol>,
    seen: &[Seen],
    progress: &mut (dyn FnMut(i64, i64) + Send),
) -> Result<Report, StoreError> {
    let mut report = Report { checkpoints: seen.len() as i64, ..Report::default() };
    let head = crate::log::head(c, config.book, false).await?;
    // Without a head there is a finding, not an end.
    let audit = crate::audit::head(c, config.book, false).await.map_or(0, |h| h.seq);
    // First what explains the rest: with other settings or rules the whole book would differ.
    check_texts(c, &mut report).await?;
    crate::audit::verify(c, config, seen, &mut report, &mut |done| progress(done, audit + head.seq)).await?;
    let mut replay = Replay::new(config.clone());
    let mut marks = Marks::new("log", seen, |h| (h.seq, h.log_hash));
    let mut hash = Hash::default();
    let mut next = 1i64;
    // Not from the first position: what stands before it does not belong there.
    let mut from = i64::MIN;
    loop {
        let lines = read_lines(c, config.book, from).await?;
        if lines.is_empty() {
            break;
        }
        for l in lines {
            if l.seq != next {
                report.find(format!("submission: positions {next} to {} are missing", l.seq - 1));
            }
            next = l.seq + 1;
            let before = hash;
            hash = check_line(&mut report, &l, before);
            marks.pass(&mut report, l.seq, hash);
            replay_line(c, shelf, default, &mut replay, &mut report, &l, before).await?;
        }
        from = next;
        progress(audit + next - 1, audit + head.seq);
    }
    report.submissions = next - 1;
    if head.seq != next - 1 || head.hash != hash {
        report.find(format!("book: the head says {} submissions and hash {}, the log gives {} and {hash}", head.seq, head.hash, next - 1));
    }
    if head.open_day != replay.state.open_day || head.protocol != replay.state.protocol {
        report.find("book: the open day or the protocol in force is not what the log says".into());
    }
    marks.end(&mut report, next - 1);
    checkpoint::compare_days(c, config.book, seen, &mut report).await?;
    compare_all(c, config.book.0, &mut replay, &mut report).await?;
    Ok(report)
}

/// The same on a snapshot: what others write meanwhile is not seen.
pub async fn verify_snapshot(
    c: &mut deadpool_postgres::Client,
    shelf: &Shelf,
    config: &BookConfig,
    default: &Arc<Protocol>,
    seen: &[Seen],
    progress: &mut (dyn FnMut(i64, i64) + Send),
) -> Result<Report, StoreError> {
    let snapshot = c.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    let tx = snapshot.start().await.map_err(StoreError::at("verify"))?;
    verify(&tx, shelf, config, default, seen, progress).await
}

/// The texts of protocols, which lie under the hash of their content.
async fn check_texts(c: &impl GenericClient, report: &mut Report) -> Result<(), StoreError> {
    const SQL: &str = "SELECT content_hash, protocol, body FROM quell.protocol_text";
    for r in c.query(SQL, &[]).await.map_err(StoreError::at("verify"))? {
        report.rows += 1;
        let (hash, name, body): (&str, &str, &str) = (r.get(0), r.get(1), r.get(2));
        if Hash::of(body.as_bytes()).to_string() != hash {
            report.find(format!("quell.protocol_text {name} ({hash}): its text was changed"));
        } else if quell_protocol::load(name, body).is_ok_and(|p| p.id().as_str() != name) {
            report.find(format!("quell.protocol_text {name} ({hash}): the text is of another protocol"));
        }
    }
    Ok(())
}

struct Line {
    seq: i64,
    id: SubmissionId,
    sender: String,
    device: Option<DeviceId>,
    content_hash: Hash,
    log_hash: Hash,
    recorded_at: Instant,
    facts: Result<(Hash, Vec<Fact>), StoreError>,
    count: i32,
}

async fn read_lines(c: &impl GenericClient, book: BookId, from: i64) -> Result<Vec<Line>, StoreError> {
    let rows = c
        .query(
            "SELECT seq, submission_id, sender, content_hash, device, log_hash,
                 (extract(epoch FROM recorded_at) * 1000000)::bigint, body, facts
             FROM quell.submission WHERE book_id = $1 AND seq >= $2 ORDER BY seq LIMIT 1000",
            &[&book.0, &from],
        )
        .await
        .map_err(StoreError::at("verify"))?;
    let hash = |s: &str| s.parse::<Hash>().unwrap_or_default();
    Ok(rows
        .iter()
        .map(|r| Line {
            seq: r.get(0),
            id: SubmissionId(r.get(1)),
            sender: r.get(2),
            content_hash: hash(r.get(3)),
            // What is no device name was never written; the chain shows it.
            device: r.get::<_, Option<String>>(4).and_then(|d| DeviceId::new(d).ok()),
            log_hash: hash(r.get(5)),
            recorded_at: Instant(r.get(6)),
            facts: unpack(r.get(7)),
            count: r.get(8),
        })
        .collect())
}

/// The receipt of one submission: what is stored must hash to what was chained.
fn check_line(report: &mut Report, l: &Line, before: Hash) -> Hash {
    match &l.facts {
        Ok((h, facts)) => {
            report.facts += facts.len() as i64;
            if *h != l.content_hash {
                report.find(format!("submission {} (position {}): its content was changed", l.id, l.seq));
            }
            if facts.len() as i64 != i64::from(l.count) {
                report.find(format!("submission {} (position {}): it has {} facts, not {}", l.id, l.seq, facts.len(), l.count));
            }
        }
        Err(e) => report.find(format!("submission {} (position {}): {e}", l.id, l.seq)),
    }
    let entry = LogEntry {
        seq: l.seq,
        submission: l.id,
        sender: &l.sender,
        device: l.device.as_ref(),
        content_hash: l.content_hash,
        recorded_at: l.recorded_at,
    };
    let hash = entry.chain(before);
    if hash != l.log_hash {
        report.find(format!("submission {} (position {}): the chain of receipts breaks here", l.id, l.seq));
    }
    l.log_hash
}

async fn replay_line(
    c: &impl GenericClient,
    shelf: &Shelf,
    default: &Arc<Protocol>,
    replay: &mut Replay,
    report: &mut Report,
    l: &Line,
    before: Hash,
) -> Result<(), StoreError> {
    let Ok((_, facts)) = &l.facts else { return Ok(()) };
    let protocol = match &replay.state.protocol {
        Some((_, h)) => match shelf.get(c, *h).await {
            Ok(p) => p,
            // Without the rules there is no replay: what follows differs, and this is why.
            Err(e @ (StoreError::NoProtocol(_) | StoreError::Unreadable { .. })) => {
                report.find(format!("submission {} (position {}): it cannot be replayed: {e}", l.id, l.seq));
                return Ok(());
            }
            Err(e) => return Err(e),
        },
        None => default.clone(),
    };
    let context = Context { protocol: &protocol, now: l.recorded_at, seq: l.seq, submission: l.id, sender: &l.sender };
    if let Err(e) = replay.submit(context, before, facts) {
        report.find(format!("submission {} (position {}): replayed, it would be refused: {e}", l.id, l.seq));
    }
    Ok(())
}

async fn compare_all(c: &impl GenericClient, book: i32, replay: &mut Replay, report: &mut Report) -> Result<(), StoreError> {
    let s = &replay.state;
    compare(c, book, &s.places, report, "place").await?;
    compare(c, book, &s.persons, report, "person_id::text").await?;
    compare(c, book, &s.rounds, report, "round").await?;
    compare(c, book, &s.roster, report, "person_id::text || round").await?;
    compare(c, book, &s.registrations, report, "tube || person_id::text").await?;
    compare(c, book, &s.tubes, report, "tube").await?;
    compare(c, book, &s.boxes, report, "box").await?;
    compare(c, book, &s.hand_overs, report, "seq::text").await?;
    compare(c, book, &s.plates, report, "plate").await?;
    compare(c, book, &s.results, report, "seq::text").await?;
    compare(c, book, &s.laboratory_days, report, "laboratory || day::text || mode").await?;
    compare(c, book, &s.cases, report, "case_id::text").await?;
    compare(c, book, &s.contacts, report, "contact_id::text").await?;
    compare(c, book, &s.follow_ups, report, "seq::text").await?;
    compare(c, book, &s.prophylaxes, report, "seq::text").await?;
    compare(c, book, &s.vaccinations, report, "person_id::text").await?;
    compare(c, book, &s.orders, report, "order_id::text").await?;
    compare(c, book, &s.appeals, report, "appeal_id::text").await?;
    compare(c, book, &s.investigations, report, "case_id::text").await?;
    compare(c, book, &s.interviews, report, "seq::text").await?;
    compare(c, book, &s.visits, report, "visit_id::text").await?;
    compare(c, book, &s.links, report, "link_id::text").await?;
    compare(c, book, &s.merges, report, "merge_id::text").await?;
    compare(c, book, &s.distincts, report, "person_id::text || ' ' || other_id::text").await?;
    compare(c, book, &s.outbox, report, "message_id::text").await?;
    compare(c, book, &s.inbox, report, "message_id::text").await?;
    compare(c, book, &s.leads, report, "lead_id::text").await?;
    compare(c, book, &s.events, report, "event").await?;
    compare(c, book, &s.memberships, report, "group_id || person_id::text").await?;
    compare(c, book, &s.check_ins, report, "person_id::text").await?;
    compare(c, book, &s.teams, report, "team_id").await?;
    compare(c, book, &s.assignments, report, "person_id::text").await?;
    compare(c, book, &s.transfers, report, "transfer_id::text").await?;
    compare(c, book, &s.stays, report, "stay_id::text").await?;
    compare(c, book, &s.observations, report, "seq::text").await?;
    compare(c, book, &s.zones, report, "place").await?;
    compare(c, book, &s.duties, report, "duty_id::text").await?;
    compare(c, book, &s.ownerships, report, "place").await?;
    compare(c, book, &s.sealed_days, report, "day::text").await?;
    report.sealed_days = s.sealed_days.len() as i64;
    compare_tallies(c, book, replay, report).await?;
    compare_carried(c, book, report).await
}

/// Compares a table in portions (a hash of the key cuts it into parts that fit in memory).
async fn compare<R: Stored>(c: &impl GenericClient, book: i32, truth: &Table<R>, report: &mut Report, key: &str) -> Result<(), StoreError> {
    let parts = (truth.len() / 20_000 + 1) as i32;
    let (mut known, mut unreadable) = (0usize, false);
    for part in 0..parts {
        let rows: Vec<R> = match portion(c, book, key, part, parts).await {
            Ok(rows) => rows,
            Err(StoreError::Unreadable { operation, detail }) => {
                report.find(format!("{operation}: a row holds what Quell never writes: {detail}"));
                unreadable = true;
                continue;
            }
            Err(e) => return Err(e),
        };
        for r in rows {
            report.rows += 1;
            match truth.get(&r.key()) {
                Some(t) if *t == r => known += 1,
                Some(t) => {
                    known += 1;
                    report.find(format!("{} {:?}: {}", R::TABLE, r.key(), difference(t, &r)));
                }
                None => report.find(format!("{} {:?}: the log knows no such row", R::TABLE, r.key())),
            }
        }
    }
    // What could not be read is not missing.
    if known < truth.len() && !unreadable {
        name_missing(c, book, truth, report, key, parts).await?;
    }
    Ok(())
}

async fn portion<R: Stored>(c: &impl GenericClient, book: i32, key: &str, part: i32, parts: i32) -> Result<Vec<R>, StoreError> {
    let condition =
        if parts == 1 { "$2::int4 = $3::int4 - 1 OR true".to_owned() } else { format!("abs(hashtext({key}) % $3::int4) = $2::int4") };
    select(c, book, &format!("({condition})"), &[&part, &parts]).await
}

/// Reads the table once more, to name the rows of the log that are not in it.
async fn name_missing<R: Stored>(
    c: &impl GenericClient,
    book: i32,
    truth: &Table<R>,
    report: &mut Report,
    key: &str,
    parts: i32,
) -> Result<(), StoreError> {
    let mut there: HashSet<R::Key> = HashSet::new();
    for part in 0..parts {
        there.extend(portion::<R>(c, book, key, part, parts).await?.iter().map(Row::key));
    }
    for key in truth.iter().map(Row::key).filter(|k| !there.contains(k)) {
        report.find(format!("{} {key:?}: the row is missing", R::TABLE));
    }
    Ok(())
}

/// The columns in which two rows differ.
fn difference<R: serde::Serialize>(truth: &R, found: &R) -> String {
    let (Ok(serde_json::Value::Object(t)), Ok(serde_json::Value::Object(f))) = (serde_json::to_value(truth), serde_json::to_value(found))
    else {
        return "differs".into();
    };
    let changed: Vec<String> = t
        .iter()
        .filter(|(k, v)| f.get(*k) != Some(v))
        .map(|(k, v)| format!("{k} must be {v} but is {}", f.get(k).unwrap_or(&serde_json::Value::Null)))
        .collect();
    shorten(&changed.join(", "))
}

/// Long values (a day's sheet) are cut: the finding names the row and column, not its whole content.
fn shorten(text: &str) -> String {
    const LIMIT: usize = 400;
    match text.char_indices().nth(LIMIT) {
        Some((i, _)) => format!("{} …", &text[..i]),
        None => text.to_owned(),
    }
}

async fn compare_tallies(c: &impl GenericClient, book: i32, replay: &Replay, report: &mut Report) -> Result<(), StoreError> {
    let stored: Vec<Tally> = select(c, book, "true", &[]).await?;
    let mut truth: HashMap<_, &Tally> = replay.tallies.iter().collect();
    for t in &stored {
        report.rows += 1;
        match truth.remove(&t.key()) {
            Some(x) if x == t => {}
            Some(x) => report.find(format!("{} {:?}: {}", Tally::TABLE, t.key(), difference(x, t))),
            None => report.find(format!("{} {:?}: the log knows no such row", Tally::TABLE, t.key())),
        }
    }
    for key in truth.keys() {
        report.find(format!("{} {key:?}: the row is missing", Tally::TABLE));
    }
    Ok(())
}

/// What the boards take as carried from sealed days must be the sum of their tallies, which were compared with the log before.
async fn compare_carried(c: &impl GenericClient, book: i32, report: &mut Report) -> Result<(), StoreError> {
    const DIFFERENT: &str = "
        WITH carried AS (SELECT * FROM quell.tally_before WHERE book_id = $1), summed AS (
            SELECT kind, place, sum(opened) AS opened, sum(reopened) AS reopened, sum(discharged) AS discharged, sum(in_time) AS in_time,
                sum(waived) AS waived, sum(superseded) AS superseded
            FROM quell.tally WHERE book_id = $1 AND day <= (SELECT tallied_through FROM quell.book WHERE book_id = $1) GROUP BY kind, place)
        SELECT kind, place FROM carried b FULL JOIN summed t USING (kind, place)
        WHERE (b.opened, b.reopened, b.discharged, b.in_time, b.waived, b.superseded)
            IS DISTINCT FROM (t.opened, t.reopened, t.discharged, t.in_time, t.waived, t.superseded)";
    for r in c.query(DIFFERENT, &[&book]).await.map_err(StoreError::at("verify"))? {
        let (kind, place): (&str, &str) = (r.get(0), r.get(1));
        report.find(format!("quell.tally_before ({kind}, {place}): it is not the sum of the sealed days"));
    }
    const TOO_FAR: &str = "SELECT FROM quell.book b WHERE b.book_id = $1 AND b.tallied_through IS NOT NULL
        AND NOT EXISTS (SELECT FROM quell.sealed_day d WHERE d.book_id = b.book_id AND d.day = b.tallied_through)";
    if c.query_opt(TOO_FAR, &[&book]).await.map_err(StoreError::at("verify"))?.is_some() {
        report.find("book: it carries a day that is not sealed".into());
    }
    Ok(())
}
