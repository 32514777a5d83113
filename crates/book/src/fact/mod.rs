//! Facts: what happened, in the past tense. One struct a kind; unknown fields are refused.
//! In JSON a fact is an object with one key, its kind: `{"tube_sealed": {"tube": "T1", "at": "2022-11-26T09:00:00+08:00"}}`.

pub use crate::parts::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident : $ty:ty,)* })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields)]
            pub struct $name { $($(#[$fdoc])* pub $field: $ty,)* }
        )+
    };
}

mod area;
mod care;
mod cases;
mod contacts;
mod investigation;
mod keeping;
mod messages;
mod registers;
mod same;
mod sampling;
mod teams;
mod testing;

pub use area::*;
pub use care::*;
pub use cases::*;
pub use contacts::*;
pub use investigation::*;
pub use keeping::*;
pub use messages::*;
pub use registers::*;
pub use same::*;
pub use sampling::*;
pub use teams::*;
pub use testing::*;

macro_rules! kinds {
    ($($name:ident = $text:literal,)+) => {
        /// One thing that happened.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub enum Fact { $(#[doc = concat!("See [`", stringify!($name), "`].")] #[serde(rename = $text)] $name(Box<$name>),)+ }
        impl Fact {
            /// Every kind of fact, as written in JSON.
            pub const KINDS: &'static [&'static str] = &[$($text),+];
            /// This fact's kind, as written in JSON.
            pub const fn kind(&self) -> &'static str { match self { $(Fact::$name(_) => $text,)+ } }
        }
        $(impl From<$name> for Fact { fn from(f: $name) -> Fact { Fact::$name(Box::new(f)) } })+
    };
}

kinds! {
    PlaceListed = "place_listed",
    PersonListed = "person_listed",
    PersonAbsent = "person_absent",
    PersonReturned = "person_returned",
    PersonsMerged = "persons_merged",
    MergeUndone = "merge_undone",
    PersonsDistinct = "persons_distinct",
    ZoneDesignated = "zone_designated",
    ZoneLifted = "zone_lifted",
    ProtocolAdopted = "protocol_adopted",
    RoundOpened = "round_opened",
    RoundClosed = "round_closed",
    RosterWaived = "roster_waived",
    Registered = "registered",
    RegistrationVoided = "registration_voided",
    RegistrationReassigned = "registration_reassigned",
    TubeSealed = "tube_sealed",
    TubeSpoilt = "tube_spoilt",
    TubeLost = "tube_lost",
    BoxPacked = "box_packed",
    HandedOver = "handed_over",
    Received = "received",
    PlateRead = "plate_read",
    ResultRead = "result_read",
    ResultCorrected = "result_corrected",
    CaseListed = "case_listed",
    CaseClassified = "case_classified",
    ChannelJudged = "channel_judged",
    ReportFiled = "report_filed",
    Interviewed = "interviewed",
    Visited = "visited",
    VisitWithdrawn = "visit_withdrawn",
    InvestigationFiled = "investigation_filed",
    LinkStated = "link_stated",
    LinkWithdrawn = "link_withdrawn",
    MemberListed = "member_listed",
    EventListed = "event_listed",
    EventWithdrawn = "event_withdrawn",
    CheckedIn = "checked_in",
    LeadNoted = "lead_noted",
    LeadResolved = "lead_resolved",
    LeadClosed = "lead_closed",
    ContactNamed = "contact_named",
    ContactDropped = "contact_dropped",
    FollowedUp = "followed_up",
    TeamListed = "team_listed",
    TeamAbsent = "team_absent",
    TeamReturned = "team_returned",
    TeamEnded = "team_ended",
    FollowUpAssigned = "follow_up_assigned",
    VaccinationStated = "vaccination_stated",
    ProphylaxisGiven = "prophylaxis_given",
    ProphylaxisDeclined = "prophylaxis_declined",
    TimeRanOut = "time_ran_out",
    OrderIssued = "order_issued",
    OrderLifted = "order_lifted",
    AppealMade = "appeal_made",
    AppealAnswered = "appeal_answered",
    TransferRequested = "transfer_requested",
    VehicleAssigned = "vehicle_assigned",
    PickedUp = "picked_up",
    Arrived = "arrived",
    TransferCalledOff = "transfer_called_off",
    Admitted = "admitted",
    Observed = "observed",
    Discharged = "discharged",
    Released = "released",
    Died = "died",
    AssistanceRequested = "assistance_requested",
    AssistanceReceived = "assistance_received",
    AssistanceAnswered = "assistance_answered",
    AssistanceAnswerReceived = "assistance_answer_received",
    MessageAcknowledged = "message_acknowledged",
    MessageRefused = "message_refused",
    LateHandIn = "late_hand_in",
    HandInReviewed = "hand_in_reviewed",
    LaboratoryReviewed = "laboratory_reviewed",
    DutyWaived = "duty_waived",
    OverdueOwned = "overdue_owned",
    DayClosed = "day_closed",
}
