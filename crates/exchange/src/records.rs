//! What passes between the book and any file, one flat record a line: the same five kinds for every format, so that a format
//! is one module and never knows another. Words of closed lists are those of the book, in snake_case.
//! The field names are those of the fields of mappings and of the headers of Quell's own tables.

use quell_foundation::{Celsius, Ct, Day, EventTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

macro_rules! records {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident : $ty:ty,)* })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
            #[serde(deny_unknown_fields, default)]
            pub struct $name { $($(#[$fdoc])* #[serde(skip_serializing_if = "is_empty")] pub $field: $ty,)* }
            impl $name {
                /// Its fields, in the order of Quell's own tables.
                pub const FIELDS: &'static [&'static str] = &[$(stringify!($field)),*];
            }
        )+
    };
}

fn is_empty<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

records! {
    /// Who a record is about.
    PersonPart {
        /// The person's id in the book (a UUID).
        person: String,
        /// Full name, surname first where that is the custom.
        name: String,
        /// `male`, `female`, `unknown`.
        sex: String,
        /// Date of birth.
        born: Option<Day>,
        /// Age in years at the record's date, where the date of birth is not known.
        age: Option<u32>,
        /// Identity number; in an export only as far as the reader may see it (masked).
        id_number: String,
        /// Telephone.
        phone: String,
        /// Address in words.
        address: String,
        /// Home in the place tree, as a path.
        home: String,
        /// Occupation class.
        occupation: String,
    }

    /// One dose of vaccine.
    Dose {
        /// Vaccine or manufacturer, in words.
        vaccine: String,
        /// When given.
        at: Option<Day>,
    }

    /// A case: one line of a line list.
    CaseRecord {
        /// The case's id in the book (a UUID).
        case: String,
        /// The number by which people know it (EPID number, visual id).
        number: String,
        /// Its id in the system from which it came.
        external: String,
        /// The protocol's word for the disease.
        disease: String,
        /// Who.
        who: PersonPart,
        /// `suspect`, `probable`, `confirmed`, `asymptomatic`, `not_a_case`.
        classification: String,
        /// `asymptomatic`, `mild`, `moderate`, `severe`, `critical`.
        severity: String,
        /// Onset of symptoms.
        onset: Option<EventTime>,
        /// Symptoms, in the words of the protocol.
        symptoms: Vec<String>,
        /// First specimen taken.
        sampled: Option<EventTime>,
        /// Found or confirmed.
        found: Option<EventTime>,
        /// Reported to the statutory system.
        reported: Option<EventTime>,
        /// Isolated: in a facility or confined at home.
        isolated: Option<EventTime>,
        /// How it was found (a setting of the book).
        setting: String,
        /// `community_found` or `controlled`.
        control: String,
        /// Was a listed contact before becoming a case.
        was_contact: Option<bool>,
        /// Exposure from.
        exposure_from: Option<EventTime>,
        /// Exposure to.
        exposure_to: Option<EventTime>,
        /// Vaccination, oldest dose first.
        doses: Vec<Dose>,
        /// `active`, `recovered`, `died`, `withdrawn`.
        outcome: String,
        /// When.
        outcome_at: Option<EventTime>,
        /// Answers to the protocol's questions, by question.
        answers: BTreeMap<String, String>,
        /// What else was said.
        note: String,
    }

    /// A contact of a case.
    ContactRecord {
        /// The contact record's id in the book (a UUID).
        contact: String,
        /// Its id in the system from which it came.
        external: String,
        /// The case's id in the book, if known.
        case: String,
        /// The number by which people know that case.
        case_number: String,
        /// The protocol's word for the disease.
        disease: String,
        /// Who.
        who: PersonPart,
        /// `close`, `secondary`, `high_risk_spillover`, `general`, `inbound`.
        category: String,
        /// First exposure.
        first_exposure: Option<EventTime>,
        /// Last exposure.
        last_exposure: Option<EventTime>,
        /// Setting of the exposure (household, workplace, ward, vehicle …).
        context: String,
        /// Relation to the case (family member, colleague …).
        relation: String,
        /// `low`, `medium`, `high`: how certain the exposure is.
        certainty: String,
        /// When the contact was named.
        named: Option<EventTime>,
        /// Who decided.
        decider: String,
        /// On which evidence.
        reason: String,
        /// `active`, `released`, `converted`, `dropped`.
        state: String,
        /// `follow_up`, `completed`, `cancelled`, `lost`, `no_follow_up`.
        follow_up: String,
        /// End of follow-up.
        until: Option<EventTime>,
        /// Where quarantined: `home`, `isolation_site`, `none`.
        quarantine: String,
        /// Quarantine from.
        quarantine_from: Option<EventTime>,
        /// Quarantine to.
        quarantine_to: Option<EventTime>,
        /// Last seen.
        last_seen: Option<EventTime>,
        /// The team that follows up.
        team: String,
        /// What else was said.
        note: String,
    }

    /// Who infected whom, or was exposed to whom.
    LinkRecord {
        /// The link's id in the book (a UUID).
        link: String,
        /// Source: a case's id in the book.
        source: String,
        /// The number by which people know it.
        source_number: String,
        /// Target: the id of a case or contact record in the book.
        target: String,
        /// `case` or `contact`.
        target_kind: String,
        /// The number by which people know it.
        target_number: String,
        /// `low`, `medium`, `high`.
        certainty: String,
        /// Setting of the transmission.
        context: String,
        /// Date of the (last) contact.
        contact_at: Option<EventTime>,
        /// True if it is known who infected whom.
        directed: Option<bool>,
        /// Why it is doubtful, if it contradicts what else is known.
        doubts: Vec<String>,
        /// What else was said.
        note: String,
    }

    /// One follow-up of a contact.
    FollowUpRecord {
        /// The contact record's id in the book (a UUID).
        contact: String,
        /// Its id in the system from which it came.
        external: String,
        /// Who.
        who: PersonPart,
        /// Day of follow-up: 1 is the day after the last exposure.
        day: Option<u32>,
        /// When.
        at: Option<EventTime>,
        /// `seen_ok`, `seen_not_ok`, `missed`, `not_attempted`, `not_performed`.
        outcome: String,
        /// Temperature.
        temperature: Option<Celsius>,
        /// Symptoms, in the words of the protocol.
        symptoms: Vec<String>,
        /// The team.
        team: String,
        /// What else was said.
        note: String,
    }

    /// A stay of a case in a facility.
    StayRecord {
        /// The stay's id in the book (a UUID).
        stay: String,
        /// The case's id in the book.
        case: String,
        /// Who.
        who: PersonPart,
        /// The facility, in words.
        facility: String,
        /// The bed.
        bed: String,
        /// Admitted.
        admitted: Option<EventTime>,
        /// Left, if so.
        left: Option<EventTime>,
        /// Where to or why, in words.
        disposition: String,
        /// What else was said.
        note: String,
    }

    /// A Ct of one target.
    TargetRecord {
        /// Target gene.
        target: String,
        /// Cycle threshold; none: not found.
        ct: Option<Ct>,
    }

    /// A laboratory result.
    ResultRecord {
        /// The laboratory, as the message names it.
        laboratory: String,
        /// What the laboratory itself calls this result, whichever message carries it: by it a repeat is known.
        /// How it is made: [`crate::hl7`], [`crate::fhir`].
        report: String,
        /// Specimen: the barcode of the tube.
        tube: String,
        /// Whose, as far as the message says.
        who: PersonPart,
        /// Specimen type, in words.
        specimen: String,
        /// Test, in words or as a code.
        test: String,
        /// Taken.
        sampled: Option<EventTime>,
        /// Received.
        received: Option<EventTime>,
        /// Result read.
        resulted: Option<EventTime>,
        /// `negative`, `positive`, `indeterminate`, `failed`, `pending`, `not_done`.
        result: String,
        /// Per target.
        targets: Vec<TargetRecord>,
        /// `preliminary`, `final`, `corrected`, `cancelled`.
        status: String,
        /// What else was said.
        note: String,
    }
}

/// Records of several kinds that belong together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Set {
    /// Cases.
    pub cases: Vec<CaseRecord>,
    /// Their contacts.
    pub contacts: Vec<ContactRecord>,
    /// Who infected whom.
    pub links: Vec<LinkRecord>,
    /// Follow-ups of the contacts.
    pub follow_ups: Vec<FollowUpRecord>,
    /// Laboratory results.
    pub results: Vec<ResultRecord>,
    /// Stays of the cases.
    pub stays: Vec<StayRecord>,
}
