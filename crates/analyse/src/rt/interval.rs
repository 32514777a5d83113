//! The serial interval, as the options give it.

use crate::Setting;
use crate::input::{self, Own};
use crate::library;
use crate::said::Trouble;
use clap::Args;
use quell_epi::interval::SerialInterval;
use quell_epi::uncertain::{Truncated, intervals};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(super) const INTERVAL: (&str, &str) = ("analyse-interval", include_str!("../../mappings/interval.toml"));

/// The serial interval: a mean and a standard deviation, a name in the library, or a file.
#[derive(Debug, Args)]
pub(crate) struct Interval {
    /// Mean of the serial interval, days.
    #[arg(long, requires = "si_sd", group = "si_centre")]
    si_mean: Option<f64>,
    /// Standard deviation of the serial interval, days; with --si-library instead of the library's, which some entries lack.
    #[arg(long, requires = "si_centre")]
    si_sd: Option<f64>,
    /// A table of the serial interval: days from 0 (k) and their probabilities (w). With a column `sample`, several intervals (cori).
    #[arg(long, conflicts_with = "si_mean")]
    si: Option<PathBuf>,
    /// A serial interval or generation time of the library, by its name (quell analyse delays --list).
    #[arg(long, value_name = "NAME", conflicts_with_all = ["si_mean", "si"], group = "si_centre")]
    si_library: Option<String>,
}

/// How sure the serial interval is: its mean and its standard deviation come from normal distributions cut off at both ends.
#[derive(Debug, Args)]
pub(crate) struct Doubt {
    /// Standard deviation of the mean of the serial interval, days: it is not known for sure (cori).
    #[arg(long, requires_all = ["si_mean", "si_sd_sd"])]
    si_mean_sd: Option<f64>,
    /// The least mean, days [default: two standard deviations below the mean, but above 1].
    #[arg(long, requires = "si_mean_sd")]
    si_mean_min: Option<f64>,
    /// The greatest mean, days [default: two standard deviations above the mean].
    #[arg(long, requires = "si_mean_sd")]
    si_mean_max: Option<f64>,
    /// Standard deviation of the standard deviation of the serial interval, days.
    #[arg(long, requires = "si_mean_sd")]
    si_sd_sd: Option<f64>,
    /// The least standard deviation, days [default: as for the mean, but above 0].
    #[arg(long, requires = "si_mean_sd")]
    si_sd_min: Option<f64>,
    /// The greatest standard deviation, days.
    #[arg(long, requires = "si_mean_sd")]
    si_sd_max: Option<f64>,
    /// Serial intervals that are drawn.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..))]
    si_samples: u16,
}

/// Above these the mean and the standard deviation must be, and by so much at least, days.
const LEAST: (f64, f64) = (1.01, 0.01);

impl Interval {
    /// Whether there is one.
    pub fn is_given(&self) -> bool {
        self.si.is_some() || self.si_library.is_some() || self.si_mean.is_some()
    }

    /// Says what is to be known of the columns of its file.
    pub fn tell(&self, to: &mut Setting<'_>) -> Result<(), Trouble> {
        self.si.iter().try_for_each(|file| input::tell(file, INTERVAL, to))
    }

    /// The interval, for as many days as a series has.
    pub fn get(&self, days: usize) -> Result<SerialInterval, Trouble> {
        let mut all = self.all(None, days, 0)?;
        match (all.pop(), all.is_empty()) {
            (Some(one), true) => Ok(one),
            _ => Err(Trouble::new(
                "这里只能用一个代际间隔；多个样本只用于 rt --method cori",
                "one serial interval is wanted here; several samples are for rt --method cori",
            )),
        }
    }

