//! Cases by place and day, and where the places are.

use crate::Setting;
use crate::doubt;
use crate::input::{self, Own};
use crate::output::{self, Cell};
use crate::said::Trouble;
use quell_charts::Start;
use quell_epi::clusters::{Branches, Counts, Positions};
use quell_foundation::Day;
use quell_tabular::{Row, parse_day};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

pub(super) const CASES: (&str, &str) = ("analyse-clusters-cases", include_str!("../../mappings/clusters-cases.toml"));
pub(super) const POPULATION: (&str, &str) = ("analyse-clusters-population", include_str!("../../mappings/clusters-population.toml"));

/// Most places: their pairs must go into memory.
const MOST_PLACES: usize = 6000;
/// Most places times time steps.
const MOST_CELLS: usize = 20_000_000;

/// Places. *Invariant:* all lists have one entry for each.
pub(super) struct Places {
    pub names: Vec<String>,
    pub positions: Positions,
    /// None without a population file.
    pub population: Option<Vec<f64>>,
}

/// Cases by place and day.
pub(super) struct Table {
    pub places: Places,
    /// Cases by place (its index) and day.
    cases: BTreeMap<(usize, i64), u32>,
    /// First and last day: days since 1970-01-01, or their numbers.
    first: i64,
    last: i64,
    /// Whether days are dates.
    dated: bool,
    /// Rows without a place, a day or a count.
    pub left_out: usize,
    /// What is said of rows that are no cases.
    pub not_cases: Option<Trouble>,
}

/// Time steps of some days each. The last one ends with the last day; the first may be short of days.
pub(super) struct Steps {
    first: i64,
    last: i64,
    days: i64,
    pub count: usize,
    dated: bool,
}

impl Steps {
    fn index(&self, day: i64) -> usize {
        self.count - 1 - ((self.last - day) / self.days) as usize
    }
    /// The first and the last day of a step, counted from the first day of all.
    pub fn days_of(&self, index: usize) -> (i64, i64) {
        let last = self.last - (self.count - 1 - index) as i64 * self.days;
        ((last - self.days + 1).max(self.first) - self.first, last - self.first)
    }
    /// What the first day is called.
    pub fn start(&self) -> Start {
        match i32::try_from(self.first) {
            Ok(since_1970) if self.dated => Start::Date { since_1970 },
            _ => Start::Number(self.first),
        }
    }
    /// The first and the last day of a step.
    pub fn of(&self, index: usize) -> (Cell, Cell) {
        let last = self.last - (self.count - 1 - index) as i64 * self.days;
        let cell = |t: i64| if self.dated { Cell::from(Day(t as i32)) } else { t.into() };
        (cell((last - self.days + 1).max(self.first)), cell(last))
    }
}

impl Table {
    /// Cases of each place.
    pub fn by_place(&self) -> Vec<u64> {
        let mut all = vec![0; self.places.names.len()];
        for ((place, _), n) in &self.cases {
            if let Some(sum) = all.get_mut(*place) {
                *sum += u64::from(*n);
            }
        }
        all
    }
    pub fn total(&self) -> u64 {
        self.cases.values().map(|n| u64::from(*n)).sum()
    }
    /// Counts with so many days together; none: with all of them.
    pub fn counts(&self, together: Option<usize>) -> Result<(Counts, Steps), Trouble> {
        let all = self.last.saturating_sub(self.first).saturating_add(1);
        let days = together.and_then(|d| i64::try_from(d).ok()).unwrap_or(all).min(all);
        let steps = usize::try_from(all / days + i64::from(all % days > 0)).unwrap_or(usize::MAX);
        let places = self.places.names.len();
        if places.saturating_mul(steps) > MOST_CELLS {
            return Err(Trouble::new(
                format!("{places} 个地点 × {steps} 个时段过多（至多 {MOST_CELLS}）；请用 --step-days 合并日期，并检查日期"),
                format!(
                    "{places} places × {steps} time steps are too many (at most {MOST_CELLS}); count days together with --step-days, and check the dates"
                ),
            ));
        }
        let steps = Steps { first: self.first, last: self.last, days, count: steps, dated: self.dated };
        let mut cells = vec![0_u32; places * steps.count];
        for ((place, day), n) in &self.cases {
            let cell = &mut cells[place * steps.count + steps.index(*day)];
            *cell = cell.saturating_add(*n);
        }
        let counts = Counts::new(places, steps.count, cells);
        let many = || {
            let (zh, en) = (
                "病例过多（至多五百万）；请按比例缩小或分时段扫描",
                "there are too many cases (at most five million); scan shorter periods",
            );
            Trouble::new(zh, en)
        };
        Ok((counts.ok_or_else(many)?, steps))
    }
}

