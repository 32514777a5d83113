//! Which columns of this file feed which field: a mapping bound to a header.

use crate::columns::{Columns, Place};
use crate::convert::says_yes;
use crate::dates::DateFormat;
use crate::mapping::{Field, Kind, Mapping};
use crate::message::{Fault, OpenError, Warning};
use crate::reader::{Format, Reader, labels};
use crate::record::{Cell, Record};
use crate::refused::is_remark;
use crate::text::{normal, normal_word, trimmed};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A mapping bound to a file.
#[derive(Debug)]
pub(crate) struct Plan {
    pub fields: Vec<(Arc<Field>, Place)>,
    pub header: Vec<String>,
    /// Line of the header.
    pub header_line: u64,
    /// Cells that a row must have: up to the last column with a header.
    pub width: usize,
    pub unread: Vec<String>,
    pub ignored: Vec<String>,
    pub missing: Vec<String>,
    /// Columns that are not read though a field knows their header: it is read from one that it likes better.
    pub rivals: Vec<(String, String)>,
    pub warnings: Vec<Warning>,
}

impl Plan {
    pub fn bind(mapping: &Mapping, reader: &Reader) -> Result<Self, OpenError> {
        let record = header(mapping, reader)?;
        let header = labels(record);
        let columns = Columns::of_classes(&header, &classes(mapping, reader, record.line), &mapping.classes);
        let captions = captions(mapping, reader, record.line);
        let dates = captions.map(date_formats).unwrap_or_default();
        let mut fields = Vec::new();
        for f in &mapping.fields {
            fields.push((dated(f, &dates), columns.place(f)?));
        }
        let found: BTreeSet<&str> = fields.iter().filter(|(_, p)| *p != Place::Nowhere).map(|(f, _)| &**f.name()).collect();
        let has_source = |f: &Field| f.constant.is_some() || f.from_identity.as_deref().is_some_and(|i| found.contains(i));
        let lacking: Vec<&Arc<Field>> = fields.iter().filter(|(f, p)| *p == Place::Nowhere && !has_source(f)).map(|(f, _)| f).collect();
        if lacking.iter().any(|f| f.required) {
            return Err(missing_columns(&lacking, record.line, &header));
        }
        let missing = lacking.iter().map(|f| f.name.to_string()).collect();
        let used: BTreeSet<usize> = fields.iter().flat_map(|(_, p)| p.columns()).collect();
        let (mut unread, mut ignored) = (Vec::new(), Vec::new());
        for (i, h) in header.iter().enumerate().filter(|(i, _)| !used.contains(i)) {
            let full = |r: &Record| r.line > record.line && r.cells.get(i).is_some_and(|c| !c.is_blank());
            match h.as_str() {
                "" if reader.head.iter().any(full) => unread.push(format!("({})", i + 1)),
                "" => {}
                _ if mapping.ignores(h) || is_remark(h) => ignored.push(h.clone()),
                _ => unread.push(h.clone()),
            }
        }
        let knows = |f: &Field, h: &String| f.columns.iter().any(|c| normal(c) == normal(h));
        let beside = |(f, _): &(Arc<Field>, Place)| {
            let all = unread.iter().filter(|h| knows(f, h)).map(|h| (f.name.to_string(), h.clone()));
            all.collect::<Vec<_>>()
        };
        let rivals = fields.iter().flat_map(beside).collect();
        let repeated = columns.repeated();
        let warnings = if repeated.is_empty() { Vec::new() } else { vec![Warning::RepeatedHeaders { headers: repeated }] };
        let width = header.iter().rposition(|h| !h.is_empty()).map_or(0, |i| i + 1);
        Ok(Self { fields, header_line: record.line, width, unread, ignored, missing, rivals, warnings, header })
    }

    /// The header above a field's cell, for messages.
    pub fn column(&self, place: &Place) -> Option<String> {
        const NAMED: usize = 4;
        let columns = place.columns();
        let mut names: Vec<&str> = columns.iter().take(NAMED).filter_map(|i| self.header.get(*i)).map(String::as_str).collect();
        if columns.len() > NAMED {
            names.push("…");
        }
        (!names.is_empty()).then(|| names.join(" + "))
    }
}

