//! The door of one book: what arrives while a batch is being written becomes the next batch (group commit), is read for and decided
//! on already while those before are on their way to the disk.
//! Bounded: when the queue is full the sender is told to come back, nothing is dropped silently.

use crate::clock::Clock;
use crate::metrics;
use quell_store::StoreError;
use quell_store::batch::{Memory, ReadAhead, Turn, Writer, stands_alone};
use quell_store::log::{Answer, Happened, Incoming};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::JoinHandle;

/// Most facts in one batch. Larger batches cost less each, but under load four of them go side by side (read for, decided, written,
/// committed), and all that is sent by some thirty stations at once should not end up in one.
const BATCH_FACTS: usize = 700;
/// How many facts are worth a batch of their own while another is under way.
const WORTH_A_BATCH: usize = 350;
/// Most batches that are being written: more of them would be smaller, and each costs its round trips.
const UNDER_WAY: usize = 2;
/// After so long without work what is in memory is let go.
const QUIET: Duration = Duration::from_secs(10);
/// Most submissions that wait.
pub const QUEUE: usize = 4_096;
/// How often a batch is tried while the database is away: with pauses that double from 50 ms, some six seconds.
const ATTEMPTS: u32 = 8;
/// A database that has not answered after so long is taken to hang: its connections are given up, and the work is done again on others.
const HANGS: Duration = Duration::from_secs(20);
/// The same for what works on the whole book: opening a round for twenty million people, closing a day.
const HANGS_ALONE: Duration = Duration::from_secs(1_800);

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
    /// When its sender will not wait for an answer any longer.
    deadline: Option<Instant>,
    reply: oneshot::Sender<Result<Answer, DoorError>>,
}

/// The door of one book.
#[derive(Clone)]
pub struct Door {
    jobs: mpsc::Sender<Job>,
    events: broadcast::Sender<Arc<Happened>>,
}

impl Door {
    /// Opens the door: starts the book's one desk.
    pub fn open(writer: Writer, clock: Clock) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let (events, _) = broadcast::channel(1_024);
        let desk = Desk {
            writer,
            clock,
            events: events.clone(),
            queue,
            waiting: VecDeque::new(),
            next: None,
            memory: None,
            under_way: VecDeque::new(),
        };
        tokio::spawn(desk.serve());
        Self { jobs, events }
    }
    /// True as long as the desk behind the door is at work.
    pub fn works(&self) -> bool {
        !self.jobs.is_closed()
    }
    /// Waits until the desk behind the door has ended, which it does only if it broke.
    pub async fn ended(&self) {
        self.jobs.closed().await;
    }
    /// Submissions in the queue.
    pub fn waiting(&self) -> usize {
        QUEUE - self.jobs.capacity()
    }
    /// Hands submissions in; the answers come when they are durable. All of them wait in one batch if there is room.
    pub async fn submit(&self, incoming: Vec<Incoming>) -> Vec<Result<Answer, DoorError>> {
        self.submit_until(incoming, None).await
    }
    /// The same for someone who waits until `deadline`: what is not taken up by then is not begun, and its sender is told to come back.
    pub async fn submit_until(&self, incoming: Vec<Incoming>, deadline: Option<Instant>) -> Vec<Result<Answer, DoorError>> {
        let since = Instant::now();
        let mut replies = Vec::with_capacity(incoming.len());
        for incoming in incoming {
            let (reply, answer) = oneshot::channel();
            replies.push(match self.jobs.try_send(Job { incoming, deadline, reply }) {
                Ok(()) => Some(answer),
                Err(_) => None,
            });
        }
        let mut answers = Vec::with_capacity(replies.len());
        for r in replies {
            let answer = match r {
                None => Err(DoorError::Busy),
                Some(a) => a.await.unwrap_or_else(|_| Err(DoorError::Broken("the writer stopped".into()))),
            };
            metrics::answered(&answer, since.elapsed());
            answers.push(answer);
        }
        answers
    }
    /// What happens from now on.
    pub fn events(&self) -> broadcast::Receiver<Arc<Happened>> {
        self.events.subscribe()
    }
}

/// A batch with those who wait for its answers.
struct Batch {
    incoming: Arc<Vec<Incoming>>,
    replies: Vec<oneshot::Sender<Result<Answer, DoorError>>>,
}

