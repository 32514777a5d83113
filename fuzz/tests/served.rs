//! Odd requests at the real router and a real PostgreSQL: what gets past the parsers must not break what stands behind them.
//! Every answer is one that the caller can act on, nothing is written but what was accepted, and the log still verifies.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use quell::app::{App, DataOptions, Ready};
use quell::clock::Clock;
use quell::http::{routes::all, service};
use quell::identity::IdentityKey;
use quell_book::{BookConfig, Fact, Role};
use quell_foundation::*;
use quell_fuzz::choice::Choices;
use quell_fuzz::shape::Shape;
use quell_fuzz::words::{CODES, NUMBERS, ODD, TIMES};
use quell_store::accounts::{self, Account};
use quell_store::log::{self, Answer, Incoming, Sender};
use quell_store::verify;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant as Clocked};
use tower::ServiceExt;

const BOOK: BookId = BookId(500_237);
const NOW: &str = "2022-11-26T20:00:00+08:00";
const TOKEN: &str = "hostile";
/// A number and not a time: a faster machine must not find what a slower one passed.
const REQUESTS: u64 = 1_500;

/// Values of parameters that exist, and that do not.
const VALUES: &[&str] = &[
    "50.500237",
    "50.500237.101.001",
    "T1",
    "r1",
    "open",
    "missed",
    "sample",
    "2022-11-26",
    "community",
    "active",
    "5",
    "text",
    "1\u{1f}2",
    "x\u{1f}y\u{1f}z",
];

struct Served {
    ready: Ready,
    app: App,
    _home: tempfile::TempDir,
}

async fn served() -> Served {
    let home = tempfile::Builder::new().prefix("quell-fuzz").permissions(std::fs::Permissions::from_mode(0o755)).tempdir().unwrap();
    let ready = DataOptions { data: home.path().join("data"), pg_bin: None, database_url: None }.open().await.unwrap();
    let root = PlaceId::new("50.500237").unwrap();
    let config = BookConfig { book: BOOK, root: root.clone(), offset: UtcOffset::CHINA, tally_depth: 4 };
    let now = NOW.parse::<EventTime>().unwrap().at;
    let app = App::open(&ready, &config, "covid-2022-twenty", Clock::by_hand(now), IdentityKey::fixed("fuzz")).await.unwrap();
    let account = AccountId::new("commander").unwrap();
    let account = Account { book: BOOK, account, role: Role::Commander, place: root, password_hash: String::new(), active: true };
    let mut c = app.db.connection().await.unwrap();
    accounts::put(&mut c, &account, "test", now).await.unwrap();
    accounts::put_token(&mut c, &account, Hash::of(TOKEN.as_bytes()), now, now.plus(Span::hours(100))).await.unwrap();
    drop(c);
    let served = Served { ready, app, _home: home };
    served.world().await;
    served
}

impl Served {
    async fn world(&self) {
        let list = |place: &str, kind: &str| json!({"place_listed": {"place": place, "kind": kind, "name": kind, "wards": []}});
        let mut facts =
            vec![list("50.500237.101.001", "community"), list("50.500237.101.001.st1", "station"), list("50.500237.lab1", "laboratory")];
        facts.extend((1..=6u128).map(|n| {
            let home = format!("50.500237.101.001.c1.b1.u1.{}", n / 2);
            json!({"person_listed": {"person": uuid::Uuid::from_u128(n), "name": "张三", "sex": "female", "home": home}})
        }));
        facts.push(json!({"round_opened": {"round": "r1", "name": "first", "scope": ["50.500237"], "at": NOW}}));
        let facts: Vec<Fact> = facts.into_iter().map(|f| serde_json::from_value(f).unwrap()).collect();
        let sender = Sender { account: "operator".into(), scope: PlaceId::new("50.500237").unwrap(), device: None };
        let answers = self.app.door.submit(vec![Incoming::new(SubmissionId(uuid::Uuid::from_u128(1)), sender, facts)]).await;
        assert!(matches!(answers[0], Ok(Answer::Accepted(_))), "{answers:?}");
    }

    async fn seq(&self) -> i64 {
        log::head(&self.app.db.connection().await.unwrap(), BOOK, false).await.unwrap().seq
    }

    async fn ask(&self, request: Request<Body>) -> (StatusCode, Value) {
        // The diary is a page for people; without a key there is no such page.
        let diary = request.uri().path().strip_prefix("/d/").is_some_and(|key| !key.is_empty());
        let expected = if diary { "text/html; charset=utf-8" } else { "application/problem+json" };
        let answer = service(self.app.clone()).oneshot(request).await.unwrap();
        let status = answer.status();
        let kind = answer.headers().get("content-type").map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        if kind.starts_with("text/event-stream") {
            return (status, Value::Null);
        }
        let body = to_bytes(answer.into_body(), 1 << 26).await.unwrap();
        let said = serde_json::from_slice(&body).unwrap_or(Value::Null);
        if status.as_u16() >= 400 {
            assert_eq!(kind, expected, "{status}");
        }
        (status, said)
    }
}

