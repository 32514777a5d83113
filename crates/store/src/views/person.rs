//! Everything that is recorded about one person, in order of time. The caller writes the look into the access log.

use super::{head_seq, list, single};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use futures_util::try_join;
use quell_book::{
    CaseState, Certainty, Classification, ContactState, DutyKind, DutyState, ExposureContext, FollowUpOutcome, Role, Sex, Standing,
    SubjectKind, TargetCt, TestResult, TransferState, TubeState,
};
use quell_foundation::*;
use quell_protocol::{ContactCategory, Control, Exposure, OccupationClass, PersonTag, Setting, Severity, TubeMode, ZoneLevel};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most observations, and follow-ups, that a person's timeline shows, the latest.
const MAX_OBSERVATIONS: i64 = 50;

macro_rules! records {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident : $ty:ty,)* })+) => {
        $($(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty,)* })+
    };
}

records! {
    /// A place on the roster of a round.
    RosterRecord {
        /// Round.
        round: RoundId,
        /// To be sampled by.
        due: Instant,
        /// Why the person need not be sampled.
        waived: Option<String>,
        /// Who decided that.
        decider: Option<String>,
        /// Not sampled when the round was closed.
        missed: bool,
        /// Sampled.
        sampled: bool,
    }
    /// A swab. What the tube became is empty when the tube was filled outside the reader's scope.
    RegistrationRecord {
        /// Tube.
        tube: TubeCode,
        /// Round.
        round: Option<RoundId>,
        /// When.
        sampled_at: Instant,
        /// It fulfils the round's duty.
        counts: bool,
        /// What a human should look at.
        flag: Option<String>,
        /// Position in the log of the fact that took it back.
        void_seq: Option<i64>,
        /// How the tube is used.
        mode: Option<TubeMode>,
        /// State of the tube.
        state: Option<TubeState>,
        /// Result in force.
        result: Option<TestResult>,
        /// Cycle thresholds.
        targets: Option<Vec<TargetCt>>,
        /// When.
        resulted_at: Option<Instant>,
        /// Result to be there by.
        test_due: Option<Instant>,
    }
    /// A case.
    CaseRecord {
        /// Case.
        case_id: CaseId,
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
        /// Severity.
        severity: Option<Severity>,
        /// Onset of symptoms.
        onset: Option<Instant>,
        /// Where found.
        setting: Setting,
        /// Community-found or controlled.
        control: Option<Control>,
        /// What else its source said.
        note: Option<String>,
        /// The number by which people know it.
        number: Option<CaseNumber>,
        /// State.
        state: CaseState,
        /// Reported.
        reported_at: Option<Instant>,
        /// Receipt of the report.
        receipt: Option<String>,
        /// Ended.
        ended_at: Option<Instant>,
    }
    /// A contact record.
    ContactRecord {
        /// Contact.
        contact_id: ContactId,
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
    }
    /// A follow-up of the person.
    FollowUpRecord {
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
        /// The person's own word.
        self_reported: bool,
        /// What else was said.
        note: Option<String>,
    }
    /// A prophylaxis that was given.
    ProphylaxisRecord {
        /// Which.
        prophylaxis: String,
        /// When.
        at: Instant,
        /// Given within the time in which it protects; a second dose, not before the least time. If not, it is on record and changes
        /// nothing: the follow-up is not lengthened, the second dose is still owed.
        in_time: bool,
        /// Batch, dose, who gave it.
        note: Option<String>,
    }
    /// A transfer.
    TransferRecord {
        /// Transfer.
        transfer_id: TransferId,
        /// Asked for.
        requested_at: Instant,
        /// State.
        state: TransferState,
        /// Vehicle.
        vehicle: Option<VehicleId>,
        /// Facility.
        facility: Option<PlaceId>,
        /// Its name.
        facility_name: Option<String>,
        /// Assigned.
        assigned_at: Option<Instant>,
        /// Picked up.
        picked_up_at: Option<Instant>,
        /// Arrived.
        arrived_at: Option<Instant>,
        /// Why it was called off.
        reason: Option<String>,
    }
    /// A stay in a facility.
    StayRecord {
        /// Stay.
        stay_id: StayId,
        /// Facility.
        facility: PlaceId,
        /// Its name.
        facility_name: Option<String>,
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
        /// Why it began or ended against the criteria.
        override_reason: Option<String>,
    }
    /// What was seen of the person.
    ObservationRecord {
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
    }
    /// A duty about the person.
    DutyRecord {
        /// Duty.
        duty_id: DutyId,
        /// Kind.
        kind: DutyKind,
        /// What it is about.
        subject_kind: SubjectKind,
        /// Its id.
        subject: String,
        /// The tube that brought it: of a recall the pool, of another sample the tube that gave no answer.
        tube: Option<TubeCode>,
        /// Who must do it.
        responsible: Role,
        /// Since when.
        opened_at: Instant,
        /// By when.
        due: Instant,
        /// The rule of the protocol.
        rule: String,
        /// State.
        state: DutyState,
        /// Open and past its time.
        overdue: bool,
        /// Ended.
        ended_at: Option<Instant>,
        /// Ended in time.
        in_time: Option<bool>,
        /// Why it was waived or superseded.
        reason: Option<String>,
        /// Who decided that.
        decider: Option<String>,
    }
    /// A risk zone at the person's home or above it.
    ZoneRecord {
        /// Place.
        place: PlaceId,
        /// Level.
        level: ZoneLevel,
        /// From.
        designated_at: Instant,
        /// Why.
        reason: String,
        /// Who decided.
        decider: String,
        /// Lifted.
        lifted_at: Option<Instant>,
        /// Last infection found in it.
        last_case_at: Option<Instant>,
    }
}

