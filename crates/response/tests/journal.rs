//! What is written down is what was done, and writing changes nothing.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::{policy, rules, town};
use quell_response::journal::{Deed, Swab};
use quell_response::time::Time;
use quell_response::{Outcome, Stay, Why};
use std::collections::{HashMap, HashSet};

fn written(text: &str, people: u32, days: u32) -> (Outcome, Vec<(Time, Deed)>) {
    let setup = town(people, "covid-ba5", days);
    let (rules, policy) = (rules("covid-2022-twenty"), policy(text));
    let plain = setup.run(&rules, &policy, 3, |_| {});
    let (outcome, deeds) = setup.scene().write(&rules, &policy, 3, |_, deeds| deeds);
    assert!((outcome.hash, &outcome.series, &outcome.costs) == (plain.hash, &plain.series, &plain.costs), "writing changes what is done");
    (outcome, deeds)
}

#[test]
fn cases_are_found_by_the_tubes_that_are_written_down() {
    let (outcome, deeds) = written("[screening]\nfrom_cases = 3\n[zones]\ntemporary_control = true", 4_000, 20);
    assert!(deeds.is_sorted_by(|a, b| a.0 <= b.0));
    let found: Vec<u32> = deeds.iter().filter_map(|(_, d)| if let Deed::Found { case } = d { Some(*case) } else { None }).collect();
    assert_eq!(found, (0..outcome.cases.len() as u32).collect::<Vec<_>>());
    assert!(found.len() > 30, "{}", found.len());
    let positive: HashSet<(u32, u64, u64)> = deeds
        .iter()
        .filter_map(|(at, d)| match d {
            Deed::Tube { people, result: Some(result), ct: Some(_), .. } if people.len() == 1 => {
                Some((people[0], (*at as f32).to_bits().into(), result.to_bits()))
            }
            _ => None,
        })
        .collect();
    for c in &outcome.cases {
        let by_a_tube = positive.contains(&(c.person, (c.sampled as f32).to_bits().into(), c.found.to_bits()));
        // Whoever comes to a hospital severely ill is a case without a swab.
        assert!(by_a_tube || c.why == Why::Symptoms && c.sampled == c.found, "{c:?}");
    }
    let mut at: HashMap<u32, Stay> = HashMap::new();
    for (time, deed) in &deeds {
        if let Deed::Entered { person, from, to } = deed {
            assert_eq!(at.insert(*person, *to).unwrap_or(Stay::Free), *from, "{person} at {time}");
        }
    }
    let counted = outcome.series.days().last().unwrap().stays;
    for stay in Stay::ALL.into_iter().skip(1) {
        assert_eq!(at.values().filter(|s| **s == stay).count() as i64, counted[stay as usize], "{stay:?}");
    }
}

#[test]
fn who_comes_to_a_round_is_as_many_as_were_counted() {
    let text = "[screening]\nevery_days = 2\n[tracing]\ncontacts = false\n[zones]\ndrawn = false\n[symptoms]\nothers_per_1000 = 0.0";
    let (outcome, deeds) = written(text, 6_000, 16);
    let tubes =
        || deeds.iter().filter_map(|(at, d)| if let Deed::Tube { people, swab, .. } = d { Some((*at, people, *swab)) } else { None });
    let swabbed: usize = tubes().map(|(_, people, _)| people.len()).sum();
    let share = swabbed as f64 / outcome.costs.tests as f64;
    assert!((0.99..1.01).contains(&share) && swabbed > 20_000, "{swabbed} written, {} counted", outcome.costs.tests);
    let rounds: Vec<_> = tubes().filter(|(_, _, swab)| *swab == Swab::Round).collect();
    assert!(rounds.iter().all(|(_, people, _)| (1..=10).contains(&people.len())));
    // Nobody twice on a day.
    let mut once = HashSet::new();
    assert!(rounds.iter().flat_map(|(at, people, _)| people.iter().map(|p| (*at as u32, *p))).all(|p| once.insert(p)));
}
