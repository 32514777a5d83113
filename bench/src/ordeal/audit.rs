//! What must hold after a fault: every acknowledged submission is in the book once and whole, and nothing else is.

use super::{Program, Served, Work};
use crate::Error;
use crate::screening::{BOOK, EACH, Hand, TUBES, id};
use quell_book::Receipt;
use quell_foundation::*;
use quell_store::{Database, log};
use std::collections::{BTreeMap, HashMap};

/// How often PostgreSQL is asked before it is given up: for half a minute.
const TRIES: usize = 300;

/// What was found.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Audit {
    /// Submissions that were acknowledged.
    pub acknowledged: usize,
    /// Of those, the ones that the book has not, or with another receipt.
    pub lost: usize,
    /// Requests that got no answer, or a passing refusal, and were sent again.
    pub repeated: usize,
    /// Submissions whose work is in the book more than once.
    pub doubled: usize,
    /// Submissions that are in the book in part.
    pub torn: usize,
    /// Whether the day closes and `quell verify` finds nothing: `ok`, or what was said.
    pub verify: String,
}

impl Audit {
    /// True if nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.torn == 0 && self.verify == "ok"
    }
}

/// The book, looked at past the server.
pub struct Books<'a>(pub &'a Database);

impl Books<'_> {
    /// How many of these receipts the book has not, or has otherwise.
    ///
    /// # Errors
    /// The database's.
    pub async fn lost(&self, receipts: &BTreeMap<SubmissionId, Receipt>) -> Result<usize, Error> {
        let ids: Vec<uuid::Uuid> = receipts.keys().map(|id| id.0).collect();
        let mut kept: HashMap<SubmissionId, Receipt> = HashMap::new();
        for part in ids.chunks(10_000) {
            kept.extend(self.receipts(part).await?);
        }
        Ok(receipts.iter().filter(|(id, r)| kept.get(id) != Some(r)).count())
    }

    /// PostgreSQL may still be recovering from a kill, and cuts off who came before it had noticed.
    async fn receipts(&self, ids: &[uuid::Uuid]) -> Result<Vec<(SubmissionId, Receipt)>, Error> {
        for _ in 0..TRIES {
            let asked = async { log::receipts(&self.0.connection().await?, BookId(BOOK), ids).await };
            match asked.await {
                Ok(found) => return Ok(found.into_iter().collect()),
                Err(e) if e.is_passing() => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
                Err(e) => return Err(e.into()),
            }
        }
        Err("PostgreSQL does not come back".into())
    }

    /// Submissions whose registrations or results are there twice, and such as are there in part. `made`: how many there are of each hand.
    async fn doubled_and_torn(&self, made: usize) -> Result<(usize, usize), Error> {
        let c = self.0.connection().await?;
        let rows = c
            .query(
                "SELECT n, max(registered)::bigint, max(tubes)::bigint, max(writings)::bigint, max(read)::bigint FROM (
                     SELECT split_part(tube, '-', 1) AS n, count(*) AS registered, count(DISTINCT tube) AS tubes, count(DISTINCT seq) AS writings, 0 AS read
                     FROM quell.registration GROUP BY 1
                     UNION ALL
                     SELECT split_part(tube, '-', 1), 0, 0, 0, count(*) FROM quell.result GROUP BY 1) x GROUP BY n",
                &[],
            )
            .await?;
        let logged: std::collections::HashSet<uuid::Uuid> =
            c.query("SELECT submission_id FROM quell.submission", &[]).await?.iter().map(|r| r.get(0)).collect();
        let rows: HashMap<usize, [i64; 4]> =
            rows.iter().filter_map(|r| Some((r.get::<_, &str>(0).parse().ok()?, [r.get(1), r.get(2), r.get(3), r.get(4)]))).collect();
        let (mut doubled, mut torn) = (0, 0);
        for n in 0..made {
            let [registered, tubes, writings, read] = rows.get(&n).copied().unwrap_or_default();
            let expect = |hand, whole: usize| if logged.contains(&id(hand, n).0) { whole as i64 } else { 0 };
            let (swabs, results) = (expect(Hand::Station, TUBES * EACH), expect(Hand::Laboratory, TUBES));
            doubled += usize::from(registered > swabs || writings > 1 || read > results);
            torn += usize::from(registered < swabs || (swabs > 0 && tubes != TUBES as i64) || read < results);
        }
        Ok((doubled, torn))
    }

    async fn number(&self, sql: &str) -> Result<i64, Error> {
        Ok(self.0.connection().await?.query_one(sql, &[]).await?.get(0))
    }

    /// Compares receipts, registrations, results and counts; what `quell verify` says is added by [`Served::audited`].
    ///
    /// # Errors
    /// If the book cannot be looked at; what is wrong in it is in the answer.
    pub async fn audit(&self, work: &Work) -> Result<Audit, Error> {
        let receipts = work.receipts();
        let lost = self.lost(&receipts).await?;
        let (mut doubled, torn) = self.doubled_and_torn(work.made()).await?;
        // What a counter counts twice is not in the rows.
        let rows = self.number("SELECT count(*) FROM quell.registration").await?;
        let counted = self.number("SELECT coalesce(sum(opened), 0)::bigint FROM quell.tally WHERE kind = 'result'").await?;
        doubled += usize::from(counted != rows);
        Ok(Audit { acknowledged: receipts.len(), lost, repeated: work.again(), doubled, torn, verify: String::new() })
    }
}

impl Served {
    /// [`Books::audit`], then the day is closed, and after an orderly stop `quell verify` has the last word.
    ///
    /// # Errors
    /// If the book cannot be looked at, or the server does not stop in order.
    pub async fn audited(self, db: Database, work: &Work) -> Result<Audit, Error> {
        let mut audit = Books(&db).audit(work).await?;
        db.close();
        let (mut close, mut verify) = (self.command(), self.command());
        self.stop()?;
        let said = tokio::task::spawn_blocking(move || -> std::io::Result<String> {
            for c in [close.arg("close"), verify.arg("verify")] {
                let out = Program::run(c, "")?;
                if !out.status.success() {
                    return Ok(String::from_utf8_lossy(&out.stderr).into_owned());
                }
            }
            Ok("ok".into())
        });
        audit.verify = said.await??;
        Ok(audit)
    }
}
