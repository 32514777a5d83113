//! What people's lives ask for: each turn brings duties, and a later turn does them or overtakes them.

use super::Auditor;
use super::known::*;
use super::life::*;
use super::wants::{Key, Want, key};
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{Link, TubeMode};

/// A duty that a turn brings.
pub(super) struct Brought {
    pub(super) kind: DutyKind,
    pub(super) due: Option<Instant>,
    case: Option<usize>,
}

/// How a duty ends.
enum End {
    Done(Instant),
    Overtaken,
}

impl Auditor {
    /// What a person's life asks for.
    pub(super) fn life_wants(&self, person: PersonId, fresh: bool, all: &mut Vec<Want>) {
        let life = self.life(person);
        let place = self.known.community(person);
        for (i, turn) in life.iter().enumerate() {
            for b in self.brought(person, &life[..=i]) {
                let done = match self.end_of(&b, person, life, i) {
                    None => None,
                    Some(End::Done(at)) => Some(at),
                    // The last fact takes the contact's case away, and makes the contact a case.
                    Some(End::Overtaken) if fresh && turn.what == What::CaseGone && turn.mark.n == self.known.n => None,
                    Some(End::Overtaken) => continue,
                };
                let nth = if matches!(b.kind, DutyKind::ContactTest | DutyKind::MonitoringTest) { b.due.map_or(0, |d| d.0) } else { 0 };
                let key = Key { person: Some(person), case: b.case, nth, ..key(b.kind, turn.mark.n) };
                all.push(Want { key, place: place.clone(), since: turn.mark.at, due: b.due, done });
            }
        }
    }

    /// What the last of these turns brings.
    fn brought(&self, person: PersonId, life: &[Turn]) -> Vec<Brought> {
        let Some(Turn { mark, what }) = life.last().copied() else { return vec![] };
        let at = mark.at;
        let one = |kind, link| Brought { kind, due: self.due(at, link), case: None };
        let bed = stay_after(life);
        let observe = || Brought { kind: DutyKind::Observe, due: self.next_observation(at), case: None };
        let mut all = match what {
            What::Found(c) | What::Unfit(c) => vec![Brought { case: Some(c), ..one(DutyKind::Transfer, Link::TransferCase) }],
            // Out of the bed, unless the person is a contact there; and looked after until then.
            What::Withdrawn(_, CaseState::Active) if bed.is_some() => vec![observe(), one(DutyKind::Discharge, Link::Discharge)],
            What::CaseGone => vec![one(DutyKind::ReviewContact, Link::ReleaseContact)],
            What::Named(k) | What::Back(k) => self.schedule_brings(k, life),
            What::Dropped(_) if bed.is_some() => vec![one(DutyKind::Discharge, Link::Discharge)],
            What::Arrived => vec![one(DutyKind::Admit, Link::Admit)],
            What::Admitted(_) => self.bed_brings(life),
            What::Observed if bed.is_some() => vec![observe()],
            What::Followed(true) => contact_after(life).map(|k| self.next_follow_up(k, self.part_end(at))).unwrap_or_default(),
            What::Left(_, Then::Recovered(_)) => self.monitoring_brings(at),
            What::Watched(_) => self.monitoring_left(person, life, at),
            What::Left(_, Then::AtHome(k)) => {
                let days = self.schedule(k).map_or(0, |s| s.central_days);
                self.home_brings(k, days, at)
            }
            What::Tested(sampled, _) => self.exit_brings(life, sampled, at),
            What::Untested => {
                let again = self.protocol.exit_rule().map(|r| at.plus(r.repeat_after));
                vec![Brought { kind: DutyKind::ExitTest, due: again, case: None }]
            }
            _ => vec![],
        };
        if let What::Named(k) | What::Back(k) = what
            && self.known.cases.iter().any(|c| c.id.is_some() && c.id == self.known.contacts[k].case && self.gone_at(c, mark.n))
        {
            all.push(one(DutyKind::ReviewContact, Link::ReleaseContact));
        }
        all.retain(|b| b.due.is_some());
        all
    }

    fn gone_at(&self, c: &CaseSeen, n: usize) -> bool {
        c.state == CaseState::Withdrawn && c.ended.is_some_and(|e| e.n <= n)
    }

    fn next_observation(&self, at: Instant) -> Option<Instant> {
        let a_day = self.protocol.observations_per_day();
        (a_day > 0).then(|| at.plus(Span(86_400 / i64::from(a_day))))
    }

