//! Which windows there are: circles around each place, and runs of time steps.

/// Mean radius of the Earth, metres (IUGG).
const EARTH: f64 = 6_371_008.8;
/// Distances that differ by no more than this share are the same: places on one circle come in together.
const SAME: f64 = 1e-9;

/// Where the places are.
#[derive(Debug, Clone, PartialEq)]
pub enum Positions {
    /// `(x, y)` of each place on a map, in one unit of length (metres, say).
    Plane(Vec<(f64, f64)>),
    /// `(latitude, longitude)` of each place, degrees north and east; distances are metres on the great circle.
    Globe(Vec<(f64, f64)>),
    /// In a tree (county, township, community …), without a map: the circles are what lies below one branch.
    Tree(Branches),
}

/// Places as leaves of a tree. The distance of two is how many levels one must go up to what holds both, so that the circles around a place are
/// the branches that it lies on: the windows of a tree-based scan (Kulldorff, Fang & Walsh 2003, Biometrics 59:323) that are whole branches.
#[derive(Debug, Clone, PartialEq)]
pub struct Branches {
    paths: Vec<Vec<u32>>,
    deepest: usize,
    /// The rank of each path, so that what lies on one branch stands together, and 0.
    order: Vec<(f64, f64)>,
}

impl Branches {
    /// From the path of each place, from the top.
    pub fn new(paths: &[Vec<&str>]) -> Self {
        let mut words: Vec<&str> = paths.iter().flatten().copied().collect();
        words.sort_unstable();
        words.dedup();
        let number = |word: &&str| words.binary_search(word).unwrap_or_default() as u32;
        let paths: Vec<Vec<u32>> = paths.iter().map(|p| p.iter().map(number).collect()).collect();
        let mut by_path: Vec<usize> = (0..paths.len()).collect();
        by_path.sort_by(|a, b| paths[*a].cmp(&paths[*b]));
        let mut order = vec![(0.0, 0.0); paths.len()];
        for (rank, place) in by_path.into_iter().enumerate() {
            order[place].0 = rank as f64;
        }
        Self { deepest: paths.iter().map(Vec::len).max().unwrap_or(0), paths, order }
    }
    /// Levels up from a place to what holds it and another one; 0 of a place and itself.
    fn levels(&self, a: usize, b: usize) -> usize {
        let same = self.paths[a].iter().zip(&self.paths[b]).take_while(|(x, y)| x == y).count();
        if a == b { 0 } else { (self.deepest - same).max(1) }
    }
}

impl Positions {
    /// The coordinates, as they were given; of a tree, the order of its places, and 0.
    pub fn coordinates(&self) -> &[(f64, f64)] {
        match self {
            Self::Plane(at) | Self::Globe(at) => at,
            Self::Tree(branches) => &branches.order,
        }
    }
    /// From one place to another: metres on the globe, levels of a tree, else the unit of the map.
    pub fn distance(&self, a: usize, b: usize) -> f64 {
        let at = self.coordinates();
        let ((a1, a2), (b1, b2)) = (at[a], at[b]);
        match self {
            Self::Plane(_) => (a1 - b1).hypot(a2 - b2),
            Self::Tree(branches) => branches.levels(a, b) as f64,
            Self::Globe(_) => {
                let (lat1, lat2) = (a1.to_radians(), b1.to_radians());
                let half = |x: f64| (x / 2.0).sin().powi(2);
                let h = half(lat2 - lat1) + lat1.cos() * lat2.cos() * half((b2 - a2).to_radians());
                2.0 * EARTH * h.sqrt().min(1.0).asin()
            }
        }
    }
}

/// Which runs of time steps are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Any run: what has been, and what still is (retrospective).
    Any,
    /// Runs that end with the last step: what is alive today (prospective).
    Alive,
}

/// Which windows are looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Runs of time.
    pub reach: Reach,
    /// The largest share of the expected cases of all places that a circle may hold, as a rule 0.5: above it, what is special is the outside.
    pub largest_share: f64,
    /// The largest radius of a circle, in the unit of [`Positions::distance`].
    pub largest_radius: Option<f64>,
    /// The longest run, time steps.
    pub longest: usize,
    /// The fewest cases that are a cluster, as a rule 2.
    pub fewest: u32,
}

