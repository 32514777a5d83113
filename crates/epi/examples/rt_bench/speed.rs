//! 1,000 series of 100 days, weekly Cori, and the same by R's EpiEstim where it is installed.

use crate::Error;
use crate::stopwatch::Stopwatch;
use quell_epi::cori::{self, PRIOR, Window};
use quell_epi::interval::SerialInterval;
use quell_epi::series::Incidence;
use quell_epi::simulate::{Chance, Scatter, renewal};
use serde_json::{Value, json};
use std::fmt;
use std::process::Command;

const SERIES: usize = 1_000;
const DAYS: usize = 100;
/// EpiEstim estimates so many of them: all would take half a minute.
const OF_R: usize = 100;
const MEAN: f64 = 5.2;
const SD: f64 = 2.8;

/// Seconds of processor for all series.
pub struct Speed {
    own: f64,
    epiestim: Option<f64>,
}

impl Speed {
    pub fn json(&self) -> Value {
        json!({ "series": SERIES, "seconds": self.own, "epiestim_seconds": self.epiestim, "ratio": self.epiestim.map(|r| r / self.own) })
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cori, weekly, {SERIES} series of {DAYS} days: {:.3} s of processor", self.own)?;
        match self.epiestim {
            Some(r) => write!(f, "; EpiEstim: {r:.1} s ({OF_R} of them were estimated), {:.0} times as long", r / self.own),
            None => write!(f, "; EpiEstim is not installed (Debian: r-cran-epiestim)"),
        }
    }
}

pub fn measure(seed: u64) -> Result<Speed, Error> {
    let w = SerialInterval::shifted_gamma(MEAN, SD, DAYS)?;
    let mut chance = Chance::new(seed);
    let r: Vec<f64> = (0..DAYS).map(|t| 1.0 + 0.4 * (t as f64 / 9.0).sin()).collect();
    let all: Vec<Vec<f64>> = (0..SERIES).map(|_| renewal(&r, &w, &[12.0; 5], Scatter::Poisson, &mut chance)).collect();
    let start = Stopwatch::start();
    let mut known = cori::quantiles();
    let windows = Window::sliding(DAYS, 7);
    for counts in &all {
        let w = SerialInterval::shifted_gamma(MEAN, SD, DAYS)?;
        std::hint::black_box(cori::estimate(&Incidence::of_total(counts.clone())?, &w, &windows, PRIOR, &mut known));
    }
    Ok(Speed { own: start.seconds(), epiestim: epiestim(&all).map(|s| s * SERIES as f64 / OF_R as f64) })
}

/// Seconds of EpiEstim for the first of them, without R's start.
fn epiestim(all: &[Vec<f64>]) -> Option<f64> {
    let counts: Vec<String> =
        all.iter().take(OF_R).map(|c| format!("c({})", c.iter().map(f64::to_string).collect::<Vec<_>>().join(","))).collect();
    let script = format!(
        "suppressPackageStartupMessages(library(EpiEstim)); all <- list({})
         config <- make_config(list(mean_si = {MEAN}, std_si = {SD}))
         cat(sum(system.time(for (i in all) suppressMessages(suppressWarnings(estimate_R(i, method = 'parametric_si', config = config))))[1:2]))",
        counts.join(",\n")
    );
    let path = std::env::temp_dir().join(format!("quell-rt-bench-{}.R", std::process::id()));
    std::fs::write(&path, script).ok()?;
    let out = Command::new("Rscript").arg("--vanilla").arg(&path).env("TZ", "UTC").output();
    // A file left behind in the temporary folder does no harm.
    let _ = std::fs::remove_file(&path);
    String::from_utf8(out.ok().filter(|o| o.status.success())?.stdout).ok()?.trim().parse().ok()
}
