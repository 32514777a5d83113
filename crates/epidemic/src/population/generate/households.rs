//! Who lives in one household: roles and ages that fit together.

use crate::population::OLDEST;
use crate::population::description::{Ages, Households, Pattern};
use crate::random::{Draws, Key};

/// Draws ages as frequent as in the population, between bounds: a cumulative table and a guide into it (Chen & Asau 1974).
#[derive(Debug, Clone)]
pub(super) struct AgeTable {
    /// Share of people younger than each age; then 1.
    below: Vec<f32>,
    guide: Vec<u8>,
}

/// The ages of a group of five years; 100 and over is a group of one.
const GROUPS: usize = 21;

impl AgeTable {
    fn new(by_five_years: &[f64; GROUPS]) -> Self {
        let total: f64 = by_five_years.iter().sum();
        // 100 and over is one year; the others are spread evenly over five.
        let year = |age: u8| by_five_years[usize::from(age / 5)] / if age == OLDEST { 1.0 } else { 5.0 };
        let mut below = vec![0.0f32];
        let mut sum = 0.0;
        for age in 0..=OLDEST {
            sum += year(age) / total;
            below.push(sum as f32);
        }
        let guide = (0..256).map(|k| below.partition_point(|b| *b <= k as f32 / 256.0).saturating_sub(1) as u8).collect();
        Self { below, guide }
    }
    /// An age from `low` to `high`.
    #[inline]
    pub(super) fn between(&self, low: u8, high: u8, u: f32) -> u8 {
        let (from, to) = (self.below[usize::from(low)], self.below[usize::from(high) + 1]);
        let x = from + u * (to - from);
        let mut age = self.guide[((x * 256.0) as usize).min(255)];
        while age < high && self.below[usize::from(age) + 1] <= x {
            age += 1;
        }
        age.max(low)
    }
}

/// Draws households.
#[derive(Debug, Clone)]
pub(super) struct HouseholdTable {
    ages: AgeTable,
    patterns: Vec<Pattern>,
    /// Which pattern, for each of 4,096 equal parts: shares are met to 1/4,096.
    guide: Vec<u8>,
}

/// Most people of one household.
pub(super) const LARGEST: usize = 32;

impl HouseholdTable {
    pub(super) fn new(ages: &Ages, households: &Households) -> Self {
        let patterns: Vec<Pattern> = households.patterns.iter().take(256).copied().filter(|p| p.size() as usize <= LARGEST).collect();
        let total: f64 = patterns.iter().map(|p| p.percent).sum();
        let mut ends = patterns.iter().scan(0.0, |sum, p| {
            *sum += p.percent / total;
            Some(*sum)
        });
        let (mut end, mut pattern) = (ends.next().unwrap_or(1.0), 0u8);
        let guide = (0..4_096).map(|k| {
            while (f64::from(k) + 0.5) / 4_096.0 > end {
                let Some(next) = ends.next() else { break };
                end = next;
                pattern += 1;
            }
            pattern
        });
        let mut table = Self { guide: guide.collect(), ages: AgeTable::new(&ages.by_five_years), patterns };
        table.fit(&ages.by_five_years);
        table
    }

    /// The bounds that the members of a household set each other push ages together: drawn as frequent as in the population, too many are 40 to 44.
    /// So the frequencies from which ages are drawn are corrected until the ages of all are the population's, within children, adults and elders
    /// (iterative proportional fitting; Deming & Stephan 1940, Annals of Mathematical Statistics 11:427).
    fn fit(&mut self, wanted: &[f64; GROUPS]) {
        const ROUNDS: u64 = 12;
        const HOUSEHOLDS: u32 = 20_000;
        let mut drawn_from = *wanted;
        for round in 0..ROUNDS {
            let mut draws = Key::new(0).with(round).draws();
            let mut ages = [0; LARGEST];
            let mut found = [1.0; GROUPS];
            for _ in 0..HOUSEHOLDS {
                let n = self.draw(LARGEST, &mut draws, &mut ages);
                ages[..n].iter().for_each(|age| found[usize::from(age / 5)] += 1.0);
            }
            for group in [0..3, 3..12, 12..GROUPS] {
                let (want, have): (f64, f64) = (wanted[group.clone()].iter().sum(), found[group.clone()].iter().sum());
                for k in group {
                    // Not more than by half at once: what is rare is found by chance.
                    drawn_from[k] *= ((wanted[k] / want) / (found[k] / have)).clamp(0.67, 1.5);
                }
            }
            self.ages = AgeTable::new(&drawn_from);
        }
    }