/// The header: the given row, or of the first rows the one that holds most of the mapping's headers, or the first that is not blank.
fn header<'a>(mapping: &Mapping, reader: &'a Reader) -> Result<&'a Record, OpenError> {
    let none = || {
        Fault::new(
            "file.empty",
            ("文件为空或没有表头", "the file is empty or has no header"),
            ("第一行应为列名", "the first row should name the columns"),
        )
        .of_file(mapping.header_row)
    };
    if matches!(reader.format, Format::Json { .. }) {
        return reader.head.first().ok_or_else(none);
    }
    if let Some(line) = mapping.header_row {
        return reader.head.iter().find(|r| r.line == line && !r.is_blank()).ok_or_else(none);
    }
    let hint = |r: &Record| r.cells.first().is_some_and(|c| c.to_text().to_ascii_lowercase().starts_with("sep="));
    let mut best: Option<(usize, &Record)> = None;
    for r in reader.head.iter().filter(|r| !(r.is_blank() || r.line == 1 && hint(r))) {
        let known = mapping.knows(&labels(r));
        if best.is_none_or(|(n, _)| known > n) {
            best = Some((known, r));
        }
    }
    best.map(|(_, r)| r).ok_or_else(none)
}

/// The class of each column from the row above the header, if it is a row of classes that the mapping knows.
fn classes(mapping: &Mapping, reader: &Reader, header: u64) -> Vec<String> {
    let above = reader.head.iter().take_while(|r| r.line < header).last().map(labels).unwrap_or_default();
    if above.iter().any(|c| mapping.classes.contains(c)) { above } else { Vec::new() }
}

/// The row of captions under the header, if the mapping knows such rows.
fn captions<'a>(mapping: &Mapping, reader: &'a Reader, header: u64) -> Option<&'a Record> {
    let prefix = mapping.comment_prefix.as_ref()?;
    reader.head.iter().find(|r| r.line > header).filter(|r| r.is_comment(prefix))
}

/// The formats of dates if all captions that name one name the same, as SORMAS does: `Date of report (M/d/yyyy)`. Without them
/// a date of the first days of a month could be read with day and month exchanged.
fn date_formats(captions: &Record) -> Vec<DateFormat> {
    let named = |caption: String| -> Option<String> {
        let (_, pattern) = caption.strip_suffix(')')?.rsplit_once('(')?;
        let known = pattern.contains('y') && pattern.chars().all(|c| matches!(c, 'y' | 'M' | 'd' | '/' | '.' | '-'));
        let part = |s: &str, c: char, to: &str| -> String {
            let (from, until) = (s.find(c), s.rfind(c));
            from.zip(until).map_or_else(|| s.to_owned(), |(a, b)| format!("{}{to}{}", &s[..a], &s[b + 1..]))
        };
        known.then(|| part(&part(&part(pattern, 'M', "MM"), 'd', "DD"), 'y', "YYYY"))
    };
    let all: BTreeSet<String> = captions.cells.iter().filter_map(|c| named(c.to_text())).collect();
    match all.first().filter(|_| all.len() == 1) {
        Some(day) => ["", " hh:mm", " hh:mm:ss"].iter().filter_map(|time| format!("{day}{time}").parse().ok()).collect(),
        None => Vec::new(),
    }
}

/// The field with the file's own date formats, if it is a date and the file says them.
fn dated(f: &Arc<Field>, dates: &[DateFormat]) -> Arc<Field> {
    let mut f = f.clone();
    if !dates.is_empty() && matches!(f.kind, Kind::Date { .. } | Kind::DateTime { .. }) {
        Arc::make_mut(&mut f).set_formats(dates.to_vec());
    }
    f
}

/// Headers that are named in a message.
const KNOWN: usize = 30;

