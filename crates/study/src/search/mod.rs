//! `quell rehearse search`: which policies of a space are not beaten in every number that counts.

mod files;
mod front;
mod halving;
mod space;
mod unpaid;

use crate::compare::processors;
use crate::heed::Heed;
use crate::many::{Job, Runner, style, target};
use crate::options::{self, MOST_RUNS, whole, within};
use crate::row::{NUMBERS, Run};
use crate::said::Trouble;
use crate::statistics::Summary;
use crate::world::World;
use crate::{Setting, out};
use halving::{Candidate, Origin, Plan, Search, Wanted};
use indicatif::ProgressBar;
use quell_response::Rules;
use serde_json::{Value, json};
use space::{Is, Space};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Options of `search`.
#[derive(Debug, clap::Args)]
pub struct SearchArgs {
    /// A policy file with a table [search.parameters]: what may be otherwise.
    space: PathBuf,
    #[command(flatten)]
    world: World,
    /// A number to be made small; at least two. [default: days_to_zero and restriction_person_days]
    #[arg(long = "minimise", value_name = "NUMBER")]
    minimise: Vec<String>,
    /// Runs in all.
    #[arg(long, default_value_t = 1_000, value_parser = whole::<usize>, allow_negative_numbers = true)]
    budget: usize,
    /// Worlds in which the best are tried: seeds --seed, --seed + 1 …
    #[arg(long, default_value_t = 20, value_parser = whole::<usize>, allow_negative_numbers = true)]
    seeds: usize,
    /// The first seed; which candidates there are follows from it, too.
    #[arg(long, default_value_t = 1, value_parser = whole::<u64>, allow_negative_numbers = true)]
    seed: u64,
    /// Runs at the same time. [default: as many as there are processors]
    #[arg(long, value_parser = whole::<usize>, allow_negative_numbers = true)]
    threads: Option<usize>,
    /// Directory for the files; it is made if it is not there. What it holds of these runs already is not run again.
    #[arg(long)]
    out: PathBuf,
}

/// What is made small, as numbers of a run that is worse than all that reached zero if it did not.
pub(crate) struct Aims {
    names: Vec<&'static str>,
    days: f64,
    people: f64,
}

impl Aims {
    /// Names of what is made small, in the order of the user.
    fn names(wanted: &[String]) -> Result<Vec<&'static str>, Trouble> {
        let default = ["days_to_zero", "restriction_person_days"].map(str::to_owned);
        let wanted = if wanted.is_empty() { &default[..] } else { wanted };
        let known = |name: &String| {
            NUMBERS.iter().find(|n| *n == name).copied().ok_or_else(|| Trouble::unknown(("指标", "number"), name, &NUMBERS))
        };
        let mut names = wanted.iter().map(known).collect::<Result<Vec<_>, _>>()?;
        let asked = names.len();
        names.sort_unstable();
        names.dedup();
        if names.len() < 2 || names.len() < asked {
            return Err(Trouble::new("--minimise 须为至少两个不同的指标", "--minimise is at least two numbers, each once"));
        }
        names.sort_by_key(|n| wanted.iter().position(|w| w == n));
        Ok(names)
    }
    /// The numbers of a run. One that did not reach zero has the length of the run, and as much of that length again as what is left is large: the logarithm of
    /// (1 + infections of the last seven days) as a share of that of (1 + people). So it is worse than any that did, and those that came near are better than those
    /// that were overrun.
    pub(crate) fn of(&self, run: &Run) -> Vec<f64> {
        let left: f64 = run.days.iter().rev().take(7).filter_map(|d| d.first()).sum();
        let missed = self.days * (1.0 + left.ln_1p() / self.people.ln_1p());
        self.names.iter().map(|name| run.number(name).unwrap_or(missed)).collect()
    }
}

