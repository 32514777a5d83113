//! Delays between infection, the day of a count and the day on which it is known.

use super::interval::{INTERVAL, probabilities};
use crate::Setting;
use crate::input;
use crate::said::Trouble;
use clap::{Args, ValueEnum};
use quell_epi::delays::{Daily, Family};
use std::path::{Path, PathBuf};

/// The shape of a delay that is given by its mean and standard deviation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum DelayShape {
    /// Lognormal.
    #[default]
    Lognormal,
    /// Gamma.
    Gamma,
    /// Weibull.
    Weibull,
}

/// Delays that the counts have.
#[derive(Debug, Args)]
pub(crate) struct Delays {
    /// Mean delay from infection to the day of the counts (onset, report), days.
    #[arg(long, requires = "delay_sd")]
    delay_mean: Option<f64>,
    /// Its standard deviation, days.
    #[arg(long, requires = "delay_mean")]
    delay_sd: Option<f64>,
    /// A table of the delay instead: days from 0 (k) and their probabilities (w).
    #[arg(long, conflicts_with = "delay_mean")]
    delay: Option<PathBuf>,
    /// Mean delay from the day of the counts until a case is known, days: the latest counts are not complete.
    #[arg(long, requires = "reporting_sd")]
    reporting_mean: Option<f64>,
    /// Its standard deviation, days.
    #[arg(long, requires = "reporting_mean")]
    reporting_sd: Option<f64>,
    /// A table of that delay instead.
    #[arg(long, conflicts_with = "reporting_mean")]
    reporting: Option<PathBuf>,
    /// Their shape where they are given by mean and standard deviation.
    #[arg(long, value_enum, default_value_t)]
    delay_shape: DelayShape,
}

impl Delays {
    /// Whether it is said how late cases are known.
    pub fn has_report(&self) -> bool {
        self.reporting.is_some() || self.reporting_mean.is_some()
    }
    /// Whether it is said how long after infection cases are counted.
    pub fn has_count(&self) -> bool {
        self.delay.is_some() || self.delay_mean.is_some()
    }
    /// Says what is to be known of the columns of its files.
    pub fn tell(&self, to: &mut Setting<'_>) -> Result<(), Trouble> {
        self.delay.iter().chain(&self.reporting).try_for_each(|file| input::tell(file, INTERVAL, to))
    }
    /// From infection to the day of the counts.
    pub fn to_count(&self) -> Result<Daily, Trouble> {
        self.get(self.delay.as_deref(), self.delay_mean.zip(self.delay_sd))
    }
    /// From the day of the counts until a case is known.
    pub fn to_report(&self) -> Result<Daily, Trouble> {
        self.get(self.reporting.as_deref(), self.reporting_mean.zip(self.reporting_sd))
    }
    fn get(&self, file: Option<&Path>, by: Option<(f64, f64)>) -> Result<Daily, Trouble> {
        let family = match self.delay_shape {
            DelayShape::Lognormal => Family::Lognormal,
            DelayShape::Gamma => Family::Gamma,
            DelayShape::Weibull => Family::Weibull,
        };
        match (file, by) {
            (Some(file), _) => match &probabilities(file)?[..] {
                [w] => Daily::given(w).ok_or_else(|| {
                    Trouble::new(
                        format!("{}：不是时滞分布：概率须不为负、不全为 0，且不超过 90 天", file.display()),
                        format!(
                            "{}: no distribution of a delay: none may be negative, not all 0, and no delay beyond 90 days",
                            file.display()
                        ),
                    )
                }),
                _ => Err(Trouble::new(
                    format!("{}：这里只能用一个时滞分布", file.display()),
                    format!("{}: one distribution is wanted here", file.display()),
                )),
            },
            (None, Some((mean, sd))) => Daily::of_mean_sd(family, mean, sd).ok_or_else(|| {
                Trouble::new(
                    format!("时滞的均值须大于 0 且不超过 {} 天、标准差须大于 0，现为 {mean} 和 {sd}", Daily::LONGEST_MEAN),
                    format!(
                        "a delay needs a mean above 0 and of at most {} days and an sd above 0, not {mean} and {sd}",
                        Daily::LONGEST_MEAN
                    ),
                )
            }),
            (None, None) => Ok(Daily::none()),
        }
    }
}
