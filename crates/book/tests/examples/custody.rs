//! On the way and on the minute: boxes, hand-overs, and what "in time" means.

use crate::common::*;
use quell_book::*;
use quell_protocol::{builtin, load};
use serde_json::json;

fn in_time(b: &Book, kind: DutyKind) -> i64 {
    b.replay.tallies.values().filter(|t| t.kind == kind).map(|t| t.in_time).sum()
}

#[test]
fn what_is_done_on_the_minute_is_in_time() {
    let mut b = Book::new();
    b.swab("26T08:00", "T1", 1, "single", None);
    b.seal("26T08:30", "T1");
    b.receive("26T12:30", &["T1"]);
    b.result("26T18:30", "T1", "indeterminate", None);
    for kind in [DutyKind::Seal, DutyKind::Deliver, DutyKind::Test, DutyKind::Result] {
        assert_eq!(in_time(&b, kind), 1, "{kind}");
    }
    assert_eq!(b.due(1, DutyKind::Resample), ["27T06:30"]);
    b.swab("27T06:30", "T2", 1, "single", None);
    assert_eq!(in_time(&b, DutyKind::Resample), 1);
    assert!(b.replay.state.duties.iter().all(|d| d.in_time == Some(true)));

    let mut b = Book::new();
    b.swab("26T08:00", "T1", 1, "single", None);
    b.seal("26T08:31", "T1");
    assert_eq!(in_time(&b, DutyKind::Seal), 0, "and a minute later it is late");
}

#[test]
fn a_tube_lies_in_one_box() {
    let mut b = Book::new();
    b.swab("26T08:00", "T1", 1, "single", None);
    b.seal("26T08:10", "T1");
    b.say("26T08:20", "box_packed", json!({"box": "B1", "tubes": ["T1"]}));
    assert_eq!(b.refuse("26T08:30", "box_packed", json!({"box": "B2", "tubes": ["T1"]})), "box.tube");
}

#[test]
fn a_tube_leaves_its_station_once() {
    let mut b = Book::new();
    b.swab("26T08:00", "T1", 1, "single", None);
    b.seal("26T08:10", "T1");
    b.say("26T08:20", "handed_over", json!({"tube": "T1", "from": "station", "to": "courier"}));
    b.say("26T09:00", "handed_over", json!({"tube": "T1", "from": "courier", "to": "second courier"}));
    b.receive("26T10:00", &["T1"]);
    assert_eq!(short(b.tube("T1").left_at.unwrap()), "26T08:20");
}

#[test]
fn a_single_tube_and_a_pool_have_each_their_time_for_testing() {
    let mut b = Book::new();
    let id = b.protocol.id().clone();
    let text = builtin(&id).unwrap().replace("[deadlines.test_single]\nvalue = \"6h\"", "[deadlines.test_single]\nvalue = \"5h\"");
    b.protocol = load(id.as_str(), &text).unwrap();
    b.swab("26T08:00", "S1", 1, "single", None);
    b.swab("26T08:00", "T1", 2, "pooled", None);
    b.receive("26T09:00", &["S1", "T1"]);
    let due = |tube: &str| short(b.tube(tube).test_due.unwrap());
    assert_eq!((due("S1").as_str(), due("T1").as_str()), ("26T14:00", "26T15:00"));
}
