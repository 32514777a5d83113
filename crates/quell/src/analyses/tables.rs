//! A snapshot of the book as tables for `quell analyse`. Cases and people go by their ids: no names, telephones or identity numbers. All of it
//! is of one moment, and each row of a person that is read is a look of whoever asks.

use super::{AnalysisWanted, CountBy};
use crate::export::word;
use crate::viewer::Viewer;
use quell_book::{BookConfig, CaseState, Classification};
use quell_foundation::*;
use quell_protocol::{Control, Protocol, Setting};
use quell_store::views::{self, CaseLine, ContactLine, Line, Lines, LinkItem, SnapshotTable};
use quell_store::{StoreError, log};
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

/// Tables that not every analysis needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// Contact records.
    pub contacts: bool,
    /// Links between cases.
    pub links: bool,
    /// How many people live where, by places whose paths have so many parts.
    pub population: Option<usize>,
}

impl Needs {
    /// All of them.
    pub const fn all(community: usize) -> Needs {
        Needs { contacts: true, links: true, population: Some(community) }
    }
}

/// One table: a header and rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// File name.
    pub name: &'static str,
    /// The file.
    pub csv: String,
    /// Rows below the header.
    pub rows: u64,
}

impl Table {
    fn new(name: &'static str, columns: &[&str]) -> Self {
        Self { name, csv: format!("{}\n", columns.join(",")), rows: 0 }
    }
    /// Adds a row. A number of a case may have anything in it but spaces.
    fn row(&mut self, cells: &[String]) {
        self.rows += 1;
        let special = |cell: &&String| cell.contains(['"', ',', '\n', '\r']);
        let quoted = |cell: &String| Some(cell).filter(special).map_or_else(|| cell.clone(), |c| format!("\"{}\"", c.replace('"', "\"\"")));
        // Writing into a text cannot fail.
        let _ = writeln!(self.csv, "{}", cells.iter().map(quoted).collect::<Vec<_>>().join(","));
    }
}

/// A snapshot of the book.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The log position that it shows.
    pub as_of_seq: i64,
    /// Its last day.
    pub until: Day,
    /// Its tables: cases, counts, reports; contacts, links, population where they are needed.
    pub tables: Vec<Table>,
    /// Cases that are counted by no day, because the one that is asked for is not known.
    pub uncounted: u64,
}

impl Snapshot {
    /// A table that has rows.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|t| t.name == name && t.rows > 0)
    }
    /// Names, rows and hashes of the tables.
    pub fn listed(&self) -> Vec<SnapshotTable> {
        let of = |t: &Table| SnapshotTable { name: t.name.into(), rows: t.rows, sha256: Hash::of(t.csv.as_bytes()) };
        self.tables.iter().map(of).collect()
    }
    /// One hash over all tables, their names and order.
    pub fn hash(&self) -> Hash {
        let parts: Vec<&[u8]> = self.tables.iter().flat_map(|t| [t.name.as_bytes(), t.csv.as_bytes()]).collect();
        Hash::of_parts(&parts)
    }
}

/// A row of the book as cells.
struct Writer<'a> {
    config: &'a BookConfig,
}

/// What a case is called: by its number, else by its id. Neither says who it is.
pub(crate) fn name(id: CaseId, number: Option<&CaseNumber>) -> String {
    number.map_or_else(|| id.to_string(), |n| n.to_string())
}

/// Found on arrival, or away within the longest incubation: taken to have been infected elsewhere.
fn from_elsewhere(c: &CaseLine) -> bool {
    c.setting == Setting::Arrival || c.answers.get("travelled").and_then(serde_json::Value::as_bool) == Some(true)
}

const CASES: &[&str] = &[
    "case",
    "person",
    // The day that counts, for what looks at places and days.
    "date",
    "classification",
    "onset",
    "sampled",
    "found",
    "reported",
    "isolated",
    "exposure_from",
    "exposure_to",
    "setting",
    "control",
    "was_contact",
    "origin",
    // Where the person lives; the household is known only to those books that list homes so far down.
    "place",
    "household",
    "building",
];
const CONTACTS: &[&str] = &["case", "person", "category", "named", "state", "quarantine_from"];
const LINKS: &[&str] = &["from", "to", "kind", "certainty", "directed"];

