//! Days from the onset of a case to the onset of whom it infected, and when between the two the infection was.

use super::outbreak::Outbreak;
use crate::gamma::Gamma;

/// Intervals less probable than this, by their number of days, are taken to be impossible.
const POSSIBLE: f64 = 1e-5;
/// A case is infectious from so many days before its onset. SARS-CoV-2: 2 to 3 days (He et al. 2020, Nat Med 26:672, corrected); what the profile
/// gives to these days depends on the serial interval and the incubation period, and is little where the latter is the shorter one.
const BEFORE_ONSET: i32 = 3;
/// By how much it counts when a case was infected outside of its window: windows are recalled, and recalled wrongly.
const OUTSIDE: f64 = 1e-3;
/// The incubation period before the windows are seen: log-normal around this share of the serial interval. (SARS-CoV-2 5.5 of 6 days, measles 10
/// of 11.7, Ebola 9 of 15, MERS 6 of 8 to 12: shared out so in Vink et al. 2014, Am J Epidemiol 180:865, and the reviews of each.)
const INCUBATION: f64 = 0.8;
const INCUBATION_SD: f64 = 0.3;
/// Its coefficient of variation (SARS-CoV-2 0.4 to 0.5: Lauer et al. 2020, Ann Intern Med 172:577).
const INCUBATION_VARIATION: f64 = 0.45;
/// Windows longer than this say too little of the incubation period.
const LONG: i32 = 30;

/// Exposure: from the first to the last day, counted from the infector's onset or from any common day.
pub(super) type Window = (i32, i32);

/// Both distributions by day.
#[derive(Debug, Clone)]
pub(super) struct Lags {
    /// Probability of each interval; that of 0 days is 0.
    w: Vec<f64>,
    /// The probability of less than so many days.
    before: Vec<f64>,
    /// For each interval: the probability that the infection was at most so many days after `-BEFORE_ONSET`, from the infector's onset.
    infected: Vec<Vec<f64>>,
    /// The probability of an incubation period of at most so many days.
    incubated: Vec<f64>,
}

impl Lags {
    pub fn new(o: &Outbreak) -> Self {
        let interval = o.interval.as_slice();
        let last = interval.iter().rposition(|p| *p > POSSIBLE).unwrap_or(0);
        let w = interval.get(..=last).unwrap_or_default().to_vec();
        let before = w.iter().scan(0.0, |sum, p| Some(std::mem::replace(sum, *sum + p))).chain([1.0]).collect();
        let (mean, sd) = moments(&w);
        let incubation = o.incubation.or_else(|| learnt(o, mean)).unwrap_or(Gamma { shape: 1.0, scale: 1.0 });
        let longest = w.len() + BEFORE_ONSET as usize;
        let incubates = by_day(incubation, 0.5, longest);
        // What is left of the serial interval is how long after its onset a case infects.
        let left = (mean - incubation.mean() + f64::from(BEFORE_ONSET)).max(1.0);
        let spread = (sd * sd - incubation.sd().powi(2)).max(0.25 * sd * sd).sqrt();
        let infects = Gamma::of_mean_sd(left, spread).map(|g| by_day(g, 1.0, longest)).unwrap_or_default();
        let infected = (0..w.len()).map(|lag| shares(&infects, &incubates, lag)).collect();
        Self { w, before, infected, incubated: cumulated(&by_day(incubation, 0.5, 400)) }
    }

