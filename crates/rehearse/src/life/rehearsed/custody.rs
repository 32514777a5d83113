//! Rounds, swabs, boxes and results, at the times of the rehearsal.

use super::Script;
use crate::life::closing::ROUND;
use crate::life::testing::PLATE;
use crate::life::{Batch, COMMUNITY, Life, event, lot};
use quell_book::rows::Person;
use quell_book::*;
use quell_foundation::*;
use quell_protocol::TubeMode;
use quell_response::journal::{Deed, Swab};
use quell_response::means::{CARRIAGE_HOURS, KEEPS_HOURS, RUN_HOURS};
use std::collections::{BTreeMap, BTreeSet};

/// Facts of one submission of a station, about.
const BUNDLE_FACTS: usize = 50;
/// From the quarter of an hour in which a tube is filled to the laboratory: so that it is there an hour and a half after the swab at the latest, as the rehearsal has it.
const CARRIED: Span = Span::minutes(75);

/// Tubes on their way, by when something becomes of them.
#[derive(Default)]
pub(super) struct Custody {
    /// Boxes on the road: laboratory by position.
    arriving: BTreeMap<(Instant, BoxCode), usize>,
    /// Tubes to be read, by time and number, at a laboratory: Ct where positive.
    reading: BTreeMap<(Instant, u64), (TubeCode, usize, Option<f32>)>,
    /// Tubes that nobody comes to.
    spoiling: BTreeSet<(Instant, TubeCode)>,
    tubes: u64,
    plates: u32,
}

/// A tube that is filled now.
struct Filled {
    post: usize,
    tube: TubeCode,
    at: Instant,
    result: Option<Instant>,
    ct: Option<f32>,
}

impl Life {
    /// Rounds that begin. The round that a township was in is closed.
    pub(super) fn begin_rounds(&mut self, script: &mut Script, due: &[(Instant, Deed)]) {
        for (at, deed) in due {
            let Deed::RoundBegins { townships } = deed else { continue };
            let mut batch = self.begin(Role::Commander, "rounds");
            let over: BTreeSet<RoundId> = townships.iter().filter_map(|t| script.rounds[*t as usize].take()).collect();
            for round in over {
                self.post(&mut batch, "command-1", vec![RoundClosed { round, at: event(*at) }.into()]);
            }
            let homes = townships.iter().filter_map(|t| self.county.residents.get(script.townships[*t as usize].start as usize));
            let scope: Vec<PlaceId> = homes.map(|r| r.home.at_depth(COMMUNITY - 1)).collect();
            let all = scope.len() == script.townships.len();
            let number = (1..).find(|n| self.book.state.rounds.get(&name(self.today(), *n)).is_none()).unwrap_or(1);
            let round = name(self.today(), number);
            let length = self.plan.protocol.round_length().unwrap_or(ROUND);
            let pool = self.plan.response.as_ref().and_then(|p| p.screening.as_ref()).and_then(|s| s.pool);
            let opened = RoundOpened {
                round: round.clone(),
                name: format!("第{}天第{number}轮", self.day_number()),
                scope: if all { vec![self.county.root.clone()] } else { scope },
                at: event(*at),
                due: Some(event(at.plus(length))),
                pool_size: pool,
            };
            if self.post(&mut batch, "command-1", vec![opened.into()]) {
                townships.iter().for_each(|t| script.rounds[*t as usize] = Some(round.clone()));
            }
            self.end(batch);
        }
    }

    /// Every tube that is filled in this quarter of an hour.
    pub(super) fn swab_as_rehearsed(&mut self, script: &mut Script, due: &[(Instant, Deed)]) {
        let mut filled: Vec<Filled> = Vec::new();
        for (role, label, exit) in [(Role::Sampler, "swabs", false), (Role::Ward, "exit tests", true)] {
            let mut batch = self.begin(role, label);
            let mut facts = Vec::new();
            for (at, deed) in due {
                let Deed::Tube { people, swab, result, ct } = deed else { continue };
                if (*swab == Swab::Exit) != exit {
                    continue;
                }
                let result = result.map(|r| script.instant(r));
                let people: Vec<PersonId> = people.iter().filter_map(|n| self.person(*n)).collect();
                if let Some(tube) = self.fill(script, &mut facts, (*at, *swab), &people, (result, *ct)) {
                    filled.push(tube);
                }
                if facts.len() >= BUNDLE_FACTS {
                    self.post(&mut batch, "pad-rehearsed", std::mem::take(&mut facts));
                }
            }
            if !exit {
                self.test_the_others(script, &mut facts, &mut filled);
            }
            if !facts.is_empty() {
                self.post(&mut batch, "pad-rehearsed", facts);
            }
            self.end(batch);
        }
        self.pack(script, filled);
    }

