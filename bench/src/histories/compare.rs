//! What the book's tables say against what the auditor says.

use super::auditor::{Auditor, Counts};
use crate::Error;
use quell_book::rows::*;
use quell_book::*;
use quell_foundation::*;
use quell_store::Database;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;

mod lives;

use lives::Lives;

/// The rows of a book that are compared.
pub struct Book {
    tubes: Vec<Tube>,
    registrations: Vec<Registration>,
    duties: Vec<Duty>,
    cases: Vec<Case>,
    lives: Lives,
    tallies: Vec<Tally>,
    submissions: i64,
}

const READ: &str = r#"
    SELECT json_build_object(
        'tube', (SELECT coalesce(json_agg(to_jsonb(t) - 'book_id'), '[]') FROM quell.tube t WHERE book_id = $1),
        'registration', (SELECT coalesce(json_agg(to_jsonb(t) - 'book_id'), '[]') FROM quell.registration t WHERE book_id = $1),
        'duty', (SELECT coalesce(json_agg(to_jsonb(t) - 'book_id'), '[]') FROM quell.duty t WHERE book_id = $1),
        'case', (SELECT coalesce(json_agg(to_jsonb(t) - 'book_id'), '[]') FROM quell."case" t WHERE book_id = $1),
        'person', (SELECT coalesce(json_agg(to_jsonb(t)), '[]') FROM (
            SELECT person_id, standing, exposure FROM quell.person WHERE book_id = $1) t),
        'contact', (SELECT coalesce(json_agg(to_jsonb(t) - 'book_id'), '[]') FROM quell.contact t WHERE book_id = $1),
        'transfer', (SELECT coalesce(json_agg(to_jsonb(t) - 'book_id'), '[]') FROM quell.transfer t WHERE book_id = $1),
        'stay', (SELECT coalesce(json_agg(to_jsonb(t) - 'book_id'), '[]') FROM quell.stay t WHERE book_id = $1),
        'zone', (SELECT coalesce(json_agg(to_jsonb(t) - 'book_id'), '[]') FROM quell.zone t WHERE book_id = $1),
        'facility', (SELECT coalesce(json_agg(to_jsonb(t) - 'book_id'), '[]') FROM quell.place t WHERE book_id = $1 AND beds > 0),
        'tally', (SELECT coalesce(json_agg(to_jsonb(t) - 'book_id'), '[]') FROM quell.tally t WHERE book_id = $1),
        'submission', (SELECT count(*) FROM quell.submission t WHERE book_id = $1))::text"#;

