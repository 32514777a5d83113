//! Facilities: beds by ward, who lies where, and who can go.
//!
//! A facility's totals are columns of its place, so that every reader in whose scope it lies sees them. Beds by ward and people are
//! counted from the stays that the reader may see: residents of the reader's scope.

use super::{ObservationRecord, Page, Paging, SEPARATOR, head_seq, in_scope, list, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{DutyKind, PlaceKind, Standing};
use quell_foundation::*;
use quell_protocol::{ContactCategory, Link, Severity, rule_path};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Beds of a ward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WardItem {
    /// Ward.
    pub ward: String,
    /// Beds.
    pub beds: i64,
    /// Taken, as far as the reader may see.
    pub occupied: i64,
    /// Beds less occupied.
    pub free: i64,
}

/// A facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FacilityItem {
    /// Facility.
    pub facility: PlaceId,
    /// Kind.
    pub kind: PlaceKind,
    /// Name.
    pub name: String,
    /// English name.
    pub name_en: Option<String>,
    /// Beds.
    pub beds: i64,
    /// Taken.
    pub occupied: i64,
    /// Held for people on their way.
    pub reserved: i64,
    /// Beds less occupied and reserved.
    pub free: i64,
    /// By ward, in the order in which they were listed.
    pub wards: Vec<WardItem>,
}

/// Beds of one kind of facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BedTotal {
    /// Kind.
    pub kind: PlaceKind,
    /// Facilities.
    pub facilities: i64,
    /// Beds.
    pub beds: i64,
    /// Taken.
    pub occupied: i64,
    /// Held for people on their way.
    pub reserved: i64,
    /// Beds less occupied and reserved.
    pub free: i64,
}

/// The facilities below a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Facilities {
    /// Position of the log that this reflects: this one or a later one.
    pub as_of_seq: i64,
    /// Sums by kind.
    pub totals: Vec<BedTotal>,
    /// The facilities, in the order of their paths.
    pub facilities: Vec<FacilityItem>,
}

const KINDS: &str = "kind IN ('shelter_hospital', 'designated_hospital', 'isolation_site') AND beds > 0";

/// The facilities at or below a place, in the reader's scope.
pub async fn facilities(tx: &Transaction<'_>, book: BookId, place: &PlaceId) -> Result<Facilities, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let sql = format!(
        "SELECT f.place AS facility, f.kind, f.name, f.name_en, f.beds, f.occupied, f.reserved, f.beds - f.occupied - f.reserved AS free,
             (SELECT json_agg(json_build_object('ward', w.v->>'ward', 'beds', (w.v->>'beds')::bigint, 'occupied', o.n,
                     'free', (w.v->>'beds')::bigint - o.n) ORDER BY w.i)
              FROM jsonb_array_elements(f.wards) WITH ORDINALITY w(v, i)
              CROSS JOIN LATERAL (SELECT count(*) AS n FROM quell.stay y
                  WHERE y.book_id = $1 AND y.facility = f.place AND y.ward = w.v->>'ward' AND y.left_at IS NULL) o) AS wards
         FROM quell.place f WHERE f.book_id = $1 AND {KINDS} AND {} AND {} ORDER BY f.place",
        within("f.place", 2),
        in_scope("f.place")
    );
    let facilities = list(tx, "facilities", &sql, &[&book.0, &place.as_str()]).await?;
    Ok(Facilities { as_of_seq, totals: totals(tx, book, place).await?, facilities })
}

/// Beds by kind of facility at or below a place.
pub(super) async fn totals(tx: &Transaction<'_>, book: BookId, place: &PlaceId) -> Result<Vec<BedTotal>, StoreError> {
    let sql = format!(
        "SELECT kind, count(*) AS facilities, sum(beds)::bigint AS beds, sum(occupied)::bigint AS occupied,
             sum(reserved)::bigint AS reserved, sum(beds - occupied - reserved)::bigint AS free
         FROM quell.place WHERE book_id = $1 AND {KINDS} AND {} AND {} GROUP BY kind ORDER BY kind",
        within("place", 2),
        in_scope("place")
    );
    list(tx, "beds", &sql, &[&book.0, &place.as_str()]).await
}

/// An open duty in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenDuty {
    /// Duty.
    pub duty_id: DutyId,
    /// Kind.
    pub kind: DutyKind,
    /// By when.
    pub due: Instant,
    /// Past its time.
    pub overdue: bool,
}

/// A bed that is taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BedItem {
    /// Ward.
    pub ward: String,
    /// Bed.
    pub bed: i32,
    /// Stay.
    pub stay_id: StayId,
    /// Person.
    pub person_id: PersonId,
    /// Name.
    pub name: Option<String>,
    /// Date of birth.
    pub born: Option<Day>,
    /// Where the person stands.
    pub standing: Option<Standing>,
    /// Severity, of a case.
    pub severity: Option<Severity>,
    /// Category, of a contact.
    pub category: Option<ContactCategory>,
    /// Admitted.
    pub admitted_at: Instant,
    /// Exit tests passed in a row.
    pub exit_passes: i32,
    /// When the sample of the last of them was taken.
    pub last_pass_at: Option<Instant>,
    /// When the person was last seen.
    pub last_observed_at: Option<Instant>,
    /// What was seen then.
    pub last_observation: Option<ObservationRecord>,
    /// What is open about the person, earliest due first.
    pub duties: Vec<OpenDuty>,
}

