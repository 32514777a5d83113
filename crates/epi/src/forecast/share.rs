//! What share of the cases is found in which way: the channels of discovery. When control is tightened, the share found in the community falls.
//!
//! Channels are split off one after the other: the first from all others, the second from what is left, and so on. The logit of each share is a
//! random walk with a drift that itself changes and dies away (a damped local linear trend; Harvey 1989, Forecasting, Structural Time Series Models,
//! chapter 2); counts are beta-binomial around it. How far share and drift walk and how much counts scatter are learnt: each combination is weighed by
//! how well it explains the counts. The filter keeps mean and variance of share and drift; those of the share after a day's counts are integrated
//! numerically (assumed density filtering; Maybeck 1982, Stochastic Models 2, chapter 12), so that small counts and zeros do no harm.

use super::draw::Draw;
use statrs::function::gamma::ln_gamma;

/// Standard deviation of a day's step of the logit.
const STEPS: [f64; 3] = [0.03, 0.1, 0.3];
/// Standard deviation of a day's change of its drift.
const TURNS: [f64; 3] = [0.002, 0.01, 0.04];
/// Precision of the beta distribution around the share.
const PRECISIONS: [f64; 4] = [15.0, 60.0, 300.0, f64::INFINITY];
/// What of the drift is left a day later; half of it is gone after two weeks.
pub const DRIFT_KEPT: f64 = 0.95;
/// Standard deviations of logit and drift before anything is seen.
const BEGIN: (f64, f64) = (2.0, 0.1);
/// Points of the integration on each side of its middle, and how many standard deviations it reaches.
const SIDE: i32 = 12;
const REACH: f64 = 5.5;

/// Mean and variance of the logit and of its drift.
#[derive(Debug, Clone, Copy)]
struct State {
    logit: f64,
    drift: f64,
    var: f64,
    var_drift: f64,
    cov: f64,
}

#[derive(Debug, Clone, Copy)]
struct Way {
    step: f64,
    turn: f64,
    precision: f64,
}

/// The share of one channel among those from it on, as far as the past tells.
#[derive(Debug, Clone)]
struct Split(Vec<(f64, Way, State)>);

/// The shares of all channels.
#[derive(Debug, Clone)]
pub struct Shares(Vec<Split>);

/// Fits the shares: for each channel its counts by day, all of the same days. A day counts only if all channels are known on it; their sum need not
/// be all cases of the day.
pub fn fit(channels: &[Vec<Option<f64>>]) -> Shares {
    let days = channels.iter().map(Vec::len).max().unwrap_or(0);
    let whole: Vec<Option<Vec<f64>>> = (0..days).map(|t| channels.iter().map(|c| c.get(t).copied().flatten()).collect()).collect();
    let split = |k: usize| {
        let seen: Vec<Option<(f64, f64)>> = whole.iter().map(|d| d.as_ref().map(|d| (d[k], d[k..].iter().sum()))).collect();
        Split::fit(&seen)
    };
    Shares((0..channels.len().saturating_sub(1)).map(split).collect())
}

impl Shares {
    /// Draws how the cases of each day fall to the channels: by channel, by day. The first `behind` days are the last ones of the past. `shift`: what is
    /// added to the logit of the first channel's share on each day ahead; 0 beyond its end.
    pub fn draw(&self, cases: &[f64], behind: usize, shift: &[f64], draw: &mut Draw) -> Vec<Vec<f64>> {
        let mut left = cases.to_vec();
        let mut channels = Vec::with_capacity(self.0.len() + 1);
        for (k, split) in self.0.iter().enumerate() {
            let mine = split.draw(&left, behind, if k == 0 { shift } else { &[] }, draw);
            left.iter_mut().zip(&mine).for_each(|(l, m)| *l -= m);
            channels.push(mine);
        }
        channels.push(left);
        channels
    }
}

impl Split {
    fn fit(seen: &[Option<(f64, f64)>]) -> Self {
        let mut ways: Vec<(f64, Way, State)> = Vec::new();
        for step in STEPS {
            for turn in TURNS {
                for precision in PRECISIONS {
                    let way = Way { step, turn, precision };
                    let (ln, state) = State::follow(way, seen);
                    ways.push((ln, way, state));
                }
            }
        }
        let best = ways.iter().map(|w| w.0).fold(f64::NEG_INFINITY, f64::max);
        ways.iter_mut().for_each(|w| w.0 = (w.0 - best).exp());
        let sum: f64 = ways.iter().map(|w| w.0).sum();
        ways.iter_mut().for_each(|w| w.0 /= sum);
        ways.sort_by(|a, b| b.0.total_cmp(&a.0));
        Self(ways)
    }
    fn draw(&self, cases: &[f64], behind: usize, shift: &[f64], draw: &mut Draw) -> Vec<f64> {
        let Some((_, way, state)) = draw.pick(&self.0, |w| w.0).copied() else {
            return cases.to_vec();
        };
        let (mut logit, mut drift) = state.draw(draw);
        let (past, ahead) = cases.split_at(behind.min(cases.len()));
        let back = |day: usize| (past.len() - 1 - day) as f64;
        let mut mine: Vec<f64> =
            past.iter().enumerate().map(|(t, n)| draw.of_scattered(*n, logistic(logit - drift * back(t)), way.precision)).collect();
        for (h, n) in ahead.iter().enumerate() {
            logit += drift + way.step * draw.normal();
            drift = DRIFT_KEPT * drift + way.turn * draw.normal();
            mine.push(draw.of_scattered(*n, logistic(logit + shift.get(h).copied().unwrap_or(0.0)), way.precision));
        }
        mine
    }
}

