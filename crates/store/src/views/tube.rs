//! One tube: who is in it, through whose hands it went, and what was found in it.

use super::{head_seq, list, single};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use futures_util::try_join;
use quell_book::{TargetCt, TestResult, TubeState};
use quell_foundation::*;
use quell_protocol::TubeMode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A person in a tube, or who was taken back from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TubeMember {
    /// Person.
    pub person_id: PersonId,
    /// Name; none when the person lives outside the reader's scope.
    pub name: Option<String>,
    /// Home.
    pub home: Option<PlaceId>,
    /// When swabbed.
    pub sampled_at: Instant,
    /// It fulfils the round's duty.
    pub counts: bool,
    /// What a human should look at.
    pub flag: Option<String>,
    /// Position in the log of the fact that took the registration back.
    pub void_seq: Option<i64>,
}

/// Custody passed on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HandOverRecord {
    /// When.
    pub at: Instant,
    /// The box, when the tube travelled in one.
    #[serde(rename = "box")]
    pub r#box: Option<BoxCode>,
    /// Who gave.
    pub given_by: String,
    /// Who took.
    pub taken_by: String,
    /// Temperature.
    pub temperature: Option<Celsius>,
}

/// A result as read or corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResultRecord {
    /// When.
    pub at: Instant,
    /// Position in the log.
    pub seq: i64,
    /// Plate.
    pub plate: Option<PlateId>,
    /// When the plate was read.
    pub plate_read_at: Option<Instant>,
    /// Both controls of the plate were as they should be.
    pub plate_valid: Option<bool>,
    /// Result.
    pub result: TestResult,
    /// Cycle thresholds.
    pub targets: Vec<TargetCt>,
    /// Who corrected an earlier result, and why.
    pub correction: Option<String>,
}

/// A tube and its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TubeView {
    /// Barcode.
    pub tube: TubeCode,
    /// Round.
    pub round: Option<RoundId>,
    /// Where it was filled.
    pub place: PlaceId,
    /// Name of that place, if it is listed.
    pub place_name: Option<String>,
    /// Mode.
    pub mode: TubeMode,
    /// Persons it may hold.
    pub capacity: i32,
    /// Persons in it.
    pub members: i32,
    /// Household of a household tube.
    pub household: Option<PlaceId>,
    /// State.
    pub state: TubeState,
    /// First swab.
    pub opened_at: Instant,
    /// To be sealed by.
    pub seal_due: Option<Instant>,
    /// Sealed.
    pub sealed_at: Option<Instant>,
    /// Box.
    #[serde(rename = "box")]
    pub r#box: Option<BoxCode>,
    /// When the box was packed.
    pub packed_at: Option<Instant>,
    /// Who holds it.
    pub holder: Option<String>,
    /// Left the station.
    pub left_at: Option<Instant>,
    /// To be at a laboratory by.
    pub deliver_due: Option<Instant>,
    /// Received.
    pub received_at: Option<Instant>,
    /// Laboratory.
    pub laboratory: Option<PlaceId>,
    /// Its name.
    pub laboratory_name: Option<String>,
    /// To have a result by.
    pub test_due: Option<Instant>,
    /// Resulted.
    pub resulted_at: Option<Instant>,
    /// Result in force.
    pub result: Option<TestResult>,
    /// Cycle thresholds of that result.
    pub targets: Vec<TargetCt>,
    /// Runs so far.
    pub runs: i32,
    /// What it waits for now is overdue.
    pub overdue: bool,
    /// Position of the log that this reflects: this one or a later one.
    #[serde(default)]
    pub as_of_seq: i64,
    /// Who is in it, in the order of the swabs.
    #[serde(default)]
    pub who: Vec<TubeMember>,
    /// The hand-overs of the tube and of its box, in the order of time.
    #[serde(default)]
    pub custody: Vec<HandOverRecord>,
    /// Every result read or corrected, in the order of the log.
    #[serde(default)]
    pub results: Vec<ResultRecord>,
}

/// A tube; none if there is no such tube in the reader's scope.
pub async fn tube(tx: &Transaction<'_>, book: BookId, code: &TubeCode, now: Instant) -> Result<Option<TubeView>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let code = code.as_str();
    let Some(t) = single::<TubeView>(tx, "tube", TUBE, &[&book.0, &code, &now.to_string()]).await? else { return Ok(None) };
    let in_box = t.r#box.as_ref().map(BoxCode::as_str);
    let by: super::Params<'_> = &[&book.0, &code];
    let by_box: super::Params<'_> = &[&book.0, &code, &in_box];
    let (who, custody, results) =
        try_join!(list(tx, "members", MEMBERS, by), list(tx, "custody", CUSTODY, by_box), list(tx, "results", RESULTS, by))?;
    Ok(Some(TubeView { as_of_seq, who, custody, results, ..t }))
}

const TUBE: &str = "
    SELECT t.tube, t.round, t.place, l.name AS place_name, t.mode, t.capacity, t.members, t.household, t.state, t.opened_at, t.seal_due,
        t.sealed_at, t.box, b.packed_at, t.holder, t.left_at, t.deliver_due, t.received_at, t.laboratory, a.name AS laboratory_name,
        t.test_due, t.resulted_at, t.result, t.targets, t.runs,
        coalesce(CASE t.state WHEN 'open' THEN t.seal_due WHEN 'sealed' THEN t.deliver_due WHEN 'in_transit' THEN t.deliver_due
            WHEN 'received' THEN t.test_due END < $3::text::timestamptz, false) AS overdue
    FROM quell.tube t
    LEFT JOIN quell.place l ON l.book_id = $1 AND l.place = t.place
    LEFT JOIN quell.place a ON a.book_id = $1 AND a.place = t.laboratory
    LEFT JOIN quell.box b ON b.book_id = $1 AND b.box = t.box
    WHERE t.book_id = $1 AND t.tube = $2";
const MEMBERS: &str = "
    SELECT g.person_id, p.name, p.home, g.sampled_at, g.counts, g.flag, g.void_seq
    FROM quell.registration g LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = g.person_id
    WHERE g.book_id = $1 AND g.tube = $2 ORDER BY g.sampled_at, g.seq, g.person_id";
const CUSTODY: &str = "
    SELECT h.at, h.box, h.given_by, h.taken_by, h.temperature FROM (
        SELECT * FROM quell.hand_over WHERE book_id = $1 AND tube = $2
        UNION ALL SELECT * FROM quell.hand_over WHERE book_id = $1 AND box = $3::text
    ) h ORDER BY h.at, h.seq, h.idx";
const RESULTS: &str = "
    SELECT r.at, r.seq, r.plate, q.read_at AS plate_read_at, q.valid AS plate_valid, r.result, r.targets, r.correction
    FROM quell.result r LEFT JOIN quell.plate q ON q.book_id = $1 AND q.plate = r.plate
    WHERE r.book_id = $1 AND r.tube = $2 ORDER BY r.seq, r.idx";
