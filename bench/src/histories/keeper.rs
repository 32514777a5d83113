//! The book-keeper: a seeded hand that says what may happen next, and about every fifth time what may not.

mod care;
mod command;
mod repair;

use super::auditor::Auditor;
use super::auditor::known::*;
use super::world::*;
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{Severity, TubeMode};

/// One submission as it is handed in.
#[derive(Debug, Clone)]
pub struct Handed {
    /// Its id.
    pub id: SubmissionId,
    /// The sender's place.
    pub scope: PlaceId,
    /// What it says.
    pub facts: Vec<Fact>,
}

/// The hand.
pub struct Keeper {
    pub(super) r: Stream,
    pub(super) now: Instant,
    n: u32,
    sent: Vec<Handed>,
}

/// How often each kind of step is taken.
const STEPS: &[(f64, Step)] = &[
    (22.0, Keeper::swabs),
    (26.0, Keeper::next_link),
    (8.0, Keeper::round),
    (16.0, Keeper::answer_duty),
    (6.0, Keeper::mend),
    (4.0, Keeper::about_people),
    (4.0, Keeper::case_work),
    (3.0, Keeper::waive),
    (12.0, Keeper::anything),
    (24.0, Keeper::care),
    (6.0, Keeper::contact),
    (3.0, Keeper::any_care),
    (8.0, Keeper::command),
];
type Step = fn(&mut Keeper, &Auditor) -> Vec<Fact>;

impl Keeper {
    /// The hand of this seed.
    pub fn new(seed: u64, now: Instant) -> Self {
        Self { r: Stream::named(seed, "keeper"), now, n: 0, sent: vec![] }
    }

    /// What its clock shows.
    pub fn now(&self) -> Instant {
        self.now
    }
    /// A fresh number.
    pub(super) fn fresh(&mut self) -> u32 {
        self.n += 1;
        self.n
    }
    pub(super) fn id(&mut self) -> uuid::Uuid {
        let n = self.fresh();
        uuid::Uuid::from_u128(0xA_0000 + u128::from(n))
    }
    /// When it happened: now, mostly; or some time ago; seldom far ahead, by a clock that is wrong.
    pub(super) fn at(&mut self) -> EventTime {
        let minutes = match self.r.below(20) {
            0 => 60 * 24 * 2,
            1 => self.r.between(1, 60),
            2..=4 => -self.r.between(60, 600),
            5..=8 => -self.r.between(1, 59),
            _ => 0,
        };
        EventTime::exact(self.now.plus(Span::minutes(minutes)), UtcOffset::CHINA)
    }
    pub(super) fn soon(&mut self) -> EventTime {
        let minutes = self.r.between(0, 20);
        EventTime::exact(self.now.plus(Span::minutes(-minutes)), UtcOffset::CHINA)
    }
    pub(super) fn some<T: Clone>(&mut self, items: &[T]) -> Option<T> {
        self.r.pick(items).cloned()
    }
    pub(super) fn somebody(&mut self) -> PersonId {
        let strange = self.r.chance(0.04);
        person(if strange { PEOPLE + 1 + self.r.below(2) as u32 } else { 1 + self.r.below(u64::from(PEOPLE)) as u32 })
    }
    pub(super) fn words(&mut self) -> String {
        (if self.r.chance(0.05) { " " } else { "so it was" }).to_owned()
    }

    /// The submissions of one call at the door, by one or several senders. The clock goes on before.
    pub fn call(&mut self, a: &Auditor) -> Vec<Handed> {
        let minutes = match self.r.below(24) {
            0 => self.r.between(900, 2_800),
            1 | 2 => self.r.between(180, 900),
            3..=5 => self.r.between(60, 180),
            _ => self.r.between(0, 40),
        };
        // The test of the seventh day after a discharge is seldom reached otherwise.
        let far =
            a.duties.iter().filter(|d| d.key.kind == DutyKind::MonitoringTest && d.state == DutyState::Open).filter_map(|d| d.due).min();
        self.now = match far.filter(|due| *due > self.now && self.r.chance(0.3)) {
            Some(due) => due.plus(Span::minutes(-minutes.min(600))),
            None => self.now.plus(Span::minutes(minutes)),
        }
        .max(self.now);
        let n = if self.r.chance(0.2) { 2 + self.r.below(3) } else { 1 };
        (0..n).map(|_| self.submission(a)).collect()
    }

