//! Contacts, their follow-up, and the orders that restrict people.

use crate::kinds::*;
use crate::parts::*;
use quell_foundation::*;
use quell_protocol::ContactCategory;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

facts! {
    /// A person was named as contact of a case. Whoever is a contact of several cases has a record for each and one schedule:
    /// the strictest, of the latest exposure.
    ContactNamed {
        /// The contact record.
        contact: ContactId,
        /// The person.
        person: PersonId,
        /// The case, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")] case: Option<CaseId>,
        /// Category.
        category: ContactCategory,
        /// First exposure, if it is not the last.
        #[serde(default, skip_serializing_if = "Option::is_none")] first_exposure: Option<EventTime>,
        /// Last exposure.
        last_exposure: EventTime,
        /// Where or how they met.
        #[serde(default, skip_serializing_if = "Option::is_none")] context: Option<ExposureContext>,
        /// What the person is to the case: spouse, colleague …
        #[serde(default, skip_serializing_if = "Option::is_none")] relation: Option<String>,
        /// How certain the exposure is.
        #[serde(default, skip_serializing_if = "Option::is_none")] certainty: Option<Certainty>,
        /// Who decided, on which evidence.
        decision: Decision,
        /// How it ended. A contact record that was over when it was handed in is written down and opens no duty.
        #[serde(default, skip_serializing_if = "Option::is_none")] ended: Option<ContactEnded>,
        /// When.
        at: EventTime,
    }
    /// A contact record was wrong, or another book follows the person up from here on.
    ContactDropped {
        /// The contact record.
        contact: ContactId,
        /// The message by which another book was asked, and has taken the person over. All records of the person that are under management
        /// are handed over with this one.
        #[serde(default, skip_serializing_if = "Option::is_none")] taken_over_by: Option<MessageId>,
        /// Who decided, and why.
        decision: Decision,
        /// When.
        at: EventTime,
    }
    /// A contact was followed up, or it was tried.
    FollowedUp {
        /// The person.
        person: PersonId,
        /// The contact record, if it is not the one under management now. Of a record that is not, it is only written down.
        #[serde(default, skip_serializing_if = "Option::is_none")] contact: Option<ContactId>,
        /// When.
        at: EventTime,
        /// How it went.
        outcome: FollowUpOutcome,
        /// Temperature.
        #[serde(default, skip_serializing_if = "Option::is_none")] temperature: Option<Celsius>,
        /// Symptoms, each by a word.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] symptoms: Vec<String>,
        /// Who followed up: a team or a name.
        #[serde(default, skip_serializing_if = "Option::is_none")] by: Option<String>,
        /// The person's own word, not seen by anyone.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] self_reported: bool,
        /// What else was said.
        #[serde(default, skip_serializing_if = "Option::is_none")] note: Option<String>,
    }
    /// How far someone was vaccinated against the disease before this outbreak. What is said last stands. Whoever is protected by the
    /// protocol's number of documented doses (`pep.*.not_needed_from_doses`) is owed no prophylaxis.
    VaccinationStated {
        /// The person.
        person: PersonId,
        /// How many doses; 0: none.
        doses: u32,
        /// The days of those doses of which it is known. A dose on or after the day of the exposure is none before it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] dates: Vec<Day>,
        /// Which vaccine, in words.
        #[serde(default, skip_serializing_if = "Option::is_none")] vaccine: Option<String>,
        /// How it is known.
        source: VaccinationSource,
        /// When it was said or read.
        at: EventTime,
    }
    /// A contact was given prophylaxis. Given too late to protect it is on record and lengthens no follow-up. Where the protocol asks for a
    /// second dose, that is owed from then on, and is this fact again, also after the follow-up.
    ProphylaxisGiven {
        /// The person.
        person: PersonId,
        /// Which, by its name in the protocol.
        prophylaxis: String,
        /// When.
        at: EventTime,
        /// Batch of the vaccine, dose, who gave it.
        #[serde(default, skip_serializing_if = "Option::is_none")] note: Option<String>,
    }
    /// A contact will not be given prophylaxis, or not the second dose.
    ProphylaxisDeclined {
        /// The person.
        person: PersonId,
        /// Who decided, and why: the person does not want it, or must not have it.
        decision: Decision,
        /// When.
        at: EventTime,
    }
    /// The time of someone's isolation, monitoring or follow-up has run out. Said by the door itself: an end needs no act of anyone.
    TimeRanOut {
        /// The person.
        person: PersonId,
        /// When it was noticed; the end is that of the schedule.
        at: EventTime,
    }
    /// A person is restricted by a decision that no contact record makes: an infected person is isolated, an order is renewed.
    OrderIssued {
        /// The order.
        order: OrderId,
        /// The person.
        person: PersonId,
        /// What kind.
        kind: OrderKind,
        /// The evidence: what in this book shows the need (a result, a record), in words and with its code.
        evidence: String,
        /// Who decided, and why.
        decision: Decision,
        /// From when.
        starts: EventTime,
        /// Until when; it ends then by itself.
        ends: EventTime,
        /// What it permits.
        #[serde(default, skip_serializing_if = "Option::is_none")] permits: Option<String>,
        /// When it was decided.
        at: EventTime,
    }
    /// An order ended before its time by a decision.
    OrderLifted {
        /// The order.
        order: OrderId,
        /// Who decided, and why.
        decision: Decision,
        /// When.
        at: EventTime,
    }
    /// Someone appealed against an order.
    AppealMade {
        /// The appeal.
        appeal: AppealId,
        /// The order.
        order: OrderId,
        /// Who appeals: the person, or someone for them.
        by: String,
        /// What they say.
        text: String,
        /// When.
        at: EventTime,
    }
    /// An appeal was answered, by someone else than who decided the order.
    AppealAnswered {
        /// The appeal.
        appeal: AppealId,
        /// Granted: the order ends.
        granted: bool,
        /// Who decided, and why.
        decision: Decision,
        /// When.
        at: EventTime,
    }
}
