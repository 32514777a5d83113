//! Who may come in when more knock than there is room for. Four classes of request, each with its own bound, so that one's flood does
//! not drown another: work (registrations, results, receipts) goes before log-ins, those before reads, those before bulk reads. While a
//! class before it has anyone waiting, one of a class comes in for so many of those, so that the machine does first what cannot wait. In each class the
//! senders take turns, one request each; when the line is full, the sender with the longest line gives way. Nobody waits for long in a
//! line: what comes in at last must still be of use. The sender says how long it will wait for its answer (`Prefer: wait=SECONDS`, RFC 7240).
//!
//! The causes of Chengdu (2 September 2022) and Xi'an (20 December 2021) as their operators named them: retries without limit, and
//! look-ups and registration sharing one fate.

use quell_foundation::{Hash, Stream};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, oneshot};

/// What a request is, in the order in which the classes are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Submissions and their receipts.
    Work,
    /// Log-ins: each costs a tenth of a second of processor on purpose (Argon2), so few at a time.
    LogIn,
    /// What people look at while they work.
    Read,
    /// Whole logs and lists.
    Bulk,
}

/// How much of one class there may be.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Weight that may be inside at a time.
    pub room: usize,
    /// While a class before this one has anyone waiting, one of this class comes in for so many of those before it.
    pub one_in: usize,
    /// Requests that may wait.
    pub line: usize,
    /// How long each may wait in the line: longer, and who comes in at last finds that nobody waits for its answer.
    pub standing: Duration,
    /// When the answer of a request is good for nothing any more, if it does not say.
    pub patience: Duration,
}

impl Class {
    /// Every class, in the order in which they are served.
    pub const ALL: [Class; 4] = [Class::Work, Class::LogIn, Class::Read, Class::Bulk];

    /// Its name, in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Class::Work => "work",
            Class::LogIn => "log_in",
            Class::Read => "read",
            Class::Bulk => "bulk",
        }
    }
    /// How long a request waits that does not say.
    pub const fn patience(self) -> Duration {
        self.bounds().patience
    }
    /// Work has room for what the door's batches hold, if each request is one tube of ten; reads and bulk reads for as many as a database
    /// of a few cores can work on at a time.
    const fn bounds(self) -> Bounds {
        let s = Duration::from_secs;
        match self {
            Class::Work => Bounds { room: 128, one_in: 1, line: 1_024, standing: s(2), patience: s(10) },
            Class::LogIn => Bounds { room: 2, one_in: 50, line: 256, standing: s(10), patience: s(20) },
            Class::Read => Bounds { room: 8, one_in: 10, line: 256, standing: s(2), patience: s(5) },
            Class::Bulk => Bounds { room: 2, one_in: 200, line: 32, standing: s(15), patience: s(30) },
        }
    }
}

/// Who sends: the hash of a token, or of an address.
pub type SenderKey = Hash;

/// Why someone did not come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shed {
    /// The line was full.
    Full,
    /// Its time ran out in the line.
    TooLate,
}

/// The gate before everything that costs something.
#[derive(Clone)]
pub struct Admission {
    lines: Arc<Mutex<Lines>>,
    chance: Arc<Mutex<Stream>>,
    held: Arc<AtomicUsize>,
    connections: Arc<Semaphore>,
    most: usize,
}

/// Answers to those who are turned away, for each that comes in: to tell someone costs up to a tenth of what serving one costs.
const TURNED_AWAY: f64 = 0.25;
/// And at least so many in a second.
const LEAST_TURNED_AWAY: f64 = 20.0;

/// As long as no more are turned away at a time, whoever connects is heard at once.
const FEW_HELD: usize = 32;

/// How many come in, all classes together.
struct Pace {
    since: Instant,
    came: u64,
    per_second: f64,
}

impl Pace {
    /// As of the last whole second.
    fn per_second(&mut self) -> f64 {
        let elapsed = self.since.elapsed().as_secs_f64();
        if elapsed > 1.0 {
            *self = Self { since: Instant::now(), came: 0, per_second: self.came as f64 / elapsed };
        }
        self.per_second
    }
}

/// Someone whose answer is kept back.
struct Held<'a> {
    count: &'a AtomicUsize,
    /// How many there are with this one.
    of: usize,
}

