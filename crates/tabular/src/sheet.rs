//! Sheets of Excel and OpenDocument workbooks. They are read whole: a workbook cannot be streamed safely.

use crate::csv::CELL_LIMIT;
use crate::dates::DateFormat;
use crate::message::{Fault, OpenError, Warning};
use crate::record::{Cell, Record};
use calamine::{Data, ExcelDateTime, Reader as _, SheetType, SheetVisible, Sheets, open_workbook_auto_from_rs};
use quell_foundation::{Day, Precision, UtcOffset};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

/// Largest workbook in bytes. A list of a million rows stays below; larger ones are refused in favour of CSV, which streams.
pub(crate) const WORKBOOK_LIMIT: u64 = 200 << 20;
/// Most cells read from a sheet.
pub(crate) const CELLS_LIMIT: usize = 40_000_000;
/// Most text of all cells of a sheet: cells may share a string, so a small file can mean any amount.
const TEXT_LIMIT: usize = 1 << 30;

type Workbook = Sheets<Cursor<Arc<[u8]>>>;

/// One sheet's rows that are not blank.
pub(crate) struct Loaded {
    pub sheet: String,
    pub rows: Vec<Record>,
    pub warnings: Vec<Warning>,
}

/// True if the first bytes are those of a ZIP archive (XLSX, ODS) or an OLE file (XLS).
pub(crate) fn looks_like_workbook(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])
}

/// Reads the named sheet, or the first visible one.
pub(crate) fn load(bytes: Arc<[u8]>, wanted: Option<&str>) -> Result<Loaded, OpenError> {
    // The format libraries are not proof against every damaged file; a panic in them is a damaged file, not our end.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| load_inner(bytes, wanted))).unwrap_or_else(|_| Err(damaged("")))
}

fn load_inner(bytes: Arc<[u8]>, wanted: Option<&str>) -> Result<Loaded, OpenError> {
    if bytes.starts_with(b"PK") {
        crate::archive::check(&bytes)?;
    }
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| damaged(&e.to_string()))?;
    let visible: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|s| s.typ == SheetType::WorkSheet && (s.visible == SheetVisible::Visible || wanted == Some(s.name.as_str())))
        .map(|s| s.name.clone())
        .collect();
    let chosen = match wanted {
        None => visible.first().cloned(),
        Some(w) => visible.iter().find(|n| n.trim() == w.trim()).cloned(),
    };
    let sheet = chosen.ok_or_else(|| no_sheet(wanted, &visible))?;
    let rows = rows(&mut book, &sheet)?;
    let mut others = Vec::new();
    for name in visible.into_iter().filter(|n| *n != sheet) {
        if has_content(&mut book, &name) {
            others.push(name);
        }
    }
    let warnings = if others.is_empty() { Vec::new() } else { vec![Warning::OtherSheets { names: others }] };
    Ok(Loaded { sheet, rows, warnings })
}

fn has_content(book: &mut Workbook, name: &str) -> bool {
    match book {
        Sheets::Xlsx(x) => x.worksheet_cells_reader(name).is_ok_and(|mut cells| {
            while let Ok(Some(c)) = cells.next_cell() {
                if !cell(c.get_value().clone().into()).is_blank() {
                    return true;
                }
            }
            false
        }),
        other => other.worksheet_range(name).is_ok_and(|r| !r.is_empty()),
    }
}

