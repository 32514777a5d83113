//! Lives screening days in the synthetic county and emits the submissions that its staff would hand in (采送检报转收).
//!
//! [`Life`] keeps the whole book in memory ([`quell_book::Replay`]): what the staff know. Each quarter of an hour every office does the
//! work that is open for it: one file a stage (`sampling`, `custody`, `testing`, `cases`, `zones`, `transfer`, `stay`, `closing`), named
//! as in the book. What nobody knows, who is infected, is in `truth` and shows only in what the laboratories read. `desk` holds the
//! open duties and when someone will get to each; it learns them from the book, never from the truth. With a policy it is not the staff who act, but a
//! rehearsal's response that is written down (`rehearsed`).
//!
//! Pure and seeded: the same [`Plan`] gives the same submissions, byte for byte. Times are those of China (UTC+8). A submission
//! is recorded at the time of its [`Step`], which is never before the events in it.

mod cases;
mod closing;
mod custody;
mod desk;
mod incidents;
mod interview;
mod registry;
mod rehearsed;
mod sampling;
mod stay;
mod summary;
mod testing;
mod transfer;
mod truth;
mod zones;

pub use summary::{DutyCount, LifeSummary};
pub use truth::TrueInfection;

use crate::county::{County, wushan};
use custody::Transit;
use desk::Desk;
use incidents::Incidents;
use quell_book::{BookConfig, Changes, Context, Fact, Refusal, Replay, Role, Submission, TubeState};
use quell_foundation::*;
use quell_protocol::{Protocol, ZoneLevel};
use quell_response::policy::Policy;
use registry::Registry;
use rehearsed::Script;
use sampling::Post;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use testing::Bench;
use truth::Truth;

/// What is to be lived.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Everything random follows from it.
    pub seed: u64,
    /// Residents of the county, 1,000 or more (462,462 in the census of 2020).
    pub population: u32,
    /// The first screening day; the book is filled on the evening before.
    pub first_day: Day,
    /// Screening days, one or more.
    pub days: u32,
    /// Households into which infection is brought before the first day; none: one for 20,000 people, at most three.
    pub imports: Option<u32>,
    /// The rules.
    pub protocol: Arc<Protocol>,
    /// SHA-256 of the protocol's file.
    pub protocol_hash: Hash,
    /// A policy: the response is that of a rehearsal under it, with its means and queues. None: the staff work off what the book says is owed, everyone is screened each
    /// day, and a few things go wrong on purpose.
    pub response: Option<Arc<Policy>>,
}

/// What one office hands in at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// When it is recorded; no event in it is later. Steps come in the order of this time.
    pub at: Instant,
    /// Whose account hands it in.
    pub role: Role,
    /// What is being done, for a live summary.
    pub label: &'static str,
    /// The submissions, in order.
    pub submissions: Vec<Posted>,
}

/// A submission and what the door will answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    /// The submission.
    pub submission: Submission,
    /// The answer.
    pub expect: Expect,
}

/// What the door answers to a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// A receipt (the first one again, if it is a repeat).
    Accepted,
    /// A refusal by the rule of this name.
    Refused(&'static str),
}

/// Length of the quarter hours in which the county lives.
const TICK: Span = Span::minutes(15);
/// Batches of a quarter hour that are recorded a second apart; what comes after them a thousandth apart.
const SECONDS: i64 = 600;
/// When the book begins to be filled, in minutes of the evening before the first screening day.
const EVENING: i64 = 18 * 60;
/// Depth of a building in the place tree.
const BUILDING: usize = 6;
/// Depth of the communities, at which duties are counted.
const COMMUNITY: usize = 4;

/// The driver: a county, its book and its secret.
pub struct Life {
    plan: Plan,
    county: County,
    book: Replay,
    registry: Option<Registry>,
    over: bool,
    /// End of the quarter hour that is lived now.
    now: Instant,
    /// Batches begun in this quarter hour; each is recorded later than the one before.
    spoken: i64,
    steps: VecDeque<Step>,
    ids: Stream,
    /// Submissions accepted, refused and repeated, and facts accepted so far.
    counted: summary::Counted,
    desk: Desk,
    truth: Truth,
    /// What a rehearsal did, where that is to be written down.
    script: Option<Script>,
    incidents: Incidents,
    round: Option<RoundId>,
    posts: Vec<Post>,
    /// The first station of every community, by position in `posts`.
    post_of: HashMap<PlaceId, usize>,
    unreached: Vec<PersonId>,
    visitors: Vec<PersonId>,
    boxes: u32,
    transits: BTreeMap<(Instant, BoxCode), Transit>,
    benches: Vec<Bench>,
    /// Contacts named for a case.
    named: BTreeMap<CaseId, Vec<ContactId>>,
    withdrawn: Vec<CaseId>,
    /// Buildings to be judged, and when.
    to_zone: Vec<(Instant, CaseId)>,
    zones: BTreeMap<PlaceId, ZoneLevel>,
    fleet: Vec<transfer::Wheels>,
    waiting: Vec<TransferId>,
    trips: Vec<transfer::Trip>,
    overrides: BTreeMap<TransferId, quell_book::Decision>,
    free_beds: BTreeMap<PlaceId, BTreeSet<(usize, u32)>>,
    tubes: HashMap<TubeCode, TubeState>,
    days_closed: u32,
    surprises: Vec<String>,
}

