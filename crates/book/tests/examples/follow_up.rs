//! Follow-up at home: seen, missed, looked for, ill; and the end, which comes by itself.

use crate::common::*;
use quell_book::*;
use serde_json::json;

fn seen(b: &mut Book, t: &str, outcome: &str) {
    b.say(t, "followed_up", json!({"person": p(1), "outcome": outcome, "by": "team 1"}));
}

#[test]
fn an_ebola_contact_is_seen_every_day_for_twenty_one_days() {
    let mut b = Book::under("ebola");
    b.contact("01T09:00", 1, 1, "close", "01T08:00");
    assert_eq!(b.kinds(1), [DutyKind::FollowUp], "watched, not confined");
    assert_eq!(b.person(1).standing, Standing::AtHome);
    for day in 1..=22 {
        let due = format!("{:02}T00:00", day + 1);
        assert_eq!(b.due(1, DutyKind::FollowUp), [due], "day {day}");
        seen(&mut b, &format!("{day:02}T10:00"), "seen_ok");
    }
    assert!(b.duties(1).is_empty(), "day 21 is the last");
    assert_eq!(b.refuse("22T23:00", "time_ran_out", json!({"person": p(1)})), "time.not_over");
    b.say("23T00:00", "time_ran_out", json!({"person": p(1)}));
    assert_eq!(b.contact_of(1).state, ContactState::Released);
    assert_eq!(b.refuse("23T09:00", "followed_up", json!({"person": p(1), "outcome": "seen_ok"})), "follow_up.no_contact");
}

/// Lost to follow-up is a duty with an owner, not a status that hides someone (SORMAS-Project#1710: follow-up that never ends).
#[test]
fn whoever_is_not_found_is_looked_for_and_stays_owed() {
    let mut b = Book::under("ebola");
    b.contact("01T09:00", 1, 1, "close", "01T08:00");
    seen(&mut b, "01T10:00", "seen_ok");
    seen(&mut b, "02T10:00", "not_attempted");
    seen(&mut b, "03T10:00", "not_attempted");
    assert_eq!(b.kinds(1), [DutyKind::FollowUp], "nobody tried: the staff's delay, not the contact's");
    assert_eq!(b.due(1, DutyKind::FollowUp), ["03T00:00"], "and overdue it is");
    seen(&mut b, "03T11:00", "missed");
    assert_eq!(b.due(1, DutyKind::TraceLost), ["04T11:00"]);
    seen(&mut b, "03T15:00", "missed");
    assert_eq!(b.counts(DutyKind::TraceLost), [1, 0, 0, 0, 0], "one search");
    seen(&mut b, "05T10:00", "seen_ok");
    assert_eq!((b.kinds(1), b.due(1, DutyKind::FollowUp)), (vec![DutyKind::FollowUp], vec!["07T00:00".to_owned()]));
    // What is handed in late is kept, and changes nothing of what is owed.
    seen(&mut b, "04T10:00", "seen_ok");
    assert_eq!(b.due(1, DutyKind::FollowUp), ["07T00:00"]);
    assert_eq!(short(b.contact_of(1).last_seen.unwrap()), "05T10:00");
}

#[test]
fn whoever_falls_ill_is_sampled_and_keeps_the_history_as_a_case() {
    let mut b = Book::under("ebola");
    b.contact("01T09:00", 1, 1, "close", "01T08:00");
    seen(&mut b, "01T10:00", "seen_ok");
    assert_eq!(
        b.refuse("02T10:00", "followed_up", json!({"person": p(1), "outcome": "seen_ok", "symptoms": ["fever"]})),
        "follow_up.symptoms"
    );
    b.say("02T10:00", "followed_up", json!({"person": p(1), "outcome": "seen_not_ok", "symptoms": ["fever"], "temperature": 38.6}));
    assert_eq!(b.due(1, DutyKind::SymptomTest), ["02T22:00"]);
    b.swab("02T12:00", "S1", 1, "single", None);
    assert!(b.due(1, DutyKind::SymptomTest).is_empty());
    b.say("02T13:00", "case_listed", json!({"case": id(9), "person": p(1), "classification": "confirmed"}));
    assert_eq!(b.contact_of(1).state, ContactState::Converted);
    assert!(!b.kinds(1).contains(&DutyKind::FollowUp));
    assert_eq!(b.replay.state.follow_ups.len(), 2, "nothing is forgotten");
}

