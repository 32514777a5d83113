//! Which encoding a text file has, and decoding it as a stream.
//!
//! A byte order mark decides. Without one, a file that is UTF-8 throughout is UTF-8; one that is GB18030 throughout, and whose
//! characters are mostly those of GB 2312, is GB18030; anything else is refused until the caller names the encoding, because
//! Western text can pass for GB18030.

use crate::message::{Fault, OpenError};
use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8};
use quell_foundation::Hash;
use sha2::{Digest, Sha256};
use std::io::Read;

/// Bytes read at a time.
const CHUNK: usize = 64 * 1024;

/// What one pass over the raw bytes finds.
pub(crate) struct Sniffed {
    pub encoding: &'static Encoding,
    /// True if it was inferred from the bytes rather than from a mark, UTF-8 or the caller.
    pub inferred: bool,
    pub sha256: Hash,
}

/// Reads everything once: hash and encoding. `given` is a name such as `gb18030`, `windows-1252`.
pub(crate) fn sniff(mut input: impl Read, given: Option<&str>) -> Result<Sniffed, OpenError> {
    let given = given.map(named).transpose()?;
    let mut hash = Sha256::new();
    let (mut utf8, mut gb) = (Utf8Scan::default(), GbScan::default());
    let (mut first, mut nul) = (Vec::new(), false);
    let mut chunk = vec![0; CHUNK];
    loop {
        let n = match input.read(&mut chunk) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(crate::reader::io_error(&e)),
        };
        let bytes = &chunk[..n];
        hash.update(bytes);
        first.extend_from_slice(&bytes[..n.min(4usize.saturating_sub(first.len()))]);
        if given.is_none() {
            nul |= bytes.contains(&0);
            utf8.feed(bytes);
            gb.feed(bytes);
        }
    }
    let sha256 = Hash(hash.finalize().into());
    let sure = |encoding| Ok(Sniffed { encoding, inferred: false, sha256 });
    // Before the encoding that a mapping prescribes: refused rows are sent again in UTF-8, whatever the first file was.
    if let Some((e, _)) = Encoding::for_bom(&first) {
        return sure(e);
    }
    if let Some(e) = given {
        return sure(e);
    }
    if nul {
        return Err(Fault::new(
            "file.binary",
            ("文件含有空字节，不是 CSV 文本", "the file holds NUL bytes and is no CSV text"),
            (
                "请另存为 CSV UTF-8 或 XLSX；若是无标记的 UTF-16，请指定编码 utf-16le 或 utf-16be",
                "save it as CSV UTF-8 or XLSX; if it is UTF-16 without a mark, give the encoding utf-16le or utf-16be",
            ),
        )
        .of_file(None));
    }
    if utf8.finish() {
        return sure(UTF_8);
    }
    if gb.plausible() {
        return Ok(Sniffed { encoding: GB18030, inferred: true, sha256 });
    }
    Err(Fault::new(
        "file.encoding",
        ("文件既不是 UTF-8，也不能确定是 GB18030", "the file is not UTF-8 and not surely GB18030"),
        (
            "请另存为 CSV UTF-8，或指定编码（如 gb18030、windows-1252）",
            "save it as CSV UTF-8, or give the encoding (such as gb18030, windows-1252)",
        ),
    )
    .of_file(Some(utf8.line)))
}

fn named(label: &str) -> Result<&'static Encoding, OpenError> {
    Encoding::for_label(label.as_bytes()).filter(|e| *e != encoding_rs::REPLACEMENT).ok_or_else(|| {
        Fault::new(
            "options.encoding",
            (format!("没有名为 {label} 的编码"), format!("there is no encoding '{label}'")),
            (
                "可用：utf-8、gb18030、utf-16le、windows-1252 等",
                "use utf-8, gb18030, utf-16le, windows-1252 or another name of the WHATWG Encoding Standard",
            ),
        )
        .of_file(None)
    })
}

/// Is the stream UTF-8 throughout?
struct Utf8Scan {
    carry: Vec<u8>,
    broken: bool,
    /// Line of the first byte that is not UTF-8.
    line: u64,
}
impl Default for Utf8Scan {
    fn default() -> Self {
        Self { carry: Vec::new(), broken: false, line: 1 }
    }
}
impl Utf8Scan {
    fn feed(&mut self, bytes: &[u8]) {
        if self.broken {
            return;
        }
        let mut whole = std::mem::take(&mut self.carry);
        whole.extend_from_slice(bytes);
        let good = match std::str::from_utf8(&whole) {
            Ok(_) => whole.len(),
            Err(e) => {
                self.broken = e.error_len().is_some();
                e.valid_up_to()
            }
        };
        self.line += whole[..good].iter().filter(|b| **b == b'\n').count() as u64;
        self.carry = whole.split_off(good);
    }
    fn finish(&self) -> bool {
        !self.broken && self.carry.is_empty()
    }
}

