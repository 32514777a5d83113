//! State derived from facts: one struct a table. The field names are the column names of the database
//! (`crates/store/migrations`), which adds only `book_id`.

use crate::fact::{TargetCt, Ward};
use crate::kinds::*;
use crate::table::{Group, Row};
use quell_foundation::*;
use quell_protocol::{ContactCategory, Control, Exposure, OccupationClass, PersonTag, Setting, Severity, TubeMode, ZoneLevel};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A pool has called a person back to be sampled singly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalledBack {
    /// Since when: only what is taken later answers.
    pub since: Instant,
    /// The single samples that answered, for they are negative.
    pub answered: BTreeSet<TubeCode>,
}

impl CalledBack {
    /// Nothing has answered yet.
    pub fn since(since: Instant) -> Self {
        Self { since, answered: BTreeSet::new() }
    }
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident [$key:ty] $table:literal { $($(#[$fdoc:meta])* $field:ident : $ty:ty,)* }
       key($s:ident) $keyexpr:expr; groups $groups:expr;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name { $($(#[$fdoc])* pub $field: $ty,)* }
            impl $name {
                /// The table's name.
                pub const TABLE: &'static str = $table;
                /// The table's columns, without `book_id`.
                pub const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),*];
            }
            impl Row for $name {
                type Key = $key;
                fn key(&self) -> $key { let $s = self; $keyexpr }
                fn groups(&self) -> Vec<Group> { let $s = self; let _ = $s; $groups }
            }
        )+
    };
}

rows! {
    /// A node of the place tree; facilities carry their beds.
    Place [PlaceId] "place" {
        /// Path.
        place: PlaceId,
        /// What it is.
        kind: PlaceKind,
        /// Name.
        name: String,
        /// English name.
        name_en: Option<String>,
        /// Wards of a facility, else empty.
        wards: Vec<Ward>,
        /// Beds of a facility in all.
        beds: i32,
        /// Beds taken now.
        occupied: i32,
        /// People on their way with this facility assigned.
        reserved: i32,
    } key(r) r.place.clone(); groups vec![];

    /// A person and where they stand.
    Person [PersonId] "person" {
        /// Person.
        person_id: PersonId,
        /// Home.
        home: PlaceId,
        /// The place of the tally: the community of the home.
        place: PlaceId,
        /// Name.
        name: String,
        /// Sex.
        sex: Sex,
        /// Date of birth.
        born: Option<Day>,
        /// Keyed hash of the identity number.
        identity_hash: Option<Hash>,
        /// Masked identity number.
        identity_masked: Option<String>,
        /// Telephone.
        phone: Option<String>,
        /// Occupation.
        occupation: OccupationClass,
        /// Tags.
        tags: BTreeSet<PersonTag>,
        /// Where the person stands.
        standing: Standing,
        /// Since when.
        standing_since: Option<Instant>,
        /// Destination when absent.
        away_to: Option<String>,
        /// What the person is exposed to, for the tube mode.
        exposure: Exposure,
        /// Pools that have called the person back.
        recalled: BTreeMap<TubeCode, CalledBack>,
        /// True if there is anything open about the person, so that the door must look.
        attention: bool,
        /// The log position of the fact that said what is known of the person.
        listed_seq: i64,
    } key(r) r.person_id; groups vec![];

    /// A screening round.
    Round [RoundId] "round" {
        /// Round.
        round: RoundId,
        /// Name.
        name: String,
        /// Scope.
        scope: Vec<PlaceId>,
        /// Opened.
        starts: Instant,
        /// Deadline.
        due: Instant,
        /// Pool size chosen for this round.
        pool_size: Option<i32>,
        /// State.
        state: RoundState,
        /// Closed.
        closed_at: Option<Instant>,
    } key(r) r.round.clone(); groups vec![];

    /// One person's duty to be sampled in a round. Whether it is done follows from the registrations.
    Roster [(RoundId, PersonId)] "roster" {
        /// Round.
        round: RoundId,
        /// Person.
        person_id: PersonId,
        /// Community.
        place: PlaceId,
        /// Waived or superseded, and why: never sampled.
        waived: Option<String>,
        /// Who decided, when it was a decision.
        decider: Option<String>,
        /// The round was closed before the person was sampled.
        missed: bool,
    } key(r) (r.round.clone(), r.person_id); groups vec![Group::Person(r.person_id)];

    /// A person swabbed into a tube.
    Registration [(PersonId, TubeCode)] "registration" {
        /// Person.
        person_id: PersonId,
        /// Tube.
        tube: TubeCode,
        /// Round.
        round: Option<RoundId>,
        /// Community of the person's home.
        place: PlaceId,
        /// When swabbed.
        sampled_at: Instant,
        /// The log position of the fact.
        seq: i64,
        /// It fulfils the round's duty (false: a repeat, or not on the roster).
        counts: bool,
        /// What a human should look at.
        flag: Option<String>,
        /// The log position of the fact that voided it.
        void_seq: Option<i64>,
    } key(r) (r.person_id, r.tube.clone()); groups vec![Group::Person(r.person_id), Group::Tube(r.tube.clone())];

    /// A tube and its way. Its duties (seal, deliver, test) are its due times.
    Tube [TubeCode] "tube" {
        /// Barcode.
        tube: TubeCode,
        /// Round.
        round: Option<RoundId>,
        /// Where it was filled: the place of its tally.
        place: PlaceId,
        /// Mode.
        mode: TubeMode,
        /// Persons it may hold.
        capacity: i32,
        /// Persons in it now.
        members: i32,
        /// Household of a household tube.
        household: Option<PlaceId>,
        /// State.
        state: TubeState,
        /// First swab.
        opened_at: Instant,
        /// To be sealed by.
        seal_due: Option<Instant>,
        /// Sealed.
        sealed_at: Option<Instant>,
        /// Box.
        #[serde(rename = "box")] r#box: Option<BoxCode>,
        /// Who holds it.
        holder: Option<String>,
        /// Left the station.
        left_at: Option<Instant>,
        /// To be at a laboratory by.
        deliver_due: Option<Instant>,
        /// Received.
        received_at: Option<Instant>,
        /// Laboratory.
        laboratory: Option<PlaceId>,
        /// To have a result by.
        test_due: Option<Instant>,
        /// Resulted.
        resulted_at: Option<Instant>,
        /// Result in force.
        result: Option<TestResult>,
        /// Cycle thresholds of that result.
        targets: Vec<TargetCt>,
        /// Plate of that result.
        plate: Option<PlateId>,
        /// Runs so far.
        runs: i32,
    } key(r) r.tube.clone(); groups r.r#box.iter().map(|b| Group::Box(b.clone())).collect();

    /// A transport box.
    TransportBox [BoxCode] "box" {
        /// Code.
        #[serde(rename = "box")] r#box: BoxCode,
        /// Where it was packed.
        place: PlaceId,
        /// Packed.
        packed_at: Instant,
        /// Tubes put in.
        tubes: i32,
        /// Who holds it.
        holder: Option<String>,
    } key(r) r.r#box.clone(); groups vec![];

    /// Custody passed on: one row a fact.
    HandOver [(i64, i32)] "hand_over" {
        /// Log position.
        seq: i64,
        /// Fact in the submission.
        idx: i32,
        /// Place of the box or tube.
        place: PlaceId,
        /// Box.
        #[serde(rename = "box")] r#box: Option<BoxCode>,
        /// Tube.
        tube: Option<TubeCode>,
        /// Who gave.
        given_by: String,
        /// Who took.
        taken_by: String,
        /// When.
        at: Instant,
        /// Temperature.
        temperature: Option<Celsius>,
    } key(r) (r.seq, r.idx); groups vec![];

    /// A plate.
    Plate [PlateId] "plate" {
        /// Code.
        plate: PlateId,
        /// Laboratory.
        laboratory: PlaceId,
        /// Read.
        read_at: Instant,
        /// Both controls were as they should be.
        valid: bool,
    } key(r) r.plate.clone(); groups vec![];

    /// What a laboratory has read on one day of its own calendar, by the mode of the tubes: to compare laboratories with one another.
    LaboratoryDay [(PlaceId, Day, TubeMode)] "laboratory_day" {
        /// Laboratory.
        laboratory: PlaceId,
        /// The day on which they were read.
        day: Day,
        /// Mode of the tubes.
        mode: TubeMode,
        /// Tubes read; failed runs are not counted.
        tubes: i64,
        /// Of these not negative.
        positive: i64,
        /// The open duty to look into it.
        review: Option<DutyId>,
        /// Someone has looked into this day: it opens no other duty.
        reviewed: bool,
    } key(r) (r.laboratory.clone(), r.day, r.mode); groups vec![];

    /// A result as read: one row a fact.
    ResultLine [(i64, i32)] "result" {
        /// Log position.
        seq: i64,
        /// Fact in the submission.
        idx: i32,
        /// Tube.
        tube: TubeCode,
        /// Place of the tube.
        place: PlaceId,
        /// Plate.
        plate: Option<PlateId>,
        /// When.
        at: Instant,
        /// Result.
        result: TestResult,
        /// Cycle thresholds.
        targets: Vec<TargetCt>,
        /// Why, when it corrects an earlier one.
        correction: Option<String>,
    } key(r) (r.seq, r.idx); groups vec![];

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
    } key(r) r.case_id; groups vec![Group::Person(r.person_id)];

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
        /// Last exposure.
        last_exposure: Instant,
        /// Who decided.
        decider: String,
        /// On which evidence.
        reason: String,
        /// State.
        state: ContactState,
        /// End of all isolation.
        until: Option<Instant>,
    } key(r) r.contact_id; groups std::iter::once(Group::Person(r.person_id)).chain(r.case_id.map(Group::Case)).collect();

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

