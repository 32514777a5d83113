//! Draws that a search needs: a low-discrepancy sequence, normal numbers, one of several by weight.

use quell_epidemic::random::{Draws, Key};

/// A randomised Halton sequence: the radical inverse of the index in the prime base of each dimension, each digit through a random permutation of its own
/// (Owen 2017, "A randomized Halton algorithm in R", arXiv:1706.02808). Every point is uniform, and any b^m points from the first on hit each of the b^m
/// intervals of the dimension with base b once.
#[derive(Debug, Clone)]
pub(crate) struct Halton {
    /// By dimension: its base, and a permutation for each digit from the first after the point.
    dimensions: Vec<(u64, Vec<Vec<u64>>)>,
}

impl Halton {
    /// With so many dimensions.
    pub(crate) fn new(key: Key, dimensions: usize) -> Self {
        let primes = (2u64..).filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| !n.is_multiple_of(d)));
        let dimension = |(number, base): (usize, u64)| {
            // As many digits as a double can tell apart.
            let digits = (53.0 * 2f64.ln() / (base as f64).ln()).ceil() as u64;
            let permutations = (0..digits).map(|digit| permutation(base, key.with(number as u64).with(digit)));
            (base, permutations.collect())
        };
        Self { dimensions: primes.take(dimensions).enumerate().map(dimension).collect() }
    }
    /// The point of an index, each coordinate from 0 up to but not including 1.
    pub(crate) fn point(&self, index: u64) -> Vec<f64> {
        let coordinate = |(base, permutations): &(u64, Vec<Vec<u64>>)| {
            let (mut rest, mut unit, mut sum) = (index, 1.0, 0.0);
            for permutation in permutations {
                unit /= *base as f64;
                sum += permutation[(rest % base) as usize] as f64 * unit;
                rest /= base;
            }
            sum.min(1.0 - f64::EPSILON)
        };
        self.dimensions.iter().map(coordinate).collect()
    }
}

/// Fisher and Yates's shuffle.
fn permutation(n: u64, key: Key) -> Vec<u64> {
    let mut draws = key.draws();
    let mut all: Vec<u64> = (0..n).collect();
    for k in (1..all.len()).rev() {
        all.swap(k, draws.scaled(k as u32 + 1) as usize);
    }
    all
}

/// A standard normal number (Box & Muller 1958, Annals of Mathematical Statistics 29:610).
pub(crate) fn normal(draws: &mut Draws) -> f64 {
    let radius = (-2.0 * (1.0 - draws.unit()).ln()).sqrt();
    radius * (std::f64::consts::TAU * draws.unit()).cos()
}

/// One of several with these cumulated weights, which end at 1.
pub(crate) fn one_of(cumulated: &[f64], draws: &mut Draws) -> usize {
    let at = draws.unit();
    cumulated.partition_point(|c| *c <= at).min(cumulated.len().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_of_the_sequence_hold_one_point_each() {
        let sequence = Halton::new(Key::new(3), 3);
        let points: Vec<Vec<f64>> = (0..8 * 9).map(|k| sequence.point(k)).collect();
        // 2^3 x 3^2 boxes of the first two dimensions.
        let mut boxes = [0; 72];
        points.iter().for_each(|p| boxes[(p[0] * 8.0) as usize * 9 + (p[1] * 9.0) as usize] += 1);
        assert_eq!(boxes, [1; 72]);
        let mut fifths = [0; 25];
        points.iter().take(25).for_each(|p| fifths[(p[2] * 25.0) as usize] += 1);
        assert_eq!(fifths, [1; 25]);
        assert_ne!(points, (0..72).map(|k| Halton::new(Key::new(4), 3).point(k)).collect::<Vec<_>>(), "another seed, another sequence");
    }

    #[test]
    fn normal_numbers_have_their_moments() {
        let mut draws = Key::new(1).draws();
        let n = 40_000;
        let x: Vec<f64> = (0..n).map(|_| normal(&mut draws)).collect();
        let mean = x.iter().sum::<f64>() / f64::from(n);
        let variance = x.iter().map(|x| x * x).sum::<f64>() / f64::from(n);
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
    }

    #[test]
    fn one_of_several_by_weight() {
        let mut draws = Key::new(1).draws();
        let mut seen = [0; 3];
        (0..10_000).for_each(|_| seen[one_of(&[0.2, 0.2, 1.0], &mut draws)] += 1);
        assert!(seen[1] == 0 && (seen[0] - 2_000i32).abs() < 160, "{seen:?}");
    }
}