/// A second record that was merged into this one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MergedRecord {
    /// The second record.
    pub person_id: PersonId,
    /// The merge: whoever undoes it names it.
    pub merge_id: MergeId,
    /// When they were merged.
    pub at: Instant,
}

/// Who the person is and where they stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PersonView {
    /// Person.
    pub person_id: PersonId,
    /// Name.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Date of birth.
    pub born: Option<Day>,
    /// Identity number, masked.
    pub identity_masked: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Home.
    pub home: PlaceId,
    /// Names of the places of the home, from the top, as far as they are listed.
    pub home_names: Vec<String>,
    /// Community of the home: the place of the tally.
    pub place: PlaceId,
    /// Occupation.
    pub occupation: OccupationClass,
    /// Tags.
    pub tags: Vec<PersonTag>,
    /// Where the person stands.
    pub standing: Standing,
    /// Since when.
    pub standing_since: Option<Instant>,
    /// Destination when absent.
    pub away_to: Option<String>,
    /// What the person is exposed to.
    pub exposure: Exposure,
    /// This is a second record of that person, who goes on under the other.
    pub same_as: Option<PersonId>,
    /// Second records of the person, which were merged into this one: their past stays with them.
    pub merged: Vec<MergedRecord>,
    /// Position in the log of what is known of the person: whoever changes it hands it in as `seen`.
    pub listed_seq: i64,
    /// Position of the log that this reflects: this one or a later one.
    #[serde(default)]
    pub as_of_seq: i64,
    /// Rosters, the latest round first.
    #[serde(default)]
    pub rosters: Vec<RosterRecord>,
    /// Swabs, the latest first.
    #[serde(default)]
    pub registrations: Vec<RegistrationRecord>,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<CaseRecord>,
    /// Contact records.
    #[serde(default)]
    pub contacts: Vec<ContactRecord>,
    /// Transfers.
    #[serde(default)]
    pub transfers: Vec<TransferRecord>,
    /// Stays.
    #[serde(default)]
    pub stays: Vec<StayRecord>,
    /// The last 50 observations, the latest first.
    #[serde(default)]
    pub observations: Vec<ObservationRecord>,
    /// The last 50 follow-ups, the latest first.
    #[serde(default)]
    pub follow_ups: Vec<FollowUpRecord>,
    /// Prophylaxis, the latest first.
    #[serde(default)]
    pub prophylaxes: Vec<ProphylaxisRecord>,
    /// Duties, open ones first, then by due time.
    #[serde(default)]
    pub duties: Vec<DutyRecord>,
    /// Zones at the home or above it, in force and past.
    #[serde(default)]
    pub zones: Vec<ZoneRecord>,
}

/// SQL: the places of a home and above it, as an array.
pub(super) const ABOVE: &str = "ARRAY(SELECT array_to_string((string_to_array(p.home, '.'))[1:n], '.')
    FROM generate_series(1, array_length(string_to_array(p.home, '.'), 1)) n)";