impl Writer<'_> {
    fn time(&self, t: Option<Instant>) -> String {
        // What was said to the day is kept as its beginning: to the second nothing happens at midnight, or too seldom to matter.
        let written = |t: Instant| {
            let day = self.day(t);
            if day.start(self.config.offset) == t { day.to_string() } else { EventTime::exact(t, self.config.offset).to_string() }
        };
        t.map(written).unwrap_or_default()
    }
    fn day(&self, t: Instant) -> Day {
        t.day(self.config.offset)
    }

    fn case(&self, c: &CaseLine, counted: Option<Day>) -> Vec<String> {
        let answered = |id: &str| c.answers.get(id).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        // What is listed no deeper has none.
        let building = c.who.home.at_depth(self.config.building_depth());
        let (household, building) =
            if building == c.who.home { Default::default() } else { (c.who.home.to_string(), building.to_string()) };
        vec![
            name(c.case_id, c.number.as_ref()),
            c.who.person_id.to_string(),
            counted.map(|d| d.to_string()).unwrap_or_default(),
            c.classification.to_string(),
            self.time(c.onset),
            self.time(c.sampled_at),
            self.time(Some(c.found_at)),
            self.time(c.reported_at),
            self.time(c.isolated_at),
            answered("exposure_from"),
            answered("exposure_to"),
            word(c.setting),
            c.control.map(word).unwrap_or_default(),
            if c.was_contact { "true" } else { "false" }.to_owned(),
            if from_elsewhere(c) { "imported" } else { "local" }.to_owned(),
            c.who.home.to_string(),
            household,
            building,
        ]
    }
    fn contact(&self, c: &ContactLine) -> Vec<String> {
        vec![
            c.case_id.map(|id| name(id, c.case_number.as_ref())).unwrap_or_default(),
            c.who.person_id.to_string(),
            word(c.category),
            self.time(Some(c.named_at)),
            c.state.to_string(),
            self.time(c.order.as_ref().map(|o| o.starts)),
        ]
    }
    fn link(l: &LinkItem) -> Vec<String> {
        let directed = if l.directed { "true" } else { "false" };
        let kind = l.context.map_or_else(|| "linked".to_owned(), |x| x.to_string());
        let [from, to] =
            [(l.source_case, &l.source_number), (l.target_case, &l.target_number)].map(|(id, number)| name(id, number.as_ref()));
        vec![from, to, kind, l.certainty.to_string(), directed.into()]
    }
}

/// Cases by day: those infected here by the channel in which they were found, and those who came with it.
#[derive(Debug, Default, Clone, Copy)]
struct Counted {
    community: u64,
    controlled: u64,
    /// Nobody said how it was found.
    unknown: u64,
    imported: u64,
}

/// What the lines of cases add up to.
struct Cases<'a> {
    writer: Writer<'a>,
    by: CountBy,
    from: Option<Day>,
    until: Day,
    table: Table,
    reports: Table,
    days: BTreeMap<Day, Counted>,
    known: HashSet<CaseId>,
    uncounted: u64,
}

