//! The book-keeper and the auditor: a seeded hand says what may and what may not happen at the real door, and an auditor who shares no
//! decision with the book says what must become of it. After each call at the door the two are compared; a disagreement names the seed, the
//! step and what was said. The same seed is the same history.
//!
//! *What is covered:* every outcome at the door (accepted, repeated, id reused, refused and by which fact); tubes, registrations, cases,
//! contacts, transfers, stays, beds and zones row by row, and where people stand; the duties of [`COVERED_DUTIES`] with since, due, state,
//! in time and by which submission, those of whole populations by their counts; the tallies of every day, kind, place and round; at the
//! end of a history `verify`. *What is not:* what is in [`OPEN_FACTS`] and [`OPEN_DUTIES`]: another protocol, laboratories compared.

pub mod auditor;
pub mod compare;
pub mod keeper;
pub mod world;

use crate::Error;
use auditor::{Auditor, Expected};
use compare::Book;
use keeper::{Handed, Keeper};
use quell::app::{App, Ready};
use quell::clock::Clock;
use quell::identity::IdentityKey;
use quell_book::{BookConfig, DutyKind, DutyState};
use quell_foundation::*;
use quell_store::Database;
use quell_store::log::{Answer, Incoming, Sender};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;

/// Kinds of facts that the keeper says and the auditor judges.
pub const COVERED_FACTS: &[&str] = &[
    "place_listed",
    "person_listed",
    "person_absent",
    "person_returned",
    "round_opened",
    "round_closed",
    "roster_waived",
    "registered",
    "registration_voided",
    "registration_reassigned",
    "tube_sealed",
    "tube_spoilt",
    "tube_lost",
    "box_packed",
    "handed_over",
    "received",
    "plate_read",
    "result_read",
    "result_corrected",
    "case_listed",
    "case_classified",
    "report_filed",
    "investigation_filed",
    "contact_named",
    "contact_dropped",
    "followed_up",
    "transfer_requested",
    "vehicle_assigned",
    "picked_up",
    "arrived",
    "transfer_called_off",
    "admitted",
    "observed",
    "discharged",
    "released",
    "died",
    "zone_designated",
    "zone_lifted",
    "channel_judged",
    "late_hand_in",
    "hand_in_reviewed",
    "duty_waived",
    "overdue_owned",
    "day_closed",
];
/// Kinds of facts that are not covered yet.
pub const OPEN_FACTS: &[&str] = &[
    "protocol_adopted",
    "laboratory_reviewed",
    "interviewed",
    "visited",
    "visit_withdrawn",
    "link_stated",
    "link_withdrawn",
    "member_listed",
    "event_listed",
    "event_withdrawn",
    "checked_in",
    "lead_noted",
    "lead_resolved",
    "lead_closed",
    "team_listed",
    "team_absent",
    "team_returned",
    "team_ended",
    "follow_up_assigned",
    "vaccination_stated",
    "prophylaxis_given",
    "prophylaxis_declined",
    "time_ran_out",
    "order_issued",
    "order_lifted",
    "appeal_made",
    "appeal_answered",
    "persons_merged",
    "merge_undone",
    "persons_distinct",
    "assistance_requested",
    "assistance_received",
    "assistance_answered",
    "assistance_answer_received",
    "message_acknowledged",
    "message_refused",
];
/// Kinds of duties whose course is predicted.
pub const COVERED_DUTIES: &[DutyKind] = &[
    DutyKind::Sample,
    DutyKind::Result,
    DutyKind::Seal,
    DutyKind::Deliver,
    DutyKind::Test,
    DutyKind::Retest,
    DutyKind::Resample,
    DutyKind::Recall,
    DutyKind::Report,
    DutyKind::ReportCorrection,
    DutyKind::InvestigateCore,
    DutyKind::InvestigateFull,
    DutyKind::Transfer,
    DutyKind::IdentifySwab,
    DutyKind::ConfirmCorrection,
    DutyKind::ContactTest,
    DutyKind::ExitTest,
    DutyKind::MonitoringTest,
    DutyKind::Isolate,
    DutyKind::Admit,
    DutyKind::Observe,
    DutyKind::Discharge,
    DutyKind::Release,
    DutyKind::LiftZone,
    DutyKind::ReviewContact,
    DutyKind::FollowUp,
    DutyKind::ReviewHandIn,
];
/// Kinds of duties that are not covered yet: no covered fact brings one in a history of this size.
pub const OPEN_DUTIES: &[DutyKind] = &[
    DutyKind::ReviewLaboratory,
    DutyKind::TraceLost,
    DutyKind::Prophylaxis,
    DutyKind::SecondDose,
    DutyKind::SymptomTest,
    DutyKind::AnswerAppeal,
    DutyKind::AwaitAssistance,
    DutyKind::TakeOver,
    DutyKind::SettleMessage,
    DutyKind::IdentifyLead,
];