impl Batch {
    fn new(jobs: Vec<Job>) -> Self {
        let (incoming, replies) = jobs.into_iter().map(|j| (j.incoming, j.reply)).unzip();
        Self { incoming: Arc::new(incoming), replies }
    }
    fn stands_alone(&self) -> bool {
        self.incoming.iter().any(|s| stands_alone(s.facts()))
    }
    fn written(self, answers: Vec<Answer>, happened: Happened, events: &broadcast::Sender<Arc<Happened>>, locked: bool) {
        metrics::written(self.incoming.iter().map(|i| i.facts().len()).sum(), happened.seq, locked);
        for (reply, answer) in self.replies.into_iter().zip(answers) {
            let _ = reply.send(Ok(answer)); // A sender that has gone asks again and gets the same receipt.
        }
        if !happened.kinds.is_empty() {
            let _ = events.send(Arc::new(happened)); // Nobody may be listening.
        }
    }
}

/// Several batches at a time: while some are being written, the next is decided, and what the one after needs is read.
struct Desk {
    writer: Writer,
    clock: Clock,
    events: broadcast::Sender<Arc<Happened>>,
    queue: mpsc::Receiver<Job>,
    /// Taken from the queue; no more than a batch.
    waiting: VecDeque<Job>,
    /// The batch that is read ahead.
    next: Option<Next>,
    /// What the last batch left in memory; right as long as that batch gets into the book, and nobody else's before it.
    memory: Option<Memory>,
    /// The batches that are being written, in order; no more than [`UNDER_WAY`].
    under_way: VecDeque<UnderWay>,
}

/// A batch that is being written; it comes back if it could not be.
struct UnderWay {
    task: JoinHandle<Result<(), (Batch, Failure)>>,
    /// Told when only its commit is left.
    rows_in: Option<oneshot::Receiver<()>>,
}

/// A batch with what it needs, as far as that is being read from beside the memory that it will be decided on.
struct Next {
    batch: Batch,
    ahead: Option<JoinHandle<Result<ReadAhead, Failure>>>,
}

/// How the task of a batch under way ended.
type Landed = Result<Result<(), (Batch, Failure)>, tokio::task::JoinError>;

impl Desk {
    async fn serve(mut self) {
        while let Some(Next { batch, ahead }) = self.next_batch().await {
            // Everyone in it had given up.
            if batch.replies.is_empty() {
                continue;
            }
            if batch.stands_alone() {
                self.land().await;
                self.forget();
                self.write_locked(batch).await;
            } else {
                self.overlap(batch, ahead).await;
            }
        }
        self.land().await;
    }

    /// The next batch: the one that is read ahead, or what waits, or what arrives; none when nobody can send any more.
    async fn next_batch(&mut self) -> Option<Next> {
        if let Some(next) = self.next.take() {
            return Some(next);
        }
        // While a batch is on its way, a small one gains more by waiting for company than by going at once.
        while self.fill() < WORTH_A_BATCH {
            match self.under_way.front_mut() {
                Some(first) => tokio::select! {
                    Some(job) = self.queue.recv() => self.waiting.push_back(job),
                    landed = &mut first.task => {
                        self.under_way.pop_front();
                        self.settle(landed).await;
                    }
                },
                None if self.waiting.is_empty() => match tokio::time::timeout(QUIET, self.queue.recv()).await {
                    Ok(job) => self.waiting.push_back(job?),
                    Err(_) => self.forget(),
                },
                None => break,
            }
        }
        Some(Next { batch: Batch::new(cut_batch(&mut self.waiting)), ahead: None })
    }

    /// Takes from the queue up to a batch; what waits longer stays in the queue, whose length bounds it. Tells how many facts wait.
    fn fill(&mut self) -> usize {
        let mut facts: usize = self.waiting.iter().map(|j| j.incoming.facts().len()).sum();
        while facts < BATCH_FACTS
            && let Ok(job) = self.queue.try_recv()
        {
            facts += job.incoming.facts().len();
            self.waiting.push_back(job);
        }
        facts
    }

