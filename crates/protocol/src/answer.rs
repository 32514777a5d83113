//! Answers to the questions that a response asks: pure functions of the protocol and the question.

use crate::care::{Pep, ScheduleRule, UnitArea, ZoneEntry};
use crate::model::{Protocol, SocialSide};
use crate::param::Param;
use crate::quantity::{Days, Frequency, PoolSize};
use crate::words::{ContactCategory, Control, Exposure, FacilityKind, OccupationClass, PersonTag, Setting, Severity, TubeMode, ZoneLevel};
use quell_foundation::{Celsius, Ct, Instant, ProtocolId, Span};
use std::collections::BTreeSet;

/// What decides which tube a person is swabbed into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TubeQuestion {
    /// Zone in which the person is; `None` outside all zones.
    pub zone: Option<ZoneLevel>,
    /// Whether an infection was found in the person's building.
    pub building_affected: bool,
    /// Exposure of the person.
    pub exposure: Exposure,
    /// Occupation of the person.
    pub occupation: OccupationClass,
}

/// Which tube a person is swabbed into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TubeRule {
    /// How many share the tube.
    pub mode: TubeMode,
    /// Most people in the tube.
    pub max_persons: u32,
    /// Path of the protocol value that decided.
    pub rule: &'static str,
}

/// Exit tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExitRule {
    /// Tests in a row.
    pub consecutive: u32,
    /// Least time between their samplings.
    pub min_gap: Span,
    /// All targets at this Ct or above, or negative.
    pub ct_at_least: Ct,
    /// First exit test after admission.
    pub first_test_after: Span,
    /// Next test after one that failed.
    pub repeat_after: Span,
}

/// A schedule of isolation or monitoring: first the central part, then the part at home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Days of central isolation.
    pub central_days: u32,
    /// Days at home.
    pub home_days: u32,
    /// Test days of the central part; day 1 is its first day.
    pub test_days_central: Vec<u32>,
    /// Test days of the part at home; day 1 is its first day.
    pub test_days_home: Vec<u32>,
    /// Whether each test takes a tube of its own.
    pub tests_single: bool,
    /// Whether the person may not go out. False: watched or tested only, and no order restricts the person.
    pub confined: bool,
}

/// Rules of one level of zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneRule {
    /// The area for which it is drawn.
    pub unit_area: Option<UnitArea>,
    /// Days in a row without a new infection before it is lifted or lowered.
    pub days_without_new_case: Option<u32>,
    /// Days on which everyone inside is tested.
    pub test_days: Vec<u32>,
    /// Everyone inside has been negative within this time before lifting.
    pub test_within_before_lifting: Option<Span>,
    /// The level it falls to.
    pub then_level: Option<ZoneLevel>,
    /// Days at that next level.
    pub days_at_next_level: Option<u32>,
    /// Longest time it may stand.
    pub max_length: Option<Span>,
    /// Path of the section in the protocol.
    pub rule: &'static str,
}

/// Carriage of specimens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransportLimits {
    /// Hours after which an unfrozen specimen is no longer fit for testing.
    pub max_hours: u32,
    /// Coldest allowed.
    pub coldest: Celsius,
    /// Warmest allowed.
    pub warmest: Celsius,
}

/// When a laboratory's positive share is looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DriftRule {
    /// The share is compared after so many more tubes.
    pub every: u32,
    /// So many positives must be expected on each side.
    pub expected: u32,
    /// One share is at least so many times the other.
    pub times: u32,
    /// Least chi-square.
    pub chi_square: u32,
    /// Within this time someone has looked into it.
    pub review: Span,
}

/// How contacts at home are watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowUpRule {
    /// Times a day.
    pub per_day: u32,
    /// Not seen for so long: looked for.
    pub lost_after: Option<Span>,
    /// Within this time whoever is looked for is found.
    pub trace_within: Option<Span>,
    /// Fallen ill: sampled within this time.
    pub test_within: Option<Span>,
    /// A contact's own word that all is well counts as having been seen.
    pub self_report: bool,
}

/// Path of the section that sets a zone's rules.
pub fn zone_path(level: ZoneLevel) -> &'static str {
    match level {
        ZoneLevel::High => "zones.high",
        ZoneLevel::Medium => "zones.medium",
        ZoneLevel::TemporaryControl => "zones.temporary_control",
        ZoneLevel::Low => "zones.low",
    }
}

