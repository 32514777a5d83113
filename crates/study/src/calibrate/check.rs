//! Whether what was found looks like what was observed: posterior predictive checks (Gelman, Carlin, Stern, Dunson, Vehtari & Rubin 2013, Bayesian Data Analysis,
//! third edition, section 6.3). A distance that is small day by day can hide a wrong trend, above all where the prediction is wide: so features of the whole
//! series are compared, too.

use crate::statistics::quantile;
use serde_json::{Value, json};

/// A feature of a series of counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feature {
    /// Growth rate a day.
    Growth,
    /// The day, from the first, about which most were counted.
    Peak,
    /// The largest count of a day.
    Largest,
    /// The sum.
    Total,
}

impl Feature {
    const ALL: [Self; 4] = [Self::Growth, Self::Peak, Self::Largest, Self::Total];

    /// For files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Growth => "growth_per_day",
            Self::Peak => "peak_day",
            Self::Largest => "largest_day",
            Self::Total => "total",
        }
    }
    /// Its value of the counts on the days that are known, with the days' numbers from 0. None if it has none: no growth where nothing was counted.
    fn of(self, counts: &[(usize, f64)]) -> Option<f64> {
        match self {
            Self::Growth => Trend::of(counts).map(|t| t.rate),
            Self::Peak => peak(counts).map(|d| d as f64),
            Self::Largest => counts.iter().map(|(_, n)| *n).reduce(f64::max),
            Self::Total => Some(counts.iter().map(|(_, n)| n).sum()),
        }
    }
}

/// Growth of counts.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Trend {
    /// Rate a day.
    rate: f64,
    /// Its standard error, with the spread of the counts about the trend.
    error: f64,
}

/// Rates beyond this are as good as infinite: all counts stand at one end.
const STEEPEST: f64 = 3.0;

impl Trend {
    /// Slope of a Poisson regression of the counts on the day (log link), by its profile score, which falls with the slope. None if nothing was counted.
    fn of(counts: &[(usize, f64)]) -> Option<Self> {
        let total: f64 = counts.iter().map(|(_, n)| n).sum();
        let middle = counts.iter().map(|(d, _)| *d as f64).sum::<f64>() / counts.len().max(1) as f64;
        if total <= 0.0 || counts.len() < 3 {
            return None;
        }
        let t = |d: usize| d as f64 - middle;
        // Expected counts at a slope, with the sum that was counted.
        let expected = |rate: f64| {
            let weights: Vec<f64> = counts.iter().map(|(d, _)| (rate * t(*d)).exp()).collect();
            let sum: f64 = weights.iter().sum();
            weights.into_iter().map(move |w| total * w / sum).collect::<Vec<f64>>()
        };
        let score = |rate: f64| counts.iter().zip(expected(rate)).map(|((d, n), mu)| t(*d) * (n - mu)).sum::<f64>();
        let (mut low, mut high) = (-STEEPEST, STEEPEST);
        // Halves the interval to below a millionth.
        for _ in 0..24 {
            let rate = (low + high) / 2.0;
            if score(rate) > 0.0 { low = rate } else { high = rate }
        }
        let rate = (low + high) / 2.0;
        let mu = expected(rate);
        let mean = counts.iter().zip(&mu).map(|((d, _), mu)| t(*d) * mu).sum::<f64>() / total;
        let information: f64 = counts.iter().zip(&mu).map(|((d, _), mu)| mu * (t(*d) - mean).powi(2)).sum();
        let pearson: f64 = counts.iter().zip(&mu).map(|((_, n), mu)| (n - mu).powi(2) / mu.max(1e-9)).sum();
        let spread = (pearson / (counts.len() as f64 - 2.0)).max(1.0);
        Some(Self { rate, error: (spread / information.max(1e-9)).sqrt() })
    }
}

/// The first day with the largest mean over itself and its neighbours.
fn peak(counts: &[(usize, f64)]) -> Option<usize> {
    let mean = |day: usize| {
        let near: Vec<f64> = counts.iter().filter(|(d, _)| d.abs_diff(day) <= 1).map(|(_, n)| *n).collect();
        near.iter().sum::<f64>() / near.len().max(1) as f64
    };
    let best = |best: Option<(usize, f64)>, (d, _): &(usize, f64)| {
        let here = mean(*d);
        if best.is_some_and(|(_, m)| m >= here) { best } else { Some((*d, here)) }
    };
    counts.iter().fold(None, best).map(|(d, _)| d)
}

