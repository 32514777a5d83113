//! The rows of a file under a mapping, each accepted whole or refused with all its faults.

use crate::columns::Place;
use crate::convert::convert;
use crate::csv::CsvRecords;
use crate::identity::identity;
use crate::mapping::{Field, Kind, Mapping};
use crate::message::{Fault, OpenError, RowError, Warning};
use crate::plan::{Plan, cell};
use crate::reader::{Format, Reader};
use crate::record::{Cell, Record};
use crate::text::{normal_word, shown};
use crate::value::{FieldName, Row, Value};
use quell_foundation::Hash;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// What was read. The numbers are final when the rows have ended; `rows == good + bad` at every moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Rows read: those after the header that are neither blank nor comments.
    pub rows: u64,
    /// Rows accepted.
    pub good: u64,
    /// Rows refused.
    pub bad: u64,
    /// Blank rows passed over.
    pub blank: u64,
    /// Comment rows passed over (`comment_prefix` of the mapping).
    pub comments: u64,
    /// Rows above the header.
    pub above_header: u64,
    /// Rows with a code that a spreadsheet has damaged.
    pub damaged: u64,
    /// True once the end was reached and every record that was counted at opening has been accounted for.
    pub complete: bool,
    /// Columns of the file that no field uses: not read. A column without a header is shown as its number in brackets.
    pub unread_columns: Vec<String>,
    /// Of the columns that are not read those that could have been: the field whose other column is read instead, and their header.
    pub rival_columns: Vec<(String, String)>,
    /// Columns that the mapping leaves out on purpose.
    pub ignored_columns: Vec<String>,
    /// Optional fields of the mapping that the file has no column for.
    pub missing_fields: Vec<String>,
    /// Which column feeds which field.
    pub read_columns: BTreeMap<String, String>,
    /// Encoding of a CSV file.
    pub encoding: Option<String>,
    /// Delimiter of a CSV file.
    pub delimiter: Option<char>,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// The number of rows, if it is exactly a spreadsheet's limit: refuse unless a person confirms.
    pub row_limit_warning: Option<u64>,
    /// All warnings, the row limit among them.
    pub warnings: Vec<Warning>,
    /// SHA-256 of the file.
    pub sha256: Hash,
    /// Name of the mapping.
    pub mapping: String,
}

/// The records of a file from the beginning.
pub(crate) enum Source {
    Csv(Box<CsvRecords>),
    Sheet(Arc<Vec<Record>>, usize),
}

impl Source {
    pub fn next(&mut self) -> Result<Option<Record>, OpenError> {
        match self {
            Source::Csv(records) => records.next_record(),
            Source::Sheet(rows, at) => {
                *at += 1;
                Ok(rows.get(*at - 1).cloned())
            }
        }
    }
}

/// A fresh stream of the records of a file.
pub(crate) fn records(reader: &Reader) -> Result<Source, OpenError> {
    Ok(match &reader.format {
        Format::Csv { encoding, delimiter } => Source::Csv(Box::new(reader.csv_records(encoding, *delimiter)?)),
        Format::Sheet { rows, .. } | Format::Json { rows } => Source::Sheet(rows.clone(), 0),
    })
}

/// The rows of a file. An item is a row, or all faults of a row. If the file cannot be read on or has changed since it was opened,
/// a last item says so (`file.read`, `file.changed` …), `complete` stays false and the item is not counted as a row.
pub struct Rows {
    plan: Plan,
    source: Source,
    comment_prefix: Option<String>,
    expected: u64,
    seen: u64,
    ended: bool,
    summary: Summary,
}

