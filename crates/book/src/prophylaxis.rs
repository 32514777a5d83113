//! Post-exposure prophylaxis (暴露后预防): owed while it still protects, given or declined. Some lengthens the follow-up, if it was given
//! while it protects; some has a second dose, which is owed when the follow-up is over too.

use crate::act::{Act, Outcome, Subject};
use crate::fact::*;
use crate::hand_in::check_decision;
use crate::kinds::*;
use crate::refusal::Refusal;
use crate::refuse;
use crate::rows::*;
use crate::table::Group;
use quell_foundation::*;

/// No one has had more doses of one vaccine; what is above is a mistake. (Set by Quell.)
const MOST_DOSES: u32 = 20;

impl Act<'_> {
    /// A contact is offered what still protects, counted from the first exposure.
    pub(crate) fn owe_prophylaxis(&mut self, c: &Contact, at: Instant) {
        let exposed = c.first_exposure.unwrap_or(c.last_exposure);
        // Whoever waits for the second dose has had the first.
        let asks = !c.prophylaxis && self.open_duties(c.person_id, &[DutyKind::SecondDose]).is_empty();
        let doses = self.doses_before(c.person_id, exposed);
        if let Some(due) = self.c.protocol.prophylaxis_due(exposed, at, doses).filter(|_| asks) {
            self.open_by(DutyKind::Prophylaxis, Subject::Person(c.person_id), &c.place, at, due, "pep".into());
        }
    }

    /// Nothing more is offered to this person for any of the exposures on record.
    fn settle_prophylaxis(&mut self, person: PersonId) {
        for c in self.contacts_in(person, &[ContactState::Active, ContactState::Covered]) {
            self.s.contacts.put(Contact { prophylaxis: true, ..c });
        }
    }

    /// Documented doses of vaccine before the day of a moment.
    fn doses_before(&self, person: PersonId, exposed: Instant) -> u32 {
        let Some(v) = self.s.vaccinations.get(&person).filter(|v| v.source.is_documented()) else { return 0 };
        let day = exposed.day(self.s.config.offset);
        let since = v.dates.iter().filter(|d| **d >= day).count() as i32;
        (v.doses - since).max(0) as u32
    }

    pub(crate) fn vaccination_stated(&mut self, f: &VaccinationStated) -> Outcome {
        self.not_future(f.at)?;
        let place = self.person(f.person)?.place;
        let today = f.at.at.day(self.s.config.offset);
        if f.doses > MOST_DOSES || f.dates.len() > f.doses as usize || f.dates.iter().any(|d| *d > today) {
            return Err(refuse!(
                "vaccination.doses",
                "doses",
                "at most {MOST_DOSES} doses, no more days than doses, and none of them after it was said; check the number and the days",
                "剂次不超过 {MOST_DOSES}，接种日期不多于剂次且不晚于登记时间，请核对"
            ));
        }
        let mut dates = f.dates.clone();
        dates.sort_unstable();
        let (doses, vaccine) = (f.doses as i32, f.vaccine.clone());
        self.s.vaccinations.put(Vaccination { person_id: f.person, place, doses, dates, vaccine, source: f.source, stated_at: f.at.at });
        let Some(c) = self.active_contact(f.person) else { return Ok(()) };
        let owed = self.open_duties(f.person, &[DutyKind::Prophylaxis]);
        if self.c.protocol.needs_no_prophylaxis(self.doses_before(f.person, c.first_exposure.unwrap_or(c.last_exposure))) {
            owed.iter().for_each(|d| self.supersede(d, f.at.at, "protected by vaccination"));
        } else if owed.is_empty() {
            // What was said before was wrong.
            self.owe_prophylaxis(&c, f.at.at);
        }
        Ok(())
    }

    /// The record for which something is given: the one under management, or, for a second dose, the last one, which may be over.
    fn exposed(&self, person: PersonId, second_dose: bool) -> Result<Contact, Refusal> {
        self.person(person)?;
        let over = || self.s.contacts.group(&Group::Person(person)).into_iter().max_by_key(|c| (c.last_exposure, c.contact_id)).cloned();
        self.active_contact(person).or_else(|| over().filter(|_| second_dose)).ok_or_else(|| {
            refuse!(
                "prophylaxis.no_contact",
                "person",
                "the person is no contact under management, and waits for no second dose; name the contact record first",
                "该人员不是在管密接，也没有待接种的第二剂，请先登记密接"
            )
        })
    }

    pub(crate) fn prophylaxis_given(&mut self, f: &ProphylaxisGiven) -> Outcome {
        self.not_future(f.at)?;
        let second = self.open_duties(f.person, &[DutyKind::SecondDose]).into_iter().find(|d| d.rule == second_dose_rule(&f.prophylaxis));
        let c = self.exposed(f.person, second.is_some())?;
        let Some(pep) = self.c.protocol.pep.as_ref().and_then(|all| all.get(&f.prophylaxis)) else {
            let known = self.c.protocol.pep.iter().flatten().map(|p| p.0.as_str()).collect::<Vec<_>>().join(", ");
            return Err(refuse!(
                "prophylaxis.unknown",
                "prophylaxis",
                "the protocol has no such prophylaxis; it has: {known}",
                "本方案没有该预防措施，可用：{known}"
            ));
        };
        let least = pep.second_dose_after.as_ref().map(|p| p.value.0);
        let in_time = match (&second, least) {
            (Some(first), Some(least)) => f.at.at >= first.opened_at.plus(least),
            _ => f.at.at <= c.first_exposure.unwrap_or(c.last_exposure).plus(pep.within.value.0),
        };
        self.s.prophylaxes.put(Prophylaxis {
            seq: self.c.seq,
            idx: self.index as i32,
            person_id: f.person,
            contact_id: c.contact_id,
            place: c.place.clone(),
            prophylaxis: f.prophylaxis.clone(),
            at: f.at.at,
            in_time,
            note: f.note.clone(),
        });
        if let Some(duty) = second {
            // Too early it is on record, and the second dose is still owed.
            if in_time {
                self.discharge(&duty, f.at.at);
            }
            return Ok(());
        }
        self.discharge_first(f.person, &[DutyKind::Prophylaxis], f.at.at);
        self.settle_prophylaxis(f.person);
        if let Some(days) = self.c.protocol.follow_up_days_after(&f.prophylaxis).filter(|_| in_time) {
            self.watch_longer(f.person, days, f.at.at);
        }
        if let Some(least) = least {
            let due = self.part_end(f.at.at.plus(least), 1);
            self.open_by(DutyKind::SecondDose, Subject::Person(f.person), &c.place, f.at.at, due, second_dose_rule(&f.prophylaxis));
        }
        Ok(())
    }

    /// Every exposure of the person is followed up for so many days; if the follow-up of today is over already, it goes on.
    fn watch_longer(&mut self, person: PersonId, days: u32, at: Instant) {
        for c in self.contacts_in(person, &[ContactState::Active, ContactState::Covered]) {
            let longer = self.day_end(c.last_exposure, days);
            let c = Contact { until: c.until.max(Some(longer)), ..c };
            self.s.contacts.put(c.clone());
            if c.state == ContactState::Active && self.open_duties(person, &[DutyKind::FollowUp]).is_empty() {
                self.owe_follow_up(&c, at, at);
            }
        }
    }

    pub(crate) fn prophylaxis_declined(&mut self, f: &ProphylaxisDeclined) -> Outcome {
        self.not_future(f.at)?;
        check_decision(Some(&f.decision))?;
        let owed =
            [DutyKind::Prophylaxis, DutyKind::SecondDose].into_iter().find_map(|k| self.open_duties(f.person, &[k]).into_iter().next());
        self.exposed(f.person, owed.as_ref().is_some_and(|d| d.kind == DutyKind::SecondDose))?;
        let Some(duty) = owed else {
            return Err(refuse!("prophylaxis.not_due", "person", "no prophylaxis is owed to this person", "该人员没有待办的暴露后预防"));
        };
        self.waive(&duty, f.at.at, &f.decision);
        if duty.kind == DutyKind::Prophylaxis {
            self.settle_prophylaxis(f.person);
        }
        Ok(())
    }
}

/// The rule by which a second dose is owed: the path of the protocol's value.
fn second_dose_rule(prophylaxis: &str) -> String {
    format!("pep.{prophylaxis}.second_dose_after")
}
