//! The real binary, killed at random moments under load: what it acknowledged is in the book once, every submission is whole or
//! absent, and `quell verify` says so. Then the book is changed behind its back, and `quell verify` says that, too.

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

// Tampering ---------------------------------------------------------------------------------------------------------

/// A day with a round, a positive pool with its recalls, and its close; then a little of the next day.
async fn sealed_world() -> World {
    let w = World::county(20).await;
    let at = "2022-11-26T19:00:00+08:00";
    w.say(&[json!({"round_opened": {"round": "R1", "name": "第一轮", "scope": [ROOT], "at": at}})]).await;
    for (tube, community) in [("T1", A), ("T2", B)] {
        let mut facts = swabs(tube, community, 0..10, at);
        facts.iter_mut().for_each(|f| f["registered"]["round"] = "R1".into());
        facts.push(json!({"tube_sealed": {"tube": tube, "at": at}}));
        w.say(&facts).await;
    }
    w.say(&[
        json!({"received": {"laboratory": LABORATORY, "tubes": ["T1", "T2"], "condition": "adequate", "at": at}}),
        json!({"result_read": {"tube": "T1", "at": at, "result": "positive"}}),
        json!({"result_read": {"tube": "T2", "at": at, "result": "negative"}}),
    ])
    .await;
    w.say(&[json!({"day_closed": {"day": "2022-11-26", "decider": "desk"}})]).await;
    w.say(
        &swabs("T3", A, 0..1, at)
            .into_iter()
            .map(|mut f| {
                f["registered"]["mode"] = "single".into();
                f
            })
            .collect::<Vec<_>>(),
    )
    .await;
    w
}

