//! Ebola in a village. Two cases are on the list that a team kept in Go.Data, with the people of their huts; a third comes from a burial.
//! Everyone is seen daily for three weeks; one is not found, one falls ill, one has moved to the next district.

use crate::common::*;
use crate::neighbour::Neighbour;
use std::collections::BTreeMap;

const PLACES: &str = "path,kind,name,wards\n50.500237,区县,Bikoro,\n50.500237.101,镇,Itipo,\n50.500237.101.001,社区,Pelita,\n\
    50.500237.101.001.c1,小区,Pelita North,\n50.500237.lab1,检测机构,Mobile laboratory,\n50.500237.h9,定点医院,Treatment centre,w1:4\n";

const CASES: &str = "ID,Case ID,First name,Last name,Gender,Age,Addresses Location [1],Classification,Date of onset,\
    Date of becoming case,Date of reporting,Outcome,Date of outcome\n\
    g-1,EVD-1,Mputu,Ilunga,Male,52,50.500237.101.001,Confirmed,2022-11-10,2022-11-16,2022-11-16,Deceased,2022-11-20\n\
    g-2,EVD-2,Amba,Lokwa,Female,34,50.500237.101.001.c1,Confirmed,2022-11-22,2022-11-25,2022-11-25,,\n\
    g-3,EVD-3,,,Female,,50.500237.101.001,Suspect,2022-11-24,2022-11-25,,,\n";

const CONTACTS: &str = "Contact ID,First name,Last name,Gender,Age,Addresses Location [1],Relationship Case ID,\
    Date of last contact,Date of becoming contact,Relationship Relation detail,Relationship Certainty level\n\
    k-1,Bolingo,Ilunga,Female,47,50.500237.101.001,EVD-1,2022-11-20,2022-11-20,wife,3 - High\n\
    k-2,Elembo,Ilunga,Male,19,50.500237.101.001,EVD-1,2022-11-19,2022-11-20,son,3 - High\n\
    k-3,Mboyo,Lokwa,Male,36,50.500237.101.001.c1,EVD-2,2022-11-25,2022-11-25,husband,3 - High\n\
    k-4,Nsimba,Lokwa,Female,9,50.500237.101.001.c1,EVD-2,2022-11-25,2022-11-25,daughter,2 - Medium\n\
    k-5,Bolingo,Ilunga,Female,47,50.500237.101.001,EVD-2,2022-11-23,2022-11-25,nursed her,2 - Medium\n";