    /// A contact goes to an isolation site, or stays at home; in such a site already, the days there begin.
    fn schedule_brings(&self, k: usize, life: &[Turn]) -> Vec<Brought> {
        let (Some(s), Some(at)) = (self.schedule(k), life.last().map(|t| t.mark.at)) else { return vec![] };
        let bed = stay_after(life).map(|(s, _)| &self.known.stays[s].facility);
        let site = bed.and_then(|f| self.known.places.get(f)).is_some_and(|p| p.kind == PlaceKind::IsolationSite);
        let one = |kind, link| vec![Brought { kind, due: self.due(at, link), case: None }];
        match (s.central_days, bed) {
            (0, Some(_)) => one(DutyKind::Discharge, Link::Discharge),
            (0, None) => self.home_brings(k, 0, at),
            _ if site => self.site_brings(k, at),
            _ => one(DutyKind::Isolate, Link::TransferContact),
        }
    }

    fn tests(&self, k: usize, after: u32, days: &[u32], at: Instant) -> Vec<Brought> {
        let due = days.iter().map(|n| day_end(self.known.contacts[k].exposed, after + n)).filter(|due| *due > at);
        due.map(|due| Brought { kind: DutyKind::ContactTest, due: Some(due), case: None }).collect()
    }

    fn slack(&self) -> Span {
        self.protocol.deadline(Link::ReleaseContact).unwrap_or(Span::hours(0))
    }

    fn site_brings(&self, k: usize, at: Instant) -> Vec<Brought> {
        let Some(s) = self.schedule(k) else { return vec![] };
        let mut all = self.tests(k, 0, &s.test_days_central, at);
        let due = day_end(self.known.contacts[k].exposed, s.central_days).max(at).plus(self.slack());
        all.push(Brought { kind: DutyKind::Discharge, due: Some(due), case: None });
        all
    }

    /// Who is only watched need not be released.
    fn home_brings(&self, k: usize, after: u32, at: Instant) -> Vec<Brought> {
        let Some((s, until)) = self.schedule(k).zip(self.until(k)) else { return vec![] };
        let mut all = self.tests(k, after, &s.test_days_home, at);
        all.extend(self.next_follow_up(k, Some(at)));
        if s.confined {
            all.push(Brought { kind: DutyKind::Release, due: Some(until.max(at).plus(self.slack())), case: None });
        }
        all
    }

    /// The end of the part of the day in which a moment lies; none where contacts are not followed up.
    pub(super) fn part_end(&self, at: Instant) -> Option<Instant> {
        let part = 86_400 / i64::from(self.protocol.follow_up_rule()?.per_day);
        let begin = day_end(at, 0).plus(Span(-86_400));
        Some(begin.plus(Span((at.since(begin).0 / part + 1) * part)))
    }

    /// Who is at home is seen by the end of the part of the day that a moment lies in.
    fn next_follow_up(&self, k: usize, from: Option<Instant>) -> Vec<Brought> {
        let due = from.and_then(|f| self.part_end(f)).filter(|due| self.until(k).is_some_and(|u| *due <= u));
        due.map(|due| Brought { kind: DutyKind::FollowUp, due: Some(due), case: None }).into_iter().collect()
    }

    fn monitoring_brings(&self, at: Instant) -> Vec<Brought> {
        let Some(s) = self.protocol.home_monitoring() else { return vec![] };
        let tests = s.test_days_home.iter().map(|n| (DutyKind::MonitoringTest, day_end(at, *n)));
        let release = (DutyKind::Release, day_end(at, s.home_days).plus(self.slack()));
        tests.chain([release]).map(|(kind, due)| Brought { kind, due: Some(due), case: None }).collect()
    }

    /// What the last case of these turns has overtaken of the monitoring after an earlier one, as far as its days are not over.
    pub(super) fn monitoring_left(&self, person: PersonId, life: &[Turn], at: Instant) -> Vec<Brought> {
        let Some(i) = life.iter().rposition(|t| matches!(t.what, What::Found(_))) else { return vec![] };
        let open = |k: usize, b: &Brought| {
            let ended = (k + 1..i).any(|j| self.turn_ends(b.kind, life, j).is_some());
            !ended && (b.kind == DutyKind::Release || self.swab_for(b, person, life[k].mark, Some(life[i].mark.n)).is_none())
        };
        let of_monitoring = |b: &Brought| matches!(b.kind, DutyKind::MonitoringTest | DutyKind::Release) && b.due.is_some_and(|d| d > at);
        let all = (0..i).flat_map(|k| self.brought(person, &life[..=k]).into_iter().map(move |b| (k, b)));
        all.filter(|(k, b)| of_monitoring(b) && open(*k, b)).map(|(_, b)| b).collect()
    }

    /// Who is in a bed is seen; a patient is tested for the exit, a contact does the days there.
    fn bed_brings(&self, life: &[Turn]) -> Vec<Brought> {
        let Some(at) = life.last().map(|t| t.mark.at) else { return vec![] };
        let mut all = vec![Brought { kind: DutyKind::Observe, due: self.next_observation(at), case: None }];
        if case_after(life).is_some() {
            let first = self.protocol.exit_rule().map(|r| at.plus(r.first_test_after));
            all.push(Brought { kind: DutyKind::ExitTest, due: first, case: None });
        } else if let Some(k) = contact_after(life) {
            all.extend(self.site_brings(k, at));
        }
        all
    }

