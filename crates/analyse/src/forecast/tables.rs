//! Tables of a forecast.

use super::reading::Read;
use super::{Forecast, Forecasted, say};
use crate::Setting;
use crate::output::{self, Cell, Format};
use crate::picture;
use crate::said::Trouble;
use quell_charts::{Language, Start};
use quell_epi::forecast::{Days, Definition, Method, PIT_BINS, Score, told};
use quell_epi::scores::quantile;
use std::path::Path;

/// Shares of the intervals that are told, and their columns.
const INTERVALS: [f64; 3] = [0.5, 0.8, 0.95];
pub(super) const TOLD: [&str; 8] = ["mean", "median", "lo50", "hi50", "lo80", "hi80", "lo95", "hi95"];

/// A number to six significant digits: more are chance.
pub(super) fn short(x: f64) -> Cell {
    format!("{x:.5e}").parse::<f64>().map_or(Cell::Unknown, Cell::from)
}

/// What samples say of a day, in the columns [`TOLD`].
pub(super) fn cells(paths: &[Vec<f64>], day: usize) -> Vec<Cell> {
    let Some(t) = told(paths, day) else { return vec![Cell::Unknown; TOLD.len()] };
    let mut cells: Vec<Cell> = vec![short(t.mean), short(t.quantiles.median())];
    for share in INTERVALS {
        let (lo, hi) = t.quantiles.central(share).unzip();
        cells.extend([lo, hi].map(|x| x.map_or(Cell::Unknown, short)));
    }
    cells
}

/// What is assumed, as a last column of every row of a forecast's table; nothing is added where nothing is.
fn with_assumed<'a>(f: &Forecasted<'_>, columns: &[&'a str], rows: &[Vec<Cell>]) -> (Vec<&'a str>, Vec<Vec<Cell>>) {
    let (mut columns, mut rows) = (columns.to_vec(), rows.to_vec());
    if let Some(assumed) = f.assumed.cell() {
        columns.push("assumed");
        rows.iter_mut().for_each(|row| row.push(assumed.clone().into()));
    }
    (columns, rows)
}

/// Writes a table of a forecast to a file.
pub(super) fn save(path: &Path, c: &Forecast, f: &Forecasted<'_>, to: &Setting<'_>, table: (&[&str], &[Vec<Cell>])) -> Result<(), Trouble> {
    let (columns, rows) = with_assumed(f, table.0, table.1);
    to_file(path, c, to, &columns, &rows)
}

/// Writes a table to a file.
fn to_file(path: &Path, c: &Forecast, to: &Setting<'_>, columns: &[&str], rows: &[Vec<Cell>]) -> Result<(), Trouble> {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut setting = Setting { chinese: to.chinese, json: c.format == Format::Json, out: &mut out, err: &mut err };
    output::write(&mut setting, c.format, columns, rows)?;
    std::fs::write(path, out).map_err(|e| Trouble::io(path, &e))
}

/// Of a future: the days that are past but not complete, and those ahead.
type Parts<'a> = (&'a [f64], &'a [f64]);

impl Forecasted<'_> {
    /// The cells that say which day it is, so many days after the last known one: its number and how many days ahead.
    pub(super) fn day(&self, h: usize) -> [Cell; 2] {
        [self.read.calendar.t(self.known.past.days() + h).into(), (h + 1).into()]
    }
    pub(super) fn date(&self, h: usize) -> Option<Cell> {
        self.read.calendar.date(self.known.past.days() + h).map(Cell::from)
    }
    /// The cases found in the community until now, as far as they are complete; on the days that are not, and on those ahead, in each future. All cases if
    /// the channels are not told apart.
    fn community(&self) -> (Vec<Option<f64>>, Vec<Parts<'_>>) {
        let (mut past, paths): (_, Vec<Parts<'_>>) = match (self.futures.channels.first(), self.futures.recent.first()) {
            (Some(paths), Some(recent)) => {
                (self.known.counts_of(0), recent.iter().zip(paths).map(|(r, p)| (r.as_slice(), p.as_slice())).collect())
            }
            _ => (self.known.past.counts().to_vec(), self.futures.paths.iter().map(|p| (&p.recent[..], &p.cases[..])).collect()),
        };
        past.truncate(self.futures.complete);
        (past, paths)
    }
}

