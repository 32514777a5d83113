//! A contact that waits for its day.

use super::history::DAY;
use crate::layer::Layer;
use crate::random::{Draws, Key};

/// A contact that infects if its acceptance is below what is left of the target's susceptibility. 12 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Contact {
    pub target: u32,
    /// Whether it is beyond the ordinary in the upmost bit, layer in the 4 below, then the infection of the infector (an index into the history).
    source: u32,
    /// Variant in the upper 4 bits, time of the day in ticks below.
    when: u16,
    /// A uniform number, of 2¹⁶.
    accept: u16,
}

/// Most infections of a run: what fits beside the layer.
pub(super) const MOST_INFECTIONS: u32 = 1 << LAYER_AT;
const LAYER_AT: u32 = 27;
/// The layer code of an import, which is no contact.
const IMPORT: u32 = 15;
/// Beside the infection: a contact beyond the ordinary.
pub(super) const BEYOND: u32 = 1 << 31;

/// Purposes below an infection's key; those of the disease stand below 16, those of the day's gatherings from 32 on.
pub(super) const LAYER: u64 = 16;
/// Purposes of contacts beyond the ordinary.
pub(super) const MORE: u64 = 48;

/// The numbers of a contact: first its acceptance, then what else is drawn of it.
#[inline]
pub(super) fn drawn(base: Key, number: u32) -> (u16, Draws) {
    let mut draws = base.with(u64::from(number) + 1).draws();
    ((draws.bits() >> 48) as u16, draws)
}

impl Contact {
    /// Of an infection, with [`BEYOND`] or without, and its variant.
    #[inline]
    pub(super) fn new(target: u32, (infection, variant): (u32, u8), layer: Layer, ticks: u32, accept: u16) -> Self {
        let when = (ticks % DAY) as u16 | u16::from(variant) << 12;
        Self { target, source: infection | (layer as u32) << LAYER_AT, when, accept }
    }
    /// Whether only a response makes it happen.
    #[inline]
    pub(super) fn is_beyond(&self) -> bool {
        self.source & BEYOND != 0
    }
    pub(super) fn import(person: u32, variant: u8, ticks: u32) -> Self {
        Self { target: person, source: IMPORT << LAYER_AT, when: (ticks % DAY) as u16 | u16::from(variant) << 12, accept: 0 }
    }
    /// The infection of the infector; none of an import.
    #[inline]
    pub(super) fn infection(&self) -> Option<u32> {
        (u32::from(self.code()) != IMPORT).then_some(self.source & (MOST_INFECTIONS - 1))
    }
    /// The code of the layer.
    #[inline]
    pub(super) fn code(&self) -> u8 {
        (self.source >> LAYER_AT) as u8 & 15
    }
    #[inline]
    pub(super) fn layer(&self) -> Layer {
        Layer::ALL[usize::from(self.code()).min(Layer::ALL.len() - 1)]
    }
    #[inline]
    pub(super) fn variant(&self) -> u8 {
        (self.when >> 12) as u8
    }
    /// Ticks of the day.
    #[inline]
    pub(super) fn when(&self) -> u32 {
        u32::from(self.when) % DAY
    }
    /// Whether it happens, if what is left of it is this.
    #[inline]
    pub(super) fn happens(&self, factor: f32) -> bool {
        f32::from(self.accept) < factor * 65_536.0
    }
    /// Brings contacts of the same target together, the earliest first.
    #[inline]
    pub(super) fn precedence(&self) -> (u32, u32, u16) {
        (self.target, self.when(), self.accept)
    }
    /// Whether it stands for both, if this one comes no later: the earliest contact of a target, and at the same tick what does not depend on any order.
    #[inline]
    pub(super) fn stands_for(&mut self, other: &Self) -> bool {
        if self.target != other.target {
            return false;
        }
        if self.precedence() == other.precedence() && (other.source, other.when) < (self.source, self.when) {
            *self = *other;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever comes first of those that begin with the same tick and number: it is told by what they are, not by their order.
    #[test]
    fn a_tie_does_not_hang_on_order() {
        let contact = |infection, ticks| Contact::new(3, (infection, 0), Layer::Work, ticks, 9);
        let [early, late, other] = [contact(7, 50), contact(8, 50), Contact { target: 4, ..contact(1, 50) }];
        for (mut first, second) in [(early, late), (late, early), (early, contact(1, 51))] {
            assert!(first.stands_for(&second));
            assert_eq!(first, early);
        }
        let mut first = early;
        assert!(!first.stands_for(&other) && first == early);
    }

    #[test]
    fn a_contact_says_what_it_was_made_of() {
        let c = Contact::new(5, ((MOST_INFECTIONS - 1) | BEYOND, 15), Layer::Queue, 3 * DAY + 17, 65_535);
        assert_eq!(
            (c.infection(), c.layer(), c.variant(), c.when(), c.is_beyond()),
            (Some(MOST_INFECTIONS - 1), Layer::Queue, 15, 17, true)
        );
        assert!(!Contact::new(5, (0, 0), Layer::Household, 0, 0).is_beyond() && Contact::import(5, 2, 9).infection().is_none());
    }
}
