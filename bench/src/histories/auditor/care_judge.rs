//! May this be said of a life? The rules of contacts, ways, beds and deaths.

use super::Auditor;
use super::judge::{Verdict, need, said};
use super::life::*;
use quell_book::*;
use quell_foundation::*;
use quell_protocol::ContactCategory;

/// A decision, where there is one, has someone who decided and a reason.
fn decided(decision: Option<&Decision>) -> Verdict {
    need(decision.is_none_or(|d| said(&d.decider) && said(&d.reason)), "no reason")
}

impl Auditor {
    /// The verdict on a fact about a life; nothing about any other.
    pub(super) fn judge_life(&self, fact: &Fact) -> Option<Verdict> {
        Some(match fact {
            Fact::PersonAbsent(f) => self.judge_absence(f),
            Fact::PersonReturned(f) => need(self.standing(f.person) == Standing::Absent, "not away"),
            Fact::ContactNamed(f) => self.judge_contact(f),
            Fact::ContactDropped(f) => {
                let k = self.known.contacts.iter().position(|c| c.id == f.contact);
                let managed = |k| matches!(self.contact_state(k), ContactState::Active | ContactState::Covered);
                need(k.is_some_and(managed), "no contact under management").and(decided(Some(&f.decision)))
            }
            Fact::TransferRequested(f) => self.judge_request(f),
            Fact::VehicleAssigned(f) => self.judge_vehicle(f),
            Fact::PickedUp(f) => self.judge_step(&f.transfer, &[TransferState::Assigned]).map(drop),
            Fact::Arrived(f) => self.judge_step(&f.transfer, &[TransferState::PickedUp]).map(drop),
            Fact::TransferCalledOff(f) => self
                .judge_step(&f.transfer, &[TransferState::Requested, TransferState::Assigned, TransferState::PickedUp])
                .and(decided(Some(&f.decision))),
            Fact::Admitted(f) => self.judge_admission(f),
            Fact::Observed(f) => need(self.known.people.contains_key(&f.person), "unknown person")
                .and(need(f.oxygen.is_none_or(|o| o <= 100), "more than all oxygen")),
            Fact::FollowedUp(f) => need(self.known.people.contains_key(&f.person), "unknown person")
                .and(need(self.contact_of(f.person).is_some(), "no contact"))
                .and(need(f.outcome != FollowUpOutcome::SeenOk || f.symptoms.is_empty(), "symptoms")),
            Fact::Discharged(f) => self.judge_discharge(f),
            Fact::Released(f) => self.judge_release(f),
            Fact::Died(f) => need(self.known.people.contains_key(&f.person), "unknown person")
                .and(need(self.standing(f.person) != Standing::Dead, "dead already"))
                .and(self.after_admission(f.person, f.at.at)),
            _ => return None,
        })
    }

    /// Someone under management stays.
    fn judge_absence(&self, f: &PersonAbsent) -> Verdict {
        need(self.known.people.contains_key(&f.person), "unknown person")?;
        need(matches!(self.standing(f.person), Standing::AtHome | Standing::Absent), "under management")?;
        let confined = contact_after(self.life(f.person)).and_then(|k| self.schedule(k)).is_some_and(|s| s.confined);
        need(!confined, "a contact who may not go out")
    }

    /// How strict a schedule is: a site, then home, then watching.
    pub(super) fn strictness(&self, category: ContactCategory) -> Option<u8> {
        self.protocol.contact_schedule(category).map(|s| if s.central_days > 0 { 2 } else { u8::from(s.confined) })
    }

