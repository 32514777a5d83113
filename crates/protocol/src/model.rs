//! The sections of a protocol file: the whole, definitions, deadlines, screening, laboratory (the rest is in `care`
//! and `epidemiology`). Every field is a key of the file; its meaning stands beside it.
//! What a disease does not have is left out of its file.

use crate::care::{
    Certification, Contacts, Facilities, FollowUp, HomeMonitoring, Isolation, OutbreakEnd, Pep, Reporting, Retention, Zones,
};
use crate::decode::section;
use crate::epidemiology::Epidemiology;
use crate::exposures::Exposures;
use crate::param::Param;
use crate::quantity::{Count, Days, Frequency, Interval, Limit, Percent, PoolSize, TemperatureRange};
use crate::questions::Question;
use crate::words::{Exposure, OccupationClass, TubeMode};
use quell_foundation::{Celsius, Ct, Day, ProtocolId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

section! {
    /// The rules of one disease at one time.
    Protocol {
        /// What this protocol is.
        meta: Meta,
        /// What words mean: contacts, social side, zero.
        definitions: Definitions,
        /// How long each link of the chain may take.
        deadlines: Deadlines,
        /// Screening of the population.
        screening: Option<Screening>,
        /// Laboratory.
        testing: Testing,
        /// Carriage of specimens.
        transport: Option<Transport>,
        /// Isolation and tests of contacts.
        contacts: Option<Contacts>,
        /// Risk zones.
        zones: Option<Zones>,
        /// Isolation and discharge of the infected.
        isolation: Isolation,
        /// Monitoring at home after discharge.
        home_monitoring: Option<HomeMonitoring>,
        /// Who is cared for where.
        facilities: Facilities,
        /// Certification of compounds (无疫小区).
        certification: Option<Certification>,
        /// Statutory reports and what goes with them.
        reporting: Reporting,
        /// How long data is kept.
        retention: Retention,
        /// The disease itself.
        epidemiology: Epidemiology,
        /// What a meeting that a register shows makes of someone.
        exposures: Option<Exposures>,
        /// Watching contacts at home, isolated or not.
        follow_up: Option<FollowUp>,
        /// What an investigation asks.
        questions: Option<Param<Vec<Question>>>,
        /// Post-exposure prophylaxis by name.
        pep: Option<BTreeMap<String, Pep>>,
        /// When an outbreak is over.
        outbreak_end: Option<OutbreakEnd>,
        /// Citations and addresses by key.
        sources: BTreeMap<String, String>,
    }
}

section! {
    /// What this protocol is.
    Meta {
        /// The protocol's id, also its file name.
        id: ProtocolId,
        /// Version of this file.
        version: String,
        /// The disease, a lower-case English word.
        disease: String,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
        /// What else the disease is called, in lists of other systems too.
        names: Option<Vec<String>>,
        /// First day on which it is in force.
        effective_from: Option<Param<Day>>,
        /// Title and number of the document that it renders.
        document: Option<Param<String>>,
        /// Legal class of the disease.
        class: Option<Param<String>>,
    }
}

/// A term in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// What counts as found in the community (社会面).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SocialSide {
    /// Everything outside isolation sites, closed loops and high-risk zones.
    OutsideIsolationAndHighRisk,
    /// Everything outside isolation sites and closed loops; high-risk zones count as community.
    OutsideIsolation,
}

section! {
    /// What words mean.
    Definitions {
        /// Who is a confirmed case.
        confirmed_case: Option<Param<String>>,
        /// Who is an asymptomatic infection.
        asymptomatic: Option<Param<String>>,
        /// How long before symptom onset (or sampling of an asymptomatic) contacts are looked for.
        close_contact_lookback: Option<Param<Limit>>,
        /// Who is a close contact.
        close_contact_categories: Option<Param<Vec<Term>>>,
        /// Whether contacts of contacts are identified.
        secondary_contacts_identified: Param<bool>,
        /// Who is a secondary contact.
        secondary_contact: Option<Param<String>>,
        /// Who counts as having left a high-risk zone.
        high_risk_spillover: Option<Param<String>>,
        /// What counts as found in the community.
        social_side: Option<Param<SocialSide>>,
        /// Whether an infection found under isolation at home counts as controlled.
        home_isolation_controlled: Option<Param<bool>>,
        /// Days in a row without a community-found infection that make social-side zero.
        social_zero_days: Option<Param<Days>>,
    }
}

section! {
    /// Longest time each link of the chain may take; see [`crate::Link`] for where each begins and ends.
    Deadlines {
        /// Tube opened → sealed.
        seal: Option<Param<Limit>>,
        /// Tube sealed → received at the laboratory.
        deliver: Option<Param<Limit>>,
        /// Pooled or household tube received → result.
        test_pooled: Option<Param<Limit>>,
        /// Single tube received → result.
        test_single: Option<Param<Limit>>,
        /// Failed or indeterminate → new run.
        retest: Option<Param<Limit>>,
        /// Spoilt, lost or inadequate tube → members sampled again.
        resample: Option<Param<Limit>>,
        /// Positive pool → members singly sampled.
        recall: Option<Param<Limit>>,
        /// Positive found → statutory report.
        statutory_report: Option<Param<Limit>>,
        /// Classification changed → report corrected.
        report_correction: Option<Param<Limit>>,
        /// Case found → core information.
        core_investigation: Option<Param<Limit>>,
        /// Case found → full report.
        full_investigation: Option<Param<Limit>>,
        /// Positive → arrived at a facility.
        transfer_case: Option<Param<Limit>>,
        /// Contact identified → arrived at isolation.
        transfer_contact: Option<Param<Limit>>,
        /// Vehicle assigned → picked up.
        pick_up: Option<Param<Limit>>,
        /// Arrived → in a bed.
        admit: Option<Param<Limit>>,
        /// Longest interval between two observations.
        observe: Option<Param<Limit>>,
        /// Criteria met → discharged.
        discharge: Option<Param<Limit>>,
        /// Discharged → entered in the report.
        discharge_entry: Option<Param<Limit>>,
        /// Schedule ended → contact released.
        release_contact: Option<Param<Limit>>,
        /// Appeal made → answered.
        answer_appeal: Option<Param<Limit>>,
        /// Contacts known by name or number only → persons.
        identify_lead: Option<Param<Limit>>,
    }
}

