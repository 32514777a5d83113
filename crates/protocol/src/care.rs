//! The sections of a protocol file that concern people and areas under care or control, and what follows:
//! contacts, zones, isolation, facilities, certification, reports, retention, follow-up.

use crate::decode::section;
use crate::param::Param;
use crate::quantity::{Age, Count, Days, Frequency, KeepDays, Limit, PerDay, Percent, Ratio};
use crate::words::{FacilityKind, PersonTag, ZoneLevel};
use quell_foundation::Ct;
use serde::{Deserialize, Serialize};

section! {
    /// Isolation and tests of contacts.
    Contacts {
        /// Close contacts.
        close: Option<ScheduleRule>,
        /// Contacts of contacts.
        secondary: Option<ScheduleRule>,
        /// People who left a high-risk zone.
        high_risk_spillover: Option<ScheduleRule>,
        /// General contacts.
        general: Option<ScheduleRule>,
        /// Arrivals from abroad.
        inbound: Option<ScheduleRule>,
        /// People with a stay in a medium-risk zone within 7 days.
        medium_risk_history: Option<ScheduleRule>,
        /// Closed-loop staff after their rotation.
        closed_loop_rotation: Option<ScheduleRule>,
        /// Whether things and surroundings are tested at the end of central isolation.
        environment_test: Option<Param<bool>>,
    }
}

section! {
    /// A schedule of isolation, first central, then at home. Day 1 of each part is its first day.
    ScheduleRule {
        /// Days of central isolation.
        central_days: Option<Param<Days>>,
        /// Days at home.
        home_days: Option<Param<Days>>,
        /// Test days of the central part.
        test_days_central: Option<Param<Vec<Days>>>,
        /// Test days of the part at home.
        test_days_home: Option<Param<Vec<Days>>>,
        /// Whether each test takes a tube of its own.
        single_tube: Option<Param<bool>>,
        /// Whether the person may not go out.
        confined: Param<bool>,
        /// When it ends, beyond the days and tests.
        release: Option<Param<String>>,
    }
}

/// The area for which a zone is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitArea {
    /// A household.
    Household,
    /// A stairwell of a building (单元).
    Unit,
    /// A building.
    Building,
    /// A residential compound or village.
    Compound,
}

section! {
    /// Risk zones.
    Zones {
        /// High-risk zones.
        high: ZoneEntry,
        /// Medium-risk zones.
        medium: Option<ZoneEntry>,
        /// Temporary control areas.
        temporary_control: Option<ZoneEntry>,
        /// Low-risk zones: the rest.
        low: Option<ZoneEntry>,
        /// Health checks a day of the people inside.
        health_checks_per_day: Option<Param<PerDay>>,
    }
}

section! {
    /// Rules of one level of zone.
    ZoneEntry {
        /// The area for which it is drawn.
        unit_area: Option<Param<UnitArea>>,
        /// What holds inside.
        measure: Param<String>,
        /// Days in a row without a new infection before it is lifted or lowered.
        days_without_new_case: Option<Param<Days>>,
        /// Days on which everyone inside is tested.
        test_days: Option<Param<Vec<Days>>>,
        /// Everyone inside has been negative within this time before lifting.
        test_within_before_lifting: Option<Param<Limit>>,
        /// The level it falls to.
        then_level: Option<Param<ZoneLevel>>,
        /// Days at that next level.
        days_at_next_level: Option<Param<Days>>,
        /// Longest time it may stand.
        max_length: Option<Param<Limit>>,
        /// Negative test not older than this when leaving the city.
        leave_test_within: Option<Param<Limit>>,
    }
}

section! {
    /// Isolation and discharge of the infected.
    Isolation {
        /// Exit tests.
        exit: Option<ExitParams>,
        /// Days of normal temperature before discharge from hospital.
        temperature_normal_days: Option<Param<Days>>,
        /// Days of isolation after onset (for measles: of the rash).
        days_after_onset: Option<Param<Days>>,
        /// When isolation ends, in words.
        ends: Option<Param<String>>,
        /// What a discharged person should know.
        after_discharge: Option<Param<String>>,
    }
}

section! {
    /// Exit tests (出舱核酸).
    ExitParams {
        /// Tests in a row.
        consecutive: Param<Count>,
        /// Least time between their samplings.
        min_gap: Param<Limit>,
        /// All targets at this Ct or above, or negative.
        ct_at_least: Param<Ct>,
        /// First exit test after admission.
        first_test_after: Param<Limit>,
        /// Next test after one that failed.
        repeat_after: Param<Limit>,
    }
}

section! {
    /// Monitoring at home after discharge.
    HomeMonitoring {
        /// Days.
        days: Param<Days>,
        /// Test days.
        test_days: Param<Vec<Days>>,
        /// Whether each test takes a tube of its own.
        single_tube: Param<bool>,
        /// Whether the person may not go out.
        confined: Param<bool>,
        /// How long a discharged person is kept out of pooled screening.
        rescreen_exemption: Option<Param<Limit>>,
        /// A Ct below this afterwards brings the person back to hospital.
        readmit_ct_below: Option<Param<Ct>>,
    }
}

section! {
    /// Where each severity is cared for.
    BySeverity {
        /// No symptoms.
        asymptomatic: Param<FacilityKind>,
        /// Mild.
        mild: Param<FacilityKind>,
        /// Moderate.
        moderate: Param<FacilityKind>,
        /// Severe.
        severe: Param<FacilityKind>,
        /// Critical.
        critical: Param<FacilityKind>,
    }
}

