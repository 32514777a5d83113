//! Published distributions of the times that an analysis needs, each with its source. Values are those of the source; where it gives a mean alone, the
//! entry has no distribution. They differ between outbreaks: measures, age and the growth of the outbreak change them, so estimate your own where you
//! can, and use these until then.

mod entries;

use crate::delays::{Family, Law};
use crate::gamma::{Gamma, standard_normal_quantile};
use crate::interval::{IntervalError, SerialInterval};

pub use entries::ENTRIES;

/// Which time it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// From infection to onset.
    Incubation,
    /// From the onset of a case to the onset of whom it infected.
    SerialInterval,
    /// From the infection of a case to the infection of whom it infected.
    GenerationTime,
    /// From infection to being infectious.
    Latent,
    /// From onset to admission.
    OnsetToAdmission,
    /// From onset to death.
    OnsetToDeath,
    /// From onset to discharge.
    OnsetToDischarge,
}

impl Time {
    /// Its name, as in a table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Incubation => "incubation period",
            Self::SerialInterval => "serial interval",
            Self::GenerationTime => "generation time",
            Self::Latent => "latent period",
            Self::OnsetToAdmission => "onset to admission",
            Self::OnsetToDeath => "onset to death",
            Self::OnsetToDischarge => "onset to discharge",
        }
    }
}

/// What a source says of a distribution; days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Said {
    /// Its mean alone.
    Mean(f64),
    /// Mean and standard deviation.
    MeanSd(f64, f64),
    /// The family's own parameters, as [`Family::parameters`] has them.
    Parameters(f64, f64),
    /// Of a lognormal: the median and the dispersion, which is the exponential of the logarithms' standard deviation.
    MedianDispersion(f64, f64),
    /// Of a lognormal: the median and the 95 % quantile.
    Median95(f64, f64),
    /// Of a lognormal or a gamma: the first quartile, the median, the third quartile. A gamma is the one through the outer two.
    Quartiles(f64, f64, f64),
}

/// A published distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// By this it is asked for.
    pub name: &'static str,
    /// The disease.
    pub disease: &'static str,
    /// The variant, clade or type; empty if it is any.
    pub pathogen: &'static str,
    /// Which time.
    pub quantity: Time,
    /// The family that the source fitted; none if it gives only a mean.
    pub family: Option<Family>,
    /// What it says of it.
    pub said: Said,
    /// Authors, year, journal.
    pub source: &'static str,
    /// Its DOI.
    pub doi: &'static str,
    /// Where, of how many, and what to mind.
    pub note: &'static str,
}

/// Why an entry gives no serial interval.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum LookupError {
    /// No entry has this name.
    #[error("the library has no such entry; quell analyse delays --list shows all")]
    Unknown,
    /// It is another time.
    #[error("the entry is an {0}, neither a serial interval nor a generation time")]
    Other(&'static str),
    /// Its standard deviation is not known.
    #[error("the source of the entry gives no standard deviation")]
    NoSd,
    /// It cannot be discretised.
    #[error(transparent)]
    Interval(#[from] IntervalError),
}

impl Entry {
    /// Its distribution, where the source gives enough of it.
    pub fn law(&self) -> Option<Law> {
        let family = self.family?;
        let quantile = |p: f64| standard_normal_quantile(p);
        match self.said {
            Said::Mean(_) => None,
            Said::MeanSd(mean, sd) => Law::of_mean_sd(family, mean, sd),
            Said::Parameters(a, b) => Law::new(family, a, b),
            Said::MedianDispersion(median, dispersion) => Law::new(Family::Lognormal, median.ln(), dispersion.ln()),
            Said::Median95(median, q95) => Law::new(Family::Lognormal, median.ln(), (q95 / median).ln() / quantile(0.95)),
            Said::Quartiles(q25, _, q75) if family == Family::Gamma => gamma_through(q25, q75),
            Said::Quartiles(q25, median, q75) => Law::new(Family::Lognormal, median.ln(), (q75 / q25).ln() / (2.0 * quantile(0.75))),
        }
    }
    /// Mean, days.
    pub fn mean(&self) -> Option<f64> {
        match self.said {
            Said::Mean(mean) | Said::MeanSd(mean, _) => Some(mean),
            _ => self.law().map(Law::mean),
        }
    }
    /// Standard deviation, days; none if the source does not give it.
    pub fn sd(&self) -> Option<f64> {
        match self.said {
            Said::Mean(_) => None,
            Said::MeanSd(_, sd) => Some(sd),
            _ => self.law().map(Law::sd),
        }
    }
}

/// The gamma distribution with these quartiles, by bisection: their ratio falls with the shape.
fn gamma_through(q25: f64, q75: f64) -> Option<Law> {
    let standard = |shape: f64, p: f64| Gamma { shape, scale: 1.0 }.quantile(p);
    let (mut lo, mut hi) = (0.05_f64, 500.0_f64);
    for _ in 0..100 {
        let middle = (lo * hi).sqrt();
        if standard(middle, 0.75) / standard(middle, 0.25) > q75 / q25 { lo = middle } else { hi = middle }
    }
    let shape = (lo * hi).sqrt();
    Law::new(Family::Gamma, shape, q25 / standard(shape, 0.25))
}

/// The entry of this name.
pub fn find(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|e| e.name == name)
}

