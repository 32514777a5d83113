//! Opening a file: its kind, encoding, delimiter or sheet, hash, and how many records it has.

use crate::columns::Place;
use crate::csv::{CsvRecords, sniff_delimiter};
use crate::encoding::{Decoded, sniff};
use crate::mapping::Mapping;
use crate::mapping_file::HEADER_ROWS;
use crate::message::{Fault, OpenError, Warning};
use crate::plan::Plan;
use crate::record::Record;
use crate::rows::Rows;
use crate::sheet;
use encoding_rs::Encoding;
use quell_foundation::Hash;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Row limits of spreadsheet programs: XLS (BIFF8) and XLSX (ECMA-376). England lost 15,841 cases at the first in 2020.
const ROW_LIMITS: [u64; 2] = [65_536, 1_048_576];
/// Decoded text from which the delimiter is inferred, in bytes.
const HEAD: usize = 64 * 1024;

/// How files begin that people take for tables, and what they are.
const OTHERS: [(&[u8], &str); 5] =
    [(b"%PDF-", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"{\\rtf", "RTF"), (b"GIF8", "GIF")];

/// What the caller knows about the file; what is not given is inferred.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Name of the encoding (WHATWG Encoding Standard): `utf-8`, `gb18030`, `utf-16le`, `windows-1252` ….
    pub encoding: Option<String>,
    /// Delimiter: `,` `;` `|` or a tabulator.
    pub delimiter: Option<char>,
    /// Name of the sheet; without it the first visible one is read. Of a JSON object with several lists, the name of the list.
    pub sheet: Option<String>,
}

/// Where the bytes are.
#[derive(Debug, Clone)]
enum Origin {
    File(PathBuf),
    Bytes(Arc<[u8]>),
}

impl Origin {
    fn stream(&self) -> Result<Box<dyn Read + Send>, OpenError> {
        match self {
            Origin::File(p) => match std::fs::File::open(p) {
                Ok(f) => Ok(Box::new(f)),
                Err(e) => Err(io_error(&e)),
            },
            Origin::Bytes(b) => Ok(Box::new(Cursor::new(b.clone()))),
        }
    }
}

/// What kind of file it is.
#[derive(Debug, Clone)]
pub(crate) enum Format {
    Csv {
        encoding: &'static Encoding,
        delimiter: u8,
    },
    Sheet {
        name: String,
        rows: Arc<Vec<Record>>,
    },
    /// The first record has the property names.
    Json {
        rows: Arc<Vec<Record>>,
    },
}

/// An opened and counted file. Its rows can be read any number of times.
#[derive(Debug, Clone)]
pub struct Reader {
    origin: Origin,
    pub(crate) format: Format,
    /// The first records, among which the header is found.
    pub(crate) head: Vec<Record>,
    /// All records, blank ones and headers included.
    pub(crate) records: u64,
    pub(crate) sha256: Hash,
    pub(crate) warnings: Vec<Warning>,
}

/// Opens a file and counts its records. CSV is streamed; workbooks and JSON are read whole (up to 200 MB). The rows of JSON are
/// numbered from 1 as the objects are.
///
/// # Errors
/// If it cannot be read, its encoding is unclear, a quote is never closed, the workbook is damaged or lacks the sheet.
pub fn open(path: impl AsRef<Path>, options: &Options) -> Result<Reader, OpenError> {
    Reader::new(Origin::File(path.as_ref().to_owned()), options)
}

/// As [`open`], for bytes that are in memory (an upload).
///
/// # Errors
/// As [`open`].
pub fn open_bytes(bytes: impl Into<Arc<[u8]>>, options: &Options) -> Result<Reader, OpenError> {
    Reader::new(Origin::Bytes(bytes.into()), options)
}

