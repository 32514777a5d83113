//! What about a resident changes where and how they are cared for, and what work they do.

use super::census::*;
use super::household::Member;
use crate::kinds::Sex;
use quell_foundation::Stream;
use quell_protocol::{OccupationClass, PersonTag};
use quell_response::occupations::SHARES;
use std::collections::BTreeSet;

/// Draws tags and occupations.
pub(crate) struct Health {
    tags: Stream,
    work: Stream,
}

impl Health {
    pub(crate) fn new(seed: u64, community: &str) -> Self {
        Self { tags: Stream::named(seed, &format!("health {community}")), work: Stream::named(seed, &format!("work {community}")) }
    }

    /// The tags of a member of a household, alone or not. Always the same number of draws.
    pub(crate) fn tags(&mut self, member: &Member, alone: bool) -> BTreeSet<PersonTag> {
        let Member { age, sex, .. } = *member;
        let fertile = sex == Sex::Female && (20..=44).contains(&age);
        let by_chance = [
            (PersonTag::Pregnant, if fertile { PREGNANT } else { 0.0 }),
            (PersonTag::Dialysis, by_age(DIALYSIS, age, 0.0)),
            (PersonTag::Chemotherapy, by_age(CHEMOTHERAPY, age, 0.0)),
            (PersonTag::Disabled, by_age(DISABLED, age, 0.2)),
            (PersonTag::MentalDisorder, if age >= 18 { MENTAL_DISORDER / (1.0 - AGED_0_14) } else { 0.0 }),
            (PersonTag::Bedridden, at_age(age, 0.0, BEDRIDDEN_60, BEDRIDDEN_80)),
            (PersonTag::ChronicMedicine, at_age(age, CHRONIC_15, CHRONIC_60, CHRONIC_60)),
        ];
        let certain = [(PersonTag::Elderly, age >= 60), (PersonTag::LivesAlone, alone), (PersonTag::Infant, age < 3)];
        let drawn: Vec<PersonTag> = by_chance.into_iter().filter(|(_, p)| self.tags.chance(*p)).map(|(tag, _)| tag).collect();
        certain.into_iter().filter(|(_, is)| *is).map(|(tag, _)| tag).chain(drawn).collect()
    }

    /// The occupation class of someone of this age.
    pub(crate) fn occupation(&mut self, age: u32) -> OccupationClass {
        let mut x = self.work.unit();
        if !(18..60).contains(&age) {
            return OccupationClass::General;
        }
        for (class, share) in SHARES {
            x -= share;
            if x < 0.0 {
                return class;
            }
        }
        OccupationClass::General
    }
}

/// The risk at this age such that `mean` is the risk in the population, an elder's is [`ELDER_RISK`] times an adult's and a child's
/// `child` times.
fn by_age(mean: f64, age: u32, child: f64) -> f64 {
    let adult = mean / (AGED_15_59 + ELDER_RISK * AGED_60 + child * AGED_0_14);
    match age {
        0..15 => child * adult,
        15..60 => adult,
        _ => ELDER_RISK * adult,
    }
}

fn at_age(age: u32, from_15: f64, from_60: f64, from_80: f64) -> f64 {
    match age {
        0..15 => 0.0,
        15..60 => from_15,
        60..80 => from_60,
        _ => from_80,
    }
}
