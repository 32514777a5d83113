//! Whether days to zero community-found cases come when the forecast says, on simulated epidemics that a lockdown ends:
//! `cargo run --release -p quell-epi --example forecast_zero [epidemics of each setting]`.

use quell_epi::forecast::{Ahead, Days, Definition, Draw, Outbreak, Past, futures};
use quell_epi::interval::SerialInterval;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Binomial, Distribution, Gamma, Poisson, StandardNormal};

/// Days after the forecast that are looked at.
const WITHIN: usize = 90;
/// R is 1.5 until then; from then on ever fewer are found in the community.
const LOCKDOWN: usize = 22;

/// All cases by day, and those found in the community.
fn epidemic(low: f64, w: &SerialInterval, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut cases, mut community): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    let mut logit = 1.0;
    for t in 0..200 {
        let infectivity: f64 = cases.iter().rev().enumerate().map(|(k, n)| n * w.of(k + 1)).sum();
        let mean = if t < 6 { 20.0 } else { infectivity * if t < LOCKDOWN { 1.5 } else { low } };
        let noise: f64 = Gamma::new(10.0, 0.1).map_or(1.0, |g| g.sample(&mut rng));
        let n: f64 = Poisson::new(mean * noise).map_or(0.0, |p| p.sample(&mut rng));
        let step: f64 = StandardNormal.sample(&mut rng);
        logit += 0.1 * step - if (LOCKDOWN..60).contains(&t) { 0.06 } else { 0.0 };
        community.push(Binomial::new(n as u64, 1.0 / (1.0 + f64::exp(-logit))).map_or(0, |b| b.sample(&mut rng)) as f64);
        cases.push(n);
    }
    (cases, community)
}

fn main() {
    let epidemics: u64 = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(60);
    let Ok(w) = SerialInterval::shifted_gamma(4.0, 2.0, 250) else { return };
    println!("r,from,definition,epidemics,cover50,cover80,cover95,within30_said,within30_came");
    for (low, origin) in [(0.6, 35), (0.6, 50), (0.8, 35), (0.8, 50)] {
        let mut told: [Vec<(Days, Option<usize>)>; 2] = Default::default();
        for seed in 0..epidemics {
            let (cases, community) = epidemic(low, &w, 50_000 + seed);
            let known = |of: &[f64]| -> Vec<Option<f64>> { of[..origin].iter().map(|n| Some(*n)).collect() };
            let controlled: Vec<f64> = cases.iter().zip(&community).map(|(n, c)| n - c).collect();
            let Ok(past) = Past::new(known(&cases), None) else { return };
            let outbreak = Outbreak { past, channels: vec![known(&community), known(&controlled)] };
            let f = futures(&outbreak, &w, &Ahead::of(WITHIN, 1_000), &mut Draw::new(seed));
            for (told, d) in told.iter_mut().zip([Definition::SAME_DAY, Definition::THREE_DAYS]) {
                let came = d.reached(&outbreak.channels[0], &community[origin..origin + WITHIN]);
                // Where it is reached already there is nothing to forecast.
                if came != Some(0) {
                    told.push((Days::of(f.channels[0].iter().map(|p| d.reached(&outbreak.channels[0], p))), came));
                }
            }
        }
        for (told, name) in told.iter().zip(["same-day", "three-days"]) {
            tell(&format!("{low},{origin},{name}"), told);
        }
    }
}

fn tell(what: &str, told: &[(Days, Option<usize>)]) {
    let mean =
        |f: &dyn Fn(&Days, usize) -> f64| told.iter().map(|(d, came)| f(d, came.unwrap_or(WITHIN + 1))).sum::<f64>() / told.len() as f64;
    let held = |share: f64| {
        let at = |d: &Days, level: f64| d.quantile(level).unwrap_or(WITHIN + 1);
        mean(&|d, came| f64::from(u8::from((at(d, 0.5 - 0.5 * share)..=at(d, 0.5 + 0.5 * share)).contains(&came))))
    };
    let (said, came) = (mean(&|d, _| d.within(30)), mean(&|_, came| f64::from(u8::from(came <= 30))));
    println!("{what},{},{:.2},{:.2},{:.2},{said:.2},{came:.2}", told.len(), held(0.5), held(0.8), held(0.95));
}
