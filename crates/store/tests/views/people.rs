//! One person, one tube, facilities, cases, and the logs.

use crate::fixture::*;
use quell_book::{CaseState, DutyKind, Standing, TestResult, TubeState};
use quell_foundation::*;
use quell_store::audit::{Entry, Look, append};
use quell_store::views::*;

/// A correction with the reading of its repeat, which bears it out.
fn corrected(fix: serde_json::Value) -> serde_json::Value {
    let (tube, at) = (&fix["tube"], &fix["at"]);
    let plate = serde_json::json!({"plate": "REPEAT", "laboratory": "50.500237.lab1", "at": at, "positive_control_ok": true, "negative_control_ok": true});
    let read = serde_json::json!({"tube": tube, "plate": "REPEAT", "at": at, "result": "negative"});
    serde_json::json!([{"result_corrected": fix}, {"plate_read": plate}, {"result_read": read}])
}

#[test]
fn a_persons_timeline_and_status() {
    run(async {
        let f = Fixture::lived().await;
        let root = f.scope(ROOT);
        let now = at("18:00");
        let p = f.db.read(&root, async |tx| person(tx, BOOK, id_of(A, 0), now).await).await.unwrap().unwrap();
        assert_eq!((p.name.as_str(), p.standing, p.identity_masked.as_deref()), ("a00", Standing::Inpatient, Some("500237********1000")));
        assert_eq!(p.home_names, ["County", "First township", "Community A"]);
        let swabs: Vec<_> = p.registrations.iter().map(|r| (r.tube.as_str(), r.state, r.result)).collect();
        let positive = Some(TestResult::Positive);
        assert_eq!(swabs, [("S0", Some(TubeState::Resulted), positive), ("A1", Some(TubeState::Resulted), positive)]);
        assert_eq!((p.rosters.len(), p.rosters[0].sampled, p.cases.len(), p.transfers.len()), (1, true, 1, 1));
        assert_eq!((p.stays.len(), p.stays[0].facility_name.as_deref(), p.observations.len()), (1, Some("Hall"), 1));
        assert!(p.duties.iter().any(|d| d.kind == DutyKind::Recall && d.in_time == Some(true)));
        assert_eq!((p.zones.len(), p.zones[0].reason.as_str()), (1, "home of a case"));

        let status = async |n| f.db.read(&root, async |tx| person_status(tx, BOOK, id_of(A, n), now).await).await.unwrap().unwrap();
        let s = status(0).await;
        assert_eq!(s.restrictions.iter().map(|r| r.kind.as_str()).collect::<Vec<_>>(), ["case", "zone"]);
        assert_eq!((s.restrictions[1].decider.as_deref(), s.last_negative), (Some("post"), None));
        let s = status(1).await;
        assert_eq!(s.last_negative, Some(NegativeTest { sampled_at: at("13:00"), resulted_at: at("15:00") }));
        assert_eq!((s.negative_age_h, s.restrictions.len()), (Some(5.0), 1), "only the zone at home");
        let s = status(4).await;
        assert_eq!((s.restrictions.len(), s.restrictions[0].kind.as_str(), s.restrictions[0].until), (1, "recall", None));
        let s = status(10).await;
        assert_eq!((s.restrictions.len(), s.last_negative.map(|n| n.sampled_at)), (0, Some(at("08:30"))));
        let gone = f.db.read(&root, async |tx| person_status(tx, BOOK, id_of("nowhere", 0), now).await).await.unwrap();
        assert!(gone.is_none());
    });
}