    /// Enough tests in a row let the patient go; else another is owed.
    fn exit_brings(&self, life: &[Turn], sampled: Instant, at: Instant) -> Vec<Brought> {
        let Some(rule) = self.protocol.exit_rule() else { return vec![] };
        let (kind, due) = if self.passes(life) >= rule.consecutive {
            (DutyKind::Discharge, self.due(at, Link::Discharge))
        } else {
            (DutyKind::ExitTest, Some(sampled.plus(rule.repeat_after).max(at)))
        };
        vec![Brought { kind, due, case: None }]
    }

    /// How this duty, brought by turn `i`, ends: by the first turn after it, or the first swab, that does or overtakes it.
    fn end_of(&self, b: &Brought, person: PersonId, life: &[Turn], i: usize) -> Option<End> {
        let later = (i + 1..life.len()).find_map(|j| self.turn_ends(b.kind, life, j).map(|e| (life[j].mark.n, e)));
        let swab = if b.kind.is_sampling() { self.swab_for(b, person, life[i].mark, later.as_ref().map(|l| l.0)) } else { None };
        match (swab, later) {
            (Some(at), _) => Some(End::Done(at)),
            (None, Some((_, end))) => Some(end),
            (None, None) => None,
        }
    }

    /// When a single sample was taken that does a test: of an exit test one outside rounds since it was owed, of a scheduled test one by
    /// the day's end or late. If it was another's, it has done nothing, unless the duty would have been overtaken by then.
    fn swab_for(&self, b: &Brought, person: PersonId, from: Told, until: Option<usize>) -> Option<Instant> {
        let single = |s: &&Swab| self.known.tubes.get(&s.tube).is_some_and(|t| t.mode == TubeMode::Single);
        let until = until.unwrap_or(usize::MAX);
        let mut n = from.n;
        loop {
            let fits = |s: &&Swab| match b.kind {
                DutyKind::ExitTest => s.round.is_none() && s.mark.at >= from.at,
                _ => b.due.is_some_and(|due| due <= day_end(s.mark.at, 0)),
            };
            let mine = self.known.swabs.iter().filter(|s| s.person == person && s.mark.n > n && s.mark.n <= until);
            let s = mine.filter(single).find(fits)?;
            match s.void {
                Some(void) if void.n < until => n = void.n,
                _ => return Some(s.mark.at),
            }
        }
    }

    /// Whether turn `j` does or overtakes a duty of this kind that is open.
    fn turn_ends(&self, kind: DutyKind, life: &[Turn], j: usize) -> Option<End> {
        use DutyKind::*;
        let Turn { mark, what } = life[j];
        let before = &life[..j];
        let managed = || case_after(before).is_some() || contact_after(before).is_some();
        let enough = || self.protocol.exit_rule().is_some_and(|r| self.passes(&life[..=j]) >= r.consecutive);
        let done = match (kind, what) {
            (Transfer | Isolate, What::Arrived | What::Admitted(_)) | (Admit, What::Admitted(_)) | (Observe, What::Observed) => true,
            (FollowUp, What::Followed(done)) => {
                if !done {
                    return None;
                }
                true
            }
            (Discharge, What::Left(..)) | (Release, What::Released) => true,
            (ReviewContact, What::Dropped(_) | What::Named(_) | What::Released | What::Left(_, Then::Free)) => true,
            (_, What::Died) => false,
            (Transfer | Admit | Observe | ExitTest | Discharge, What::Withdrawn(_, CaseState::Active)) => false,
            (Transfer | Admit | Observe | ExitTest | Isolate | ContactTest | Release, What::Left(..)) => false,
            (Admit | Isolate | ContactTest | FollowUp | MonitoringTest | Release | Discharge | ReviewContact, What::Found(_)) => false,
            (Admit | Isolate | ContactTest | FollowUp | Discharge | Release, What::Dropped(_)) => false,
            (Isolate | ContactTest | FollowUp | Discharge | Release, What::Named(_) | What::Back(_)) => false,
            (Admit | Isolate | ContactTest | FollowUp | MonitoringTest, What::Released) => false,
            (Observe | ExitTest | ContactTest | FollowUp | MonitoringTest | Release, What::Admitted(_)) => false,
            (Discharge, What::Admitted(_)) if managed() => false,
            (ExitTest, What::Tested(..)) if enough() => false,
            (Discharge, What::Tested(..)) if !enough() => false,
            (Discharge, What::Untested) => false,
            (MonitoringTest | Release, What::Withdrawn(c, CaseState::Recovered)) if self.watched_for(before) == Some(c) => false,
            _ => return None,
        };
        Some(if done { End::Done(mark.at) } else { End::Overtaken })
    }
}
