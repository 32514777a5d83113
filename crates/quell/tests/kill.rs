//! The real binary, killed at random moments under load: what it acknowledged is in the book once, every submission is whole or
//! absent, and `quell verify` says so.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::*;
use quell::client::Client;
use quell::clock::Clock;
use quell_book::Receipt;
use quell_foundation::*;
use quell_store::{Database, log};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

const QUELL: &str = env!("CARGO_BIN_EXE_quell");
/// Kills; KILL_ROUNDS=60 for a longer look.
const ROUNDS: u64 = 6;
/// Registrations of a submission: five tubes of ten.
const TUBES: usize = 5;
const EACH: usize = 10;
const PEOPLE: usize = 200;
/// Stations that send at a time: enough for batches to be read for, decided, written and committed side by side.
const DESKS: usize = 6;

fn quell(data: &Path) -> Command {
    let mut c = Command::new(QUELL);
    c.arg("--data").arg(data).env("RUST_LOG", "warn");
    c
}

/// Runs a command to its end, with this on its standard input.
fn run(c: &mut Command, input: &str) -> Output {
    use std::io::Write;
    let mut child = c.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn must(c: &mut Command, input: &str) {
    let out = run(c, input);
    assert!(out.status.success(), "{c:?}: {out:?}");
}

fn signal(pid: u32, name: &str) {
    // The shell's own command: every machine has it.
    Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().unwrap();
}

/// The server process of a data directory.
struct Served {
    child: Child,
    data: PathBuf,
    address: SocketAddr,
}

impl Served {
    async fn start(data: &Path, address: SocketAddr) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(data.join("serve.log")).unwrap();
        let child = quell(data).args(["serve", "--listen", &address.to_string()]).stderr(log).spawn().unwrap();
        let mut served = Self { child, data: data.into(), address };
        served.recovered().await;
        served
    }
    /// Waits until it answers from the database.
    async fn recovered(&mut self) {
        let log = self.data.join("serve.log");
        for _ in 0..600 {
            if let Ok(mut c) = Client::connect(self.address, "").await
                && let Ok((200, _)) = c.send("GET", "/v1/health", "".into()).await
            {
                return;
            }
            assert!(self.child.try_wait().unwrap().is_none(), "it ended: {}", std::fs::read_to_string(log).unwrap());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it does not answer: {}", std::fs::read_to_string(log).unwrap());
    }
    fn database(&self) -> Database {
        Database::new(&std::fs::read_to_string(self.data.join("running")).unwrap(), 1).unwrap()
    }
    fn postmaster(&self) -> u32 {
        std::fs::read_to_string(self.data.join("pg/postmaster.pid")).unwrap().lines().next().unwrap().parse().unwrap()
    }
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
    fn stop(mut self) {
        signal(self.child.id(), "TERM");
        assert!(self.child.wait().unwrap().success(), "an orderly end");
    }
}

impl Drop for Served {
    /// A test that fails leaves no server behind; PostgreSQL is left to whoever opens the directory next.
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            signal(self.child.id(), "TERM");
            let _ = self.child.wait();
        }
    }
}

/// A submission as its bytes were sent.
#[derive(Clone)]
struct Sent {
    id: SubmissionId,
    text: String,
}

/// One station that sends without end, and remembers.
#[derive(Default)]
struct Desk {
    acknowledged: BTreeMap<SubmissionId, Receipt>,
    open: Vec<Sent>,
}

static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// The n-th submission of this test: its tubes begin with its number.
fn fresh() -> Sent {
    let n = NUMBER.fetch_add(1, Ordering::Relaxed);
    let at = EventTime::exact(Clock::real().now(), UtcOffset::CHINA).to_string();
    let tube = |t| {
        let from = (n * 37 + t * 11) % (PEOPLE - EACH);
        let mut facts = swabs(&format!("{n}-{t}"), A, from..from + EACH, &at);
        facts.iter_mut().for_each(|f| f["registered"]["round"] = "R1".into());
        facts
    };
    let id = SubmissionId(derived_uuid(&[b"kill", &n.to_be_bytes()]));
    Sent { id, text: submission(id, &(0..TUBES).flat_map(tube).collect::<Vec<_>>()).to_string() }
}