    /// Tests that the book asks for and the rehearsal only counts: of contacts who are not infected, and under monitoring at home.
    fn test_the_others(&mut self, script: &mut Script, facts: &mut Vec<Fact>, filled: &mut Vec<Filled>) {
        for kind in [DutyKind::ContactTest, DutyKind::MonitoringTest] {
            for (at, id) in self.desk.ready(kind, self.now) {
                let Some(person) = self.open_duty(id).and_then(|d| d.person_id) else { continue };
                self.desk.put_off(id, self.now.plus(Span::hours(2)));
                let at = at.max(self.now.plus(Span(-840)));
                if kind == DutyKind::ContactTest && self.truth.infected_by(person, at) {
                    continue;
                }
                let result = Some(at.plus(span(CARRIAGE_HOURS + RUN_HOURS)));
                let ct = self.true_ct(&[person], at).filter(|ct| Ct::new(*ct).is_some_and(|ct| self.plan.protocol.is_positive_ct(ct)));
                filled.extend(self.fill(script, facts, (at, Swab::Own), &[person], (result, ct.map(|ct| ct as f32))));
            }
        }
    }

    /// One tube: its facts, unless nobody is there any more whose swab could be in it.
    fn fill(
        &mut self,
        script: &Script,
        facts: &mut Vec<Fact>,
        (at, swab): (Instant, Swab),
        people: &[PersonId],
        (result, ct): (Option<Instant>, Option<f32>),
    ) -> Option<Filled> {
        let rows: Vec<Person> = people.iter().filter_map(|p| self.book.state.persons.get(p)).filter(|p| comes(p, swab)).cloned().collect();
        let first = rows.first()?;
        let alone = rows.len() == 1;
        if alone && people.len() > 1 && ct.is_some() {
            // Whoever is left of a positive pool is not the one who made it so.
            return None;
        }
        let mode = match swab {
            _ if alone => TubeMode::Single,
            Swab::Round => script.round_mode,
            Swab::Zone => script.zone_mode,
            Swab::Own | Swab::Exit => TubeMode::Single,
        };
        let post = self.post_for(first)?;
        let rounds: Vec<Option<RoundId>> = rows.iter().map(|p| self.owes(script, p)).collect();
        let round = rounds.first().cloned().flatten().filter(|_| rounds.iter().all(|r| *r == rounds[0]));
        let (tube, station) = (self.posts[post].new_tube(), self.posts[post].place.clone());
        for (n, p) in rows.iter().enumerate() {
            facts.push(
                Registered {
                    tube: tube.clone(),
                    person: p.person_id,
                    station: station.clone(),
                    at: event(at),
                    round: round.clone(),
                    mode: (n == 0).then_some(mode),
                    already_swabbed: mode > self.tube_rule(p).mode,
                }
                .into(),
            );
        }
        facts.push(TubeSealed { tube: tube.clone(), at: event(at) }.into());
        Some(Filled { post, tube, at, result, ct })
    }

    /// The round for which a person has not been sampled yet.
    fn owes(&self, script: &Script, p: &Person) -> Option<RoundId> {
        let number = self.resident(p.person_id)? as u32;
        let township = script.townships.partition_point(|t| t.end <= number);
        let round = script.rounds.get(township)?.clone()?;
        self.unsampled(&round, p.person_id).then_some(round)
    }