impl Rows {
    pub(crate) fn new(reader: &Reader, mapping: &Mapping) -> Result<Self, OpenError> {
        let plan = Plan::bind(mapping, reader)?;
        let source = records(reader)?;
        let (encoding, delimiter, sheet) = match &reader.format {
            Format::Csv { encoding, delimiter } => (Some(encoding.name().to_owned()), Some(char::from(*delimiter)), None),
            Format::Sheet { name, .. } => (None, None, Some(name.clone())),
            Format::Json { .. } => (None, None, None),
        };
        let warnings: Vec<Warning> = reader.warnings.iter().chain(&plan.warnings).cloned().collect();
        let row_limit_warning = warnings.iter().find_map(|w| if let Warning::RowLimit { rows } = w { Some(*rows) } else { None });
        let summary = Summary {
            rows: 0,
            good: 0,
            bad: 0,
            blank: 0,
            comments: 0,
            above_header: 0,
            damaged: 0,
            complete: false,
            unread_columns: plan.unread.clone(),
            rival_columns: plan.rivals.clone(),
            ignored_columns: plan.ignored.clone(),
            missing_fields: plan.missing.clone(),
            read_columns: plan.fields.iter().filter_map(|(f, p)| Some((f.name.to_string(), plan.column(p)?))).collect(),
            encoding,
            delimiter,
            sheet,
            row_limit_warning,
            warnings,
            sha256: reader.sha256,
            mapping: mapping.name.clone(),
        };
        let comment_prefix = mapping.comment_prefix.clone().filter(|_| !matches!(reader.format, Format::Json { .. }));
        Ok(Self { plan, source, comment_prefix, expected: reader.records, seen: 0, ended: false, summary })
    }

    /// What has been read so far; final after the last item.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }
    /// The header as it stands in the file.
    pub fn headers(&self) -> &[String] {
        &self.plan.header
    }

    /// Ends the rows; checks that as many records were seen as were counted at opening.
    fn end(&mut self) -> Option<Vec<RowError>> {
        self.ended = true;
        self.summary.complete = self.seen == self.expected;
        if self.summary.complete {
            return None;
        }
        let (a, b) = (self.expected, self.seen);
        let fault = Fault::new(
            "file.changed",
            (
                format!("打开时共 {a} 行，现读到 {b} 行：文件在读取期间被改动"),
                format!("{a} records were counted at opening, {b} were read: the file changed meanwhile"),
            ),
            ("请重新读取", "read it again"),
        );
        Some(vec![fault.of_row(b, None, None, String::new())])
    }

    fn judge(&self, record: &Record) -> Result<Row, Vec<RowError>> {
        if let Some(fault) = self.shape(record) {
            return Err(vec![fault.of_row(record.line, None, None, String::new())]);
        }
        let mut values: BTreeMap<FieldName, Value> = BTreeMap::new();
        let mut errors = Vec::new();
        // Identity fields that are checked only for some documents come last: their check looks at another field.
        let (later, first): (Vec<_>, Vec<_>) = self.plan.fields.iter().partition(|(f, _)| f.check_when.is_some());
        let mut faulty: HashSet<&str> = HashSet::new();
        for (f, place) in first.into_iter().chain(later) {
            match self.value(f, place, record, &values) {
                Ok(Some(v)) => drop(values.insert(f.name.clone(), v)),
                Ok(None) => {}
                Err(e) => {
                    faulty.insert(&f.name);
                    errors.push(*e);
                }
            }
        }
        for (f, place) in self.plan.fields.iter().filter(|(f, _)| !faulty.contains(&*f.name)) {
            if let Err(fault) = derive(f, &mut values) {
                let text = cell(f, place, record).map(|c| c.to_text()).unwrap_or_default();
                errors.push(fault.of_row(record.line, self.plan.column(place).as_deref(), Some(&f.name), shown(&text, false)));
            } else if lacks(f, &values) {
                errors.push(required(f).of_row(record.line, self.plan.column(place).as_deref(), Some(&f.name), String::new()));
            }
        }
        if errors.is_empty() { Ok(Row { line: record.line, values }) } else { Err(errors) }
    }

    /// What is wrong with the row as a whole.
    fn shape(&self, record: &Record) -> Option<Fault> {
        if record.is_broken() {
            return Some(Fault::new(
                "csv.quote",
                ("引号之后还有文字", "text stands after a closing quote"),
                ("请将单元格内的引号写成两个", "write a quote within a cell as two quotes"),
            ));
        }
        let (have, want) = (record.cells.len(), self.plan.width);
        let extra = record.cells.iter().skip(self.plan.header.len()).any(|c| !c.is_blank());
        let short = have < want && matches!(self.source, Source::Csv(_));
        (extra || short).then(|| {
            Fault::new(
                "row.cells",
                (format!("该行有 {have} 格，表头有 {want} 列"), format!("the row has {have} cells under {want} headers")),
                (
                    "多半是多余或缺少的分隔符、换行，请核对该行",
                    "a delimiter or a line break is probably missing or too many; check the row",
                ),
            )
        })
    }