impl Reader {
    fn new(origin: Origin, options: &Options) -> Result<Self, OpenError> {
        let mut first = Vec::new();
        origin.stream()?.take(512).read_to_end(&mut first).map_err(|e| io_error(&e))?;
        if sheet::looks_like_workbook(&first) {
            return Self::workbook(origin, options);
        }
        if let Some((_, kind)) = OTHERS.iter().find(|(magic, _)| first.starts_with(magic)) {
            return Err(Fault::new(
                "file.no_table",
                (format!("这是 {kind} 文件，不是表格"), format!("this is a file of type {kind}, no table")),
                ("请给出 CSV、Excel（XLSX）或 JSON 表格", "give a table: CSV, Excel (XLSX) or JSON"),
            )
            .of_file(None));
        }
        let start = String::from_utf8_lossy(&first).trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
        if ["<html", "<!doctype", "<table", "<?xml"].iter().any(|t| start.starts_with(t)) {
            return Err(Fault::new(
                "file.html",
                ("文件实际是网页或 XML，只是扩展名像表格", "the file is a web page or XML under the name of a table"),
                ("请在电子表格软件中打开后另存为 XLSX 或 CSV UTF-8", "open it in a spreadsheet program and save it as XLSX or CSV UTF-8"),
            )
            .of_file(None));
        }
        if crate::json::looks_like_json(&start) {
            return Self::json(origin, options);
        }
        Self::csv(origin, options)
    }

    fn json(origin: Origin, options: &Options) -> Result<Self, OpenError> {
        let sniffed = sniff(origin.stream()?.take(sheet::WORKBOOK_LIMIT + 1), options.encoding.as_deref())?;
        let mut decoded = Decoded::new(origin.stream()?, sniffed.encoding);
        let (mut text, mut part) = (Vec::new(), vec![0; HEAD]);
        loop {
            match decoded.read(&mut part).map_err(|e| crate::csv::undecodable(e, None))? {
                0 => break,
                n => text.extend_from_slice(&part[..n]),
            }
            if text.len() as u64 > sheet::WORKBOOK_LIMIT {
                return Err(sheet::too_large());
            }
        }
        let text = String::from_utf8(text).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
        let rows = crate::json::load(&text, options.sheet.as_deref())?;
        let head = rows.iter().take(HEADER_ROWS as usize).cloned().collect();
        let warnings = sniffed.inferred.then_some(Warning::InferredEncoding).into_iter().collect();
        let records = rows.len() as u64;
        Ok(Self { origin, format: Format::Json { rows: Arc::new(rows) }, head, records, sha256: sniffed.sha256, warnings })
    }

    fn workbook(origin: Origin, options: &Options) -> Result<Self, OpenError> {
        let bytes: Arc<[u8]> = match &origin {
            Origin::Bytes(b) => b.clone(),
            Origin::File(_) => {
                let mut all = Vec::new();
                origin.stream()?.take(sheet::WORKBOOK_LIMIT + 1).read_to_end(&mut all).map_err(|e| io_error(&e))?;
                all.into()
            }
        };
        if bytes.len() as u64 > sheet::WORKBOOK_LIMIT {
            return Err(sheet::too_large());
        }
        let sha256 = Hash::of(&bytes);
        let loaded = sheet::load(bytes, options.sheet.as_deref())?;
        let mut warnings = loaded.warnings;
        let last = loaded.rows.last().map_or(0, |r| r.line);
        warnings.extend(row_limit(last));
        let head = loaded.rows.iter().take(HEADER_ROWS as usize).cloned().collect();
        let records = loaded.rows.len() as u64;
        let format = Format::Sheet { name: loaded.sheet, rows: Arc::new(loaded.rows) };
        Ok(Self { origin, format, head, records, sha256, warnings })
    }

    fn csv(origin: Origin, options: &Options) -> Result<Self, OpenError> {
        let sniffed = sniff(origin.stream()?, options.encoding.as_deref())?;
        let delimiter = match options.delimiter {
            Some(c) if matches!(c, ',' | ';' | '\t' | '|') => c as u8,
            Some(c) => return Err(bad_delimiter(c)),
            None => sniff_delimiter(&head_text(Decoded::new(origin.stream()?, sniffed.encoding))),
        };
        let mut records = CsvRecords::new(Decoded::new(origin.stream()?, sniffed.encoding), delimiter);
        let (mut head, mut count) = (Vec::new(), 0);
        while let Some(r) = records.next_record()? {
            count += 1;
            if count <= HEADER_ROWS {
                head.push(r);
            }
        }
        let mut warnings: Vec<Warning> = sniffed.inferred.then_some(Warning::InferredEncoding).into_iter().collect();
        warnings.extend(row_limit(count));
        warnings.extend(records.open_end().then_some(Warning::OpenEnd));
        let format = Format::Csv { encoding: sniffed.encoding, delimiter };
        Ok(Self { origin, format, head, records: count, sha256: sniffed.sha256, warnings })
    }

