//! How long the views of a county take with a finished round of 462,462 people in the book. Not part of the ordinary run:
//! `cargo test --release -p quell-store --test views -- --ignored --nocapture`

use crate::fixture::*;
use quell_book::DutyKind;
use quell_foundation::*;
use quell_store::StoreError;
use quell_store::views::*;
use std::time::{Duration, Instant as Clock};

const CALLS: usize = 200;

/// Processor time that PostgreSQL's process of this connection has used: on a busy machine it tells more than the clock.
async fn used(f: &Fixture) -> f64 {
    let pid: i32 = f.db.connection().await.unwrap().query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    // utime and stime, in hundredths of a second.
    fields[11..13].iter().map(|t| t.parse::<f64>().unwrap() * 10.0).sum()
}

/// 26 townships, 340 communities, 462,462 people; the last round is finished but for one in 200, thirty rounds before it are in the
/// tallies; 300 cases, 3,000 contacts with their duties.
const COUNTY: &str = "
CREATE TEMP TABLE com AS SELECT i, '50.500237.' || (101 + i % 26) || '.' || lpad((i / 26 + 1)::text, 3, '0') AS place FROM generate_series(0, 339) i;
INSERT INTO quell.place SELECT 500237, '50.500237', 'county', 'County', NULL, '[]', 0, 0, 0;
INSERT INTO quell.place SELECT 500237, '50.500237.' || t, 'township', 'Township ' || t, NULL, '[]', 0, 0, 0 FROM generate_series(101, 126) t;
INSERT INTO quell.place SELECT 500237, place, 'community', 'Community ' || i, NULL, '[]', 0, 0, 0 FROM com;
INSERT INTO quell.place SELECT 500237, '50.500237.h' || h, 'shelter_hospital', 'Hall ' || h, NULL,
    (SELECT jsonb_agg(jsonb_build_object('ward', 'W' || w, 'beds', 50)) FROM generate_series(1, 20) w), 1000, 150, 0 FROM generate_series(1, 4) h;
CREATE TEMP TABLE folk AS SELECT n, md5(n::text)::uuid AS id, c.place, n / 340 AS k FROM generate_series(0, 462461) n JOIN com c ON c.i = n % 340;
INSERT INTO quell.person (book_id, person_id, home, place, name, sex, born, identity_hash, identity_masked, phone, occupation, tags, standing,
    standing_since, away_to, exposure, attention) SELECT 500237, id, place || '.h' || (k / 3), place, 'P' || n, 'female', '1980-01-01', md5(n::text) || md5(n::text),
    '500237********' || lpad((n % 10000)::text, 4, '0'), '138' || lpad(n::text, 8, '0'), 'general', '{}', 'at_home', NULL, NULL, 'none', false FROM folk;
INSERT INTO quell.round SELECT 500237, 'R' || lpad(r::text, 2, '0'), 'Round ' || r, '[\"50.500237\"]', '2022-11-26T00:00:00Z'::timestamptz - make_interval(days => 31 - r),
    '2022-11-27T00:00:00Z'::timestamptz - make_interval(days => 31 - r), NULL, CASE r WHEN 31 THEN 'open' ELSE 'closed' END, NULL FROM generate_series(1, 31) r;
INSERT INTO quell.roster SELECT 500237, 'R31', id, place, CASE WHEN n % 97 = 0 THEN 'absent: elsewhere' END, NULL, false FROM folk;
-- Tubes of ten neighbours; the samples take 14 hours.
INSERT INTO quell.tube SELECT 500237, 'T' || lpad((c.i * 1000 + t)::text, 8, '0'), 'R31', c.place, 'pooled', 10, 10, NULL, 'resulted', o, o + interval '30 min', o + interval '12 min',
    NULL, 'lab', o + make_interval(secs => 1800 + hashint4(t) % 900), o + interval '5 h', o + make_interval(secs => 7200 + hashint4(c.i) % 1800), '50.500237.lab1', o + interval '9 h',
    o + make_interval(secs => 18000 + hashint4(c.i * 7 + t) % 3600), CASE WHEN (c.i * 137 + t) % 1000 = 0 THEN 'positive' ELSE 'negative' END, '[]', 1
    FROM com c, generate_series(0, 136) t, LATERAL (SELECT '2022-11-26T00:00:00Z'::timestamptz + make_interval(secs => t * 367 + c.i) AS o) x;
