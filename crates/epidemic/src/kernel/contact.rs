//! A contact that waits for its day.

use super::history::DAY;
use crate::layer::Layer;
use crate::random::{Draws, Key};

/// A contact that infects if its acceptance is below what is left of the target's susceptibility. 12 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Contact {
    pub target: u32,
    /// Layer in the upper 4 bits, the infection of the infector (an index into the history) below.
    source: u32,
    /// Variant in the upper 4 bits, time of the day in ticks below.
    when: u16,
    /// A uniform number, of 2¹⁶.
    accept: u16,
}

/// Most infections of a run: what fits beside the layer.
pub(super) const MOST_INFECTIONS: u32 = 1 << 28;
/// The layer code of an import, which is no contact.
const IMPORT: u32 = 15;

/// Purposes below an infection's key; those of the disease stand below 16, those of the day's gatherings from 32 on.
pub(super) const LAYER: u64 = 16;

/// The numbers of a contact: first its acceptance, then what else is drawn of it.
#[inline]
pub(super) fn drawn(base: Key, number: u32) -> (u16, Draws) {
    let mut draws = base.with(u64::from(number) + 1).draws();
    ((draws.bits() >> 48) as u16, draws)
}

impl Contact {
    #[inline]
    pub(super) fn new(target: u32, (infection, variant): (u32, u8), layer: Layer, ticks: u32, accept: u16) -> Self {
        let when = (ticks % DAY) as u16 | u16::from(variant) << 12;
        Self { target, source: infection | (layer as u32) << 28, when, accept }
    }
    pub(super) fn import(person: u32, variant: u8, ticks: u32) -> Self {
        Self { target: person, source: IMPORT << 28, when: (ticks % DAY) as u16 | u16::from(variant) << 12, accept: 0 }
    }
    /// The infection of the infector; none of an import.
    #[inline]
    pub(super) fn infection(&self) -> Option<u32> {
        (self.source >> 28 != IMPORT).then_some(self.source & (MOST_INFECTIONS - 1))
    }
    /// The code of the layer.
    #[inline]
    pub(super) fn code(&self) -> u8 {
        (self.source >> 28) as u8
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
    /// What decides between contacts of the same target: the earliest; at the same tick, what does not depend on any order.
    #[inline]
    pub(super) fn precedence(&self) -> (u32, u32, u16) {
        (self.target, self.when(), self.accept)
    }
}
