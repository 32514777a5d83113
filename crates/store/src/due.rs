//! Whose time has run out: what the clock of the server asks every minute.

use crate::error::StoreError;
use deadpool_postgres::GenericClient;
use quell_foundation::*;

/// Someone whose time at home has run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RanOut {
    /// The person.
    pub person: PersonId,
    /// The end.
    pub end: Instant,
}

/// People whose follow-up, isolation or monitoring at home has run out by now and who are still under it, the longest over first.
/// `slack`: how long after its end a release is due by the protocol.
pub async fn ran_out(c: &impl GenericClient, book: BookId, now: Instant, slack: Span, limit: i64) -> Result<Vec<RanOut>, StoreError> {
    let sql = "
        SELECT c.person_id, (extract(epoch FROM c.until) * 1000000)::bigint FROM quell.contact c
        WHERE c.book_id = $1 AND c.state = 'active' AND c.until <= $2::text::timestamptz AND NOT EXISTS (
            SELECT FROM quell.stay s WHERE s.book_id = $1 AND s.person_id = c.person_id AND s.left_at IS NULL)
        UNION ALL
        SELECT d.person_id, (extract(epoch FROM d.due - make_interval(secs => $3::double precision)) * 1000000)::bigint
        FROM quell.duty d JOIN quell.person p ON p.book_id = $1 AND p.person_id = d.person_id
        WHERE d.book_id = $1 AND d.state = 'open' AND d.kind = 'release' AND p.standing IN ('home_monitoring', 'infected')
            AND d.due <= $2::text::timestamptz + make_interval(secs => $3::double precision)
        ORDER BY 2 LIMIT $4";
    let s = c.prepare_cached(sql).await.map_err(StoreError::at("time that ran out"))?;
    let rows = c.query(&s, &[&book.0, &now.to_string(), &(slack.seconds() as f64), &limit]).await;
    let rows = rows.map_err(StoreError::at("time that ran out"))?;
    Ok(rows.iter().map(|r| RanOut { person: PersonId(r.get(0)), end: Instant(r.get(1)) }).collect())
}