/// Says R of the first day ahead.
pub(super) fn say_r(f: &Forecasted<'_>, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let mut r: Vec<f64> = f.futures.paths.iter().filter_map(|p| p.r.first().copied()).collect();
    r.sort_by(f64::total_cmp);
    let [lo, median, hi] = [0.025, 0.5, 0.975].map(|p| quantile(&r, p).unwrap_or(f64::NAN));
    let day = f.read.calendar.name(f.known.past.days() - 1);
    say(
        to,
        &format!("{day} 之后第一天的 R：{median:.2}（95 % 区间 {lo:.2}–{hi:.2}）"),
        &format!("R of the day after {day}: {median:.2} (95 % interval {lo:.2} to {hi:.2})"),
    )
}

/// The name of all channels together.
const ALL: &str = "all";

/// Cases by day and channel, the days that are not complete first; a picture of all, and one of each channel.
pub(super) fn cases(c: &Forecast, f: &Forecasted<'_>, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let (known, came, behind) = (&f.known, &f.came, f.behind());
    let mut series = vec![(ALL, f.futures.since_complete(), known.past.counts().to_vec(), came.past.counts().to_vec())];
    let channels = f.read.channels.iter().zip(f.futures.channels.iter().zip(&f.futures.recent)).enumerate();
    series.extend(channels.map(|(k, (name, (paths, recent)))| {
        let whole = recent.iter().zip(paths).map(|(r, p)| [&r[..], p].concat()).collect();
        (name.as_str(), whole, known.counts_of(k), came.counts_of(k))
    }));
    let mut rows = Vec::new();
    for (name, paths, _, came) in &series {
        for k in 0..behind + usize::from(c.days) {
            let day = f.futures.complete + k;
            let mut row: Vec<Cell> = vec![f.read.calendar.t(day).into(), (k as i64 + 1 - behind as i64).into(), (*name).into()];
            row.extend(cells(paths, k));
            if c.from.is_some() {
                row.push(came.get(day).copied().flatten().into());
            }
            row.extend(f.read.calendar.date(day).map(Cell::from));
            rows.push(row);
        }
    }
    let mut columns = vec!["t", "ahead", "channel"];
    columns.extend(TOLD);
    columns.extend(c.from.as_ref().map(|_| "observed"));
    columns.extend(f.date(0).map(|_| "date"));
    let start = f.read.calendar.date(0).map_or(Start::Number(f.read.calendar.t(0)), |d| Start::Date { since_1970: d.0 });
    for (name, _, known, came) in &series {
        let known = &known[..f.futures.complete];
        let came = came.get(f.futures.complete..).unwrap_or_default();
        let file = if *name == ALL { "" } else { name };
        c.picture.save(file, to, |head, language| {
            let notes = notes(f, language);
            picture::fan(head, language, start, (known, came), &columns, (name, &rows), notes)
        })?;
    }
    let (columns, rows) = with_assumed(f, &columns, &rows);
    output::write(to, c.format, &columns, &rows)
}

/// What is said below a picture.
fn notes(f: &Forecasted<'_>, language: Language) -> Vec<String> {
    let open = f.behind();
    let last = f.read.calendar.name(f.known.past.days() - 1);
    let told = match language {
        Language::Chinese => format!("截至 {last} 的最后 {open} 天尚未报全，图中为补全后的估计"),
        Language::English => format!("The last {open} days up to {last} were not complete; what is drawn of them is estimated."),
    };
    (open > 0).then_some(told).into_iter().chain(f.assumed.sentences(language)).collect()
}

/// When nobody will be found in the community any more.
pub(super) fn zero(c: &Forecast, f: &Forecasted<'_>, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let within = usize::from(c.zero_days);
    let (past, paths) = f.community();
    let definitions = c.definitions();
    let reached = |d: &Definition, (recent, path): &Parts<'_>| d.reached_after(&past, recent, &path[..within.min(path.len())]);
    let days: Vec<(&str, Days)> = definitions.iter().map(|(name, d)| (*name, Days::of(paths.iter().map(|p| reached(d, p))))).collect();
    if let Some(file) = &c.zero {
        let rows: Vec<Vec<Cell>> = days.iter().map(|(name, d)| zero_row(f, name, d, within)).collect();
        save(file, c, f, to, (&zero_columns(f), &rows))?;
    }
    if let Some(file) = &c.zero_by_day {
        let row = |name: &str, d: &Days, h: usize| {
            let mut row: Vec<Cell> = f.day(h).to_vec();
            row.extend([name.into(), d.within(h + 1).into()]);
            row.extend(f.date(h));
            row
        };
        let rows: Vec<Vec<Cell>> = days.iter().flat_map(|(name, d)| (0..within).map(move |h| row(name, d, h))).collect();
        let mut columns = vec!["t", "ahead", "definition", "probability"];
        columns.extend(f.date(0).map(|_| "date"));
        save(file, c, f, to, (&columns, &rows))?;
    }
    Ok(())
}

