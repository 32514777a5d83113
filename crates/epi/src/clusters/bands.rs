//! Circles taken together: those of neighbouring centres, and those in which about as much is expected.
//!
//! A group of centres has the circles of all of them. Those in which at least `e` and less than a little more is expected are a band. No circle of the band has a place that is
//! in none of them, so that the cases of all places of the band's circles are the most that any of them has, and `e` the least that is expected: if that is
//! no cluster, none of the circles is. A place is in the circles of a band or of a smaller one from one band on, its band in the group: that is all that is
//! kept.

use super::zones::{Positions, Zones};

/// How much more is expected at the upper edge of a band than at the lower one, if there are not too many bands.
const STRETCH: f64 = 1.1;
/// Centres of the largest groups.
const LARGEST: usize = 16;
/// Groups that a group is divided into.
const PARTS: usize = 4;

/// The lower edges of bands of what is expected in a circle at all times together.
pub(super) struct Edges(Vec<f64>);

impl Edges {
    /// At most so many bands, that hold all circles.
    pub fn new(zones: &[Zones], most: usize) -> Self {
        let all = || zones.iter().flat_map(|z| &z.held).copied().filter(|h| *h > 0.0);
        let (least, greatest) = all().fold((f64::INFINITY, 0.0_f64), |(a, b), h| (a.min(h), b.max(h)));
        let mut edges: Vec<f64> = Vec::new();
        let mut edge = greatest / STRETCH;
        while edge > least && edges.len() + 1 < most.max(1) {
            edges.push(edge);
            edge /= STRETCH;
        }
        if greatest > 0.0 {
            edges.push(least);
        }
        edges.reverse();
        Self(edges)
    }
    /// Bands.
    pub fn count(&self) -> usize {
        self.0.len()
    }
    /// The least that is expected in a circle of the band.
    pub fn lower(&self, band: usize) -> f64 {
        self.0[band]
    }
    /// The circles of a band, of which what is expected in them is given in ascending order.
    pub fn circles(&self, band: usize, held: &[f64]) -> std::ops::Range<usize> {
        let from = if band == 0 { 0 } else { held.partition_point(|h| *h < self.0[band]) };
        from..self.0.get(band + 1).map_or(held.len(), |edge| held.partition_point(|h| h < edge))
    }
    /// The band of a circle; the lowest for one in which nothing is expected, which has no cases either.
    pub fn of(&self, held: f64) -> u8 {
        (self.0.partition_point(|e| *e <= held).max(1) - 1) as u8
    }
}

/// The band of a place that is in no circle.
const NEVER: u8 = u8::MAX;
/// Most bands.
pub(super) const MOST_BANDS: usize = 120;

/// A group of centres.
pub(super) enum Group {
    /// The one centre of it.
    Centre(usize),
    /// The groups that it is divided into.
    Parts(Vec<usize>),
}

/// Groups of centres, groups of these, and so on.
pub(super) struct Groups {
    places: usize,
    groups: Vec<Group>,
    /// The groups that are in no other.
    pub largest: Vec<usize>,
    /// The group of each centre alone.
    alone: Vec<usize>,
    /// For each group the band of each place.
    bands: Vec<u8>,
}

impl Groups {
    pub fn new(positions: &Positions, zones: &[Zones], edges: &Edges) -> Self {
        let mut all = Self { places: zones.len(), groups: Vec::new(), largest: Vec::new(), alone: Vec::new(), bands: Vec::new() };
        if edges.count() > 0 {
            all.alone = vec![0; zones.len()];
            let centres = (0..zones.len()).collect();
            all.largest = parts(centres, LARGEST, positions).into_iter().map(|part| all.add(part, positions, zones, edges)).collect();
        }
        all
    }
    /// The group of one centre alone.
    pub fn of(&self, centre: usize) -> Option<usize> {
        self.alone.get(centre).copied()
    }
    pub fn group(&self, n: usize) -> &Group {
        &self.groups[n]
    }
    /// The band of each place, above all bands if it is in no circle of the group.
    pub fn bands(&self, n: usize) -> &[u8] {
        &self.bands[n * self.places..(n + 1) * self.places]
    }
    fn add(&mut self, centres: Vec<usize>, positions: &Positions, zones: &[Zones], edges: &Edges) -> usize {
        let mut bands = vec![NEVER; self.places];
        let group = if let [centre] = centres[..] {
            self.alone[centre] = self.groups.len();
            let z = &zones[centre];
            z.places.iter().zip(&z.held).for_each(|(p, held)| bands[*p as usize] = edges.of(*held));
            Group::Centre(centre)
        } else {
            let most = centres.len().div_ceil(PARTS);
            let each = parts(centres, most, positions).into_iter().map(|part| self.add(part, positions, zones, edges));
            let each: Vec<usize> = each.collect();
            for n in &each {
                bands.iter_mut().zip(self.bands(*n)).for_each(|(band, of_part)| *band = (*band).min(*of_part));
            }
            Group::Parts(each)
        };
        self.groups.push(group);
        self.bands.extend(bands);
        self.groups.len() - 1
    }
}

/// Divides centres by halves along the longer side until no part has more than so many.
fn parts(mut centres: Vec<usize>, most: usize, positions: &Positions) -> Vec<Vec<usize>> {
    if centres.len() <= most {
        return vec![centres];
    }
    let at = positions.coordinates();
    let spread = |of: fn(&(f64, f64)) -> f64| {
        let (low, high) = centres.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), c| (a.min(of(&at[*c])), b.max(of(&at[*c]))));
        high - low
    };
    let along: fn(&(f64, f64)) -> f64 = if spread(|p| p.0) >= spread(|p| p.1) { |p| p.0 } else { |p| p.1 };
    centres.sort_by(|a, b| along(&at[*a]).total_cmp(&along(&at[*b])).then(a.cmp(b)));
    let half = centres.split_off(centres.len() / 2);
    [parts(centres, most, positions), parts(half, most, positions)].concat()
}
