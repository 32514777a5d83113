//! Writes what a batch changed: one statement a table; registrations, the many, by COPY.

use crate::bulk;
use crate::error::StoreError;
use crate::hot::UNIX_TO_2000;
use crate::load::Tx;
use crate::tables::{Stored, upsert};
use bytes::Bytes;
use futures_util::{SinkExt, try_join};
use quell_book::Changes;
use quell_book::HashSet;
use quell_book::Row;
use quell_book::rows::*;
use quell_foundation::*;
use tokio_postgres::types::Type;

/// Writes all changes. `new`: the registrations that are new rows.
pub(crate) async fn changes(tx: &Tx<'_>, c: &Changes, new: &HashSet<(PersonId, TubeCode)>, day: Day) -> Result<(), StoreError> {
    let (fresh, changed): (Vec<&Registration>, Vec<&Registration>) = c.registrations.iter().partition(|r| new.contains(&r.key()));
    let changed: Vec<Registration> = changed.into_iter().cloned().collect();
    let (client, book) = (tx.client, tx.book);
    try_join!(
        upsert(client, book, &c.places),
        upsert(client, book, &c.persons),
        upsert(client, book, &c.rounds),
        upsert(client, book, &c.roster),
        upsert(client, book, &changed),
        upsert(client, book, &c.tubes),
        upsert(client, book, &c.boxes),
        upsert(client, book, &c.hand_overs),
        upsert(client, book, &c.plates),
        upsert(client, book, &c.results),
        upsert(client, book, &c.cases),
        upsert(client, book, &c.contacts),
        upsert(client, book, &c.transfers),
        // A bed that one person leaves and another takes in the same batch: leave first.
        stays(tx, &c.stays),
        upsert(client, book, &c.observations),
        upsert(client, book, &c.zones),
        upsert(client, book, &c.duties),
        upsert(client, book, &c.ownerships),
        upsert(client, book, &c.sealed_days),
        tallies(tx, &c.tallies),
    )?;
    copy_registrations(tx, &fresh).await?;
    for b in &c.bulk {
        bulk::run(client, book, day, b).await?;
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

const COPY_REGISTRATIONS: &str = "COPY quell.registration
    (book_id, person_id, tube, round, place, sampled_at, seq, counts, flag, void_seq) FROM STDIN (FORMAT binary)";

async fn copy_registrations(tx: &Tx<'_>, rows: &[&Registration]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sink = tx.client.copy_in::<_, Bytes>(COPY_REGISTRATIONS).await.map_err(StoreError::at("register"))?;
    let bytes = binary_copy(tx.book, rows);
    let mut sink = std::pin::pin!(sink);
    sink.send(bytes).await.map_err(StoreError::at("register"))?;
    sink.as_mut().finish().await.map_err(StoreError::at("register"))?;
    Ok(())
}

/// The rows in PostgreSQL's binary COPY format (signature, flags, then per row: field count, and length and bytes a field).
fn binary_copy(book: i32, rows: &[&Registration]) -> Bytes {
    let mut out = Vec::with_capacity(rows.len() * 160 + 32);
    out.extend_from_slice(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
    let field = |out: &mut Vec<u8>, bytes: &[u8]| {
        out.extend_from_slice(&(bytes.len() as i32).to_be_bytes());
        out.extend_from_slice(bytes);
    };
    let null = |out: &mut Vec<u8>| out.extend_from_slice(&(-1i32).to_be_bytes());
    for r in rows {
        out.extend_from_slice(&10i16.to_be_bytes());
        field(&mut out, &book.to_be_bytes());
        field(&mut out, r.person_id.0.as_bytes());
        field(&mut out, r.tube.as_str().as_bytes());
        match &r.round {
            Some(x) => field(&mut out, x.as_str().as_bytes()),
            None => null(&mut out),
        }
        field(&mut out, r.place.as_str().as_bytes());
        field(&mut out, &(r.sampled_at.0 - UNIX_TO_2000).to_be_bytes());
        field(&mut out, &r.seq.to_be_bytes());
        field(&mut out, &[u8::from(r.counts)]);
        match &r.flag {
            Some(x) => field(&mut out, x.as_bytes()),
            None => null(&mut out),
        }
        match r.void_seq {
            Some(v) => field(&mut out, &v.to_be_bytes()),
            None => null(&mut out),
        }
    }
    out.extend_from_slice(&(-1i16).to_be_bytes());
    out.into()
}