    fn submission(&mut self, a: &Auditor) -> Handed {
        if self.r.chance(0.06)
            && let Some(mut again) = self.some(&self.sent.clone())
        {
            if self.r.chance(0.4) {
                again.facts = self.facts(a);
            }
            return again;
        }
        let mut facts = self.facts(a);
        while self.r.chance(0.15) && facts.len() < 20 {
            facts.extend(self.facts(a));
        }
        if self.r.chance(0.03) {
            self.r.shuffle(&mut facts);
        }
        let id = SubmissionId(self.r.uuid_v7((self.now.0 / 1000) as u64));
        let scope = if self.r.chance(0.04) { COMMUNITIES[self.r.below(2) as usize] } else { ROOT };
        let handed = Handed { id, scope: place(scope), facts };
        self.sent.push(handed.clone());
        handed
    }

    fn facts(&mut self, a: &Auditor) -> Vec<Fact> {
        let weights: Vec<f64> = STEPS.iter().map(|s| s.0).collect();
        for _ in 0..20 {
            let step = self.r.weighted(&weights).map_or(STEPS[0].1, |i| STEPS[i].1);
            let facts = step(self, a);
            if !facts.is_empty() {
                return facts;
            }
        }
        vec![Fact::from(listing(1))]
    }

    /// A few people into one tube, as the protocol asks or, now and then, not.
    fn swabs(&mut self, a: &Auditor) -> Vec<Fact> {
        let rounds: Vec<RoundId> = a.known.rounds.iter().filter(|(_, r)| r.closed.is_none()).map(|(id, _)| id.clone()).collect();
        let open: Vec<TubeCode> = a.known.tubes.iter().filter(|(_, t)| t.state() == TubeState::Open).map(|(c, _)| c.clone()).collect();
        let old = if self.r.chance(0.3) { self.some(&open) } else { None };
        let known = old.as_ref().and_then(|c| a.known.tubes.get(c));
        let first = self.somebody();
        let mode = known.map_or_else(
            || if self.r.chance(0.85) { a.tube_rule(first).mode } else { TubeMode::ALL[self.r.below(3) as usize] },
            |t| t.mode,
        );
        let round = match known {
            Some(t) if !self.r.chance(0.05) => t.round.clone(),
            _ if self.r.chance(0.75) => self.some(&rounds),
            _ => None,
        };
        let n = self.fresh();
        let tube = old.unwrap_or_else(|| TubeCode::new(format!("T{n}")).unwrap_or_else(|_| unreachable!("a short code")));
        let people: Vec<PersonId> = match mode {
            TubeMode::Single => vec![first],
            TubeMode::Household => (1..=PEOPLE)
                .filter(|n| first == person(*n) || home(*n) == a.known.people.get(&first).map_or(home(1), |p| p.home.clone()))
                .map(person)
                .collect(),
            TubeMode::Pooled => (0..1 + self.r.below(5)).map(|_| self.somebody()).filter(|p| a.tube_rule(*p).mode == mode).collect(),
        };
        let station = place(if self.r.chance(0.03) { "50.500237.101.001.st9" } else { STATIONS[self.r.below(2) as usize] });
        let already_swabbed = self.r.chance(0.12);
        let at = self.at();
        let mut people = people;
        if !self.r.chance(0.1) {
            people.sort();
            people.dedup();
        }
        let mut facts: Vec<Fact> = people
            .into_iter()
            .map(|person| {
                let (tube, station, round) = (tube.clone(), station.clone(), round.clone());
                Registered { tube, person, station, at, round, mode: Some(mode), already_swabbed }.into()
            })
            .collect();
        if self.r.chance(0.4) && !facts.is_empty() {
            facts.push(TubeSealed { tube: tube.clone(), at }.into());
            if self.r.chance(0.3) {
                facts.push(self.intake(None, vec![tube]));
            }
        }
        facts
    }

