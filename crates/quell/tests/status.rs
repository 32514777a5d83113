//! Status look-ups for doors: what is answered from memory is what the book says, seconds later at most; it goes on when PostgreSQL or the
//! desk is killed, and says how old it is; it tells nobody's name and nothing to those who have no code.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::*;
use quell::app::{App, read_protocol};
use quell::clock::Clock;
use quell::demo;
use quell::http::Chinese;
use quell::identity::IdentityKey;
use quell::status::{Follower, PersonCodes, Serving, Source, Status};
use quell_bench::doors;
use quell_bench::ordeal::{Program, Served, signal};
use quell_bench::screening::{self, Hand};
use quell_book::{BookConfig, Role};
use quell_foundation::*;
use quell_rehearse::life::{Life, Plan};
use quell_store::{Scope, StoreError, shelf, views};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

const AT: &str = "2022-11-26T09:00:00+08:00";
const LATER: &str = "2022-11-26T19:00:00+08:00";

/// Look-ups of a book on an address of their own.
struct Doors {
    status: Arc<Status>,
    codes: PersonCodes,
    address: SocketAddr,
    serving: Serving,
}

impl Doors {
    fn open(app: &App, data: &std::path::Path) -> Self {
        let status = Status::new(app.clock.clone(), app.key.clone(), None);
        let follower = Follower::new(status.clone(), Source::Book { url: app.db.url().to_owned(), config: app.config.clone() }, data);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let serving = Serving::start(follower, status.clone(), listener).unwrap();
        Self { status, codes: PersonCodes::new(&app.key, app.config.book), address, serving }
    }
    async fn ask(&self, path: &str) -> Reply {
        call(self.address, "GET", path, &[], "").await
    }
    async fn look(&self, person: PersonId) -> Reply {
        self.ask(&format!("/v1/status/{}", self.codes.code(person))).await
    }
    /// Waits until the log was followed so far.
    async fn at(&self, seq: i64) {
        let since = Stopwatch::now();
        while self.status.people().is_none_or(|p| p.position().seq < seq) {
            assert!(since.elapsed() < Duration::from_secs(60), "not followed up to {seq}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    /// Looks up after these facts, which must be there within two seconds.
    async fn after(&self, w: &World, facts: &[Value], person: PersonId) -> Value {
        let seq = w.say(facts).await.seq;
        let since = Stopwatch::now();
        loop {
            let reply = self.look(person).await;
            let answer = reply.json();
            if answer["as_of_seq"].as_i64() >= Some(seq) {
                return answer;
            }
            assert!(since.elapsed() < Duration::from_secs(2), "{facts:?} is not followed: {answer}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The last negative swab, and what restricts a person: kind, end, place.
type Known = (Option<Instant>, Vec<(String, Option<Instant>, Option<String>)>);

/// What the book says of a person, in the form of the answer.
async fn from_book(app: &App, person: PersonId) -> Option<Known> {
    let scope = Scope { book: app.config.book, place: app.config.root.clone() };
    let now = app.clock.now();
    let s = app.db.read(&scope, async |tx| views::person_status(tx, scope.book, person, now).await).await.unwrap()?;
    if s.standing == quell_book::Standing::Dead {
        return None;
    }
    let mut held: Vec<_> = s.restrictions.into_iter().map(|r| (r.kind, r.until, r.place.map(|p| p.to_string()))).collect();
    held.sort();
    Some((s.last_negative.map(|n| n.sampled_at), held))
}

/// What a door is told, without HTTP.
fn from_memory(doors: &Doors, person: PersonId) -> Option<Known> {
    let a = match doors.status.look(&doors.codes.code(person), None, Chinese(false)) {
        Ok(answer) => serde_json::to_value(answer).unwrap(),
        Err(p) => {
            assert_eq!(p.status, 404);
            return None;
        }
    };
    let at = |v: &Value| v.as_str().map(time);
    let mut held: Vec<_> = a["restrictions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["kind"].as_str().unwrap().to_owned(), at(&r["until"]), r["place"].as_str().map(str::to_owned)))
        .collect();
    held.sort();
    assert_eq!(a["verdict"] == "restricted", !held.is_empty(), "{a}");
    assert_eq!(a["appeal"].is_string(), !held.is_empty(), "{a}");
    Some((at(&a["last_negative"]["sampled_at"]), held))
}

#[tokio::test(flavor = "multi_thread")]
async fn after_days_of_an_outbreak_everybody_has_the_status_that_the_book_says() {
    let w = World::empty().await;
    let (id, text, protocol) = read_protocol("covid-2022-twenty").unwrap();
    shelf::put(&w.app.db.connection().await.unwrap(), &id, &text).await.unwrap();
    let first_day: Day = "2022-11-26".parse().unwrap();
    let plan = Plan {
        seed: 5,
        population: 1_500,
        first_day,
        days: 3,
        imports: None,
        protocol: Arc::new(protocol),
        protocol_hash: Hash::of(text.as_bytes()),
        response: None,
    };
    let life = Life::new(plan);
    let people: Vec<PersonId> = life.county().residents.iter().map(|r| r.id).collect();
    w.app.clock.set(first_day.plus(-1).start(UtcOffset::CHINA).plus(Span::hours(12)));
    demo::make_accounts(&w.app).await.unwrap();
    // Followed from the first fact on; and one that finds everything there at its start.
    let followed = Doors::open(&w.app, &w.data);
    followed.at(0).await;
    let (outcome, _) = demo::live(&w.app, w.address, life, None, |_| ()).await.unwrap();
    assert!(outcome.conservation, "{:?}", outcome.disagreements);
    let apart = temp();
    let scanned = Doors::open(&w.app, apart.path());
    followed.at(w.seq().await).await;
    scanned.at(w.seq().await).await;
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for person in people {
        let book = from_book(&w.app, person).await;
        assert_eq!(from_memory(&followed, person), book, "followed: {person}");
        assert_eq!(from_memory(&scanned, person), book, "scanned: {person}");
        let (negative, held) = book.unwrap_or_default();
        *kinds.entry(format!("negative: {}", negative.is_some())).or_default() += 1;
        held.into_iter().for_each(|(kind, ..)| *kinds.entry(kind).or_default() += 1);
    }
    println!("{kinds:?}");
    for kind in ["case", "zone", "negative: true", "negative: false"] {
        assert!(kinds.contains_key(kind), "nobody is {kind}: {kinds:?}");
    }
    followed.serving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_facts_show_within_two_seconds() {
    let w = World::county(20).await;
    let doors = Doors::open(&w.app, &w.data);
    doors.at(1).await;
    let (p, q) = (person(A, 0), person(A, 1));
    let kinds =
        |a: &Value| a["restrictions"].as_array().unwrap().iter().map(|r| r["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(doors.look(p).await.json()["last_negative"], Value::Null);
    // Swabbed is not yet negative.
    let mut facts = swabs("T1", A, 0..10, AT);
    facts.push(json!({"tube_sealed": {"tube": "T1", "at": AT}}));
    facts.push(json!({"received": {"laboratory": LABORATORY, "tubes": ["T1"], "condition": "adequate", "at": AT}}));
    assert_eq!(doors.after(&w, &facts, p).await["last_negative"], Value::Null);
    let a = doors.after(&w, &[json!({"result_read": {"tube": "T1", "at": LATER, "result": "negative"}})], p).await;
    assert_eq!((time(a["last_negative"]["sampled_at"].as_str().unwrap()), &a["verdict"]), (time(AT), &json!("clear")));
    assert_eq!(a["last_negative"]["age_h"], json!(11.0));
    // Within the hours that this door asks for, or not.
    for (within, verdict) in [("12", "clear"), ("11", "clear"), ("10", "test_due")] {
        let reply = doors.ask(&format!("/v1/status/{}?within={within}", doors.codes.code(p))).await;
        assert_eq!(reply.json()["verdict"], verdict, "{within}");
    }
    assert_eq!(doors.ask(&format!("/v1/status/{}?within=soon", doors.codes.code(p))).await.problem(), "within");
    assert_eq!(doors.ask(&format!("/v1/status/{}?withn=10", doors.codes.code(p))).await.problem(), "query", "a slip opens no door");
    // A contact is isolated at home, and released.
    let decision = json!({"decider": "investigator", "reason": "ate with Li Si"});
    let contact = |person, id: u8| {
        let id = format!("0192f0c1-2d3e-7000-8000-0000000000{id:02}");
        json!({"contact_named": {"contact": id, "person": person, "category": "high_risk_spillover", "last_exposure": AT, "decision": decision, "at": AT}})
    };
    let a = doors.after(&w, &[contact(p, 1)], p).await;
    assert_eq!((kinds(&a), &a["verdict"]), (vec!["home_isolation".to_owned()], &json!("restricted")));
    assert!(a["restrictions"][0]["until"].is_string() && a["restrictions"][0]["since"].is_string(), "{a}");
    let a = doors.after(&w, &[json!({"released": {"person": p, "at": LATER, "decision": decision}})], p).await;
    assert_eq!((kinds(&a), &a["verdict"]), (vec![], &json!("clear")), "{a}");
    // A zone restricts who lives in it, until it is lifted; a neighbour with a like name lives outside.
    let home = format!("{A}.c1.b1.u1");
    let zone = json!({"zone_designated": {"place": home, "level": "high", "reason": "cases", "decider": "chief", "at": AT}});
    let a = doors.after(&w, &[zone], q).await;
    assert_eq!((kinds(&a), &a["restrictions"][0]["place"]), (vec!["zone".to_owned()], &json!(home)));
    assert_eq!(kinds(&doors.look(person(B, 0)).await.json()), Vec::<String>::new());
    // One who moves into the zone is in it.
    let moved = json!({"person_listed": {"person": person(B, 0), "name": "迁居者", "sex": "female", "seen": 1_000_000, "home": format!("{home}.0001")}});
    assert_eq!(kinds(&doors.after(&w, &[moved], person(B, 0)).await), ["zone"]);
    let lifted = json!({"zone_lifted": {"place": home, "early": true, "reason": "r", "decider": "chief", "at": LATER}});
    assert_eq!(kinds(&doors.after(&w, &[lifted], q).await), Vec::<String>::new());
    // A positive pool: everyone in it is to be sampled singly; who was, is not any more.
    let mut facts = swabs("T2", A, 10..20, AT);
    facts.push(json!({"tube_sealed": {"tube": "T2", "at": AT}}));
    facts.push(json!({"received": {"laboratory": LABORATORY, "tubes": ["T2"], "condition": "adequate", "at": AT}}));
    facts.push(json!({"result_read": {"tube": "T2", "at": LATER, "result": "positive", "targets": [{"target": "N", "ct": 30.0}, {"target": "ORF1ab", "ct": 30.0}]}}));
    let recalled = doors.after(&w, &facts, person(A, 10)).await;
    assert_eq!((kinds(&recalled), &recalled["restrictions"][0]["until"]), (vec!["recall".to_owned()], &Value::Null));
    let single = json!({"registered": {"tube": "S1", "person": person(A, 10), "station": STATION_A, "at": LATER, "mode": "single"}});
    assert_eq!(kinds(&doors.after(&w, &[single], person(A, 10)).await), ["recall"], "swabbed is not yet negative");
    let read = |at| {
        let intake = json!({"received": {"laboratory": LABORATORY, "tubes": ["S1"], "condition": "adequate", "at": at}});
        [intake, json!({"result_read": {"tube": "S1", "at": at, "result": "negative"}})]
    };
    assert_eq!(kinds(&doors.after(&w, &read(LATER), person(A, 10)).await), Vec::<String>::new());
    // A close contact stays at home until somebody comes.
    let close = json!({"contact_named": {"contact": "0192f0c1-2d3e-7000-8000-000000000077", "person": person(A, 10), "category": "close",
        "last_exposure": AT, "decision": decision, "at": LATER}});
    let a = doors.after(&w, &[close], person(A, 10)).await;
    assert_eq!((kinds(&a), &a["verdict"]), (vec!["awaiting_isolation".to_owned()], &json!("restricted")));
    assert_eq!(kinds(&doors.look(person(A, 11)).await.json()), ["recall"]);
    // A negative that was a mistake is none.
    let void = json!({"registration_voided": {"tube": "T1", "person": q, "reason": "another person", "at": LATER}});
    assert_eq!(doors.after(&w, &[void], q).await["last_negative"], Value::Null);
    // Someone new, and someone who has died.
    let new = json!({"person_listed": {"person": person(A, 99), "name": "新", "sex": "male", "home": format!("{A}.c9")}});
    assert_eq!(doors.look(person(A, 99)).await.problem(), "unknown-code");
    assert_eq!(doors.after(&w, &[new], person(A, 99)).await["verdict"], "clear");
    w.say(&[json!({"died": {"person": person(A, 99), "at": LATER}})]).await;
    doors.at(w.seq().await).await;
    assert_eq!(doors.look(person(A, 99)).await.problem(), "unknown-code");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_is_told_no_more_than_it_needs() {
    let w = World::county(20).await;
    quell::metrics::start().unwrap();
    let doors = Doors::open(&w.app, &w.data);
    let p = person(A, 0);
    let decision = json!({"decider": "某干部", "reason": "与李四同餐"});
    let contact = json!({"contact_named": {"contact": "0192f0c1-2d3e-7000-8000-000000000001", "person": p, "category": "high_risk_spillover",
        "last_exposure": AT, "decision": decision, "at": AT}});
    w.say(&[contact]).await;
    doors.at(2).await;
    let looks = "SELECT count(*) FROM quell.audit WHERE kind = 'look'";
    let before = w.count(looks).await;
    let code = doors.codes.code(p);
    for (language, reason, appeal) in [("zh-CN,en", "居家隔离", "社区"), ("en", "isolated at home", "community")] {
        let reply = call(doors.address, "GET", &format!("/v1/status/{code}"), &[("accept-language", language)], "").await;
        assert_eq!((reply.status, reply.headers["cache-control"].as_bytes()), (200, &b"no-store"[..]));
        let a = reply.json();
        assert_eq!(a["verdict"], "restricted");
        assert!(a["appeal"].as_str().unwrap().contains(appeal), "{a}");
        assert!(a["restrictions"][0]["reason"].as_str().unwrap().contains(reason), "{a}");
        let text = String::from_utf8(reply.body.to_vec()).unwrap();
        for secret in ["居民", "李四", "某干部", "c1.b1", &p.to_string()[..8]] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
    assert_eq!(w.count(looks).await, before, "who was looked up at a door is kept nowhere");
    // The id itself is no code, nor is a code that was misread, nor one that was made up.
    let misread = code.replacen(&code[3..4], if &code[3..4] == "7" { "8" } else { "7" }, 1);
    for garbled in [p.to_string(), misread, "0".into(), format!("{code}{code}"), "%E6".into(), String::new()] {
        let reply = doors.ask(&format!("/v1/status/{garbled}")).await;
        assert_eq!((reply.status, reply.problem().as_str()), (400, "code"), "{garbled}");
    }
    let forged = PersonCodes::new(&IdentityKey::fixed("forged"), BOOK).code(p);
    assert_eq!(doors.ask(&format!("/v1/status/{forged}")).await.status, 404);
    let reply = call(doors.address, "POST", &format!("/v1/status/{code}"), &[], "{}").await;
    assert_eq!((reply.status, reply.headers["allow"].as_bytes()), (405, &b"GET"[..]));
    assert_eq!(doors.ask("/v1/persons").await.problem(), "no-such-route");
    // The code itself: for those who look after people, and such a look is written down.
    let path = format!("/v1/persons/{p}/code");
    assert_eq!(w.get(&path, "").await.status, 401);
    assert_eq!(w.get(&path, &w.token(Role::CommunityWorker, TOWN_2).await).await.status, 404);
    let token = w.token(Role::CommunityWorker, TOWN_1).await;
    assert_eq!(w.get(&path, &token).await.json()["code"], json!(code));
    assert_eq!(w.count(looks).await, before + 2);
    let counted = quell::metrics::status_text();
    for line in
        ["quell_status_lookups_total{outcome=\"restricted\"} ", "quell_status_lookups_total{outcome=\"garbled\"} ", "quell_status_people "]
    {
        assert!(counted.contains(line), "{line} is not in\n{counted}");
    }
    assert!(!counted.contains(&code) && !counted.contains(&p.to_string()));
}

/// The page of a browser, and what it says of itself.
async fn shown(doors: &Doors, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let reply = call(doors.address, "GET", path, headers, "").await;
    for (name, value) in [("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store"), ("referrer-policy", "no-referrer")] {
        assert_eq!(reply.headers.get(name).unwrap(), value, "{path}");
    }
    let page = String::from_utf8(reply.body.to_vec()).unwrap();
    assert!(!page.contains("<script") && !page.contains("http"), "it needs nothing, from nowhere: {page}");
    (reply.status, page)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_shown_the_same_in_both_languages() {
    let w = World::county(20).await;
    let doors = Doors::open(&w.app, &w.data);
    doors.at(1).await;
    let (p, q) = (person(A, 0), person(A, 1));
    let path = |p| format!("/s/{}", doors.codes.code(p));
    let holds = |page: &str, texts: &[&str]| texts.iter().for_each(|t| assert!(page.contains(t), "{t} is not in {page}"));
    let (status, page) = shown(&doors, &path(p), &[]).await;
    assert_eq!(status, 200);
    holds(&page, &["class=\"clear\"", "可以通行", "CLEAR", "无记录", "信息截至"]);
    assert!(!page.contains("申诉") && !page.contains("居民") && !page.contains(&p.to_string()), "{page}");
    // A test that this door asks for; the next code is asked for in the same way, and a slip opens no door.
    for asked in [format!("{}?within=36", path(p)), format!("/s?code={}&within=36", doors.codes.code(p).to_lowercase())] {
        let (status, page) = shown(&doors, &asked, &[]).await;
        assert_eq!(status, 200, "{asked}");
        holds(&page, &["class=\"due\"", "应做核酸", "TEST DUE", "within 36 hours", "value=\"36\" selected"]);
    }
    for slip in [format!("{}?withn=36", path(p)), format!("/s?code={}&within=soon", doors.codes.code(p)), "/s/nobody".into()] {
        let (status, page) = shown(&doors, &slip, &[]).await;
        assert_eq!(status, 400, "{slip}");
        assert!(page.contains("NOT READABLE") && !page.contains("CLEAR"), "{page}");
    }
    // Where code follows upon code the field waits for the next, below the verdict; who opens a link sees the verdict, not the field.
    let guard = shown(&doors, &format!("/s?code={}", doors.codes.code(p)), &[]).await.1;
    assert!(guard.contains(" autofocus") && guard.find("<form") < guard.find("无记录"), "{guard}");
    assert!(!page.contains("autofocus") && page.find("<form") > page.find("无记录"), "{page}");
    // Restricted: why, since, until, how to appeal; never who else, nor who decided.
    let contact = json!({"contact_named": {"contact": "0192f0c1-2d3e-7000-8000-000000000001", "person": q, "category": "high_risk_spillover",
        "last_exposure": AT, "decision": {"decider": "某干部", "reason": "与李四同餐"}, "at": AT}});
    let a = doors.after(&w, &[contact], q).await;
    let until = a["restrictions"][0]["until"].as_str().unwrap()[..16].replace('T', " ");
    let browser = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8"), ("accept-language", "en")];
    let (_, page) = shown(&doors, &format!("/v1/status/{}", doors.codes.code(q)), &browser).await;
    assert_eq!(page, shown(&doors, &path(q), &[]).await.1, "the scanners' address, opened in a browser");
    holds(
        &page,
        &[
            "class=\"restricted\"",
            "限制通行",
            "RESTRICTED",
            "居家隔离",
            "isolated at home",
            &until,
            "since 2022-11-26",
            "社区",
            "Ask your community",
        ],
    );
    assert!(!page.contains("李四") && !page.contains("某干部"), "{page}");
    // Nobody's code, and the page where one begins.
    let forged = PersonCodes::new(&IdentityKey::fixed("forged"), BOOK).code(p);
    let (status, page) = shown(&doors, &format!("/s/{forged}"), &[]).await;
    assert!(status == 404 && page.contains("查无此码"), "{page}");
    for start in ["/", "/s", "/s?code=&within="] {
        let (status, page) = shown(&doors, start, &[]).await;
        assert!(status == 200 && page.contains("<form action=\"/s\""), "{start}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_books_of_a_database_do_not_mix() {
    let w = World::county(4).await;
    let config = BookConfig { book: BookId(500_238), root: place("50.500238"), offset: UtcOffset::CHINA, tally_depth: 4 };
    let key = IdentityKey::open(&w.data.join("identity.key")).unwrap();
    let other = App::open(&w.ready, &config, "covid-2022-twenty", Clock::by_hand(time(NOW)), key).await.unwrap();
    // The same person, who has moved: in one book isolated, in the other not.
    let p = person(A, 0);
    let facts = [
        json!({"place_listed": {"place": "50.500238", "kind": "county", "name": "巫溪县"}}),
        json!({"person_listed": {"person": p, "name": "王", "sex": "female", "home": "50.500238.101.001.c1.b1.u1.0001"}}),
        json!({"contact_named": {"contact": "0192f0c1-2d3e-7000-8000-000000000001", "person": p, "category": "high_risk_spillover",
            "last_exposure": AT, "decision": {"decider": "d", "reason": "r"}, "at": AT}}),
    ];
    let incoming = incoming(&facts);
    let sender = quell_store::log::Sender { account: "operator".into(), scope: config.root.clone(), device: None };
    let incoming = quell_store::log::Incoming::new(incoming.id(), sender, incoming.facts().to_vec());
    let answer = other.door.submit(vec![incoming]).await.remove(0).unwrap();
    assert!(matches!(answer, quell_store::log::Answer::Accepted(_)), "{answer:?}");
    let (one, two) = (Doors::open(&w.app, &w.data), Doors::open(&other, &w.data));
    one.at(1).await;
    two.at(1).await;
    assert_eq!(one.look(p).await.json()["verdict"], "clear");
    assert_eq!(two.look(p).await.json()["verdict"], "restricted");
    assert_ne!(one.codes.code(p), two.codes.code(p));
    for (doors, code) in [(&one, two.codes.code(p)), (&two, one.codes.code(p)), (&two, two.codes.code(person(B, 0)))] {
        assert_eq!(doors.ask(&format!("/v1/status/{code}")).await.problem(), "unknown-code");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_that_was_rolled_back_is_read_anew() {
    let w = World::county(4).await;
    let doors = Doors::open(&w.app, &w.data);
    doors.at(1).await;
    let before = doors.status.people().unwrap();
    let c = w.app.db.connection().await.unwrap();
    let other = Hash::of(b"another history").to_string();
    let sql = format!("UPDATE quell.book SET head_hash = '{other}'; UPDATE quell.submission SET log_hash = '{other}'");
    c.batch_execute(&sql).await.map_err(StoreError::at("test")).unwrap();
    let since = Stopwatch::now();
    while doors.status.people().is_none_or(|p| Arc::ptr_eq(&p, &before)) {
        assert!(since.elapsed() < Duration::from_secs(20), "it goes on with what the book no longer holds");
        let reply = doors.look(person(A, 0)).await;
        assert!(reply.status == 200 || reply.problem() == "loading", "{reply:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(doors.look(person(A, 0)).await.status, 200);
}

/// A `quell status` beside a server.
struct Beside {
    child: std::process::Child,
    address: SocketAddr,
}

impl Beside {
    fn start(program: &Program, data: &std::path::Path) -> Self {
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let log = std::fs::File::options().create(true).append(true).open(data.join("status.log")).unwrap();
        let child = program.command(data).args(["status", "--listen", &address.to_string()]).stderr(log).spawn().unwrap();
        Self { child, address }
    }
    async fn ask(&self, path: &str) -> (u16, Value) {
        let mut c = quell::client::Client::connect(self.address, "").await.unwrap();
        let (status, body) = c.send("GET", path, "".into()).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }
    /// Waits until an answer is as wanted.
    async fn until(&self, path: &str, what: &str, wanted: impl Fn(u16, &Value) -> bool) -> Value {
        let since = Stopwatch::now();
        loop {
            let (status, answer) = match tokio::net::TcpStream::connect(self.address).await {
                Ok(_) => self.ask(path).await,
                Err(_) => (0, Value::Null),
            };
            if wanted(status, &answer) {
                return answer;
            }
            assert!(since.elapsed() < Duration::from_secs(60), "{what}: {status} {answer}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn look_ups_go_on_when_the_database_and_the_desk_are_killed() {
    let (home, program) = (temp(), Program::at(env!("CARGO_BIN_EXE_quell")));
    let data = home.path().join("data");
    let mut served = Served::new_book(&program, &data, &[]).await.unwrap();
    served.list(40).await.unwrap();
    let beside = Beside::start(&program, &data);
    let key = IdentityKey::read(&data.join("identity.key")).unwrap();
    let person = PersonId(derived_uuid(&[b"screened", &3usize.to_be_bytes()]));
    let path = format!("/v1/status/{}", PersonCodes::new(&key, BOOK).code(person));
    let first = beside.until(&path, "no answer", |status, _| status == 200).await;
    assert_eq!(first["last_negative"], Value::Null);
    let age = |a: &Value| a["age_seconds"].as_u64().unwrap();
    assert!(age(&first) <= 2, "{first}");

    // PostgreSQL stands still, then is killed: the answer is the same, and its age grows.
    let postmaster = served.postmaster().unwrap();
    signal(postmaster, "STOP").unwrap();
    let stopped = Stopwatch::now();
    served.kill().unwrap();
    signal(postmaster, "KILL").unwrap();
    let old = beside.until(&path, "its age does not grow", |_, a| age(a) >= 3).await;
    assert_eq!((&old["verdict"], &old["as_of"]), (&json!("clear"), &old["as_of"]));
    assert!(age(&old) <= stopped.elapsed().as_secs() + 2 && time(old["as_of"].as_str().unwrap()) >= time(first["as_of"].as_str().unwrap()));
    assert_eq!(beside.ask("/readyz").await.0, 200, "to take it out now would close the doors");

    // Both come back; what is said then is followed.
    served.again().await.unwrap();
    let young = beside.until(&path, "it does not catch up", |_, a| age(a) <= 1).await;
    assert!(time(young["as_of"].as_str().unwrap()) > time(old["as_of"].as_str().unwrap()));
    for (role, hand) in [("sampler", Hand::Station), ("laboratory", Hand::Laboratory)] {
        let token = served.account(role).await.unwrap();
        let mut desk = quell::client::Client::connect(served.address, &token).await.unwrap();
        let (status, answer) =
            desk.send("POST", "/v1/submissions", screening::submission(hand, 0, 40, Clock::real().now()).body).await.unwrap();
        assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    }
    beside.until(&path, "the negative result does not arrive", |_, a| a["last_negative"].is_object()).await;
    // It ends in order, then the server does; while both are down it begins again with what it has kept.
    signal(beside.child.id(), "TERM").unwrap();
    let mut beside = beside;
    assert!(beside.child.wait().unwrap().success());
    served.stop().unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let beside = Beside::start(&program, &data);
    let kept = beside.until(&path, "it does not remember", |status, _| status == 200).await;
    assert!(kept["last_negative"].is_object() && age(&kept) >= 2, "{kept}");
    drop(beside);
    // A file that was damaged is no answer.
    let file = data.join(format!("status-{BOOK}.snapshot"));
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() - 50;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let beside = Beside::start(&program, &data);
    beside.until("/readyz", "it answers from a damaged file", |status, a| status == 503 && a["people"] == 0).await;
    assert_eq!(beside.ask(&path).await.0, 503);
}

#[tokio::test(flavor = "multi_thread")]
async fn doors_and_stations_share_a_machine() {
    let plan = doors::Plan { people: 20_000, in_book: 4_000, seconds: 2, rate: 500.0, doors: 16, stations: 8, pg_bin: None };
    let o = doors::run(&plan, |_| ()).await.unwrap();
    println!("{o:?}");
    assert_eq!((o.people, o.lookups.failed, o.alone.failed), (20_000, 0, 0));
    // What it can do is for the long form, on a quiet machine; here it need only go on.
    assert!(o.lookups.per_s > 250.0 && o.registrations_per_s > 0.0 && o.alone.per_s > 250.0, "{o:?}");
}
