//! What a calibration found: means, intervals, prediction, and the words for them.

use super::abc::{End, Generation, Particle, Weighted};
use super::check::{self, Check};
use super::model::{Model, Parameter, Point};
use super::observed::Observed;
use quell_epidemic::disease::DiseaseFile;
use serde_json::{Value, json};

/// What a calibration found.
pub(super) struct Found<'a> {
    /// The parameters.
    pub model: &'a Model,
    /// What was observed.
    pub observed: &'a Observed,
    /// What was counted.
    pub counted: &'a str,
    /// Its place among the numbers of a day.
    pub column: usize,
    /// Why it ended.
    pub end: End,
    /// All generations; the last is the answer.
    pub generations: Vec<Generation>,
    /// Counts by draw and day, from the first observed day.
    pub predicted: Vec<Vec<f64>>,
    /// The disease as it was before.
    pub base: DiseaseFile,
}

impl Found<'_> {
    /// The particles of the answer.
    pub(super) fn last(&self) -> &[Particle] {
        self.generations.last().map_or(&[], |g| &g.particles)
    }
    /// Values of a parameter in a generation.
    pub(super) fn values(&self, generation: &Generation, parameter: usize) -> Vec<f64> {
        let value = |p: &Particle| self.model.at(&p.at).map_or(f64::NAN, |point| point.values[parameter]);
        generation.particles.iter().map(value).collect()
    }
    /// Mean and quantiles of a parameter in a generation.
    pub(super) fn weighted(&self, generation: &Generation, parameter: usize) -> Weighted {
        let weights: Vec<f64> = generation.particles.iter().map(|p| p.weight).collect();
        Weighted::of(&self.values(generation, parameter), &weights)
    }
    /// The world of the posterior's means; where these exclude each other, of the particle that came nearest.
    pub(super) fn middle(&self) -> Option<Point> {
        let last = self.generations.last()?;
        let means = self.model.parameters.iter().enumerate().map(|(k, p)| p.rounded(self.weighted(last, k).mean));
        let nearest = || last.particles.iter().min_by(|a, b| a.distance.total_cmp(&b.distance)).and_then(|p| self.model.at(&p.at));
        self.model.valued(&means.collect::<Vec<_>>()).or_else(nearest)
    }
    /// The share of observed days whose count lies in the predictive interval of 95 %.
    fn covered(&self) -> Option<f64> {
        let within = |(day, n): (usize, &Option<f64>)| {
            let of_day = self.of_day(day);
            let (low, high) = (crate::statistics::quantile(&of_day, 0.025), crate::statistics::quantile(&of_day, 0.975));
            n.map(|n| f64::from(u8::from((low..=high).contains(&n))))
        };
        let all: Vec<f64> = self.observed.counts.iter().enumerate().filter_map(within).collect();
        (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64)
    }
    /// Counts of a day over all draws, sorted.
    pub(super) fn of_day(&self, day: usize) -> Vec<f64> {
        let mut values: Vec<f64> = self.predicted.iter().filter_map(|s| s.get(day)).copied().collect();
        values.sort_unstable_by(f64::total_cmp);
        values
    }

    /// What a day is called, from the first observed one.
    pub(super) fn day(&self, k: usize) -> String {
        match self.observed.date {
            Some(first) => first.plus(k as i32).to_string(),
            None => (self.observed.first + k as i64).to_string(),
        }
    }
    /// Features of what was observed beside those of the posterior's runs.
    fn checks(&self) -> Vec<Check> {
        check::checks(&self.observed.counts, &self.predicted)
    }
    /// What is told of features that are missed.
    pub(super) fn missed(&self, chinese: bool) -> Vec<String> {
        let names: Vec<&str> = self.model.parameters.iter().map(|p| p.name.as_str()).collect();
        check::words(&self.checks(), &names, &|k| self.day(k), chinese)
    }

    /// Whether it ended although a further generation would probably have come nearer.
    fn unfinished(&self) -> bool {
        let tolerances: Vec<f64> = self.generations.iter().map(|g| g.tolerance).collect();
        still_fell(&tolerances, self.end)
    }
    /// Whether even the nearest runs are far from what was observed, or differ from it in a feature.
    pub(super) fn poor(&self) -> bool {
        self.generations.last().is_none_or(|g| g.tolerance > POOR) || self.checks().iter().any(Check::misses)
    }

    /// As JSON.
    pub(super) fn report(&self, seed: u64, people: u32) -> Value {
        let numbers = |g: &Generation| -> serde_json::Map<String, Value> {
            let one = |(k, p): (usize, &Parameter)| {
                let w = self.weighted(g, k);
                (p.name.clone(), json!({ "mean": w.mean, "sd": w.sd, "q025": w.low, "q50": w.median, "q975": w.high }))
            };
            self.model.parameters.iter().enumerate().map(one).collect()
        };
        let generation = |g: &Generation| {
            let tolerance = g.tolerance.is_finite().then_some(g.tolerance);
            json!({
                "tolerance": tolerance,
                "attempts": g.attempts,
                "acceptance": g.particles.len() as f64 / g.attempts.max(1) as f64,
                "effective_sample_size": g.effective(),
                "parameters": numbers(g),
            })
        };
        let middle = self.middle();
        json!({
            "people": people,
            "counted": self.counted,
            "observed_days": self.observed.counts.len(),
            "observed_cases": self.observed.counts.iter().flatten().sum::<f64>(),
            "seed": seed,
            "particles": self.last().len(),
            "ended_by": self.end.name(),
            "tolerance_still_fell": self.unfinished(),
            "runs": self.generations.iter().map(|g| g.attempts).sum::<usize>(),
            "posterior": self.generations.last().map(numbers),
            "tolerance": self.generations.last().map(|g| g.tolerance).filter(|t| t.is_finite()),
            "effective_sample_size": self.generations.last().map(Generation::effective),
            "observed_within_95": self.covered(),
            "checks": check::report(&self.checks()),
            "mean_imports": middle.as_ref().map(|m| m.own.imports),
            "mean_imports_per_day": middle.as_ref().map(|m| m.own.imports_per_day),
            "mean_start": middle.as_ref().map(|m| m.start),
            "generations": self.generations.iter().map(generation).collect::<Vec<_>>(),
        })
    }

    /// For a person.
    pub(super) fn words(&self, chinese: bool) -> String {
        let say = |zh: &'static str, en: &'static str| if chinese { zh } else { en };
        let Some(last) = self.generations.last() else { return String::new() };
        let runs: usize = self.generations.iter().map(|g| g.attempts).sum();
        let (number, particles, effective) = (self.generations.len(), last.particles.len(), last.effective());
        let mut text = if chinese {
            format!("{number} 代，{runs} 次预演；{particles} 个粒子，有效样本量 {effective:.0}，容差 {:.2}\n", last.tolerance)
        } else {
            format!(
                "{number} generations, {runs} runs; {particles} particles, effective sample size {effective:.0}, tolerance {:.2}\n",
                last.tolerance
            )
        };
        for (k, p) in self.model.parameters.iter().enumerate() {
            let w = self.weighted(last, k);
            text += &format!("  {}: {:.4} [{:.4}, {:.4}]\n", p.name, w.mean, w.low, w.high);
        }
        if let Some(covered) = self.covered() {
            let share = covered * 100.0;
            text += &match chinese {
                true => format!("观察到的天数中 {share:.0} % 落在 95 % 预测区间内\n"),
                false => format!("{share:.0} % of the observed days lie in their predictive interval of 95 %\n"),
            };
        }
        let why = match self.end {
            End::Generations => say("各代已完成（--generations）", "all generations were made (--generations)"),
            End::Acceptance => say("接受率低于 --acceptance", "fewer attempts than --acceptance came near enough"),
            End::Budget => say("预算已用完（--budget）", "the budget was used up (--budget)"),
            End::NoWeight => say("先验没有权重", "the priors have no weight"),
        };
        text += &format!("{}{why}\n", say("结束原因：", "ended by: "));
        let unfinished = self.poor() && self.unfinished();
        if unfinished {
            text += say(
                "警告：结束时容差仍在下降：先增大 --generations 或 --budget，再下结论。\n",
                "Warning: it ended while the tolerance still fell: try more generations first (--generations, --budget), before anything else is concluded.\n",
            );
        }
        for line in self.missed(chinese) {
            text += &format!("{line}\n");
        }
        if last.tolerance > POOR && !unfinished {
            text += say(
                "警告：最近的预演仍与观察相去甚远；模型、范围或被固定的值可能不对（见 docs/rehearsal-calibrate.md）。\n",
                "Warning: even the nearest runs are far from what was observed; the model, the ranges or what is fixed may be wrong (docs/rehearsal-calibrate.md).\n",
            );
        }
        text + say("数值为后验均值及其 95 % 区间。\n", "Values are means of the posterior with its interval of 95 %.\n")
    }
}

/// A tolerance below this share of the one before still falls. Assumption.
const STILL: f64 = 0.95;
/// A final tolerance above this is told: the distance of two Poisson series of the same mean is 1, and epidemics vary more than that.
const POOR: f64 = 4.0;

/// Whether all generations were made, or the budget was used up, while the tolerance fell.
fn still_fell(tolerances: &[f64], end: End) -> bool {
    let fell = match tolerances {
        [.., before, last] => *last < STILL * before,
        _ => true,
    };
    matches!(end, End::Generations | End::Budget) && fell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tolerance_that_falls_asks_for_more_generations() {
        let falls = [f64::INFINITY, 9.0, 5.0];
        assert!(still_fell(&falls, End::Generations) && still_fell(&falls, End::Budget) && still_fell(&falls[..1], End::Generations));
        assert!(!still_fell(&falls, End::Acceptance) && !still_fell(&[9.0, 5.0, 4.9], End::Generations));
    }
}