    /// A fresh stream of the records of a CSV file.
    pub(crate) fn csv_records(&self, encoding: &'static Encoding, delimiter: u8) -> Result<CsvRecords, OpenError> {
        Ok(CsvRecords::new(Decoded::new(self.origin.stream()?, encoding), delimiter))
    }

    /// The rows under a mapping, from the beginning.
    ///
    /// # Errors
    /// If the file has no header, a required field has no column, or a header that a field uses stands above several columns.
    pub fn rows(&self, mapping: &Mapping) -> Result<Rows, OpenError> {
        Rows::new(self, mapping)
    }

    /// The name of the shipped mapping that finds columns for most of its fields, and for all that it requires.
    pub fn suggest_mapping(&self) -> Option<&'static str> {
        let mut best: Option<(usize, &'static str)> = None;
        for (name, text) in crate::BUILTIN {
            let Some(plan) = Mapping::parse(name, text).ok().and_then(|m| Plan::bind(&m, self).ok()) else { continue };
            let found = plan.fields.iter().filter(|(_, p)| *p != Place::Nowhere).count();
            if best.is_none_or(|(n, _)| found > n) {
                best = Some((found, name));
            }
        }
        best.filter(|(n, _)| *n >= 2).map(|(_, name)| name)
    }

    /// The text of a mapping for this file, as [`Mapping::propose`] writes it, by the row that holds most of the known headers.
    pub fn propose_mapping(&self, fields: &[&str]) -> String {
        let known = Mapping::auto(&[], fields);
        let row = self.head.iter().filter(|r| !r.is_blank()).max_by_key(|r| (known.knows(&labels(r)), std::cmp::Reverse(r.line)));
        Mapping::propose(&row.map(labels).unwrap_or_default(), fields)
    }
    /// The cells of the first rows as they stand in the file (blank rows left out), with their lines: for a preview.
    pub fn first_rows(&self) -> Vec<(u64, Vec<String>)> {
        self.head.iter().filter(|r| !r.is_blank()).map(|r| (r.line, labels(r))).collect()
    }
    /// All records, blank ones and headers included: an upper bound of the rows, for progress bars.
    pub fn records(&self) -> u64 {
        self.records
    }
    /// SHA-256 of the file.
    pub fn sha256(&self) -> Hash {
        self.sha256
    }
    /// What a person should see before the rows are used.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

/// The cells as text.
pub(crate) fn labels(r: &Record) -> Vec<String> {
    r.cells.iter().map(|c| c.to_text()).collect()
}

fn row_limit(rows: u64) -> Option<Warning> {
    ROW_LIMITS.contains(&rows).then_some(Warning::RowLimit { rows })
}

/// The first complete lines of the text; a fault in them is found again, and reported, when the records are counted.
fn head_text(mut decoded: Decoded) -> String {
    let mut bytes = Vec::new();
    let mut part = vec![0; HEAD];
    let mut cut = false;
    while let Ok(n @ 1..) = decoded.read(&mut part) {
        bytes.extend_from_slice(&part[..n]);
        if bytes.len() >= HEAD {
            cut = true;
            break;
        }
    }
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    if let Some(end) = text.rfind('\n').filter(|_| cut) {
        text.truncate(end + 1);
    }
    text
}

fn bad_delimiter(c: char) -> OpenError {
    Fault::new(
        "options.delimiter",
        (format!("分隔符不能是“{c}”"), format!("'{c}' cannot be a delimiter")),
        ("可用：逗号、分号、竖线、制表符", "use a comma, semicolon, vertical bar or tabulator"),
    )
    .of_file(None)
}

/// A file that the system does not let us read.
pub(crate) fn io_error(e: &std::io::Error) -> OpenError {
    Fault::new(
        "file.read",
        (format!("无法读取文件：{e}"), format!("the file cannot be read: {e}")),
        ("请检查路径和权限", "check the path and the permissions"),
    )
    .of_file(None)
}