    fn judge_contact(&self, f: &ContactNamed) -> Verdict {
        let k = &self.known;
        need(k.people.contains_key(&f.person), "unknown person")?;
        need(f.last_exposure.at <= f.at.at, "exposed after the record")?;
        decided(Some(&f.decision))?;
        let asked = self.strictness(f.category).ok_or("not managed")?;
        if let Some(id) = f.case {
            need(k.cases.iter().any(|c| c.id == Some(id) && c.state != CaseState::Withdrawn), "unknown or withdrawn case")?;
        }
        let standing = self.standing(f.person);
        need(k.case_of(f.person).is_none() && standing != Standing::Dead, "a case, or dead")?;
        need(standing != Standing::HomeMonitoring, "under monitoring")?;
        need(k.contacts.iter().all(|c| c.id != f.contact), "named before")?;
        let managed = self.contacts_in(f.person, &[ContactState::Active, ContactState::Covered]).into_iter().map(|i| &k.contacts[i]);
        let same = |c: &ContactSeen| c.case == f.case && self.strictness(c.category) >= Some(asked) && c.exposed >= f.last_exposure.at;
        need(!managed.into_iter().any(same), "covered")
    }

    fn judge_request(&self, f: &TransferRequested) -> Verdict {
        need(self.known.people.contains_key(&f.person), "unknown person")?;
        need(self.known.ways.iter().all(|w| w.id != f.transfer) && self.way_of(f.person).is_none(), "under way")?;
        need(self.known.case_of(f.person).is_some() || self.contact_of(f.person).is_some(), "no reason")
    }

