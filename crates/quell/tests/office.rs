//! The office over HTTP: protocols, accounts, files that come in, papers that go out.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;
#[path = "../../documents/tests/reader/mod.rs"]
mod reader;

use common::*;
use quell_book::Role;
use quell_foundation::*;
use quell_store::shelf;
use serde_json::{Value, json};
use std::fmt::Write as _;

const AT: &str = "2022-11-26T18:00:00+08:00";
const HOME: &str = "50.500237.101.001.c1.b1.u1.0001";

async fn send(w: &World, path: &str, token: &str, name: &str, file: impl Into<bytes::Bytes>) -> Reply {
    call(w.address, "POST", path, &[("authorization", token), ("x-file-name", name)], file).await
}

async fn import(w: &World, path: &str, token: &str, file: impl Into<bytes::Bytes>) -> Value {
    let reply = send(w, path, token, "%E5%90%8D%E5%86%8C.csv", file).await;
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
    reply.json()
}

/// Rows, accepted, duplicates, refused rows, facts, written.
fn counts(r: &Value) -> (u64, u64, u64, u64, u64, bool) {
    let n = |k: &str| r[k].as_u64().unwrap_or_else(|| panic!("{k}: {r}"));
    assert_eq!(n("rows"), n("accepted") + n("duplicates") + n("refused_rows") + n("left_out"), "{r}");
    (n("rows"), n("accepted"), n("duplicates"), n("refused_rows"), n("facts"), r["written"].as_bool().unwrap())
}

// Protocols ---------------------------------------------------------------------------------------------------------

#[tokio::test(flavor = "multi_thread")]
async fn protocols_are_seen_and_compared() {
    let w = World::county(0).await;
    let token = w.token(Role::Sampler, A).await;
    let get = async |path: &str| {
        let reply = w.get(path, &token).await;
        assert_eq!(reply.status, 200, "{path}: {reply:?}");
        reply.json()
    };
    let now = get("/v1/protocol").await;
    assert_eq!((&now["id"], &now["in_force"]), (&json!("covid-2022-twenty"), &json!(true)));
    let id = ProtocolId::new("covid-2022-twenty").unwrap();
    assert_eq!(now["text"].as_str(), quell_protocol::builtin(&id));

    // A protocol of one's own, adopted: it stands for its id, and is the one in force.
    let own = quell_protocol::builtin(&id).unwrap().replacen("covid-2022-twenty", "covid-own", 1);
    let own_id = ProtocolId::new("covid-own").unwrap();
    let content = shelf::put(&w.app.db.connection().await.unwrap(), &own_id, &own).await.unwrap();
    w.say(&[json!({"protocol_adopted": {"protocol": "covid-own", "content": content, "decider": "headquarters", "at": AT}})]).await;
    let all = get("/v1/protocols").await;
    let lines: Vec<(&str, bool)> =
        all["items"].as_array().unwrap().iter().map(|i| (i["id"].as_str().unwrap(), i["in_force"].as_bool().unwrap())).collect();
    assert_eq!(
        lines,
        [
            ("covid-2022-ninth", false),
            ("covid-2022-twenty", false),
            ("covid-own", true),
            ("ebola", false),
            ("measles", false),
            ("mpox", false)
        ]
    );
    assert_eq!(get("/v1/protocol").await["text"], json!(own));
    assert_eq!(get("/v1/protocols/covid-own").await["content_hash"], json!(content));
    assert_eq!(w.get("/v1/protocols/cholera", &token).await.status, 404);

    let changes = get("/v1/protocols/covid-2022-ninth/diff/covid-2022-twenty").await;
    let items = changes["items"].as_array().unwrap();
    assert!(items.len() > 3 && items.iter().all(|c| c["from"] != c["to"]), "{changes}");
    assert!(items.iter().any(|c| c["source"].as_str().is_some_and(|s| !s.is_empty())), "what changes has a source: {changes}");
    assert_eq!(get("/v1/protocols/mpox/diff/mpox").await["items"], json!([]));
    assert_eq!(w.get("/v1/protocols/mpox/diff/cholera", &token).await.status, 404);
    let titles = call(w.address, "GET", "/v1/protocols/mpox", &[("authorization", &token), ("accept-language", "zh-CN")], "").await.json();
    assert_eq!(titles["title"], titles["title_zh"]);
}