section! {
    /// Screening of the population.
    Screening {
        /// A full round is completed within this time.
        round_length: Param<Limit>,
        /// Residents for one sampling station, from best to worst supplied.
        people_per_station: Param<Interval>,
        /// Residents for one sampler.
        people_per_sampler: Param<Count>,
        /// People for whom a station has room to queue.
        station_queue_people: Option<Param<Count>>,
        /// Longest walk to a station.
        station_walk: Option<Param<Limit>>,
        /// Longest wait at a station.
        station_wait: Option<Param<Limit>>,
        /// Length of a sampler's shift in hours.
        sampler_shift_hours: Option<Param<Interval>>,
        /// Most people in a pooled tube.
        pool_size: PoolSizes,
        /// Most people in a household tube; a larger household takes two.
        household_max: Param<PoolSize>,
        /// Which tube for whom.
        tube_modes: TubeModes,
        /// How often whole areas are screened.
        area: AreaRounds,
        /// How often an occupation is tested, outbreak or not.
        occupation: BTreeMap<OccupationClass, Param<Frequency>>,
    }
}

section! {
    /// Most people in a pooled tube, by risk.
    PoolSizes {
        /// In a high-risk zone.
        high_zone: Param<PoolSize>,
        /// In a medium-risk zone.
        medium_zone: Option<Param<PoolSize>>,
        /// In a temporary control area.
        temporary_control: Param<PoolSize>,
        /// Elsewhere, low risk.
        elsewhere: Param<PoolSize>,
    }
}

section! {
    /// Which tube for whom. Exposure decides before occupation, occupation before zone.
    TubeModes {
        /// Exposures that ask for one tube per person.
        single_exposures: Param<Vec<Exposure>>,
        /// Occupations that ask for one tube per person.
        single_occupations: Param<Vec<OccupationClass>>,
        /// Buildings with infections in a high-risk zone.
        high_zone_affected_building: Param<TubeMode>,
        /// Other buildings of a high-risk zone.
        high_zone: Param<TubeMode>,
        /// Medium-risk zones.
        medium_zone: Option<Param<TubeMode>>,
        /// Temporary control areas.
        temporary_control: Param<TubeMode>,
        /// Elsewhere.
        elsewhere: Param<TubeMode>,
    }
}

section! {
    /// How often whole areas are screened.
    AreaRounds {
        /// Whether everyone is screened where there is no outbreak.
        without_outbreak: Param<bool>,
        /// Rounds in an affected district.
        outbreak: Param<Frequency>,
        /// Rounds in a row without a community-found infection before the pause.
        clear_rounds: Param<Count>,
        /// Days of pause after them.
        pause_days: Option<Param<Days>>,
        /// Rounds after the pause that end the screening if clear.
        closing_rounds: Option<Param<Count>>,
        /// Outside high-risk zones while an outbreak goes on.
        outside_high_risk: Option<Param<Frequency>>,
    }
}

/// What a run of a pooled tube can show that makes its members be sampled again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecallTrigger {
    /// Positive in all targets.
    Positive,
    /// In the grey zone.
    Indeterminate,
    /// Positive in a single target.
    SingleTarget,
}

section! {
    /// Laboratory.
    Testing {
        /// A Ct below this is positive.
        ct_positive_below: Param<Ct>,
        /// Ct values that ask for review.
        ct_review: Option<Param<Interval>>,
        /// Gene targets.
        targets: Option<Param<Vec<String>>>,
        /// Specimen.
        specimen: Option<Param<String>>,
        /// What in a pool calls its members back.
        recall_on: Option<Param<Vec<RecallTrigger>>>,
        /// Specimens taken of each recalled member.
        recall_specimens: Option<Param<Count>>,
        /// Runs of one tube after which it is given up and its members are sampled again.
        max_runs: Param<Count>,
        /// So many corrections to negative in one submission are refused unless each comes with its repeat reading.
        corrections_at_once: Option<Param<Count>>,
        /// When a laboratory is looked into because of its positive share.
        drift: Option<Drift>,
        /// Prevalence in percent above which specimens are not mixed in the laboratory.
        dilution_prevalence_below: Option<Param<Percent>>,
        /// Tube mode where the protocol has no screening section.
        tube_mode: Option<Param<TubeMode>>,
    }
}

section! {
    /// When someone must look into a laboratory: its share of positive tubes on a day is compared with that of the others.
    Drift {
        /// After so many more tubes of a laboratory its share is compared.
        every: Param<Count>,
        /// Only with so many tubes on both sides that this many positives are expected on each.
        expected: Param<Count>,
        /// Only if one share is at least so many times the other.
        times: Param<Count>,
        /// And chi-square (one degree of freedom) is at least this.
        chi_square: Param<Count>,
        /// Someone has looked into it within this time.
        review: Param<Limit>,
    }
}

section! {
    /// Carriage of specimens.
    Transport {
        /// Hours after which an unfrozen specimen is no longer fit for testing.
        max_hours: Param<Count>,
        /// Temperature on the way, degrees Celsius.
        temperature: Param<TemperatureRange>,
        /// Temperature for a longer way, degrees Celsius.
        frozen_at: Option<Param<Celsius>>,
    }
}