fn numbers(days: Option<&Param<Vec<Days>>>) -> Vec<u32> {
    days.map(|p| p.value.iter().map(|d| d.0).collect()).unwrap_or_default()
}

fn schedule(rule: &ScheduleRule) -> Schedule {
    Schedule {
        central_days: rule.central_days.as_ref().map_or(0, |p| p.value.0),
        home_days: rule.home_days.as_ref().map_or(0, |p| p.value.0),
        test_days_central: numbers(rule.test_days_central.as_ref()),
        test_days_home: numbers(rule.test_days_home.as_ref()),
        tests_single: rule.single_tube.as_ref().is_some_and(|p| p.value),
        confined: rule.confined.value,
    }
}

impl Protocol {
    /// The protocol's id.
    pub fn id(&self) -> &ProtocolId {
        &self.meta.id
    }

    /// Whether this text names the protocol's disease: case, spaces, `_` and `-` do not matter.
    pub fn is_called(&self, text: &str) -> bool {
        let plain = |t: &str| -> String {
            t.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
        };
        let said = plain(text);
        let m = &self.meta;
        [&m.disease, &m.name_zh, &m.name_en].into_iter().chain(m.names.iter().flatten()).any(|n| plain(n) == said)
    }

    /// Which tube a person is swabbed into. Exposure decides before occupation, occupation before zone.
    pub fn tube_rule(&self, q: &TubeQuestion) -> TubeRule {
        const MODES: [&str; 5] = [
            "screening.tube_modes.high_zone_affected_building",
            "screening.tube_modes.high_zone",
            "screening.tube_modes.medium_zone",
            "screening.tube_modes.temporary_control",
            "screening.tube_modes.elsewhere",
        ];
        let single = |rule| TubeRule { mode: TubeMode::Single, max_persons: 1, rule };
        let Some(s) = &self.screening else {
            return single("testing.tube_mode");
        };
        if s.tube_modes.single_exposures.value.contains(&q.exposure) {
            return single("screening.tube_modes.single_exposures");
        }
        if s.tube_modes.single_occupations.value.contains(&q.occupation) {
            return single("screening.tube_modes.single_occupations");
        }
        let elsewhere = (&s.tube_modes.elsewhere, &s.pool_size.elsewhere, MODES[4]);
        let (mode, pool, rule): (&Param<TubeMode>, &Param<PoolSize>, _) = match q.zone {
            Some(ZoneLevel::High) if q.building_affected => (&s.tube_modes.high_zone_affected_building, &s.pool_size.high_zone, MODES[0]),
            Some(ZoneLevel::High) => (&s.tube_modes.high_zone, &s.pool_size.high_zone, MODES[1]),
            Some(ZoneLevel::Medium) => match (&s.tube_modes.medium_zone, &s.pool_size.medium_zone) {
                (Some(mode), Some(pool)) => (mode, pool, MODES[2]),
                _ => elsewhere,
            },
            Some(ZoneLevel::TemporaryControl) => (&s.tube_modes.temporary_control, &s.pool_size.temporary_control, MODES[3]),
            Some(ZoneLevel::Low) | None => elsewhere,
        };
        let max_persons = match mode.value {
            TubeMode::Single => 1,
            TubeMode::Household => s.household_max.value.0,
            TubeMode::Pooled => pool.value.0,
        };
        TubeRule { mode: mode.value, max_persons, rule }
    }

    /// How often an occupation is tested, outbreak or not; `None` if this protocol asks for nothing.
    pub fn test_frequency(&self, occupation: OccupationClass) -> Option<Frequency> {
        self.screening.as_ref()?.occupation.get(&occupation).map(|p| p.value)
    }

    /// True if a Ct is below the positive cut-off.
    pub fn is_positive_ct(&self, ct: Ct) -> bool {
        ct < self.testing.ct_positive_below.value
    }

    /// Exit tests on which discharge depends; `None` if discharge depends on no test.
    pub fn exit_rule(&self) -> Option<ExitRule> {
        self.isolation.exit.as_ref().map(|e| ExitRule {
            consecutive: e.consecutive.value.0,
            min_gap: e.min_gap.value.0,
            ct_at_least: e.ct_at_least.value,
            first_test_after: e.first_test_after.value.0,
            repeat_after: e.repeat_after.value.0,
        })
    }

