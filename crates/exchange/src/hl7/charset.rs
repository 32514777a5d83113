//! The character set of a message, as MSH-18 names it. Without a name it is UTF-8, or GB 18030 where it is not UTF-8.

use crate::Problem;
use crate::problem::shown;
use encoding_rs::{Encoding, GB18030, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Charset(&'static Encoding);

/// Names of table 0211 of HL7, and others that are seen.
const NAMES: &[(&str, &Encoding)] = &[
    ("ASCII", UTF_8),
    ("UNICODE UTF-8", UTF_8),
    ("UNICODE", UTF_8),
    ("UTF-8", UTF_8),
    ("UTF8", UTF_8),
    ("8859/1", WINDOWS_1252),
    ("ISO-8859-1", WINDOWS_1252),
    ("ISO8859-1", WINDOWS_1252),
    ("ISO IR100", WINDOWS_1252),
    ("GB 18030-2000", GB18030),
    ("GB18030", GB18030),
    ("GB 18030", GB18030),
    ("GBK", GB18030),
    ("GB2312", GB18030),
];

/// In the bytes before they are decoded, because the second byte of a character of GB 18030 may look like a mark.
pub(super) fn of(bytes: &[u8]) -> Result<Charset, Problem> {
    let named = |encoding: &'static Encoding| {
        let (text, _, broken) = encoding.decode(bytes);
        (!broken).then(|| name_in(&text))
    };
    let name = match named(UTF_8) {
        Some(name) if name.is_empty() => return Ok(Charset(UTF_8)),
        Some(name) => name,
        None => match named(GB18030) {
            Some(name) if name.is_empty() => return Ok(Charset(GB18030)),
            Some(name) => name,
            None => named(WINDOWS_1252).unwrap_or_default(),
        },
    };
    let unknown = || {
        let name = shown(&name);
        Problem::new(
            "MSH-18",
            "hl7.charset",
            format!("the character set '{name}' is not read; send UTF-8, GB 18030 or ISO 8859-1, and say so in MSH-18"),
            format!("不支持字符集“{name}”；请用 UTF-8、GB 18030 或 ISO 8859-1，并写在 MSH-18"),
        )
    };
    NAMES.iter().find(|(n, _)| n.eq_ignore_ascii_case(&name)).map(|(_, e)| Charset(e)).ok_or_else(unknown)
}

fn name_in(text: &str) -> String {
    let text = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    let header = text.split(['\r', '\n']).next().unwrap_or_default();
    let Some(mark) = header.chars().nth(3) else { return String::new() };
    // The mark itself is MSH-1, so MSH-18 is the seventeenth after the name.
    let field = header.split(mark).nth(17).unwrap_or_default();
    field.split('~').next().unwrap_or_default().trim().to_owned()
}

impl Charset {
    pub fn decode<'a>(&self, bytes: &'a [u8]) -> Result<Cow<'a, str>, Problem> {
        let (text, _, broken) = self.0.decode(bytes);
        if broken {
            let name = self.0.name();
            return Err(Problem::new(
                "MSH-18",
                "hl7.charset",
                format!("the message is not valid {name}; say in MSH-18 which character set it is in"),
                format!("消息不是有效的 {name} 编码；请在 MSH-18 注明字符集"),
            ));
        }
        Ok(text)
    }
    /// Bytes that an escape sequence names, where what cannot be decoded is shown as such.
    pub fn decode_lossy(&self, bytes: &[u8]) -> String {
        self.0.decode_without_bom_handling(bytes).0.into_owned()
    }
}