fn missing_columns(lacking: &[&Arc<Field>], line: u64, header: &[String]) -> OpenError {
    let names = |sep: &str| {
        let one = |f: &Field| {
            let columns: Vec<&str> = f.all_columns().take(KNOWN).map(String::as_str).collect();
            format!("{} ({})", f.name, columns.join(" / "))
        };
        lacking.iter().filter(|f| f.required).map(|f| one(f)).collect::<Vec<_>>().join(sep)
    };
    let named: Vec<String> = header.iter().filter(|h| !h.is_empty()).take(KNOWN).map(|h| crate::text::shown(h, false)).collect();
    let seen = named.join(", ");
    Fault::new(
        "file.missing_columns",
        (format!("缺少必需的列：{}", names("、")), format!("columns are missing: {}", names(", "))),
        (
            format!("读到的表头是：{seen}；请补列，或在映射文件的 columns 中加入实际列名"),
            format!("the header reads: {seen}; add the columns, or add the real headers to columns in the mapping"),
        ),
    )
    .of_file(Some(line).filter(|l| *l > 0))
}

/// A field's cell in a record.
pub(crate) fn cell(f: &Field, place: &Place, record: &Record) -> Result<Cell, Fault> {
    let at = |i: &usize| record.cells.get(*i);
    let cell = match place {
        Place::Nowhere => return Ok(Cell::Empty),
        Place::Column(i) => at(i).cloned().unwrap_or(Cell::Empty),
        Place::Join(parts) => {
            let texts: Vec<String> = parts.iter().filter_map(at).map(Cell::to_text).filter(|s| !s.is_empty()).collect();
            // A date of which a part is not known is no date.
            if texts.len() < parts.len() && matches!(f.kind, Kind::Date { .. } | Kind::DateTime { .. }) {
                return Ok(Cell::Empty);
            }
            Cell::Text(texts.join(&f.separator))
        }
        Place::List(columns) => listed(columns.iter().filter_map(at).filter(|c| !c.is_blank()).map(|c| c.written().into_owned()), f),
        Place::Table(rows) => listed(
            rows.iter().filter_map(|parts| {
                let texts: Vec<String> = parts.iter().map(|i| i.and_then(|i| at(&i)).map(Cell::to_text).unwrap_or_default()).collect();
                texts.iter().any(|t| !t.is_empty()).then(|| texts.join(&f.separator))
            }),
            f,
        ),
        Place::Flags(columns) => {
            let mut words = Vec::new();
            for (i, word) in columns {
                if at(i).filter(|c| !c.is_blank()).map(says_yes).transpose()?.unwrap_or(false) {
                    words.push(word.clone());
                }
            }
            listed(words.into_iter(), f)
        }
        Place::Pairs(columns) => listed(
            columns.iter().filter_map(|(i, name)| {
                let known = |c: &&Cell| !c.is_blank() && !f.empty.contains(&normal_word(&c.to_text()));
                let text = at(i).filter(known)?.written().replace([';', '|', '\n'], "，");
                Some(format!("{}={}", name.replace([';', '|', '=', '\n'], " "), trimmed(&text)))
            }),
            f,
        ),
    };
    match &f.split {
        Some(s) if !cell.is_blank() => match cell.to_text().split(s.by.as_str()).nth(s.part - 1).map(trimmed) {
            Some(part) => Ok(Cell::Text(part.to_owned())),
            None => Err(Fault::new(
                "split.part",
                (format!("按“{}”拆分后没有第 {} 段", s.by, s.part), format!("split by '{}' it has no part {}", s.by, s.part)),
                ("请核对该格的写法", "check how the cell is written"),
            )),
        },
        _ => Ok(cell),
    }
}

/// Several values as one cell, as a table would have them.
fn listed(values: impl Iterator<Item = String>, f: &Field) -> Cell {
    let has_value = |v: &String| f.empty.is_empty() || !f.empty.contains(&normal_word(v));
    Cell::Text(values.filter(has_value).collect::<Vec<_>>().join("\n"))
}