    /// Days after the onset for which an infected person is isolated; `None` if the protocol gives no number.
    pub fn isolation_days(&self) -> Option<u32> {
        self.isolation.days_after_onset.as_ref().map(|p| p.value.0)
    }

    /// Days after the onset after which an infected person in a hospital is let go where no exit tests decide it, and the path of the value:
    /// those of isolation; where its end is said in words only, those for which a case can infect, after which someone looks.
    pub fn stay_days(&self) -> Option<(u32, &'static str)> {
        let infects = || self.infectious_window().map(|(_, after)| (after.ceil() as u32, "epidemiology.infectious_window"));
        self.isolation_days().map(|days| (days, "isolation.days_after_onset")).or_else(infects)
    }

    /// True if an infection without symptoms is a class of its own, which is reported as such.
    pub fn knows_asymptomatic(&self) -> bool {
        self.reporting.reportable.value.iter().any(|c| c == "asymptomatic")
    }

    /// Within which time a suspect is sampled, and the path of the value that says so; where nothing is said of suspects, as a contact who
    /// falls ill.
    pub fn suspect_sampled_within(&self) -> Option<(Span, &'static str)> {
        let ill = self.follow_up.as_ref().and_then(|f| f.test_within.as_ref()).map(|p| (p.value.0, "follow_up.test_within"));
        self.reporting.specimen_within.as_ref().map(|p| (p.value.0, "reporting.specimen_within")).or(ill)
    }

    /// Isolation and tests of a contact; `None` if this protocol does nothing about the category.
    /// Where the protocol only watches close contacts (`follow_up`), the schedule is that watching, at home and unconfined.
    pub fn contact_schedule(&self, category: ContactCategory) -> Option<Schedule> {
        let rule = self.contacts.as_ref().and_then(|c| match category {
            ContactCategory::Close => c.close.as_ref(),
            ContactCategory::Secondary => c.secondary.as_ref(),
            ContactCategory::HighRiskSpillover => c.high_risk_spillover.as_ref(),
            ContactCategory::General => c.general.as_ref(),
            ContactCategory::Inbound => c.inbound.as_ref(),
        });
        match (rule, category, self.follow_up.as_ref().and_then(|f| f.days.as_ref())) {
            (Some(rule), _, _) => Some(schedule(rule)),
            (None, ContactCategory::Close, Some(days)) => Some(Schedule {
                central_days: 0,
                home_days: days.value.0,
                test_days_central: Vec::new(),
                test_days_home: Vec::new(),
                tests_single: true,
                confined: false,
            }),
            _ => None,
        }
    }

