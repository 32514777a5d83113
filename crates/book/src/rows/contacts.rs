//! Contacts, their follow-up, and the orders that restrict people.

use crate::kinds::*;
use crate::table::{Group, Row};
use quell_foundation::*;
use quell_protocol::ContactCategory;
use serde::{Deserialize, Serialize};

rows! {
    /// A contact record.
    Contact [ContactId] "contact" {
        /// Contact.
        contact_id: ContactId,
        /// Person.
        person_id: PersonId,
        /// Community.
        place: PlaceId,
        /// Case.
        case_id: Option<CaseId>,
        /// Category.
        category: ContactCategory,
        /// First exposure, if it is not the last.
        first_exposure: Option<Instant>,
        /// Last exposure.
        last_exposure: Instant,
        /// Where or how they met.
        context: Option<ExposureContext>,
        /// What the person is to the case.
        relation: Option<String>,
        /// How certain the exposure is.
        certainty: Option<Certainty>,
        /// When it was named.
        named_at: Instant,
        /// Who decided.
        decider: String,
        /// On which evidence.
        reason: String,
        /// State.
        state: ContactState,
        /// End of the schedule that this exposure asks for.
        until: Option<Instant>,
        /// Last seen under follow-up.
        last_seen: Option<Instant>,
        /// Prophylaxis was given or declined.
        prophylaxis: bool,
    } key(r) r.contact_id; groups std::iter::once(Group::Person(r.person_id)).chain(r.case_id.map(Group::Case)).collect();


    /// One follow-up of a person: one row a fact.
    FollowUp [(i64, i32)] "follow_up" {
        /// Log position.
        seq: i64,
        /// Fact in the submission.
        idx: i32,
        /// Person.
        person_id: PersonId,
        /// The contact record that set the schedule.
        contact_id: ContactId,
        /// Community.
        place: PlaceId,
        /// When.
        at: Instant,
        /// How it went.
        outcome: FollowUpOutcome,
        /// Temperature.
        temperature: Option<Celsius>,
        /// Symptoms.
        symptoms: Vec<String>,
        /// Who followed up.
        by: Option<String>,
        /// The team whose visit it was: the listed one that `by` names, else the one that the person was assigned to.
        team_id: Option<TeamId>,
        /// The person's own word.
        self_reported: bool,
        /// What else was said.
        note: Option<String>,
    } key(r) (r.seq, r.idx); groups vec![];

    /// A prophylaxis that was given: one row a fact.
    Prophylaxis [(i64, i32)] "prophylaxis" {
        /// Log position.
        seq: i64,
        /// Fact in the submission.
        idx: i32,
        /// Person.
        person_id: PersonId,
        /// The contact record.
        contact_id: ContactId,
        /// Community.
        place: PlaceId,
        /// Which.
        prophylaxis: String,
        /// When.
        at: Instant,
        /// Within the time in which it protects (else it lengthens no follow-up); a second dose: not before the least time.
        in_time: bool,
        /// Batch, dose, who gave it.
        note: Option<String>,
    } key(r) (r.seq, r.idx); groups vec![];

    /// How far a person was vaccinated before: one row a person of whom it was said.
    Vaccination [PersonId] "vaccination" {
        /// Person.
        person_id: PersonId,
        /// Community.
        place: PlaceId,
        /// Doses.
        doses: i32,
        /// The days of those of which it is known, the first one first.
        dates: Vec<Day>,
        /// Which vaccine.
        vaccine: Option<String>,
        /// How it is known.
        source: VaccinationSource,
        /// When it was said or read.
        stated_at: Instant,
    } key(r) r.person_id; groups vec![];

    /// A decision that restricts a person. In force only until its end, whatever its state says.
    RestrictionOrder [OrderId] "restriction_order" {
        /// Order.
        order_id: OrderId,
        /// Person.
        person_id: PersonId,
        /// Community.
        place: PlaceId,
        /// What kind.
        kind: OrderKind,
        /// The contact record that it rests on.
        contact_id: Option<ContactId>,
        /// The case that it rests on.
        case_id: Option<CaseId>,
        /// The evidence.
        evidence: String,
        /// Why.
        reason: String,
        /// Who decided.
        decider: String,
        /// When.
        decided_at: Instant,
        /// From.
        starts: Instant,
        /// Of a contact: in an isolation site until then, at home after.
        site_until: Option<Instant>,
        /// Until.
        ends: Instant,
        /// What it permits.
        permits: Option<String>,
        /// The rule of the protocol.
        rule: Option<String>,
        /// State.
        state: OrderState,
        /// Ended.
        ended_at: Option<Instant>,
        /// Why it ended before its time.
        end_reason: Option<String>,
        /// Who decided that.
        end_decider: Option<String>,
    } key(r) r.order_id; groups if r.state == OrderState::InForce { vec![Group::Person(r.person_id)] } else { vec![] };

    /// An appeal against an order.
    Appeal [AppealId] "appeal" {
        /// Appeal.
        appeal_id: AppealId,
        /// Order.
        order_id: OrderId,
        /// Person.
        person_id: PersonId,
        /// Community.
        place: PlaceId,
        /// Who appeals.
        by: String,
        /// What they say.
        text: String,
        /// When.
        made_at: Instant,
        /// The duty to answer it.
        duty_id: Option<DutyId>,
        /// State.
        state: AppealState,
        /// Answered.
        answered_at: Option<Instant>,
        /// The answer's reason.
        answer: Option<String>,
        /// Who answered.
        decider: Option<String>,
    } key(r) r.appeal_id; groups vec![];
}
