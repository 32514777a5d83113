//! `quell rehearse compare`: several policies in the same worlds.

mod side;
mod words;

use crate::heed::{Heed, last_week};
use crate::interrupt::Told;
use crate::many::{Job, Runner};
use crate::options::{self, whole};
use crate::picture::{Colours, Places, TownshipName, Townships};
use crate::row::{NUMBERS, Run};
use crate::said::Trouble;
use crate::source::{Source, Words, with_known};
use crate::statistics::Summary;
use crate::table::{Column, Table};
use crate::world::{World, policy};
use crate::{Setting, interrupt, out, picture};
use quell_charts::Fan;
use quell_protocol::builtin_ids;
use quell_response::means::Means;
use quell_response::policy::Policy;
use quell_response::{Rules, Setup};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Options of `compare`.
#[derive(Debug, clap::Args)]
pub struct CompareArgs {
    /// Policies; differences are taken from the first.
    #[arg(required = true)]
    policies: Vec<PathBuf>,
    #[command(flatten)]
    world: World,
    #[command(flatten)]
    runs: Runs,
}

/// A policy from its file. A protocol that it names, and nobody has, is told by its line.
///
/// # Errors
/// As [`policy`], or if there is no such protocol.
pub(crate) fn read_policy(path: &Path) -> Result<Policy, Trouble> {
    let read = policy(path)?;
    if let Some(name) = read.protocol.as_deref()
        && !name.ends_with(".toml")
        && !name.contains(['/', '\\'])
        && !builtin_ids().contains(&name)
    {
        let words = Words::new(&format!("没有名为“{name}”的方案"), &format!("there is no protocol \"{name}\""));
        return Err(Source::open(path)?.impossible("protocol", &with_known(words, name, builtin_ids())));
    }
    Ok(read)
}

/// Policies from their files; no two have one name.
pub(crate) fn policies(paths: &[PathBuf]) -> Result<Vec<Policy>, Trouble> {
    let mut all: Vec<Policy> = Vec::new();
    for path in paths {
        let policy = read_policy(path)?;
        if all.iter().any(|p| p.name == policy.name) {
            let (name, path) = (&policy.name, path.display());
            return Err(Trouble::new(
                format!("{path}：前面已有名为“{name}”的策略；请改其中一个文件的 name"),
                format!("{path}: an earlier policy is called \"{name}\", too; change the name in one of the files"),
            ));
        }
        all.push(policy);
    }
    Ok(all)
}

/// The same with their rules.
fn read(paths: &[PathBuf], world: &World) -> Result<Vec<(Policy, Rules)>, Trouble> {
    policies(paths)?.into_iter().map(|p| world.rules(&p).map(|rules| (p, rules))).collect()
}

/// As many as there are processors.
pub(crate) fn processors(wanted: Option<usize>) -> usize {
    wanted.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
}

