//! The reproduction number on series whose R is known, and Cori's beside R's EpiEstim. See `--help`.

mod choosing;
mod epidemics;
mod folder;
mod late;
mod scores;
mod speed;
mod stopwatch;

use clap::Parser;
use epidemics::Epidemic;
use quell_epi::cori::{self, PRIOR, Window};
use quell_epi::rhythm::Rhythm;
use quell_epi::series::Incidence;
use quell_epi::smooth::{Smoothed, smooth, smooth_periods};
use quell_epi::weekly::spread;
use scores::Scores;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use stopwatch::Stopwatch;

/// Errors, coverage and speed of the estimators of R by day.
#[derive(Parser)]
struct Options {
    /// Series that are simulated.
    #[arg(long, default_value_t = 400)]
    series: usize,
    /// Series of each of eight shapes and of both kinds of scatter, from the recipe on which the smoother was chosen.
    #[arg(long, default_value_t = 16)]
    chosen_on: usize,
    /// Seed of the simulation.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A folder with series_truth.csv (series, scenario, nb, t, I, R) and si.csv (k, w), estimated too.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Print only the JSON line.
    #[arg(long)]
    json: bool,
}

type Error = Box<dyn std::error::Error>;
type ByDay = Vec<Option<(f64, f64, f64)>>;

fn main() -> Result<(), Error> {
    let o = Options::parse();
    let mut sets = vec![
        ("choosing", choosing::series(o.seed, o.chosen_on)),
        ("simulated", epidemics::simulated(o.seed, o.series, false)),
        ("simulated, late weekends", epidemics::simulated(o.seed, o.series, true)),
    ];
    if let Some(folder) = &o.data {
        sets.push(("data", folder::read(folder)?));
    }
    if !o.json {
        println!(
            "{:26}{:28}{:26}{:>7}{:>10}{:>7}{:>10}{:>12}{:>9}{:>9}",
            "set", "series", "estimator", "RMSE", "coverage", "width", "interval", "RMSE last 7", "missing", "CPU ms"
        );
    }
    let mut tables = Vec::new();
    for (name, set) in &sets {
        for (estimator, estimate) in [
            ("smooth", &smoothed as &dyn Fn(&Epidemic) -> ByDay),
            ("smooth, the middle 50 %", &halves),
            ("smooth, no week's rhythm", &unlearnt),
            ("Cori, weekly", &weekly),
        ] {
            tables.extend(scored((name, estimator, estimator == "smooth"), set, &|e| e, estimate, !o.json));
        }
    }
    let set = late::late(o.seed, o.series / 2);
    let name = "simulated, counted late";
    tables.extend(scored((name, "delayed", true), &set, &|l| &l.epidemic, &late::looked_through, !o.json));
    tables.extend(scored((name, "smooth", false), &set, &|l| &l.epidemic, &|l| smoothed(&l.epidemic), !o.json));
    let whole: Vec<Epidemic> =
        epidemics::simulated(o.seed, o.series / 2, false).into_iter().filter(|e| e.counts.iter().all(Option::is_some)).collect();
    let name = "simulated, by weeks";
    tables.extend(scored((name, "smooth", false), &whole, &|e| e, &of_weeks, !o.json));
    tables.extend(scored((name, "smooth, by days", false), &whole, &|e| e, &smoothed, !o.json));
    let speed = speed::measure(o.seed)?;
    if !o.json {
        println!("\n{speed}");
    }
    println!("{}", json!({ "bench": "rt", "seed": o.seed, "scores": tables, "cori": speed.json() }));
    Ok(())
}

/// The scores of an estimator on the series whose counts are Poisson, on the others, on all, and on each kind of both.
fn scored<'a, T>(
    (set, estimator, by_kind): (&str, &str, bool),
    of: &'a [T],
    truth: &dyn Fn(&'a T) -> &'a Epidemic,
    estimate: &dyn Fn(&'a T) -> ByDay,
    print: bool,
) -> Vec<Value> {
    let mut scores: BTreeMap<String, Scores> = BTreeMap::new();
    let start = Stopwatch::start();
    for one in of {
        let (e, found) = (truth(one), estimate(one));
        let scatter = if e.scattered { "scattered" } else { "Poisson" };
        let kinds = e.kinds.iter().filter(|_| by_kind).map(|kind| format!("{kind}, {scatter}"));
        for of in ["all".to_owned(), format!("all {scatter}")].into_iter().chain(kinds) {
            scores.entry(of).or_default().add(&e.r, &found);
        }
    }
    let each = start.seconds() * 1e3 / of.len().max(1) as f64;
    let tell = |(counts, s): (&String, &Scores)| {
        if print {
            println!(
                "{set:26}{counts:28}{estimator:26}{:7.3}{:10.3}{:7.2}{:10.3}{:12.3}{:9}{each:9.2}",
                s.rmse(),
                s.coverage(),
                s.width(),
                s.interval(),
                s.rmse_end(),
                s.missing
            );
        }
        json!({
            "set": set, "series": counts, "estimator": estimator, "rmse": s.rmse(), "coverage": s.coverage(), "width": s.width(),
            "interval_score": s.interval(),
            "rmse_last_7": s.rmse_end(), "missing": s.missing, "cpu_ms_each": each,
        })
    };
    scores.iter().map(tell).collect()
}

fn cases(e: &Epidemic) -> Incidence {
    Incidence::of_total(e.counts.iter().map(|n| n.unwrap_or(0.0)).collect()).unwrap_or_default()
}

fn smoothed(e: &Epidemic) -> ByDay {
    with(e, &Rhythm::learnt(&e.counts))
}

/// Of its intervals of 50 %, the coverage should be one half.
fn halves(e: &Epidemic) -> ByDay {
    let s = smooth(&cases(e), &e.w, &Rhythm::learnt(&e.counts), |t| e.counts[t].is_some());
    s.days.iter().map(|d| Some((d.mean, d.q25, d.q75))).collect()
}

fn unlearnt(e: &Epidemic) -> ByDay {
    with(e, &Rhythm::NONE)
}

fn with(e: &Epidemic, rhythm: &Rhythm) -> ByDay {
    told(&smooth(&cases(e), &e.w, rhythm, |t| e.counts[t].is_some()))
}

fn told(s: &Smoothed) -> ByDay {
    s.days.iter().map(|d| Some((d.mean, d.lo, d.hi))).collect()
}

/// From the counts of whole weeks, spread over their days.
fn of_weeks(e: &Epidemic) -> ByDay {
    let weeks: Vec<f64> = e.counts.chunks_exact(7).map(|week| week.iter().flatten().sum()).collect();
    let by_day = spread(&weeks, 7, &e.w).and_then(Incidence::of_total).unwrap_or_default();
    told(&smooth_periods(&by_day, &e.w, 7, |_| true))
}

/// A window's R is told on its last day.
fn weekly(e: &Epidemic) -> ByDay {
    let bridged = cases(e).bridged(|t| e.counts[t].is_some());
    let windows = Window::sliding(e.r.len(), 7);
    let mut by_day = vec![None; e.r.len()];
    for (window, found) in windows.iter().zip(cori::estimate(&bridged, &e.w, &windows, PRIOR, &mut cori::quantiles())) {
        by_day[window.last()] = found.map(|f| (f.mean, f.quantiles[0], f.quantiles[6]));
    }
    by_day
}
