//! Notes what is said of people's lives: cases that begin and end, contacts, ways, beds.

use super::judge::at_of;
use super::known::*;
use super::life::*;
use super::{Auditor, Key, Owed};
use quell_book::*;
use quell_foundation::*;
use quell_protocol::Severity;

impl Auditor {
    /// Notes a fact about a life, if it is one.
    pub(super) fn note_life(&mut self, fact: &Fact, mark: Told) {
        debug_assert!(at_of(fact).is_none_or(|at| at == mark.at));
        match fact {
            Fact::PersonAbsent(f) => {
                self.turn(f.person, mark, What::Away);
                self.excuse(f.person, Excuse::Waived(mark));
            }
            Fact::PersonReturned(f) => self.turn(f.person, mark, What::Returned),
            Fact::ContactNamed(f) => self.note_contact(f, mark),
            Fact::ContactDropped(f) => {
                if let Some(k) = self.known.contacts.iter().position(|c| c.id == f.contact) {
                    self.note_dropped(k, mark);
                }
            }
            Fact::TransferRequested(f) => self.known.ways.push(WaySeen {
                id: f.transfer,
                person: f.person,
                requested: mark,
                facility: None,
                picked_up: None,
                arrived: None,
                ended: None,
            }),
            Fact::VehicleAssigned(f) => self.way(f.transfer, |w| w.facility = Some(f.facility.clone())),
            Fact::PickedUp(f) => self.way(f.transfer, |w| w.picked_up = Some(mark.at)),
            Fact::Arrived(f) => {
                self.way(f.transfer, |w| w.arrived = Some(mark.at));
                if let Some(person) = self.known.ways.iter().find(|w| w.id == f.transfer).map(|w| w.person) {
                    self.turn(person, mark, What::Arrived);
                }
            }
            Fact::TransferCalledOff(f) => self.way(f.transfer, |w| w.ended = Some(TransferState::CalledOff)),
            Fact::Admitted(f) => self.note_admitted(f, mark),
            Fact::Observed(f) => self.note_observed(f, mark),
            Fact::FollowedUp(f) if matches!(f.outcome, FollowUpOutcome::SeenOk | FollowUpOutcome::SeenNotOk) => {
                let end = self.part_end(mark.at);
                let owed = |d: &Owed| d.key.kind == DutyKind::FollowUp && d.key.person == Some(f.person) && d.state == DutyState::Open;
                let done = self.duties.iter().any(|d| owed(d) && end.is_some_and(|e| d.due.is_some_and(|due| due <= e)));
                self.turn(f.person, mark, What::Followed(done));
            }
            Fact::Discharged(f) => self.note_discharged(f, mark),
            Fact::Released(f) => {
                let was_contact = contact_after(self.life(f.person)).is_some();
                self.turn(f.person, mark, What::Released);
                self.call_off(f.person);
                if was_contact {
                    self.note_end(f.person, mark, f.decision.is_some());
                }
            }
            Fact::Died(f) => self.note_died(f, mark),
            _ => {}
        }
    }

    pub(super) fn turn(&mut self, person: PersonId, mark: Told, what: What) {
        self.known.lives.entry(person).or_default().push(Turn { mark, what });
    }

    fn way(&mut self, id: TransferId, change: impl FnOnce(&mut WaySeen)) {
        if let Some(w) = self.known.ways.iter_mut().find(|w| w.id == id) {
            change(w);
        }
    }

    /// Nobody is moved without a reason.
    fn call_off(&mut self, person: PersonId) {
        for w in self.known.ways.iter_mut().filter(|w| w.person == person && w.ended.is_none()) {
            w.ended = Some(TransferState::CalledOff);
        }
    }

    fn leave_bed(&mut self, person: PersonId, mark: Told) {
        for s in self.known.stays.iter_mut().filter(|s| s.person == person && s.left.is_none()) {
            s.left = Some(mark);
        }
    }