    /// Tubes of a post go into a box, and to a laboratory.
    fn pack(&mut self, script: &mut Script, filled: Vec<Filled>) {
        let mut by_post: BTreeMap<usize, Vec<Filled>> = BTreeMap::new();
        for tube in filled {
            by_post.entry(tube.post).or_default().push(tube);
        }
        let mut packed = Vec::new();
        let mut batch = self.begin(Role::Sampler, "boxes packed");
        for (post, tubes) in by_post {
            self.boxes += 1;
            let code = BoxCode::new(format!("B{}-{:06}", self.posts[post].code, self.boxes)).expect("letters and digits");
            let lab = (lot("laboratory", code.as_str().as_bytes()) * self.benches.len() as f64) as usize;
            let fact = BoxPacked { r#box: code.clone(), tubes: tubes.iter().map(|t| t.tube.clone()).collect(), at: event(self.now) };
            if !self.post(&mut batch, "pad-rehearsed", vec![fact.into()]) {
                continue;
            }
            for t in tubes {
                script.custody.tubes += 1;
                match t.result {
                    Some(at) => _ = script.custody.reading.insert((at, script.custody.tubes), (t.tube, lab, t.ct)),
                    None => _ = script.custody.spoiling.insert((t.at.plus(span(KEEPS_HOURS)), t.tube)),
                }
            }
            script.custody.arriving.insert((self.now.plus(CARRIED), code.clone()), lab);
            packed.push((post, code));
        }
        self.end(batch);
        let mut batch = self.begin(Role::Courier, "boxes handed over");
        for (post, code) in packed {
            let from = format!("station {}", self.posts[post].place);
            let warmth = Celsius::new(3.0 + 3.0 * lot("temperature", code.as_str().as_bytes()));
            let fact =
                HandedOver { r#box: Some(code), tube: None, from, to: "courier-1".to_owned(), at: event(self.now), temperature: warmth };
            self.post(&mut batch, "courier-1", vec![fact.into()]);
        }
        self.end(batch);
    }

    /// Boxes that arrive; tubes that have waited too long.
    pub(super) fn hand_on(&mut self, script: &mut Script) {
        let mut batch = self.begin(Role::Laboratory, "boxes taken in");
        while let Some(entry) = script.custody.arriving.first_entry().filter(|e| e.key().0 <= self.now) {
            let ((at, code), lab) = entry.remove_entry();
            let Some(laboratory) = self.county.laboratories.get(lab).map(|l| l.place.clone()) else { continue };
            let temperature = Celsius::new(3.5 + 3.0 * lot("arrival", code.as_str().as_bytes()));
            let (tubes, condition, reason) = (Vec::new(), Condition::Adequate, None);
            let fact = Received { laboratory, r#box: Some(code), tubes, condition, reason, temperature, at: event(at) };
            self.post(&mut batch, "lims-rehearsed", vec![fact.into()]);
        }
        while let Some((at, tube)) = script.custody.spoiling.first().filter(|(at, _)| *at <= self.now).cloned() {
            script.custody.spoiling.remove(&(at, tube.clone()));
            let reason = "waited for 72 hours: more tubes came than are tested".to_owned();
            self.post(&mut batch, "lims-rehearsed", vec![TubeSpoilt { tube, reason, at: event(at) }.into()]);
        }
        self.end(batch);
    }

    /// Results that are there.
    pub(super) fn read(&mut self, script: &mut Script) {
        let mut of_lab: BTreeMap<usize, Vec<(Instant, TubeCode, Option<f32>)>> = BTreeMap::new();
        while let Some(entry) = script.custody.reading.first_entry().filter(|e| e.key().0 <= self.now) {
            let ((at, _), (tube, lab, ct)) = entry.remove_entry();
            of_lab.entry(lab).or_default().push((at, tube, ct));
        }
        let mut batch = self.begin(Role::Laboratory, "plates read");
        for (lab, results) in of_lab {
            for results in results.chunks(PLATE) {
                self.read_together(script, &mut batch, lab, results);
            }
        }
        self.end(batch);
    }

    fn read_together(&mut self, script: &mut Script, batch: &mut Batch, lab: usize, results: &[(Instant, TubeCode, Option<f32>)]) {
        let (Some(laboratory), Some(first)) = (self.county.laboratories.get(lab).map(|l| l.place.clone()), results.first()) else { return };
        script.custody.plates += 1;
        let plate = PlateId::new(format!("{}-{}-{:05}", self.benches[lab].device(), self.today(), script.custody.plates));
        let plate = plate.expect("letters and digits");
        let read = PlateRead { plate: plate.clone(), laboratory, at: event(first.0), positive_control_ok: true, negative_control_ok: true };
        let mut facts: Vec<Fact> = vec![read.into()];
        for (at, tube, ct) in results {
            let (result, targets) = self.called(*ct);
            facts.push(ResultRead { tube: tube.clone(), plate: Some(plate.clone()), at: event(*at), result, targets }.into());
        }
        self.post(batch, "lims-rehearsed", facts);
    }

    /// What a laboratory calls a Ct, all targets alike.
    fn called(&self, ct: Option<f32>) -> (TestResult, Vec<TargetCt>) {
        let Some(ct) = ct.and_then(|ct| Ct::new(f64::from(ct))).filter(|ct| self.plan.protocol.is_positive_ct(*ct)) else {
            return (TestResult::Negative, Vec::new());
        };
        let targets = self.target_names().into_iter().map(|target| TargetCt { target, ct: Some(ct) }).collect();
        (TestResult::Positive, targets)
    }
}

fn name(day: Day, number: u32) -> RoundId {
    RoundId::new(format!("{day}-{number}")).expect("a date and a number")
}

/// Hours as the rehearsal has them.
fn span(hours: f64) -> Span {
    Span((hours * 3_600.0) as i64)
}

/// Whether somebody can be swabbed for this where the book has them.
fn comes(p: &Person, swab: Swab) -> bool {
    match swab {
        Swab::Round | Swab::Zone => matches!(p.standing, Standing::AtHome | Standing::HomeIsolation),
        Swab::Own | Swab::Exit => p.standing != Standing::Dead,
    }
}
