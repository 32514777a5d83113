//! One fact of every kind, as it may come over the wire.

use super::*;

/// A fact of this kind, about place A and its people; panics for a kind that is not here, so that none is forgotten.
pub fn sample(kind: &str) -> Value {
    let id = "0192f0c1-2d3e-7000-8000-000000000001";
    let (at, reason, decider) = ("2022-11-26T19:00:00+08:00", "r", "d");
    let decision = json!({"decider": decider, "reason": reason});
    let p = person(A, 0);
    let body = match kind {
        "place_listed" => json!({"place": format!("{A}.c9"), "kind": "compound", "name": "小区"}),
        "person_listed" => json!({"person": p, "name": "王", "sex": "female", "home": format!("{A}.c1.b1.u1.0000")}),
        "person_absent" => json!({"person": p, "destination": "万州", "at": at}),
        "person_returned" | "released" | "died" => json!({"person": p, "at": at}),
        "persons_merged" => json!({"merge": id, "kept": p, "gone": person(A, 1), "decision": decision, "at": at}),
        "merge_undone" => json!({"merge": id, "decision": decision, "at": at}),
        "persons_distinct" => json!({"person": p, "other": person(A, 1), "decision": decision, "at": at}),
        "observed" => json!({"person": p, "at": at, "temperature": 36.5}),
        "zone_designated" => json!({"place": A, "level": "high", "reason": reason, "decider": decider, "at": at}),
        "zone_lifted" => json!({"place": A, "reason": reason, "decider": decider, "at": at}),
        "protocol_adopted" => json!({"protocol": "covid-2022-twenty", "content": Hash::default(), "decider": decider, "at": at}),
        "round_opened" => json!({"round": "R9", "name": "R9", "scope": [A], "at": at}),
        "round_closed" => json!({"round": "R1", "at": at}),
        "roster_waived" => json!({"round": "R1", "person": p, "reason": reason, "decider": decider}),
        "registered" => json!({"tube": "S1", "person": p, "station": STATION_A, "at": at, "mode": "pooled"}),
        "registration_voided" => json!({"tube": "T1", "person": p, "reason": reason, "at": at}),
        "registration_reassigned" => json!({"tube": "T1", "from": p, "to": person(A, 1), "reason": reason, "at": at}),
        "tube_sealed" => json!({"tube": "T1", "at": at}),
        "tube_spoilt" | "tube_lost" => json!({"tube": "T1", "reason": reason, "at": at}),
        "box_packed" => json!({"box": "X1", "tubes": ["T1"], "at": at}),
        "handed_over" => json!({"tube": "T1", "from": "a", "to": "b", "at": at}),
        "received" => json!({"laboratory": LABORATORY, "tubes": ["T1"], "condition": "adequate", "at": at}),
        "plate_read" => {
            json!({"plate": "P1", "laboratory": LABORATORY, "at": at, "positive_control_ok": true, "negative_control_ok": true})
        }
        "result_read" => json!({"tube": "T1", "at": at, "result": "negative"}),
        "late_hand_in" => json!({"account": "phone", "place": A, "revoked_at": at, "at": at}),
        "hand_in_reviewed" => json!({"duty": id, "decision": decision, "at": at}),
        "laboratory_reviewed" => json!({"laboratory": LABORATORY, "decision": decision, "at": at}),
        "result_corrected" => json!({"tube": "T1", "at": at, "result": "negative", "reason": reason, "decider": decider}),
        "case_listed" => json!({"case": id, "person": p, "classification": "confirmed", "at": at}),
        "case_classified" => json!({"case": id, "classification": "confirmed", "severity": "mild", "at": at, "decider": decider}),
        "channel_judged" => json!({"case": id, "control": "controlled", "reason": reason, "decider": decider, "at": at}),
        "report_filed" => json!({"case": id, "receipt": "1", "at": at}),
        "investigation_filed" => json!({"case": id, "part": "core", "at": at}),
        "contact_named" => json!({"contact": id, "person": p, "category": "close", "last_exposure": at, "decision": decision, "at": at}),
        "followed_up" => json!({"person": p, "at": at, "outcome": "missed"}),
        "team_listed" => json!({"team": "t1", "name": "第一组", "places": [A], "capacity": 30, "at": at}),
        "team_absent" | "team_returned" | "team_ended" => json!({"team": "t1", "at": at}),
        "follow_up_assigned" => json!({"persons": [p], "team": "t1", "at": at}),
        "vaccination_stated" => json!({"person": p, "doses": 2, "source": "card", "at": at}),
        "prophylaxis_given" => json!({"person": p, "prophylaxis": "mmr", "at": at}),
        "prophylaxis_declined" => json!({"person": p, "decision": decision, "at": at}),
        "time_ran_out" => json!({"person": p, "at": at}),
        "order_issued" => json!({"order": id, "person": p, "kind": "isolation", "evidence": "e", "decision": decision, "starts": at,
            "ends": "2022-12-10T00:00:00+08:00", "at": at}),
        "order_lifted" => json!({"order": id, "decision": decision, "at": at}),
        "appeal_made" => json!({"appeal": id, "order": id, "by": "b", "text": "t", "at": at}),
        "appeal_answered" => json!({"appeal": id, "granted": false, "decision": decision, "at": at}),
        "assistance_requested" => json!({"message": id, "to": 500_238, "matter": matter(), "decision": decision, "at": at}),
        "assistance_received" => json!({"message": id, "from": 500_238, "matter": matter(), "decision": decision, "due": at, "at": at}),
        "assistance_answered" => json!({"message": id, "outcome": "not_found", "decision": decision, "at": at}),
        "assistance_answer_received" => json!({"message": id, "from": 500_238, "outcome": "done", "decision": decision, "at": at}),
        "message_acknowledged" => json!({"message": id, "leg": "request", "seq": 1, "at": at}),
        "message_refused" => json!({"message": id, "leg": "answer", "reason": reason, "at": at}),
        "interviewed" => json!({"case": id, "interviewer": "i", "answers": {}, "at": at}),
        "visited" => json!({"visit": id, "case": id, "description": "market", "from": at, "to": at, "source": "told", "at": at}),
        "link_stated" => json!({"link": id, "source": id, "target": p, "certainty": "low", "evidence": "e", "at": at}),
        "link_withdrawn" => json!({"link": id, "decision": decision, "at": at}),
        "visit_withdrawn" => json!({"visit": id, "decision": decision, "at": at}),
        "member_listed" => json!({"group": "school1-3", "kind": "class", "person": p, "at": at}),
        "event_listed" => json!({"event": "feast-1", "name": "n", "kind": "meal", "from": at, "to": at, "at": at}),
        "event_withdrawn" => json!({"event": "feast-1", "decision": decision, "at": at}),
        "checked_in" => json!({"venue": STATION_A, "people": [{"person": p, "from": at, "to": at}], "at": at}),
        "lead_noted" => json!({"lead": id, "case": id, "kind": "person", "description": "d", "last_exposure": at, "at": at}),
        "lead_resolved" => json!({"lead": id, "persons": [p], "at": at}),
        "lead_closed" => json!({"lead": id, "decision": decision, "at": at}),
        "contact_dropped" => json!({"contact": id, "decision": decision, "at": at}),
        "transfer_requested" => json!({"transfer": id, "person": p, "at": at}),
        "vehicle_assigned" => json!({"transfer": id, "vehicle": "渝A1", "facility": HALL, "at": at}),
        "picked_up" | "arrived" => json!({"transfer": id, "at": at}),
        "transfer_called_off" => json!({"transfer": id, "decision": decision, "at": at}),
        "admitted" => json!({"stay": id, "person": p, "facility": HALL, "ward": "w1", "bed": 1, "at": at}),
        "discharged" => json!({"stay": id, "at": at}),
        "duty_waived" => json!({"duty": id, "decision": decision}),
        "overdue_owned" => json!({"kind": "recall", "place": A, "owner": "o", "reason": reason}),
        "day_closed" => json!({"day": "2022-11-26", "decider": decider}),
        other => panic!("no sample of {other}: write one"),
    };
    json!({ kind: body })
}

/// What another county is asked to see to.
pub fn matter() -> Value {
    json!({"about": "contact", "who": {"name": "赵", "phone": "13800000000"}, "category": "close", "case_number": "W-7",
        "last_exposure": "2022-11-25T08:00:00+08:00", "evidence": "sat beside the case on the bus"})
}