// Accounts ----------------------------------------------------------------------------------------------------------

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_made_changed_and_revoked_within_ones_place() {
    let w = World::county(2).await;
    let chief = w.token(Role::Administrator, ROOT).await;
    let town = w.token(Role::Administrator, TOWN_1).await;
    let put = async |name: &str, by: &str, body: Value| w.call("PUT", &format!("/v1/accounts/{name}"), by, body.to_string()).await;
    let made = put("li", &town, json!({"role": "sampler", "place": A, "password": PASSWORD})).await;
    assert_eq!(made.status, 200, "{made:?}");
    assert_eq!(made.json(), json!({"account": "li", "role": "sampler", "place": A, "active": true, "revoked_at": null}));
    let log_in = async |password: &str| {
        let body = json!({"account": "li", "password": password}).to_string();
        call(w.address, "POST", "/v1/session", &[], body).await
    };
    let session = log_in(PASSWORD).await.json();
    let li = format!("Bearer {}", session["token"].as_str().unwrap());
    assert_eq!(w.get("/v1/day", &li).await.status, 200);

    // Another role, without another password; what the old one opened is closed at once.
    assert_eq!(w.get(&format!("/v1/persons/{}", person(A, 0)), &li).await.status, 200);
    assert_eq!(put("li", &town, json!({"role": "courier", "place": A})).await.status, 200);
    assert_eq!(w.get(&format!("/v1/persons/{}", person(A, 0)), &li).await.status, 403);

    let refused = |r: &Reply| (r.status, r.problem());
    for (name, body, expected) in [
        ("x", json!({"role": "sampler", "place": B, "password": PASSWORD}), (403, "scope")),
        ("x", json!({"role": "sampler", "place": A}), (422, "password")),
        ("x", json!({"role": "sampler", "place": A, "password": "1234567"}), (422, "password")),
        ("x", json!({"role": "sampler", "place": A, "password": "long enough, and far too long".repeat(40)}), (422, "password")),
        ("x", json!({"role": "peer_book", "place": TOWN_1, "password": PASSWORD}), (422, "peer")),
    ] {
        let reply = put(name, &town, body.clone()).await;
        let (status, kind) = refused(&reply);
        assert_eq!((status, kind.as_str()), expected, "{body}: {reply:?}");
    }
    // Nobody takes over an account above them, or locks themselves out.
    let own = format!("administrator@{TOWN_1}");
    assert_eq!(
        put(&format!("administrator@{ROOT}"), &town, json!({"role": "sampler", "place": A, "password": PASSWORD})).await.status,
        404
    );
    assert_eq!(refused(&put(&own, &town, json!({"role": "sampler", "place": A})).await), (409, "own-account".into()));
    let revoke = async |name: &str, by: &str, reason: &str| {
        w.call("POST", &format!("/v1/accounts/{name}/revoke"), by, json!({"reason": reason}).to_string()).await
    };
    assert_eq!(refused(&revoke(&own, &town, "tired").await), (409, "own-account".into()));
    assert_eq!(refused(&revoke("li", &town, "  ").await), (422, "reason".into()));
    assert_eq!(revoke(&format!("administrator@{ROOT}"), &town, "r").await.status, 404);

    let revoked = revoke("li", &town, "lost the telephone").await;
    assert_eq!((revoked.status, &revoked.json()["active"]), (200, &json!(false)), "{revoked:?}");
    assert!(revoked.json()["revoked_at"].is_string());
    assert_eq!(refused(&w.get("/v1/day", &li).await), (401, "revoked".into()), "at once");
    assert_eq!(log_in(PASSWORD).await.status, 401);
    assert_eq!(revoke("li", &town, "again").await.json(), revoked.json(), "again it stays as it is");
    let why = "SELECT count(*) FROM quell.audit WHERE kind = 'account_put' AND what = 'li' AND account LIKE 'administrator@%'
        AND detail::jsonb ->> 'reason' = 'lost the telephone'";
    assert_eq!(w.count(why).await, 1, "the audit log knows who and why");

    // Given back with a new password.
    assert_eq!(refused(&put("li", &town, json!({"role": "sampler", "place": A})).await), (422, "password".into()));
    assert_eq!(put("li", &town, json!({"role": "sampler", "place": A, "password": "another wet mountain"})).await.status, 200);
    assert_eq!((log_in(PASSWORD).await.status, log_in("another wet mountain").await.status), (401, 200));

    // Each sees those of its own place, page by page.
    let names = async |by: &str, query: &str| {
        let page = w.get(&format!("/v1/accounts{query}"), by).await.json();
        let names: Vec<String> = page["items"].as_array().unwrap().iter().map(|a| a["account"].as_str().unwrap().to_owned()).collect();
        (names, page["next"].as_str().map(str::to_owned))
    };
    assert_eq!(names(&town, "").await.0, [own.as_str(), "li"]);
    let (first, next) = names(&chief, "?limit=2").await;
    let (second, end) = names(&chief, &format!("?limit=2&after={}", next.unwrap())).await;
    assert_eq!(([first, second].concat(), end), (vec![format!("administrator@{ROOT}"), own, "li".into()], None));
    w.verify().await;
}

