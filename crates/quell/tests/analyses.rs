//! Analyses of the book as jobs: made of a snapshot by the program itself, kept with how they were made, seen by whoever may see the place, and
//! begun again when the server was killed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::*;
use quell::analyses::{queue, rows_as_json};
use quell::client::Client;
use quell_bench::ordeal::{Program, Served};
use quell_book::Role;
use quell_foundation::*;
use quell_store::accounts;
use serde_json::{Value, json};
use std::process::Command;
use std::time::Duration;
use tokio::task::JoinHandle;

const QUELL: &str = env!("CARGO_BIN_EXE_quell");

fn id(of: &str) -> String {
    derived_uuid(&[of.as_bytes()]).to_string()
}

/// An outbreak: on day d of fourteen, 1 + d / 2 cases in the one community and half as many in the other; each fell ill the day before it was
/// found, and was infected by the one found two days before it in the same place.
fn outbreak() -> Vec<Value> {
    let (mut facts, mut before) = (Vec::new(), std::collections::BTreeMap::<(usize, usize), String>::new());
    let mut next = [0, 0];
    for d in 0..14usize {
        let at = |hour: usize, day: usize| format!("2022-11-{:02}T{hour:02}:00:00+08:00", 11 + day);
        for (place, community) in [A, B].into_iter().enumerate() {
            for n in 0..(1 + d / 2) / (1 + place) {
                let case = id(&format!("{community} {d} {n}"));
                facts.push(json!({"case_listed": {
                    "case": case, "person": person(community, next[place]), "classification": if n % 2 == 0 { "confirmed" } else { "asymptomatic" },
                    "onset": at(8, d), "sampled": at(9, d + 1), "at": at(20, d + 1), "reported": at(22, d + 1),
                    "setting": if d == 3 && n == 0 { "arrival" } else { "round_screening" },
                    "control": if n % 3 == 2 { "controlled" } else { "community_found" }}}));
                next[place] += 1;
                if let Some(source) = d.checked_sub(2).and_then(|b| before.get(&(place, b))) {
                    facts.push(
                        json!({"link_stated": {"link": id(&format!("link {case}")), "source": source, "target": case, "certainty": "high",
                        "directed": n == 0, "context": "household", "evidence": "interview", "at": at(23, d + 1)}}),
                    );
                }
                before.insert((place, d), case);
            }
        }
    }
    facts
}

/// A book with that outbreak, on which analyses are worked.
async fn outbreak_world() -> (World, JoinHandle<()>) {
    let w = World::county(80).await;
    w.say(&outbreak()).await;
    let mut app = w.app.clone();
    app.program = QUELL.into();
    let worker = queue::start(&app);
    (w, worker)
}

fn asked(name: &str, analysis: &str, options: &Value) -> Value {
    json!({"analysis_id": id(name), "analysis": analysis, "options": options})
}

async fn post(w: &World, token: &str, body: &Value) -> Reply {
    w.call("POST", "/v1/analyses", token, body.to_string()).await
}

