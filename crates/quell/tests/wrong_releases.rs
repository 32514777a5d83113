//! How such systems released the wrong people, lost reports or wrote twice, each replayed through the doors that its users have:
//! the command line and HTTP. Every one is refused, or surfaces as a duty that somebody owes. Sources stand with each test.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::*;
use quell_book::Role;
use quell_store::accounts;
use serde_json::{Value, json};
use std::process::{Command, Output};

const AT: &str = "2022-11-26T19:00:00+08:00";

/// The command line on the same database, as a second process.
fn quell(w: &World, args: &[&str]) -> Output {
    let mut c = Command::new(env!("CARGO_BIN_EXE_quell"));
    c.arg("--data").arg(&w.data).arg("--database-url").arg(w.url()).args(["--lang", "en"]).args(args).env("RUST_LOG", "warn");
    c.output().unwrap()
}

fn said(o: &Output) -> String {
    String::from_utf8_lossy(&o.stdout).into_owned() + &String::from_utf8_lossy(&o.stderr)
}

/// Writes a file beside the data; its path.
fn file(w: &World, name: &str, text: &str) -> String {
    std::fs::create_dir_all(&w.data).unwrap();
    let path = w.data.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Imports a plate file for the laboratory.
fn import(w: &World, file: &str, plate: &str, more: &[&str]) -> Output {
    let mut args = vec!["result", "import", file, "--laboratory", LABORATORY, "--plate", plate, "--at", AT, "--yes"];
    args.extend(more);
    quell(w, &args)
}

/// Tubes of one person each, packed in a box and received by the laboratory: tube `S<n>` of person n.
async fn received(w: &World, r#box: &str, persons: std::ops::Range<usize>) {
    let tubes: Vec<String> = persons.clone().map(|n| format!("S{n}")).collect();
    let mut facts: Vec<Value> = Vec::new();
    for n in persons {
        let swab = json!({"tube": format!("S{n}"), "person": person(A, n), "station": STATION_A, "at": AT, "mode": "single"});
        facts.extend([json!({"registered": swab}), json!({"tube_sealed": {"tube": format!("S{n}"), "at": AT}})]);
    }
    facts.push(json!({"box_packed": {"box": r#box, "tubes": tubes, "at": AT}}));
    facts.push(json!({"received": {"laboratory": LABORATORY, "box": r#box, "condition": "adequate", "at": AT}}));
    w.say(&facts).await;
}

fn plate(name: &str, at: &str) -> Value {
    json!({"plate_read": {"plate": name, "laboratory": LABORATORY, "at": at, "positive_control_ok": true, "negative_control_ok": true}})
}

/// What a person is told: the time of the last negative, and the kinds of restriction.
async fn told(w: &World, token: &str, n: usize) -> (bool, Vec<String>) {
    let status = w.get(&format!("/v1/persons/{}/status", person(A, n)), token).await.json();
    let restrictions = status["restrictions"].as_array().unwrap().iter().map(|r| r["kind"].as_str().unwrap().to_owned()).collect();
    (!status["last_negative"].is_null(), restrictions)
}

/// Open duties of a kind, as the commander's list shows them: subject and who is responsible.
async fn open(w: &World, token: &str, kind: &str) -> Vec<(String, String)> {
    let page = w.get(&format!("/v1/items/open?kind={kind}&place={ROOT}&limit=100"), token).await.json();
    let items = page["items"].as_array().unwrap_or_else(|| panic!("{page}"));
    items.iter().map(|i| (i["subject"].as_str().unwrap().to_owned(), i["responsible"].as_str().unwrap().to_owned())).collect()
}

/// Why a submission was refused.
fn rule(reply: &Reply) -> String {
    assert!(reply.status >= 400, "{reply:?}");
    reply.json()["refusal"]["rule"].as_str().map_or_else(|| reply.problem(), str::to_owned)
}

const CONTROLS: &str = "样本编号,质控,N Ct,结果\n,PC,28,阳性\n,NC,,阴性\n";

/// England, 25 September to 2 October 2020: 15,841 cases were lost because a file of results ended at a spreadsheet's limit of 65,536
/// rows; an estimated 125,000 further infections and 1,500 deaths (CEPR DP15494).
#[tokio::test(flavor = "multi_thread")]
async fn england_2020_a_result_file_cut_at_a_spreadsheets_limit() {
    let w = World::county(4).await;
    received(&w, "X1", 0..3).await;
    let commander = w.token(Role::Commander, ROOT).await;
    let before = w.seq().await;
    // Two wells of each tube again and again, up to the limit; the tube S2 would have come after it.
    let rows = 65_536 - CONTROLS.lines().count();
    let mut text = CONTROLS.to_owned();
    (0..rows).for_each(|n| text.push_str(if n % 2 == 0 { "S0,,,阴性\n" } else { "S1,,25,阳性\n" }));
    let cut = file(&w, "cut.csv", &text);

    let refused = import(&w, &cut, "P1", &[]);
    assert_eq!((refused.status.code(), w.seq().await), (Some(1), before), "{}", said(&refused));
    assert!(said(&refused).contains("ends exactly at 65536 rows") && said(&refused).contains("--rows N"), "{}", said(&refused));
    let counted = import(&w, &cut, "P1", &["--rows", "65600"]);
    assert!(said(&counted).contains("65600 rows were counted at the source, the file has 65535"), "{}", said(&counted));
    assert_eq!((counted.status.code(), w.seq().await), (Some(1), before));
    let zh = quell(&w, &["--lang", "zh", "result", "import", &cut, "--laboratory", LABORATORY, "--plate", "P1", "--at", AT]);
    assert!(said(&zh).contains("行数上限") || zh.status.code() == Some(2), "{}", said(&zh));

    // A file that is cut in the middle of a row, and one that is cut between two rows and was counted.
    let middle = file(&w, "middle.csv", &format!("{CONTROLS}S0,,,阴性\nS1,,2"));
    assert!(said(&import(&w, &middle, "P1", &[])).contains("no line end"));
    let between = file(&w, "between.csv", &format!("{CONTROLS}S0,,,阴性\n"));
    assert!(said(&import(&w, &between, "P1", &["--rows", "5"])).contains("5 rows were counted"));
    assert_eq!(w.seq().await, before);

    // The laboratory says that it is whole: what of its boxes is not in it stays open, named, with an owner, and is not negative.
    let taken = import(&w, &cut, "P1", &["--rows", "65535"]);
    assert_eq!(taken.status.code(), Some(0), "{}", said(&taken));
    assert!(said(&taken).contains("1 tubes of the same boxes are not in the file and still owe a result: S2"), "{}", said(&taken));
    assert_eq!(open(&w, &commander, "test").await, [("S2".to_owned(), "laboratory".to_owned())]);
    assert_eq!(told(&w, &commander, 0).await, (true, vec![]));
    assert_eq!(told(&w, &commander, 1).await, (false, vec!["case".to_owned()]));
    assert_eq!(told(&w, &commander, 2).await, (false, vec![]), "no result is no negative");
    w.verify().await;
}

/// Lanzhou, November 2022: a testing company uploaded positives in the file of negatives; people who were infected went about with a
/// green code (public reports of 26 November 2022, economics.xunjk.com/economics/2022/1126/284268.html).
#[tokio::test(flavor = "multi_thread")]
async fn lanzhou_2022_positives_in_the_file_of_negatives() {
    let w = World::county(6).await;
    received(&w, "X1", 0..5).await;
    let commander = w.token(Role::Commander, ROOT).await;
    let before = w.seq().await;
    // Line 6 says it in a word, line 7 by its Ct alone.
    let mixed = file(&w, "negatives.csv", &format!("{CONTROLS}S0,,,阴性\nS1,,,\nS2,,24.1,阳性\nS3,,24.5,\n"));
    let refused = import(&w, &mixed, "P1", &["--all", "negative"]);
    assert_eq!((refused.status.code(), w.seq().await), (Some(1), before), "{}", said(&refused));
    let text = said(&refused);
    assert!(text.contains("handed in as negative, and 2 of its tubes are not (lines 6, 7)"), "{text}");
    assert!(text.contains("line 6 [S2]: the row says positive") && text.contains("line 7 [S3]: the row has a Ct of 24.5"), "{text}");
    assert_eq!(open(&w, &commander, "test").await.len(), 5, "nobody is released, not by the good rows either");
    for n in 0..5 {
        assert_eq!(told(&w, &commander, n).await, (false, vec![]));
    }

    // Without such a word about the whole file each row must agree with itself.
    let laboratory = w.token(Role::Laboratory, LABORATORY).await;
    let one = json!({"result_read": {"tube": "S3", "at": AT, "result": "negative", "targets": [{"target": "N", "ct": 24.5}]}});
    let reply = w.post(&laboratory, &submission(fresh_submission(), &[one])).await;
    assert_eq!(rule(&reply), "result.contradiction");
    // The same file with nothing but negatives is taken; who has no result of their own gets the one that was said of all.
    let good = file(&w, "good.csv", &format!("{CONTROLS}S0,,,阴性\nS1,,,\n"));
    let taken = import(&w, &good, "P1", &["--all", "negative"]);
    assert_eq!(taken.status.code(), Some(0), "{}", said(&taken));
    assert!(told(&w, &commander, 1).await.0 && !told(&w, &commander, 2).await.0);
    w.verify().await;
}

/// SydPath, Sydney, December 2021: a manual step bypassed the check; 400, then 486 people who were positive were told that they were
/// negative (abc.net.au/news/2021-12-28/100726512).
#[tokio::test(flavor = "multi_thread")]
async fn sydpath_2021_a_correction_by_hand_that_skips_the_check() {
    let w = World::county(8).await;
    received(&w, "X1", 0..6).await;
    let commander = w.token(Role::Commander, ROOT).await;
    let laboratory = w.token(Role::Laboratory, LABORATORY).await;
    let post = async |facts: &[Value]| w.post(&laboratory, &submission(fresh_submission(), facts)).await;
    let mut results = vec![plate("P1", AT)];
    results.extend((0..6).map(|n| json!({"result_read": {"tube": format!("S{n}"), "plate": "P1", "at": AT, "result": "positive"}})));
    assert_eq!(post(&results).await.status, 201);

    let correct = |n: usize, decider: &str| json!({"result_corrected": {"tube": format!("S{n}"), "at": AT, "result": "negative", "reason": "uploaded wrongly", "decider": decider}});
    let all: Vec<Value> = (0..6).map(|n| correct(n, "head of the laboratory")).collect();
    assert_eq!(rule(&post(&all).await), "correction.many");
    assert_eq!(rule(&post(&[correct(0, &format!("laboratory@{LABORATORY}"))]).await), "correction.second_signature");
    let by_hand = json!({"result_read": {"tube": "S0", "at": AT, "result": "negative"}});
    assert_eq!(rule(&post(&[by_hand]).await), "result.positive_before");

    // One by one they are on record, and each is a duty: nobody is told anything else.
    assert_eq!(post(&[correct(0, "head of the laboratory")]).await.status, 201);
    assert_eq!(open(&w, &commander, "confirm_correction").await, [("S0".to_owned(), "laboratory".to_owned())]);
    for n in 0..6 {
        assert_eq!(told(&w, &commander, n).await, (false, vec!["case".to_owned()]), "person {n}");
    }
    // A repeat with its controls, on another plate, decides.
    let repeat = |n: usize, plate: &str| json!({"result_read": {"tube": format!("S{n}"), "plate": plate, "at": AT, "result": "negative"}});
    assert_eq!(rule(&post(&[repeat(0, "P1")]).await), "result.repeat_plate");
    assert_eq!(rule(&post(&[plate("P2", AT), repeat(1, "P2")]).await), "result.positive_before", "S1 was never called wrong");
    assert_eq!(post(&[plate("P2", AT), repeat(0, "P2")]).await.status, 201);
    assert_eq!(told(&w, &commander, 0).await, (true, vec![]));
    assert_eq!(open(&w, &commander, "confirm_correction").await, []);
    w.verify().await;
}

/// KoBo (kobotoolbox/kobocat#470): "is it there? then insert" by two requests at once stored submissions twice.
#[tokio::test(flavor = "multi_thread")]
async fn kobo_the_race_between_check_and_insert() {
    let w = World::county(40).await;
    let token = w.token(Role::Sampler, TOWN_1).await;
    let before = w.seq().await;
    // The same submission by 32 connections at the same moment: one effect, one receipt, everyone told so.
    let body = submission(fresh_submission(), &swabs("K1", A, 0..5, AT)).to_string();
    let replies = at_once(&w, &token, vec![body; 32]).await;
    let seqs: std::collections::BTreeSet<i64> = replies.iter().map(|r| r.json()["seq"].as_i64().unwrap()).collect();
    assert_eq!((seqs.len(), replies.iter().filter(|r| r.status == 201).count(), w.seq().await), (1, 1, before + 1), "{seqs:?}");
    // The same swab under an id of its own from each of 32 devices: one is taken, the others are told that the person is in the tube.
    let bodies = (0..32).map(|_| submission(fresh_submission(), &swabs("K2", A, 7..8, AT)).to_string()).collect();
    let replies = at_once(&w, &token, bodies).await;
    assert_eq!(replies.iter().filter(|r| r.status == 201).count(), 1);
    assert!(replies.iter().filter(|r| r.status != 201).all(|r| rule(r) == "tube.person_twice"));
    // Two devices list the same newcomer and swab them into the same tube: the person is there once, and so is the swab.
    let newcomer = json!({"person_listed": {"person": person(A, 99), "name": "新来", "sex": "male", "home": format!("{A}.c1.b1.u1.0000")}});
    let both = |_| submission(fresh_submission(), &[vec![newcomer.clone()], swabs("K3", A, 99..100, AT)].concat()).to_string();
    let replies = at_once(&w, &token, (0..8).map(both).collect()).await;
    assert_eq!(replies.iter().filter(|r| r.status == 201).count(), 1);
    assert_eq!(w.count("SELECT count(*) FROM quell.registration").await, 5 + 1 + 1);
    assert_eq!(w.count("SELECT count(*) FROM quell.person WHERE name = '新来'").await, 1);
    assert_eq!(w.count("SELECT sum(members)::bigint FROM quell.tube").await, 7);
    assert_eq!(w.seq().await, before + 3);
    w.verify().await;
}

/// Posts each on a connection of its own, all at the same time.
async fn at_once(w: &World, token: &str, bodies: Vec<String>) -> Vec<Reply> {
    let barrier = std::sync::Arc::new(tokio::sync::Barrier::new(bodies.len()));
    let mut posts = tokio::task::JoinSet::new();
    for body in bodies {
        let (address, token, barrier) = (w.address, token.to_owned(), barrier.clone());
        posts.spawn(async move {
            barrier.wait().await;
            call(address, "POST", "/v1/submissions", &[("authorization", &token)], body).await
        });
    }
    posts.join_all().await
}

/// ODK Collect (getodk/getodk#1017): a form was deleted from the phone although sending had failed. A device deletes only what a
/// receipt proves: the receipt's hash is that of what it sent, and it can ask at any time whether a submission is in the book.
#[tokio::test(flavor = "multi_thread")]
async fn odk_a_form_is_deleted_only_on_a_receipt_that_proves_it() {
    let w = World::county(4).await;
    let token = w.token(Role::Sampler, TOWN_1).await;
    let sent = submission(fresh_submission(), &swabs("D1", A, 0..3, AT));
    let path = format!("/v1/submissions/{}", sent["id"].as_str().unwrap());
    let missing = w.get(&path, &token).await;
    assert_eq!((missing.status, missing.problem().as_str()), (404, "no-submission"), "kept on the device");
    // The send fails on the way: half of it arrives.
    let half = sent.to_string();
    let broken = w.call("POST", "/v1/submissions", &token, half[..half.len() / 2].to_owned()).await;
    assert_eq!((broken.status, w.get(&path, &token).await.status), (400, 404));
    // A refusal is no receipt either.
    let wrong = submission(fresh_submission(), &swabs("D1", A, 90..91, AT));
    assert_eq!(rule(&w.post(&token, &wrong).await), "person.unknown");
    assert_eq!(w.get(&format!("/v1/submissions/{}", wrong["id"].as_str().unwrap()), &token).await.status, 404);

    let receipt = w.post(&token, &sent).await;
    assert_eq!(receipt.status, 201);
    let wanted = content_hash(&sent.to_string()).to_string();
    assert_eq!(receipt.json()["content_hash"], json!(wanted), "the hash is that of what was sent");
    let asked = w.get(&path, &token).await;
    assert_eq!((asked.status, &asked.json()["content_hash"]), (200, &json!(wanted)));
    // Another form under the same id is not taken for this one.
    let mut other = sent.clone();
    other["facts"] = json!(swabs("D2", A, 3..4, AT));
    let reused = w.post(&token, &other).await;
    assert_eq!((reused.status, reused.problem().as_str()), (409, "id-reused"));
    assert_ne!(content_hash(&other.to_string()).to_string(), wanted);
    w.verify().await;
}

/// Immensa, Wolverhampton, 2 September to 12 October 2021: a threshold set wrong made about 39,000 positives negative; local directors of
/// public health saw it in their shares first, the first alert was on 14 September, the stop on 12 October (UKHSA investigation).
#[tokio::test(flavor = "multi_thread")]
async fn immensa_2021_a_laboratory_whose_positive_share_falls() {
    const EACH: usize = 500;
    let w = World::county(2 * EACH).await;
    let laboratories: Vec<String> = (1..=4).map(|n| format!("{ROOT}.lab{n}")).collect();
    let list = |l: &String| json!({"place_listed": {"place": l, "kind": "laboratory", "name": l}});
    w.say(&laboratories.iter().map(list).collect::<Vec<_>>()).await;
    let commander = w.token(Role::Commander, ROOT).await;
    let mut tokens = Vec::new();
    for (n, laboratory) in laboratories.iter().enumerate() {
        tokens.push(w.token(Role::Laboratory, laboratory).await);
        let (community, from) = ([A, B][n / 2], n % 2 * EACH);
        let tubes: Vec<String> = (0..EACH).map(|i| format!("L{n}-{i}")).collect();
        let swabs: Vec<Value> = tubes.iter().enumerate().flat_map(|(i, t)| swabs(t, community, from + i..from + i + 1, AT)).collect();
        w.say(&swabs).await;
        w.say(&[json!({"received": {"laboratory": laboratory, "tubes": tubes, "condition": "adequate", "at": AT}})]).await;
    }
    // Two of 25 are positive; in the second laboratory one of 50.
    let mut alarm = None;
    for from in (0..EACH).step_by(50) {
        for (n, token) in tokens.iter().enumerate() {
            let positive = |i: usize| if n == 1 { i.is_multiple_of(50) } else { i % 25 < 2 };
            let read = |i: usize| {
                let result = if positive(i) { "positive" } else { "negative" };
                json!({"result_read": {"tube": format!("L{n}-{i}"), "at": AT, "result": result}})
            };
            let facts: Vec<Value> = (from..from + 50).map(read).collect();
            assert_eq!(w.post(token, &submission(fresh_submission(), &facts)).await.status, 201);
        }
        if alarm.is_none() && !open(&w, &commander, "review_laboratory").await.is_empty() {
            alarm = Some(from + 50);
        }
    }
    println!("alarm after {alarm:?} tubes of each laboratory");
    assert!(alarm.is_some_and(|n| n <= EACH), "within a day of data");
    assert_eq!(open(&w, &commander, "review_laboratory").await, [(laboratories[1].clone(), "commander".to_owned())]);
    let review = |reason: &str| {
        let decision = json!({"decider": "county command", "reason": reason});
        submission(fresh_submission(), &[json!({"laboratory_reviewed": {"laboratory": laboratories[1], "decision": decision, "at": AT}})])
    };
    assert_eq!(w.post(&tokens[1], &review("all is well")).await.status, 403, "not by the laboratory itself");
    assert_eq!(rule(&w.post(&commander, &review("")).await), "review.reason");
    assert_eq!(w.post(&commander, &review("the threshold was set wrong; its tubes are read again elsewhere")).await.status, 201);
    assert_eq!(open(&w, &commander, "review_laboratory").await, []);
    w.verify().await;
}

/// SORMAS (SORMAS-Foundation/SORMAS-Project#403): what a device had not sent yet was dropped when its account's access was revoked.
#[tokio::test(flavor = "multi_thread")]
async fn sormas_a_device_whose_account_was_revoked_before_it_could_upload() {
    let w = World::county(20).await;
    let (phone, commander) = (w.token(Role::Sampler, TOWN_1).await, w.token(Role::Commander, ROOT).await);
    revoke(&w, Role::Sampler, TOWN_1).await;
    // At 20:00; the swabs are of 19:00, and a token that was checked is trusted for half a minute.
    w.app.clock.set(time(NOW).plus(quell_foundation::Span(60)));
    let held = submission(fresh_submission(), &swabs("P1", A, 0..3, AT));
    let taken = w.post(&phone, &held).await;
    assert_eq!(taken.status, 201, "{taken:?}");
    assert_eq!(w.post(&phone, &held).await.json()["repeat"], json!(true));
    assert_eq!(w.post(&phone, &submission(fresh_submission(), &swabs("P2", A, 3..6, AT))).await.status, 201);
    assert_eq!(w.count("SELECT count(*) FROM quell.registration").await, 6);
    // One look is owed, by the command, however often the phone hands in; the log shows whose facts these are.
    let owed = open(&w, &commander, "review_hand_in").await;
    assert_eq!(owed, [(format!("sampler@{TOWN_1}"), "commander".to_owned())]);
    let by_the_phone = format!("SELECT count(*) FROM quell.submission WHERE sender = 'sampler@{TOWN_1}'");
    assert_eq!(w.count(&by_the_phone).await, 4, "two hand-ins, each with its notice");

    // What happened afterwards, and what has no time, is refused with what to do; nothing can be read.
    for facts in [
        swabs("P3", A, 6..7, "2022-11-26T20:00:30+08:00"),
        vec![json!({"overdue_owned": {"kind": "seal", "place": A, "owner": "o", "reason": "r"}})],
    ] {
        let refused = w.post(&phone, &submission(fresh_submission(), &facts)).await;
        assert_eq!((refused.status, refused.problem().as_str()), (403, "revoked"));
        assert!(refused.json().to_string().contains("give the device to the commander"), "{refused:?}");
    }
    let zh = [("authorization", phone.as_str()), ("accept-language", "zh-CN")];
    let late = submission(fresh_submission(), &swabs("P3", A, 6..7, "2022-11-26T20:00:30+08:00"));
    let said = call(w.address, "POST", "/v1/submissions", &zh, late.to_string()).await.json();
    assert!(said.to_string().contains("请保留在设备上并将设备交给指挥员"), "{said}");
    let read = w.get("/v1/day", &phone).await;
    assert_eq!((read.status, read.problem().as_str()), (401, "revoked"));
    let listed = w.get(&format!("/v1/items/open?kind=review_hand_in&place={ROOT}"), &commander).await.json();
    let review = json!({"hand_in_reviewed": {"duty": listed["items"][0]["duty_id"], "at": AT,
        "decision": {"decider": "county command", "reason": "compared with the station's paper list"}}});
    assert_eq!(w.post(&commander, &submission(fresh_submission(), &[review])).await.status, 201);
    assert_eq!(open(&w, &commander, "review_hand_in").await, []);
    assert_eq!(w.post(&phone, &submission(fresh_submission(), &swabs("P4", A, 8..9, AT))).await.status, 201);
    assert_eq!(open(&w, &commander, "review_hand_in").await.len(), 1, "what comes after a review needs another one");
    // A month later the door is shut.
    w.app.clock.set(time(NOW).plus(quell_foundation::Span::days(31)));
    assert_eq!(w.post(&phone, &held).await.status, 401);
    w.verify().await;
}

async fn revoke(w: &World, role: Role, at: &str) {
    let mut c = w.app.db.connection().await.unwrap();
    let name = quell_foundation::AccountId::new(format!("{role}@{at}")).unwrap();
    let account = accounts::find(&c, BOOK, &name).await.unwrap().unwrap();
    accounts::put(&mut c, &accounts::Account { active: false, ..account }, "test", w.app.clock.now()).await.unwrap();
}

/// Tangerine (Tangerine-Community/Tangerine#2722): two people edited the same record, and the later one silently overwrote the other.
#[tokio::test(flavor = "multi_thread")]
async fn tangerine_an_edit_that_silently_overwrites_another() {
    let w = World::county(4).await;
    let (worker, investigator) = (w.token(Role::CommunityWorker, TOWN_1).await, w.token(Role::Investigator, ROOT).await);
    let p = person(A, 0);
    let looked = async |token: &str| w.get(&format!("/v1/persons/{p}"), token).await.json();
    let edit = |phone: &str, home: usize, seen: Option<i64>| {
        let mut fact =
            json!({"person": p, "name": format!("居民{A}0"), "sex": "female", "home": format!("{A}.c1.b1.u1.{home:04}"), "phone": phone});
        if let Some(n) = seen {
            fact["seen"] = n.into();
        }
        submission(fresh_submission(), &[json!({"person_listed": fact})])
    };
    // Both look at the same version.
    let (a, b) = (looked(&worker).await["listed_seq"].as_i64(), looked(&investigator).await["listed_seq"].as_i64());
    assert!(a.is_some() && a == b);
    assert_eq!(w.post(&worker, &edit("13800000001", 0, None)).await.status, 201, "what nobody has said yet is added");
    let stale = w.post(&investigator, &edit("13900000002", 1, b)).await;
    assert_eq!(rule(&stale), "person.changed_since");
    let text = stale.json().to_string();
    assert!(text.contains("phone: 13800000001 → 13900000002") && text.contains("0000 → ") && text.contains("电话"), "both values: {text}");
    let unseen = w.post(&investigator, &edit("13900000002", 0, None)).await;
    assert_eq!(rule(&unseen), "person.overwrites");
    assert_eq!(looked(&worker).await["phone"], json!("13800000001"));
    // Having looked again the second edit is taken; both are in the log.
    let now = looked(&investigator).await["listed_seq"].as_i64();
    assert_eq!(w.post(&investigator, &edit("13900000002", 1, now)).await.status, 201);
    assert_eq!(looked(&worker).await["phone"], json!("13900000002"));
    let late = w.post(&worker, &edit("13800000003", 0, now)).await;
    assert_eq!(rule(&late), "person.changed_since", "nor the other way round");
    w.verify().await;
}