INSERT INTO quell.registration SELECT 500237, f.id, 'T' || lpad((n % 340 * 1000 + least(k / 10, 136))::text, 8, '0'), 'R31', f.place, '2022-11-26T00:00:00Z'::timestamptz + make_interval(secs => k / 10 * 367),
    n, true, NULL, NULL FROM folk f WHERE n % 97 <> 0 AND n % 200 <> 1 ORDER BY n;
INSERT INTO quell.tally SELECT 500237, '2022-11-26', 'sample', place, 'R31', count(*), 0, count(*) FILTER (WHERE n % 97 <> 0 AND n % 200 <> 1), 0, count(*) FILTER (WHERE n % 97 = 0), 0 FROM folk GROUP BY place;
INSERT INTO quell.tally SELECT 500237, '2022-11-26', k, place, 'R31', 137, 0, 137, 137, 0, 0 FROM com, unnest(ARRAY['seal', 'deliver', 'test', 'result']) k;
INSERT INTO quell.tally SELECT 500237, '2022-11-26'::date - (31 - r), k, place, 'R' || lpad(r::text, 2, '0'), 1360, 0, 1350, 1340, 10, 0
    FROM com, generate_series(1, 30) r, unnest(ARRAY['sample', 'seal', 'deliver', 'test', 'result']) k;
INSERT INTO quell.tally SELECT 500237, '2022-11-26'::date - d, k, place, '', 10, 0, 9, 9, 0, 1
    FROM com, generate_series(1, 30) d, unnest(ARRAY['recall', 'report', 'transfer', 'admit', 'isolate', 'contact_test', 'release']) k;
INSERT INTO quell.\"case\" SELECT 500237, md5('c' || n)::uuid, id, place, 'T', 'R31', '2022-11-26T08:00:00Z'::timestamptz - make_interval(hours => n % 700), '2022-11-26T02:00:00Z', 'asymptomatic', 'asymptomatic',
    NULL, 'recall', CASE WHEN n % 2 = 0 THEN 'controlled' ELSE 'community_found' END, 'active', '2022-11-26T09:00:00Z', 'N', NULL FROM folk WHERE n < 600;
INSERT INTO quell.stay SELECT 500237, md5('s' || n)::uuid, id, place, '50.500237.h' || (1 + n / 150), 'W' || (1 + n % 150 / 50), 1 + n % 50, '2022-11-26T10:00:00Z', NULL, 0, NULL, NULL FROM folk WHERE n < 600;
INSERT INTO quell.transfer SELECT 500237, md5('t' || n)::uuid, id, place, '2022-11-26T09:00:00Z', 'admitted', 'V', '50.500237.h1', '2022-11-26T09:10:00Z', '2022-11-26T09:20:00Z', '2022-11-26T09:50:00Z', NULL FROM folk WHERE n < 600;
INSERT INTO quell.duty SELECT 500237, md5(kind || n)::uuid, kind, 'person', id::text, id, place, 'ward', '2022-11-26T08:00:00Z', '2022-11-26T12:00:00Z'::timestamptz + make_interval(hours => n % 24), 'rule', 1,
    CASE WHEN n < 3600 THEN 'open' ELSE 'discharged' END, NULL, CASE WHEN n < 3600 THEN NULL ELSE 2 END, NULL, NULL, NULL FROM folk, unnest(ARRAY['contact_test', 'observe', 'release']) kind WHERE n < 30000;";

/// Calls a view 200 times and prints p50, p99 and the processor time of PostgreSQL for a call.
async fn time<T>(f: &Fixture, name: &str, mut call: impl AsyncFnMut() -> Result<T, StoreError>) -> Duration {
    let mut took = Vec::with_capacity(CALLS);
    let before = used(f).await;
    for _ in 0..CALLS {
        let begun = Clock::now();
        call().await.unwrap();
        took.push(begun.elapsed());
    }
    took.sort();
    let (p50, p99) = (took[CALLS / 2], took[CALLS * 99 / 100]);
    let cpu = (used(f).await - before) / CALLS as f64;
    println!("{name:42} p50 {:7.1} ms   p99 {:7.1} ms   processor {cpu:7.1} ms", p50.as_secs_f64() * 1e3, p99.as_secs_f64() * 1e3);
    p99
}

