//! Rounds, swabs and tubes, until they reach a laboratory.

use quell_foundation::*;
use quell_protocol::TubeMode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

facts! {
    /// A screening round was opened. Everyone whose home lies in the scope is on the roster;
    /// cases, people in isolation and absent people are excluded with that reason.
    RoundOpened {
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
    RoundClosed {
        /// The round.
        round: RoundId,
        /// When.
        at: EventTime,
    }
    /// A person need not be sampled in this round.
    RosterWaived {
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
    Registered {
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
    RegistrationVoided {
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
    RegistrationReassigned {
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
    TubeSealed {
        /// The tube.
        tube: TubeCode,
        /// When.
        at: EventTime,
    }
    /// A tube was spoilt before it could be tested.
    TubeSpoilt {
        /// The tube.
        tube: TubeCode,
        /// Why.
        reason: String,
        /// When.
        at: EventTime,
    }
    /// A tube cannot be found.
    TubeLost {
        /// The tube.
        tube: TubeCode,
        /// What was done to find it.
        reason: String,
        /// When it was given up.
        at: EventTime,
    }
    /// Sealed tubes were put into a box.
    BoxPacked {
        /// The box; a code is used once.
        #[serde(rename = "box")] r#box: BoxCode,
        /// The tubes.
        tubes: Vec<TubeCode>,
        /// When.
        at: EventTime,
    }
    /// Custody of a box or a tube passed from one hand to another.
    HandedOver {
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
}
