//! The audit log: what was there before it begins it, many append to it at the same time, and what does not fit is found.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use quell_book::{BookConfig, Role};
use quell_foundation::*;
use quell_store::accounts::{self, Account};
use quell_store::audit::{self, Entry, Look};
use quell_store::server::{Options, Postgres, start};
use quell_store::verify::Report;
use quell_store::{Database, schema};
use std::os::unix::fs::PermissionsExt;

const BOOK: BookId = BookId(500_237);

struct World {
    // Stopped before its directory goes.
    pg: Postgres,
    _home: tempfile::TempDir,
    db: Database,
    config: BookConfig,
}

impl World {
    fn new() -> Self {
        let home = tempfile::Builder::new().prefix("quell-audit-").tempdir().unwrap();
        std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let pg = start(&Options { data: home.path().into(), ..Options::default() }).unwrap();
        let db = Database::new(&pg.connection_string(), 8).unwrap();
        let config = BookConfig { book: BOOK, root: PlaceId::new("50.500237").unwrap(), offset: UtcOffset::CHINA, tally_depth: 4 };
        Self { pg, _home: home, db, config }
    }
    async fn run(&self, sql: &str) {
        self.db.connection().await.unwrap().batch_execute(sql).await.unwrap_or_else(|e| panic!("{sql}: {e:?}"));
    }
    async fn verify(&self) -> Report {
        let mut report = Report::default();
        let c = self.db.connection().await.unwrap();
        audit::verify(&c, &self.config, &[], &mut report, &mut |_| ()).await.unwrap();
        report
    }
}

fn block_on<T>(f: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(f)
}

fn look(n: u8) -> Entry {
    let who = PersonId(derived_uuid(&[&[n]]));
    let (id, at, role) = (derived_uuid(&[b"look", &[n]]), Instant(i64::from(n)), Role::Sampler);
    Entry::look(&Look { id, at, account: "a", role, what: "person", person: (n > 3).then_some(who), place: None, rows: 1 })
}

/// A database of the version before, with what it wrote.
const BEFORE: &str = "
    INSERT INTO quell.book (book_id, root, offset_minutes, tally_depth, head_seq, head_hash) VALUES (500237, '50.500237', 480, 4, 0, repeat('0', 64));
    INSERT INTO quell.account VALUES (500237, '李', 'sampler', '50.500237.101', '$argon2id$x', true, '2022-11-26T08:00:00.123456+08'),
        (500237, 'chief', 'commander', '50.500237', '$argon2id$y', false, '2022-11-26T08:00:00+08');
    INSERT INTO quell.token VALUES (500237, 'abc', '李', '2022-11-26T09:00:00+08', '2022-11-26T23:00:00.5+08');
    INSERT INTO quell.access_log VALUES
        (500237, gen_random_uuid(), '2022-11-26T10:00:00+08', '李', 'sampler', '/v1/persons', NULL, '50.500237.101', 12),
        (500237, gen_random_uuid(), '2022-11-26T10:00:01+08', '李', 'sampler', '/v1/persons/{person}', gen_random_uuid(), NULL, 1);";

#[test]
fn an_old_book_begins_its_audit_log_with_what_it_has() {
    block_on(async {
        let w = World::new();
        w.run("CREATE SCHEMA quell; CREATE TABLE quell.migration (number integer PRIMARY KEY); CREATE ROLE quell_reader NOLOGIN").await;
        for (number, sql) in schema::MIGRATIONS.iter().filter(|m| m.0 < 8) {
            w.run(sql).await;
            w.run(&format!("INSERT INTO quell.migration VALUES ({number})")).await;
        }
        w.run(BEFORE).await;
        let mut c = w.db.connection().await.unwrap();
        schema::migrate(&mut c).await.unwrap();
        schema::open_book(&c, &w.config, Instant(0)).await.unwrap();
        let r = w.verify().await;
        assert_eq!((&r.findings, r.audit_entries, r.rows), (&vec![], 6, 3));
        // It goes on from there.
        let a = Account {
            book: BOOK,
            account: AccountId::new("chief").unwrap(),
            role: Role::Commander,
            place: w.config.root.clone(),
            password_hash: "z".into(),
            active: true,
        };
        accounts::put(&mut c, &a, "li", Instant(1)).await.unwrap();
        accounts::put_token(&mut c, &a, Hash::of(b"t"), Instant(2), Instant(3)).await.unwrap();
        let r = w.verify().await;
        assert_eq!((&r.findings, r.audit_entries), (&vec![], 8));
        w.db.close();
        w.pg.stop().unwrap();
    });
}

#[test]
fn many_append_and_every_entry_has_its_place() {
    block_on(async {
        let w = World::new();
        let mut c = w.db.connection().await.unwrap();
        schema::migrate(&mut c).await.unwrap();
        schema::open_book(&c, &w.config, Instant(0)).await.unwrap();
        let guess = audit::head(&c, BOOK, false).await.unwrap();
        let one = async |n: u8| {
            let mut c = w.db.connection().await.unwrap();
            let tx = c.transaction().await.unwrap();
            audit::append(&tx, BOOK, &[look(n), look(n + 1)]).await.unwrap();
            tx.commit().await.unwrap();
        };
        futures_util::future::join_all((0..20).map(one)).await;
        // Who goes by a head that is not there any more writes nothing.
        assert_eq!(audit::append_behind(&c, BOOK, guess, &[look(9)]).await.unwrap(), None);
        let now = audit::head(&c, BOOK, false).await.unwrap();
        assert_eq!(now.seq, 41);
        let after = audit::append_behind(&c, BOOK, now, &[look(9)]).await.unwrap().unwrap();
        assert_eq!(audit::head(&c, BOOK, false).await.unwrap(), after);
        let r = w.verify().await;
        assert_eq!((&r.findings, r.audit_entries), (&vec![], 42));
        w.db.close();
        w.pg.stop().unwrap();
    });
}
