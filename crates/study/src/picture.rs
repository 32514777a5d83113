//! Pictures: the days of many runs as a fan.

use crate::row::{OF_DAY, Run};
use crate::said::Trouble;
use crate::statistics::quantile;
use crate::table::{Column, Table};
use quell_charts::{Fan, Forecast, Head, Language, PlaceBars, Start};
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

/// What townships bear: means over runs.
pub(crate) struct Places {
    places: Vec<(String, [f64; 2])>,
}

impl Places {
    /// Of runs among the same people. Townships go by their numbers where there are not as many names.
    pub(crate) fn of(names: &[String], runs: &[&Run]) -> Self {
        let number = runs.iter().map(|r| r.townships.len()).max().unwrap_or(0);
        let name = |k: usize| names.get(k).filter(|_| names.len() == number).cloned().unwrap_or_else(|| (k + 1).to_string());
        let mean = |k: usize, what: usize| {
            let sum: f64 = runs.iter().filter_map(|r| r.townships.get(k)).map(|t| t[what]).sum();
            sum / runs.len().max(1) as f64
        };
        Self { places: (0..number).map(|k| (name(k), [mean(k, 0), mean(k, 1)])).collect() }
    }
    /// A row a township.
    pub(crate) fn table(&self) -> Table {
        let number = |what: usize| Column::Number(self.places.iter().map(|p| Some(p.1[what])).collect());
        Table::default()
            .with("township", Column::Whole((1..=self.places.len() as i64).collect()))
            .with("name", Column::Text(self.places.iter().map(|p| p.0.clone()).collect()))
            .with("restriction_person_days", number(0))
            .with("infections", number(1))
    }
    /// Writes their picture.
    pub(crate) fn write(&self, path: &Path, policy: &str, chinese: bool) -> Result<(), Trouble> {
        let title = |name: &str| crate::row::title(name, chinese).to_owned();
        let bars = PlaceBars {
            head: Head {
                title: Some(policy.to_owned()),
                subtitle: Some(if chinese { "各乡镇、街道的负担" } else { "What townships bear" }.to_owned()),
                source: None,
            },
            measures: vec![title("restriction_person_days"), title("infections")],
            places: self.places.iter().map(|(name, values)| (name.clone(), values.to_vec())).collect(),
        };
        let language = if chinese { Language::Chinese } else { Language::English };
        std::fs::write(path, bars.svg(language)).map_err(|e| Trouble::file(path, &e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fan_says_which_intervals_it_cuts_off() {
        // Infections of one day in twenty runs: eight in ten have few, the others many.
        let picture = |many: usize| {
            let run = |k: usize| {
                let mut day = vec![0.0; OF_DAY.len()];
                day[0] = if k < many { 1000.0 } else { 10.0 };
                Run {
                    policy: String::new(),
                    seed: k as u64,
                    numbers: Vec::new(),
                    days: vec![day],
                    townships: Vec::new(),
                    hash: String::new(),
                }
            };
            let runs: Vec<Run> = (0..20).map(run).collect();
            let runs: Vec<&Run> = runs.iter().collect();
            fan("policy", "20 runs", "Infections by day", "infections", &runs)
        };
        let (one, four) = (picture(1), picture(4));
        let says = |fan: &Fan, words: &str| fan.svg(Language::English).contains(words);
        assert!(says(&one, "The 95 % interval leaves the picture") && !says(&one, "80 % and 95 %"));
        assert!(says(&four, "The intervals of 80 % and 95 % leave the picture; they reach 1,000 and 1,000."));
        assert!(four.svg(Language::Chinese).contains("80% 与 95% 区间超出图幅"));
        assert!(!says(&picture(0), "leave"));
    }
}
