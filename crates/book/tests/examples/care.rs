//! Transfers, beds and what ends them: full and doubly booked beds, false positives, deaths, corrected classifications.

use crate::common::*;
use quell_book::*;
use quell_protocol::Exposure;
use serde_json::json;

#[test]
fn a_bed_is_given_once_and_a_full_facility_takes_nobody() {
    let mut b = Book::new();
    (1..=4).for_each(|n| drop(b.case(26, n)));
    b.admit("26T11:00", 1, 1, SHELTER, 1);
    assert_eq!(b.refuse("26T11:10", "admitted", admission(2, 2, SHELTER, 1)), "bed.taken");
    assert_eq!(b.refuse("26T11:10", "admitted", admission(2, 2, SHELTER, 3)), "bed.number");
    assert_eq!(b.refuse("26T11:10", "admitted", admission(2, 2, ISOLATION, 1)), "facility.kind");
    assert_eq!(b.refuse("26T11:10", "admitted", admission(2, 5, SHELTER, 2)), "facility.no_reason");

    // The second bed is promised to person 2, who is on the way.
    b.bring("26T11:20", 1, 2, SHELTER);
    b.say("26T11:30", "transfer_requested", json!({"transfer": id(2), "person": p(3)}));
    let assign = json!({"transfer": id(2), "vehicle": "V2", "facility": SHELTER});
    assert_eq!(b.refuse("26T11:30", "vehicle_assigned", assign), "facility.full");
    assert_eq!(b.refuse("26T11:40", "admitted", admission(3, 3, SHELTER, 2)), "facility.reserved");
    b.admit("26T12:00", 2, 2, SHELTER, 2);
    assert_eq!((b.place(SHELTER).occupied, b.place(SHELTER).reserved), (2, 0));
    assert_eq!(
        b.refuse(
            "26T12:10",
            "place_listed",
            json!({"place": SHELTER, "kind": "shelter_hospital", "name": "x", "wards": [{"ward": "A", "beds": 1}]})
        ),
        "place.beds_in_use"
    );
}

#[test]
fn a_vehicle_may_be_assigned_anew_and_a_transfer_called_off() {
    let mut b = Book::new();
    b.case(26, 1);
    b.say("26T11:00", "transfer_requested", json!({"transfer": id(1), "person": p(1)}));
    assert_eq!(b.refuse("26T11:00", "transfer_requested", json!({"transfer": id(2), "person": p(1)})), "transfer.exists");
    assert_eq!(b.refuse("26T11:00", "transfer_requested", json!({"transfer": id(2), "person": p(2)})), "transfer.no_reason");
    assert_eq!(b.refuse("26T11:00", "picked_up", json!({"transfer": id(1)})), "transfer.state");
    b.say("26T11:10", "vehicle_assigned", json!({"transfer": id(1), "vehicle": "V1", "facility": SHELTER}));
    let elsewhere = json!({"transfer": id(1), "vehicle": "V2", "facility": HOSPITAL, "decision": decision()});
    b.say("26T11:20", "vehicle_assigned", elsewhere);
    assert_eq!((b.place(SHELTER).reserved, b.place(HOSPITAL).reserved), (0, 1));
    b.say("26T11:30", "transfer_called_off", json!({"transfer": id(1), "decision": decision()}));
    assert_eq!(b.place(HOSPITAL).reserved, 0);
    assert_eq!(b.due(1, DutyKind::Transfer), ["26T12:00"], "the person is still to be moved");
}

