//! Which columns of this file feed which field: a mapping bound to a header.

use crate::mapping::{Field, Kind, Mapping};
use crate::message::{Fault, OpenError, Warning};
use crate::reader::{Reader, labels};
use crate::record::{Cell, Record};
use crate::text::{normal, trimmed};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Where a field's cell comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Place {
    Column(usize),
    Join(Vec<usize>),
    /// A constant, or derived from another field, or not in this file.
    Nowhere,
}

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
    pub warnings: Vec<Warning>,
}

impl Plan {
    pub fn bind(mapping: &Mapping, reader: &Reader) -> Result<Self, OpenError> {
        let record = header(mapping, reader)?;
        let header = labels(record);
        let mut at: HashMap<String, Vec<usize>> = HashMap::new();
        for (i, h) in header.iter().enumerate().filter(|(_, h)| !h.is_empty()) {
            at.entry(normal(h)).or_default().push(i);
        }
        let mut fields = Vec::new();
        for f in &mapping.fields {
            fields.push((f.clone(), place(f, &at, &header)?));
        }
        let found: BTreeSet<&str> = fields.iter().filter(|(_, p)| *p != Place::Nowhere).map(|(f, _)| &**f.name()).collect();
        let has_source = |f: &Field| f.constant.is_some() || f.from_identity.as_deref().is_some_and(|i| found.contains(i));
        let lacking: Vec<&Arc<Field>> = fields.iter().filter(|(f, p)| *p == Place::Nowhere && !has_source(f)).map(|(f, _)| f).collect();
        if lacking.iter().any(|f| f.required) {
            return Err(missing_columns(&lacking, record.line, &header));
        }
        let missing = lacking.iter().map(|f| f.name.to_string()).collect();
        let used: BTreeSet<usize> = fields
            .iter()
            .flat_map(|(_, p)| match p {
                Place::Column(i) => vec![*i],
                Place::Join(v) => v.clone(),
                Place::Nowhere => Vec::new(),
            })
            .collect();
        let (mut unread, mut ignored) = (Vec::new(), Vec::new());
        for (i, h) in header.iter().enumerate().filter(|(i, _)| !used.contains(i)) {
            let full = |r: &Record| r.line > record.line && r.cells.get(i).is_some_and(|c| !c.is_blank());
            match h.as_str() {
                "" if reader.head.iter().any(full) => unread.push(format!("({})", i + 1)),
                "" => {}
                _ if mapping.ignore.contains(&normal(h)) => ignored.push(h.clone()),
                _ => unread.push(h.clone()),
            }
        }
        let repeated: Vec<String> = {
            let mut r: Vec<&Vec<usize>> = at.values().filter(|v| v.len() > 1).collect();
            r.sort();
            r.iter().map(|v| header[v[0]].clone()).collect()
        };
        let warnings = if repeated.is_empty() { Vec::new() } else { vec![Warning::RepeatedHeaders { headers: repeated }] };
        let width = header.iter().rposition(|h| !h.is_empty()).map_or(0, |i| i + 1);
        Ok(Self { fields, header_line: record.line, width, unread, ignored, missing, warnings, header })
    }

    /// The header above a field's cell, for messages.
    pub fn column(&self, place: &Place) -> Option<String> {
        match place {
            Place::Column(i) => self.header.get(*i).cloned(),
            Place::Join(v) => Some(v.iter().filter_map(|i| self.header.get(*i)).cloned().collect::<Vec<_>>().join(" + ")),
            Place::Nowhere => None,
        }
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

fn place(f: &Field, at: &HashMap<String, Vec<usize>>, header: &[String]) -> Result<Place, OpenError> {
    let find = |names: &[String]| -> Result<Option<usize>, OpenError> {
        for name in names {
            match (at.get(&normal(name)).map(Vec::as_slice), f.nth) {
                (None, _) => {}
                (Some([one]), None) => return Ok(Some(*one)),
                (Some(many), Some(n)) => return Ok(many.get(n - 1).copied()),
                (Some(many), None) => return Err(repeated(f, &header[many[0]], many)),
            }
        }
        Ok(None)
    };
    if let Some(i) = find(&f.columns)? {
        return Ok(Place::Column(i));
    }
    if f.combine.is_empty() {
        return Ok(Place::Nowhere);
    }
    let mut parts = Vec::new();
    for names in &f.combine {
        match find(names)? {
            Some(i) => parts.push(i),
            None => return Ok(Place::Nowhere),
        }
    }
    Ok(Place::Join(parts))
}

fn repeated(f: &Field, header: &str, columns: &[usize]) -> OpenError {
    let list = columns.iter().map(|i| (i + 1).to_string()).collect::<Vec<_>>().join(", ");
    let name = &f.name;
    Fault::new(
        "file.repeated_header",
        (
            format!("字段 {name} 的表头“{header}”出现在第 {list} 列，无法确定用哪一列"),
            format!("the header '{header}' of field {name} stands above columns {list}; which one is meant is unclear"),
        ),
        ("请改列名，或在映射文件中用 nth 指定第几个", "rename the columns, or say which by nth in the mapping"),
    )
    .of_file(None)
}

fn missing_columns(lacking: &[&Arc<Field>], line: u64, header: &[String]) -> OpenError {
    let names = |sep: &str| {
        let one = |f: &Field| {
            let columns: Vec<&str> = f.all_columns().take(4).map(String::as_str).collect();
            format!("{} ({})", f.name, columns.join(" / "))
        };
        lacking.iter().filter(|f| f.required).map(|f| one(f)).collect::<Vec<_>>().join(sep)
    };
    let seen = crate::text::shown(&header.join(", "), false);
    Fault::new(
        "file.missing_columns",
        (format!("缺少必需的列：{}", names("、")), format!("columns are missing: {}", names(", "))),
        (
            format!("读到的表头是：{seen}；请补列，或在映射文件的 columns 中加入实际列名"),
            format!("the header reads: {seen}; add the columns, or add the real headers to columns in the mapping"),
        ),
    )
    .of_file(Some(line))
}

/// A field's cell in a record.
pub(crate) fn cell(f: &Field, place: &Place, record: &Record) -> Result<Cell, Fault> {
    let cell = match place {
        Place::Nowhere => return Ok(Cell::Empty),
        Place::Column(i) => record.cells.get(*i).cloned().unwrap_or(Cell::Empty),
        Place::Join(parts) => {
            let texts: Vec<String> =
                parts.iter().filter_map(|i| record.cells.get(*i)).map(Cell::to_text).filter(|s| !s.is_empty()).collect();
            // A date of which a part is not known is no date.
            if texts.len() < parts.len() && matches!(f.kind, Kind::Date { .. } | Kind::DateTime { .. }) {
                return Ok(Cell::Empty);
            }
            Cell::Text(texts.join(&f.separator))
        }
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
