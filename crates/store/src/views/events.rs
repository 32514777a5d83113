//! Exposure events: how many were there, who of them is listed, and what is known of each, so that one sees who is missed.

use super::{KnownCase, KnownContact, Page, Paging, SEPARATOR, calendar, head_seq, list, single, within};
use crate::error::StoreError;
use deadpool_postgres::{GenericClient, Transaction};
use quell_book::EventKind;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which events.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct EventFilter {
    /// At this place or below, or with participants who live there.
    pub place: PlaceId,
    /// On this day or later.
    #[serde(default)]
    pub from: Option<Day>,
    /// On this day or earlier.
    #[serde(default)]
    pub to: Option<Day>,
    /// Only those with a case among their participants.
    #[serde(default)]
    pub cases: bool,
    /// Only those that stand and of which not every participant is listed, or nobody has said how many there were.
    #[serde(default)]
    pub unknown: bool,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EventItem {
    /// Event.
    pub event: GroupId,
    /// Its name.
    pub name: String,
    /// What kind of event it was.
    pub kind: EventKind,
    /// Where, if it is a listed place.
    pub venue: Option<PlaceId>,
    /// That place's name.
    pub venue_name: Option<String>,
    /// What else is known of it.
    pub description: Option<String>,
    /// From when.
    pub starts: Instant,
    /// To when.
    pub ends: Instant,
    /// How many people were there, if it is known.
    pub expected: Option<i64>,
    /// How many of them are listed, wherever they live. Whoever is listed for another time was not there; a second record of a person is
    /// no second participant.
    pub participants: i64,
    /// How many are still unknown, never below 0; none as long as nobody has said how many there were.
    pub unknown: Option<i64>,
    /// Of those listed, whom the reader may see: the numbers that follow are of these.
    pub seen: i64,
    /// Cases among them that stand and were not over before the event; at a funeral the dead, too.
    pub cases: i64,
    /// Who is no case, and a contact of one of these cases.
    pub contacts: i64,
    /// Who is neither: nobody has decided on them.
    pub undecided: i64,
    /// When it was said last.
    pub listed_at: Instant,
    /// Withdrawn.
    pub withdrawn_at: Option<Instant>,
    /// Why.
    pub reason: Option<String>,
    /// By whom.
    pub decider: Option<String>,
}

/// What is known of a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// A case.
    Case,
    /// A contact of a case of this event.
    Contact,
    /// Neither.
    Undecided,
}

/// Who took part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Participant {
    /// Person: the record that was kept, if it was merged.
    pub person_id: PersonId,
    /// Name.
    pub name: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Home.
    pub home: Option<PlaceId>,
    /// There from.
    pub starts: Instant,
    /// To.
    pub ends: Instant,
    /// What is known.
    pub known: Known,
    /// Cases of this person that stand.
    pub cases: Vec<KnownCase>,
    /// Contact records of this person that stand, of a case of this event or of another one.
    pub contacts: Vec<KnownContact>,
}

/// An event with those who took part and whom the reader may see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EventView {
    /// The event.
    #[serde(flatten)]
    pub event: EventItem,
    /// The page: those of whom nothing is decided first, then contacts, then cases.
    pub listed: Vec<Participant>,
    /// Hand this in as `after` to get the page that follows; none when this is the last.
    pub next: Option<String>,
    /// Position of the log that this reflects: this one or a later one.
    pub as_of_seq: i64,
}

