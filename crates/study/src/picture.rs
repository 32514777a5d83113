//! Pictures: the days of many runs as a fan.

use crate::row::{OF_DAY, Run};
use crate::said::Trouble;
use crate::statistics::quantile;
use quell_charts::{Fan, Forecast, Head, Language, Start};
use std::path::Path;

/// A number of the day over all runs of a policy, as a fan.
pub(crate) fn fan(title: &str, subtitle: &str, counted: &str, name: &str, runs: &[&Run]) -> Fan {
    let column = OF_DAY.iter().position(|n| *n == name).unwrap_or(0);
    let days = runs.iter().map(|r| r.days.len()).max().unwrap_or(0);
    let of_day = |day: usize| {
        let mut values: Vec<f64> = runs.iter().filter_map(|r| r.days.get(day)).map(|d| d[column]).collect();
        values.sort_unstable_by(f64::total_cmp);
        let q = |p: f64| quantile(&values, p);
        (!values.is_empty()).then(|| Forecast {
            median: q(0.5),
            half: (q(0.25), q(0.75)),
            four_fifths: (q(0.1), q(0.9)),
            most: (q(0.025), q(0.975)),
        })
    };
    Fan {
        head: Head { title: Some(title.to_owned()), subtitle: Some(subtitle.to_owned()), source: None },
        start: Start::Number(0),
        counted: Some(counted.to_owned()),
        observed: Vec::new(),
        forecast: (0..days).map(of_day).collect(),
        came: Vec::new(),
        notes: Vec::new(),
    }
}

/// Writes a picture.
pub(crate) fn write(path: &Path, fan: &Fan, chinese: bool) -> Result<(), Trouble> {
    let language = if chinese { Language::Chinese } else { Language::English };
    std::fs::write(path, fan.svg(language)).map_err(|e| Trouble::file(path, &e))
}