/// The serial interval (or generation time) of this name for `days` days, discretised as in Cori et al. 2013 from its mean and standard deviation:
/// see [`SerialInterval::shifted_gamma`].
///
/// # Errors
/// If there is no such entry, it is another time, or its mean and standard deviation are not known.
pub fn serial_interval(name: &str, days: usize) -> Result<SerialInterval, LookupError> {
    serial_interval_with(name, None, days)
}

/// The same with a standard deviation in days that is given instead of the source's, which may have none.
///
/// # Errors
/// As [`serial_interval`].
pub fn serial_interval_with(name: &str, sd: Option<f64>, days: usize) -> Result<SerialInterval, LookupError> {
    let entry = find(name).ok_or(LookupError::Unknown)?;
    if !matches!(entry.quantity, Time::SerialInterval | Time::GenerationTime) {
        return Err(LookupError::Other(entry.quantity.name()));
    }
    let (mean, sd) = entry.mean().zip(sd.or(entry.sd())).ok_or(LookupError::NoSd)?;
    Ok(SerialInterval::shifted_gamma(mean, sd, days)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_entry_has_a_name_of_its_own_a_source_and_a_mean() {
        let names: BTreeSet<&str> = ENTRIES.iter().map(|e| e.name).collect();
        assert_eq!(names.len(), ENTRIES.len());
        for e in ENTRIES {
            assert!(e.mean().is_some_and(|m| m > 0.3 && m < 60.0), "{e:?}");
            assert!(e.doi.starts_with("10.") && e.source.chars().any(|c| c.is_ascii_digit()), "{e:?}");
            assert!(e.family.is_none() || e.law().is_some() || matches!(e.said, Said::Mean(_)), "{e:?}");
            let odd = e.name.chars().find(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-'));
            assert_eq!(odd, None, "{e:?}");
        }
    }

    #[test]
    fn published_quantiles_come_out() {
        // Lessler et al. 2009: measles, 5 % 8.9, 95 % 17.7 days; Lauer et al. 2020: 97.5 % 11.5 days; Eichner et al. 2011: 4.1 % above 21 days.
        let quantile = |name: &str, p: f64| find(name).and_then(Entry::law).map_or(f64::NAN, |l| l.quantile(p));
        assert!((quantile("measles-incubation", 0.05) - 8.9).abs() < 0.1);
        assert!((quantile("measles-incubation", 0.95) - 17.7).abs() < 0.15);
        assert!((quantile("covid-ancestral-incubation", 0.975) - 11.5).abs() < 0.2);
        // Du et al. 2022: quartiles 2 and 5 days.
        assert!(
            (quantile("covid-omicron-beijing-serial", 0.25) - 2.0).abs() < 1e-6
                && (quantile("covid-omicron-beijing-serial", 0.75) - 5.0).abs() < 1e-6
        );
        let above = find("ebola-kikwit-incubation").and_then(Entry::law).map_or(f64::NAN, |l| 1.0 - l.cdf(21.0));
        assert!((above - 0.041).abs() < 0.006, "{above}");
    }

    #[test]
    fn only_intervals_are_discretised() {
        let w = serial_interval("sars-serial", 60).map(|w| w.mean());
        assert!(w.is_ok_and(|m| (m - 8.4).abs() < 0.01));
        assert_eq!(serial_interval("measles-serial", 60), Err(LookupError::NoSd));
        let given = find("measles-serial").and_then(Entry::mean).map(|mean| SerialInterval::shifted_gamma(mean, 3.0, 60));
        assert_eq!(serial_interval_with("measles-serial", Some(3.0), 60).ok(), given.and_then(Result::ok));
        assert_eq!(serial_interval("measles-incubation", 60), Err(LookupError::Other("incubation period")));
        assert_eq!(serial_interval("plague", 60), Err(LookupError::Unknown));
    }
}
