//! The lists behind the numbers: for every kind of duty what is open, what is done, and what ended without being done.
//! Which tables hold which kind, and their SQL, is in `items_sql`.

use super::items_sql::{Query, query};
use super::{Page, Paging, SEPARATOR, head_seq, list, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{DutyKind, Role, SubjectKind};
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio_postgres::types::ToSql;

/// Which items.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ItemFilter {
    /// Kind of duty.
    pub kind: DutyKind,
    /// At this place or below it.
    pub place: PlaceId,
    /// Of this round only (for kinds that belong to rounds: sample, seal, deliver, test, result; others have none).
    #[serde(default)]
    pub round: Option<RoundId>,
    /// Only what is overdue (of open items) or was late (of done ones).
    #[serde(default)]
    pub only_overdue: bool,
}

/// How an item ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It is open.
    Open,
    /// Fulfilled.
    Done,
    /// Waived by a decision or by a round's exclusions, or taken off a roster by a later fact.
    Waived,
    /// Overtaken by a later fact.
    Superseded,
    /// Not sampled when the round was closed.
    Missed,
}

/// One item: a person to be sampled, a tube to be sealed, a case to be reported …
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// Cursor of this item: hand it in as `after` to go on behind it.
    pub key: String,
    /// Kind of duty.
    pub kind: DutyKind,
    /// What it is about.
    pub subject_kind: SubjectKind,
    /// Its id: a person, a tube, a case or a place.
    pub subject: String,
    /// The duty's id, to waive it; none for rosters and tubes.
    pub duty_id: Option<DutyId>,
    /// The person.
    pub person_id: Option<PersonId>,
    /// The person's name.
    pub name: Option<String>,
    /// The person's home.
    pub home: Option<PlaceId>,
    /// The person's telephone.
    pub phone: Option<String>,
    /// The tube; of a recall the pool, of another sample the tube that gave no answer.
    pub tube: Option<TubeCode>,
    /// The round.
    pub round: Option<RoundId>,
    /// Place of the tally.
    pub place: PlaceId,
    /// Who must do it.
    pub responsible: Role,
    /// The rule of the protocol that sets the deadline, or `round` for a roster.
    pub rule: String,
    /// Since when.
    pub opened_at: Instant,
    /// By when; for ended items as far as it is still known.
    pub due: Option<Instant>,
    /// Open and past its time.
    pub overdue: bool,
    /// How it stands.
    pub end: End,
    /// When it ended, if known.
    pub ended_at: Option<Instant>,
    /// Done in time.
    pub in_time: Option<bool>,
    /// Why it was waived or superseded, as recorded.
    pub reason: Option<String>,
    /// Who decided that.
    pub decider: Option<String>,
    /// Who has taken charge of what is overdue here, on the open day: the owner named for the nearest place above.
    pub owner: Option<String>,
    /// Why it is open, in the owner's words.
    pub owner_reason: Option<String>,
}

/// The items of one kind that stand like this: what is open, earliest due first (rosters: by round, place and person); what was done,
/// by place (a registration that was taken back does not count as done); what was waived or superseded, by place: the sum of both in the
/// shoulds, for rosters do not keep which of the two an exclusion was counted as; who was missed (of kind `sample`; no other kind has any).
pub async fn items(
    tx: &Transaction<'_>,
    book: BookId,
    f: &ItemFilter,
    page: &Paging,
    now: Instant,
    end: End,
) -> Result<Page<Item>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let q = query(f.kind, end, f.round.is_some(), f.only_overdue);
    let cursor: [Option<&str>; 3] = match page.parts::<3>()? {
        Some(p) => p.map(Some),
        None => [None; 3],
    };
    let (now, rows) = (now.to_string(), page.rows());
    let round = f.round.as_ref().map(RoundId::as_str);
    let (place, kind) = (f.place.as_str(), f.kind.as_str());
    let mut params: Vec<&(dyn ToSql + Sync)> = vec![&book.0, &place, &now, &kind, &round, &cursor[0], &cursor[1], &cursor[2], &rows];
    let (rounds, places): (Vec<String>, Vec<String>);
    let mut rest = None;
    if q.in_chunks {
        let chunk = open_places(tx, book, f, cursor, rows).await?;
        rest = chunk.rest;
        (rounds, places) = chunk.places.into_iter().unzip();
        params.push(&rounds);
        params.push(&places);
    }
    let found = list(tx, "items", &framed(&q), &params).await?;
    let mut page = Page::new(found, page, as_of_seq, |i: &Item| i.key.clone());
    page.next = page.next.or(rest);
    Ok(page)
}

