//! Symmetric positive definite matrices that are 0 far from the diagonal but for a few rows, and their Cholesky factors (George & Liu 1981, Computer
//! Solution of Large Sparse Positive Definite Systems, chapter 4).

/// The lower half of a symmetric matrix; each row begins where it is given to begin.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    first: Vec<usize>,
    start: Vec<usize>,
    data: Vec<f64>,
}

/// A Cholesky factor L, with L Lᵀ the matrix.
#[derive(Debug, Clone)]
pub(crate) struct Factor(Envelope);

impl Envelope {
    /// All 0; `first`: the first column of each row that may be other than 0, not beyond the diagonal.
    pub fn zero(first: Vec<usize>) -> Self {
        let mut start = Vec::with_capacity(first.len());
        let mut n = 0;
        for (i, f) in first.iter().enumerate() {
            start.push(n);
            n += i + 1 - f;
        }
        Self { first, start, data: vec![0.0; n] }
    }
    /// All 0, with no column left out.
    pub fn dense(n: usize) -> Self {
        Self::zero(vec![0; n])
    }
    fn at(&self, i: usize, j: usize) -> usize {
        self.start[i] + j - self.first[i]
    }
    /// Adds to an entry and, if it is not on the diagonal, to the one across.
    pub fn add(&mut self, i: usize, j: usize, x: f64) {
        let (i, j) = (i.max(j), i.min(j));
        let at = self.at(i, j);
        self.data[at] += x;
    }
    /// The product with a vector.
    pub fn times(&self, v: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; v.len()];
        for i in 0..v.len() {
            let row = &self.data[self.start[i]..=self.at(i, i)];
            for (j, x) in (self.first[i]..).zip(row) {
                out[i] += x * v[j];
                if j < i {
                    out[j] += x * v[i];
                }
            }
        }
        out
    }
    /// Its factor; none if it is not positive definite.
    pub fn factor(mut self) -> Option<Factor> {
        for i in 0..self.first.len() {
            for j in self.first[i]..=i {
                let from = self.first[i].max(self.first[j]);
                let (a, b) = (self.at(i, from.min(j)), self.at(j, from.min(j)));
                let n = j.saturating_sub(from);
                let dot: f64 = self.data[a..a + n].iter().zip(&self.data[b..b + n]).map(|(x, y)| x * y).sum();
                let (here, diagonal) = (self.at(i, j), self.at(j, j));
                let rest = self.data[here] - dot;
                self.data[here] = if i == j { Some(rest).filter(|r| *r > 0.0)?.sqrt() } else { rest / self.data[diagonal] };
            }
        }
        Some(Factor(self))
    }
}

impl Factor {
    /// Solves the system of the matrix.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let e = &self.0;
        let mut y = b.to_vec();
        for i in 0..y.len() {
            let row = &e.data[e.start[i]..e.at(i, i)];
            let dot: f64 = row.iter().zip(&y[e.first[i]..]).map(|(x, y)| x * y).sum();
            y[i] = (y[i] - dot) / e.data[e.at(i, i)];
        }
        self.back(y)
    }
    /// Solves Lᵀ x = y: of independent standard normal variables it makes ones whose covariance is the matrix's inverse.
    pub fn back(&self, mut y: Vec<f64>) -> Vec<f64> {
        let e = &self.0;
        for i in (0..y.len()).rev() {
            y[i] /= e.data[e.at(i, i)];
            let x = y[i];
            let row = &e.data[e.start[i]..e.at(i, i)];
            for (y, l) in y[e.first[i]..].iter_mut().zip(row) {
                *y -= l * x;
            }
        }
        y
    }
    /// The logarithm of the matrix's determinant.
    pub fn ln_determinant(&self) -> f64 {
        (0..self.0.first.len()).map(|i| 2.0 * self.0.data[self.0.at(i, i)].ln()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_solves_and_knows_the_determinant() {
        // A band and a full last row.
        let n = 9;
        let mut m = Envelope::zero((0..n).map(|i: usize| if i == n - 1 { 0 } else { i.saturating_sub(2) }).collect());
        for i in 0..n {
            m.add(i, i, 5.0 + i as f64);
            if i > 1 {
                m.add(i, i - 2, 1.0);
            }
            if i < n - 1 {
                m.add(i, n - 1, 0.5);
            }
        }
        let x: Vec<f64> = (0..n).map(|i| i as f64 - 3.0).collect();
        let b = m.times(&x);
        let Some(f) = m.clone().factor() else { panic!("positive definite") };
        assert!(f.solve(&b).iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-10));
        // det(2 A) = 2^n det(A).
        let mut twice = m.clone();
        twice.data.iter_mut().for_each(|v| *v *= 2.0);
        let more = twice.factor().map_or(f64::NAN, |t| t.ln_determinant() - f.ln_determinant());
        assert!((more - n as f64 * 2.0_f64.ln()).abs() < 1e-10);
        m.add(0, 0, -100.0);
        assert!(m.factor().is_none());
    }
}
