//! The open duties, and when someone will get to each.

use super::{clock, lot};
use quell_book::rows::Duty;
use quell_book::{DutyKind, DutyState};
use quell_foundation::*;
use std::collections::{BTreeSet, HashMap};

/// The open duties in the order in which they will be seen to.
#[derive(Debug, Default)]
pub(super) struct Desk {
    order: BTreeSet<(DutyKind, Instant, DutyId)>,
    planned: HashMap<DutyId, (DutyKind, Instant)>,
}

impl Desk {
    /// Takes notice of a duty that was opened or ended.
    pub(super) fn note(&mut self, duty: &Duty) {
        let known = self.planned.get(&duty.duty_id).copied();
        match (duty.state, known) {
            (DutyState::Open, None) => {
                let when = when(duty);
                self.order.insert((duty.kind, when, duty.duty_id));
                self.planned.insert(duty.duty_id, (duty.kind, when));
            }
            (DutyState::Open, Some(_)) | (_, None) => {}
            (_, Some((kind, when))) => {
                self.order.remove(&(kind, when, duty.duty_id));
                self.planned.remove(&duty.duty_id);
            }
        }
    }

    /// The open duties of a kind that someone gets to by now, with the time at which they do, in that order.
    pub(super) fn ready(&self, kind: DutyKind, now: Instant) -> Vec<(Instant, DutyId)> {
        let from = (kind, Instant(i64::MIN), DutyId(Default::default()));
        self.order.range(from..).take_while(|(k, when, _)| *k == kind && *when <= now).map(|(_, when, id)| (*when, *id)).collect()
    }

    /// Puts a duty off.
    pub(super) fn put_off(&mut self, duty: DutyId, until: Instant) {
        if let Some((kind, when)) = self.planned.get_mut(&duty) {
            self.order.remove(&(*kind, *when, duty));
            *when = until;
            self.order.insert((*kind, until, duty));
        }
    }
}

/// When someone will get to a duty: within its deadline, by habits that are assumptions (and named here).
fn when(d: &Duty) -> Instant {
    let u = lot("desk", d.duty_id.0.as_bytes());
    let after = |from: i64, to: i64| d.opened_at.plus(Span::minutes(from + ((to - from) as f64 * u) as i64));
    let before = |from: i64, to: i64| d.due.plus(Span::minutes(-from + ((from - to) as f64 * u) as i64));
    match d.kind {
        DutyKind::Recall => after(40, 180),
        DutyKind::Resample => by_day(after(60, 300)),
        // In the morning of the day by whose end it is due, or soon if that has passed.
        DutyKind::ContactTest | DutyKind::MonitoringTest => before(16 * 60, 12 * 60).max(after(20, 40)),
        DutyKind::FollowUp => before(6 * 60, 60).max(after(20, 40)),
        DutyKind::TraceLost | DutyKind::SymptomTest | DutyKind::Prophylaxis | DutyKind::IdentifyLead => after(60, 300),
        DutyKind::SecondDose => before(16 * 60, 12 * 60).max(after(20, 40)),
        DutyKind::AnswerAppeal | DutyKind::TakeOver | DutyKind::SettleMessage => after(120, 600),
        DutyKind::ExitTest => d.due,
        DutyKind::Report => after(20, 100),
        DutyKind::ReportCorrection => after(60, 480),
        DutyKind::InvestigateCore => after(70, 220),
        DutyKind::InvestigateFull => after(6 * 60, 20 * 60),
        DutyKind::Transfer => after(10, 30),
        DutyKind::Isolate => after(20, 90),
        DutyKind::Admit => after(10, 40),
        DutyKind::Observe => ward_round(d),
        // A case that meets the criteria, or someone who need not stay: soon. A contact: early on the morning after the last day.
        DutyKind::Discharge if d.due.since(d.opened_at) <= Span::hours(12) => after(60, 180),
        DutyKind::Discharge | DutyKind::Release => before(80, 15).max(after(60, 180)),
        DutyKind::LiftZone => d.due,
        DutyKind::ReviewContact | DutyKind::IdentifySwab | DutyKind::ReviewHandIn | DutyKind::ReviewLaboratory => after(20, 90),
        // Seen to by others: by what is sealed, carried and tested, or by another jurisdiction.
        DutyKind::AwaitAssistance
        | DutyKind::Sample
        | DutyKind::Result
        | DutyKind::Seal
        | DutyKind::Deliver
        | DutyKind::Test
        | DutyKind::Retest
        | DutyKind::ConfirmCorrection => d.due,
    }
}

/// Not between 21:00 and 07:00.
fn by_day(at: Instant) -> Instant {
    let day = at.day(UtcOffset::CHINA);
    if at < clock(day, 7 * 60) {
        clock(day, 7 * 60 + 10)
    } else if at > clock(day, 21 * 60) {
        clock(day.plus(1), 7 * 60 + 10)
    } else {
        at
    }
}

/// Ward rounds begin at 08:00 and 20:00 and reach every person at the same minute each time: twice a day, 12 hours apart.
fn ward_round(d: &Duty) -> Instant {
    let minute = (60.0 * lot("ward round", d.subject.as_bytes())) as i64;
    let day = d.opened_at.day(UtcOffset::CHINA);
    let rounds = [8, 20, 32].map(|hour| clock(day, hour * 60 + minute));
    rounds.into_iter().find(|at| *at > d.opened_at).unwrap_or(d.due)
}
