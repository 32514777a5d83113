//! Rows as JSON: one way to read and one way to write any table, whose columns are the fields of its struct.

use crate::error::StoreError;
use deadpool_postgres::GenericClient;
use quell_book::Row;
use quell_book::rows::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::LazyLock;
use tokio_postgres::types::ToSql;
use tokio_postgres::types::Type;

/// A row that has a table.
pub(crate) trait Stored: Row + Serialize + DeserializeOwned + 'static {
    /// The table with its schema.
    const TABLE: &'static str;
    /// Columns without `book_id`, comma-separated.
    fn columns() -> &'static str;
    /// The statement that writes rows: `$1` the book, `$2` the rows as JSON.
    fn upsert() -> &'static str;
}

macro_rules! stored {
    ($($row:ty, $table:literal, $key:literal;)+) => { $(
        impl Stored for $row {
            const TABLE: &'static str = $table;
            fn columns() -> &'static str {
                static C: LazyLock<String> = LazyLock::new(|| column_list(<$row>::COLUMNS));
                &C
            }
            fn upsert() -> &'static str {
                static U: LazyLock<String> = LazyLock::new(|| upsert_sql($table, $key, <$row>::COLUMNS));
                &U
            }
        }
    )+ };
}

stored! {
    Place, "quell.place", "place";
    Person, "quell.person", "person_id";
    Round, "quell.round", "round";
    Roster, "quell.roster", "round, person_id";
    Registration, "quell.registration", "tube, person_id";
    Tube, "quell.tube", "tube";
    TransportBox, "quell.box", "box";
    HandOver, "quell.hand_over", "seq, idx";
    Plate, "quell.plate", "plate";
    ResultLine, "quell.result", "seq, idx";
    LaboratoryDay, "quell.laboratory_day", "laboratory, day, mode";
    Case, "quell.\"case\"", "case_id";
    Contact, "quell.contact", "contact_id";
    FollowUp, "quell.follow_up", "seq, idx";
    Prophylaxis, "quell.prophylaxis", "seq, idx";
    Vaccination, "quell.vaccination", "person_id";
    RestrictionOrder, "quell.restriction_order", "order_id";
    Appeal, "quell.appeal", "appeal_id";
    Investigation, "quell.investigation", "case_id";
    Interview, "quell.interview", "seq, idx";
    Visit, "quell.visit", "visit_id";
    Link, "quell.link", "link_id";
    Merge, "quell.person_merge", "merge_id";
    Distinct, "quell.distinct_person", "person_id, other_id";
    SentMessage, "quell.outbox", "message_id";
    ReceivedMessage, "quell.inbox", "message_id";
    Lead, "quell.lead", "lead_id";
    Event, "quell.event", "event";
    Membership, "quell.membership", "group_id, person_id";
    CheckIn, "quell.check_in", "person_id, starts, venue";
    Team, "quell.team", "team_id";
    FollowUpAssignment, "quell.follow_up_assignment", "person_id";
    Transfer, "quell.transfer", "transfer_id";
    Stay, "quell.stay", "stay_id";
    Observation, "quell.observation", "seq, idx";
    Zone, "quell.zone", "place, seq";
    Duty, "quell.duty", "duty_id";
    Ownership, "quell.ownership", "day, kind, place";
    Tally, "quell.tally", "day, kind, place, round";
    SealedDay, "quell.sealed_day", "day";
}

fn names(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|c| c.trim_start_matches("r#").to_owned()).collect()
}

fn column_list(columns: &[&str]) -> String {
    names(columns).join(", ")
}

fn upsert_sql(table: &str, key: &str, columns: &[&str]) -> String {
    let keys: Vec<&str> = key.split(", ").collect();
    let set: Vec<String> = names(columns).iter().filter(|c| !keys.contains(&c.as_str())).map(|c| format!("{c} = excluded.{c}")).collect();
    let list = column_list(columns);
    format!(
        "INSERT INTO {table} (book_id, {list}) SELECT $1, {list} FROM json_populate_recordset(NULL::{table}, $2::text::json)
         ON CONFLICT (book_id, {key}) DO UPDATE SET {}",
        set.join(", ")
    )
}

/// Reads the rows of a table that satisfy a condition (SQL after `WHERE book_id = $1 AND`; parameters from `$2`).
pub(crate) async fn select<R: Stored>(
    client: &impl GenericClient,
    book: i32,
    condition: &str,
    params: &[&(dyn ToSql + Sync)],
) -> Result<Vec<R>, StoreError> {
    let rows = format!("SELECT {} FROM {} WHERE book_id = $1 AND {condition}", R::columns(), R::TABLE);
    let params: Vec<&(dyn ToSql + Sync)> = std::iter::once(&book as _).chain(params.iter().copied()).collect();
    decode(client, &rows, &params).await
}

/// Keys of one column.
pub(crate) enum Keys<'a> {
    Texts(&'a [String]),
    Ids(&'a [uuid::Uuid]),
}

/// Reads the rows of a table by the keys of one column (`$2`) and a condition (its parameter is `$3`). Each key is looked up by itself:
/// as an array in the condition they would lead the planner, as long as it has no statistics, to read the whole book and filter.
pub(crate) async fn select_by<R: Stored>(
    client: &impl GenericClient,
    book: i32,
    (column, keys): (&str, Keys<'_>),
    condition: &str,
    param: Option<&(dyn ToSql + Sync)>,
) -> Result<Vec<R>, StoreError> {
    let (kind, keys): (_, &(dyn ToSql + Sync)) = match &keys {
        Keys::Texts([]) | Keys::Ids([]) => return Ok(Vec::new()),
        Keys::Texts(t) => ("text", t),
        Keys::Ids(i) => ("uuid", i),
    };
    let rows = format!(
        "SELECT {} FROM unnest($2::{kind}[]) AS k(key) CROSS JOIN LATERAL
             (SELECT * FROM {} WHERE book_id = $1 AND {column} = k.key AND {condition} OFFSET 0) t",
        R::columns(),
        R::TABLE
    );
    let params: Vec<&(dyn ToSql + Sync)> = [&book as _, keys].into_iter().chain(param).collect();
    decode(client, &rows, &params).await
}

async fn decode<R: Stored>(client: &impl GenericClient, rows: &str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<R>, StoreError> {
    let sql = format!("SELECT coalesce(json_agg(x), '[]')::text FROM ({rows}) x");
    let statement = client.prepare_cached(&sql).await.map_err(StoreError::at(R::TABLE))?;
    let row = client.query_one(&statement, params).await.map_err(StoreError::at(R::TABLE))?;
    let text: &str = row.get(0);
    serde_json::from_str(text).map_err(|e| StoreError::Unreadable { operation: R::TABLE, detail: e.to_string() })
}

/// Inserts or replaces rows.
pub(crate) async fn upsert<R: Stored>(client: &impl GenericClient, book: i32, rows: &[R]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let json = serde_json::to_string(rows).map_err(|e| StoreError::Unreadable { operation: R::TABLE, detail: e.to_string() })?;
    let statement = client.prepare_typed_cached(R::upsert(), &[Type::INT4, Type::TEXT]).await.map_err(StoreError::at(R::TABLE))?;
    client.execute(&statement, &[&book, &json]).await.map_err(StoreError::at(R::TABLE))?;
    Ok(())
}
