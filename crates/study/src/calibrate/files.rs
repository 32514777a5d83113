//! Files of a calibration: `posterior.csv` and `.parquet`, `generations.csv`, `predictive.csv`, `fan.svg`, `disease.toml`, `policy.toml`, `summary.json`.

use super::abc::{Generation, Particle};
use super::found::Found;
use crate::said::Trouble;
use crate::statistics::quantile;
use crate::table::{Column, Table};
use crate::{picture, row};
use quell_charts::{Axis, Fan, Forecast, Head, Start};
use quell_response::policy::Policy;
use serde_json::Value;
use std::path::Path;

pub(super) fn write(dir: &Path, found: &Found<'_>, report: &Value, chinese: bool) -> Result<(), Trouble> {
    let posterior = posterior(found);
    posterior.csv(&dir.join("posterior.csv"))?;
    posterior.parquet(&dir.join("posterior.parquet"))?;
    generations(found).csv(&dir.join("generations.csv"))?;
    predictive(found).csv(&dir.join("predictive.csv"))?;
    picture::write(&dir.join("fan.svg"), &fan(found, chinese), chinese)?;
    let put = |name: &str, text: String| {
        let path = dir.join(name);
        std::fs::write(&path, text).map_err(|e| Trouble::io(&path, &e))
    };
    if let Some(middle) = found.middle() {
        let toml = |name: &str, text: Result<String, toml::ser::Error>| text.map_err(|e| Trouble::file(&dir.join(name), &e));
        let mut disease = middle.own.disease.unwrap_or_else(|| found.base.clone());
        disease.title = format!("{} (calibrated)", disease.title);
        put("disease.toml", toml("disease.toml", toml::to_string(&disease))?)?;
        let policy = Policy { name: format!("{} (calibrated)", middle.policy.name), ..middle.policy };
        put("policy.toml", toml("policy.toml", toml::to_string(&policy))?)?;
    }
    put("summary.json", format!("{report:#}\n"))
}

/// Which files there are.
pub(super) fn written(dir: &Path, chinese: bool) -> String {
    let dir = dir.display();
    if chinese {
        format!(
            "文件在 {dir}：fan.svg（预测与观察对照）、disease.toml 与 policy.toml（后验均值，可交给其他命令）、posterior.csv、generations.csv、predictive.csv、posterior.parquet、summary.json\n"
        )
    } else {
        format!(
            "Files in {dir}: fan.svg (prediction beside what was observed), disease.toml and policy.toml (the means of the posterior, for other commands), posterior.csv, generations.csv, predictive.csv, posterior.parquet, summary.json\n"
        )
    }
}

/// A row a particle.
fn posterior(found: &Found<'_>) -> Table {
    let last = found.last();
    let number = |f: &dyn Fn(&Particle) -> f64| Column::Number(last.iter().map(|p| Some(f(p))).collect());
    let table = Table::default()
        .with("particle", Column::Whole((1..=last.len() as i64).collect()))
        .with("weight", number(&|p| p.weight))
        .with("distance", number(&|p| p.distance))
        // Seeds use all 64 bits.
        .with("seed", Column::Text(last.iter().map(|p| p.seed.to_string()).collect()));
    let Some(generation) = found.generations.last() else { return table };
    let parameters = found.model.parameters.iter().enumerate();
    parameters.fold(table, |t, (k, p)| t.with(&p.name, Column::Number(found.values(generation, k).into_iter().map(Some).collect())))
}

/// A row a generation.
fn generations(found: &Found<'_>) -> Table {
    let all = &found.generations;
    let number = |f: &dyn Fn(&Generation) -> f64| Column::Number(all.iter().map(|g| Some(f(g)).filter(|x| x.is_finite())).collect());
    let mut table = Table::default()
        .with("generation", Column::Whole((1..=all.len() as i64).collect()))
        .with("tolerance", number(&|g| g.tolerance))
        .with("attempts", Column::Whole(all.iter().map(|g| g.attempts as i64).collect()))
        .with("acceptance", number(&|g| g.particles.len() as f64 / g.attempts as f64))
        .with("effective_sample_size", number(&|g| g.effective()));
    for (k, p) in found.model.parameters.iter().enumerate() {
        table = table
            .with(&p.name, number(&|g| found.weighted(g, k).mean))
            .with(&format!("{}_q025", p.name), number(&|g| found.weighted(g, k).low))
            .with(&format!("{}_q50", p.name), number(&|g| found.weighted(g, k).median))
            .with(&format!("{}_q975", p.name), number(&|g| found.weighted(g, k).high));
    }
    table
}

const LEVELS: [(&str, f64); 7] = [("q025", 0.025), ("q10", 0.1), ("q25", 0.25), ("q50", 0.5), ("q75", 0.75), ("q90", 0.9), ("q975", 0.975)];

fn days(found: &Found<'_>) -> usize {
    found.predicted.first().map_or(0, Vec::len)
}

/// A row a day: what was observed, and the posterior's prediction.
fn predictive(found: &Found<'_>) -> Table {
    let days = days(found);
    let table = Table::default()
        .with(if found.observed.date.is_some() { "date" } else { "t" }, Column::Text((0..days).map(|k| found.day(k)).collect()))
        .with("observed", Column::Number((0..days).map(|k| found.observed.counts.get(k).copied().flatten()).collect()));
    LEVELS
        .iter()
        .fold(table, |t, (name, p)| t.with(name, Column::Number((0..days).map(|k| Some(quantile(&found.of_day(k), *p))).collect())))
}

fn fan(found: &Found<'_>, chinese: bool) -> Fan {
    let of_day = |k: usize| {
        let values = found.of_day(k);
        let q = |p: f64| quantile(&values, p);
        let forecast = || Forecast { median: q(0.5), half: (q(0.25), q(0.75)), four_fifths: (q(0.1), q(0.9)), most: (q(0.025), q(0.975)) };
        (!values.is_empty()).then(forecast)
    };
    let number = found.predicted.len();
    let title = match (found.poor(), chinese) {
        (true, true) => "与观察最接近、但不相符的预演",
        (true, false) => "Rehearsals nearest to what was observed, which they do not fit",
        (false, true) => "与观察相符的预演",
        (false, false) => "Rehearsals that fit what was observed",
    };
    let subtitle = if chinese { format!("后验中的 {number} 次预演") } else { format!("{number} runs drawn from the posterior") };
    Fan {
        head: Head { title: Some(title.to_owned()), subtitle: Some(subtitle), source: None },
        start: match found.observed.date {
            Some(first) => Start::Date { since_1970: first.0 },
            None => Start::Number(found.observed.first),
        },
        counted: Some(row::title_of_day(found.column, chinese).to_owned()),
        observed: Vec::new(),
        forecast: (0..days(found)).map(of_day).collect(),
        came: found.observed.counts.clone(),
        notes: found.missed(chinese),
        axis: Axis::Own,
    }
}