#[test]
#[ignore = "a measurement: makes a county first"]
fn a_county_is_read_in_a_tenth_of_a_second() {
    run(async {
        let f = Fixture::empty().await;
        let c = f.db.connection().await.unwrap();
        c.batch_execute(COUNTY).await.unwrap();
        carry(&c, BOOK, "2022-11-25".parse().unwrap()).await.unwrap();
        c.batch_execute("VACUUM ANALYZE").await.unwrap();
        drop(c);
        let now = at("23:00");
        let reader = f.scope(ROOT);
        let (r, id) = (place(ROOT), RoundId::new("R31").unwrap());
        let who = PersonId(uuid::Uuid::from_bytes([
            0xe4, 0xda, 0x3b, 0x7f, 0xbb, 0xce, 0x23, 0x45, 0xd7, 0x77, 0x2b, 0x06, 0x74, 0xa3, 0x18, 0xd5,
        ]));
        let mut slowest = vec![];
        let db = &f.db;
        slowest.push(time(&f, "1 shoulds, county", async || db.read(&reader, async |tx| shoulds(tx, BOOK, &r, now).await).await).await);
        slowest.push(time(&f, "3 round, county", async || db.read(&reader, async |tx| round(tx, BOOK, &id, &r, now).await).await).await);
        slowest.push(time(&f, "4 links, county", async || db.read(&reader, async |tx| links(tx, BOOK, &id, &r, now).await).await).await);
        slowest.push(time(&f, "5 person", async || db.read(&reader, async |tx| person(tx, BOOK, who, now).await).await).await);
        let door =
            time(&f, "5 status of a person", async || db.read(&reader, async |tx| person_status(tx, BOOK, who, now).await).await).await;
        slowest.push(time(&f, "10 board, county", async || db.read(&reader, async |tx| board(tx, BOOK, &r, now).await).await).await);
        for (kind, name) in
            [(DutyKind::Sample, "sample"), (DutyKind::Observe, "observe"), (DutyKind::Test, "test"), (DutyKind::Result, "result")]
        {
            let filter = ItemFilter { kind, place: r.clone(), round: None, only_overdue: false };
            let page = Paging::default();
            slowest.push(
                time(&f, &format!("2 open {name}"), async || {
                    db.read(&reader, async |tx| items(tx, BOOK, &filter, &page, now, End::Open).await).await
                })
                .await,
            );
            slowest.push(
                time(&f, &format!("2 done {name}"), async || {
                    db.read(&reader, async |tx| items(tx, BOOK, &filter, &page, now, End::Done).await).await
                })
                .await,
            );
            slowest.push(
                time(&f, &format!("2 ended {name}"), async || {
                    db.read(&reader, async |tx| items(tx, BOOK, &filter, &page, now, End::Waived).await).await
                })
                .await,
            );
        }
        for text in ["P4624", "1234", "13800001234", "50.500237.101.001"] {
            let page = Paging::default();
            slowest.push(
                time(&f, &format!("5 find {text}"), async || db.read(&reader, async |tx| find_persons(tx, BOOK, text, &page).await).await)
                    .await,
            );
        }
        slowest.push(time(&f, "7 facilities", async || db.read(&reader, async |tx| facilities(tx, BOOK, &r).await).await).await);
        slowest.push(time(&f, "8 cases by day", async || db.read(&reader, async |tx| case_counts(tx, BOOK, &r, now).await).await).await);
        slowest.push(time(&f, "9 day", async || db.read(&reader, async |tx| day(tx, BOOK, &r, now).await).await).await);
        let begun = Clock::now();
        f.db.read(&reader, async |tx| day_counted(tx, BOOK, &r, now).await).await.unwrap();
        println!("9 day, counted from the rows, once: {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
        let over = slowest.iter().filter(|t| **t > Duration::from_millis(100)).count();
        println!("{over} views over 100 ms at p99; status of a person {:.1} ms", door.as_secs_f64() * 1e3);
    });
}