fn rows(book: &mut Workbook, sheet: &str) -> Result<Vec<Record>, OpenError> {
    let mut rows: BTreeMap<u64, Vec<Cell>> = BTreeMap::new();
    let (mut count, mut text) = (0usize, 0usize);
    let mut put = |row: u64, column: usize, value: Data| -> Result<(), OpenError> {
        let value = cell(value);
        if value.is_blank() {
            return Ok(());
        }
        count += 1;
        if let Cell::Text(s) | Cell::Error(s) = &value {
            text += s.len();
        }
        if column >= CELL_LIMIT || count > CELLS_LIMIT || text > TEXT_LIMIT {
            return Err(too_large());
        }
        let cells = rows.entry(row + 1).or_default();
        if cells.len() <= column {
            cells.resize(column + 1, Cell::Empty);
        }
        cells[column] = value;
        Ok(())
    };
    match book {
        // Cell by cell: a stray cell at the far corner must not make a table of 17 billion cells.
        Sheets::Xlsx(x) => {
            let mut cells = x.worksheet_cells_reader(sheet).map_err(|e| damaged(&e.to_string()))?;
            while let Some(c) = cells.next_cell().map_err(|e| damaged(&e.to_string()))? {
                let (row, column) = c.get_position();
                put(u64::from(row), column as usize, c.get_value().clone().into())?;
            }
        }
        Sheets::Xlsb(_) => return Err(damaged("XLSB")),
        other => {
            let range = other.worksheet_range(sheet).map_err(|e| damaged(&e.to_string()))?;
            let (top, left) = range.start().unwrap_or((0, 0));
            for (r, c, v) in range.used_cells() {
                put(u64::from(top) + r as u64, left as usize + c, v.clone())?;
            }
        }
    }
    Ok(rows.into_iter().map(|(line, cells)| Record { line, cells }).collect())
}

fn cell(value: Data) -> Cell {
    match value {
        Data::Empty => Cell::Empty,
        Data::String(s) => Cell::of(s),
        Data::Int(n) => Cell::Number(n as f64),
        Data::Float(x) if x.is_finite() => Cell::Number(x),
        Data::Float(x) => Cell::Error(x.to_string()),
        Data::Bool(b) => Cell::Flag(b),
        Data::DateTime(t) => moment(&t),
        Data::DateTimeIso(s) => iso(s),
        Data::DurationIso(s) => Cell::Text(s),
        Data::Error(e) => Cell::Error(e.to_string()),
    }
}

/// A date cell. Durations and serials before 1900-03-01 (which the 1900 system miscounts) stay numbers, so that no date is made of them.
fn moment(t: &ExcelDateTime) -> Cell {
    if t.is_duration() || t.as_f64() < 61.0 {
        return Cell::Number(t.as_f64());
    }
    let (y, mo, d, h, mi, s, ms) = t.to_ymd_hms_milli();
    let Ok(day) = format!("{y:04}-{mo:02}-{d:02}").parse::<Day>() else { return Cell::Number(t.as_f64()) };
    // Serials are binary fractions of a day: 14:30:00 may come out as 14:29:59.999.
    let seconds = u32::from(h) * 3600 + u32::from(mi) * 60 + u32::from(s) + u32::from(ms >= 500);
    let (day, seconds) = (day.plus((seconds / 86_400) as i32), seconds % 86_400);
    let precision = if seconds == 0 { Precision::Day } else { Precision::Exact };
    Cell::Moment(crate::dates::Moment { day, seconds, precision })
}

/// A date cell of an OpenDocument sheet.
fn iso(s: String) -> Cell {
    let whole = s.split('.').next().unwrap_or_default();
    for pattern in ["YYYY-MM-DD", "YYYY-MM-DD hh:mm:ss"] {
        if let Ok(f) = pattern.parse::<DateFormat>()
            && let Ok((m, _)) = crate::dates::read_time(&[f], whole, UtcOffset(0))
        {
            return Cell::Moment(m);
        }
    }
    Cell::Text(s)
}

pub(crate) fn damaged(why: &str) -> OpenError {
    let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
    Fault::new(
        "file.workbook",
        (format!("工作簿已损坏、加密或格式不支持{why}"), format!("the workbook is damaged, encrypted or of an unknown kind{why}")),
        ("请在电子表格软件中打开后另存为 XLSX 或 CSV UTF-8", "open it in a spreadsheet program and save it as XLSX or CSV UTF-8"),
    )
    .of_file(None)
}

fn no_sheet(wanted: Option<&str>, present: &[String]) -> OpenError {
    let w = wanted.unwrap_or("*");
    Fault::new(
        "file.sheet",
        (format!("没有工作表“{w}”"), format!("there is no sheet '{w}'")),
        (format!("现有工作表：{}", present.join("、")), format!("the workbook has: {}", present.join(", "))),
    )
    .of_file(None)
}

pub(crate) fn too_large() -> OpenError {
    Fault::new(
        "file.too_large",
        ("工作簿过大", "the workbook is too large"),
        ("请另存为 CSV UTF-8 后导入", "save it as CSV UTF-8 and import that"),
    )
    .of_file(None)
}
