//! The response itself: what happens on each day, hung into the physics.
//!
//! On the evening of a day the whole next day of the response is lived, event by event, with the infections until then: nobody who is infected on that day has a
//! load yet. What it tells people to do holds from the minute on which it is told, so that a contact of the next day knows whether the two were free
//! at its time.

use crate::events::{What, Why};
use crate::found::{Case, Facilities};
use crate::journal::{Deed, Journal};
use crate::ledger::{AGES, Census, Ledger, StaffHours};
use crate::means::{CALL_HOURS, INVESTIGATION_HOURS, Means, SHIFT_HOURS, SWABS_PER_HOUR, TRANSFER_HOURS, TUBES_PER_STAFF_HOUR};
use crate::measures::Measures;
use crate::opening::Opening;
use crate::people::{People, Record, Stay, Whereabouts};
use crate::policy::{Compliance, Policy};
use crate::queues::Crew;
use crate::rounds::{Catchment, Queueing};
use crate::rules::Rules;
use crate::series::{Day, Found, Series};
use crate::time::{Agenda, Time, hours};
use crate::tracing::Chains;
use crate::transfer::Rides;
use crate::zones::Zones;
use quell_epidemic::Layer;
use quell_epidemic::kernel::{Changes, Gathering, Meeting, Response, World};
use quell_epidemic::population::{Level, Population};
use quell_epidemic::random::Key;

/// Purposes of the response's draws; all lie above 2³².
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Comes = 1,
    Swab,
    Obeys,
    Evades,
    Misses,
    Chased,
    Slot,
    Hides,
    Recalls,
    Meets,
    FalsePool,
    Works,
}

/// A response that is over.
#[derive(Debug)]
pub struct Closed {
    /// The days.
    pub series: Series,
    /// What it cost.
    pub costs: crate::ledger::Costs,
    /// Cases found.
    pub cases: Vec<Case>,
    /// What was done, if a journal was kept.
    pub deeds: Vec<(Time, Deed)>,
}

/// A response in a run.
#[derive(Debug)]
pub struct Responder<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) rules: &'a Rules,
    pub(crate) census: &'a Census,
    pub(crate) means: Means,
    pub(crate) people: People,
    pub(crate) agenda: Agenda<What>,
    pub(crate) cases: Vec<Case>,
    pub(crate) chains: Chains,
    pub(crate) catchments: Vec<Catchment>,
    /// Catchment of each township.
    pub(crate) catchment_of: Vec<u32>,
    pub(crate) pools: Vec<(u32, u32)>,
    pub(crate) queueing: Queueing,
    pub(crate) rides: Rides,
    pub(crate) facilities: Facilities,
    pub(crate) seats: Crew,
    pub(crate) investigators: Crew,
    pub(crate) callers: Crew,
    pub(crate) zones: Zones,
    pub(crate) measures: Measures,
    pub(crate) ledger: Ledger,
    /// How many of a township are restricted now.
    pub(crate) held: Vec<u32>,
    /// How many are in each stay now, `Free` left out.
    pub(crate) stays: [i64; crate::people::STAYS],
    /// When a community-found case was found last, by township.
    pub(crate) last_community: Vec<Time>,
    pub(crate) doses: Vec<(u32, u8)>,
    pub(crate) today: Day,
    series: Series,
    days: u32,
    /// Today: what is before it is known, and costs nothing any more.
    pub(crate) today_is: u32,
    /// Share of the infections before today that are still unknown.
    unfound: f32,
    /// What is done, where it is written down.
    pub(crate) journal: Option<Journal>,
    /// Whom the next events are about; kept for its memory alone.
    pub(crate) near: Vec<u32>,
}

/// Never.
pub(crate) const NEVER: Time = f64::NEG_INFINITY;

impl<'a> Responder<'a> {
    /// Before the first day.
    pub fn new(population: &Population, census: &'a Census, policy: &'a Policy, rules: &'a Rules, days: u32) -> Self {
        let means = Means::of(population.len(), &policy.means);
        let townships = population.homes(Level::Township).len();
        let (catchments, catchment_of) = Catchment::all(population, &means);
        Self {
            policy,
            rules,
            census,
            people: People::new(population.len()),
            agenda: Agenda::new(days),
            cases: Vec::new(),
            chains: Chains::default(),
            catchments,
            catchment_of,
            pools: Vec::new(),
            queueing: Queueing::default(),
            rides: Rides::default(),
            facilities: Facilities::new(&means),
            seats: Crew::new(means.seats, hours(TRANSFER_HOURS)),
            investigators: Crew::new(means.investigators, hours(INVESTIGATION_HOURS)),
            callers: Crew::new(means.callers, hours(CALL_HOURS)),
            zones: Zones::new(rules),
            measures: Measures::new(policy, townships),
            ledger: Ledger::new(townships),
            held: vec![0; townships as usize],
            stays: [0; crate::people::STAYS],
            last_community: vec![NEVER; townships as usize],
            doses: Vec::new(),
            today: Day::default(),
            series: Series::default(),
            means,
            days,
            today_is: 0,
            unfound: 1.0,
            journal: None,
            near: Vec::new(),
        }
    }