#[test]
fn isolation_at_home_ends_on_time_without_anyones_act() {
    let mut b = Book::new();
    b.contact("01T09:00", 1, 1, "high_risk_spillover", "01T08:00");
    let until = b.contact_of(1).until.unwrap();
    assert_eq!((b.person(1).standing, short(until)), (Standing::HomeIsolation, "09T00:00".to_owned()));
    assert_eq!(b.refuse("08T23:00", "time_ran_out", json!({"person": p(1)})), "time.not_over");
    b.say("09T00:01", "time_ran_out", json!({"person": p(1)}));
    let order = b.order_of(1);
    assert_eq!((b.contact_of(1).state, b.person(1).standing), (ContactState::Released, Standing::AtHome));
    assert_eq!((order.state, order.ended_at), (OrderState::Expired, Some(until)));
    // Nobody is held for the tests that were not taken; they are still owed.
    assert!(b.kinds(1).iter().all(|k| *k == DutyKind::ContactTest) && !b.kinds(1).is_empty());
    assert_eq!(b.counts(DutyKind::Release), [1, 0, 1, 0, 0]);
}

/// Measles: vaccine within 72 hours of the exposure, immunoglobulin within six days, which makes the follow-up a week longer.
#[test]
fn a_measles_contact_is_offered_what_still_protects() {
    let mut b = Book::under("measles");
    let named = |n: u32, person: u32, exposed: &str| {
        let mut named = naming(n, person, "close", exposed);
        named["first_exposure"] = json!(exposed);
        named
    };
    b.say("02T09:00", "contact_named", named(1, 1, "01T08:00"));
    assert_eq!(b.due(1, DutyKind::Prophylaxis), ["04T08:00"], "72 hours from the exposure");
    b.say("05T09:00", "contact_named", named(2, 2, "01T08:00"));
    assert_eq!(b.due(2, DutyKind::Prophylaxis), ["07T08:00"], "too late for the vaccine, not for immunoglobulin");
    b.say("08T09:00", "contact_named", named(3, 3, "01T08:00"));
    assert!(b.due(3, DutyKind::Prophylaxis).is_empty(), "too late for both");

    assert_eq!(b.refuse("03T09:00", "prophylaxis_given", json!({"person": p(1), "prophylaxis": "garlic"})), "prophylaxis.unknown");
    assert_eq!(b.refuse("03T09:00", "prophylaxis_given", json!({"person": p(9), "prophylaxis": "mmr"})), "prophylaxis.no_contact");
    b.say("03T09:00", "prophylaxis_given", json!({"person": p(1), "prophylaxis": "mmr"}));
    assert_eq!((b.counts(DutyKind::Prophylaxis), short(b.contact_of(1).until.unwrap())), ([2, 0, 1, 0, 0], "23T00:00".into()));
    b.say("06T09:00", "prophylaxis_given", json!({"person": p(2), "prophylaxis": "immunoglobulin"}));
    assert_eq!(short(b.contact_of(2).until.unwrap()), "30T00:00", "28 days");
    // What was given for one exposure is not offered again for another of the same time.
    b.say(
        "06T10:00",
        "contact_named",
        json!({"contact": id(4), "person": p(2), "category": "close", "last_exposure": "05T08:00",
        "first_exposure": "05T08:00", "decision": decision()}),
    );
    assert_eq!(b.due(2, DutyKind::Prophylaxis).len(), 1, "a new exposure is a new question");
    b.say(
        "06T11:00",
        "prophylaxis_declined",
        json!({"person": p(2), "decision": {"decider": "the person", "reason": "had immunoglobulin today"}}),
    );
    assert_eq!(b.refuse("06T12:00", "prophylaxis_declined", json!({"person": p(2), "decision": decision()})), "prophylaxis.not_due");
    assert_eq!(b.counts(DutyKind::Prophylaxis), [3, 0, 2, 1, 0]);
}

