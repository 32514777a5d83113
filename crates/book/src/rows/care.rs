//! Cases and contacts, ways, beds, what was seen.

use crate::kinds::*;
use crate::table::{Group, Row};
use quell_foundation::*;
use quell_protocol::{Control, Setting, Severity};
use serde::{Deserialize, Serialize};

rows! {
    /// A case.
    Case [CaseId] "case" {
        /// Case.
        case_id: CaseId,
        /// Person.
        person_id: PersonId,
        /// Community.
        place: PlaceId,
        /// The tube it was found by.
        tube: Option<TubeCode>,
        /// Round of that tube.
        round: Option<RoundId>,
        /// Found.
        found_at: Instant,
        /// Sampled.
        sampled_at: Option<Instant>,
        /// Classification.
        classification: Classification,
        /// Severity, if known.
        severity: Option<Severity>,
        /// Onset of symptoms.
        onset: Option<Instant>,
        /// Where the person was found.
        setting: Setting,
        /// Community-found or controlled, if known.
        control: Option<Control>,
        /// What else its source said.
        note: Option<String>,
        /// The number by which people know it.
        number: Option<CaseNumber>,
        /// State.
        state: CaseState,
        /// Reported.
        reported_at: Option<Instant>,
        /// Receipt of the statutory system.
        receipt: Option<String>,
        /// Ended (recovered, died, withdrawn).
        ended_at: Option<Instant>,
        /// Position of the log at which it came into the book.
        opened_seq: i64,
    } key(r) r.case_id; groups std::iter::once(Group::Person(r.person_id)).chain(r.number.clone().map(Group::Number)).collect();

    /// A transfer.
    Transfer [TransferId] "transfer" {
        /// Transfer.
        transfer_id: TransferId,
        /// Person.
        person_id: PersonId,
        /// Community.
        place: PlaceId,
        /// Asked for.
        requested_at: Instant,
        /// State.
        state: TransferState,
        /// Vehicle.
        vehicle: Option<VehicleId>,
        /// Facility.
        facility: Option<PlaceId>,
        /// Assigned.
        assigned_at: Option<Instant>,
        /// Picked up.
        picked_up_at: Option<Instant>,
        /// Arrived.
        arrived_at: Option<Instant>,
        /// Why it was called off.
        reason: Option<String>,
    } key(r) r.transfer_id; groups vec![Group::Person(r.person_id)];

    /// A stay in a facility.
    Stay [StayId] "stay" {
        /// Stay.
        stay_id: StayId,
        /// Person.
        person_id: PersonId,
        /// Community of the person's home.
        place: PlaceId,
        /// Facility.
        facility: PlaceId,
        /// Ward.
        ward: String,
        /// Bed.
        bed: i32,
        /// Admitted.
        admitted_at: Instant,
        /// Left.
        left_at: Option<Instant>,
        /// Exit tests passed in a row.
        exit_passes: i32,
        /// When the sample of the last of them was taken.
        last_pass_at: Option<Instant>,
        /// Why it ended against the criteria.
        override_reason: Option<String>,
    } key(r) r.stay_id; groups {
        let mut g = vec![Group::Person(r.person_id)];
        if r.left_at.is_none() { g.push(Group::Bed(r.facility.clone(), r.ward.clone(), r.bed as u32)); }
        g
    };

    /// What was seen of a person under care: one row a fact.
    Observation [(i64, i32)] "observation" {
        /// Log position.
        seq: i64,
        /// Fact in the submission.
        idx: i32,
        /// Person.
        person_id: PersonId,
        /// Community.
        place: PlaceId,
        /// When.
        at: Instant,
        /// Temperature.
        temperature: Option<Celsius>,
        /// Oxygen saturation, per cent.
        oxygen: Option<i32>,
        /// Symptoms.
        symptoms: Option<String>,
        /// Severity.
        severity: Option<Severity>,
    } key(r) (r.seq, r.idx); groups vec![];
}

impl Case {
    /// The severity by which a place of care is chosen: a case of unknown severity goes where the mild ones go, until someone has
    /// looked at the person.
    pub fn severity_for_care(&self) -> Severity {
        self.severity.unwrap_or(Severity::Mild)
    }
}
