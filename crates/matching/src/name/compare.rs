//! Character against character.

use super::{Glyph, HIDDEN, Name, letters};
use crate::reason::Why;
use crate::weights::{Weight, cost, name as m, weight};

/// What two names say, and what they would say if the other were of the same clan, or of the same household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub why: Why,
    pub stranger: Weight,
    pub neighbour: Weight,
    pub household: Weight,
}

impl Outcome {
    /// An agreement that true pairs show with probability `m`; `surname` and `given` are what it costs strangers.
    pub fn new(why: Why, m: f64, surname: Weight, given: Weight) -> Self {
        let level = weight(m, 1.0);
        Self {
            why,
            stranger: level + surname + given,
            neighbour: level + surname.min(cost(m::CLAN_SURNAME)) + given,
            household: level + surname.min(cost(m::HOUSEHOLD_SURNAME)) + given,
        }
    }
    /// The same whoever it is.
    fn flat(why: Why, weight: Weight) -> Self {
        Self { why, stranger: weight, neighbour: weight, household: weight }
    }
    /// Kin may have this character of the given name in common by custom.
    fn by_custom(mut self, dearest: Weight) -> Self {
        self.household -= (dearest - cost(m::KIN_CHARACTER)).max(0);
        self
    }
}

/// What two names say; nothing if one of them is empty.
pub(crate) fn compare(a: &Name, b: &Name) -> Option<Outcome> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let (a, b) = if a.text <= b.text { (a, b) } else { (b, a) };
    let outcome = match (a.newborn, b.newborn) {
        (None, None) => scripts(a, b),
        (Some(x), Some(y)) => match (x.0, y.0) {
            (Some(x), Some(y)) if x != y => Outcome::flat(Why::NewbornTwo, weight(m::GIVEN_DIFFERS, 1.0)),
            _ => newborns(scripts(a, b)),
        },
        // The other child of the day may have got its name already.
        _ => Outcome { household: weight(m::NEWBORN, 1.0), ..Outcome::flat(Why::Newborn, 0) },
    };
    Some(outcome)
}

/// Both stand under a parent's name: children of one parent are not told apart by it.
fn newborns(parents: Outcome) -> Outcome {
    if parents.stranger <= 0 {
        return Outcome::flat(Why::Newborn, 0);
    }
    Outcome { why: Why::NewbornSame, household: weight(m::NEWBORN, 1.0), ..parents }
}

fn scripts(a: &Name, b: &Name) -> Outcome {
    match (a.glyphs.is_empty(), b.glyphs.is_empty()) {
        (false, false) => characters(a, b),
        (true, true) => letters::compare(a, b),
        (false, true) => letters::spelt(a, b),
        (true, false) => letters::spelt(b, a),
    }
}

fn characters(a: &Name, b: &Name) -> Outcome {
    if a.glyphs.iter().chain(&b.glyphs).any(|g| g.c == HIDDEN) {
        return hidden(a, b);
    }
    let (short, long) = if a.glyphs.len() <= b.glyphs.len() { (a, b) } else { (b, a) };
    match long.glyphs.len() - short.glyphs.len() {
        0 => by_place(a, b),
        1 if short.glyphs.len() == 1 && short.glyphs[0].c == long.glyphs[0].c => hidden(a, b),
        1 if within(&short.glyphs, &long.glyphs) => agreed(Why::NameMissing, m::MISSING, short, |g| g.cost.same),
        _ => under_surname(a, b),
    }
}

/// What can be seen of a name of which a part is hidden: its surname.
fn hidden(a: &Name, b: &Name) -> Outcome {
    let (x, y) = (a.glyphs[0], b.glyphs[0]);
    if x.c == HIDDEN || y.c == HIDDEN {
        Outcome::flat(Why::NameHidden, 0)
    } else if x.sound == y.sound || x.c == y.c {
        Outcome::new(Why::NameHidden, m::SAME, x.cost.sound.min(y.cost.sound), 0)
    } else {
        Outcome::new(Why::NameDiffers, m::DIFFERS, 0, 0)
    }
}