/// What was given too late protects nobody, and nobody is watched longer for it.
#[test]
fn what_comes_too_late_lengthens_no_follow_up() {
    let mut b = Book::under("measles");
    b.contact("05T09:00", 1, 1, "close", "01T08:00");
    b.say("07T08:01", "prophylaxis_given", json!({"person": p(1), "prophylaxis": "immunoglobulin"}));
    assert_eq!(short(b.contact_of(1).until.unwrap()), "23T00:00", "six days after the exposure it was of no use");
    assert!(b.replay.state.prophylaxes.iter().all(|p| !p.in_time), "and is shown as too late");
    assert_eq!(b.counts(DutyKind::Prophylaxis), [1, 0, 1, 0, 0], "but nobody is asked to give it again");
}

/// Measles: who had two doses by a paper before the exposure is owed nothing; someone's word, or a dose of after it, is no protection.
#[test]
fn who_is_vaccinated_by_a_paper_is_owed_no_prophylaxis() {
    let stated = |n: u32, doses: u32, dates: &[&str], source: &str| json!({"person": p(n), "doses": doses, "dates": dates, "source": source, "vaccine": "MMR"});
    let mut b = Book::under("measles");
    for n in 1..=5 {
        b.contact("03T09:00", n, n, "close", "02T08:00");
    }
    b.say("03T10:00", "vaccination_stated", stated(1, 2, &["2014-01-05", "2020-09-01"], "card"));
    b.say("03T10:00", "vaccination_stated", stated(2, 2, &[], "told"));
    b.say("03T10:00", "vaccination_stated", stated(3, 2, &["2022-11-02"], "register"));
    b.say("03T10:00", "vaccination_stated", stated(4, 1, &[], "card"));
    let owed = |b: &Book| [1, 2, 3, 4, 5].map(|n| b.due(n, DutyKind::Prophylaxis).len());
    assert_eq!(owed(&b), [0, 1, 1, 1, 1], "only two documented doses of before protect");
    assert_eq!(b.counts(DutyKind::Prophylaxis), [5, 0, 0, 0, 1]);
    // A later exposure asks the same question, of who was vaccinated too.
    b.contact("04T09:00", 6, 1, "close", "03T20:00");
    assert_eq!(b.due(1, DutyKind::Prophylaxis).len(), 0);
    // The card was a sister's: she is offered what still protects. The mother finds another's.
    b.say("04T10:00", "vaccination_stated", stated(1, 0, &[], "card"));
    b.say("04T10:00", "vaccination_stated", stated(5, 2, &[], "card"));
    assert_eq!((owed(&b), b.due(1, DutyKind::Prophylaxis)), ([1, 1, 1, 1, 0], vec!["06T20:00".into()]));
    // Of who is no contact yet it is known when the contact is named.
    b.say("05T10:00", "vaccination_stated", stated(6, 2, &[], "card"));
    b.contact("05T11:00", 7, 6, "close", "05T08:00");
    assert_eq!(b.kinds(6), [DutyKind::FollowUp]);
    assert_eq!(b.refuse("05T12:00", "vaccination_stated", stated(6, 1, &["2014-01-05", "2020-09-01"], "card")), "vaccination.doses");
}

