//! Testing (检): plates, results, corrections, and what a result means for the members of a tube.

use crate::act::{Act, Outcome, Subject};
use crate::fact::*;
use crate::kinds::*;
use crate::refusal::Refusal;
use crate::refuse;
use crate::rows::*;
use crate::state::Count;
use quell_foundation::*;
use quell_protocol::{Link, Protocol, TubeMode, rule_path};

impl Act<'_> {
    pub(crate) fn plate_read(&mut self, f: &PlateRead) -> Outcome {
        self.not_future(f.at)?;
        if self.s.plates.get(&f.plate).is_some() {
            let p = &f.plate;
            return Err(refuse!(
                "plate.exists",
                "plate",
                "plate {p} was read before; a repeated run is a plate of its own",
                "板号 {p} 已登记，复检请使用新板号"
            ));
        }
        let valid = f.positive_control_ok && f.negative_control_ok;
        self.s.plates.put(Plate { plate: f.plate.clone(), laboratory: f.laboratory.clone(), read_at: f.at.at, valid });
        Ok(())
    }

    pub(crate) fn result_read(&mut self, f: &ResultRead) -> Outcome {
        self.not_future(f.at)?;
        let t = self.tube(&f.tube)?;
        self.check_result(&t, f)?;
        self.write_result(&f.tube, f.plate.as_ref(), f.at.at, f.result, &f.targets, None);
        self.count_for_laboratory(&t, f);
        let contested = self.tube_duties(&f.tube, DutyKind::ConfirmCorrection).into_iter().next();
        match (f.result, contested) {
            (TestResult::Failed, _) => self.test_failed(t, f.at.at)?,
            (TestResult::Negative, Some(duty)) => self.correction_confirmed(t, f, &duty),
            (result, contested) => {
                if let Some(duty) = contested {
                    self.supersede(&duty, f.at.at, "the repeat is not negative: the result stands");
                }
                if t.result == Some(result) {
                    self.s.tubes.put(Tube { plate: f.plate.clone(), runs: t.runs + 1, ..t });
                } else {
                    self.set_result(t, f);
                }
            }
        }
        Ok(())
    }

    /// The repeat bears a correction out: only now the result is negative, and what the wrong one brought is taken back.
    fn correction_confirmed(&mut self, t: Tube, f: &ResultRead, duty: &Duty) {
        let at = f.at.at;
        self.discharge(duty, at);
        let members: Vec<PersonId> = self.members(&t.tube).iter().map(|m| m.person_id).collect();
        self.withdraw_consequences(&t, &members, at, "result corrected: the repeat is negative");
        let (result, plate) = (Some(f.result), f.plate.clone());
        let t = Tube { result, targets: f.targets.clone(), plate, runs: t.runs + 1, ..t };
        self.s.tubes.put(t.clone());
        self.result_for_members(&t, f.result, &members, at);
        self.owe_identity(&t.tube, at);
    }

    /// A result must agree with its cycle thresholds.
    fn check_targets(&self, code: &TubeCode, result: TestResult, targets: &[TargetCt]) -> Outcome {
        let lowest = targets.iter().filter_map(|t| t.ct).min();
        let amplified = lowest.is_some_and(|ct| self.c.protocol.is_positive_ct(ct));
        if result == TestResult::Negative && amplified {
            let ct = lowest.map(|c| c.value()).unwrap_or_default();
            return Err(refuse!(
                "result.contradiction",
                "result",
                "tube {code} is called negative with a Ct of {ct}: a positive must not be released as negative; check the file",
                "采样管 {code} 报为阴性但 Ct 值为 {ct}，阳性不得按阴性发布，请核对文件"
            ));
        }
        if result == TestResult::Positive && !targets.is_empty() && !amplified {
            return Err(refuse!(
                "result.contradiction",
                "result",
                "tube {code} is called positive but no target is below the cut-off; call it indeterminate or check the file",
                "采样管 {code} 报为阳性但各靶标均未低于判定值，请报可疑或核对文件"
            ));
        }
        Ok(())
    }

    fn check_result(&self, t: &Tube, f: &ResultRead) -> Outcome {
        let code = &f.tube;
        if !matches!(t.state, TubeState::Received | TubeState::Resulted) {
            let s = t.state;
            let zh = s.zh();
            return Err(refuse!(
                "result.not_received",
                "tube",
                "tube {code} is {s}: no laboratory has received it; record the intake first, or check the barcode",
                "采样管 {code} 状态为{zh}，检测机构尚未接收，请先登记接收或核对条码"
            ));
        }
        if let Some(p) = &f.plate {
            match self.s.plates.get(p) {
                None => {
                    return Err(refuse!(
                        "plate.unknown",
                        "plate",
                        "no plate {p}; record the plate with its controls first",
                        "没有板号 {p}，请先登记该板及质控结果"
                    ));
                }
                Some(p) if !p.valid => {
                    let p = &p.plate;
                    return Err(refuse!(
                        "plate.control_failed",
                        "plate",
                        "the controls of plate {p} failed: none of its results counts; run it again",
                        "板 {p} 质控失败，结果一律无效，请重新检测"
                    ));
                }
                Some(_) => {}
            }
        }
        self.check_targets(code, f.result, &f.targets)?;
        let contested = !self.tube_duties(code, DutyKind::ConfirmCorrection).is_empty();
        match (t.result, f.result) {
            (Some(TestResult::Positive), TestResult::Indeterminate) => Err(positive_before(code)),
            (Some(TestResult::Positive), TestResult::Negative) if !contested => Err(positive_before(code)),
            // Whoever was told to wait for another test is released by a test, not by a word.
            (Some(TestResult::Positive | TestResult::Indeterminate), TestResult::Negative) if f.plate.is_none() || f.plate == t.plate => {
                Err(refuse!(
                    "result.repeat_plate",
                    "plate",
                    "tube {code} was not negative before; a negative result needs the plate of a repeat, another one than before, with its controls",
                    "采样管 {code} 此前结果非阴性，改报阴性须有复检板号（与原板不同）及其质控"
                ))
            }
            (Some(old), new) if old == new && contested && f.plate.is_some() && f.plate != t.plate => Ok(()),
            (Some(old), new) if old == new => {
                Err(refuse!("result.same", "result", "tube {code} has this result already", "采样管 {code} 已有相同结果"))
            }
            _ => Ok(()),
        }
    }

    fn write_result(
        &mut self,
        tube: &TubeCode,
        plate: Option<&PlateId>,
        at: Instant,
        result: TestResult,
        targets: &[TargetCt],
        correction: Option<String>,
    ) {
        let place = self.s.tubes.get(tube).map_or_else(|| self.s.config.root.clone(), |t| t.place.clone());
        self.s.results.put(ResultLine {
            seq: self.c.seq,
            idx: self.index as i32,
            tube: tube.clone(),
            place,
            plate: plate.cloned(),
            at,
            result,
            targets: targets.to_vec(),
            correction,
        });
    }

    /// The run failed: the tube stays with the laboratory, which owes another run; after the protocol's last run the tube is
    /// given up and its members are sampled again. A tube that has a result keeps it.
    fn test_failed(&mut self, t: Tube, at: Instant) -> Result<(), Refusal> {
        let t = Tube { runs: t.runs + 1, ..t };
        self.s.tubes.put(t.clone());
        if t.state != TubeState::Received {
            return Ok(());
        }
        if t.runs >= self.c.protocol.max_runs() as i32 {
            let runs = t.runs;
            return self.give_up(t, TubeState::Spoilt, at, &format!("{runs} runs failed"));
        }
        if self.tube_duties(&t.tube, DutyKind::Retest).is_empty() {
            self.open(DutyKind::Retest, Link::Retest, Subject::Tube(t.tube.clone()), &t.place, at);
        }
        Ok(())
    }

    fn set_result(&mut self, t: Tube, f: &ResultRead) {
        let (result, at) = (f.result, f.at.at);
        let alarmed = is_alarming(t.result) && is_alarming(Some(result));
        let first = t.state == TubeState::Received;
        if first {
            if let Some(due) = t.test_due {
                self.s.count(DutyKind::Test, &t.place, t.round.as_ref(), Count::Discharged { in_time: at <= due }, 1);
            }
            let in_time = t.test_due.is_none_or(|due| at <= due);
            self.s.count(DutyKind::Result, &t.place, t.round.as_ref(), Count::Discharged { in_time }, i64::from(t.members));
        }
        for d in self.tube_duties(&t.tube, DutyKind::Retest) {
            self.discharge(&d, at);
        }
        let t = Tube {
            state: TubeState::Resulted,
            resulted_at: t.resulted_at.or(Some(at)),
            result: Some(result),
            targets: f.targets.clone(),
            plate: f.plate.clone(),
            runs: t.runs + 1,
            ..t
        };
        self.s.tubes.put(t.clone());
        if !alarmed {
            self.owe_identity(&t.tube, at);
        }
        if result == TestResult::Negative && t.mode == TubeMode::Pooled {
            return; // Its members are released by the tube's result itself.
        }
        let members: Vec<PersonId> = self.members(&t.tube).iter().map(|m| m.person_id).collect();
        self.result_for_members(&t, result, &members, at);
    }

    /// Someone's swab was not negative, and nobody is registered to it: it must be found out whose it is. When the tube has an owner, or
    /// its result was corrected, that ends.
    pub(crate) fn owe_identity(&mut self, tube: &TubeCode, at: Instant) {
        let Some(t) = self.s.tubes.get(tube).cloned() else { return };
        let nobodys = t.members == 0 && is_alarming(t.result);
        let open = self.tube_duties(tube, DutyKind::IdentifySwab);
        if nobodys && open.is_empty() {
            self.open(DutyKind::IdentifySwab, Link::Recall, Subject::Tube(tube.clone()), &t.place, at);
        } else if !nobodys {
            open.iter().for_each(|d| self.supersede(d, at, "the swab has an owner, or its result was corrected"));
        }
    }

    /// What a result means for these members of the tube.
    pub(crate) fn result_for_members(&mut self, t: &Tube, result: TestResult, members: &[PersonId], at: Instant) {
        let pool = t.members > 1;
        for person in members {
            let sampled_at = self.s.registrations.get(&(*person, t.tube.clone())).map_or(at, |r| r.sampled_at);
            if is_alarming(Some(result)) {
                self.not_cleared(*person, &t.tube);
            }
            let case = self.active_case(*person);
            match (result, pool) {
                (TestResult::Failed, _) => {}
                (TestResult::Positive | TestResult::Indeterminate, true) if case.is_none() => self.recall(*person, &t.tube, at),
                (TestResult::Positive, false) => match case {
                    None => self.open_case(*person, t, sampled_at, at),
                    Some(case) => {
                        self.confirm_suspect(case, t, sampled_at, at);
                        self.exit_test_read(*person, t, sampled_at, at);
                    }
                },
                (TestResult::Negative | TestResult::Indeterminate, false) if case.is_some() => {
                    self.exit_test_read(*person, t, sampled_at, at);
                    if result == TestResult::Negative && t.mode == TubeMode::Single {
                        self.cleared(*person, &t.tube, sampled_at);
                    }
                }
                (TestResult::Indeterminate, false) => self.owe_resample(*person, &t.tube, at),
                (TestResult::Negative, false) if t.mode == TubeMode::Single => self.cleared(*person, &t.tube, sampled_at),
                _ => {}
            }
        }
    }

    /// A member of a positive or indeterminate pool is sampled singly.
    fn recall(&mut self, person: PersonId, pool: &TubeCode, at: Instant) {
        let Some(p) = self.s.persons.get(&person).cloned().filter(|p| p.standing != Standing::Dead) else { return };
        if self.open_because_of(person, pool, &[DutyKind::Recall]).is_empty() {
            self.open(DutyKind::Recall, Link::Recall, Subject::PersonOf(person, pool.clone()), &p.place, at);
        }
        self.recalled(person, |pools| {
            let called = pools.entry(pool.clone()).or_insert_with(|| CalledBack::since(at));
            if at > called.since {
                *called = CalledBack::since(at);
            }
        });
    }

    /// A negative single sample answers the recalls of before it was taken (not a contact's isolation, which has its own schedule).
    fn cleared(&mut self, person: PersonId, sample: &TubeCode, sampled_at: Instant) {
        self.recalled(person, |pools| {
            for called in pools.values_mut().filter(|c| c.since <= sampled_at) {
                called.answered.insert(sample.clone());
            }
        });
    }

    /// A single sample that was negative is not any more, or was another's: it answers nothing.
    pub(crate) fn not_cleared(&mut self, person: PersonId, sample: &TubeCode) {
        self.recalled(person, |pools| {
            for called in pools.values_mut() {
                called.answered.remove(sample);
            }
        });
    }

    pub(crate) fn result_corrected(&mut self, f: &ResultCorrected) -> Outcome {
        self.not_future(f.at)?;
        let t = self.tube(&f.tube)?;
        let code = &f.tube;
        if f.reason.trim().is_empty() || f.decider.trim().is_empty() {
            return Err(refuse!(
                "correction.reason",
                "reason",
                "a correction names its reason and who decided",
                "结果更正须写明理由和决定人"
            ));
        }
        let Some(old) = t.result else {
            return Err(refuse!("correction.no_result", "tube", "tube {code} has no result to correct", "采样管 {code} 没有可更正的结果"));
        };
        if old == f.result || f.result == TestResult::Failed {
            return Err(refuse!(
                "correction.same",
                "result",
                "the corrected result must differ from the one in force and be a result",
                "更正后的结果须与现有结果不同且为有效结果"
            ));
        }
        self.check_targets(code, f.result, &f.targets)?;
        let contested = self.tube_duties(code, DutyKind::ConfirmCorrection);
        if f.result == TestResult::Negative {
            return self.contest(&t, f, !contested.is_empty());
        }
        contested.iter().for_each(|d| self.supersede(d, f.at.at, "corrected otherwise"));
        self.write_result(code, None, f.at.at, f.result, &f.targets, Some(format!("{}: {}", f.decider, f.reason)));
        let members: Vec<PersonId> = self.members(code).iter().map(|m| m.person_id).collect();
        if old != TestResult::Negative {
            self.withdraw_consequences(&t, &members, f.at.at, &format!("result corrected: {}", f.reason));
        }
        let t = Tube { result: Some(f.result), targets: f.targets.clone(), plate: None, ..t };
        self.s.tubes.put(t.clone());
        self.result_for_members(&t, f.result, &members, f.at.at);
        if old == TestResult::Negative {
            self.owe_identity(&t.tube, f.at.at);
        }
        Ok(())
    }

    /// A result that was not negative is called negative by hand. Nobody is released by that: it is on record, and the laboratory owes
    /// a repeat, whose reading decides. (SydPath 2021: a manual step told 886 positive persons that they were negative.)
    fn contest(&mut self, t: &Tube, f: &ResultCorrected, waiting: bool) -> Outcome {
        let code = &f.tube;
        if f.decider.trim().eq_ignore_ascii_case(self.c.sender.trim()) {
            let sender = self.c.sender;
            return Err(refuse!(
                "correction.second_signature",
                "decider",
                "whoever hands a correction to negative in ({sender}) cannot be the one who decided it; have another person decide",
                "更正为阴性的上报人（{sender}）不能同时是决定人，请由另一人决定"
            ));
        }
        if waiting {
            return Err(refuse!(
                "correction.waiting",
                "tube",
                "a correction of tube {code} waits for its repeat already: read the tube on another plate",
                "采样管 {code} 的更正已在等待复检，请用另一块板复检"
            ));
        }
        let text = format!("{}: {} (not in force before a repeat)", f.decider, f.reason);
        self.write_result(code, None, f.at.at, f.result, &f.targets, Some(text));
        // Not by `open`: a protocol without a limit for repeats has this duty too.
        let due = f.at.at.plus(self.c.protocol.deadline(Link::Retest).unwrap_or(Span::days(1)));
        let rule = rule_path(Link::Retest).to_owned();
        self.open_by(DutyKind::ConfirmCorrection, Subject::Tube(code.clone()), &t.place, f.at.at, due, rule);
        Ok(())
    }

    /// Takes back what a tube's result brought to these persons: recalls, another sample, and the case that came from it. What another
    /// tube asks of them stays, and so does another sample that is owed because the swab is in the wrong tube.
    pub(crate) fn withdraw_consequences(&mut self, t: &Tube, persons: &[PersonId], at: Instant, why: &str) {
        if !is_alarming(t.result) {
            return;
        }
        for person in persons {
            let kept = self.s.registrations.get(&(*person, t.tube.clone())).is_some_and(|r| r.void_seq.is_none() && r.is_wrong_mode());
            let brought: &[DutyKind] = if kept { &[DutyKind::Recall] } else { &[DutyKind::Recall, DutyKind::Resample] };
            self.supersede_because_of(*person, &t.tube, brought, at, why);
            self.recalled(*person, |pools| {
                pools.remove(&t.tube);
            });
            let of_tube = |c: &Case| c.tube.as_ref() == Some(&t.tube) && c.state != CaseState::Withdrawn;
            if let Some(case) = Self::first_of(&self.s.cases, *person, of_tube) {
                // A case that was there before the result rests on more than it.
                match t.resulted_at.is_some_and(|r| case.found_at < r) && case.state == CaseState::Active {
                    true => self.suspect_again(case, at),
                    false => self.withdraw_case(case, at, why),
                }
            }
        }
    }
}

