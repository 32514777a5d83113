//! The response of a rehearsal, written into the book: what [`quell_response`] does in this county under a policy, in place of staff who work off the book's
//! duties.
//!
//! The rehearsal decides who is swabbed and when a result is there, who is told, brought somewhere and let go, what is a zone. What it says nothing of is done as
//! the staff do it: reports, the full investigation, rounds of the wards, visits, tests of contacts who are not infected (their tubes are counted by the rehearsal, not
//! looked at). Nothing goes wrong on purpose. What the book still finds to be owed is what such a response leaves undone.
//!
//! Not written down, since the rehearsal does not say of whom: tests of those ill for other reasons, of occupations beyond the infected, doses of vaccine.

mod custody;
mod moves;
mod people;

use super::truth::{self, Truth};
use super::{Life, Plan, clock};
use crate::capacity::Facility;
use crate::county::County;
use crate::kinds::PlaceKind;
use custody::Custody;
use quell_book::Role;
use quell_foundation::*;
use quell_protocol::{TubeMode, UnitArea, ZoneLevel};
use quell_response::journal::Deed;
use quell_response::ledger::Census;
use quell_response::means::Means;
use quell_response::policy::Policy;
use quell_response::{Case, Outcome, Rules, Setup, Stay, Tube};
use std::collections::{HashMap, VecDeque};
use std::ops::Range;

/// Infections brought in on the first day where the plan says nothing: one for so many people, at least three, so that few rehearsals end before they begin.
const PEOPLE_PER_IMPORT: u32 = 20_000;
/// See [`PEOPLE_PER_IMPORT`].
const LEAST_IMPORTS: u32 = 3;

/// What is still to be written.
pub(super) struct Script {
    /// The beginning of its first day.
    start: Instant,
    deeds: VecDeque<(Instant, Deed)>,
    /// Cases as the rehearsal found them, and as the book calls them.
    cases: Vec<Case>,
    ids: Vec<Option<CaseId>>,
    outcome: Outcome,
    round_mode: TubeMode,
    zone_mode: TubeMode,
    /// Depth in the place tree at which zones are drawn.
    zone_depth: usize,
    /// The level to which a zone falls.
    lower: Option<ZoneLevel>,
    /// Residents of each township, and the round that it is in.
    townships: Vec<Range<u32>>,
    rounds: Vec<Option<RoundId>>,
    custody: Custody,
    /// Where people are on their way to.
    rides: HashMap<PersonId, Stay>,
    vehicle: usize,
}

fn mode(tube: Tube) -> TubeMode {
    match tube {
        Tube::Single | Tube::Pooled(1) => TubeMode::Single,
        Tube::Household(_) => TubeMode::Household,
        Tube::Pooled(_) => TubeMode::Pooled,
    }
}

