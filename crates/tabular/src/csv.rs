//! Records of a CSV file (RFC 4180) with the exact line on which each begins.
//!
//! Stricter than most readers: a quote that is never closed would swallow the rest of the file, so it is an error of the whole
//! file; text after a closing quote is an error of the row.

use crate::encoding::{DecodeFault, Decoded};
use crate::message::{Fault, OpenError};
use crate::record::{Cell, Record};

/// Longest record in bytes: more is taken for a lost quote.
const RECORD_LIMIT: usize = 1 << 20;
/// Most cells in a record (spreadsheets: 16,384 columns).
pub(crate) const CELL_LIMIT: usize = 16_384;

/// Records in the order of the file.
pub(crate) struct CsvRecords {
    source: Decoded,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    delimiter: u8,
    /// Line of the next byte, from 1.
    line: u64,
    after_cr: bool,
    /// The file ended within its last line.
    open_end: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Start,
    Bare,
    Quoted,
    QuoteSeen,
}

impl CsvRecords {
    pub fn new(source: Decoded, delimiter: u8) -> Self {
        Self { source, buffer: vec![0; 64 * 1024], at: 0, end: 0, delimiter, line: 1, after_cr: false, open_end: false }
    }

    /// True if the last record read had no line end: the file may have been cut there.
    pub fn open_end(&self) -> bool {
        self.open_end
    }

    /// The unread part of the buffer; empty at the end of the file.
    fn fill(&mut self) -> Result<&[u8], OpenError> {
        if self.at == self.end {
            self.at = 0;
            self.end = self.source.read(&mut self.buffer).map_err(|e| undecodable(e, Some(self.line)))?;
        }
        Ok(&self.buffer[self.at..self.end])
    }

    /// The next record; a blank line is a record with one empty cell.
    pub fn next_record(&mut self) -> Result<Option<Record>, OpenError> {
        if self.after_cr {
            self.after_cr = false;
            if self.fill()?.first() == Some(&b'\n') {
                self.at += 1;
            }
        }
        let mut record = Record { line: self.line, cells: Vec::new() };
        let mut broken = false;
        let (mut field, mut size, mut state) = (Vec::new(), 0, State::Start);
        let (mut quote_line, mut any) = (self.line, false);
        loop {
            let delimiter = self.delimiter;
            let Some(&b) = self.fill()?.first() else {
                return match state {
                    State::Quoted => Err(unclosed(quote_line)),
                    _ if !any => Ok(None),
                    _ => {
                        self.open_end = true;
                        record.cells.push(cell(&mut field, &mut broken));
                        Ok(Some(record))
                    }
                };
            };
            any = true;
            self.at += 1;
            match (state, b) {
                (State::Quoted, b'"') => state = State::QuoteSeen,
                (State::Quoted, _) => {
                    field.push(b);
                    self.line += u64::from(b == b'\n');
                    size += self.copy_until(&mut field, |c| matches!(c, b'"' | b'\n'));
                }
                (State::QuoteSeen, b'"') => {
                    field.push(b);
                    state = State::Quoted;
                }
                (_, b'\r' | b'\n') => {
                    self.after_cr = b == b'\r';
                    self.line += 1;
                    record.cells.push(cell(&mut field, &mut broken));
                    return Ok(Some(record));
                }
                (_, b) if b == delimiter => {
                    record.cells.push(cell(&mut field, &mut broken));
                    state = State::Start;
                }
                (State::Start, b'"') => {
                    quote_line = self.line;
                    state = State::Quoted;
                }
                (State::Start | State::Bare | State::QuoteSeen, _) => {
                    if state == State::QuoteSeen {
                        broken = true;
                        field = quoted(&field);
                    }
                    state = State::Bare;
                    field.push(b);
                    size += self.copy_until(&mut field, |c| c == delimiter || matches!(c, b'\r' | b'\n'));
                }
            }
            size += 1;
            if size > RECORD_LIMIT || record.cells.len() > CELL_LIMIT {
                return Err(too_long(record.line));
            }
        }
    }

    /// Appends what is in the buffer before the next stop byte; returns how much.
    fn copy_until(&mut self, field: &mut Vec<u8>, stop: impl Fn(u8) -> bool) -> usize {
        let rest = &self.buffer[self.at..self.end];
        let n = rest.iter().position(|c| stop(*c)).unwrap_or(rest.len());
        field.extend_from_slice(&rest[..n]);
        self.at += n;
        n
    }
}

fn cell(field: &mut Vec<u8>, broken: &mut bool) -> Cell {
    // Cut only at ASCII bytes of valid UTF-8, so nothing is ever lossy here.
    let bytes = std::mem::take(field);
    let text = String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
    if std::mem::take(broken) { Cell::Broken(text) } else { Cell::of(text) }
}

/// A quoted cell as it stood in the file.
fn quoted(field: &[u8]) -> Vec<u8> {
    let mut out = vec![b'"'];
    field.iter().for_each(|b| out.extend(std::iter::repeat_n(*b, if *b == b'"' { 2 } else { 1 })));
    out.push(b'"');
    out
}