    /// One interval, or several that are all possible.
    pub fn all(&self, doubt: Option<&Doubt>, days: usize, seed: u64) -> Result<Vec<SerialInterval>, Trouble> {
        let (mean, sd) = match (&self.si, &self.si_library, self.si_mean.zip(self.si_sd)) {
            (Some(file), ..) => return of_file(file),
            (_, Some(name), _) => return library::serial_interval(name, self.si_sd, days).map(|w| vec![w]),
            (.., Some(given)) => given,
            _ => {
                return Err(Trouble::new(
                    "需要代际间隔：请给出 --si-mean 与 --si-sd、--si-library 名称或 --si 文件",
                    "a serial interval is wanted: give --si-mean and --si-sd, a name with --si-library, or a file with --si",
                ));
            }
        };
        let Some((doubt, mean_sd, sd_sd)) = doubt.and_then(|d| Some((d, d.si_mean_sd?, d.si_sd_sd?))) else {
            return SerialInterval::shifted_gamma(mean, sd, days)
                .map(|w| vec![w])
                .map_err(|e| Trouble::new(format!("代际间隔的均值须大于 1 天、标准差须大于 0，现为 {mean} 和 {sd}"), e.to_string()));
        };
        let cut = |mean: f64, sd: f64, from: Option<f64>, to: Option<f64>, least: f64| Truncated {
            mean,
            sd,
            from: from.unwrap_or((mean - 2.0 * sd).max(least)),
            to: to.unwrap_or(mean + 2.0 * sd),
        };
        let mean = cut(mean, mean_sd, doubt.si_mean_min, doubt.si_mean_max, LEAST.0);
        let sd = cut(sd, sd_sd, doubt.si_sd_min, doubt.si_sd_max, LEAST.1);
        for x in [mean, sd] {
            let sound = x.sd >= 0.0 && x.sd.is_finite() && x.from <= x.mean && x.mean <= x.to;
            if !sound {
                return Err(Trouble::new(
                    format!("代际间隔的不确定性不对：{} 不在 {} 与 {} 之间，或标准差 {} 为负", x.mean, x.from, x.to, x.sd),
                    format!(
                        "doubt of the serial interval: {} is not between {} and {}, or the sd {} is negative",
                        x.mean, x.from, x.to, x.sd
                    ),
                ));
            }
        }
        intervals(mean, sd, usize::from(doubt.si_samples), days, seed)
            .map_err(|e| Trouble::new(format!("代际间隔不对：{e}"), e.to_string()))
    }
}

fn of_file(file: &Path) -> Result<Vec<SerialInterval>, Trouble> {
    let of = |w: Vec<f64>| SerialInterval::given(w).map_err(|e| (format!("不是代际间隔分布：{e}"), e.to_string()));
    let all: Result<Vec<_>, _> = probabilities(file)?.into_iter().map(of).collect();
    all.map_err(|(zh, en)| Trouble::new(format!("{}：{zh}", file.display()), format!("{}: {en}", file.display())))
}

/// The probabilities of 0, 1, 2 … days of each sample of a file.
pub(super) fn probabilities(file: &Path) -> Result<Vec<Vec<f64>>, Trouble> {
    let table = input::read(file, INTERVAL, &Own::default())?;
    let mut by_sample: BTreeMap<&str, BTreeMap<usize, f64>> = BTreeMap::new();
    for row in &table.rows {
        let Some((days, p)) = row.integer("days").zip(row.decimal("probability")) else { continue };
        let Some(days) = usize::try_from(days).ok().filter(|d| *d <= MOST_DAYS) else {
            return Err(Trouble::row(
                file,
                row.line,
                format!(
                    "代际间隔 {days} 天：须为 0 至 {MOST_DAYS}。续发病例先于指示病例发病（负间隔）时，请改用世代间隔，或把分布截去 0 天以下后归一"
                ),
                format!(
                    "an interval of {days} days: it must be 0 to {MOST_DAYS}. If people fall ill before whoever infected them, give the generation interval instead, or cut off what is below 1 day and divide the rest by its sum"
                ),
            ));
        };
        if by_sample.entry(row.text("sample").unwrap_or_default()).or_default().insert(days, p).is_some() {
            return Err(Trouble::row(file, row.line, format!("{days} 天出现了两次"), format!("{days} days are there twice")));
        }
    }
    let of = |by_day: &BTreeMap<usize, f64>| {
        let last = by_day.keys().last().copied().unwrap_or(0);
        (0..=last).map(|k| by_day.get(&k).copied().unwrap_or(0.0)).collect()
    };
    Ok(by_sample.values().map(of).collect())
}

/// A longer interval is a slip.
const MOST_DAYS: usize = 3_650;
