//! `quell rehearse calibrate`: which values of what is not known give what was observed.

mod abc;
mod check;
mod files;
mod found;
mod model;
mod observed;

use crate::compare::{processors, read_policy};
use crate::many::{Job, Runner, target, told_style};
use crate::options::{self, MOST_RUNS, number, open_share, whole, within};
use crate::row::{OF_DAY, Run};
use crate::said::Trouble;
use crate::world::World;
use crate::{Setting, out};
use abc::{End, Generation, NO_WEIGHT, Progress, Question, Settings};
use found::Found;
use indicatif::ProgressBar;
use model::{Fixed, Model, Point};
use observed::Observed;
use quell_epidemic::random::{Draws, Key};
use quell_response::Rules;
use quell_response::policy::Policy;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Options of `calibrate`.
#[derive(Debug, clap::Args)]
pub struct CalibrateArgs {
    /// Observed cases by day: a date (or a number t) and a count in each row.
    observed: PathBuf,
    /// What is not known, and what is believed of it before: a file with a table [parameters].
    #[arg(long)]
    parameters: PathBuf,
    /// The policy under which the cases were observed. Without it: symptoms, contacts and zones by the protocol, no rounds of screening.
    #[arg(long)]
    policy: Option<PathBuf>,
    /// What is counted.
    #[arg(long, default_value = "found", value_parser = ["found", "community", "infections", "severe", "deaths"])]
    counted: String,
    /// Days from the first infection to the first observed day, if `start` is no parameter.
    #[arg(long, default_value_t = 0, value_parser = whole::<u32>, allow_negative_numbers = true)]
    start: u32,
    /// A mapping for the observed table, if its columns have names of their own.
    #[arg(long)]
    mapping: Option<PathBuf>,
    #[command(flatten)]
    world: World,
    /// Particles of a generation.
    #[arg(long, default_value_t = 400, value_parser = whole::<usize>, allow_negative_numbers = true)]
    particles: usize,
    /// Generations, at most.
    #[arg(long, default_value_t = 8, value_parser = whole::<usize>, allow_negative_numbers = true)]
    generations: usize,
    /// Each generation comes as near as this share of the one before.
    #[arg(long, default_value_t = 0.5, value_parser = number, allow_negative_numbers = true)]
    quantile: f64,
    /// It ends when fewer than this share of attempts come near enough.
    #[arg(long, default_value_t = 0.05, value_parser = number, allow_negative_numbers = true)]
    acceptance: f64,
    /// Runs in all, at most.
    #[arg(long, default_value_t = 20_000, value_parser = whole::<usize>, allow_negative_numbers = true)]
    budget: usize,
    /// Where all chance comes from.
    #[arg(long, default_value_t = 1, value_parser = whole::<u64>, allow_negative_numbers = true)]
    seed: u64,
    /// Runs at the same time. [default: as many as there are processors]
    #[arg(long, value_parser = whole::<usize>, allow_negative_numbers = true)]
    threads: Option<usize>,
    /// Directory for the files; it is made if it is not there. What it holds of these runs already is not run again.
    #[arg(long)]
    out: PathBuf,
}

impl CalibrateArgs {
    fn settings(&self) -> Result<Settings, Trouble> {
        let s = Settings {
            particles: self.particles,
            generations: self.generations,
            quantile: self.quantile,
            acceptance: self.acceptance,
            budget: self.budget,
            seed: self.seed,
        };
        within("--particles", s.particles, &(20..=1_000_000), ("一般用 400", "400 is usual"))?;
        within("--generations", s.generations, &(1..=1_000), ("一般用 8", "8 is usual"))?;
        open_share("--quantile", s.quantile, ("一般用 0.5", "0.5 is usual"))?;
        open_share("--acceptance", s.acceptance, ("一般用 0.05", "0.05 is usual"))?;
        let advice = ("至少与 --particles 相同", "at least as many as --particles");
        within("--budget", s.budget, &(s.particles..=MOST_RUNS as usize), advice)?;
        within("--start", self.start, &(0..=MOST_START), ("请检查首例感染的日期", "check the day of the first infection"))?;
        options::threads(self.threads)?;
        self.world.check()?;
        Ok(s)
    }
}

/// More days than this between the first infection and the first observed day are a slip.
const MOST_START: u32 = 1_000;

/// Draws of the posterior that are lived once more, for the picture: twice as many as there are particles, and not more than this.
const DRAWS: usize = 400;
const PREDICT: u64 = 0xf0e;

