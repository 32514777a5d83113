//! Who in the book could be this person (一人一档): found by keys, judged by the matcher, with its reasons. A machine proposes;
//! whether two records are one person is decided by someone (`persons_merged`, `persons_distinct`).

use crate::app::App;
use crate::import::report::Words;
use deadpool_postgres::GenericClient;
use quell_foundation::*;
use quell_matching::{Match, Matcher, Particulars, Prepared, Verdict};
use quell_store::similar::{self, Known};
use quell_store::{Scope, StoreError};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

/// Most candidates that are shown for one.
const MOST: usize = 20;

static MATCHER: LazyLock<Matcher> = LazyLock::new(Matcher::default);

/// Someone who could be the same person.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The record under which the person goes on.
    pub person: PersonId,
    /// The record that is alike: another one, if that is a second record.
    pub known: Known,
    /// Log-likelihood ratio in hundredths of a bit.
    pub score: i32,
    /// What follows from it.
    pub verdict: Verdict,
    /// Why, in words.
    pub reasons: Vec<Words>,
}

/// Who could be each of these, the likeliest first, in the whole book.
///
/// # Errors
/// If the database refuses.
pub async fn candidates(app: &App, of: &[Particulars]) -> Result<Vec<Vec<Candidate>>, StoreError> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let c = app.db.connection().await?;
    let search = Search::begin(&c, app.config.book, of).await?;
    let known = similar::persons(&c, app.config.book, &search.ids()).await?;
    Ok(search.judge(known))
}

/// The same as far as a reader may see; and how many records have a key in common that the reader may not see.
///
/// # Errors
/// If the database refuses.
pub async fn candidates_in(
    app: &App,
    scope: &Scope,
    deadline: std::time::Instant,
    of: &[Particulars],
) -> Result<(Vec<Vec<Candidate>>, usize), StoreError> {
    let search = Search::begin(&app.db.connection().await?, scope.book, of).await?;
    let ids = search.ids();
    let known = app.db.read_until(scope, deadline, async |tx| similar::persons(tx, scope.book, &ids).await).await?;
    let unseen = ids.len() - known.len();
    Ok((search.judge(known), unseen))
}

/// What was asked for, and who has a key in common.
struct Search<'a> {
    of: &'a [Particulars],
    prepared: Vec<Prepared>,
    holders: HashMap<i64, Vec<PersonId>>,
}

impl<'a> Search<'a> {
    async fn begin(c: &impl GenericClient, book: BookId, of: &'a [Particulars]) -> Result<Self, StoreError> {
        let prepared: Vec<Prepared> = of.iter().map(|p| MATCHER.prepare(p)).collect();
        let keys: BTreeSet<i64> = prepared.iter().flat_map(keys).collect();
        let holders = similar::by_keys(c, book, &keys.into_iter().collect::<Vec<_>>()).await?;
        Ok(Self { of, prepared, holders })
    }

    fn ids(&self) -> Vec<PersonId> {
        self.holders.values().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn judge(&self, known: Vec<Known>) -> Vec<Vec<Candidate>> {
        let known: HashMap<PersonId, (Known, Particulars, Prepared)> = known
            .into_iter()
            .map(|k| {
                let by = k.particulars();
                let prepared = MATCHER.prepare(&by);
                (k.person_id, (k, by, prepared))
            })
            .collect();
        let one = |(asked, prepared): (&Particulars, &Prepared)| {
            let holders: HashSet<PersonId> = keys(prepared).filter_map(|k| self.holders.get(&k)).flatten().copied().collect();
            let mut found: Vec<Candidate> = holders
                .iter()
                .filter_map(|id| known.get(id))
                .map(|(k, by, other)| (MATCHER.compare(prepared, other), k, by))
                .filter(|(m, _, _)| m.verdict != Verdict::Different)
                .map(|(m, k, by)| candidate(m, asked, k, by))
                .collect();
            found.sort_by_key(|c| (-c.score, c.known.person_id));
            let mut seen = HashSet::new();
            found.retain(|c| seen.insert(c.person));
            found.truncate(MOST);
            found
        };
        self.of.iter().zip(&self.prepared).map(one).collect()
    }
}

fn keys(of: &Prepared) -> impl Iterator<Item = i64> {
    of.keys().into_iter().map(|k| k.as_i64())
}

fn candidate(m: Match, asked: &Particulars, known: &Known, by: &Particulars) -> Candidate {
    let reasons = reasons(&m, asked, by);
    Candidate { person: known.same_as.unwrap_or(known.person_id), known: known.clone(), score: m.score, verdict: m.verdict, reasons }
}

/// Why a pair got its score, in words.
pub(crate) fn reasons(m: &Match, asked: &Particulars, by: &Particulars) -> Vec<Words> {
    m.reasons.iter().map(|r| Words::new(r.en(asked, by), r.zh(asked, by))).collect()
}
