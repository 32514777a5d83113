//! What the response asks its protocol, asked once.

use crate::occupations::{SHARES, Tested};
use crate::time::Time;
use quell_foundation::{Ct, Span};
use quell_protocol::{
    ContactCategory, Control, Exposure, FacilityKind, OccupationClass, Protocol, Setting, Severity, TubeMode, TubeQuestion, UnitArea,
    ZoneLevel,
};
use std::collections::BTreeSet;

/// A contact's schedule, days. As in the book they are whole days after that of the last exposure: each part ends with its last day.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// In an isolation site.
    pub central: Time,
    /// At home afterwards.
    pub home: Time,
    /// Tests: by the end of so many days after the day of the last exposure.
    pub tests: Vec<Time>,
    /// Whether the person may not go out.
    pub confined: bool,
}

/// How a zone is lifted.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    /// What is closed.
    pub area: UnitArea,
    /// Days without a new infection.
    pub clear: Time,
    /// Days after it was drawn, or after the latest infection, on which everyone inside is tested.
    pub tests: Vec<Time>,
    /// Tube, and the most people in it.
    pub tube: Tube,
    /// Days at a lower level afterwards, during which people stay in the zone.
    pub then: Time,
}

/// How many share a tube.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tube {
    /// Each person one.
    Single,
    /// Each household one, with at most so many.
    Household(u32),
    /// So many in one.
    Pooled(u32),
}

/// Exit tests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exit {
    /// In a row.
    pub consecutive: u32,
    /// Between two.
    pub gap: Time,
    /// At this Ct or above, or negative.
    pub ct: f32,
    /// The first after admission.
    pub first: Time,
    /// After one that failed.
    pub repeat: Time,
}

/// The rules, as numbers.
#[derive(Debug, Clone)]
pub struct Rules {
    protocol: Protocol,
    /// Close contacts; none if nothing is done about them.
    pub close: Option<Schedule>,
    /// Contacts of contacts.
    pub secondary: Option<Schedule>,
    /// High-risk zones.
    pub high: Option<Zone>,
    /// How long a temporary control area stands.
    pub temporary: Option<Time>,
    /// When the infected are let go by tests.
    pub exit: Option<Exit>,
    /// Else so many days after onset.
    pub stay: Time,
    /// At home after discharge; none if not asked for.
    pub monitoring: Option<Time>,
    /// After discharge nobody is sampled in rounds for so long.
    pub exemption: Time,
    /// Days before onset, or sampling of those without, from which contacts are looked for.
    pub lookback: Time,
    /// Rounds in a row without a community-found case.
    pub clear_rounds: u32,
    /// Tube of rounds.
    pub tube: Tube,
    /// From a case found to its zone, days: within the time for the core of the investigation.
    pub core: Time,
    /// Days without a community-found case that make zero.
    pub zero_days: u32,
    /// A Ct below it is positive.
    pub positive_below: f32,
    /// Beds for each of a ward's staff.
    pub beds_per_staff: f64,
    /// Occupations that are tested regularly.
    pub occupations: Vec<Tested>,
}

fn days(span: Span) -> Time {
    span.seconds() as f64 / 86_400.0
}

fn schedule(protocol: &Protocol, category: ContactCategory) -> Option<Schedule> {
    let rule = protocol.contact_schedule(category)?;
    let central = f64::from(rule.central_days);
    let home = rule.test_days_home.iter().map(|d| central + f64::from(*d));
    let tests = rule.test_days_central.iter().map(|d| f64::from(*d)).chain(home).collect();
    Some(Schedule { central, home: f64::from(rule.home_days), tests, confined: rule.confined })
}

fn tube(protocol: &Protocol, zone: Option<ZoneLevel>, affected: bool, occupation: OccupationClass) -> Tube {
    let question = TubeQuestion { zone, building_affected: affected, exposure: Exposure::None, occupation };
    let rule = protocol.tube_rule(&question);
    match rule.mode {
        TubeMode::Single => Tube::Single,
        TubeMode::Household => Tube::Household(rule.max_persons),
        TubeMode::Pooled => Tube::Pooled(rule.max_persons),
    }
}