    /// What comes next for some tube on its way.
    fn next_link(&mut self, a: &Auditor) -> Vec<Fact> {
        let on_way: Vec<(TubeCode, TubeState)> =
            a.known.tubes.iter().filter(|(_, t)| t.on_its_way()).map(|(c, t)| (c.clone(), t.state())).collect();
        let Some((tube, state)) = self.some(&on_way) else { return vec![] };
        let at = self.at();
        if self.r.chance(0.05) {
            let reason = self.words();
            return vec![if self.r.chance(0.5) { TubeSpoilt { tube, reason, at }.into() } else { TubeLost { tube, reason, at }.into() }];
        }
        match state {
            TubeState::Open if self.r.chance(0.75) => vec![TubeSealed { tube, at }.into()],
            TubeState::Sealed if self.r.chance(0.35) => {
                let n = self.fresh();
                let tubes: Vec<TubeCode> = a
                    .known
                    .tubes
                    .iter()
                    .filter(|(_, t)| t.state() == TubeState::Sealed && t.packed.is_none())
                    .map(|(c, _)| c.clone())
                    .take(1 + self.r.below(3) as usize)
                    .collect();
                vec![BoxPacked { r#box: box_code(n), tubes, at }.into()]
            }
            TubeState::Sealed if self.r.chance(0.3) => {
                let packed = a.known.tubes.get(&tube).and_then(|t| t.packed.clone());
                let tube = if packed.is_some() { None } else { Some(tube) };
                vec![HandedOver { r#box: packed, tube, from: "station".into(), to: "courier".into(), at, temperature: None }.into()]
            }
            TubeState::Open | TubeState::Sealed | TubeState::InTransit => {
                let packed = a.known.tubes.get(&tube).and_then(|t| t.packed.clone()).filter(|_| self.r.chance(0.8));
                let tubes = if packed.is_some() { vec![] } else { vec![tube] };
                vec![self.intake(packed, tubes)]
            }
            _ => self.read(tube),
        }
    }

    pub(super) fn intake(&mut self, r#box: Option<BoxCode>, tubes: Vec<TubeCode>) -> Fact {
        let bad = self.r.chance(0.08);
        Received {
            laboratory: place(if self.r.chance(0.02) { STATIONS[0] } else { LABORATORY }),
            r#box,
            tubes,
            condition: if bad { Condition::NotAdequate } else { Condition::Adequate },
            reason: bad.then(|| self.words()),
            temperature: None,
            at: self.soon(),
        }
        .into()
    }

    /// A result, now and then on a plate.
    pub(super) fn read(&mut self, tube: TubeCode) -> Vec<Fact> {
        let at = self.soon();
        let result = TestResult::ALL[[0, 0, 0, 0, 1, 1, 1, 2, 2, 3][self.r.below(10) as usize]];
        let plate = self.r.chance(0.3).then(|| {
            let n = self.fresh();
            PlateId::new(format!("P{n}")).unwrap_or_else(|_| unreachable!("a short code"))
        });
        let mut facts = Vec::new();
        if let Some(plate) = plate.clone().filter(|_| !self.r.chance(0.05)) {
            let (positive_control_ok, negative_control_ok) = (!self.r.chance(0.06), !self.r.chance(0.06));
            facts.push(PlateRead { plate, laboratory: place(LABORATORY), at, positive_control_ok, negative_control_ok }.into());
        }
        let targets = self.targets(result);
        facts.push(ResultRead { tube, plate, at, result, targets }.into());
        facts
    }

    pub(super) fn targets(&mut self, result: TestResult) -> Vec<TargetCt> {
        let value = match (result, self.r.below(20)) {
            (_, 0) => [31.0, 41.0][self.r.below(2) as usize],
            (TestResult::Positive, 1..=8) => 24.0,
            (TestResult::Positive, 9..=16) => 36.5,
            _ => return vec![],
        };
        let ct: Option<Ct> = serde_json::from_value(serde_json::json!(value)).ok();
        vec![TargetCt { target: "N".into(), ct }, TargetCt { target: "ORF1ab".into(), ct }]
    }

    /// Rounds begin and end, and people are excused from them.
    fn round(&mut self, a: &Auditor) -> Vec<Fact> {
        let at = self.soon();
        let rounds: Vec<(RoundId, bool)> = a.known.rounds.iter().map(|(id, r)| (id.clone(), r.closed.is_some())).collect();
        let open = rounds.iter().filter(|r| !r.1).count();
        if open == 0 && rounds.len() < 3 || self.r.chance(0.05) {
            let n = rounds.len() + usize::from(!self.r.chance(0.1));
            let scope = match self.r.below(6) {
                0 => vec![],
                1 => vec![place(COMMUNITIES[0])],
                2 => vec![place("50.500238")],
                _ => vec![place(ROOT)],
            };
            let due = self.r.chance(0.2).then(|| EventTime::exact(at.at.plus(Span::hours(self.r.between(-1, 12))), UtcOffset::CHINA));
            let pool_size = self.r.chance(0.2).then(|| [3, 5, 30][self.r.below(3) as usize]);
            let round = RoundId::new(format!("r{n}")).unwrap_or_else(|_| unreachable!("a short name"));
            return vec![RoundOpened { round, name: "round".into(), scope, at, due, pool_size }.into()];
        }
        let Some((round, _)) = self.some(&rounds) else { return vec![] };
        if self.r.chance(0.25) {
            return vec![RoundClosed { round, at }.into()];
        }
        let (person, reason) = (self.somebody(), self.words());
        vec![RosterWaived { round, person, reason, decider: "office".into() }.into()]
    }

    /// What would fulfil some open duty of a person or a case.
    fn answer_duty(&mut self, a: &Auditor) -> Vec<Fact> {
        let mut kinds: Vec<DutyKind> = a.duties.iter().filter(|d| d.state == DutyState::Open).map(|d| d.key.kind).collect();
        kinds.sort();
        kinds.dedup();
        let Some(kind) = self.some(&kinds) else { return vec![] };
        let open: Vec<_> = a.duties.iter().filter(|d| d.state == DutyState::Open && d.key.kind == kind).collect();
        let Some(d) = self.some(&open) else { return vec![] };
        let at = self.at();
        let case = d.key.case.and_then(|i| a.known.cases.get(i)).and_then(|c| c.id);
        match (kind, d.key.person, case) {
            (DutyKind::Recall | DutyKind::Resample | DutyKind::MonitoringTest, Some(p), _) => self.single(p),
            (DutyKind::Report | DutyKind::ReportCorrection, _, Some(case)) => {
                vec![ReportFiled { case, receipt: self.words(), at }.into()]
            }
            (DutyKind::InvestigateCore, _, Some(case)) => {
                let decision = self.decision(0.8);
                vec![InvestigationFiled { case, part: InvestigationPart::Core, at, summary: None, decision }.into()]
            }
            (DutyKind::InvestigateFull, _, Some(case)) => {
                let decision = self.decision(0.8);
                vec![InvestigationFiled { case, part: InvestigationPart::Full, at, summary: None, decision }.into()]
            }
            (DutyKind::Retest, _, _) => d.key.tube.clone().map(|t| self.read(t)).unwrap_or_default(),
            (DutyKind::ConfirmCorrection, _, _) => d.key.tube.clone().map(|t| self.read_again(t, a)).unwrap_or_default(),
            (DutyKind::IdentifySwab, _, _) => {
                let Some(tube) = d.key.tube.clone() else { return vec![] };
                let was = a.known.swabs.iter().rev().find(|s| s.tube == tube).map(|s| s.person);
                let (from, to) = (was.unwrap_or(person(1)), self.somebody());
                vec![RegistrationReassigned { tube, from, to, reason: self.words(), at }.into()]
            }
            (_, Some(p), _) => self.care_for(p, a),
            _ => vec![],
        }
    }

    /// People come, go, move in, have another telephone.
    fn about_people(&mut self, a: &Auditor) -> Vec<Fact> {
        let (person_id, at) = (self.somebody(), self.soon());
        match self.r.below(6) {
            5 => {
                let l = self.somebody();
                let n = if l.0.as_u128() as u32 <= PEOPLE { l.0.as_u128() as u32 } else { 1 };
                let known = a.known.listed.get(&person(n)).copied();
                let phone = self.some(&[None, Some("13800000001"), Some("13800000002")]).flatten().map(ToOwned::to_owned);
                let seen = self.some(&[None, known, known, known.map(|n| n - 1)]).flatten();
                vec![PersonListed { phone, seen, ..listing(n) }.into()]
            }
            0 => {
                let mut l = listing(PEOPLE + 1 + self.r.below(2) as u32);
                if self.r.chance(0.2) {
                    l.home = place("50.500238.101.001");
                }
                vec![l.into()]
            }
            1 | 2 => vec![PersonAbsent { person: person_id, destination: "elsewhere".into(), at }.into()],
            _ => {
                let away: Vec<PersonId> = (1..=PEOPLE).map(person).filter(|p| a.standing(*p) == Standing::Absent).collect();
                let person = self.some(&away).unwrap_or(person_id);
                vec![PersonReturned { person, at }.into()]
            }
        }
    }

    /// Cases found elsewhere, and what the experts say.
    fn case_work(&mut self, a: &Auditor) -> Vec<Fact> {
        let at = self.at();
        let severity = Severity::ALL[self.r.below(5) as usize];
        let cases: Vec<CaseId> = a.known.cases.iter().filter_map(|c| c.id).collect();
        if cases.is_empty() || self.r.chance(0.3) {
            let classification = [Classification::Confirmed, Classification::Asymptomatic][self.r.below(2) as usize];
            let (case, person) = (CaseId(self.id()), self.somebody());
            let severity = self.r.chance(0.5).then_some(severity);
            let listed = CaseListed {
                case,
                person,
                classification,
                severity,
                onset: None,
                at,
                control: None,
                note: None,
                number: None,
                sampled: None,
                reported: None,
                setting: None,
                ended: None,
            };
            return vec![listed.into()];
        }
        let Some(case) = self.some(&cases) else { return vec![] };
        let classification = [Classification::Confirmed, Classification::Asymptomatic, Classification::NotACase][self.r.below(3) as usize];
        let onset = self.r.chance(0.2).then(|| EventTime::exact(at.at.plus(Span::hours(self.r.between(-30, 2))), UtcOffset::CHINA));
        vec![CaseClassified { case, classification, severity, onset, at, decider: "expert".into() }.into()]
    }

    fn waive(&mut self, a: &Auditor) -> Vec<Fact> {
        let open: Vec<DutyId> = a.duties.iter().filter(|d| d.state == DutyState::Open).filter_map(|d| d.id).collect();
        let Some(duty) = self.some(&open) else { return vec![] };
        vec![DutyWaived { duty, decision: Decision { decider: "office".into(), reason: self.words() } }.into()]
    }

    /// Anything about anything that exists, whether it may be said or not.
    fn anything(&mut self, a: &Auditor) -> Vec<Fact> {
        let at = self.at();
        let tubes: Vec<TubeCode> = a.known.tubes.keys().cloned().collect();
        let strange = TubeCode::new("X1").unwrap_or_else(|_| unreachable!("a short code"));
        let tube = if self.r.chance(0.95) { self.some(&tubes).unwrap_or(strange) } else { strange };
        let boxes: Vec<BoxCode> = a.known.boxes.keys().cloned().collect();
        let r#box = self.some(&boxes).unwrap_or_else(|| box_code(0));
        let (one, other, reason) = (self.somebody(), self.somebody(), self.words());
        match self.r.below(12) {
            0 => vec![TubeSealed { tube, at }.into()],
            1 => vec![TubeSpoilt { tube, reason, at }.into()],
            2 => vec![self.intake(None, vec![tube])],
            3 => vec![self.intake(Some(r#box), vec![])],
            4 => self.read(tube),
            5 => {
                let (station, round, mode) = (place(STATIONS[0]), a.known.tubes.get(&tube).and_then(|t| t.round.clone()), None);
                let already_swabbed = self.r.chance(0.5);
                vec![Registered { tube, person: one, station, at, round, mode, already_swabbed }.into()]
            }
            6 => vec![RegistrationVoided { tube, person: one, reason, at }.into()],
            7 => vec![RegistrationReassigned { tube, from: one, to: other, reason, at }.into()],
            8 => vec![BoxPacked { r#box, tubes: vec![tube], at }.into()],
            9 => {
                let which = self.r.chance(0.5).then_some(r#box);
                let tube = which.is_none().then_some(tube);
                vec![HandedOver { r#box: which, tube, from: "x".into(), to: "y".into(), at, temperature: None }.into()]
            }
            10 => {
                let case = CaseId(self.id());
                vec![InvestigationFiled { case, part: InvestigationPart::Core, at, summary: None, decision: None }.into()]
            }
            _ => {
                let duty = DutyId(self.id());
                vec![DutyWaived { duty, decision: Decision { decider: "x".into(), reason } }.into()]
            }
        }
    }
}

fn box_code(n: u32) -> BoxCode {
    BoxCode::new(format!("B{n}")).unwrap_or_else(|_| unreachable!("a short code"))
}
