//! Whether chains have told enough: Gelman et al., Bayesian Data Analysis (2013), chapter 11, on split chains.

/// The potential scale reduction of several chains, each cut into halves: near 1 if they agree.
pub fn split_r_hat(chains: &[Vec<f64>]) -> f64 {
    let halves = split(chains);
    let (within, between, n) = variances(&halves);
    if within == 0.0 { if between == 0.0 { 1.0 } else { f64::INFINITY } } else { ((within * (n - 1.0) / n + between / n) / within).sqrt() }
}

/// How many independent draws the chains are worth (with Geyer's initial positive sequence).
pub fn effective_size(chains: &[Vec<f64>]) -> f64 {
    let halves = split(chains);
    let (within, between, n) = variances(&halves);
    let total = n * halves.len() as f64;
    let variance = within * (n - 1.0) / n + between / n;
    if variance.is_nan() || variance <= 0.0 {
        return total;
    }
    let lags = halves.iter().map(Vec::len).min().unwrap_or(0);
    let correlation = |lag: usize| {
        let mean_square: f64 = halves.iter().map(|c| variogram(c, lag)).sum::<f64>() / halves.len() as f64;
        1.0 - mean_square / (2.0 * variance)
    };
    let (mut sum, mut lag) = (0.0, 1);
    while lag + 1 < lags {
        let pair = correlation(lag) + correlation(lag + 1);
        if pair < 0.0 {
            break;
        }
        sum += pair;
        lag += 2;
    }
    (total / (1.0 + 2.0 * sum)).min(total)
}

fn split(chains: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let half = chains.iter().map(Vec::len).min().unwrap_or(0) / 2;
    chains.iter().flat_map(|c| [c[..half].to_vec(), c[c.len() - half..].to_vec()]).collect()
}

/// Mean variance within chains, variance between their means times their length, and their length.
fn variances(chains: &[Vec<f64>]) -> (f64, f64, f64) {
    let (m, n) = (chains.len() as f64, chains.first().map_or(0, Vec::len) as f64);
    let means: Vec<f64> = chains.iter().map(|c| c.iter().sum::<f64>() / n).collect();
    let all = means.iter().sum::<f64>() / m;
    let within = chains.iter().zip(&means).map(|(c, mean)| c.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sum::<f64>() / m;
    let between = n * means.iter().map(|x| (x - all).powi(2)).sum::<f64>() / (m - 1.0);
    (within, between, n)
}

fn variogram(chain: &[f64], lag: usize) -> f64 {
    let pairs = chain.iter().zip(&chain[lag..]);
    pairs.map(|(a, b)| (a - b).powi(2)).sum::<f64>() / (chain.len() - lag) as f64
}
