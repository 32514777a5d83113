//! Messages to other books are delivered while the server runs: what waits in the outbox (and answers that wait in the inbox) is handed in
//! at the other book's one door, as that book's account for this one, until its receipt is here. At least once: the submission's id and
//! content follow from the message alone, so that the other book applies it once however often it comes. Each book is a task of its own
//! with a back-off of its own: one that cannot be reached holds up nobody's messages but its own.

pub mod peers;

use crate::app::App;
use crate::client;
use crate::http::BundleAnswer;
use bytes::Bytes;
use hyper::Uri;
use peers::Peer;
use quell_book::rows::{ReceivedMessage, SentMessage};
use quell_book::*;
use quell_foundation::*;
use quell_store::StoreError;
use quell_store::log::{Answer, Happened, Incoming, Sender};
use quell_store::peers as store;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::{JoinHandle, JoinSet};

/// Between two looks, if nothing happens here.
const EVERY: Duration = Duration::from_secs(5);
/// How long another book may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// The first pause after a book could not be reached; it doubles.
const PAUSE: Duration = Duration::from_secs(2);
/// The longest: a book that is back hears of everything within this time.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// Messages of each way in one request.
const AT_ONCE: i64 = 100;
/// Most that is read of an answer.
const LONGEST: usize = 4 * 1024 * 1024;

/// Why nothing more could be delivered to a book for now.
#[derive(Debug, thiserror::Error)]
pub enum Away {
    /// Nobody has said where it is.
    #[error("nobody has said where book {0} is: quell peer add {0} --url …")]
    Unknown(BookId),
    /// Its token cannot be read with the identity key of this data directory, or its address is none.
    #[error("what is kept of book {0} cannot be used: add it again with 'quell peer add'")]
    Unusable(BookId),
    /// There is no answer.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// Its door is shut to this book for now: a token that is not known, a server that is busy or older than the message.
    #[error("it answered {0}: {1}")]
    Shut(u16, String),
    /// The own database or door.
    #[error("here: {0}")]
    Here(String),
}

impl From<StoreError> for Away {
    fn from(e: StoreError) -> Self {
        Away::Here(e.to_string())
    }
}

/// Starts delivering; it ends when the handle is dropped or aborted.
pub fn start(app: &App) -> JoinHandle<()> {
    let app = app.clone();
    tokio::spawn(async move {
        let mut under_way: HashMap<BookId, JoinHandle<()>> = HashMap::new();
        let mut happened = app.door.events();
        loop {
            match waiting(&app).await {
                Ok(books) => {
                    under_way.retain(|_, task| !task.is_finished());
                    for book in books {
                        under_way.entry(book).or_insert_with(|| tokio::spawn(until_delivered(app.clone(), book)));
                    }
                }
                Err(e) => tracing::warn!(error = %e, "which messages wait could not be asked"),
            }
            // What comes from another server on the same book is found by the next look.
            let _ = tokio::time::timeout(EVERY, something_to_send(&mut happened)).await;
        }
    })
}

