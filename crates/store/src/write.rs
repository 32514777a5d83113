//! Writes what a batch changed: one statement a table. New rows of the large tables are copied in, the others go as JSON.

use crate::bulk;
use crate::copy::copy;
use crate::error::StoreError;
use crate::load::Tx;
use crate::tables::{Stored, upsert};
use futures_util::try_join;
use quell_book::Changes;
use quell_book::rows::*;
use quell_foundation::*;
use tokio_postgres::types::Type;

/// Writes the new rows of the tables that grow by the hundred thousand.
pub(crate) async fn new_rows(tx: &Tx<'_>, c: &Changes) -> Result<(), StoreError> {
    try_join!(
        copy(tx, c.registrations.new_rows()),
        copy(tx, c.tubes.new_rows()),
        copy(tx, c.persons.new_rows()),
        copy(tx, c.check_ins.new_rows()),
        copy(tx, c.contacts.new_rows()),
        copy(tx, c.follow_ups.new_rows()),
        copy(tx, c.assignments.new_rows()),
        copy(tx, c.duties.new_rows()),
        // Every result is a line of its own.
        copy(tx, &c.results),
    )?;
    Ok(())
}

/// Writes all other rows that changed.
pub(crate) async fn changed_rows(tx: &Tx<'_>, c: &Changes) -> Result<(), StoreError> {
    let (client, book) = (tx.client, tx.book);
    try_join!(
        upsert(client, book, &c.places),
        upsert(client, book, c.persons.replaced()),
        upsert(client, book, &c.rounds),
        upsert(client, book, &c.roster),
        upsert(client, book, c.registrations.replaced()),
        upsert(client, book, c.tubes.replaced()),
        upsert(client, book, &c.boxes),
        upsert(client, book, &c.hand_overs),
        upsert(client, book, &c.plates),
        upsert(client, book, &c.laboratory_days),
        upsert(client, book, &c.cases),
        upsert(client, book, c.contacts.replaced()),
        upsert(client, book, c.follow_ups.replaced()),
        upsert(client, book, &c.prophylaxes),
        upsert(client, book, &c.vaccinations),
        upsert(client, book, &c.orders),
        upsert(client, book, &c.appeals),
        upsert(client, book, &c.investigations),
        upsert(client, book, &c.interviews),
        upsert(client, book, &c.visits),
        upsert(client, book, &c.links),
        upsert(client, book, &c.merges),
        upsert(client, book, &c.distincts),
        upsert(client, book, &c.outbox),
        upsert(client, book, &c.inbox),
        upsert(client, book, &c.leads),
        upsert(client, book, &c.events),
        upsert(client, book, &c.memberships),
        upsert(client, book, c.check_ins.replaced()),
        upsert(client, book, &c.teams),
        upsert(client, book, c.assignments.replaced()),
        upsert(client, book, &c.transfers),
        // A bed that one person leaves and another takes in the same batch: leave first.
        stays(tx, &c.stays),
        upsert(client, book, &c.observations),
        upsert(client, book, &c.zones),
        upsert(client, book, c.duties.replaced()),
        upsert(client, book, &c.ownerships),
        upsert(client, book, &c.sealed_days),
        tallies(tx, &c.tallies),
    )?;
    Ok(())
}

/// Does what a fact does to whole populations; after all rows.
pub(crate) async fn whole_populations(tx: &Tx<'_>, c: &Changes, day: Day) -> Result<(), StoreError> {
    for b in &c.bulk {
        bulk::run(tx.client, tx.book, day, b).await?;
    }
    Ok(())
}

async fn stays(tx: &Tx<'_>, rows: &[Stay]) -> Result<(), StoreError> {
    let (ended, open): (Vec<Stay>, Vec<Stay>) = rows.iter().cloned().partition(|s| s.left_at.is_some());
    upsert(tx.client, tx.book, &ended).await?;
    upsert(tx.client, tx.book, &open).await
}

async fn tallies(tx: &Tx<'_>, rows: &[Tally]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let json = serde_json::to_string(rows).map_err(|e| StoreError::Unreadable { operation: "tally", detail: e.to_string() })?;
    let list = Tally::columns();
    let sql = format!(
        "INSERT INTO quell.tally AS t (book_id, {list}) SELECT $1, {list} FROM json_populate_recordset(NULL::quell.tally, $2::text::json)
         ON CONFLICT (book_id, day, kind, place, round) DO UPDATE SET opened = t.opened + excluded.opened,
         reopened = t.reopened + excluded.reopened, discharged = t.discharged + excluded.discharged,
         in_time = t.in_time + excluded.in_time, waived = t.waived + excluded.waived,
         superseded = t.superseded + excluded.superseded"
    );
    let statement = tx.client.prepare_typed_cached(&sql, &[Type::INT4, Type::TEXT]).await.map_err(StoreError::at("tally"))?;
    tx.client.execute(&statement, &[&tx.book, &json]).await.map_err(StoreError::at("tally"))?;
    Ok(())
}
