//! The shape of the schema, on a real PostgreSQL: what Citus distributes by book, what the second wall covers, and that the tables
//! have the columns of the rows. A rule that is broken is named with its table.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use quell_book::rows::*;
use quell_store::server::{Options, Postgres, start};
use quell_store::{Database, schema};
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;

/// The same for all books: on Citus a copy on every node.
const REFERENCE: &[&str] = &["migration", "protocol_text"];

/// Tables that no row struct of the book describes, and what writes them.
const NOT_ROWS: &[(&str, &str)] = &[
    ("migration", "schema"),
    ("protocol_text", "shelf"),
    ("book", "schema and log"),
    ("submission", "log"),
    ("account", "accounts"),
    ("token", "accounts"),
    ("peer", "peers"),
    ("audit", "audit"),
    ("audit_head", "audit"),
    ("analysis", "analyses"),
    ("tally_before", "views: the sums of the sealed days' tallies"),
];

/// Tables with a place or a person that readers see without a policy, and why.
const OPEN: &[(&str, &str)] = &[
    ("place", "the map of the county is no secret: names and beds, no persons"),
    ("zone", "risk zones are published"),
    ("ownership", "owners of overdue items by kind and place: no persons"),
    ("audit", "the view of looks asks for a reader of the whole book, or filters by the person's own policy"),
];

struct World {
    // Stopped before its directory goes.
    _pg: Postgres,
    _home: tempfile::TempDir,
    db: Database,
}

impl World {
    async fn new() -> Self {
        let home = tempfile::Builder::new().prefix("quell-schema-").tempdir().unwrap();
        std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let pg = start(&Options { data: home.path().into(), ..Options::default() }).unwrap();
        let db = Database::new(&pg.connection_string(), 2).unwrap();
        let w = Self { _pg: pg, _home: home, db };
        w.migrate().await;
        w
    }
    async fn migrate(&self) {
        schema::migrate(&mut self.db.connection().await.unwrap()).await.unwrap();
    }
    /// The first column of a query, as text.
    async fn list(&self, sql: &str) -> Vec<String> {
        let rows = self.db.connection().await.unwrap().query(sql, &[]).await.unwrap_or_else(|e| panic!("{sql}: {e:?}"));
        rows.iter().map(|r| r.get(0)).collect()
    }
    async fn nothing(&self, rule: &str, sql: &str) {
        let found = self.list(sql).await;
        assert!(found.is_empty(), "{rule}: {found:?}");
    }
}

/// SQL: tables of the schema that are no reference tables.
fn distributed() -> String {
    let reference = REFERENCE.iter().map(|t| format!("'{t}'")).collect::<Vec<_>>().join(", ");
    format!(
        "(SELECT oid, relname FROM pg_class WHERE relnamespace = 'quell'::regnamespace AND relkind IN ('r', 'p') AND relname NOT IN ({reference})) t"
    )
}

async fn book_comes_first(w: &World) {
    let tables = distributed();
    w.nothing(
        "every table has book_id integer NOT NULL",
        &format!(
            "SELECT relname::text FROM {tables} WHERE NOT EXISTS (SELECT FROM pg_attribute a
                 WHERE a.attrelid = t.oid AND a.attname = 'book_id' AND a.atttypid = 'int4'::regtype AND a.attnotnull)"
        ),
    )
    .await;
    w.nothing(
        "every table has a primary key",
        &format!(
            "SELECT relname::text FROM {tables} WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary)"
        ),
    )
    .await;
    // Primary keys, unique constraints, exclusion constraints and other indexes are all indexes. One over the elements of arrays (GIN) has
    // no order and so no first column.
    w.nothing(
        "book_id is the first column of every index",
        &format!(
            "SELECT i.indexrelid::regclass::text FROM {tables} JOIN pg_index i ON i.indrelid = t.oid
             JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam AND m.amname <> 'gin'
             WHERE i.indkey[0] <> (SELECT attnum FROM pg_attribute WHERE attrelid = t.oid AND attname = 'book_id')"
        ),
    )
    .await;
}

async fn nothing_that_does_not_distribute(w: &World) {
    w.nothing(
        "no triggers",
        "SELECT tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'quell'::regnamespace",
    )
    .await;
    w.nothing("no foreign keys", "SELECT conname::text FROM pg_constraint WHERE contype = 'f'").await;
    w.nothing("no sequences", "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S'").await;
    w.nothing(
        "no identity columns",
        "SELECT attrelid::regclass || '.' || attname FROM pg_attribute WHERE attidentity <> '' AND attrelid >= 16384",
    )
    .await;
    w.nothing(
        "defaults are constants: times and ids are parameters",
        "SELECT d.adrelid::regclass || '.' || a.attname || ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)
         FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum JOIN pg_class c ON c.oid = d.adrelid
         WHERE c.relnamespace = 'quell'::regnamespace AND a.attgenerated = ''
             AND pg_get_expr(d.adbin, d.adrelid) !~ '^(''[^'']*''(::[a-z \\[\\]]+)?|-?[0-9]+|true|false|NULL::[a-z ]+)$'",
    )
    .await;
    w.nothing(
        "no views, no functions: SQL is in the store",
        "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'quell'::regnamespace AND relkind IN ('v', 'm')",
    )
    .await;
    w.nothing("no functions", "SELECT proname::text FROM pg_proc WHERE pronamespace = 'quell'::regnamespace").await;
}

macro_rules! row_columns {
    ($($row:ident),+) => { [$(($row::TABLE, $row::COLUMNS)),+] };
}

