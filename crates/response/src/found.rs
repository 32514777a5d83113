//! From symptoms and swabs to cases, and until they are let go.

use crate::events::{What, Why};
use crate::journal::{Deed, Swab};
use crate::means::{KEEPS_HOURS, Means};
use crate::people::{Record, Stay};
use crate::queues::Beds;
use crate::responder::{Purpose, Responder};
use crate::rules::Tube;
use crate::swab;
use crate::time::{Time, hours};
use crate::tracing::day_end;
use quell_epidemic::kernel::World;
use quell_protocol::{FacilityKind, Setting, Severity};

/// An infection that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Who.
    pub person: u32,
    /// Which infection, an index into the history.
    pub infection: u32,
    /// When the swab was taken.
    pub sampled: Time,
    /// When the result was there.
    pub found: Time,
    /// How.
    pub why: Why,
    /// Whether that counts as found in the community by the protocol.
    pub community: bool,
    /// When its contacts were known; none if it was never asked.
    pub investigated: Option<Time>,
    /// Contacts told because of it.
    pub contacts: u32,
    /// When it came to a bed.
    pub admitted: Option<Time>,
    /// When it was let go.
    pub discharged: Option<Time>,
    /// Negative exit tests in a row.
    pub(crate) negatives: u32,
    /// No exit test before this time.
    pub(crate) test_from: Time,
}

impl Case {
    /// The same with times counted from another day.
    pub(crate) fn since(mut self, day: Time) -> Self {
        self.sampled -= day;
        self.found -= day;
        [&mut self.investigated, &mut self.admitted, &mut self.discharged].into_iter().flatten().for_each(|t| *t -= day);
        self
    }
}

/// Beds and rooms.
#[derive(Debug)]
pub struct Facilities {
    /// Rooms of isolation sites.
    pub rooms: Beds,
    /// Beds of shelter hospitals.
    pub shelter: Beds,
    /// Beds of designated hospitals.
    pub hospital: Beds,
}

impl Facilities {
    /// All that there are.
    pub fn new(means: &Means) -> Self {
        Self { rooms: Beds::new(means.rooms), shelter: Beds::new(means.shelter_beds), hospital: Beds::new(means.hospital_beds) }
    }
    /// Those of a stay; none if it is in no facility.
    pub fn of(&mut self, stay: Stay) -> Option<&mut Beds> {
        match stay {
            Stay::Central => Some(&mut self.rooms),
            Stay::Shelter => Some(&mut self.shelter),
            Stay::Hospital => Some(&mut self.hospital),
            _ => None,
        }
    }
}

/// From falling ill under quarantine, or being told while ill, to the swab, hours: within the protocol's twelve for contacts. Assumption.
const ILL_UNDER_QUARANTINE: f64 = 4.0;

