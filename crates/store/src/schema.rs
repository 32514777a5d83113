//! Migrations: numbered files, never edited, each applied once in a transaction of its own.

use crate::error::StoreError;
use quell_book::BookConfig;
use quell_foundation::*;
use tokio_postgres::Client;

/// The migrations, in order.
pub const MIGRATIONS: &[(i32, &str)] = &[
    (1, include_str!("../migrations/0001_book.sql")),
    (2, include_str!("../migrations/0002_view_indexes.sql")),
    (3, include_str!("../migrations/0003_reader_policy.sql")),
    (4, include_str!("../migrations/0004_fast_reads.sql")),
    (5, include_str!("../migrations/0005_one_hash.sql")),
    (6, include_str!("../migrations/0006_case_unknowns.sql")),
    (7, include_str!("../migrations/0007_duties_of_corrections.sql")),
    (8, include_str!("../migrations/0008_audit.sql")),
    (9, include_str!("../migrations/0009_repeat_readings.sql")),
    (10, include_str!("../migrations/0010_revoked.sql")),
    (11, include_str!("../migrations/0011_laboratory_day.sql")),
    (12, include_str!("../migrations/0012_listed_seq.sql")),
    (13, include_str!("../migrations/0013_recalled.sql")),
    (14, include_str!("../migrations/0014_owed_again.sql")),
    (15, include_str!("../migrations/0015_identity_check.sql")),
    (16, include_str!("../migrations/0016_cases_and_contacts.sql")),
    (17, include_str!("../migrations/0017_links.sql")),
    (18, include_str!("../migrations/0018_prophylaxis.sql")),
    (19, include_str!("../migrations/0019_one_person_once.sql")),
    (20, include_str!("../migrations/0020_case_number.sql")),
    (21, include_str!("../migrations/0021_registers.sql")),
    (22, include_str!("../migrations/0022_messages.sql")),
    (23, include_str!("../migrations/0023_teams.sql")),
    (24, include_str!("../migrations/0024_events.sql")),
    (25, include_str!("../migrations/0025_contact_lists.sql")),
    (26, include_str!("../migrations/0026_vaccination.sql")),
    (27, include_str!("../migrations/0027_person_in_place.sql")),
    (28, include_str!("../migrations/0028_lists.sql")),
    (29, include_str!("../migrations/0029_analyses.sql")),
];

/// Brings the schema up to date. Two servers that start at once do it one after the other.
pub async fn migrate(client: &mut Client) -> Result<(), StoreError> {
    let tx = client.transaction().await.map_err(StoreError::at("migrate"))?;
    // 0x5155454c4c is "QUELL": a lock that nothing else takes.
    tx.batch_execute(
        "SELECT pg_advisory_xact_lock(x'5155454c4c'::bigint); CREATE SCHEMA IF NOT EXISTS quell;
         CREATE TABLE IF NOT EXISTS quell.migration (number integer PRIMARY KEY)",
    )
    .await
    .map_err(StoreError::at("migrate"))?;
    tx.batch_execute(ENSURE_READER).await.map_err(StoreError::at("role quell_reader"))?;
    let done: i32 =
        tx.query_one("SELECT coalesce(max(number), 0) FROM quell.migration", &[]).await.map_err(StoreError::at("migrate"))?.get(0);
    let known = MIGRATIONS.last().map_or(0, |m| m.0);
    if done > known {
        return Err(StoreError::Newer { found: done, known });
    }
    for (number, sql) in MIGRATIONS.iter().filter(|m| m.0 > done) {
        tx.batch_execute(sql).await.map_err(StoreError::at("migration"))?;
        tx.execute("INSERT INTO quell.migration VALUES ($1)", &[number]).await.map_err(StoreError::at("migrate"))?;
    }
    tx.commit().await.map_err(StoreError::at("migrate"))
}

/// The role under which views read. Roles are no part of a backup, so that this runs at every start.
const ENSURE_READER: &str = "
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'quell_reader') THEN
        CREATE ROLE quell_reader NOLOGIN;
    END IF;
    IF NOT pg_has_role(current_user, 'quell_reader', 'MEMBER') THEN
        EXECUTE format('GRANT quell_reader TO %I', current_user);
    END IF;
END
$$";

/// Creates the book if it is not there; refuses to open it with other settings.
pub async fn open_book(client: &Client, config: &BookConfig, now: Instant) -> Result<(), StoreError> {
    crate::audit::open_book(client, config, now).await?;
    let found = book(client, config.book).await?.ok_or(StoreError::NoBook(config.book))?;
    if found == *config { Ok(()) } else { Err(StoreError::BookDiffers(config.book)) }
}

/// The check of the key under which a book's people are hashed, if it was ever opened with one.
pub async fn identity_check(client: &Client, id: BookId) -> Result<Option<Hash>, StoreError> {
    let row = client.query_opt("SELECT identity_check FROM quell.book WHERE book_id = $1", &[&id.0]).await;
    let text: Option<String> = row.map_err(StoreError::at("identity check"))?.and_then(|r| r.get(0));
    let unreadable = |_| StoreError::Unreadable { operation: "identity check", detail: "not a hash".into() };
    text.map(|t| t.parse().map_err(unreadable)).transpose()
}

/// Keeps the check of a book that has none; true if it is the book's.
pub async fn keep_identity_check(client: &Client, id: BookId, check: Hash) -> Result<bool, StoreError> {
    client
        .execute("UPDATE quell.book SET identity_check = $2 WHERE book_id = $1 AND identity_check IS NULL", &[&id.0, &check.to_string()])
        .await
        .map_err(StoreError::at("identity check"))?;
    Ok(identity_check(client, id).await? == Some(check))
}

/// The settings of a book.
pub async fn book(client: &Client, id: BookId) -> Result<Option<BookConfig>, StoreError> {
    let row = client
        .query_opt("SELECT root, offset_minutes, tally_depth FROM quell.book WHERE book_id = $1", &[&id.0])
        .await
        .map_err(StoreError::at("book"))?;
    row.map(|r| read_config(id, &r)).transpose()
}

/// All books of this database.
pub async fn books(client: &Client) -> Result<Vec<BookConfig>, StoreError> {
    let rows = client
        .query("SELECT root, offset_minutes, tally_depth, book_id FROM quell.book ORDER BY book_id", &[])
        .await
        .map_err(StoreError::at("books"))?;
    rows.iter().map(|r| read_config(BookId(r.get(3)), r)).collect()
}

fn read_config(book: BookId, r: &tokio_postgres::Row) -> Result<BookConfig, StoreError> {
    let root = PlaceId::new(r.get::<_, String>(0)).map_err(|e| StoreError::Unreadable { operation: "book", detail: e.to_string() })?;
    Ok(BookConfig { book, root, offset: UtcOffset(r.get(1)), tally_depth: r.get::<_, i32>(2) as usize })
}