#[test]
fn people_are_found_by_what_is_at_hand() {
    run(async {
        let f = Fixture::lived().await;
        let find = async |text: &str| {
            let page = Paging::first(4);
            let p = f.db.read(&f.scope(ROOT), async |tx| find_persons(tx, BOOK, text, &page).await).await.unwrap();
            (p.items.into_iter().map(|p| p.name).collect::<Vec<_>>(), p.next)
        };
        let hash = Hash::of(b"b7").to_string();
        assert_eq!(find("a1").await.0, ["a10", "a11", "a12", "a13"]);
        assert_eq!(find("1007").await.0, ["a07", "b07", "c07"]);
        assert_eq!(find(&hash).await.0, ["b07"]);
        assert_eq!(find(&format!("{A}.h1")).await.0, ["a02", "a03"], "not h10");
        assert_eq!(find("nobody").await, (vec![], None));
        assert_eq!(find(" ").await, (vec![], None));
        let page = Paging { after: find("a1").await.1, limit: 4 };
        let p = f.db.read(&f.scope(ROOT), async |tx| find_persons(tx, BOOK, "a1", &page).await).await.unwrap();
        assert_eq!(p.items[0].name, "a14");
        let bad = Paging { after: Some("x".into()), limit: 4 };
        assert!(f.db.read(&f.scope(ROOT), async |tx| find_persons(tx, BOOK, "a1", &bad).await).await.is_err());
    });
}

#[test]
fn a_tube_and_its_way() {
    run(async {
        let f = Fixture::lived().await;
        let t = async |code: &str| {
            let code = TubeCode::new(code).unwrap();
            f.db.read(&f.scope(ROOT), async |tx| tube(tx, BOOK, &code, at("18:00")).await).await.unwrap()
        };
        let a2 = t("A2").await.unwrap();
        assert_eq!((a2.members, a2.who.len(), a2.who.iter().filter(|m| m.void_seq.is_some()).count()), (9, 10, 1));
        assert_eq!((a2.custody.len(), a2.custody[0].taken_by.as_str(), a2.custody[0].temperature), (1, "courier 1", Celsius::new(4.0)));
        assert_eq!((a2.results.len(), a2.results[0].result, a2.results[0].plate_valid), (1, TestResult::Negative, Some(true)));
        assert_eq!((a2.place_name.as_deref(), a2.laboratory_name.as_deref(), a2.overdue), (Some("Community A"), Some("Laboratory"), false));
        let b1 = t("B1").await.unwrap();
        assert_eq!((b1.state, b1.overdue, b1.custody.len()), (TubeState::InTransit, true, 1));
        let fix = serde_json::json!({"tube": "S0", "at": at("18:00"), "result": "negative", "reason": "mixed up", "decider": "laboratory"});
        f.push("18:00", corrected(fix)).await;
        let s0 = t("S0").await.unwrap();
        assert_eq!(
            (s0.results.len(), s0.results[1].correction.as_deref()),
            (3, Some("laboratory: mixed up (not in force before a repeat)"))
        );
        assert!(t("Z9").await.is_none());
        let s = f.db.read(&f.scope(ROOT), async |tx| case_counts(tx, BOOK, &place(ROOT), at("18:00")).await).await.unwrap();
        assert_eq!((s.total, s.days[0].withdrawn, s.days_since_community), (0, 1, None), "the case was withdrawn");
    });
}