/// What was reached: how often a kind of fact was accepted and refused, how often a kind of duty was opened and ended.
#[derive(Debug, Default, Clone)]
pub struct Coverage {
    /// Accepted and refused, by kind of fact. The refused fact is the one at fault.
    pub facts: BTreeMap<&'static str, [u64; 2]>,
    /// Opened, discharged, waived, superseded, by kind of duty.
    pub duties: BTreeMap<DutyKind, [u64; 4]>,
    /// Accepted, repeated, id reused, refused.
    pub outcomes: [u64; 4],
}

impl Coverage {
    /// Adds what another history reached.
    pub fn add(&mut self, other: &Coverage) {
        for (k, n) in &other.facts {
            let mine = self.facts.entry(k).or_default();
            mine.iter_mut().zip(n).for_each(|(a, b)| *a += b);
        }
        for (k, n) in &other.duties {
            let mine = self.duties.entry(*k).or_default();
            mine.iter_mut().zip(n).for_each(|(a, b)| *a += b);
        }
        self.outcomes.iter_mut().zip(other.outcomes).for_each(|(a, b)| *a += b);
    }
}

/// What became of a history.
#[derive(Debug, Default)]
pub struct History {
    /// Its seed.
    pub seed: u64,
    /// Calls at the door.
    pub steps: usize,
    /// Facts handed in.
    pub facts: usize,
    /// The first disagreement: the step, what was handed in, what differs.
    pub disagreement: Option<String>,
    /// What was reached.
    pub coverage: Coverage,
}

/// Lives one history of so many steps in a book of its own, and stops at the first disagreement.
///
/// # Errors
/// If the database fails.
pub async fn live(ready: &Ready, book: BookId, seed: u64, steps: usize) -> Result<History, Error> {
    let config = BookConfig { book, root: world::place(world::ROOT), offset: UtcOffset::CHINA, tally_depth: 4 };
    // Connections of its own, which end with it.
    let db = Database::new(ready.db.url(), 2)?;
    let own = Ready { db, server: std::sync::Mutex::new(None), data: ready.data.clone() };
    let history = live_in(&own, &config, seed, steps).await;
    own.db.close();
    history
}

async fn live_in(ready: &Ready, config: &BookConfig, seed: u64, steps: usize) -> Result<History, Error> {
    let clock = Clock::by_hand(world::begin());
    let app = App::open(ready, config, "covid-2022-twenty", clock.clone(), IdentityKey::fixed("histories")).await?;
    let mut auditor = Auditor::new(app.default_protocol.clone(), world::begin());
    let mut keeper = Keeper::new(seed, world::begin());
    let mut history = History { seed, ..History::default() };
    let first =
        Handed { id: SubmissionId(derived_uuid(&[b"world", &seed.to_be_bytes()])), scope: config.root.clone(), facts: world::facts() };
    let mut calls = vec![first];
    for step in 0..=steps {
        clock.set(keeper.now());
        auditor.now = keeper.now();
        history.steps = step;
        history.facts += calls.iter().map(|c| c.facts.len()).sum::<usize>();
        let wrong = one_call(&app, &mut auditor, &calls, &mut history.coverage).await?;
        if !wrong.is_empty() {
            let said: Vec<String> = calls.iter().map(describe).collect();
            let (wrong, before) = (wrong.join("\n    "), auditor.story(&wrong).join("\n    "));
            let said = said.join("\n");
            history.disagreement =
                Some(format!("seed {seed}, step {step} at {}:\n{said}\n  differs:\n    {wrong}\n  before:\n    {before}", keeper.now()));
            break;
        }
        calls = keeper.call(&auditor);
    }
    for d in &auditor.duties {
        let n = history.coverage.duties.entry(d.key.kind).or_default();
        n[0] += 1;
        match d.state {
            DutyState::Open => {}
            DutyState::Discharged => n[1] += 1,
            DutyState::Waived => n[2] += 1,
            DutyState::Superseded => n[3] += 1,
        }
    }
    if history.disagreement.is_none() {
        let c = app.db.connection().await?;
        let report = quell_store::verify::verify(&c, &app.shelf, config, &app.default_protocol, &[], &mut |_, _| {}).await?;
        if report.finding_count > 0 {
            history.disagreement = Some(format!("seed {seed}, after {steps} steps, verify: {}", report.findings.join("\n    ")));
        }
    }
    Ok(history)
}

