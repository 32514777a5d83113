//! The file of refused rows: they stand in it as they stood in the input, under the same header, with the reasons beside them.
//! Corrected, it is read again under the same mapping; whatever is not corrected is refused again.

use crate::message::{OpenError, RowError};
use crate::plan::Plan;
use crate::reader::{Format, Reader};
use crate::record::{Cell, Record, guarded};
use crate::text::normal;
use crate::{Mapping, rows::records};
use std::collections::BTreeMap;
use std::io::Write;

/// How the headers of the columns that Quell adds begin.
const REMARK: &str = "Quell: ";

/// How many columns Quell adds.
const REMARKS: usize = 3;

/// True for a column that Quell has added to refused rows.
pub(crate) fn is_remark(header: &str) -> bool {
    normal(header).starts_with("quell:")
}

/// Why a row is refused, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Header of the column, if one is at fault.
    pub column: Option<String>,
    /// Stable code of the rule that was broken.
    pub rule: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub advice: String,
}

impl Reason {
    /// In Chinese or English.
    pub fn of(e: &RowError, chinese: bool) -> Self {
        let (message, advice) = if chinese { (&e.message_zh, &e.advice_zh) } else { (&e.message_en, &e.advice_en) };
        Self { column: e.column.clone(), rule: e.rule.to_owned(), message: message.clone(), advice: advice.clone() }
    }
}

/// Why the refused rows could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RefusedError {
    /// The input can no longer be read.
    #[error(transparent)]
    Read(#[from] OpenError),
    /// The file cannot be written.
    #[error(transparent)]
    Write(#[from] std::io::Error),
}

impl Reader {
    /// Reads the file again and writes the rows of these lines as CSV in UTF-8 with a byte order mark, with the input's delimiter:
    /// what stands above the rows, the rows with their cells unchanged, and the columns `Quell: reason`, `Quell: advice`,
    /// `Quell: rule` (`Quell：原因` …), which are passed over when the file is read. A cell that a spreadsheet program would run is
    /// written with an apostrophe in front, which is taken off in reading; a cell that a short row lacks is written as `#N/A`, and
    /// a code that a spreadsheet has damaged stays damaged, so that neither is accepted before someone has looked. Returns how many
    /// rows were written; a line that has no row is passed over.
    ///
    /// # Errors
    /// If the file cannot be read again under the mapping, or `out` fails.
    pub fn write_refused(
        &self,
        mapping: &Mapping,
        refused: &BTreeMap<u64, Vec<Reason>>,
        chinese: bool,
        out: impl Write,
    ) -> Result<u64, RefusedError> {
        let plan = Plan::bind(mapping, self)?;
        let delimiter = match &self.format {
            Format::Csv { delimiter, .. } => char::from(*delimiter),
            _ => mapping.options().delimiter.unwrap_or(','),
        };
        let kept: Vec<bool> = plan.header.iter().map(|h| !is_remark(h)).collect();
        let wanted = if matches!(self.format, Format::Csv { .. }) { plan.width } else { 0 };
        let mut file = File { out: std::io::BufWriter::new(out), delimiter, kept, wanted, line: 1 };
        file.out.write_all("\u{feff}".as_bytes())?;
        let comment = |r: &Record| mapping.comment_prefix.as_ref().is_some_and(|p| r.is_comment(p));
        let (mut written, mut captions) = (0, true);
        let mut records = records(self)?;
        while let Some(r) = records.next()? {
            if r.line < plan.header_line {
                file.above(&r, mapping.header_row.is_some())?;
            } else if r.line == plan.header_line {
                file.header(&r, chinese, mapping.header_row.is_some())?;
            } else if captions && comment(&r) {
                file.above(&r, false)?;
            } else {
                captions &= r.is_blank();
                if let Some(reasons) = refused.get(&r.line) {
                    file.row(&r, &remarks(reasons, chinese))?;
                    written += 1;
                }
            }
        }
        file.out.flush()?;
        Ok(written)
    }
}

/// The reasons, advice and rules of a row, each in one cell.
fn remarks(reasons: &[Reason], chinese: bool) -> [String; REMARKS] {
    let (colon, between) = if chinese { ("：", "；") } else { (": ", "; ") };
    let reason = |r: &Reason| r.column.as_ref().map_or(r.message.clone(), |c| format!("{c}{colon}{}", r.message));
    let join = |parts: Vec<String>| parts.join(between);
    [
        join(reasons.iter().map(reason).collect()),
        join(reasons.iter().map(|r| r.advice.clone()).collect()),
        reasons.iter().map(|r| r.rule.as_str()).collect::<Vec<_>>().join(" "),
    ]
}

struct File<W: Write> {
    out: W,
    delimiter: char,
    /// Which columns are the file's own.
    kept: Vec<bool>,
    /// How many cells a row should have: those that it lacks are shown.
    wanted: usize,
    /// Line that is written next.
    line: u64,
}

impl<W: Write> File<W> {
    /// A row beside the table, as it is; at its own line if the mapping knows the header by its line.
    fn above(&mut self, r: &Record, in_place: bool) -> std::io::Result<()> {
        self.gap(r, in_place)?;
        let mut cells = self.own(r);
        cells.truncate(r.cells.len());
        // As wide as the rows, if it was: the delimiter is inferred from the commonest width.
        if r.cells.len() >= self.kept.len() {
            cells.extend([""; REMARKS].map(str::to_owned));
        }
        cells.extend(r.cells.iter().skip(self.kept.len()).map(|c| self.cell(c)));
        self.put(cells)
    }
    fn header(&mut self, r: &Record, chinese: bool, in_place: bool) -> std::io::Result<()> {
        self.gap(r, in_place)?;
        let own: [&str; REMARKS] = if chinese { ["原因", "处理办法", "规则"] } else { ["reason", "advice", "rule"] };
        let mut cells = self.own(r);
        cells.extend(own.map(|name| format!("{REMARK}{name}")));
        self.put(cells)
    }
    fn row(&mut self, r: &Record, remarks: &[String]) -> std::io::Result<()> {
        let mut cells = self.own(r);
        cells.extend(remarks.iter().map(|t| self.text(t)));
        cells.extend(r.cells.iter().skip(self.kept.len()).map(|c| self.cell(c)));
        self.put(cells)
    }
    fn gap(&mut self, r: &Record, in_place: bool) -> std::io::Result<()> {
        while in_place && self.line < r.line {
            self.put(Vec::new())?;
        }
        Ok(())
    }
    /// The cells under the file's own headers.
    fn own(&self, r: &Record) -> Vec<String> {
        let cell = |i: usize| match r.cells.get(i) {
            Some(c) => self.cell(c),
            None if i < self.wanted => "#N/A".to_owned(),
            None => String::new(),
        };
        (0..self.kept.len()).filter(|i| self.kept[*i]).map(cell).collect()
    }
    fn cell(&self, c: &Cell) -> String {
        match c {
            // Its text begins after the quote.
            Cell::Broken(raw) => format!("\"{}", guarded(raw.strip_prefix('"').unwrap_or(raw))),
            other => self.text(&other.written()),
        }
    }
    fn text(&self, text: &str) -> String {
        let text = guarded(text);
        let plain = !text.contains([self.delimiter, '"', '\n', '\r']) && crate::text::trimmed(&text).len() == text.len();
        if plain { text.into_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
    }
    fn put(&mut self, cells: Vec<String>) -> std::io::Result<()> {
        let text = cells.join(&self.delimiter.to_string());
        self.line += 1 + text.matches('\n').count() as u64;
        write!(self.out, "{text}\r\n")
    }
}
