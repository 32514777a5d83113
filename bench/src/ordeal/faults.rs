//! What else can break: each fault strikes a running screening; afterwards every acknowledged submission must be in the book once, the
//! day must close, `quell verify` must find nothing, and the server's log must say in a line what happened.

use super::proxy::{Proxy, Way};
use super::{Audit, Cage, Crew, Program, Served, disks, signal};
use crate::Error;
use quell_foundation::Stream;
use quell_store::Database;
use quell_store::server::{self, Postgres};
use std::path::Path;
use std::time::Duration;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The wire to PostgreSQL is cut at every step of a transaction, in both directions.
    Cut,
    /// PostgreSQL gets and gives nothing for longer than the server waits, at a random step.
    Hang,
    /// PostgreSQL is restarted in order.
    Restart,
    /// PostgreSQL may only be read for a while, as after a fail-over to a standby.
    ReadOnly,
    /// The disk is full for a while (a small file system of its own; needs root).
    DiskFull,
    /// A disk that fails: its file system can only be read (ext4 after an error), until someone stops the server, checks the disk and starts
    /// again (needs root).
    DiskReadOnly,
    /// The system kills what needs too much memory (a control group; needs root).
    OutOfMemory,
    /// The machine's clock jumps a day ahead, and then a day back.
    ClockSteps,
    /// Two servers work on one database, and one of them is killed.
    TwoServers,
    /// The first start is killed in the middle of its migrations.
    Migration,
    /// A backup is taken while everyone works, and restored; the senders send again what it has not.
    Backup,
    /// Senders hand everything in again, and more that is as old, three days later.
    LateSenders,
}

/// What a trial found.
#[derive(Debug, serde::Serialize)]
pub struct Found {
    /// The fault.
    pub fault: Fault,
    /// How often it struck.
    pub strikes: usize,
    /// What the book says.
    pub audit: Audit,
    /// The line of the server's log that names what happened.
    pub said: String,
}

/// This user may not bring the fault about on this machine.
#[derive(Debug, thiserror::Error)]
#[error("it cannot be tried here: {0}")]
pub struct NotHere(pub(super) String);

/// Stations at work during a trial.
pub(super) const DESKS: usize = 4;
pub(super) const PAUSE: Duration = Duration::from_millis(40);

/// Lets one fault strike. `thorough`: at every step instead of some.
///
/// # Errors
/// If the trial cannot be made here, the server does not come back, or says nothing about it.
pub async fn run(program: &Program, home: &Path, fault: Fault, seed: u64, thorough: bool) -> Result<Found, Error> {
    let chance = Stream::named(seed, "faults");
    match fault {
        Fault::Cut | Fault::Hang => wire(program, home, fault, chance, thorough).await,
        Fault::Restart | Fault::ReadOnly => behind_its_back(program, home, fault, if thorough { 10 } else { 2 }).await,
        Fault::DiskFull => disks::full(program, home).await,
        Fault::DiskReadOnly => disks::read_only(program, home).await,
        Fault::OutOfMemory => out_of_memory(program, home).await,
        Fault::ClockSteps => clock_steps(program, home).await,
        Fault::Migration => migration(program, home).await,
        Fault::Backup => backup(program, home).await,
        Fault::LateSenders => late_senders(program, home).await,
        Fault::TwoServers => two_servers(program, home, if thorough { 10 } else { 2 }).await,
    }
}

/// The first line of the log that has all of these words.
pub(super) fn said(log: &str, words: &[&str]) -> Result<String, Error> {
    let line = log.lines().find(|l| words.iter().all(|w| l.contains(w)));
    line.map(str::to_owned).ok_or_else(|| format!("no line of the log has {words:?}:\n{log}").into())
}

/// Work stops, and the book is looked at.
pub(super) async fn ended(served: Served, crew: Crew, fault: Fault, strikes: usize, said: String) -> Result<Found, Error> {
    let work = crew.finish().await?;
    let db = served.database().await?;
    Ok(Found { fault, strikes, audit: served.audited(db, &work).await?, said })
}

/// A PostgreSQL that is not the server's own.
fn database(home: &Path) -> Result<Postgres, Error> {
    Ok(server::start(&server::Options { data: home.join("database"), ..server::Options::default() })?)
}

fn reached_by(url: String) -> Vec<String> {
    vec!["--database-url".into(), url]
}

fn over(address: std::net::SocketAddr, pg: &Postgres) -> String {
    format!("host={} port={} user={} dbname={}", address.ip(), address.port(), pg.user(), pg.database())
}