    fn value(
        &self,
        f: &Field,
        place: &Place,
        record: &Record,
        others: &BTreeMap<FieldName, Value>,
    ) -> Result<Option<Value>, Box<RowError>> {
        if f.constant.is_some() {
            return Ok(f.constant.clone());
        }
        let row_error = |fault: Fault, text: &str| {
            Box::new(fault.of_row(record.line, self.plan.column(place).as_deref(), Some(&f.name), shown(text, f.kind.is_secret())))
        };
        let whole = cell(f, place, record).map_err(|e| row_error(e, ""))?;
        if whole.is_blank() {
            return Ok(None);
        }
        if matches!(whole, Cell::Text(_) | Cell::Number(_)) && !f.empty.is_empty() && f.empty.contains(&normal_word(&whole.to_text())) {
            return Ok(None);
        }
        let unchecked = f.check_when.as_ref().is_some_and(|(other, words)| match others.get(other.as_str()) {
            Some(Value::Text(w)) => !words.contains(w),
            _ => false,
        });
        let got = if unchecked { convert(&as_code(f), &whole) } else { convert(f, &whole) };
        got.map_err(|e| row_error(e, &whole.to_text()))
    }
}

/// An identity field for another kind of document: any code.
fn as_code(f: &Field) -> Field {
    Field { kind: Kind::Code { max_length: 40 }, ..f.clone() }
}

/// Fills a field from the identity number, or checks that both agree.
fn derive(f: &Field, values: &mut BTreeMap<FieldName, Value>) -> Result<(), Fault> {
    let Some(number) = f.from_identity.as_deref().and_then(|i| values.get(i)) else { return Ok(()) };
    let Value::Text(number) = number else { return Ok(()) };
    // A document of another kind says nothing.
    let Ok(id) = identity(number) else { return Ok(()) };
    let says = match &f.kind {
        Kind::Date { .. } => Value::Date(id.born),
        _ => Value::Text(if id.male { "male" } else { "female" }.to_owned()),
    };
    match values.get(&f.name) {
        None => drop(values.insert(f.name.clone(), says)),
        Some(v) if *v == says => {}
        // "Unknown" and other words beside male and female do not contradict.
        Some(Value::Text(w)) if w != "male" && w != "female" => drop(values.insert(f.name.clone(), says)),
        Some(_) => {
            return Err(Fault::new(
                "identity.disagrees",
                ("与身份证号不一致", "it does not agree with the identity number"),
                ("请核对证件，改正其中之一", "check both against the document and correct one"),
            ));
        }
    }
    Ok(())
}

fn lacks(f: &Field, values: &BTreeMap<FieldName, Value>) -> bool {
    let needed = f.required || f.required_without.as_deref().is_some_and(|o| !values.contains_key(o));
    needed && !values.contains_key(&f.name)
}

fn required(f: &Field) -> Fault {
    let name = &f.name;
    let unless = f.required_without.as_ref();
    Fault::new(
        "cell.required",
        (format!("{name} 不能为空"), format!("{name} is empty and must be given")),
        (
            unless.map_or("请填写".to_owned(), |o| format!("请填写该项或 {o}")),
            unless.map_or("fill it in".to_owned(), |o| format!("fill it in, or {o}")),
        ),
    )
}

impl Iterator for Rows {
    type Item = Result<Row, Vec<RowError>>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let record = match self.source.next() {
                Ok(Some(r)) => r,
                Ok(None) => return self.end().map(Err),
                Err(e) => {
                    self.ended = true;
                    let fault = Fault::new(e.rule, (e.message_zh, e.message_en), (e.advice_zh, e.advice_en));
                    return Some(Err(vec![fault.of_row(e.line.unwrap_or(0), None, None, String::new())]));
                }
            };
            self.seen += 1;
            if record.line <= self.plan.header_line {
                self.summary.above_header += u64::from(record.line < self.plan.header_line);
            } else if record.is_blank() {
                self.summary.blank += 1;
            } else if self.comment_prefix.as_ref().is_some_and(|p| record.is_comment(p)) {
                self.summary.comments += 1;
            } else {
                let item = self.judge(&record);
                self.summary.rows += 1;
                match &item {
                    Ok(_) => self.summary.good += 1,
                    Err(faults) => {
                        self.summary.bad += 1;
                        self.summary.damaged += u64::from(faults.iter().any(|f| f.rule == "number.damaged"));
                    }
                }
                return Some(item);
            }
        }
        None
    }
}