pub(crate) fn run(args: &SearchArgs, to: &mut Setting<'_>) -> Result<(), Trouble> {
    options::seeds(args.seed, args.seeds as u64, 2)?;
    options::threads(args.threads)?;
    args.world.check()?;
    let space = Space::read(&args.space)?;
    let names = Aims::names(&args.minimise)?;
    within("--budget", args.budget as u64, &(1..=MOST_RUNS), ("一般用 1000", "1000 is usual"))?;
    let Some(plan) = Plan::new(args.budget, args.seeds) else {
        let (least, seeds, budget) = (Plan::least(args.seeds), args.seeds, args.budget);
        return Err(Trouble::new(
            format!("--budget {budget}：太小，{seeds} 个种子至少需要 {least}；请增大 --budget 或减小 --seeds"),
            format!("--budget {budget}: too small, with {seeds} seeds it is at least {least}; make it larger, or --seeds smaller"),
        ));
    };
    let warnings = unpaid::harmless(&names, to.chinese).into_iter().chain(unpaid::warnings(&space, &names, to.chinese));
    for warning in warnings {
        eprintln!("quell: {warning}");
    }
    let _told = out::begin(&args.out, to)?;
    let threads = processors(args.threads);
    let mut setup = args.world.setup(threads)?;
    // Runs go side by side, each on one thread.
    setup.threads = 1;
    let aims = Aims { names, days: f64::from(setup.days), people: f64::from(setup.population.len()) };
    let mut runner = Runner::new(&setup, &args.world.words(), threads, to.terminal, Some(&args.out))?;
    let bar = ProgressBar::with_draw_target(Some(plan.budget as u64), target(to.terminal)).with_style(style());
    let mut rules: BTreeMap<Option<String>, Rules> = BTreeMap::new();
    let live = |wanted: &[Wanted<'_>]| -> Result<Vec<Run>, Trouble> {
        for (policy, _) in wanted {
            if !rules.contains_key(&policy.protocol) {
                rules.insert(policy.protocol.clone(), args.world.rules(policy)?);
            }
        }
        let seed = |world: usize| args.seed.wrapping_add(world as u64);
        let jobs = wanted.iter().filter_map(|(policy, world)| {
            let rules = rules.get(&policy.protocol)?;
            Some(Job { policy, rules, seed: seed(*world), own: None })
        });
        let jobs: Vec<Job<'_>> = jobs.collect();
        Ok(runner.run_within(&jobs, &bar)?.into_iter().flatten().collect())
    };
    let numbers = |run: &Run| aims.of(run);
    let (candidates, spent) = Search::new(&space, plan.clone(), args.seed, live, &numbers).run()?;
    bar.finish_and_clear();
    let found = Found::of(&aims, &plan, candidates, spent, args.seed);
    let report = found.report(&space, args.seed);
    files::write(&args.out, &space, &found, &report, to.chinese)?;
    let text = if to.json { format!("{report}\n") } else { found.words(&space, to.chinese) + &written(&args.out, to.chinese) };
    to.out.write_all(text.as_bytes()).map_err(|e| Trouble::new(e.to_string(), e.to_string()))
}

/// A member of the front.
struct Member {
    candidate: usize,
    /// The share of worlds drawn anew in which it is one.
    share: f64,
    /// Other candidates of which the same came in every world.
    alike: Vec<usize>,
}

/// What a search found.
pub(crate) struct Found {
    aims: Aims,
    plan: Plan,
    candidates: Vec<Candidate<Run>>,
    spent: usize,
    /// Members of the front by rising first number.
    front: Vec<Member>,
    /// That share for all who were in the running.
    shares: BTreeMap<usize, f64>,
    /// Worlds on which the front rests.
    worlds: usize,
}

