//! The line list.

use crate::input::{self, Own};
use crate::said::Trouble;
use quell_epi::trees::{Case, Distance, Kind, Onset, Origin, Tie};
use quell_foundation::Day;
use quell_tabular::Row;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

pub(super) const LINELIST: (&str, &str) = ("analyse-linelist", include_str!("../../mappings/linelist.toml"));

/// A group with at least so many cases may count differently from others of its kind, and of such a kind people are members who were not infected.
const LARGE: usize = 10;
/// Standard deviation of how differently.
const DIFFERENT: f64 = 1.0;
/// Metres of a degree of latitude.
const DEGREE: f64 = 111_195.0;
/// A report later than this after the onset is taken for a slip when delays are learnt, days.
const LATE: i32 = 60;

/// Cases as the engine wants them, with the words of the table.
#[derive(Debug, Default)]
pub(super) struct LineList {
    pub ids: Vec<String>,
    index: HashMap<String, u32>,
    folded: HashMap<String, Option<u32>>,
    pub cases: Vec<Case>,
    /// By case, the days of its isolation and of its report.
    pub isolated: Vec<Option<Day>>,
    pub reported: Vec<Option<Day>>,
    pub kinds: Vec<Kind>,
    pub ties: Vec<Tie>,
    pub distances: Vec<Distance>,
    pub warnings: Vec<Trouble>,
}

impl LineList {
    /// The case of this id; capitals do not matter where that is clear.
    pub fn find(&self, id: &str) -> Option<u32> {
        self.index.get(id).copied().or_else(|| self.folded.get(&id.to_lowercase()).copied().flatten())
    }
    /// The index of a kind of tie, made if it is new; none if there are too many.
    pub fn kind(&mut self, kind: Kind) -> Option<u8> {
        let at = self.kinds.iter().position(|k| k.name == kind.name).unwrap_or_else(|| {
            self.kinds.push(kind);
            self.kinds.len() - 1
        });
        u8::try_from(at).ok()
    }
    /// A case that goes by one name and perhaps by another one besides.
    fn add(&mut self, id: &str, besides: Option<&str>, case: Case) {
        let n = self.ids.len() as u32;
        self.ids.push(id.to_owned());
        self.index.insert(id.to_owned(), n);
        for name in std::iter::once(id).chain(besides.filter(|b| *b != id)) {
            self.index.entry(name.to_owned()).or_insert(n);
            self.folded.entry(name.to_lowercase()).and_modify(|f| *f = None).or_insert(Some(n));
        }
        self.cases.push(case);
    }
    fn is_there(&self, id: &str) -> bool {
        self.index.get(id).is_some_and(|n| self.ids[*n as usize] == id)
    }
}

pub(super) fn read(path: &Path, own: &Own) -> Result<LineList, Trouble> {
    let table = input::read(path, LINELIST, own)?;
    if !["onset", "onset_from", "reported"].iter().any(|f| table.has(f)) {
        return Err(table.lacks(("发病日期", "onsets"), &["onset", "onset_from", "reported"]));
    }
    if !table.has("case") && !table.has("number") {
        return Err(table.lacks(("病例编号", "the ids of cases"), &["case", "number"]));
    }
    let delays = Delays::learnt(&table.rows);
    let mut list = LineList::default();
    let (mut dateless, mut backwards, mut early) = (Vec::new(), Vec::new(), Vec::new());
    list.warnings.extend(table.not_cases());
    let mut groups: BTreeMap<(String, String), Vec<u32>> = BTreeMap::new();
    for row in &table.rows {
        let Some(id) = row.code("number").or(row.code("case")) else {
            return Err(Trouble::row(path, row.line, "这一行没有病例编号；请补上", "the case has no id and no number; give it one"));
        };
        if list.is_there(id) {
            return Err(Trouble::row(
                path,
                row.line,
                format!("病例编号 {id} 出现了两次；每个病例一行"),
                format!("case {id} is there twice; a case has one row"),
            ));
        }
        let Some(onset) = onset(path, row, &delays)? else {
            dateless.push(id.to_owned());
            continue;
        };
        for (kind, word) in row.pairs("groups").into_iter().filter_map(|(k, w)| Some((k, w?))) {
            groups.entry((kind.to_owned(), word.to_owned())).or_default().push(list.ids.len() as u32);
        }
        let mut case = case(row, onset);
        if case.exposed.is_some_and(|(from, to)| from > to) {
            case.exposed = None;
            backwards.push(id.to_owned());
        }
        if row.date("onset").zip(row.date("reported")).is_some_and(|(onset, reported)| reported < onset) {
            early.push(row.line);
        }
        list.add(id, row.code("case"), case);
        list.isolated.push(row.date("isolated"));
        list.reported.push(row.date("reported"));
    }
    list.warnings.extend(reported_early(&early));
    if !dateless.is_empty() {
        let names = dateless.join(" ");
        list.warnings.push(Trouble::new(
            format!("{} 例没有任何日期，未纳入：{names}", dateless.len()),
            format!("{} cases without any date are left out: {names}", dateless.len()),
        ));
    }
    if !backwards.is_empty() {
        let names = backwards.join(" ");
        list.warnings.push(Trouble::new(
            format!("{} 例的暴露开始晚于暴露结束，其暴露时间未使用：{names}", backwards.len()),
            format!("{} exposures begin after they end and are not used, of cases: {names}", backwards.len()),
        ));
    }
    tie(&mut list, &groups);
    list.warnings.extend(table.notes);
    Ok(list)
}