/// The whole name agrees, at a cost by character.
fn agreed(why: Why, level: f64, name: &Name, of: impl Fn(&Glyph) -> Weight) -> Outcome {
    let (surname, given) = name.glyphs.split_at(name.surname);
    let sum = |glyphs: &[Glyph]| glyphs.iter().map(&of).sum();
    let outcome = Outcome::new(why, level, sum(surname), sum(given));
    if given.len() < 2 { outcome } else { outcome.by_custom(given.iter().map(of).max().unwrap_or(0)) }
}

/// True if the characters of `short` stand in `long` in the same order.
fn within(short: &[Glyph], long: &[Glyph]) -> bool {
    let mut rest = long.iter();
    short.iter().all(|s| rest.any(|l| l.c == s.c))
}

/// How one character agrees with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Same,
    Sounds,
    Near,
    Looks,
    Other,
}

fn level(x: &Glyph, y: &Glyph) -> (Level, Weight) {
    if x.c == y.c {
        return (Level::Same, x.cost.same.min(y.cost.same));
    }
    let heard = !x.sound.is_silent() && !y.sound.is_silent();
    if heard && x.sound == y.sound {
        (Level::Sounds, x.cost.sound.min(y.cost.sound))
    } else if x.alike.contains(&y.c) {
        (Level::Looks, cost(m::ALIKE_SHARE))
    } else if heard && x.near == y.near {
        (Level::Near, x.cost.near.min(y.cost.near))
    } else {
        (Level::Other, 0)
    }
}

/// Names of the same length, character by character.
fn by_place(a: &Name, b: &Name) -> Outcome {
    let mut worst = Level::Same;
    let (mut surname, mut given, mut dearest) = (0, 0, 0);
    let (mut changed, mut other, mut other_in_surname) = (0, 0, false);
    let names = a.surname.min(b.surname);
    for (i, (x, y)) in a.glyphs.iter().zip(&b.glyphs).enumerate() {
        let (found, paid) = level(x, y);
        changed += i32::from(found != Level::Same);
        other += usize::from(found == Level::Other);
        worst = worst.max(found);
        if i < names {
            surname += paid;
            other_in_surname |= found == Level::Other;
        } else {
            given += paid;
            dearest = dearest.max(paid);
        }
    }
    let two = a.glyphs.len() - names >= 2;
    let (why, m) = match worst {
        Level::Same => {
            let less = a.less_as_a_whole.max(b.less_as_a_whole);
            (given, dearest) = (given - less, dearest - less);
            (Why::NameSame, m::SAME)
        }
        Level::Sounds => (Why::NameSounds, m::SOUNDS),
        Level::Near => (Why::NameNear, m::NEAR),
        Level::Looks => (Why::NameLooks, m::LOOKS),
        Level::Other if reordered(a, b) => return agreed(Why::NameOrder, m::ORDER, a, |g| g.cost.same),
        Level::Other if other_in_surname && other == names && given > 0 => {
            return Outcome::new(Why::SurnameDiffers, m::SURNAME_DIFFERS, 0, given);
        }
        Level::Other if other == 1 && two && !other_in_surname => (Why::NameOneOther, m::ONE_OTHER),
        Level::Other => return under_surname(a, b),
    };
    let mut outcome = Outcome::new(why, m, surname, given);
    if two {
        outcome = outcome.by_custom(dearest);
    }
    // Each further change is as unlikely as the first.
    let further = (changed - 1).max(0) * cost(0.1);
    Outcome { stranger: outcome.stranger - further, neighbour: outcome.neighbour - further, household: outcome.household - further, why }
}

/// The same characters in another order.
fn reordered(a: &Name, b: &Name) -> bool {
    a.glyphs.iter().all(|g| count(a, g.c) == count(b, g.c))
}

fn count(name: &Name, c: char) -> usize {
    name.glyphs.iter().filter(|g| g.c == c).count()
}

/// Given names differ; is at least the surname the same?
fn under_surname(a: &Name, b: &Name) -> Outcome {
    let names = a.surname.min(b.surname);
    if names > 0 && a.surname == b.surname && a.glyphs.iter().zip(&b.glyphs).take(names).all(|(x, y)| x.c == y.c) {
        let surname = a.glyphs.iter().take(names).map(|g| g.cost.same).sum();
        Outcome::new(Why::GivenDiffers, m::GIVEN_DIFFERS, surname, 0)
    } else {
        Outcome::new(Why::NameDiffers, m::DIFFERS, 0, 0)
    }
}
