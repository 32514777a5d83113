//! Occupations that a protocol has tested regularly, outbreak or not.
//!
//! Those who are not infected are counted, not looked at: their tubes go to the laboratories of the day. Of the infected each has days of its own.

use crate::events::{What, Why};
use crate::ledger::Workforce;
use crate::means::{RECALL_HOURS, RUN_HOURS};
use crate::people::Stay;
use crate::responder::{Purpose, Responder};
use crate::rules::Tube;
use crate::swab;
use crate::time::{Time, hours};
use quell_epidemic::kernel::World;
use quell_epidemic::population::{Person, Role};
use quell_protocol::OccupationClass;

/// Share of those aged 18 to 59 in occupations with rules of their own; all others are general. Orders of magnitude from national employment (14 million
/// health workers, 19 million teachers, 52 million in construction …), from memory. Nobody starts in a closed loop: one is formed by the response.
pub const SHARES: [(OccupationClass, f64); 10] = {
    use OccupationClass::*;
    [
        (Health, 0.017),
        (InboundFacing, 0.0002),
        (ColdChain, 0.001),
        (Delivery, 0.008),
        (Transport, 0.012),
        (Market, 0.020),
        (School, 0.021),
        (NursingHome, 0.001),
        (Construction, 0.058),
        (PublicService, 0.015),
    ]
};

/// The time of day at which they are swabbed: noon. Assumption.
const NOON: f64 = 0.5;

/// How an occupation is tested.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested {
    /// Which.
    pub class: OccupationClass,
    /// From one test to the next, days.
    pub every: Time,
    /// Who shares the tube: colleagues.
    pub tube: Tube,
}

/// What of workers is in an occupation: the shares are of all of working age, most of whom work.
fn share(class: OccupationClass, force: &Workforce) -> f64 {
    let of_all = SHARES.iter().find(|(c, _)| *c == class).map_or(0.0, |(_, s)| *s);
    (of_all * f64::from(force.of_working_age) / f64::from(force.workers.max(1))).min(1.0)
}

impl Responder<'_> {
    /// The rule for somebody's occupation, if it is tested at all.
    fn tested(&self, world: &World<'_>, person: u32) -> Option<&Tested> {
        let rules = &self.rules.occupations;
        let of = |class: OccupationClass| rules.iter().find(|t| t.class == class);
        match world.population().person(person).role() {
            Role::Carer => of(OccupationClass::NursingHome),
            Role::Teacher => of(OccupationClass::School),
            Role::Worker => {
                let mut left = Self::trait_of(world, Purpose::Works, person);
                elsewhere().find(|class| {
                    left -= share(*class, &self.census.force);
                    left < 0.0
                })
            }
            .and_then(of),
            Role::Home | Role::Pupil | Role::Resident => None,
        }
    }
    /// The tests of everyone, on a day.
    pub(crate) fn test_occupations(&mut self, day: u32) {
        if !self.policy.occupations.tested {
            return;
        }
        let force = &self.census.force;
        let (mut tests, mut tubes) = (0.0, 0.0);
        for Tested { class, every, tube } in &self.rules.occupations {
            let people = match class {
                OccupationClass::NursingHome => f64::from(force.carers),
                OccupationClass::School => f64::from(force.teachers),
                class => f64::from(force.workers) * share(*class, force),
            };
            tests += people / every;
            tubes += people / every / f64::from(tube.most());
        }
        let all: f64 = self.catchments.iter().map(crate::rounds::Catchment::size).sum();
        let held: f64 = self.held.iter().map(|n| f64::from(*n)).sum();
        let at_work = (1.0 - held / all).max(0.0);
        for c in &mut self.catchments {
            let of_catchment = (tubes * at_work * c.size() / all).round() as u32;
            c.lab.book(i64::from(day), of_catchment);
        }
        self.spend((tests * at_work).round() as u64, (tubes * at_work).round() as u64);
    }
    /// The next test of someone who was infected, after a time, as long as a course can last.
    pub(crate) fn plan_occupation(&mut self, world: &World<'_>, after: Time, infection: u32) {
        if !self.policy.occupations.tested {
            return;
        }
        let record = &world.history().infections()[infection as usize];
        let Some(rule) = self.tested(world, record.person) else { return };
        // Each has days of its own, the same all the time.
        let phase = Self::key(world, Purpose::Works, record.person).with(1).draws().unit() * rule.every;
        let turn = ((after - phase) / rule.every).ceil();
        let day = (phase + turn * rule.every).floor();
        let day = if day + NOON > after { day } else { (phase + (turn + 1.0) * rule.every).floor() };
        if day < f64::from(record.time()) + f64::from(world.disease().longest()) {
            self.agenda.put(day + NOON, What::AtWork { infection });
        }
    }
    /// Somebody infected is swabbed at work, among colleagues.
    pub(crate) fn at_work(&mut self, world: &World<'_>, now: Time, infection: u32) {
        self.plan_occupation(world, now, infection);
        let person = world.history().infections()[infection as usize].person;
        let away = self.people.stay(person) != Stay::Free || self.zones.since(world.population(), person, now).is_some();
        let Some(tube) = self.tested(world, person).map(|t| t.tube).filter(|_| !away) else { return };
        let key = Self::key(world, Purpose::Swab, person).with(now.to_bits());
        let taken = swab::taken(world, person, now, key);
        if taken.and_then(|t| swab::positive(world, self.rules, &[t], tube)).is_none() {
            return;
        }
        let Some(result) = self.catchment(world, person).lab.single(now) else { return };
        if tube.most() == 1 {
            self.agenda.put(result, What::Positive { person, sampled: now as f32, why: Why::Occupation, held: Stay::Free });
        } else {
            // All of the tube are swabbed again one by one; of the others nothing is found, as they were drawn from those who are not infected.
            let others = u64::from(tube.most() - 1);
            self.spend(others, others);
            self.agenda.put(result + hours(RECALL_HOURS + RUN_HOURS), What::Swab { person, why: Why::Occupation });
        }
    }
}

/// Occupations of those who neither teach nor care in a nursing home.
fn elsewhere() -> impl Iterator<Item = OccupationClass> {
    let own = |c: &OccupationClass| !matches!(c, OccupationClass::NursingHome | OccupationClass::School);
    SHARES.iter().map(|(class, _)| *class).filter(own)
}

impl Workforce {
    /// One more person.
    pub(crate) fn add(&mut self, who: Person) {
        self.of_working_age += u32::from((18..60).contains(&who.age()));
        *match who.role() {
            Role::Worker => &mut self.workers,
            Role::Teacher => &mut self.teachers,
            Role::Carer => &mut self.carers,
            Role::Home | Role::Pupil | Role::Resident => return,
        } += 1;
    }
}