/// How many runs, and where they go.
#[derive(Debug, Clone, clap::Args)]
pub struct Runs {
    /// How many worlds: seeds --seed, --seed + 1 …
    #[arg(long, default_value_t = 20, value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(crate) seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1, value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(crate) seed: u64,
    /// Runs at the same time. [default: as many as there are processors]
    #[arg(long, value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(crate) threads: Option<usize>,
    /// Directory for the files; it is made if it is not there. What it holds of these runs already is not run again.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

impl Runs {
    /// Whether the options are possible.
    pub(crate) fn check(&self) -> Result<(), Trouble> {
        options::seeds(self.seed, self.seeds, 1)?;
        options::threads(self.threads)
    }
    /// The directory, before anything long begins.
    pub(crate) fn begin(&self, to: &Setting<'_>) -> Result<Told, Trouble> {
        self.out.as_deref().map_or_else(|| Ok(interrupt::tell(None, to.chinese)), |dir| out::begin(dir, to))
    }
}

pub(crate) fn run(args: &CompareArgs, to: &mut Setting<'_>) -> Result<(), Trouble> {
    args.runs.check()?;
    args.world.check()?;
    let policies = read(&args.policies, &args.world)?;
    let _told = args.runs.begin(to)?;
    let setup = args.world.setup(processors(args.runs.threads))?;
    let asked = json!({ "population": args.world.population, "population_seed": args.world.population_seed });
    judge(&setup, &args.world.words(), &policies, &args.runs, (asked, &args.world.townships()), to)
}

/// Runs all policies with all seeds, tells what came out, and writes the files. `asked` is what else was asked or assumed, for the summary.
pub(crate) fn judge(
    setup: &Setup,
    words: &str,
    policies: &[(Policy, Rules)],
    args: &Runs,
    (asked, townships): (Value, &[TownshipName]),
    to: &mut Setting<'_>,
) -> Result<(), Trouble> {
    let threads = processors(args.threads);
    // Seed by seed, so that what is broken off has whole worlds.
    let seeds = args.seed..args.seed + args.seeds;
    let jobs: Vec<Job<'_>> =
        seeds.flat_map(|seed| policies.iter().map(move |(policy, rules)| Job { policy, rules, seed, own: None })).collect();
    let mut runner = Runner::new(setup, words, threads, to.terminal, args.out.as_deref())?;
    let runs = runner.run(&jobs)?;
    let names: Vec<&str> = policies.iter().map(|(p, _)| p.name.as_str()).collect();
    let by_policy: Vec<Vec<&Run>> = names.iter().map(|name| runs.iter().filter(|r| r.policy == *name).collect()).collect();
    let mut report = report(&names, &by_policy, setup.days, setup.population.len());
    world(&mut report, setup, policies, args, asked);
    if setup.opening.is_some() {
        drawn(&mut report, &runs);
    }
    if let Some(dir) = &args.out {
        let townships = Townships::of(townships, &setup.population);
        files(dir, &runs, (&names, &townships), &by_policy, &report, to.chinese)?;
    }
    let written = args.out.as_deref().map(|dir| words::written(dir, names.len(), to.chinese)).unwrap_or_default();
    let text = if to.json { format!("{report}\n") } else { words::said(&report, to.chinese) + &written };
    to.out.write_all(text.as_bytes()).map_err(|e| Trouble::new(e.to_string(), e.to_string()))
}

fn summary(values: &[f64]) -> Value {
    Summary::of(values).map_or(
        Value::Null,
        |s| json!({ "n": s.n, "mean": s.mean, "mean_low": s.low, "mean_high": s.high, "q05": s.q05, "q50": s.q50, "q95": s.q95 }),
    )
}

/// Puts all into a report that a reader needs to know which question it answers.
fn world(report: &mut Value, setup: &Setup, policies: &[(Policy, Rules)], args: &Runs, asked: Value) {
    let people = setup.population.len();
    let mut all = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "disease": setup.disease.file().name,
        "imports": setup.imports,
        "imports_per_day": setup.imports_per_day,
        "seed": args.seed,
        "seeds": args.seeds,
        "days_from": if setup.opening.is_some() { "midnight" } else { "first infection" },
    });
    for more in [&mut all, &mut { asked }] {
        if let (Some(report), Some(more)) = (report.as_object_mut(), more.as_object_mut()) {
            report.append(more);
        }
    }
    for (k, (policy, rules)) in policies.iter().enumerate() {
        report["policies"][k]["protocol"] = rules.id().into();
        report["policies"][k]["means"] = json!(Means::of(people, &policy.means));
    }
}

/// How many infections before the beginning were drawn beside the cases that are known. They are the same for all policies: nobody's policy acts before it.
fn drawn(report: &mut Value, runs: &[Run]) {
    let known = report["known"]["cases"].as_f64().unwrap_or(0.0);
    let of = |run: &Run| {
        let all: f64 = run.townships.iter().map(|t| t[1]).sum();
        let since: f64 = run.days.iter().filter_map(|d| d.first()).sum();
        (all - since - known).max(0.0)
    };
    report["assumed"]["unfound_infections"] = summary(&runs.iter().map(of).collect::<Vec<_>>());
}

