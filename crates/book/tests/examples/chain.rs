//! The chain from end to end: swab, box, laboratory, result, and what a positive brings until the last release.

use crate::common::*;
use quell_book::*;
use quell_protocol::{Control, Exposure, Setting};
use serde_json::json;

#[test]
fn a_negative_pool_goes_from_swab_to_release() {
    let mut b = Book::new();
    b.round("26T07:00", "r1");
    assert_eq!(b.counts(DutyKind::Sample), [12, 0, 0, 0, 0], "everyone in scope is to be sampled");
    b.pool("26T08:00", "T1", 1..=10);
    let t = b.tube("T1");
    assert_eq!((t.members, t.capacity, t.state), (10, 10, TubeState::Open));
    assert_eq!(short(t.seal_due.unwrap()), "26T08:30");

    b.seal("26T08:20", "T1");
    assert_eq!(short(b.tube("T1").deliver_due.unwrap()), "26T12:20");
    b.say("26T08:30", "box_packed", json!({"box": "B1", "tubes": ["T1"]}));
    b.say("26T08:40", "handed_over", json!({"box": "B1", "from": "station", "to": "courier", "temperature": 4.5}));
    assert_eq!((b.tube("T1").state, b.tube("T1").holder.as_deref()), (TubeState::InTransit, Some("courier")));
    b.say("26T10:00", "received", json!({"box": "B1", "laboratory": LABORATORY, "condition": "adequate", "temperature": 5.0}));
    assert_eq!(short(b.tube("T1").test_due.unwrap()), "26T16:00");
    assert_eq!(b.counts(DutyKind::Deliver), [1, 0, 1, 0, 0]);

    let plate = json!({"plate": "P1", "laboratory": LABORATORY, "positive_control_ok": true, "negative_control_ok": true});
    b.say("26T12:00", "plate_read", plate);
    b.say("26T12:00", "result_read", json!({"tube": "T1", "plate": "P1", "result": "negative"}));
    assert_eq!(b.tube("T1").state, TubeState::Resulted);
    assert_eq!(b.counts(DutyKind::Result), [10, 0, 10, 0, 0], "ten people have their result");
    assert_eq!(b.counts(DutyKind::Sample), [12, 0, 10, 0, 0], "two are still to be sampled");
    assert!((1..=10).all(|n| b.duties(n).is_empty() && !b.person(n).attention));
}

#[test]
fn one_of_a_positive_pool_is_the_case_and_nine_are_cleared() {
    let mut b = Book::new();
    b.round("26T07:00", "r1");
    b.pool("26T08:00", "T1", 1..=10);
    b.receive("26T10:00", &["T1"]);
    b.result("26T12:00", "T1", "positive", Some(28.5));
    for n in 1..=10 {
        assert_eq!(b.due(n, DutyKind::Recall), ["26T16:00"], "recalled singly within the protocol's four hours");
        assert_eq!(b.person(n).exposure, Exposure::Recalled);
    }
    assert_eq!(b.refuse("26T13:00", "registered", swab("T2", 1, "pooled", None)), "tube.wrong_mode");

    for n in 1..=10 {
        b.swab("26T13:00", &format!("S{n}"), n, "single", None);
    }
    assert_eq!(b.counts(DutyKind::Recall), [10, 0, 10, 0, 0]);
    for n in 1..=10 {
        b.receive("26T14:00", &[&format!("S{n}")]);
        let (result, ct) = if n == 4 { ("positive", Some(24.0)) } else { ("negative", None) };
        b.result("26T17:00", &format!("S{n}"), result, ct);
    }
    for n in (1..=10).filter(|n| *n != 4) {
        assert!(b.duties(n).is_empty() && b.person(n).exposure == Exposure::None && !b.person(n).attention);
    }
    let case = b.active_case(4).unwrap();
    assert_eq!(
        (case.classification, case.setting, case.control),
        (Classification::Asymptomatic, Setting::Recall, Some(Control::CommunityFound))
    );
    assert_eq!(b.kinds(4), [DutyKind::Report, DutyKind::InvestigateCore, DutyKind::InvestigateFull, DutyKind::Transfer]);
    assert_eq!(b.due(4, DutyKind::Report), ["26T19:00"]);

    b.say("26T18:00", "report_filed", json!({"case": case.case_id, "receipt": "50023720221126001"}));
    b.interview("26T20:00", case.case_id, "core");
    b.say("26T20:00", "investigation_filed", json!({"case": case.case_id, "part": "core"}));
    b.interview("27T10:00", case.case_id, "full");
    b.say("27T10:00", "investigation_filed", json!({"case": case.case_id, "part": "full"}));
    assert_eq!(b.kinds(4), [DutyKind::Transfer]);
    assert_eq!(b.refuse("27T11:00", "report_filed", json!({"case": case.case_id, "receipt": "again"})), "report.not_due");
}

