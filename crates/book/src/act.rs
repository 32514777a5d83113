//! Applying one fact to the state under a protocol: the entry point, and what every feature uses to open and end duties.

use crate::brief::unknown_person;
use crate::contacts::exposure_by;
use crate::fact::{Decision, Fact};
use crate::kinds::*;
use crate::refusal::Refusal;
use crate::refuse;
use crate::rows::*;
use crate::state::{Count, State};
use crate::table::{Group, Row};
use quell_foundation::*;
use quell_protocol::{Exposure, Link, Protocol, rule_path};
use std::collections::BTreeMap;

/// Why nothing happened.
pub type Outcome = Result<(), Refusal>;

/// What stands around a fact.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The protocol in force.
    pub protocol: &'a Protocol,
    /// When the submission is recorded.
    pub now: Instant,
    /// Its position in the log.
    pub seq: i64,
    /// The submission.
    pub submission: SubmissionId,
    /// Who hands it in.
    pub sender: &'a str,
}

/// Applies a whole submission: all its facts or none. After an error the state is as before.
pub fn apply(state: &mut State, ctx: Context<'_>, facts: &[Fact]) -> Outcome {
    if let (Some(i), true) = (facts.iter().position(|f| matches!(f, Fact::DayClosed(_))), facts.len() > 1) {
        let refusal = refuse!("close.alone", "day", "a close is handed in as a submission of its own", "日结须单独上报");
        return Err(Refusal { fact: i as u32, kind: facts[i].kind().to_owned(), ..refusal });
    }
    if let Some(refusal) = crate::testing::too_many_corrections(ctx.protocol, facts) {
        return Err(refusal);
    }
    let mark = state.mark();
    if state.open_day.is_none() {
        state.open_day = Some(ctx.now.day(state.config.offset));
    }
    for (i, fact) in facts.iter().enumerate() {
        let fact = &*crate::same::said_of_the_kept(state, fact);
        let before = crate::teams::Before::of(state);
        let mut act = Act { s: state, c: ctx, index: i as u32 };
        if let Err(mut refusal) = act.fact(fact) {
            refusal.fact = i as u32;
            refusal.kind = fact.kind().to_owned();
            state.rollback(&mark);
            return Err(refusal);
        }
        act.settle_teams(before);
    }
    Ok(())
}

/// One fact being applied.
pub(crate) struct Act<'a> {
    pub s: &'a mut State,
    pub c: Context<'a>,
    pub index: u32,
}

/// What a duty is about.
pub(crate) enum Subject {
    Person(PersonId),
    /// A person because of a tube.
    PersonOf(PersonId, TubeCode),
    Tube(TubeCode),
    Case(CaseId, PersonId),
    Place(PlaceId),
    Account(AccountId),
    Message(MessageId),
    /// A lead, and the person of its case.
    Lead(LeadId, PersonId),
}