/// A position that a row has.
fn position(row: &Row, globe: bool) -> Option<(f64, f64)> {
    let (a, b) = if globe { ("latitude", "longitude") } else { ("x", "y") };
    Some((row.decimal(a)?, row.decimal(b)?))
}

/// The name of a row's place: its own, or so many parts of it where it is a path, or its coordinates.
fn name(row: &Row, globe: bool, parts: Option<usize>) -> Option<String> {
    let cut = |path: &str| parts.map_or_else(|| path.to_owned(), |n| path.split('.').take(n).collect::<Vec<_>>().join("."));
    row.text("place").map(cut).or_else(|| position(row, globe).map(|(a, b)| format!("{a} {b}")))
}

#[derive(Default)]
struct Known {
    names: Vec<String>,
    index: HashMap<String, usize>,
    at: Vec<Option<(f64, f64)>>,
    population: Vec<f64>,
}

impl Known {
    fn of(&mut self, name: String) -> usize {
        *self.index.entry(name.clone()).or_insert_with(|| {
            self.names.push(name);
            self.at.push(None);
            self.population.push(0.0);
            self.names.len() - 1
        })
    }
}

/// The files.
pub(super) struct Files<'a> {
    pub cases: &'a Path,
    pub cases_own: &'a Own,
    pub population: Option<&'a Path>,
    pub population_own: &'a Own,
    /// So many parts of a place's path are its place.
    pub place_parts: Option<usize>,
    /// The day on which the data end, as the user gives it.
    pub as_of: Option<&'a str>,
}

pub(super) fn read(files: &Files<'_>, to: &mut Setting<'_>) -> Result<Table, Trouble> {
    let (cases, parts) = (files.cases, files.place_parts);
    let table = input::read(cases, CASES, files.cases_own)?;
    let people = files.population.map(|p| input::read(p, POPULATION, files.population_own)).transpose()?;
    std::iter::once(&table).chain(&people).try_for_each(|t| t.tell(to))?;
    let both = |t: &input::Table, a: &str, b: &str| t.has(a) && t.has(b);
    let either = |a: &str, b: &str| both(&table, a, b) || people.as_ref().is_some_and(|p| both(p, a, b));
    let globe = either("latitude", "longitude");
    let mapped = globe || either("x", "y");
    if !table.has("date") && !table.has("t") {
        return Err(table.lacks(("日期", "days"), &["date", "t"]));
    }
    has_place(&table)?;
    let mut known = Known::default();
    if let Some(people) = &people {
        add_people(people, globe, parts, &mut known)?;
    }
    let dated = !table.has("t");
    let mut by_day: BTreeMap<(usize, i64), u32> = BTreeMap::new();
    let mut left_out = 0;
    for row in &table.rows {
        let day = if dated { row.date("date").map(|d| i64::from(d.0)) } else { row.integer("t") };
        let count = if table.has("count") { row.integer("count") } else { Some(1) };
        let (Some(name), Some(day), Some(count)) = (name(row, globe, parts), day, count) else {
            left_out += 1;
            continue;
        };
        if people.is_some() && !known.index.contains_key(&name) {
            return Err(Trouble::row(
                cases,
                row.line,
                format!("人口文件中没有地点“{name}”；请补上"),
                format!("the population file does not have the place “{name}”; add it"),
            ));
        }
        let place = known.of(name);
        known.at[place] = known.at[place].or_else(|| position(row, globe));
        let count = u32::try_from(count).map_err(|_| Trouble::row(cases, row.line, "例数过大", "the count is too large"))?;
        let cell = by_day.entry((place, day)).or_default();
        *cell = cell.saturating_add(count);
    }
    let mut days: Vec<i64> = by_day.keys().map(|(_, d)| *d).collect();
    days.sort_unstable();
    days.dedup();
    let (Some(first), Some(last)) = (days.first().copied(), days.last().copied()) else {
        return Err(Trouble::new(
            format!("{}：没有一行同时有地点、日期与例数", cases.display()),
            format!("{}: no row has a place, a day and a count", cases.display()),
        ));
    };
    doubt::far_days(cases, &days, |d| name_of(d, dated), to)?;
    let last = match files.as_of {
        None => last,
        Some(text) => ended(text, dated, first, &mut by_day, to)?,
    };
    let positions = if mapped { on_a_map(&known, globe, cases)? } else { in_a_tree(&known, cases)? };
    let population = people.is_some().then_some(known.population);
    let places = Places { names: known.names, positions, population };
    Ok(Table { places, cases: by_day, first, last, dated, left_out, not_cases: table.not_cases() })
}

