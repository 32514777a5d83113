//! `quell analyse quality`

mod measures;
mod people;

use crate::Setting;
use crate::input::{Named, Own};
use crate::output::{self, Cell, Format};
use crate::said::Trouble;
use clap::{Args, ValueEnum};
use measures::{COLUMNS, Reckoning};
use people::{Case, Contact, Files, People};
use quell_epi::gamma::Gamma;
use quell_epi::quality::{Assumptions, Profile};
use quell_foundation::Day;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What stands for the onset of a case that has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum WithoutOnset {
    /// Nothing: the case is not known, and left out where an onset is needed.
    #[default]
    Unknown,
    /// The day of its sample.
    Sample,
}

/// Groups that are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// All cases.
    All,
    /// Weeks, from Monday, by the day on which cases were found (else reported, sampled, fell ill).
    Week,
    /// Places.
    Place,
}

/// Options of `quality`.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true, after_long_help = crate::fields::help(&[("Cases (--mapping)", people::CASES.1), ("Contacts (--contacts-mapping)", people::CONTACTS.1)]))]
pub struct Quality {
    /// A line list: Quell's own table of cases, or one with onset, sampled, found, reported, isolated, setting, control, was_contact (as far as it has them).
    file: PathBuf,
    #[command(flatten)]
    named: Named,
    /// Contacts: Quell's own table, or one with case, person, named, quarantine_from, state.
    #[arg(long)]
    contacts: Option<PathBuf>,
    /// Which columns the contacts have, if they go by other names.
    #[arg(long, requires = "contacts")]
    contacts_mapping: Option<PathBuf>,
    /// The sheet of the contacts' workbook.
    #[arg(long, value_name = "NAME", requires = "contacts")]
    contacts_sheet: Option<String>,
    /// Groups that are told. [default: all of them]
    #[arg(long, value_enum)]
    by: Vec<By>,
    /// So many parts of a place's path are its place (4: 50.500237.101.001, a community).
    #[arg(long, default_value_t = 4)]
    place_parts: usize,
    /// What stands for the onset of a case without one, in the delay to isolation and in what was prevented.
    #[arg(long, value_enum, default_value_t)]
    without_onset: WithoutOnset,
    #[command(flatten)]
    profile: Infectiousness,
    /// The share of transmission that goes on in isolation, 0 to 1.
    #[arg(long, default_value_t = 0.0)]
    leak: f64,
    /// Samples of the cases for the interval of what was prevented.
    #[arg(long, default_value_t = 1000)]
    samples: usize,
    /// The same seed gives the same interval.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Infectiousness around onset. Without options that of COVID-19 in 2020 (He et al., corrected): 44 % of transmission before onset.
#[derive(Debug, Args)]
struct Infectiousness {
    /// Mean of the generation time, days: infectiousness is then the generation time less the incubation period.
    #[arg(long, requires_all = ["generation_sd", "incubation_mean", "incubation_sd"], conflicts_with = "profile")]
    generation_mean: Option<f64>,
    /// Standard deviation of the generation time, days.
    #[arg(long, requires = "generation_mean")]
    generation_sd: Option<f64>,
    /// Mean of the incubation period, days.
    #[arg(long, requires = "generation_mean")]
    incubation_mean: Option<f64>,
    /// Standard deviation of the incubation period, days.
    #[arg(long, requires = "generation_mean")]
    incubation_sd: Option<f64>,
    /// Mean and standard deviation of a gamma distribution, and how many days before onset it begins: MEAN,SD,BEFORE.
    #[arg(long, value_delimiter = ',', value_name = "MEAN,SD,BEFORE")]
    profile: Option<Vec<f64>>,
}

impl Infectiousness {
    /// The profile, and how it is told.
    fn get(&self) -> Result<(Profile, String), Trouble> {
        let gamma = |mean: f64, sd: f64| {
            Gamma::of_mean_sd(mean, sd).ok_or_else(|| {
                Trouble::new(
                    format!("均值与标准差须大于 0，现为 {mean} 和 {sd}"),
                    format!("a mean and a standard deviation must be above 0, not {mean} and {sd}"),
                )
            })
        };
        if let Some(given) = self.profile.as_deref() {
            let [mean, sd, before] = given else {
                return Err(Trouble::new("--profile 须为三个数：均值,标准差,提前天数", "--profile needs three numbers: MEAN,SD,BEFORE"));
            };
            if !before.is_finite() {
                return Err(Trouble::new("--profile 的第三个数须为天数", "the third number of --profile must be days"));
            }
            let said = format!("gamma {mean} ± {sd} d from {before} d before onset");
            return Ok((Profile::ShiftedGamma { gamma: gamma(*mean, *sd)?, shift: *before }, said));
        }
        match (self.generation_mean, self.generation_sd, self.incubation_mean, self.incubation_sd) {
            (Some(g), Some(g_sd), Some(i), Some(i_sd)) => {
                let said = format!("generation time {g} ± {g_sd} d less incubation period {i} ± {i_sd} d");
                Ok((Profile::of_generation(gamma(g, g_sd)?, gamma(i, i_sd)?), said))
            }
            _ => Ok((Profile::he_2020(), "COVID-19, He et al. 2020 (corrected)".to_owned())),
        }
    }
}

pub(crate) fn run(c: &Quality, to: &mut Setting<'_>) -> Result<(), Trouble> {
    if !(0.0..=1.0).contains(&c.leak) {
        return Err(Trouble::new("--leak 须在 0 与 1 之间", "--leak must be between 0 and 1"));
    }
    let (profile, said) = c.profile.get()?;
    let before = profile.before(0.0);
    let reckoning = Reckoning {
        sample_for_onset: c.without_onset == WithoutOnset::Sample,
        assumptions: Assumptions { profile, leak: c.leak, samples: c.samples, seed: c.seed },
    };
    let files = Files {
        cases: &c.file,
        cases_own: &c.named.own()?,
        contacts: c.contacts.as_deref(),
        contacts_own: &Own::of(c.contacts_mapping.as_deref(), c.contacts_sheet.as_deref())?,
        place_parts: c.place_parts,
    };
    let people = people::read(&files, to)?;
    let rows = rows(c, &people, &reckoning);
    let columns: Vec<&str> = ["by", "group"].into_iter().chain(COLUMNS).collect();
    output::write(to, c.format, &columns, &rows)?;
    say(to, c, &people, &said, before)
}

fn rows(c: &Quality, people: &People, reckoning: &Reckoning) -> Vec<Vec<Cell>> {
    let wanted = |by: By| c.by.is_empty() || c.by.contains(&by);
    let mut rows = Vec::new();
    let mut tell = |by: &str, group: &str, of: &dyn Fn(&Case) -> bool| {
        let cases: Vec<&Case> = people.cases.iter().filter(|c| of(c)).collect();
        let contacts = people.contacts.as_ref().map(|all| {
            let with_case = all.iter().map(|k| (k, k.case.map(|n| &people.cases[n])));
            // The whole has those of unknown cases, too.
            with_case.filter(|(_, case)| case.map_or(by == "all", of)).collect::<Vec<(&Contact, Option<&Case>)>>()
        });
        for m in measures::of(&cases, contacts.as_deref(), reckoning, by == "all") {
            let mut row: Vec<Cell> = vec![by.into(), group.into()];
            row.extend(m.cells());
            rows.push(row);
        }
    };
    if wanted(By::All) {
        tell("all", "", &|_| true);
    }
    if wanted(By::Week) {
        let weeks: BTreeMap<Day, ()> = people.cases.iter().filter_map(|c| Some((monday(c.day()?), ()))).collect();
        for week in weeks.keys() {
            tell("week", &week.to_string(), &|c| c.day().is_some_and(|d| monday(d) == *week));
        }
    }
    if wanted(By::Place) {
        let places: BTreeMap<&str, ()> = people.cases.iter().filter_map(|c| Some((c.place.as_deref()?, ()))).collect();
        for place in places.keys() {
            tell("place", place, &|c| c.place.as_deref() == Some(place));
        }
    }
    rows
}

/// The Monday of a day's week. (1970-01-01 was a Thursday.)
fn monday(day: Day) -> Day {
    day.plus(-(day.0.saturating_add(3)).rem_euclid(7))
}

/// What was assumed and what was left out.
fn say(to: &mut Setting<'_>, c: &Quality, people: &People, profile: &str, before: f64) -> Result<(), Trouble> {
    let all = people.cases.len();
    let without = people.cases.iter().filter(|c| c.onset.is_none()).count();
    let (before, leak) = (before * 100.0, c.leak * 100.0);
    let mut text = if to.chinese {
        let onset = if c.without_onset == WithoutOnset::Sample { "以采样日代替" } else { "不计入" };
        format!(
            "假定：传染力按 {profile}（发病前占 {before:.0}%），隔离后仍有 {leak:.0}%，各例传播力相同；{all} 例中 {without} 例无发病时间，{onset}\n"
        )
    } else {
        let onset =
            if c.without_onset == WithoutOnset::Sample { "the day of the sample stands for it" } else { "left out where it is needed" };
        format!(
            "assumed: infectiousness of {profile} ({before:.0} % before onset), {leak:.0} % of it goes on in isolation, all cases alike; {without} of {all} cases have no onset: {onset}\n"
        )
    };
    let mut note = |n: usize, zh: &str, en: &str| {
        if n > 0 {
            text += &if to.chinese { format!("{n} {zh}\n") } else { format!("{n} {en}\n") };
        }
    };
    note(people.ruled_out, "例已排除，未计入", "rows are no cases (ruled out) and were left out");
    note(people.of_nobody, "名密接的病例不在病例表中", "contacts are of cases that are not in the table");
    note(people.not_close, "名接触者不是密切接触者，未计入", "contacts are not close ones and were left out");
    to.err.write_all(text.as_bytes()).map_err(|e| Trouble::new(e.to_string(), e.to_string()))
}