    fn note_contact(&mut self, f: &ContactNamed, mark: Told) {
        let (id, person, category) = (f.contact, f.person, f.category);
        self.known.contacts.push(ContactSeen { id, person, case: f.case, category, exposed: f.last_exposure.at });
        let new = self.known.contacts.len() - 1;
        let stays = contact_after(self.life(person)).is_some_and(|leads| self.rank(new) <= self.rank(leads));
        self.turn(person, mark, if stays { What::Covered(new) } else { What::Named(new) });
    }

    /// Which of several records sets the schedule: the strictest, then the latest exposure.
    fn rank(&self, k: usize) -> (Option<u8>, Instant) {
        let c = &self.known.contacts[k];
        (self.strictness(c.category), c.exposed)
    }

    /// The record that sets the schedule when none does; of those alike the one with the later id.
    fn next_contact(&self, person: PersonId, at: Instant) -> Option<usize> {
        let waiting = self.contacts_in(person, &[ContactState::Covered]).into_iter();
        waiting.filter(|k| self.until(*k).is_none_or(|u| u > at)).max_by_key(|k| (self.rank(*k), self.known.contacts[*k].id))
    }

    /// A record has ended: of the others some have run out, and the next one sets the schedule. By a decision all have ended.
    fn note_end(&mut self, person: PersonId, mark: Told, decided: bool) {
        let next = self.next_contact(person, mark.at).filter(|_| !decided);
        for k in self.contacts_in(person, &[ContactState::Covered]) {
            if decided || self.until(k).is_some_and(|u| u <= mark.at) {
                self.turn(person, mark, What::Lapsed(k));
            }
        }
        if let Some(k) = next {
            self.turn(person, mark, What::Named(k));
        }
    }

    fn note_dropped(&mut self, k: usize, mark: Told) {
        let person = self.known.contacts[k].person;
        if self.contact_state(k) == ContactState::Covered {
            self.turn(person, mark, What::Struck(k));
            return;
        }
        if self.next_contact(person, mark.at).is_some() {
            self.turn(person, mark, What::Struck(k));
        } else {
            self.turn(person, mark, What::Dropped(k));
            self.call_off(person);
        }
        self.note_end(person, mark, false);
    }

    fn note_admitted(&mut self, f: &Admitted, mark: Told) {
        self.leave_bed(f.person, mark);
        for w in self.known.ways.iter_mut().filter(|w| w.person == f.person && w.ended.is_none()) {
            w.ended = Some(TransferState::Admitted);
            w.picked_up.get_or_insert(mark.at);
            w.arrived.get_or_insert(mark.at);
        }
        let (id, person, facility) = (f.stay, f.person, f.facility.clone());
        self.known.stays.push(StaySeen { id, person, facility, bed: (f.ward.clone(), f.bed), admitted: mark, left: None });
        self.turn(person, mark, What::Admitted(self.known.stays.len() - 1));
        self.excuse(person, Excuse::Overtaken(mark));
    }

    fn note_observed(&mut self, f: &Observed, mark: Told) {
        self.turn(f.person, mark, What::Observed);
        let active = self.known.cases.iter_mut().find(|c| c.person == f.person && c.state == CaseState::Active);
        if let (Some(severity), Some(case)) = (f.severity, active)
            && case.severity.replace(severity) != Some(severity)
        {
            self.note_unfit(f.person, mark);
        }
    }

    /// A patient who now needs a designated hospital and lies elsewhere is to be moved.
    pub(super) fn note_unfit(&mut self, person: PersonId, mark: Told) {
        let hospital = PlaceKind::DesignatedHospital;
        let here = self.stay_of(person).and_then(|s| self.known.places.get(&s.facility)).map(|p| p.kind);
        if let Some((c, _)) = case_after(self.life(person))
            && here.is_some_and(|h| h != hospital)
            && self.wanted_facility(person) == Some(hospital)
        {
            self.turn(person, mark, What::Unfit(c));
        }
    }