    /// Probabilities of intervals of 0, 1, 2 … days.
    pub fn as_slice(&self) -> &[f64] {
        &self.w
    }
    /// The longest possible interval, days.
    pub fn longest(&self) -> i32 {
        self.w.len() as i32 - 1
    }
    pub fn at(&self, lag: i32) -> f64 {
        usize::try_from(lag).ok().and_then(|l| self.w.get(l)).copied().unwrap_or(0.0)
    }
    /// The probability that the interval is shorter.
    pub fn before(&self, lag: i32) -> f64 {
        if lag <= 0 { 0.0 } else { self.before.get(lag as usize).copied().unwrap_or(1.0) }
    }
    /// The probability that it is shorter, or as long and by the time of the day: half of the day counts.
    pub fn until(&self, lag: i32) -> f64 {
        self.before(lag) + 0.5 * self.at(lag)
    }
    /// The probability of the interval, and of the infection within a window that is counted from the infector's onset.
    pub fn within(&self, lag: i32, window: Window) -> f64 {
        let Some(shares) = usize::try_from(lag).ok().and_then(|l| self.infected.get(l)) else { return 0.0 };
        let share = up_to(shares, window.1.saturating_add(BEFORE_ONSET)) - up_to(shares, window.0.saturating_add(BEFORE_ONSET - 1));
        self.at(lag) * (OUTSIDE + (1.0 - OUTSIDE) * share)
    }
    /// The probability that somebody who was infected elsewhere or by a stranger was so within the window, given the onset.
    pub fn alone(&self, onset: i32, window: Window) -> f64 {
        let least = onset.saturating_sub(window.1);
        let share = up_to(&self.incubated, onset.saturating_sub(window.0)) - up_to(&self.incubated, least.saturating_sub(1));
        OUTSIDE + (1.0 - OUTSIDE) * share
    }
}

fn moments(w: &[f64]) -> (f64, f64) {
    let all: f64 = w.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let mean = w.iter().enumerate().map(|(k, p)| k as f64 * p).sum::<f64>() / all;
    let variance = w.iter().enumerate().map(|(k, p)| p * (k as f64 - mean).powi(2)).sum::<f64>() / all;
    (mean, variance.sqrt())
}

fn up_to(cumulated: &[f64], day: i32) -> f64 {
    let Ok(day) = usize::try_from(day) else { return 0.0 };
    cumulated.get(day).or(cumulated.last()).copied().unwrap_or(0.0)
}

/// A distribution by whole days; day k is from `k - 1 + below` to `k + below`.
fn by_day(g: Gamma, below: f64, days: usize) -> Vec<f64> {
    (0..days).map(|k| g.cdf(k as f64 + below) - g.cdf(k as f64 + below - 1.0)).collect()
}

fn cumulated(p: &[f64]) -> Vec<f64> {
    p.iter()
        .scan(0.0, |sum, p| {
            *sum += p;
            Some(*sum)
        })
        .collect()
}

/// Given the interval: how probable it is that the infection was by each day from `-BEFORE_ONSET` on.
fn shares(infects: &[f64], incubates: &[f64], lag: usize) -> Vec<f64> {
    let days = lag + BEFORE_ONSET as usize;
    let each: Vec<f64> =
        (0..=days).map(|x| infects.get(x).copied().unwrap_or(0.0) * incubates.get(days - x).copied().unwrap_or(0.0)).collect();
    let all: f64 = each.iter().sum();
    let each = if all > 0.0 { each.iter().map(|p| p / all).collect() } else { vec![1.0 / (days + 1) as f64; days + 1] };
    cumulated(&each)
}

/// The incubation period that explains the windows best.
fn learnt(o: &Outbreak, interval: f64) -> Option<Gamma> {
    let usual = INCUBATION * interval;
    let windows: Vec<(i32, i32)> = o
        .cases
        .iter()
        .filter(|c| c.onset.is_known())
        .filter_map(|c| Some((c.onset.first(), c.exposed?)))
        .filter(|(onset, (from, to))| from <= onset && to.saturating_sub(*from) <= LONG)
        .map(|(onset, (from, to))| (onset.saturating_sub(to).max(0), onset.saturating_sub(from)))
        .collect();
    let score = |g: Gamma| {
        let cumulated = cumulated(&by_day(g, 0.5, 400));
        let seen: f64 = windows.iter().map(|(a, b)| (up_to(&cumulated, *b) - up_to(&cumulated, a - 1)).max(OUTSIDE).ln()).sum();
        seen - 0.5 * ((g.mean() / usual).ln() / INCUBATION_SD).powi(2)
    };
    let tried = (-20..=20).filter_map(|k| {
        let mean = usual * (f64::from(k) * 0.05).exp();
        let g = Gamma::of_mean_sd(mean, INCUBATION_VARIATION * mean)?;
        Some((score(g), g))
    });
    tried.max_by(|a, b| a.0.total_cmp(&b.0)).map(|t| t.1)
}