impl Responder<'_> {
    pub(crate) fn falls_ill(&mut self, world: &World<'_>, now: Time, infection: u32) {
        let person = world.history().infections()[infection as usize].person;
        if now < f64::from(self.today_is) || self.people.get(person).is_some_and(|r| r.case().is_some()) {
            return;
        }
        if matches!(self.people.stay(person), Stay::Watched | Stay::Quarantined | Stay::Central) {
            self.swab_ill_soon(now, person);
            return;
        }
        let symptoms = &self.policy.symptoms;
        let mut draws = Self::key(world, Purpose::Comes, person).with(u64::from(infection)).draws();
        let comes = draws.unit() < symptoms.come;
        let after = -symptoms.after_days * (1.0 - draws.unit()).ln();
        let when = now + after;
        if comes && when >= f64::from(symptoms.from_day) {
            self.agenda.put(when, What::Comes { infection });
        }
    }
    pub(crate) fn comes(&mut self, world: &World<'_>, now: Time, infection: u32) {
        let person = world.history().infections()[infection as usize].person;
        // Whoever is held already is sampled there.
        if self.people.stay(person).whereabouts() == crate::people::Whereabouts::Free {
            self.swab_ill(world, now, person, Why::Symptoms, self.policy.symptoms.again);
        }
    }
    pub(crate) fn becomes_severe(&mut self, world: &World<'_>, now: Time, infection: u32) {
        self.ledger.severe += 1;
        self.today.severe += 1;
        if !self.policy.response {
            return;
        }
        // Whoever was severe before today is known.
        if now < f64::from(self.today_is) {
            return;
        }
        let person = world.history().infections()[infection as usize].person;
        self.write(now, || Deed::Severe { person });
        match self.people.get(person).map(|r| (r.case(), r.stay())) {
            Some((_, Stay::Dead | Stay::Hospital)) => {}
            Some((Some(_), _)) => self.bring(now, person, Stay::Hospital),
            // Whoever is so ill goes to a hospital by themselves; there it is seen, whatever the swab shows.
            _ => self.found(world, now, person, now, (Why::Symptoms, self.people.stay(person))),
        }
    }
    pub(crate) fn dies(&mut self, world: &World<'_>, now: Time, infection: u32) {
        self.ledger.deaths += 1;
        self.today.deaths += 1;
        let person = world.history().infections()[infection as usize].person;
        self.leave(world, now, person, Stay::Dead);
    }

    /// A contact who is ill is swabbed besides the schedule.
    pub(crate) fn swab_ill_soon(&mut self, now: Time, person: u32) {
        let again = self.policy.symptoms.again;
        self.agenda.put(now + hours(ILL_UNDER_QUARANTINE), What::SwabIll { person, why: Why::Contact, again });
    }
    /// A swab of somebody ill. One that finds nothing, or is never read, is repeated a day later.
    pub(crate) fn swab_ill(&mut self, world: &World<'_>, now: Time, person: u32, why: Why, again: u8) {
        let Some((result, positive)) = self.take_swab(world, now, person, why) else { return };
        self.spend(1, 1);
        if again > 0 && !(positive && result.is_some()) {
            let next = result.map_or(now + hours(KEEPS_HOURS), |r| r.max(now + 1.0));
            self.agenda.put(next, What::SwabIll { person, why, again: again - 1 });
        }
    }
    /// A swab of one person into a tube of its own.
    pub(crate) fn swab(&mut self, world: &World<'_>, now: Time, person: u32, why: Why) {
        // The tests of a contact's schedule were counted when the contact was told.
        if self.take_swab(world, now, person, why).is_some() && why != Why::Contact {
            self.spend(1, 1);
        }
    }
    /// Takes it, and leaves the bill to the caller. Answers when its result is there, if it is read at all, and whether it is positive; nothing if nobody is swabbed.
    fn take_swab(&mut self, world: &World<'_>, now: Time, person: u32, why: Why) -> Option<(Option<Time>, bool)> {
        let stay = self.people.stay(person);
        if stay == Stay::Dead || self.people.get(person).is_some_and(|r| r.case().is_some()) {
            return None;
        }
        let key = Self::key(world, Purpose::Swab, person).with(now.to_bits());
        let taken = swab::taken(world, person, now, key);
        let ct = taken.and_then(|t| swab::positive(world, self.rules, &[t], Tube::Single));
        let result = self.catchment(world, person).lab.single(now);
        self.write(now, || Deed::Tube { people: vec![person], swab: Swab::Own, result, ct });
        match result {
            Some(time) if ct.is_some() => self.agenda.put(time, What::Positive { person, sampled: now as f32, why, held: stay }),
            // Without a result nobody is kept longer than the tube.
            _ if stay == Stay::Recalled => self.agenda.put(result.unwrap_or(now + hours(KEEPS_HOURS)), What::Negative { person }),
            _ => {}
        }
        Some((result, ct.is_some()))
    }
    pub(crate) fn spend(&mut self, tests: u64, tubes: u64) {
        self.ledger.tests += tests;
        self.ledger.tubes += tubes;
        self.today.tests += tests;
        self.today.tubes += tubes;
    }
    /// A recalled person whose own swab is negative.
    pub(crate) fn cleared(&mut self, world: &World<'_>, now: Time, person: u32) {
        if self.people.stay(person) == Stay::Recalled {
            self.enter(world, now, person, Stay::Free);
        }
    }

    /// Where somebody was found, as the protocol's definition of the community asks.
    fn setting(&self, world: &World<'_>, person: u32, sampled: Time, (why, held): (Why, Stay)) -> Setting {
        // Whoever waits for a room of an isolation site is not isolated yet.
        let quarantine = self.people.get(person).and_then(Record::quarantine);
        let waits = self.policy.tracing.central && quarantine.is_some_and(|q| q.central_until() > sampled);
        match held {
            Stay::Central => Setting::IsolationSite,
            Stay::Quarantined if waits && self.zones.is_high(world.population(), person, sampled) => Setting::HighRiskZone,
            Stay::Quarantined if waits => Setting::ContactTracing,
            Stay::Quarantined | Stay::Monitored => Setting::HomeIsolation,
            _ if self.zones.is_high(world.population(), person, sampled) => Setting::HighRiskZone,
            _ => match why {
                Why::Symptoms => Setting::Clinic,
                Why::Contact => Setting::ContactTracing,
                Why::Round => Setting::RoundScreening,
                Why::Recall => Setting::Recall,
                Why::Zone => Setting::HighRiskZone,
                // Tests of occupations go on in the community, as its rounds do.
                Why::Occupation => Setting::RoundScreening,
            },
        }
    }

    /// A case that was known before the run: who has it is known to be infected.
    pub(crate) fn known(&mut self, world: &World<'_>, now: Time, person: u32, sampled: Time, investigated: bool) {
        self.found(world, now, person, sampled, (Why::Symptoms, self.people.stay(person)));
        let new = self.cases.last().is_some_and(|c| c.person == person && c.found == now);
        if new && !investigated {
            self.ask(now, self.cases.len() as u32 - 1);
        }
    }
    /// A positive result: a case. `held`: the stay when the swab was taken.
    pub(crate) fn found(&mut self, world: &World<'_>, now: Time, person: u32, sampled: Time, (why, held): (Why, Stay)) {
        let Some(infection) = world.history().latest(person) else { return };
        if self.people.get(person).is_some_and(|r| r.case().is_some() || r.knows(infection) || r.stay() == Stay::Dead) {
            return;
        }
        let community = self.rules.is_community(self.setting(world, person, sampled, (why, held)));
        let number = self.cases.len() as u32;
        self.tell(why, community);
        if community {
            let township = Self::township(world, person);
            self.last_community[township as usize] = now;
        }
        self.cases.push(Case {
            person,
            infection,
            sampled,
            found: now,
            why,
            community,
            investigated: None,
            contacts: 0,
            admitted: None,
            discharged: None,
            negatives: 0,
            test_from: now,
        });
        self.write(now, || Deed::Found { case: number });
        let was = self.people.stay(person);
        let record = self.people.of(person);
        record.set_case(Some(number));
        record.know(infection);
        record.set_quarantine(None);
        let kind = self.wanted(world, now, person, infection);
        // Whoever is in a room or a ward stays there until the vehicle comes.
        if kind == Stay::CaseAtHome || was.whereabouts() != crate::people::Whereabouts::Away {
            self.leave(world, now, person, Stay::CaseAtHome);
        }
        self.bring(now, person, kind);
        match self.rules.exit {
            Some(exit) => self.agenda.put(now + exit.first, What::ExitTest { case: number }),
            None => {
                let record = &world.history().infections()[infection as usize];
                let onset = world.course(record).onset.map_or(now, |o| f64::from(record.time() + o));
                self.agenda.put(day_end(onset, self.rules.stay).max(now), What::Discharge { case: number });
            }
        }
        self.agenda.put(now + self.rules.core, What::ZoneDue { case: number });
        self.control(world, now, person);
        if now >= f64::from(self.today_is) {
            self.ask(now, number);
        }
    }
    /// A case waits for an investigator, unless it would wait too long.
    fn ask(&mut self, now: Time, case: u32) {
        let begin = now.max(self.investigators.free_at()).max(f64::from(self.today_is));
        if self.policy.tracing.contacts && begin - now <= self.policy.tracing.give_up_days {
            let begin = self.investigators.begin(begin);
            self.agenda.put(begin + self.investigators.takes(), What::Investigated { case });
        }
    }

    /// The facility that the protocol names for a case, as ill as it is now.
    fn wanted(&self, world: &World<'_>, now: Time, person: u32, infection: u32) -> Stay {
        let record = &world.history().infections()[infection as usize];
        let course = world.course(record);
        let age_of_infection = now as f32 - record.time();
        let severe = world.outcome(record, &course).severe.is_some_and(|s| s <= age_of_infection);
        let ill = course.onset.is_some_and(|o| o <= age_of_infection);
        let severity = match (severe, ill) {
            (true, _) => Severity::Severe,
            (false, true) => Severity::Mild,
            (false, false) => Severity::Asymptomatic,
        };
        match self.rules.destination(severity, world.population().person(person).age()) {
            FacilityKind::ShelterHospital => Stay::Shelter,
            FacilityKind::DesignatedHospital => Stay::Hospital,
            FacilityKind::IsolationSite => Stay::Central,
            FacilityKind::Home => Stay::CaseAtHome,
        }
    }

    /// A case's exit test, wherever the case is.
    pub(crate) fn exit_test(&mut self, world: &World<'_>, now: Time, case: u32) {
        let Some(rule) = self.rules.exit else { return };
        let c = &self.cases[case as usize];
        let person = c.person;
        if c.discharged.is_some() || self.people.stay(person) == Stay::Dead {
            return;
        }
        if c.test_from > now + 1e-9 {
            self.agenda.put(c.test_from, What::ExitTest { case });
            return;
        }
        self.spend(1, 1);
        let key = Self::key(world, Purpose::Swab, person).with(now.to_bits());
        let ct = swab::ct(world, person, now, key);
        let clear = ct.is_none_or(|ct| ct >= rule.ct);
        let result = self.catchment(world, person).lab.single(now);
        self.write(now, || Deed::Tube { people: vec![person], swab: Swab::Exit, result, ct });
        let c = &mut self.cases[case as usize];
        let Some(result) = result else {
            self.agenda.put(now + rule.gap, What::ExitTest { case });
            return;
        };
        c.negatives = if clear { c.negatives + 1 } else { 0 };
        if c.negatives >= rule.consecutive {
            self.agenda.put(result, What::Discharge { case });
        } else {
            let next = if clear { rule.gap } else { rule.repeat };
            self.agenda.put(now + next, What::ExitTest { case });
        }
    }
    pub(crate) fn discharge(&mut self, world: &World<'_>, now: Time, case: u32) {
        let c = &mut self.cases[case as usize];
        let person = c.person;
        if c.discharged.is_some() || self.people.stay(person) == Stay::Dead {
            return;
        }
        // The result of a test at home, when a bed has been found in the meantime.
        if self.rules.exit.is_some_and(|e| c.negatives < e.consecutive) {
            let next = c.test_from.max(now);
            self.agenda.put(next, What::ExitTest { case });
            return;
        }
        c.discharged = Some(now);
        let exempt = now + self.rules.exemption;
        let next = if self.rules.monitoring.is_some() { Stay::Monitored } else { Stay::Free };
        self.leave(world, now, person, next);
        let record = self.people.of(person);
        record.set_case(None);
        record.exempt(exempt);
        let serial = record.serial;
        if let Some(days) = self.rules.monitoring {
            self.agenda.put(day_end(now, days), What::MonitoringOver { person, serial });
        }
    }
    pub(crate) fn monitoring_over(&mut self, world: &World<'_>, now: Time, person: u32, serial: u16) {
        if self.people.get(person).is_some_and(|r| r.serial == serial) {
            self.enter(world, now, person, Stay::Free);
        }
    }
    /// Tests of those who are ill for other reasons.
    pub(crate) fn clinics(&mut self, day: u32) {
        let symptoms = &self.policy.symptoms;
        if day < symptoms.from_day {
            return;
        }
        let mut all = 0;
        for c in &mut self.catchments {
            let tests = (f64::from(c.people.end - c.people.start) * symptoms.others_per_1000 / 1_000.0).round() as u32;
            c.lab.book(i64::from(day), tests + c.planned(day));
            all += u64::from(tests);
        }
        self.spend(all, all);
    }
}
