//! The command post's day: rounds open and close, some are waived, what is overdue gets an owner, the day is sealed (日清日结).

use super::registry::COMMAND;
use super::{Life, clock, event};
use quell_book::*;
use quell_foundation::*;
use std::collections::BTreeSet;

/// A round opens at this minute of the day; the one before is closed then.
const ROUND_OPENS: i64 = 6 * 60;
/// How long a round may take where the protocol does not say.
pub(super) const ROUND: Span = Span::hours(24);
/// When waivers are decided, in minutes of the day.
const WAIVERS: i64 = 17 * 60;
/// One in so many of those not met is waived.
const WAIVED: usize = 5;
/// When owners are named, in minutes of the day; nothing happens between this and the close.
const OWNERS: i64 = 23 * 60 + 45;
/// When the day is sealed, in minutes of the day.
const CLOSE: i64 = 23 * 60 + 50;

/// Why people are waived, in turn.
const REASONS: [&str; 3] = [
    "bedridden, a swab would harm; watched at home",
    "in hospital for another illness, tested there",
    "at work outside the county until tomorrow",
];

impl Life {
    /// At six the old round is closed and the new one opened.
    pub(super) fn morning(&mut self) {
        if self.minute() != ROUND_OPENS || self.day_number() < 1 {
            return;
        }
        let mut batch = self.begin(Role::Commander, "rounds");
        if let Some(round) = self.round.take() {
            let fact = RoundClosed { round, at: event(self.now) };
            self.post(&mut batch, "command-1", vec![fact.into()]);
        }
        let name = format!("{}-1", self.today());
        let round = RoundId::new(name.clone()).expect("a date and a number");
        let opened = RoundOpened {
            round: round.clone(),
            name: format!("第{}轮", self.day_number()),
            scope: vec![self.county.root.clone()],
            at: event(self.now),
            due: Some(event(self.now.plus(ROUND))),
            pool_size: None,
        };
        if self.post(&mut batch, "command-1", vec![opened.into()]) {
            self.round = Some(round);
            self.lines_begin();
        }
        self.end(batch);
    }

    /// Waivers in the afternoon; owners and the close at night.
    pub(super) fn evening(&mut self) {
        let minute = self.minute();
        if minute == WAIVERS {
            self.waive_some();
        }
        if minute == OWNERS {
            self.name_owners();
            self.close_day();
        }
    }

    /// Whether a person of a round's roster has not been sampled for it.
    pub(super) fn unsampled(&self, round: &RoundId, person: PersonId) -> bool {
        let on_roster = self.book.state.roster.get(&(round.clone(), person)).is_some_and(|r| r.waived.is_none() && !r.missed);
        let all = self.book.state.registrations.group(&Group::Person(person));
        on_roster && !all.iter().any(|r| r.counts && r.round.as_ref() == Some(round))
    }

    fn waive_some(&mut self) {
        let Some(round) = self.round.clone() else { return };
        let mut batch = self.begin(Role::Commander, "waivers");
        let chosen: Vec<PersonId> = self.unreached.iter().copied().step_by(WAIVED).collect();
        let waive = |(n, person): (usize, PersonId)| {
            let reason = REASONS[n % REASONS.len()].to_owned();
            Fact::from(RosterWaived { round: round.clone(), person, reason, decider: COMMAND.to_owned() })
        };
        let facts: Vec<Fact> = chosen.into_iter().filter(|p| self.unsampled(&round, *p)).enumerate().map(waive).collect();
        for facts in facts.chunks(50) {
            if self.post(&mut batch, "command-1", facts.to_vec()) {
                self.incidents.note("waived");
            }
        }
        self.end(batch);
    }

    /// Whatever will be overdue when the day is sealed has an owner and a reason.
    fn name_owners(&mut self) {
        let close = clock(self.today(), CLOSE);
        let open = self.book.state.count_open(close);
        let kinds: BTreeSet<DutyKind> = open.iter().filter(|(_, n)| n.overdue > 0).map(|((kind, _), _)| *kind).collect();
        let mut batch = self.begin(Role::Commander, "owners of what is overdue");
        let own = |kind| {
            let (owner, reason) = owner_and_reason(kind);
            Fact::from(OverdueOwned { kind, place: self.county.root.clone(), owner: owner.to_owned(), reason: reason.to_owned() })
        };
        let facts: Vec<Fact> = kinds.into_iter().map(own).collect();
        if !facts.is_empty() {
            self.post(&mut batch, "command-1", facts);
        }
        self.end(batch);
    }

    fn close_day(&mut self) {
        let mut batch = self.begin(Role::Commander, "day sealed");
        batch.at = clock(self.today(), CLOSE);
        let fact = DayClosed { day: self.today(), decider: COMMAND.to_owned() };
        self.post(&mut batch, "command-1", vec![fact.into()]);
        self.end(batch);
        self.over = self.day_number() >= self.plan.days as i32;
    }
}

/// Which office answers for what is overdue of a kind, and why it is.
fn owner_and_reason(kind: DutyKind) -> (&'static str, &'static str) {
    match kind {
        DutyKind::Sample => ("township screening desks", "not met at the door, called again in the next round"),
        DutyKind::Result | DutyKind::Test | DutyKind::Retest | DutyKind::ConfirmCorrection => {
            ("laboratory coordination desk", "the laboratories work through the night at full pace")
        }
        DutyKind::Seal | DutyKind::Deliver => ("transport desk", "late on a mountain road, or missing and looked for"),
        DutyKind::Recall | DutyKind::Resample | DutyKind::ContactTest | DutyKind::SymptomTest => {
            ("sampling desk", "taken at the first hour of the morning")
        }
        DutyKind::ExitTest | DutyKind::Observe | DutyKind::Admit | DutyKind::Discharge => {
            ("head of the facility", "at the next ward round")
        }
        DutyKind::MonitoringTest | DutyKind::Release | DutyKind::FollowUp | DutyKind::Prophylaxis | DutyKind::SecondDose => {
            ("community desk", "visited in the morning")
        }
        DutyKind::Report | DutyKind::ReportCorrection => ("reporting desk", "filed in the night shift"),
        DutyKind::InvestigateCore | DutyKind::InvestigateFull => ("investigation desk", "interviews go on"),
        DutyKind::ReviewContact => ("investigation desk", "contacts of a case that was none, told in the morning"),
        DutyKind::IdentifySwab => ("investigation desk", "the station's list is compared with who was there"),
        DutyKind::Transfer | DutyKind::Isolate => ("transfer desk", "no free bed or vehicle yet, or a second sample is awaited"),
        DutyKind::TraceLost => ("investigation desk", "looked for at work, with relatives and by telephone"),
        DutyKind::IdentifyLead => ("investigation desk", "cameras and tickets are looked through"),
        DutyKind::AnswerAppeal => (COMMAND, "the file is read first"),
        DutyKind::AwaitAssistance => ("investigation desk", "the other jurisdiction is called"),
        DutyKind::TakeOver | DutyKind::SettleMessage => ("investigation desk", "looked for with the community"),
        DutyKind::LiftZone => (COMMAND, "lifted in the morning"),
        DutyKind::ReviewHandIn | DutyKind::ReviewLaboratory => (COMMAND, "looked into in the morning"),
    }
}