/// A batch under way: becomes a [`Step`].
struct Batch {
    at: Instant,
    role: Role,
    label: &'static str,
    submissions: Vec<Posted>,
}

/// This minute of this day, at UTC+8.
fn clock(day: Day, minutes: i64) -> Instant {
    day.start(UtcOffset::CHINA).plus(Span::minutes(minutes))
}

/// An exact time at UTC+8.
fn event(at: Instant) -> EventTime {
    EventTime::exact(at, UtcOffset::CHINA)
}

/// A number in [0, 1) that follows from the bytes of an id (or any other text) and a label alone: what happens to one thing moves
/// nothing that happens to another.
fn lot(label: &str, of: &[u8]) -> f64 {
    let h = Hash::of_parts(&[label.as_bytes(), of]);
    let n = h.0.iter().take(6).fold(0u64, |n, b| n << 8 | u64::from(*b));
    n as f64 / (1u64 << 48) as f64
}

/// The zone in force over a home: the innermost.
fn zone_over(zones: &BTreeMap<PlaceId, ZoneLevel>, home: &PlaceId) -> Option<(PlaceId, ZoneLevel)> {
    if zones.is_empty() {
        return None;
    }
    (1..=home.depth()).rev().map(|d| home.at_depth(d)).find_map(|p| zones.get(&p).map(|level| (p, *level)))
}

impl Life {
    /// A county with its people, before anything is in the book.
    pub fn new(plan: Plan) -> Life {
        let eve = plan.first_day.plus(-1);
        let mut county = wushan(plan.seed, plan.population, eve);
        let rehearsed = plan.response.clone().and_then(|policy| rehearsed::rehearse(&plan, &mut county, &policy));
        let (script, truth) = rehearsed.map_or_else(|| (None, Truth::new(&plan, &county)), |(script, truth)| (Some(script), truth));
        let config = BookConfig { book: county.book, root: county.root.clone(), offset: UtcOffset::CHINA, tally_depth: COMMUNITY };
        let posts = sampling::posts(&county);
        let post_of = sampling::post_of_community(&county);
        Life {
            registry: Some(Registry::default()),
            over: false,
            now: clock(eve, EVENING),
            spoken: 0,
            steps: VecDeque::new(),
            ids: Stream::named(plan.seed, "life ids"),
            counted: summary::Counted::default(),
            desk: Desk::default(),
            truth,
            script,
            incidents: Incidents::default(),
            round: None,
            post_of,
            posts,
            unreached: Vec::new(),
            visitors: Vec::new(),
            boxes: 0,
            transits: BTreeMap::new(),
            benches: county.laboratories.iter().map(Bench::new).collect(),
            named: BTreeMap::new(),
            withdrawn: Vec::new(),
            to_zone: Vec::new(),
            zones: BTreeMap::new(),
            fleet: transfer::fleet(&county),
            waiting: Vec::new(),
            trips: Vec::new(),
            overrides: BTreeMap::new(),
            free_beds: stay::beds(&county),
            tubes: HashMap::new(),
            days_closed: 0,
            surprises: Vec::new(),
            book: Replay::new(config),
            county,
            plan,
        }
    }

    /// The next thing that is handed in; `None` when the last day is sealed.
    pub fn next_step(&mut self) -> Option<Step> {
        while self.steps.is_empty() && !self.over {
            if let Some(registry) = self.registry.take() {
                self.registry = self.fill_book(registry);
            } else {
                self.tick();
            }
        }
        self.steps.pop_front()
    }

    /// The county, with what nobody in it knows left out.
    pub fn county(&self) -> &County {
        &self.county
    }

    /// The book as it must be after the steps made so far (up to a quarter hour ahead of the step last given out).
    pub fn book(&self) -> &Replay {
        &self.book
    }

    /// Submissions that the book refused although the driver took them for right, or the other way round: none, or there is a bug in
    /// the driver or the book. They are not handed out.
    pub fn surprises(&self) -> &[String] {
        &self.surprises
    }

