//! The door and the windows over HTTP: who gets in, who may say and see what, what a wrong request is told, who looked at whom.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::samples::sample;
use common::*;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use quell::auth::may_say;
use quell::client::Client;
use quell::http::routes::{Access, Route, all};
use quell_book::{Fact, MAX_FACTS, Role};
use quell_foundation::*;
use quell_store::accounts;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const AT: &str = "2022-11-26T19:00:00+08:00";

/// Compares with a file of `tests/golden` that people have read; UPDATE=1 writes it anew, to be read again.
fn golden(name: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == now, "{name} has changed; if that is right, run with UPDATE=1 and read it.\nkept:\n{kept}\nnow:\n{now}");
}

fn roles(may: impl Fn(Role) -> bool) -> String {
    let names: Vec<&str> = Role::ALL.iter().filter(|r| may(**r)).map(|r| r.as_str()).collect();
    if names.is_empty() { "nobody".into() } else { names.join(" ") }
}

// Logging in --------------------------------------------------------------------------------------------------------

#[tokio::test(flavor = "multi_thread")]
async fn logging_in_and_out() {
    let w = World::empty().await;
    let name = w.account(Role::Commander, ROOT).await;
    let log_in = async |account: &str, password: &str| {
        call(w.address, "POST", "/v1/session", &[], json!({"account": account, "password": password}).to_string()).await
    };
    let session = log_in(name.as_str(), PASSWORD).await;
    assert_eq!(session.status, 200);
    let session = session.json();
    assert_eq!((&session["role"], &session["place"]), (&json!("commander"), &json!(ROOT)));
    let token = format!("Bearer {}", session["token"].as_str().unwrap());
    assert_eq!(w.get("/v1/day", &token).await.status, 200);
    // Another session of the same account goes on when this one ends.
    let mut other = Client::connect(w.address, "").await.unwrap();
    other.log_in(&name, PASSWORD).await.unwrap();
    assert_eq!(w.call("DELETE", "/v1/session/end", &token, "").await.status, 204);
    let ended = w.get("/v1/day", &token).await;
    assert_eq!((ended.status, ended.problem().as_str()), (401, "token"));
    assert_eq!(other.send("GET", "/v1/day", "".into()).await.unwrap().0, 200);

    // Wrong password, unknown name: the same answer, which tells nothing.
    let (wrong, unknown) = (log_in(name.as_str(), "wrong password").await, log_in("nobody", PASSWORD).await);
    assert_eq!((wrong.status, wrong.problem().as_str()), (401, "log-in"));
    assert_eq!((wrong.status, &wrong.body), (unknown.status, &unknown.body));
    assert!(other.log_in(&name, "wrong password").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_end() {
    let w = World::empty().await;
    let token = w.token(Role::Commander, ROOT).await;
    let at = async |after: Span| {
        w.app.clock.set(time(NOW).plus(after));
        w.get("/v1/day", &token).await
    };
    assert_eq!(at(Span(0)).await.status, 200);
    assert_eq!(at(Span(14 * 3_600 - 1)).await.status, 200);
    let late = at(Span::hours(14)).await;
    assert_eq!((late.status, late.problem().as_str()), (401, "token"), "also within the time that a token is trusted unasked");

    // An account that is closed is out after half a minute at the latest.
    let token = w.token(Role::Sampler, ROOT).await;
    assert_eq!(w.get("/v1/day", &token).await.status, 200);
    {
        let mut c = w.app.db.connection().await.unwrap();
        let name = w.account(Role::Sampler, ROOT).await;
        let account = accounts::find(&c, BOOK, &name).await.unwrap().unwrap();
        accounts::put(&mut c, &accounts::Account { active: false, ..account }, "test", w.app.clock.now()).await.unwrap();
    }
    w.app.clock.set(w.app.clock.now().plus(Span(31)));
    assert_eq!(w.get("/v1/day", &token).await.status, 401);
    let body = json!({"account": format!("sampler@{ROOT}"), "password": PASSWORD}).to_string();
    assert_eq!(call(w.address, "POST", "/v1/session", &[], body).await.status, 401, "nor can it log in");
}

// Who may do what ---------------------------------------------------------------------------------------------------

/// A plausible call of each address; an address that is not here fails the test.
fn plausible(route: &Route) -> (String, String) {
    let p = person(A, 0);
    let body = match route.path {
        "/v1/session" => json!({"account": "nobody", "password": "x"}).to_string(),
        "/v1/submissions" => "[]".into(),
        "/v1/similar" => json!({"name": "张丽", "born": "1985-03-12"}).to_string(),
        "/v1/results/preview" => "孔位,样本编号,质控,结果\nA1,,阳性对照,阳性\nA2,,阴性对照,阴性\nA3,T1,,阴性\n".into(),
        "/v1/accounts/{account}" => json!({"role": "sampler", "place": A, "password": PASSWORD}).to_string(),
        "/v1/accounts/{account}/revoke" => json!({"reason": "lost the telephone"}).to_string(),
        "/v1/imports/{kind}" => "姓名,户编号\n".into(),
        "/v1/analyses" => json!({"analysis_id": fresh_submission(), "analysis": "growth"}).to_string(),
        _ => String::new(),
    };
    let path = match route.path {
        "/healthz" | "/readyz" | "/v1/health" | "/v1/openapi.json" | "/v1/session" | "/v1/session/end" | "/v1/submissions"
        | "/v1/similar" | "/v1/duplicates" | "/v1/indicators" | "/v1/events" | "/v1/rounds" | "/v1/cases" | "/v1/days" | "/v1/log"
        | "/v1/questions" | "/v1/vehicles" | "/v1/owners" | "/v1/chains" | "/v1/cases/unlinked" => route.path.into(),
        "/v1/cases/{case}/investigation" | "/v1/cases/{case}/sources" => route.path.replace("{case}", &fresh_submission().to_string()),
        "/v1/messages" => "/v1/messages?box=in&state=acknowledged&overdue=true&book=500238".into(),
        "/v1/cases/{case}/candidates" => route.path.replace("{case}", &fresh_submission().to_string()) + "?category=close&unknown=true",
        "/v1/exposure-events" => format!("/v1/exposure-events?place={ROOT}&cases=true&unknown=true&from=2022-11-01"),
        "/v1/exposure-events/{event}" => "/v1/exposure-events/feast-1".into(),
        "/v1/leads" => format!("/v1/leads?place={ROOT}&state=open"),
        "/v1/contacts" => format!("/v1/contacts?place={ROOT}&need=overdue&category=close"),
        "/v1/orders" => format!("/v1/orders?person={p}&in_force=true"),
        "/v1/board" | "/v1/teams" | "/v1/shoulds" | "/v1/facilities" | "/v1/cases/counts" | "/v1/day" => {
            format!("{}?place={ROOT}", route.path)
        }
        "/v1/submissions/{id}" => format!("/v1/submissions/{}", fresh_submission()),
        "/v1/items/{state}" => "/v1/items/open?kind=deliver&round=R1&overdue=true&limit=5".into(),
        "/v1/rounds/{round}" | "/v1/rounds/{round}/links" => route.path.replace("{round}", "R1"),
        "/v1/persons" => format!("/v1/persons?text={A}&limit=5"),
        "/d/{code}" => "/d/0123456789ABCDEFGHJKMNPQRST".into(),
        "/v1/persons/{person}"
        | "/v1/persons/{person}/status"
        | "/v1/persons/{person}/code"
        | "/v1/persons/{person}/diary-link"
        | "/v1/persons/{person}/similar" => route.path.replace("{person}", &p.to_string()),
        "/v1/tubes/{tube}" => "/v1/tubes/T1".into(),
        "/v1/facilities/{facility}/beds" | "/v1/facilities/{facility}/releasable" => route.path.replace("{facility}", HALL),
        "/v1/days/{day}" => "/v1/days/2022-11-26".into(),
        "/v1/places" => format!("/v1/places?under={ROOT}&text=%E7%AB%99&kind=station"),
        "/v1/places/{place}" => format!("/v1/places/{ROOT}"),
        "/v1/rounds/{round}/people" | "/v1/rounds/{round}/places" => route.path.replace("{round}", "R1") + "?place=" + ROOT,
        "/v1/boxes" => "/v1/boxes?state=on_the_way".into(),
        "/v1/boxes/{box}" => "/v1/boxes/BX1".into(),
        "/v1/plates" => format!("/v1/plates?laboratory={LABORATORY}"),
        "/v1/results/preview" => format!("/v1/results/preview?laboratory={LABORATORY}&plate=P1"),
        "/v1/transfers" => "/v1/transfers?open=true&state=requested".into(),
        "/v1/zones" => "/v1/zones?in_force=true".into(),
        "/v1/access" => format!("/v1/access?person={p}"),
        "/v1/protocol" | "/v1/protocols" | "/v1/accounts" => route.path.into(),
        "/v1/protocols/{id}" => "/v1/protocols/mpox".into(),
        "/v1/protocols/{from}/diff/{to}" => "/v1/protocols/covid-2022-ninth/diff/covid-2022-twenty".into(),
        "/v1/accounts/{account}" => "/v1/accounts/new-sampler".into(),
        "/v1/accounts/{account}/revoke" => "/v1/accounts/nobody/revoke".into(),
        "/v1/imports/{kind}" => "/v1/imports/people?preview=true".into(),
        "/v1/exports/{list}" => "/v1/exports/linelist?format=xlsx".into(),
        "/v1/analyses" | "/v1/analyses/kinds" => route.path.into(),
        "/v1/analyses/{analysis}" | "/v1/analyses/{analysis}/result" | "/v1/analyses/{analysis}/cancel" => {
            route.path.replace("{analysis}", &fresh_submission().to_string())
        }
        "/v1/papers/notices.pdf" | "/v1/papers/certificates.pdf" => format!("{}?order={}", route.path, fresh_submission()),
        "/v1/papers/day-sheet.pdf" => "/v1/papers/day-sheet.pdf?every=true&day=2022-11-26".into(),
        "/v1/papers/daily-report.pdf" => format!("/v1/papers/daily-report.pdf?day=2022-11-26&place={ROOT}&lang=zh"),
        other => panic!("{other} is not covered by this test: write a plausible call of it"),
    };
    (path, body)
}

fn may_call(route: &Route, role: Role) -> bool {
    match route.access {
        Access::Public | Access::AccountOrPeer => true,
        Access::Account => role != Role::PeerBook,
        Access::Roles(roles) => roles.contains(&role),
    }
}

/// A county with a round, a pool on its way, and nothing else.
async fn county_with_a_round() -> World {
    let w = World::county(12).await;
    w.say(&[json!({"round_opened": {"round": "R1", "name": "第一轮", "scope": [ROOT], "at": AT}})]).await;
    for (tube, community) in [("T1", A), ("T2", B)] {
        let mut facts = swabs(tube, community, 0..10, AT);
        facts.iter_mut().for_each(|f| f["registered"]["round"] = "R1".into());
        facts.push(json!({"tube_sealed": {"tube": tube, "at": AT}}));
        w.say(&facts).await;
    }
    w.say(&[json!({"received": {"laboratory": LABORATORY, "tubes": ["T1", "T2"], "condition": "adequate", "at": AT}})]).await;
    w
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_something_in_hand_sees_it_wherever_it_comes_from() {
    let w = county_with_a_round().await;
    let courier = w.token(Role::Courier, ROOT).await;
    assert_eq!(w.get("/v1/items/open?kind=deliver", &courier).await.status, 200);
    let patients = w.get("/v1/items/open?kind=sample", &courier).await;
    assert_eq!((patients.status, patients.problem().as_str()), (403, "role"), "a courier has no business with people");

    // The laboratory lies in no community; it sees the tubes that it has received, and no others.
    w.say(&swabs("T3", A, 10..11, AT)).await;
    let laboratory = w.token(Role::Laboratory, LABORATORY).await;
    assert_eq!(w.get("/v1/tubes/T1", &laboratory).await.json()["members"], 10);
    assert_eq!(w.get("/v1/tubes/T3", &laboratory).await.status, 404);

    let ward = w.token(Role::Ward, HALL).await;
    let (patient, neighbour) = (person(A, 0), person(A, 1));
    let stay = json!({"admitted": {"stay": fresh_submission(), "person": patient, "facility": HALL, "ward": "w1", "bed": 1, "at": AT,
        "decision": {"reason": "collapsed at the gate", "decider": "duty doctor"}}});
    w.say(&[stay]).await;
    assert_eq!(w.get(&format!("/v1/persons/{patient}"), &ward).await.json()["person_id"], json!(patient));
    assert_eq!(w.get(&format!("/v1/persons/{neighbour}"), &ward).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_by_every_role() {
    let w = county_with_a_round().await;
    let mut table = String::from("Who may call what. Public: also without an account.\n\n");
    for route in all() {
        let public = matches!(route.access, Access::Public);
        let (path, body) = plausible(route);
        for op in route.operations {
            let method = op.method.to_uppercase();
            let stranger = call(w.address, &method, &path, &[], body.clone()).await;
            if public {
                assert!(stranger.status < 500 && stranger.status != 403, "{method} {path}: {stranger:?}");
            } else {
                assert_eq!((stranger.status, stranger.problem().as_str()), (401, "no-token"), "{method} {path}");
                for wrong in ["Bearer nonsense", "Bearer ", "Basic eDp5"] {
                    assert_eq!(w.call(&method, &path, wrong, body.clone()).await.status, 401, "{method} {path}");
                }
            }
            for role in Role::ALL {
                let token = w.token(*role, ROOT).await;
                let reply = w.call(&method, &path, &token, body.clone()).await;
                assert!(reply.status < 500, "{method} {path} by {role}: {reply:?}");
                assert_eq!(reply.status == 403, !may_call(route, *role), "{method} {path} by {role}: {reply:?}");
                let known: &[u16] = if route.path == "/d/{code}" {
                    &[404]
                } else if public {
                    &[200, 401]
                } else if route.path == "/v1/analyses" {
                    // Asked for by one, its id is nobody else's.
                    &[200, 201, 403, 409]
                } else {
                    &[200, 204, 403, 404]
                };
                assert!(known.contains(&reply.status), "{method} {path} by {role}: {reply:?}");
                if reply.status == 403 {
                    assert_eq!(reply.problem(), "role");
                }
            }
            let who = if public { "public".into() } else { roles(|r| may_call(route, r)) };
            writeln!(table, "{method:<6} {:<40} {who}", route.path).unwrap();
        }
        // A method that is not in the table does not exist.
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            if !route.operations.iter().any(|op| op.method.eq_ignore_ascii_case(method)) {
                let insider = Role::ALL.iter().find(|r| may_call(route, **r)).unwrap();
                let token = w.token(*insider, ROOT).await;
                let reply = w.call(method, &path, &token, "").await;
                assert_eq!((reply.status, reply.problem().as_str()), (405, "request"), "{method} {path}");
            }
        }
    }
    golden("who-may-call-what.txt", &table);
}

#[test]
fn every_fact_by_every_role() {
    let mut table = String::from("Who may say what.\n\n");
    for kind in Fact::KINDS {
        let fact: Fact = serde_json::from_value(sample(kind)).unwrap_or_else(|e| panic!("{kind}: {e}"));
        assert_eq!(fact.kind(), *kind);
        writeln!(table, "{kind:<24} {}", roles(|r| may_say(r, &fact))).unwrap();
    }
    golden("who-may-say-what.txt", &table);
}

/// What the table says holds at the door: a fact that a role may not say is refused as a whole submission, whatever else is in it.
#[tokio::test(flavor = "multi_thread")]
async fn facts_beyond_the_role_are_refused() {
    let w = county_with_a_round().await;
    let before = w.seq().await;
    for role in Role::ALL {
        let token = w.token(*role, ROOT).await;
        let forbidden: Vec<Value> =
            Fact::KINDS.iter().map(|k| sample(k)).filter(|f| !may_say(*role, &serde_json::from_value(f.clone()).unwrap())).collect();
        assert!(!forbidden.is_empty(), "{role} may say everything");
        let bundle: Vec<Value> = forbidden.iter().map(|f| submission(fresh_submission(), std::slice::from_ref(f))).collect();
        let answers = w.post(&token, &bundle.into()).await.json();
        for (fact, answer) in forbidden.iter().zip(answers.as_array().unwrap()) {
            assert_eq!(answer["refused"]["status"], 403, "{role}: {fact}: {answer}");
        }
    }
    let token = w.token(Role::Sampler, ROOT).await;
    let mixed = submission(fresh_submission(), &[sample("registered"), sample("result_read")]);
    let reply = w.post(&token, &mixed).await;
    assert_eq!((reply.status, reply.problem().as_str()), (403, "role"));
    assert_eq!(w.seq().await, before, "nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_outside_the_place_are_refused() {
    let w = county_with_a_round().await;
    let at_b = person(B, 0);
    let outside = [
        (Role::Sampler, json!({"registered": {"tube": "T9", "person": at_b, "station": STATION_B, "at": AT, "mode": "pooled"}})),
        (Role::Sampler, json!({"registration_voided": {"tube": "T2", "person": at_b, "reason": "r", "at": AT}})),
        (
            Role::Sampler,
            json!({"person_listed": {"person": person(B, 99), "name": "x", "sex": "male", "home": format!("{B}.c1.b1.u1.0001")}}),
        ),
        (Role::Sampler, json!({"tube_spoilt": {"tube": "T2", "reason": "r", "at": AT}})),
        (Role::Courier, json!({"handed_over": {"tube": "T2", "from": "a", "to": "b", "at": AT}})),
        (Role::Laboratory, json!({"received": {"laboratory": LABORATORY, "tubes": ["T1"], "condition": "adequate", "at": AT}})),
        (Role::Laboratory, json!({"result_read": {"tube": "T1", "at": AT, "result": "negative"}})),
        (Role::CommunityWorker, json!({"person_absent": {"person": at_b, "destination": "万州", "at": AT}})),
        (Role::Investigator, json!({"case_listed": {"case": at_b, "person": at_b, "classification": "confirmed", "at": AT}})),
        (Role::Dispatcher, json!({"transfer_requested": {"transfer": at_b, "person": at_b, "at": AT}})),
        (Role::Ward, json!({"admitted": {"stay": at_b, "person": at_b, "facility": HALL, "ward": "w1", "bed": 1, "at": AT}})),
        (Role::Commander, json!({"round_opened": {"round": "R2", "name": "R2", "scope": [TOWN_1, B], "at": AT}})),
        (Role::Commander, json!({"round_closed": {"round": "R1", "at": AT}})),
        (Role::Commander, json!({"zone_designated": {"place": B, "level": "high", "reason": "r", "decider": "d", "at": AT}})),
        (Role::Commander, json!({"roster_waived": {"round": "R1", "person": at_b, "reason": "r", "decider": "d"}})),
        (Role::Commander, json!({"overdue_owned": {"kind": "recall", "place": ROOT, "owner": "o", "reason": "r"}})),
        (Role::Commander, json!({"day_closed": {"day": "2022-11-26", "decider": "d"}})),
        (Role::Administrator, json!({"place_listed": {"place": format!("{TOWN_2}.009"), "kind": "community", "name": "x"}})),
        // A neighbour whose name begins in the same way is not inside.
        (Role::Administrator, json!({"place_listed": {"place": format!("{TOWN_1}9"), "kind": "township", "name": "x"}})),
    ];
    let before = w.seq().await;
    for (role, fact) in outside {
        let token = w.token(role, TOWN_1).await;
        let reply = w.post(&token, &submission(fresh_submission(), std::slice::from_ref(&fact))).await;
        assert_eq!(reply.status, 422, "{role}: {fact}: {reply:?}");
        assert_eq!(reply.json()["refusal"]["rule"], "scope", "{role}: {fact}: {reply:?}");
    }
    assert_eq!(w.seq().await, before);
    // Inside it is taken.
    let token = w.token(Role::CommunityWorker, TOWN_1).await;
    let absent = json!({"person_absent": {"person": person(A, 11), "destination": "万州", "at": AT}});
    assert_eq!(w.post(&token, &submission(fresh_submission(), &[absent])).await.status, 201);
    // Nor can a reader ask for another place.
    for path in ["/v1/board", "/v1/shoulds", "/v1/items/open?kind=sample", "/v1/facilities", "/v1/cases", "/v1/cases/counts", "/v1/day"] {
        let sign = if path.contains('?') { '&' } else { '?' };
        for place in [ROOT, TOWN_2, "50.500237.1019"] {
            let reply = w.get(&format!("{path}{sign}place={place}"), &token).await;
            assert_eq!((reply.status, reply.problem().as_str()), (403, "scope"), "{path} {place}");
        }
    }
}

// What a wrong request is told --------------------------------------------------------------------------------------

#[tokio::test(flavor = "multi_thread")]
async fn problems_speak_the_callers_language() {
    let w = World::county(2).await;
    let token = w.token(Role::Sampler, ROOT).await;
    let refused = submission(fresh_submission(), &swabs("T1", "50.500237.101.009", 0..1, AT)).to_string();
    let forbidden = submission(fresh_submission(), &[sample("day_closed")]).to_string();
    let requests: [(&str, &str, &str, &str); 6] = [
        ("POST", "/v1/submissions", &refused, "台账中没有人员"),
        ("POST", "/v1/submissions", &forbidden, "采样员无权上报"),
        ("POST", "/v1/submissions", "{", "上报格式有误"),
        ("GET", "/v1/log", "", "采样员无此权限"),
        ("GET", "/v1/nothing", "", "没有此地址"),
        ("GET", "/v1/board?place=1.2", "", "不在您的辖区"),
    ];
    for (method, path, body, zh) in requests {
        for (language, chinese) in [("zh-CN,zh;q=0.9,en;q=0.8", true), ("zh", true), ("en-GB,en;q=0.9,zh;q=0.5", false), ("fr", false)] {
            let headers = [("authorization", token.as_str()), ("accept-language", language)];
            let reply = call(w.address, method, path, &headers, body.to_owned()).await;
            reply.problem();
            let detail = reply.json()["detail"].as_str().unwrap().to_owned();
            assert_eq!(detail.contains(zh), chinese, "{language}: {detail}");
            assert_eq!(detail.is_ascii(), !chinese, "{language}: {detail}");
        }
    }
    // A refusal carries both, and where the fault is.
    let refusal = w.call("POST", "/v1/submissions", &token, refused).await.json()["refusal"].clone();
    assert_eq!((&refusal["fact"], &refusal["kind"], &refusal["field"]), (&json!(0), &json!("registered"), &json!("person")));
    assert!(refusal["zh"].as_str().unwrap().contains("请先登记") && refusal["en"].as_str().unwrap().contains("list the person first"));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_are_told_what_is_wrong() {
    let w = World::county(2).await;
    let token = w.token(Role::Commander, ROOT).await;
    let before = w.seq().await;
    let id = fresh_submission();
    let fact = sample("round_opened");
    let many = vec![fact.clone(); MAX_FACTS + 1];
    let bad: Vec<(String, &str)> = vec![
        (String::new(), "malformed"),
        ("{".into(), "malformed"),
        ("5".into(), "malformed"),
        ("\"x\"".into(), "malformed"),
        ("[1, 2".into(), "malformed"),
        (json!({"id": id}).to_string(), "malformed"),
        (json!({"id": "1", "facts": [fact]}).to_string(), "malformed"),
        (json!({"id": id, "facts": [fact], "extra": 1}).to_string(), "malformed"),
        (json!({"id": id, "facts": [{"round_closed": {"round": "R1", "at": AT, "extra": 1}}]}).to_string(), "malformed"),
        (json!({"id": id, "facts": [{"round_reopened": {"round": "R1", "at": AT}}]}).to_string(), "malformed"),
        (json!({"id": id, "facts": [{"round_closed": {"round": "R1", "at": "yesterday"}}]}).to_string(), "malformed"),
        (json!({"id": id, "facts": [{"round_closed": {"round": "R 1", "at": AT}}]}).to_string(), "malformed"),
        (json!({"id": id, "facts": []}).to_string(), "facts"),
        (json!({"id": id, "facts": many}).to_string(), "facts"),
    ];
    for (body, kind) in bad {
        let reply = w.call("POST", "/v1/submissions", &token, body.clone()).await;
        assert_eq!((reply.status, reply.problem().as_str()), (400, kind), "{:.200}: {reply:?}", body);
    }
    let utf8 = w.call("POST", "/v1/submissions", &token, &b"{\"id\": \"\xff\"}"[..]).await;
    assert_eq!((utf8.status, utf8.problem().as_str()), (400, "malformed"));
    assert_eq!(w.seq().await, before);
    // What the framework refuses is a problem as well.
    for (method, path, body, status) in [
        ("GET", "/v1/persons/nobody", "", 400),
        ("GET", "/v1/persons", "", 400),
        ("GET", "/v1/items/open?kind=nothing", "", 400),
        ("GET", "/v1/board?plaec=1", "", 400),
        ("GET", "/v1/rounds?limit=-1", "", 400),
        ("GET", "/v1/days/26.11.2022", "", 400),
        ("GET", "/v1/submissions/1", "", 400),
        ("POST", "/v1/session", "{", 400),
        ("POST", "/v1/session", "{\"account\": \"a\"}", 422),
        ("PUT", "/v1/session", "", 405),
        ("GET", "/v1/items/lost?kind=sample", "", 400),
        ("GET", "/v1/items/missed?kind=recall", "", 400),
        ("GET", "/", "", 404),
    ] {
        let reply = w.call(method, path, &token, body).await;
        assert_eq!(reply.status, status, "{method} {path}: {reply:?}");
        reply.problem();
    }
    // A cursor that the server never gave is the caller's mistake.
    for path in [
        "/v1/rounds?after=%20%20",
        "/v1/cases?after=x",
        "/v1/access?after=x",
        "/v1/persons?text=a&after=x",
        "/v1/items/open?kind=recall&after=x",
    ] {
        let reply = w.get(path, &token).await;
        assert!(reply.status < 500, "{path}: {reply:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_too_large_is_refused_before_it_is_read() {
    let w = World::empty().await;
    let token = w.token(Role::Commander, ROOT).await;
    let mut stream = tokio::net::TcpStream::connect(w.address).await.unwrap();
    let head =
        format!("POST /v1/submissions HTTP/1.1\r\nhost: x\r\nauthorization: {token}\r\ncontent-length: {}\r\n\r\n", 17 * 1024 * 1024);
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let n = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut answer)).await.unwrap().unwrap();
    let answer = String::from_utf8_lossy(&answer[..n]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("application/problem+json"), "{answer}");
    // Just below the limit it is read, and refused for what it says.
    let long = json!({"id": fresh_submission(), "facts": [], "device": "x".repeat(15 * 1024 * 1024)}).to_string();
    assert_eq!(w.call("POST", "/v1/submissions", &token, long).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_is_answered_one_by_one() {
    let w = World::county(20).await;
    let token = w.token(Role::Sampler, ROOT).await;
    let good = |tube: &str, from: usize| submission(fresh_submission(), &swabs(tube, A, from..from + 5, AT));
    let malformed = json!({"id": fresh_submission(), "facts": [{"tube_sealed": {"tube": "T1", "when": AT}}]});
    let answers = w.post(&token, &json!([good("T1", 0), malformed, good("T2", 5)])).await;
    assert_eq!(answers.status, 200);
    let a = answers.json();
    assert_eq!(a.as_array().unwrap().len(), 3);
    assert_eq!(
        (&a[0]["accepted"]["repeat"], &a[1]["refused"]["status"], &a[2]["accepted"]["repeat"]),
        (&json!(false), &json!(400), &json!(false))
    );
    assert!(a[1]["refused"]["type"].as_str().unwrap().ends_with("/malformed"));
    let detail = a[1]["refused"]["detail"].as_str().unwrap();
    assert!(detail.contains("facts[0].tube_sealed.when"), "which fact and which field: {detail}");
    assert_eq!(a[2]["accepted"]["seq"].as_i64().unwrap(), a[0]["accepted"]["seq"].as_i64().unwrap() + 1);
    assert_eq!(w.count("SELECT count(*) FROM quell.registration").await, 10);
    assert_eq!(w.post(&token, &json!([])).await.json(), json!([]));
}

// Who sees what -----------------------------------------------------------------------------------------------------

/// Listens to `/v1/events`, and collects what comes.
async fn listen(w: &World, token: &str) -> tokio::sync::mpsc::UnboundedReceiver<String> {
    let stream = tokio::net::TcpStream::connect(w.address).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = hyper::Request::get("/v1/events").header("host", "x").header("authorization", token);
    let mut body = sender.send_request(request.body(Empty::<bytes::Bytes>::new()).unwrap()).await.unwrap().into_body();
    let (tell, told) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        let _open = sender;
        while let Some(Ok(frame)) = body.frame().await {
            if let Ok(data) = frame.into_data() {
                let _ = tell.send(String::from_utf8(data.to_vec()).unwrap());
            }
        }
    });
    told
}

/// The next event's name and content.
async fn next_event(events: &mut tokio::sync::mpsc::UnboundedReceiver<String>) -> (String, Value) {
    let mut text = String::new();
    while !text.ends_with("\n\n") {
        text += &tokio::time::timeout(Duration::from_secs(10), events.recv()).await.expect("no event").unwrap();
    }
    let line = |name: &str| text.lines().find_map(|l| l.strip_prefix(name)).unwrap_or_default().trim().to_owned();
    (line("event:"), serde_json::from_str(&line("data:")).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_positive_pool_is_told_to_those_who_listen() {
    let w = county_with_a_round().await;
    let (here, there) = (w.token(Role::Sampler, TOWN_1).await, w.token(Role::Sampler, TOWN_2).await);
    let (mut here, mut there) = (listen(&w, &here).await, listen(&w, &there).await);
    let laboratory = w.token(Role::Laboratory, ROOT).await;
    let positive = json!({"result_read": {"tube": "T1", "at": AT, "result": "positive", "targets": [{"target": "N", "ct": 25.0}]}});
    let receipt = w.post(&laboratory, &submission(fresh_submission(), &[positive])).await;
    assert_eq!(receipt.status, 201, "{receipt:?}");
    let (name, changed) = next_event(&mut here).await;
    assert_eq!(name, "changed");
    assert_eq!((&changed["seq"], &changed["facts"]), (&receipt.json()["seq"], &json!({"result_read": 1})));
    let duties = changed["duties"].as_array().unwrap();
    assert_eq!(duties.iter().filter(|d| **d == json!(["recall", A])).count(), 10, "{changed}");
    let (name, changed) = next_event(&mut there).await;
    assert_eq!((name.as_str(), &changed["duties"]), ("changed", &json!([])), "another township is not told where");
    // And the list behind it is there at once.
    let token = w.token(Role::Sampler, TOWN_1).await;
    assert_eq!(w.get("/v1/items/open?kind=recall", &token).await.json()["items"].as_array().unwrap().len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_look_at_a_person_is_written_down() {
    let w = county_with_a_round().await;
    let token = w.token(Role::Investigator, ROOT).await;
    let p = person(A, 0);
    let looks: &[(String, &str, Option<PersonId>, i64)] = &[
        (format!("/v1/persons/{p}"), "/v1/persons/{person}", Some(p), 1),
        (format!("/v1/persons/{p}/status"), "/v1/persons/{person}/status", Some(p), 1),
        (format!("/v1/persons/{p}/code"), "/v1/persons/{person}/code", Some(p), 1),
        (format!("/v1/persons/{p}/diary-link"), "/v1/persons/{person}/diary-link", Some(p), 0),
        (format!("/v1/persons/{}", person("nobody", 0)), "/v1/persons/{person}", Some(person("nobody", 0)), 0),
        (format!("/v1/persons/{p}/similar"), "/v1/persons/{person}/similar", Some(p), 11),
        ("/v1/similar".into(), "/v1/similar", None, 0),
        ("/v1/duplicates".into(), "/v1/duplicates", None, 0),
        (format!("/v1/persons?text={A}&limit=7"), "/v1/persons", None, 7),
        ("/v1/tubes/T1".into(), "/v1/tubes/{tube}", None, 10),
        (format!("/v1/items/open?kind=sample&round=R1&place={A}"), "/v1/items/{state}", None, 2),
        (format!("/v1/items/done?kind=sample&round=R1&place={A}"), "/v1/items/{state}", None, 10),
        ("/v1/cases".into(), "/v1/cases", None, 0),
        (format!("/v1/cases/{}/investigation", fresh_submission()), "/v1/cases/{case}/investigation", None, 0),
        (format!("/v1/cases/{}/sources", fresh_submission()), "/v1/cases/{case}/sources", None, 0),
        (format!("/v1/cases/{}/candidates", fresh_submission()), "/v1/cases/{case}/candidates", None, 0),
        ("/v1/exposure-events".into(), "/v1/exposure-events", None, 0),
        ("/v1/exposure-events/feast-1".into(), "/v1/exposure-events/{event}", None, 0),
        ("/v1/leads".into(), "/v1/leads", None, 0),
        ("/v1/contacts?need=due".into(), "/v1/contacts", None, 0),
        ("/v1/chains".into(), "/v1/chains", None, 0),
        ("/v1/transfers?open=true".into(), "/v1/transfers", None, 0),
        ("/v1/cases/unlinked".into(), "/v1/cases/unlinked", None, 0),
        ("/v1/messages?box=out".into(), "/v1/messages", None, 0),
        (format!("/v1/orders?person={p}"), "/v1/orders", Some(p), 0),
        (format!("/v1/facilities/{HALL}/beds"), "/v1/facilities/{facility}/beds", None, 0),
        (format!("/v1/facilities/{HALL}/releasable"), "/v1/facilities/{facility}/releasable", None, 0),
        ("/v1/exports/contacts?format=csv".into(), "/v1/exports/{list}", None, 0),
        (format!("/v1/papers/notices.pdf?order={}", fresh_submission()), "/v1/papers/notices.pdf", None, 0),
        (format!("/v1/papers/certificates.pdf?order={}", fresh_submission()), "/v1/papers/certificates.pdf", None, 0),
        ("/v1/papers/day-sheet.pdf?every=true".into(), "/v1/papers/day-sheet.pdf", None, 0),
    ];
    let written = async || w.count("SELECT count(*) FROM quell.audit WHERE kind = 'look'").await;
    for (n, (path, route, whom, rows)) in looks.iter().enumerate() {
        w.app.clock.set(time(NOW).plus(Span(n as i64)));
        let before = written().await;
        let table = all().find(|r| r.path == *route).unwrap();
        let reply = w.call(&table.operations[0].method.to_uppercase(), path, &token, plausible(table).1).await;
        assert!(matches!(reply.status, 200 | 404), "{path}: {reply:?}");
        assert_eq!(written().await, before + 1, "{path}");
        let c = w.app.db.connection().await.unwrap();
        let sql = "SELECT account, role, what, person_id, rows::bigint FROM quell.audit WHERE kind = 'look' ORDER BY at DESC LIMIT 1";
        let r = c.query_one(sql, &[]).await.unwrap();
        let row: (String, String, String, Option<uuid::Uuid>, i64) = (r.get(0), r.get(1), r.get(2), r.get(3), r.get(4));
        assert_eq!(row, (format!("investigator@{ROOT}"), "investigator".into(), (*route).into(), whom.map(|p| p.0), *rows), "{path}");
    }
    // Every window on persons is in the list above; what shows only numbers is not written down.
    for route in all().filter(|r| !looks.iter().any(|l| l.1 == r.path) && r.path != "/v1/session/end" && r.path != "/v1/events") {
        let before = written().await;
        let method = route.operations[0].method.to_uppercase();
        let (path, body) = plausible(route);
        w.call(&method, &path, &token, body).await;
        assert_eq!(written().await, before, "{path}");
    }
    // The auditor reads who looked.
    let auditor = w.token(Role::Auditor, ROOT).await;
    let page = w.get(&format!("/v1/access?person={p}"), &auditor).await.json();
    let what: Vec<&str> = page["items"].as_array().unwrap().iter().map(|i| i["what"].as_str().unwrap()).collect();
    assert_eq!(
        what,
        [
            "/v1/orders",
            "/v1/persons/{person}/similar",
            "/v1/persons/{person}/diary-link",
            "/v1/persons/{person}/code",
            "/v1/persons/{person}/status",
            "/v1/persons/{person}"
        ],
        "the latest first"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_township_sees_only_its_own() {
    let w = county_with_a_round().await;
    let positive = json!({"result_read": {"tube": "T2", "at": AT, "result": "positive"}});
    w.say(&[positive]).await;
    let (all, own, other) =
        (w.token(Role::Sampler, ROOT).await, w.token(Role::Sampler, TOWN_1).await, w.token(Role::Sampler, TOWN_2).await);
    let there = person(B, 0);
    let found = async |path: &str, token: &str| w.get(path, token).await.json()["items"].as_array().unwrap().len();
    for path in [
        format!("/v1/persons?text={B}"),
        format!("/v1/persons?text={ROOT}.102"),
        "/v1/persons?text=%E5%B1%85%E6%B0%9150.500237.102".into(),
        "/v1/items/open?kind=recall".into(),
    ] {
        assert!(found(&path, &all).await > 0, "{path}");
        assert_eq!(found(&path, &other).await, found(&path, &all).await, "{path}");
        assert_eq!(found(&path, &own).await, 0, "{path}");
    }
    let everyone = "/v1/persons?text=%E5%B1%85%E6%B0%91&limit=1000";
    assert_eq!([found(everyone, &all).await, found(everyone, &own).await, found(everyone, &other).await], [24, 12, 12]);
    let samples = "/v1/items/open?kind=sample&round=R1";
    assert_eq!([found(samples, &all).await, found(samples, &own).await, found(samples, &other).await], [4, 2, 2]);
    for path in [format!("/v1/persons/{there}"), format!("/v1/persons/{there}/status"), "/v1/tubes/T2".into()] {
        let status = async |token: &str| w.get(&path, token).await.status;
        assert_eq!([status(&all).await, status(&own).await, status(&other).await], [200, 404, 200], "{path}");
    }
    // Numbers, too: the round of the whole county has 24 people, the township's 12.
    let should = async |token: &str| w.get("/v1/rounds/R1", token).await.json();
    let (all_round, own_round) = (should(&all).await, should(&own).await);
    assert_ne!(all_round, own_round);
    // Who sees less than the book sees nothing of its log.
    let auditor = w.token(Role::Auditor, TOWN_1).await;
    assert_eq!(found("/v1/log", &auditor).await, 0);
    assert!(found("/v1/log", &w.token(Role::Auditor, ROOT).await).await > 0);
    // Looks at people elsewhere are not shown either.
    assert_eq!(found(&format!("/v1/access?person={there}"), &auditor).await, 0);
}
