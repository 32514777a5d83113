//! What a workbook's archive holds, before anything is made of it: a few kilobytes can be packed so that they unpack to any size, and an
//! OpenDocument sheet can say in one line that a row stands there a million times.

use crate::message::OpenError;
use crate::sheet::{damaged, too_large};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::{BufRead, BufReader, Cursor, Read};
use zip::ZipArchive;

/// Most bytes of all parts together. A list of a million people has less.
const UNPACKED_LIMIT: u64 = 1 << 30;
/// Most memory of the cells that an OpenDocument sheet stands for.
const EXPANDED_LIMIT: u64 = 1 << 30;
/// Memory of an empty cell, twice: the library keeps values and formulas.
const CELL: u64 = 64;
/// Widest and longest sheet; what goes beyond is cut by the library.
const WIDEST: u64 = 16_384;
const LONGEST: u64 = 1_048_576;

/// Refuses an archive that would unpack, or expand, to more than a workbook can be.
pub(crate) fn check(bytes: &[u8]) -> Result<(), OpenError> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e.to_string()))?;
    let mut left = UNPACKED_LIMIT;
    for i in 0..zip.len() {
        // What cannot be unpacked at all is the library's to name, if it is needed.
        let Ok(mut part) = zip.by_index(i) else { continue };
        let content = part.name().is_ok_and(|n| n == "content.xml");
        // The sizes in the archive are the sender's word: what counts is what comes out.
        let mut out = (&mut part).take(left + 1);
        if content && expanded(BufReader::new(&mut out)) > EXPANDED_LIMIT {
            return Err(too_large());
        }
        // What is damaged ends here, too.
        let _ = std::io::copy(&mut out, &mut std::io::sink());
        left = out.limit().saturating_sub(1);
        if out.limit() == 0 {
            return Err(too_large());
        }
    }
    Ok(())
}

/// The cells of a row so far.
#[derive(Default)]
struct Row {
    times: u64,
    /// Cells up to the last that holds something.
    width: u64,
    cells: u64,
    /// Memory of what its cells hold.
    bytes: u64,
    /// How often the cell that is being read stands there.
    cell_times: u64,
}

/// How much memory the cells of an OpenDocument sheet need, at most. What is no XML is read no further: the library stops there, too.
fn expanded(content: impl BufRead) -> u64 {
    let mut xml = Reader::from_reader(content);
    let (mut buffer, mut row) = (Vec::new(), Row::default());
    // Rows up to the last that holds something, the widest, and what all cells hold.
    let (mut rows, mut empty, mut widest, mut bytes) = (0u64, 0u64, 0u64, 0u64);
    let mut most = 0;
    loop {
        buffer.clear();
        let (empty_element, event) = match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(e)) => (false, Some(e)),
            Ok(Event::Empty(e)) => (true, Some(e)),
            Ok(Event::Text(t)) => {
                row.bytes = row.bytes.saturating_add(row.cell_times.saturating_mul(t.len() as u64));
                continue;
            }
            Ok(Event::End(e)) if e.local_name().as_ref() == "table-row" => (true, None),
            Ok(Event::Eof) | Err(_) => return most,
            Ok(_) => continue,
        };
        match event.as_ref().map(|e| (e, e.local_name().as_ref().to_owned())) {
            Some((_, name)) if name == "table" => (rows, empty, widest) = (0, 0, 0),
            Some((e, name)) if name == "table-row" => row = Row { times: repeated(e, "number-rows-repeated", LONGEST), ..Row::default() },
            Some((e, name)) if name == "table-cell" || name == "covered-table-cell" => {
                row.cell_times = repeated(e, "number-columns-repeated", WIDEST);
                row.cells = (row.cells + row.cell_times).min(WIDEST);
                if !empty_element || e.attributes().flatten().any(|a| a.key.local_name().as_ref().ends_with("value")) {
                    row.width = row.cells;
                    row.bytes = row.bytes.saturating_add(row.cell_times.saturating_mul(e.len() as u64));
                }
            }
            _ => {}
        }
        let row_ends = event.as_ref().is_none_or(|e| empty_element && e.local_name().as_ref() == "table-row");
        if !row_ends {
            continue;
        }
        if row.width == 0 {
            empty = (empty + row.times).min(LONGEST);
        } else {
            rows = (rows + empty + row.times).min(LONGEST);
            (empty, widest) = (0, widest.max(row.width));
            bytes = bytes.saturating_add(row.times.saturating_mul(row.bytes));
        }
        most = most.max(rows.saturating_mul(widest).saturating_mul(CELL).saturating_add(bytes));
        row = Row::default();
    }
}

fn repeated(e: &BytesStart<'_>, name: &str, most: u64) -> u64 {
    let found = e.attributes().flatten().find(|a| a.key.local_name().as_ref() == name);
    let times = found.and_then(|a| a.value.trim().parse::<u64>().ok());
    times.unwrap_or(1).clamp(1, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(rows: &str) -> u64 {
        expanded(format!("<x:table>{rows}</x:table>").as_bytes())
    }

    #[test]
    fn what_stands_there_many_times_is_counted_and_what_is_empty_is_not() {
        let cell = |times: u64| format!("<x:table-cell x:number-columns-repeated='{times}'><t:p>0123456789</t:p></x:table-cell>");
        let row = |times: u64, cells: &str| format!("<x:table-row x:number-rows-repeated='{times}'>{cells}</x:table-row>");
        assert!(sheet(&row(1, &cell(1))) < 1_000);
        assert!(sheet(&row(1_048_576, &cell(90))) > EXPANDED_LIMIT);
        assert!(sheet(&row(1, &cell(99_999_999))) < EXPANDED_LIMIT);
        // As spreadsheet programs end every sheet.
        let end = row(1_048_000, "<x:table-cell x:number-columns-repeated='16384'/>");
        assert!(sheet(&(row(1, &cell(3)) + &end)) < 1_000);
        // A last cell far away: all between are kept.
        assert!(sheet(&(row(1, &cell(16_000)) + &end + &row(1, &cell(1)))) > EXPANDED_LIMIT);
    }
}
