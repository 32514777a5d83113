//! `quell analyse delays`

mod open;

use crate::input::{self, Named, Own, Table};
use crate::output::{self, Cell, Format};
use crate::picture::{self, Picture};
use crate::said::Trouble;
use crate::{Setting, doubt, library};
use clap::Args;
use quell_charts::Head;
use quell_epi::delays::{Delays, Family, Fit, Record, RecordError, Window, compare};
use quell_foundation::EventTime;
use quell_tabular::{Row, parse_day};
use std::collections::BTreeMap;
use std::path::PathBuf;

const SHIPPED: (&str, &str) = ("analyse-delays", include_str!("../mappings/delays.toml"));

/// Where the headers of a case's events stand.
const LINELISTS: [(&str, &str); 2] = [
    ("analyse-quality-cases", include_str!("../mappings/quality-cases.toml")),
    ("analyse-linelist", include_str!("../mappings/linelist.toml")),
];

/// Options of `delays`.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true, after_long_help = crate::fields::help(&[("Two events of each person (--mapping); a field `group` does what --by does, and --from and --to may name fields of your own", SHIPPED.1)]))]
pub struct DelaysArgs {
    /// One row for each person: the dates (or times) of two events. An event known to lie between two dates has two columns.
    #[arg(required_unless_present = "list")]
    file: Option<PathBuf>,
    #[command(flatten)]
    named: Named,
    /// Column of the first event; FIRST..LAST for two columns between which it lies. Give --from and --to again for a second delay, and so on.
    #[arg(long, value_name = "COLUMN", requires = "to")]
    from: Vec<String>,
    /// Column of the second event.
    #[arg(long, value_name = "COLUMN", requires = "from")]
    to: Vec<String>,
    /// Last day of the data: of events after it nothing could be known. Without it all delays are taken to be over.
    #[arg(long, value_name = "DATE")]
    truncation: Option<String>,
    /// Rate per day at which first events grow; it matters where the window of the first event is long and cases double in a few days.
    #[arg(long, value_name = "RATE", default_value_t = 0.0, allow_negative_numbers = true)]
    growth: f64,
    /// A column: its values are fitted each by itself.
    #[arg(long, value_name = "COLUMN")]
    by: Option<String>,
    /// The library of published distributions, instead of an estimate.
    #[arg(long, conflicts_with_all = ["file", "from", "to", "by", "truncation"])]
    list: bool,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    picture: Picture,
}

pub(crate) fn run(c: &DelaysArgs, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let Some(file) = c.file.as_deref() else { return library::write(c.format, to) };
    if c.from.len() != c.to.len() {
        return Err(Trouble::new("--from 与 --to 须成对给出", "--from and --to come in pairs: give as many of the one as of the other"));
    }
    if !(-MOST_GROWTH..=MOST_GROWTH).contains(&c.growth) {
        let (given, most) = (c.growth, MOST_GROWTH);
        return Err(Trouble::new(
            format!("--growth {given}：每天的增长率须在 -{most} 与 {most} 之间"),
            format!("--growth {given}: the rate per day must be between -{most} and {most}"),
        ));
    }
    let end = c.truncation.as_deref().map(last_moment).transpose()?;
    let pairs: Vec<Option<(&str, &str)>> = match c.from.len() {
        0 => vec![None],
        _ => c.from.iter().zip(&c.to).map(|(a, b)| Some((a.as_str(), b.as_str()))).collect(),
    };
    let (mut rows, mut drawn) = (Vec::new(), Vec::new());
    for pair in pairs {
        let mut own = c.named.own()?;
        let text = mapping(pair, c.by.as_deref(), &own);
        own.layer = own.layer.map(|layer| if pair.is_some() { layer.settings() } else { layer });
        let table = input::read_as(file, (SHIPPED.0, &text), &own, "")?;
        demand(&table, pair, c.by.as_deref())?;
        // Who names columns knows which are read.
        if pair.is_none() {
            table.tell(to)?;
        }
        if let Some(said) = table.not_cases() {
            output::say(to, &said)?;
        }
        let label = pair.map_or_else(|| picked(&table), |(a, b)| format!("{a}->{b}"));
        for field in EVENTS {
            let days = table.rows.iter().filter_map(|r| Some((r.datetime(field).map(days)?.0.floor() as i64, r.line)));
            doubt::far_rows(file, table.columns.get(field).map_or("", String::as_str), days.collect(), to)?;
        }
        for (group, records) in grouped(&table, end, &label, to)? {
            let Some(delays) = Delays::new(&records, c.growth) else { continue };
            let fits = compare(&delays);
            let truncated = records.iter().any(Record::is_cut_off);
            open::say(format!("{label} {group}").trim_end(), &fits, truncated, to)?;
            for (family, fit, weight) in &fits {
                rows.push(row(&label, &group, *family, &delays, fit.as_ref().ok(), *weight));
            }
            drawn.push((format!("{label} {group}").trim_end().to_owned(), delays, fits));
        }
    }
    if rows.is_empty() {
        return Err(Trouble::new(
            format!("{}：没有一行同时有两个日期，无法估计", file.display()),
            format!("{}: no row has both dates, there is nothing to fit", file.display()),
        ));
    }
    let several = drawn.len() > 1;
    for (name, delays, fits) in &drawn {
        let said = Some(name.replace("->", " → "));
        let named = |head: Head| Head { subtitle: said, ..head };
        c.picture.save(if several { name } else { "" }, to, |head, language| picture::delay(named(head), language, delays, fits))?;
    }
    output::write(to, c.format, &columns().iter().map(String::as_str).collect::<Vec<_>>(), &rows)
}