section! {
    /// Who is cared for where, and with what.
    Facilities {
        /// By severity.
        by_severity: BySeverity,
        /// From this age a designated hospital, whatever the severity.
        designated_from_age: Option<Param<Age>>,
        /// Tags that ask for a designated hospital, whatever the severity.
        designated_tags: Option<Param<Vec<PersonTag>>>,
        /// Observations a day of a person in a facility.
        observations_per_day: Param<PerDay>,
        /// Beds of a shelter hospital for each medical worker.
        beds_per_staff: Option<Param<Ratio>>,
        /// Gross area of a shelter hospital per bed in square metres.
        area_per_bed_m2: Option<Param<Ratio>>,
        /// A reserve shelter hospital opens within this time.
        open_within: Option<Param<Limit>>,
    }
}

section! {
    /// Certification of compounds free of infection (无疫小区).
    Certification {
        /// Level of zone in which a compound may be certified.
        zone: Param<ZoneLevel>,
        /// Days without a new infection to become a candidate.
        zero_days: Param<Days>,
        /// Days without a new infection, those included, to be certified.
        accepted_days: Param<Days>,
        /// New infections that lose the status.
        lost_at_cases: Param<Count>,
        /// Screening inside; left out where there is none.
        test_frequency: Option<Param<Frequency>>,
        /// Outings for shopping per household.
        outings: Option<Param<Frequency>>,
        /// Negative test not older than this for stranded people who leave.
        leave_test_within: Option<Param<Limit>>,
        /// How long a delivered parcel stands after disinfection.
        parcel_stand: Option<Param<Limit>>,
    }
}

section! {
    /// Statutory reports and what goes with them; the report's own deadline is `deadlines.statutory_report`.
    Reporting {
        /// What is reported.
        reportable: Param<Vec<String>>,
        /// Report received → checked by the centres for disease control.
        review: Option<Param<Limit>>,
        /// Facility without network → county centre told.
        without_network: Option<Param<Limit>>,
        /// First case or cluster of a county → reported as a public health event.
        first_case: Option<Param<Limit>>,
        /// Investigators on the spot.
        team_arrival: Option<Param<Limit>>,
        /// Request to another jurisdiction → answered.
        regional_coordination: Option<Param<Limit>>,
        /// Specimen of a suspect taken.
        specimen_within: Option<Param<Limit>>,
    }
}

section! {
    /// How long each class of data is kept after it was last needed.
    Retention {
        /// Check-ins at venues.
        check_in: Param<KeepDays>,
        /// Trajectories of cases.
        trajectory: Param<KeepDays>,
        /// Registrations of people to tubes and negative results.
        negative_result: Param<KeepDays>,
        /// Contacts and their follow-up.
        contact: Param<KeepDays>,
        /// Cases, stays, positive results.
        case: Param<KeepDays>,
        /// Restricting orders and appeals.
        order: Param<KeepDays>,
        /// Who looked at whose record.
        access_log: Param<KeepDays>,
        /// Requests of residents.
        request: Param<KeepDays>,
    }
}

section! {
    /// Watching contacts at home.
    FollowUp {
        /// Days after the last exposure for which close contacts are watched where nothing isolates them.
        days: Option<Param<Days>>,
        /// Contacts a day.
        per_day: Param<PerDay>,
        /// Not seen for so long: the contact is looked for.
        lost_after: Option<Param<Limit>>,
        /// Within this time whoever is looked for is found, or it is decided what else to do.
        trace_within: Option<Param<Limit>>,
        /// Fallen ill → sampled.
        test_within: Option<Param<Limit>>,
        /// Whether a contact's own word that all is well counts as having been seen; where nothing is said, someone sees the contact.
        self_report: Option<Param<bool>>,
        /// What happens to a contact who falls ill.
        if_symptoms: Option<Param<String>>,
    }
}

section! {
    /// One kind of post-exposure prophylaxis.
    Pep {
        /// Time after exposure within which it protects.
        within: Param<Limit>,
        /// Time after exposure until which it may still soften the disease.
        may_help_until: Option<Param<Limit>>,
        /// Dose, in words.
        dose: Option<Param<String>>,
        /// Least time to a second dose; where it stands, the second dose is owed on the day after it.
        second_dose_after: Option<Param<Limit>>,
        /// Whoever had so many documented doses of vaccine before the exposure does not need it.
        not_needed_from_doses: Option<Param<Count>>,
        /// Effectiveness in percent.
        effectiveness: Option<Param<Percent>>,
        /// Days of follow-up for whoever was given it in time, where it lengthens incubation.
        follow_up_days: Option<Param<Days>>,
        /// Not given together with these, by name.
        not_with: Option<Param<Vec<String>>>,
    }
}

impl Pep {
    /// True for whoever had so many documented doses of vaccine before the exposure.
    pub fn is_needless(&self, doses: u32) -> bool {
        self.not_needed_from_doses.as_ref().is_some_and(|n| doses >= n.value.0)
    }
}

section! {
    /// When an outbreak is over.
    OutbreakEnd {
        /// Days without a new case.
        days: Param<Days>,
        /// From when they are counted.
        counted_from: Option<Param<String>>,
    }
}