    /// Lives a quarter of an hour.
    fn tick(&mut self) {
        self.now = self.now.plus(TICK);
        self.spoken = 0;
        if self.script.is_some() {
            self.act_as_rehearsed();
            self.routine();
            self.evening();
            return;
        }
        self.morning();
        self.sample_round();
        self.sample_singly();
        self.fever_clinic();
        self.put_bindings_right();
        self.carry();
        self.take_in();
        self.test();
        self.report_and_investigate();
        self.draw_and_lift_zones();
        self.dispatch();
        self.care();
        self.community_work();
        self.evening();
        self.truth_moves_on();
    }

    /// The calendar day of the quarter hour that is lived (midnight still belongs to the day that ends).
    fn today(&self) -> Day {
        self.now.plus(Span(-1)).day(UtcOffset::CHINA)
    }

    /// Minutes of the day at the end of the quarter hour, 15 to 1440.
    fn minute(&self) -> i64 {
        self.now.since(self.today().start(UtcOffset::CHINA)).seconds() / 60
    }

    /// A screening day by its number, from 1; 0 is the evening before.
    fn day_number(&self) -> i32 {
        self.today().0 - self.plan.first_day.0 + 1
    }

    fn begin(&mut self, role: Role, label: &'static str) -> Batch {
        self.spoken += 1;
        // A second apart as long as the quarter hour has room for that, then closer and closer.
        let whole = self.spoken.min(SECONDS);
        let rest = self.spoken - whole;
        let at = Instant(self.now.plus(Span(whole)).0 + rest * 1_000);
        Batch { at, role, label, submissions: Vec::new() }
    }

    fn end(&mut self, batch: Batch) {
        if !batch.submissions.is_empty() {
            self.steps.push_back(Step { at: batch.at, role: batch.role, label: batch.label, submissions: batch.submissions });
        }
    }

    fn submission(&mut self, at: Instant, device: &str, facts: Vec<Fact>) -> Submission {
        let id = SubmissionId(self.ids.uuid_v7((at.0 / 1_000).unsigned_abs()));
        Submission { id, device: DeviceId::new(device).ok(), facts }
    }

    /// Hands in what must be accepted. False (and nothing handed in) if the book refuses it, which is a bug: see [`Life::surprises`].
    fn post(&mut self, batch: &mut Batch, device: &str, facts: Vec<Fact>) -> bool {
        match self.attempt(batch, device, facts) {
            Ok(()) => true,
            Err(refusal) => {
                self.surprises.push(format!("{} {}: {refusal}", batch.at, batch.label));
                false
            }
        }
    }

    /// Hands in what may be refused without this being a bug.
    fn attempt(&mut self, batch: &mut Batch, device: &str, facts: Vec<Fact>) -> Result<(), Refusal> {
        let submission = self.submission(batch.at, device, facts);
        let changes = self.apply(batch.at, &submission)?;
        self.counted.accepted += 1;
        self.counted.facts += submission.facts.len() as u64;
        self.watch(&changes);
        batch.submissions.push(Posted { submission, expect: Expect::Accepted });
        Ok(())
    }

    /// Hands in what must be refused by this rule.
    fn post_refused(&mut self, batch: &mut Batch, device: &str, facts: Vec<Fact>, rule: &'static str) {
        let submission = self.submission(batch.at, device, facts);
        match self.apply(batch.at, &submission) {
            Err(refusal) if refusal.rule == rule => {
                self.counted.refused += 1;
                batch.submissions.push(Posted { submission, expect: Expect::Refused(rule) });
            }
            Err(refusal) => self.surprises.push(format!("{} {}: not {rule} but {refusal}", batch.at, batch.label)),
            Ok(changes) => {
                self.watch(&changes);
                self.surprises.push(format!("{} {}: accepted instead of {rule}", batch.at, batch.label));
            }
        }
    }

    fn apply(&mut self, at: Instant, s: &Submission) -> Result<Changes, Refusal> {
        // The log's hash is the door's: a rehearsal has no log.
        let seq = self.counted.accepted as i64 + 1;
        let device = s.device.as_ref().map_or("", DeviceId::as_str);
        let context = Context { protocol: &self.plan.protocol, now: at, seq, submission: s.id, sender: device };
        self.book.submit(context, Hash::default(), &s.facts)
    }

    /// Takes notice of what changed in the book.
    fn watch(&mut self, changes: &Changes) {
        for duty in &changes.duties {
            self.desk.note(duty);
        }
        for tube in &changes.tubes {
            self.tubes.insert(tube.tube.clone(), tube.state);
        }
        for case in &changes.cases {
            self.notice_case(case);
        }
        for stay in &changes.stays {
            self.notice_stay(stay);
        }
        for zone in &changes.zones {
            if zone.lifted_at.is_none() {
                self.zones.insert(zone.place.clone(), zone.level);
            } else if self.zones.get(&zone.place) == Some(&zone.level) {
                self.zones.remove(&zone.place);
            }
        }
        self.days_closed += changes.sealed_days.len() as u32;
    }
}