/// The statement with everything that all kinds share. Parameters: `$1` book, `$2` place, `$3` now, `$4` kind, `$5` round or null,
/// `$6` to `$8` cursor or null, `$9` rows; for rosters `$10`, `$11` the rounds and places to look at.
fn framed(q: &Query) -> String {
    format!(
        "SELECT concat_ws(chr(31), i.k1, i.k2, i.k3) AS key, i.kind, i.subject_kind, i.subject, i.duty_id, i.person_id, p.name, p.home,
             p.phone, i.tube, i.round, i.place, i.responsible, i.rule, i.opened_at, i.due, i.\"end\", i.ended_at, i.in_time, i.reason,
             i.decider, i.\"end\" = 'open' AND i.due IS NOT NULL AND i.due < $3::text::timestamptz AS overdue,
             o.owner, o.reason AS owner_reason
         FROM ({inner} LIMIT $9) i
         LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = i.person_id
         LEFT JOIN LATERAL (
             SELECT w.owner, w.reason FROM quell.ownership w
             WHERE w.book_id = $1 AND w.kind = $4::text AND w.day = (SELECT b.open_day FROM quell.book b WHERE b.book_id = $1)
                 AND (i.place = w.place OR starts_with(i.place, w.place || '.'))
             ORDER BY length(w.place) DESC LIMIT 1
         ) o ON i.\"end\" = 'open'
         ORDER BY i.k1, i.k2, i.k3",
        inner = q.sql
    )
}

/// Rounds and places whose rosters are read for one page.
struct Chunk {
    places: Vec<(String, String)>,
    /// The cursor behind them, if there are more.
    rest: Option<String>,
}

/// Most places on rosters that are read for one page (some 2 µs each): a page of the last few people of a round is short rather
/// than late.
const MOST_READ: i64 = 20_000;

/// Rounds and places where the tallies say that someone is still to be sampled, as many as fill a page: only their rosters are
/// read, so that the last few people of a round are found without reading the whole roster.
async fn open_places(
    tx: &Transaction<'_>,
    book: BookId,
    f: &ItemFilter,
    cursor: [Option<&str>; 3],
    rows: i64,
) -> Result<Chunk, StoreError> {
    let sql = format!(
        "SELECT round, place, sum(opened + reopened - discharged - waived - superseded)::bigint, sum(opened)::bigint
         FROM quell.tally WHERE book_id = $1 AND round <> '' AND kind = 'sample' AND {} AND ($3::text IS NULL OR round = $3::text)
             AND ($4::text IS NULL OR (round, place) >= ($4::text, $5::text COLLATE \"C\"))
         GROUP BY round, place HAVING sum(opened + reopened - discharged - waived - superseded) > 0 ORDER BY round, place",
        within("place", 2)
    );
    let s = tx.prepare_cached(&sql).await.map_err(StoreError::at("open places"))?;
    let round = f.round.as_ref().map(RoundId::as_str);
    let found = tx.query(&s, &[&book.0, &f.place.as_str(), &round, &cursor[0], &cursor[1]]).await.map_err(StoreError::at("open places"))?;
    let (mut enough, mut read) = (0, 0);
    let mut places: Vec<(String, String)> = Vec::new();
    for r in &found {
        if let Some((round, place)) = places.last()
            && (enough >= rows || read >= MOST_READ)
        {
            // Behind everyone of the last place.
            return Ok(Chunk {
                rest: Some([round.as_str(), place.as_str(), &uuid::Uuid::max().to_string()].join(&SEPARATOR.to_string())),
                places,
            });
        }
        let at: (String, String) = (r.get(0), r.get(1));
        let begun = cursor[0] == Some(at.0.as_str()) && cursor[1] == Some(at.1.as_str());
        // Some or all of the page before's last place has been shown already: it does not count towards this page.
        if !begun {
            enough += r.get::<_, i64>(2);
            read += r.get::<_, i64>(3);
        }
        places.push(at);
    }
    Ok(Chunk { places, rest: None })
}
