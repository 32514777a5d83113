//! Sampling (采): a person is registered to a tube; what was wrong is voided or reassigned.

use crate::act::{Act, Outcome, Subject};
use crate::fact::*;
use crate::kinds::*;
use crate::refusal::Refusal;
use crate::refuse;
use crate::rows::*;
use crate::state::Count;
use crate::table::Group;
use quell_foundation::*;
use quell_protocol::{Exposure, Link, OccupationClass, TubeMode, TubeQuestion, TubeRule, ZoneLevel};

impl Act<'_> {
    pub(crate) fn registered(&mut self, f: &Registered) -> Outcome {
        self.not_future(f.at)?;
        let person = self.person(f.person)?;
        let round = f.round.as_ref().map(|r| self.round(r)).transpose()?;
        if let Some(r) = &round
            && r.closed_at.is_some_and(|c| f.at.at > c)
        {
            let id = &r.round;
            return Err(refuse!("round.closed", "round", "round {id} was closed before this sample was taken; register without a round", "轮次 {id} 在采样前已经结束，请不带轮次登记"));
        }
        let rule = self.tube_rule(&person);
        let mut flag = None;
        let mut tube = match self.s.tubes.get(&f.tube).cloned() {
            Some(t) => t,
            None => self.new_tube(f, &person, &rule, round.as_ref())?,
        };
        self.check_tube_takes(&tube, f)?;
        self.check_mode(&tube, f, &rule, &mut flag)?;
        self.check_household(&tube, f, &person, &mut flag)?;
        if tube.members >= tube.capacity {
            let (t, n) = (&f.tube, tube.capacity);
            if !f.already_swabbed {
                return Err(refuse!("tube.full", "tube", "tube {t} is full ({n} persons); take the next tube", "采样管 {t} 已满（{n} 人），请换下一管"));
            }
            flag = Some("overfull".to_owned());
        }
        tube.members += 1;
        let tube_single = tube.mode == TubeMode::Single;
        self.s.tubes.put(tube.clone());
        self.register(&person, &tube, f.at.at, round.as_ref(), flag.clone());
        if person.attention && tube_single {
            self.discharge_sampling(f.person, f.at.at, round.is_none());
        }
        if flag.as_deref() == Some("wrong_mode") {
            self.open(DutyKind::Resample, Link::Resample, Subject::Person(f.person), &person.place, f.at.at);
        }
        Ok(())
    }

    /// Which tube the person must go into.
    fn tube_rule(&self, person: &Person) -> TubeRule {
        let zone = self.zone_at(&person.home);
        let building_depth = self.s.config.tally_depth + 2;
        self.c.protocol.tube_rule(&TubeQuestion {
            zone: zone.as_ref().map(|z| z.level),
            building_affected: zone.as_ref().is_some_and(|z| z.level == ZoneLevel::High && z.place.depth() >= building_depth),
            exposure: person.exposure,
            occupation: person.occupation,
        })
    }

    fn new_tube(&mut self, f: &Registered, person: &Person, rule: &TubeRule, round: Option<&Round>) -> Result<Tube, Refusal> {
        let Some(mode) = f.mode else {
            return Err(refuse!("tube.mode_missing", "mode", "the first person of a tube says how it is used: single, household or pooled", "登记采样管的第一人时须注明方式：单采、一户一管或混采"));
        };
        if self.s.places.get(&f.station).is_none() {
            let s = &f.station;
            return Err(refuse!("station.unknown", "station", "no place {s}; list the station first", "没有地点 {s}，请先登记采样点"));
        }
        let rule_max = if mode == rule.mode { rule.max_persons } else { self.capacity_of(mode) };
        let capacity = match (mode, round.and_then(|r| r.pool_size)) {
            (TubeMode::Pooled, Some(n)) => rule_max.min(n as u32),
            _ => rule_max,
        };
        let seal_due = self.c.protocol.deadline(Link::Seal).map(|s| f.at.at.plus(s));
        let place = self.s.tally_place(&f.station);
        if seal_due.is_some() {
            self.s.count(DutyKind::Seal, &place, f.round.as_ref(), Count::Opened, 1);
        }
        Ok(Tube {
            tube: f.tube.clone(),
            round: f.round.clone(),
            place,
            mode,
            capacity: capacity as i32,
            members: 0,
            household: (mode == TubeMode::Household).then(|| person.home.clone()),
            state: TubeState::Open,
            opened_at: f.at.at,
            seal_due,
            sealed_at: None,
            r#box: None,
            holder: None,
            left_at: None,
            deliver_due: None,
            received_at: None,
            laboratory: None,
            test_due: None,
            resulted_at: None,
            result: None,
            targets: vec![],
            runs: 0,
        })
    }

    /// How many a tube of this mode holds when the person alone would not decide it.
    fn capacity_of(&self, mode: TubeMode) -> u32 {
        let ask = |zone, building_affected| {
            self.c.protocol.tube_rule(&TubeQuestion { zone, building_affected, exposure: Exposure::None, occupation: OccupationClass::General })
        };
        match mode {
            TubeMode::Single => 1,
            TubeMode::Household => ask(Some(ZoneLevel::High), true).max_persons,
            TubeMode::Pooled => ask(None, false).max_persons,
        }
    }

    fn check_tube_takes(&self, tube: &Tube, f: &Registered) -> Outcome {
        let t = &f.tube;
        if tube.round != f.round {
            return Err(refuse!("tube.round", "round", "tube {t} belongs to another round", "采样管 {t} 属于其他轮次"));
        }
        // An offline station hands in late what was swabbed before the tube was closed.
        let late = tube.sealed_at.is_some_and(|s| f.at.at <= s) && tube.resulted_at.is_none();
        if tube.state != TubeState::Open && !(late && matches!(tube.state, TubeState::Sealed | TubeState::InTransit | TubeState::Received)) {
            let s = tube.state;
            let zh = s.zh();
            return Err(refuse!("tube.not_open", "tube", "tube {t} is {s}; nobody can be added, take a new tube", "采样管 {t} 状态为{zh}，不能再加人，请换新管"));
        }
        if self.s.registrations.get(&(f.person, f.tube.clone())).is_some_and(|r| r.void_seq.is_none()) {
            return Err(refuse!("tube.person_twice", "person", "this person is in tube {t} already", "该人员已在采样管 {t} 中"));
        }
        Ok(())
    }

    fn check_mode(&self, tube: &Tube, f: &Registered, rule: &TubeRule, flag: &mut Option<String>) -> Outcome {
        if f.mode.is_some_and(|m| m != tube.mode) {
            let t = &f.tube;
            return Err(refuse!("tube.mode_differs", "mode", "tube {t} was begun in another mode", "采样管 {t} 的采样方式与开始时不一致"));
        }
        if tube.mode > rule.mode {
            if !f.already_swabbed {
                let (mode, path) = (tube_mode_words(rule.mode), rule.rule);
                let (en, zh) = mode;
                return Err(refuse!("tube.wrong_mode", "mode", "this person must be sampled {en} (rule {path}); take another tube", "该人员须{zh}（规则 {path}），请换管"));
            }
            *flag = Some("wrong_mode".to_owned());
        }
        Ok(())
    }

    fn check_household(&self, tube: &Tube, f: &Registered, person: &Person, flag: &mut Option<String>) -> Outcome {
        if tube.household.as_ref().is_some_and(|h| *h != person.home) {
            if !f.already_swabbed {
                let t = &f.tube;
                return Err(refuse!("tube.other_household", "person", "tube {t} is for another household", "采样管 {t} 属于另一户"));
            }
            *flag = Some("other_household".to_owned());
        }
        Ok(())
    }

    /// The registration of a person that counts for a round.
    pub(crate) fn counting_registration(&self, person: PersonId, round: &RoundId) -> Option<Registration> {
        Self::first_of(&self.s.registrations, person, |r| r.counts && r.void_seq.is_none() && r.round.as_ref() == Some(round))
    }

    /// Writes a registration and counts what it discharges.
    fn register(&mut self, person: &Person, tube: &Tube, at: Instant, round: Option<&Round>, mut flag: Option<String>) {
        let mut counts = false;
        if let Some(r) = round {
            let on_roster = self.s.roster.get(&(r.round.clone(), person.person_id)).is_some_and(|x| x.waived.is_none() && !x.missed);
            let again = self.counting_registration(person.person_id, &r.round).is_some();
            counts = on_roster && !again;
            if counts {
                self.s.count(DutyKind::Sample, &person.place, Some(&r.round), Count::Discharged { in_time: at <= r.due }, 1);
            } else if flag.is_none() {
                flag = Some(if again { "repeat" } else { "not_on_roster" }.to_owned());
            }
        }
        self.s.count(DutyKind::Result, &tube.place, tube.round.as_ref(), Count::Opened, 1);
        self.s.registrations.put(Registration {
            person_id: person.person_id,
            tube: tube.tube.clone(),
            round: tube.round.clone(),
            place: person.place.clone(),
            sampled_at: at,
            seq: self.c.seq,
            counts,
            flag,
            void_seq: None,
        });
    }

    /// A single sample discharges what asked for one; scheduled tests only those that have come due on that day.
    fn discharge_sampling(&mut self, person: PersonId, at: Instant, outside_round: bool) {
        self.discharge_first(person, &[DutyKind::Recall, DutyKind::Resample], at);
        let day_end = at.day(self.s.config.offset).plus(1).start(self.s.config.offset);
        for kind in [DutyKind::ContactTest, DutyKind::MonitoringTest] {
            if let Some(d) = self.open_duties(person, &[kind]).first()
                && d.due <= day_end
            {
                self.discharge(&d.clone(), at);
            }
        }
        if outside_round {
            self.discharge_first(person, &[DutyKind::ExitTest], at);
        }
    }

    pub(crate) fn registration_voided(&mut self, f: &RegistrationVoided) -> Outcome {
        self.not_future(f.at)?;
        let tube = self.tube(&f.tube)?;
        self.void(&tube, f.person, f.at.at, &f.reason)?;
        Ok(())
    }

    pub(crate) fn registration_reassigned(&mut self, f: &RegistrationReassigned) -> Outcome {
        self.not_future(f.at)?;
        let to = self.person(f.to)?;
        let tube = self.tube(&f.tube)?;
        if self.s.registrations.get(&(f.to, f.tube.clone())).is_some_and(|r| r.void_seq.is_none()) {
            return Err(refuse!("tube.person_twice", "to", "that person is in the tube already", "该人员已在此管中"));
        }
        let old = self.void(&tube, f.from, f.at.at, &f.reason)?;
        let mut tube = self.tube(&f.tube)?;
        tube.members += 1;
        self.s.tubes.put(tube.clone());
        let round = tube.round.as_ref().map(|r| self.round(r)).transpose()?;
        self.register(&to, &tube, old.sampled_at, round.as_ref(), Some("reassigned".to_owned()));
        if to.attention && tube.mode == TubeMode::Single {
            self.discharge_sampling(f.to, old.sampled_at, round.is_none());
        }
        // What the tube's result means for the right person follows at once.
        if let Some(result) = tube.result {
            self.s.count(DutyKind::Result, &tube.place, tube.round.as_ref(), Count::Discharged { in_time: true }, 1);
            self.result_for_members(&tube, result, &[f.to], f.at.at);
        }
        Ok(())
    }

    /// Voids a registration: the person's duty is open again, and what followed from the tube's result is withdrawn.
    fn void(&mut self, tube: &Tube, person: PersonId, at: Instant, reason: &str) -> Result<Registration, Refusal> {
        if reason.trim().is_empty() {
            return Err(refuse!("void.reason", "reason", "a correction needs a reason", "更正须写明原因"));
        }
        let key = (person, tube.tube.clone());
        let Some(old) = self.s.registrations.get(&key).filter(|r| r.void_seq.is_none()).cloned() else {
            let t = &tube.tube;
            return Err(refuse!("registration.unknown", "person", "this person is not registered to tube {t}", "该人员没有登记在采样管 {t} 中"));
        };
        self.s.registrations.put(Registration { void_seq: Some(self.c.seq), counts: false, ..old.clone() });
        self.s.tubes.put(Tube { members: tube.members - 1, ..tube.clone() });
        match tube.state {
            TubeState::Spoilt | TubeState::Lost => {}
            TubeState::Resulted => {}
            _ => self.s.count(DutyKind::Result, &tube.place, tube.round.as_ref(), Count::Superseded, 1),
        }
        if old.counts && let Some(round) = &old.round {
            self.count_another_registration(person, round, &old);
        }
        self.withdraw_consequences(tube, &[person], at, &format!("registration voided: {reason}"));
        Ok(old)
    }

    /// After a void: another swab of the same round counts instead, or the duty is open again.
    fn count_another_registration(&mut self, person: PersonId, round: &RoundId, old: &Registration) {
        let other = Self::first_of(&self.s.registrations, person, |r| r.void_seq.is_none() && r.round.as_ref() == Some(round));
        match other {
            Some(r) => self.s.registrations.put(Registration { counts: true, ..r }),
            None => self.s.count(DutyKind::Sample, &old.place, Some(round), Count::Reopened, 1),
        }
    }

    /// The live members of a tube. The loader loads them where results need them.
    pub(crate) fn members(&self, tube: &TubeCode) -> Vec<Registration> {
        self.s.registrations.group(&Group::Tube(tube.clone())).into_iter().filter(|r| r.void_seq.is_none()).cloned().collect()
    }

    pub(crate) fn tube(&self, code: &TubeCode) -> Result<Tube, Refusal> {
        self.s.tubes.get(code).cloned().ok_or_else(|| {
            refuse!("tube.unknown", "tube", "no tube {code}: nobody is registered to it; check the barcode, or register its members first", "没有采样管 {code}：无人登记到此管，请核对条码或先补登记")
        })
    }
}

/// "singly", "one tube per household", "pooled" in English and Chinese.
fn tube_mode_words(m: TubeMode) -> (&'static str, &'static str) {
    match m {
        TubeMode::Single => ("singly (one person, one tube)", "一人一管"),
        TubeMode::Household => ("one tube per household", "一户一管"),
        TubeMode::Pooled => ("in a pool", "混采"),
    }
}

/// Classes that live and work in a closed loop, for the discovery channel.
pub(crate) fn in_closed_loop(o: OccupationClass) -> bool {
    o == OccupationClass::ClosedLoop
}