    /// The ages of the next household, eldest generation first, at most `room` people. Answers how many.
    #[inline]
    pub(super) fn draw(&self, room: usize, draws: &mut Draws, ages: &mut [u8; LARGEST]) -> usize {
        let mut pattern = self.patterns[usize::from(self.guide[(draws.bits() >> 52) as usize])];
        // At the end of a community: another household, or in the end one or two adults.
        for _ in 0..8 {
            if pattern.size() as usize <= room {
                break;
            }
            pattern = self.patterns[usize::from(self.guide[(draws.bits() >> 52) as usize])];
        }
        if pattern.size() as usize > room {
            pattern = Pattern { elders: 0, adults: room.min(2) as u8, grown: 0, children: 0, percent: 0.0 };
        }
        let mut n = 0;
        let mut add = |age: u8| {
            ages[n] = age;
            n += 1;
        };
        let elder = (pattern.elders > 0).then(|| self.elders(&pattern, draws, &mut add));
        let adult = (pattern.adults > 0).then(|| self.adults(&pattern, elder, draws, &mut add));
        let youngest = if pattern.children > 0 { 22 } else { 29 };
        (0..pattern.grown).for_each(|_| add(self.child(adult, 15, youngest, draws)));
        (0..pattern.children).for_each(|_| add(self.child(adult, 0, 14, draws)));
        n
    }

    #[inline]
    fn elders(&self, pattern: &Pattern, draws: &mut Draws, add: &mut impl FnMut(u8)) -> u8 {
        // Old parents of adults who have children themselves are not the oldest.
        let age = self.ages.between(60, if pattern.children > 0 { 88 } else { OLDEST }, draws.unit32());
        add(age);
        (1..pattern.elders).for_each(|_| add((age + 1).saturating_sub(draws.scaled(5) as u8).clamp(60, OLDEST)));
        age
    }

    /// Answers the age of the mother, or of whoever stands in her place, within the bounds that the household sets.
    #[inline]
    fn adults(&self, pattern: &Pattern, elder: Option<u8>, draws: &mut Draws, add: &mut impl FnMut(u8)) -> u8 {
        let (low, high) = match (pattern.grown > 0, pattern.children > 0) {
            (true, true) => (38, 50),
            (true, false) => (42, 59),
            (false, true) => (22, 46),
            (false, false) => (20, 59),
        };
        let age = match elder {
            // 20 to 42 years younger than the old parent, as far as the household's bounds allow.
            Some(elder) => self.ages.between(low.max(elder - 42).min(high), high.min(elder - 20).max(low), draws.unit32()),
            None if pattern.children > 0 => {
                let child = self.ages.between(0, 14, draws.unit32());
                self.ages.between(low.max(child + 20), high.min(child + 40), draws.unit32())
            }
            // A quarter of those without children at home had them: a choice that brings the ages of 35 to 59 nearer to the census.
            None => self.ages.between(if pattern.grown == 0 && draws.scaled(4) == 0 { 50 } else { low }, high, draws.unit32()),
        };
        add(age);
        (1..pattern.adults).for_each(|_| add((age + draws.scaled(5) as u8).saturating_sub(1).clamp(20, 59)));
        age
    }

    /// A child whose mother, if she is here, was 20 to 42 at the birth.
    #[inline]
    fn child(&self, mother: Option<u8>, low: u8, high: u8, draws: &mut Draws) -> u8 {
        let (low, high) = match mother {
            Some(age) => (low.max(age.saturating_sub(42)), high.min(age.saturating_sub(20))),
            None => (low, high),
        };
        self.ages.between(low, high.max(low), draws.unit32())
    }
}