/// Mpox: the second dose is owed 28 days after the first, when the three weeks of follow-up are over.
#[test]
fn a_second_dose_is_owed_until_it_is_given() {
    let given = |n: u32| json!({"person": p(n), "prophylaxis": "vaccine"});
    let mut b = Book::under("mpox");
    for n in 1..=4 {
        b.contact("01T10:00", n, n, "close", "01T08:00");
        b.say("01T12:00", "prophylaxis_given", given(n));
        assert_eq!((b.due(n, DutyKind::SecondDose), b.due(n, DutyKind::Prophylaxis).len()), (vec!["30T00:00".into()], 0));
    }
    // Exposed again: the vaccination that was begun goes on, nobody is offered another first dose.
    b.contact("03T09:00", 5, 1, "close", "02T08:00");
    assert_eq!(b.kinds(1), [DutyKind::FollowUp, DutyKind::SecondDose]);
    b.say("04T09:00", "case_listed", json!({"case": id(9), "person": p(2), "classification": "confirmed"}));
    assert!(!b.kinds(2).contains(&DutyKind::SecondDose), "a case is not vaccinated");
    b.say("04T09:00", "contact_dropped", json!({"contact": id(3), "decision": decision()}));
    assert!(b.kinds(3).is_empty(), "who was no contact owes nothing");
    // Too early it is written down, and does not count.
    b.say("10T09:00", "prophylaxis_given", given(1));
    assert_eq!(b.due(1, DutyKind::SecondDose), ["30T00:00"]);
    b.say("24T00:00", "time_ran_out", json!({"person": p(1)}));
    b.say("24T00:00", "time_ran_out", json!({"person": p(4)}));
    assert_eq!((b.kinds(1), b.kinds(4)), (vec![DutyKind::SecondDose], vec![DutyKind::SecondDose]), "the follow-up is over, this is not");
    b.say("29T12:00", "prophylaxis_given", given(1));
    b.say("29T12:00", "prophylaxis_declined", json!({"person": p(4), "decision": decision()}));
    assert_eq!(b.counts(DutyKind::SecondDose), [4, 0, 1, 1, 2]);
    assert_eq!(b.replay.state.prophylaxes.iter().map(|p| p.in_time).collect::<Vec<_>>(), [true, true, true, true, false, true]);
    assert_eq!(b.refuse("29T13:00", "prophylaxis_given", given(1)), "prophylaxis.no_contact");
}

/// Mpox: vaccine prevents within four days; later, until the fourteenth, it still softens the disease.
#[test]
fn what_only_softens_the_disease_is_offered_when_it_is_too_late_to_prevent_it() {
    let mut b = Book::under("mpox");
    b.contact("02T09:00", 1, 1, "close", "01T08:00");
    b.contact("06T09:00", 2, 2, "close", "01T08:00");
    b.contact("16T09:00", 3, 3, "close", "01T08:00");
    assert_eq!([1, 2, 3].map(|n| b.due(n, DutyKind::Prophylaxis)), [vec!["05T08:00".to_owned()], vec!["15T08:00".into()], vec![]]);
}

/// The diary: someone's own word counts as having been seen only where the protocol says so, and never when they are ill.
#[test]
fn an_own_word_is_kept_and_counts_as_far_as_the_protocol_says() {
    let own = |outcome: &str| json!({"person": p(1), "outcome": outcome, "self_reported": true});
    let mut ebola = Book::under("ebola");
    ebola.contact("01T09:00", 1, 1, "close", "01T08:00");
    ebola.say("01T10:00", "followed_up", own("seen_ok"));
    assert_eq!(ebola.due(1, DutyKind::FollowUp), ["02T00:00"], "someone still sees the contact");
    assert_eq!(ebola.contact_of(1).last_seen, None);
    ebola.say("01T11:00", "followed_up", own("seen_not_ok"));
    assert_eq!(ebola.kinds(1), [DutyKind::FollowUp, DutyKind::SymptomTest], "who feels ill is sampled, and seen");
    assert_eq!(ebola.replay.state.follow_ups.iter().filter(|f| f.self_reported).count(), 2);

    let mut covid = Book::new();
    covid.contact("01T09:00", 1, 1, "high_risk_spillover", "01T08:00");
    let due = covid.due(1, DutyKind::FollowUp);
    covid.say("01T10:00", "followed_up", own("seen_not_ok"));
    assert_eq!(covid.due(1, DutyKind::FollowUp), due);
    covid.say("01T10:30", "followed_up", own("seen_ok"));
    assert_ne!(covid.due(1, DutyKind::FollowUp), due);
}