/// The timeline of a person; none if there is no such person in the reader's scope.
pub async fn person(tx: &Transaction<'_>, book: BookId, id: PersonId, now: Instant) -> Result<Option<PersonView>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let sql = format!(
        "SELECT p.person_id, p.name, p.sex, p.born, p.identity_masked, p.phone, p.home, p.place, p.occupation, p.tags, p.standing,
             p.standing_since, p.away_to, p.exposure, p.listed_seq, p.same_as,
             ARRAY(SELECT json_build_object('person_id', m.person_id, 'merge_id', g.merge_id, 'at', g.merged_at) FROM quell.person m
                 JOIN quell.person_merge g ON g.book_id = $1 AND g.gone = m.person_id AND g.undone_at IS NULL
                 WHERE m.book_id = $1 AND m.same_as = p.person_id ORDER BY m.person_id) AS merged,
             ARRAY(SELECT l.name FROM quell.place l WHERE l.book_id = $1 AND l.place = ANY({ABOVE}) ORDER BY length(l.place)) AS home_names
         FROM quell.person p WHERE p.book_id = $1 AND p.person_id = $2"
    );
    let Some(p) = single::<PersonView>(tx, "person", &sql, &[&book.0, &id.0]).await? else { return Ok(None) };
    let zones = format!(
        "SELECT z.place, z.level, z.designated_at, z.reason, z.decider, z.lifted_at, z.last_case_at
         FROM quell.person p JOIN quell.zone z ON z.book_id = $1 AND z.place = ANY({ABOVE})
         WHERE p.book_id = $1 AND p.person_id = $2 ORDER BY z.designated_at DESC, z.place"
    );
    let now = now.to_string();
    let by: super::Params<'_> = &[&book.0, &id.0];
    let latest: super::Params<'_> = &[&book.0, &id.0, &MAX_OBSERVATIONS];
    let at: super::Params<'_> = &[&book.0, &id.0, &now];
    let (rosters, registrations, cases, contacts, transfers, stays, observations, follow_ups, prophylaxes, duties, zones) = try_join!(
        list(tx, "rosters", ROSTERS, by),
        list(tx, "registrations", REGISTRATIONS, by),
        list(tx, "cases", CASES, by),
        list(tx, "contacts", CONTACTS, by),
        list(tx, "transfers", TRANSFERS, by),
        list(tx, "stays", STAYS, by),
        list(tx, "observations", OBSERVATIONS, latest),
        list(tx, "follow-ups", FOLLOW_UPS, latest),
        list(tx, "prophylaxis", PROPHYLAXES, by),
        list(tx, "duties", DUTIES, at),
        list(tx, "zones", &zones, by),
    )?;
    Ok(Some(PersonView {
        as_of_seq,
        rosters,
        registrations,
        cases,
        contacts,
        transfers,
        stays,
        observations,
        follow_ups,
        prophylaxes,
        duties,
        zones,
        ..p
    }))
}

const ROSTERS: &str = "
    SELECT r.round, x.due, r.waived, r.decider, r.missed, EXISTS (
        SELECT FROM quell.registration g WHERE g.book_id = $1 AND g.person_id = r.person_id AND g.round = r.round AND g.counts) AS sampled
    FROM quell.round x JOIN quell.roster r ON r.book_id = $1 AND r.round = x.round AND r.person_id = $2
    WHERE x.book_id = $1 ORDER BY x.starts DESC, x.round";
const REGISTRATIONS: &str = "
    SELECT g.tube, g.round, g.sampled_at, g.counts, g.flag, g.void_seq, t.mode, t.state, t.result, t.targets, t.resulted_at, t.test_due
    FROM quell.registration g LEFT JOIN quell.tube t ON t.book_id = $1 AND t.tube = g.tube
    WHERE g.book_id = $1 AND g.person_id = $2 ORDER BY g.sampled_at DESC, g.tube";
const CASES: &str = "
    SELECT case_id, tube, round, found_at, sampled_at, classification, severity, onset, setting, control, note, number, state, reported_at, receipt,
        ended_at
    FROM quell.\"case\" WHERE book_id = $1 AND person_id = $2 ORDER BY found_at DESC, case_id";
const CONTACTS: &str = "
    SELECT contact_id, case_id, category, first_exposure, last_exposure, context, relation, certainty, named_at, decider, reason, state,
        until, last_seen
    FROM quell.contact WHERE book_id = $1 AND person_id = $2 ORDER BY last_exposure DESC, contact_id";
const TRANSFERS: &str = "
    SELECT t.transfer_id, t.requested_at, t.state, t.vehicle, t.facility, f.name AS facility_name, t.assigned_at, t.picked_up_at,
        t.arrived_at, t.reason
    FROM quell.transfer t LEFT JOIN quell.place f ON f.book_id = $1 AND f.place = t.facility
    WHERE t.book_id = $1 AND t.person_id = $2 ORDER BY t.requested_at DESC, t.transfer_id";
const STAYS: &str = "
    SELECT y.stay_id, y.facility, f.name AS facility_name, y.ward, y.bed, y.admitted_at, y.left_at, y.exit_passes, y.last_pass_at,
        y.override_reason
    FROM quell.stay y LEFT JOIN quell.place f ON f.book_id = $1 AND f.place = y.facility
    WHERE y.book_id = $1 AND y.person_id = $2 ORDER BY y.admitted_at DESC, y.stay_id";
const OBSERVATIONS: &str = "
    SELECT at, temperature, oxygen, symptoms, severity FROM quell.observation WHERE book_id = $1 AND person_id = $2
    ORDER BY at DESC, seq DESC, idx DESC LIMIT $3";
const PROPHYLAXES: &str = "
    SELECT prophylaxis, at, in_time, note FROM quell.prophylaxis WHERE book_id = $1 AND person_id = $2 ORDER BY at DESC, seq DESC, idx DESC";
const FOLLOW_UPS: &str = "
    SELECT at, outcome, temperature, symptoms, by, self_reported, note FROM quell.follow_up WHERE book_id = $1 AND person_id = $2
    ORDER BY at DESC, seq DESC, idx DESC LIMIT $3";
const DUTIES: &str = "
    SELECT duty_id, kind, subject_kind, subject, tube, responsible, opened_at, due, rule, state,
        state = 'open' AND due < $3::text::timestamptz AS overdue, ended_at, in_time, reason, decider
    FROM quell.duty WHERE book_id = $1 AND person_id = $2 ORDER BY state <> 'open', due, duty_id";