/// SQL: the participants of the event `e` whom the reader may see, each once, and what each is.
const THOSE_THERE: &str = "
    WITH there AS MATERIALIZED (
        SELECT coalesce(p.same_as, m.person_id) AS person_id, min(greatest(e.starts, m.starts)) AS starts, max(least(e.ends, m.ends)) AS ends
        FROM quell.membership m LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = m.person_id
        WHERE m.book_id = $1 AND m.group_id = e.event AND m.kind = 'event' AND greatest(e.starts, m.starts) <= least(e.ends, m.ends)
        GROUP BY 1
    ), ill AS MATERIALIZED (
        SELECT c.case_id, t.person_id FROM there t JOIN quell.\"case\" c ON c.book_id = $1 AND c.person_id = t.person_id
            AND c.state <> 'withdrawn' AND (c.ended_at IS NULL OR c.ended_at >= e.starts OR (e.kind = 'funeral' AND c.state = 'died'))
    )
    SELECT t.person_id, t.starts, t.ends, CASE WHEN t.person_id IN (SELECT i.person_id FROM ill i) THEN 'case'
        WHEN EXISTS (SELECT FROM quell.contact k WHERE k.book_id = $1 AND k.person_id = t.person_id AND k.state <> 'dropped'
            AND k.case_id IN (SELECT i.case_id FROM ill i)) THEN 'contact' ELSE 'undecided' END AS known
    FROM there t";

/// How many people are listed as participants of an event, wherever they live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// Event.
    pub event: GroupId,
    /// How many.
    pub participants: i64,
}

/// How many people are listed as participants of one event, or of every event that has any. It reads the whole book, as its owner: what
/// is said to be still unknown must not depend on who asks. Numbers, and nobody's name. A second record of a person is no second guest.
///
/// # Errors
/// If the database refuses.
pub async fn listed_of_events(c: &impl GenericClient, book: BookId, event: Option<&GroupId>) -> Result<Vec<Listed>, StoreError> {
    const WHAT: &str = "participants of events";
    const SQL: &str = "
        SELECT e.event, count(DISTINCT coalesce(p.same_as, m.person_id))
        FROM quell.event e JOIN quell.membership m ON m.book_id = $1 AND m.group_id = e.event AND m.kind = 'event'
            AND greatest(e.starts, m.starts) <= least(e.ends, m.ends)
        LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = m.person_id
        WHERE e.book_id = $1 AND ($2::text IS NULL OR e.event = $2::text) GROUP BY e.event";
    let statement = c.prepare_cached(SQL).await.map_err(StoreError::at(WHAT))?;
    let rows = c.query(&statement, &[&book.0, &event.map(GroupId::as_str)]).await.map_err(StoreError::at(WHAT))?;
    let unreadable = |e: BadId| StoreError::Unreadable { operation: WHAT, detail: e.to_string() };
    let of =
        |r: &tokio_postgres::Row| Ok(Listed { event: GroupId::new(r.get::<_, String>(0)).map_err(unreadable)?, participants: r.get(1) });
    rows.iter().map(of).collect()
}

/// The numbers as a parameter.
fn as_text(listed: &[Listed]) -> Result<String, StoreError> {
    serde_json::to_string(listed).map_err(|e| StoreError::Unreadable { operation: "participants of events", detail: e.to_string() })
}

/// SQL: events `e` with their counts; `$3` are the [`Listed`].
fn counted() -> String {
    format!(
        "SELECT e.event, e.name, e.kind, e.venue, v.name AS venue_name, e.description, e.starts, e.ends, e.expected, n.participants,
             -- `greatest` passes over what is not known, and would say that none is missing.
             CASE WHEN e.expected IS NOT NULL THEN greatest(e.expected - n.participants, 0) END AS unknown,
             s.seen, s.cases, s.contacts, s.undecided, e.listed_at, e.withdrawn_at, e.reason, e.decider
         FROM quell.event e LEFT JOIN quell.place v ON v.book_id = $1 AND v.place = e.venue
         LEFT JOIN json_to_recordset($3::text::json) AS w(event text, participants bigint) ON w.event COLLATE \"C\" = e.event
         CROSS JOIN LATERAL (SELECT coalesce(w.participants, 0) AS participants) n
         CROSS JOIN LATERAL (
             SELECT count(*) AS seen, count(*) FILTER (WHERE t.known = 'case') AS cases, count(*) FILTER (WHERE t.known = 'contact') AS contacts,
                 count(*) FILTER (WHERE t.known = 'undecided') AS undecided
             FROM ({THOSE_THERE}) t) s
         WHERE e.book_id = $1"
    )
}