async fn columns_are_the_fields(w: &World) {
    let rows = row_columns![
        Place,
        Person,
        Round,
        Roster,
        Registration,
        Tube,
        TransportBox,
        HandOver,
        Plate,
        ResultLine,
        LaboratoryDay,
        Case,
        Contact,
        FollowUp,
        Prophylaxis,
        Vaccination,
        RestrictionOrder,
        Appeal,
        Investigation,
        Interview,
        Visit,
        Link,
        Merge,
        Distinct,
        SentMessage,
        ReceivedMessage,
        Lead,
        Event,
        Membership,
        CheckIn,
        Team,
        FollowUpAssignment,
        Transfer,
        Stay,
        Observation,
        Zone,
        Duty,
        Ownership,
        Tally,
        SealedDay
    ];
    let c = w.db.connection().await.unwrap();
    let sql = "SELECT c.table_name::text, c.column_name::text FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
               WHERE c.table_schema = 'quell' AND t.table_type = 'BASE TABLE' AND c.column_name <> 'book_id' AND c.is_generated = 'NEVER'";
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for r in c.query(sql, &[]).await.unwrap() {
        tables.entry(r.get(0)).or_default().insert(r.get(1));
    }
    for (table, fields) in rows {
        let fields: BTreeSet<String> = fields.iter().map(|f| f.trim_start_matches("r#").to_owned()).collect();
        assert_eq!(tables.remove(table), Some(fields), "{table}: the columns are the fields of its row");
    }
    let left: BTreeSet<&str> = tables.keys().map(String::as_str).collect();
    let known: BTreeSet<&str> = NOT_ROWS.iter().map(|t| t.0).collect();
    assert!(left.is_subset(&known), "tables that this test does not know: {:?}", left.difference(&known));
}

async fn the_second_wall(w: &World) {
    let exposed = w
        .list(
            "SELECT DISTINCT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
             WHERE c.relnamespace = 'quell'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname IN ('person_id', 'place')
                 AND has_table_privilege('quell_reader', c.oid, 'SELECT')
                 AND NOT (c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid
                     AND 'quell_reader'::regrole::oid = ANY (p.polroles) AND p.polcmd = 'r'))",
        )
        .await;
    for table in &exposed {
        assert!(OPEN.iter().any(|o| o.0 == table), "{table} has persons or places, and readers see it without a policy");
    }
    assert_eq!(exposed.len(), OPEN.len(), "an exception that is none any more: {exposed:?}");
    w.nothing(
        "readers write nothing",
        "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'quell'::regnamespace AND relkind = 'r'
             AND has_table_privilege('quell_reader', oid, 'INSERT, UPDATE, DELETE, TRUNCATE')",
    )
    .await;
    w.nothing(
        "readers see no passwords and no tokens",
        "SELECT t FROM unnest(ARRAY['quell.account', 'quell.token', 'quell.peer']) t WHERE has_table_privilege('quell_reader', t, 'SELECT')",
    )
    .await;
    w.nothing(
        "policies compare paths byte by byte",
        "SELECT a.attrelid::regclass::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
         WHERE c.relnamespace = 'quell'::regnamespace AND c.relrowsecurity AND a.attname = 'place' AND a.attcollation <> '\"C\"'::regcollation",
    )
    .await;
    w.nothing(
        "readers do not pass the wall",
        "SELECT rolname::text FROM pg_roles WHERE rolname = 'quell_reader' AND (rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole)",
    )
    .await;
    // The wall itself: without a scope nothing can be read at all.
    let mut c = w.db.connection().await.unwrap();
    let tx = c.transaction().await.unwrap();
    tx.batch_execute("SET LOCAL ROLE quell_reader").await.unwrap();
    assert!(tx.query("SELECT FROM quell.person", &[]).await.is_err(), "a reader without a scope");
}

/// Everything that migrations make, as text.
const SHAPE: &str = "
    SELECT 'column ' || attrelid::regclass || '.' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull || ' ' || attstorage::text
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'quell'::regnamespace AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'quell'
    UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'quell'::regnamespace
    UNION ALL SELECT 'policy ' || tablename || ' ' || policyname || ' ' || coalesce(qual, '') FROM pg_policies WHERE schemaname = 'quell'
    UNION ALL SELECT 'grant ' || relname || ' ' || coalesce(relacl::text, '') || ' ' || oid::text FROM pg_class WHERE relnamespace = 'quell'::regnamespace
    UNION ALL SELECT 'migration ' || number FROM quell.migration
    ORDER BY 1";

async fn migrating_again_changes_nothing(w: &World) {
    let before = w.list(SHAPE).await;
    assert!(before.len() > 200, "{}", before.len());
    w.migrate().await;
    assert_eq!(w.list(SHAPE).await, before);
    let numbers: Vec<i32> = schema::MIGRATIONS.iter().map(|m| m.0).collect();
    assert_eq!(numbers, (1..=numbers.len() as i32).collect::<Vec<_>>(), "migrations are numbered without a gap");
}

#[test]
fn the_schema_keeps_its_shape() {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let w = World::new().await;
        book_comes_first(&w).await;
        nothing_that_does_not_distribute(&w).await;
        columns_are_the_fields(&w).await;
        the_second_wall(&w).await;
        migrating_again_changes_nothing(&w).await;
        // A database of a newer program is left alone.
        w.db.connection().await.unwrap().batch_execute("INSERT INTO quell.migration VALUES (9999)").await.unwrap();
        let refused = schema::migrate(&mut w.db.connection().await.unwrap()).await;
        assert!(matches!(refused, Err(quell_store::StoreError::Newer { found: 9999, .. })), "{refused:?}");
        w.db.close();
    });
}
