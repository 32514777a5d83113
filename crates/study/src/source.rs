//! A TOML file of the user's: read, or told where it is wrong, what is wrong there and what to do.

mod words;

pub(crate) use words::{Words, nearest, of_disease, of_message, of_policy, of_population, with_known};

use crate::said::Trouble;
use serde::de::DeserializeOwned;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue, Error, ValueDeserializer};
use toml::{Spanned, Table};

/// A file and its text.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    file: PathBuf,
    text: String,
}

impl Source {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) fn open(file: &Path) -> Result<Self, Trouble> {
        let text = std::fs::read_to_string(file).map_err(|e| Trouble::io(file, &e))?;
        Ok(Self { file: file.to_owned(), text })
    }
    /// A text as if it were that of a file.
    #[cfg(test)]
    pub(crate) fn of(file: &Path, text: &str) -> Self {
        Self { file: file.to_owned(), text: text.to_owned() }
    }
    /// The file.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// The whole file as a value. `known` are the paths that such a file may have, for whoever put a field into the wrong table.
    ///
    /// # Errors
    /// If the text is not of this form.
    pub(crate) fn read<T: DeserializeOwned>(&self, known: &[String]) -> Result<T, Trouble> {
        self.read_without("", known)
    }
    /// The same, but for one table that belongs to somebody else.
    ///
    /// # Errors
    /// If the text is not of this form.
    pub(crate) fn read_without<T: DeserializeOwned>(&self, other: &str, known: &[String]) -> Result<T, Trouble> {
        let document = DeTable::parse(&self.text).map_err(|e| self.syntax(&e))?;
        let whole = 0..self.text.len();
        let mut table = document.into_inner();
        table.remove(other);
        let value = Spanned::new(whole, DeValue::Table(table));
        T::deserialize(ValueDeserializer::from(value)).map_err(|e| {
            let span = e.span().filter(|s| s.len() < self.text.len() || s.is_empty()).unwrap_or(0..0);
            let mut words = of_message(e.message());
            if let Some(home) = words.unknown.as_deref().and_then(|name| home(name, known)) {
                words = words.and(&format!("“{}”应写在 [{}] 之下", home.1, home.0), &format!("\"{}\" belongs below [{}]", home.1, home.0));
            }
            let path = path_at(&self.text, &span);
            // One bracket too few: a table where there are several.
            if let Some(path) = path.as_deref().filter(|_| words.en().contains("a list is needed here, not a table")) {
                words = words.and(&format!("写作 [[{path}]]，每项一段"), &format!("write [[{path}]], once for each"));
            }
            self.told(path.is_some().then_some(span), path.as_deref(), &words)
        })
    }
    /// The file as a table of anything.
    ///
    /// # Errors
    /// If the text is no TOML.
    pub(crate) fn table(&self) -> Result<Table, Trouble> {
        self.text.parse().map_err(|e: Error| self.syntax(&e))
    }

    /// What is wrong at a path.
    pub(crate) fn wrong(&self, path: &[&str], words: &Words) -> Trouble {
        self.told(span_of(&self.text, path), Some(&shown(path)), words)
    }
    /// What is wrong at a dotted path, with the value that stands there.
    pub(crate) fn impossible(&self, path: &str, words: &Words) -> Trouble {
        let parts: Vec<&str> = path.split('.').collect();
        self.wrong(&parts, words)
    }
    /// What is wrong with the whole file, or with the first of these keys that stands in it below a path.
    pub(crate) fn somewhere(&self, below: &[&str], keys: &[&str], words: &Words) -> Trouble {
        let is_one = |path: &[String]| {
            path.len() > below.len()
                && path.iter().zip(below).all(|(a, b)| a == b)
                && path.last().is_some_and(|k| keys.contains(&k.as_str()))
        };
        let all = self::keys(&self.text).into_iter().filter(|(path, _)| is_one(path));
        let mut places: Vec<(String, Range<usize>)> = all.map(|(path, span)| (shown(&path), span)).collect();
        places.sort_by_key(|(_, span)| span.start);
        match &places[..] {
            [(path, span)] => self.told(Some(span.clone()), Some(path), words),
            [] => self.told(None, None, words),
            many => {
                let each = |zh: bool| {
                    let one = |(path, span): &(String, Range<usize>)| {
                        let line = self.line(span.start).0;
                        if zh { format!("第 {line} 行 {path}") } else { format!("line {line} {path}") }
                    };
                    many.iter().map(one).collect::<Vec<_>>().join(if zh { "、" } else { ", " })
                };
                self.told(None, None, &words.clone().and(&format!("请检查{}", each(true)), &format!("look at {}", each(false))))
            }
        }
    }

    fn syntax(&self, e: &Error) -> Trouble {
        let span = e.span().unwrap_or(0..0);
        let (_, line) = self.line(span.start);
        let mut words = of_message(e.message());
        if line.contains(['“', '”', '，', '：', '＝', '【', '】', '　']) {
            words = words.and("本行有全角标点：请改用半角（英文）标点", "this line has full-width punctuation: TOML wants the ASCII signs");
        }
        self.told(Some(span), None, &words)
    }

    /// File, line, path, what is wrong, what to do, and the line itself.
    fn told(&self, span: Option<Range<usize>>, path: Option<&str>, words: &Words) -> Trouble {
        let file = self.file.display();
        let Some((number, line)) = span.map(|s| self.line(s.start)) else {
            return match path {
                Some(path) => Trouble::new(format!("{file}，{path}：{}", words.zh()), format!("{file}, {path}: {}", words.en())),
                None => Trouble::new(format!("{file}：{}", words.zh()), format!("{file}: {}", words.en())),
            };
        };
        let (zh, en) = path.map_or_else(Default::default, |p| (format!("，{p}"), format!(", {p}")));
        let shown = if line.is_empty() { String::new() } else { format!("\n    {line}") };
        Trouble::new(
            format!("{file}，第 {number} 行{zh}：{}{shown}", words.zh()),
            format!("{file}, line {number}{en}: {}{shown}", words.en()),
        )
    }

    /// Number and text of the line of a byte.
    fn line(&self, at: usize) -> (usize, String) {
        // An error behind a line end belongs to the line that ended, and nothing is cut in the midst of a character.
        let at = (0..=at.min(self.text.len())).rev().find(|k| self.text.is_char_boundary(*k)).unwrap_or(0);
        let before = &self.text[..at];
        let number = before.matches('\n').count() + 1;
        let text: String = self.text.lines().nth(number - 1).unwrap_or_default().trim().chars().take(LONGEST).collect();
        (number, text)
    }
}