/// Fields that hold the days of events.
const EVENTS: [&str; 4] = ["from", "from_last", "to", "to_last"];

/// The columns that were picked, as the user would name them.
fn picked(table: &Table) -> String {
    let event = |first: &str, last: &str| {
        let column = |field: &str| table.columns.get(field).cloned();
        match (column(first), column(last)) {
            (Some(a), Some(b)) => format!("{a}..{b}"),
            (a, b) => a.or(b).unwrap_or_else(|| first.to_owned()),
        }
    };
    format!("{}->{}", event("from", "from_last"), event("to", "to_last"))
}

/// Numbers that grow faster than sevenfold a day are no first events.
const MOST_GROWTH: f64 = 2.0;

/// The end of a day, days.
fn last_moment(text: &str) -> Result<f64, Trouble> {
    parse_day(text).map(|d| f64::from(d.0) + 1.0).ok_or_else(|| {
        Trouble::new(format!("--truncation {text}：不是日期；请写成 2022-11-26"), format!("--truncation {text}: no date; write 2022-11-26"))
    })
}

/// A mapping for columns that the user names, or fields of a mapping of theirs; else the shipped one.
fn mapping(pair: Option<(&str, &str)>, by: Option<&str>, own: &Own) -> String {
    let field = |name: &str, column: &str, others: Vec<String>, kind: &str| {
        let mut columns = own.layer.as_ref().and_then(|l| l.columns(column)).unwrap_or_default();
        columns.push(column.to_owned());
        columns.extend(others);
        let columns: Vec<String> = columns.iter().map(|c| quoted(c)).collect();
        format!("\n[fields.{name}]\ncolumns = [{}]\ntype = \"{kind}\"\n", columns.join(", "))
    };
    let mut text = match pair {
        None => SHIPPED.1.to_owned(),
        Some(pair) => {
            let mut text = SHIPPED.1.split("\n[fields.").next().unwrap_or_default().to_owned();
            for (name, columns) in [("from", pair.0), ("to", pair.1)] {
                let (first, last) = columns.split_once("..").map_or((columns, None), |(a, b)| (a, Some(b)));
                text += &field(name, first, event(first), "datetime");
                if let Some(last) = last {
                    text += &field(&format!("{name}_last"), last, event(last), "datetime");
                }
            }
            text + input::CLASSIFICATION
        }
    };
    let grouped = own.layer.as_ref().is_some_and(|l| l.columns("group").is_some());
    if let Some(by) = by.or(grouped.then_some("group")) {
        text += &field("group", by, Vec::new(), "text");
    }
    text
}

/// The headers that line lists have for an event of a case, as they call it (`onset`).
pub(crate) fn event(column: &str) -> Vec<String> {
    let known = LINELISTS.iter().find_map(|(name, text)| {
        let mapping = quell_tabular::Mapping::parse(name, text).ok()?;
        Some(mapping.field(column)?.columns().to_vec())
    });
    known.unwrap_or_default().into_iter().filter(|c| c != column).collect()
}

/// As a TOML string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn demand(table: &Table, pair: Option<(&str, &str)>, by: Option<&str>) -> Result<(), Trouble> {
    let wanted =
        [("from", pair.map(|p| p.0)), ("to", pair.map(|p| p.1)), ("from_last", pair.and_then(|p| p.0.split_once("..")).map(|p| p.1))];
    let wanted = wanted.into_iter().chain([("to_last", pair.and_then(|p| p.1.split_once("..")).map(|p| p.1)), ("group", by)]);
    for (field, column) in wanted.filter(|(field, column)| column.is_some() || !(field.contains('_') || *field == "group")) {
        if !table.has(field) {
            let what = column.unwrap_or(field);
            let trouble = table.lacks((&format!("“{what}”"), what), &[field]);
            return Err(if column.is_some() {
                trouble
            } else {
                trouble.and("两个日期列也可用 --from 与 --to 指明", "both dates can be named with --from and --to, too")
            });
        }
    }
    Ok(())
}