    /// A risk zone, drawn at a time.
    Zone [(PlaceId, i64)] "zone" {
        /// Place.
        place: PlaceId,
        /// Log position of the fact that drew it.
        seq: i64,
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
    } key(r) (r.place.clone(), r.seq); groups vec![Group::Place(r.place.clone())];

    /// A duty of one person, tube, case or place. Duties of a round's roster and of every tube on its way are
    /// columns of `roster` and `tube` instead: whole populations are not rows here.
    Duty [DutyId] "duty" {
        /// Duty.
        duty_id: DutyId,
        /// Kind.
        kind: DutyKind,
        /// What it is about.
        subject_kind: SubjectKind,
        /// Its id.
        subject: String,
        /// The person, when it is about one (also by way of a case).
        person_id: Option<PersonId>,
        /// The tube that brought it: of a recall the pool, of another sample the tube that gave no answer.
        tube: Option<TubeCode>,
        /// Place of the tally.
        place: PlaceId,
        /// Who must do it.
        responsible: Role,
        /// Since when.
        opened_at: Instant,
        /// By when.
        due: Instant,
        /// The rule of the protocol.
        rule: String,
        /// Log position of the fact that opened it.
        opened_seq: i64,
        /// State.
        state: DutyState,
        /// Ended.
        ended_at: Option<Instant>,
        /// Log position of the fact that ended it.
        ended_seq: Option<i64>,
        /// Ended in time.
        in_time: Option<bool>,
        /// Why it was waived or superseded.
        reason: Option<String>,
        /// Who decided.
        decider: Option<String>,
        /// The single sample that discharged it.
        fulfilled_by: Option<TubeCode>,
    } key(r) r.duty_id; groups {
        let mut g = Vec::new();
        if r.state == DutyState::Open {
            if let Some(p) = r.person_id { g.push(Group::Person(p)); }
            if r.subject_kind == SubjectKind::Tube && let Ok(t) = TubeCode::new(r.subject.clone()) { g.push(Group::Tube(t)); }
            if r.subject_kind == SubjectKind::Place { g.push(Group::Place(r.place.clone())); }
            if r.subject_kind == SubjectKind::Account && let Ok(a) = AccountId::new(r.subject.clone()) { g.push(Group::Account(a)); }
        }
        if matches!(r.state, DutyState::Discharged | DutyState::Superseded) && (r.kind.is_sampling() || r.kind == DutyKind::Release)
            && let (Some(p), Some(seq)) = (r.person_id, r.ended_seq) {
            g.push(Group::Ended(p, seq));
        }
        g
    };

