//! Testing (检): plates at each laboratory's pace, results as the truth would show them, and what goes wrong at the bench.

use super::incidents::Dispute;
use super::sampling::Sample;
use super::{Batch, COMMUNITY, Life, TICK, clock, event, lot};
use crate::capacity::Laboratory;
use quell_book::*;
use quell_foundation::*;
use std::collections::VecDeque;

/// Tubes of one plate: 96 wells less the controls.
pub(super) const PLATE: usize = 90;
/// Extraction and amplification. Assumption.
const RUN: Span = Span::minutes(150);
/// A plate that is not full is started when its first tube has waited so long. Assumption.
const PATIENCE: Span = Span::minutes(60);
/// Difference between two targets of one sample, and the spread of a reading, in cycles. Assumption.
const TARGET_GAP: f64 = 0.8;
/// See [`TARGET_GAP`].
const READING_SPREAD: f64 = 0.6;
/// One plate in so many has a failed control, and the first is this one.
const FAILED_PLATE: (u32, u32) = (250, 2);
/// From this minute of the first day on the single incidents of the bench may happen.
const INCIDENTS_FROM: i64 = 9 * 60;

/// A laboratory at work.
pub(super) struct Bench {
    place: PlaceId,
    code: String,
    per_hour: u32,
    /// Tubes that could have been started since the last plate.
    ready: f64,
    urgent: VecDeque<(Instant, Sample)>,
    ordinary: VecDeque<(Instant, Sample)>,
    running: VecDeque<Run>,
    /// Tubes on the road to here.
    pub expected: usize,
    plates: u32,
}

/// A plate in the machine.
struct Run {
    plate: PlateId,
    read_at: Instant,
    samples: Vec<Sample>,
    controls_fail: bool,
}

impl Bench {
    pub(super) fn new(l: &Laboratory) -> Bench {
        Bench {
            place: l.place.clone(),
            code: l.place.as_str().rsplit('.').next().unwrap_or("lab").to_owned(),
            per_hour: l.tubes_per_hour,
            ready: 0.0,
            urgent: VecDeque::new(),
            ordinary: VecDeque::new(),
            running: VecDeque::new(),
            expected: 0,
            plates: 0,
        }
    }

    pub(super) fn device(&self) -> String {
        format!("lims-{}", self.code)
    }

    /// Minutes until a tube that comes now would be started.
    pub(super) fn minutes_of_work(&self) -> f64 {
        60.0 * (self.urgent.len() + self.ordinary.len() + self.expected) as f64 / f64::from(self.per_hour.max(1))
    }

    pub(super) fn take(&mut self, at: Instant, samples: Vec<Sample>) {
        for s in samples {
            let queue = if s.urgent { &mut self.urgent } else { &mut self.ordinary };
            queue.push_back((at, s));
        }
    }

    /// Starts as many plates as the pace allows, urgent tubes first.
    fn start_plates(&mut self, now: Instant, day: Day) {
        let most = f64::from(self.per_hour).max(PLATE as f64);
        self.ready = (self.ready + f64::from(self.per_hour) * TICK.seconds() as f64 / 3_600.0).min(most);
        loop {
            let waiting = self.urgent.len() + self.ordinary.len();
            let n = waiting.min(PLATE).min(self.ready as usize);
            let first = self.urgent.front().into_iter().chain(self.ordinary.front()).map(|(at, _)| *at).min();
            let waited = first.is_some_and(|at| now.since(at) >= PATIENCE);
            if n == 0 || (n < PLATE.min(self.per_hour as usize) && self.urgent.is_empty() && !waited) {
                return;
            }
            let samples: Vec<Sample> =
                (0..n).filter_map(|_| self.urgent.pop_front().or_else(|| self.ordinary.pop_front())).map(|(_, s)| s).collect();
            self.ready -= n as f64;
            self.plates += 1;
            let plate = PlateId::new(format!("{}-{day}-{:05}", self.code, self.plates)).expect("letters and digits");
            self.running.push_back(Run { plate, read_at: now.plus(RUN), samples, controls_fail: false });
        }
    }
}

impl Life {
    /// Plates that are done are read, new ones started.
    pub(super) fn test(&mut self) {
        let mut batch = self.begin(Role::Laboratory, "plates read");
        for n in 0..self.benches.len() {
            while self.benches[n].running.front().is_some_and(|r| r.read_at <= self.now) {
                let Some(mut run) = self.benches[n].running.pop_front() else { break };
                self.incidents.note("plate");
                let ordinary = run.samples.iter().all(|s| !s.urgent);
                run.controls_fail = ordinary
                    && (self.incidents.count("plate") >= FAILED_PLATE.1 && self.incidents.count("failed plate") == 0
                        || self.incidents.count("plate").is_multiple_of(FAILED_PLATE.0));
                self.read_plate(&mut batch, n, run);
            }
            let (now, day) = (self.now, self.today());
            self.benches[n].start_plates(now, day);
        }
        self.end(batch);
        self.correct();
    }