async fn wire(program: &Program, home: &Path, fault: Fault, mut chance: Stream, thorough: bool) -> Result<Found, Error> {
    let pg = database(home)?;
    let proxy = Proxy::to(pg.socket_dir().join(format!(".s.PGSQL.{}", pg.port()))).await?;
    let served = Served::new_book(program, &home.join("data"), &reached_by(over(proxy.address, &pg))).await?;
    let mut crew = Crew::begin(&served, DESKS, PAUSE).await?;
    // A transaction of the door has some twenty pieces each way, and several go side by side.
    let (steps, each): (u32, u32) = match (fault, thorough) {
        (Fault::Hang, false) => (1, 1),
        (Fault::Hang, true) => (4, 10),
        (_, false) => (8, 5),
        (_, true) => (60, 1),
    };
    let mut strikes = 0;
    for step in 0..steps {
        for way in [Way::Asking, Way::Answering] {
            crew.goes_on(4).await?;
            let pieces = step * each + chance.below(u64::from(each)) as u32;
            if fault == Fault::Hang {
                proxy.hold_after(pieces, way);
                proxy.struck().await;
                // Longer than the door waits, which is twenty seconds.
                tokio::time::sleep(Duration::from_secs(25)).await;
                proxy.let_go();
            } else {
                proxy.cut_after(pieces, way);
                proxy.struck().await;
            }
            strikes += 1;
        }
    }
    crew.goes_on(4).await?;
    let words = if fault == Fault::Hang { "did not answer within" } else { "connection" };
    let said = said(&served.log()?, &[words])?;
    let work = crew.finish().await?;
    let audit = served.audited(Database::new(&pg.connection_string(), 2)?, &work).await?;
    Ok(Found { fault, strikes, audit, said })
}

async fn behind_its_back(program: &Program, home: &Path, fault: Fault, times: usize) -> Result<Found, Error> {
    let mut served = Served::new_book(program, &home.join("data"), &[]).await?;
    let mut crew = Crew::begin(&served, DESKS, PAUSE).await?;
    for _ in 0..times {
        crew.goes_on(8).await?;
        if fault == Fault::Restart {
            // A fast shutdown, as a package upgrade does it; the server finds it gone and starts it again.
            signal(served.postmaster()?, "INT")?;
            tokio::time::sleep(Duration::from_secs(2)).await;
        } else {
            let db = served.database().await?;
            let c = db.connection().await?;
            for on in ["on", "off"] {
                c.batch_execute(&format!("ALTER SYSTEM SET default_transaction_read_only = {on}")).await?;
                c.batch_execute("SELECT pg_reload_conf()").await?;
                tokio::time::sleep(Duration::from_secs(3)).await;
            }
        }
        served.recovered().await?;
    }
    crew.goes_on(8).await?;
    let words: &[&str] = if fault == Fault::Restart { &["PostgreSQL has died"] } else { &["read-only"] };
    let said = said(&served.log()?, words)?;
    ended(served, crew, fault, times, said).await
}

