//! The closed vocabularies in which questions to a protocol are put and answered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }
        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];
        }
    };
}

words! {
    /// One link of the chain (采送检报转收, and what goes with it): each has a deadline in the protocol.
    Link {
        /// Tube opened → sealed.
        Seal,
        /// Tube sealed → received at the laboratory.
        Deliver,
        /// Pooled or household tube received → result.
        TestPooled,
        /// Single tube received → result.
        TestSingle,
        /// Failed or indeterminate tube or plate → new run.
        Retest,
        /// Spoilt, lost or inadequate tube → members sampled again.
        Resample,
        /// Positive or indeterminate pool → its members singly sampled.
        Recall,
        /// Positive found → statutory report made.
        StatutoryReport,
        /// Classification or severity changed → report corrected.
        ReportCorrection,
        /// Case found → core information of the investigation.
        CoreInvestigation,
        /// Case found → full investigation report.
        FullInvestigation,
        /// Positive → picked up and arrived at a facility.
        TransferCase,
        /// Contact identified → arrived at isolation.
        TransferContact,
        /// Vehicle assigned → person picked up.
        PickUp,
        /// Arrived → in a bed.
        Admit,
        /// Longest interval between two observations of a person in a facility or under isolation.
        Observe,
        /// Discharge criteria met → discharged.
        Discharge,
        /// Discharged → discharge entered in the report.
        DischargeEntry,
        /// Isolation schedule ended → contact released.
        ReleaseContact,
        /// Appeal made → answered.
        AnswerAppeal,
        /// Contacts known by name or number only → persons.
        IdentifyLead,
    }
}

words! {
    /// How many people share a tube. Ordered by strictness: single is the strictest and the least.
    TubeMode {
        /// One person, one tube (一人一管).
        Single,
        /// One household, one tube (一户一管).
        Household,
        /// Up to the permitted number of people in one tube (混采).
        Pooled,
    }
}

words! {
    /// Why a person is more at risk than the neighbours, at the moment of sampling.
    Exposure {
        /// No known exposure.
        None,
        /// Close contact (密接).
        CloseContact,
        /// Contact of a close contact (次密接).
        SecondaryContact,
        /// Came out of a high-risk zone (高风险区外溢人员).
        HighRiskSpillover,
        /// Member of a positive or indeterminate pool.
        Recalled,
        /// Has symptoms.
        Symptomatic,
        /// Discharged after infection, within the exemption from pooled screening.
        Discharged,
        /// In an isolation site.
        Isolated,
    }
}

words! {
    /// Level of a risk zone.
    ZoneLevel {
        /// High-risk zone (高风险区): stay in, door service.
        High,
        /// Medium-risk zone (中风险区): stay in the zone.
        Medium,
        /// Temporary control area (临时管控区), limited in time.
        TemporaryControl,
        /// Low-risk zone (低风险区): the rest of the county.
        Low,
    }
}

words! {
    /// Occupations with their own test frequency or tube mode.
    OccupationClass {
        /// No occupation of special risk.
        General,
        /// Health workers.
        Health,
        /// Closed-loop staff (闭环管理): isolation sites, shelter hospitals, supply under closed loop.
        ClosedLoop,
        /// Port, airport and other staff who face inbound persons and goods.
        InboundFacing,
        /// Imported cold chain.
        ColdChain,
        /// Couriers and takeaway delivery.
        Delivery,
        /// Public transport, taxi, freight.
        Transport,
        /// Markets and supermarkets.
        Market,
        /// Schools and childcare.
        School,
        /// Nursing and welfare homes.
        NursingHome,
        /// Building sites.
        Construction,
        /// Public service at the front line: police, community workers, counters.
        PublicService,
    }
}

words! {
    /// What about a person changes where and how they are cared for.
    PersonTag {
        /// Elderly.
        Elderly,
        /// Lives alone.
        LivesAlone,
        /// Pregnant.
        Pregnant,
        /// Infant.
        Infant,
        /// On dialysis.
        Dialysis,
        /// On chemotherapy.
        Chemotherapy,
        /// Disabled.
        Disabled,
        /// Has a mental disorder.
        MentalDisorder,
        /// Bedridden.
        Bedridden,
        /// Depends on regular medicine.
        ChronicMedicine,
        /// Came to a station without being on the roster.
        WalkIn,
        /// Visitor without a home in the county.
        Visitor,
    }
}

words! {
    /// Clinical severity, from none to worst.
    Severity {
        /// Infected without symptoms (无症状感染者).
        Asymptomatic,
        /// Mild (轻型).
        Mild,
        /// Moderate, "common type" (普通型).
        Moderate,
        /// Severe (重型).
        Severe,
        /// Critical (危重型).
        Critical,
    }
}

words! {
    /// Kinds of place where an infected person or a contact stays.
    FacilityKind {
        /// Shelter hospital (方舱医院).
        ShelterHospital,
        /// Designated hospital (定点医院).
        DesignatedHospital,
        /// Central isolation site (集中隔离点).
        IsolationSite,
        /// At home.
        Home,
    }
}

words! {
    /// Kinds of contact, each with its own schedule.
    ContactCategory {
        /// Close contact (密切接触者).
        Close,
        /// Secondary contact (密接的密接).
        Secondary,
        /// Person who left a high-risk zone (高风险区外溢人员).
        HighRiskSpillover,
        /// General contact or co-exposed (一般接触者).
        General,
        /// Arrival from abroad (入境人员).
        Inbound,
    }
}

words! {
    /// Registers in which those who met a case can be found.
    Register {
        /// Who lives in the same household.
        Household,
        /// Who lives in the same unit (stairwell).
        Unit,
        /// The same school class.
        Class,
        /// The same workplace or team.
        Workplace,
        /// Any other group that has a list.
        Group,
        /// Took part in the same event.
        Event,
        /// The same ward at the same time.
        Ward,
        /// The same vehicle.
        Vehicle,
        /// Checked in at the same venue.
        Venue,
        /// Swabbed at the same time: the same tube, or the same place within minutes.
        SamplingQueue,
    }
}

words! {
    /// What a register makes of someone who met a case, until a person decides.
    Proposal {
        /// Close contact.
        Close,
        /// Secondary contact.
        Secondary,
        /// General contact.
        General,
        /// No contact.
        None,
    }
}

words! {
    /// How certain it is that those two met.
    Confidence {
        /// Low.
        Low,
        /// Medium.
        Medium,
        /// High.
        High,
    }
}

words! {
    /// Where and how an infection was found (发现途径).
    Setting {
        /// A screening round of the community.
        RoundScreening,
        /// A clinic or a hospital.
        Clinic,
        /// Test on arrival.
        Arrival,
        /// A central isolation site.
        IsolationSite,
        /// Under isolation at home.
        HomeIsolation,
        /// Inside a high-risk zone.
        HighRiskZone,
        /// Inside a closed loop.
        ClosedLoop,
        /// Recall of the members of a community pool.
        Recall,
        /// Found as a contact, before isolation began.
        ContactTracing,
        /// Any other.
        Other,
    }
}

words! {
    /// Whether an infection was found in the community or under control: what "social-side zero" (社会面清零) counts.
    Control {
        /// Found in the community (社会面).
        CommunityFound,
        /// Found where transmission was already under control (管控中).
        Controlled,
    }
}