    /// Begins with what is known.
    #[must_use]
    pub fn with(mut self, opening: &Opening) -> Self {
        self.today_is = opening.today;
        self.unfound = opening.unfound as f32;
        for case in &opening.cases {
            let what = What::Known { person: case.person, sampled: case.sampled as f32, investigated: case.investigated };
            self.agenda.put(case.found.max(1.0), what);
        }
        for c in &opening.contacts {
            self.agenda.put(c.told.max(1.0), What::Called { person: c.person, exposed: c.exposed as f32, category: u8::from(c.secondary) });
        }
        let all: f64 = self.catchments.iter().map(Catchment::size).sum();
        for c in &mut self.catchments {
            let share = c.size() / all;
            c.lab.wait(f64::from(opening.today), opening.tubes_waiting * share);
        }
        self
    }

    /// The key of a purpose about a person.
    pub(crate) fn key(world: &World<'_>, purpose: Purpose, person: u32) -> Key {
        world.key().with((1 << 34) + purpose as u64).with(u64::from(person))
    }
    /// A number from 0 to 1 about a person and a purpose that never changes.
    pub(crate) fn trait_of(world: &World<'_>, purpose: Purpose, person: u32) -> f64 {
        Self::key(world, purpose, person).draws().unit()
    }
    pub(crate) fn township(world: &World<'_>, person: u32) -> u32 {
        world.population().homes(Level::Township).find(person)
    }
    pub(crate) fn catchment(&mut self, world: &World<'_>, person: u32) -> &mut Catchment {
        let number = self.catchment_of[Self::township(world, person) as usize];
        &mut self.catchments[number as usize]
    }

    /// Changes what a person is told to do, and books what the time until now was.
    pub(crate) fn enter(&mut self, world: &World<'_>, time: Time, person: u32, stay: Stay) {
        let township = Self::township(world, person);
        let old = self.people.recorded(person).map_or(Stay::Free, Record::stay);
        self.book(world, time, (person, township), old);
        self.people.enter(person, time, stay);
        if old != stay {
            self.write(time, || Deed::Entered { person, from: old, to: stay });
        }
        self.stays[old as usize] -= 1;
        self.stays[stay as usize] += 1;
        let held = &mut self.held[township as usize];
        match (old.restricts(), stay.restricts()) {
            (false, true) => *held += 1,
            (true, false) => *held = held.saturating_sub(1),
            _ => {}
        }
    }
    /// Books what the time of a person (and township) since the last change was.
    fn book(&mut self, world: &World<'_>, time: Time, (person, township): (u32, u32), old: Stay) {
        let who = world.population().person(person);
        // Whoever lives in a zone is marked; whoever is held is booked for that alone.
        let may_live_in_zone = !old.restricts() && old != Stay::Dead && self.people.marked.has(person);
        let zone = may_live_in_zone.then(|| self.zones.since(world.population(), person, time)).flatten();
        let since = self.people.recorded(person).map_or(0.0, Record::since).max(f64::from(self.today_is));
        self.ledger.hold(old as usize, township, who, time - since);
        if let Some(from) = zone {
            self.ledger.hold(crate::ledger::ZONE, township, who, time - from.max(since));
        }
    }