impl Desk {
    /// Hands a bundle in; what has no receipt stays open. False when there is no talking to the server.
    async fn send(&mut self, client: &mut Client, bundle: Vec<Sent>) -> bool {
        let body = format!("[{}]", bundle.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join(","));
        let answer = tokio::time::timeout(Duration::from_secs(30), client.send("POST", "/v1/submissions", body.into())).await;
        let answers: Vec<Value> = match &answer {
            Ok(Ok((200, body))) => serde_json::from_slice(body).unwrap(),
            Ok(Ok((503, _))) => vec![Value::Null; bundle.len()],
            Ok(Ok(other)) => panic!("{other:?}"),
            Ok(Err(_)) | Err(_) => {
                self.open.extend(bundle);
                return false;
            }
        };
        for (sent, answer) in bundle.into_iter().zip(answers) {
            match answer.get("accepted") {
                Some(r) => {
                    let r = Receipt { repeat: false, ..serde_json::from_value(r.clone()).unwrap() };
                    assert_eq!((r.submission, r.content_hash), (sent.id, common::content_hash(&sent.text)));
                    assert!(self.acknowledged.insert(sent.id, r).is_none());
                }
                None => {
                    assert!(answer.is_null() || answer["refused"]["status"] == 503, "{answer}");
                    self.open.push(sent);
                }
            }
        }
        true
    }

    async fn work(mut self, address: SocketAddr, token: String, stop: Arc<AtomicBool>) -> Self {
        let mut client = Client::connect(address, &token).await.unwrap();
        while !stop.load(Ordering::Relaxed) && self.send(&mut client, (0..4).map(|_| fresh()).collect()).await {}
        self
    }
}

/// Every submission is whole or absent, and nothing is there that no submission brought. Returns which are in the log.
async fn whole_or_absent(db: &Database) -> BTreeSet<usize> {
    let c = db.connection().await.unwrap();
    let number = |id: uuid::Uuid| (0..NUMBER.load(Ordering::Relaxed)).find(|n| derived_uuid(&[b"kill", &n.to_be_bytes()]) == id);
    let in_log: BTreeSet<usize> =
        c.query("SELECT submission_id FROM quell.submission", &[]).await.unwrap().iter().filter_map(|r| number(r.get(0))).collect();
    let rows = c
        .query(
            "SELECT split_part(r.tube, '-', 1), count(*), count(DISTINCT r.seq), count(DISTINCT r.tube), count(s.seq)
             FROM quell.registration r LEFT JOIN quell.submission s ON s.book_id = r.book_id AND s.seq = r.seq GROUP BY 1",
            &[],
        )
        .await
        .unwrap();
    let mut registered = BTreeSet::new();
    for r in &rows {
        let n: usize = r.get::<_, &str>(0).parse().unwrap();
        let all = (TUBES * EACH) as i64;
        assert_eq!([r.get::<_, i64>(1), r.get(2), r.get(3), r.get(4)], [all, 1, TUBES as i64, all], "submission {n} is torn");
        registered.insert(n);
    }
    assert_eq!(registered, in_log);
    in_log
}

async fn prepare(served: &Served) -> String {
    for (name, role) in [("chief", "commander"), ("station", "sampler")] {
        let data = served.data.clone();
        let put = move || must(quell(&data).args(["account", "put", name, "--role", role]), "wet mountain\n");
        tokio::task::spawn_blocking(put).await.unwrap();
    }
    let mut chief = Client::connect(served.address, "").await.unwrap();
    chief.log_in(&AccountId::new("chief").unwrap(), "wet mountain").await.unwrap();
    let at = EventTime::exact(Clock::real().now(), UtcOffset::CHINA);
    let round = json!({"round_opened": {"round": "R1", "name": "第一轮", "scope": [ROOT], "at": at}});
    for facts in [county(PEOPLE), vec![round]] {
        let body = submission(fresh_submission(), &facts).to_string();
        let (status, answer) = chief.send("POST", "/v1/submissions", body.into()).await.unwrap();
        assert_eq!(status, 201, "{answer:?}");
    }
    let (status, answer) =
        chief.send("POST", "/v1/session", json!({"account": "station", "password": "wet mountain"}).to_string().into()).await.unwrap();
    assert_eq!(status, 200, "{answer:?}");
    serde_json::from_slice::<Value>(&answer).unwrap()["token"].as_str().unwrap().to_owned()
}

/// What is killed.
#[derive(Debug, Clone, Copy)]
enum Victim {
    /// The server; its PostgreSQL lives on until the next start.
    Quell,
    /// One of PostgreSQL's sessions: PostgreSQL cuts off all others and recovers, while Quell runs on.
    Session,
    /// The whole of PostgreSQL, which Quell starts again.
    Postgres,
}

