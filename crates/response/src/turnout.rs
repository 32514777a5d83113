//! Who comes to a round, one by one. A run counts them; only a journal wants to know who they are. What each does is drawn as for the infected, so the
//! few of them who were looked at before do here what they did there.

use crate::journal::{Deed, Swab};
use crate::means::{CARRIAGE_HOURS, RUN_HOURS};
use crate::people::NumberMap;
use crate::responder::Responder;
use crate::rounds::Round;
use crate::rules::Tube;
use crate::time::hours;
use quell_epidemic::kernel::World;
use quell_epidemic::population::Level;

/// A round as it was held: catchments where it is, townships that take part, the tube, and the share of the missed who are looked for.
pub(crate) struct Held<'a> {
    pub day: u32,
    pub rounds: &'a [Option<Round>],
    pub taking_part: &'a [bool],
    pub tube: Tube,
    pub chase: f64,
}

impl Responder<'_> {
    /// Writes down every tube of a round, and the swabs of those not infected who were looked for afterwards.
    pub(crate) fn write_round(&mut self, world: &World<'_>, held: &Held<'_>) {
        let positive = self.written_positive();
        let townships = world.population().homes(Level::Township);
        let day = held.day;
        let mut tubes: NumberMap<Vec<u32>> = NumberMap::default();
        let mut order: Vec<(u32, Round)> = Vec::new();
        for township in 0..townships.len() {
            let round = held.rounds[self.catchment_of[township as usize] as usize];
            let Some(round) = round.filter(|_| held.taking_part[township as usize]) else { continue };
            for person in townships.range(township) {
                if !self.in_rounds(world, person, f64::from(day)) {
                    continue;
                }
                if self.comes_to_round(world, person, day) {
                    let first = self.tube_of(world, person, held.tube).start;
                    let people = tubes.entry(first).or_default();
                    if people.is_empty() {
                        order.push((first, round));
                    }
                    people.push(person);
                } else if world.history().latest(person).is_none()
                    && let Some(at) = self.chased(world, person, &round, held)
                {
                    let result = Some(at + hours(CARRIAGE_HOURS + RUN_HOURS));
                    self.write(at, || Deed::Tube { people: vec![person], swab: Swab::Own, result, ct: None });
                }
            }
        }
        for (first, round) in order {
            let Some(people) = tubes.remove(&first) else { continue };
            let slot = Self::slot(world, first, day);
            let found = positive.get(&first).copied();
            let result = found.map_or_else(|| round.batch.result(slot), |(_, result)| Some(result));
            let ct = found.map(|(ct, _)| ct);
            self.write(round.sampled(slot), || Deed::Tube { people, swab: Swab::Round, result, ct });
        }
    }
}