impl Act<'_> {
    fn fact(&mut self, fact: &Fact) -> Outcome {
        match fact {
            Fact::PlaceListed(f) => self.place_listed(f),
            Fact::PersonListed(f) => self.person_listed(f),
            Fact::PersonAbsent(f) => self.person_absent(f),
            Fact::PersonReturned(f) => self.person_returned(f),
            Fact::PersonsMerged(f) => self.persons_merged(f),
            Fact::MergeUndone(f) => self.merge_undone(f),
            Fact::PersonsDistinct(f) => self.persons_distinct(f),
            Fact::ZoneDesignated(f) => self.zone_designated(f),
            Fact::ZoneLifted(f) => self.zone_lifted(f),
            Fact::ProtocolAdopted(f) => self.protocol_adopted(f),
            Fact::RoundOpened(f) => self.round_opened(f),
            Fact::RoundClosed(f) => self.round_closed(f),
            Fact::RosterWaived(f) => self.roster_waived(f),
            Fact::Registered(f) => self.registered(f),
            Fact::RegistrationVoided(f) => self.registration_voided(f),
            Fact::RegistrationReassigned(f) => self.registration_reassigned(f),
            Fact::TubeSealed(f) => self.tube_sealed(f),
            Fact::TubeSpoilt(f) => self.tube_spoilt(f),
            Fact::TubeLost(f) => self.tube_lost(f),
            Fact::BoxPacked(f) => self.box_packed(f),
            Fact::HandedOver(f) => self.handed_over(f),
            Fact::Received(f) => self.received(f),
            Fact::PlateRead(f) => self.plate_read(f),
            Fact::ResultRead(f) => self.result_read(f),
            Fact::ResultCorrected(f) => self.result_corrected(f),
            Fact::CaseListed(f) => self.case_listed(f),
            Fact::CaseClassified(f) => self.case_classified(f),
            Fact::ChannelJudged(f) => self.channel_judged(f),
            Fact::ReportFiled(f) => self.report_filed(f),
            Fact::Interviewed(f) => self.interviewed(f),
            Fact::Visited(f) => self.visited(f),
            Fact::VisitWithdrawn(f) => self.visit_withdrawn(f),
            Fact::InvestigationFiled(f) => self.investigation_filed(f),
            Fact::LinkStated(f) => self.link_stated(f),
            Fact::LinkWithdrawn(f) => self.link_withdrawn(f),
            Fact::MemberListed(f) => self.member_listed(f),
            Fact::EventListed(f) => self.event_listed(f),
            Fact::EventWithdrawn(f) => self.event_withdrawn(f),
            Fact::CheckedIn(f) => self.checked_in(f),
            Fact::LeadNoted(f) => self.lead_noted(f),
            Fact::LeadResolved(f) => self.lead_resolved(f),
            Fact::LeadClosed(f) => self.lead_closed(f),
            Fact::ContactNamed(f) => self.contact_named(f),
            Fact::ContactDropped(f) => self.contact_dropped(f),
            Fact::FollowedUp(f) => self.followed_up(f),
            Fact::TeamListed(f) => self.team_listed(f),
            Fact::TeamAbsent(f) => self.team_absent(f),
            Fact::TeamReturned(f) => self.team_returned(f),
            Fact::TeamEnded(f) => self.team_ended(f),
            Fact::FollowUpAssigned(f) => self.follow_up_assigned(f),
            Fact::VaccinationStated(f) => self.vaccination_stated(f),
            Fact::ProphylaxisGiven(f) => self.prophylaxis_given(f),
            Fact::ProphylaxisDeclined(f) => self.prophylaxis_declined(f),
            Fact::TimeRanOut(f) => self.time_ran_out(f),
            Fact::OrderIssued(f) => self.order_issued(f),
            Fact::OrderLifted(f) => self.order_lifted(f),
            Fact::AppealMade(f) => self.appeal_made(f),
            Fact::AppealAnswered(f) => self.appeal_answered(f),
            Fact::TransferRequested(f) => self.transfer_requested(f),
            Fact::VehicleAssigned(f) => self.vehicle_assigned(f),
            Fact::PickedUp(f) => self.picked_up(f),
            Fact::Arrived(f) => self.arrived(f),
            Fact::TransferCalledOff(f) => self.transfer_called_off(f),
            Fact::Admitted(f) => self.admitted(f),
            Fact::Observed(f) => self.observed(f),
            Fact::Discharged(f) => self.discharged(f),
            Fact::Released(f) => self.released(f),
            Fact::Died(f) => self.died(f),
            Fact::AssistanceRequested(f) => self.assistance_requested(f),
            Fact::AssistanceReceived(f) => self.assistance_received(f),
            Fact::AssistanceAnswered(f) => self.assistance_answered(f),
            Fact::AssistanceAnswerReceived(f) => self.assistance_answer_received(f),
            Fact::MessageAcknowledged(f) => self.message_acknowledged(f),
            Fact::MessageRefused(f) => self.message_refused(f),
            Fact::LateHandIn(f) => self.late_hand_in(f),
            Fact::HandInReviewed(f) => self.hand_in_reviewed(f),
            Fact::LaboratoryReviewed(f) => self.laboratory_reviewed(f),
            Fact::DutyWaived(f) => self.duty_waived(f),
            Fact::OverdueOwned(f) => self.overdue_owned(f),
            Fact::DayClosed(f) => self.day_closed(f),
        }
    }

    /// This fact's place in the book.
    pub fn here(&self) -> FactRef {
        FactRef { submission: self.c.submission, index: self.index }
    }

    /// No fact happens in the future: a clock that is more than a day ahead is a mistake of the sender.
    pub fn not_future(&self, at: EventTime) -> Outcome {
        if at.at > self.c.now.plus(Span::days(1)) {
            return Err(refuse!(
                "time.future",
                "at",
                "{at} is more than a day in the future; check the device's clock and date",
                "时间 {at} 比现在晚一天以上，请检查设备的日期和时钟"
            ));
        }
        Ok(())
    }

    /// The person, or a refusal.
    pub fn person(&self, id: PersonId) -> Result<Person, Refusal> {
        self.s.persons.get(&id).cloned().ok_or_else(|| unknown_person(id))
    }

    /// Opens a duty whose deadline the protocol gives for a link. A protocol without that deadline has no such duty.
    pub fn open(&mut self, kind: DutyKind, link: Link, subject: Subject, place: &PlaceId, from: Instant) -> Option<DutyId> {
        let span = self.c.protocol.deadline(link)?;
        Some(self.open_by(kind, subject, place, from, from.plus(span), rule_path(link).to_owned()))
    }

    /// Opens a duty with a due time of its own; its id.
    pub fn open_by(&mut self, kind: DutyKind, subject: Subject, place: &PlaceId, from: Instant, due: Instant, rule: String) -> DutyId {
        let (subject_kind, subject, person_id, tube) = match subject {
            Subject::Person(p) => (SubjectKind::Person, p.to_string(), Some(p), None),
            Subject::PersonOf(p, t) => (SubjectKind::Person, p.to_string(), Some(p), Some(t)),
            Subject::Tube(t) => (SubjectKind::Tube, t.to_string(), None, Some(t)),
            Subject::Case(c, p) => (SubjectKind::Case, c.to_string(), Some(p), None),
            Subject::Place(p) => (SubjectKind::Place, p.to_string(), None, None),
            Subject::Account(a) => (SubjectKind::Account, a.to_string(), None, None),
            Subject::Message(m) => (SubjectKind::Message, m.to_string(), None, None),
            Subject::Lead(l, p) => (SubjectKind::Lead, l.to_string(), Some(p), None),
        };
        // The due time is part of the id: a schedule opens several duties of one kind for one person by one fact. So is the tube: one
        // intake can find several tubes of a person not adequate.
        let because = tube.as_ref().map(|t| format!(":{t}")).unwrap_or_default();
        let label = format!("{kind}:{subject}:{}{because}", due.0);
        let duty_id = DutyId(self.here().derive(&label));
        let duty = Duty {
            duty_id,
            kind,
            subject_kind,
            subject,
            person_id,
            tube,
            place: place.clone(),
            responsible: kind.responsible(),
            opened_at: from,
            due,
            rule,
            opened_seq: self.c.seq,
            state: DutyState::Open,
            ended_at: None,
            ended_seq: None,
            in_time: None,
            reason: None,
            decider: None,
            fulfilled_by: None,
        };
        self.s.count(kind, place, None, Count::Opened, 1);
        self.s.duties.put(duty);
        if let Some(p) = person_id {
            self.refresh_attention(p);
        }
        duty_id
    }

    /// Ends a duty that a fact fulfilled.
    pub fn discharge(&mut self, duty: &Duty, at: Instant) {
        let in_time = at <= duty.due;
        self.end(duty, DutyState::Discharged, at, Some(in_time), None, None);
        self.s.count(duty.kind, &duty.place, None, Count::Discharged { in_time }, 1);
    }
    /// Ends a duty that a later fact overtook.
    pub fn supersede(&mut self, duty: &Duty, at: Instant, why: &str) {
        self.end(duty, DutyState::Superseded, at, None, Some(why.to_owned()), None);
        self.s.count(duty.kind, &duty.place, None, Count::Superseded, 1);
    }
    /// Ends a duty by a decision.
    pub fn waive(&mut self, duty: &Duty, at: Instant, d: &Decision) {
        self.end(duty, DutyState::Waived, at, None, Some(d.reason.clone()), Some(d.decider.clone()));
        self.s.count(duty.kind, &duty.place, None, Count::Waived, 1);
    }
    fn end(&mut self, d: &Duty, state: DutyState, at: Instant, in_time: Option<bool>, reason: Option<String>, decider: Option<String>) {
        let ended = Duty { state, ended_at: Some(at), ended_seq: Some(self.c.seq), in_time, reason, decider, ..d.clone() };
        self.s.duties.put(ended);
        match d.person_id {
            Some(p) if d.kind == DutyKind::Recall => self.show_exposure(p),
            Some(p) => self.refresh_attention(p),
            None => {}
        }
    }

    /// Opens a discharged duty again: the fact that fulfilled it was wrong.
    pub fn reopen(&mut self, d: &Duty) {
        let open = Duty { state: DutyState::Open, ended_at: None, ended_seq: None, in_time: None, fulfilled_by: None, ..d.clone() };
        self.s.duties.put(open);
        self.s.count(d.kind, &d.place, None, Count::Reopened, 1);
        if let Some(p) = d.person_id {
            self.show_exposure(p);
        }
    }

    /// Open duties of a person, of these kinds, earliest due first.
    pub fn open_duties(&self, person: PersonId, kinds: &[DutyKind]) -> Vec<Duty> {
        let mut found: Vec<Duty> =
            self.s.duties.group(&Group::Person(person)).into_iter().filter(|d| kinds.contains(&d.kind)).cloned().collect();
        found.sort_by_key(|d| (d.due, d.duty_id));
        found
    }
    /// Discharges the earliest open duty of each of these kinds; tells whether there was one.
    pub fn discharge_first(&mut self, person: PersonId, kinds: &[DutyKind], at: Instant) -> bool {
        let mut any = false;
        for kind in kinds {
            if let Some(d) = self.open_duties(person, &[*kind]).first() {
                self.discharge(d, at);
                any = true;
            }
        }
        any
    }
    /// Supersedes all open duties of these kinds.
    pub fn supersede_all(&mut self, person: PersonId, kinds: &[DutyKind], at: Instant, why: &str) {
        for d in self.open_duties(person, kinds) {
            self.supersede(&d, at, why);
        }
    }
    /// Open duties of a person that this tube has brought.
    pub fn open_because_of(&self, person: PersonId, tube: &TubeCode, kinds: &[DutyKind]) -> Vec<Duty> {
        self.open_duties(person, kinds).into_iter().filter(|d| d.tube.as_ref() == Some(tube)).collect()
    }
    /// Supersedes them.
    pub fn supersede_because_of(&mut self, person: PersonId, tube: &TubeCode, kinds: &[DutyKind], at: Instant, why: &str) {
        for d in self.open_because_of(person, tube, kinds) {
            self.supersede(&d, at, why);
        }
    }
    /// Open duties of a tube of this kind.
    pub fn tube_duties(&self, tube: &TubeCode, kind: DutyKind) -> Vec<Duty> {
        self.s.duties.group(&Group::Tube(tube.clone())).into_iter().filter(|d| d.kind == kind).cloned().collect()
    }

    /// Sets where a person stands.
    pub fn stand(&mut self, person: PersonId, standing: Standing, since: Instant) {
        if let Some(p) = self.s.persons.get(&person).cloned()
            && p.standing != standing
        {
            self.s.persons.put(Person { standing, standing_since: Some(since), ..p });
        }
        self.refresh_attention(person);
    }
    /// Shows what a person is exposed to by all that stands: a case (under monitoring too), a contact record, pools that have called
    /// the person back, a case that has recovered. Of the dead it stays as it was.
    pub fn show_exposure(&mut self, person: PersonId) {
        let Some(p) = self.s.persons.get(&person).cloned() else { return };
        if p.standing != Standing::Dead {
            let exposure = self.exposure_of(&p);
            if exposure != p.exposure {
                self.s.persons.put(Person { exposure, ..p });
            }
        }
        self.refresh_attention(person);
    }
    fn exposure_of(&self, p: &Person) -> Exposure {
        let person = p.person_id;
        if self.active_case(person).is_some() || p.standing == Standing::HomeMonitoring {
            return Exposure::Isolated;
        }
        let contact = self.active_contact(person).map_or(Exposure::None, |c| exposure_by(c.category));
        let recovered = || Self::first_of(&self.s.cases, person, |c| c.state == CaseState::Recovered).is_some();
        match contact {
            Exposure::None if self.is_called_back(p) => Exposure::Recalled,
            Exposure::None if recovered() => Exposure::Discharged,
            exposure => exposure,
        }
    }
    /// True while a pool has called the person back and no negative single sample has answered, or a recall is open.
    fn is_called_back(&self, p: &Person) -> bool {
        p.recalled.values().any(|c| c.answered.is_empty()) || !self.open_duties(p.person_id, &[DutyKind::Recall]).is_empty()
    }
    /// Changes which pools have called a person back.
    pub fn recalled(&mut self, person: PersonId, change: impl FnOnce(&mut BTreeMap<TubeCode, CalledBack>)) {
        if let Some(mut p) = self.s.persons.get(&person).cloned() {
            let before = p.recalled.clone();
            change(&mut p.recalled);
            if p.recalled != before {
                self.s.persons.put(p);
                self.show_exposure(person);
            }
        }
    }
    /// The door looks closer at people about whom anything is open; everyone else costs one look-up.
    pub(crate) fn refresh_attention(&mut self, person: PersonId) {
        let Some(p) = self.s.persons.get(&person) else { return };
        let attention = p.standing != Standing::AtHome
            || p.exposure != Exposure::None
            || p.same_as.is_some()
            || !self.s.duties.group(&Group::Person(person)).is_empty();
        if attention != p.attention {
            let p = Person { attention, ..p.clone() };
            self.s.persons.put(p);
        }
    }

    /// Rows of a group by person that satisfy a condition.
    pub fn first_of<R: Row>(table: &crate::table::Table<R>, person: PersonId, want: impl Fn(&R) -> bool) -> Option<R> {
        table.group(&Group::Person(person)).into_iter().find(|r| want(r)).cloned()
    }
    /// The active case of a person.
    pub fn active_case(&self, person: PersonId) -> Option<Case> {
        Self::first_of(&self.s.cases, person, |c| c.state == CaseState::Active)
    }
    /// The active contact record of a person.
    pub fn active_contact(&self, person: PersonId) -> Option<Contact> {
        Self::first_of(&self.s.contacts, person, |c| c.state == ContactState::Active)
    }
    /// The open stay of a person.
    pub fn open_stay(&self, person: PersonId) -> Option<Stay> {
        Self::first_of(&self.s.stays, person, |s| s.left_at.is_none())
    }
    /// The transfer of a person that has not ended.
    pub fn open_transfer(&self, person: PersonId) -> Option<Transfer> {
        Self::first_of(&self.s.transfers, person, |t| !matches!(t.state, TransferState::Admitted | TransferState::CalledOff))
    }
    /// The zone in force at a place: the innermost one at it or above it.
    pub fn zone_at(&self, place: &PlaceId) -> Option<Zone> {
        if self.s.zones.is_empty() {
            return None;
        }
        let mut here = Some(place.clone());
        while let Some(p) = here {
            let found = self.s.zones.group(&Group::Place(p.clone())).into_iter().find(|z| z.lifted_at.is_none()).cloned();
            if found.is_some() {
                return found;
            }
            here = p.parent();
        }
        None
    }
}