    fn read_plate(&mut self, batch: &mut Batch, n: usize, run: Run) {
        let (device, laboratory) = (self.benches[n].device(), self.benches[n].place.clone());
        let ok = !run.controls_fail;
        let plate = Fact::from(PlateRead {
            plate: run.plate.clone(),
            laboratory,
            at: event(run.read_at),
            positive_control_ok: ok,
            negative_control_ok: true,
        });
        let readings: Vec<(TestResult, Vec<TargetCt>)> = run.samples.iter().map(|s| self.reading(s, run.read_at, ok)).collect();
        let results = run.samples.iter().zip(&readings).map(|(s, (result, targets))| {
            let (tube, plate, at) = (s.tube.clone(), Some(run.plate.clone()), event(run.read_at));
            Fact::from(ResultRead { tube, plate, at, result: *result, targets: targets.clone() })
        });
        if run.controls_fail {
            let results = results.collect();
            self.post(batch, &device, vec![plate]);
            self.post_refused(batch, &device, results, "plate.control_failed");
            self.incidents.note("failed plate");
            run.samples.into_iter().rev().for_each(|s| self.benches[n].urgent.push_front((run.read_at, s)));
            return;
        }
        let facts = std::iter::once(plate).chain(results).collect();
        if self.post(batch, &device, facts) {
            for (sample, (result, _)) in run.samples.into_iter().zip(readings) {
                self.after_result(n, sample, result, run.read_at);
            }
        }
    }

    /// What the machine shows for a tube: the truth, but for the incidents (on a plate that counts).
    fn reading(&mut self, s: &Sample, at: Instant, counts: bool) -> (TestResult, Vec<TargetCt>) {
        let found = self.true_ct(&s.persons, s.at);
        if found.is_none() && counts && self.now >= clock(self.plan.first_day, INCIDENTS_FROM) {
            if s.persons.len() > 2 && self.incidents.first("indeterminate") {
                return self.targets(s, 38.6, true);
            }
            if s.persons.len() > 2 && self.incidents.first("failed run") {
                return (TestResult::Failed, Vec::new());
            }
            if self.may_be_false_positive(s) && self.incidents.first("false positive") {
                self.incidents.dispute = Some(Dispute {
                    tube: s.tube.clone(),
                    person: s.persons[0],
                    read_at: at,
                    second: None,
                    cleared: false,
                    corrected: false,
                });
                return self.targets(s, 36.5, false);
            }
        }
        match found {
            Some(ct) => self.targets(s, ct, false),
            None => (TestResult::Negative, Vec::new()),
        }
    }

    /// A single tube of someone at home about whom nothing else is known.
    fn may_be_false_positive(&self, s: &Sample) -> bool {
        let [person] = s.persons.as_slice() else { return false };
        let plain = self.book.state.persons.get(person).is_some_and(|p| p.standing == Standing::AtHome && p.place.depth() == COMMUNITY);
        plain && !self.truth.is_infected(*person) && self.contact_of(*person).is_none() && self.resident_row(*person).is_some()
    }

    /// What the tests of the protocol look for.
    pub(super) fn target_names(&self) -> Vec<String> {
        let names = self.plan.protocol.testing.targets.as_ref().map(|t| t.value.clone());
        names.unwrap_or_else(|| vec!["ORF1ab".to_owned(), "N".to_owned()])
    }

    /// Readings of every target around a Ct; what they make together. `one_only`: the other targets show nothing.
    fn targets(&self, s: &Sample, ct: f64, one_only: bool) -> (TestResult, Vec<TargetCt>) {
        let names = self.target_names();
        let mut seen = 0;
        let targets: Vec<TargetCt> = names
            .iter()
            .enumerate()
            .map(|(k, target)| {
                let spread = READING_SPREAD * (lot(target, s.tube.as_str().as_bytes()) - 0.5);
                let ct = Ct::new(ct - TARGET_GAP * k as f64 + spread)
                    .filter(|ct| self.plan.protocol.is_positive_ct(*ct) && !(one_only && k > 0));
                seen += usize::from(ct.is_some());
                TargetCt { target: target.clone(), ct }
            })
            .collect();
        match seen {
            0 => (TestResult::Negative, Vec::new()),
            n if n == names.len() => (TestResult::Positive, targets),
            _ => (TestResult::Indeterminate, targets),
        }
    }

    fn after_result(&mut self, n: usize, s: Sample, result: TestResult, at: Instant) {
        if result == TestResult::Failed {
            self.benches[n].urgent.push_front((at, s));
        } else if let Some(d) = &mut self.incidents.dispute
            && d.second.as_ref() == Some(&s.tube)
        {
            d.cleared = result == TestResult::Negative;
        }
    }

    /// On the next day the false positive is corrected: the second sample was negative, and so is the tube on a plate of its own.
    fn correct(&mut self) {
        let now = self.now;
        let Some(d) = &mut self.incidents.dispute else { return };
        let next_day = clock(d.read_at.day(UtcOffset::CHINA).plus(1), 8 * 60 + 30);
        if d.corrected || !d.cleared || now < next_day {
            return;
        }
        d.corrected = true;
        let (tube, at) = (d.tube.clone(), event(now));
        let Some(laboratory) = self.book.state.tubes.get(&tube).and_then(|t| t.laboratory.clone()) else { return };
        let plate = PlateId::new(format!("repeat-{tube}")).expect("letters and digits");
        let read = PlateRead { plate: plate.clone(), laboratory, at, positive_control_ok: true, negative_control_ok: true };
        let repeat = ResultRead { tube: tube.clone(), plate: Some(plate), at, result: TestResult::Negative, targets: Vec::new() };
        let fact = ResultCorrected {
            tube,
            at,
            result: TestResult::Negative,
            targets: Vec::new(),
            reason: "the second sample is negative; the neighbouring well was strongly positive".to_owned(),
            decider: "laboratory quality desk".to_owned(),
        };
        let mut batch = self.begin(Role::Laboratory, "false positive corrected");
        if self.post(&mut batch, "lims-quality", vec![fact.into(), read.into(), repeat.into()]) {
            self.incidents.note("result corrected");
        }
        self.end(batch);
    }
}
