//! Links between cases (传播链): said with their certainty and evidence, kept though they contradict each other, and doubted by stated
//! rules. What a link says is a fact; what is doubtful about it is worked out from the cases as they are now.

use crate::act::{Act, Outcome};
use crate::fact::*;
use crate::hand_in::check_decision;
use crate::refuse;
use crate::rows::Link;
use crate::table::Group;
use quell_foundation::*;
use quell_protocol::Protocol;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

impl Act<'_> {
    pub(crate) fn link_stated(&mut self, f: &LinkStated) -> Outcome {
        self.not_future(f.at)?;
        self.case(&f.source)?;
        let target = self.case(&f.target)?;
        if f.source == f.target {
            return Err(refuse!("link.itself", "target", "nobody infects themselves", "感染来源不能是本人"));
        }
        if f.evidence.trim().is_empty() {
            return Err(refuse!("link.evidence", "evidence", "say what the link rests on", "请写明关联依据"));
        }
        let same = |l: &&Link| l.withdrawn.is_none() && (l.source_case, l.target_case) == (f.source, f.target);
        if self.s.links.get(&f.link).is_some() || self.s.links.group(&Group::Case(f.target)).into_iter().any(|l| same(&l)) {
            return Err(refuse!(
                "link.exists",
                "link",
                "this link exists; withdraw it first if it is to say something else",
                "该关联已存在；如需更改请先撤销"
            ));
        }
        self.s.links.put(Link {
            link_id: f.link,
            source_case: f.source,
            target_case: f.target,
            place: target.place,
            directed: f.directed,
            certainty: f.certainty,
            context: f.context,
            contact_at: f.contact_at.map(|t| t.at),
            evidence: f.evidence.clone(),
            stated_at: f.at.at,
            seq: self.c.seq,
            withdrawn: None,
        });
        Ok(())
    }

    pub(crate) fn link_withdrawn(&mut self, f: &LinkWithdrawn) -> Outcome {
        self.not_future(f.at)?;
        check_decision(Some(&f.decision))?;
        let id = f.link;
        let Some(l) = self.s.links.get(&id).filter(|l| l.withdrawn.is_none()).cloned() else {
            return Err(refuse!("link.unknown", "link", "no link {id} that stands", "没有有效的关联 {id}"));
        };
        self.s.links.put(Link { withdrawn: Some(format!("{}: {}", f.decision.decider, f.decision.reason)), ..l });
        Ok(())
    }
}

/// Why a link is doubtful.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The source fell ill after the one it is said to have infected. (It happens, where people infect before they are ill.)
    SourceIllLater,
    /// The time between the two onsets is shorter than the disease allows.
    TooSoon,
    /// The time between the two onsets is longer than the disease allows.
    TooLate,
    /// When they met the source was not infectious.
    NotInfectiousThen,
    /// The case has another source as well.
    SeveralSources,
    /// The links go round in a circle.
    Circle,
    /// One of the two cases was withdrawn.
    CaseWithdrawn,
}

/// A link as the rules of doubt see it.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkSeen {
    /// Link.
    pub link: LinkId,
    /// Source.
    pub source: CaseId,
    /// Target.
    pub target: CaseId,
    /// It is known who infected whom.
    pub directed: bool,
    /// When they met.
    pub contact_at: Option<Instant>,
}

/// A case as the rules of doubt see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ill {
    /// Onset of symptoms, if known.
    pub onset: Option<Instant>,
    /// It was withdrawn.
    pub withdrawn: bool,
}

/// Seconds of so many days.
fn days(d: f64) -> i64 {
    (d * 86_400.0) as i64
}