    fn judge_step(&self, id: &TransferId, allowed: &[TransferState]) -> Result<(), &'static str> {
        let way = self.known.ways.iter().find(|w| w.id == *id).ok_or("unknown transfer")?;
        need(allowed.contains(&way.state()), "this step does not follow")
    }

    fn judge_facility(&self, person: PersonId, facility: &PlaceId, decision: Option<&Decision>) -> Verdict {
        decided(decision)?;
        need(self.beds(facility).0 > 0, "no beds there")?;
        let kind = self.known.places.get(facility).map(|p| p.kind);
        need(decision.is_some() || (kind.is_some() && self.wanted_facility(person) == kind), "another kind, or no reason")
    }

    fn judge_vehicle(&self, f: &VehicleAssigned) -> Verdict {
        self.judge_step(&f.transfer, &[TransferState::Requested, TransferState::Assigned])?;
        let way = self.known.ways.iter().find(|w| w.id == f.transfer).ok_or("unknown transfer")?;
        self.judge_facility(way.person, &f.facility, f.decision.as_ref())?;
        let (beds, taken, promised) = self.beds(&f.facility);
        let own = usize::from(way.facility.as_ref() == Some(&f.facility));
        need(taken + promised - own < beds, "full")
    }

    fn judge_admission(&self, f: &Admitted) -> Verdict {
        let k = &self.known;
        need(k.people.contains_key(&f.person), "unknown person")?;
        need(self.standing(f.person) != Standing::Dead, "dead")?;
        self.after_admission(f.person, f.at.at)?;
        need(k.stays.iter().all(|s| s.id != f.stay), "this stay exists")?;
        self.judge_facility(f.person, &f.facility, f.decision.as_ref())?;
        let ward = k.places.get(&f.facility).and_then(|p| p.wards.iter().find(|w| w.ward == f.ward)).ok_or("no such ward")?;
        need((1..=ward.beds).contains(&f.bed), "no such bed")?;
        let taken = |s: &StaySeen| s.left.is_none() && s.facility == f.facility && s.bed == (f.ward.clone(), f.bed);
        need(!k.stays.iter().any(taken), "the bed is taken")?;
        // The person's own bed and promise do not stand in the way.
        let (beds, taken, promised) = self.beds(&f.facility);
        let own_bed = usize::from(self.stay_of(f.person).is_some_and(|s| s.facility == f.facility));
        let own_way = usize::from(self.way_of(f.person).is_some_and(|w| w.facility.as_ref() == Some(&f.facility)));
        need(taken + promised - own_bed - own_way < beds || f.decision.is_some(), "promised to others")
    }

    /// Nobody leaves a bed before lying in it.
    fn after_admission(&self, person: PersonId, at: Instant) -> Verdict {
        need(self.stay_of(person).is_none_or(|s| at >= s.admitted.at), "before the admission")
    }

    fn judge_discharge(&self, f: &Discharged) -> Verdict {
        let stay = self.known.stays.iter().find(|s| s.id == f.stay).ok_or("unknown stay")?;
        need(stay.left.is_none(), "ended already")?;
        need(f.at.at >= stay.admitted.at, "before the admission")?;
        decided(f.decision.as_ref())?;
        if f.decision.is_some() {
            return Ok(());
        }
        let life = self.life(stay.person);
        if case_after(life).is_some() {
            return need(self.protocol.exit_rule().is_none_or(|r| self.passes(life) >= r.consecutive), "exit tests");
        }
        let Some(k) = contact_after(life) else { return Ok(()) };
        let days = self.schedule(k).map_or(0, |s| s.central_days);
        need(f.at.at >= day_end(self.known.contacts[k].exposed, days), "too early")?;
        need(!self.owes_of(stay.person, &[DutyKind::ContactTest]), "a test is missing")
    }

    fn judge_release(&self, f: &Released) -> Verdict {
        need(self.known.people.contains_key(&f.person), "unknown person")?;
        need(matches!(self.standing(f.person), Standing::HomeIsolation | Standing::HomeMonitoring), "not at home under management")?;
        decided(f.decision.as_ref())?;
        if f.decision.is_some() {
            return Ok(());
        }
        need(!self.owes_of(f.person, &[DutyKind::Isolate]), "to be brought to a site")?;
        let slack = self.protocol.deadline(quell_protocol::Link::ReleaseContact).unwrap_or(Span::hours(0));
        let release = |d: &&super::Owed| d.key.kind == DutyKind::Release && d.key.person == Some(f.person) && d.state == DutyState::Open;
        let due = self.duties.iter().filter(release).filter_map(|d| d.due).min();
        need(due.is_none_or(|d| f.at.at >= d.plus(Span(-slack.0))), "too early")?;
        need(!self.owes_of(f.person, &[DutyKind::ContactTest, DutyKind::MonitoringTest]), "a test is missing")
    }

    /// True if a duty of one of these kinds about the person is open.
    fn owes_of(&self, person: PersonId, kinds: &[DutyKind]) -> bool {
        self.duties.iter().any(|d| d.key.person == Some(person) && d.state == DutyState::Open && kinds.contains(&d.key.kind))
    }

    /// Where a fact about a life acts: work in a facility there, all else where the person is counted.
    pub(super) fn life_acts(&self, fact: &Fact) -> Option<Vec<PlaceId>> {
        let k = &self.known;
        let person = |p: &PersonId| k.people.get(p).map(|p| p.home.at_depth(4)).into_iter().collect::<Vec<_>>();
        let way = |t: &TransferId| k.ways.iter().find(|w| w.id == *t).map(|w| person(&w.person)).unwrap_or_default();
        let bed_or_home = |p: &PersonId| self.stay_of(*p).map_or_else(|| person(p), |s| vec![s.facility.clone()]);
        Some(match fact {
            Fact::PersonAbsent(f) => person(&f.person),
            Fact::PersonReturned(f) => person(&f.person),
            Fact::ContactNamed(f) => person(&f.person),
            Fact::ContactDropped(f) => k.contacts.iter().find(|c| c.id == f.contact).map(|c| person(&c.person)).unwrap_or_default(),
            Fact::TransferRequested(f) => person(&f.person),
            Fact::VehicleAssigned(f) => way(&f.transfer),
            Fact::PickedUp(f) => way(&f.transfer),
            Fact::Arrived(f) => way(&f.transfer),
            Fact::TransferCalledOff(f) => way(&f.transfer),
            Fact::Admitted(f) => vec![f.facility.clone()],
            Fact::Observed(f) => bed_or_home(&f.person),
            Fact::FollowedUp(f) => person(&f.person),
            Fact::Discharged(f) => k.stays.iter().find(|s| s.id == f.stay).map(|s| s.facility.clone()).into_iter().collect(),
            Fact::Released(f) => person(&f.person),
            Fact::Died(f) => bed_or_home(&f.person),
            _ => return None,
        })
    }
}