/// Refuses a table of which no column says where.
fn has_place(table: &input::Table) -> Result<(), Trouble> {
    let both = |a: &str, b: &str| table.has(a) && table.has(b);
    if table.has("place") || both("x", "y") || both("latitude", "longitude") {
        return Ok(());
    }
    Err(table.lacks(("地点", "places"), &["place", "x", "y", "latitude", "longitude"]))
}

fn name_of(day: i64, dated: bool) -> String {
    if dated { Day(i32::try_from(day).unwrap_or_default()).to_string() } else { day.to_string() }
}

/// The day on which the data end, as the user gives it; cases after it are left out.
fn ended(text: &str, dated: bool, first: i64, by_day: &mut BTreeMap<(usize, i64), u32>, to: &mut Setting<'_>) -> Result<i64, Trouble> {
    let day = if dated { parse_day(text).map(|d| i64::from(d.0)) } else { text.parse().ok() };
    let first_day = name_of(first, dated);
    let Some(last) = day.filter(|d| *d >= first) else {
        return Err(Trouble::new(
            format!("--as-of {text}：须为不早于首例（{first_day}）的一天"),
            format!("--as-of {text}: give a day, the first case's ({first_day}) or a later one"),
        ));
    };
    let after: u64 = by_day.iter().filter(|((_, d), _)| *d > last).map(|(_, n)| u64::from(*n)).sum();
    by_day.retain(|(_, d), _| *d <= last);
    if after > 0 {
        let (zh, en) = (format!("{text} 之后的 {after} 例未计入"), format!("{after} cases after {text} were left out"));
        output::say(to, &Trouble::new(zh, en))?;
    }
    Ok(last)
}

/// Places of the population file; the population of rows of the same place adds up.
fn add_people(people: &input::Table, globe: bool, parts: Option<usize>, known: &mut Known) -> Result<(), Trouble> {
    if !people.has("population") {
        return Err(people.lacks(("人口", "the population"), &["population"]));
    }
    has_place(people)?;
    for row in &people.rows {
        let (Some(name), Some(n)) = (name(row, globe, parts), row.decimal("population")) else {
            return Err(Trouble::row(&people.path, row.line, "这一行缺少地点或人口", "the row has no place or no population"));
        };
        let place = known.of(name);
        known.at[place] = known.at[place].or_else(|| position(row, globe));
        known.population[place] += n;
    }
    Ok(())
}

fn not_too_many(known: &Known, cases: &Path) -> Result<(), Trouble> {
    let n = known.names.len();
    if n <= MOST_PLACES {
        return Ok(());
    }
    Err(Trouble::new(
        format!("{}：{n} 个地点过多（至多 {MOST_PLACES}）；请合并为社区或网格", cases.display()),
        format!("{}: {n} places are too many (at most {MOST_PLACES}); count communities or grid cells", cases.display()),
    ))
}

fn on_a_map(known: &Known, globe: bool, cases: &Path) -> Result<Positions, Trouble> {
    not_too_many(known, cases)?;
    let mut at = Vec::new();
    for (name, position) in known.names.iter().zip(&known.at) {
        let Some(position) = position else {
            return Err(Trouble::new(
                format!("{}：地点“{name}”没有坐标；请补上", cases.display()),
                format!("{}: the place “{name}” has no coordinates; give them", cases.display()),
            ));
        };
        at.push(*position);
    }
    Ok(if globe { Positions::Globe(at) } else { Positions::Plane(at) })
}

/// Without coordinates, places whose names are paths (50.500237.101.001) are those of a tree.
fn in_a_tree(known: &Known, cases: &Path) -> Result<Positions, Trouble> {
    not_too_many(known, cases)?;
    let paths: Vec<Vec<&str>> = known.names.iter().map(|n| n.split('.').collect()).collect();
    if paths.iter().any(|p| p.len() < 2) {
        let (zh, en) = (
            "没有坐标，地点也不是层级编码（如 50.500237.101.001）；请给出 x 与 y，或 纬度 与 经度（可在人口文件中）",
            "no coordinates, and places are no paths like 50.500237.101.001: give x and y, or latitude and longitude (here, or in the population file)",
        );
        return Err(Trouble::new(format!("{}：{zh}", cases.display()), format!("{}: {en}", cases.display())));
    }
    Ok(Positions::Tree(Branches::new(&paths)))
}

/// The path that all of these places have in common.
pub(super) fn within(names: &[&str]) -> String {
    let Some((first, rest)) = names.split_first() else { return String::new() };
    let common = |parts: Vec<&str>| {
        let same = |other: &&str| parts.iter().zip(other.split('.')).take_while(|(a, b)| **a == *b).count();
        let n = rest.iter().map(same).min().unwrap_or(parts.len());
        parts[..n].join(".")
    };
    common(first.split('.').collect())
}
