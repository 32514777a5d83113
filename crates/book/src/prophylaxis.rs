//! Post-exposure prophylaxis (暴露后预防): owed while it still protects, given or declined; some lengthens the follow-up.

use crate::act::{Act, Outcome, Subject};
use crate::fact::*;
use crate::hand_in::check_decision;
use crate::kinds::*;
use crate::refusal::Refusal;
use crate::refuse;
use crate::rows::*;
use quell_foundation::*;

impl Act<'_> {
    /// A contact is offered what still protects, counted from the first exposure.
    pub(crate) fn owe_prophylaxis(&mut self, c: &Contact, at: Instant) {
        let exposed = c.first_exposure.unwrap_or(c.last_exposure);
        if let Some(due) = self.c.protocol.prophylaxis_due(exposed, at).filter(|_| !c.prophylaxis) {
            self.open_by(DutyKind::Prophylaxis, Subject::Person(c.person_id), &c.place, at, due, "pep".into());
        }
    }

    fn exposed(&self, person: PersonId) -> Result<Contact, Refusal> {
        self.person(person)?;
        self.active_contact(person).ok_or_else(|| {
            refuse!(
                "prophylaxis.no_contact",
                "person",
                "the person is no contact under management; name the contact record first",
                "该人员不是在管密接，请先登记密接"
            )
        })
    }

    /// Nothing more is offered to this person for any of the exposures on record.
    fn settle_prophylaxis(&mut self, person: PersonId) {
        for c in self.contacts_in(person, &[ContactState::Active, ContactState::Covered]) {
            self.s.contacts.put(Contact { prophylaxis: true, ..c });
        }
    }

    pub(crate) fn prophylaxis_given(&mut self, f: &ProphylaxisGiven) -> Outcome {
        self.not_future(f.at)?;
        let c = self.exposed(f.person)?;
        let Some(pep) = self.c.protocol.pep.as_ref().and_then(|all| all.get(&f.prophylaxis)) else {
            let known = self.c.protocol.pep.iter().flatten().map(|p| p.0.as_str()).collect::<Vec<_>>().join(", ");
            return Err(refuse!(
                "prophylaxis.unknown",
                "prophylaxis",
                "the protocol has no such prophylaxis; it has: {known}",
                "本方案没有该预防措施，可用：{known}"
            ));
        };
        let protects_until = c.first_exposure.unwrap_or(c.last_exposure).plus(pep.within.value.0);
        self.s.prophylaxes.put(Prophylaxis {
            seq: self.c.seq,
            idx: self.index as i32,
            person_id: f.person,
            contact_id: c.contact_id,
            place: c.place.clone(),
            prophylaxis: f.prophylaxis.clone(),
            at: f.at.at,
            in_time: f.at.at <= protects_until,
            note: f.note.clone(),
        });
        self.discharge_first(f.person, &[DutyKind::Prophylaxis], f.at.at);
        self.settle_prophylaxis(f.person);
        if let Some(days) = self.c.protocol.follow_up_days_after(&f.prophylaxis) {
            self.watch_longer(f.person, days, f.at.at);
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
        self.exposed(f.person)?;
        let Some(duty) = self.open_duties(f.person, &[DutyKind::Prophylaxis]).into_iter().next() else {
            return Err(refuse!("prophylaxis.not_due", "person", "no prophylaxis is owed to this person", "该人员没有待办的暴露后预防"));
        };
        self.waive(&duty, f.at.at, &f.decision);
        self.settle_prophylaxis(f.person);
        Ok(())
    }
}