/// A feature of the data beside that of the posterior's runs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Check {
    /// Which.
    pub feature: Feature,
    /// Of what was observed.
    pub observed: f64,
    /// 5, 50 and 95 % of the runs.
    pub runs: [f64; 3],
    /// The share of runs in which it is less than what was observed; those in which it is the same count by half.
    pub below: f64,
    /// Whether what was observed grows and the median of the runs falls, or the other way round, by more than chance.
    pub against: bool,
}

/// Shares beyond this, at either end, are told.
const EXTREME: f64 = 0.05;

impl Check {
    /// Whether the runs miss what was observed.
    pub(crate) fn misses(&self) -> bool {
        self.against || self.below < EXTREME || self.below > 1.0 - EXTREME
    }
    fn report(&self) -> Value {
        let [q05, q50, q95] = self.runs;
        json!({ "observed": self.observed, "q05": q05, "q50": q50, "q95": q95, "share_below": self.below, "misses": self.misses() })
    }
}

/// Compares all features. `predicted` are counts by run and day, from the first observed day.
pub(crate) fn checks(observed: &[Option<f64>], predicted: &[Vec<f64>]) -> Vec<Check> {
    let known: Vec<(usize, f64)> = observed.iter().enumerate().filter_map(|(d, n)| Some((d, (*n)?))).collect();
    let of_runs: Vec<Vec<(usize, f64)>> =
        predicted.iter().map(|run| known.iter().filter_map(|(d, _)| Some((*d, *run.get(*d)?))).collect()).collect();
    let check = |feature: Feature| {
        let seen = feature.of(&known)?;
        let mut runs: Vec<f64> = of_runs.iter().filter_map(|run| feature.of(run)).collect();
        runs.sort_unstable_by(f64::total_cmp);
        if runs.is_empty() {
            return None;
        }
        let same = |x: f64| (x - seen).abs() <= 1e-6 * (1.0 + seen.abs());
        let count = |x: &f64| if same(*x) { 0.5 } else { f64::from(u8::from(*x < seen)) };
        let below = runs.iter().map(count).sum::<f64>() / runs.len() as f64;
        let q = |p: f64| quantile(&runs, p);
        let quantiles = [q(0.05), q(0.5), q(0.95)];
        // A wide prediction holds any trend: then its middle says whether it is the right one.
        let error = Trend::of(&known).map_or(f64::INFINITY, |t| t.error);
        let against =
            feature == Feature::Growth && seen * quantiles[1] < 0.0 && (seen - quantiles[1]).abs() > 2.0 * error && seen.abs() > error;
        Some(Check { feature, observed: seen, runs: quantiles, below, against })
    };
    Feature::ALL.into_iter().filter_map(check).collect()
}

/// As JSON, by feature.
pub(crate) fn report(checks: &[Check]) -> Value {
    checks.iter().map(|c| (c.feature.name().to_owned(), c.report())).collect::<serde_json::Map<String, Value>>().into()
}

/// What is told of features that are missed: a line each, and what to do. `parameters` are the names of what may be otherwise already, `day` names a day.
pub(crate) fn words(checks: &[Check], parameters: &[&str], day: &dyn Fn(usize) -> String, chinese: bool) -> Vec<String> {
    checks.iter().filter(|c| c.misses()).map(|c| line(c, parameters, day, chinese)).collect()
}