/// The circles around one place: places from the nearest, and after which of them a circle ends.
pub(super) struct Zones {
    pub places: Vec<u32>,
    /// For each place whether the circle that ends with it is a window: the next one is farther away.
    pub ends: Vec<bool>,
    /// From the centre to each place.
    pub distances: Vec<f64>,
    /// What is expected, at all times together, in the circle that ends with each place.
    pub held: Vec<f64>,
}

impl Zones {
    /// The circles around a place in which at most the share of all that is `expected` at the places is expected.
    pub fn around(centre: usize, positions: &Positions, expected: &[f64], limits: &Limits) -> Self {
        let most = limits.largest_share * expected.iter().sum::<f64>();
        let mut by_distance: Vec<(f64, u32)> = (0..expected.len()).map(|p| (positions.distance(centre, p), p as u32)).collect();
        by_distance.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut zones = Self { places: Vec::new(), ends: Vec::new(), distances: Vec::new(), held: Vec::new() };
        let (mut held, mut from) = (0.0, 0);
        while let Some((radius, _)) = by_distance.get(from).copied() {
            let same = by_distance[from..].iter().take_while(|(d, _)| *d <= radius * (1.0 + SAME)).count();
            let group = &by_distance[from..from + same];
            held += group.iter().map(|(_, p)| expected[*p as usize]).sum::<f64>();
            if held > most * (1.0 + SAME) || limits.largest_radius.is_some_and(|r| radius > r) {
                break;
            }
            for (n, (d, p)) in group.iter().enumerate() {
                zones.places.push(*p);
                zones.distances.push(*d);
                zones.held.push(held);
                zones.ends.push(n + 1 == same);
            }
            from += same;
        }
        zones
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_globe() {
        // Chongqing (29.563 N, 106.552 E) to Wushan (31.074 N, 109.879 E): some 360 km as the crow flies; a degree of latitude is 111.195 km.
        let p = Positions::Globe(vec![(29.563, 106.552), (31.074, 109.879), (0.0, 179.5), (0.0, -179.5), (1.0, 179.5)]);
        assert!((p.distance(0, 1) / 1000.0 - 360.0).abs() < 5.0, "{}", p.distance(0, 1));
        assert!((p.distance(2, 3) - 111_195.0).abs() < 1.0);
        assert!((p.distance(2, 4) - 111_195.0).abs() < 1.0);
    }

    #[test]
    fn the_circles_of_a_tree_are_its_branches() {
        let paths = ["50.1.a.x", "50.1.a.y", "50.2.b.x", "50.1.c.x", "50.1.a.z"].map(|p| p.split('.').collect::<Vec<_>>());
        let p = Positions::Tree(Branches::new(&paths));
        let limits = Limits { reach: Reach::Any, largest_share: 1.0, largest_radius: None, longest: 1, fewest: 2 };
        let z = Zones::around(1, &p, &[1.0; 5], &limits);
        assert_eq!(z.places, [1, 0, 4, 3, 2], "itself, its community's, its township's, all");
        assert_eq!(z.ends, [true, false, true, true, true]);
        assert_eq!(z.distances, [0.0, 1.0, 1.0, 2.0, 3.0]);
        assert_eq!(p.coordinates().iter().map(|c| c.0).collect::<Vec<_>>(), [0.0, 1.0, 4.0, 3.0, 2.0]);
    }

    #[test]
    fn places_on_one_circle_come_in_together() {
        let p = Positions::Plane(vec![(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (5.0, 0.0)]);
        let limits = Limits { reach: Reach::Any, largest_share: 1.0, largest_radius: None, longest: 1, fewest: 2 };
        let z = Zones::around(0, &p, &[1.0; 5], &limits);
        assert_eq!(z.ends, [true, false, false, true, true]);
        let half = Zones::around(0, &p, &[1.0; 5], &Limits { largest_share: 0.6, ..limits });
        assert_eq!(half.places, [0], "three places more would be four fifths of all");
    }
}