async fn out_of_memory(program: &Program, home: &Path) -> Result<Found, Error> {
    let cage = Cage::memory(8 << 30).map_err(|e| NotHere(format!("no control group: {e}")))?;
    let mut served = Served::new_book(&program.clone().caged(&cage), &home.join("data"), &[]).await?;
    let mut crew = Crew::begin(&served, DESKS, PAUSE).await?;
    crew.goes_on(40).await?;
    let before = cage.killed()?;
    let since = std::time::Instant::now();
    // A server that happens to need nothing more would live on in what it has.
    let mut hungry = cage.hungry()?;
    while cage.killed()? == before {
        cage.squeeze();
        if since.elapsed() > Duration::from_secs(60) {
            hungry.kill()?;
            return Err("the system killed nothing".into());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    hungry.kill()?;
    hungry.wait()?;
    cage.memory_is(8 << 30)?;
    if !served.lives() {
        served.again().await?;
    }
    served.recovered().await?;
    crew.goes_on(40).await?;
    // If it was the server itself, it could not say so; its supervisor does.
    let said = said(&served.log()?, &["PostgreSQL has died"]).or_else(|_| said(&served.log()?, &["connection"])).unwrap_or_default();
    ended(served, crew, Fault::OutOfMemory, 1, said).await
}

async fn clock_steps(program: &Program, home: &Path) -> Result<Found, Error> {
    let data = home.join("data");
    let mut served = Served::new_book(program, &data, &[]).await?;
    let mut crew = Crew::begin(&served, DESKS, PAUSE).await?;
    // The stations keep the right time; the server is a day ahead, right again, a day behind, right again.
    for hours in [24, 0, -24, 0i64] {
        crew.goes_on(8).await?;
        std::fs::write(data.join("clock"), (hours * 3_600_000_000).to_string())?;
        served.kill()?;
        served.again().await?;
    }
    crew.goes_on(8).await?;
    let said = said(&served.log()?, &["simulated time"])?;
    ended(served, crew, Fault::ClockSteps, 4, said).await
}

/// How often two servers are given the chance to decide at one moment.
const MEETINGS: usize = 40;

async fn two_servers(program: &Program, home: &Path, times: usize) -> Result<Found, Error> {
    let pg = database(home)?;
    let options = reached_by(pg.connection_string());
    let first = Served::new_book(program, &home.join("data"), &options).await?;
    let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut second = Served::start(program, &home.join("data"), address, &options).await?;
    let mut crew = Crew::begin(&first, DESKS, PAUSE).await?.also_at(second.address, DESKS, PAUSE);
    for _ in 0..times {
        crew.goes_on(16).await?;
        second.kill()?;
        crew.goes_on(8).await?;
        second.again().await?;
    }
    // Whether both decide at one moment is chance: work goes on until they have, for a while.
    for _ in 0..MEETINGS {
        crew.goes_on(16).await?;
        if said(&first.log()?, &["decided again"]).is_ok() {
            break;
        }
    }
    let said = said(&first.log()?, &["decided again"])?;
    let work = crew.finish().await?;
    second.stop()?;
    let audit = first.audited(Database::new(&pg.connection_string(), 2)?, &work).await?;
    Ok(Found { fault: Fault::TwoServers, strikes: times, audit, said })
}

/// How long three days are, in microseconds.
const THREE_DAYS: i64 = 72 * 3_600_000_000;

async fn late_senders(program: &Program, home: &Path) -> Result<Found, Error> {
    let data = home.join("data");
    let mut served = Served::new_book(program, &data, &[]).await?;
    let mut crew = Crew::begin(&served, DESKS, PAUSE).await?;
    crew.goes_on(40).await?;
    crew.pause().await?;
    served.kill()?;
    std::fs::write(data.join("clock"), THREE_DAYS.to_string())?;
    served.again().await?;
    crew.send_all_again(served.address, false).await?;
    // What they bring now was swabbed three days ago, as the server sees it.
    let mut crew = crew.also_at(served.address, DESKS, PAUSE);
    crew.goes_on(40).await?;
    let said = said(&served.log()?, &["simulated time"])?;
    let work = crew.finish().await?;
    // After three days the round is overdue; the day closes when somebody answers for that.
    served.own_what_is_overdue().await?;
    let db = served.database().await?;
    Ok(Found { fault: Fault::LateSenders, strikes: 1, audit: served.audited(db, &work).await?, said })
}

async fn backup(program: &Program, home: &Path) -> Result<Found, Error> {
    let served = Served::new_book(program, &home.join("data"), &[]).await?;
    let mut crew = Crew::begin(&served, DESKS, PAUSE).await?;
    crew.goes_on(40).await?;
    let before = crew.work.receipts();
    let file = home.join("backup");
    let file = file.to_str().ok_or("the path is no text")?;
    served.must(&["backup", file], "").await?;
    crew.goes_on(40).await?;
    crew.pause().await?;
    let address = served.address;
    served.stop()?;
    // Another machine, with nothing but the backup.
    let data = home.join("restored");
    let mut restore = program.command(&data);
    restore.args(["restore", file]);
    tokio::task::spawn_blocking(move || Program::must(&mut restore, "")).await??;
    let served = Served::start(program, &data, address, &[]).await?;
    let db = served.database().await?;
    let lost = super::Books(&db).lost(&before).await?;
    db.close();
    if lost > 0 {
        return Err(format!("{lost} submissions that were acknowledged before the backup are not in it").into());
    }
    crew.send_all_again(address, true).await?;
    ended(served, crew, Fault::Backup, 1, String::new()).await
}

async fn migration(program: &Program, home: &Path) -> Result<Found, Error> {
    let pg = database(home)?;
    let db = Database::new(&pg.connection_string(), 2)?;
    let mut c = db.connection().await?;
    c.batch_execute("CREATE SCHEMA quell; CREATE TABLE quell.migration (number integer PRIMARY KEY)").await?;
    // The first migration is done, but cannot be written down.
    let held = c.transaction().await?;
    held.batch_execute("LOCK TABLE quell.migration IN SHARE MODE").await?;
    let (data, options) = (home.join("data"), reached_by(pg.connection_string()));
    let mut first = program.command(&data).args(&options).args(["book", "create", "500237", "50.500237"]).spawn()?;
    let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'quell.migration'::regclass";
    let watch = db.connection().await?;
    while watch.query_one(waits, &[]).await?.get::<_, i64>(0) == 0 {
        if first.try_wait()?.is_some() {
            return Err("the migration did not wait".into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    first.kill()?;
    first.wait()?;
    held.rollback().await?;
    let left = "SELECT count(*) FROM pg_tables WHERE schemaname = 'quell' AND tablename <> 'migration'";
    while watch
        .query_one(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'quell' AND state <> 'idle' AND pid <> pg_backend_pid()",
            &[],
        )
        .await?
        .get::<_, i64>(0)
        > 0
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let tables: i64 = watch.query_one(left, &[]).await?.get(0);
    if tables > 0 {
        return Err(format!("half a migration left {tables} tables").into());
    }
    let served = Served::new_book(program, &data, &options).await?;
    let mut crew = Crew::begin(&served, DESKS, PAUSE).await?;
    crew.goes_on(40).await?;
    let work = crew.finish().await?;
    drop((c, watch));
    Ok(Found { fault: Fault::Migration, strikes: 1, audit: served.audited(db, &work).await?, said: String::new() })
}