impl Book {
    /// Reads the rows.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn read(db: &Database, book: BookId) -> Result<Self, Error> {
        let c = db.connection().await?;
        let statement = c.prepare_cached(READ).await?;
        let row = c.query_one(&statement, &[&book.0]).await?;
        let mut all: Value = serde_json::from_str(row.get(0))?;
        Ok(Self {
            tubes: rows(&mut all, "tube")?,
            registrations: rows(&mut all, "registration")?,
            duties: rows(&mut all, "duty")?,
            cases: rows(&mut all, "case")?,
            lives: Lives::read(&mut all)?,
            tallies: rows(&mut all, "tally")?,
            submissions: all["submission"].as_i64().unwrap_or(-1),
        })
    }

    /// Tells the auditor the ids that only the book knows, and finds the differences.
    pub fn compare(&self, a: &mut Auditor) -> Vec<String> {
        let mut found = Vec::new();
        if self.submissions != a.seq {
            found.push(format!("the log holds {} submissions, not {}", self.submissions, a.seq));
        }
        self.name_cases(a);
        differ("tube", &self.tube_lines(), &auditors_tubes(a), &mut found);
        differ("registration", &self.registration_lines(), &auditors_registrations(a), &mut found);
        differ("case", &self.case_lines(), &auditors_cases(a), &mut found);
        self.lives.compare(a, &mut found);
        self.compare_duties(a, &mut found);
        self.compare_tallies(a, &mut found);
        found
    }

    fn name_cases(&self, a: &mut Auditor) {
        for i in 0..a.known.cases.len() {
            let c = &a.known.cases[i];
            if c.id.is_some() {
                continue;
            }
            let taken = |id: CaseId| a.known.cases.iter().any(|x| x.id == Some(id));
            let row =
                self.cases.iter().find(|r| r.person_id == c.person && r.tube == c.tube && r.found_at == c.found.at && !taken(r.case_id));
            a.known.cases[i].id = row.map(|r| r.case_id);
        }
    }

    fn tube_lines(&self) -> BTreeMap<String, String> {
        let line = |t: &Tube| {
            tube_line(
                t.state,
                t.mode,
                t.members,
                t.capacity,
                t.result,
                &[Some(t.opened_at), t.seal_due, t.sealed_at, t.deliver_due, t.received_at, t.test_due, t.resulted_at],
                t.runs,
            )
        };
        self.tubes.iter().map(|t| (t.tube.to_string(), line(t))).collect()
    }

    fn registration_lines(&self) -> BTreeMap<String, String> {
        self.registrations
            .iter()
            .map(|r| {
                (
                    format!("{} {}", r.tube, short(r.person_id)),
                    format!("at {} seq {} counts {} void {:?}", r.sampled_at, r.seq, r.counts, r.void_seq),
                )
            })
            .collect()
    }

    fn case_lines(&self) -> BTreeMap<String, String> {
        let line = |c: &Case| {
            format!("{} {} {:?} {:?} since {} until {:?}", c.person_id, c.classification, c.severity, c.state, c.found_at, c.ended_at)
        };
        self.cases.iter().map(|c| (c.case_id.to_string(), line(c))).collect()
    }

    /// Duties of whole populations are no rows: they show in the tallies.
    fn compare_duties(&self, a: &mut Auditor, found: &mut Vec<String>) {
        let mut left: BTreeMap<String, Vec<DutyId>> = BTreeMap::new();
        for d in &self.duties {
            let about = about(d.person_id, d.tube.as_ref().map_or(if d.person_id.is_some() { "" } else { &d.subject }, |t| t.as_str()));
            let line = duty_line(d.kind, &about, (d.opened_at, Some(d.due), d.opened_seq), (d.state, d.in_time, d.ended_seq));
            left.entry(line).or_default().push(d.duty_id);
        }
        let mut missing = Vec::new();
        for d in a.duties.iter_mut().filter(|d| !is_population(d.key.kind) && d.due.is_some()) {
            let about = about(d.key.person, d.key.tube.as_ref().map(|t| t.as_str()).or(d.key.subject.as_deref()).unwrap_or_default());
            let line = duty_line(d.key.kind, &about, (d.since, d.due, d.opened_seq), (d.state, d.in_time, d.ended_seq));
            let found = left.get_mut(&line).and_then(|ids| Some(ids.swap_remove(ids.iter().position(|id| d.id.is_none_or(|x| x == *id))?)));
            match found {
                Some(id) => d.id = Some(id),
                None => missing.push(line),
            }
        }
        let left = left.into_iter().flat_map(|(line, ids)| ids.into_iter().map(move |id| (line.clone(), id)));
        found.extend(missing.into_iter().map(|l| format!("duty: the book has not   {l}")));
        found.extend(left.into_iter().map(|(l, _)| format!("duty: the auditor has not {l}")));
    }

    fn compare_tallies(&self, a: &Auditor, found: &mut Vec<String>) {
        let line = |c: &Counts| {
            format!("opened {} reopened {} discharged {} in time {} waived {} superseded {}", c[0], c[1], c[2], c[3], c[4], c[5])
        };
        let rows = self
            .tallies
            .iter()
            .map(|t| {
                let counts = [t.opened, t.reopened, t.discharged, t.in_time, t.waived, t.superseded];
                (format!("{} {} {} {}", t.day, t.kind, t.place, t.round), line(&counts))
            })
            .filter(|(_, l)| *l != line(&[0; 6]))
            .collect();
        let truth = a.tallies.iter().map(|((day, kind, place, round), c)| (format!("{day} {kind} {place} {round}"), line(c))).collect();
        differ("tally", &rows, &truth, found);
    }
}

/// Kinds that are columns of whole populations instead of rows.
fn is_population(kind: DutyKind) -> bool {
    matches!(kind, DutyKind::Sample | DutyKind::Result | DutyKind::Seal | DutyKind::Deliver | DutyKind::Test)
}