fn grouped(table: &Table, end: Option<f64>, label: &str, to: &mut Setting<'_>) -> Result<BTreeMap<String, Vec<Record>>, Trouble> {
    let (mut unknown, mut negative, mut late) = (Vec::new(), Vec::new(), Vec::new());
    let mut groups: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for row in &table.rows {
        let Some((first, second)) = windows(table, row)? else {
            unknown.push(row.line);
            continue;
        };
        let count = if table.has("count") { row.integer("count").unwrap_or(0) } else { 1 };
        if count == 0 {
            unknown.push(row.line);
            continue;
        }
        let own = row.datetime("until").map(|t| days(t).1);
        match Record::new(first, second, own.or(end), count as f64) {
            Ok(r) => groups.entry(row.text("group").unwrap_or_default().to_owned()).or_default().push(r),
            Err(RecordError::Negative(_)) => negative.push(row.line),
            Err(RecordError::Late(_) | RecordError::Count(_)) => late.push(row.line),
        }
    }
    output::left_out(to, label, ("缺少日期或例数", "a date or a count is not known"), &unknown)?;
    let before = ("后一事件早于前一事件，请核对", "the second event is before the first; check them");
    output::left_out(to, label, before, &negative)?;
    output::left_out(to, label, ("在截止日期之后", "they are after the end of the data"), &late)?;
    Ok(groups)
}

/// A moment's beginning and end, local days.
fn days(t: EventTime) -> (f64, f64) {
    const MICROSECONDS: f64 = 86_400e6;
    const MINUTES: f64 = 1_440.0;
    let local = |us: i64| us as f64 / MICROSECONDS + f64::from(t.offset.0) / MINUTES;
    (local(t.at.0), local(t.end().0))
}

/// The windows of a row's events; none if one is not known. An event with a last day only, or with a first day only, is known by that day.
fn windows(table: &Table, row: &Row) -> Result<Option<(Window, Window)>, Trouble> {
    let of = |first: &str, last: &str| -> Result<Option<Window>, Trouble> {
        let (a, b) = (row.datetime(first).map(days), row.datetime(last).map(days));
        let Some((from, until)) = a.or(b).map(|x| x.0).zip(b.or(a).map(|x| x.1)) else { return Ok(None) };
        if table.has(last) && (a.is_none() || b.is_none()) {
            return Ok(None);
        }
        let window = Window::new(from, until);
        window.map(Some).ok_or_else(|| {
            Trouble::row(
                &table.path,
                row.line,
                "末次日期早于首次日期；请更正",
                "the last date of the window is before its first; correct it",
            )
        })
    };
    Ok(of("from", "from_last")?.zip(of("to", "to_last")?))
}

fn columns() -> Vec<String> {
    let estimates = open::names().into_iter().flat_map(|q| [q.clone(), format!("{q}_lo"), format!("{q}_hi")]);
    let head = ["delay", "group", "family", "n"].map(str::to_owned).into_iter();
    let tail = ["par1", "par2", "loglik", "aic", "weight", "seen", "naive_mean", "naive_sd"].map(str::to_owned);
    head.chain(estimates).chain(tail).collect()
}

fn row(label: &str, group: &str, family: Family, delays: &Delays, fit: Option<&Fit>, weight: f64) -> Vec<Cell> {
    let moments = delays.moments();
    let mut row: Vec<Cell> = vec![label.into(), group.into(), family.name().into(), Cell::Whole(moments.n as i64)];
    match fit {
        // A value that the data leave open would be one of many; the ends that they give stand.
        Some(f) => {
            for (k, e) in open::quantities(f).enumerate() {
                let value = open::is_told(f, k, e).then_some(e.value);
                let lo = (e.is_bounded() || e.lo > 0.0).then_some(e.lo);
                row.extend([Cell::from(value), Cell::from(lo), Cell::from(e.hi)]);
            }
        }
        None => row.extend(vec![Cell::Unknown; 3 * open::names().len()]),
    }
    let parameters = fit.filter(|f| f.scatters).map(|f| f.law.parameters());
    row.extend([parameters.map(|p| p[0]), parameters.map(|p| p[1]), fit.map(|f| f.ln_likelihood), fit.map(|f| f.aic)].map(Cell::from));
    row.extend([fit.map(|_| weight), fit.map(|f| f.share_seen), Some(moments.mean), Some(moments.sd)].map(Cell::from));
    row
}
