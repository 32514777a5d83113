//! Who may have infected a case without a known source: candidates in an order that anyone can check by hand.
//!
//! 1. Whoever could have, by the days between the onsets ([`crate::doubts`]), stands before whoever could not.
//! 2. Then by the strongest evidence that the two met, in the order of [`Evidence`].
//! 3. Then by how near the time between their onsets is to the serial interval of the protocol; unknown is last.
//!
//! A rank is a proposal to ask about, not a link. (Probabilities over whole chains are another thing: they need all cases at once.)

use crate::links::{Doubt, Ill, LinkSeen, doubts};
use quell_foundation::*;
use quell_protocol::Protocol;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What says that a case and a candidate met, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The case was a listed contact of the candidate.
    Named,
    /// Someone has said that the two are linked, without a direction.
    Linked,
    /// They live in one household.
    Household,
    /// Both were at one place, in one vehicle, or at one event, at one time.
    Met,
    /// They are of one class, one workplace, or another group: they may have met on any day, nobody says on which.
    Group,
    /// They live in one unit of a building.
    Unit,
    /// They live in one community.
    Community,
}

/// A candidate with what speaks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceSeen {
    /// The candidate's case.
    pub case: CaseId,
    /// Its onset, else the day of its first positive sample: when it was ill at the latest.
    pub ill: Instant,
    /// What says that they met.
    pub evidence: BTreeSet<Evidence>,
    /// When they met last, as far as it is known.
    pub met_at: Option<Instant>,
}

/// A candidate in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedSource {
    /// The candidate.
    pub seen: SourceSeen,
    /// Days from its onset to the case's.
    pub days: f64,
    /// Why it could not be.
    pub doubts: BTreeSet<Doubt>,
}

/// Candidates for the source of a case that fell ill (or was sampled) then, the first to ask about first.
pub fn rank_sources(protocol: &Protocol, case: CaseId, ill: Instant, candidates: Vec<SourceSeen>) -> Vec<RankedSource> {
    let serial = protocol.serial_interval_days();
    let mut ranked: Vec<RankedSource> = candidates
        .into_iter()
        .filter(|c| c.case != case)
        .map(|seen| {
            // A link of its own for each: several candidates do not contradict each other.
            let link = LinkId(derived_uuid(&[b"candidate", seen.case.0.as_bytes()]));
            let would_be = LinkSeen { link, source: seen.case, target: case, directed: true, contact_at: seen.met_at };
            let at = |onset| Ill { onset: Some(onset), withdrawn: false };
            let cases = BTreeMap::from([(seen.case, at(seen.ill)), (case, at(ill))]);
            let doubts = doubts(protocol, &[would_be], &cases).remove(&link).unwrap_or_default();
            RankedSource { days: ill.since(seen.ill).seconds() as f64 / 86_400.0, seen, doubts }
        })
        .collect();
    ranked.sort_by(|a, b| {
        let off = |r: &RankedSource| serial.map_or(0.0, |s| (r.days - s).abs());
        let key = |r: &RankedSource| (!r.doubts.is_empty(), r.seen.evidence.first().copied().map_or(u8::MAX, |e| e as u8));
        key(a).cmp(&key(b)).then(off(a).total_cmp(&off(b))).then(a.seen.case.cmp(&b.seen.case))
    });
    ranked
}

/// The cluster of each case that is linked to another, directly or by others: the least id of its cases. A link without a direction
/// counts, for it says that both belong to one outbreak.
pub fn clusters(links: &[LinkSeen]) -> BTreeMap<CaseId, CaseId> {
    let mut parent: BTreeMap<CaseId, CaseId> = links.iter().flat_map(|l| [(l.source, l.source), (l.target, l.target)]).collect();
    for l in links {
        let (a, b) = (root(&mut parent, l.source), root(&mut parent, l.target));
        parent.insert(a.max(b), a.min(b));
    }
    let cases: Vec<CaseId> = parent.keys().copied().collect();
    cases.into_iter().map(|c| (c, root(&mut parent, c))).collect()
}

/// The least case that stands for a cluster; whoever is asked on the way points to it from then on.
fn root(parent: &mut BTreeMap<CaseId, CaseId>, of: CaseId) -> CaseId {
    let mut at = of;
    while let Some(up) = parent.get(&at).copied().filter(|up| *up != at) {
        at = up;
    }
    let mut step = of;
    while step != at {
        match parent.insert(step, at) {
            Some(up) => step = up,
            None => break,
        }
    }
    at
}
