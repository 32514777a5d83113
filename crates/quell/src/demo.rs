//! The demo: an outbreak in Wushan County, lived through the real door. The staff of the county are a seeded driver
//! (`quell_rehearse::life`) that keeps a book of its own in memory; what the server answers must agree with it.

use crate::app::App;
use crate::auth::{TOKEN_LIFE, hash_password};
use crate::client::{Client, ClientError};
use bytes::Bytes;
use quell_book::{Role, Submission};
use quell_foundation::*;
use quell_rehearse::life::{Expect, Life, LifeSummary, Posted, Step};
use quell_store::accounts::{self, Account};
use quell_store::{StoreError, views};
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use tokio::sync::mpsc;

/// Password of every demo account. The demo's people are not real.
pub const PASSWORD: &str = "quell-demo";
/// Facts in one request.
const REQUEST_FACTS: usize = 8_000;

/// Why the demo stopped.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Talking to the server.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An answer that the county's own book did not foresee.
    #[error("at {at}, {label}: {what}")]
    Surprise {
        /// Simulated time.
        at: Instant,
        /// Step.
        label: &'static str,
        /// What happened.
        what: String,
    },
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// How the demo went.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// Submissions accepted by the server (repeats not counted again).
    pub accepted: u64,
    /// Rightly refused.
    pub refused: u64,
    /// Sent again and answered with the first receipt.
    pub repeated: u64,
    /// How things stand, by the county's own book.
    pub summary: LifeSummary,
    /// Every sealed sheet balances, every count agrees with the county's own book.
    pub conservation: bool,
    /// What does not agree.
    pub disagreements: Vec<String>,
}

/// The account of a role.
pub fn account_name(role: Role) -> Result<AccountId, DemoError> {
    AccountId::new(role.as_str()).map_err(|e| DemoError::Other(e.to_string()))
}

/// Makes one account for each role, for the whole county.
pub async fn make_accounts(app: &App) -> Result<(), DemoError> {
    let password_hash = hash_password(PASSWORD).map_err(DemoError::Other)?;
    let mut c = app.db.connection().await?;
    for role in Role::ALL {
        let account = Account {
            book: app.config.book,
            account: account_name(*role)?,
            role: *role,
            place: app.config.root.clone(),
            password_hash: password_hash.clone(),
            active: true,
        };
        accounts::put(&mut c, &account, "demo", app.clock.now()).await?;
    }
    Ok(())
}

/// What the caller is told while the days go by.
pub struct Progress<'a> {
    /// The step that was handed in.
    pub step: &'a Step,
    /// Submissions so far.
    pub submissions: u64,
}

