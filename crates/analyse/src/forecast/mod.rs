//! `quell analyse forecast`

mod changes;
mod late;
mod needs;
mod reading;
mod tables;

use crate::Setting;
use crate::input::Named;
use crate::output::Format;
use crate::picture::Picture;
use crate::rt::{Interval, Period};
use crate::said::Trouble;
use changes::{Assumed, Changes};
use clap::Args;
use late::{Late, Seen};
use quell_epi::forecast::{Ahead, Definition, Draw, Futures, Outbreak, Rolling, futures, rolling_as_known};
use quell_epi::interval::SerialInterval;
use reading::Read;
use std::path::PathBuf;

/// Options of `forecast`.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true, after_long_help = crate::fields::help(&[("Cases (--mapping); channels are fields of their own name", reading::FORECAST), ("Kinds of bed (--kinds)", needs::BEDS.1), ("Screening (--screening)", needs::SCREENING.1)]))]
pub struct Forecast {
    /// Cases by day: a column of days (date or t) and one of counts (cases or incidence), or one for each channel of discovery.
    #[arg(required_unless_present = "reports")]
    file: Option<PathBuf>,
    #[command(flatten)]
    named: Named,
    /// Columns of the channels of discovery, the one found in the community first [default: community and controlled, or 社会面 and 管控].
    #[arg(long, value_delimiter = ',')]
    channels: Vec<String>,
    #[command(flatten)]
    interval: Interval,
    #[command(flatten, next_help_heading = "Counts that are not complete")]
    late: Late,
    #[command(flatten, next_help_heading = "Planned changes")]
    changes: Changes,
    /// What a row stands for. Weeks' counts are no ground for a forecast by day: rows that are whole weeks apart are refused unless they are said to be days.
    #[arg(long, value_enum, default_value_t)]
    period: Period,
    /// Days ahead, 1 to 365.
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u16).range(1..=365))]
    days: u16,
    /// The last day that is known: what comes after it in the file is not looked at (a date, or a t) [default: the last one of the file]. With
    /// --score: the first day from which is forecast.
    #[arg(long)]
    from: Option<String>,
    /// Scores forecasts from one day after the other, of this model and of simple ones, on what came.
    #[arg(long)]
    score: bool,
    /// Days between one scored forecast and the next.
    #[arg(long, default_value_t = 1, requires = "score", value_parser = clap::value_parser!(u16).range(1..))]
    every: u16,
    /// Writes histograms of the probability integral transform of the scored forecasts to this file: even if they are calibrated.
    #[arg(long, requires = "score")]
    pit: Option<PathBuf>,
    /// Futures that are drawn, 100 to 100,000.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    samples: u32,
    /// The same seed gives the same forecast.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Writes when nobody will be found in the community any more, by each definition, to this file. Without channels: when there are no cases.
    #[arg(long)]
    zero: Option<PathBuf>,
    /// Writes the probability that this is reached by each day to this file.
    #[arg(long)]
    zero_by_day: Option<PathBuf>,
    /// Days within which it is looked for, 1 to 365.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=365))]
    zero_days: u16,
    /// People who live there: adds the definition "fewer than one a day for 100,000 people, on three days in a row".
    #[arg(long)]
    population: Option<f64>,
    #[command(flatten)]
    needs: needs::Needs,
    /// How the results are written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    picture: Picture,
}

impl Forecast {
    /// The definitions, with the names they go by in the tables.
    fn definitions(&self) -> Vec<(&'static str, Definition)> {
        let basically = self.population.map(|p| ("basically", Definition::basically(p)));
        [("same-day", Definition::SAME_DAY), ("three-days", Definition::THREE_DAYS)].into_iter().chain(basically).collect()
    }
}

/// What is known on the day from which is forecast, and what is drawn of the days after it.
struct Forecasted<'a> {
    read: &'a Read,
    /// What came, as far as it is complete.
    came: Outbreak,
    known: Outbreak,
    futures: Futures,
    assumed: Assumed,
}