/// What is doubtful about each of these links, by these rules:
///
/// * `source_ill_later`: the source's onset is after the target's.
/// * `too_soon`, `too_late`: the time from the source's onset to the target's lies outside what [`Protocol::serial_bounds`] allows.
/// * `not_infectious_then`: the meeting lies outside the infectious window of the protocol around the source's onset.
/// * `several_sources`: more than one directed link points to the target.
/// * `circle`: following directed links from the target leads back to the source.
/// * `case_withdrawn`: one of the cases was none.
///
/// A link without a direction is doubted only by the last. An onset known to the day only is taken as the whole day.
pub fn doubts(protocol: &Protocol, links: &[LinkSeen], cases: &BTreeMap<CaseId, Ill>) -> BTreeMap<LinkId, BTreeSet<Doubt>> {
    const DAY: i64 = 86_400;
    let mut sources: BTreeMap<CaseId, usize> = BTreeMap::new();
    let mut next: BTreeMap<CaseId, Vec<CaseId>> = BTreeMap::new();
    for l in links.iter().filter(|l| l.directed) {
        *sources.entry(l.target).or_default() += 1;
        next.entry(l.source).or_default().push(l.target);
    }
    let (bounds, window) = (protocol.serial_bounds(), protocol.infectious_window());
    let circles = in_circles(&next);
    let mut found: BTreeMap<LinkId, BTreeSet<Doubt>> = BTreeMap::new();
    for l in links {
        let (source, target) = (cases.get(&l.source), cases.get(&l.target));
        let mut of = BTreeSet::new();
        if source.is_some_and(|c| c.withdrawn) || target.is_some_and(|c| c.withdrawn) {
            of.insert(Doubt::CaseWithdrawn);
        }
        if l.directed {
            let (from, to) = (source.and_then(|c| c.onset), target.and_then(|c| c.onset));
            if let (Some(from), Some(to)) = (from, to) {
                let interval = to.since(from).seconds();
                if interval <= -DAY {
                    of.insert(Doubt::SourceIllLater);
                }
                if let Some((low, high)) = bounds {
                    if interval < days(low) - DAY {
                        of.insert(Doubt::TooSoon);
                    }
                    if interval > days(high) + DAY {
                        of.insert(Doubt::TooLate);
                    }
                }
            }
            if let (Some(onset), Some(met), Some((before, after))) = (from, l.contact_at, window) {
                let since = met.since(onset).seconds();
                if since < -days(before) - DAY || since > days(after) + DAY {
                    of.insert(Doubt::NotInfectiousThen);
                }
            }
            if sources.get(&l.target).is_some_and(|n| *n > 1) {
                of.insert(Doubt::SeveralSources);
            }
            if circles.contains(&(l.source, l.target)) {
                of.insert(Doubt::Circle);
            }
        }
        if !of.is_empty() {
            found.insert(l.link, of);
        }
    }
    found
}

/// The steps that lie on a circle: those within a strongly connected part (Tarjan 1972), without recursion.
fn in_circles(next: &BTreeMap<CaseId, Vec<CaseId>>) -> BTreeSet<(CaseId, CaseId)> {
    let mut index: BTreeMap<CaseId, usize> = BTreeMap::new();
    let mut low: BTreeMap<CaseId, usize> = BTreeMap::new();
    let mut part: BTreeMap<CaseId, usize> = BTreeMap::new();
    let (mut stack, mut counter, mut parts) = (Vec::new(), 0, 0);
    for root in next.keys() {
        if index.contains_key(root) {
            continue;
        }
        let mut walk = vec![(*root, 0)];
        while let Some((at, step)) = walk.pop() {
            if step == 0 {
                index.insert(at, counter);
                low.insert(at, counter);
                counter += 1;
                stack.push(at);
            }
            let following = next.get(&at).and_then(|n| n.get(step));
            if let Some(to) = following {
                walk.push((at, step + 1));
                match index.get(to) {
                    None => walk.push((*to, 0)),
                    Some(i) if !part.contains_key(to) => lower(&mut low, at, *i),
                    Some(_) => {}
                }
                continue;
            }
            let own = low.get(&at).copied().unwrap_or(0);
            if Some(&own) == index.get(&at) {
                while let Some(member) = stack.pop() {
                    part.insert(member, parts);
                    if member == at {
                        break;
                    }
                }
                parts += 1;
            }
            if let Some((before, _)) = walk.last() {
                lower(&mut low, *before, own);
            }
        }
    }
    let within = |a: &CaseId, b: &CaseId| part.contains_key(a) && part.get(a) == part.get(b);
    next.iter().flat_map(|(a, to)| to.iter().filter(|b| within(a, b)).map(|b| (*a, *b))).collect()
}

fn lower(low: &mut BTreeMap<CaseId, usize>, of: CaseId, to: usize) {
    if let Some(l) = low.get_mut(&of) {
        *l = (*l).min(to);
    }
}

/// The generation of each case: 0 without a source, else one more than the earliest of its sources. Cases on a circle have none.
pub fn generations(links: &[LinkSeen], cases: impl IntoIterator<Item = CaseId>) -> BTreeMap<CaseId, u32> {
    let mut next: BTreeMap<CaseId, Vec<CaseId>> = BTreeMap::new();
    let mut targets = BTreeSet::new();
    for l in links.iter().filter(|l| l.directed) {
        next.entry(l.source).or_default().push(l.target);
        targets.insert(l.target);
    }
    let mut generation: BTreeMap<CaseId, u32> = cases.into_iter().filter(|c| !targets.contains(c)).map(|c| (c, 0)).collect();
    let mut rim: Vec<CaseId> = generation.keys().copied().collect();
    let mut n = 0;
    while !rim.is_empty() {
        n += 1;
        let mut following = Vec::new();
        for to in rim.iter().filter_map(|c| next.get(c)).flatten() {
            generation.entry(*to).or_insert_with(|| {
                following.push(*to);
                n
            });
        }
        rim = following;
    }
    generation
}