impl Tube {
    /// The most people in it.
    pub fn most(self) -> u32 {
        match self {
            Self::Single => 1,
            Self::Household(n) | Self::Pooled(n) => n,
        }
    }
}

impl Rules {
    /// Those of a protocol.
    pub fn of(protocol: &Protocol) -> Self {
        let high = protocol.zone_rule(ZoneLevel::High).map(|z| {
            let then = z.days_at_next_level.map_or(0.0, f64::from);
            Zone {
                area: z.unit_area.unwrap_or(UnitArea::Building),
                clear: z.days_without_new_case.map_or(7.0, f64::from),
                tests: z.test_days.iter().map(|d| f64::from(*d) - 1.0).collect(),
                // A zone is drawn around a found infection: what is closed is affected where it is one building or less.
                tube: tube(protocol, Some(ZoneLevel::High), z.unit_area != Some(UnitArea::Compound), OccupationClass::General),
                then,
            }
        });
        let exit = protocol.exit_rule().map(|e| Exit {
            consecutive: e.consecutive,
            gap: days(e.min_gap),
            ct: ct(e.ct_at_least),
            first: days(e.first_test_after),
            repeat: days(e.repeat_after),
        });
        let screening = protocol.screening.as_ref();
        Self {
            close: schedule(protocol, ContactCategory::Close),
            secondary: protocol.identifies_secondary_contacts().then(|| schedule(protocol, ContactCategory::Secondary)).flatten(),
            high,
            temporary: protocol.zone_rule(ZoneLevel::TemporaryControl).map(|z| z.max_length.map_or(1.0, days)),
            exit,
            stay: protocol.stay_days().map_or(10.0, |(d, _)| f64::from(d)),
            monitoring: protocol.home_monitoring().filter(|m| m.confined).map(|m| f64::from(m.home_days)),
            exemption: protocol.rescreen_exemption().map_or(0.0, days),
            lookback: protocol.contact_window().0.max(0.0),
            clear_rounds: screening.map_or(3, |s| s.area.clear_rounds.value.0),
            tube: tube(protocol, None, false, OccupationClass::General),
            core: protocol.deadlines.core_investigation.as_ref().map_or(4.0 / 24.0, |p| days(p.value.0)),
            zero_days: protocol.social_zero_days().unwrap_or(3),
            positive_below: ct(protocol.testing.ct_positive_below.value),
            beds_per_staff: protocol.facilities.beds_per_staff.as_ref().map_or(5.0, |p| p.value.0),
            occupations: occupations(protocol),
            protocol: protocol.clone(),
        }
    }
    /// The schedule of a category of contacts, 0 close and 1 secondary; none if nothing is done about them.
    pub(crate) fn schedule(&self, category: u8) -> Option<&Schedule> {
        if category == 0 { self.close.as_ref() } else { self.secondary.as_ref() }
    }
    /// Where an infected person is cared for.
    pub fn destination(&self, severity: Severity, age: u8) -> FacilityKind {
        self.protocol.destination(severity, Some(u32::from(age)), &BTreeSet::new())
    }
    /// Whether an infection found like this counts as found in the community.
    pub fn is_community(&self, setting: Setting) -> bool {
        self.protocol.channel(setting) == Control::CommunityFound
    }
    /// The protocol's id.
    pub fn id(&self) -> &str {
        self.protocol.id().as_str()
    }
}

fn occupations(protocol: &Protocol) -> Vec<Tested> {
    let rule = |class: OccupationClass| {
        let often = protocol.test_frequency(class)?;
        Some(Tested { class, every: f64::from(often.days) / f64::from(often.tests), tube: tube(protocol, None, false, class) })
    };
    SHARES.iter().filter_map(|(class, _)| rule(*class)).collect()
}

fn ct(ct: Ct) -> f32 {
    ct.value() as f32
}