/// What a policy does, and what it does more than the first in the same world.
fn report(names: &[&str], by_policy: &[Vec<&Run>], days: u32, people: u32) -> Value {
    let values = |runs: &[&Run], name: &str| -> Vec<f64> { runs.iter().filter_map(|r| r.number(name)).collect() };
    let policies = names.iter().zip(by_policy).enumerate().map(|(k, (name, runs))| {
        let mut numbers: serde_json::Map<String, Value> = NUMBERS.iter().map(|n| ((*n).to_owned(), summary(&values(runs, n)))).collect();
        numbers.insert("infections_last_week".to_owned(), summary(&runs.iter().map(|r| last_week(r)).collect::<Vec<_>>()));
        let reached = runs.iter().filter(|r| r.number("days_to_zero").is_some()).count();
        let mut of_policy = json!({
            "policy": name,
            "runs": runs.len(),
            "share_reaching_zero": reached as f64 / runs.len().max(1) as f64,
            "numbers": numbers,
        });
        Heed::of(runs.iter().copied(), f64::from(people)).report(&mut of_policy);
        if k > 0 {
            // The seeds are the same and in the same order; where zero was not reached in one of the two there is no difference of days.
            let difference =
                |n: &str| -> Vec<f64> { runs.iter().zip(&by_policy[0]).filter_map(|(a, b)| Some(a.number(n)? - b.number(n)?)).collect() };
            let less = |n: &str| {
                let all = difference(n);
                all.iter().filter(|d| **d < 0.0).count() as f64 / all.len().max(1) as f64
            };
            let paired: serde_json::Map<String, Value> = NUMBERS
                .iter()
                .map(|n| {
                    let mut s = summary(&difference(n));
                    if s.is_object() {
                        s["share_less"] = less(n).into();
                    }
                    ((*n).to_owned(), s)
                })
                .collect();
            of_policy["difference_from_first"] = paired.into();
        }
        of_policy
    });
    json!({ "days": days, "people": people, "policies": policies.collect::<Vec<_>>() })
}

/// Files of a comparison: `runs.csv`, `runs.parquet`, `days.parquet`, `summary.json`, `policies.svg` with all policies side by side; and, a policy, a fan and what
/// its townships bear, as bars and as tiles.
fn files(
    dir: &Path,
    runs: &[Run],
    (names, townships): (&[&str], &Townships),
    by_policy: &[Vec<&Run>],
    report: &Value,
    chinese: bool,
) -> Result<(), Trouble> {
    let table = Table::of_runs(runs);
    table.csv(&dir.join("runs.csv"))?;
    table.parquet(&dir.join("runs.parquet"))?;
    Table::of_days(runs).parquet(&dir.join("days.parquet"))?;
    differences(names, report).csv(&dir.join("differences.csv"))?;
    let summary = dir.join("summary.json");
    std::fs::write(&summary, format!("{report:#}\n")).map_err(|e| Trouble::io(&summary, &e))?;
    out::remove_beyond(dir, names.len())?;
    let counted = if chinese { "每日感染" } else { "Infections by day" };
    let places: Vec<Places> = by_policy.iter().map(|runs| Places::of(townships, runs)).collect();
    let colours = Colours::of(&places);
    side::write(&dir.join("policies.svg"), names, by_policy, report, chinese)?;
    let subtitle = |runs: usize| if chinese { format!("{runs} 次预演") } else { format!("{runs} runs") };
    let fan = |(name, runs): (&&str, &Vec<&Run>)| picture::fan(name, &subtitle(runs.len()), counted, "infections", runs);
    let mut fans: Vec<Fan> = names.iter().zip(by_policy).map(fan).collect();
    Fan::share_axis(&mut fans);
    for (k, ((name, fan), places)) in names.iter().zip(&fans).zip(&places).enumerate() {
        picture::write(&dir.join(format!("fan-{}.svg", k + 1)), fan, chinese)?;
        places.table().csv(&dir.join(format!("townships-{}.csv", k + 1)))?;
        places.write(&dir.join(format!("townships-{}.svg", k + 1)), name, chinese)?;
        places.map(&dir.join(format!("map-{}.svg", k + 1)), name, &colours, chinese)?;
    }
    Ok(())
}

/// A row a policy and number. The first zero, which one quiet day can bring too early, comes last.
fn differences(names: &[&str], report: &Value) -> Table {
    let (first_zero, others): (Vec<&str>, Vec<&str>) = NUMBERS.iter().copied().partition(|n| *n == "first_zero");
    let numbers = [others, first_zero].concat();
    let rows: Vec<(&str, &str, &Value)> = names
        .iter()
        .enumerate()
        .skip(1)
        .flat_map(|(k, name)| numbers.iter().map(move |n| (*name, *n, &report["policies"][k]["difference_from_first"][*n])))
        .filter(|(_, _, s)| s.is_object())
        .collect();
    let number = |k: &str| Column::Number(rows.iter().map(|(_, _, s)| s[k].as_f64()).collect());
    let table = Table::default()
        .with("policy", Column::Text(rows.iter().map(|r| r.0.to_owned()).collect()))
        .with("number", Column::Text(rows.iter().map(|r| r.1.to_owned()).collect()));
    ["n", "mean", "mean_low", "mean_high", "q05", "q50", "q95", "share_less"].iter().fold(table, |t, k| t.with(k, number(k)))
}