    fn note_discharged(&mut self, f: &Discharged, mark: Told) {
        let Some(s) = self.known.stays.iter().position(|s| s.id == f.stay) else { return };
        let person = self.known.stays[s].person;
        let contact = contact_after(self.life(person)).filter(|k| self.schedule(*k).is_some_and(|s| s.home_days > 0));
        let then = match (case_after(self.life(person)), contact) {
            (Some((c, _)), _) => Then::Recovered(c),
            (None, Some(k)) => Then::AtHome(k),
            (None, None) => Then::Free,
        };
        self.known.stays[s].left = Some(mark);
        if let Then::Recovered(c) = then {
            let case = &mut self.known.cases[c];
            (case.state, case.ended, case.entry) = (CaseState::Recovered, Some(mark), Some(mark));
        }
        let was_contact = contact_after(self.life(person)).is_some();
        self.turn(person, mark, What::Left(s, then));
        self.call_off(person);
        if was_contact && then == Then::Free {
            self.note_end(person, mark, f.decision.is_some());
        }
    }

    fn note_died(&mut self, f: &Died, mark: Told) {
        if let Some((c, _)) = case_after(self.life(f.person)) {
            let case = &mut self.known.cases[c];
            (case.state, case.ended, case.entry) = (CaseState::Died, Some(mark), Some(mark));
        }
        self.turn(f.person, mark, What::Died);
        self.call_off(f.person);
        self.leave_bed(f.person, mark);
        self.excuse(f.person, Excuse::Overtaken(mark));
    }

    /// A case begins. Of the dead it is written down and reported; there is nobody to be cared for.
    pub(super) fn begin_case(&mut self, mut case: CaseSeen, mark: Told) {
        let person = case.person;
        self.infection_at(person, mark);
        if self.standing(person) == Standing::Dead {
            (case.state, case.ended) = (CaseState::Died, Some(mark));
            self.known.cases.push(case);
            return;
        }
        self.known.cases.push(case);
        self.turn(person, mark, What::Found(self.known.cases.len() - 1));
        self.call_off(person);
        self.excuse(person, Excuse::Overtaken(mark));
    }

    /// A case was none. Its contacts are looked at again, and whom it had overtaken as a contact is one again.
    pub(super) fn withdraw(&mut self, c: usize, mark: Told) {
        let case = &mut self.known.cases[c];
        let (before, person, id) = (case.state, case.person, case.id);
        (case.classification, case.state, case.ended) = (Classification::NotACase, CaseState::Withdrawn, Some(mark));
        case.changes.push((mark, "withdrawn"));
        let of_case = |k: &usize| self.known.contacts[*k].case.is_some() && self.known.contacts[*k].case == id;
        let contacts: Vec<usize> = (0..self.known.contacts.len()).filter(of_case).collect();
        for k in contacts.into_iter().filter(|k| self.contact_state(*k) == ContactState::Active).collect::<Vec<_>>() {
            self.turn(self.known.contacts[k].person, mark, What::CaseGone);
        }
        let life = self.life(person);
        let recovered =
            |t: &&Turn| matches!(t.what, What::Left(_, Then::Recovered(x)) if self.known.cases[x].state == CaseState::Recovered);
        let ended = life.iter().filter(recovered).map(|t| t.mark.at).max();
        let mut overtaken = self.contacts_in(person, &[ContactState::Converted]);
        overtaken.retain(|k| before != CaseState::Died && ended.is_none_or(|e| self.known.contacts[*k].exposed > e));
        self.turn(person, mark, What::Withdrawn(c, before));
        if before == CaseState::Active {
            self.call_off(person);
        }
        for k in overtaken {
            // Whoever has been through a recovery is not isolated for the same exposure again.
            let over = before == CaseState::Recovered || self.until(k).is_some_and(|u| u <= mark.at);
            self.turn(person, mark, if over { What::Lapsed(k) } else { What::Covered(k) });
        }
        if before == CaseState::Active
            && let Some(k) = self.next_contact(person, mark.at)
        {
            self.turn(person, mark, What::Back(k));
        }
        self.note_owed_again(c, before, mark);
    }