// Imports -----------------------------------------------------------------------------------------------------------

#[tokio::test(flavor = "multi_thread")]
async fn lists_come_in_as_files_and_are_seen_before() {
    let w = World::county(0).await;
    let chief = w.token(Role::Administrator, ROOT).await;
    let before = w.seq().await;
    let places = format!("place,kind,name\n{HOME},household,0001\n{TOWN_1}.001.c1,compound,小区\n");
    let places = import(&w, "/v1/imports/places", &chief, places.clone()).await;
    assert_eq!(places["refused_rows"], 0, "{places}");
    let people = format!(
        "姓名,性别,出生日期,户编号,电话,备注\n张三,男,1987-06-15,{HOME},13800000001,x\n李四,女,1988-02-30,{HOME},13800000002,\n王五,男,1990-01-01,{HOME},,\n"
    );
    let seq = w.seq().await;
    assert!(seq > before);
    let seen = import(&w, "/v1/imports/people?preview=true", &chief, people.clone()).await;
    assert_eq!(counts(&seen), (3, 2, 0, 1, 0, false), "{seen}");
    assert_eq!(w.seq().await, seq, "a preview writes nothing");
    let bad = &seen["refused"][0];
    assert_eq!((&bad["row"], &bad["column"]), (&json!(3), &json!("出生日期")), "{seen}");
    assert!(bad["rule"].is_string() && bad["en"].as_str().unwrap().contains(';') && bad["zh"].as_str().unwrap().contains('；'));
    let column = |name: &str| seen["mapping"].as_array().unwrap().iter().find(|m| m["column"] == name).unwrap()["field"].clone();
    assert_eq!((column("姓名"), column("备注")), (json!("name"), Value::Null));

    // One bad row stops a list; its file of refused rows, corrected, comes in; the good ones come in if that is asked for.
    let stopped = import(&w, "/v1/imports/people", &chief, people.clone()).await;
    assert!(!stopped["written"].as_bool().unwrap() && stopped["stopped"]["zh"].as_str().unwrap().contains("1 行错误"), "{stopped}");
    assert_eq!(w.seq().await, seq);
    let taken = import(&w, "/v1/imports/people?skip_bad=true", &chief, people.clone()).await;
    assert_eq!(counts(&taken), (3, 2, 0, 1, 2, true), "{taken}");
    let left = taken["refused_file"].as_str().unwrap();
    assert!(left.contains("李四") && !left.contains("张三") && left.contains("出生日期"), "{left}");
    let corrected = import(&w, "/v1/imports/people", &chief, left.replace("1988-02-30", "1988-02-28")).await;
    assert_eq!(counts(&corrected), (1, 1, 0, 0, 1, true), "{corrected}");
    let seq = w.seq().await;
    let again = import(&w, "/v1/imports/people?skip_bad=true", &chief, people.clone()).await;
    assert_eq!((again["duplicates"].as_u64(), w.seq().await), (Some(2), seq), "the same file again changes nothing: {again}");
    let sender = "SELECT count(*) FROM quell.submission WHERE sender LIKE 'administrator@%'";
    assert!(w.count(sender).await >= 3, "it is said in the name of the account");
    w.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_come_in_row_by_row() {
    let w = World::county(2).await;
    let token = w.token(Role::Investigator, ROOT).await;
    let cases = "case,name,sex,born,home,classification,found\n\
        k-1,王伟,male,1984-05-01,50.500237.101.001,confirmed,2022-11-25T10:00:00+08:00\n\
        k-2,李娜,female,1990-02-28,,confirmed,2022-11-25T10:00:00+08:00\n";
    let seq = w.seq().await;
    let seen = import(&w, "/v1/imports/cases?preview=true", &token, cases).await;
    assert_eq!((counts(&seen), w.seq().await), ((2, 1, 0, 1, 0, false), seq), "{seen}");
    assert_eq!((&seen["mapping_name"], &seen["refused"][0]["row"]), (&json!("quell-cases"), &json!(3)));
    let done = import(&w, "/v1/imports/cases", &token, cases).await;
    assert_eq!((done["accepted"].as_u64(), done["written"].as_bool()), (Some(1), Some(true)), "{done}");
    let left = done["refused_file"].as_str().unwrap();
    assert!(left.contains("李娜") && !left.contains("王伟"), "{left}");
    let rest = import(&w, &format!("/v1/imports/cases?home={A}"), &token, left.to_owned()).await;
    assert_eq!(counts(&rest), (1, 1, 0, 0, rest["facts"].as_u64().unwrap(), true), "{rest}");
    assert_eq!(w.get("/v1/cases", &token).await.json()["items"].as_array().unwrap().len(), 2);
    let again = import(&w, "/v1/imports/cases", &token, cases).await;
    assert_eq!((again["duplicates"].as_u64(), again["accepted"].as_u64()), (Some(2), Some(0)), "{again}");
    w.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_files_are_told_and_nobody_imports_beyond_role_and_place() {
    let w = World::county(2).await;
    let chief = w.token(Role::Commander, ROOT).await;
    let seq = w.seq().await;
    let zip = [&b"PK\x03\x04"[..], &[0u8; 200]].concat();
    let bad: [(&str, &[u8]); 7] = [
        ("people", b""),
        ("people", &zip),
        ("people", b"<html>"),
        ("cases", b"a,b\n1,2\n"),
        ("results", b"MSH|"),
        ("results", b"{\"resourceType\":1}"),
        ("links", &[0xff; 64]),
    ];
    for (kind, file) in bad {
        let reply = send(&w, &format!("/v1/imports/{kind}"), &chief, "x", file.to_vec()).await;
        let told = match reply.status {
            422 => reply.problem() == "import",
            // Messages and tables that were opened are told about row by row.
            200 => reply.json()["stopped"].is_object() || reply.json()["refused_rows"].as_u64().unwrap() > 0,
            _ => false,
        };
        assert!(told, "{kind} {}: {reply:?}", String::from_utf8_lossy(file));
    }
    let refused = async |path: &str, token: &str| {
        let reply = send(&w, path, token, "x", "姓名,户编号\n").await;
        (reply.status, reply.problem())
    };
    assert_eq!(refused("/v1/imports/cats", &chief).await, (404, "import-kind".into()));
    assert_eq!(refused("/v1/imports/people?mapping=/etc/passwd", &chief).await, (422, "import".into()), "no file of the server's is read");
    assert_eq!(refused("/v1/imports/people?colour=red", &chief).await.0, 400);
    // A file may be longer than other bodies.
    let large = send(&w, "/v1/imports/people", &chief, "x", vec![b'a'; 17 * 1024 * 1024]).await;
    assert_eq!((large.status, large.problem().as_str()), (422, "import"));

    let town = w.token(Role::Investigator, TOWN_1).await;
    assert_eq!(refused("/v1/imports/places", &town).await, (403, "role".into()));
    assert_eq!(refused(&format!("/v1/imports/cases?home={B}"), &town).await, (403, "scope".into()));
    // Someone who lives elsewhere: the row waits, and nothing of them is told.
    let theirs = format!("姓名,出生日期,户编号\n外人,1980-01-01,{B}\n");
    let reply = import(&w, "/v1/imports/people", &town, theirs).await;
    assert_eq!(reply["refused_rows"], 1, "{reply}");
    let id = "50023719870615123X";
    let known = format!("姓名,证件号码,户编号\n陈静,{id},{B}\n");
    let listed = import(&w, "/v1/imports/people", &chief, known.clone()).await;
    assert_eq!(listed["accepted"], 1, "{listed}");
    let reply = import(&w, "/v1/imports/people", &town, format!("姓名,证件号码,户编号\n他人,{id},{A}\n")).await;
    assert_eq!((&reply["refused"][0]["rule"], &reply["facts"]), (&json!("person.elsewhere"), &json!(0)), "{reply}");
    assert!(!reply.to_string().contains("陈静") && !reply.to_string().contains(B), "{reply}");
    assert_eq!(w.seq().await, seq + 1, "only what was taken is written");
}

/// A long file is answered when it is done, and holds nobody else up.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_file_holds_nobody_up() {
    let w = World::county(2).await;
    let chief = w.token(Role::Administrator, ROOT).await;
    let rows = 6_000;
    let mut file = String::from("姓名,性别,出生日期,户编号\n");
    for n in 0..rows {
        writeln!(file, "张{n},男,1987-06-15,{A}").unwrap();
    }
    let long = async {
        let begun = std::time::Instant::now();
        let reply = send(&w, "/v1/imports/people", &chief, "x.csv", file).await;
        // Its sender hears that it goes on.
        assert!(begun.elapsed().as_secs() < 9 || reply.body.starts_with(b" "), "{:?}", begun.elapsed());
        reply.json()
    };
    let others = async {
        let (token, mut slowest) = (w.token(Role::Commander, ROOT).await, std::time::Duration::ZERO);
        for _ in 0..20 {
            let begun = std::time::Instant::now();
            assert_eq!(w.get("/v1/board", &token).await.status, 200);
            slowest = slowest.max(begun.elapsed());
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        slowest
    };
    let (report, slowest) = tokio::join!(long, others);
    assert_eq!((report["accepted"].as_u64(), report["written"].as_bool()), (Some(rows), Some(true)), "{report}");
    assert!(slowest < std::time::Duration::from_secs(5), "{slowest:?}");
    assert_eq!(w.count("SELECT count(*) FROM quell.person").await, rows as i64 + 4);
}

// Papers ------------------------------------------------------------------------------------------------------------

fn quell(w: &World, words: &[&str]) -> std::process::Output {
    let mut c = std::process::Command::new(env!("CARGO_BIN_EXE_quell"));
    c.arg("--data").arg(&w.data).args(["--database-url", w.url()]).args(words).env("RUST_LOG", "warn");
    c.output().unwrap()
}

async fn pdf(w: &World, path: &str, token: &str) -> String {
    let reply = w.get(path, token).await;
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
    assert_eq!(reply.headers["content-type"], "application/pdf", "{path}");
    assert_eq!(reply.headers["quell-characters-missing"], "0", "{path}");
    reader::pages(&reply.body).concat()
}

fn assert_has(text: &str, parts: &[&str]) {
    for p in parts {
        assert!(text.contains(&p.replace(' ', "")), "'{p}' is not in: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn papers_are_printed_for_those_who_see_the_lists() {
    let w = World::county(6).await;
    let case = CaseId(derived_uuid(&[b"office case"]));
    let contact = ContactId(derived_uuid(&[b"office contact"]));
    w.say(&[
        json!({"team_listed": {"team": "t1", "name": "甲组", "places": [A], "capacity": 10, "members": ["护士甲"], "at": AT}}),
        json!({"case_listed": {"case": case, "person": person(A, 3), "classification": "confirmed", "at": AT}}),
        json!({"contact_named": {"contact": contact, "person": person(A, 0), "category": "close", "case": case, "last_exposure": AT,
            "decision": {"decider": "流调组", "reason": "同桌用餐"}, "at": AT}}),
    ])
    .await;
    let token = w.token(Role::CommunityWorker, A).await;
    let order = w.get(&format!("/v1/orders?person={}&in_force=true", person(A, 0)), &token).await.json();
    let order = order["items"][0]["order_id"].as_str().unwrap().to_owned();
    let notice = pdf(&w, &format!("/v1/papers/notices.pdf?order={order}&telephone=023-57000000"), &token).await;
    assert_has(&notice, &["隔离通知书", "同桌用餐", "023-57000000", &order]);
    let by_hand = pdf(&w, &format!("/v1/papers/notices.pdf?person={}", person(A, 0)), &token).await;
    assert_has(&by_hand, &["电话Telephone____"]);
    let early = w.get(&format!("/v1/papers/certificates.pdf?order={order}"), &token).await;
    assert_eq!((early.status, early.problem().as_str()), (409, "in-force"));
    let end = "2022-11-26T19:30:00+08:00";
    w.say(&[json!({"order_lifted": {"order": order, "decision": {"decider": "指挥部", "reason": "排除密接"}, "at": end}})]).await;
    assert_has(&pdf(&w, &format!("/v1/papers/certificates.pdf?order={order}"), &token).await, &["解除隔离证明", "排除密接"]);

    // Under another protocol contacts are seen every day.
    let (ebola, at) = (ProtocolId::new("ebola").unwrap(), "2022-11-26T19:40:00+08:00");
    let text = quell_protocol::builtin(&ebola).unwrap();
    let content = shelf::put(&w.app.db.connection().await.unwrap(), &ebola, text).await.unwrap();
    let nurse = ContactId(derived_uuid(&[b"office nurse"]));
    w.say(&[json!({"protocol_adopted": {"protocol": "ebola", "content": content, "decider": "headquarters", "at": at}})]).await;
    w.say(&[json!({"contact_named": {"contact": nurse, "person": person(A, 1), "category": "close", "last_exposure": at,
        "decision": {"decider": "流调组", "reason": "护理"}, "at": at}})])
        .await;
    let sheet = pdf(&w, "/v1/papers/day-sheet.pdf?team=t1&day=2022-11-27&lang=zh", &token).await;
    assert_has(&sheet, &["随访日报单", "甲组", "护士甲", "应访：1人"]);
    assert_has(&pdf(&w, "/v1/papers/day-sheet.pdf?every=true&day=2022-11-27", &token).await, &["Day sheet of a follow-up team"]);
    for (path, status) in [
        ("/v1/papers/notices.pdf", 400),
        ("/v1/papers/day-sheet.pdf", 400),
        ("/v1/papers/day-sheet.pdf?team=nobody", 404),
        ("/v1/papers/daily-report.pdf?day=2022-11-20", 404),
        ("/v1/papers/daily-report.pdf?day=tomorrow", 400),
    ] {
        assert_eq!(w.get(path, &token).await.status, status, "{path}");
    }
    // Another community's paper is nobody's here.
    let stranger = w.token(Role::CommunityWorker, B).await;
    assert_eq!(w.get(&format!("/v1/papers/notices.pdf?order={order}"), &stranger).await.status, 404);
    assert_eq!(w.get(&format!("/v1/papers/daily-report.pdf?day=2022-11-26&place={A}"), &stranger).await.status, 403);
    let looks = w.count("SELECT count(*) FROM quell.audit WHERE kind = 'look' AND what LIKE '/v1/papers/%'").await;
    assert!(looks >= 7, "each is a look at persons: {looks}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protocol_that_nobody_could_read_is_not_adopted() {
    let w = World::county(2).await;
    let token = w.token(Role::Commander, ROOT).await;
    let adopt = |protocol: &str, content: Hash| {
        submission(
            fresh_submission(),
            &[json!({"protocol_adopted": {"protocol": protocol, "content": content, "decider": "headquarters", "at": AT}})],
        )
    };
    let ebola = ProtocolId::new("ebola").unwrap();
    let text = Hash::of(quell_protocol::builtin(&ebola).unwrap().as_bytes());
    for (protocol, content) in [("ebola", Hash::of(b"lost")), ("measles", text)] {
        let refused = w.post(&token, &adopt(protocol, content)).await;
        assert_eq!((refused.status, refused.json()["refusal"]["rule"].as_str()), (422, Some("protocol.unknown")), "{refused:?}");
    }
    // The book goes on, and what comes with the program can be adopted by whoever may.
    let team =
        |team: &str| json!({"team_listed": {"team": team, "name": team, "places": [A], "capacity": 10, "members": ["护士甲"], "at": AT}});
    w.say(&[team("t1")]).await;
    assert_eq!(w.post(&token, &adopt("ebola", text)).await.status, 201);
    w.say(&[team("t2")]).await;
    assert_eq!(w.get("/v1/protocol", &token).await.json()["id"], "ebola");
}

fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
    reply.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_else(|| panic!("no {name}: {reply:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_lists_go_out_to_few_and_only_of_their_place() {
    let w = World::county(6).await;
    let case = |n: usize, home: &str| json!({"case_listed": {"case": CaseId(derived_uuid(&[b"exported", &n.to_be_bytes()])), "person": person(home, n), "classification": "confirmed", "at": AT}});
    w.say(&[case(1, A), case(2, A), case(3, B)]).await;
    let chief = w.token(Role::Commander, ROOT).await;
    let csv = w.get("/v1/exports/linelist", &chief).await;
    let text = String::from_utf8(csv.body.to_vec()).unwrap();
    assert_eq!((csv.status, header(&csv, "quell-rows"), text.lines().count()), (200, "3", 4), "{text}");
    assert!(header(&csv, "content-disposition").ends_with(".csv\"") && header(&csv, "cache-control") == "no-store");
    for (format, begin) in [("xlsx", &b"PK"[..]), ("fhir", b"{"), ("godata", b"visualId"), ("sormas", b"")] {
        let file = w.get(&format!("/v1/exports/linelist?format={format}"), &chief).await;
        assert_eq!(file.status, 200, "{format}");
        assert!(file.body.len() > 40 && file.body.starts_with(begin), "{format}: {:?}", String::from_utf8_lossy(&file.body));
    }
    let tracer = w.token(Role::Investigator, A).await;
    assert_eq!(header(&w.get("/v1/exports/linelist", &tracer).await, "quell-rows"), "2");
    for (path, status) in [
        (format!("/v1/exports/linelist?place={B}"), 403),
        ("/v1/exports/links?format=sormas".into(), 400),
        ("/v1/exports/everything".into(), 400),
        ("/v1/exports/contacts?format=pdf".into(), 400),
    ] {
        assert_eq!(w.get(&path, &tracer).await.status, status, "{path}");
    }
    let neighbour = w.token(Role::CommunityWorker, A).await;
    assert_eq!(w.get("/v1/exports/linelist", &neighbour).await.status, 403);
    let seen = w.count("SELECT coalesce(sum(rows), 0)::bigint FROM quell.audit WHERE kind = 'look' AND what = '/v1/exports/{list}'").await;
    assert_eq!(seen, 3 * 5 + 2, "each row that went out is a look");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daily_report_is_of_the_open_day_and_of_sealed_ones() {
    let w = World::county(6).await;
    let case = CaseId(derived_uuid(&[b"daily case"]));
    w.say(&[
        json!({"round_opened": {"round": "R1", "name": "第一轮", "scope": [ROOT], "at": AT}}),
        json!({"case_listed": {"case": case, "person": person(A, 5), "classification": "confirmed", "control": "community_found", "at": AT}}),
    ])
    .await;
    let mut facts = swabs("T1", A, 0..4, AT);
    facts.iter_mut().for_each(|f| f["registered"]["round"] = "R1".into());
    w.say(&facts).await;
    let token = w.token(Role::Courier, ROOT).await;
    let open = pdf(&w, &format!("/v1/papers/daily-report.pdf?day=2022-11-26&place={ROOT}&lang=zh"), &token).await;
    assert_has(&open, &["疫情防控日报", "巫山县", "2022年11月26日", "未日结", "第一轮", "应检尽检", "方舱医院", "日清日结"]);
    let sheet = w.get("/v1/day", &token).await.json();
    let sum = |field: &str| {
        let lines = sheet["sheet"]["lines"].as_array().unwrap().iter().filter(|l| l["kind"] == "sample");
        lines.map(|l| l[field].as_i64().unwrap()).sum::<i64>()
    };
    // 采样: carried in, opened, discharged, waived, superseded, carried out, overdue, as the sheet has them.
    let line = format!(
        "采样{}{}{}{}{}{}{}",
        sum("carried_in"),
        sum("opened") + sum("reopened"),
        sum("discharged"),
        sum("waived"),
        sum("superseded"),
        sum("carried_out"),
        sum("overdue")
    );
    assert!(sum("opened") >= 11 && sum("discharged") == 4, "{sheet}");
    assert_has(&open, &[&line]);

    // What is late has an owner; the day is sealed; its report stays as it was, whatever comes after.
    w.app.clock.set(time("2022-11-28T01:00:00+08:00"));
    let token = w.token(Role::Courier, ROOT).await;
    for kind in w.get("/v1/day", &token).await.json()["blocked"].as_array().unwrap() {
        let owned = json!({"overdue_owned": {"kind": kind["kind"], "place": kind["place"], "owner": "王五", "reason": "停电"}});
        w.say(&[owned]).await;
    }
    w.say(&[json!({"day_closed": {"day": "2022-11-26", "decider": "指挥长"}})]).await;
    let sealed = pdf(&w, "/v1/papers/daily-report.pdf?day=2022-11-26&lang=en", &token).await;
    assert_has(&sealed, &["Daily report", "26 November 2022", "Sealed by 指挥长", "王五", "停电", "Testing", "Shelter hospital"]);
    assert!(!sealed.contains("日清日结"), "{sealed}");

    w.app.clock.keep(&w.data).unwrap();
    let out = w.data.join("daily.pdf");
    let file = out.to_str().unwrap();
    let said = quell(&w, &["print", "daily-report", "--day", "2022-11-26", "--place", A, "--lang", "zh", "--out", file]);
    assert!(said.status.success(), "{said:?}");
    let printed = reader::pages(&std::fs::read(&out).unwrap()).concat();
    assert_has(&printed, &["疫情防控日报", "社区甲", "已日结：指挥长", "王五"]);
    let none = quell(&w, &["print", "daily-report", "--day", "2022-11-01", "--lang", "zh", "--out", file]);
    assert!(!none.status.success() && String::from_utf8_lossy(&none.stderr).contains("既未日结"), "{none:?}");
}
