//! Stations with their laboratory: they send on and on, repeat what has no receipt, and remember every receipt.

use crate::screening::{self, Hand, Sent};
use crate::{Client, Error};
use quell::clock::Clock;
use quell_book::Receipt;
use quell_foundation::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;

/// People in the county: each is swabbed again and again, as in the trial's hours a round would go on for weeks.
const PEOPLE: usize = 2_000;
/// Submissions in one request.
const BUNDLE: usize = 4;
/// How long a sender waits for an answer before it asks again.
const ANSWER: Duration = Duration::from_secs(20);
/// How long a crew may need to get the last receipts, once nothing is broken any more.
const PATIENCE: Duration = Duration::from_secs(120);

/// What all desks have done together.
#[derive(Debug)]
pub struct Work {
    /// The date of all of it, so that what is sent again later is the same.
    at: quell_foundation::Instant,
    next: AtomicUsize,
    receipts: Mutex<BTreeMap<SubmissionId, Receipt>>,
    /// Requests that had to be sent again.
    again: AtomicUsize,
}

impl Work {
    fn begin() -> Self {
        Self { at: Clock::real().now(), next: AtomicUsize::new(0), receipts: Mutex::default(), again: AtomicUsize::new(0) }
    }
    /// Every receipt so far.
    pub fn receipts(&self) -> BTreeMap<SubmissionId, Receipt> {
        self.receipts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
    /// How many there are.
    pub fn acknowledged(&self) -> usize {
        self.receipts.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
    /// How many requests had to be sent again.
    pub fn again(&self) -> usize {
        self.again.load(Ordering::Relaxed)
    }
    /// How many submissions were made of each hand.
    pub fn made(&self) -> usize {
        self.next.load(Ordering::SeqCst)
    }
}

/// Desks at work.
pub struct Crew {
    /// What they have done.
    pub work: Arc<Work>,
    stop: Arc<AtomicBool>,
    desks: Vec<JoinHandle<Result<(), Error>>>,
    tokens: BTreeMap<Hand, String>,
}

impl Crew {
    /// Lists the county, and lets so many desks begin, each with this pause between its requests.
    ///
    /// # Errors
    /// What the server said.
    pub async fn begin(served: &super::Served, desks: usize, pause: Duration) -> Result<Self, Error> {
        served.list(PEOPLE).await?;
        let tokens = [(Hand::Station, served.account("sampler").await?), (Hand::Laboratory, served.account("laboratory").await?)];
        let crew = Self { work: Arc::new(Work::begin()), stop: Arc::default(), desks: Vec::new(), tokens: tokens.into() };
        Ok(crew.also_at(served.address, desks, pause))
    }
    /// Lets more desks begin, at another server of the same book.
    pub fn also_at(mut self, address: SocketAddr, desks: usize, pause: Duration) -> Self {
        for _ in 0..desks {
            let mut desk = Desk { address, tokens: self.tokens.clone(), work: self.work.clone(), clients: BTreeMap::new() };
            let stop = self.stop.clone();
            self.desks.push(tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    desk.bundle(&stop).await?;
                    tokio::time::sleep(pause).await;
                }
                Ok(())
            }));
        }
        self
    }
    /// Waits until so many receipts more have been given: the crew is at work again.
    ///
    /// # Errors
    /// If that takes too long, or a desk has ended.
    pub async fn goes_on(&mut self, more: usize) -> Result<(), Error> {
        let (since, before) = (std::time::Instant::now(), self.work.acknowledged());
        while self.work.acknowledged() < before + more {
            if let Some(i) = self.desks.iter().position(JoinHandle::is_finished) {
                self.desks.swap_remove(i).await??;
            }
            if since.elapsed() > PATIENCE {
                return Err("the crew does not go on".into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
    /// One desk sends everything that was made once more; what has a receipt must get the same one again, unless `anew`.
    ///
    /// # Errors
    /// If a receipt is another one, or none is given.
    pub async fn send_all_again(&self, address: SocketAddr, anew: bool) -> Result<(), Error> {
        let before = self.work.receipts();
        let mut desk = Desk { address, tokens: self.tokens.clone(), work: self.work.clone(), clients: BTreeMap::new() };
        let numbers: Vec<usize> = (0..self.work.made()).collect();
        for part in numbers.chunks(BUNDLE) {
            desk.deliver(part, &AtomicBool::new(true)).await?;
        }
        let after = self.work.receipts();
        match before.iter().find(|(id, r)| after.get(id) != Some(r)) {
            Some((id, r)) if !anew => Err(format!("{id} has another receipt than {r:?}").into()),
            _ => Ok(()),
        }
    }
    /// Lets every desk stop where it is: what it has in hand it gets its receipt for.
    ///
    /// # Errors
    /// What a desk was told that it should not have been told.
    pub async fn pause(&mut self) -> Result<(), Error> {
        self.stop.store(true, Ordering::SeqCst);
        for desk in self.desks.drain(..) {
            tokio::time::timeout(PATIENCE, desk).await.map_err(|_| "a desk does not get its receipts")???;
        }
        self.stop.store(false, Ordering::SeqCst);
        Ok(())
    }
    /// Lets every desk get its last receipts and go home.
    ///
    /// # Errors
    /// What a desk was told that it should not have been told.
    pub async fn finish(mut self) -> Result<Arc<Work>, Error> {
        self.pause().await?;
        Ok(self.work)
    }
}

struct Desk {
    address: SocketAddr,
    tokens: BTreeMap<Hand, String>,
    work: Arc<Work>,
    clients: BTreeMap<Hand, Client>,
}

impl Desk {
    /// The swabs of a bundle, then their results, each until there is a receipt.
    async fn bundle(&mut self, stop: &AtomicBool) -> Result<(), Error> {
        let numbers: Vec<usize> = (0..BUNDLE).map(|_| self.work.next.fetch_add(1, Ordering::SeqCst)).collect();
        self.deliver(&numbers, stop).await
    }

    async fn deliver(&mut self, numbers: &[usize], stop: &AtomicBool) -> Result<(), Error> {
        for hand in [Hand::Station, Hand::Laboratory] {
            let mut open: Vec<Sent> = numbers.iter().map(|n| screening::submission(hand, *n, PEOPLE, self.work.at)).collect();
            let mut pause = 20;
            while !open.is_empty() {
                open = self.hand_in(hand, open).await?;
                if !open.is_empty() {
                    self.work.again.fetch_add(1, Ordering::Relaxed);
                    // Until the end comes it waits longer each time, as a phone would.
                    pause = if stop.load(Ordering::Relaxed) { 100 } else { (pause * 2).min(1_000) };
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
            }
        }
        Ok(())
    }

    /// Hands in; returns what has no receipt yet.
    async fn hand_in(&mut self, hand: Hand, sent: Vec<Sent>) -> Result<Vec<Sent>, Error> {
        let Some(answers) = self.ask(hand, &sent).await? else { return Ok(sent) };
        if answers.len() != sent.len() {
            return Err(format!("{} answers to {} submissions", answers.len(), sent.len()).into());
        }
        let mut open = Vec::new();
        let mut receipts = self.work.receipts.lock().map_err(|_| "another desk broke")?;
        for (s, answer) in sent.into_iter().zip(answers) {
            match answer.get("accepted") {
                Some(r) => {
                    let r = Receipt { repeat: false, ..serde_json::from_value(r.clone())? };
                    if (r.submission, r.content_hash) != (s.id, s.content_hash) {
                        return Err(format!("a receipt for something else: {answer}").into());
                    }
                    receipts.insert(s.id, r);
                }
                None if answer["refused"]["status"] == 503 => open.push(s),
                None => return Err(format!("submission {} was not taken: {answer}", s.n).into()),
            }
        }
        Ok(open)
    }

    /// The server's answers; none if there is no talking to it now.
    async fn ask(&mut self, hand: Hand, sent: &[Sent]) -> Result<Option<Vec<Value>>, Error> {
        let mut client = match self.clients.remove(&hand) {
            Some(c) => c,
            None => {
                let token = self.tokens.get(&hand).map_or("", String::as_str);
                let Ok(c) = Client::connect(self.address, token).await else { return Ok(None) };
                c
            }
        };
        let bodies: Vec<&[u8]> = sent.iter().map(|s| &s.body[..]).collect();
        let body = [&b"["[..], &bodies.join(&b","[..]), b"]"].concat();
        match tokio::time::timeout(ANSWER, client.send("POST", "/v1/submissions", body.into())).await {
            Ok(Ok((200, answer))) => {
                self.clients.insert(hand, client);
                Ok(Some(serde_json::from_slice(&answer)?))
            }
            // The token has run out; the one who is at the desk logs in again.
            Ok(Ok((401, _))) => {
                let role = if hand == Hand::Station { "sampler" } else { "laboratory" };
                if client.log_in(&AccountId::new(role)?, super::served::PASSWORD).await.is_ok() {
                    self.tokens.insert(hand, client.token().to_owned());
                }
                Ok(None)
            }
            Ok(Ok((503, _))) | Ok(Err(_)) | Err(_) => Ok(None),
            Ok(Ok((status, answer))) => Err(format!("{status}: {}", String::from_utf8_lossy(&answer)).into()),
        }
    }
}
