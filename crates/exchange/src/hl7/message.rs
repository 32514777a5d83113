//! A message cut into segments and fields, whatever its separators, line ends and character set.

use super::charset::{self, Charset};
use crate::Problem;

/// No message of a laboratory comes near this; more is not read.
pub const MAX_BYTES: usize = 16 << 20;

const START: u8 = 0x0b;
const END: u8 = 0x1c;

/// The marks of one message, from MSH-1 and MSH-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    pub field: char,
    pub component: char,
    pub repetition: char,
    pub escape: char,
    pub subcomponent: char,
}

/// One segment: its name, the how-manieth of that name (from 1), its raw fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    pub name: String,
    pub number: usize,
    fields: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub marks: Marks,
    pub charset: Charset,
    pub segments: Vec<Segment>,
}

/// The messages in a stream of frames (0x0B … 0x1C 0x0D); without frames all of it is one message.
pub fn frames(bytes: &[u8]) -> Vec<&[u8]> {
    bytes
        .split(|b| *b == END)
        .map(|part| part.iter().position(|b| *b == START).map_or(part, |i| &part[i + 1..]))
        .filter(|part| !part.iter().all(u8::is_ascii_whitespace))
        .collect()
}

/// A message in a frame, as MLLP sends it.
pub fn framed(message: &str) -> Vec<u8> {
    [&[START], message.as_bytes(), &[END, b'\r']].concat()
}

fn not_hl7() -> Problem {
    Problem::new(
        "MSH",
        "hl7.header",
        "this is not an HL7 v2 message: it does not begin with MSH and its marks",
        "不是 HL7 v2 消息：开头没有 MSH 及其分隔符",
    )
}

impl Message {
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        if bytes.len() > MAX_BYTES {
            return Err(Problem::new("MSH", "hl7.size", "the message is larger than 16 MB", "消息超过 16 MB"));
        }
        let bytes = match frames(bytes)[..] {
            [one] => one,
            [] => return Err(not_hl7()),
            _ => return Err(several()),
        };
        let charset = charset::of(bytes)?;
        let text = charset.decode(bytes)?;
        let text = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
        let marks = Marks::of(text).ok_or_else(not_hl7)?;
        let mut segments: Vec<Segment> = Vec::new();
        let mut numbers = std::collections::HashMap::<&str, usize>::new();
        for line in text.split(['\r', '\n']).filter(|line| !line.trim().is_empty()) {
            let mut fields: Vec<String> = line.split(marks.field).map(str::to_owned).collect();
            let name = line.split(marks.field).next().unwrap_or_default().trim();
            let number = numbers.entry(name).or_default();
            *number += 1;
            if name == "MSH" {
                if *number > 1 {
                    return Err(several());
                }
                // The mark itself is MSH-1.
                fields.insert(1, marks.field.to_string());
            }
            segments.push(Segment { name: name.to_owned(), number: *number, fields });
        }
        Ok(Self { marks, charset, segments })
    }

    pub fn header(&self) -> Option<&Segment> {
        self.segments.first()
    }
}

fn several() -> Problem {
    Problem::new("MSH[2]", "hl7.several", "several messages at once; send one at a time", "一次发送了多条消息；请逐条发送")
}

impl Marks {
    /// From `MSH|^~\&`; marks that are left out are the usual ones.
    fn of(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix("MSH")?.chars();
        let field = rest.next()?;
        let named: Vec<char> = rest.take_while(|c| *c != field && !c.is_control()).collect();
        let mark = |i: usize, usual: char| named.get(i).copied().unwrap_or(usual);
        let marks = Self { field, component: mark(0, '^'), repetition: mark(1, '~'), escape: mark(2, '\\'), subcomponent: mark(3, '&') };
        let all = [field, marks.component, marks.repetition, marks.escape, marks.subcomponent];
        let usable =
            all.iter().enumerate().all(|(i, c)| !c.is_alphanumeric() && !c.is_whitespace() && !c.is_control() && !all[..i].contains(c));
        usable.then_some(marks)
    }
}

impl Segment {
    /// A field as it stands, from 1; empty if it is not there.
    pub fn raw(&self, field: usize) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }
    /// Where a field of this segment is.
    pub fn at(&self, field: usize) -> String {
        match self.number {
            1 => format!("{}-{field}", self.name),
            n => format!("{}[{n}]-{field}", self.name),
        }
    }
    /// The repetitions of a field, each to be asked for its components.
    pub fn repetitions<'a>(&'a self, message: &'a Message, field: usize) -> impl Iterator<Item = Value<'a>> {
        self.raw(field).split(message.marks.repetition).map(move |raw| Value { raw, message })
    }
    /// The first repetition of a field.
    pub fn value<'a>(&'a self, message: &'a Message, field: usize) -> Value<'a> {
        Value { raw: self.raw(field).split(message.marks.repetition).next().unwrap_or_default(), message }
    }
    /// The first component of a field, as text.
    pub fn text(&self, message: &Message, field: usize) -> String {
        self.value(message, field).part(1)
    }
}

/// One repetition of a field.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    raw: &'a str,
    message: &'a Message,
}

impl Value<'_> {
    /// The text of a component, from 1, of its first subcomponent that says something.
    pub fn part(&self, component: usize) -> String {
        let raw = self.raw.split(self.message.marks.component).nth(component.saturating_sub(1)).unwrap_or_default();
        let subs = raw.split(self.message.marks.subcomponent).map(|s| self.plain(s));
        subs.into_iter().find(|s| !s.is_empty()).unwrap_or_default()
    }
    /// The first of these components that says something.
    pub fn first_of(&self, components: &[usize]) -> String {
        components.iter().map(|c| self.part(*c)).find(|s| !s.is_empty()).unwrap_or_default()
    }
    /// The whole as text: a field of free text may hold marks that its sender forgot to escape.
    pub fn whole(&self) -> String {
        self.plain(self.raw)
    }
    fn plain(&self, raw: &str) -> String {
        let text = super::escape::unescape(raw, self.message);
        // `""` says that a value is to be deleted.
        if text.trim() == "\"\"" { String::new() } else { text.trim().to_owned() }
    }
}
