//! `kill -9` at random moments of a running screening.

use super::{Audit, Books, Crew, Program, Served, signal};
use crate::Error;
use quell_foundation::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// What is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Victim {
    /// The server; its PostgreSQL lives on until the next start.
    Server,
    /// One of PostgreSQL's sessions: PostgreSQL cuts off all others and recovers, while the server runs on.
    Session,
    /// The whole of PostgreSQL, which the server starts again.
    Postgres,
    /// Both at once, as when the machine loses its power (but for what the disk itself loses).
    Both,
}

/// In turn.
const VICTIMS: [Victim; 4] = [Victim::Server, Victim::Session, Victim::Postgres, Victim::Both];

/// The session that works now.
const BUSIEST: &str = "SELECT pid::bigint FROM pg_stat_activity WHERE application_name = 'quell' AND pid <> pg_backend_pid()
    ORDER BY state, query_start DESC LIMIT 1";

/// How a trial is made.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Kills.
    pub moments: u64,
    /// Of the moments.
    pub seed: u64,
    /// Stations that work side by side.
    pub desks: usize,
    /// Their pause between requests.
    pub pause: Duration,
}

/// Kills and looks; `told` hears of each kill. What the trial returns is what the last look found.
///
/// # Errors
/// If the trial itself cannot go on: a server does not come back, a station is told something that it should not be told.
pub async fn run(program: &Program, data: &Path, plan: Plan, told: &mut (dyn FnMut(Victim, usize) + Send)) -> Result<Audit, Error> {
    let mut served = Served::new_book(program, data, &[]).await?;
    let mut crew = Crew::begin(&served, plan.desks, plan.pause).await?;
    let mut chance = Stream::named(plan.seed, "kill");
    let mut seen = 0;
    for moment in 0..plan.moments {
        let victim = VICTIMS[(moment % VICTIMS.len() as u64) as usize];
        crew.goes_on(8).await?;
        tokio::time::sleep(Duration::from_millis(chance.between(0, 700) as u64)).await;
        let before = crew.work.receipts();
        strike(&mut served, victim).await?;
        served.recovered().await?;
        let db = served.database().await?;
        let news = before.into_iter().filter(|(_, r)| r.seq > seen).collect::<BTreeMap<_, _>>();
        let lost = Books(&db).lost(&news).await?;
        if lost > 0 {
            return Err(format!("moment {moment} ({victim:?}, seed {}): {lost} acknowledged submissions lost", plan.seed).into());
        }
        seen = news.values().map(|r| r.seq).max().unwrap_or(seen);
        db.close();
        told(victim, crew.work.acknowledged());
    }
    let work = crew.finish().await?;
    let db = served.database().await?;
    served.audited(db, &work).await
}

async fn strike(served: &mut Served, victim: Victim) -> Result<(), Error> {
    match victim {
        Victim::Server => {
            served.kill()?;
            served.again().await
        }
        Victim::Both => {
            let postmaster = served.postmaster()?;
            signal(postmaster, "KILL")?;
            served.kill()?;
            served.again().await
        }
        Victim::Postgres => {
            let postmaster = served.postmaster()?;
            signal(postmaster, "KILL")?;
            // Until the server has found out and started another.
            let since = std::time::Instant::now();
            while served.postmaster().is_ok_and(|p| p == postmaster) && since.elapsed() < Duration::from_secs(60) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Ok(())
        }
        Victim::Session => {
            let db = served.database().await?;
            let pid: i64 = db.connection().await?.query_one(BUSIEST, &[]).await?.get(0);
            db.close();
            Ok(signal(pid as u32, "KILL")?)
        }
    }
}