#[test]
fn severity_and_age_decide_the_hospital_and_a_worsening_patient_is_moved() {
    let mut b = Book::new();
    let old = json!({"person": p(12), "seen": 1, "name": "Old", "sex": "female", "born": "1940-01-01", "home": household(12)});
    b.say("26T07:00", "person_listed", old);
    b.case(26, 12);
    assert_eq!(b.refuse("26T11:00", "admitted", admission(1, 12, SHELTER, 1)), "facility.kind");
    b.case(26, 1);
    b.admit("26T11:00", 2, 1, SHELTER, 1);
    b.say("26T20:00", "observed", json!({"person": p(1), "severity": "severe", "oxygen": 91}));
    assert_eq!(b.due(1, DutyKind::Transfer), ["26T22:00"]);
    b.admit("26T21:00", 3, 1, HOSPITAL, 1);
    assert_eq!((b.place(SHELTER).occupied, b.place(HOSPITAL).occupied), (0, 1));
    assert!(b.due(1, DutyKind::Transfer).is_empty());
    assert_eq!(b.due(1, DutyKind::ExitTest).len(), 1, "one exit test, of the new stay");
}

#[test]
fn a_reclassified_patient_is_moved_too_and_the_change_is_reported() {
    let mut b = Book::new();
    let case = b.case(26, 1);
    b.admit("26T11:00", 1, 1, SHELTER, 1);
    b.say("26T11:30", "report_filed", json!({"case": case.case_id, "receipt": "R1"}));
    let severe = json!({"case": case.case_id, "classification": "confirmed", "severity": "severe", "decider": "expert"});
    b.say("26T15:00", "case_classified", severe);
    assert_eq!(b.due(1, DutyKind::ReportCorrection), ["27T15:00"]);
    assert_eq!(b.due(1, DutyKind::Transfer), ["26T17:00"]);
}

#[test]
fn a_false_positive_on_the_way_goes_home() {
    let mut b = Book::new();
    let case = b.case(26, 1);
    b.say("26T10:30", "report_filed", json!({"case": case.case_id, "receipt": "R1"}));
    b.bring("26T11:00", 1, 1, SHELTER);
    b.correct("26T11:30", "CASE1");
    assert_eq!((b.transfer(1).state, b.place(SHELTER).reserved), (TransferState::CalledOff, 0));
    assert_eq!((b.person(1).standing, b.person(1).exposure), (Standing::AtHome, Exposure::None));
    assert_eq!(b.kinds(1), [DutyKind::ReportCorrection], "what was reported is corrected");
    b.say("26T12:00", "report_filed", json!({"case": case.case_id, "receipt": "R2"}));
    assert!(b.duties(1).is_empty() && !b.person(1).attention);
}

#[test]
fn a_false_positive_in_a_bed_is_let_out() {
    let mut b = Book::new();
    b.case(26, 1);
    b.admit("26T11:00", 1, 1, SHELTER, 1);
    b.correct("26T15:00", "CASE1");
    assert_eq!(b.kinds(1), [DutyKind::Observe, DutyKind::Discharge], "cared for until the bed is left");
    assert_eq!(b.due(1, DutyKind::Discharge), ["27T03:00"]);
    b.say("26T16:00", "discharged", json!({"stay": id(1)}));
    assert_eq!((b.person(1).standing, b.place(SHELTER).occupied), (Standing::AtHome, 0));
    assert!(b.duties(1).is_empty() && !b.person(1).attention);
}

#[test]
fn a_contact_who_was_a_false_positive_is_a_contact_again() {
    let mut b = Book::new();
    b.contact("24T09:00", 1, 1, "close", "24T08:00");
    b.admit("24T12:00", 1, 1, ISOLATION, 1);
    b.case(26, 1);
    assert_eq!(b.contact_of(1).state, ContactState::Converted);
    assert!(b.due(1, DutyKind::ContactTest).is_empty() && b.due(1, DutyKind::Transfer).len() == 1);
    b.correct("26T12:00", "CASE1");
    assert_eq!((b.contact_of(1).state, b.person(1).standing), (ContactState::Active, Standing::Isolated));
    assert_eq!(b.person(1).exposure, Exposure::CloseContact);
    assert_eq!(b.due(1, DutyKind::Discharge), ["30T06:00"], "at the end of the fifth day and six hours");
    assert_eq!(b.due(1, DutyKind::ContactTest), ["27T00:00", "28T00:00", "30T00:00"]);
    assert_eq!(b.due(1, DutyKind::Observe).len(), 1);

    // In a shelter hospital the contact has no business: an isolation site is owed.
    let mut b = Book::new();
    b.contact("24T09:00", 1, 1, "close", "24T08:00");
    b.case(26, 1);
    b.admit("26T11:00", 1, 1, SHELTER, 1);
    b.correct("26T12:00", "CASE1");
    assert_eq!(b.kinds(1), [DutyKind::Isolate, DutyKind::Observe]);
    b.admit("26T15:00", 2, 1, ISOLATION, 1);
    assert_eq!((b.place(SHELTER).occupied, b.place(ISOLATION).occupied), (0, 1));
}

