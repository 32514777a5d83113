//! Analyses of the book as jobs: a snapshot of it becomes tables without names ([`tables`]), `quell analyse` runs over them in a process of
//! its own ([`run`]), one after the other ([`queue`]); the result is kept with the hash of the tables, the command line, its seed and version.

pub mod queue;
pub mod run;
pub mod tables;

use crate::app::App;
use crate::viewer::place_within;
use quell_analyse::{Trouble, asked};
use quell_book::Role;
use quell_foundation::*;
use quell_protocol::Protocol;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Who may have the book analysed, and take whole lists away.
pub const ANALYSTS: &[Role] = &[Role::Investigator, Role::Commander, Role::Auditor];

/// The day by which cases are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum CountBy {
    /// The day on which they were found.
    #[default]
    Found,
    /// The day of onset; cases without one are left out.
    Onset,
    /// The day of the first specimen.
    Sampled,
    /// The day of the report.
    Reported,
}

/// An analysis that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnalysisWanted {
    /// Its id, from whoever asks: asked twice, it is made once.
    pub analysis_id: AnalysisId,
    /// rt, growth, delays, nowcast, forecast, trees, clusters, warning or quality.
    pub analysis: String,
    /// Of residents of this place and below; your own by default.
    #[serde(default)]
    pub place: Option<PlaceId>,
    /// By which day cases are counted, for rt, growth, forecast, warning and clusters.
    #[serde(default)]
    pub count_by: CountBy,
    /// Only cases found on this day or later.
    #[serde(default)]
    pub from: Option<Day>,
    /// Only cases found by the end of this day; by default the last day that is over.
    #[serde(default)]
    pub until: Option<Day>,
    /// Words in the picture and beside the result in Chinese; by default in the language that you accept first.
    #[serde(default)]
    pub chinese: Option<bool>,
    /// Options of `quell analyse`, without dashes: {"method": "cori", "window": 7}. What the protocol in force says of the serial interval holds
    /// where none is given.
    #[serde(default)]
    pub options: BTreeMap<String, Value>,
}

/// Where only the mean of the serial interval is known: its standard deviation as a share of it. Omicron BA.1: 2.43
/// of 3.45 days, 0.70; Omicron in Beijing: 2.40 of 3.77 days, 0.64 (both in the library of `quell analyse delays --list`).
const SD_OF_MEAN: f64 = 0.65;

/// Options that say the serial interval.
const INTERVAL: [&str; 3] = ["si-mean", "si-sd", "si-library"];

impl AnalysisWanted {
    /// The tables that it needs, in a book whose communities have paths of so many parts.
    fn needs(&self, community: usize) -> tables::Needs {
        let is = |name: &str| self.analysis == name;
        tables::Needs { contacts: is("quality"), links: is("trees"), population: is("clusters").then(|| self.place_parts(community)) }
    }

    /// The parts of a place's path by which clusters are looked for: communities, if nobody says otherwise.
    fn place_parts(&self, community: usize) -> usize {
        let said = self.options.get("place-parts");
        let number = said.and_then(|v| v.as_u64().or_else(|| v.as_str()?.parse().ok()));
        number.map_or(community, |n| n.clamp(1, 32) as usize)
    }

    /// Completes the options by what the protocol in force says, and what was assumed for that, in Chinese and English.
    fn complete(&mut self, protocol: &Protocol) -> Option<(String, String)> {
        let needs = matches!(self.analysis.as_str(), "rt" | "forecast" | "trees");
        if !needs || INTERVAL.iter().any(|o| self.options.contains_key(*o)) {
            return None;
        }
        let (mean, sd) = protocol.serial_interval()?;
        let given = sd.unwrap_or(mean * SD_OF_MEAN);
        self.options.insert("si-mean".into(), json!(mean));
        self.options.insert("si-sd".into(), json!(given));
        let id = protocol.id();
        Some(match sd {
            Some(sd) => (
                format!("代际间隔取自现行方案（{id}）：均值 {mean:.2} 天，标准差 {sd:.2} 天"),
                format!("the serial interval is that of the protocol in force ({id}): mean {mean:.2} days, standard deviation {sd:.2}"),
            ),
            None => (
                format!("代际间隔均值取自现行方案（{id}）：{mean:.2} 天；方案未给出标准差，按均值的 {SD_OF_MEAN} 倍（{given:.2} 天）计算"),
                format!(
                    "the mean of the serial interval is that of the protocol in force ({id}): {mean:.2} days; it says no standard deviation, which is taken to be {SD_OF_MEAN} of the mean ({given:.2})"
                ),
            ),
        })
    }

    /// Whether it can be made: that there is such an analysis, and that its options fit.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check(&self, protocol: &Protocol) -> Result<(), Trouble> {
        if let (Some(from), Some(until)) = (self.from, self.until)
            && from > until
        {
            return Err(Trouble::new(format!("起始日 {from} 晚于截止日 {until}"), format!("from ({from}) is later than until ({until})")));
        }
        let mut whole = self.clone();
        whole.complete(protocol);
        asked::words(&whole.analysis, &whole.options).map(|_| ())
    }
}

/// The place, where it lies within what somebody may see.
///
/// # Errors
/// If it lies outside.
pub fn place_of(w: &AnalysisWanted, own: &PlaceId) -> Result<PlaceId, Trouble> {
    place_within(w.place.clone(), own).map_err(|o| Trouble::new(o.zh, o.en))
}

/// The last day that is over, by the book's clock.
fn yesterday(app: &App) -> Day {
    app.clock.now().day(app.config.offset).plus(-1)
}

/// Whether the result of an analysis says something of single cases: reading it is a look at persons.
pub fn names_cases(analysis: &str) -> bool {
    analysis == "trees"
}

/// A table (CSV, without line breaks in cells) as a list of objects. `NA` is null; a column of numbers has numbers.
pub fn rows_as_json(csv: &str) -> Value {
    let mut lines = csv.lines().map(cells);
    let Some(columns) = lines.next() else { return json!([]) };
    let rows: Vec<Vec<String>> = lines.collect();
    let number = |cell: &str| cell.parse::<f64>().is_ok_and(f64::is_finite);
    let numbers: Vec<bool> = (0..columns.len()).map(|i| rows.iter().all(|r| r.get(i).is_none_or(|c| c == "NA" || number(c)))).collect();
    let value = |i: usize, cell: &String| match cell.as_str() {
        "NA" => Value::Null,
        text if numbers[i] => serde_json::from_str(text).unwrap_or(Value::Null),
        text => json!(text),
    };
    let object = |r: &Vec<String>| columns.iter().zip(r).enumerate().map(|(i, (c, cell))| (c.clone(), value(i, cell))).collect();
    rows.iter().map(|r| Value::Object(object(r))).collect()
}

/// The cells of a line.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted, mut chars) = (Vec::new(), String::new(), false, line.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    cells.push(cell);
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_become_objects() {
        let json = rows_as_json("infectee,infector,probability\n\"a,\"\"b\"\"\",,0.5\nc,7,NA\n");
        assert_eq!(
            json,
            json!([{"infectee": "a,\"b\"", "infector": "", "probability": 0.5}, {"infectee": "c", "infector": "7", "probability": null}])
        );
        assert_eq!(rows_as_json("t,mean\n8,1.5\n"), json!([{"t": 8, "mean": 1.5}]));
        assert_eq!(rows_as_json(""), json!([]));
    }
}