fn rows<T: DeserializeOwned>(all: &mut Value, table: &str) -> Result<Vec<T>, Error> {
    Ok(serde_json::from_value(all[table].take())?)
}

fn short(p: PersonId) -> String {
    format!("p{}", p.0.as_u128())
}

/// Whom and what a duty is about: two tubes of one box ask the same person for two swabs.
fn about(person: Option<PersonId>, what: &str) -> String {
    person.map_or_else(|| what.to_owned(), |p| format!("{} {what}", short(p)))
}

fn duty_line(
    kind: DutyKind,
    about: &str,
    (since, due, seq): (Instant, Option<Instant>, i64),
    (state, in_time, ended): (DutyState, Option<bool>, Option<i64>),
) -> String {
    let due = due.map(|d| d.to_string()).unwrap_or_default();
    format!("{kind} of {about} since {since} due {due} by {seq}: {state} in time {in_time:?} by {ended:?}")
}

fn tube_line(
    state: TubeState,
    mode: quell_protocol::TubeMode,
    members: i32,
    capacity: i32,
    result: Option<TestResult>,
    times: &[Option<Instant>; 7],
    runs: i32,
) -> String {
    let names = ["opened", "seal due", "sealed", "deliver due", "received", "test due", "resulted"];
    let times: Vec<String> = names.iter().zip(times).map(|(n, t)| format!("{n} {}", t.map_or("-".into(), |t| t.to_string()))).collect();
    format!("{state} {mode:?} {members}/{capacity} {result:?} runs {runs} {}", times.join(", "))
}

fn auditors_tubes(a: &Auditor) -> BTreeMap<String, String> {
    let due = |at: Option<Instant>, link| at.and_then(|at| a.protocol.deadline(link).map(|d| at.plus(d)));
    a.known
        .tubes
        .iter()
        .map(|(code, t)| {
            let (sealed, received) = (t.closed().map(|m| m.at), t.received.as_ref().map(|(m, _)| m.at));
            // What a tube owes ends with it.
            let owes = |due: Option<Instant>| due.filter(|_| t.ended.is_none());
            let times = [
                Some(t.opened.at),
                owes(due(Some(t.opened.at), quell_protocol::Link::Seal)),
                sealed,
                owes(due(sealed, quell_protocol::Link::Deliver)),
                received,
                owes(a.test_due(t)),
                t.answered().map(|r| r.mark.at),
            ];
            let runs = t.runs.iter().filter(|r| !r.correction).count() as i32;
            (
                code.to_string(),
                tube_line(t.state(), t.mode, a.known.members(code).len() as i32, t.capacity as i32, t.result(), &times, runs),
            )
        })
        .collect()
}

/// The last word about each person in each tube.
fn auditors_registrations(a: &Auditor) -> BTreeMap<String, String> {
    let line = |s: &super::auditor::known::Swab| {
        let counts = s.round.as_ref().and_then(|r| a.known.counting(r, s.person)).is_some_and(|c| c.mark.n == s.mark.n);
        format!("at {} seq {} counts {counts} void {:?}", s.mark.at, s.mark.seq, s.void.map(|m| m.seq))
    };
    a.known.swabs.iter().map(|s| (format!("{} {}", s.tube, short(s.person)), line(s))).collect()
}

fn auditors_cases(a: &Auditor) -> BTreeMap<String, String> {
    let id = |c: Option<CaseId>| c.map_or("(not found)".into(), |c| c.to_string());
    let line = |c: &super::auditor::known::CaseSeen| {
        format!("{} {} {:?} {:?} since {} until {:?}", c.person, c.classification, c.severity, c.state, c.found.at, c.ended.map(|m| m.at))
    };
    a.known.cases.iter().map(|c| (id(c.id), line(c))).collect()
}

fn differ(what: &str, book: &BTreeMap<String, String>, truth: &BTreeMap<String, String>, found: &mut Vec<String>) {
    for key in book.keys().chain(truth.keys().filter(|k| !book.contains_key(*k))) {
        match (book.get(key), truth.get(key)) {
            (Some(b), Some(t)) if b == t => {}
            (b, t) => found.push(format!("{what} {key}:\n      book    {}\n      auditor {}", b.map_or("-", |b| b), t.map_or("-", |t| t))),
        }
    }
}