    /// Swabs that this case had overtaken are owed again, and the monitoring after an earlier one goes on.
    fn note_owed_again(&mut self, c: usize, before: CaseState, mark: Told) {
        let (person, found) = (self.known.cases[c].person, self.known.cases[c].found.n);
        if self.standing(person) == Standing::Dead || self.known.case_of(person).is_some() {
            return;
        }
        let overtaken = |d: &&Owed| d.state == DutyState::Superseded && d.ended_n == Some(found) && d.key.person == Some(person);
        let asked = |d: &&Owed| match (d.key.kind, &d.key.tube) {
            (DutyKind::Recall, Some(tube)) => self.is_recalled_by(person, tube),
            (DutyKind::Resample, Some(tube)) => before == CaseState::Active && self.wants_another(person, tube),
            _ => false,
        };
        let again: Vec<Key> = self.duties.iter().filter(overtaken).filter(asked).map(|d| d.key.clone()).collect();
        self.known.again.extend(again.into_iter().map(|key| (key, mark)));
        let life = self.life(person);
        let elsewhere = stay_after(life).is_some() || contact_after(life).is_some();
        let watched = life.iter().position(|t| t.what == What::Found(c)).and_then(|i| self.watched_for(&life[..i]));
        let recovered = self.known.cases.iter().any(|c| c.person == person && c.state == CaseState::Recovered);
        if let Some(earlier) = watched.filter(|_| before == CaseState::Active && !elsewhere && recovered)
            && self.monitoring_left(person, life, mark.at).iter().any(|b| b.kind == DutyKind::Release)
        {
            self.turn(person, mark, What::Watched(earlier));
        }
    }

    /// True if this tube asks for another swab of a person: it could not be tested, or was not clear, or should not have been theirs.
    fn wants_another(&self, person: PersonId, tube: &TubeCode) -> bool {
        let swab = self.known.swab(tube, person);
        let lost = |t: &TubeSeen| t.ended.is_some() || t.result() == Some(TestResult::Indeterminate);
        swab.is_some_and(|s| s.wrong_mode || self.known.tubes.get(tube).is_some_and(lost))
    }

    /// A single sample of a patient was read; one of before the stay says nothing about its end.
    pub(super) fn note_exit_test(&mut self, swab: &Swab, mark: Told) {
        let life = self.life(swab.person);
        let stay = stay_after(life).map(|(s, _)| &self.known.stays[s]).filter(|_| case_after(life).is_some());
        let passed = self.known.tubes.get(&swab.tube).and_then(TubeSeen::in_force).is_some_and(|r| r.high_ct);
        if stay.is_some_and(|s| swab.mark.at >= s.admitted.at) && self.protocol.exit_rule().is_some() {
            self.turn(swab.person, mark, What::Tested(swab.mark.at, passed));
        }
    }

    /// A sample that let the patient go was another's: the tests begin again.
    pub(super) fn note_not_theirs(&mut self, swab: &Swab, mark: Told) {
        let life = self.life(swab.person);
        let stay = stay_after(life).map(|(s, _)| &self.known.stays[s]).filter(|_| case_after(life).is_some());
        let passed = self.known.tubes.get(&swab.tube).and_then(TubeSeen::in_force).is_some_and(|r| r.high_ct);
        if passed && stay.is_some_and(|s| swab.mark.at >= s.admitted.at) && self.passes(life) > 0 {
            self.turn(swab.person, mark, What::Untested);
        }
    }
}

/// A case as it is when it is found.
pub(super) fn new_case(
    person: PersonId,
    place: PlaceId,
    found: Told,
    (classification, severity): (Classification, Option<Severity>),
) -> CaseSeen {
    CaseSeen {
        id: None,
        person,
        place,
        tube: None,
        found,
        classification,
        severity,
        changes: vec![],
        reports: vec![],
        investigated: std::collections::BTreeMap::new(),
        state: CaseState::Active,
        entry: None,
        ended: None,
    }
}