    fn event(&mut self, world: &World<'_>, now: Time, what: What) {
        match what {
            What::Known { person, sampled, investigated } => self.known(world, now, person, f64::from(sampled), investigated),
            What::Onset { infection } => self.falls_ill(world, now, infection),
            What::Comes { infection } => self.comes(world, now, infection),
            What::Severe { infection } => self.becomes_severe(world, now, infection),
            What::Dies { infection } => self.dies(world, now, infection),
            What::Swab { person, why } => self.swab(world, now, person, why),
            What::SwabIll { person, why, again } => self.swab_ill(world, now, person, why, again),
            What::Positive { person, sampled, why, held } => self.found(world, now, person, f64::from(sampled), (why, held)),
            What::Negative { person } => self.cleared(world, now, person),
            What::PoolPositive { pool } => self.recall(world, now, pool),
            What::ZoneDue { case } => self.draw_zone(world, now, case),
            What::Investigated { case } => self.investigated(world, now, case),
            What::Called { person, exposed, category } => self.called(world, now, person, f64::from(exposed), category),
            What::Arrives { person, serial, stay } => self.arrives(world, now, person, serial, stay),
            What::QuarantineStep { person } => self.quarantine_step(world, now, person),
            What::ExitTest { case } => self.exit_test(world, now, case),
            What::Discharge { case } => self.discharge(world, now, case),
            What::MonitoringOver { person, serial } => self.monitoring_over(world, now, person, serial),
            What::ZoneTest { zone, serial } => self.test_zone(world, now, zone, serial),
            What::ZoneReview { zone, serial } => self.review_zone(world, now, zone, serial),
            What::AtWork { infection } => self.at_work(world, now, infection),
            What::ControlOver { compound } => self.lift_control(world, now, compound),
        }
    }

    /// Infections of a day become things to come.
    fn notice(&mut self, world: &World<'_>, day: u32) {
        let history = world.history();
        let first = history.since(day) as u32;
        for (index, infection) in (first..).zip(history.on(day)) {
            self.chains.add(index, infection.infector);
            let course = world.course(infection);
            let at = |after: f32| f64::from(infection.time() + after);
            if self.policy.response {
                if let Some(onset) = course.onset {
                    self.agenda.put(at(onset), What::Onset { infection: index });
                }
                self.plan_tests(world, f64::from(day + 1), infection.person);
                self.named_late(world, f64::from(day + 1), infection);
                self.plan_occupation(world, f64::from(day + 1), index);
            }
            let outcome = world.outcome(infection, &course);
            if let Some(severe) = outcome.severe {
                self.agenda.put(at(severe), What::Severe { infection: index });
            }
            if let Some(death) = outcome.death {
                self.agenda.put(at(death), What::Dies { infection: index });
            }
        }
    }

    /// Lives the response's day `day`, before its infections are known.
    fn live(&mut self, world: &World<'_>, day: u32) {
        let begin = f64::from(day);
        self.people.new_day();
        self.rides.clear();
        self.queueing.clear();
        if day == self.today_is {
            self.ledger = Ledger::new(self.held.len() as u32);
        }
        if day >= self.today_is {
            self.measures.decide(day, &self.last_community, &self.series, self.policy);
            self.measures.book(&mut self.ledger, self.census, &self.held);
            self.vaccinate(world, day);
        }
        if self.policy.response && day >= self.today_is {
            if !self.cases.is_empty() {
                self.open_beds(begin);
            }
            self.clinics(day);
            self.test_occupations(day);
            self.begin_rounds(world, day);
        }
        self.agenda.begin(day);
        while let Some((now, what)) = self.agenda.next_of_day() {
            self.event(world, now, what);
            self.look_ahead(world);
        }
        self.people.end_day();
        self.rides.end_day();
    }

    /// The response's day is over.
    fn count(&mut self, day: u32) {
        let end = f64::from(day + 1);
        let mut today = std::mem::take(&mut self.today);
        today.tubes_spoilt = self.catchments.iter_mut().map(|c| c.lab.take_spoilt()).sum();
        self.ledger.spoilt += today.tubes_spoilt;
        today.day = day;
        today.stays = self.stays;
        today.in_zones = self.zones.people();
        today.waiting_for_bed = self.stays[Stay::CaseAtHome as usize].max(0) as u64;
        today.investigation_hours = (self.investigators.free_at() - end).max(0.0) * 24.0;
        let backlog = |c: &Catchment| c.lab.backlog_hours(end).max(c.lab.single_hours(end));
        today.laboratory_hours = self.catchments.iter().map(backlog).fold(0.0, f64::max);
        self.series.push(today);
    }

