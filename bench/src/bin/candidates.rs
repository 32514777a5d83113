//! Candidates of a case by its trajectory: twenty visits among the check-ins of a fortnight, over HTTP, beside a plain query for the same
//! meetings in the same run. The check-ins are put straight into the table (`--through-the-door` times the door with as many as it says).

use bytes::Bytes;
use clap::Parser;
use quell_bench::*;
use quell_book::{CheckInLine, CheckedIn, Fact, PlaceKind, PlaceListed, Role, Venue, VisitSource, Visited};
use quell_foundation::*;
use serde_json::json;
use std::path::PathBuf;
use std::time::Instant as Stopwatch;

/// How fast the candidates of a case are found.
#[derive(Parser)]
struct Options {
    /// Check-ins of a fortnight.
    #[arg(long, default_value_t = 20_000_000)]
    check_ins: i64,
    /// People in the book.
    #[arg(long, default_value_t = 100_000)]
    people: u32,
    /// Cases, each with twenty visits.
    #[arg(long, default_value_t = 40)]
    cases: u32,
    /// Calls of each case.
    #[arg(long, default_value_t = 5)]
    calls: u32,
    /// Check-ins that are handed in through the door and timed.
    #[arg(long, default_value_t = 100_000)]
    through_the_door: usize,
    /// Print only the JSON line.
    #[arg(long)]
    json: bool,
    /// Programs of an installed PostgreSQL, instead of the embedded one.
    #[arg(long)]
    pg_bin: Option<PathBuf>,
}

/// A venue has so many check-ins in a fortnight on average; the most visited one seventy times as many.
const OF_A_VENUE: i64 = 4_000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Error> {
    let o = Options::parse();
    let say = |text: &str| {
        if !o.json {
            eprintln!("{text}");
        }
    };
    let temp = temporary()?;
    say("people");
    let city = City::start(temp.path().join("data"), o.pg_bin.clone(), o.people).await?;
    let token = account(&city.app, "tracer", Role::Investigator).await?;
    let root = city.county.root.clone();
    let venues = (o.check_ins / OF_A_VENUE).max(20);
    let venue = |n: u64| PlaceId::new(format!("{root}.venue{n}"));
    let places: Vec<Fact> = (0..venues as u64)
        .map(|n| Ok(PlaceListed { place: venue(n)?, kind: PlaceKind::Site, name: format!("v{n}"), name_en: None, wards: vec![] }.into()))
        .collect::<Result<_, BadId>>()?;
    city.hand_in(places.chunks(1_000).map(<[Fact]>::to_vec).collect()).await?;
    let now = city.app.clock.now();
    let begin = now.plus(Span::days(-14));

    say("check-ins through the door");
    let line = |n: u64| {
        let resident = &city.county.residents[lot("who", n, city.county.residents.len() as u64) as usize];
        let from = begin.plus(Span(lot("when", n, 14 * 86_400) as i64));
        CheckInLine { person: resident.id, from: EventTime::exact(from, UtcOffset::CHINA), to: None, seat: None }
    };
    let at = EventTime::exact(now, UtcOffset::CHINA);
    let registers: Vec<Vec<Fact>> = (0..o.through_the_door as u64)
        .collect::<Vec<_>>()
        .chunks(500)
        .enumerate()
        .map(|(i, c)| {
            let people = c.iter().map(|n| line(*n)).collect();
            Ok(vec![CheckedIn { venue: Venue::Place(venue(i as u64 % venues as u64)?), people, at }.into()])
        })
        .collect::<Result<_, BadId>>()?;
    let since = Stopwatch::now();
    city.hand_in(registers).await?;
    let door = o.through_the_door as f64 / since.elapsed().as_secs_f64();

    say("check-ins of a fortnight");
    fill(&city, &o, venues).await?;

    say("cases");
    let mut cases = Vec::new();
    for n in 0..u64::from(o.cases) {
        let case = CaseId(derived_uuid(&[b"case", &n.to_be_bytes()]));
        let person = case_person(&city, n);
        let onset = EventTime::exact(now.plus(Span::days(-8)), UtcOffset::CHINA);
        let listed = json!({"case_listed": {"case": case, "person": person, "classification": "confirmed", "onset": onset, "at": at}});
        let mut facts: Vec<Fact> = vec![serde_json::from_value(listed)?];
        for v in 0..20u64 {
            let k = n * 20 + v;
            // As the people who check in: some places are visited far more than others.
            let share = lot("place", k, 1_000_000) as f64 / 1_000_000.0;
            let from = now.plus(Span::days(-10)).plus(Span(lot("visit", k, 10 * 86_400) as i64 - 7_200));
            facts.push(
                Visited {
                    visit: VisitId(derived_uuid(&[b"visit", &k.to_be_bytes()])),
                    case,
                    place: Some(venue((share * share * venues as f64) as u64)?),
                    vehicle: None,
                    description: None,
                    from: EventTime::exact(from, UtcOffset::CHINA),
                    to: EventTime::exact(from.plus(Span(1_800 + lot("stay", k, 5_400) as i64)), UtcOffset::CHINA),
                    companions: vec![],
                    source: VisitSource::Told,
                    at,
                }
                .into(),
            );
        }
        city.hand_in(vec![facts]).await?;
        cases.push(case);
    }
    let c = city.app.db.connection().await?;
    c.batch_execute("VACUUM ANALYZE").await?;
    c.batch_execute("CHECKPOINT").await?;
    drop(c);

    say("calls");
    let mut client = Client::connect(city.address, &token).await?;
    let (mut took, mut plain, mut found) = (Vec::new(), Vec::new(), 0i64);
    for round in 0..=o.calls {
        for case in &cases {
            let since = Stopwatch::now();
            let (status, body) = client.send("GET", &format!("/v1/cases/{case}/candidates?limit=100"), Bytes::new()).await?;
            let seconds = since.elapsed().as_secs_f64();
            if status != 200 {
                return Err(String::from_utf8_lossy(&body).into_owned().into());
            }
            let reference = reference(&city, *case).await?;
            // Once to warm up.
            if round > 0 {
                let answer: serde_json::Value = serde_json::from_slice(&body)?;
                found += answer["counts"].as_array().into_iter().flatten().filter_map(|c| c["persons"].as_i64()).sum::<i64>();
                took.push(seconds);
                plain.push(reference);
            }
        }
    }
    took.sort_by(f64::total_cmp);
    plain.sort_by(f64::total_cmp);
    let ms = |sorted: &[f64], share| (percentile(sorted, share) * 1e4).round() / 10.0;
    let ratio = (percentile(&plain, 0.5) / percentile(&took, 0.5) * 100.0).round() / 100.0;
    let size: i64 = city.app.db.connection().await?.query_one("SELECT pg_total_relation_size('quell.check_in')", &[]).await?.get(0);
    println!(
        "{}",
        json!({ "check_ins": o.check_ins, "venues": venues, "people": o.people, "calls": took.len(), "candidates_a_case": found / took.len().max(1) as i64,
            "p50_ms": ms(&took, 0.5), "p99_ms": ms(&took, 0.99), "plain_p50_ms": ms(&plain, 0.5), "plain_p99_ms": ms(&plain, 0.99),
            "plain_over_candidates": ratio, "door_per_second": door.round(), "bytes_a_check_in": size / o.check_ins.max(1) })
    );
    city.ready.stop();
    Ok(())
}