fn line(c: &Check, parameters: &[&str], day: &dyn Fn(usize) -> String, chinese: bool) -> String {
    let show = |x: f64| match c.feature {
        Feature::Growth => format!("{:+.1} %", x.exp_m1() * 100.0),
        Feature::Peak => day(x.round().max(0.0) as usize),
        Feature::Largest | Feature::Total => format!("{x:.0}"),
    };
    let less = c.runs[1] < c.observed;
    let what = match (c.feature, chinese) {
        (Feature::Growth, true) => "每日增长率",
        (Feature::Growth, false) => "growth a day",
        (Feature::Peak, true) => "高峰日",
        (Feature::Peak, false) => "day of the peak",
        (Feature::Largest, true) => "单日最多",
        (Feature::Largest, false) => "largest day",
        (Feature::Total, true) => "合计",
        (Feature::Total, false) => "sum",
    };
    let (seen, middle, low, high) = (show(c.observed), show(c.runs[1]), show(c.runs[0]), show(c.runs[2]));
    let share = c.below * 100.0;
    let todo = advice(c.feature, less, parameters, chinese);
    if chinese {
        let why = if c.against { "趋势相反" } else { "不符" };
        format!(
            "警告：{what}{why}：观察为 {seen}，相符的预演为 {middle}（5 % 至 95 %：{low} 至 {high}；低于观察者占 {share:.0} %）。{todo}"
        )
    } else {
        let why = if c.against { "goes the other way" } else { "is missed" };
        format!(
            "Warning: the {what} {why}: observed {seen}, in the runs that fit {middle} (5 % to 95 %: {low} to {high}; below what was observed in {share:.0} %). {todo}"
        )
    }
}