/// The session that works now.
const BUSIEST: &str = "SELECT pid::bigint FROM pg_stat_activity WHERE application_name = 'quell' AND pid <> pg_backend_pid()
    ORDER BY state, query_start DESC LIMIT 1";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_and_nothing_is_done_twice() {
    let home = temp();
    let data = home.path().join("data");
    must(quell(&data).args(["book", "create", "500237", ROOT]), "");
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut served = Served::start(&data, address).await;
    let token = prepare(&served).await;

    let number = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let seed = number("KILL_SEED").unwrap_or_else(|| Clock::real().now().0 as u64);
    let rounds = number("KILL_ROUNDS").unwrap_or(ROUNDS);
    println!("KILL_SEED={seed} KILL_ROUNDS={rounds}");
    let mut chance = Stream::named(seed, "kill");
    let mut desk = Desk::default();
    let mut torn_in_two = 0;
    for round in 0..rounds {
        let victim = [Victim::Quell, Victim::Session, Victim::Quell, Victim::Postgres][(round % 4) as usize];
        let stop = Arc::new(AtomicBool::new(false));
        let desks: Vec<_> = (0..DESKS).map(|_| tokio::spawn(Desk::default().work(address, token.clone(), stop.clone()))).collect();
        tokio::time::sleep(Duration::from_millis(chance.between(300, 900) as u64)).await;
        match victim {
            Victim::Quell => {
                served.kill();
                served = Served::start(&data, address).await;
            }
            Victim::Session | Victim::Postgres => {
                let pid = match victim {
                    Victim::Postgres => served.postmaster(),
                    _ => count(&served.database(), BUSIEST).await as u32,
                };
                signal(pid, "KILL");
                tokio::time::sleep(Duration::from_millis(chance.between(500, 1_500) as u64)).await;
            }
        }
        stop.store(true, Ordering::Relaxed);
        for d in desks {
            take_in(&mut desk, d.await.unwrap());
        }
        served.recovered().await;
        println!("{round}: {victim:?}, {} acknowledged, {} open", desk.acknowledged.len(), desk.open.len());
        torn_in_two += resend(&mut desk, &served, &token).await;
    }
    println!("{torn_in_two} submissions were written but not acknowledged when the server died");
    assert!(desk.acknowledged.len() > 20, "hardly any load: {}", desk.acknowledged.len());

    let db = served.database();
    let ids: Vec<uuid::Uuid> = desk.acknowledged.keys().map(|id| id.0).collect();
    let kept: BTreeMap<SubmissionId, Receipt> =
        log::receipts(&db.connection().await.unwrap(), BOOK, &ids).await.unwrap().into_iter().collect();
    assert!(kept == desk.acknowledged, "every receipt that was given is the one that is kept");
    assert_eq!(whole_or_absent(&db).await.len(), NUMBER.load(Ordering::Relaxed), "all is in the book in the end");
    let registrations = (desk.acknowledged.len() * TUBES * EACH) as i64;
    assert_eq!(count(&db, "SELECT count(*) FROM quell.registration").await, registrations);
    assert_eq!(count(&db, "SELECT sum(opened)::bigint FROM quell.tally WHERE kind = 'result'").await, registrations);
    assert_eq!(count(&db, "SELECT count(*) FROM quell.submission").await, desk.acknowledged.len() as i64 + 2);
    db.close();
    served.stop();
    // The day balances, and everything is what the log says.
    must(quell(&data).arg("close"), "");
    must(quell(&data).arg("verify"), "");
}

fn take_in(all: &mut Desk, one: Desk) {
    all.open.extend(one.open);
    all.acknowledged.extend(one.acknowledged);
}

/// Checks what the kill left, then sends again all that has no receipt, with the same ids. Returns how many were in the log already.
async fn resend(desk: &mut Desk, served: &Served, token: &str) -> usize {
    let in_log = whole_or_absent(&served.database()).await;
    let acknowledged = desk.acknowledged.len();
    assert!(in_log.len() >= acknowledged, "{} in the log, {acknowledged} acknowledged", in_log.len());
    let mut client = Client::connect(served.address, token).await.unwrap();
    for bundle in std::mem::take(&mut desk.open).chunks(4) {
        assert!(desk.send(&mut client, bundle.to_vec()).await, "the server answers again");
    }
    assert_eq!(desk.open.len(), 0, "and takes everything");
    in_log.len() - acknowledged
}
