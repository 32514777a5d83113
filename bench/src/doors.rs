//! Doors that ask for the status of people, while stations register. Three measurements in one run, on one machine with their clients:
//! how much registration can do, look-ups at a wanted rate while registration goes on at half of that, and look-ups alone. Reference, in the
//! same run: the same doors alone at a responder that looks at nothing and always gives the same answer.
//!
//! The people of the book are really there and followed. The others, up to the millions wanted, are put straight into the table in memory
//! (20 million take too long to list here); they cost a look-up what the real ones do, and PostgreSQL nothing.

use crate::{City, Client, Error, percentile};
use bytes::Bytes;
use quell::status::{Follower, Known, PersonCodes, Serving, Source, Status};
use quell_foundation::*;
use serde::Serialize;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant as Stopwatch};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use uuid::Uuid;

/// What to measure.
#[derive(Debug, Clone)]
pub struct Plan {
    /// People whose status is known.
    pub people: usize,
    /// Of these, in the book: each can be registered once.
    pub in_book: u32,
    /// Seconds of each measurement.
    pub seconds: u64,
    /// Look-ups wanted in a second.
    pub rate: f64,
    /// Connections of the doors, kept alive.
    pub doors: usize,
    /// Connections of the stations.
    pub stations: usize,
    /// Programs of an installed PostgreSQL, instead of the embedded one.
    pub pg_bin: Option<PathBuf>,
}

/// Look-ups of one measurement.
#[derive(Debug, Clone, Serialize)]
pub struct Lookups {
    /// Answered in a second.
    pub per_s: f64,
    /// Milliseconds from when each was due: half were faster.
    pub p50_ms: f64,
    /// 99 of 100 were.
    pub p99_ms: f64,
    /// Those that were not answered with a status.
    pub failed: usize,
}

/// What was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// Look-ups while registration goes on.
    #[serde(flatten)]
    pub lookups: Lookups,
    /// People whose status is known.
    pub people: usize,
    /// Of these, in the book, scanned and followed; the others were put into the table only.
    pub in_book: u32,
    /// Bytes a person takes in the table.
    pub bytes_a_person: f64,
    /// Registrations in a second, with nobody at the doors.
    pub capacity_per_s: f64,
    /// Half of that: what was wanted while doors asked.
    pub half_per_s: f64,
    /// What was done.
    pub registrations_per_s: f64,
    /// Of a bundle of fifty, from when it was due.
    pub registration_p99_ms: f64,
    /// How old the answers were at the end, in seconds.
    pub age_seconds: u64,
    /// Look-ups with nobody at the stations, as many as the doors can ask.
    pub alone: Lookups,
    /// The same from a responder that only answers: what system and loopback allow.
    pub plain: Lookups,
    /// Look-ups alone, of what is plain.
    pub ratio: f64,
    /// Look-ups wanted in a second.
    pub wanted_per_s: f64,
    /// Connections of the doors.
    pub doors: usize,
}

/// Those who are not in the book, by number; the bits of their ids are well mixed, as those of real ones.
fn stranger(n: usize) -> PersonId {
    let mix = |x: u64| {
        let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    };
    PersonId(Uuid::from_u64_pair(mix(n as u64 + 1), mix(!(n as u64))))
}

/// Everybody who is asked for.
#[derive(Clone)]
struct Crowd {
    codes: PersonCodes,
    residents: Arc<Vec<PersonId>>,
    people: usize,
}

impl Crowd {
    /// The code of the n-th who comes to a door: anybody, in no order.
    fn code(&self, n: usize) -> String {
        let i = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % self.people;
        self.codes.code(self.residents.get(i).copied().unwrap_or_else(|| stranger(i)))
    }
}

