//! Stays (收): beds, observation twice a day, discharge; and what the community does for people at home.

use super::{Batch, Life, event, lot};
use crate::county::County;
use quell_book::rows::{Person, Stay};
use quell_book::*;
use quell_foundation::*;
use quell_protocol::Severity;
use std::collections::{BTreeMap, BTreeSet};

/// Share of the absent who come back on a day. Assumption.
const COMING_BACK: f64 = 0.05;
/// Share of follow-ups at which nobody is found. Assumption.
const NOT_FOUND: f64 = 0.04;
/// When it is tried again.
const TRIED_AGAIN: Span = Span::hours(2);
/// When people who came back are recorded and visitors leave, in minutes of the day.
const EVENING_LIST: i64 = 18 * 60;

/// All beds of all facilities: ward by position, and number.
pub(super) fn beds(county: &County) -> BTreeMap<PlaceId, BTreeSet<(usize, u32)>> {
    let beds = |wards: &[(String, u32)]| wards.iter().enumerate().flat_map(|(w, (_, n))| (1..=*n).map(move |b| (w, b))).collect();
    county.facilities.iter().map(|f| (f.place.clone(), beds(&f.wards))).collect()
}

impl Life {
    /// The open stay of a person.
    pub(super) fn stay_of(&self, person: PersonId) -> Option<Stay> {
        self.book.state.stays.group(&Group::Person(person)).into_iter().find(|s| s.left_at.is_none()).cloned()
    }

    /// A stay that began or ended: its bed is taken or free.
    pub(super) fn notice_stay(&mut self, s: &Stay) {
        let wards = self.county.facilities.iter().find(|f| f.place == s.facility).map(|f| f.wards.as_slice()).unwrap_or_default();
        let Some(ward) = wards.iter().position(|(code, _)| *code == s.ward) else { return };
        let Some(free) = self.free_beds.get_mut(&s.facility) else { return };
        if s.left_at.is_some() {
            free.insert((ward, s.bed as u32));
        } else {
            free.remove(&(ward, s.bed as u32));
        }
    }

    /// The wards' quarter of an hour.
    pub(super) fn care(&mut self) {
        let mut batch = self.begin(Role::Ward, "admissions");
        for (at, id) in self.desk.ready(DutyKind::Admit, self.now) {
            self.admit(&mut batch, at, id);
        }
        self.end(batch);
        self.ward_rounds();
        let mut batch = self.begin(Role::Ward, "discharges");
        for (at, id) in self.desk.ready(DutyKind::Discharge, self.now) {
            self.discharge(&mut batch, at, id);
        }
        self.end(batch);
    }

    /// Everyone under care is seen.
    pub(super) fn ward_rounds(&mut self) {
        let mut batch = self.begin(Role::Ward, "ward rounds");
        for (at, id) in self.desk.ready(DutyKind::Observe, self.now) {
            self.observe(&mut batch, at, id);
        }
        self.end(batch);
    }

    /// The first free bed of a facility that is open: ward and number.
    pub(super) fn free_bed(&self, facility: &PlaceId) -> Option<(String, u32)> {
        let open = &self.book.state.places.get(facility)?.wards;
        let mut free = self.free_beds.get(facility)?.iter().copied();
        let (ward, bed) = free.find(|(w, b)| open.get(*w).is_some_and(|x| *b <= x.beds))?;
        open.get(ward).map(|w| (w.ward.clone(), bed))
    }

    fn admit(&mut self, batch: &mut Batch, at: Instant, id: DutyId) {
        let Some(person) = self.open_duty(id).and_then(|d| d.person_id) else { return };
        let Some(transfer) = self.transfer_of(person).filter(|t| t.state == TransferState::Arrived) else { return };
        let Some(facility) = transfer.facility else { return };
        let Some((ward, bed)) = self.free_bed(&facility) else {
            self.desk.put_off(id, self.now.plus(Span::minutes(30)));
            return;
        };
        let stay = StayId(self.ids.uuid_v7((batch.at.0 / 1_000).unsigned_abs()));
        let decision = self.overrides.remove(&transfer.transfer_id).or_else(|| self.changed_on_the_way(person, &facility));
        let fact = Admitted { stay, person, facility, ward, bed, at: event(at), decision };
        self.post(batch, "ward-1", vec![fact.into()]);
    }

    /// Someone who was judged anew on the way, so that another kind of facility would be right, is taken in all the same.
    fn changed_on_the_way(&self, person: PersonId, facility: &PlaceId) -> Option<Decision> {
        let here = self.book.state.places.get(facility).map(|p| p.kind);
        let reason = "judged anew on the way; taken in first, moved when a bed is found".to_owned();
        (self.wanted(person) != here).then(|| Decision { decider: "head of the facility".to_owned(), reason })
    }

    fn observe(&mut self, batch: &mut Batch, at: Instant, id: DutyId) {
        let Some(person) = self.open_duty(id).and_then(|d| d.person_id) else { return };
        let ill = self.truth.of(person).filter(|i| i.onset_by(at).is_some());
        let fever = ill.is_some_and(|i| i.ct(at).is_some_and(|ct| ct < 30.0));
        let u = lot(&at.to_string(), person.0.as_bytes());
        let moderate = ill.is_some_and(super::truth::Infection::is_moderate);
        let severity = match (self.case_of(person), ill) {
            (Some(_), Some(_)) if moderate => Some(Severity::Moderate),
            (Some(_), Some(_)) => Some(Severity::Mild),
            (Some(c), None) => c.severity,
            (None, _) => None,
        };
        let fact = Observed {
            person,
            at: event(at),
            temperature: Celsius::new(if fever { 37.6 + 1.2 * u } else { 36.2 + 0.7 * u }),
            oxygen: Some(if moderate { 93 } else { 96 } + (3.0 * u) as u8),
            symptoms: fever.then(|| "cough, sore throat".to_owned()),
            severity,
        };
        self.post(batch, "ward-1", vec![fact.into()]);
    }

