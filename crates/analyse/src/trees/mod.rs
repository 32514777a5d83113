//! `quell analyse trees`

mod contacts;
mod linelist;
mod tell;

use crate::Setting;
use crate::input::{Named, Own};
use crate::output::{self, Format};
use crate::picture::{self, Picture};
use crate::rt::Interval;
use crate::said::Trouble;
use clap::Args;
use linelist::LineList;
use quell_epi::gamma::Gamma;
use quell_epi::trees::{Edge, Outbreak, OutbreakError, Posterior, Problem, Sampling, first, posterior};
use std::path::PathBuf;

/// Options of `trees`.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true, after_long_help = crate::fields::help(&[("Line list (--mapping)", linelist::LINELIST.1), ("Contacts (--mapping)", contacts::CONTACTS.1), ("Genetic distances (--distances)", contacts::DISTANCES.1)]))]
pub struct Trees {
    /// A line list: a row a case, with its id, its onset and what else is known.
    file: PathBuf,
    /// Contacts between cases: a row a pair.
    #[arg(long)]
    contacts: Option<PathBuf>,
    #[command(flatten)]
    named: Named,
    /// The sheet of the contacts' workbook.
    #[arg(long, value_name = "NAME", requires = "contacts")]
    contacts_sheet: Option<String>,
    /// Genetic distances: a row a pair, with the number of substitutions by which they differ.
    #[arg(long)]
    distances: Option<PathBuf>,
    #[command(flatten)]
    interval: Interval,
    /// Mean of the incubation period, days; without it, it is learnt from the exposure windows.
    #[arg(long, requires = "incubation_sd")]
    incubation_mean: Option<f64>,
    /// Standard deviation of the incubation period, days.
    #[arg(long, requires = "incubation_mean")]
    incubation_sd: Option<f64>,
    /// The share of all infections that are in the line list, if something is known of it (0 to 1).
    #[arg(long)]
    reported: Option<f64>,
    /// How many people could have been infected, those who were included (a village, a school); without it, the cases alone.
    #[arg(long)]
    population: Option<f64>,
    /// The same seed gives the same result.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The first answer only: the most probable infectors, without sampling.
    #[arg(long)]
    quick: bool,
    /// Sweeps of each of the four chains, if not as many as outbreaks of this size need.
    #[arg(long, conflicts_with = "quick")]
    sweeps: Option<usize>,
    /// Infectors less probable than this are left out.
    #[arg(long, default_value_t = 0.001)]
    least: f64,
    /// Writes a table of the cases here: most probable infector, generation, how many each infected.
    #[arg(long)]
    cases: Option<PathBuf>,
    /// Writes here who may be behind an infector that is not in the line list: a row for each case and each source, one unobserved case between them.
    #[arg(long, conflicts_with = "quick")]
    sources: Option<PathBuf>,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    picture: Picture,
}

/// Days for which a serial interval is computed.
const LONGEST: usize = 120;

impl Trees {
    fn contacts_own(&self) -> Result<Own, Trouble> {
        Ok(Own { sheet: self.contacts_sheet.clone(), ..self.named.own()? })
    }
}

pub(crate) fn run(c: &Trees, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let mut list = linelist::read(&c.file, &c.named.own()?)?;
    if let Some(file) = &c.contacts {
        contacts::read(file, &c.contacts_own()?, &mut list)?;
    }
    if let Some(file) = &c.distances {
        contacts::distances(file, &mut list)?;
    }
    let incubation = match (c.incubation_mean, c.incubation_sd) {
        (Some(mean), Some(sd)) => Some(Gamma::of_mean_sd(mean, sd).ok_or_else(|| {
            Trouble::new("潜伏期的均值和标准差须大于 0", "the mean and the standard deviation of the incubation period must be above 0")
        })?),
        _ => None,
    };
    let outbreak = Outbreak {
        cases: std::mem::take(&mut list.cases),
        kinds: std::mem::take(&mut list.kinds),
        ties: std::mem::take(&mut list.ties),
        distances: std::mem::take(&mut list.distances),
        interval: c.interval.get(LONGEST)?,
        incubation,
        reported: c.reported,
        population: c.population,
    };
    let problem = Problem::new(&outbreak).map_err(|e| trouble(&e, &list))?;
    let implausible = contacts::implausible(&outbreak);
    let doubts: Vec<_> = implausible.iter().map(|pair| contacts::doubt(&outbreak, &list, *pair)).collect();
    for warning in list.warnings.iter().chain(&doubts) {
        output::say(to, warning)?;
    }
    let draw = |infectors: &[Vec<Edge>], sampled: Option<&Posterior>, to: &Setting<'_>| {
        let (names, isolated, reported) = (&list.ids, &list.isolated, &list.reported);
        let chain = picture::Chain { names, outbreak: &outbreak, isolated, reported, infectors, sampled, implausible: &implausible };
        c.picture.save("", to, |head, language| picture::chain(head, language, &chain))
    };
    let quick = first(&problem);
    if c.quick {
        draw(&quick.infectors, None, to)?;
        tell::edges(c, to, &list, &quick.infectors)?;
        return tell::cases(c, &list, &outbreak, &quick.infectors, None);
    }
    let mut sampling = Sampling::of_size(problem.cases(), c.seed);
    if let Some(sweeps) = c.sweeps {
        sampling = sampling.with_sweeps(problem.cases(), sweeps);
    }
    let sampled = posterior(&problem, &quick, &sampling);
    draw(&sampled.infectors, Some(&sampled), to)?;
    tell::edges(c, to, &list, &sampled.infectors)?;
    tell::cases(c, &list, &outbreak, &sampled.infectors, Some(&sampled))?;
    tell::sources(c, &list, &problem, &sampled)?;
    tell::diagnostics(to, &outbreak, &sampling, &sampled)
}

fn trouble(e: &OutbreakError, list: &LineList) -> Trouble {
    let name = |k: usize| list.ids.get(k).map_or("", String::as_str);
    match e {
        OutbreakError::Empty => Trouble::new("没有发病日期已知的病例", "no case has an onset"),
        OutbreakError::Window(k) => Trouble::new(
            format!("病例 {}：暴露开始晚于暴露结束", name(*k)),
            format!("case {}: the exposure begins after it ends", name(*k)),
        ),
        OutbreakError::Tie(a, b, _) => Trouble::new(
            format!("病例 {} 与 {} 的关系不对", name(*a as usize), name(*b as usize)),
            format!("what joins cases {} and {} is wrong", name(*a as usize), name(*b as usize)),
        ),
        OutbreakError::Kind(..) | OutbreakError::Kinds(_) => Trouble::new(
            format!("接触种类太多，最多 {} 种", Outbreak::MOST_KINDS),
            format!("too many kinds of contact, at most {}", Outbreak::MOST_KINDS),
        ),
        OutbreakError::Reported(r) => {
            Trouble::new(format!("--reported 须在 0 与 1 之间，现为 {r}"), format!("--reported is between 0 and 1, not {r}"))
        }
        OutbreakError::Days(n) => Trouble::new(
            format!("首末发病日期相隔 {n} 天；年份是否有误？"),
            format!("{n} days from the first onset to the last; is a year wrong?"),
        ),
    }
}
