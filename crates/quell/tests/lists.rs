//! The lists of the chain over HTTP, along one small chain: who is to be sampled, the boxes, the plate before and after it is handed in,
//! the transfer of the case that it finds, the zone around it. Each list is asked as the role that works with it, and as one of the
//! township next to it, which sees nothing of it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::*;
use quell_book::Role;
use serde_json::{Value, json};

const AT: &str = "2022-11-26T18:00:00+08:00";

async fn get(w: &World, path: &str, token: &str) -> Value {
    let reply = w.get(path, token).await;
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
    reply.json()
}

async fn items(w: &World, path: &str, token: &str) -> Vec<Value> {
    get(w, path, token).await["items"].as_array().unwrap().clone()
}

/// One field of each item.
async fn each(w: &World, path: &str, token: &str, field: &str) -> Vec<String> {
    items(w, path, token).await.iter().map(|i| i[field].as_str().unwrap_or_else(|| panic!("{field}: {i}")).to_owned()).collect()
}

/// Follows `next` to the end; the field of all items.
async fn pages(w: &World, path: &str, token: &str, field: &str) -> Vec<String> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let encoded: String = after.bytes().map(|b| format!("%{b:02X}")).collect();
        let page = get(w, &format!("{path}{}", if after.is_empty() { String::new() } else { format!("&after={encoded}") }), token).await;
        found.extend(page["items"].as_array().unwrap().iter().map(|i| i[field].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => return found,
        }
    }
}

async fn said(w: &World, token: &str, facts: &[Value]) {
    let reply = w.post(token, &submission(fresh_submission(), facts)).await;
    assert_eq!(reply.status, 201, "{reply:?}");
}

fn round() -> Value {
    json!({"round_opened": {"round": "R1", "name": "第一轮", "scope": [ROOT], "at": "2022-11-26T17:00:00+08:00"}})
}