impl Cases<'_> {
    fn take(&mut self, c: &CaseLine) {
        let found = self.writer.day(c.found_at);
        let suspected = matches!(c.classification, Classification::Suspect | Classification::NotACase);
        if suspected || c.state == CaseState::Withdrawn || found > self.until || self.from.is_some_and(|f| found < f) {
            return;
        }
        self.known.insert(c.case_id);
        let counted = match self.by {
            CountBy::Found => Some(c.found_at),
            CountBy::Onset => c.onset,
            CountBy::Sampled => c.sampled_at,
            CountBy::Reported => c.reported_at,
        };
        let counted = counted.map(|t| self.writer.day(t)).filter(|d| *d <= self.until);
        self.table.row(&self.writer.case(c, counted));
        if let Some(onset) = c.onset {
            let cells = [self.writer.day(onset), self.writer.day(c.reported_at.unwrap_or(c.found_at))].map(|d| d.to_string());
            self.reports.row(&cells);
        }
        let Some(day) = counted else {
            self.uncounted += 1;
            return;
        };
        let at = self.days.entry(day).or_default();
        match c.control {
            _ if from_elsewhere(c) => at.imported += 1,
            Some(Control::Controlled) => at.controlled += 1,
            Some(Control::CommunityFound) => at.community += 1,
            None => at.unknown += 1,
        }
    }

    /// A row a day without a gap, from the first case to the last day.
    fn counts(&self) -> Table {
        let mut table = Table::new("counts.csv", &["date", "local", "imported", "community", "controlled", "unknown"]);
        let Some((first, _)) = self.days.first_key_value() else { return table };
        let mut day = self.from.map_or(*first, |f| f.min(*first));
        while day <= self.until {
            let n = self.days.get(&day).copied().unwrap_or_default();
            let cells = [n.community + n.controlled + n.unknown, n.imported, n.community, n.controlled, n.unknown].map(|n| n.to_string());
            table.row(&[&[day.to_string()][..], &cells[..]].concat());
            day = day.plus(1);
        }
        table
    }
}

/// Takes every line of a list, each part of it when the look at it is written down; that there is nobody was seen, too.
async fn each<T: Line>(
    mut lines: Lines<'_, T>,
    looked: &impl AsyncFn(usize) -> Result<(), StoreError>,
    mut take: impl FnMut(&T),
) -> Result<(), StoreError> {
    let mut some = lines.next().await?;
    looked(some.len()).await?;
    while !some.is_empty() {
        some.iter().for_each(&mut take);
        some = lines.next().await?;
        if !some.is_empty() {
            looked(some.len()).await?;
        }
    }
    Ok(())
}

/// Reads a snapshot. Before rows of persons are read on, the look at them is written down.
///
/// # Errors
/// If the database refuses, or a look cannot be noted.
pub async fn read(v: &Viewer<'_>, w: &AnalysisWanted, place: &PlaceId, needs: Needs, protocol: &Protocol) -> Result<Snapshot, StoreError> {
    let (book, config) = (v.scope.book, &v.app.config);
    let until = w.until.unwrap_or(super::yesterday(v.app)).min(v.app.clock.now().day(config.offset));
    let looked = async |rows: usize| {
        let noted = v.looked(None, Some(place), rows).await;
        noted.map_err(|e| StoreError::Pool(e.to_string()))
    };
    v.app
        .db
        .read_still(&v.scope, async |tx| {
            let as_of_seq = log::head(tx, book, false).await?.seq;
            let (table, reports) = (Table::new("cases.csv", CASES), Table::new("reports.csv", &["event", "report"]));
            let (days, known) = (BTreeMap::new(), HashSet::new());
            let mut cases =
                Cases { writer: Writer { config }, by: w.count_by, from: w.from, until, table, reports, days, known, uncounted: 0 };
            each(views::case_lines(tx, book, place).await?, &looked, |l| cases.take(l)).await?;
            let counts = cases.counts();
            let Cases { table, reports, known, uncounted, .. } = cases;
            let mut tables = vec![table, counts, reports];
            if needs.contacts {
                let mut table = Table::new("contacts.csv", CONTACTS);
                let writer = Writer { config };
                each(views::contact_lines(tx, book, place).await?, &looked, |l| table.row(&writer.contact(l))).await?;
                tables.push(table);
            }
            if needs.links {
                let mut table = Table::new("links.csv", LINKS);
                let chains = views::chains(tx, book, place, protocol).await?;
                looked(chains.links.len()).await?;
                let stands = |l: &&LinkItem| l.withdrawn.is_none() && known.contains(&l.source_case) && known.contains(&l.target_case);
                chains.links.iter().filter(stands).for_each(|l| table.row(&Writer::link(l)));
                tables.push(table);
            }
            if let Some(depth) = needs.population {
                let mut table = Table::new("population.csv", &["place", "population"]);
                for (at, people) in views::population(tx, book, place, depth).await? {
                    table.row(&[at, people.to_string()]);
                }
                tables.push(table);
            }
            Ok(Snapshot { as_of_seq, until, tables, uncounted })
        })
        .await
}
