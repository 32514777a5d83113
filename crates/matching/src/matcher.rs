//! The score of a pair.
//!
//! A pair is the same person or it is not, and if it is not, the other is a stranger, a neighbour of the same clan, another of the
//! household, or a twin. Under each of these the fields agree by accident at other rates, and each has its own number of people:
//! a book of strangers, a village, a household, a fraction of a twin. The score is the log-likelihood ratio against the likeliest of
//! them, so that what a household has in common cannot make two of its members one.

use crate::born::{self, Born};
use crate::contact::{self, Said};
use crate::frequency::Frequencies;
use crate::name::{self, Name};
use crate::reason::{Reason, Why};
use crate::weights::{self, Weight, identity, others, weight};
use crate::{Particulars, Sex};
use quell_foundation::{Hash, PlaceId};

/// What to do with a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// Two people.
    Different,
    /// A person should look.
    Possible,
    /// One person.
    Same,
}

impl Verdict {
    /// Stable word for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Verdict::Different => "different",
            Verdict::Possible => "possible",
            Verdict::Same => "same",
        }
    }
    /// In Simplified Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Verdict::Different => "不是同一人",
            Verdict::Possible => "可能是同一人",
            Verdict::Same => "同一人",
        }
    }
}

/// The answer for one pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Log-likelihood ratio in hundredths of a bit.
    pub score: i32,
    /// What follows from the score and from identity numbers that differ.
    pub verdict: Verdict,
    /// Why, in the order of the fields; the weights sum to the score.
    pub reasons: Vec<Reason>,
}

/// Particulars made ready: names folded, sounds looked up. Made once for a record, compared often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    pub(crate) name: Name,
    pub(crate) sex: Option<Sex>,
    pub(crate) born: Option<Born>,
    pub(crate) identity: Option<Hash>,
    pub(crate) phones: Vec<u64>,
    pub(crate) home: Option<PlaceId>,
}

/// Compares; knows how common names are and how many people it could be.
#[derive(Debug, Clone)]
pub struct Matcher {
    frequencies: Frequencies,
    neighbour: Weight,
    household: Weight,
    twin: Weight,
    same_from: Weight,
    possible_from: Weight,
}

impl Default for Matcher {
    /// For a county of 450,000 with the names of all China.
    fn default() -> Self {
        Self::new(weights::PEOPLE as u64, Frequencies::of_china())
    }
}

#[inline(always)]
fn of((m, u): (f64, f64)) -> Weight {
    weight(m, u)
}

/// A pair's weight under each of the four who else it could be.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    stranger: Weight,
    neighbour: Weight,
    household: Weight,
    twin: Weight,
}

impl Sums {
    fn add(&mut self, stranger: Weight, neighbour: Weight, household: Weight, twin: Weight) {
        self.stranger += stranger;
        self.neighbour += neighbour;
        self.household += household;
        self.twin += twin;
    }
}

impl Matcher {
    /// For a book of this many people, with these frequencies.
    pub fn new(people: u64, frequencies: Frequencies) -> Self {
        let people = (people as f64).max(10_000.0);
        let size = weight(people, weights::PEOPLE);
        Self {
            frequencies,
            neighbour: weight(people, others::NEIGHBOURS),
            household: weight(people, others::HOUSEHOLD),
            twin: weight(people, others::TWINS),
            same_from: weights::SAME_FROM + size,
            possible_from: weights::POSSIBLE_FROM + size,
        }
    }

    /// The scores from which a pair is the same, and possibly the same person.
    pub fn thresholds(&self) -> (i32, i32) {
        (self.same_from, self.possible_from)
    }

    /// Makes a record ready.
    pub fn prepare(&self, of: &Particulars) -> Prepared {
        let mut phones: Vec<u64> = of.phones.iter().filter_map(|p| contact::number(p)).collect();
        phones.sort_unstable();
        phones.dedup();
        Prepared {
            name: Name::of(&of.name, &self.frequencies),
            sex: of.sex,
            born: of.born.map(Born::of),
            identity: of.identity,
            phones,
            home: of.home.clone(),
        }
    }

    /// Compares two records.
    pub fn compare(&self, a: &Prepared, b: &Prepared) -> Match {
        let mut reasons = Vec::with_capacity(8);
        let mut sums = Sums::default();
        let mut say = |why, weight| reasons.push(Reason { why, weight });

        if let Some(n) = name::compare(&a.name, &b.name) {
            sums.add(n.stranger, n.neighbour, n.household, n.household);
            say(n.why, n.stranger);
        }
        if let (Some(x), Some(y)) = (a.sex, b.sex) {
            let (why, w) = if x == y { (Why::SexSame, of(weights::sex::SAME)) } else { (Why::SexDiffers, of(weights::sex::DIFFERS)) };
            sums.add(w, w, w, w);
            say(why, w);
        }
        if let (Some(x), Some(y)) = (a.born, b.born) {
            let (why, w) = born::compare(x, y);
            // Twins have the date in common; a date that differs by a slip speaks against them as against anybody.
            let of_twins = if matches!(why, Why::BornSame | Why::BornYear) { 0 } else { w };
            sums.add(w, w, w, of_twins);
            say(why, w);
        }
        let same_identity = a.identity.zip(b.identity).map(|(x, y)| x == y);
        if let Some(same) = same_identity {
            let (why, w, kin) = if same {
                (Why::IdentitySame, of(identity::SAME), of(identity::SAME_KIN))
            } else {
                (Why::IdentityDiffers, of(identity::DIFFERS), of(identity::DIFFERS))
            };
            sums.add(w, w, kin, kin);
            say(why, w);
        }
        let homes = a.home.as_ref().zip(b.home.as_ref()).map(|(x, y)| contact::homes(x, y));
        for Said { why, stranger, neighbour, household } in contact::phones(&a.phones, &b.phones).into_iter().chain(homes) {
            sums.add(stranger, neighbour, household, household);
            say(why, stranger);
        }

        let score = self.against_the_likeliest(sums, &mut reasons);
        Match { score, verdict: self.verdict(score, same_identity == Some(false)), reasons }
    }

    /// The least of the four, said as what it takes off the weight against strangers.
    fn against_the_likeliest(&self, sums: Sums, reasons: &mut Vec<Reason>) -> Weight {
        let candidates = [
            (Why::OrNeighbour, sums.neighbour + self.neighbour),
            (Why::OrHousehold, sums.household + self.household),
            (Why::OrTwin, sums.twin + self.twin),
        ];
        let least = candidates.into_iter().min_by_key(|(_, w)| *w).filter(|(_, w)| *w < sums.stranger);
        match least {
            Some((why, score)) => {
                reasons.push(Reason { why, weight: score - sums.stranger });
                score
            }
            None => sums.stranger,
        }
    }

    fn verdict(&self, score: Weight, identities_differ: bool) -> Verdict {
        match score {
            s if s >= self.same_from && !identities_differ => Verdict::Same,
            s if s >= self.possible_from => Verdict::Possible,
            _ => Verdict::Different,
        }
    }
}

/// Compares two records once, in a county of 450,000. For many, prepare them with a [`Matcher`].
pub fn compare(a: &Particulars, b: &Particulars) -> Match {
    let matcher = Matcher::default();
    matcher.compare(&matcher.prepare(a), &matcher.prepare(b))
}