const FOLLOW_UPS: &str = "Contact / Case Contact ID,Date,Status,Team\nk-1,2022-11-21,Seen ok,Team 1\nk-1,2022-11-25,Seen ok,Team 1\n\
    k-1,2022-11-26,Seen ok,Team 1\nk-2,2022-11-25,Seen ok,Team 1\nk-2,2022-11-26,Missed,Team 1\n\
    k-3,2022-11-26,Seen ok,Team 2\nk-4,2022-11-26,Seen ok,Team 2\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_village() {
    let mut s = Story::begin("ebola", PLACES).await;
    let other = Neighbour::open(&s, 500_238).await;

    // The list of the first days comes in as it was kept; a row without a name comes back to be asked about.
    let file = s.file("cases.csv", CASES);
    let out = s.command(&["--json", "import", "cases", &file]);
    let report: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {out:?}"));
    assert_eq!((out.status.code(), &report["accepted"], &report["refused"]), (Some(1), &json!(2), &json!(1)), "{report:#}");
    let file = s.file("contacts.csv", CONTACTS);
    let report = s.ask(&["import", "contacts", &file]);
    assert_eq!((&report["accepted"], &report["refused"]), (&json!(5), &json!(0)), "{report:#}");
    let cases = s.list("/v1/cases").await;
    // A woman who is contact of both has two records and one schedule, of the later exposure; everyone is late by what the book knows.
    let contacts = s.list("/v1/contacts").await;
    let twice: Vec<_> =
        contacts.iter().filter(|c| c["name"] == "Bolingo Ilunga").map(|c| (text(&c["state"]), local(&c["until"]))).collect();
    assert_eq!(twice, [("active", "2022-12-15 00:00".into()), ("covered", "2022-12-12 00:00".into())]);
    assert_eq!(s.owed("follow_up").await["Elembo Ilunga"], "2022-11-21 00:00");
    let file = s.file("followups.csv", FOLLOW_UPS);
    let report = s.ask(&["import", "followups", &file]);
    assert_eq!((&report["accepted"], &report["refused"]), (&json!(7), &json!(0)), "{report:#}");
    let owed = s.owed("follow_up").await;
    assert_eq!((owed["Elembo Ilunga"].as_str(), owed["Bolingo Ilunga"].as_str(), owed.len()), ("2022-11-27 00:00", "2022-11-28 00:00", 4));
    let case = |n: &str| text(&cases.iter().find(|c| c["number"] == *n).unwrap_or_else(|| panic!("{n}"))["case_id"]).to_owned();
    let (dead, ill) = (case("EVD-1"), case("EVD-2"));

    // The sick woman is brought to the treatment centre.
    s.hour("21:00");
    let woman = s.person("Amba Lokwa").await;
    s.brought(&woman, "woman", HOSPITAL, "w1", 1).await;
    let at = s.hour("21:30");
    // That she stands in Go.Data with a date of reporting is no report to the statutory system.
    assert!(s.owed("report").await.contains_key("Amba Lokwa"));
    s.says(Role::Investigator, &[json!({"report_filed": {"case": ill, "receipt": "EV-1", "at": at}})]).await;

    // She washed the dead man: an exposure, a link, and whoever else was at that burial is known by a name and as a group.
    let link = json!({"link_stated": {"link": id("l1"), "source": dead, "target": ill, "certainty": "high", "context": "funeral",
        "contact_at": "2022-11-20T15:00:00+08:00", "evidence": "washed the body", "at": at}});
    let answers = json!({"symptoms": ["fever", "vomiting"], "onset": "2022-11-22+08:00", "funeral": true, "touched_body": true});
    let asked = json!({"interviewed": {"case": ill, "interviewer": "team 1", "answers": answers, "at": at}});
    let lead = |n: &str, kind: &str, description: &str, expected: u32| {
        json!({"lead_noted": {"lead": id(n), "case": dead, "kind": kind, "description": description,
        "expected": expected, "last_exposure": "2022-11-20T15:00:00+08:00", "at": at}})
    };
    s.says(
        Role::Investigator,
        &[link, asked, lead("cousin", "person", "a cousin, Lisala", 1), lead("bearers", "group", "bore the body", 3)],
    )
    .await;
    let chains = s.sees(Role::Investigator, "/v1/chains").await;
    assert_eq!((&chains["links"][0]["doubts"], &chains["clusters"][0]["generations"]), (&json!([]), &json!(2)), "{chains}");
    let rest: serde_json::Map<String, Value> = [
        "sick_contact",
        "health_facility",
        "bush_meat",
        "vaccinated",
        "exposure_from",
        "exposure_to",
        "occupation_detail",
        "travelled",
        "underlying",
    ]
    .map(|q| (q.to_owned(), json!("unknown")))
    .into_iter()
    .collect();
    let asked = json!({"interviewed": {"case": ill, "interviewer": "team 1", "answers": rest, "at": at}});
    s.says(Role::Investigator, &[asked, json!({"investigation_filed": {"case": ill, "part": "core", "at": at}})]).await;
    s.evening(&[]).await;

    // 27 November. Leads become persons, and contacts; one of the bearers nobody can name.
    let at = s.hour("09:00");
    let person = |word: &str, name: &str| json!({"person_listed": {"person": id(word), "name": name, "sex": "male", "home": COMMUNITY}});
    let contact = |word: &str| {
        json!({"contact_named": {"contact": id(&format!("{word} contact")), "person": id(word), "case": dead, "category": "close",
            "context": "funeral",
        "last_exposure": "2022-11-20T15:00:00+08:00", "certainty": "medium", "decision": decision("named by the widow"), "at": at}})
    };
    let resolved = |lead: &str, persons: &[&str]| {
        json!({"lead_resolved": {"lead": id(lead),
        "persons": persons.iter().map(|p| id(p)).collect::<Vec<_>>(), "at": at}})
    };
    s.says(
        Role::Investigator,
        &[
            person("lisala", "Lisala"),
            person("mbo", "Mbo"),
            person("tata", "Tata Nkoy"),
            contact("lisala"),
            contact("mbo"),
            contact("tata"),
            resolved("cousin", &["lisala"]),
            resolved("bearers", &["mbo", "tata"]),
        ],
    )
    .await;
    let leads = s.list("/v1/leads").await;
    assert_eq!((leads.len(), &leads[0]["unknown"]), (1, &json!(1)));
    let closed = json!({"lead_closed": {"lead": id("bearers"),
        "decision": decision("nobody knows the third; the village was told what to look for"), "at": at}});
    s.says(Role::Investigator, &[closed]).await;

    // The husband has gone to his mother in the next district: asked for there, taken over there, and no longer owed here.
    let husband = s.person("Mboyo Lokwa").await;
    let record = s.page(&husband).await["contacts"][0].clone();
    let matter = json!({"about": "contact", "who": {"name": "Mboyo Lokwa", "sex": "male", "address": "with his mother in Ntondo"},
        "category": "close",
        "case_number": "EVD-2", "last_exposure": record["last_exposure"], "evidence": "husband of the case"});
    s.says(
        Role::Investigator,
        &[json!({"assistance_requested": {"message": id("m1"), "to": 500_238, "case": ill, "person": husband, "matter": matter,
        "decision": decision("he has moved"), "at": at}})],
    )
    .await;
    other.post(&s).await;
    let came = other.inbox().await;
    assert_eq!((&came[0]["matter"]["who"]["name"], local(&came[0]["due"])), (&json!("Mboyo Lokwa"), "2022-11-28 09:00".into()));
    other
        .says(&[
            json!({"person_listed": {"person": id("husband there"), "name": "Mboyo Lokwa", "sex": "male", "home": "50.500238.101.001"}}),
            json!({"contact_named": {"contact": id("there"), "person": id("husband there"), "category": "close",
            "last_exposure": record["last_exposure"],
            "decision": decision("asked by 500237"), "at": at}}),
            json!({"assistance_answered": {"message": id("m1"), "outcome": "taken_over", "contact": id("there"),
            "decision": decision("found at his mother's"), "at": at}}),
        ])
        .await;
    other.post(&s).await;
    assert_eq!(s.list("/v1/messages?box=out&state=done").await[0]["contact_id"], id("there"));
    let dropped = json!({"contact_dropped": {"contact": record["contact_id"], "taken_over_by": id("m1"), "decision": decision("followed up by 500238 from today"), "at": at}});
    s.says(Role::Investigator, &[dropped]).await;
    assert_eq!(each(&s.list("/v1/contacts?state=handed_over").await, "name"), ["Mboyo Lokwa"]);
    assert_eq!(s.list("/v1/contacts?state=dropped").await.len(), 0, "nobody was wrong about him");
    assert!(!s.owed("follow_up").await.contains_key("Mboyo Lokwa"));

    // The son is not found for the second day: someone looks for him. Another was not tried: the team was kept by the rain.
    let son = s.person("Elembo Ilunga").await;
    let tried =
        |person: &str, outcome: &str, at: &str| json!({"followed_up": {"person": person, "outcome": outcome, "by": "team 1", "at": at}});
    s.says(Role::CommunityWorker, &[tried(&son, "missed", &at), tried(&id("tata"), "not_attempted", &at)]).await;
    assert_eq!(s.owed("trace_lost").await["Elembo Ilunga"], "2022-11-28 09:00", "not seen since the 25th: someone looks for him");
    s.daily("17:00", &["Elembo Ilunga", "Tata Nkoy"]).await;
    s.evening(&[("follow_up", "team 1", "not found; rain")]).await;
    let at = s.hour("09:00");
    s.says(Role::CommunityWorker, &[tried(&son, "missed", &at)]).await;
    assert_eq!(each(&s.list("/v1/contacts?need=lost").await, "name"), ["Elembo Ilunga"]);
    s.daily("17:00", &["Elembo Ilunga"]).await;
    s.evening(&[("follow_up", "team 1", "searched for"), ("trace_lost", "chief of the village", "said to fish upriver")]).await;
    let at = s.hour("09:00");
    s.says(Role::CommunityWorker, &[tried(&son, "seen_ok", &at)]).await;
    assert_eq!(s.owed("trace_lost").await.len(), 0);

    // The daughter has a fever: sampled the same day, negative, and followed up as before.
    let daughter = s.person("Nsimba Lokwa").await;
    let fever = json!({"followed_up": {"person": daughter, "outcome": "seen_not_ok", "symptoms": ["fever"], "temperature": 38.2,
        "by": "team 2", "at": at}});
    s.says(Role::CommunityWorker, &[fever]).await;
    assert_eq!(s.owed("symptom_test").await["Nsimba Lokwa"], "2022-11-29 21:00");
    s.daily("17:00", &[]).await;
    s.evening(&[]).await;
    let indicators = s.sees(Role::Commander, "/v1/indicators?from=2022-11-26&to=2022-11-29").await;
    let of = &indicators["total"]["contacts"];
    assert_eq!((&of["people"], &of["seen"], &of["lost"]), (&json!(6), &json!(6), &json!(0)), "{of}");
    while !s.list("/v1/contacts").await.is_empty() {
        s.daily("17:00", &[]).await;
        // The mean from onset to discharge is over on the 8th: she is still weak, and is looked at again every day, until she goes home.
        if s.day(0).to_string() == "2022-12-08" {
            assert_eq!(s.owed("discharge").await.into_values().collect::<Vec<_>>(), ["2022-12-09 12:00"]);
            let at = s.hour("18:00");
            s.says(Role::Ward, &[json!({"observed": {"person": woman, "severity": "moderate", "at": at}})]).await;
            assert_eq!(s.owed("discharge").await.into_values().collect::<Vec<_>>(), ["2022-12-10 00:00"]);
        }
        if s.day(0).to_string() == "2022-12-09" {
            let at = s.hour("18:00");
            s.says(Role::Ward, &[json!({"discharged": {"stay": id("stay woman"), "at": at}})]).await;
        }
        s.evening(&[]).await;
    }
    assert_eq!(s.day(0).to_string(), "2022-12-17");

    // What Go.Data would read goes out, and comes into an empty book as the same cases, contacts and visits.
    let lists = ["linelist", "contacts", "links", "followups"].map(|list| {
        let out = s.path(&format!("{list}.json"));
        s.run(&["export", list, "--format", "godata", "--out", out.to_str().unwrap()]);
        (list, std::fs::read_to_string(out).unwrap())
    });
    let empty = Story::begin("ebola", PLACES).await;
    empty.w.app.clock.set(s.w.app.clock.now());
    for (list, content) in &lists {
        let file = empty.file(&format!("{list}.json"), content);
        let kind = if *list == "linelist" { "cases" } else { list };
        let report = empty.ask(&["import", kind, &file]);
        let (read, refused) = (report["read"].as_u64(), report["refused"].as_u64());
        assert!(read > Some(0) && refused == Some(0), "{report:#}");
    }
    for table in ["\"case\"", "contact", "follow_up"] {
        let sql = format!("SELECT count(*) FROM quell.{table} WHERE book_id = {BOOK}");
        assert_eq!(s.w.count(&sql).await, empty.w.count(&sql).await, "{table}");
    }
    assert_eq!(empty.w.count("SELECT count(*) FROM quell.link WHERE directed").await, 1);
    assert_eq!(empty.open().await, BTreeMap::new(), "history owes nothing");
    s.is_over().await;
    other.verify().await;
}
