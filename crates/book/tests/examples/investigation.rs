//! Investigation: half-finished interviews, several interviewers, complete before it is handed in; where the case has been.

use crate::common::*;
use quell_book::*;
use quell_foundation::{CaseId, VisitId};
use serde_json::{Value, json};

fn asked(case: CaseId, who: &str, seen: i64, answers: Value) -> Value {
    json!({"case": case, "interviewer": who, "seen": seen, "answers": answers})
}

#[test]
fn two_interviewers_make_one_record_and_neither_overwrites_the_other() {
    let mut b = Book::under("measles");
    b.say("05T08:00", "case_listed", json!({"case": id(1), "person": p(1), "classification": "suspect"}));
    let case = CaseId(id(1));
    b.say("05T09:00", "interviewed", asked(case, "one", 0, json!({"symptoms": ["rash", "fever"]})));
    let seen = b.seq;
    b.say("05T09:10", "interviewed", asked(case, "two", seen, json!({"mcv_doses": 0, "onset": "2022-11-03+08:00"})));
    assert_eq!(short(b.active_case(1).unwrap().onset.unwrap()), "03T00:00", "the onset is the case's");
    // The first has not seen what the second wrote.
    assert_eq!(b.refuse("05T09:20", "interviewed", asked(case, "one", seen, json!({"mcv_doses": 2}))), "interview.conflict");
    b.say("05T09:20", "interviewed", asked(case, "one", b.seq, json!({"mcv_doses": 1, "pregnant": "unknown"})));
    assert_eq!(b.replay.state.interviews.len(), 3, "every version is kept");
    let record = b.replay.state.investigations.get(&case).unwrap();
    assert_eq!(record.answers["mcv_doses"].value, Some(AnswerGiven::Number(1.0)));
    assert_eq!(record.answers["symptoms"].by, "one");
}

#[test]
fn a_part_is_handed_in_when_it_is_answered_or_someone_decides_that_it_cannot_be() {
    let mut b = Book::under("measles");
    b.say("05T08:00", "case_listed", json!({"case": id(1), "person": p(1), "classification": "suspect"}));
    let core = json!({"case": id(1), "part": "core"});
    assert_eq!(b.refuse("05T09:00", "investigation_filed", core.clone()), "investigation.incomplete");
    for (answers, rule) in [
        (json!({"bush_meat": true}), "interview.question"),
        (json!({"pregnant": "maybe"}), "interview.answer"),
        (json!({"symptoms": ["hiccups"]}), "interview.answer"),
        (json!({"onset": "last week"}), "interview.answer"),
    ] {
        assert_eq!(b.refuse("05T09:00", "interviewed", asked(CaseId(id(1)), "one", 0, answers)), rule);
    }
    b.interview("05T09:00", CaseId(id(1)), "core");
    b.say("05T09:30", "investigation_filed", core);
    assert!(b.replay.state.investigations.get(&CaseId(id(1))).unwrap().core_filed_at.is_some());
    let full = json!({"case": id(1), "part": "full", "decision": {"decider": "team leader", "reason": "died, no relative found"}});
    b.say("05T10:00", "investigation_filed", full);
}

#[test]
fn a_visit_has_its_window_with_the_precision_it_was_said_with() {
    let mut b = Book::new();
    b.single(5, 8, "S1", 1, "positive", Some(25.0));
    let case = b.active_case(1).unwrap().case_id;
    let visit =
        |n: u32, from: &str, to: &str| json!({"visit": id(n), "case": case, "place": COMPOUND, "from": from, "to": to, "source": "told"});
    b.say("05T14:00", "visited", visit(1, "2022-11-03T10+08:00", "2022-11-03T11+08:00"));
    let v = b.replay.state.visits.get(&VisitId(id(1))).unwrap();
    assert_eq!((short(v.starts), short(v.ends), v.margin_s), ("03T10:00".into(), "03T12:00".into(), 3600));
    assert_eq!(b.refuse("05T14:00", "visited", visit(2, "03T12:00", "03T11:00")), "visit.order");
    let nowhere = json!({"visit": id(3), "case": case, "from": "03T12:00", "to": "03T13:00", "source": "told"});
    assert_eq!(b.refuse("05T14:00", "visited", nowhere), "visit.where");
    b.say("05T15:00", "visit_withdrawn", json!({"visit": id(1), "decision": decision()}));
    assert_eq!(b.refuse("05T15:00", "visit_withdrawn", json!({"visit": id(1), "decision": decision()})), "visit.unknown");
}