/// Lives the days. `pace`: how many simulated seconds pass in a real one; `None` as fast as it can.
pub async fn live(
    app: &App,
    address: SocketAddr,
    life: Life,
    pace: Option<f64>,
    mut tell: impl FnMut(&Progress<'_>),
) -> Result<(Outcome, Life), DemoError> {
    let (steps, mut inbox) = mpsc::channel::<Step>(64);
    // The driver works on a thread of its own, some steps ahead.
    let driver = std::thread::spawn(move || {
        let mut life = life;
        while let Some(step) = life.next_step() {
            if steps.blocking_send(step).is_err() {
                break; // The demo has stopped.
            }
        }
        life
    });
    let mut staff = Staff { address, app: app.clone(), clients: BTreeMap::new(), acknowledged: HashSet::new() };
    let (mut accepted, mut refused, mut repeated) = (0u64, 0u64, 0u64);
    let mut last = None;
    while let Some(step) = inbox.recv().await {
        if let (Some(pace), Some(last)) = (pace, last) {
            let wait = step.at.since(last).seconds() as f64 / pace;
            tokio::time::sleep(std::time::Duration::from_secs_f64(wait.max(0.0))).await;
        }
        last = Some(step.at);
        app.clock.set(step.at);
        for part in requests(&step.submissions) {
            let answers = staff.post(&step, part).await?;
            for (posted, answer) in part.iter().zip(answers) {
                match (posted.expect, answer) {
                    (Expect::Accepted, Said::Accepted { repeat: false }) => accepted += 1,
                    (Expect::Accepted, Said::Accepted { repeat: true }) => repeated += 1,
                    (Expect::Refused(rule), Said::Refused { rule: said, .. }) if said == rule => refused += 1,
                    (expected, said) => {
                        let what = format!("expected {expected:?}, the server said {said} to {}", posted.submission.id);
                        return Err(DemoError::Surprise { at: step.at, label: step.label, what });
                    }
                }
            }
        }
        tell(&Progress { step: &step, submissions: accepted + refused + repeated });
    }
    let life = driver.join().map_err(|_| DemoError::Other("the driver of the demo broke off: a bug".into()))?;
    let summary = life.summary();
    let disagreements = compare(app, &life, accepted).await?;
    let conservation = disagreements.is_empty() && life.surprises().is_empty();
    Ok((Outcome { accepted, refused, repeated, summary, conservation, disagreements }, life))
}

/// Parts of a step that fit in one request, in order.
fn requests(all: &[Posted]) -> impl Iterator<Item = &[Posted]> {
    let mut rest = all;
    std::iter::from_fn(move || {
        let mut facts = 0;
        let n = rest
            .iter()
            .take_while(|p| {
                let first = facts == 0;
                facts += p.submission.facts.len();
                first || facts <= REQUEST_FACTS
            })
            .count();
        let (part, after) = rest.split_at(n);
        rest = after;
        (!part.is_empty()).then_some(part)
    })
}

/// Before it asks again when the server was too busy: the demo is the only one who asks, so it is the machine that is slow.
const PAUSES: [std::time::Duration; 8] = {
    let s = std::time::Duration::from_secs;
    [s(1), s(2), s(4), s(8), s(15), s(30), s(30), s(60)]
};

/// What the server said to one submission.
enum Said {
    Accepted { repeat: bool },
    Refused { rule: String, detail: String },
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Said::Accepted { repeat } => write!(f, "accepted{}", if *repeat { " (a repeat)" } else { "" }),
            Said::Refused { rule, detail } => write!(f, "refused by {rule}: {detail}"),
        }
    }
}

/// One logged-in connection a role.
struct Staff {
    address: SocketAddr,
    app: App,
    clients: BTreeMap<Role, (Client, Instant)>,
    /// Submissions that were acknowledged: one that went through without an answer is new when it is heard of, whatever the server says.
    acknowledged: HashSet<SubmissionId>,
}

impl Staff {
    async fn post(&mut self, step: &Step, part: &[Posted]) -> Result<Vec<Said>, DemoError> {
        let mut answers: Vec<Said> = Vec::with_capacity(part.len());
        for pause in PAUSES.into_iter().map(Some).chain([None]) {
            let rest = part.get(answers.len()..).unwrap_or_default();
            let heard = self.send(step.role, rest).await?;
            // What comes after one that did not get in may have missed it: it is sent again with it, under the same ids.
            answers.extend(heard.into_iter().map_while(|said| said));
            match pause {
                _ if answers.len() == part.len() => break,
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(DemoError::Other("the server is too busy: this machine has too much else to do".into())),
            }
        }
        let said = part.iter().zip(answers).map(|(posted, said)| match said {
            Said::Accepted { repeat } => Said::Accepted { repeat: !self.acknowledged.insert(posted.submission.id) && repeat },
            refused => refused,
        });
        Ok(said.collect())
    }

