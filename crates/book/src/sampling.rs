//! Sampling (采): a person is registered to a tube; what was wrong is voided or reassigned.

use crate::act::{Act, Outcome};
use crate::brief::Brief;
use crate::fact::*;
use crate::kinds::*;
use crate::refusal::Refusal;
use crate::refuse;
use crate::rows::*;
use crate::state::{BookConfig, Count};
use crate::table::Group;
use quell_foundation::*;
use quell_protocol::{Exposure, Link, OccupationClass, Protocol, TubeMode, TubeQuestion, TubeRule, ZoneLevel};

/// How wrong a device's clock may be before its samples are refused: what is more than a day off is a wrong date (as
/// [`Act::not_future`] has it for what lies ahead).
const CLOCK_SLACK: Span = Span::days(1);

impl Act<'_> {
    pub(crate) fn registered(&mut self, f: &Registered) -> Outcome {
        self.not_future(f.at)?;
        let person = self.brief(f.person)?;
        let round = f.round.as_ref().map(|r| self.round(r)).transpose()?;
        if let Some(r) = &round
            && r.closed_at.is_some_and(|c| f.at.at > c)
        {
            let id = &r.round;
            return Err(refuse!(
                "round.closed",
                "round",
                "round {id} was closed before this sample was taken; register without a round",
                "轮次 {id} 在采样前已经结束，请不带轮次登记"
            ));
        }
        if let Some(r) = &round
            && self.s.makes_roster(&r.round)
        {
            let id = &r.round;
            return Err(refuse!(
                "round.just_opened",
                "round",
                "round {id} is opened by this same submission and has no roster yet; hand in the opening on its own",
                "轮次 {id} 在本次上报中刚开启，名单尚未生成，请先单独上报开启"
            ));
        }
        if self.s.places.get(&f.station).is_none() {
            let s = &f.station;
            return Err(refuse!("station.unknown", "station", "no place {s}; list the station first", "没有地点 {s}，请先登记采样点"));
        }
        if let Some(r) = &round
            && f.at.at.plus(CLOCK_SLACK) < r.starts
        {
            let (id, starts) = (&r.round, r.starts.at_offset(self.s.config.offset));
            return Err(refuse!(
                "round.not_begun",
                "at",
                "round {id} began at {starts}, long after this sample; check the device's clock, or register without a round",
                "轮次 {id} 于 {starts} 开始，远晚于采样时间；请检查设备时钟，或不带轮次登记"
            ));
        }
        let rule = self.tube_rule(&person);
        let mut flags = Vec::new();
        let mut tube = match self.s.tubes.get(&f.tube).cloned() {
            Some(t) => t,
            None => self.new_tube(f, &person, &rule, round.as_ref())?,
        };
        self.check_tube_takes(&tube, f)?;
        let wrong_mode = self.check_mode(&tube, f, &rule)?;
        if wrong_mode {
            flags.push("wrong_mode");
        }
        if self.check_household(&tube, f, &person)? {
            flags.push("other_household");
        }
        if tube.members >= tube.capacity {
            let (t, n) = (&f.tube, tube.capacity);
            if !f.already_swabbed {
                return Err(refuse!(
                    "tube.full",
                    "tube",
                    "tube {t} is full ({n} persons); take the next tube",
                    "采样管 {t} 已满（{n} 人），请换下一管"
                ));
            }
            flags.push("overfull");
        }
        tube.members += 1;
        let tube_single = tube.mode == TubeMode::Single;
        self.s.tubes.put(tube.clone());
        self.register(&person, &tube, f.at.at, round.as_ref(), flags);
        if person.attention && tube_single {
            self.discharge_sampling(f.person, &f.tube, f.at.at, round.is_none());
        }
        if wrong_mode {
            self.owe_resample(f.person, &f.tube, f.at.at);
        }
        Ok(())
    }

    /// Which tube the person must go into.
    fn tube_rule(&self, person: &Brief) -> TubeRule {
        let zone = self.zone_at(&person.home);
        let zone = zone.as_ref().map(|z| (&z.place, z.level));
        tube_rule(self.c.protocol, &self.s.config, zone, person.exposure, person.occupation)
    }

    fn new_tube(&mut self, f: &Registered, person: &Brief, rule: &TubeRule, round: Option<&Round>) -> Result<Tube, Refusal> {
        let Some(mode) = f.mode else {
            return Err(refuse!(
                "tube.mode_missing",
                "mode",
                "the first person of a tube says how it is used: single, household or pooled",
                "登记采样管的第一人时须注明方式：单采、一户一管或混采"
            ));
        };
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
            plate: None,
            runs: 0,
        })
    }

    /// How many a tube of this mode holds when the person alone would not decide it.
    fn capacity_of(&self, mode: TubeMode) -> u32 {
        let ask = |zone, building_affected| {
            self.c.protocol.tube_rule(&TubeQuestion {
                zone,
                building_affected,
                exposure: Exposure::None,
                occupation: OccupationClass::General,
            })
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
        if tube.state != TubeState::Open && !(late && matches!(tube.state, TubeState::Sealed | TubeState::InTransit | TubeState::Received))
        {
            let s = tube.state;
            let zh = s.zh();
            return Err(refuse!(
                "tube.not_open",
                "tube",
                "tube {t} is {s}; nobody can be added, take a new tube",
                "采样管 {t} 状态为{zh}，不能再加人，请换新管"
            ));
        }
        if self.live_registration(f.person, &f.tube).is_some() {
            return Err(refuse!("tube.person_twice", "person", "this person is in tube {t} already", "该人员已在采样管 {t} 中"));
        }
        Ok(())
    }

    /// Refuses the wrong mode, or tells that it is wrong when the swab is in the tube already.
    fn check_mode(&self, tube: &Tube, f: &Registered, rule: &TubeRule) -> Result<bool, Refusal> {
        if f.mode.is_some_and(|m| m != tube.mode) {
            let t = &f.tube;
            return Err(refuse!("tube.mode_differs", "mode", "tube {t} was begun in another mode", "采样管 {t} 的采样方式与开始时不一致"));
        }
        let wrong = tube.mode > rule.mode;
        if wrong && !f.already_swabbed {
            let (mode, path) = (tube_mode_words(rule.mode), rule.rule);
            let (en, zh) = mode;
            return Err(refuse!(
                "tube.wrong_mode",
                "mode",
                "this person must be sampled {en} (rule {path}); take another tube",
                "该人员须{zh}（规则 {path}），请换管"
            ));
        }
        Ok(wrong)
    }

    /// Refuses another household, or tells that it is another when the swab is in the tube already.
    fn check_household(&self, tube: &Tube, f: &Registered, person: &Brief) -> Result<bool, Refusal> {
        let other = tube.household.as_ref().is_some_and(|h| *h != person.home);
        if other && !f.already_swabbed {
            let t = &f.tube;
            return Err(refuse!("tube.other_household", "person", "tube {t} is for another household", "采样管 {t} 属于另一户"));
        }
        Ok(other)
    }

    fn registration_of(&self, person: PersonId, want: impl Fn(&Registration) -> bool) -> Option<Registration> {
        self.s.registrations_of(person).into_iter().find(|r| want(r)).cloned()
    }

    /// The registration of a person to this tube that is not void.
    fn live_registration(&self, person: PersonId, tube: &TubeCode) -> Option<Registration> {
        self.registration_of(person, |r| r.void_seq.is_none() && r.tube == *tube)
    }

    /// The registration of a person that counts for a round.
    pub(crate) fn counting_registration(&self, person: PersonId, round: &RoundId) -> Option<Registration> {
        self.registration_of(person, |r| r.counts && r.void_seq.is_none() && r.round.as_ref() == Some(round))
    }

    /// Writes a registration and counts what it discharges.
    fn register(&mut self, person: &Brief, tube: &Tube, at: Instant, round: Option<&Round>, mut flags: Vec<&'static str>) {
        let mut counts = false;
        if let Some(r) = round {
            let again = self.counting_registration(person.person_id, &r.round).is_some();
            counts = !again && self.discharge_roster(person.person_id, r, at);
            if !counts {
                flags.push(if again { "repeat" } else { "not_on_roster" });
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
            flag: (!flags.is_empty()).then(|| flags.join(",")),
            void_seq: None,
        });
    }

    /// Counts the person's place on the roster as sampled; false if there is none to discharge.
    /// Someone who was counted as missed, and whose swab of before the closing is handed in late, was not missed.
    fn discharge_roster(&mut self, person: PersonId, r: &Round, at: Instant) -> bool {
        let Some(row) = self.s.on_roster(&r.round, person).filter(|x| x.waived.is_none()) else { return false };
        if row.missed {
            self.s.count(DutyKind::Sample, &row.place, Some(&r.round), Count::Reopened, 1);
            self.s.roster.put(Roster { missed: false, ..row.clone() });
        }
        self.s.count(DutyKind::Sample, &row.place, Some(&r.round), Count::Discharged { in_time: at <= r.due }, 1);
        true
    }

    /// A single sample discharges what asked for one before it was taken; of scheduled tests those that were due by the end of its
    /// day: today's, and late those that were missed.
    fn discharge_sampling(&mut self, person: PersonId, sample: &TubeCode, at: Instant, outside_round: bool) {
        let asked = self.open_duties(person, &[DutyKind::Recall, DutyKind::Resample, DutyKind::SymptomTest]);
        let exit_test = self.open_duties(person, &[DutyKind::ExitTest]).into_iter().filter(|_| outside_round).take(1);
        for d in asked.into_iter().chain(exit_test).filter(|d| d.opened_at <= at) {
            self.discharge(&Duty { fulfilled_by: Some(sample.clone()), ..d }, at);
        }
        let day_end = at.day(self.s.config.offset).plus(1).start(self.s.config.offset);
        for d in self.open_duties(person, &[DutyKind::ContactTest, DutyKind::MonitoringTest]) {
            if d.due <= day_end {
                self.discharge(&Duty { fulfilled_by: Some(sample.clone()), ..d }, at);
            }
        }
    }

    pub(crate) fn registration_voided(&mut self, f: &RegistrationVoided) -> Outcome {
        self.not_future(f.at)?;
        let tube = self.tube(&f.tube)?;
        with_reason(&f.reason)?;
        self.void(&tube, f.person, f.at.at, &f.reason)?;
        self.owe_identity(&f.tube, f.at.at);
        Ok(())
    }

    pub(crate) fn registration_reassigned(&mut self, f: &RegistrationReassigned) -> Outcome {
        self.not_future(f.at)?;
        let to = self.brief(f.to)?;
        let tube = self.tube(&f.tube)?;
        with_reason(&f.reason)?;
        if self.live_registration(f.to, &f.tube).is_some() {
            return Err(refuse!("tube.person_twice", "to", "that person is in the tube already", "该人员已在此管中"));
        }
        let identify = self.tube_duties(&f.tube, DutyKind::IdentifySwab).into_iter().next();
        let voided = self.registration_of(f.from, |r| r.tube == f.tube && r.void_seq.is_some());
        let old = match voided {
            // A swab that was taken from someone who is found only now.
            Some(old) if identify.is_some() => old,
            _ => self.void(&tube, f.from, f.at.at, &f.reason)?,
        };
        if let Some(d) = identify {
            self.discharge(&d, f.at.at);
        }
        let mut tube = self.tube(&f.tube)?;
        tube.members += 1;
        self.s.tubes.put(tube.clone());
        let round = tube.round.as_ref().map(|r| self.round(r)).transpose()?;
        let wrong_mode = tube.mode > self.tube_rule(&to).mode;
        let flags = if wrong_mode { vec!["reassigned", "wrong_mode"] } else { vec!["reassigned"] };
        self.register(&to, &tube, old.sampled_at, round.as_ref(), flags);
        if to.attention && tube.mode == TubeMode::Single {
            self.discharge_sampling(f.to, &f.tube, old.sampled_at, round.is_none());
        }
        let given_up = matches!(tube.state, TubeState::Spoilt | TubeState::Lost);
        if given_up {
            self.s.count(DutyKind::Result, &tube.place, tube.round.as_ref(), Count::Superseded, 1);
        }
        if wrong_mode || given_up {
            self.owe_resample(f.to, &f.tube, f.at.at);
        }
        // What the tube's result means for the right person follows at once.
        if let Some(result) = tube.result {
            let in_time = tube.test_due.is_none_or(|due| tube.resulted_at.is_some_and(|at| at <= due));
            self.s.count(DutyKind::Result, &tube.place, tube.round.as_ref(), Count::Discharged { in_time }, 1);
            self.result_for_members(&tube, result, &[f.to], f.at.at);
        }
        Ok(())
    }

    /// Voids a registration: the person's duty is open again, and what followed from the tube's result is withdrawn.
    fn void(&mut self, tube: &Tube, person: PersonId, at: Instant, reason: &str) -> Result<Registration, Refusal> {
        let Some(old) = self.live_registration(person, &tube.tube) else {
            let t = &tube.tube;
            return Err(refuse!(
                "registration.unknown",
                "person",
                "this person is not registered to tube {t}",
                "该人员没有登记在采样管 {t} 中"
            ));
        };
        self.s.registrations.put(Registration { void_seq: Some(self.c.seq), counts: false, ..old.clone() });
        self.s.tubes.put(Tube { members: tube.members - 1, ..tube.clone() });
        let why = format!("registration voided: {reason}");
        let given_up = matches!(tube.state, TubeState::Spoilt | TubeState::Lost);
        if !given_up && tube.state != TubeState::Resulted {
            self.s.count(DutyKind::Result, &tube.place, tube.round.as_ref(), Count::Superseded, 1);
        }
        if old.counts
            && let Some(round) = &old.round
        {
            self.count_another_registration(person, round);
        }
        self.supersede_because_of(person, &tube.tube, &[DutyKind::Recall, DutyKind::Resample], at, &why);
        self.recalled(person, |pools| {
            pools.remove(&tube.tube);
        });
        self.withdraw_consequences(tube, &[person], at, &why);
        if tube.mode == TubeMode::Single {
            self.withdraw_exit_test(person, tube, old.sampled_at, at, &why);
            self.not_cleared(person, &tube.tube);
            self.reopen_sampling(&old);
        }
        Ok(old)
    }

    /// After a void: another swab of the same round counts instead, or the duty is open again.
    fn count_another_registration(&mut self, person: PersonId, round: &RoundId) {
        let others = self.s.registrations_of(person).into_iter().filter(|r| r.void_seq.is_none() && r.round.as_ref() == Some(round));
        // The first that was handed in, whatever its tube is called.
        if let Some(r) = others.min_by_key(|r| r.seq).cloned() {
            self.s.registrations.put(Registration { counts: true, ..r });
        } else if let Some(row) = self.s.on_roster(round, person) {
            self.s.count(DutyKind::Sample, &row.place, Some(round), Count::Reopened, 1);
        }
    }

    /// Opens again what this swab discharged for a person who was not swabbed, as far as it still matters.
    fn reopen_sampling(&mut self, swab: &Registration) {
        let person = swab.person_id;
        let Some(p) = self.s.persons.get(&person).cloned().filter(|p| p.standing != Standing::Dead) else { return };
        let infected = self.active_case(person).is_some();
        // Not `group`: what a swab of the same batch discharged is in memory without having been loaded.
        let ended = self.s.duties.loaded_group(&Group::Ended(person, swab.seq)).into_iter();
        for d in ended.filter(|d| d.fulfilled_by.as_ref() == Some(&swab.tube)).cloned().collect::<Vec<_>>() {
            let matters = match d.kind {
                DutyKind::ContactTest => self.still_scheduled(&d),
                DutyKind::MonitoringTest => p.standing == Standing::HomeMonitoring,
                DutyKind::ExitTest => infected && self.still_to_pass(&d),
                _ => !infected && self.still_asks(&d),
            };
            if matters {
                self.reopen(&d);
            }
        }
    }

    /// True if the tube that brought this recall or other sample still asks for it: its result may have been corrected meanwhile, and the
    /// person may be in it no more.
    pub(crate) fn still_asks(&self, d: &Duty) -> bool {
        let Some((person, tube)) = d.person_id.zip(d.tube.as_ref()) else { return true };
        let Some(swab) = self.members(tube).into_iter().find(|r| r.person_id == person) else { return false };
        let asks = match d.kind {
            DutyKind::Recall => self.s.persons.get(&person).is_some_and(|p| p.recalled.contains_key(tube)),
            _ => self
                .s
                .tubes
                .get(tube)
                .is_some_and(|t| matches!(t.state, TubeState::Spoilt | TubeState::Lost) || t.result == Some(TestResult::Indeterminate)),
        };
        (asks || (d.kind == DutyKind::Resample && swab.is_wrong_mode())) && self.open_because_of(person, tube, &[d.kind]).is_empty()
    }

    /// The live members of a tube. The loader loads them where results need them.
    pub(crate) fn members(&self, tube: &TubeCode) -> Vec<Registration> {
        self.s.registrations.group(&Group::Tube(tube.clone())).into_iter().filter(|r| r.void_seq.is_none()).cloned().collect()
    }

    pub(crate) fn tube(&self, code: &TubeCode) -> Result<Tube, Refusal> {
        self.s.tubes.get(code).cloned().ok_or_else(|| {
            refuse!(
                "tube.unknown",
                "tube",
                "no tube {code}: nobody is registered to it; check the barcode, or register its members first",
                "没有采样管 {code}：无人登记到此管，请核对条码或先补登记"
            )
        })
    }
}

fn with_reason(reason: &str) -> Outcome {
    if reason.trim().is_empty() {
        return Err(refuse!("void.reason", "reason", "a correction needs a reason", "更正须写明原因"));
    }
    Ok(())
}

/// Which tube a person must go into: what the door checks a registration by, and what a station is told beforehand. `zone`: the innermost
/// zone in force at the home or above it.
pub fn tube_rule(
    protocol: &Protocol,
    config: &BookConfig,
    zone: Option<(&PlaceId, ZoneLevel)>,
    exposure: Exposure,
    occupation: OccupationClass,
) -> TubeRule {
    protocol.tube_rule(&TubeQuestion {
        zone: zone.map(|z| z.1),
        building_affected: zone.is_some_and(|(place, level)| level == ZoneLevel::High && place.depth() >= config.building_depth()),
        exposure,
        occupation,
    })
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