    /// Books what runs still, and adds up.
    pub fn close(mut self, world: &World<'_>) -> Closed {
        let end = f64::from(self.days);
        let recorded: Vec<u32> = self.people.persons().collect();
        for some in recorded.chunks(crate::ahead::TOGETHER) {
            self.people.fetch(some.iter().copied());
            for person in some.iter().copied() {
                self.book(world, end, (person, Self::township(world, person)), self.people.stay(person));
                // What is booked here is not booked again with a zone.
                self.people.booked(person, end);
            }
        }
        self.book_zones(world, end);
        let care: f64 = [Stay::Shelter, Stay::Hospital, Stay::Central].iter().map(|s| self.ledger.of(*s as usize)).sum();
        let staff = StaffHours {
            sampling: self.ledger.tests as f64 / SWABS_PER_HOUR,
            laboratory: (self.ledger.tubes as f64 - self.ledger.spoilt).max(0.0) / TUBES_PER_STAFF_HOUR,
            investigation: self.investigators.hours(end),
            calls: self.callers.hours(end),
            transfer: self.seats.hours(end) / 4.0,
            care: care / self.rules.beds_per_staff * SHIFT_HOURS,
        };
        let infections = world.history().infections().len() - world.history().since(self.today_is);
        let costs = self.ledger.costs(infections as u64, staff);
        Closed { series: self.series, costs, cases: self.cases, deeds: self.journal.map(Journal::in_order).unwrap_or_default() }
    }

    /// The days so far.
    pub fn series(&self) -> &Series {
        &self.series
    }
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.people.bytes() + self.agenda.bytes() + self.chains.bytes() + self.cases.capacity() * size_of::<Case>()
    }

    /// Where a person is at a time, as far as others are concerned.
    #[inline]
    fn whereabouts(&self, world: &World<'_>, person: u32, time: Time) -> Whereabouts {
        if !self.people.marked.has(person) {
            return Whereabouts::Free;
        }
        let told = self.people.stay_at(person, time).whereabouts();
        let told = if told == Whereabouts::Free { self.zones.whereabouts(world.population(), person, time) } else { told };
        let obeys = told == Whereabouts::Away || Self::trait_of(world, Purpose::Obeys, person) < self.policy.compliance.at_home;
        if obeys { told } else { Whereabouts::Free }
    }

    /// How many people of a township are of each age; for tables.
    pub fn ages(&self, township: u32) -> [u32; AGES] {
        self.census.people[township as usize]
    }
}

impl Response for Responder<'_> {
    const GATHERS: bool = true;

    #[inline]
    fn factor(&self, world: &World<'_>, meeting: &Meeting) -> f32 {
        let time = f64::from(meeting.day) + f64::from(meeting.time);
        let [a, b] = [meeting.infector, meeting.target].map(|p| self.whereabouts(world, p, time));
        let left = between(meeting.layer, a, b, &self.policy.compliance);
        if left == 0.0 {
            0.0
        } else if meeting.day < self.today_is {
            left * self.unfound
        } else {
            left * self.measures.factor(world.population(), meeting)
        }
    }
    fn most(&self, layer: Layer) -> f32 {
        if layer == Layer::Household { self.policy.compliance.household as f32 } else { 1.0 }
    }
    fn gathering(&self, _world: &World<'_>, _day: u32, person: u32, out: &mut Vec<Gathering>) {
        self.queueing.gathering(person, out);
        self.rides.gathering(person, out);
    }
    fn member(&self, group: u64, number: u32) -> u32 {
        self.rides.member(group, number).unwrap_or_else(|| Queueing::member(group, number))
    }
    fn evening(&mut self, world: &World<'_>, day: u32, changes: &mut Changes) {
        self.notice(world, day);
        if day == 0 {
            // Nothing was known on the first day.
            self.count(0);
        }
        if let Some(last) = self.series.last_mut() {
            last.infections = world.history().on(day).len() as u64;
        }
        if day + 1 < self.days {
            self.live(world, day + 1);
            self.count(day + 1);
        }
        self.doses.drain(..).for_each(|(person, status)| changes.vaccinate(person, status));
    }
}

/// What is left of a contact in a layer between people who are told to be here or there.
#[inline]
fn between(layer: Layer, a: Whereabouts, b: Whereabouts, compliance: &Compliance) -> f32 {
    use Whereabouts::{AtHome, Away, Free, InZone};
    match layer {
        // The response brought them there itself.
        Layer::Vehicle | Layer::Queue => 1.0,
        _ if a == Free && b == Free => 1.0,
        _ if a == Away || b == Away => 0.0,
        Layer::Household => compliance.household as f32,
        Layer::Unit if a == AtHome || b == AtHome => compliance.stairwell as f32,
        Layer::Market if a != AtHome && b != AtHome => 1.0,
        Layer::Unit => 1.0,
        Layer::School | Layer::Work | Layer::Care | Layer::Market | Layer::Travel => match (a, b) {
            (AtHome | InZone, _) | (_, AtHome | InZone) => 0.0,
            _ => 1.0,
        },
    }
}

/// A case found, for the day's numbers.
impl Responder<'_> {
    pub(crate) fn tell(&mut self, why: Why, community: bool) {
        self.today.found.add(Found::of(why), community);
    }
}