/// Waits until something was said that goes out.
async fn something_to_send(happened: &mut Receiver<Arc<Happened>>) {
    let sends = |h: &Happened| ["assistance_requested", "assistance_answered"].iter().any(|kind| h.kinds.contains_key(kind));
    loop {
        match happened.recv().await {
            Ok(h) if !sends(&h) => {}
            Ok(_) | Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

async fn waiting(app: &App) -> Result<Vec<BookId>, StoreError> {
    let c = app.db.connection().await?;
    Ok(store::waiting(&c, app.config.book).await?.into_iter().map(|(book, _)| book).collect())
}

async fn until_delivered(app: App, book: BookId) {
    let mut pause = PAUSE;
    let mut said = false;
    while let Err(e) = deliver(&app, book).await {
        if !std::mem::replace(&mut said, true) {
            tracing::warn!(to = %book, error = %e, "messages wait; they are delivered when it can be reached");
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    if said {
        tracing::info!(to = %book, "messages are delivered again");
    }
}

/// Delivers once what waits for every book, all books at a time; how many messages have arrived, and which books could not be reached.
///
/// # Errors
/// If the database cannot be asked.
pub async fn once(app: &App) -> Result<(usize, BTreeMap<BookId, Away>), StoreError> {
    let mut tasks = JoinSet::new();
    for book in waiting(app).await? {
        let app = app.clone();
        tasks.spawn(async move { (book, deliver(&app, book).await) });
    }
    let mut arrived = 0;
    let mut away = BTreeMap::new();
    for (book, done) in tasks.join_all().await {
        match done {
            Ok(n) => arrived += n,
            Err(e) => drop(away.insert(book, e)),
        }
    }
    Ok((arrived, away))
}

/// Delivers what waits for a book until nothing does; how many messages have arrived there.
async fn deliver(app: &App, book: BookId) -> Result<usize, Away> {
    let done = try_deliver(app, book).await;
    let now = app.clock.now();
    let error = done.as_ref().err().map(ToString::to_string);
    store::note(&app.db.connection().await?, app.config.book, book, error.as_deref(), now).await?;
    done
}

async fn try_deliver(app: &App, book: BookId) -> Result<usize, Away> {
    let peer = peers::find(app, book).await?.ok_or(Away::Unknown(book))?;
    let mut arrived = 0;
    loop {
        let c = app.db.connection().await?;
        let (sent, received) = store::queued(&c, app.config.book, book, AT_ONCE).await?;
        drop(c);
        let letters: Vec<Letter> = sent.iter().map(|m| request(app, m)).chain(received.iter().filter_map(|m| answer(app, m))).collect();
        if letters.is_empty() {
            return Ok(arrived);
        }
        let fates = hand_over(&peer, &letters).await?;
        let came: Vec<(&Letter, Fate)> = letters.iter().zip(fates).collect();
        arrived += came.iter().filter(|(_, f)| matches!(f, Fate::Arrived(_))).count();
        let shut = came.iter().find_map(|(_, f)| if let Fate::Later(status, why) = f { Some((*status, why.clone())) } else { None });
        note_fates(app, &came).await?;
        if let Some((status, why)) = shut {
            return Err(Away::Shut(status, why));
        }
    }
}

/// A message on its way.
struct Letter {
    message: MessageId,
    leg: Leg,
    submission: Submission,
}

/// What became of one.
enum Fate {
    /// In the other book, at this position of its log.
    Arrived(i64),
    /// The other book will never have it.
    Refused(String),
    /// Not now.
    Later(u16, String),
}

/// The same message is the same submission, whichever server sends it and how often.
fn letter(from: BookId, to: BookId, message: MessageId, leg: Leg, fact: Fact) -> Letter {
    let id = derived_uuid(&[b"message", &from.0.to_be_bytes(), &to.0.to_be_bytes(), message.0.as_bytes(), leg.as_str().as_bytes()]);
    Letter { message, leg, submission: Submission { id: SubmissionId(id), device: None, facts: vec![fact] } }
}

fn request(app: &App, m: &SentMessage) -> Letter {
    let (from, at) = (app.config.book, |t| EventTime::exact(t, app.config.offset));
    let decision = Decision { decider: m.decider.clone(), reason: m.reason.clone() };
    let fact = AssistanceReceived { message: m.message_id, from, matter: m.matter.clone(), decision, due: at(m.due), at: at(m.asked_at) };
    letter(from, m.to_book, m.message_id, Leg::Request, fact.into())
}

fn answer(app: &App, m: &ReceivedMessage) -> Option<Letter> {
    let (from, at) = (app.config.book, EventTime::exact(m.answered_at?, app.config.offset));
    let decision = Decision { decider: m.answer_decider.clone()?, reason: m.answer_reason.clone()? };
    let fact = AssistanceAnswerReceived {
        message: m.message_id,
        from,
        outcome: m.outcome?,
        contact: m.contact_id,
        forward_to: m.forward_to,
        decision,
        at,
    };
    Some(letter(from, m.from_book, m.message_id, Leg::Answer, fact.into()))
}

/// Hands messages in at the other book's door.
async fn hand_over(peer: &Peer, letters: &[Letter]) -> Result<Vec<Fate>, Away> {
    let bundle: Vec<&Submission> = letters.iter().map(|l| &l.submission).collect();
    let body = serde_json::to_vec(&bundle).map_err(|e| Away::Here(e.to_string()))?;
    let posted = client::post(&peer.door, Some(&peer.token), Bytes::from(body), LONGEST);
    let (status, body) = match tokio::time::timeout(PATIENCE, posted).await {
        Ok(answer) => answer.map_err(|e| Away::NoAnswer(e.to_string()))?,
        Err(_) => return Err(Away::NoAnswer(format!("none within {} s", PATIENCE.as_secs()))),
    };
    if status != 200 {
        return Err(Away::Shut(status, String::from_utf8_lossy(&body).chars().take(300).collect()));
    }
    let answers: Vec<BundleAnswer> = serde_json::from_slice(&body).map_err(|e| Away::NoAnswer(e.to_string()))?;
    if answers.len() != letters.len() {
        return Err(Away::NoAnswer(format!("{} answers to {} messages", answers.len(), letters.len())));
    }
    let fate = |answer| match answer {
        BundleAnswer::Accepted(r) => Fate::Arrived(r.seq),
        // Refused by a rule, or its id has another content there: to say it again would not help. Anything else may pass.
        BundleAnswer::Refused(p) if matches!(p.status, 409 | 422) => {
            Fate::Refused(p.refusal.map_or(p.detail, |r| format!("{} {}", r.zh, r.en)))
        }
        BundleAnswer::Refused(p) => Fate::Later(p.status, p.detail),
    };
    Ok(answers.into_iter().map(fate).collect())
}

/// What became of the messages becomes part of this book. If the server dies before it does, they are delivered again, and get the same
/// receipts.
async fn note_fates(app: &App, came: &[(&Letter, Fate)]) -> Result<(), Away> {
    let at = EventTime::exact(app.clock.now(), app.config.offset);
    let note = |(letter, fate): &(&Letter, Fate)| {
        let Letter { message, leg, .. } = **letter;
        let (what, fact): (&str, Fact) = match fate {
            Fate::Arrived(seq) => ("arrived", MessageAcknowledged { message, leg, seq: *seq, at }.into()),
            Fate::Refused(reason) => ("refused", MessageRefused { message, leg, reason: reason.clone(), at }.into()),
            Fate::Later(..) => return None,
        };
        let id = derived_uuid(&[what.as_bytes(), &app.config.book.0.to_be_bytes(), message.0.as_bytes(), leg.as_str().as_bytes()]);
        let sender = Sender { account: "post".into(), scope: app.config.root.clone(), device: None };
        Some(Incoming::new(SubmissionId(id), sender, vec![fact]))
    };
    for noted in app.door.submit(came.iter().filter_map(note).collect()).await {
        match noted {
            // Noted by another server meanwhile, or overtaken by the answer.
            Ok(Answer::Accepted(_) | Answer::IdReused | Answer::Refused(_)) => {}
            Err(e) => return Err(Away::Here(e.to_string())),
        }
    }
    Ok(())
}

/// The address of the one door of a server.
fn door_of(url: &str) -> Option<Uri> {
    format!("{}/v1/submissions", url.trim_end_matches('/')).parse().ok()
}
