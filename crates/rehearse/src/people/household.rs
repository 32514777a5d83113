//! Who lives in one household: roles, ages and sexes that fit together.

use super::census::{self, BOYS, CHINA_BY_FIVE_YEARS, MEN_ALONE, NEST_EMPTY, PATTERNS, Pattern, WIDOWS, WOMEN_SINGLE};
use crate::kinds::Sex;
use quell_foundation::Stream;

/// The oldest age that is drawn.
pub(crate) const OLDEST: u32 = 100;

/// One member, before there is a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member {
    pub age: u32,
    pub sex: Sex,
    /// Married into the family, so with a surname of their own.
    pub in_law: bool,
}

/// Draws households.
pub(crate) struct Households {
    stream: Stream,
    /// Relative number of people at each age of the population.
    by_age: Vec<f64>,
    shares: Vec<f64>,
}

impl Households {
    pub(crate) fn new(seed: u64, community: &str) -> Self {
        Self {
            stream: Stream::named(seed, &format!("households {community}")),
            by_age: (0..=OLDEST).map(weight_of_age).collect(),
            shares: PATTERNS.iter().map(|p| p.percent).collect(),
        }
    }

    /// The members of the next household, at most `room` (and at least one); eldest generation first.
    pub(crate) fn draw(&mut self, room: u32, members: &mut Vec<Member>) {
        members.clear();
        let fitting = PATTERNS.partition_point(|p| p.size() <= room).max(1);
        let pattern = PATTERNS[self.stream.weighted(&self.shares[..fitting]).unwrap_or(0)];
        let elder = self.elder_age(&pattern);
        if pattern.elders > 0 {
            self.elders(&pattern, elder, members);
        }
        let adult = self.adult_age(&pattern, elder);
        if pattern.adults > 0 {
            self.adults(&pattern, adult, members);
        }
        let mother = (pattern.adults > 0).then_some(adult);
        for _ in 0..pattern.grown {
            let youngest = if pattern.children > 0 { 22 } else { 29 };
            self.child(mother, 15, youngest, members);
        }
        for _ in 0..pattern.children {
            self.child(mother, 0, 14, members);
        }
    }

    /// An age from `lo` to `hi`, as frequent as in the population.
    fn age(&mut self, lo: u32, hi: u32) -> u32 {
        lo + self.stream.weighted(&self.by_age[lo as usize..=hi as usize]).unwrap_or(0) as u32
    }

    fn elder_age(&mut self, pattern: &Pattern) -> u32 {
        // Old parents of adults who have children themselves are not the oldest.
        let oldest = if pattern.children > 0 { 88 } else { OLDEST };
        self.age(60, oldest)
    }

    /// The age of the mother, or of whoever stands in her place, between the bounds that the household sets.
    fn adult_age(&mut self, pattern: &Pattern, elder: u32) -> u32 {
        let (lo, hi) = match (pattern.grown > 0, pattern.children > 0) {
            (true, true) => (38, 50),
            (true, false) => (42, 59),
            (false, true) => (22, 46),
            (false, false) => (20, 59),
        };
        if pattern.elders > 0 {
            // 20 to 42 years younger than the old parent, as far as the household's bounds allow.
            self.age(lo.max(elder - 42).min(hi), hi.min(elder - 20).max(lo))
        } else if pattern.children > 0 {
            let child = self.age(0, 14);
            self.age(lo.max(child + 20), hi.min(child + 40))
        } else {
            let nest_empty = pattern.grown == 0 && self.stream.chance(NEST_EMPTY);
            self.age(if nest_empty { 50 } else { lo }, hi)
        }
    }

    fn elders(&mut self, pattern: &Pattern, age: u32, members: &mut Vec<Member>) {
        let with_children = pattern.adults > 0;
        if pattern.elders == 1 {
            let sex = if self.stream.chance(WIDOWS) { Sex::Female } else { Sex::Male };
            // A widow in her son's household came into the family by marriage.
            members.push(Member { age, sex, in_law: with_children && sex == Sex::Female });
        } else {
            let wife = (age + 1).saturating_sub(self.stream.below(5) as u32).clamp(60, OLDEST);
            members.push(Member { age, sex: Sex::Male, in_law: false });
            members.push(Member { age: wife, sex: Sex::Female, in_law: true });
        }
    }

    fn adults(&mut self, pattern: &Pattern, age: u32, members: &mut Vec<Member>) {
        if pattern.adults == 2 {
            let husband = age + self.stream.below(5) as u32 - 1;
            let husband = if (20..60).contains(&husband) { husband } else { age };
            members.push(Member { age: husband, sex: Sex::Male, in_law: false });
            members.push(Member { age, sex: Sex::Female, in_law: true });
        } else {
            let women = if pattern.size() == 1 { 1.0 - MEN_ALONE } else { WOMEN_SINGLE };
            let sex = if self.stream.chance(women) { Sex::Female } else { Sex::Male };
            members.push(Member { age, sex, in_law: false });
        }
    }

    /// A child of `lo` to `hi` years whose mother, if she is here, was 20 to 42 at the birth.
    fn child(&mut self, mother: Option<u32>, lo: u32, hi: u32, members: &mut Vec<Member>) {
        let (lo, hi) = match mother {
            Some(age) => (lo.max(age.saturating_sub(42)), hi.min(age - 20)),
            None => (lo, hi),
        };
        let age = self.age(lo, hi.max(lo));
        let sex = if self.stream.chance(BOYS) { Sex::Male } else { Sex::Female };
        members.push(Member { age, sex, in_law: false });
    }
}

/// The national number of people of this age, with those of 60–64 and of 65 and over brought to Chongqing's proportion.
fn weight_of_age(age: u32) -> f64 {
    let group = |g: usize| CHINA_BY_FIVE_YEARS.get(g).copied().unwrap_or(0.0) / 5.0;
    let own = group(age as usize / 5);
    let national_65: f64 = CHINA_BY_FIVE_YEARS[13..].iter().sum();
    match age {
        0..=59 => own,
        60..=64 => own * (census::AGED_60 - census::AGED_65) / CHINA_BY_FIVE_YEARS[12],
        _ => own * census::AGED_65 / national_65,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn generations_lie_apart(seed in any::<u64>(), room in 1u32..9) {
            let mut households = Households::new(seed, "x");
            let mut members = Vec::new();
            for _ in 0..200 {
                households.draw(room, &mut members);
                prop_assert!(!members.is_empty() && members.len() <= room as usize);
                prop_assert!(members.iter().all(|m| m.age <= OLDEST));
                let mother = members.iter().find(|m| (20..60).contains(&m.age) && m.in_law);
                if let Some(mother) = mother {
                    for child in members.iter().filter(|m| m.age < 15) {
                        prop_assert!((20..=42).contains(&(mother.age - child.age)), "{members:?}");
                    }
                }
            }
        }
    }
}
