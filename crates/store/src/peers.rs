//! The books that messages go to, where they are, and the messages that wait for their delivery.

use crate::audit::{self, Entry};
use crate::error::StoreError;
use crate::tables::select;
use deadpool_postgres::GenericClient;
use quell_book::rows::{ReceivedMessage, SentMessage};
use quell_foundation::*;

/// Another book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its number.
    pub book: BookId,
    /// Where its server is: `http://host:port`.
    pub url: String,
    /// The token that it gave, enciphered.
    pub sealed_token: String,
    /// Since when it cannot be reached.
    pub away_since: Option<Instant>,
    /// Why not.
    pub last_error: Option<String>,
}

/// Adds another book, or changes where it is. `by`: who does it.
pub async fn put(c: &mut impl GenericClient, book: BookId, p: &Peer, by: &str, now: Instant) -> Result<(), StoreError> {
    let tx = c.transaction().await.map_err(StoreError::at("peer"))?;
    audit::append(&tx, book, &[Entry::peer_put(by, p.book, &p.url, now)]).await?;
    tx.execute(
        "INSERT INTO quell.peer (book_id, peer_book, url, sealed_token, added_at) VALUES ($1, $2, $3, $4, $5::text::timestamptz)
         ON CONFLICT (book_id, peer_book) DO UPDATE SET url = excluded.url, sealed_token = excluded.sealed_token,
             away_since = NULL, last_error = NULL",
        &[&book.0, &p.book.0, &p.url, &p.sealed_token, &now.to_string()],
    )
    .await
    .map_err(StoreError::at("peer"))?;
    tx.commit().await.map_err(StoreError::at("peer"))
}

/// Forgets another book; true if it was known.
pub async fn remove(c: &mut impl GenericClient, book: BookId, peer: BookId, by: &str, now: Instant) -> Result<bool, StoreError> {
    let tx = c.transaction().await.map_err(StoreError::at("peer"))?;
    let gone = tx.execute("DELETE FROM quell.peer WHERE book_id = $1 AND peer_book = $2", &[&book.0, &peer.0]).await;
    let known = gone.map_err(StoreError::at("peer"))? > 0;
    if known {
        audit::append(&tx, book, &[Entry::peer_removed(by, peer, now)]).await?;
    }
    tx.commit().await.map_err(StoreError::at("peer"))?;
    Ok(known)
}

/// The other books of a book.
pub async fn list(c: &impl GenericClient, book: BookId) -> Result<Vec<Peer>, StoreError> {
    let sql = "SELECT peer_book, url, sealed_token, (extract(epoch FROM away_since) * 1000000)::bigint, last_error
               FROM quell.peer WHERE book_id = $1 ORDER BY peer_book";
    let rows = c.query(sql, &[&book.0]).await.map_err(StoreError::at("peers"))?;
    Ok(rows
        .iter()
        .map(|r| Peer {
            book: BookId(r.get(0)),
            url: r.get(1),
            sealed_token: r.get(2),
            away_since: r.get::<_, Option<i64>>(3).map(Instant),
            last_error: r.get(4),
        })
        .collect())
}

/// Notes that another book cannot be reached, since when it is so, or (`None`) that it can.
pub async fn note(c: &impl GenericClient, book: BookId, peer: BookId, error: Option<&str>, now: Instant) -> Result<(), StoreError> {
    c.execute(
        "UPDATE quell.peer SET last_error = $3, away_since = CASE WHEN $3::text IS NULL THEN NULL ELSE coalesce(away_since, $4::text::timestamptz) END
         WHERE book_id = $1 AND peer_book = $2",
        &[&book.0, &peer.0, &error, &now.to_string()],
    )
    .await
    .map_err(StoreError::at("peer"))?;
    Ok(())
}

/// The books for which something waits, and how much.
pub async fn waiting(c: &impl GenericClient, book: BookId) -> Result<Vec<(BookId, i64)>, StoreError> {
    let sql = "SELECT other, count(*) FROM (
                   SELECT to_book AS other FROM quell.outbox WHERE book_id = $1 AND delivery = 'queued'
                   UNION ALL SELECT from_book FROM quell.inbox WHERE book_id = $1 AND delivery = 'queued') w GROUP BY other ORDER BY other";
    let rows = c.query(sql, &[&book.0]).await.map_err(StoreError::at("messages"))?;
    Ok(rows.iter().map(|r| (BookId(r.get(0)), r.get(1))).collect())
}

/// What waits for its delivery to another book, the oldest first.
pub async fn queued(
    c: &impl GenericClient,
    book: BookId,
    peer: BookId,
    limit: i64,
) -> Result<(Vec<SentMessage>, Vec<ReceivedMessage>), StoreError> {
    let sent = select(c, book.0, "to_book = $2 AND delivery = 'queued' ORDER BY asked_at, message_id LIMIT $3", &[&peer.0, &limit]).await?;
    let received =
        select(c, book.0, "from_book = $2 AND delivery = 'queued' ORDER BY answered_at, message_id LIMIT $3", &[&peer.0, &limit]).await?;
    Ok((sent, received))
}