/// More of a line is not shown.
const LONGEST: usize = 120;

/// In which table a field of this name, or of nearly this name, may stand, and the name.
fn home<'k>(name: &str, known: &'k [String]) -> Option<(&'k str, &'k str)> {
    let fields: Vec<(&str, &str)> = known.iter().filter_map(|path| path.rsplit_once('.')).collect();
    let names: Vec<&str> = fields.iter().map(|(_, field)| *field).collect();
    let near = nearest(name, &names)?;
    fields.into_iter().find(|(_, field)| *field == near)
}

/// A path for people: parts with dots in them are in quotes.
fn shown(path: &[impl AsRef<str>]) -> String {
    let part = |p: &dyn AsRef<str>| if p.as_ref().contains('.') { format!("\"{}\"", p.as_ref()) } else { p.as_ref().to_owned() };
    path.iter().map(|p| part(p)).collect::<Vec<_>>().join(".")
}

/// A key with its path, and where it stands.
type Key = (Vec<String>, Range<usize>);

/// Every key of a text; entries of lists have their numbers.
fn keys(text: &str) -> Vec<Key> {
    let mut all = Vec::new();
    if let Ok(document) = DeTable::parse(text) {
        keys_of_table(document.get_ref(), &[], &mut all);
    }
    all
}

fn keys_of_table(table: &DeTable<'_>, above: &[String], all: &mut Vec<Key>) {
    for (key, value) in table {
        let path = [above, &[key.get_ref().to_string()]].concat();
        all.push((path.clone(), key.span()));
        keys_of_value(value, &path, all);
    }
}

fn keys_of_value(value: &Spanned<DeValue<'_>>, path: &[String], all: &mut Vec<Key>) {
    match value.get_ref() {
        DeValue::Table(table) => keys_of_table(table, path, all),
        DeValue::Array(list) => {
            for (k, value) in list.iter().enumerate() {
                let path = [path, &[k.to_string()]].concat();
                // A value of a list has no key: its own place is that of the entry.
                all.push((path.clone(), value.span()));
                keys_of_value(value, &path, all);
            }
        }
        _ => {}
    }
}

/// The path of the last key at or before a place: what stands there, or what it is the value of. None at the beginning of the text.
fn path_at(text: &str, span: &Range<usize>) -> Option<String> {
    if span.is_empty() {
        return None;
    }
    // The place of a table is that of its header's bracket, its key stands behind it.
    let header = text.get(span.start..).filter(|t| {
        t.starts_with('[') && text[..span.start].trim_end_matches([' ', '\t']).ends_with(['\n', '\u{feff}'])
            || span.start == 0 && t.starts_with('[')
    });
    let at = header.map_or(span.start, |t| span.start + t.len() - t.trim_start_matches('[').len());
    let before = keys(text).into_iter().filter(|(_, key)| key.start <= at);
    // Of those that begin at the same place, the outermost: a list's first entry begins where the list does.
    before.max_by_key(|(path, key)| (key.start, std::cmp::Reverse(path.len()))).map(|(path, _)| shown(&path))
}

/// Where the key of a path stands, or the nearest above it that does.
fn span_of(text: &str, path: &[&str]) -> Option<Range<usize>> {
    let above = |here: &Vec<String>| here.len() <= path.len() && here.iter().zip(path).all(|(a, b)| a == b);
    keys(text).into_iter().filter(|(here, _)| above(here)).max_by_key(|(here, _)| here.len()).map(|(_, span)| span)
}

#[cfg(test)]
mod tests;