    /// Path of the section that sets a contact's schedule.
    pub fn schedule_path(&self, category: ContactCategory) -> &'static str {
        match category {
            ContactCategory::Close if self.contacts.is_none() => "follow_up",
            ContactCategory::Close => "contacts.close",
            ContactCategory::Secondary => "contacts.secondary",
            ContactCategory::HighRiskSpillover => "contacts.high_risk_spillover",
            ContactCategory::General => "contacts.general",
            ContactCategory::Inbound => "contacts.inbound",
        }
    }

    /// By when a contact exposed at a moment is given prophylaxis: the first of the times within which one of them protects that is not
    /// over yet; when it is too late for all, the first until which one may still soften the disease. `None` if there is none of these, or
    /// so many documented doses of vaccine before protect.
    pub fn prophylaxis_due(&self, exposed: Instant, now: Instant, doses: u32) -> Option<Instant> {
        let first = |until: &dyn Fn(&Pep) -> Option<Span>| {
            let needed = self.pep.iter().flatten().filter(|(_, p)| !p.is_needless(doses));
            let all = needed.filter_map(|(_, p)| until(p)).map(|span| exposed.plus(span));
            all.filter(|due| *due > now).min()
        };
        first(&|p| Some(p.within.value.0)).or_else(|| first(&|p| p.may_help_until.as_ref().map(|m| m.value.0)))
    }

    /// True if the protocol has prophylaxis, and whoever had so many documented doses of vaccine before the exposure needs none.
    pub fn needs_no_prophylaxis(&self, doses: u32) -> bool {
        self.pep.as_ref().is_some_and(|all| all.values().all(|p| p.is_needless(doses)))
    }

    /// Days of follow-up for whoever was given this prophylaxis, where it asks for more.
    pub fn follow_up_days_after(&self, prophylaxis: &str) -> Option<u32> {
        self.pep.as_ref()?.get(prophylaxis)?.follow_up_days.as_ref().map(|p| p.value.0)
    }

    /// When a case can infect: days before and after its onset.
    pub fn infectious_window(&self) -> Option<(f64, f64)> {
        self.epidemiology.infectious_window.as_ref().map(|p| (p.value.before, p.value.after))
    }

    /// Shortest and longest time, in days, from the onset of a case to the onset of whom it infects: the infectious window of the one
    /// and, from there, the incubation of the other (99 of 100). `None` without an infectious window.
    pub fn serial_bounds(&self) -> Option<(f64, f64)> {
        let (before, after) = self.infectious_window()?;
        let (low, high) = self.epidemiology.incubation.value.bounds_days();
        Some((low - before, high + after))
    }

    /// The time from the onset of a case to the onset of whom it infects, in days: the mean, or what stands for it, of the serial interval,
    /// else of the generation time. `None` if the protocol knows neither.
    pub fn serial_interval_days(&self) -> Option<f64> {
        self.serial_interval().map(|i| i.0)
    }

    /// The same with its standard deviation, where that is known.
    pub fn serial_interval(&self) -> Option<(f64, Option<f64>)> {
        let of = &self.epidemiology;
        of.serial_interval.as_ref().or(of.generation_time.as_ref()).map(|p| (p.value.middle_days(), p.value.sd_days()))
    }

    /// How contacts at home are watched; `None` if this protocol does not ask for it.
    pub fn follow_up_rule(&self) -> Option<FollowUpRule> {
        let limit = |p: &Option<Param<crate::quantity::Limit>>| p.as_ref().map(|p| p.value.0);
        self.follow_up.as_ref().filter(|f| f.per_day.value.0 > 0).map(|f| FollowUpRule {
            per_day: f.per_day.value.0,
            lost_after: limit(&f.lost_after),
            trace_within: limit(&f.trace_within),
            test_within: limit(&f.test_within),
            self_report: f.self_report.as_ref().is_some_and(|p| p.value),
        })
    }

    /// Monitoring at home after discharge.
    pub fn home_monitoring(&self) -> Option<Schedule> {
        self.home_monitoring.as_ref().map(|m| Schedule {
            central_days: 0,
            home_days: m.days.value.0,
            test_days_central: Vec::new(),
            test_days_home: numbers(Some(&m.test_days)),
            tests_single: m.single_tube.value,
            confined: m.confined.value,
        })
    }

    /// Observations a day of a person in a facility.
    pub fn observations_per_day(&self) -> u32 {
        self.facilities.observations_per_day.value.0
    }

    /// Where an infected person is cared for; see [`Protocol::destination_rule`].
    pub fn destination(&self, severity: Severity, age_years: Option<u32>, tags: &BTreeSet<PersonTag>) -> FacilityKind {
        self.destination_rule(severity, age_years, tags).0
    }

    /// Where an infected person is cared for, and the path of the value that decided. Age and tags can ask for a designated
    /// hospital where severity alone would not; a person of unknown age who is tagged elderly counts as old enough.
    pub fn destination_rule(&self, severity: Severity, age_years: Option<u32>, tags: &BTreeSet<PersonTag>) -> (FacilityKind, &'static str) {
        let f = &self.facilities;
        let old = f.designated_from_age.as_ref().is_some_and(|from| match age_years {
            Some(age) => age >= from.value.0,
            None => tags.contains(&PersonTag::Elderly),
        });
        if old {
            return (FacilityKind::DesignatedHospital, "facilities.designated_from_age");
        }
        if f.designated_tags.as_ref().is_some_and(|p| p.value.iter().any(|t| tags.contains(t))) {
            return (FacilityKind::DesignatedHospital, "facilities.designated_tags");
        }
        match severity {
            Severity::Asymptomatic => (f.by_severity.asymptomatic.value, "facilities.by_severity.asymptomatic"),
            Severity::Mild => (f.by_severity.mild.value, "facilities.by_severity.mild"),
            Severity::Moderate => (f.by_severity.moderate.value, "facilities.by_severity.moderate"),
            Severity::Severe => (f.by_severity.severe.value, "facilities.by_severity.severe"),
            Severity::Critical => (f.by_severity.critical.value, "facilities.by_severity.critical"),
        }
    }

    /// Whether an infection found in this setting counts as community-found. Without a definition in the protocol,
    /// high-risk zones count as under control.
    pub fn channel(&self, setting: Setting) -> Control {
        let d = &self.definitions;
        let high_risk_controlled = d.social_side.as_ref().is_none_or(|p| p.value == SocialSide::OutsideIsolationAndHighRisk);
        let home_controlled = d.home_isolation_controlled.as_ref().is_none_or(|p| p.value);
        let controlled = match setting {
            Setting::IsolationSite | Setting::ClosedLoop => true,
            Setting::HighRiskZone => high_risk_controlled,
            Setting::HomeIsolation => home_controlled,
            Setting::RoundScreening | Setting::Clinic | Setting::Arrival | Setting::Recall | Setting::ContactTracing | Setting::Other => {
                false
            }
        };
        if controlled { Control::Controlled } else { Control::CommunityFound }
    }

    /// Days in a row without a community-found infection that make social-side zero.
    pub fn social_zero_days(&self) -> Option<u32> {
        self.definitions.social_zero_days.as_ref().map(|p| p.value.0)
    }

    /// Rules of a level of zone; `None` if this protocol has no such zones.
    pub fn zone_rule(&self, level: ZoneLevel) -> Option<ZoneRule> {
        let z = self.zones.as_ref()?;
        let entry: &ZoneEntry = match level {
            ZoneLevel::High => &z.high,
            ZoneLevel::Medium => z.medium.as_ref()?,
            ZoneLevel::TemporaryControl => z.temporary_control.as_ref()?,
            ZoneLevel::Low => z.low.as_ref()?,
        };
        Some(ZoneRule {
            unit_area: entry.unit_area.as_ref().map(|p| p.value),
            days_without_new_case: entry.days_without_new_case.as_ref().map(|p| p.value.0),
            test_days: numbers(entry.test_days.as_ref()),
            test_within_before_lifting: entry.test_within_before_lifting.as_ref().map(|p| p.value.0),
            then_level: entry.then_level.as_ref().map(|p| p.value),
            days_at_next_level: entry.days_at_next_level.as_ref().map(|p| p.value.0),
            max_length: entry.max_length.as_ref().map(|p| p.value.0),
            rule: zone_path(level),
        })
    }

    /// How long a discharged person is kept out of pooled screening and sampled singly.
    pub fn rescreen_exemption(&self) -> Option<Span> {
        self.home_monitoring.as_ref()?.rescreen_exemption.as_ref().map(|p| p.value.0)
    }

    /// How long before symptom onset (or sampling of an asymptomatic) contacts are looked for.
    pub fn close_contact_lookback(&self) -> Option<Span> {
        self.definitions.close_contact_lookback.as_ref().map(|p| p.value.0)
    }

    /// Whether contacts of contacts are identified.
    pub fn identifies_secondary_contacts(&self) -> bool {
        self.definitions.secondary_contacts_identified.value
    }

    /// Limits on the carriage of specimens.
    pub fn transport_limits(&self) -> Option<TransportLimits> {
        self.transport.as_ref().map(|t| TransportLimits {
            max_hours: t.max_hours.value.0,
            coldest: t.temperature.value.coldest,
            warmest: t.temperature.value.warmest,
        })
    }

    /// A screening round is completed within this time.
    pub fn round_length(&self) -> Option<Span> {
        self.screening.as_ref().map(|s| s.round_length.value.0)
    }

    /// Runs of one tube after which it is given up and its members are sampled again.
    pub fn max_runs(&self) -> u32 {
        self.testing.max_runs.value.0
    }

    /// When a laboratory's positive share is looked into; `None` if this protocol compares none.
    pub fn drift(&self) -> Option<DriftRule> {
        self.testing.drift.as_ref().map(|d| DriftRule {
            every: d.every.value.0,
            expected: d.expected.value.0,
            times: d.times.value.0,
            chi_square: d.chi_square.value.0,
            review: d.review.value.0,
        })
    }

    /// So many corrections to negative in one submission need their repeat readings with them.
    pub fn corrections_at_once(&self) -> Option<u32> {
        self.testing.corrections_at_once.as_ref().map(|p| p.value.0)
    }
}