    /// Waits for work to be done, and meanwhile, as soon as enough waits to make a batch, begins to read what that one needs.
    /// `beside`: where to read it to.
    async fn meanwhile<T>(&mut self, beside: &mut Option<ReadAhead>, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            if self.next.is_none() && beside.is_some() && self.fill() >= WORTH_A_BATCH {
                let batch = Batch::new(cut_batch(&mut self.waiting));
                let beside = if batch.stands_alone() { None } else { beside.take() };
                let ahead = beside.map(|to| {
                    let (writer, now, incoming) = (self.writer.clone(), self.clock.now(), batch.incoming.clone());
                    tokio::spawn(guarded(writer.clone(), HANGS, async move { writer.read_ahead(to, now, incoming).await }))
                });
                self.next = Some(Next { batch, ahead });
            }
            let looking = self.next.is_none() && beside.is_some();
            tokio::select! {
                done = &mut work => return done,
                Some(job) = self.queue.recv(), if looking => self.waiting.push_back(job),
            }
        }
    }

    /// Decides on a batch, waits until it may be written, sends it on its way; meanwhile the next is read for.
    async fn overlap(&mut self, batch: Batch, mut ahead: Option<JoinHandle<Result<ReadAhead, Failure>>>) {
        if self.memory.as_ref().is_none_or(|m| self.writer.is_full(m)) {
            self.land().await;
            if let Some(full) = self.memory.take() {
                self.memory = Some(full.renewed().await);
            }
            // It was read beside rows that are not in memory any more.
            ahead = None;
        }
        let carried = self.memory.take();
        let builds_on = carried.is_some();
        let mut beside = carried.as_ref().map(Memory::ahead);
        let (writer, now, incoming) = (self.writer.clone(), self.clock.now(), batch.incoming.clone());
        let deciding = async move {
            let ahead = match ahead {
                Some(task) => task.await.ok().and_then(Result::ok),
                None => None,
            };
            guarded(writer.clone(), HANGS, async move {
                match (carried, ahead) {
                    (Some(memory), Some(ahead)) => writer.decide_ahead(memory, ahead, now, incoming).await,
                    (memory, _) => writer.decide(memory, now, incoming).await,
                }
            })
            .await
        };
        let decided = self.meanwhile(&mut beside, deciding).await;
        let landed = self.make_way(&mut beside).await;
        match decided {
            Ok((decided, memory)) if landed || !builds_on => {
                self.memory = Some(memory);
                let (writer, events) = (self.writer.clone(), self.events.clone());
                let (told, rows_in) = oneshot::channel();
                let before = self.under_way.back_mut().and_then(|u| u.rows_in.take());
                let turn = Turn { before, rows_in: Some(told) };
                let task = tokio::spawn(async move {
                    match guarded(writer.clone(), HANGS, async move { writer.write(decided, turn).await }).await {
                        Ok((answers, happened)) => {
                            batch.written(answers, happened, &events, false);
                            Ok(())
                        }
                        Err(e) => Err((batch, e)),
                    }
                });
                self.under_way.push_back(UnderWay { task, rows_in: Some(rows_in) });
            }
            undecided => {
                if let Err(e) = undecided {
                    tracing::info!(reason = %e.reason(), "a batch is decided again with the book locked");
                }
                self.land().await;
                self.forget();
                self.write_locked(batch).await;
            }
        }
    }

    /// What is in memory is worth nothing any more, and neither is what was read beside it.
    fn forget(&mut self) {
        self.memory = None;
        if let Some(next) = &mut self.next {
            next.ahead = None;
        }
    }

    /// Waits until one more batch may be written; false if one of those before was not written as it was decided.
    async fn make_way(&mut self, beside: &mut Option<ReadAhead>) -> bool {
        while self.under_way.len() >= UNDER_WAY
            && let Some(UnderWay { task, .. }) = self.under_way.pop_front()
        {
            let landed = self.meanwhile(beside, task).await;
            if !self.settle(landed).await {
                return false;
            }
        }
        true
    }

    /// Waits for the batches under way; false if one was not written as it was decided.
    async fn land(&mut self) -> bool {
        let mut all = true;
        while let Some(UnderWay { task, .. }) = self.under_way.pop_front() {
            all &= self.settle(task.await).await;
        }
        all
    }

    /// A batch that could not be written as it was decided is decided again with the book locked, and what is in memory is worth
    /// nothing: false.
    async fn settle(&mut self, landed: Landed) -> bool {
        match landed {
            Ok(Ok(())) => true,
            Ok(Err((batch, e))) => {
                metrics::decided_again();
                tracing::info!(reason = %e.reason(), "a batch is decided again with the book locked");
                self.forget();
                self.write_locked(batch).await;
                false
            }
            // Its senders were told when their replies were dropped.
            Err(e) => {
                tracing::error!(error = %e, "the task that wrote a batch broke");
                self.forget();
                false
            }
        }
    }

    async fn write_locked(&self, batch: Batch) {
        match self.try_locked(batch.incoming.clone()).await {
            Ok((answers, happened)) => batch.written(answers, happened, &self.events, true),
            // One submission that breaks the batch must not take the others with it: each alone.
            Err(DoorError::Broken(why)) if batch.replies.len() > 1 => {
                tracing::error!(why, submissions = batch.replies.len(), "a batch broke; its submissions are written one by one");
                for (incoming, reply) in batch.incoming.iter().cloned().zip(batch.replies) {
                    Box::pin(self.write_locked(Batch::new(vec![Job { incoming, deadline: None, reply }]))).await;
                }
            }
            Err(e) => {
                tracing::error!(error = %e, submissions = batch.replies.len(), "a batch was not written");
                for reply in batch.replies {
                    let _ = reply.send(Err(e.clone()));
                }
            }
        }
    }

    /// Decides and writes a batch with the book locked; a passing database error is tried again for some seconds.
    async fn try_locked(&self, incoming: Arc<Vec<Incoming>>) -> Result<(Vec<Answer>, Happened), DoorError> {
        let mut pause = Duration::from_millis(50);
        let patience = if incoming.iter().any(|s| stands_alone(s.facts())) { HANGS_ALONE } else { HANGS };
        for attempt in 1..=ATTEMPTS {
            let (writer, now, batch) = (self.writer.clone(), self.clock.now(), incoming.clone());
            match guarded(writer.clone(), patience, async move { writer.decide_and_write(now, batch).await }).await {
                Ok(done) => return Ok(done),
                Err(Failure::Final(e)) => return Err(e),
                Err(Failure::Passing(why)) if attempt == ATTEMPTS => return Err(DoorError::Store(why)),
                Err(Failure::Passing(why)) => {
                    tracing::warn!(why, attempt, "the database did not take a batch; trying again");
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
            }
        }
        unreachable!("the last attempt returns")
    }
}