/// The person of the n-th case.
fn case_person(city: &City, n: u64) -> PersonId {
    city.county.residents[lot("case", n, city.county.residents.len() as u64) as usize].id
}

/// The check-ins of a fortnight, in the order of time as they would have come: a venue `v` of `n` is drawn as the square of a share, so
/// that few are visited by many; half of the lines have an end. The persons of the cases have none: their trajectory is their visits.
async fn fill(city: &City, o: &Options, venues: i64) -> Result<(), Error> {
    let c = city.app.db.connection().await?;
    c.batch_execute("CREATE TEMP TABLE who (n bigint, person_id uuid, place text); SELECT setseed(0.5)").await?;
    let cases: Vec<uuid::Uuid> = (0..u64::from(o.cases)).map(|n| case_person(city, n).0).collect();
    let others =
        "INSERT INTO who SELECT row_number() OVER (ORDER BY person_id) - 1, person_id, place FROM quell.person WHERE person_id <> ALL($1)";
    let people = c.execute(others, &[&cases]).await? as i64;
    c.batch_execute("CREATE INDEX ON who (n); ANALYZE who").await?;
    let (book, root) = (city.app.config.book.0, city.county.root.as_str().to_owned());
    let days = 14;
    for day in 0..days {
        let sql = "INSERT INTO quell.check_in (book_id, person_id, starts, ends, venue, place, seat)
            SELECT $1, w.person_id, d.at, CASE WHEN d.half THEN d.at + make_interval(secs => 300 + d.stay * 7200) END,
                $2 || '.venue' || floor(d.share * d.share * $3::bigint)::bigint, w.place, NULL
            FROM (SELECT now() - make_interval(days => 14 - $4::integer) + make_interval(secs => random() * 86400) AS at, random() AS share,
                random() < 0.5 AS half, random() AS stay, floor(random() * $5::bigint)::bigint AS n FROM generate_series(1, $6::bigint)) d
            JOIN who w ON w.n = d.n ORDER BY d.at ON CONFLICT DO NOTHING";
        c.execute(sql, &[&book, &root, &venues, &day, &people, &(o.check_ins / i64::from(days))]).await?;
        if !o.json {
            eprintln!("  day {} of {days}", day + 1);
        }
    }
    Ok(())
}

/// Who was at the same places at the same times, asked plainly: seconds.
async fn reference(city: &City, case: CaseId) -> Result<f64, Error> {
    const PLAIN: &str = "SELECT k.person_id, min(k.starts), max(coalesce(k.ends, k.starts + interval '1 hour')) FROM quell.visit v
        JOIN quell.check_in k ON k.book_id = v.book_id AND k.venue = v.at_place AND k.starts <= v.ends
            AND coalesce(k.ends, k.starts + interval '1 hour') >= v.starts
        WHERE v.book_id = $1 AND v.case_id = $2 GROUP BY k.person_id";
    let c = city.app.db.connection().await?;
    let statement = c.prepare_cached(PLAIN).await?;
    let since = Stopwatch::now();
    c.query(&statement, &[&city.app.config.book.0, &case.0]).await?;
    Ok(since.elapsed().as_secs_f64())
}