const BEDS: &str = "
SELECT y.ward, y.bed, y.stay_id, y.person_id, p.name, p.born, p.standing, k.severity, c.category, y.admitted_at, y.exit_passes,
    y.last_pass_at,
    (SELECT max(o.at) FROM quell.observation o WHERE o.book_id = $1 AND o.person_id = y.person_id) AS last_observed_at,
    (SELECT json_build_object('at', o.at, 'temperature', o.temperature, 'oxygen', o.oxygen, 'symptoms', o.symptoms, 'severity', o.severity)
     FROM quell.observation o WHERE o.book_id = $1 AND o.person_id = y.person_id ORDER BY o.at DESC, o.seq DESC, o.idx DESC LIMIT 1)
        AS last_observation,
    (SELECT coalesce(json_agg(json_build_object('duty_id', d.duty_id, 'kind', d.kind, 'due', d.due,
            'overdue', d.due < $3::text::timestamptz) ORDER BY d.due, d.duty_id), '[]')
     FROM quell.duty d WHERE d.book_id = $1 AND d.person_id = y.person_id AND d.state = 'open') AS duties
FROM quell.stay y
LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = y.person_id
LEFT JOIN LATERAL (SELECT severity FROM quell.\"case\" WHERE book_id = $1 AND person_id = y.person_id AND state = 'active' LIMIT 1) k ON true
LEFT JOIN LATERAL (SELECT category FROM quell.contact WHERE book_id = $1 AND person_id = y.person_id AND state = 'active' LIMIT 1) c ON true
WHERE y.book_id = $1 AND y.facility = $2 AND y.left_at IS NULL
    AND ($4::text IS NULL OR (y.ward, y.bed) > ($4::text, $5::text::integer))
ORDER BY y.ward, y.bed LIMIT $6";

/// Who lies where in a facility, by ward and bed.
pub async fn beds(
    tx: &Transaction<'_>,
    book: BookId,
    facility: &PlaceId,
    page: &Paging,
    now: Instant,
) -> Result<Page<BedItem>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let [ward, bed] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let params: super::Params<'_> = &[&book.0, &facility.as_str(), &now.to_string(), &ward, &bed, &page.rows()];
    let found = list(tx, "beds", BEDS, params).await?;
    Ok(Page::new(found, page, as_of_seq, |b: &BedItem| format!("{}{SEPARATOR}{}", b.ward, b.bed)))
}

/// Someone whose stay may end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Releasable {
    /// Stay.
    pub stay_id: StayId,
    /// Person.
    pub person_id: PersonId,
    /// Name.
    pub name: Option<String>,
    /// Home.
    pub home: Option<PlaceId>,
    /// Ward.
    pub ward: String,
    /// Bed.
    pub bed: i32,
    /// Exit tests passed in a row.
    pub exit_passes: i32,
    /// The duty to discharge.
    pub duty_id: DutyId,
    /// The rule that says so.
    pub rule: String,
    /// The person can go since.
    pub since: Instant,
    /// To be gone by.
    pub due: Instant,
    /// Past its time.
    pub overdue: bool,
}

/// Who can go now (应解尽解): a case whose exit tests are passed, or a contact whose days have run out. `slack`: how long a release
/// may take by the protocol (`Link::ReleaseContact`); a contact's days end that long before the duty is due.
pub async fn releasable(
    tx: &Transaction<'_>,
    book: BookId,
    facility: &PlaceId,
    slack: Span,
    now: Instant,
) -> Result<Vec<Releasable>, StoreError> {
    let sql = format!(
        "SELECT y.stay_id, y.person_id, p.name, p.home, y.ward, y.bed, y.exit_passes, d.duty_id, d.rule, s.since, d.due,
             d.due < $3::text::timestamptz AS overdue
         FROM quell.stay y
         JOIN quell.duty d ON d.book_id = $1 AND d.person_id = y.person_id AND d.state = 'open' AND d.kind = 'discharge'
         CROSS JOIN LATERAL (SELECT CASE d.rule WHEN '{}' THEN d.opened_at ELSE d.due - make_interval(secs => $4::bigint) END AS since) s
         LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = y.person_id
         WHERE y.book_id = $1 AND y.facility = $2 AND y.left_at IS NULL AND s.since <= $3::text::timestamptz
         ORDER BY d.due, y.ward, y.bed",
        rule_path(Link::Discharge)
    );
    list(tx, "releasable", &sql, &[&book.0, &facility.as_str(), &now.to_string(), &slack.0]).await
}