/// Events, the latest first.
pub async fn exposure_events(
    tx: &Transaction<'_>,
    book: BookId,
    listed: &[Listed],
    f: &EventFilter,
    page: &Paging,
) -> Result<Page<EventItem>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let (offset, _) = calendar(tx, book).await?;
    let [starts, event] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let from = f.from.map(|d| d.start(offset).to_string());
    let to = f.to.map(|d| d.plus(1).start(offset).to_string());
    let sql = format!(
        "{} AND ({} OR EXISTS (SELECT FROM quell.membership m
                 WHERE m.book_id = $1 AND m.group_id = e.event AND m.kind = 'event' AND {}))
             AND ($4::text IS NULL OR e.ends >= $4::text::timestamptz) AND ($5::text IS NULL OR e.starts < $5::text::timestamptz)
             AND (NOT $6 OR s.cases > 0)
             AND (NOT $7 OR (e.withdrawn_at IS NULL AND (e.expected IS NULL OR e.expected > n.participants)))
             AND ($8::text IS NULL OR (e.starts, e.event) < ($8::text::timestamptz, $9::text COLLATE \"C\"))
         ORDER BY e.starts DESC, e.event DESC LIMIT $10",
        counted(),
        within("e.place", 2),
        within("m.place", 2)
    );
    let listed = as_text(listed)?;
    let params: super::Params<'_> = &[&book.0, &f.place.as_str(), &listed, &from, &to, &f.cases, &f.unknown, &starts, &event, &page.rows()];
    let found = list(tx, "events", &sql, params).await?;
    Ok(Page::new(found, page, as_of_seq, |e: &EventItem| format!("{}{SEPARATOR}{}", e.starts, e.event)))
}

/// An event; none if there is no such event in the reader's scope.
pub async fn exposure_event(
    tx: &Transaction<'_>,
    book: BookId,
    listed: &[Listed],
    event: &GroupId,
    page: &Paging,
) -> Result<Option<EventView>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let sql = format!("{} AND e.event = $2", counted());
    let params: super::Params<'_> = &[&book.0, &event.as_str(), &as_text(listed)?];
    let Some(found) = single::<EventItem>(tx, "event", &sql, params).await? else { return Ok(None) };
    let [rank, person] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let sql = format!(
        "SELECT t.person_id, p.name, p.phone, p.home, t.starts, t.ends, t.known, coalesce(i.list, '[]') AS cases, coalesce(k.list, '[]') AS contacts
         FROM (SELECT t.*, CASE t.known WHEN 'undecided' THEN 0 WHEN 'contact' THEN 1 ELSE 2 END AS rank
             FROM quell.event e CROSS JOIN LATERAL ({THOSE_THERE}) t WHERE e.book_id = $1 AND e.event = $2) t
         LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = t.person_id
         LEFT JOIN LATERAL (SELECT json_agg(json_build_object('case_id', x.case_id, 'state', x.state) ORDER BY x.found_at, x.case_id) AS list
             FROM quell.\"case\" x WHERE x.book_id = $1 AND x.person_id = t.person_id AND x.state <> 'withdrawn') i ON true
         LEFT JOIN LATERAL (SELECT json_agg(json_build_object('contact_id', x.contact_id, 'case_id', x.case_id, 'category', x.category,
                 'state', x.state) ORDER BY x.named_at, x.contact_id) AS list
             FROM quell.contact x WHERE x.book_id = $1 AND x.person_id = t.person_id AND x.state <> 'dropped') k ON true
         WHERE $3::text IS NULL OR (t.rank, t.person_id) > ($3::text::int, $4::text::uuid)
         ORDER BY t.rank, t.person_id LIMIT $5"
    );
    let params: super::Params<'_> = &[&book.0, &event.as_str(), &rank, &person, &page.rows()];
    let listed = list(tx, "participants of an event", &sql, params).await?;
    let key = |p: &Participant| {
        let rank = match p.known {
            Known::Undecided => 0,
            Known::Contact => 1,
            Known::Case => 2,
        };
        format!("{rank}{SEPARATOR}{}", p.person_id)
    };
    let Page { items, next, as_of_seq } = Page::new(listed, page, as_of_seq, key);
    Ok(Some(EventView { event: found, listed: items, next, as_of_seq }))
}
