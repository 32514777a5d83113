//! Townships and communities with their people, before anyone is drawn.

use super::{Purpose, key};
use crate::population::description::{Description, Layout, Township};
use std::ops::Range;

/// A community: which persons, and how they are housed.
#[derive(Debug, Clone)]
pub(super) struct CommunityPlan<'a> {
    pub people: Range<u32>,
    pub layout: &'a Layout,
}

/// A township.
#[derive(Debug, Clone)]
pub(super) struct TownshipPlan<'a> {
    pub people: Range<u32>,
    pub communities: Vec<CommunityPlan<'a>>,
    /// Kilometres east and north of the middle.
    pub at: [f64; 2],
    /// Typical distance within, kilometres.
    pub within: f64,
}

/// Sizes of communities vary evenly by this around their weight.
const SPREAD: f64 = 0.4;

/// Divides the people among townships and communities. Communities that would have nobody are left out.
pub(super) fn plan(description: &Description, seed: u64) -> Vec<TownshipPlan<'_>> {
    let d = &description.divisions;
    let townships = townships(description);
    let mut draws = key(seed, Purpose::Plan).draws();
    let mut weights: Vec<(f64, usize, &Layout)> = Vec::new();
    let mut at = Vec::with_capacity(townships.len());
    let radius = (d.area_km2 / std::f64::consts::PI).sqrt();
    for (index, township) in townships.iter().enumerate() {
        let homes = &description.society.homes;
        for (number, layout) in [(township.urban, &homes.urban), (township.town, &homes.town), (township.villages, &homes.village)] {
            weights.extend((0..number).map(|_| (layout.weight * (1.0 - SPREAD + 2.0 * SPREAD * draws.unit()), index, layout)));
        }
        // Evenly in a disc.
        let (r, angle) = (radius * draws.unit().sqrt(), std::f64::consts::TAU * draws.unit());
        at.push([r * angle.cos(), r * angle.sin()]);
    }
    // Of two points in a square, the mean distance is 0.52 of its side.
    let within = 0.52 * (d.area_km2 / townships.len() as f64).sqrt();
    let mut plans: Vec<TownshipPlan<'_>> =
        at.into_iter().map(|at| TownshipPlan { people: 0..0, communities: Vec::new(), at, within }).collect();
    // Township patterns have the same people each; lists are divided by the weights alone.
    let total: f64 = weights.iter().map(|w| w.0).sum();
    let per_township = d.pattern.as_ref().map(|_| sums(&weights, townships.len()));
    let mut share = 0.0;
    let mut start = 0;
    for (weight, index, layout) in weights {
        share += per_township.as_ref().map_or(weight / total, |sums| weight / sums[index] / sums.len() as f64);
        let end = (share * f64::from(d.people)).round().min(f64::from(d.people)) as u32;
        if end > start {
            plans[index].communities.push(CommunityPlan { people: start..end, layout });
        }
        start = start.max(end);
    }
    // What rounding leaves belongs to the last community.
    if let Some(last) = plans.iter_mut().rev().find_map(|p| p.communities.last_mut()) {
        last.people.end = d.people;
    }
    plans.retain(|p| !p.communities.is_empty());
    for p in &mut plans {
        p.people = p.communities[0].people.start..p.communities[p.communities.len() - 1].people.end;
    }
    plans
}

fn sums(weights: &[(f64, usize, &Layout)], townships: usize) -> Vec<f64> {
    let mut sums = vec![0.0; townships];
    weights.iter().for_each(|(weight, index, _)| sums[*index] += weight);
    sums
}

fn townships(description: &Description) -> Vec<&Township> {
    let d = &description.divisions;
    match &d.pattern {
        None => d.townships.iter().collect(),
        Some(pattern) => pattern.townships.iter().cycle().take(d.people.div_ceil(pattern.people) as usize).collect(),
    }
}