    /// What the server says to each; nothing where it was too busy to say.
    async fn send(&mut self, role: Role, part: &[Posted]) -> Result<Vec<Option<Said>>, DemoError> {
        let bodies: Vec<&Submission> = part.iter().map(|p| &p.submission).collect();
        let body = serde_json::to_vec(&bodies).map_err(|e| DemoError::Other(e.to_string()))?;
        let client = self.client(role).await?;
        let (status, answer) = client.send("POST", "/v1/submissions", Bytes::from(body)).await?;
        match status {
            200 => {
                let answers: Vec<serde_json::Value> = serde_json::from_slice(&answer).map_err(|e| DemoError::Other(e.to_string()))?;
                Ok(answers.iter().map(said).collect())
            }
            503 => {
                // Whoever is turned away may find the connection closed.
                self.clients.remove(&role);
                Ok(Vec::new())
            }
            _ => Err(ClientError::Status { status, body: String::from_utf8_lossy(&answer).into_owned() }.into()),
        }
    }

    /// The role's connection; it logs in again before its token ends.
    async fn client(&mut self, role: Role) -> Result<&mut Client, DemoError> {
        let now = self.app.clock.now();
        let fresh = self.clients.get(&role).is_some_and(|(_, since)| now.since(*since) < Span(TOKEN_LIFE.0 - 3_600));
        if !fresh {
            let mut client = Client::connect(self.address, "").await?;
            client.log_in(&account_name(role)?, PASSWORD).await?;
            self.clients.insert(role, (client, now));
        }
        self.clients.get_mut(&role).map(|c| &mut c.0).ok_or_else(|| DemoError::Other("no connection".into()))
    }
}

/// None where the server was too busy for this one.
fn said(a: &serde_json::Value) -> Option<Said> {
    if a["refused"]["status"] == 503 {
        return None;
    }
    Some(match a.get("accepted") {
        Some(r) => Said::Accepted { repeat: r["repeat"].as_bool().unwrap_or(false) },
        None => Said::Refused {
            rule: a["refused"]["refusal"]["rule"].as_str().unwrap_or_default().to_owned(),
            detail: a["refused"]["detail"].as_str().unwrap_or_default().to_owned(),
        },
    })
}

/// Conservation: every sealed sheet balances, and the database counts what the county's own book counts.
async fn compare(app: &App, life: &Life, accepted: u64) -> Result<Vec<String>, DemoError> {
    let mut wrong: Vec<String> = life.surprises().to_vec();
    let c = app.db.connection().await?;
    let head = quell_store::log::head(&c, app.config.book, false).await?;
    if head.seq != accepted as i64 {
        wrong.push(format!("the log has {} submissions, {accepted} were accepted", head.seq));
    }
    drop(c);
    let scope = quell_store::Scope { book: app.config.book, place: app.config.root.clone() };
    let now = app.clock.now();
    let shoulds = app.db.read(&scope, async |tx| views::shoulds(tx, scope.book, &scope.place, now).await).await?;
    let mut open: BTreeMap<&str, i64> = BTreeMap::new();
    for ((kind, _), n) in life.book().state.count_open(now) {
        *open.entry(kind.as_str()).or_default() += n.open;
    }
    for line in shoulds.place.shoulds.iter().flat_map(|s| &s.kinds) {
        let truth = open.remove(line.kind.as_str()).unwrap_or(0);
        if line.numbers.open != truth {
            wrong.push(format!("{}: the server counts {} open, the county's book {truth}", line.kind, line.numbers.open));
        }
    }
    wrong.extend(open.into_iter().filter(|(_, n)| *n != 0).map(|(k, n)| format!("{k}: the county's book has {n} open, the server none")));
    for day in life.book().state.sealed_days.iter() {
        let stored = app.db.read(&scope, async |tx| views::sealed_day(tx, scope.book, day.day, &scope.place).await).await?;
        if stored.as_ref().is_none_or(|s| s.sheet != day.sheet) {
            wrong.push(format!("{}: the sealed day differs", day.day));
        }
        wrong.extend(
            day.sheet
                .lines
                .iter()
                .filter(|l| l.difference() != 0)
                .map(|l| format!("{}: {} at {} does not balance", day.day, l.kind, l.place)),
        );
    }
    Ok(wrong)
}