    fn discharge(&mut self, batch: &mut Batch, at: Instant, id: DutyId) {
        let Some(person) = self.open_duty(id).and_then(|d| d.person_id) else { return };
        let Some(stay) = self.stay_of(person) else { return };
        // A test that is still owed comes first.
        let tests = self.book.state.duties.group(&Group::Person(person)).iter().any(|d| d.kind == DutyKind::ContactTest);
        if tests && self.contact_of(person).is_some() {
            self.desk.put_off(id, self.now.plus(Span::minutes(30)));
            return;
        }
        let at = event(at.max(self.now.plus(Span(-840))));
        if self.post(batch, "ward-1", vec![Discharged { stay: stay.stay_id, at, decision: None }.into()]) {
            self.incidents.note("discharged");
        }
    }

    /// Ends of isolation and monitoring at home; people who come back; visitors who leave.
    pub(super) fn community_work(&mut self) {
        let mut batch = self.begin(Role::CommunityWorker, "releases");
        for (at, id) in self.desk.ready(DutyKind::Release, self.now) {
            self.release(&mut batch, at, id);
        }
        self.end(batch);
        self.follow_ups();
        if self.minute() == EVENING_LIST && self.day_number() >= 1 {
            self.comings_and_goings();
        }
    }

    /// Contacts at home are seen.
    pub(super) fn follow_ups(&mut self) {
        let mut batch = self.begin(Role::CommunityWorker, "follow-ups");
        for (at, id) in self.desk.ready(DutyKind::FollowUp, self.now) {
            self.follow_up(&mut batch, at, id);
        }
        self.end(batch);
    }

    fn release(&mut self, batch: &mut Batch, at: Instant, id: DutyId) {
        let Some(person) = self.open_duty(id).and_then(|d| d.person_id) else { return };
        let owed = self
            .book
            .state
            .duties
            .group(&Group::Person(person))
            .iter()
            .any(|d| matches!(d.kind, DutyKind::ContactTest | DutyKind::MonitoringTest));
        if owed {
            self.desk.put_off(id, self.now.plus(Span::minutes(30)));
            return;
        }
        let at = event(at.max(self.now.plus(Span(-840))));
        if self.post(batch, "community-1", vec![Released { person, at, decision: None }.into()]) {
            self.incidents.note("released");
        }
    }

    /// A contact at home is visited or rung up; now and then nobody answers, and it is tried again.
    fn follow_up(&mut self, batch: &mut Batch, at: Instant, id: DutyId) {
        let Some(person) = self.open_duty(id).and_then(|d| d.person_id) else { return };
        let at = at.max(self.now.plus(Span(-840)));
        let ill = self.truth.of(person).is_some_and(|i| i.onset_by(at).is_some());
        let u = lot("found at home", format!("{person}:{}", at.0).as_bytes());
        let outcome = match (ill, u < NOT_FOUND) {
            (_, true) => FollowUpOutcome::Missed,
            (true, _) => FollowUpOutcome::SeenNotOk,
            (false, _) => FollowUpOutcome::SeenOk,
        };
        let seen = outcome != FollowUpOutcome::Missed;
        let temperature = seen.then(|| Celsius::new(if ill { 37.4 + 1.2 * u } else { 36.2 + 0.7 * u })).flatten();
        let symptoms = if outcome == FollowUpOutcome::SeenNotOk { vec!["fever".to_owned(), "cough".to_owned()] } else { Vec::new() };
        let by = Some("community-1".to_owned());
        let fact =
            FollowedUp { person, contact: None, at: event(at), outcome, temperature, symptoms, by, self_reported: false, note: None };
        self.post(batch, "community-1", vec![fact.into()]);
        if !seen {
            self.desk.put_off(id, self.now.plus(TRIED_AGAIN));
        }
    }

    fn comings_and_goings(&mut self) {
        let mut batch = self.begin(Role::CommunityWorker, "comings and goings");
        let (at, today) = (event(self.now), self.today().to_string());
        let back = |p: &&Person| p.standing == Standing::Absent && lot(&today, p.person_id.0.as_bytes()) < COMING_BACK;
        let rows = self.county.residents.iter().filter_map(|r| self.book.state.persons.get(&r.id));
        let mut facts: Vec<Fact> = rows.filter(back).map(|p| PersonReturned { person: p.person_id, at }.into()).collect();
        for person in std::mem::take(&mut self.visitors) {
            let stays = self.book.state.persons.get(&person).is_none_or(|p| p.standing != Standing::AtHome || p.attention);
            if stays {
                self.visitors.push(person);
            } else {
                facts.push(PersonAbsent { person, destination: "离开本县".to_owned(), at }.into());
            }
        }
        for facts in facts.chunks(50) {
            self.post(&mut batch, "community-1", facts.to_vec());
        }
        self.end(batch);
    }
}