#[test]
fn a_case_is_moved_cared_for_discharged_and_released() {
    let mut b = Book::new();
    b.case(1, 1);
    assert_eq!(b.person(1).standing, Standing::Infected);
    b.bring("01T11:00", 1, 1, SHELTER);
    assert_eq!(b.place(SHELTER).reserved, 1);
    assert_eq!(b.due(1, DutyKind::Admit), ["01T12:00"]);
    b.admit("01T11:30", 1, 1, SHELTER, 1);
    let place = b.place(SHELTER);
    assert_eq!((place.reserved, place.occupied), (0, 1));
    assert_eq!((b.person(1).standing, b.transfer(1).state), (Standing::Inpatient, TransferState::Admitted));
    assert_eq!(b.due(1, DutyKind::ExitTest), ["06T11:30"]);

    assert_eq!(b.due(1, DutyKind::Observe), ["01T23:30"], "twice a day");
    b.say("01T20:00", "observed", json!({"person": p(1), "temperature": 37.2, "oxygen": 98}));
    assert_eq!(b.due(1, DutyKind::Observe), ["02T08:00"]);

    b.single(6, 9, "E1", 1, "positive", Some(36.2));
    assert_eq!(b.refuse("06T12:00", "discharged", json!({"stay": id(1)})), "discharge.exit_tests");
    b.single(6, 14, "E2", 1, "positive", Some(37.0));
    assert_eq!(b.refuse("06T17:00", "discharged", json!({"stay": id(1)})), "discharge.exit_tests", "two on one day are one");
    b.single(7, 9, "E3", 1, "positive", Some(35.0));
    assert!(b.due(1, DutyKind::ExitTest).is_empty());
    assert_eq!(b.due(1, DutyKind::Discharge), ["07T23:00"]);

    b.say("07T15:00", "discharged", json!({"stay": id(1)}));
    assert_eq!((b.person(1).standing, b.place(SHELTER).occupied), (Standing::HomeMonitoring, 0));
    assert_eq!(b.due(1, DutyKind::MonitoringTest), ["15T00:00"]);
    assert_eq!(b.due(1, DutyKind::Release), ["15T06:00"]);
    assert_eq!(b.refuse("14T12:00", "released", json!({"person": p(1)})), "release.early");
    b.swab("14T10:00", "M1", 1, "single", None);
    b.say("15T01:00", "released", json!({"person": p(1)}));
    let me = b.person(1);
    assert_eq!((me.standing, me.exposure), (Standing::AtHome, Exposure::Discharged));
    assert!(
        !b.kinds(1)
            .iter()
            .any(|k| !matches!(k, DutyKind::Report | DutyKind::ReportCorrection | DutyKind::InvestigateCore | DutyKind::InvestigateFull))
    );
}

#[test]
fn an_exit_test_below_the_threshold_begins_the_count_again() {
    let mut b = Book::new();
    b.case(1, 1);
    b.admit("01T11:00", 1, 1, SHELTER, 1);
    b.single(6, 8, "E1", 1, "negative", None);
    b.single(7, 8, "E2", 1, "positive", Some(34.9));
    let stay = |b: &Book| b.replay.state.stays.iter().next().unwrap().clone();
    assert_eq!((stay(&b).exit_passes, b.due(1, DutyKind::ExitTest)), (0, vec!["08T08:00".to_owned()]));
    b.single(8, 8, "E3", 1, "negative", None);
    b.single(9, 8, "E4", 1, "negative", None);
    assert_eq!(b.kinds(1).iter().filter(|k| **k == DutyKind::Discharge).count(), 1);
    // The second pass was another's swab: the count begins again, and nobody is discharged on it.
    b.say("09T12:00", "registration_voided", json!({"tube": "E4", "person": p(1), "reason": "bound to the wrong patient"}));
    assert_eq!(stay(&b).exit_passes, 0);
    assert!(b.due(1, DutyKind::Discharge).is_empty() && b.due(1, DutyKind::ExitTest).len() == 1);
    assert_eq!(b.refuse("09T13:00", "discharged", json!({"stay": id(1)})), "discharge.exit_tests");
}
