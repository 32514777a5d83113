//! Screening rounds: opening, who is on the roster, waivers, closing.

use crate::act::{Act, Outcome};
use crate::fact::*;
use crate::kinds::*;
use crate::refuse;
use crate::rows::*;
use crate::state::{Bulk, Count, State, TallyKey};
use quell_foundation::*;
use std::collections::{BTreeMap, BTreeSet};

/// Places of a round's scope: everyone's home is compared with each of them.
const MOST_PLACES: usize = 5_000;

impl Act<'_> {
    pub(crate) fn round_opened(&mut self, f: &RoundOpened) -> Outcome {
        if self.s.rounds.get(&f.round).is_some() {
            let r = &f.round;
            return Err(refuse!(
                "round.exists",
                "round",
                "round {r} exists already; give the new one another name",
                "轮次 {r} 已存在，请使用其他编号"
            ));
        }
        if f.scope.is_empty() {
            return Err(refuse!("round.scope", "scope", "the scope is empty; name at least one place", "检测范围为空，请至少指定一个地点"));
        }
        if f.scope.len() > MOST_PLACES {
            let n = f.scope.len();
            return Err(refuse!(
                "round.scope",
                "scope",
                "the scope names {n} places, at most {MOST_PLACES} are possible; name the place above them",
                "检测范围列有 {n} 个地点，最多 {MOST_PLACES} 个，请改填其上级地点"
            ));
        }
        if let Some(p) = f.scope.iter().find(|p| !p.is_within(&self.s.config.root)) {
            return Err(refuse!("round.scope", "scope", "{p} lies outside this book", "{p} 不在本台账辖区内"));
        }
        let length = self.c.protocol.round_length();
        let due = match (f.due, length) {
            (Some(d), _) => d.at,
            (None, Some(l)) => f.at.at.plus(l),
            (None, None) => {
                return Err(refuse!(
                    "round.due",
                    "due",
                    "this protocol has no round length; give a deadline",
                    "本方案未规定轮次时长，请填写截止时间"
                ));
            }
        };
        if due <= f.at.at {
            return Err(refuse!("round.due", "due", "the deadline is not after the start", "截止时间须晚于开始时间"));
        }
        if f.pool_size.is_some_and(|n| !(1..=20).contains(&n)) {
            return Err(refuse!("round.pool_size", "pool_size", "a pool holds 1 to 20 persons", "混采人数须为 1 至 20"));
        }
        self.s.rounds.put(Round {
            round: f.round.clone(),
            name: f.name.clone(),
            scope: f.scope.clone(),
            starts: f.at.at,
            due,
            pool_size: f.pool_size.map(|n| n as i32),
            state: RoundState::Open,
            closed_at: None,
        });
        self.s.push_bulk(Bulk::MakeRoster(f.round.clone()));
        Ok(())
    }

    pub(crate) fn round_closed(&mut self, f: &RoundClosed) -> Outcome {
        self.not_future(f.at)?;
        let r = self.round(&f.round)?;
        if r.state == RoundState::Closed {
            return Err(refuse!("round.closed", "round", "the round is closed already", "该轮次已经结束"));
        }
        self.s.rounds.put(Round { state: RoundState::Closed, closed_at: Some(f.at.at), ..r });
        self.s.push_bulk(Bulk::CloseRoster(f.round.clone()));
        Ok(())
    }

    pub(crate) fn round(&self, id: &RoundId) -> Result<Round, crate::Refusal> {
        self.s
            .rounds
            .get(id)
            .cloned()
            .ok_or_else(|| refuse!("round.unknown", "round", "no round {id}; open it first", "没有轮次 {id}，请先开启该轮次"))
    }

    pub(crate) fn roster_waived(&mut self, f: &RosterWaived) -> Outcome {
        if f.reason.trim().is_empty() {
            return Err(refuse!("waiver.reason", "reason", "a waiver needs a reason", "豁免须写明理由"));
        }
        let key = (f.round.clone(), f.person);
        let Some(row) = self.s.roster.get(&key).cloned() else {
            return Err(refuse!("roster.unknown", "person", "the person is not on this round's roster", "该人员不在本轮应检名单中"));
        };
        if row.waived.is_some() || row.missed || self.counting_registration(f.person, &f.round).is_some() {
            return Err(refuse!(
                "roster.ended",
                "person",
                "the person is sampled, waived or missed already",
                "该人员已采样、已豁免或已漏检"
            ));
        }
        self.s.count(DutyKind::Sample, &row.place, Some(&f.round), Count::Waived, 1);
        self.s.roster.put(Roster { waived: Some(f.reason.clone()), decider: Some(f.decider.clone()), ..row });
        Ok(())
    }
}

/// Why a person with this standing is left out of a round, if so. `None`: must be sampled.
/// The SQL of `crates/store` says the same for whole populations.
pub fn roster_exclusion(standing: Standing, away_to: Option<&str>) -> Option<String> {
    match standing {
        Standing::AtHome | Standing::HomeIsolation => None,
        Standing::Absent => Some(format!("absent: {}", away_to.unwrap_or(""))),
        Standing::Infected | Standing::Inpatient => Some("case".into()),
        Standing::Isolated => Some("in isolation".into()),
        Standing::HomeMonitoring => Some("home monitoring after discharge".into()),
        Standing::Dead => Some("dead".into()),
    }
}

impl State {
    /// Puts everyone in scope on the roster of a round, in memory (the store does the same set by set).
    pub(crate) fn make_roster(&mut self, round: &RoundId) {
        let Some(r) = self.rounds.get(round).cloned() else { return };
        let day = self.open_day.unwrap_or(Day(0));
        let mut counts: BTreeMap<(TallyKey, bool), i64> = BTreeMap::new();
        let in_scope: Vec<Person> =
            self.persons.values().filter(|p| p.same_as.is_none() && r.scope.iter().any(|s| p.home.is_within(s))).cloned().collect();
        for p in in_scope {
            let waived = roster_exclusion(p.standing, p.away_to.as_deref());
            let key = (day, DutyKind::Sample, p.place.clone(), round.to_string());
            *counts.entry((key, waived.is_some())).or_default() += 1;
            self.roster.put(Roster { round: round.clone(), person_id: p.person_id, place: p.place, waived, decider: None, missed: false });
        }
        for (((_, kind, place, _), waived), n) in counts {
            self.count(kind, &place, Some(round), Count::Opened, n);
            if waived {
                self.count(kind, &place, Some(round), Count::Waived, n);
            }
        }
    }

    /// Marks whoever was not sampled by the closing of a round as missed, in memory.
    pub(crate) fn close_roster(&mut self, round: &RoundId) {
        let sampled: BTreeSet<PersonId> =
            self.registrations.values().filter(|r| r.counts && r.round.as_ref() == Some(round)).map(|r| r.person_id).collect();
        let missed: Vec<Roster> = self
            .roster
            .values()
            .filter(|r| r.round == *round && r.waived.is_none() && !r.missed && !sampled.contains(&r.person_id))
            .cloned()
            .collect();
        for r in missed {
            self.count(DutyKind::Sample, &r.place, Some(round), Count::Superseded, 1);
            self.roster.put(Roster { missed: true, ..r });
        }
    }

    /// Does the bulk work that facts asked for, row by row.
    pub fn run_bulk(&mut self, work: Vec<Bulk>) {
        for b in work {
            match b {
                Bulk::MakeRoster(r) => self.make_roster(&r),
                Bulk::CloseRoster(r) => self.close_roster(&r),
            }
        }
    }
}