/// Lines that are named before the rest is only counted.
const NAMED: usize = 10;

/// That some were reported before they fell ill: one of the dates is a slip.
fn reported_early(lines: &[u64]) -> Option<Trouble> {
    let named = lines.iter().take(NAMED).map(u64::to_string).collect::<Vec<_>>().join(", ");
    let more = if lines.len() > NAMED { ", …" } else { "" };
    let (n, cases) = (lines.len(), if lines.len() == 1 { "case was" } else { "cases were" });
    (n > 0).then(|| {
        Trouble::new(
            format!("{n} 例的报告早于发病，请核对（行 {named}{more}）；仍按其发病日期计入"),
            format!("{n} {cases} reported before the onset: check the dates (lines {named}{more}); the onset is used as it stands"),
        )
    })
}

fn case(row: &Row, onset: Onset) -> Case {
    let exposed = match (row.date("exposure_from"), row.date("exposure_to")) {
        (None, None) => None,
        // Nobody is infected after falling ill.
        (from, to) => Some((from.map_or(i32::MIN / 4, |d| d.0), to.map_or(onset.last(), |d| d.0))),
    };
    let origin = match row.text("origin") {
        Some("imported") => Origin::Imported,
        Some("local") => Origin::Local,
        _ => Origin::Unknown,
    };
    let place = match (row.decimal("x"), row.decimal("y"), row.decimal("longitude"), row.decimal("latitude")) {
        (Some(x), Some(y), ..) => Some([x, y]),
        (_, _, Some(lon), Some(lat)) => Some([lon * DEGREE * lat.to_radians().cos(), lat * DEGREE]),
        _ => None,
    };
    Case { onset, exposed, origin, place }
}

fn onset(path: &Path, row: &Row, delays: &Delays) -> Result<Option<Onset>, Trouble> {
    if let Some(d) = row.date("onset") {
        return Ok(Some(Onset::on(d.0)));
    }
    let reported = row.date("reported");
    match (row.date("onset_from"), row.date("onset_to")) {
        (None, None) => Ok(reported.and_then(|r| delays.before(r))),
        (from, to) => {
            let (from, to) = (from.or(to).unwrap_or(Day(0)), to.or(reported).or(from).unwrap_or(Day(0)));
            Onset::between(from.0, to.0).map(Some).ok_or_else(|| {
                Trouble::row(path, row.line, "最早发病日期晚于最晚发病日期", "the first possible day of onset is after the last")
            })
        }
    }
}

/// How long before their report cases fell ill, from those of whom both are known.
struct Delays(Vec<f64>);

impl Delays {
    /// From at least one of each delay up to the longest: what was not seen is not impossible.
    fn learnt(rows: &[Row]) -> Self {
        let seen: Vec<usize> = rows
            .iter()
            .filter_map(|r| Some(r.date("reported")?.0 - r.date("onset")?.0))
            .filter(|d| (0..=LATE).contains(d))
            .filter_map(|d| usize::try_from(d).ok())
            .collect();
        // Without any, a week and a half, each day as probable as the others.
        let longest = seen.iter().copied().max().unwrap_or(10);
        let mut weights = vec![0.2; longest + 1];
        for d in seen {
            weights[d] += 1.0;
        }
        Self(weights)
    }
    fn before(&self, reported: Day) -> Option<Onset> {
        let weights = self.0.iter().rev().copied().collect();
        Onset::of(reported.0 - (self.0.len() as i32 - 1), weights)
    }
}

/// Ties all members of a group. What a kind counts is shared by its groups; a large one may differ.
fn tie(list: &mut LineList, groups: &BTreeMap<(String, String), Vec<u32>>) {
    let large: BTreeSet<&String> = groups.iter().filter(|(_, m)| m.len() >= LARGE).map(|((kind, _), _)| kind).collect();
    for ((kind, word), members) in groups.iter().filter(|(_, m)| m.len() > 1) {
        let open = large.contains(kind);
        let Some(common) = list.kind(Kind { open, ..Kind::new(kind) }) else { continue };
        // Half of the kinds are kept for contacts.
        let may_differ = members.len() >= LARGE && list.kinds.len() < quell_epi::trees::Outbreak::MOST_KINDS / 2;
        let own = may_differ.then(|| list.kind(Kind { name: format!("{kind} {word}"), sd: DIFFERENT, open: true })).flatten();
        for (k, a) in members.iter().enumerate() {
            for b in &members[k + 1..] {
                let ties = [Some(common), own].into_iter().flatten();
                list.ties.extend(ties.map(|kind| Tie { a: *a, b: *b, kind, directed: false }));
            }
        }
    }
}
