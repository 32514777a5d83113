//! Facts: what happened, in the past tense. One struct a kind; unknown fields are refused.
//! In JSON a fact is an object with one key, its kind: `{"tube_sealed": {"tube": "T1", "at": "2022-11-26T09:00:00+08:00"}}`.

use crate::kinds::*;
pub use crate::parts::*;
use quell_foundation::*;
use quell_protocol::{ContactCategory, Control, OccupationClass, PersonTag, Severity, TubeMode, ZoneLevel};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident = $text:literal { $($(#[$fdoc:meta])* $field:ident : $ty:ty,)* })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields)]
            pub struct $name { $($(#[$fdoc])* pub $field: $ty,)* }
        )+
        /// One thing that happened.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub enum Fact { $($(#[$doc])* #[serde(rename = $text)] $name(Box<$name>),)+ }
        impl Fact {
            /// Every kind of fact, as written in JSON.
            pub const KINDS: &'static [&'static str] = &[$($text),+];
            /// This fact's kind, as written in JSON.
            pub const fn kind(&self) -> &'static str { match self { $(Fact::$name(_) => $text,)+ } }
        }
        $(impl From<$name> for Fact { fn from(f: $name) -> Fact { Fact::$name(Box::new(f)) } })+
    };
}

facts! {
    /// A place exists (or its name or capacity has changed).
    PlaceListed = "place_listed" {
        /// Its path.
        place: PlaceId,
        /// What it is.
        kind: PlaceKind,
        /// Its name.
        name: String,
        /// Its name in English.
        #[serde(default, skip_serializing_if = "Option::is_none")] name_en: Option<String>,
        /// Wards of a facility.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] wards: Vec<Ward>,
    }
    /// A person lives here (or what is known of them has changed).
    PersonListed = "person_listed" {
        /// The person.
        person: PersonId,
        /// Full name.
        name: String,
        /// Sex.
        sex: Sex,
        /// Date of birth.
        #[serde(default, skip_serializing_if = "Option::is_none")] born: Option<Day>,
        /// Home: a place of the tree, normally a household.
        home: PlaceId,
        /// Identity number as given; replaced by `identity` before anything is stored.
        #[serde(default, skip_serializing_if = "Option::is_none")] id_number: Option<String>,
        /// Identity number as kept.
        #[serde(default, skip_serializing_if = "Option::is_none")] identity: Option<Identity>,
        /// Telephone.
        #[serde(default, skip_serializing_if = "Option::is_none")] phone: Option<String>,
        /// Occupation, as far as it matters to testing.
        #[serde(default = "general")] occupation: OccupationClass,
        /// What matters about the person.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")] tags: BTreeSet<PersonTag>,
        /// Of someone who is listed already: the version that the editor saw (`listed_seq` of the person). Needed to replace what
        /// is known; what nobody has said yet can be added without.
        #[serde(default, skip_serializing_if = "Option::is_none")] seen: Option<i64>,
    }
    /// A person is away from home.
    PersonAbsent = "person_absent" {
        /// The person.
        person: PersonId,
        /// Where to.
        destination: String,
        /// Since when.
        at: EventTime,
    }
    /// An absent person is back.
    PersonReturned = "person_returned" {
        /// The person.
        person: PersonId,
        /// When.
        at: EventTime,
    }
    /// A risk zone was drawn.
    ZoneDesignated = "zone_designated" {
        /// The place: compound, building or unit.
        place: PlaceId,
        /// The level.
        level: ZoneLevel,
        /// Why.
        reason: String,
        /// Who decided.
        decider: String,
        /// From when.
        at: EventTime,
    }
    /// A risk zone was lifted.
    ZoneLifted = "zone_lifted" {
        /// The place.
        place: PlaceId,
        /// Lifted before the days without a new infection have passed: a decision, for this reason.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] early: bool,
        /// Why.
        reason: String,
        /// Who decided.
        decider: String,
        /// From when.
        at: EventTime,
    }
    /// The response runs under this protocol from now on.
    ProtocolAdopted = "protocol_adopted" {
        /// The protocol.
        protocol: ProtocolId,
        /// SHA-256 of the protocol file.
        #[schemars(with = "String")] content: Hash,
        /// Who decided.
        decider: String,
        /// From when.
        at: EventTime,
    }
    /// A screening round was opened. Everyone whose home lies in the scope is on the roster;
    /// cases, people in isolation and absent people are excluded with that reason.
    RoundOpened = "round_opened" {
        /// The round.
        round: RoundId,
        /// Its name.
        name: String,
        /// The places in scope.
        scope: Vec<PlaceId>,
        /// When sampling starts.
        at: EventTime,
        /// By when it should be finished; by default the protocol's.
        #[serde(default, skip_serializing_if = "Option::is_none")] due: Option<EventTime>,
        /// The pool size for ordinary tubes, if smaller than the protocol's.
        #[serde(default, skip_serializing_if = "Option::is_none")] pool_size: Option<u32>,
    }
    /// A round was closed: nobody can be registered to it after this time.
    RoundClosed = "round_closed" {
        /// The round.
        round: RoundId,
        /// When.
        at: EventTime,
    }
    /// A person need not be sampled in this round.
    RosterWaived = "roster_waived" {
        /// The round.
        round: RoundId,
        /// The person.
        person: PersonId,
        /// Why.
        reason: String,
        /// Who decided.
        decider: String,
    }
    /// A person was swabbed into a tube.
    Registered = "registered" {
        /// The tube.
        tube: TubeCode,
        /// The person.
        person: PersonId,
        /// Where.
        station: PlaceId,
        /// When.
        at: EventTime,
        /// The round; none for a test outside rounds.
        #[serde(default, skip_serializing_if = "Option::is_none")] round: Option<RoundId>,
        /// How the tube is used; needed with its first person.
        #[serde(default, skip_serializing_if = "Option::is_none")] mode: Option<TubeMode>,
        /// The swab is already in the tube, so a wrong mode is recorded and flagged instead of refused.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] already_swabbed: bool,
    }
    /// A registration was wrong: this person is not in this tube.
    RegistrationVoided = "registration_voided" {
        /// The tube.
        tube: TubeCode,
        /// The person.
        person: PersonId,
        /// Why.
        reason: String,
        /// When it was found.
        at: EventTime,
    }
    /// A swab was bound to the wrong person; it is another's.
    RegistrationReassigned = "registration_reassigned" {
        /// The tube.
        tube: TubeCode,
        /// Who was registered.
        from: PersonId,
        /// Whose swab it is.
        to: PersonId,
        /// Why.
        reason: String,
        /// When it was found.
        at: EventTime,
    }
    /// A tube was closed.
    TubeSealed = "tube_sealed" {
        /// The tube.
        tube: TubeCode,
        /// When.
        at: EventTime,
    }
    /// A tube was spoilt before it could be tested.
    TubeSpoilt = "tube_spoilt" {
        /// The tube.
        tube: TubeCode,
        /// Why.
        reason: String,
        /// When.
        at: EventTime,
    }
    /// A tube cannot be found.
    TubeLost = "tube_lost" {
        /// The tube.
        tube: TubeCode,
        /// What was done to find it.
        reason: String,
        /// When it was given up.
        at: EventTime,
    }
    /// Sealed tubes were put into a box.
    BoxPacked = "box_packed" {
        /// The box; a code is used once.
        #[serde(rename = "box")] r#box: BoxCode,
        /// The tubes.
        tubes: Vec<TubeCode>,
        /// When.
        at: EventTime,
    }
    /// Custody of a box or a tube passed from one hand to another.
    HandedOver = "handed_over" {
        /// The box.
        #[serde(rename = "box", default, skip_serializing_if = "Option::is_none")] r#box: Option<BoxCode>,
        /// Or a single tube.
        #[serde(default, skip_serializing_if = "Option::is_none")] tube: Option<TubeCode>,
        /// Who gave.
        from: String,
        /// Who took.
        to: String,
        /// When.
        at: EventTime,
        /// Temperature in the box.
        #[serde(default, skip_serializing_if = "Option::is_none")] temperature: Option<Celsius>,
    }
    /// A laboratory took in a box or tubes.
    Received = "received" {
        /// The laboratory.
        laboratory: PlaceId,
        /// The box.
        #[serde(rename = "box", default, skip_serializing_if = "Option::is_none")] r#box: Option<BoxCode>,
        /// The tubes; with a box, those of it that were there (all if empty).
        #[serde(default, skip_serializing_if = "Vec::is_empty")] tubes: Vec<TubeCode>,
        /// Their condition.
        condition: Condition,
        /// Why not adequate.
        #[serde(default, skip_serializing_if = "Option::is_none")] reason: Option<String>,
        /// Temperature at arrival.
        #[serde(default, skip_serializing_if = "Option::is_none")] temperature: Option<Celsius>,
        /// When.
        at: EventTime,
    }
    /// A plate was read; its controls decide whether its results count.
    PlateRead = "plate_read" {
        /// The plate; a code is used once.
        plate: PlateId,
        /// The laboratory.
        laboratory: PlaceId,
        /// When.
        at: EventTime,
        /// The positive control was positive.
        positive_control_ok: bool,
        /// The negative control was negative.
        negative_control_ok: bool,
    }
    /// A tube's result was read.
    ResultRead = "result_read" {
        /// The tube.
        tube: TubeCode,
        /// The plate.
        #[serde(default, skip_serializing_if = "Option::is_none")] plate: Option<PlateId>,
        /// When.
        at: EventTime,
        /// The result.
        result: TestResult,
        /// Cycle thresholds.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] targets: Vec<TargetCt>,
    }
    /// A result was wrong; what followed from it is withdrawn or re-opened.
    ResultCorrected = "result_corrected" {
        /// The tube.
        tube: TubeCode,
        /// When it was found.
        at: EventTime,
        /// The right result.
        result: TestResult,
        /// Cycle thresholds.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] targets: Vec<TargetCt>,
        /// Why.
        reason: String,
        /// Who decided.
        decider: String,
    }
    /// A case that was found elsewhere or before this book began.
    CaseListed = "case_listed" {
        /// The case.
        case: CaseId,
        /// The person.
        person: PersonId,
        /// Classification.
        classification: Classification,
        /// Severity, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")] severity: Option<Severity>,
        /// Symptom onset, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")] onset: Option<EventTime>,
        /// When it was confirmed.
        at: EventTime,
        /// Found in the community or under control, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")] control: Option<Control>,
        /// What else the source says.
        #[serde(default, skip_serializing_if = "Option::is_none")] note: Option<String>,
    }
    /// A case was classified.
    CaseClassified = "case_classified" {
        /// The case.
        case: CaseId,
        /// Classification.
        classification: Classification,
        /// Severity.
        severity: Severity,
        /// Symptom onset.
        #[serde(default, skip_serializing_if = "Option::is_none")] onset: Option<EventTime>,
        /// When.
        at: EventTime,
        /// Who decided.
        decider: String,
    }
    /// How a case was found was judged anew.
    ChannelJudged = "channel_judged" {
        /// The case.
        case: CaseId,
        /// Found in the community or under control.
        control: Control,
        /// Why.
        reason: String,
        /// Who decided.
        decider: String,
        /// When.
        at: EventTime,
    }
    /// A case (or its change) was reported to the statutory system.
    ReportFiled = "report_filed" {
        /// The case.
        case: CaseId,
        /// The receipt number of the statutory system.
        receipt: String,
        /// When.
        at: EventTime,
    }
    /// A part of an investigation was handed in.
    InvestigationFiled = "investigation_filed" {
        /// The case.
        case: CaseId,
        /// Which part.
        part: InvestigationPart,
        /// When.
        at: EventTime,
        /// What was found.
        #[serde(default, skip_serializing_if = "Option::is_none")] summary: Option<String>,
    }
    /// A person was named as contact of a case.
    ContactNamed = "contact_named" {
        /// The contact record.
        contact: ContactId,
        /// The person.
        person: PersonId,
        /// The case, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")] case: Option<CaseId>,
        /// Category.
        category: ContactCategory,
        /// Last exposure.
        last_exposure: EventTime,
        /// Who decided, on which evidence.
        decision: Decision,
        /// When.
        at: EventTime,
    }
    /// A contact record was wrong.
    ContactDropped = "contact_dropped" {
        /// The contact record.
        contact: ContactId,
        /// Who decided, and why.
        decision: Decision,
        /// When.
        at: EventTime,
    }
    /// A transfer was asked for.
    TransferRequested = "transfer_requested" {
        /// The transfer.
        transfer: TransferId,
        /// The person.
        person: PersonId,
        /// When.
        at: EventTime,
    }
    /// A vehicle and a facility were assigned.
    VehicleAssigned = "vehicle_assigned" {
        /// The transfer.
        transfer: TransferId,
        /// The vehicle.
        vehicle: VehicleId,
        /// The facility.
        facility: PlaceId,
        /// When.
        at: EventTime,
        /// Needed when the facility is of another kind than the protocol asks for.
        #[serde(default, skip_serializing_if = "Option::is_none")] decision: Option<Decision>,
    }
    /// The person is in the vehicle.
    PickedUp = "picked_up" {
        /// The transfer.
        transfer: TransferId,
        /// When.
        at: EventTime,
    }
    /// The person is at the facility.
    Arrived = "arrived" {
        /// The transfer.
        transfer: TransferId,
        /// When.
        at: EventTime,
    }
    /// A transfer was called off.
    TransferCalledOff = "transfer_called_off" {
        /// The transfer.
        transfer: TransferId,
        /// Who decided, and why.
        decision: Decision,
        /// When.
        at: EventTime,
    }
    /// A person got a bed.
    Admitted = "admitted" {
        /// The stay.
        stay: StayId,
        /// The person.
        person: PersonId,
        /// The facility.
        facility: PlaceId,
        /// The ward.
        ward: String,
        /// The bed's number in the ward, from 1.
        bed: u32,
        /// When.
        at: EventTime,
        /// Needed when the facility is of another kind than the protocol asks for.
        #[serde(default, skip_serializing_if = "Option::is_none")] decision: Option<Decision>,
    }
    /// A person under care or monitoring was seen.
    Observed = "observed" {
        /// The person.
        person: PersonId,
        /// When.
        at: EventTime,
        /// Body temperature.
        #[serde(default, skip_serializing_if = "Option::is_none")] temperature: Option<Celsius>,
        /// Oxygen saturation in per cent.
        #[serde(default, skip_serializing_if = "Option::is_none")] oxygen: Option<u8>,
        /// Symptoms, in the observer's words.
        #[serde(default, skip_serializing_if = "Option::is_none")] symptoms: Option<String>,
        /// Severity as judged now.
        #[serde(default, skip_serializing_if = "Option::is_none")] severity: Option<Severity>,
    }
    /// A stay ended.
    Discharged = "discharged" {
        /// The stay.
        stay: StayId,
        /// When.
        at: EventTime,
        /// Needed when the protocol's criteria are not met.
        #[serde(default, skip_serializing_if = "Option::is_none")] decision: Option<Decision>,
    }
    /// Home isolation or home monitoring ended.
    Released = "released" {
        /// The person.
        person: PersonId,
        /// When.
        at: EventTime,
        /// Needed when the time has not run out.
        #[serde(default, skip_serializing_if = "Option::is_none")] decision: Option<Decision>,
    }
    /// A person died.
    Died = "died" {
        /// The person.
        person: PersonId,
        /// When.
        at: EventTime,
        /// The cause, as certified.
        #[serde(default, skip_serializing_if = "Option::is_none")] cause: Option<String>,
    }
    /// An account that was revoked hands in what its device held from before. Said by the door itself.
    LateHandIn = "late_hand_in" {
        /// The account.
        account: AccountId,
        /// Its place.
        place: PlaceId,
        /// When it was revoked.
        revoked_at: EventTime,
        /// When it hands in.
        at: EventTime,
    }
    /// Someone has looked at what a revoked account handed in.
    HandInReviewed = "hand_in_reviewed" {
        /// The duty.
        duty: DutyId,
        /// Who decided that it stands, or what was corrected.
        decision: Decision,
        /// When.
        at: EventTime,
    }
    /// Someone has looked into why a laboratory's positive share is so far from the others'.
    LaboratoryReviewed = "laboratory_reviewed" {
        /// The laboratory.
        laboratory: PlaceId,
        /// Who decided, and what was found.
        decision: Decision,
        /// When.
        at: EventTime,
    }
    /// A duty need not be done.
    DutyWaived = "duty_waived" {
        /// The duty.
        duty: DutyId,
        /// Who decided, and why.
        decision: Decision,
    }
    /// Overdue items of one kind below a place have an owner who says why they are open.
    OverdueOwned = "overdue_owned" {
        /// The kind of duty.
        kind: DutyKind,
        /// The place.
        place: PlaceId,
        /// Who will see to them.
        owner: String,
        /// Why they are open.
        reason: String,
    }
    /// The day's book was balanced and sealed.
    DayClosed = "day_closed" {
        /// The day; it must be the one that is open.
        day: Day,
        /// Who closed it.
        decider: String,
    }
}

fn general() -> OccupationClass {
    OccupationClass::General
}
