//! Where people of one township meet those of another.

use crate::random::Draws;

/// For each township, how often its people meet those of each township (its own included): Walker's alias tables (Vose 1991, IEEE
/// Transactions on Software Engineering 17:972), so that a choice costs one number and one look.
#[derive(Debug, Clone, PartialEq)]
pub struct Travel {
    /// Row by row: the share of the cell that is its own (of 2³²), and who has the rest.
    cells: Vec<(u32, u16)>,
    townships: u32,
}

impl Travel {
    /// From the weights of each destination, row by row, `townships` × `townships`. A row without any weight stays at home.
    pub fn new(weights: &[f64], townships: u32) -> Self {
        let n = townships as usize;
        let cells = weights.chunks(n.max(1)).enumerate().flat_map(|(own, row)| alias(row, own)).collect();
        Self { cells, townships }
    }
    /// Weights by gravity: people of the destination × (1 + distance / `scale`)^−`power`. Distance within a township is `within`.
    pub fn gravity(people: &[f64], at: &[[f64; 2]], within: &[f64], scale: f64, power: f64) -> Self {
        let weight = |from: usize, to: usize| {
            let apart = if from == to { within[from] } else { (at[from][0] - at[to][0]).hypot(at[from][1] - at[to][1]) };
            people[to] * (1.0 + apart / scale).powf(-power)
        };
        let n = people.len();
        let weights: Vec<f64> = (0..n * n).map(|cell| weight(cell / n, cell % n)).collect();
        Self::new(&weights, n as u32)
    }
    /// A township that people of `from` go to.
    #[inline]
    pub fn choose(&self, from: u32, draws: &mut Draws) -> u32 {
        let bits = draws.bits();
        let column = (((bits >> 32) * u64::from(self.townships)) >> 32) as u32;
        let (own, other) = self.cells[(from * self.townships + column) as usize];
        if (bits as u32) < own { column } else { u32::from(other) }
    }
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.cells.capacity() * size_of::<(u32, u16)>()
    }
}

fn alias(weights: &[f64], own: usize) -> Vec<(u32, u16)> {
    let n = weights.len();
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return vec![(0, own as u16); n];
    }
    let mut share: Vec<f64> = weights.iter().map(|w| w / total * n as f64).collect();
    let mut cells: Vec<(u32, u16)> = (0..n).map(|i| (u32::MAX, i as u16)).collect();
    let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..n).partition(|i| share[*i] < 1.0);
    while let (Some(s), Some(l)) = (small.pop(), large.last().copied()) {
        cells[s] = ((share[s] * 4_294_967_296.0) as u32, l as u16);
        share[l] -= 1.0 - share[s];
        if share[l] < 1.0 {
            large.pop();
            small.push(l);
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;

    #[test]
    fn goes_as_often_as_the_weights_say() {
        let travel = Travel::new(&[5.0, 3.0, 2.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0], 3);
        let mut draws = Key::new(1).draws();
        let mut count = [0; 3];
        (0..100_000).for_each(|_| count[travel.choose(0, &mut draws) as usize] += 1);
        for (n, p) in count.iter().zip([0.5, 0.3, 0.2]) {
            assert!((f64::from(*n) / 1e5 - p).abs() < 0.01, "{count:?}");
        }
        assert!((0..1000).all(|_| travel.choose(1, &mut draws) == 1));
        assert!((0..1000).all(|_| travel.choose(2, &mut draws) == 2), "no weights: at home");
    }

    #[test]
    fn gravity_falls_with_distance() {
        let travel = Travel::gravity(&[1.0, 1.0, 1.0], &[[0.0, 0.0], [10.0, 0.0], [100.0, 0.0]], &[2.0; 3], 10.0, 2.0);
        let mut draws = Key::new(2).draws();
        let mut count = [0.0; 3];
        (0..100_000).for_each(|_| count[travel.choose(0, &mut draws) as usize] += 1.0);
        assert!((count[0] / count[1] - (2.0f64 / 1.2).powi(2)).abs() < 0.1, "{count:?}");
        assert!((count[1] / count[2] - (11.0f64 / 2.0).powi(2)).abs() < 3.0, "{count:?}");
    }
}