impl State {
    fn follow(way: Way, seen: &[Option<(f64, f64)>]) -> (f64, Self) {
        let mut state = Self { logit: 0.0, drift: 0.0, var: BEGIN.0 * BEGIN.0, var_drift: BEGIN.1 * BEGIN.1, cov: 0.0 };
        let mut ln = 0.0;
        for day in seen {
            state = state.on(way);
            if let Some((mine, of)) = day.filter(|(_, of)| *of > 0.0) {
                ln += state.see(mine, of, way.precision);
            }
        }
        (ln, state)
    }
    /// A day later.
    fn on(self, way: Way) -> Self {
        Self {
            logit: self.logit + self.drift,
            drift: DRIFT_KEPT * self.drift,
            var: self.var + 2.0 * self.cov + self.var_drift + way.step * way.step,
            cov: DRIFT_KEPT * (self.cov + self.var_drift),
            var_drift: DRIFT_KEPT * DRIFT_KEPT * self.var_drift + way.turn * way.turn,
        }
    }
    /// Learns from a day's counts; the logarithm of how likely they were.
    fn see(&mut self, mine: f64, of: f64, precision: f64) -> f64 {
        // Where the integrand is large: the count's own logit, and what was believed, each by its precision.
        let scatter = if precision.is_finite() { 1.0 + (of - 1.0).max(0.0) / (precision + 1.0) } else { 1.0 };
        let own = ((mine + 0.5) / (of - mine + 0.5)).ln();
        let own_var = (1.0 / (mine + 0.5) + 1.0 / (of - mine + 0.5)) * scatter;
        let var = 1.0 / (1.0 / own_var + 1.0 / self.var);
        let middle = var * (own / own_var + self.logit / self.var);
        let step = var.sqrt() * REACH / f64::from(SIDE);
        let points: Vec<(f64, f64)> = (-SIDE..=SIDE)
            .map(|k| {
                let x = middle + step * f64::from(k);
                (x, ln_beta_binomial(mine, of, x, precision) - 0.5 * (x - self.logit).powi(2) / self.var)
            })
            .collect();
        let most = points.iter().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
        let weighed = |f: &dyn Fn(f64) -> f64| points.iter().map(|(x, ln)| (ln - most).exp() * f(*x)).sum::<f64>();
        let all = weighed(&|_| 1.0);
        let logit = weighed(&|x| x) / all;
        let after = (weighed(&|x| (x - logit).powi(2)) / all).max(f64::MIN_POSITIVE);
        let evidence = most + (all * step / (std::f64::consts::TAU * self.var).sqrt()).ln();
        let slope = self.cov / self.var;
        self.drift += slope * (logit - self.logit);
        self.var_drift += slope * slope * (after - self.var);
        self.cov = slope * after;
        (self.logit, self.var) = (logit, after);
        evidence
    }
    fn draw(self, draw: &mut Draw) -> (f64, f64) {
        let logit = self.logit + self.var.sqrt() * draw.normal();
        let slope = self.cov / self.var;
        let rest = (self.var_drift - slope * self.cov).max(0.0);
        (logit, self.drift + slope * (logit - self.logit) + rest.sqrt() * draw.normal())
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The logarithm of the probability of `mine` of `of`, without the number of combinations, which is the same for every share.
fn ln_beta_binomial(mine: f64, of: f64, logit: f64, precision: f64) -> f64 {
    if precision.is_infinite() {
        // ln p = −ln(1 + e^−x), ln(1 − p) = −ln(1 + e^x)
        let ln = |x: f64| if x > 0.0 { -(-x).exp().ln_1p() } else { x - x.exp().ln_1p() };
        return mine * ln(logit) + (of - mine) * ln(-logit);
    }
    let (a, b) = (precision * logistic(logit).max(f64::MIN_POSITIVE), precision * logistic(-logit).max(f64::MIN_POSITIVE));
    ln_gamma(mine + a) - ln_gamma(a) + ln_gamma(of - mine + b) - ln_gamma(b) - (ln_gamma(of + a + b) - ln_gamma(a + b))
}