impl<'a> Held<'a> {
    fn one_more(count: &'a AtomicUsize) -> Self {
        Self { count, of: count.fetch_add(1, Ordering::Relaxed) + 1 }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Lines {
    of: [Line; 4],
    pace: Pace,
}

struct Line {
    bounds: Bounds,
    inside: usize,
    waiting: usize,
    /// How many of the classes before this one have come in since one of this one did.
    passed: usize,
    senders: HashMap<SenderKey, VecDeque<Waiter>>,
    /// Senders with someone waiting, in the order of their turns.
    turns: VecDeque<SenderKey>,
}

struct Waiter {
    weight: usize,
    call: oneshot::Sender<Result<Permit, Shed>>,
}

/// Someone is inside until this is dropped.
pub struct Permit {
    gate: Admission,
    class: Class,
    weight: usize,
}

impl std::fmt::Debug for Permit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Permit({:?}, {})", self.class, self.weight)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let called = {
            let mut lines = self.gate.lock();
            lines.of(self.class).inside -= self.weight;
            lines.call()
        };
        self.gate.let_in(called);
    }
}

/// Those whose turn it is; they are let in after the lock is let go, for letting one in can fail and free its room.
type Called = Vec<(Waiter, Class)>;

impl Admission {
    /// A gate with nobody inside. `seed`: of the jitter; `most`: connections at a time.
    pub fn new(seed: u64, most: usize) -> Self {
        Self::with(seed, most, Class::bounds)
    }
    /// Places for connections.
    pub fn connections(&self) -> Arc<Semaphore> {
        self.connections.clone()
    }
    /// True if hardly any connection has a place any more: whoever is turned away should give up its own.
    pub fn is_crowded(&self) -> bool {
        self.connections.available_permits() < self.most / 4
    }
    fn with(seed: u64, most: usize, bounds: impl Fn(Class) -> Bounds) -> Self {
        let line = |class| Line::new(bounds(class));
        let pace = Pace { since: Instant::now(), came: 0, per_second: 0.0 };
        Self {
            lines: Arc::new(Mutex::new(Lines { of: Class::ALL.map(line), pace })),
            chance: Arc::new(Mutex::new(Stream::named(seed, "admission"))),
            held: Arc::default(),
            connections: Arc::new(Semaphore::new(most)),
            most,
        }
    }
    fn lock(&self) -> MutexGuard<'_, Lines> {
        // Every change under this lock is whole before anything in it can panic.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn permit(&self, class: Class, weight: usize) -> Permit {
        Permit { gate: self.clone(), class, weight }
    }

    /// Waits for its turn, as long as its class may stand in line, until `deadline` at the longest. `weight`: 1, or more for what takes more room.
    ///
    /// # Errors
    /// Why it may not come in.
    pub async fn enter(&self, class: Class, sender: SenderKey, weight: usize, deadline: Instant) -> Result<Permit, Shed> {
        let called = {
            let mut lines = self.lock();
            let weight = weight.clamp(1, lines.of(class).bounds.room);
            if lines.of(class).waiting == 0 && lines.has_room(class, weight) {
                lines.came_in(class, weight);
                drop(lines);
                return Ok(self.permit(class, weight));
            }
            let (call, called) = oneshot::channel();
            let displaced = lines.of(class).queue(sender, Waiter { weight, call })?;
            drop(lines);
            if let Some(d) = displaced {
                let _ = d.call.send(Err(Shed::Full)); // It may have gone by itself.
            }
            called
        };
        let until = deadline.min(Instant::now() + class.bounds().standing);
        match tokio::time::timeout_at(until.into(), called).await {
            Ok(Ok(answer)) => answer,
            // Whoever comes too late finds the call closed, and the next is called.
            Ok(Err(_)) | Err(_) => Err(Shed::TooLate),
        }
    }

    fn let_in(&self, called: Called) {
        for (waiter, class) in called {
            // Who has gone meanwhile drops the permit, and the next is called.
            let _ = waiter.call.send(Ok(self.permit(class, waiter.weight)));
        }
    }

    /// How many wait, and the weight inside.
    pub fn crowd(&self, class: Class) -> (usize, usize) {
        let mut lines = self.lock();
        let line = lines.of(class);
        (line.waiting, line.inside)
    }

    /// When to come back, in whole seconds: two to eight, each sender another time, so that those who were turned away together do not
    /// come back together.
    pub fn come_back(&self) -> u64 {
        self.draw(2, 8) as u64
    }
    /// Keeps the answer to someone turned away back for a while, the longer the more there are of them, until `deadline` at most. To
    /// turn someone away costs something, too: in all, no more than a share of those who come in are told, so that senders who heed no
    /// advice and ask again at once cannot use up what serves those inside.
    pub async fn keep_back(&self, deadline: Instant) {
        let held = Held::one_more(&self.held);
        let least = Duration::from_millis(self.draw(200, 800) as u64);
        let wait = least.max(self.between_turned_away() * held.of as u32);
        tokio::time::sleep_until((Instant::now() + wait).min(deadline.max(Instant::now() + least)).into()).await;
    }
    /// The pause between one answer to someone turned away and the next.
    fn between_turned_away(&self) -> Duration {
        Duration::from_secs_f64(1.0 / (self.lock().pace.per_second() * TURNED_AWAY).max(LEAST_TURNED_AWAY))
    }
    /// Waits before another connection is taken: while many are being turned away, no more come in than go. The others stay in the
    /// kernel, which costs this process nothing.
    pub async fn before_another_connection(&self) {
        if self.held.load(Ordering::Relaxed) > FEW_HELD {
            tokio::time::sleep(self.between_turned_away()).await;
        }
    }
    fn draw(&self, lo: i64, hi: i64) -> i64 {
        self.chance.lock().unwrap_or_else(PoisonError::into_inner).between(lo, hi)
    }
}

