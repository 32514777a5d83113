//! `quell analyse clusters`

mod places;

use crate::Setting;
use crate::input::{Named, Own};
use crate::output::{self, Cell, Format};
use crate::picture::Picture;
use crate::said::Trouble;
use clap::{Args, ValueEnum};
use places::{Files, Places, Steps, Table};
use quell_charts::{ClusterMap, Head, Place};
use quell_epi::clusters::{Cluster, Limits, Null, Positions, Reach, Scan, Testing, scan};
use std::path::PathBuf;

/// What is expected where nothing is special.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Model {
    /// The same risk for everybody at all times (needs the population).
    Poisson,
    /// The same risk for everybody on the same day, whatever the day's total (needs the population).
    PoissonByDay,
    /// Place and time have nothing to do with each other (needs no population).
    Permutation,
}

/// Which clusters are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Kind {
    /// In any run of days: what has been and what still is.
    #[default]
    Retrospective,
    /// Only clusters that are alive on the last day.
    Prospective,
    /// In space alone, all days together (needs the population).
    Spatial,
}

/// Options of `clusters`.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true, after_long_help = crate::fields::help(&[("Cases (--mapping)", places::CASES.1), ("Population (--population-mapping)", places::POPULATION.1)]))]
pub struct Clusters {
    /// Cases: a place, or x and y, or latitude and longitude; a date (or t); perhaps a count. Without counts each row is a case.
    file: PathBuf,
    #[command(flatten)]
    named: Named,
    /// Population: place, x and y or latitude and longitude, population.
    #[arg(long)]
    population: Option<PathBuf>,
    /// Which columns the population file has, if they go by other names.
    #[arg(long, requires = "population")]
    population_mapping: Option<PathBuf>,
    /// The sheet of the population's workbook.
    #[arg(long, value_name = "NAME", requires = "population")]
    population_sheet: Option<String>,
    /// So many parts of a place's path are its place (4: 50.500237.101.001, a community), in both files. [default: all]
    #[arg(long)]
    place_parts: Option<usize>,
    /// What is expected. [default: poisson with a population, else permutation]
    #[arg(long, value_enum)]
    model: Option<Model>,
    /// Which clusters are looked for.
    #[arg(long, value_enum, default_value_t)]
    scan: Kind,
    /// The day on which the data end: cases after it are left out, and a prospective scan asks what is alive on it [default: that of the last case].
    #[arg(long, value_name = "DAY")]
    as_of: Option<String>,
    /// The largest share of the population (without one, of the cases) that a circle may hold.
    #[arg(long, default_value_t = 0.5)]
    max_share: f64,
    /// The largest radius of a circle: metres with latitudes and longitudes, levels up in a tree of places, else the unit of x and y.
    #[arg(long)]
    max_radius: Option<f64>,
    /// The longest run, days. [default: half of all days, at most 60]
    #[arg(long)]
    max_days: Option<usize>,
    /// Days that are counted together, for long periods.
    #[arg(long, default_value_t = 1)]
    step_days: usize,
    /// The fewest cases that are a cluster.
    #[arg(long, default_value_t = 2)]
    min_cases: u32,
    /// Data sets that are made anew, at most.
    #[arg(long, default_value_t = 999)]
    replications: usize,
    /// All of them are made, even when the most likely cluster is soon seen to be nothing special.
    #[arg(long)]
    all_replications: bool,
    /// The same seed gives the same result.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Most clusters that are told.
    #[arg(long, default_value_t = 20)]
    most: usize,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    picture: Picture,
}

/// So many data sets with a more likely cluster are enough.
const ENOUGH: usize = 50;
/// The longest run without an option, steps.
const LONGEST: usize = 60;