#[test]
fn a_recovered_case_that_was_none_is_free_of_monitoring() {
    let mut b = Book::new();
    let case = b.case(1, 1);
    b.admit("01T11:00", 1, 1, SHELTER, 1);
    b.say("03T11:00", "discharged", json!({"stay": id(1), "decision": decision()}));
    assert_eq!(b.person(1).standing, Standing::HomeMonitoring);
    let wrong = json!({"case": case.case_id, "classification": "not_a_case", "severity": "asymptomatic", "decider": "expert"});
    b.say("04T09:00", "case_classified", wrong);
    assert_eq!((b.person(1).standing, b.person(1).exposure), (Standing::AtHome, Exposure::None));
    assert!(b.due(1, DutyKind::Release).is_empty() && b.due(1, DutyKind::MonitoringTest).is_empty());
}

#[test]
fn a_report_is_about_its_own_case() {
    let mut b = Book::new();
    let first = b.case(1, 1);
    b.admit("01T11:00", 1, 1, SHELTER, 1);
    b.say("01T12:00", "report_filed", json!({"case": first.case_id, "receipt": "R1"}));
    b.say("03T11:00", "discharged", json!({"stay": id(1), "decision": decision()}));
    assert_eq!(b.due(1, DutyKind::ReportCorrection), ["04T11:00"], "the discharge is entered too");
    b.single(4, 8, "S2", 1, "positive", Some(25.0));
    let second = b.active_case(1).unwrap();
    assert_ne!(first.case_id, second.case_id);
    b.say("04T10:30", "report_filed", json!({"case": second.case_id, "receipt": "R2"}));
    assert_eq!(b.due(1, DutyKind::ReportCorrection), ["04T11:00"], "the first case's entry is still owed");
}

#[test]
fn a_death_ends_care_but_not_the_report_and_the_investigation() {
    let mut b = Book::new();
    b.case(26, 1);
    b.admit("26T11:00", 1, 1, SHELTER, 1);
    b.say("26T18:00", "died", json!({"person": p(1), "cause": "pneumonia"}));
    assert_eq!(b.place(SHELTER).occupied, 0);
    assert_eq!(b.kinds(1), [DutyKind::Report, DutyKind::ReportCorrection, DutyKind::InvestigateCore, DutyKind::InvestigateFull]);
    assert_eq!(b.refuse("26T19:00", "died", json!({"person": p(1)})), "person.dead");
    assert_eq!(b.refuse("26T19:00", "contact_named", naming(1, 1, "close", "26T08:00")), "contact.is_case");
}

#[test]
fn a_positive_result_after_death_is_a_case_that_nobody_moves() {
    let mut b = Book::new();
    b.contact("26T07:30", 1, 1, "close", "26T07:00");
    b.swab("26T08:00", "S1", 1, "single", None);
    b.receive("26T09:00", &["S1"]);
    b.say("26T10:00", "died", json!({"person": p(1)}));
    assert_eq!(b.contact_of(1).state, ContactState::Released);
    b.result("26T12:00", "S1", "positive", Some(20.0));
    assert_eq!(b.person(1).standing, Standing::Dead);
    assert_eq!(b.kinds(1), [DutyKind::Report, DutyKind::InvestigateCore, DutyKind::InvestigateFull]);
    assert_eq!(b.replay.state.cases.iter().next().unwrap().state, CaseState::Died);
}

