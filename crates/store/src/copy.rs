//! New rows of the tables that grow by the hundred thousand, in PostgreSQL's binary COPY format: at a city's rate the JSON of the
//! other tables would cost more than the rows themselves.

use crate::error::StoreError;
use crate::hot::{DAYS_TO_2000, UNIX_TO_2000};
use crate::load::Tx;
use bytes::Bytes;
use futures_util::SinkExt;
use quell_book::rows::*;
use quell_foundation::*;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::{Display, Formatter};
use std::io::Write;

/// A row that can be copied in.
pub(crate) trait Copied {
    /// The statement, with the columns in the order of [`Copied::fields`].
    const COPY: &'static str;
    /// How many columns, `book_id` included.
    const COLUMNS: i16;
    /// Writes the columns behind `book_id`.
    fn fields(&self, out: &mut Fields);
}

/// The bytes of the rows: per row the number of columns, per column its length and its bytes.
pub(crate) struct Fields(Vec<u8>);

impl Fields {
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(&(bytes.len() as i32).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }
    fn null(&mut self) {
        self.0.extend_from_slice(&(-1i32).to_be_bytes());
    }
    fn maybe<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            Some(v) => write(self, v),
            None => self.null(),
        }
    }
    pub fn text(&mut self, t: &str) {
        self.bytes(t.as_bytes());
    }
    pub fn maybe_text(&mut self, t: Option<&str>) {
        self.maybe(t, Self::text);
    }
    pub fn uuid(&mut self, id: uuid::Uuid) {
        self.bytes(id.as_bytes());
    }
    pub fn int(&mut self, n: i32) {
        self.bytes(&n.to_be_bytes());
    }
    pub fn bigint(&mut self, n: i64) {
        self.bytes(&n.to_be_bytes());
    }
    fn double(&mut self, n: f64) {
        self.bytes(&n.to_be_bytes());
    }
    fn bool(&mut self, b: bool) {
        self.bytes(&[u8::from(b)]);
    }
    pub fn time(&mut self, t: Instant) {
        self.bigint(t.0 - UNIX_TO_2000);
    }
    fn maybe_time(&mut self, t: Option<Instant>) {
        self.maybe(t, Self::time);
    }
    fn day(&mut self, d: Day) {
        self.int(d.0 - DAYS_TO_2000);
    }
    /// What is written by `write` as one column.
    fn sized(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let at = self.0.len();
        self.0.extend_from_slice(&[0; 4]);
        write(&mut self.0);
        let length = (self.0.len() - at - 4) as i32;
        self.0[at..at + 4].copy_from_slice(&length.to_be_bytes());
    }
    /// A word of a closed list, as it stands in JSON. (Unit variants can be formatted, and a `Vec` takes every byte.)
    fn word(&mut self, w: impl Serialize) {
        self.sized(|out| out.write_fmt(format_args!("{}", Word(w))).unwrap_or_else(|_| unreachable!("a unit variant")));
    }
    /// What is kept as `jsonb`: a version, then the text.
    fn json(&mut self, value: impl Serialize) {
        self.sized(|out| {
            out.push(1);
            serde_json::to_writer(out, &value).unwrap_or_else(|_| unreachable!("finite numbers and text"));
        });
    }
    /// An array: one dimension, no nulls, elements of the type with this oid, counted from 1.
    fn array<T>(&mut self, oid: i32, items: impl ExactSizeIterator<Item = T>, write: impl Fn(&mut Self, T)) {
        let mut inner = Fields(Vec::new());
        let length = items.len() as i32;
        let dimensions = i32::from(length > 0);
        [dimensions, 0, oid].iter().for_each(|n| inner.0.extend_from_slice(&n.to_be_bytes()));
        if dimensions == 1 {
            [length, 1].iter().for_each(|n| inner.0.extend_from_slice(&n.to_be_bytes()));
        }
        items.for_each(|item| write(&mut inner, item));
        self.bytes(&inner.0);
    }
    fn words<T: Serialize>(&mut self, words: &BTreeSet<T>) {
        const TEXT: i32 = 25;
        self.array(TEXT, words.iter(), |f, w| f.word(w));
    }
    fn bigints(&mut self, numbers: &[i64]) {
        const BIGINT: i32 = 20;
        self.array(BIGINT, numbers.iter(), |f, n| f.bigint(*n));
    }
}

struct Word<T>(T);

impl<T: Serialize> Display for Word<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        self.0.serialize(f)
    }
}

