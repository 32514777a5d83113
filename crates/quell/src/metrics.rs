//! What the server counts about itself, for Prometheus: `quell serve --metrics ADDRESS` gives it under `/metrics`. Names and units follow
//! <https://prometheus.io/docs/practices/naming/>. No name, number or place of a person is ever a label.

use crate::admission::{Admission, Class, Shed};
use crate::door::DoorError;
use crate::status::{People, Verdict};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use quell_store::log::Answer;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

const SUBMISSIONS: &str = "quell_submissions_total";
const BATCHES: &str = "quell_batches_total";
const BATCHES_AGAIN: &str = "quell_batches_decided_again_total";
const BATCH_FACTS: &str = "quell_batch_facts";
const DOOR_SECONDS: &str = "quell_door_seconds";
const DOOR_WAITING: &str = "quell_door_waiting";
const SHED: &str = "quell_shed_total";
const WAITING: &str = "quell_waiting";
const LOG_POSITION: &str = "quell_log_position";
const CHECKPOINTS: &str = "quell_checkpoints_total";
const CHECKPOINT_AGE: &str = "quell_checkpoint_age_seconds";
const STATUS_LOOKUPS: &str = "quell_status_lookups_total";
const STATUS_AGE: &str = "quell_status_age_seconds";
const STATUS_PEOPLE: &str = "quell_status_people";
const REQUESTS: &str = "quell_http_requests_total";
const REQUEST_SECONDS: &str = "quell_http_request_seconds";

const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
const FACTS: &[f64] = &[1.0, 10.0, 50.0, 100.0, 200.0, 350.0, 500.0, 700.0, 1_000.0, 5_000.0];

/// The last good checkpoint of each place.
static GOOD: Mutex<BTreeMap<String, Instant>> = Mutex::new(BTreeMap::new());

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Begins to count; before, nothing is kept.
///
/// # Errors
/// Why it cannot, once it was begun already.
pub fn start() -> Result<(), String> {
    let buckets = |b: PrometheusBuilder, name: &str, buckets: &[f64]| b.set_buckets_for_metric(Matcher::Full(name.into()), buckets);
    let builder = buckets(PrometheusBuilder::new(), DOOR_SECONDS, SECONDS)
        .and_then(|b| buckets(b, REQUEST_SECONDS, SECONDS))
        .and_then(|b| buckets(b, BATCH_FACTS, FACTS))
        .map_err(|e| e.to_string())?;
    let handle = builder.install_recorder().map_err(|e| e.to_string())?;
    let _ = RECORDER.set(handle); // Installing succeeds once.
    describe_counter!(SUBMISSIONS, "Submissions answered, by outcome");
    describe_counter!(BATCHES, "Batches written; 'locked' if the book was locked from the beginning");
    describe_counter!(BATCHES_AGAIN, "Batches that could not be written as they were decided");
    describe_histogram!(BATCH_FACTS, "Facts in a batch");
    describe_histogram!(DOOR_SECONDS, "From the queue of the door to the receipt or refusal");
    describe_gauge!(DOOR_WAITING, "Submissions in the queue of the door");
    describe_counter!(SHED, "Requests turned away with 503, by class and reason");
    describe_gauge!(WAITING, "Requests that wait for their turn, by class");
    describe_gauge!(LOG_POSITION, "Last position of the log that this server wrote");
    describe_counter!(CHECKPOINTS, "Checkpoints by place and outcome: 'good' (written, or nothing had changed) or 'missed'");
    describe_gauge!(CHECKPOINT_AGE, "Seconds since the last good checkpoint of a place, or since the start");
    describe_counter!(STATUS_LOOKUPS, "Status look-ups at doors, by outcome");
    describe_gauge!(STATUS_AGE, "How old the statuses are that doors are told");
    describe_gauge!(STATUS_PEOPLE, "People whose status can be looked up");
    describe_counter!(REQUESTS, "HTTP requests, by route, method and status");
    describe_histogram!(REQUEST_SECONDS, "Time to the answer's head, by route");
    Ok(())
}

/// Everything counted so far, in Prometheus's text form. `waiting`: in the queue of the door.
pub fn text(waiting: usize, gate: &Admission) -> String {
    statuses();
    gauge!(DOOR_WAITING).set(waiting as f64);
    for class in Class::ALL {
        gauge!(WAITING, "class" => class.as_str()).set(gate.crowd(class).0 as f64);
    }
    for (place, since) in GOOD.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        gauge!(CHECKPOINT_AGE, "to" => place.clone()).set(since.elapsed().as_secs_f64());
    }
    RECORDER.get().map(PrometheusHandle::render).unwrap_or_default()
}

