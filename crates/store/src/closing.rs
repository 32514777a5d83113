//! What the close of a day counts: open items from the rows themselves, independently of the tallies.

use crate::error::StoreError;
use crate::tables::select;
use deadpool_postgres::GenericClient;
use quell_book::rows::*;
use quell_book::{ClosingView, Open, OpenCounts};
use quell_foundation::*;

/// The view for the open day.
pub(crate) async fn view(
    c: &impl GenericClient,
    book: i32,
    day: Option<Day>,
    now: Instant,
    log_hash: Hash,
) -> Result<ClosingView, StoreError> {
    let day = day.map(|d| d.to_string()).unwrap_or_else(|| "1970-01-01".into());
    let tallies = select::<Tally>(c, book, "day = $2::text::date", &[&day]).await?;
    let owned = select::<Ownership>(c, book, "day = $2::text::date", &[&day]).await?;
    let before = last_sealed(c, book).await?;
    Ok(ClosingView { open: open_counts(c, book, now).await?, tallies, before, owned, log_hash })
}

/// The last sealed day.
pub(crate) async fn last_sealed(c: &impl GenericClient, book: i32) -> Result<Option<SealedDay>, StoreError> {
    let found = select::<SealedDay>(c, book, "day = (SELECT max(day) FROM quell.sealed_day WHERE book_id = $1)", &[]).await?;
    Ok(found.into_iter().next())
}

/// Open items by kind and place, counted from rosters, tubes and duties.
pub(crate) async fn open_counts(c: &impl GenericClient, book: i32, now: Instant) -> Result<OpenCounts, StoreError> {
    let statement = c.prepare_cached(OPEN_COUNTS).await.map_err(StoreError::at("open counts"))?;
    let rows = c.query(&statement, &[&book, &now.to_string()]).await.map_err(StoreError::at("open counts"))?;
    let mut counts = OpenCounts::new();
    for r in rows {
        let bad = |detail: String| StoreError::Unreadable { operation: "open counts", detail };
        let kind = r.get::<_, &str>(0).parse().map_err(bad)?;
        let place = PlaceId::new(r.get::<_, String>(1)).map_err(|e| bad(e.to_string()))?;
        counts.insert((kind, place), Open { open: r.get(2), overdue: r.get(3) });
    }
    Ok(counts)
}

/// `quell_book::State::count_open` says the same in memory.
const OPEN_COUNTS: &str = "
WITH now AS (SELECT $2::text::timestamptz AS t), items AS (
    SELECT 'sample' AS kind, r.place, x.due, 1::bigint AS n
    FROM quell.roster r JOIN quell.round x ON x.book_id = r.book_id AND x.round = r.round
    -- In a closed round everyone is sampled, waived or missed, unless a sample was voided afterwards.
    WHERE r.book_id = $1 AND r.waived IS NULL AND NOT r.missed AND (x.state = 'open' OR EXISTS (
        SELECT FROM quell.tally t
        WHERE t.book_id = $1 AND t.round = x.round AND t.kind = 'sample' AND t.reopened > 0)) AND NOT EXISTS (
        SELECT FROM quell.registration g
        WHERE g.book_id = $1 AND g.person_id = r.person_id AND g.round = r.round AND g.counts)
  UNION ALL
    SELECT CASE state WHEN 'open' THEN 'seal' WHEN 'received' THEN 'test' ELSE 'deliver' END, place,
           CASE state WHEN 'open' THEN seal_due WHEN 'received' THEN test_due ELSE deliver_due END, 1
    FROM quell.tube WHERE book_id = $1 AND state IN ('open', 'sealed', 'in_transit', 'received')
        AND CASE state WHEN 'open' THEN seal_due WHEN 'received' THEN test_due ELSE deliver_due END IS NOT NULL
  UNION ALL
    SELECT 'result', place, coalesce(test_due, deliver_due, seal_due), members
    FROM quell.tube WHERE book_id = $1 AND state IN ('open', 'sealed', 'in_transit', 'received') AND members > 0
  UNION ALL
    SELECT kind, place, due, 1 FROM quell.duty WHERE book_id = $1 AND state = 'open'
)
SELECT kind, place, sum(n)::bigint, coalesce(sum(n) FILTER (WHERE due < now.t), 0)::bigint
FROM items, now GROUP BY kind, place";