/// Hands the submissions of one call in, predicts their answers, compares both and the book.
async fn one_call(app: &App, auditor: &mut Auditor, calls: &[Handed], coverage: &mut Coverage) -> Result<Vec<String>, Error> {
    let incoming: Vec<Incoming> = calls
        .iter()
        .map(|h| {
            let mut facts = h.facts.clone();
            app.key.pseudonymise(&mut facts);
            Incoming::new(h.id, Sender { account: world::SENDER.into(), scope: h.scope.clone(), device: None }, facts)
        })
        .collect();
    let answers = all(incoming.into_iter().map(|i| app.door.submit(vec![i])).collect()).await;
    let mut wrong = Vec::new();
    for (i, (h, answer)) in calls.iter().zip(answers.into_iter().flatten()).enumerate() {
        let expected = auditor.submit(h.id, &h.scope, &h.facts);
        match &expected {
            Expected::Accepted(_) => {
                coverage.outcomes[0] += 1;
                h.facts.iter().for_each(|f| coverage.facts.entry(f.kind()).or_default()[0] += 1);
            }
            Expected::Repeated(_) => coverage.outcomes[1] += 1,
            Expected::IdReused => coverage.outcomes[2] += 1,
            Expected::Refused(n, _) => {
                coverage.outcomes[3] += 1;
                coverage.facts.entry(h.facts[*n].kind()).or_default()[1] += 1;
            }
        }
        let answer = match answer {
            Ok(answer) => answer,
            Err(e) => {
                wrong.push(format!("answer {i}:\n      book    {e}\n      auditor {expected:?}"));
                return Ok(wrong);
            }
        };
        let agrees = match (&answer, &expected) {
            (Answer::Accepted(r), Expected::Accepted(seq)) => r.seq == *seq && !r.repeat,
            (Answer::Accepted(r), Expected::Repeated(seq)) => r.seq == *seq && r.repeat,
            (Answer::IdReused, Expected::IdReused) => true,
            (Answer::Refused(r), Expected::Refused(n, _)) => r.fact as usize == *n,
            _ => false,
        };
        if !agrees {
            let said = match answer {
                Answer::Refused(r) => format!("refused ({}): {r}", r.rule),
                other => format!("{other:?}"),
            };
            wrong.push(format!("answer {i}:\n      book    {said}\n      auditor {expected:?}"));
            return Ok(wrong);
        }
    }
    let book = Book::read(&app.db, app.config.book).await?;
    wrong.extend(book.compare(auditor));
    Ok(wrong)
}

fn describe(h: &Handed) -> String {
    let facts: Vec<String> = h.facts.iter().map(|f| format!("    {}", serde_json::to_string(f).unwrap_or_default())).collect();
    format!("  submission {} from {}:\n{}", h.id, h.scope, facts.join("\n"))
}

/// Polls these futures side by side, always in the same order, so that the same calls reach the door in the same order.
async fn all<T>(futures: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<Pin<Box<_>>> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<T>> = waiting.iter().map(|_| None).collect();
    std::future::poll_fn(move |cx| {
        for (f, d) in waiting.iter_mut().zip(done.iter_mut()).filter(|(_, d)| d.is_none()) {
            if let Poll::Ready(x) = f.as_mut().poll(cx) {
                *d = Some(x);
            }
        }
        if done.iter().all(Option::is_some) { Poll::Ready(done.iter_mut().filter_map(Option::take).collect()) } else { Poll::Pending }
    })
    .await
}

/// What became of many histories.
#[derive(Debug, Default)]
pub struct Sum {
    /// Calls at the door.
    pub steps: usize,
    /// Facts handed in.
    pub facts: usize,
    /// Seeds whose history ended in a disagreement, and which.
    pub disagreements: Vec<(u64, String)>,
    /// What was reached.
    pub coverage: Coverage,
}

/// Lives a history of each seed, some side by side, in books of one database; `told` hears of each as it ends.
///
/// # Errors
/// If the database fails.
pub async fn many(
    ready: Arc<Ready>,
    seeds: std::ops::Range<u64>,
    steps: usize,
    workers: u64,
    told: impl Fn(&History) + Send + Sync + 'static,
) -> Result<Sum, Error> {
    let (next, told) = (Arc::new(AtomicU64::new(seeds.start)), Arc::new(told));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..workers.max(1) {
        let (ready, next, told, seeds) = (ready.clone(), next.clone(), told.clone(), seeds.clone());
        tasks.spawn(async move {
            let mut sum = Sum::default();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= seeds.end {
                    return Ok::<_, Error>(sum);
                }
                let book = BookId(1 + (seed - seeds.start) as i32);
                let h = live(&ready, book, seed, steps).await?;
                told(&h);
                sum.steps += h.steps;
                sum.facts += h.facts;
                sum.coverage.add(&h.coverage);
                sum.disagreements.extend(h.disagreement.map(|d| (h.seed, d)));
            }
        });
    }
    let mut all = Sum::default();
    while let Some(done) = tasks.join_next().await {
        let one = done??;
        all.steps += one.steps;
        all.facts += one.facts;
        all.coverage.add(&one.coverage);
        all.disagreements.extend(one.disagreements);
    }
    all.disagreements.sort();
    Ok(all)
}

impl std::fmt::Display for Coverage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [accepted, repeated, reused, refused] = self.outcomes;
        writeln!(f, "submissions: accepted {accepted}, repeated {repeated}, id reused {reused}, refused {refused}")?;
        for (kind, [accepted, refused]) in &self.facts {
            writeln!(f, "{kind:24} accepted {accepted:7}  refused {refused:7}")?;
        }
        for (kind, [opened, discharged, waived, superseded]) in &self.duties {
            writeln!(f, "{:24} opened {opened:7}  discharged {discharged:7}  waived {waived:5}  superseded {superseded:6}", kind.as_str())?;
        }
        Ok(())
    }
}
