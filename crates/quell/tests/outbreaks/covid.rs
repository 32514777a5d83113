//! COVID-19 in Wushan, November 2022, in one community of the built-in county. A pool of a screening round is positive; one of its ten is
//! infected. Household to the isolation site for five days and three at home, stairwell and queue watched; a second case has no known source.

use crate::common::*;
use quell_rehearse::County;
use std::collections::{BTreeMap, BTreeSet};

/// The community of the story, with what the county has for it; some households of one building and the next.
struct Slice {
    county: County,
    community: PlaceId,
    people: usize,
}

impl Slice {
    fn of_wushan(day: Day) -> Self {
        let county = quell_rehearse::wushan(7, 20_000, day);
        let of = |r: &quell_rehearse::Resident| r.home.as_str().split('.').take(4).collect::<Vec<_>>().join(".");
        let community = of(county.residents.iter().find(|r| of(r).starts_with("50.500237.")).unwrap());
        Self { county, community: PlaceId::new(&community).unwrap(), people: 40 }
    }
    fn facts(&self) -> Vec<Value> {
        let above = |p: &PlaceId| self.community.is_within(p) || p.is_within(&self.community);
        let wards = |p: &PlaceId| -> Vec<Value> {
            let f = self.county.facilities.iter().find(|f| f.place == *p);
            f.map(|f| f.wards.iter().map(|(ward, beds)| json!({"ward": ward, "beds": beds})).collect()).unwrap_or_default()
        };
        let has = |p: &PlaceId| {
            self.county.laboratories.iter().any(|l| l.place == *p)
                || self.county.facilities.iter().any(|f| f.place == *p)
                || self.county.stations.iter().any(|s| s.place == *p)
        };
        let rows = self.county.places.iter().filter(|p| p.id.is_within(&self.county.root) && (above(&p.id) || has(&p.id)));
        rows.map(|p| json!({"place_listed": {"place": p.id, "kind": p.kind, "name": p.name, "wards": wards(&p.id)}})).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wushan() {
    let mut s = Story::begin(
        "covid-2022-twenty",
        "path,kind,name\n50.500237,区县,巫山县\n50.500237.lab1,检测机构,县疾控\n50.500237.h9,定点医院,县人民医院\n",
    )
    .await;
    let slice = Slice::of_wushan(s.day(1));
    let (station, shelter, site) = ("50.500237.001.s01", "50.500237.fc01", "50.500237.iso01");
    s.w.say(&slice.facts()).await;
    let residents: Vec<_> = slice.county.residents.iter().filter(|r| r.home.is_within(&slice.community)).take(slice.people).collect();
    let listed: Vec<Value> = residents
        .iter()
        .map(|r| json!({"person_listed": {"person": r.id, "name": r.name, "sex": r.sex, "born": r.born, "phone": r.phone, "home": r.home}}))
        .collect();
    s.says(Role::CommunityWorker, &listed).await;
    s.evening(&[]).await;

    // 27 November: one round in 24 hours. Four tubes of ten, on their way in one box.
    let at = s.hour("07:00");
    s.says(Role::Commander, &[json!({"round_opened": {"round": "R1", "name": "第一轮", "scope": [slice.community], "at": at}})]).await;
    assert_eq!(s.open().await["sample"], 40);
    let mut swabs = Vec::new();
    for (n, r) in residents.iter().enumerate() {
        let minute = format!("{}T08:{:02}:00+08:00", s.day(0), n);
        swabs.push(json!({"registered": {"tube": format!("P{}", n / 10), "person": r.id, "station": station, "at": minute,
            "mode": "pooled", "round": "R1"}}));
    }
    let at_end = s.hour("09:00");
    let sealed = (0..4).map(|n| json!({"tube_sealed": {"tube": format!("P{n}"), "at": at_end}}));
    swabs.extend(sealed);
    swabs.push(json!({"box_packed": {"box": "X1", "tubes": ["P0", "P1", "P2", "P3"], "at": at_end}}));
    s.says(Role::Sampler, &swabs).await;
    assert_eq!(s.open().await, BTreeMap::from([("deliver".to_owned(), 4), ("result".to_owned(), 40)]));
    s.says(Role::Courier, &[json!({"handed_over": {"box": "X1", "from": "采样点", "to": "转运员", "at": at_end}})]).await;
    let at = s.hour("11:00");
    s.says(Role::Laboratory, &[json!({"received": {"laboratory": LABORATORY, "box": "X1", "condition": "adequate", "at": at}})]).await;
    let at = s.hour("14:00");
    let read = |tube: &str, result: &str, at: &str| json!({"result_read": {"tube": tube, "at": at, "result": result}});
    s.says(
        Role::Laboratory,
        &[read("P0", "positive", &at), read("P1", "negative", &at), read("P2", "negative", &at), read("P3", "negative", &at)],
    )
    .await;
    let recalled = s.owed("recall").await;
    assert_eq!((recalled.len(), recalled["刘国平"].as_str()), (10, "2022-11-27 18:00"), "the ten of the tube, within four hours");
    let round = s.sees(Role::Commander, "/v1/rounds/R1").await;
    assert_eq!((&round["below"][0]["sampled"], &round["below"][0]["should"]), (&json!(40), &json!(40)), "{round}");
    let at = s.hour("15:00");
    s.says(Role::Commander, &[json!({"round_closed": {"round": "R1", "at": at}})]).await;

    // Each of the ten singly: 吴江, sixteen years old, is infected.
    for (n, r) in residents.iter().take(10).enumerate() {
        s.swabbed(&format!("S{n}"), &r.id.to_string()).await;
    }
    assert_eq!(s.owed("recall").await.len(), 0);
    let at = s.hour("19:00");
    let all: Vec<Value> = (0..10).map(|n| read(&format!("S{n}"), if n == 6 { "positive" } else { "negative" }, &at)).collect();
    s.says(Role::Laboratory, &all).await;
    let boy = s.person("吴江").await;
    let cases = s.list("/v1/cases").await;
    assert_eq!(
        (each(&cases, "name"), &cases[0]["classification"], &cases[0]["setting"]),
        (vec!["吴江"], &json!("asymptomatic"), &json!("recall")),
        "{cases:?}"
    );
    let case = text(&cases[0]["case_id"]).to_owned();
    for (kind, due) in [
        ("report", "2022-11-27 21:00"),
        ("transfer", "2022-11-27 21:00"),
        ("investigate_core", "2022-11-27 23:00"),
        ("investigate_full", "2022-11-28 19:00"),
    ] {
        assert_eq!(s.owed(kind).await["吴江"], due, "{kind}");
    }

    // Reported, asked, brought to the shelter hospital; who lives with him, in his stairwell, stood in his queue.
    let at = s.hour("20:00");
    let questions = s.sees(Role::Investigator, "/v1/questions").await;
    let unknown: serde_json::Map<String, Value> =
        questions.as_array().unwrap().iter().map(|q| (text(&q["id"]).to_owned(), json!("unknown"))).collect();
    let filed = |part: &str| json!({"investigation_filed": {"case": case, "part": part, "at": at}});
    let asked = json!({"interviewed": {"case": case, "interviewer": "流调一组", "answers": unknown, "at": at}});
    s.says(
        Role::Investigator,
        &[json!({"report_filed": {"case": case, "receipt": "ZW-1", "at": at}}), asked, filed("core"), filed("full")],
    )
    .await;
    s.brought(&boy, "boy", shelter, "w1", 1).await;
    let found = s.list(&format!("/v1/cases/{case}/candidates?limit=1000")).await;
    assert_eq!(found.len(), 2 + 30, "his parents; who lives on his stairs or stood in his queue");
    let close = s.ask(&["contacts", "confirm", &case, "--category", "close", "--decider", "县指挥部", "--reason", "同住"]);
    let general = s.ask(&["contacts", "confirm", &case, "--category", "general", "--decider", "县指挥部", "--reason", "同单元或同队"]);
    assert_eq!((&close["confirmed"], &general["confirmed"]), (&json!(2), &json!(30)));
    assert_eq!(
        s.owed("isolate").await,
        BTreeMap::from(["吴林松", "李兰欣"].map(|n| (n.to_owned(), "2022-11-28 04:00".to_owned()))),
        "within eight hours"
    );
    let orders = s.list("/v1/orders?in_force=true").await;
    let ends: BTreeSet<_> = orders.iter().map(|o| (local(&o["site_until"]), local(&o["ends"]))).collect();
    assert_eq!(
        (orders.len(), Vec::from_iter(ends)),
        (2, vec![("2022-12-03 00:00".into(), "2022-12-06 00:00".into())]),
        "five days and three; nobody of the stairs"
    );
    assert_eq!(s.print(&["notices", "--telephone", "023-57680000"]), 4);
    for (n, name) in ["吴林松", "李兰欣"].iter().enumerate() {
        s.brought(&s.person(name).await, name, site, "w1", n as u32 + 1).await;
    }
    assert_eq!(s.owed("isolate").await.len(), 0);
    let tests = s.open().await["contact_test"];
    assert_eq!(tests, 2 * 4 + 30 * 2, "on days 1, 2, 3 and 5; on days 1 and 3");
    s.daily("22:00", &[]).await;
    s.evening(&[]).await;

    // 28 November: a fever clinic finds a man of the next building; nobody knows where he has it from.
    let man = s.person("张佳").await;
    s.daily("09:00", &[]).await;
    s.swabbed("F1", &man).await;
    let at = s.hour("12:00");
    s.says(Role::Laboratory, &[read("F1", "positive", &at)]).await;
    let second = text(&s.page(&man).await["cases"][0]["case_id"]).to_owned();
    let asked = |answers: Value| json!({"interviewed": {"case": second, "interviewer": "流调二组", "answers": answers, "at": at}});
    let mut answers: serde_json::Map<String, Value> =
        questions.as_array().unwrap().iter().map(|q| (text(&q["id"]).to_owned(), json!("unknown"))).collect();
    answers.insert("onset".into(), json!("2022-11-28+08:00"));
    let filed = |part: &str| json!({"investigation_filed": {"case": second, "part": part, "at": at}});
    s.says(
        Role::Investigator,
        &[
            asked(Value::Object(answers)),
            filed("core"),
            filed("full"),
            json!({"report_filed": {"case": second, "receipt": "ZW-2", "at": at}}),
        ],
    )
    .await;
    let sick =
        json!({"case_classified": {"case": second, "classification": "confirmed", "severity": "mild", "at": at, "decider": "定点医院"}});
    s.says(Role::Investigator, &[sick]).await;
    assert_eq!(s.list("/v1/cases/unlinked").await.len(), 2);
    let sources = s.sees(Role::Investigator, &format!("/v1/cases/{second}/sources")).await;
    let source = &sources["candidates"][0];
    assert_eq!((&source["name"], &source["evidence"]), (&json!("吴江"), &json!(["community"])), "{sources}");
    s.brought(&man, "man", shelter, "w1", 2).await;
    let at = s.hour("13:00");
    s.says(Role::Investigator, &[json!({"report_filed": {"case": second, "receipt": "ZW-2b", "at": at}})]).await;
    s.daily("21:00", &[]).await;
    s.evening(&[]).await;

    // Isolation, tests and stays run to their ends: five days in the site and three at home; two negative exit tests a day apart, seven days
    // of monitoring. Who may leave is on the lists; nobody leaves earlier.
    let first = s.day(0);
    let (mut left, mut refused) = (BTreeMap::new(), BTreeSet::new());
    while !s.open().await.is_empty() {
        s.daily("09:00", &[]).await;
        let at = s.hour("12:00");
        for d in s.list("/v1/items/open?kind=discharge").await {
            let page = s.page(text(&d["person_id"])).await;
            let stay = page["stays"].as_array().unwrap().iter().find(|x| x["left_at"].is_null()).unwrap()["stay_id"].clone();
            let fact = json!({"discharged": {"stay": stay, "at": at}});
            if time(text(&d["due"])) > s.tonight() {
                refused.insert(s.refused(Role::Ward, &[fact]).await);
                continue;
            }
            s.says(Role::Ward, &[fact]).await;
            left.insert(text(&d["name"]).to_owned(), s.day(0).to_string());
        }
        for d in s.list("/v1/items/open?kind=report_correction").await {
            s.says(Role::Investigator, &[json!({"report_filed": {"case": d["subject"], "receipt": "ZW-E", "at": at}})]).await;
        }
        s.daily("21:00", &[]).await;
        s.evening(&[]).await;
        assert!(s.day(0) < first.plus(30), "it ends");
    }
    let left: Vec<(&str, &str)> = left.iter().map(|(name, day)| (name.as_str(), day.as_str())).collect();
    assert_eq!(left, [("吴林松", "2022-12-03"), ("吴江", "2022-12-03"), ("张佳", "2022-12-04"), ("李兰欣", "2022-12-03")]);
    assert_eq!(Vec::from_iter(refused), ["discharge.early"]);
    assert_eq!(s.day(0).to_string(), "2022-12-12", "the last one's monitoring has ended");
    assert!(s.print(&["certificates", "--person", &s.person("吴林松").await, "--telephone", "023-57680000"]) > 0);
    let of = s.sees(Role::Commander, "/v1/indicators?from=2022-11-27&to=2022-12-10").await["total"]["cases"].clone();
    assert_eq!((&of["cases"], &of["without_contacts"], &of["to_isolation"]["median_h"]), (&json!(2), &json!(1), &json!(8.5)), "{of}");
    let counts = s.sees(Role::Commander, "/v1/cases/counts").await;
    assert_eq!(
        (&counts["recovered"], &counts["active"], &counts["last_community_day"]),
        (&json!(2), &json!(0), &json!("2022-11-28")),
        "{counts}"
    );
    s.is_over().await;
}