impl Found {
    fn of(aims: &Aims, plan: &Plan, candidates: Vec<Candidate<Run>>, spent: usize, seed: u64) -> Self {
        let (worlds, on) = halving::highest(&candidates, &plan.rungs).unwrap_or_default();
        let values: Vec<Vec<Vec<f64>>> =
            on.iter().map(|k| candidates[*k].runs.iter().take(worlds).map(|run| aims.of(run)).collect()).collect();
        let certain = halving::certainty(&values, seed);
        let shares: BTreeMap<usize, f64> = on.iter().zip(&certain).map(|(k, (_, share))| (*k, *share)).collect();
        let mut front: Vec<(Member, &Vec<Vec<f64>>)> = Vec::new();
        for ((candidate, values), (_, share)) in on.iter().zip(&values).zip(&certain).filter(|(_, c)| c.0) {
            // What is the same in every world is one policy: a parameter did not matter.
            match front.iter_mut().find(|(_, v)| *v == values) {
                Some((member, _)) => member.alike.push(*candidate),
                None => front.push((Member { candidate: *candidate, share: *share, alike: Vec::new() }, values)),
            }
        }
        let mut front: Vec<Member> = front.into_iter().map(|f| f.0).collect();
        let aims = Aims { names: aims.names.clone(), ..*aims };
        let first = |k: usize| candidates[k].runs.iter().map(|r| aims.of(r)[0]).sum::<f64>() / candidates[k].runs.len() as f64;
        front.sort_by(|a, b| first(a.candidate).total_cmp(&first(b.candidate)).then(a.candidate.cmp(&b.candidate)));
        Self { plan: plan.clone(), candidates, spent, front, shares, worlds, aims }
    }
    /// A number that counts, over the worlds of a candidate.
    fn summary(&self, candidate: usize, aim: usize) -> Option<Summary> {
        Summary::of(&self.candidates[candidate].runs.iter().map(|r| self.aims.of(r)[aim]).collect::<Vec<_>>())
    }
    fn reached(&self, candidate: usize) -> f64 {
        let runs = &self.candidates[candidate].runs;
        runs.iter().filter(|r| r.number("days_to_zero").is_some()).count() as f64 / runs.len().max(1) as f64
    }
    /// What must be known of a candidate before its numbers are believed.
    fn heed(&self, candidate: usize) -> Heed {
        Heed::of(self.candidates[candidate].runs.iter(), self.aims.people)
    }
    /// Median of the infections.
    fn infections(&self, candidate: usize) -> Option<f64> {
        let all: Vec<f64> = self.candidates[candidate].runs.iter().filter_map(|r| r.number("infections")).collect();
        Summary::of(&all).map(|s| s.q50)
    }
    /// A policy of the front, or the base, as JSON: with what it says of itself.
    fn with_harm(&self, candidate: usize, mut of: Value) -> Value {
        of["infections_median"] = json!(self.infections(candidate));
        self.heed(candidate).report(&mut of);
        of
    }
    /// What a policy of the front is called, and its file.
    fn name(&self, place: usize) -> String {
        format!("front-{:02}", place + 1)
    }

    fn numbers(&self, k: usize) -> serde_json::Map<String, Value> {
        let of = |(aim, name): (usize, &&str)| {
            let s = self.summary(k, aim)?;
            Some(((*name).to_owned(), json!({ "mean": s.mean, "mean_low": s.low, "mean_high": s.high })))
        };
        self.aims.names.iter().enumerate().filter_map(of).collect()
    }

    fn report(&self, space: &Space, seed: u64) -> Value {
        let member = |(place, Member { candidate: k, share, alike }): (usize, &Member)| {
            let c = &self.candidates[*k];
            let parameters: serde_json::Map<String, Value> =
                space.paths().zip(&c.is).map(|(path, is)| (path.to_owned(), is.text().into())).collect();
            let of = json!({
                "policy": self.name(place),
                "file": format!("front/{}.toml", self.name(place)),
                "candidate": k,
                "parameters": parameters,
                "seeds": c.runs.len(),
                "alike": alike,
                "share_reaching_zero": self.reached(*k),
                "share_on_front": share,
                "numbers": self.numbers(*k),
            });
            self.with_harm(*k, of)
        };
        let base = json!({ "policy": space.base.name, "share_reaching_zero": self.reached(0), "numbers": self.numbers(0) });
        json!({
            "minimised": self.aims.names,
            "days": self.aims.days,
            "people": self.aims.people,
            "seed": seed,
            "runs": self.spent,
            "candidates": self.candidates.len() - 1,
            "seeds_by_rung": self.plan.rungs,
            "candidates_by_rung": self.plan.rungs.iter().map(|n| self.candidates[1..].iter().filter(|c| c.runs.len() >= *n).count()).collect::<Vec<_>>(),
            "seeds_of_front": self.worlds,
            "base": self.with_harm(0, base),
            "front": self.front.iter().enumerate().map(member).collect::<Vec<_>>(),
        })
    }