fn word(c: &mut Choices<'_>) -> String {
    match c.below(8) {
        0 => c.text(),
        1 => c.pick(TIMES).to_owned(),
        2 => c.pick(NUMBERS).to_owned(),
        3 => c.pick(CODES).to_owned(),
        4 => c.pick(ODD).to_owned(),
        _ => c.pick(VALUES).to_owned(),
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

/// A request to some route, with parameters of which each may be odd.
fn read(c: &mut Choices<'_>) -> Request<Body> {
    let routes: Vec<_> = all().collect();
    let route = routes[c.below(routes.len())];
    let mut path = route.path.to_owned();
    for p in route.params {
        let hole = format!("{{{}}}", p.name);
        if path.contains(&hole) {
            path = path.replace(&hole, &encoded(&word(c)));
        }
    }
    let mut query = Vec::new();
    for p in route.params.iter().filter(|p| !route.path.contains(&format!("{{{}}}", p.name))) {
        if c.below(2) == 1 {
            query.push(format!("{}={}", p.name, encoded(&word(c))));
        }
    }
    let mut request = Request::get(format!("{path}?{}", query.join("&"))).header("authorization", format!("Bearer {TOKEN}"));
    if c.below(2) == 1 {
        request = request.header("accept-language", "zh-CN");
    }
    request.body(Body::empty()).unwrap()
}

fn known(name: &str) -> Vec<String> {
    let of = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
    match name {
        "PersonId" => (1..=7u128).map(|n| uuid::Uuid::from_u128(n).to_string()).collect(),
        "SubmissionId" | "CaseId" | "TransferId" | "StayId" | "ContactId" | "DutyId" => {
            (0..40u128).map(|n| uuid::Uuid::from_u128(0x100 + n).to_string()).collect()
        }
        "TubeCode" => of(&["T1", "T2", "T3", "管１"]),
        "RoundId" => of(&["r1", "r2"]),
        "PlaceId" => of(&["50.500237.101.001", "50.500237.101.001.st1", "50.500237.lab1", "50.500237.101.001.c1.b1.u1.1"]),
        "EventTime" => {
            of(&["2022-11-26T19:00:00+08:00", "2022-11-26+08:00", "1800-01-01+14:00", "2999-12-31T23:59:59-18:00", "2022-11-26T12+00:00"])
        }
        "Day" | "born" | "day" => of(&["2022-11-26", "0001-01-01", "9998-12-31"]),
        _ => Vec::new(),
    }
}

fn write(c: &mut Choices<'_>, n: u64) -> Request<Body> {
    let shape = Shape::facts(&known, if c.below(3) == 0 { 60 } else { 0 });
    let mut bundle: Vec<Value> = (0..1 + c.below(3)).map(|_| shape.submission(c)).collect();
    if let Some(id) = bundle[0].get_mut("id") {
        *id = derived_uuid(&[b"hostile", &n.to_be_bytes()]).to_string().into();
    }
    let body = if bundle.len() == 1 { bundle[0].to_string() } else { json!(bundle).to_string() };
    let post =
        Request::post("/v1/submissions").header("authorization", format!("Bearer {TOKEN}")).header("content-type", "application/json");
    post.body(Body::from(body)).unwrap()
}

/// How many of these answers say that something new is in the book.
fn accepted(status: StatusCode, said: &Value) -> i64 {
    let new = |a: &Value| i64::from(a.get("seq").is_some() && a["repeat"] == json!(false));
    match said {
        Value::Array(all) => all.iter().filter_map(|a| a.get("accepted")).map(new).sum(),
        one if status.is_success() => new(one),
        _ => 0,
    }
}

/// Statuses of refusals within a bundle.
fn worst(said: &Value) -> u64 {
    let all = said.as_array().into_iter().flatten();
    all.filter_map(|a| a.get("refused")?["status"].as_u64()).max().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_requests_break_nothing() {
    let seed = std::env::var("QUELL_FUZZ_SEED").map_or(1, |v| v.parse().unwrap());
    let seconds = std::env::var("QUELL_FUZZ_SECONDS").map_or(0, |v| v.parse().unwrap());
    let served = served().await;
    let (begin, mut seq, mut broken) = (Clocked::now(), served.seq().await, Vec::new());
    let (mut asked, mut refused, mut written) = (0u64, 0, 0);
    while asked < REQUESTS || begin.elapsed() < Duration::from_secs(seconds) {
        let mut r = Stream::named(seed, &format!("request {asked}"));
        let data: Vec<u8> = (0..1_000).map(|_| r.below(256) as u8).collect();
        let mut c = Choices::new(&data);
        let request = if asked.is_multiple_of(2) { write(&mut c, asked) } else { read(&mut c) };
        let (uri, (parts, body)) = (request.uri().clone(), request.into_parts());
        let body = to_bytes(body, 1 << 26).await.unwrap();
        let (status, said) = served.ask(Request::from_parts(parts, Body::from(body.clone()))).await;
        if status.is_server_error() || worst(&said) >= 500 {
            broken.push(format!("seed {seed}, request {asked}: {uri} {} → {status} {said}", String::from_utf8_lossy(&body)));
        }
        let now = served.seq().await;
        // A receipt that is only looked up is nothing new.
        let new = if asked.is_multiple_of(2) { accepted(status, &said) } else { 0 };
        assert_eq!(now - seq, new, "request {asked}: {} → {said}", String::from_utf8_lossy(&body));
        written += now - seq;
        refused += u64::from(status.is_client_error());
        (seq, asked) = (now, asked + 1);
    }
    println!("{asked} requests, {refused} refused, {written} submissions written");
    let c = served.app.db.connection().await.unwrap();
    let found = verify::verify(&c, &served.app.shelf, &served.app.config, &served.app.default_protocol, &[], &mut |_, _| ()).await.unwrap();
    drop(c);
    served.ready.stop();
    assert!(
        broken.is_empty(),
        "{} requests broke something:\n{}",
        broken.len(),
        broken.iter().take(12).cloned().collect::<Vec<_>>().join("\n")
    );
    assert!(found.findings.is_empty(), "{:#?}", found.findings);
    assert!(written >= 5 && refused > 50, "{written} written, {refused} refused: the requests do not go deep");
}