/// The same of a process that only answers look-ups.
pub fn status_text() -> String {
    statuses();
    RECORDER.get().map(PrometheusHandle::render).unwrap_or_default()
}

/// What a look-up at a door came to.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the words of the outcomes say it")]
pub enum Lookup {
    Clear,
    Restricted,
    TestDue,
    Unknown,
    Garbled,
    Loading,
}

const OUTCOMES: [&str; 6] = ["clear", "restricted", "test_due", "unknown", "garbled", "loading"];

/// Look-ups by outcome. There are tens of thousands a second: the recorder is told only when somebody asks.
static LOOKUPS: [AtomicU64; OUTCOMES.len()] = [const { AtomicU64::new(0) }; OUTCOMES.len()];

static PEOPLE: Mutex<Weak<People>> = Mutex::new(Weak::new());

impl From<Verdict> for Lookup {
    fn from(v: Verdict) -> Self {
        match v {
            Verdict::Clear => Self::Clear,
            Verdict::Restricted => Self::Restricted,
            Verdict::TestDue => Self::TestDue,
        }
    }
}

/// A code was looked up.
pub(crate) fn looked_up(outcome: Lookup) {
    LOOKUPS[outcome as usize].fetch_add(1, Ordering::Relaxed);
}

/// The statuses of these people can be looked up from now on.
pub(crate) fn statuses_of(people: &Arc<People>) {
    *PEOPLE.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(people);
}

fn statuses() {
    for (outcome, n) in OUTCOMES.iter().zip(&LOOKUPS) {
        match n.load(Ordering::Relaxed) {
            0 => {}
            n => counter!(STATUS_LOOKUPS, "outcome" => *outcome).absolute(n),
        }
    }
    if let Some(people) = PEOPLE.lock().unwrap_or_else(PoisonError::into_inner).upgrade() {
        gauge!(STATUS_PEOPLE).set(people.table.len() as f64);
        gauge!(STATUS_AGE).set(people.position().age().as_secs_f64());
    }
}

/// A submission was answered.
pub(crate) fn answered(answer: &Result<Answer, DoorError>, took: Duration) {
    let outcome = match answer {
        Ok(Answer::Accepted(r)) if r.repeat => "repeated",
        Ok(Answer::Accepted(_)) => "accepted",
        Ok(Answer::Refused(_)) => "refused",
        Ok(Answer::IdReused) => "id_reused",
        Err(DoorError::Busy) => "busy",
        Err(DoorError::Store(_)) => "database",
        Err(DoorError::Broken(_)) => "broken",
    };
    counter!(SUBMISSIONS, "outcome" => outcome).increment(1);
    histogram!(DOOR_SECONDS).record(took);
}

/// A request was turned away.
pub(crate) fn shed(class: Class, why: Shed) {
    let reason = match why {
        Shed::Full => "full",
        Shed::TooLate => "too_late",
    };
    counter!(SHED, "class" => class.as_str(), "reason" => reason).increment(1);
}

/// A batch was written.
pub(crate) fn written(facts: usize, seq: i64, locked: bool) {
    counter!(BATCHES, "locked" => if locked { "yes" } else { "no" }).increment(1);
    histogram!(BATCH_FACTS).record(facts as f64);
    gauge!(LOG_POSITION).set(seq as f64);
}

/// A batch could not be written as it was decided.
pub(crate) fn decided_again() {
    counter!(BATCHES_AGAIN).increment(1);
}

/// A request was answered.
pub(crate) fn requested(route: &'static str, method: &str, status: u16, took: Duration) {
    counter!(REQUESTS, "route" => route, "method" => method.to_owned(), "status" => status.to_string()).increment(1);
    histogram!(REQUEST_SECONDS, "route" => route).record(took);
}

/// Checkpoints are written to this place from now on.
pub(crate) fn checkpoints_to(place: &str) {
    GOOD.lock().unwrap_or_else(PoisonError::into_inner).insert(place.to_owned(), Instant::now());
}

/// A checkpoint was written (or nothing had changed), or not.
pub(crate) fn checkpoint(place: &str, good: bool) {
    counter!(CHECKPOINTS, "to" => place.to_owned(), "outcome" => if good { "good" } else { "missed" }).increment(1);
    if good {
        checkpoints_to(place);
    }
}