/// A result that asks for more than a negative does.
pub(crate) fn is_alarming(result: Option<TestResult>) -> bool {
    matches!(result, Some(TestResult::Positive | TestResult::Indeterminate))
}

fn positive_before(code: &TubeCode) -> Refusal {
    refuse!(
        "result.positive_before",
        "result",
        "tube {code} is positive already; a later result cannot release it. If the positive was wrong, hand in result_corrected with reason and decider, then the reading of the repeat",
        "采样管 {code} 已报阳性，后来的结果不能放行。如阳性有误，请提交结果更正并写明理由和决定人，再提交复检结果"
    )
}

/// Many corrections to negative in one submission, without the repeats that bear them out: a mistake of one hand for many people.
pub(crate) fn too_many_corrections(protocol: &Protocol, facts: &[Fact]) -> Option<Refusal> {
    let most = protocol.corrections_at_once().map_or(usize::MAX, |n| n as usize);
    if facts.len() < most {
        return None;
    }
    let read_again = |tube: &TubeCode, from: usize| {
        facts[from..].iter().any(|f| matches!(f, Fact::ResultRead(r) if r.tube == *tube && r.result == TestResult::Negative))
    };
    let bare = facts.iter().enumerate().filter(|(i, f)| match f {
        Fact::ResultCorrected(c) => c.result == TestResult::Negative && !read_again(&c.tube, *i),
        _ => false,
    });
    let (n, first) = bare.fold((0, None), |(n, first), (i, _)| (n + 1, first.or(Some(i))));
    let first = first.filter(|_| n >= most)?;
    let refusal = refuse!(
        "correction.many",
        "result",
        "{n} results would be corrected to negative at once, without a repeat of any of them; hand each in with the reading of its repeat",
        "一次将 {n} 个结果更正为阴性且均无复检结果；请逐个连同复检结果一并提交"
    );
    Some(Refusal { fact: first as u32, kind: facts[first].kind().to_owned(), ..refusal })
}