fn in_round(mut facts: Vec<Value>) -> Vec<Value> {
    facts.iter_mut().for_each(|f| f["registered"]["round"] = "R1".into());
    facts
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tree_of_places() {
    let w = World::county(2).await;
    w.say(&[json!({"place_listed": {"place": format!("{A}.c1"), "kind": "building", "name": "A栋", "name_en": "Tower A"}})]).await;
    let all = w.token(Role::Courier, ROOT).await;
    assert_eq!(each(&w, "/v1/places", &all, "place").await, [TOWN_1, TOWN_2, HALL, LABORATORY]);
    let root = get(&w, &format!("/v1/places/{ROOT}"), &all).await;
    assert_eq!((&root["name"], &root["children"], &root["names"]), (&json!("巫山县"), &json!(4), &json!([])));
    let below = items(&w, &format!("/v1/places?under={A}"), &all).await;
    assert_eq!(below.len(), 2, "{below:?}");
    assert_eq!((&below[0]["names"], &below[0]["children"]), (&json!(["高唐街道", "社区甲"]), &json!(0)));
    w.say(&[json!({"place_listed": {"place": format!("{A}.c1.u1"), "kind": "unit", "name": "一单元"}})]).await;
    let unit = get(&w, &format!("/v1/places/{A}.c1.u1"), &all).await;
    assert_eq!((&unit["names"], &unit["names_en"]), (&json!(["高唐街道", "社区甲", "A栋"]), &json!(["高唐街道", "社区甲", "Tower A"])));
    let by = async |query: &str| each(&w, &format!("/v1/places?{query}"), &all, "place").await;
    assert_eq!(by("text=%E7%AB%99").await, [STATION_A, STATION_B], "by a part of the name");
    assert_eq!(by("text=tower").await, [format!("{A}.c1")], "by the English name, whatever its letters");
    assert_eq!(by(&format!("text={TOWN_2}")).await, [TOWN_2, B, STATION_B], "by the code");
    assert_eq!(by("kind=laboratory").await, [LABORATORY]);
    assert_eq!(pages(&w, "/v1/places?kind=station&limit=1", &all, "place").await, [STATION_A, STATION_B]);
    assert_eq!(by("text=%25").await, [""; 0], "a sign of a pattern is a sign");
    // The township next to it: its own, and what it lies in.
    let own = w.token(Role::Courier, TOWN_2).await;
    assert_eq!(each(&w, "/v1/places?kind=station", &own, "place").await, [STATION_B]);
    assert_eq!(w.get(&format!("/v1/places?under={TOWN_1}"), &own).await.status, 403);
    assert_eq!(w.get(&format!("/v1/places/{A}"), &own).await.status, 404);
    assert_eq!(get(&w, &format!("/v1/places/{ROOT}"), &own).await["name"], "巫山县");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_station_takes_with_it() {
    let w = World::county(6).await;
    w.say(&[round()]).await;
    let zone =
        json!({"zone_designated": {"place": format!("{A}.c1.b1"), "level": "high", "reason": "a case", "decider": "command", "at": AT}});
    w.say(&[zone]).await;
    w.say(&in_round(vec![json!({"registered": {"tube": "T1", "person": person(B, 0), "station": STATION_B, "at": AT, "mode": "pooled"}})]))
        .await;
    w.say(&[json!({"roster_waived": {"round": "R1", "person": person(B, 1), "reason": "away", "decider": "command"}})]).await;
    let sampler = w.token(Role::Sampler, TOWN_1).await;
    let path = "/v1/rounds/R1/people?";
    let people = items(&w, path, &sampler).await;
    assert_eq!(people.len(), 6);
    assert!(people.windows(2).all(|p| p[0]["home"].as_str() <= p[1]["home"].as_str()), "household by household");
    assert_eq!(pages(&w, &format!("{path}limit=4"), &sampler, "person_id").await.len(), 6);
    let one = &people[0];
    assert_eq!((&one["home_names"], &one["standing"]), (&json!(["高唐街道", "社区甲"]), &json!("at_home")));
    let asked = w.get(&format!("/v1/persons/{}/code", one["person_id"].as_str().unwrap()), &sampler).await.json();
    assert_eq!(asked["code"], one["code"], "the code of the door");

    // The tube is the one that the door asks for.
    let mode = one["tube_mode"].as_str().unwrap();
    assert_ne!(mode, "pooled", "a building with a case");
    let swab = |mode: &str| json!({"registered": {"tube": "TA", "person": one["person_id"], "station": STATION_A, "at": AT, "mode": mode, "round": "R1"}});
    let wrong = w.post(&sampler, &submission(fresh_submission(), &[swab("pooled")])).await;
    assert_eq!(wrong.json()["refusal"]["rule"], "tube.wrong_mode", "{wrong:?}");
    said(&w, &sampler, &[swab(mode)]).await;
    let people = items(&w, path, &sampler).await;
    assert_eq!((&people[0]["tube"], people[1]["sampled_at"].is_null()), (&json!("TA"), true));
    assert!(!people[0]["sampled_at"].is_null());

    let other = w.token(Role::CommunityWorker, TOWN_2).await;
    let there = items(&w, path, &other).await;
    assert!(there.len() == 6 && there.iter().all(|p| p["home"].as_str().unwrap().starts_with(B)), "{there:?}");
    assert!(there.iter().all(|p| p["tube_mode"] == "pooled"), "no zone there");
    let of = |n: usize| there.iter().find(|p| p["person_id"] == json!(person(B, n))).unwrap();
    assert_eq!((&of(0)["tube"], of(1)["waived"].is_null()), (&json!("T1"), false));
    assert_eq!(w.get("/v1/rounds/R9/people", &other).await.status, 404);
    assert_eq!(w.get(&format!("/v1/rounds/R1/people?place={A}"), &other).await.status, 403);
    let looks = w.count("SELECT sum(rows)::bigint FROM quell.audit WHERE kind = 'look' AND what = '/v1/rounds/{round}/people'").await;
    assert_eq!(looks, 6 + 6 + 6 + 6, "every look is written down, with how many were shown");

    // The same round by place.
    let commander = w.token(Role::Commander, ROOT).await;
    let places = items(&w, "/v1/rounds/R1/places", &commander).await;
    let line = |p: &Value| {
        format!(
            "{} {} {} {} {} {} {}",
            p["name"].as_str().unwrap(),
            p["should"],
            p["sampled"],
            p["waived"],
            p["open"],
            p["resulted"],
            p["pending"]
        )
    };
    assert_eq!(places.iter().map(line).collect::<Vec<_>>(), ["高唐街道 6 1 0 5 0 1", "龙门街道 6 1 1 4 0 1"]);
    assert_eq!(each(&w, "/v1/rounds/R1/places", &other, "place").await, [B]);
    assert_eq!(w.get("/v1/rounds/R9/places", &other).await.status, 404);
    w.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_from_the_station_to_the_laboratory() {
    let w = World::county(8).await;
    for (tube, community) in [("T1", A), ("T2", A), ("T3", B)] {
        let who = if tube == "T2" { 4..8 } else { 0..4 };
        let mut facts = swabs(tube, community, who, AT);
        facts.push(json!({"tube_sealed": {"tube": tube, "at": AT}}));
        w.say(&facts).await;
    }
    let packed = |code: &str, tubes: &[&str]| json!({"box_packed": {"box": code, "tubes": tubes, "at": "2022-11-26T18:10:00+08:00"}});
    w.say(&[packed("BX1", &["T1", "T2"]), packed("BX2", &["T3"])]).await;
    let (courier, laboratory) = (w.token(Role::Courier, ROOT).await, w.token(Role::Laboratory, LABORATORY).await);
    let (own, other) = (w.token(Role::Sampler, TOWN_1).await, w.token(Role::Sampler, TOWN_2).await);
    let list = async |state: &str, token: &str| each(&w, &format!("/v1/boxes?state={state}"), token, "box").await;
    assert_eq!((list("packed", &courier).await, list("on_the_way", &courier).await), (vec!["BX1".into(), "BX2".into()], vec![]));
    assert_eq!((list("packed", &own).await, list("packed", &other).await), (vec!["BX1".to_owned()], vec!["BX2".to_owned()]));
    let handed =
        json!({"handed_over": {"box": "BX1", "from": "甲站", "to": "courier 7", "at": "2022-11-26T18:20:00+08:00", "temperature": 4.5}});
    said(&w, &courier, &[handed]).await;
    let way = items(&w, "/v1/boxes?state=on_the_way", &laboratory).await;
    assert_eq!(way.len(), 1);
    let b = &way[0];
    assert_eq!(
        (&b["holder"], &b["tubes"], &b["waiting"], &b["people"], &b["place_name"]),
        (&json!("courier 7"), &json!(2), &json!(2), &json!(8), &json!("社区甲"))
    );
    assert!(!b["due"].is_null() && !b["left_at"].is_null() && b["received_at"].is_null() && b["condition"].is_null(), "{b}");
    assert_eq!(pages(&w, "/v1/boxes?limit=1", &courier, "box").await.len(), 2);

    let view = get(&w, "/v1/boxes/BX1", &laboratory).await;
    assert_eq!((view["contents"].as_array().unwrap().len(), &view["contents"][0]["people"]), (2, &json!(4)));
    let h = &view["hand_overs"][0];
    assert_eq!((&h["from"], &h["to"], &h["temperature_c"]), (&json!("甲站"), &json!("courier 7"), &json!(4.5)));
    assert_eq!((w.get("/v1/boxes/BX1", &own).await.status, w.get("/v1/boxes/BX1", &other).await.status), (200, 404));

    let received = |code: &str, tubes: &[&str], more: Value| {
        let mut f =
            json!({"laboratory": LABORATORY, "box": code, "tubes": tubes, "condition": "adequate", "at": "2022-11-26T19:00:00+08:00"});
        f.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"received": f})
    };
    said(&w, &laboratory, &[received("BX1", &["T1"], json!({}))]).await;
    let part = get(&w, "/v1/boxes/BX1", &courier).await;
    assert_eq!((&part["state"], &part["waiting"]), (&json!("on_the_way"), &json!(1)), "one tube is missing");
    said(&w, &laboratory, &[received("BX1", &["T2"], json!({}))]).await;
    let b = &items(&w, "/v1/boxes?state=received", &laboratory).await[0];
    assert_eq!(
        (&b["box"], &b["laboratory_name"], &b["condition"], &b["due"]),
        (&json!("BX1"), &json!("县疾控"), &json!("adequate"), &Value::Null)
    );
    // Another laboratory sees what nobody has received, and not this.
    w.say(&[json!({"place_listed": {"place": format!("{ROOT}.lab2"), "kind": "laboratory", "name": "二院"}})]).await;
    let second = w.token(Role::Laboratory, &format!("{ROOT}.lab2")).await;
    assert_eq!(each(&w, "/v1/boxes", &second, "box").await, ["BX2"]);
    assert_eq!(w.get("/v1/boxes/BX1", &second).await.status, 404);
    said(&w, &second, &[json!({"received": {"laboratory": format!("{ROOT}.lab2"), "box": "BX2", "tubes": [], "condition": "not_adequate", "reason": "leaked", "at": "2022-11-26T19:00:00+08:00"}})]).await;
    let b = get(&w, "/v1/boxes/BX2", &courier).await;
    assert_eq!((&b["state"], &b["condition"]), (&json!("received"), &json!("not_adequate")));
    w.verify().await;
}

/// T1 and T2 pools of four, T3 and T4 singles; received by the laboratory, but for T4.
async fn county_with_tubes() -> World {
    let w = World::county(12).await;
    let at_10 = "2022-11-26T18:00:00+08:00";
    for (tube, who, mode) in [("T1", 0..4, "pooled"), ("T2", 4..8, "pooled"), ("T3", 8..9, "single"), ("T4", 9..10, "single")] {
        let mut facts = swabs(tube, A, who, at_10);
        facts.iter_mut().for_each(|f| f["registered"]["mode"] = mode.into());
        facts.push(json!({"tube_sealed": {"tube": tube, "at": at_10}}));
        w.say(&facts).await;
    }
    w.say(&[json!({"received": {"laboratory": LABORATORY, "tubes": ["T1", "T2", "T3"], "condition": "adequate", "at": "2022-11-26T19:00:00+08:00"}})]).await;
    w
}

const PLATE: &str = "孔位,样本编号,质控,ORF1ab Ct,N Ct,内标,结果\nA1,,阳性对照,28,29,25,阳性\nA2,,阴性对照,,,26,阴性\nA3,T1,,,,25,阴性\n\
    A4,T2,,31.2,30.1,25,阳性\nA5,T3,,24,25,26,阳性\nA6,T4,,,,25,阴性\nA7,T99,,,,25,阴性\nA8,T5,,喵,,25,阴性\n";

async fn preview(w: &World, token: &str, query: &str, file: impl Into<bytes::Bytes>) -> Value {
    let reply = w.call("POST", &format!("/v1/results/preview?{query}"), token, file).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

fn rules(p: &Value) -> Vec<(Option<u64>, String)> {
    p["refused"].as_array().unwrap().iter().map(|r| (r["row"].as_u64(), r["rule"].as_str().unwrap().to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plate_is_looked_at_before_it_is_handed_in() {
    let w = county_with_tubes().await;
    let lab = w.token(Role::Laboratory, LABORATORY).await;
    let seq = w.seq().await;
    let p = preview(&w, &lab, "plate=P1", PLATE).await;
    assert_eq!(w.seq().await, seq, "looking writes nothing");
    let line = |l: &Value| {
        format!(
            "{} {} {} {} {}",
            l["well"].as_str().unwrap(),
            l["tube"].as_str().unwrap(),
            l["result"].as_str().unwrap(),
            l["effect"].as_str().unwrap(),
            l["people"]
        )
    };
    assert_eq!(
        p["lines"].as_array().unwrap().iter().map(line).collect::<Vec<_>>(),
        ["A3 T1 negative release 4", "A4 T2 positive recall 4", "A5 T3 positive case 1", "A7 T99 negative unknown_tube 0"]
    );
    assert_eq!(
        p["totals"],
        json!({"release": 1, "recall": 1, "case": 1, "retest": 0, "unknown_tube": 1, "people_released": 4, "people_recalled": 4})
    );
    let controls: Vec<_> =
        p["controls"].as_array().unwrap().iter().map(|c| (c["well"].clone(), c["kind"].clone(), c["passed"].clone())).collect();
    assert_eq!(controls, [(json!("A1"), json!("positive"), json!(true)), (json!("A2"), json!("negative"), json!(true))]);
    assert_eq!(p["lines"][1]["cts"], json!([{"gene": "N", "ct": 30.1}, {"gene": "ORF1ab", "ct": 31.2}]));
    let found = rules(&p);
    assert_eq!(found.len(), 3, "{p}");
    assert!(found.contains(&(Some(7), "result.not_received".into())) && found.contains(&(Some(8), "tube.unknown".into())), "{found:?}");
    let bad = &p["refused"].as_array().unwrap().iter().find(|r| r["row"] == 9).unwrap();
    assert!(bad["column"].as_str().unwrap().contains("ORF1ab") && bad["zh"] != bad["en"], "{bad}");

    // What the page then says has just these effects.
    let facts = p["facts"].as_array().unwrap();
    assert_eq!(facts.len(), 4, "{facts:?}");
    said(&w, &lab, facts).await;
    let open = async |kind: &str| w.count(&format!("SELECT count(*) FROM quell.duty WHERE kind = '{kind}' AND state = 'open'")).await;
    assert_eq!((open("recall").await, open("report").await), (4, 1));
    let commander = w.token(Role::Commander, ROOT).await;
    let plates = items(&w, "/v1/plates", &lab).await;
    let q = &plates[0];
    assert_eq!(
        (plates.len(), &q["plate"], &q["wells"], &q["positive"], &q["valid"], &q["laboratory_name"]),
        (1, &json!("P1"), &json!(3), &json!(2), &json!(true), &json!("县疾控"))
    );
    assert_eq!(items(&w, "/v1/plates", &commander).await, plates);
    assert_eq!(items(&w, "/v1/plates", &w.token(Role::Commander, TOWN_1).await).await, [] as [Value; 0], "no laboratory of theirs");
    // The same file again, and a plate whose control failed.
    let again = preview(&w, &lab, "plate=P1", PLATE).await;
    assert_eq!((&again["facts"], again["refused"][0]["row"].is_null()), (&json!([]), true), "{again}");
    let failed = PLATE.replace("A1,,阳性对照,28,29,25,阳性", "A1,,阳性对照,,,25,阴性");
    let failed = preview(&w, &lab, "plate=P2", failed).await;
    assert_eq!((&failed["valid"], failed["facts"].as_array().unwrap().len()), (&json!(false), 1), "the failed plate itself goes on record");
    assert!(failed["lines"].as_array().unwrap().iter().all(|l| l["effect"] == "unknown_tube"), "{failed}");
    w.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_no_plates_are_told_what_is_wrong() {
    let w = county_with_tubes().await;
    let lab = w.token(Role::Laboratory, LABORATORY).await;
    let files: [&[u8]; 7] = [
        b"",
        b"\0\0\0\xff\xfe",
        b"PK\x03\x04 no workbook",
        b"<html>",
        b"a,b\n1,2\n",
        "样本编号,结果\nT1,阴性\n".as_bytes(),
        b"\"never closed",
    ];
    for file in files {
        let p = preview(&w, &lab, "plate=P1", file.to_vec()).await;
        assert_eq!((&p["facts"], &p["valid"], &p["lines"]), (&json!([]), &json!(false), &json!([])), "{p}");
        let told = &p["refused"][0];
        assert!(told["en"].as_str().unwrap().len() > 10 && told["zh"].as_str().unwrap().len() > 10 && told["en"] != told["zh"], "{told}");
    }
    let vouched = preview(&w, &lab, "plate=P1&controls_ok=true", "样本编号,结果\nT1,阴性\n").await;
    assert_eq!((&vouched["valid"], vouched["facts"].as_array().unwrap().len()), (&json!(true), 2));
    let reply = w
        .call("POST", &format!("/v1/results/preview?plate=P1&laboratory={LABORATORY}"), &w.token(Role::Laboratory, TOWN_1).await, PLATE)
        .await;
    assert_eq!((reply.status, reply.problem().as_str()), (403, "scope"), "another laboratory's plate");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_moved_and_by_which_vehicle() {
    let w = World::county(4).await;
    let (case, transfer) = (fresh_submission(), fresh_submission());
    let who = person(A, 0);
    w.say(&[json!({"case_listed": {"case": case, "person": who, "classification": "confirmed", "severity": "mild", "at": AT}})]).await;
    w.say(&[json!({"transfer_requested": {"transfer": transfer, "person": who, "at": AT}})]).await;
    let dispatcher = w.token(Role::Dispatcher, ROOT).await;
    let (own, other) = (w.token(Role::Investigator, TOWN_1).await, w.token(Role::Investigator, TOWN_2).await);
    let ward = w.token(Role::Ward, HALL).await;
    let t = &items(&w, "/v1/transfers?open=true", &dispatcher).await[0];
    assert_eq!(
        (&t["state"], &t["kind"], &t["severity"], &t["person_id"]),
        (&json!("requested"), &json!("case"), &json!("mild"), &json!(who))
    );
    assert_eq!((&t["from_name"], t["due"].is_null()), (&json!("社区甲"), false));
    assert_eq!(items(&w, "/v1/transfers", &ward).await, [] as [Value; 0], "nobody comes to it yet");
    let assigned = json!({"vehicle_assigned": {"transfer": transfer, "vehicle": "渝A12345", "facility": HALL, "at": "2022-11-26T18:30:00+08:00",
        "decision": {"reason": "nearest", "decider": "dispatch"}}});
    said(&w, &dispatcher, &[assigned]).await;
    let t = &items(&w, "/v1/transfers?state=assigned", &ward).await[0];
    assert_eq!((&t["to_name"], &t["vehicle"], &t["from"]), (&json!("方舱"), &json!("渝A12345"), &json!(format!("{A}.c1.b1.u1.0000"))));
    let busy = async |token: &str| items(&w, "/v1/vehicles", token).await;
    let v = busy(&dispatcher).await;
    assert_eq!((&v[0]["vehicle"], &v[0]["busy"], &v[0]["transfer_ids"]), (&json!("渝A12345"), &json!(true), &json!([transfer])));
    assert_eq!((busy(&own).await.len(), busy(&other).await.len(), busy(&ward).await.len()), (1, 0, 1));
    assert_eq!((items(&w, "/v1/transfers", &own).await.len(), items(&w, "/v1/transfers", &other).await.len()), (1, 0));
    w.say(&[json!({"picked_up": {"transfer": transfer, "at": "2022-11-26T19:00:00+08:00"}})]).await;
    w.say(&[json!({"arrived": {"transfer": transfer, "at": "2022-11-26T19:30:00+08:00"}})]).await;
    let t = &items(&w, "/v1/transfers?open=true", &dispatcher).await[0];
    assert_eq!((&t["state"], t["due"].is_null()), (&json!("arrived"), false), "in no bed yet");
    let v = busy(&dispatcher).await;
    assert_eq!((&v[0]["busy"], &v[0]["transfer_ids"], &v[0]["last_seen_at"]), (&json!(false), &json!([]), &t["arrived_at"]));
    w.say(&[json!({"admitted": {"stay": fresh_submission(), "person": who, "facility": HALL, "ward": "w1", "bed": 1, "at": "2022-11-26T19:40:00+08:00"}})]).await;
    assert_eq!(items(&w, "/v1/transfers?open=true", &dispatcher).await, [] as [Value; 0]);
    assert_eq!(each(&w, "/v1/transfers", &dispatcher, "state").await, ["admitted"]);
    w.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn zones_and_who_owns_what_is_overdue() {
    let w = World::county(4).await;
    let drawn = |place: &str, level: &str, at: &str| json!({"zone_designated": {"place": place, "level": level, "reason": "a case", "decider": "command", "at": at}});
    w.say(&[drawn(ROOT, "low", "2022-11-26T10:00:00+08:00"), drawn(A, "high", AT), drawn(B, "high", "2022-11-26T18:30:00+08:00")]).await;
    w.say(&[
        json!({"zone_lifted": {"place": B, "reason": "an error", "decider": "command", "at": "2022-11-26T19:00:00+08:00", "early": true}}),
    ])
    .await;
    let (all, own) = (w.token(Role::Commander, ROOT).await, w.token(Role::Sampler, TOWN_1).await);
    assert_eq!(each(&w, "/v1/zones", &all, "place").await, [B, A, ROOT], "the latest first");
    assert_eq!(pages(&w, "/v1/zones?limit=1", &all, "place").await, [B, A, ROOT]);
    let zones = items(&w, "/v1/zones?in_force=true", &own).await;
    assert_eq!(zones.iter().map(|z| z["place"].as_str().unwrap()).collect::<Vec<_>>(), [A, ROOT], "with the one that the township lies in");
    assert_eq!(
        (&zones[0]["place_name"], &zones[0]["names"], zones[0]["lift_due"].is_null()),
        (&json!("社区甲"), &json!(["高唐街道"]), false)
    );
    assert_eq!(each(&w, &format!("/v1/zones?place={TOWN_2}&in_force=true"), &all, "place").await, [ROOT]);

    // Two tubes are sealed too late, one in each community.
    for (tube, community) in [("T1", A), ("T2", B)] {
        let mut facts = swabs(tube, community, 0..1, "2022-11-26T10:00:00+08:00");
        facts[0]["registered"]["mode"] = "single".into();
        w.say(&facts).await;
    }
    let seal = async |token: &str| items(&w, "/v1/owners", token).await.into_iter().find(|l| l["kind"] == "seal").unwrap();
    let l = seal(&all).await;
    assert_eq!(
        (&l["role"], &l["open"], &l["overdue"], &l["owned"], &l["not_owned"]),
        (&json!("sampler"), &json!(2), &json!(2), &json!(0), &json!(2))
    );
    assert!(!l["oldest_due"].is_null());
    said(&w, &all, &[json!({"overdue_owned": {"kind": "seal", "place": TOWN_1, "owner": "station lead", "reason": "no tubes left"}})])
        .await;
    let l = seal(&all).await;
    assert_eq!((&l["owned"], &l["not_owned"], &l["owners"][0]["owner"]), (&json!(1), &json!(1), &json!("station lead")));
    let l = seal(&own).await;
    assert_eq!((&l["overdue"], &l["not_owned"]), (&json!(1), &json!(0)));
    let l = seal(&w.token(Role::Sampler, TOWN_2).await).await;
    assert_eq!((&l["overdue"], &l["not_owned"], &l["owners"]), (&json!(1), &json!(1), &json!([])));
    w.verify().await;
}