/// Asks, and waits until it has ended.
async fn ended(w: &World, token: &str, body: &Value) -> Value {
    let reply = post(w, token, body).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let path = format!("/v1/analyses/{}", body["analysis_id"].as_str().unwrap());
    for _ in 0..600 {
        let item = w.get(&path, token).await.json();
        if !matches!(item["state"].as_str().unwrap(), "queued" | "running") {
            return item;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it does not end");
}

async fn part(w: &World, token: &str, item: &Value, query: &str) -> String {
    let reply = w.get(&format!("/v1/analyses/{}/result?{query}", item["analysis_id"].as_str().unwrap()), token).await;
    assert_eq!(reply.status, 200, "{query}: {reply:?}");
    String::from_utf8(reply.body.to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_analysis_is_kept_with_how_it_was_made() {
    let (w, worker) = outbreak_world().await;
    let commander = w.token(Role::Commander, ROOT).await;
    let wanted = asked("r", "rt", &json!({"method": "cori", "window": 7}));
    let item = ended(&w, &commander, &wanted).await;
    assert_eq!(item["state"], "done", "{item}");
    let rows = |name: &str| item["tables"].as_array().unwrap().iter().find(|t| t["name"] == name).unwrap()["rows"].as_i64().unwrap();
    let cases = w.count("SELECT count(*) FROM quell.\"case\"").await;
    assert_eq!((rows("cases.csv"), rows("reports.csv"), rows("counts.csv")), (cases, cases, 14));
    assert_eq!(item["as_of_seq"], json!(w.seq().await));
    let said = item["said"].as_str().unwrap();
    assert!(said.contains("covid-2022-twenty") && said.contains("2.37 days"), "what the protocol says of the interval: {said}");
    assert!(said.contains("taken to be 0.65"), "{said}");

    // The result: as a table, as objects, as a picture.
    let csv = part(&w, &commander, &item, "").await;
    assert!(csv.starts_with("t_start,t_end,mean,sd,q025,"), "{csv}");
    assert_eq!(csv.lines().count() as i64 - 1, item["rows"].as_i64().unwrap());
    assert_eq!(part(&w, &commander, &item, "format=json").await, rows_as_json(&csv).to_string());
    let picture = part(&w, &commander, &item, "part=picture").await;
    assert!(picture.starts_with("<svg") && picture.contains(&format!("book 500237, {ROOT}, up to 2022-11-25")), "{picture}");
    assert_eq!(w.get(&format!("/v1/analyses/{}/result?part=second", id("r")), &commander).await.status, 404);

    // Whoever has the book makes the same of it by hand.
    let dir = temp();
    let tables = |of: &str| {
        let run = Command::new(QUELL)
            .args(["--data", w.data.to_str().unwrap(), "--database-url", w.url(), "analyses", "tables", "--out"])
            .arg(dir.path())
            .args(["--until", "2022-11-25"])
            .output();
        let run = run.unwrap();
        assert!(run.status.success(), "{of}: {}", String::from_utf8_lossy(&run.stderr));
    };
    tables("by hand");
    for t in item["tables"].as_array().unwrap() {
        let bytes = std::fs::read(dir.path().join(t["name"].as_str().unwrap())).unwrap();
        assert_eq!(t["sha256"], json!(Hash::of(&bytes).to_string()), "{t}");
    }
    let words: Vec<&str> = item["command"].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect();
    let again = Command::new(QUELL).args(&words).current_dir(dir.path()).output().unwrap();
    assert_eq!(String::from_utf8(again.stdout).unwrap(), csv, "{words:?}");
    let text = std::fs::read_to_string(dir.path().join("cases.csv")).unwrap();
    assert!(!text.contains("居民"), "no names");

    // Asked twice it is made once; under its id nothing else is asked.
    let again = post(&w, &commander, &wanted).await;
    assert_eq!((again.status, again.json()["state"].as_str()), (200, Some("done")));
    let other = post(&w, &commander, &asked("r", "rt", &json!({"method": "cori", "window": 3}))).await;
    assert_eq!((other.status, other.problem().as_str()), (409, "id"));

    // Rows of persons were looked at in the name of whoever asked.
    let looks = "SELECT sum(rows)::bigint FROM quell.audit WHERE kind = 'look' AND what = '/v1/analyses' AND account LIKE 'commander@%'";
    assert_eq!(w.count(looks).await, cases);
    w.verify().await;
    w.app.db.connection().await.unwrap().batch_execute("UPDATE quell.analysis SET result = replace(result, '1', '2')").await.unwrap();
    let c = w.app.db.connection().await.unwrap();
    let report = quell_store::verify::verify(&c, &w.app.shelf, &w.app.config, &w.app.default_protocol, &[], &mut |_, _| ()).await.unwrap();
    assert!(report.findings.iter().any(|f| f.contains(&id("r")) && f.contains("not what was kept")), "{:?}", report.findings);
    worker.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_analysis_runs_on_the_book() {
    let (w, worker) = outbreak_world().await;
    let token = w.token(Role::Investigator, ROOT).await;
    let begins = [
        ("growth", json!({}), "t_start,"),
        ("delays", json!({}), "delay,"),
        ("nowcast", json!({}), "date,"),
        ("forecast", json!({"days": 7, "samples": 200}), "t,ahead,channel,mean,"),
        ("trees", json!({}), "infectee,infector,probability"),
        ("clusters", json!({"scan": "prospective", "model": "poisson-by-day"}), "rank,centre,within,radius,"),
        ("warning", json!({"method": "ears-c1"}), "date,"),
        ("quality", json!({}), ""),
    ];
    let mut wrong = Vec::new();
    for (analysis, options, head) in begins {
        let item = ended(&w, &token, &asked(analysis, analysis, &options)).await;
        if item["state"] != "done" {
            wrong.push(format!("{analysis}: {item}"));
            continue;
        }
        let csv = part(&w, &token, &item, "").await;
        if !csv.starts_with(head) || csv.lines().count() < 2 {
            wrong.push(format!("{analysis}: {}", csv.chars().take(400).collect::<String>()));
        }
        if analysis == "trees" {
            let looks = "SELECT sum(rows)::bigint FROM quell.audit WHERE kind = 'look' AND what = '/v1/analyses/{analysis}/result'";
            assert_eq!(w.count(looks).await, csv.lines().count() as i64 - 1, "who reads of cases, looks at persons");
            assert!(part(&w, &token, &item, "part=second").await.lines().count() > 10);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    worker.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_ask_what() {
    let (w, worker) = outbreak_world().await;
    let commander = w.token(Role::Commander, ROOT).await;
    let town = w.token(Role::Investigator, TOWN_1).await;
    let sampler = w.token(Role::Sampler, ROOT).await;
    assert_eq!(post(&w, &sampler, &asked("s", "rt", &json!({}))).await.status, 403);
    let refused = async |body: Value| {
        let reply = post(&w, &town, &body).await;
        (reply.status, reply.problem())
    };
    assert_eq!(refused(asked("a", "rt", &json!({"si": "/etc/passwd"}))).await, (400, "analysis".into()));
    assert_eq!(refused(asked("a", "rt", &json!({"window": "wide"}))).await, (400, "analysis".into()));
    assert_eq!(refused(asked("a", "everything", &json!({}))).await, (400, "analysis".into()));
    assert_eq!(refused(json!({"analysis": "rt"})).await, (400, "body".into()));
    assert_eq!(refused(json!({"analysis_id": id("a"), "analysis": "rt", "place": TOWN_2})).await, (403, "scope".into()));
    assert_eq!(
        refused(json!({"analysis_id": id("a"), "analysis": "rt", "from": "2022-11-20", "until": "2022-11-12"})).await,
        (400, "analysis".into())
    );

    // A township's analysis holds its own people; the county's is nothing that it sees.
    let whole = ended(&w, &commander, &asked("whole", "growth", &json!({}))).await;
    w.app.clock.set(time(NOW).plus(Span(1)));
    let own = ended(&w, &town, &asked("own", "growth", &json!({}))).await;
    let cases = |i: &Value| i["tables"][0]["rows"].as_i64().unwrap();
    assert_eq!((&own["state"], &own["place"]), (&json!("done"), &json!(TOWN_1)));
    assert!(cases(&own) < cases(&whole));
    let listed = |reply: Reply| reply.json()["items"].as_array().unwrap().iter().map(|i| i["analysis_id"].clone()).collect::<Vec<_>>();
    assert_eq!(listed(w.get("/v1/analyses", &town).await), [own["analysis_id"].clone()]);
    assert_eq!(
        listed(w.get("/v1/analyses", &commander).await),
        [own["analysis_id"].clone(), whole["analysis_id"].clone()],
        "the latest first"
    );
    for path in ["", "/result", "/cancel"] {
        let method = if path == "/cancel" { "POST" } else { "GET" };
        let reply = w.call(method, &format!("/v1/analyses/{}{path}", whole["analysis_id"].as_str().unwrap()), &town, "").await;
        assert_eq!(reply.status, 404, "{path}: {reply:?}");
    }

    // What cannot be made is told in both languages; what nobody wants any more is stopped.
    let none = json!({"analysis_id": id("none"), "analysis": "rt", "until": "2022-11-01"});
    let failed = ended(&w, &commander, &none).await;
    assert_eq!(failed["state"], "failed");
    assert_eq!(failed["failure_en"], "up to 2022-11-01 there are no cases to analyse");
    assert_eq!(failed["failure_zh"], "截至 2022-11-01 没有可供分析的病例");
    assert_eq!(post(&w, &commander, &asked("long", "trees", &json!({"sweeps": 50_000_000}))).await.status, 201);
    while w.get(&format!("/v1/analyses/{}", id("long")), &commander).await.json()["state"] == "queued" {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let off = w.call("POST", &format!("/v1/analyses/{}/cancel", id("long")), &commander, "").await;
    assert_eq!((off.status, off.json()["state"].as_str()), (200, Some("cancelled")));

    // Whoever was sent away meanwhile is shown nothing.
    let mut c = w.app.db.connection().await.unwrap();
    let name = AccountId::new(format!("investigator@{TOWN_1}")).unwrap();
    let account = accounts::find(&c, BOOK, &name).await.unwrap().unwrap();
    worker.abort();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(post(&w, &town, &asked("late", "growth", &json!({}))).await.status, 201);
    accounts::revoke(&mut c, &account, "test", "left", w.app.clock.now()).await.unwrap();
    let mut app = w.app.clone();
    app.program = QUELL.into();
    let worker = queue::start(&app);
    let path = format!("/v1/analyses/{}", id("late"));
    let mut late = w.get(&path, &commander).await.json();
    while matches!(late["state"].as_str().unwrap(), "queued" | "running") {
        tokio::time::sleep(Duration::from_millis(100)).await;
        late = w.get(&path, &commander).await.json();
    }
    assert!(late["failure_en"].as_str().unwrap().contains("was revoked"), "{late}");
    worker.abort();
}

/// Killed while an analysis runs, the server begins it again and keeps it once; what another program wrote meanwhile is nobody's.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_makes_it_once() {
    let home = temp();
    let data = home.path().join("data");
    let mut served = Served::new_book(&Program::at(QUELL), &data, &[]).await.unwrap();
    let token = served.account("commander").await.unwrap();
    let investigator = served.account("investigator").await.unwrap();
    for (token, facts) in [(&token, county(80)), (&investigator, outbreak())] {
        let mut client = Client::connect(served.address, token).await.unwrap();
        for (n, some) in facts.chunks(500).enumerate() {
            let body = submission(SubmissionId(derived_uuid(&[b"s", &n.to_be_bytes(), some[0].to_string().as_bytes()])), some);
            let (status, answer) = client.send("POST", "/v1/submissions", body.to_string().into()).await.unwrap();
            assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
        }
    }
    let mut client = Client::connect(served.address, &token).await.unwrap();
    let body = json!({"analysis_id": id("k"), "analysis": "trees", "until": "2022-11-25", "options": {"sweeps": 60_000}});
    let (status, answer) = client.send("POST", "/v1/analyses", body.to_string().into()).await.unwrap();
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    let db = served.database().await.unwrap();
    let state = async |db: &quell_store::Database| -> String {
        let c = db.connection().await.unwrap();
        c.query_one("SELECT state || ' ' || begun FROM quell.analysis", &[]).await.unwrap().get(0)
    };
    while state(&db).await != "running 1" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    served.kill().unwrap();
    db.close();
    served.again().await.unwrap();
    let db = served.database().await.unwrap();
    let mut now = state(&db).await;
    while !now.starts_with("done") {
        assert!(!now.starts_with("failed"), "{now}");
        tokio::time::sleep(Duration::from_millis(100)).await;
        now = state(&db).await;
    }
    assert_eq!(now, "done 2", "it was begun again");
    assert_eq!(count(&db, "SELECT count(*) FROM quell.audit WHERE kind = 'analysis_kept'").await, 1);
    assert_eq!(std::fs::read_dir(data.join("analyses")).map_or(0, Iterator::count), 0, "nothing of the snapshot is left");
    db.close();
    let verified = served.must(&["verify"], "").await.unwrap();
    assert!(String::from_utf8_lossy(&verified.stdout).starts_with("sound: "));
}