    fn words(&self, space: &Space, chinese: bool) -> String {
        let say = |zh: &'static str, en: &'static str| if chinese { zh } else { en };
        let line = |name: &str, k: usize| {
            let cells = (0..self.aims.names.len()).filter_map(|aim| {
                let (s, what) = (self.summary(k, aim)?, crate::row::title(self.aims.names[aim], chinese));
                Some(format!("{what} {:.1} [{:.1}, {:.1}]", s.mean, s.low, s.high))
            });
            let cells: Vec<String> = cells.collect();
            let (infections, people) = (self.infections(k).unwrap_or(0.0), self.aims.people);
            let harm = match chinese {
                true => format!("{people:.0} 人中感染 {infections:.0}（中位数）"),
                false => format!("infections {infections:.0} (median, of {people:.0} people)"),
            };
            let heed: String = self.heed(k).lines(chinese).iter().map(|l| format!("  {l}\n")).collect();
            format!("{name}: {}; {harm}; {} {:.0} %\n{heed}", cells.join("; "), say("清零比例", "reach zero"), self.reached(k) * 100.0)
        };
        let mut text = if chinese {
            format!("{} 个候选策略，{} 次预演；前沿上的策略各在 {} 个世界中试过\n", self.candidates.len() - 1, self.spent, self.worlds)
        } else {
            format!(
                "{} candidates, {} runs; each policy of the front was tried in {} worlds\n",
                self.candidates.len() - 1,
                self.spent,
                self.worlds
            )
        };
        text += &line(&format!("{} ({})", space.base.name, say("基础策略", "base")), 0);
        for (place, Member { candidate: k, share, .. }) in self.front.iter().enumerate() {
            text += &line(&self.name(place), *k);
            let parameters: Vec<String> =
                // What belongs to something that is left out has no meaning.
                space.paths().zip(&self.candidates[*k].is).filter(|(_, is)| **is != Is::Idle).map(|(p, is)| format!("{p} = {}", is.text())).collect();
            text += &format!(
                "  {}; {} {:.0} %\n",
                parameters.join(", "),
                say("重抽世界时仍在前沿", "on the front of worlds drawn anew"),
                share * 100.0
            );
        }
        text + say(
            "数值为各世界的均值及其 95 % 区间；清零日自首例感染起算；未清零的预演按最差计（见 docs/rehearsal-search.md）。\n",
            "Numbers are means over worlds with their interval of 95 %; days to zero are counted from the first infection; a run that did not reach zero counts as worse than all that did (docs/rehearsal-search.md).\n",
        )
    }
}

/// Which files there are.
fn written(dir: &Path, chinese: bool) -> String {
    let dir = dir.display();
    if chinese {
        format!(
            "文件在 {dir}：front.svg（前沿图）、front/*.toml（前沿上的策略，可交给 compare）、front.csv、candidates.csv、candidates.parquet、summary.json\n"
        )
    } else {
        format!(
            "Files in {dir}: front.svg, front/*.toml (the policies of the front: give them to compare), front.csv, candidates.csv, candidates.parquet, summary.json\n"
        )
    }
}

/// Where a candidate is from, in a cell.
fn origin(origin: Origin) -> String {
    match origin {
        Origin::Base => "base".to_owned(),
        Origin::Sequence => "sequence".to_owned(),
        Origin::Near(parent) => format!("near {parent}"),
    }
}