pub(crate) fn run(args: &CalibrateArgs, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let settings = args.settings()?;
    let observed = Observed::read(&args.observed, args.mapping.as_deref())?;
    let policy = args.policy.as_ref().map_or_else(|| Ok(Policy::default()), |path| read_policy(path))?;
    let threads = processors(args.threads);
    let mut setup = args.world.setup(threads)?;
    // Runs go side by side, each on one thread.
    setup.threads = 1;
    let fixed = Fixed {
        disease: setup.disease.file(),
        policy: &policy,
        imports: setup.imports,
        imports_per_day: setup.imports_per_day,
        start: args.start,
        observed: observed.counts.len() as u32,
        people: setup.population.len(),
    };
    let model = Model::read(&args.parameters, &fixed)?;
    model.check()?;
    let _told = out::begin(&args.out, to)?;
    let mut runner = Runner::new(&setup, &args.world.words(), threads, to.terminal, Some(&args.out))?;
    let bar = ProgressBar::with_draw_target(Some(0), target(to.terminal)).with_style(told_style());
    let column = OF_DAY.iter().position(|n| *n == args.counted).unwrap_or(0);
    let mut asking = Asking {
        model: &model,
        observed: &observed,
        world: &args.world,
        runner: &mut runner,
        rules: BTreeMap::new(),
        column,
        bar: &bar,
        chinese: to.chinese,
    };
    let (generations, end) = abc::run(&mut asking, &settings)?;
    if end == End::NoWeight {
        bar.finish_and_clear();
        return Err(model.without_weight(&setup.population, NO_WEIGHT));
    }
    let Some(last) = generations.last() else {
        return Err(Trouble::new(
            "预算用完时第一代尚未完成：先验中多数取值不能成立；请检查参数的范围，或增大 --budget",
            "the budget was used up within the first generation: most values of the priors exclude each other; check the ranges, or enlarge --budget",
        ));
    };
    bar.set_message(if to.chinese { "后验预测" } else { "posterior predictive" });
    let predicted = asking.predict(last, settings.seed, setup.days)?;
    bar.finish_and_clear();
    let found = Found {
        model: &model,
        observed: &observed,
        counted: &args.counted,
        column,
        end,
        predicted,
        base: setup.disease.file().clone(),
        generations,
    };
    let report = found.report(args.seed, setup.population.len());
    files::write(&args.out, &found, &report, to.chinese)?;
    let text = if to.json { format!("{report}\n") } else { found.words(to.chinese) + &files::written(&args.out, to.chinese) };
    to.out.write_all(text.as_bytes()).map_err(|e| Trouble::new(e.to_string(), e.to_string()))
}

/// Simulates what is asked.
struct Asking<'a, 'b> {
    model: &'a Model,
    observed: &'a Observed,
    world: &'a World,
    runner: &'a mut Runner<'b>,
    rules: BTreeMap<Option<String>, Rules>,
    column: usize,
    bar: &'a ProgressBar,
    chinese: bool,
}

impl Asking<'_, '_> {
    /// A run at each point; none where there is no point, or its values exclude each other.
    fn live(&mut self, points: &[Option<(Point, u64)>]) -> Result<Vec<Option<Run>>, Trouble> {
        for (point, _) in points.iter().flatten() {
            if !self.rules.contains_key(&point.policy.protocol) {
                self.rules.insert(point.policy.protocol.clone(), self.world.rules(&point.policy)?);
            }
        }
        let jobs = points.iter().flatten().filter_map(|(point, seed)| {
            let rules = self.rules.get(&point.policy.protocol)?;
            Some(Job { policy: &point.policy, rules, seed: *seed, own: Some(&point.own) })
        });
        let jobs: Vec<Job<'_>> = jobs.collect();
        let mut runs = self.runner.run_within(&jobs, self.bar)?.into_iter();
        Ok(points.iter().map(|p| p.as_ref().and_then(|_| runs.next().flatten())).collect())
    }

    fn counts(&self, run: &Run, start: u32) -> Vec<f64> {
        run.days.iter().skip(start as usize).map(|d| d[self.column]).collect()
    }

    /// Draws of the posterior, lived anew, until the last observed day or a later one: from the first infection on at least `days`.
    fn predict(&mut self, last: &Generation, seed: u64, days: u32) -> Result<Vec<Vec<f64>>, Trouble> {
        let cumulated = last.cumulated();
        let draws = (2 * last.particles.len()).min(DRAWS);
        let point = |k: usize| {
            // Systematic resampling: each particle as often as its weight says, to less than one.
            let at = (k as f64 + 0.5) / draws as f64;
            let particle = &last.particles[cumulated.partition_point(|c| *c <= at).min(last.particles.len() - 1)];
            let mut point = self.model.at(&particle.at)?;
            point.own.days = point.own.days.max(days);
            Some((point, Key::new(seed).with(PREDICT).with(k as u64).draws().bits()))
        };
        let points: Vec<Option<(Point, u64)>> = (0..draws).map(point).collect();
        self.bar.set_length(draws as u64);
        self.bar.set_position(0);
        let runs = self.live(&points)?;
        let series = runs.iter().zip(&points).filter_map(|(run, point)| Some(self.counts(run.as_ref()?, point.as_ref()?.0.start)));
        let mut series: Vec<Vec<f64>> = series.collect();
        // As far as all of them reach: they begin at different days.
        let shortest = series.iter().map(Vec::len).min().unwrap_or(0);
        series.iter_mut().for_each(|s| s.truncate(shortest));
        Ok(series)
    }
}

impl Question for Asking<'_, '_> {
    fn draw(&self, draws: &mut Draws) -> Vec<f64> {
        self.model.draw(draws)
    }
    fn density(&self, at: &[f64]) -> f64 {
        self.model.density(at)
    }
    fn distances(&mut self, asked: &[(Vec<f64>, u64)], progress: Progress) -> Result<Vec<Option<f64>>, Trouble> {
        let (generation, tolerance) = (progress.generation, progress.tolerance);
        self.bar.set_message(if self.chinese {
            format!("第 {generation} 代，容差 {tolerance:.2}")
        } else {
            format!("generation {generation}, tolerance {tolerance:.2}")
        });
        self.bar.set_length(progress.expected as u64);
        self.bar.set_position(progress.attempts as u64);
        let points: Vec<Option<(Point, u64)>> = asked.iter().map(|(at, seed)| Some((self.model.at(at)?, *seed))).collect();
        let runs = self.live(&points)?;
        let distance = |(run, point): (&Option<Run>, &Option<(Point, u64)>)| {
            Some(self.observed.distance(&self.counts(run.as_ref()?, point.as_ref()?.0.start)))
        };
        Ok(runs.iter().zip(&points).map(distance).collect())
    }
}