/// Text that cannot be decoded.
pub(crate) fn undecodable(e: DecodeFault, line: Option<u64>) -> OpenError {
    match e {
        DecodeFault::Io(e) => crate::reader::io_error(&e),
        DecodeFault::Malformed => Fault::new(
            "file.encoding",
            ("文件中有该编码不存在的字节", "the file holds bytes that its encoding does not have"),
            ("请核对编码，或另存为 CSV UTF-8", "check the encoding, or save the file as CSV UTF-8"),
        )
        .of_file(line),
    }
}

fn unclosed(line: u64) -> OpenError {
    Fault::new(
        "file.quote",
        ("引号没有闭合，其后的行会被吞掉", "a quote is opened and never closed; the rows after it would be swallowed"),
        ("请补上该行的引号，或重新导出", "close the quote on this line, or export the file again"),
    )
    .of_file(Some(line))
}

fn too_long(line: u64) -> OpenError {
    Fault::new(
        "file.record",
        (
            "该行超过 1 MB 或 16384 列，多半是引号或分隔符有误",
            "this record is longer than 1 MB or 16,384 cells: a quote or the delimiter is probably wrong",
        ),
        ("请检查该行的引号和分隔符", "check the quotes on this line and the delimiter"),
    )
    .of_file(Some(line))
}

/// The delimiter that splits the first complete records of a text most evenly, or a comma.
pub(crate) fn sniff_delimiter(head: &str) -> u8 {
    if let Some(rest) = head.strip_prefix("sep=").or_else(|| head.strip_prefix("SEP="))
        && let Some(d @ (b',' | b';' | b'\t' | b'|')) = rest.bytes().next()
    {
        return d;
    }
    let mut best = (1, b',');
    for delimiter in *b",;\t|" {
        let bytes = std::io::Cursor::new(head.as_bytes().to_vec());
        let mut records = CsvRecords::new(Decoded::new(Box::new(bytes), encoding_rs::UTF_8), delimiter);
        let mut widths = Vec::new();
        while let (true, Ok(Some(r))) = (widths.len() < 50, records.next_record()) {
            if !r.is_blank() {
                widths.push(r.cells.len());
            }
        }
        // The commonest width, not the first: a title may stand above the header.
        let mut counts = std::collections::BTreeMap::new();
        widths.iter().for_each(|w| *counts.entry(*w).or_insert(0usize) += 1);
        let (width, times) = counts.into_iter().max_by_key(|(w, n)| (*n, *w)).unwrap_or((1, 0));
        if times * 3 >= widths.len() * 2 && width > best.0 {
            best = (width, delimiter);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, delimiter: u8) -> Result<Vec<(u64, Vec<String>, bool)>, OpenError> {
        let bytes = std::io::Cursor::new(text.as_bytes().to_vec());
        let mut r = CsvRecords::new(Decoded::new(Box::new(bytes), encoding_rs::UTF_8), delimiter);
        let mut out = Vec::new();
        while let Some(x) = r.next_record()? {
            out.push((x.line, x.cells.iter().map(|c| c.to_text()).collect(), x.is_broken()));
        }
        Ok(out)
    }
    fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>, bool) {
        (line, cells.iter().map(|s| s.to_string()).collect(), false)
    }

    #[test]
    fn quotes_newlines_and_lines() {
        let got = read("a,b\r\n\"x\ny\",\"say \"\"hi\"\"\"\n\n,\nlast,\"\"", b',').unwrap();
        assert_eq!(got, [row(1, &["a", "b"]), row(2, &["x\ny", "say \"hi\""]), row(4, &[""]), row(5, &["", ""]), row(6, &["last", ""])]);
        assert_eq!(read("a\rb\r\rc", b',').unwrap().len(), 4, "old Macintosh line ends");
        assert_eq!(read("", b',').unwrap(), []);
        assert_eq!(read("a", b',').unwrap(), [row(1, &["a"])]);
    }

    #[test]
    fn broken_quotes_are_found() {
        assert!(read("\"a\"b,c\n", b',').unwrap()[0].2);
        assert!(!read("5\" tube,c\n", b',').unwrap()[0].2);
        let e = read("a,b\n1,\"open\n2,x\n", b',').unwrap_err();
        assert_eq!((e.rule, e.line), ("file.quote", Some(2)));
        let e = read(&format!("a,b\n1,\"{}", "x\n".repeat(1 << 20)), b',').unwrap_err();
        assert_eq!((e.rule, e.line), ("file.record", Some(2)));
    }

    #[test]
    fn delimiters_are_sniffed() {
        assert_eq!(sniff_delimiter("a,b\n1,2\n"), b',');
        assert_eq!(sniff_delimiter("a;b;c\n1,5;2,5;3\n2;3;4\n"), b';');
        assert_eq!(sniff_delimiter("a\tb\n1\t2,5\n"), b'\t');
        assert_eq!(sniff_delimiter("名单\na;b\n1;2\n3;4"), b';');
        assert_eq!(sniff_delimiter("sep=;\na,b;c\n"), b';');
        assert_eq!(sniff_delimiter("one\ntwo\n"), b',');
    }
}
