//! The door of one book: what arrives while a batch is being written becomes the next batch (group commit).
//! Bounded: when the queue is full the sender is told to come back, nothing is dropped silently.

use crate::clock::Clock;
use quell_book::BookConfig;
use quell_protocol::Protocol;
use quell_store::log::{self, Answer, Happened, Incoming};
use quell_store::shelf::Shelf;
use quell_store::{Database, StoreError};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc, oneshot};

/// Most facts in one batch: keeps a transaction short.
const BATCH_FACTS: usize = 4_000;
/// Most submissions that wait.
const QUEUE: usize = 4_096;

/// What the sender is told when there is no answer from the book.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DoorError {
    /// Too much is waiting: come back.
    #[error("the door is full; send again in a few seconds, with the same id")]
    Busy,
    /// The database cannot be reached or refused; the sender must send again with the same id.
    #[error("not written: {0}")]
    Store(String),
    /// A bug: the submission was not written.
    #[error("an internal error; the submission was not written: {0}")]
    Broken(String),
}

struct Job {
    incoming: Incoming,
    reply: oneshot::Sender<Result<Answer, DoorError>>,
}

/// The door of one book.
#[derive(Clone)]
pub struct Door {
    jobs: mpsc::Sender<Job>,
    events: broadcast::Sender<Arc<Happened>>,
}

/// What the writer needs.
pub struct Writer {
    /// Database.
    pub db: Database,
    /// Protocols.
    pub shelf: Arc<Shelf>,
    /// The book.
    pub config: BookConfig,
    /// The protocol before any was adopted.
    pub default_protocol: Arc<Protocol>,
    /// Clock.
    pub clock: Clock,
}

impl Door {
    /// Opens the door: starts the book's one writer.
    pub fn open(writer: Writer) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let (events, _) = broadcast::channel(1_024);
        tokio::spawn(write_batches(Arc::new(writer), queue, events.clone()));
        Self { jobs, events }
    }
    /// Hands submissions in; the answers come when they are durable. All of them wait in one batch if there is room.
    pub async fn submit(&self, incoming: Vec<Incoming>) -> Vec<Result<Answer, DoorError>> {
        let mut replies = Vec::with_capacity(incoming.len());
        for incoming in incoming {
            let (reply, answer) = oneshot::channel();
            replies.push(match self.jobs.try_send(Job { incoming, reply }) {
                Ok(()) => Some(answer),
                Err(_) => None,
            });
        }
        let mut answers = Vec::with_capacity(replies.len());
        for r in replies {
            answers.push(match r {
                None => Err(DoorError::Busy),
                Some(a) => a.await.unwrap_or_else(|_| Err(DoorError::Broken("the writer stopped".into()))),
            });
        }
        answers
    }
    /// What happens from now on.
    pub fn events(&self) -> broadcast::Receiver<Arc<Happened>> {
        self.events.subscribe()
    }
}

async fn write_batches(writer: Arc<Writer>, mut queue: mpsc::Receiver<Job>, events: broadcast::Sender<Arc<Happened>>) {
    let mut waiting: VecDeque<Job> = VecDeque::new();
    loop {
        if waiting.is_empty() {
            match queue.recv().await {
                Some(job) => waiting.push_back(job),
                None => return,
            }
        }
        while waiting.len() < QUEUE
            && let Ok(job) = queue.try_recv()
        {
            waiting.push_back(job);
        }
        let batch = next_batch(&mut waiting);
        write_one(&writer, batch, &events).await;
    }
}

/// The next submissions that can be written together, in the order of arrival.
fn next_batch(waiting: &mut VecDeque<Job>) -> Vec<Job> {
    let mut batch: Vec<Job> = Vec::new();
    let mut facts = 0;
    while let Some(job) = waiting.front() {
        let alone = log::stands_alone(&job.incoming.facts);
        facts += job.incoming.facts.len();
        if !batch.is_empty() && (alone || facts > BATCH_FACTS) {
            break;
        }
        batch.extend(waiting.pop_front());
        if alone {
            break;
        }
    }
    batch
}

async fn write_one(writer: &Arc<Writer>, batch: Vec<Job>, events: &broadcast::Sender<Arc<Happened>>) {
    let (incoming, replies): (Vec<Incoming>, Vec<_>) = batch.into_iter().map(|j| (j.incoming, j.reply)).unzip();
    let incoming = Arc::new(incoming);
    match write(writer, incoming.clone()).await {
        Ok((answers, happened)) => {
            for (reply, answer) in replies.into_iter().zip(answers) {
                let _ = reply.send(Ok(answer)); // A sender that has gone asks again and gets the same receipt.
            }
            if !happened.kinds.is_empty() {
                let _ = events.send(Arc::new(happened)); // Nobody may be listening.
            }
        }
        // One submission that breaks the batch must not take the others with it: each alone.
        Err(DoorError::Broken(why)) if replies.len() > 1 => {
            tracing::error!(why, submissions = replies.len(), "a batch broke; its submissions are written one by one");
            for (incoming, reply) in incoming.iter().cloned().zip(replies) {
                Box::pin(write_one(writer, vec![Job { incoming, reply }], events)).await;
            }
        }
        Err(e) => {
            tracing::error!(error = %e, submissions = replies.len(), "a batch was not written");
            for reply in replies {
                let _ = reply.send(Err(e.clone()));
            }
        }
    }
}

/// Writes a batch in a task of its own, so that a panic stays in it; a passing database error is tried again for some seconds.
async fn write(writer: &Arc<Writer>, incoming: Arc<Vec<Incoming>>) -> Result<(Vec<Answer>, Happened), DoorError> {
    let mut pause = std::time::Duration::from_millis(50);
    for attempt in 1.. {
        let (w, batch) = (writer.clone(), incoming.clone());
        let task =
            tokio::spawn(async move { log::write_batch(&w.db, &w.shelf, &w.config, &w.default_protocol, w.clock.now(), &batch).await });
        match task.await {
            Ok(Ok(done)) => return Ok(done),
            Ok(Err(e)) if e.is_passing() && attempt < 8 => {
                tracing::warn!(error = %e, attempt, "the database did not take a batch; trying again");
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            Ok(Err(e @ (StoreError::Database { .. } | StoreError::Unreadable { .. }))) if !e.is_passing() => {
                return Err(DoorError::Broken(e.to_string()));
            }
            Ok(Err(e)) => return Err(DoorError::Store(e.to_string())),
            Err(e) => return Err(DoorError::Broken(e.to_string())),
        }
    }
    Err(DoorError::Store("tried too often".into()))
}