/// Measures all.
///
/// # Errors
/// What went wrong.
pub async fn run(plan: &Plan, say: impl Fn(String)) -> Result<Outcome, Error> {
    let temp = crate::temporary()?;
    let since = Stopwatch::now();
    let city = City::start(temp.path().join("data"), plan.pg_bin.clone(), plan.in_book).await?;
    say(format!("{} people listed in {:.0} s", plan.in_book, since.elapsed().as_secs_f64()));
    let bundles = Arc::new(Bundles { all: city.bundles()?, next: AtomicUsize::new(0) });

    let status = Status::new(city.app.clock.clone(), city.app.key.clone(), None);
    let follower = Follower::new(
        status.clone(),
        Source::Book { url: city.app.db.url().to_owned(), config: city.app.config.clone() },
        &city.ready.data,
    );
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let since = Stopwatch::now();
    let serving = Serving::start(follower, status.clone(), listener)?;
    let people = loop {
        match status.people() {
            Some(people) => break people,
            None => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    say(format!("{} people scanned in {:.1} s", people.table.len(), since.elapsed().as_secs_f64()));
    let swabbed = (city.app.clock.now().0 / 1_000_000) as u32 - 20 * 3_600;
    for n in people.table.len()..plan.people {
        people.table.put(stranger(n), Known { negative: Some(swabbed), ..Known::default() });
    }
    let bytes_a_person = people.table.bytes() as f64 / people.table.len() as f64;
    say(format!("{} people known, {bytes_a_person:.1} bytes each", people.table.len()));
    let residents = Arc::new(city.county.residents.iter().map(|r| r.id).collect());
    let crowd = Crowd { codes: people.codes.clone(), residents, people: people.table.len() };

    let span = Duration::from_secs(plan.seconds);
    let stations = Stations { address: city.address, token: city.token.clone(), n: plan.stations, bundles };
    let (capacity, _) = stations.register(None, span).await?;
    say(format!("registration alone: {capacity:.0}/s"));
    let half = capacity / 2.0;
    let span = span.min(Duration::from_secs_f64(stations.left() as f64 * BUNDLE / half));
    let doors = Doors { address, n: plan.doors, crowd };
    let (plain, stop_plain) = responder()?;
    let asked = doors.clone().ask(Some(plan.rate), span);
    let (registered, lookups) = (stations.register(Some(half), span).await?, asked.join().map_err(|_| "the doors broke off")??);
    say(format!("registration at half: {:.0}/s, look-ups {lookups:?}", registered.0));
    let age_seconds = people.position().age().as_secs();
    let alone = doors.clone().alone(address, plan.seconds).await?;
    let plain = doors.alone(plain, plan.seconds).await?;
    let _ = stop_plain.send(()); // Fails only if it has stopped.
    serving.stop().await;
    city.ready.stop();
    Ok(Outcome {
        lookups,
        people: people.table.len(),
        in_book: plan.in_book,
        bytes_a_person: (bytes_a_person * 10.0).round() / 10.0,
        capacity_per_s: capacity.round(),
        half_per_s: half.round(),
        registrations_per_s: registered.0.round(),
        registration_p99_ms: registered.1,
        age_seconds,
        ratio: (alone.per_s / plain.per_s * 1e3).round() / 1e3,
        alone,
        plain,
        wanted_per_s: plan.rate,
        doors: plan.doors,
    })
}

struct Bundles {
    all: Vec<Bytes>,
    next: AtomicUsize,
}

/// Stations that hand in bundles of about fifty registrations, through HTTP.
struct Stations {
    address: SocketAddr,
    token: String,
    n: usize,
    bundles: Arc<Bundles>,
}

/// Registrations of a bundle.
const BUNDLE: f64 = 50.0;

impl Stations {
    /// Bundles that were not handed in yet.
    fn left(&self) -> usize {
        self.bundles.all.len().saturating_sub(self.bundles.next.load(Ordering::Relaxed))
    }

    /// Registers for so long, or as long as there are people; as fast as it can, and then no more than some of them, or at this rate.
    /// Registrations a second, and the 99th percentile in milliseconds.
    async fn register(&self, rate: Option<f64>, span: Duration) -> Result<(f64, f64), Error> {
        let (begun, first) = (Stopwatch::now(), self.bundles.next.load(Ordering::Relaxed));
        let last = if rate.is_some() { self.bundles.all.len() } else { first + self.left() / 2 };
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..self.n {
            let mut client = Client::connect(self.address, &self.token).await?;
            let bundles = self.bundles.clone();
            all.spawn(async move {
                let mut took = Vec::new();
                while begun.elapsed() < span {
                    let n = bundles.next.fetch_add(1, Ordering::Relaxed);
                    let Some(body) = bundles.all.get(n).filter(|_| n < last) else { break };
                    let due = rate.map_or_else(Stopwatch::now, |r| begun + Duration::from_secs_f64((n - first) as f64 * BUNDLE / r));
                    tokio::time::sleep_until(due.into()).await;
                    let (status, answer) = client.send("POST", "/v1/submissions", body.clone()).await?;
                    if status != 201 {
                        return Err(format!("{status}: {}", String::from_utf8_lossy(&answer)).into());
                    }
                    took.push(due.elapsed().as_secs_f64());
                }
                Ok::<_, Error>(took)
            });
        }
        let mut took = Vec::new();
        while let Some(one) = all.join_next().await {
            took.extend(one??);
        }
        let per_s = took.len() as f64 * BUNDLE / begun.elapsed().as_secs_f64();
        Ok((per_s, ms(&mut took, 0.99)))
    }
}

fn ms(took: &mut [f64], share: f64) -> f64 {
    took.sort_by(f64::total_cmp);
    (percentile(took, share) * 1e5).round() / 100.0
}

/// Doors with kept-alive connections, on a thread of their own.
#[derive(Clone)]
struct Doors {
    address: SocketAddr,
    n: usize,
    crowd: Crowd,
}

type Asked = std::thread::JoinHandle<Result<Lookups, Error>>;

impl Doors {
    /// Asks for so long, at this rate or as fast as answers come.
    fn ask(self, rate: Option<f64>, span: Duration) -> Asked {
        std::thread::spawn(move || tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(self.all(rate, span)))
    }

    /// Asks at this address as fast as answers come, with nothing beside.
    async fn alone(self, address: SocketAddr, seconds: u64) -> Result<Lookups, Error> {
        let asked = Self { address, ..self }.ask(None, Duration::from_secs(seconds));
        tokio::task::spawn_blocking(|| asked.join()).await?.map_err(|_| "the doors broke off")?
    }

    async fn all(self, rate: Option<f64>, span: Duration) -> Result<Lookups, Error> {
        let mut streams = Vec::new();
        for _ in 0..self.n {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            streams.push(stream);
        }
        let begun = Stopwatch::now();
        let mut all = tokio::task::JoinSet::new();
        for (door, stream) in streams.into_iter().enumerate() {
            all.spawn(one(stream, self.crowd.clone(), door, self.n, rate, begun, span));
        }
        let (mut took, mut failed) = (Vec::new(), 0);
        while let Some(one) = all.join_next().await {
            let one = one??;
            took.extend(one.0);
            failed += one.1;
        }
        let per_s = (took.len() as f64 / begun.elapsed().as_secs_f64()).round();
        Ok(Lookups { per_s, p50_ms: ms(&mut took, 0.5), p99_ms: ms(&mut took, 0.99), failed })
    }
}

/// One door. Its look-ups are due at their times, whether the one before was answered or not.
async fn one(
    mut stream: TcpStream,
    crowd: Crowd,
    door: usize,
    doors: usize,
    rate: Option<f64>,
    begun: Stopwatch,
    span: Duration,
) -> Result<(Vec<f64>, usize), Error> {
    let (mut took, mut failed, mut answer) = (Vec::new(), 0, vec![0u8; 4_096]);
    for k in 0.. {
        let n = k * doors + door;
        let due = rate.map_or_else(Stopwatch::now, |r| begun + Duration::from_secs_f64(n as f64 / r));
        if due > begun + span {
            break;
        }
        if due > Stopwatch::now() {
            tokio::time::sleep_until(due.into()).await;
        }
        let request = format!("GET /v1/status/{} HTTP/1.1\r\nhost: door\r\n\r\n", crowd.code(n));
        stream.write_all(request.as_bytes()).await?;
        let ok = read(&mut stream, &mut answer).await?;
        failed += usize::from(!ok);
        took.push(due.elapsed().as_secs_f64());
    }
    Ok((took, failed))
}

/// Reads one answer to its end; true if it holds a status.
async fn read(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<bool, Error> {
    let mut filled = 0;
    loop {
        match stream.read(&mut buffer[filled..]).await? {
            0 => return Err("a door's connection was closed".into()),
            n => filled += n,
        }
        let text = &buffer[..filled];
        let Some(head) = text.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let length = std::str::from_utf8(&text[..head])?.lines().find_map(|l| l.strip_prefix("content-length: ")?.parse::<usize>().ok());
        let end = head + 4 + length.ok_or("an answer without its length")?;
        if filled >= end {
            return Ok(text.starts_with(b"HTTP/1.1 200") && text[head..end].windows(9).any(|w| w == b"\"verdict\""));
        }
    }
}

/// A responder on a thread of its own that reads a request and gives an answer as long as those of the real address; its address, and
/// what stops it.
fn responder() -> Result<(SocketAddr, oneshot::Sender<()>), Error> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let (address, (stop, stopped)) = (listener.local_addr()?, oneshot::channel());
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = TcpListener::from_std(listener)?;
            let accept = async {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(respond(stream));
                }
            };
            tokio::select! { () = accept => {}, _ = stopped => {} }
            Ok::<_, std::io::Error>(())
        })
    });
    Ok((address, stop))
}

/// Answers each request of a connection, which a door sends in one piece.
async fn respond(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncache-control: no-store\r\ncontent-length: 132\r\n\r\n";
    let answer = format!("{head}{:<132}", "{\"verdict\":\"clear\"}");
    let mut request = [0u8; 1_024];
    while stream.read(&mut request).await? > 0 {
        stream.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}
