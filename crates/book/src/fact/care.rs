//! Ways, beds, and how they end.

use crate::parts::*;
use quell_foundation::*;
use quell_protocol::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

facts! {
    /// A transfer was asked for.
    TransferRequested {
        /// The transfer.
        transfer: TransferId,
        /// The person.
        person: PersonId,
        /// When.
        at: EventTime,
    }
    /// A vehicle and a facility were assigned.
    VehicleAssigned {
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
    PickedUp {
        /// The transfer.
        transfer: TransferId,
        /// When.
        at: EventTime,
    }
    /// The person is at the facility.
    Arrived {
        /// The transfer.
        transfer: TransferId,
        /// When.
        at: EventTime,
    }
    /// A transfer was called off.
    TransferCalledOff {
        /// The transfer.
        transfer: TransferId,
        /// Who decided, and why.
        decision: Decision,
        /// When.
        at: EventTime,
    }
    /// A person got a bed.
    Admitted {
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
    Observed {
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
    Discharged {
        /// The stay.
        stay: StayId,
        /// When.
        at: EventTime,
        /// Needed when the protocol's criteria are not met.
        #[serde(default, skip_serializing_if = "Option::is_none")] decision: Option<Decision>,
    }
    /// Home isolation or home monitoring ended, or the isolation of a case who is cared for at home.
    Released {
        /// The person.
        person: PersonId,
        /// When.
        at: EventTime,
        /// Needed when the time has not run out, or the protocol does not say in days when it does.
        #[serde(default, skip_serializing_if = "Option::is_none")] decision: Option<Decision>,
    }
    /// A person died.
    Died {
        /// The person.
        person: PersonId,
        /// When.
        at: EventTime,
        /// The cause, as certified.
        #[serde(default, skip_serializing_if = "Option::is_none")] cause: Option<String>,
    }
}