/// Has the response live all days of the plan. The facilities of the county become as large as the policy has them. None if no epidemic can be made of its people.
pub(super) fn rehearse(plan: &Plan, county: &mut County, policy: &Policy) -> Option<(Script, Truth)> {
    let (population, disease, rates) = truth::stage(plan, county)?;
    let census = Census::of(&population);
    let people = population.len();
    let imports = plan.imports.unwrap_or((people / PEOPLE_PER_IMPORT).max(LEAST_IMPORTS));
    let setup = Setup { population, census, disease, rates, imports, imports_per_day: 0.0, days: plan.days, opening: None, threads: 1 };
    let rules = Rules::of(&plan.protocol);
    let start = clock(plan.first_day, 0);
    let (outcome, (truth, deeds)) =
        setup.scene().write(&rules, policy, plan.seed, |world, deeds| (Truth::whole(county, start, world), deeds));
    let means = Means::of(people, &policy.means);
    let more = means.opened_per_day.saturating_mul(plan.days);
    resize(county, PlaceKind::IsolationSite, means.rooms.saturating_add(more));
    resize(county, PlaceKind::ShelterHospital, means.shelter_beds.saturating_add(more));
    resize(county, PlaceKind::DesignatedHospital, means.hospital_beds);
    let homes = setup.population.homes(quell_epidemic::population::Level::Township);
    let townships: Vec<Range<u32>> = (0..homes.len()).map(|t| homes.range(t)).collect();
    let round_tube = policy.screening.as_ref().and_then(|s| s.pool).map_or(rules.tube, Tube::Pooled);
    let high = plan.protocol.zone_rule(ZoneLevel::High);
    let zone_depth = match high.as_ref().and_then(|z| z.unit_area).unwrap_or(UnitArea::Building) {
        UnitArea::Household => 8,
        UnitArea::Unit => 7,
        UnitArea::Building => super::BUILDING,
        UnitArea::Compound => COMPOUND,
    };
    let script = Script {
        start,
        deeds: deeds.into_iter().map(|(at, deed)| (instant(start, at), deed)).collect(),
        ids: vec![None; outcome.cases.len()],
        cases: outcome.cases.clone(),
        outcome,
        round_mode: mode(round_tube),
        zone_mode: rules.high.as_ref().map_or(TubeMode::Household, |z| mode(z.tube)),
        zone_depth,
        lower: high.and_then(|z| z.then_level),
        rounds: vec![None; townships.len()],
        townships,
        custody: Custody::default(),
        rides: HashMap::new(),
        vehicle: 0,
    };
    Some((script, truth))
}

/// Depth of a compound in the place tree.
const COMPOUND: usize = 5;

/// A time of the rehearsal, to the second: what is a day apart there is a day apart here.
fn instant(start: Instant, days: f64) -> Instant {
    start.plus(Span((days * 86_400.0).round() as i64))
}

impl Script {
    /// A time of the rehearsal.
    fn instant(&self, days: f64) -> Instant {
        instant(self.start, days)
    }
}

/// Makes all facilities of a kind together as large as this: the last ones are left out, or the last of all gets another ward.
fn resize(county: &mut County, kind: PlaceKind, beds: u32) {
    let mut left = beds;
    let mut last = None;
    for (n, facility) in county.facilities.iter_mut().enumerate().filter(|(_, f)| f.kind == kind) {
        for (_, of_ward) in &mut facility.wards {
            *of_ward = (*of_ward).min(left);
            left -= *of_ward;
        }
        facility.wards.retain(|(_, n)| *n > 0);
        last = Some(n);
    }
    if let Some(Facility { wards, .. }) = last.filter(|_| left > 0).and_then(|n| county.facilities.get_mut(n)) {
        wards.push(("ADDED".to_owned(), left));
    }
}

impl Life {
    /// How the rehearsal went whose response is written down; none if the staff of the county act by themselves.
    pub fn rehearsed(&self) -> Option<&Outcome> {
        self.script.as_ref().map(|s| &s.outcome)
    }

    /// A quarter of an hour of the rehearsal.
    pub(super) fn act_as_rehearsed(&mut self) {
        let Some(mut script) = self.script.take() else { return };
        let mut due = Vec::new();
        while script.deeds.front().is_some_and(|(at, _)| *at <= self.now) {
            due.extend(script.deeds.pop_front());
        }
        self.begin_rounds(&mut script, &due);
        self.swab_as_rehearsed(&mut script, &due);
        self.hand_on(&mut script);
        self.read(&mut script);
        self.list_cases(&mut script, &due);
        self.investigate_and_tell(&script, &due);
        self.draw_as_rehearsed(&script, &due);
        self.move_as_rehearsed(&mut script, &due);
        self.script = Some(script);
    }

    /// What the rehearsal says nothing of.
    pub(super) fn routine(&mut self) {
        self.file_reports();
        let mut batch = self.begin(Role::Investigator, "investigations");
        self.investigate_in_full(&mut batch);
        self.end(batch);
        self.ward_rounds();
        self.follow_ups();
    }

    /// The resident of this number.
    fn person(&self, number: u32) -> Option<PersonId> {
        self.county.residents.get(number as usize).map(|r| r.id)
    }
}