/// Is the stream GB18030 throughout, and mostly of GB 2312's characters?
#[derive(Default)]
struct GbScan {
    /// Bytes of an unfinished character.
    pending: Vec<u8>,
    broken: bool,
    /// Two-byte characters within GB 2312 (lead A1–F7, trail A1–FE).
    common: u64,
    others: u64,
}
impl GbScan {
    fn feed(&mut self, bytes: &[u8]) {
        for &b in bytes {
            if self.broken {
                return;
            }
            match (self.pending.len(), b) {
                (0, 0..=0x7f) => {}
                (0, 0x81..=0xfe) | (1, 0x30..=0x39) | (2, 0x81..=0xfe) => self.pending.push(b),
                (1, 0x40..=0x7e | 0x80..=0xfe) => {
                    let common = (0xa1..=0xf7).contains(&self.pending[0]) && b >= 0xa1;
                    *(if common { &mut self.common } else { &mut self.others }) += 1;
                    self.pending.clear();
                }
                (3, 0x30..=0x39) => {
                    self.others += 1;
                    self.pending.clear();
                }
                _ => self.broken = true,
            }
        }
    }
    /// Real lists are nearly all GB 2312; rare characters of names stay far below three in ten. Accented Western letters, each
    /// followed by an ASCII letter, fall outside GB 2312.
    fn plausible(&self) -> bool {
        !self.broken && self.pending.is_empty() && self.common > 0 && self.common * 10 >= (self.common + self.others) * 7
    }
}

/// A stream of bytes decoded to UTF-8, without its byte order mark.
pub(crate) struct Decoded {
    input: Box<dyn Read + Send>,
    decoder: Decoder,
    raw: Vec<u8>,
    start: usize,
    end: usize,
    eof: bool,
    finished: bool,
}

/// Why decoding stopped.
#[derive(Debug)]
pub(crate) enum DecodeFault {
    Io(std::io::Error),
    /// Bytes that the encoding does not have.
    Malformed,
}

impl Decoded {
    pub fn new(input: Box<dyn Read + Send>, encoding: &'static Encoding) -> Self {
        Self { input, decoder: encoding.new_decoder_with_bom_removal(), raw: vec![0; CHUNK], start: 0, end: 0, eof: false, finished: false }
    }
    /// Fills a part of `out` (at least 16 bytes long) with UTF-8; 0 at the end.
    pub fn read(&mut self, out: &mut [u8]) -> Result<usize, DecodeFault> {
        while !self.finished {
            if self.start == self.end && !self.eof {
                self.start = 0;
                self.end = 0;
                self.end = match self.input.read(&mut self.raw) {
                    Ok(n) => n,
                    Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                    Err(e) => return Err(DecodeFault::Io(e)),
                };
                self.eof = self.end == 0;
            }
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(&self.raw[self.start..self.end], out, self.eof);
            self.start += read;
            match result {
                DecoderResult::Malformed(..) => return Err(DecodeFault::Malformed),
                DecoderResult::InputEmpty => self.finished = self.eof,
                DecoderResult::OutputFull => return Ok(written),
            }
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(bytes: &[u8]) -> Result<&'static str, &'static str> {
        sniff(bytes, None).map(|s| s.encoding.name()).map_err(|e| e.rule)
    }

    #[test]
    fn encodings_are_told_apart() {
        let zh = "姓名,性别\n张三,男\n";
        assert_eq!(name(zh.as_bytes()), Ok("UTF-8"));
        assert_eq!(name(b""), Ok("UTF-8"));
        assert_eq!(name(b"\xef\xbb\xbfname"), Ok("UTF-8"));
        assert_eq!(name(b"\xff\xfe\x0a\x00"), Ok("UTF-16LE"));
        assert_eq!(name(b"\xfe\xff\x00\x0a"), Ok("UTF-16BE"));
        assert_eq!(name(&GB18030.encode(zh).0), Ok("gb18030"));
        assert_eq!(name(&GB18030.encode("姓名,性别\n王𠮷明,男\n李喆,女").0), Ok("gb18030"));
        assert_eq!(name(&encoding_rs::WINDOWS_1252.encode("Müller,Größe,naïve,Señor").0), Err("file.encoding"));
        assert_eq!(name(b"a\0b"), Err("file.binary"));
        assert_eq!(sniff(&b"a\nb\n\xff"[..], None).map(|_| ()).unwrap_err().line, Some(3));
        assert_eq!(sniff(&b"a"[..], Some("klingon")).map(|_| ()).unwrap_err().rule, "options.encoding");
    }
}