pub(crate) fn run(c: &Clusters, to: &mut Setting<'_>) -> Result<(), Trouble> {
    check(c)?;
    let files = Files {
        cases: &c.file,
        cases_own: &c.named.own()?,
        population: c.population.as_deref(),
        population_own: &Own::of(c.population_mapping.as_deref(), c.population_sheet.as_deref())?,
        place_parts: c.place_parts,
        as_of: c.as_of.as_deref(),
    };
    let table = places::read(&files, to)?;
    if let Some(said) = &table.not_cases {
        output::say(to, said)?;
    }
    let spatial = c.scan == Kind::Spatial;
    let (counts, steps) = table.counts((!spatial).then_some(c.step_days))?;
    let null = null(c, &table.places, steps.count)?;
    let longest = c.max_days.map(|d| d.div_ceil(c.step_days)).unwrap_or_else(|| (steps.count / 2).clamp(1, LONGEST));
    let limits = Limits {
        reach: if c.scan == Kind::Prospective { Reach::Alive } else { Reach::Any },
        largest_share: c.max_share,
        largest_radius: c.max_radius,
        longest: longest.min(steps.count),
        fewest: c.min_cases,
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let enough = (!c.all_replications).then_some(ENOUGH);
    let testing = Testing { replications: c.replications, enough, seed: c.seed, threads };
    let found = scan(&table.places.positions, &counts, &null, &limits, &testing)
        .map_err(|e| Trouble::new(format!("{}：无法扫描：{e}", c.file.display()), format!("{}: {e}", c.file.display())))?;
    say(to, &table, steps.count, &found)?;
    if c.scan == Kind::Prospective && c.as_of.is_none() {
        let last = steps.of(steps.count - 1).1.csv();
        let (zh, en) = (
            format!("数据截止日取为最后一例的日期（{last}）；若其后仍有监测而无病例，请用 --as-of 指明"),
            format!("the data are taken to end with the last case ({last}); if there were days without cases after it, say --as-of"),
        );
        output::say(to, &Trouble::new(zh, en))?;
    }
    if found.clusters.is_empty() {
        let n = c.min_cases;
        let (zh, en) = (format!("没有发现至少 {n} 例的聚集"), format!("no cluster of at least {n} cases was found"));
        output::say(to, &Trouble::new(zh, en))?;
    }
    write(c, (&table, &steps), &found, to)
}

fn check(c: &Clusters) -> Result<(), Trouble> {
    if !(c.max_share > 0.0 && c.max_share <= 1.0) {
        return Err(Trouble::new("--max-share 须大于 0、不超过 1", "--max-share must be above 0 and at most 1"));
    }
    if c.step_days == 0 || c.max_days == Some(0) {
        return Err(Trouble::new("--step-days 与 --max-days 至少为 1", "--step-days and --max-days must be at least 1"));
    }
    if c.max_radius.is_some_and(|r| !r.is_finite() || r < 0.0) {
        return Err(Trouble::new("--max-radius 不得为负", "--max-radius must not be negative"));
    }
    Ok(())
}

fn null(c: &Clusters, places: &Places, steps: usize) -> Result<Null, Trouble> {
    let model = c.model.unwrap_or(if places.population.is_some() { Model::Poisson } else { Model::Permutation });
    let population = || {
        places.population.clone().ok_or_else(|| {
            Trouble::new(
                "泊松模型需要人口数；请用 --population 给出，或用 --model permutation",
                "the Poisson models need a population; give one with --population, or use --model permutation",
            )
        })
    };
    if c.scan == Kind::Spatial && model == Model::Permutation {
        return Err(Trouble::new(
            "只看空间（--scan spatial）需要人口数；请用 --population 给出",
            "clusters in space alone need a population; give one with --population",
        ));
    }
    Ok(match model {
        Model::Poisson => Null::Population { places: population()?, steps: vec![1.0; steps] },
        Model::PoissonByDay => Null::PopulationByStep { places: population()? },
        Model::Permutation => Null::Permutation,
    })
}

fn say(to: &mut Setting<'_>, table: &Table, steps: usize, found: &Scan) -> Result<(), Trouble> {
    let (places, cases, left_out) = (table.places.names.len(), table.total(), table.left_out);
    let text = if to.chinese {
        let left = if left_out > 0 { format!("；{left_out} 行缺少地点、日期或例数，未计入") } else { String::new() };
        format!("{places} 个地点，{steps} 个时段，{cases} 例；模拟 {} 次{left}\n", found.replications)
    } else {
        let left = if left_out > 0 { format!("; {left_out} rows without a place, a date or a count were left out") } else { String::new() };
        format!("{places} places, {steps} time steps, {cases} cases; {} data sets made anew{left}\n", found.replications)
    };
    to.err.write_all(text.as_bytes()).map_err(|e| Trouble::new(e.to_string(), e.to_string()))
}

fn write(c: &Clusters, (table, steps): (&Table, &Steps), found: &Scan, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let at: &[&str] = match table.places.positions {
        Positions::Plane(_) => &["x", "y"],
        Positions::Globe(_) => &["latitude", "longitude"],
        Positions::Tree(_) => &["within"],
    };
    let after = ["radius", "start", "end", "observed", "expected", "relative_risk", "log_ratio", "p_value", "p_gumbel", "places"];
    let rows: Vec<Vec<Cell>> = found.clusters.iter().take(c.most).enumerate().map(|(n, k)| row(n + 1, k, table, steps)).collect();
    if !matches!(table.places.positions, Positions::Tree(_)) {
        c.picture.save("", to, |head, language| map(head, table, steps, found).svg(language))?;
    } else if c.picture.is_wanted() {
        let (zh, en) = ("没有坐标，不绘制地图", "there are no coordinates, so that no map is drawn");
        output::say(to, &Trouble::new(zh, en))?;
    }
    let columns: Vec<&str> = ["rank", "centre"].iter().chain(at).chain(&after).copied().collect();
    output::write(to, c.format, &columns, &rows)
}

/// The picture of places and clusters.
fn map(head: Head, table: &Table, steps: &Steps, found: &Scan) -> ClusterMap {
    let globe = matches!(table.places.positions, Positions::Globe(_));
    // A globe's are latitude and longitude, in degrees, and metres.
    let at = |place: usize| {
        let (a, b) = table.places.positions.coordinates()[place];
        if globe { (b, a) } else { (a, b) }
    };
    let place = |(n, cases): (usize, u64)| {
        let (x, y) = at(n);
        Place { x, y, cases: cases as f64 }
    };
    let cluster = |k: &Cluster| {
        let (x, y) = at(k.centre);
        quell_charts::Cluster {
            x,
            y,
            radius: if globe { k.radius / 1000.0 } else { k.radius },
            days: (steps.days_of(k.first).0, steps.days_of(k.last).1),
            observed: f64::from(k.observed),
            expected: k.expected,
            p_value: k.p_value,
            name: table.places.names[k.centre].clone(),
        }
    };
    ClusterMap {
        head,
        start: steps.start(),
        positions: if globe { quell_charts::Positions::Degrees } else { quell_charts::Positions::Plane },
        places: table.by_place().into_iter().enumerate().map(place).collect(),
        clusters: found.clusters.iter().map(cluster).collect(),
    }
}

fn row(rank: usize, k: &Cluster, table: &Table, steps: &Steps) -> Vec<Cell> {
    let names: Vec<&str> = k.places.iter().map(|p| table.places.names[*p].as_str()).collect();
    let at: Vec<Cell> = match &table.places.positions {
        Positions::Tree(_) => vec![places::within(&names).into()],
        map => {
            let (a, b) = map.coordinates()[k.centre];
            vec![a.into(), b.into()]
        }
    };
    let before = vec![rank.into(), table.places.names[k.centre].as_str().into()];
    let after = vec![
        k.radius.into(),
        steps.of(k.first).0,
        steps.of(k.last).1,
        i64::from(k.observed).into(),
        k.expected.into(),
        k.relative_risk.into(),
        k.log_ratio.into(),
        k.p_value.into(),
        k.p_gumbel.into(),
        names.join(";").into(),
    ];
    [before, at, after].concat()
}
