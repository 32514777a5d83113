//! Poisson regression with a logarithmic link, by iteratively reweighted least squares (McCullagh & Nelder 1989), as R's `glm`.

/// A fitted model.
pub(super) struct Fit {
    pub coefficients: Vec<f64>,
    /// Fitted means.
    pub fitted: Vec<f64>,
    /// `(XᵀWX)⁻¹`, by rows, with the weights of the last iteration.
    pub inverse: Vec<Vec<f64>>,
    /// Diagonal of the hat matrix.
    pub leverage: Vec<f64>,
    /// Weights of the last iteration: prior ones times the means before it.
    pub weights: Vec<f64>,
    /// Residuals on the scale of the linear predictor.
    pub working: Vec<f64>,
}

/// Most iterations, and the relative change of the deviance that ends them: those of R.
const ITERATIONS: usize = 25;
const GOOD: f64 = 1e-8;
/// A pivot that small, beside the diagonal, means that the columns depend on each other.
const SINGULAR: f64 = 1e-11;

/// Fits `y` by the columns of `x` (one list for each row) with prior weights. None if it does not converge, the columns depend on each other, or
/// there are no more rows than columns.
pub(super) fn fit(x: &[Vec<f64>], y: &[f64], prior: &[f64]) -> Option<Fit> {
    let columns = x.first()?.len();
    if x.len() <= columns {
        return None;
    }
    let mut eta: Vec<f64> = y.iter().map(|y| (y + 0.1).ln()).collect();
    let mut deviance = f64::INFINITY;
    for _ in 0..ITERATIONS {
        let mu: Vec<f64> = eta.iter().map(|e| e.exp()).collect();
        let z: Vec<f64> = eta.iter().zip(&mu).zip(y).map(|((e, m), y)| e + (y - m) / m).collect();
        let weights: Vec<f64> = mu.iter().zip(prior).map(|(m, p)| m * p).collect();
        let inverse = inverse(&normal(x, &weights, columns))?;
        let right: Vec<f64> = (0..columns).map(|c| x.iter().zip(&weights).zip(&z).map(|((r, w), z)| r[c] * w * z).sum()).collect();
        let coefficients: Vec<f64> = inverse.iter().map(|row| dot(row, &right)).collect();
        let leverage = x.iter().zip(&weights).map(|(r, w)| w * quadratic(&inverse, r)).collect();
        eta = x.iter().map(|r| dot(r, &coefficients)).collect();
        let fitted: Vec<f64> = eta.iter().map(|e| e.exp()).collect();
        let now = y.iter().zip(&fitted).zip(prior).map(|((y, m), p)| p * unit_deviance(*y, *m)).sum::<f64>();
        if !now.is_finite() {
            return None;
        }
        if (now - deviance).abs() / (now.abs() + 0.1) < GOOD {
            let working = y.iter().zip(&fitted).map(|(y, m)| (y - m) / m).collect();
            return Some(Fit { coefficients, fitted, inverse, leverage, weights, working });
        }
        deviance = now;
    }
    None
}

fn unit_deviance(y: f64, m: f64) -> f64 {
    2.0 * (if y > 0.0 { y * (y / m).ln() } else { 0.0 } - (y - m))
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `rᵀ M r`.
pub(super) fn quadratic(m: &[Vec<f64>], r: &[f64]) -> f64 {
    m.iter().zip(r).map(|(row, x)| x * dot(row, r)).sum()
}

fn normal(x: &[Vec<f64>], weights: &[f64], columns: usize) -> Vec<Vec<f64>> {
    let cell = |a: usize, b: usize| x.iter().zip(weights).map(|(r, w)| r[a] * w * r[b]).sum();
    (0..columns).map(|a| (0..columns).map(|b| cell(a, b)).collect()).collect()
}

/// The inverse of a symmetric positive definite matrix, by Gauss and Jordan's elimination after scaling its diagonal to 1.
fn inverse(m: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let n = m.len();
    let scale: Vec<f64> = (0..n).map(|i| m[i][i].sqrt()).collect();
    if scale.iter().any(|s| !s.is_finite() || *s <= 0.0) {
        return None;
    }
    let mut a: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| m[i][j] / scale[i] / scale[j]).collect()).collect();
    let mut b: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for c in 0..n {
        let pivot = a[c][c];
        if pivot.is_nan() || pivot < SINGULAR {
            return None;
        }
        for k in 0..n {
            a[c][k] /= pivot;
            b[c][k] /= pivot;
        }
        let (row_a, row_b) = (a[c].clone(), b[c].clone());
        for i in (0..n).filter(|i| *i != c) {
            let factor = a[i][c];
            for k in 0..n {
                a[i][k] -= factor * row_a[k];
                b[i][k] -= factor * row_b[k];
            }
        }
    }
    Some((0..n).map(|i| (0..n).map(|j| b[i][j] / scale[i] / scale[j]).collect()).collect())
}