fn zero_columns(f: &Forecasted<'_>) -> Vec<&'static str> {
    let mut columns = vec!["definition", "within", "probability"];
    columns.extend(&TOLD[1..]);
    columns.extend(f.date(0).map(|_| "median_date"));
    columns
}

/// Days are counted from the last known day; NA is later than was looked.
fn zero_row(f: &Forecasted<'_>, name: &str, d: &Days, within: usize) -> Vec<Cell> {
    let day = |p: f64| d.quantile(p).map_or(Cell::Unknown, Cell::from);
    let mut row: Vec<Cell> = vec![name.into(), within.into(), d.within(within).into(), day(0.5)];
    for share in INTERVALS {
        row.extend([day(0.5 * (1.0 - share)), day(0.5 * (1.0 + share))]);
    }
    if f.date(0).is_some() {
        row.push(d.quantile(0.5).and_then(|n| f.read.calendar.date(f.known.past.days() + n - 1)).map_or(Cell::Unknown, Cell::from));
    }
    row
}

/// Whose score it is, and of what: channel, days ahead, method.
fn key(read: &Read, s: &Score) -> Vec<Cell> {
    let channel = s.channel.and_then(|k| read.channels.get(k)).map_or("all", String::as_str);
    vec![channel.into(), s.horizon.map_or_else(|| Cell::from("all"), Cell::from), s.method.name().into()]
}

/// Histograms of the probability integral transform, a row a bin.
fn pit(file: &Path, c: &Forecast, read: &Read, scores: &[&Score], to: &Setting<'_>) -> Result<(), Trouble> {
    let bins = |s: &Score| -> Vec<Vec<Cell>> {
        let of = s.pit.iter().flatten().enumerate();
        of.map(|(k, share)| {
            let mut row = key(read, s);
            row.extend([short(k as f64 / PIT_BINS as f64), short((k + 1) as f64 / PIT_BINS as f64), short(*share)]);
            row
        })
        .collect()
    };
    let rows: Vec<Vec<Cell>> = scores.iter().flat_map(|s| bins(s)).collect();
    to_file(file, c, to, &["channel", "ahead", "method", "from", "to", "share"], &rows)
}

/// Scores by method, channel and days ahead.
pub(super) fn scores(c: &Forecast, read: &Read, scores: &[Score], to: &mut Setting<'_>) -> Result<(), Trouble> {
    let row = |s: &Score| -> Vec<Cell> {
        let mut row = key(read, s);
        row.extend([
            s.forecasts.into(),
            short(s.wis.total),
            s.relative.map_or(Cell::Unknown, short),
            short(s.log_wis),
            short(s.wis.dispersion),
            short(s.wis.under),
            short(s.wis.over),
            short(s.crps),
            s.log_score.map_or(Cell::Unknown, short),
            short(s.error),
            short(s.coverage[0]),
            short(s.coverage[1]),
            short(s.coverage[2]),
        ]);
        row
    };
    let mut ordered: Vec<&Score> = scores.iter().collect();
    ordered.sort_by_key(|s| (s.channel, s.horizon, s.method != Method::Model));
    if let Some(file) = &c.pit {
        pit(file, c, read, &ordered, to)?;
    }
    let columns = [
        "channel",
        "ahead",
        "method",
        "forecasts",
        "wis",
        "relative",
        "log_wis",
        "dispersion",
        "under",
        "over",
        "crps",
        "log_score",
        "error",
        "cover50",
        "cover80",
        "cover95",
    ];
    output::write(to, c.format, &columns, &ordered.into_iter().map(row).collect::<Vec<_>>())
}