    /// Owner and reason of what is overdue below a place, on one day.
    Ownership [(Day, DutyKind, PlaceId)] "ownership" {
        /// The book's day.
        day: Day,
        /// Kind.
        kind: DutyKind,
        /// Place.
        place: PlaceId,
        /// Who will see to it.
        owner: String,
        /// Why it is open.
        reason: String,
    } key(r) (r.day, r.kind, r.place.clone()); groups vec![];

    /// Counts of one kind of duty at one place on one day of the book (and for one round).
    Tally [(Day, DutyKind, PlaceId, String)] "tally" {
        /// The book's day.
        day: Day,
        /// Kind.
        kind: DutyKind,
        /// Place of the tally.
        place: PlaceId,
        /// Round, or empty.
        round: String,
        /// Opened.
        opened: i64,
        /// Opened again after having been discharged.
        reopened: i64,
        /// Discharged.
        discharged: i64,
        /// Of these in time.
        in_time: i64,
        /// Waived.
        waived: i64,
        /// Superseded.
        superseded: i64,
    } key(r) (r.day, r.kind, r.place.clone(), r.round.clone()); groups vec![];

    /// A sealed day.
    SealedDay [Day] "sealed_day" {
        /// The day.
        day: Day,
        /// Log position of the close.
        seq: i64,
        /// When.
        closed_at: Instant,
        /// Who.
        decider: String,
        /// The sheet: the balance of every kind at every place, and what is open.
        sheet: crate::closing::DaySheet,
        /// Hash of the sheet.
        sheet_hash: Hash,
        /// Hash of the day before, of this sheet and of the log's head.
        day_hash: Hash,
    } key(r) r.day; groups vec![];
}

impl Case {
    /// The severity by which a place of care is chosen: a case of unknown severity goes where the mild ones go, until someone has
    /// looked at the person.
    pub fn severity_for_care(&self) -> Severity {
        self.severity.unwrap_or(Severity::Mild)
    }
}

impl Registration {
    /// True if the swab is in a tube that is less strict than the protocol asks for: recorded, and owed again.
    pub fn is_wrong_mode(&self) -> bool {
        self.flag.as_ref().is_some_and(|f| f.split(',').any(|f| f == "wrong_mode"))
    }
}