pub(crate) fn run(c: &Forecast, to: &mut Setting<'_>) -> Result<(), Trouble> {
    if let Some(p) = c.population.filter(|p| !p.is_finite() || *p <= 0.0) {
        return Err(Trouble::new(format!("--population 须大于 0，现为 {p}"), format!("--population must be above 0, not {p}")));
    }
    let seen = c.late.read(c, to)?;
    c.interval.tell(to)?;
    c.late.delays.tell(to)?;
    let read = &seen.read;
    // As many, whatever tables are asked for: the same seed gives the same cases beside all of them.
    let ahead = usize::from(c.days.max(c.zero_days));
    let w = c.interval.get(read.outbreak.past.days() + ahead + 1)?;
    let from = c.from.as_deref().map(|day| from(read, day)).transpose()?;
    if c.score {
        return score(c, &seen, &w, from, to);
    }
    let (known, late) = seen.known(from.unwrap_or(usize::MAX), c)?;
    if known.past.days() == 0 {
        return Err(Trouble::new("--from 之前没有已知的病例数", "no day up to --from has a known count"));
    }
    let drawn = ahead * c.samples as usize;
    if drawn > MOST_DRAWN {
        return Err(Trouble::new(
            format!("--samples 乘以天数为 {drawn}，不能超过 {MOST_DRAWN}；请减少其一"),
            format!("--samples times the days are {drawn}, at most {MOST_DRAWN} are possible; ask for fewer of one"),
        ));
    }
    let mut draw = Draw::new(c.seed);
    let assumed = c.changes.read(c, (read.calendar, &read.channels), known.past.days(), ahead)?;
    let wanted = Ahead { late: late.as_ref(), stated: assumed.stated(), ..Ahead::of(ahead, c.samples as usize) };
    let futures = futures(&known, &w, &wanted, &mut draw);
    let f = Forecasted { read, came: seen.came(), known, futures, assumed };
    if let Some(given) = from
        .filter(|g| *g > f.known.past.days())
        .or_else(|| (from.is_none() && read.outbreak.past.days() > f.known.past.days()).then_some(read.outbreak.past.days()))
    {
        let last = read.calendar.name(f.known.past.days() - 1);
        let gap = given - f.known.past.days();
        say(
            to,
            &format!("最后 {gap} 天的病例数未知，预测从 {last} 之后开始"),
            &format!("the cases of the last {gap} days are not known: the forecast begins after {last}"),
        )?;
    }
    if let Some(late) = &late {
        late::tell(&f.known, late, read.calendar, to)?;
    }
    tables::say_r(&f, to)?;
    f.assumed.tell(to)?;
    // Files first: if one cannot be written, nothing is printed.
    tables::zero(c, &f, to)?;
    c.needs.write(c, &f, &mut draw, to)?;
    tables::cases(c, &f, to)
}

/// How many days are known on the day that the user gave.
fn from(read: &Read, day: &str) -> Result<usize, Trouble> {
    let days = read.outbreak.past.days();
    let (first, last) = (read.calendar.name(0), read.calendar.name(days - 1));
    match read.calendar.index(day) {
        Some(t) if t < days => Ok(t + 1),
        _ => Err(Trouble::new(
            format!("--from {day}：不是表中的一天；请给出 {first} 至 {last} 之间的一天"),
            format!("--from {day}: not a day of the table; give one from {first} to {last}"),
        )),
    }
}

/// Days of futures that are held in memory: some hundred bytes each.
const MOST_DRAWN: usize = 5_000_000;
/// Days that a baseline needs, if nothing else is said.
const LEAST_PAST: usize = 14;

fn score(c: &Forecast, seen: &Seen, w: &SerialInterval, from: Option<usize>, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let how =
        Rolling { from: from.unwrap_or(LEAST_PAST), every: c.every.into(), days: c.days.into(), samples: c.samples as usize, seed: c.seed };
    // Days from which nothing can be known are left out.
    let scores = rolling_as_known(&seen.came(), w, &how, |origin| seen.known(origin, c).ok());
    if scores.is_empty() {
        return Err(Trouble::new(
            "没有可以评分的预测：起点之前至少要有 11 天、其中 3 对相隔一周的已知日，起点之后要有已知日",
            "there is no forecast to be scored: before it, 11 days are needed with three pairs a week apart that are known, and known days after it",
        ));
    }
    tables::scores(c, &seen.read, &scores, to)
}

fn say(to: &mut Setting<'_>, zh: &str, en: &str) -> Result<(), Trouble> {
    let text = if to.chinese { zh } else { en };
    writeln!(to.err, "{text}").map_err(|e| Trouble::new(e.to_string(), e.to_string()))
}
