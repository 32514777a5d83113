//! Escape sequences: marks within text, bytes by number, line breaks of formatted text.

use super::message::Message;

/// The text that a raw value stands for. What is no known sequence stays as it is; highlighting and local sequences are dropped.
pub(super) fn unescape(raw: &str, message: &Message) -> String {
    let marks = &message.marks;
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once(marks.escape) {
        out.push_str(before);
        let Some((sequence, behind)) = after.split_once(marks.escape) else {
            out.push(marks.escape);
            rest = after;
            continue;
        };
        match sequence {
            "F" => out.push(marks.field),
            "S" => out.push(marks.component),
            "T" => out.push(marks.subcomponent),
            "R" => out.push(marks.repetition),
            "E" => out.push(marks.escape),
            "H" | "N" | "" => {}
            ".br" | ".sp" | ".ce" => out.push('\n'),
            _ => match hex(sequence) {
                Some(bytes) => out.push_str(&message.charset.decode_lossy(&bytes)),
                None if is_local(sequence) => {}
                None => {
                    // Not a sequence, so its second mark may begin the next one.
                    out.push(marks.escape);
                    rest = after;
                    continue;
                }
            },
        }
        rest = behind;
    }
    out.push_str(rest);
    out.retain(|c| !c.is_control() || c == '\n' || c == '\t');
    out
}

fn hex(sequence: &str) -> Option<Vec<u8>> {
    let digits = sequence.strip_prefix('X')?.as_bytes();
    let pairs = digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    (digits.len() % 2 == 0 && digits.iter().all(u8::is_ascii_hexdigit)).then(|| pairs.collect())?
}

/// Sequences of single sites, changes of character set, and formatting.
fn is_local(sequence: &str) -> bool {
    let mut chars = sequence.chars();
    let first = chars.next();
    match first {
        Some('Z' | 'C' | 'M') => chars.all(|c| c.is_ascii_hexdigit()),
        Some('.') => sequence.len() <= 8 && chars.all(|c| c.is_ascii_alphanumeric() || c == '+' || c == '-'),
        _ => false,
    }
}

/// Text as a field may hold it, with the usual marks.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' => out.push_str("\\F\\"),
            '^' => out.push_str("\\S\\"),
            '&' => out.push_str("\\T\\"),
            '~' => out.push_str("\\R\\"),
            '\\' => out.push_str("\\E\\"),
            '\r' | '\n' => out.push_str("\\.br\\"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}