#[test]
fn beds_and_who_can_go() {
    run(async {
        let f = Fixture::lived().await;
        let root = f.scope(ROOT);
        let hall = place("50.500237.h1");
        let v = f.db.read(&root, async |tx| facilities(tx, BOOK, &place(ROOT)).await).await.unwrap();
        let h = &v.facilities[0];
        assert_eq!((h.beds, h.occupied, h.reserved, h.free), (3, 1, 0, 2));
        let wards: Vec<_> = h.wards.iter().map(|w| (w.ward.as_str(), w.beds, w.occupied, w.free)).collect();
        assert_eq!(wards, [("W1", 2, 1, 1), ("W2", 1, 0, 1)]);
        let b = f.db.read(&root, async |tx| beds(tx, BOOK, &hall, &Paging::default(), at("18:00")).await).await.unwrap();
        assert_eq!((b.items.len(), b.items[0].ward.as_str(), b.items[0].bed, b.items[0].exit_passes), (1, "W1", 2, 0));
        assert_eq!(b.items[0].last_observed_at, Some(at("16:40")));
        assert_eq!(b.items[0].last_observation.as_ref().map(|o| o.at), Some(at("16:40")));
        assert!(b.items[0].duties.iter().any(|d| d.kind == DutyKind::Observe && !d.overdue));
        let now = at("18:00");
        let r = f.db.read(&root, async |tx| releasable(tx, BOOK, &hall, Span::hours(6), now).await).await.unwrap();
        assert!(r.is_empty(), "no exit test yet");
        let fix = serde_json::json!({"tube": "S0", "at": now, "result": "negative", "reason": "mixed up", "decider": "laboratory"});
        f.push("18:00", corrected(fix)).await;
        let r = f.db.read(&root, async |tx| releasable(tx, BOOK, &hall, Span::hours(6), now).await).await.unwrap();
        assert_eq!((r.len(), r[0].name.as_deref(), r[0].since, r[0].overdue), (1, Some("a00"), now, false), "never was a case");
    });
}

#[test]
fn cases_and_the_logs() {
    run(async {
        let f = Fixture::lived().await;
        let root = f.scope(ROOT);
        let mut filter = CaseFilter { place: place(ROOT), from: None, to: None, control: None, state: None };
        let list =
            async |c: &CaseFilter| f.db.read(&root, async |tx| cases(tx, BOOK, c, &Paging::default(), at("18:00")).await).await.unwrap();
        let c = list(&filter).await;
        assert_eq!((c.items.len(), c.items[0].found_on.to_string().as_str(), c.items[0].receipt.as_deref()), (1, "2022-11-26", Some("N1")));
        assert!(c.items[0].open_duties > 0);
        filter.from = Some("2022-11-27".parse().unwrap());
        assert!(list(&filter).await.items.is_empty());
        filter = CaseFilter { from: None, to: Some("2022-11-26".parse().unwrap()), state: Some(CaseState::Active), ..filter };
        assert_eq!(list(&filter).await.items.len(), 1);
        filter.control = c.items[0].control;
        assert_eq!(list(&filter).await.items.len(), 1);
        let counts = f.db.read(&root, async |tx| case_counts(tx, BOOK, &place(ROOT), at("18:00").plus(Span::days(3))).await).await.unwrap();
        let community = i64::from(c.items[0].control == Some(quell_protocol::Control::CommunityFound));
        assert_eq!((counts.days.len(), counts.days[0].community_found, counts.total, counts.active), (1, community, 1, 1));
        assert_eq!(counts.days_since_community, (community == 1).then_some(3));

        let log = f.db.read(&root, async |tx| submissions(tx, BOOK, 2, 5).await).await.unwrap();
        assert_eq!((log.items.len(), log.items[0].seq, log.next.as_deref(), log.items[0].sender.as_str()), (5, 3, Some("7"), "desk"));
        let mut c = f.db.connection().await.unwrap();
        let look = |(i, who): (u8, PersonId)| {
            let (id, at, role) = (derived_uuid(&[&[i]]), at("16:00"), quell_book::Role::Auditor);
            Entry::look(&Look { id, at, account: "desk", role, what: "person", person: Some(who), place: None, rows: 1 })
        };
        let tx = c.transaction().await.unwrap();
        append(&tx, BOOK, &[(0, id_of(A, 0)), (1, id_of(B, 0))].map(look)).await.unwrap();
        tx.commit().await.unwrap();
        let looks = async |f: &Fixture, scope: &str, who: Option<PersonId>| {
            let filter = AccessFilter { person_id: who, ..AccessFilter::default() };
            f.db.read(&f.scope(scope), async |tx| access_log(tx, BOOK, &filter, &Paging::default()).await).await.unwrap().items.len()
        };
        assert_eq!((looks(&f, ROOT, None).await, looks(&f, ROOT, Some(id_of(A, 0))).await, looks(&f, B, None).await), (2, 1, 1));
    });
}
