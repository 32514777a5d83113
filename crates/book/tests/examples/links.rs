//! Links between cases: kept though they contradict, doubted by stated rules, counted in generations.

use crate::common::*;
use quell_book::*;
use quell_foundation::{CaseId, LinkId};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn link(n: u32, source: u32, target: u32) -> Value {
    json!({"link": id(100 + n), "source": id(source), "target": id(target), "certainty": "medium", "evidence": "shared a flat"})
}

/// Cases 1 to n of measles, with rashes on these days.
fn outbreak(rashes: &[Option<&str>]) -> Book {
    let mut b = Book::under("measles");
    for (n, onset) in (1..).zip(rashes) {
        let mut case = json!({"case": id(n), "person": p(n), "classification": "confirmed"});
        case["onset"] = onset.map_or(Value::Null, |o| json!(o));
        b.say("29T08:00", "case_listed", case);
    }
    b
}

fn doubted(b: &Book) -> BTreeMap<LinkId, BTreeSet<Doubt>> {
    let s = &b.replay.state;
    let cases = s.cases.iter().map(|c| (c.case_id, Ill { onset: c.onset, withdrawn: c.state == CaseState::Withdrawn })).collect();
    doubts(&b.protocol, &seen(b), &cases)
}

fn seen(b: &Book) -> Vec<LinkSeen> {
    let stands = b.replay.state.links.iter().filter(|l| l.withdrawn.is_none());
    let see = |l: &rows::Link| LinkSeen {
        link: l.link_id,
        source: l.source_case,
        target: l.target_case,
        directed: l.directed,
        contact_at: l.contact_at,
    };
    stands.map(see).collect()
}

#[test]
fn a_link_says_what_it_rests_on_and_is_said_once() {
    let mut b = outbreak(&[Some("01T08:00"), Some("12T08:00")]);
    for (field, value, rule) in
        [("evidence", json!(""), "link.evidence"), ("target", json!(id(1)), "link.itself"), ("target", json!(id(9)), "case.unknown")]
    {
        let mut l = link(1, 1, 2);
        l[field] = value;
        assert_eq!(b.refuse("29T09:00", "link_stated", l), rule);
    }
    b.say("29T09:00", "link_stated", link(1, 1, 2));
    assert_eq!(b.refuse("29T09:00", "link_stated", link(2, 1, 2)), "link.exists");
    b.say("29T10:00", "link_withdrawn", json!({"link": id(101), "decision": decision()}));
    assert_eq!(b.refuse("29T10:00", "link_withdrawn", json!({"link": id(101), "decision": decision()})), "link.unknown");
    b.say("29T11:00", "link_stated", link(2, 1, 2));
    assert_eq!(b.replay.state.links.len(), 2, "both stay visible");
}

/// Measles: 11.7 days from rash to rash on average; infectious from four days before the rash to four after.
#[test]
fn what_contradicts_is_kept_and_flagged() {
    let mut b = outbreak(&[Some("01T08:00"), Some("12T08:00"), Some("02T08:00"), None]);
    b.say("29T09:00", "link_stated", link(1, 1, 2));
    assert!(doubted(&b).is_empty(), "eleven days: as it should be");
    b.say("29T09:00", "link_stated", link(2, 1, 4));
    assert!(doubted(&b).is_empty(), "without an onset nothing can be said");
    b.say("29T09:00", "link_stated", link(3, 2, 3));
    let of = |b: &Book, n: u32| doubted(b).remove(&LinkId(id(100 + n))).unwrap_or_default().into_iter().collect::<Vec<_>>();
    assert_eq!(of(&b, 3), [Doubt::SourceIllLater, Doubt::TooSoon], "ten days before its source");
    let mut met = link(4, 3, 4);
    met["contact_at"] = json!("2022-11-20T08:00:00+08:00");
    b.say("29T09:00", "link_stated", met);
    assert_eq!(of(&b, 4), [Doubt::NotInfectiousThen, Doubt::SeveralSources]);
    b.say("29T09:00", "link_stated", link(5, 4, 1));
    let circle: Vec<u32> = (1..=5).filter(|n| of(&b, *n).contains(&Doubt::Circle)).collect();
    assert_eq!(circle, [1, 2, 3, 4, 5], "1 → 2 → 3 → 4 → 1, and 1 → 4");
    b.say("29T10:00", "case_classified", json!({"case": id(2), "classification": "not_a_case", "severity": "mild", "decider": "experts"}));
    assert!(of(&b, 1).contains(&Doubt::CaseWithdrawn));
}

#[test]
fn generations_are_counted_from_those_without_a_source() {
    let c = |n: u128| CaseId(uuid::Uuid::from_u128(n));
    let l = |n: u128, source: u128, target: u128| LinkSeen {
        link: LinkId(uuid::Uuid::from_u128(n)),
        source: c(source),
        target: c(target),
        directed: true,
        contact_at: None,
    };
    let links = [l(1, 1, 2), l(2, 2, 3), l(3, 1, 3), l(4, 5, 6), l(5, 6, 5)];
    let found = generations(&links, (1..=6).map(c));
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [(c(1), 0), (c(2), 1), (c(3), 1), (c(4), 0)], "5 and 6 run in a circle");
}

#[test]
fn candidates_for_a_source_stand_in_an_order_that_can_be_checked() {
    let b = outbreak(&[]);
    let case = |n: u32| CaseId(id(n));
    let seen = |n: u32, ill: &str, evidence: &[Evidence]| SourceSeen {
        case: case(n),
        ill: moment(ill),
        evidence: evidence.iter().copied().collect(),
        met_at: None,
    };
    let serial = b.protocol.serial_interval_days().unwrap();
    assert!((10.0..16.0).contains(&serial), "measles: {serial} days");
    let ranked = rank_sources(
        &b.protocol,
        case(9),
        moment("28T08:00"),
        vec![
            seen(1, "01T08:00", &[Evidence::Named]),
            seen(2, "16T08:00", &[Evidence::Community]),
            seen(3, "12T08:00", &[Evidence::Met, Evidence::Community]),
            seen(4, "16T08:00", &[Evidence::Met]),
            seen(7, "15T08:00", &[Evidence::Unit, Evidence::Community]),
            seen(6, "12T08:00", &[Evidence::Group]),
            seen(5, "14T08:00", &[Evidence::Household]),
            seen(9, "28T08:00", &[Evidence::Household]),
        ],
    );
    let order: Vec<CaseId> = ranked.iter().map(|r| r.seen.case).collect();
    assert_eq!(order, [5, 4, 3, 6, 7, 2, 1].map(case), "the named one fell ill 27 days before: too long for measles");
    assert_eq!((ranked[0].days, ranked[6].doubts.first()), (14.0, Some(&Doubt::TooLate)));
}

#[test]
fn what_hangs_together_is_one_cluster() {
    let link = |n: u32, source: u32, target: u32| LinkSeen {
        link: LinkId(id(n)),
        source: CaseId(id(source)),
        target: CaseId(id(target)),
        directed: n.is_multiple_of(2),
        contact_at: None,
    };
    let of = clusters(&[link(1, 5, 4), link(2, 4, 3), link(3, 9, 8), link(4, 2, 3)]);
    let found: Vec<(u32, u32)> = [2, 3, 4, 5, 8, 9].map(|n| (n, of[&CaseId(id(n))].0.as_u128() as u32)).to_vec();
    let least = |n: u32| CaseId(id(n)).0.as_u128() as u32;
    assert_eq!(found, [(2, least(2)), (3, least(2)), (4, least(2)), (5, least(2)), (8, least(8)), (9, least(8))]);
    assert_eq!(of.len(), 6);
}
