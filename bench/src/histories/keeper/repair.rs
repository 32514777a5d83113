//! What was wrong is put right, or is said to have been wrong.

use super::*;

impl Keeper {
    /// Somebody is sampled singly; the tube often goes its whole way at once.
    pub(super) fn single(&mut self, person: PersonId) -> Vec<Fact> {
        let n = self.fresh();
        let tube = TubeCode::new(format!("S{n}")).unwrap_or_else(|_| unreachable!("a short code"));
        let station = place(STATIONS[self.r.below(2) as usize]);
        let at = self.at();
        let mut facts: Vec<Fact> = vec![
            Registered { tube: tube.clone(), person, station, at, round: None, mode: Some(TubeMode::Single), already_swabbed: false }
                .into(),
        ];
        if self.r.chance(0.6) {
            facts.push(self.intake(None, vec![tube.clone()]));
            if self.r.chance(0.8) {
                facts.extend(self.read(tube));
            }
        }
        facts
    }

    /// Something was wrong: a registration, a result.
    pub(super) fn mend(&mut self, a: &Auditor) -> Vec<Fact> {
        let at = self.at();
        if self.r.chance(0.4) {
            let resulted: Vec<TubeCode> = a.known.tubes.iter().filter(|(_, t)| t.result().is_some()).map(|(c, _)| c.clone()).collect();
            let Some(tube) = self.some(&resulted) else { return vec![] };
            let result = TestResult::ALL[self.r.below(4) as usize];
            return self.correct(tube, result, at, a);
        }
        let standing: Vec<&Swab> = a.known.swabs.iter().filter(|s| s.stands()).collect();
        let Some(s) = self.some(&standing) else { return vec![] };
        let (tube, reason) = (s.tube.clone(), self.words());
        if self.r.chance(0.5) {
            return vec![RegistrationVoided { tube, person: s.person, reason, at }.into()];
        }
        vec![RegistrationReassigned { tube, from: s.person, to: self.somebody(), reason, at }.into()]
    }

    /// A result is called another; of one that is called negative the repeat comes with it now and then, or many are at once.
    fn correct(&mut self, tube: TubeCode, result: TestResult, at: EventTime, a: &Auditor) -> Vec<Fact> {
        let many = result == TestResult::Negative && self.r.chance(0.1);
        let corrected = |k: &mut Self, tube: TubeCode| {
            let (targets, reason) = (k.targets(result), k.words());
            let decider = if k.r.chance(0.05) { SENDER } else { "head" };
            Fact::from(ResultCorrected { tube, at, result, targets, reason, decider: decider.into() })
        };
        let others = a.known.tubes.keys().filter(|_| many).take(4).cloned();
        let mut facts: Vec<Fact> = others.map(|t| corrected(self, t)).collect();
        facts.push(corrected(self, tube.clone()));
        if result == TestResult::Negative && self.r.chance(0.3) {
            facts.extend(self.read_again(tube, a));
        }
        facts
    }

    /// A tube is read again, mostly on another plate, mostly negative.
    pub(super) fn read_again(&mut self, tube: TubeCode, a: &Auditor) -> Vec<Fact> {
        let at = self.soon();
        let old: Vec<PlateId> = a.known.tubes.get(&tube).iter().flat_map(|t| t.runs.iter().filter_map(|r| r.plate.clone())).collect();
        let old = if self.r.chance(0.15) { self.some(&old) } else { None };
        let result = TestResult::ALL[[0, 0, 0, 0, 0, 1, 1, 2, 2, 3][self.r.below(10) as usize]];
        let n = self.fresh();
        let plate = old.unwrap_or_else(|| PlateId::new(format!("P{n}")).unwrap_or_else(|_| unreachable!("a short code")));
        let mut facts: Vec<Fact> = Vec::new();
        if !a.known.plates.contains_key(&plate) {
            let negative_control_ok = !self.r.chance(0.06);
            let (plate, laboratory) = (plate.clone(), place(LABORATORY));
            facts.push(PlateRead { plate, laboratory, at, positive_control_ok: true, negative_control_ok }.into());
        }
        let (plate, targets) = ((!self.r.chance(0.05)).then_some(plate), self.targets(result));
        facts.push(ResultRead { tube, plate, at, result, targets }.into());
        facts
    }
}