/// Runs `quell verify` beside the test on its database.
async fn verify(w: &World) -> (Option<i32>, String) {
    let mut c = quell(&w.data);
    c.args(["--lang", "en", "--database-url", w.url(), "verify"]);
    let out = tokio::task::spawn_blocking(move || run(&mut c, "")).await.unwrap();
    (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
}

/// Table, what is done to it, what the finding must name.
const TAMPERINGS: &[(&str, &str, &[&str])] = &[
    (
        "registration",
        "UPDATE quell.registration SET counts = NOT counts WHERE ctid = (SELECT min(ctid) FROM quell.registration WHERE tube = 'T1')",
        &["quell.registration", "T1", "counts"],
    ),
    (
        "registration",
        "INSERT INTO quell.registration SELECT book_id, person_id, 'T2', round, place, sampled_at, seq, counts, flag, void_seq FROM quell.registration WHERE tube = 'T1' LIMIT 1",
        &["quell.registration", "T2", "no such row"],
    ),
    (
        "tube",
        "UPDATE quell.tube SET result = 'negative' WHERE tube = 'T1'",
        &["quell.tube", "T1", "result must be \"positive\" but is \"negative\""],
    ),
    ("tube", "UPDATE quell.tube SET state = 'vanished' WHERE tube = 'T1'", &["quell.tube", "vanished"]),
    (
        "duty",
        "UPDATE quell.duty SET due = due + interval '1 day' WHERE duty_id = (SELECT min(duty_id::text)::uuid FROM quell.duty)",
        &["quell.duty", "due"],
    ),
    (
        "duty",
        "DELETE FROM quell.duty WHERE duty_id = (SELECT min(duty_id::text)::uuid FROM quell.duty)",
        &["quell.duty DutyId", "the row is missing"],
    ),
    (
        "tally",
        "UPDATE quell.tally SET discharged = discharged + 1 WHERE ctid = (SELECT min(ctid) FROM quell.tally)",
        &["tally (", "discharged"],
    ),
    ("tally", "DELETE FROM quell.tally WHERE ctid = (SELECT min(ctid) FROM quell.tally)", &["tally (", "the row is missing"]),
    ("person", "UPDATE quell.person SET name = 'x' WHERE ctid = (SELECT min(ctid) FROM quell.person)", &["quell.person", "name"]),
    ("result", "UPDATE quell.result SET at = at - interval '1 second' WHERE tube = 'T1'", &["quell.result", "at must be"]),
    (
        "roster",
        "DELETE FROM quell.roster WHERE ctid = (SELECT min(ctid) FROM quell.roster)",
        &["quell.roster", "R1", "PersonId", "the row is missing"],
    ),
    ("sealed_day", "UPDATE quell.sealed_day SET sheet = jsonb_set(sheet, '{lines,0,opened}', '77')", &["quell.sealed_day", "2022-11-26"]),
    ("sealed_day", "UPDATE quell.sealed_day SET decider = 'x'", &["quell.sealed_day", "2022-11-26", "decider"]),
    ("sealed_day", "DELETE FROM quell.sealed_day", &["quell.sealed_day 2022-11-26: the row is missing"]),
    (
        "submission",
        "UPDATE quell.submission s SET body = o.body FROM quell.submission o WHERE s.seq = 3 AND o.seq = 4",
        &["submission", "position 3", "content was changed"],
    ),
    ("submission", "UPDATE quell.submission SET body = '\\x00' WHERE seq = 3", &["submission", "position 3"]),
    ("submission", "UPDATE quell.submission SET log_hash = repeat('0', 64) WHERE seq = 3", &["submission", "position 3", "chain"]),
    ("submission", "UPDATE quell.submission SET content_hash = repeat('0', 64) WHERE seq = 3", &["submission", "position 3", "chain"]),
    ("submission", "UPDATE quell.submission SET sender = 'x' WHERE seq = 3", &["submission", "position 3", "chain"]),
    ("submission", "UPDATE quell.submission SET device = 'x' WHERE seq = 3", &["submission", "position 3", "chain"]),
    (
        "submission",
        "UPDATE quell.submission SET recorded_at = recorded_at + interval '1 second' WHERE seq = 3",
        &["submission", "position 3", "chain"],
    ),
    ("submission", "UPDATE quell.submission SET facts = facts + 1 WHERE seq = 3", &["submission", "position 3"]),
    ("submission", "DELETE FROM quell.submission WHERE seq = (SELECT max(seq) FROM quell.submission)", &["the head says", "T3"]),
    ("submission", "DELETE FROM quell.submission WHERE seq = 3", &["position", "3", "missing"]),
    (
        "tally_before",
        "UPDATE quell.tally_before SET opened = opened + 1 WHERE ctid = (SELECT min(ctid) FROM quell.tally_before)",
        &["quell.tally_before (", "sum of the sealed days"],
    ),
    ("tally_before", "DELETE FROM quell.tally_before WHERE ctid = (SELECT min(ctid) FROM quell.tally_before)", &["quell.tally_before ("]),
    ("book", "UPDATE quell.book SET tallied_through = tallied_through + 1", &["book", "not sealed"]),
    ("book", "UPDATE quell.book SET head_seq = head_seq + 1", &["book", "head"]),
    ("book", "UPDATE quell.book SET open_day = open_day + 1", &["book", "open day"]),
];

/// The columns of a table that are not generated.
const WRITTEN: &str = "SELECT string_agg(column_name, ', ') FROM information_schema.columns
    WHERE table_schema = 'quell' AND table_name = $1 AND is_generated = 'NEVER'";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_behind_its_back_is_named() {
    let w = sealed_world().await;
    let (code, said) = verify(&w).await;
    assert_eq!(code, Some(0), "{said}");
    let c = w.app.db.connection().await.unwrap();
    c.batch_execute("CREATE SCHEMA keep").await.unwrap();
    let mut missed = Vec::new();
    for (table, change, names) in TAMPERINGS {
        c.batch_execute(&format!("CREATE TABLE keep.{table} AS TABLE quell.{table}")).await.unwrap();
        let rows = c.execute(*change, &[]).await.unwrap_or_else(|e| panic!("{change}: {e:?}"));
        assert_eq!(rows, 1, "{change}");
        let (code, said) = verify(&w).await;
        if code != Some(1) || !names.iter().all(|n| said.contains(n)) {
            missed.push(format!("{change}\n  exit code {code:?}, wanted {names:?} in:\n{said}"));
        }
        let columns: String = c.query_one(WRITTEN, &[table]).await.unwrap().get(0);
        let undo = format!(
            "DELETE FROM quell.{table}; INSERT INTO quell.{table} ({columns}) SELECT {columns} FROM keep.{table}; DROP TABLE keep.{table}"
        );
        c.batch_execute(&undo).await.unwrap();
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    let (code, said) = verify(&w).await;
    assert_eq!(code, Some(0), "all was put back: {said}");
}