impl Lines {
    fn of(&mut self, class: Class) -> &mut Line {
        &mut self.of[class as usize]
    }
    fn has_room(&self, class: Class, weight: usize) -> bool {
        let line = &self.of[class as usize];
        let pressed = self.of[..class as usize].iter().any(|l| l.waiting > 0);
        line.inside + weight <= line.bounds.room && (!pressed || line.passed >= line.bounds.one_in)
    }
    fn came_in(&mut self, class: Class, weight: usize) {
        self.of(class).inside += weight;
        self.of(class).passed = 0;
        self.pace.came += 1;
        self.of[class as usize + 1..].iter_mut().for_each(|l| l.passed += 1);
    }
    /// Takes those from the lines who may come in now.
    fn call(&mut self) -> Called {
        let mut called = Vec::new();
        for class in Class::ALL {
            while let Some(weight) = self.of(class).next_weight()
                && self.has_room(class, weight)
                && let Some(waiter) = self.of(class).next()
            {
                self.came_in(class, weight);
                called.push((waiter, class));
            }
        }
        called
    }
}

impl Line {
    fn new(bounds: Bounds) -> Self {
        let (senders, turns) = (HashMap::new(), VecDeque::new());
        Self { bounds, inside: 0, waiting: 0, passed: 0, senders, turns }
    }
    /// Puts someone at the end of its sender's line; gives back whom that displaces.
    fn queue(&mut self, sender: SenderKey, waiter: Waiter) -> Result<Option<Waiter>, Shed> {
        self.forget_the_gone();
        let mut displaced = None;
        if self.waiting >= self.bounds.line {
            let own = self.senders.get(&sender).map_or(0, VecDeque::len);
            let longest = self.senders.iter().max_by_key(|(_, q)| q.len()).map(|(s, q)| (*s, q.len()));
            let Some((greedy, _)) = longest.filter(|(_, n)| *n > own + 1) else { return Err(Shed::Full) };
            displaced = self.senders.get_mut(&greedy).and_then(VecDeque::pop_back);
            self.waiting -= usize::from(displaced.is_some());
        }
        let line = self.senders.entry(sender).or_default();
        if line.is_empty() {
            self.turns.push_back(sender);
        }
        line.push_back(waiter);
        self.waiting += 1;
        Ok(displaced)
    }
    /// A full line may be full of those who have gone.
    fn forget_the_gone(&mut self) {
        if self.waiting < self.bounds.line {
            return;
        }
        self.senders.retain(|_, line| {
            line.retain(|w| !w.call.is_closed());
            !line.is_empty()
        });
        self.turns.retain(|s| self.senders.contains_key(s));
        self.waiting = self.senders.values().map(VecDeque::len).sum();
    }
    /// The weight of whoever is next; those who have gone are dropped on the way.
    fn next_weight(&mut self) -> Option<usize> {
        loop {
            let sender = *self.turns.front()?;
            let line = self.senders.get_mut(&sender)?;
            while line.front().is_some_and(|w| w.call.is_closed()) {
                line.pop_front();
                self.waiting -= 1;
            }
            match line.front() {
                Some(w) => return Some(w.weight),
                None => {
                    self.senders.remove(&sender);
                    self.turns.pop_front();
                }
            }
        }
    }
    /// Whoever is next; its sender's next turn comes after everyone else's.
    fn next(&mut self) -> Option<Waiter> {
        let sender = self.turns.pop_front()?;
        let line = self.senders.get_mut(&sender)?;
        let waiter = line.pop_front()?;
        self.waiting -= 1;
        if line.is_empty() {
            self.senders.remove(&sender);
        } else {
            self.turns.push_back(sender);
        }
        Some(waiter)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    /// Two inside at a time, four in the line; under pressure one for three of those before it.
    fn gate() -> Admission {
        let long = Duration::from_secs(5);
        Admission::with(1, 16, |_| Bounds { room: 2, one_in: 3, line: 4, standing: long, patience: long })
    }
    fn sender(n: u8) -> SenderKey {
        Hash::of(&[n])
    }
    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }
    /// Lets everyone who can do something do it.
    async fn settle() {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
    /// Someone who knocks and tells when it was let in or turned away.
    fn knock(gate: &Admission, class: Class, from: u8) -> tokio::task::JoinHandle<Result<Permit, Shed>> {
        let gate = gate.clone();
        tokio::spawn(async move { gate.enter(class, sender(from), 1, soon()).await })
    }

    #[tokio::test]
    async fn senders_take_turns_and_the_longest_line_gives_way() {
        let gate = gate();
        let inside =
            (gate.enter(Class::Work, sender(1), 1, soon()).await.unwrap(), gate.enter(Class::Work, sender(1), 1, soon()).await.unwrap());
        let mut greedy = Vec::new();
        for _ in 0..4 {
            greedy.push(knock(&gate, Class::Work, 1));
            settle().await;
        }
        // The line is full of one sender's; another one's first request displaces its last.
        let other = knock(&gate, Class::Work, 2);
        settle().await;
        assert!(matches!(greedy.pop().unwrap().await.unwrap(), Err(Shed::Full)));
        // The greedy one has its turn, then the other, though that one came last.
        drop(inside.0);
        let _first = greedy.remove(0).await.unwrap().unwrap();
        drop(inside.1);
        let _second = other.await.unwrap().unwrap();
        settle().await;
        assert!(greedy.iter().all(|g| !g.is_finished()));
        // A line full of equals turns the newcomer away.
        assert_eq!(gate.crowd(Class::Work), (2, 2));
        for from in [3, 4] {
            knock(&gate, Class::Work, from);
            settle().await;
        }
        assert!(matches!(gate.enter(Class::Work, sender(1), 1, soon()).await, Err(Shed::Full)));
    }

    #[tokio::test]
    async fn under_pressure_one_comes_in_for_so_many_of_those_before_it() {
        let gate = gate();
        let mut inside = VecDeque::new();
        for _ in 0..2 {
            inside.push_back(gate.enter(Class::Work, sender(1), 1, soon()).await.unwrap());
        }
        let mut work: VecDeque<_> = (0..4).map(|_| knock(&gate, Class::Work, 3)).collect();
        settle().await;
        let (read, bulk) = (knock(&gate, Class::Read, 4), knock(&gate, Class::Bulk, 5));
        settle().await;
        assert!(!read.is_finished(), "two of work have come in, not three");
        inside.pop_front();
        inside.push_back(work.pop_front().unwrap().await.unwrap().unwrap());
        let _read = read.await.unwrap().unwrap();
        // When nobody waits before it, it comes in at once.
        drop((inside, work));
        let _bulk = bulk.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn nobody_waits_longer_than_it_said_and_the_gone_take_no_room() {
        let gate = gate();
        let inside = [gate.enter(Class::Read, sender(1), 2, soon()).await.unwrap()];
        for n in 0..4 {
            let soon = Instant::now() + Duration::from_millis(20);
            assert!(matches!(gate.enter(Class::Read, sender(n), 1, soon).await, Err(Shed::TooLate)));
        }
        // The line is full of those who have gone: the next one finds a place all the same.
        let patient = knock(&gate, Class::Read, 9);
        settle().await;
        assert_eq!(gate.crowd(Class::Read), (1, 2));
        drop(inside);
        assert!(patient.await.unwrap().is_ok());
        settle().await;
        assert_eq!(gate.crowd(Class::Read), (0, 0));
    }

    #[tokio::test]
    async fn what_is_too_heavy_for_the_room_comes_in_alone() {
        let gate = gate();
        let heavy = gate.enter(Class::Work, sender(1), 1_000, soon()).await.unwrap();
        let light = knock(&gate, Class::Work, 2);
        settle().await;
        assert!(!light.is_finished());
        drop(heavy);
        assert!(light.await.unwrap().is_ok());
    }
}
