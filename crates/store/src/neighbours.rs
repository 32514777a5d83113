//! The people of a community who are still to be swabbed, read together when one of its stations begins to hand in: one pass over the
//! community costs a fraction of three look-ups a person. They stay in memory from batch to batch, and are good only beside the memory
//! of those batches, which says what has changed since they were read.

use crate::error::StoreError;
use crate::hot;
use crate::load::Tx;
use futures_util::future::try_join_all;
use futures_util::try_join;
use quell_book::needs::Needs;
use quell_book::{Brief, Fact, State};
use quell_foundation::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use tokio::sync::Mutex;

/// From so many of its people in one batch on, a community is read.
const WORTH_READING: usize = 20;
/// Of so many unknown people of a batch the homes are looked up first, to know which communities are coming.
const ASKED_FIRST: usize = 16;
/// So many communities are read before their people come.
const READ_BEFOREHAND: usize = 2;
/// Most people in memory (some 150 bytes each); beyond them everybody is looked up singly.
const MOST: usize = 500_000;

/// The people of some communities whom nothing is open about but the swab: no open round has a registration of them, and they are on
/// the roster of each, neither waived nor missed.
#[derive(Debug, Default)]
pub(crate) struct Neighbours {
    /// The rounds that were in the slice when they were read, in order; beside others they are of no use.
    rounds: Vec<RoundId>,
    waiting: HashMap<PersonId, Brief, foldhash::fast::RandomState>,
    /// Communities that were read, or are being read.
    read: HashSet<PlaceId>,
    /// Communities of which someone has come.
    begun: HashSet<PlaceId>,
}

/// Those of a batch who were taken.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// The rounds they waited in.
    pub rounds: Vec<RoundId>,
    pub people: Vec<Brief>,
    /// Communities of which these were the first.
    pub begun: Vec<PlaceId>,
}

impl Neighbours {
    /// Takes out those who are swabbed, and crosses them off what is wanted. `slice`: what the batch is read to.
    pub async fn take(&mut self, tx: &Tx<'_>, slice: &State, want: &mut Needs, facts: &[&Fact]) -> Result<Taken, StoreError> {
        if want.rounds.iter().any(|r| slice.rounds.get(r).is_none()) {
            return Ok(Taken::default());
        }
        let mut rounds: Vec<RoundId> = slice.rounds.values().map(|r| r.round.clone()).collect();
        rounds.sort();
        if rounds != self.rounds {
            *self = Self { rounds, ..Self::default() };
        }
        let registered = |in_round: bool| {
            facts.iter().filter_map(move |f| match f {
                Fact::Registered(f) if f.round.is_some() == in_round => Some(f.person),
                _ => None,
            })
        };
        // Who is also swabbed outside the round is looked up: what is in that tube is not known here.
        let loose: HashSet<PersonId> = registered(false).collect();
        let mut coming: Vec<PersonId> = registered(true).filter(|p| !loose.contains(p)).collect();
        let mut people = Vec::with_capacity(coming.len());
        self.take_known(&mut coming, &mut people);
        if coming.len() >= WORTH_READING && self.waiting.len() < MOST {
            self.read(tx, slice.config.tally_depth, &coming).await?;
            self.take_known(&mut coming, &mut people);
        }
        let mut begun = Vec::new();
        for b in &people {
            want.swabbed.remove(&b.person_id);
            if !self.begun.contains(&b.place) {
                self.begun.insert(b.place.clone());
                begun.push(b.place.clone());
            }
        }
        Ok(Taken { rounds: self.rounds.clone(), people, begun })
    }

    fn take_known(&mut self, coming: &mut Vec<PersonId>, taken: &mut Vec<Brief>) {
        coming.retain(|person| match self.waiting.remove(person) {
            Some(brief) => {
                taken.push(brief);
                false
            }
            None => true,
        });
    }

    /// Reads the communities of these people, as far as it is worth it.
    async fn read(&mut self, tx: &Tx<'_>, tally_depth: usize, coming: &[PersonId]) -> Result<(), StoreError> {
        let every = coming.len().div_ceil(ASKED_FIRST);
        let asked: Vec<uuid::Uuid> = coming.iter().step_by(every).map(|p| p.0).collect();
        let mut found: BTreeMap<PlaceId, usize> = BTreeMap::new();
        for brief in hot::briefs(tx, tally_depth, &asked).await? {
            *found.entry(brief.place).or_default() += every;
        }
        found.retain(|community, people| *people >= WORTH_READING && !self.read.contains(community));
        let read = try_join_all(found.keys().map(|c| community(tx, c, &self.rounds))).await?;
        self.add(read.into_iter().flatten().collect());
        self.read.extend(found.into_keys());
        Ok(())
    }

    /// True if the community is not here yet and may be read; nobody else reads it then.
    fn claim(&mut self, rounds: &[RoundId], community: &PlaceId) -> bool {
        self.rounds == rounds && self.waiting.len() < MOST && self.read.insert(community.clone())
    }

    fn add(&mut self, people: Vec<Brief>) {
        self.waiting.extend(people.into_iter().map(|b| (b.person_id, b)));
    }

    /// Leaves out everyone about whom this slice, which is let go, has something newer: the database has it by now.
    pub fn without_changed(mut self, slice: &State) -> Self {
        for person in slice.people() {
            self.waiting.remove(&person);
        }
        self
    }
}

/// Reads the communities that follow one whose people have begun to come: where a station goes from street to street, its people are
/// in memory when they come. Nobody waits for this.
pub(crate) async fn read_next(neighbours: &Mutex<Neighbours>, tx: &Tx<'_>, begun: PlaceId) -> Result<(), StoreError> {
    let rounds = neighbours.lock().await.rounds.clone();
    let Some(round) = rounds.first() else { return Ok(()) };
    let mut last = begun;
    for _ in 0..READ_BEFOREHAND {
        let Some(next) = hot::next_on_roster(tx, round, &last).await? else { break };
        if neighbours.lock().await.claim(&rounds, &next) {
            let people = community(tx, &next, &rounds).await;
            let mut n = neighbours.lock().await;
            if people.is_err() {
                n.read.remove(&next);
            }
            let people = people?;
            if n.rounds == rounds {
                n.add(people);
            }
        }
        last = next;
    }
    Ok(())
}

/// Reads a community. Who is on some of the rosters only, or as someone of another community, is looked up singly.
async fn community(tx: &Tx<'_>, place: &PlaceId, rounds: &[RoundId]) -> Result<Vec<Brief>, StoreError> {
    let rosters = try_join_all(rounds.iter().map(|r| hot::still_on_roster(tx, place, r)));
    let (mut briefs, rosters) = try_join!(hot::unregistered(tx, place, rounds), rosters)?;
    let rosters: Vec<HashSet<PersonId>> = rosters.into_iter().map(|ids| ids.into_iter().collect()).collect();
    briefs.retain(|b| rosters.iter().all(|r| r.contains(&b.person_id)));
    Ok(briefs)
}
