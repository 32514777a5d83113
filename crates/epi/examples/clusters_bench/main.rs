//! The space–time scan, timed beside one that looks at every window of the same data sets. See `--help`.

#[path = "../rt_bench/stopwatch.rs"]
mod stopwatch;
mod windows;

use clap::Parser;
use quell_epi::clusters::{Counts, Limits, Null, Positions, Reach, Testing, scan};
use quell_epi::random::Random;
use serde_json::{Value, json};
use stopwatch::Stopwatch;

/// Seconds of one core for the scan of data sets made anew, and for some of them window by window.
#[derive(Parser)]
struct Options {
    /// Places, anywhere in a square.
    #[arg(long, default_value_t = 1000)]
    places: usize,
    /// Days.
    #[arg(long, default_value_t = 60)]
    days: usize,
    /// The longest run, days.
    #[arg(long, default_value_t = 30)]
    longest: usize,
    /// Cases.
    #[arg(long, default_value_t = 500)]
    cases: usize,
    /// Data sets that are made anew.
    #[arg(long, default_value_t = 999)]
    replications: usize,
    /// Of these, data sets of which every window is looked at.
    #[arg(long, default_value_t = 2)]
    every_window: usize,
    /// Seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// One line of JSON.
    #[arg(long)]
    json: bool,
}

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let o = Options::parse();
    let (at, population, counts) = simulated(&o)?;
    let places = population.clone();
    let models = [
        ("poisson", Null::Population { places: population, steps: vec![1.0; o.days] }),
        ("poisson by day", Null::PopulationByStep { places }),
        ("permutation", Null::Permutation),
    ];
    let mut rows = Vec::new();
    for (model, null) in &models {
        for (name, reach) in [("retrospective", Reach::Any), ("prospective", Reach::Alive)] {
            let limits = Limits { reach, largest_share: 0.5, largest_radius: None, longest: o.longest.min(o.days), fewest: 2 };
            let row = measured(&o, (&at, &counts, null, &limits), model, name)?;
            if !o.json {
                println!("{row}");
            }
            rows.push(row);
        }
    }
    if o.json {
        println!("{}", Value::from(rows));
    }
    Ok(())
}

fn measured(
    o: &Options,
    (at, counts, null, limits): (&Positions, &Counts, &Null, &Limits),
    model: &str,
    name: &str,
) -> Result<Value, Error> {
    let testing = Testing { replications: o.replications, enough: None, seed: o.seed, threads: 1 };
    let watch = Stopwatch::start();
    let observed = scan(at, counts, null, limits, &Testing { replications: 0, ..testing })?;
    let observing = watch.seconds();
    let watch = Stopwatch::start();
    let found = scan(at, counts, null, limits, &testing)?;
    let own = watch.seconds();
    let every = o.every_window.min(o.replications);
    let mut differ: f64 = 0.0;
    let watch = Stopwatch::start();
    for n in 0..every {
        let made = null.made_anew(counts, o.seed, n)?;
        differ = differ.max((windows::highest(at, &made, null, limits) - found.highest[n]).abs());
    }
    let naive = (every > 0).then(|| watch.seconds() / every as f64);
    let sum: u64 = found.highest.iter().fold(0, |a: u64, h| a.rotate_left(7) ^ h.to_bits());
    let each = (own - observing).max(0.0) / o.replications.max(1) as f64;
    Ok(json!({
        "model": model, "scan": name, "data_sets": o.replications, "cpu_s": own, "cpu_s_observed_alone": observing, "cpu_ms_each": 1000.0 * each,
        "every_window_cpu_ms_each": naive.map(|n| 1000.0 * n), "times_faster": naive.map(|n| n / each), "largest_difference": differ,
        "clusters": observed.clusters.len(), "p_value": found.clusters.first().map(|c| c.p_value), "checksum": format!("{sum:016x}"),
    }))
}

/// Places with 500 to 3,500 people each, and cases that fall on them by chance.
fn simulated(o: &Options) -> Result<(Positions, Vec<f64>, Counts), Error> {
    let mut rng = Random::new(o.seed, 0);
    let at = (0..o.places).map(|_| (rng.uniform(), rng.uniform())).collect();
    let population: Vec<f64> = (0..o.places).map(|_| (500.0 + 3000.0 * rng.uniform()).round()).collect();
    let mut cells = vec![0; o.places * o.days];
    for _ in 0..o.cases {
        let place = rng.choose(&population).ok_or("no places")?;
        cells[place * o.days + (rng.uniform() * o.days as f64) as usize] += 1;
    }
    Ok((Positions::Plane(at), population, Counts::new(o.places, o.days, cells).ok_or("too many")?))
}
