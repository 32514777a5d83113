//! A synthetic county, at seeds and error rates that the weights were not chosen on.

use proptest::prelude::*;
use quell_foundation::{Day, Hash, PlaceId};
use quell_matching::synthetic::{County, Errors, Measured, generate, run};
use quell_matching::{Frequencies, MOST_KEYS, Matcher, Particulars, Sex, Verdict, keys};

fn measured(errors: &Errors, seed: u64) -> Measured {
    let county = County::of(12_000);
    run(&Matcher::default(), &generate(&county, errors, seed))
}

#[test]
fn precision_and_recall_as_promised() {
    for (what, errors) in [
        ("usual", Errors::usual()),
        ("numberless", Errors::without_numbers()),
        ("telephone", Errors::by_telephone()),
        ("paper", Errors::from_paper()),
    ] {
        let m = measured(&errors, 20_221_126);
        let same = m.same();
        assert!(m.true_pairs > 1_000, "{what}: {}", m.true_pairs);
        assert!(same.precision >= 0.99 && same.recall >= 0.95, "{what}: {same:?}");
        assert!(m.blocking_recall() >= 0.97, "{what}: {}", m.blocking_recall());
        assert!(m.candidates < 12 * m.records as u64, "{what}: {} candidates", m.candidates);
    }
}

#[test]
fn a_book_can_count_its_own_names() {
    let set = generate(&County::of(6_000), &Errors::usual(), 3);
    let own = Frequencies::counted(set.records.iter().map(|r| r.name.as_str()));
    let same = run(&Matcher::new(450_000, own), &set).same();
    assert!(same.precision >= 0.99 && same.recall >= 0.95, "{same:?}");
}

#[test]
fn the_same_seed_gives_the_same_set() {
    let set = |seed| generate(&County::of(500), &Errors::usual(), seed).records;
    assert_eq!(set(1), set(1));
    assert_ne!(set(1), set(2));
}

#[test]
fn everyone_is_the_same_as_himself() {
    let matcher = Matcher::default();
    for record in generate(&County::of(3_000), &Errors::usual(), 4).records {
        let prepared = matcher.prepare(&record);
        if record.born.is_some() && !record.phones.is_empty() && !record.name.contains(['之', '某']) {
            let found = matcher.compare(&prepared, &prepared);
            assert_eq!(found.verdict, Verdict::Same, "{record:?} {found:?}");
        }
    }
}

fn particulars() -> impl Strategy<Value = Particulars> {
    let name =
        prop_oneof![any::<String>(), "[张王李章][伟玮明晓丽莉]{0,3}", "[A-Z]{1,6} [a-z]{0,6}", "[张 某之子女*·(A]{0,6}", "\\PC{0,12}",];
    let phones = prop::collection::vec(prop_oneof![any::<String>(), "138[0-9]{8}", "[0-9]{0,24}"], 0..4);
    let home = prop::option::of("[a-b]{1,2}(\\.[a-b0]{1,2}){0,9}");
    (name, any::<Option<bool>>(), any::<Option<i32>>(), any::<Option<bool>>(), phones, home).prop_map(
        |(name, male, born, identity, phones, home)| Particulars {
            name,
            sex: male.map(|m| if m { Sex::Male } else { Sex::Female }),
            born: born.map(Day),
            identity: identity.map(|i| Hash::of(&[u8::from(i)])),
            phones,
            home: home.and_then(|h| PlaceId::new(h).ok()),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_written(a in particulars(), b in particulars()) {
        let matcher = Matcher::new(450_000, Frequencies::counted(std::iter::empty()));
        let (x, y) = (matcher.prepare(&a), matcher.prepare(&b));
        let found = matcher.compare(&x, &y);
        prop_assert_eq!(&found, &matcher.compare(&y, &x), "who is asked of whom does not matter");
        prop_assert_eq!(found.score, found.reasons.iter().map(|r| r.weight).sum::<i32>());
        prop_assert!(keys(&a).len() <= MOST_KEYS);
        found.reasons.iter().for_each(|r| assert!(!r.en(&a, &b).is_empty() && !r.zh(&a, &b).is_empty()));
        let itself = matcher.compare(&x, &x).reasons;
        let against = itself.iter().find(|r| r.weight < -50 && !r.why.code().starts_with("or."));
        prop_assert!(against.is_none(), "nothing speaks against being oneself: {:?}", against);
        prop_assert_eq!(x.keys(), matcher.prepare(&a).keys());
    }
}