/// What to vary. `less`: the runs have too little of it.
fn advice(feature: Feature, less: bool, parameters: &[&str], chinese: bool) -> String {
    let names: &[&str] = match feature {
        Feature::Growth => &["variants.0.transmission.reproduction", "imports_per_day", "start"],
        Feature::Peak => &["start", "symptoms.from_day", "symptoms.after_days"],
        Feature::Largest => &["imports", "symptoms.come", "variants.0.transmission.dispersion"],
        Feature::Total => &["imports", "symptoms.come", "start"],
    };
    let is_there = |n: &&&str| parameters.iter().any(|p| p.strip_prefix("policy.").or(p.strip_prefix("disease.")).unwrap_or(p) == **n);
    let (there, new): (Vec<&&str>, Vec<&&str>) = names.iter().partition(is_there);
    let list = |names: &[&&str]| names.iter().map(|n| **n).collect::<Vec<_>>().join(if chinese { "、" } else { ", " });
    let mut todo: Vec<String> = Vec::new();
    if !there.is_empty() {
        todo.push(if chinese { format!("放宽 {} 的范围", list(&there)) } else { format!("widen the range of {}", list(&there)) });
    }
    if !new.is_empty() {
        todo.push(if chinese { format!("把 {} 列为未知", list(&new)) } else { format!("let {} be unknown", list(&new)) });
    }
    let look = match (feature, less, chinese) {
        (Feature::Growth, true, true) => "检查所给策略是否比当时的做法更严",
        (Feature::Growth, true, false) => "see whether the policy given is stricter than what was done",
        (Feature::Growth, false, true) => "检查所给策略是否比当时的做法更松",
        (Feature::Growth, false, false) => "see whether the policy given is laxer than what was done",
        (Feature::Largest, _, true) => "检查病例是否按积压或补报成批计入",
        (Feature::Largest, _, false) => "see whether cases were counted in lumps, late or corrected",
        (Feature::Peak | Feature::Total, _, true) => "检查 --counted 与所计数的是否一致",
        (Feature::Peak | Feature::Total, _, false) => "see whether --counted is what was counted",
    };
    todo.push(look.to_owned());
    let todo = todo.join(if chinese { "；" } else { "; " });
    if chinese { format!("可：{todo}。") } else { format!("To do: {todo}.") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quell_epidemic::random::Key;

    fn series(n: usize, of: impl Fn(usize) -> f64) -> Vec<(usize, f64)> {
        (0..n).map(|d| (d, of(d))).collect()
    }

    #[test]
    fn a_trend_is_that_of_a_poisson_regression() {
        let exact = Trend::of(&series(20, |d| 5.0 * (0.1 * d as f64).exp()));
        assert!(exact.is_some_and(|t| (t.rate - 0.1).abs() < 1e-6), "{exact:?}");
        // Newton's method in Python: slope 0.545083, standard error 0.162384; Pearson's spread 0.65, below that of chance, is taken as 1.
        let glm = Trend::of(&[(0, 1.0), (1, 0.0), (2, 3.0), (3, 2.0), (4, 6.0), (5, 9.0)]);
        assert!(glm.is_some_and(|t| (t.rate - 0.545_083).abs() < 1e-5 && (t.error - 0.162_384).abs() < 1e-5), "{glm:?}");
        assert_eq!(Trend::of(&series(9, |_| 0.0)), None);
        // All at one end.
        assert!(Trend::of(&series(9, |d| if d == 8 { 4.0 } else { 0.0 })).is_some_and(|t| t.rate > 2.9));
    }

    #[test]
    fn a_peak_is_the_middle_of_what_is_high() {
        assert_eq!(peak(&series(9, |d| [0.0, 9.0, 0.0, 3.0, 5.0, 7.0, 4.0, 1.0, 0.0][d])), Some(5));
        assert_eq!((peak(&series(4, |_| 2.0)), peak(&[])), (Some(0), None));
    }

    /// Poisson counts about a curve.
    fn runs(n: usize, of: impl Fn(usize, usize) -> f64) -> Vec<Vec<f64>> {
        let mut draws = Key::new(3).draws();
        (0..n).map(|run| (0..30).map(|d| f64::from(draws.poisson(of(run, d)))).collect()).collect()
    }

    #[test]
    fn what_fits_is_not_told_and_what_does_not_is() {
        let rising = |d: usize| 3.0 * (0.08 * d as f64).exp();
        let observed: Vec<Option<f64>> = runs(1, |_, d| rising(d))[0].iter().map(|n| Some(*n)).collect();
        let told = |predicted: &[Vec<f64>]| -> Vec<Feature> {
            checks(&observed, predicted).iter().filter(|c| c.misses()).map(|c| c.feature).collect()
        };
        assert_eq!(told(&runs(200, |_, d| rising(d))), []);
        // As many in all, the other way round.
        let falling = runs(200, |_, d| rising(29 - d));
        assert_eq!(told(&falling), [Feature::Growth, Feature::Peak]);
        // So wide that it holds anything, and its middle falls: told as well, though a fifth of the runs rise faster.
        let wide = runs(200, |run, d| 12.0 * ((run as f64 / 200.0 - 0.8) * 0.4 * (d as f64 / 10.0 - 1.5)).exp());
        let growth = checks(&observed, &wide).into_iter().find(|c| c.feature == Feature::Growth);
        assert!(growth.as_ref().is_some_and(|c| c.against && c.runs[1] < 0.0), "{growth:?}");
        // Three times as many, of the same trend.
        let more = told(&runs(200, |_, d| 3.0 * rising(d)));
        assert!(more.ends_with(&[Feature::Largest, Feature::Total]) && !more.contains(&Feature::Growth), "{more:?}");
    }

    #[test]
    fn days_that_are_not_known_are_left_out() {
        let observed = [Some(2.0), None, Some(2.0), Some(2.0)];
        let checks = checks(&observed, &[vec![2.0, 99.0, 2.0, 2.0], vec![1.0, 99.0, 2.0, 3.0]]);
        let of = |f: Feature| checks.iter().find(|c| c.feature == f).map(|c| (c.observed, c.runs[2]));
        assert_eq!(of(Feature::Total), Some((6.0, 6.0)));
        assert_eq!(of(Feature::Largest).map(|x| x.0), Some(2.0));
    }

    #[test]
    fn it_is_said_what_to_vary() {
        let check = Check { feature: Feature::Growth, observed: 0.08, runs: [-0.05, -0.02, 0.01], below: 1.0, against: true };
        let day = |d: usize| d.to_string();
        let said = words(std::slice::from_ref(&check), &["disease.variants.0.transmission.reproduction", "symptoms.come"], &day, false);
        assert_eq!(
            said,
            [
                "Warning: the growth a day goes the other way: observed +8.3 %, in the runs that fit -2.0 % (5 % to 95 %: -4.9 % to +1.0 %; below what was observed in 100 %). To do: widen the range of variants.0.transmission.reproduction; let imports_per_day, start be unknown; see whether the policy given is stricter than what was done."
            ]
        );
        assert!(words(&[check], &[], &day, true)[0].starts_with("警告：每日增长率趋势相反：观察为 +8.3 %"));
    }
}
