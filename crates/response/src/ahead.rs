//! Looking ahead: what the next events need is read all at once before they are lived one by one.
//!
//! Whoever is called, let go or waits for a room lies anywhere in memory, and a look that waits for the one before costs many times one of many that wait
//! together: in a city of 32 million a step of a quarantine took 380 nanoseconds without this, and 90 with it. Nothing is decided here and nothing kept: leaving
//! it out changes the time alone.

use crate::events::What;
use crate::responder::Responder;
use quell_epidemic::kernel::World;

/// So many are looked at together: what they need fits the nearer caches.
pub(crate) const TOGETHER: usize = 64;

impl Responder<'_> {
    /// Reads what the next events will read, if they were not looked at yet.
    #[inline]
    pub(crate) fn look_ahead(&mut self, world: &World<'_>) {
        if self.agenda.is_ahead_due() {
            self.fetch_next(world);
        }
    }
    fn fetch_next(&mut self, world: &World<'_>) {
        let mut people = std::mem::take(&mut self.near);
        people.clear();
        let infections = world.history().infections();
        let (mut leaving, mut latest) = (0, 0u32);
        for what in self.agenda.ahead() {
            match *what {
                What::Onset { infection }
                | What::Comes { infection }
                | What::Severe { infection }
                | What::Dies { infection }
                | What::AtWork { infection } => {
                    people.push(infections[infection as usize].person);
                }
                What::ExitTest { case } => {
                    let person = self.cases[case as usize].person;
                    people.push(person);
                    latest = latest.wrapping_add(world.history().latest(person).unwrap_or(0));
                }
                What::Investigated { case } | What::ZoneDue { case } | What::Discharge { case } => {
                    people.push(self.cases[case as usize].person);
                }
                What::Called { person, .. } => {
                    people.push(person);
                    self.zones.fetch(world.population(), std::iter::once(person));
                }
                What::QuarantineStep { person } => {
                    leaving += 1;
                    people.push(person);
                }
                What::Known { person, .. }
                | What::Swab { person, .. }
                | What::SwabIll { person, .. }
                | What::Positive { person, .. }
                | What::Negative { person }
                | What::Arrives { person, .. }
                | What::MonitoringOver { person, .. } => people.push(person),
                What::PoolPositive { pool } => {
                    let (first, end) = self.pools[pool as usize];
                    people.extend(first..end);
                }
                What::ZoneTest { .. } | What::ZoneReview { .. } | What::ControlOver { .. } => {}
            }
        }
        people.extend(self.facilities.rooms.next_waiting(leaving));
        let population = world.population();
        let ages: u32 = people.iter().map(|p| u32::from(population.person(*p).age())).sum();
        std::hint::black_box((ages, latest));
        self.people.fetch(people.iter().copied());
        self.near = people;
    }
}