/// Copies new rows in.
pub(crate) async fn copy<R: Copied>(tx: &Tx<'_>, rows: &[R]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut out = Fields(Vec::with_capacity(rows.len() * 256));
    out.0.extend_from_slice(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
    for r in rows {
        out.0.extend_from_slice(&R::COLUMNS.to_be_bytes());
        out.int(tx.book);
        r.fields(&mut out);
    }
    out.0.extend_from_slice(&(-1i16).to_be_bytes());
    let statement = tx.client.prepare_cached(R::COPY).await.map_err(StoreError::at("copy"))?;
    let mut sink = std::pin::pin!(tx.client.copy_in::<_, Bytes>(&statement).await.map_err(StoreError::at("copy"))?);
    sink.send(out.0.into()).await.map_err(StoreError::at("copy"))?;
    sink.as_mut().finish().await.map_err(StoreError::at("copy"))?;
    Ok(())
}

impl Copied for Registration {
    const COPY: &'static str = "COPY quell.registration
        (book_id, person_id, tube, round, place, sampled_at, seq, counts, flag, void_seq) FROM STDIN (FORMAT binary)";
    const COLUMNS: i16 = 10;
    fn fields(&self, out: &mut Fields) {
        out.uuid(self.person_id.0);
        out.text(self.tube.as_str());
        out.maybe_text(self.round.as_ref().map(RoundId::as_str));
        out.text(self.place.as_str());
        out.time(self.sampled_at);
        out.bigint(self.seq);
        out.bool(self.counts);
        out.maybe_text(self.flag.as_deref());
        out.maybe(self.void_seq, Fields::bigint);
    }
}

impl Copied for Tube {
    const COPY: &'static str = "COPY quell.tube
        (book_id, tube, round, place, mode, capacity, members, household, state, opened_at, seal_due, sealed_at, box, holder, left_at,
        deliver_due, received_at, laboratory, test_due, resulted_at, result, targets, plate, runs) FROM STDIN (FORMAT binary)";
    const COLUMNS: i16 = 24;
    fn fields(&self, out: &mut Fields) {
        out.text(self.tube.as_str());
        out.maybe_text(self.round.as_ref().map(RoundId::as_str));
        out.text(self.place.as_str());
        out.word(self.mode);
        out.int(self.capacity);
        out.int(self.members);
        out.maybe_text(self.household.as_ref().map(PlaceId::as_str));
        out.word(self.state);
        out.time(self.opened_at);
        out.maybe_time(self.seal_due);
        out.maybe_time(self.sealed_at);
        out.maybe_text(self.r#box.as_ref().map(BoxCode::as_str));
        out.maybe_text(self.holder.as_deref());
        out.maybe_time(self.left_at);
        out.maybe_time(self.deliver_due);
        out.maybe_time(self.received_at);
        out.maybe_text(self.laboratory.as_ref().map(PlaceId::as_str));
        out.maybe_time(self.test_due);
        out.maybe_time(self.resulted_at);
        out.maybe(self.result, Fields::word);
        out.json(&self.targets);
        out.maybe_text(self.plate.as_ref().map(PlateId::as_str));
        out.int(self.runs);
    }
}

impl Copied for Person {
    const COPY: &'static str = "COPY quell.person
        (book_id, person_id, home, place, name, sex, born, identity_hash, identity_masked, phone, occupation, tags, standing,
        standing_since, away_to, exposure, attention, listed_seq, recalled, match_keys, same_as) FROM STDIN (FORMAT binary)";
    const COLUMNS: i16 = 21;
    fn fields(&self, out: &mut Fields) {
        out.uuid(self.person_id.0);
        out.text(self.home.as_str());
        out.text(self.place.as_str());
        out.text(&self.name);
        out.word(self.sex);
        out.maybe(self.born, Fields::day);
        out.maybe_text(self.identity_hash.map(|h| h.to_string()).as_deref());
        out.maybe_text(self.identity_masked.as_deref());
        out.maybe_text(self.phone.as_deref());
        out.word(self.occupation);
        out.words(&self.tags);
        out.word(self.standing);
        out.maybe_time(self.standing_since);
        out.maybe_text(self.away_to.as_deref());
        out.word(self.exposure);
        out.bool(self.attention);
        out.bigint(self.listed_seq);
        out.json(&self.recalled);
        out.bigints(&self.match_keys);
        out.maybe(self.same_as.map(|p| p.0), Fields::uuid);
    }
}

impl Copied for CheckIn {
    const COPY: &'static str = "COPY quell.check_in (book_id, person_id, starts, ends, venue, place, seat) FROM STDIN (FORMAT binary)";
    const COLUMNS: i16 = 7;
    fn fields(&self, out: &mut Fields) {
        out.uuid(self.person_id.0);
        out.time(self.starts);
        out.maybe_time(self.ends);
        out.text(&self.venue.to_string());
        out.text(self.place.as_str());
        out.maybe_text(self.seat.as_deref());
    }
}

impl Copied for ResultLine {
    const COPY: &'static str = "COPY quell.result
        (book_id, seq, idx, tube, place, plate, at, result, targets, correction) FROM STDIN (FORMAT binary)";
    const COLUMNS: i16 = 10;
    fn fields(&self, out: &mut Fields) {
        out.bigint(self.seq);
        out.int(self.idx);
        out.text(self.tube.as_str());
        out.text(self.place.as_str());
        out.maybe_text(self.plate.as_ref().map(PlateId::as_str));
        out.time(self.at);
        out.word(self.result);
        out.json(&self.targets);
        out.maybe_text(self.correction.as_deref());
    }
}

impl Copied for Contact {
    const COPY: &'static str = "COPY quell.contact
        (book_id, contact_id, person_id, place, case_id, category, first_exposure, last_exposure, context, relation, certainty, named_at,
        decider, reason, state, until, last_seen, prophylaxis) FROM STDIN (FORMAT binary)";
    const COLUMNS: i16 = 18;
    fn fields(&self, out: &mut Fields) {
        out.uuid(self.contact_id.0);
        out.uuid(self.person_id.0);
        out.text(self.place.as_str());
        out.maybe(self.case_id.map(|c| c.0), Fields::uuid);
        out.word(self.category);
        out.maybe_time(self.first_exposure);
        out.time(self.last_exposure);
        out.maybe(self.context, Fields::word);
        out.maybe_text(self.relation.as_deref());
        out.maybe(self.certainty, Fields::word);
        out.time(self.named_at);
        out.text(&self.decider);
        out.text(&self.reason);
        out.word(self.state);
        out.maybe_time(self.until);
        out.maybe_time(self.last_seen);
        out.bool(self.prophylaxis);
    }
}

impl Copied for FollowUp {
    const COPY: &'static str = "COPY quell.follow_up
        (book_id, seq, idx, person_id, contact_id, place, at, outcome, temperature, symptoms, by, team_id, self_reported, note)
        FROM STDIN (FORMAT binary)";
    const COLUMNS: i16 = 14;
    fn fields(&self, out: &mut Fields) {
        out.bigint(self.seq);
        out.int(self.idx);
        out.uuid(self.person_id.0);
        out.uuid(self.contact_id.0);
        out.text(self.place.as_str());
        out.time(self.at);
        out.word(self.outcome);
        out.maybe(self.temperature, |f, t| f.double(t.value()));
        out.json(&self.symptoms);
        out.maybe_text(self.by.as_deref());
        out.maybe_text(self.team_id.as_ref().map(TeamId::as_str));
        out.bool(self.self_reported);
        out.maybe_text(self.note.as_deref());
    }
}

impl Copied for FollowUpAssignment {
    const COPY: &'static str = "COPY quell.follow_up_assignment
        (book_id, person_id, place, home, household, team_id, own_team, by_hand, since, active) FROM STDIN (FORMAT binary)";
    const COLUMNS: i16 = 10;
    fn fields(&self, out: &mut Fields) {
        out.uuid(self.person_id.0);
        out.text(self.place.as_str());
        out.text(self.home.as_str());
        out.bool(self.household);
        out.maybe_text(self.team_id.as_ref().map(TeamId::as_str));
        out.maybe_text(self.own_team.as_ref().map(TeamId::as_str));
        out.bool(self.by_hand);
        out.maybe_time(self.since);
        out.bool(self.active);
    }
}

impl Copied for Duty {
    const COPY: &'static str = "COPY quell.duty
        (book_id, duty_id, kind, subject_kind, subject, person_id, tube, place, responsible, opened_at, due, rule, opened_seq, state,
        ended_at, ended_seq, in_time, reason, decider, fulfilled_by) FROM STDIN (FORMAT binary)";
    const COLUMNS: i16 = 20;
    fn fields(&self, out: &mut Fields) {
        out.uuid(self.duty_id.0);
        out.word(self.kind);
        out.word(self.subject_kind);
        out.text(&self.subject);
        out.maybe(self.person_id.map(|p| p.0), Fields::uuid);
        out.maybe_text(self.tube.as_ref().map(TubeCode::as_str));
        out.text(self.place.as_str());
        out.word(self.responsible);
        out.time(self.opened_at);
        out.time(self.due);
        out.text(&self.rule);
        out.bigint(self.opened_seq);
        out.word(self.state);
        out.maybe_time(self.ended_at);
        out.maybe(self.ended_seq, Fields::bigint);
        out.maybe(self.in_time, Fields::bool);
        out.maybe_text(self.reason.as_deref());
        out.maybe_text(self.decider.as_deref());
        out.maybe_text(self.fulfilled_by.as_ref().map(TubeCode::as_str));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns that the statement names are those of the row, as many as it announces.
    fn whole<R: Copied>(columns: &[&str]) {
        let named = R::COPY.split_once('(').and_then(|(_, rest)| rest.split_once(')')).unwrap().0;
        let mut named: Vec<&str> = named.split(',').map(str::trim).collect();
        assert_eq!(named.len(), R::COLUMNS as usize, "{}", R::COPY);
        let mut columns: Vec<&str> = columns.iter().map(|c| c.trim_start_matches("r#")).chain(["book_id"]).collect();
        named.sort_unstable();
        columns.sort_unstable();
        assert_eq!(named, columns, "{}", R::COPY);
    }

    #[test]
    fn no_column_is_left_out() {
        whole::<Registration>(Registration::COLUMNS);
        whole::<Tube>(Tube::COLUMNS);
        whole::<Person>(Person::COLUMNS);
        whole::<CheckIn>(CheckIn::COLUMNS);
        whole::<ResultLine>(ResultLine::COLUMNS);
        whole::<Contact>(Contact::COLUMNS);
        whole::<FollowUp>(FollowUp::COLUMNS);
        whole::<FollowUpAssignment>(FollowUpAssignment::COLUMNS);
        whole::<Duty>(Duty::COLUMNS);
    }
}
