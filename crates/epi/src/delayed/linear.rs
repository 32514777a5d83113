//! Symmetric positive definite matrices, by rows.

/// The lower factor L of a matrix `L Lᵀ` (Cholesky); none if it has none.
pub(super) struct Factor {
    of: Vec<f64>,
    n: usize,
}

impl Factor {
    pub fn new(mut a: Vec<f64>, n: usize) -> Option<Self> {
        for j in 0..n {
            for i in j..n {
                let (before, row) = a.split_at(i * n);
                let other = if i == j { &row[..j] } else { &before[j * n..j * n + j] };
                let rest = row[j] - row[..j].iter().zip(other).map(|(x, y)| x * y).sum::<f64>();
                if i == j {
                    if rest <= 0.0 || !rest.is_finite() {
                        return None;
                    }
                    a[i * n + j] = rest.sqrt();
                } else {
                    a[i * n + j] = rest / a[j * n + j];
                }
            }
        }
        Some(Self { of: a, n })
    }
    fn row(&self, i: usize) -> &[f64] {
        &self.of[i * self.n..i * self.n + i]
    }
    fn diagonal(&self, i: usize) -> f64 {
        self.of[i * self.n + i]
    }
    /// The logarithm of the determinant of the matrix.
    pub fn ln_determinant(&self) -> f64 {
        (0..self.n).map(|i| 2.0 * self.diagonal(i).ln()).sum()
    }
    /// The solution of `L Lᵀ x = b`.
    pub fn solve(&self, mut b: Vec<f64>) -> Vec<f64> {
        for i in 0..self.n {
            b[i] = (b[i] - self.row(i).iter().zip(&b).map(|(l, x)| l * x).sum::<f64>()) / self.diagonal(i);
        }
        for i in (0..self.n).rev() {
            b[i] /= self.diagonal(i);
            let x = b[i];
            for (value, l) in b.iter_mut().zip(self.row(i)) {
                *value -= l * x;
            }
        }
        b
    }
    /// `bᵀ (L Lᵀ)⁻¹ b`.
    pub fn form(&self, mut b: Vec<f64>) -> f64 {
        let mut sum = 0.0;
        for i in 0..self.n {
            b[i] = (b[i] - self.row(i).iter().zip(&b).map(|(l, x)| l * x).sum::<f64>()) / self.diagonal(i);
            sum += b[i] * b[i];
        }
        sum
    }
    /// The inverse of the matrix.
    pub fn inverse(&self) -> Vec<f64> {
        let column = |j: usize| self.solve((0..self.n).map(|i| f64::from(u8::from(i == j))).collect());
        (0..self.n).flat_map(column).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;

    #[test]
    fn a_matrix_of_three_by_hand() {
        let a = vec![4.0, 2.0, 0.6, 2.0, 5.0, 1.0, 0.6, 1.0, 3.0];
        let f = Factor::new(a.clone(), 3).unwrap();
        let x = f.solve(vec![1.0, 2.0, 3.0]);
        for (row, b) in a.chunks(3).zip([1.0, 2.0, 3.0]) {
            assert!((row.iter().zip(&x).map(|(a, x)| a * x).sum::<f64>() - b).abs() < 1e-12);
        }
        // 4·14 − 2·5.4 + 0.6·(−1)
        let determinant: f64 = 44.6;
        assert!((f.ln_determinant() - determinant.ln()).abs() < 1e-12);
        let first = 14.0 / determinant;
        assert!((f.inverse()[0] - first).abs() < 1e-12 && (f.form(vec![1.0, 0.0, 0.0]) - first).abs() < 1e-12);
        assert!(Factor::new(vec![1.0, 2.0, 2.0, 1.0], 2).is_none());
    }
}