/// The next submissions that can be written together, in the order of arrival. Those whose senders have given up are not begun.
fn cut_batch(waiting: &mut VecDeque<Job>) -> Vec<Job> {
    let (mut batch, now): (Vec<Job>, _) = (Vec::new(), Instant::now());
    let mut facts = 0;
    while let Some(job) = waiting.front() {
        if job.deadline.is_some_and(|d| d < now) {
            if let Some(late) = waiting.pop_front() {
                let _ = late.reply.send(Err(DoorError::Busy)); // Its sender may have gone.
            }
            continue;
        }
        let alone = stands_alone(job.incoming.facts());
        facts += job.incoming.facts().len();
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

/// Why a batch could not be decided or written.
enum Failure {
    /// Trying again may help.
    Passing(String),
    Final(DoorError),
}

impl Failure {
    fn reason(&self) -> String {
        match self {
            Failure::Passing(why) => why.clone(),
            Failure::Final(e) => e.to_string(),
        }
    }
}

/// Runs work in a task of its own, so that a panic stays in it, and breaks it off when the database seems to hang.
async fn guarded<T: Send + 'static>(
    writer: Writer,
    patience: Duration,
    work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<T, Failure> {
    let mut task = tokio::spawn(work);
    let Ok(ended) = tokio::time::timeout(patience, &mut task).await else {
        task.abort();
        let _ = task.await; // Its connection is back in the pool now, where nobody must take it.
        writer.hang_up();
        return Err(Failure::Passing(format!("the database did not answer within {} s", patience.as_secs())));
    };
    match ended {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(e)) if e.is_passing() => Err(Failure::Passing(e.to_string())),
        Ok(Err(e @ (StoreError::Database { .. } | StoreError::Unreadable { .. }))) => Err(Failure::Final(DoorError::Broken(e.to_string()))),
        Ok(Err(e)) => Err(Failure::Final(DoorError::Store(e.to_string()))),
        Err(e) => Err(Failure::Final(DoorError::Broken(e.to_string()))),
    }
}