#[test]
fn leaving_the_bed_calls_a_transfer_off() {
    let mut b = Book::new();
    b.case(26, 1);
    b.admit("26T11:00", 1, 1, SHELTER, 1);
    b.say("26T12:00", "observed", json!({"person": p(1), "severity": "severe"}));
    b.say("26T12:10", "transfer_requested", json!({"transfer": id(1), "person": p(1)}));
    b.say("26T12:20", "vehicle_assigned", json!({"transfer": id(1), "vehicle": "V1", "facility": HOSPITAL}));
    b.say("26T13:00", "discharged", json!({"stay": id(1), "decision": decision()}));
    assert_eq!((b.transfer(1).state, b.place(HOSPITAL).reserved), (TransferState::CalledOff, 0));
}

#[test]
fn a_case_found_by_a_recall_during_a_round_is_the_recalls() {
    let mut b = Book::new();
    b.positive_pool();
    b.swab("26T11:00", "S1", 1, "single", Some("r1"));
    b.receive("26T12:00", &["S1"]);
    b.result("26T13:00", "S1", "positive", Some(25.0));
    assert_eq!(b.active_case(1).unwrap().setting, quell_protocol::Setting::Recall);
}

#[test]
fn a_correction_of_a_report_keeps_the_time_of_the_report() {
    let mut b = Book::new();
    let case = b.case(26, 1);
    b.say("26T11:00", "report_filed", json!({"case": case.case_id, "receipt": "R1"}));
    let confirmed = json!({"case": case.case_id, "classification": "confirmed", "severity": "mild", "decider": "expert"});
    b.say("26T15:00", "case_classified", confirmed);
    b.say("26T16:00", "report_filed", json!({"case": case.case_id, "receipt": "R2"}));
    let case = b.active_case(1).unwrap();
    assert_eq!((short(case.reported_at.unwrap()).as_str(), case.receipt.as_deref()), ("26T11:00", Some("R2")));
}

#[test]
fn an_old_case_that_was_none_leaves_the_new_one_its_papers() {
    let mut b = Book::new();
    let first = b.case(1, 1);
    b.admit("01T11:00", 1, 1, SHELTER, 1);
    b.say("03T11:00", "discharged", json!({"stay": id(1), "decision": decision()}));
    b.single(4, 8, "S2", 1, "positive", Some(25.0));
    let second = b.active_case(1).unwrap();
    let wrong = json!({"case": first.case_id, "classification": "not_a_case", "severity": "asymptomatic", "decider": "expert"});
    b.say("04T11:00", "case_classified", wrong);
    let reports: Vec<quell_book::rows::Duty> = b.duties(1).into_iter().filter(|d| d.kind == DutyKind::Report).collect();
    assert_eq!((reports.len(), reports[0].subject.as_str()), (1, second.case_id.to_string().as_str()));
}

#[test]
fn who_has_arrived_is_not_to_be_moved_any_more() {
    let mut b = Book::new();
    b.case(26, 1);
    b.bring("26T11:00", 1, 1, SHELTER);
    assert!(b.due(1, DutyKind::Transfer).is_empty());
}

#[test]
fn a_vehicle_assigned_anew_to_the_same_facility_is_promised_one_bed() {
    let mut b = Book::new();
    b.case(26, 1);
    b.say("26T11:00", "transfer_requested", json!({"transfer": id(1), "person": p(1)}));
    for vehicle in ["V1", "V2"] {
        b.say("26T11:10", "vehicle_assigned", json!({"transfer": id(1), "vehicle": vehicle, "facility": SHELTER}));
    }
    assert_eq!(b.place(SHELTER).reserved, 1);
}

#[test]
fn a_sample_of_before_the_admission_is_no_exit_test() {
    let mut b = Book::new();
    b.case(1, 1);
    b.swab("01T10:30", "E0", 1, "single", None);
    b.admit("01T11:00", 1, 1, SHELTER, 1);
    b.receive("01T12:00", &["E0"]);
    b.result("01T13:00", "E0", "negative", None);
    assert_eq!(b.replay.state.stays.iter().next().unwrap().exit_passes, 0);
}
