//! Work on whole populations, set by set. `quell_book::State::run_bulk` says the same row by row; `quell verify` compares.

use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::Bulk;
use quell_foundation::*;

/// Does one piece of bulk work. The counts go to this day of the book.
pub(crate) async fn run(tx: &Transaction<'_>, book: i32, day: Day, work: &Bulk) -> Result<(), StoreError> {
    let (sql, round) = match work {
        Bulk::MakeRoster(r) => (MAKE_ROSTER, r),
        Bulk::CloseRoster(r) => (CLOSE_ROSTER, r),
    };
    tx.batch_execute(crate::connect::WHOLE_TABLES).await.map_err(StoreError::at("roster"))?;
    tx.execute(sql, &[&book, &round.as_str(), &day.to_string()]).await.map_err(StoreError::at("roster"))?;
    if matches!(work, Bulk::MakeRoster(_)) {
        // The next registrations look up hundreds of thousands of fresh rows: without statistics the planner scans.
        tx.batch_execute("ANALYZE quell.roster").await.map_err(StoreError::at("roster"))?;
    }
    Ok(())
}

/// Everyone whose home lies in the scope, neighbours next to each other (they are sampled together), with the exclusions of `quell_book::rounds::roster_exclusion`.
const MAKE_ROSTER: &str = "
WITH scope AS (
    SELECT s.place FROM quell.round r, jsonb_array_elements_text(r.scope) AS s(place)
    WHERE r.book_id = $1 AND r.round = $2
), people AS (
    SELECT DISTINCT p.person_id, p.place,
        CASE p.standing
            WHEN 'absent' THEN 'absent: ' || coalesce(p.away_to, '')
            WHEN 'infected' THEN 'case'
            WHEN 'inpatient' THEN 'case'
            WHEN 'isolated' THEN 'in isolation'
            WHEN 'home_monitoring' THEN 'home monitoring after discharge'
            WHEN 'dead' THEN 'dead'
        END AS waived
    FROM scope s JOIN quell.person p ON p.book_id = $1 AND p.same_as IS NULL
        AND (p.home = s.place COLLATE \"C\" OR (p.home > (s.place || '.') COLLATE \"C\" AND p.home < (s.place || '/') COLLATE \"C\"))
), made AS (
    INSERT INTO quell.roster (book_id, round, person_id, place, waived, decider, missed)
    SELECT $1, $2, person_id, place, waived, NULL, false FROM people ORDER BY place, person_id
    RETURNING place, waived
)
INSERT INTO quell.tally AS t (book_id, day, kind, place, round, opened, reopened, discharged, in_time, waived, superseded)
SELECT $1, $3::text::date, 'sample', place, $2, count(*), 0, 0, 0, count(waived), 0 FROM made GROUP BY place
ON CONFLICT (book_id, day, kind, place, round)
DO UPDATE SET opened = t.opened + excluded.opened, waived = t.waived + excluded.waived";

/// Whoever was not sampled by the closing was missed.
const CLOSE_ROSTER: &str = "
WITH missed AS (
    UPDATE quell.roster r SET missed = true
    WHERE r.book_id = $1 AND r.round = $2 AND r.waived IS NULL AND NOT r.missed AND NOT EXISTS (
        SELECT FROM quell.registration g
        WHERE g.book_id = $1 AND g.person_id = r.person_id AND g.round = $2 AND g.counts)
    RETURNING place
)
INSERT INTO quell.tally AS t (book_id, day, kind, place, round, opened, reopened, discharged, in_time, waived, superseded)
SELECT $1, $3::text::date, 'sample', place, $2, 0, 0, 0, 0, 0, count(*) FROM missed GROUP BY place
ON CONFLICT (book_id, day, kind, place, round)
DO UPDATE SET superseded = t.superseded + excluded.superseded";
