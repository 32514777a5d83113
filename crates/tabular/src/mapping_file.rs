//! Reads a mapping file (TOML). Every fault is collected with its line; unknown keys are refused.

use crate::dates::{DATE_FORMATS, DateFormat, TIME_FORMATS};
use crate::mapping::{Field, Kind, Mapping, Split, Words};
use crate::message::Problem;
use crate::reader::Options;
use crate::text::{normal, normal_word};
use crate::value::{MANY_SEPARATOR, Value};
use quell_foundation::{EventTime, UtcOffset};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Longest text of a text field in characters, if the mapping gives none.
pub(crate) const TEXT_LENGTH: usize = 4_000;
/// Longest code in characters, if the mapping gives none.
const CODE_LENGTH: usize = 100;
/// A header is looked for in the first rows only.
pub(crate) const HEADER_ROWS: u64 = 20;

const TOP: &[&str] = &[
    "name",
    "title_zh",
    "title_en",
    "note",
    "encoding",
    "delimiter",
    "sheet",
    "header_row",
    "comment_prefix",
    "classes",
    "offset",
    "formats",
    "empty",
    "ignore",
    "fields",
];
const FIELD: &[&str] = &[
    "columns",
    "combine",
    "separator",
    "flags",
    "pairs",
    "prefix",
    "split",
    "nth",
    "constant",
    "type",
    "required",
    "required_without",
    "formats",
    "offset",
    "values",
    "min",
    "max",
    "max_length",
    "empty",
    "many",
    "partial",
    "from_identity",
    "check_when",
    "note",
];

type Table<'a> = DeTable<'a>;

impl Mapping {
    /// Reads and checks a mapping file. `file_name` stands in the problems.
    ///
    /// # Errors
    /// All problems found, in the order of their lines.
    pub fn parse(file_name: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let ends = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i).collect();
        let mut p = Parser { file: file_name, text, ends, problems: Vec::new(), offset: UtcOffset::CHINA, dates: None };
        let mapping = p.file();
        p.problems.sort_by_key(|x| x.line);
        match mapping {
            Some(m) if p.problems.is_empty() => Ok(m),
            _ => Err(p.problems),
        }
    }
}

struct Parser<'a> {
    file: &'a str,
    text: &'a str,
    /// Where its lines end.
    ends: Vec<usize>,
    problems: Vec<Problem>,
    /// Offset of times, if a field gives none.
    offset: UtcOffset,
    /// Formats of dates, if the file gives them for all fields.
    dates: Option<Vec<DateFormat>>,
}

impl Parser<'_> {
    fn fault(&mut self, at: usize, path: &str, message: impl Into<String>, advice: impl Into<String>) {
        let line = 1 + self.ends.partition_point(|end| *end < at) as u32;
        self.problems.push(Problem { file: self.file.into(), line, path: path.into(), message: message.into(), advice: advice.into() });
    }
    fn known(&mut self, t: &Table, path: &str, keys: &[&str]) {
        for key in t.keys() {
            let k: &str = key.get_ref();
            if !keys.contains(&k) {
                self.fault(
                    key.span().start,
                    &join(path, k),
                    "this key is not known",
                    format!("remove it or use one of: {}", keys.join(", ")),
                );
            }
        }
    }
    fn wrong<T>(&mut self, v: &Spanned<DeValue>, path: &str, want: &str) -> Option<T> {
        self.fault(v.span().start, path, format!("{want} is expected here"), format!("write {want}"));
        None
    }
    fn string(&mut self, t: &Table, path: &str, key: &str) -> Option<String> {
        let v = t.get(key)?;
        match v.get_ref().as_str() {
            Some(s) if !s.is_empty() => Some(s.to_owned()),
            _ => self.wrong(v, &join(path, key), "a text that is not empty"),
        }
    }
    /// A text or a list of texts.
    fn strings(&mut self, v: &Spanned<DeValue>, path: &str) -> Vec<String> {
        if let Some(s) = v.get_ref().as_str() {
            return vec![s.to_owned()];
        }
        let Some(a) = v.get_ref().as_array() else { return self.wrong(v, path, "a text or a list of texts").unwrap_or_default() };
        a.iter().filter_map(|x| x.get_ref().as_str().map(str::to_owned).or_else(|| self.wrong(x, path, "a text"))).collect()
    }
    fn strings_of(&mut self, t: &Table, path: &str, key: &str) -> Vec<String> {
        t.get(key).map(|v| self.strings(v, &join(path, key))).unwrap_or_default()
    }
    fn flag(&mut self, t: &Table, path: &str, key: &str) -> bool {
        let Some(v) = t.get(key) else { return false };
        v.get_ref().as_bool().or_else(|| self.wrong(v, &join(path, key), "true or false")).unwrap_or(false)
    }
    fn number(&mut self, t: &Table, path: &str, key: &str) -> Option<f64> {
        let v = t.get(key)?;
        let text = match v.get_ref() {
            DeValue::Integer(i) => Some(i.as_str()),
            DeValue::Float(f) => Some(f.as_str()),
            _ => None,
        };
        let n = text.and_then(|s| s.replace('_', "").parse::<f64>().ok()).filter(|n| n.is_finite());
        n.or_else(|| self.wrong(v, &join(path, key), "a number"))
    }
    fn count(&mut self, t: &Table, path: &str, key: &str, max: u64) -> Option<u64> {
        let n = self.number(t, path, key)?;
        if n.fract() == 0.0 && (1.0..=max as f64).contains(&n) {
            return Some(n as u64);
        }
        t.get(key).and_then(|v| self.wrong(v, &join(path, key), &format!("a whole number from 1 to {max}")))
    }
    fn offset(&mut self, t: &Table, path: &str) -> Option<UtcOffset> {
        let s = self.string(t, path, "offset")?;
        match format!("2000-01-01{s}").parse::<EventTime>() {
            Ok(e) => Some(e.offset),
            Err(_) => t.get("offset").and_then(|v| self.wrong(v, &join(path, "offset"), "an offset from UTC such as \"+08:00\"")),
        }
    }

    fn file(&mut self) -> Option<Mapping> {
        let parsed = match DeTable::parse(self.text) {
            Ok(t) => t,
            Err(e) => {
                self.fault(e.span().map_or(0, |s| s.start), "", format!("this is not TOML: {}", e.message()), "correct the line");
                return None;
            }
        };
        let top = parsed.get_ref();
        self.known(top, "", TOP);
        self.offset = self.offset(top, "").unwrap_or(UtcOffset::CHINA);
        self.dates = top.contains_key("formats").then(|| self.formats(top, "", &[]));
        let mut fields = Vec::new();
        match top.get("fields").map(|v| (v, v.get_ref().as_table())) {
            Some((v, Some(t))) => {
                if t.is_empty() {
                    self.fault(v.span().start, "fields", "no field is defined", "add a table [fields.NAME]");
                }
                for (name, value) in t {
                    let path = format!("fields.{}", name.get_ref());
                    match value.get_ref().as_table() {
                        Some(ft) => fields.extend(self.field(name, ft, &path).map(Arc::new)),
                        None => self.wrong(value, &path, "a table").unwrap_or_default(),
                    }
                }
                self.references(&fields, t);
            }
            Some((v, None)) => self.wrong(v, "fields", "a table").unwrap_or_default(),
            None => self.fault(0, "fields", "no field is defined", "add a table [fields.NAME]"),
        }
        let name = self.string(top, "", "name").unwrap_or_else(|| self.file.to_owned());
        let options =
            Options { encoding: self.string(top, "", "encoding"), delimiter: self.delimiter(top), sheet: self.string(top, "", "sheet") };
        let empty: HashSet<String> = self.strings_of(top, "", "empty").iter().map(|s| normal_word(s)).collect();
        fields.iter_mut().for_each(|f| Arc::make_mut(f).is_empty_at(&empty));
        let ignore: Vec<String> = self.strings_of(top, "", "ignore");
        // A lone star would leave out everything, and is a header that can be.
        let (prefixes, ignore): (Vec<&String>, Vec<&String>) = ignore.iter().partition(|s| s.len() > 1 && s.ends_with('*'));
        let ignore_prefix = prefixes.into_iter().map(|s| normal(s)).collect();
        let ignore = ignore.into_iter().map(|s| normal(s)).collect();
        let header_row = self.count(top, "", "header_row", HEADER_ROWS);
        let comment_prefix = self.string(top, "", "comment_prefix");
        let classes = self.strings_of(top, "", "classes");
        Some(Mapping { name, options, header_row, comment_prefix, classes, empty, ignore, ignore_prefix, fields })
    }

    fn delimiter(&mut self, t: &Table) -> Option<char> {
        let s = self.string(t, "", "delimiter")?;
        match s.as_str() {
            "," | ";" | "\t" | "|" => s.chars().next(),
            _ => t.get("delimiter").and_then(|v| self.wrong(v, "delimiter", "one of \",\" \";\" \"\\t\" \"|\"")),
        }
    }

    fn field(&mut self, name: &Spanned<std::borrow::Cow<'_, str>>, t: &Table, path: &str) -> Option<Field> {
        let at = name.span().start;
        self.known(t, path, FIELD);
        let mut combine = Vec::new();
        if let Some(v) = t.get("combine") {
            match v.get_ref().as_array() {
                Some(a) => combine = a.iter().map(|part| self.strings(part, &join(path, "combine"))).collect(),
                None => self.wrong(v, &join(path, "combine"), "a list of parts").unwrap_or_default(),
            }
        }
        let offset = self.offset(t, path).unwrap_or(self.offset);
        let kind = self.kind(t, path, at, offset)?;
        let mut f = Field {
            name: name.get_ref().as_ref().into(),
            columns: self.strings_of(t, path, "columns"),
            combine,
            separator: t.get("separator").and_then(|v| v.get_ref().as_str()).unwrap_or_default().to_owned(),
            flags: self.names(t, path, "flags"),
            pairs: self.names(t, path, "pairs"),
            prefix: self.strings_of(t, path, "prefix"),
            split: self.split(t, path),
            nth: self.count(t, path, "nth", 1_000).map(|n| n as usize),
            constant: None,
            required: self.flag(t, path, "required"),
            required_without: self.string(t, path, "required_without"),
            empty: self.strings_of(t, path, "empty").iter().map(|s| normal_word(s)).collect(),
            many: self.flag(t, path, "many"),
            partial: self.flag(t, path, "partial"),
            from_identity: self.string(t, path, "from_identity"),
            check_when: self.check_when(t, path),
            kind,
        };
        if let Some(text) = self.string(t, path, "constant") {
            match crate::convert::convert(&f, &crate::record::Cell::Text(text)) {
                Ok(v) => f.constant = v,
                Err(e) => self.fault(at, &join(path, "constant"), e.en, e.advice_en),
            }
        }
        self.sound(&f, t, at, path);
        Some(f)
    }

    /// What one field's keys must have in common.
    fn sound(&mut self, f: &Field, t: &Table, at: usize, path: &str) {
        let named = !(f.flags.is_empty() && f.pairs.is_empty() && f.prefix.is_empty());
        if f.all_columns().next().is_none() && !named && f.constant.is_none() && f.from_identity.is_none() && !t.contains_key("constant") {
            self.fault(at, path, "the field has no source", "give columns, combine, flags, pairs, prefix, constant or from_identity");
        }
        if named && !f.many {
            self.fault(at, path, "flags, pairs and prefix make several values", "add many = true");
        }
        if let Some(Value::Text(_)) = &f.constant
            && !f.columns.is_empty()
        {
            self.fault(at, path, "the field has both columns and a constant", "keep one of them");
        }
        if f.many && !matches!(f.kind, Kind::Enum(_) | Kind::Text { .. } | Kind::Code { .. }) {
            let advice = "remove many or use type = \"enum\", \"text\" or \"code\"";
            self.fault(at, &join(path, "many"), "only an enum, a text or a code can have several values", advice);
        }
        let derives = match &f.kind {
            Kind::Date { .. } => true,
            Kind::Enum(w) => w.targets.contains("male") && w.targets.contains("female"),
            _ => false,
        };
        if f.from_identity.is_some() && !derives {
            let advice = "use it in a date (of birth) or in an enum that has male and female";
            self.fault(at, &join(path, "from_identity"), "an identity number does not tell this", advice);
        }
        if f.check_when.is_some() && !matches!(f.kind, Kind::Identity) {
            self.fault(at, &join(path, "check_when"), "only identity fields have this key", "remove it");
        }
        let allowed: &[&str] = match f.kind {
            Kind::Text { .. } | Kind::Code { .. } => &["max_length"],
            Kind::Integer { .. } | Kind::Decimal { .. } => &["min", "max"],
            Kind::Date { .. } | Kind::DateTime { .. } => &["formats", "offset", "partial"],
            Kind::Enum(_) | Kind::Lookup(_) => &["values"],
            _ => &[],
        };
        for key in ["max_length", "min", "max", "formats", "offset", "values", "partial"] {
            if t.contains_key(key) && !allowed.contains(&key) {
                self.fault(
                    at,
                    &join(path, key),
                    format!("a field of type {} does not have this key", f.kind.name()),
                    "remove it or change the type",
                );
            }
        }
    }

    /// A table of columns and the word or name of each.
    fn names(&mut self, t: &Table, path: &str, key: &str) -> Vec<(String, String)> {
        let Some(v) = t.get(key) else { return Vec::new() };
        let path = join(path, key);
        let Some(table) = v.get_ref().as_table() else {
            return self.wrong(v, &path, "a table such as { \"symptoms.fever\" = \"fever\" }").unwrap_or_default();
        };
        let mut names = Vec::new();
        for (column, name) in table {
            match name.get_ref().as_str() {
                Some(s) if !s.is_empty() && !s.contains([MANY_SEPARATOR, '=']) => names.push((column.get_ref().to_string(), s.to_owned())),
                _ => self.wrong(name, &join(&path, column.get_ref()), "a word").unwrap_or_default(),
            }
        }
        names
    }

    fn split(&mut self, t: &Table, path: &str) -> Option<Split> {
        let v = t.get("split")?;
        let path = join(path, "split");
        let Some(s) = v.get_ref().as_table() else { return self.wrong(v, &path, "a table such as { by = \"/\", part = 1 }") };
        self.known(s, &path, &["by", "part"]);
        let (by, part) = (self.string(s, &path, "by"), self.count(s, &path, "part", 100));
        match (by, part) {
            (Some(by), Some(part)) => Some(Split { by, part: part as usize }),
            _ => self.wrong(v, &path, "a table such as { by = \"/\", part = 1 }"),
        }
    }

    fn check_when(&mut self, t: &Table, path: &str) -> Option<(String, BTreeSet<String>)> {
        let v = t.get("check_when")?;
        let path = join(path, "check_when");
        let Some(s) = v.get_ref().as_table() else {
            return self.wrong(v, &path, "a table such as { field = \"document\", is = [\"resident\"] }");
        };
        self.known(s, &path, &["field", "is"]);
        let field = self.string(s, &path, "field")?;
        Some((field, self.strings_of(s, &path, "is").into_iter().collect()))
    }

    fn kind(&mut self, t: &Table, path: &str, at: usize, offset: UtcOffset) -> Option<Kind> {
        let (min, max) = (self.number(t, path, "min").unwrap_or(f64::MIN), self.number(t, path, "max").unwrap_or(f64::MAX));
        if min > max {
            self.fault(at, &join(path, "min"), "the least value is greater than the greatest", "exchange min and max");
        }
        let length = |given: Option<u64>, default| given.map_or(default, |n| n as usize);
        let max_length = self.count(t, path, "max_length", 100_000);
        Some(match self.string(t, path, "type").as_deref() {
            None | Some("text") => Kind::Text { max_length: length(max_length, TEXT_LENGTH) },
            Some("code") => Kind::Code { max_length: length(max_length, CODE_LENGTH) },
            Some("integer") => Kind::Integer { min, max },
            Some("decimal") => Kind::Decimal { min, max },
            Some("date") => Kind::Date { formats: self.formats(t, path, DATE_FORMATS), offset },
            Some("datetime") => Kind::DateTime { formats: self.formats(t, path, TIME_FORMATS), offset },
            Some("enum") => Kind::Enum(self.words(t, path, at)),
            Some("lookup") if !t.contains_key("values") => Kind::Lookup(Words::default()),
            Some("lookup") => Kind::Lookup(self.words(t, path, at)),
            Some("identity") => Kind::Identity,
            Some("phone") => Kind::Phone,
            Some("flag") => Kind::Flag,
            Some(_) => {
                let v = t.get("type")?;
                return self.wrong(
                    v,
                    &join(path, "type"),
                    "one of text, code, integer, decimal, date, datetime, enum, lookup, identity, phone, flag",
                );
            }
        })
    }

    fn formats(&mut self, t: &Table, path: &str, default: &[&str]) -> Vec<DateFormat> {
        let Some(v) = t.get("formats") else {
            return self.dates.clone().unwrap_or_else(|| default.iter().filter_map(|f| f.parse().ok()).collect());
        };
        let path = join(path, "formats");
        let mut out = Vec::new();
        for f in self.strings(v, &path) {
            match f.parse() {
                Ok(f) => out.push(f),
                Err(why) => self.fault(v.span().start, &path, why, "write formats like YYYY-MM-DD, DD.MM.YYYY hh:mm, serial or rfc3339"),
            }
        }
        if out.is_empty() {
            self.fault(v.span().start, &path, "no usable format", "give one, or remove the key for the usual ones");
        }
        out
    }

    fn words(&mut self, t: &Table, path: &str, at: usize) -> Words {
        let mut words = Words::default();
        let path = join(path, "values");
        let Some((v, Some(values))) = t.get("values").map(|v| (v, v.get_ref().as_table())) else {
            self.fault(at, &path, "an enum needs its values", "add values = { \"男\" = \"male\", … }");
            return words;
        };
        for (file, target) in values {
            let here = join(&path, file.get_ref());
            match target.get_ref().as_str() {
                Some(s) if !s.is_empty() && !s.contains(MANY_SEPARATOR) => {
                    if !words.add(file.get_ref(), s) {
                        self.fault(file.span().start, &here, "the same word already means something else", "keep one of them");
                    }
                }
                _ => self.wrong(target, &here, "a word").unwrap_or_default(),
            }
        }
        if words.targets.is_empty() {
            self.fault(v.span().start, &path, "an enum needs its values", "add values = { \"男\" = \"male\", … }");
        }
        words.add_targets();
        words
    }

    /// Fields that name other fields must name existing ones of the right type.
    fn references(&mut self, fields: &[Arc<Field>], t: &Table) {
        let identities: HashSet<&str> = fields.iter().filter(|f| matches!(f.kind, Kind::Identity)).map(|f| &*f.name).collect();
        let all: HashSet<&str> = t.keys().map(|k| k.get_ref().as_ref()).collect();
        for f in fields {
            let at = t.keys().find(|k| k.get_ref().as_ref() == &*f.name).map_or(0, |k| k.span().start);
            let path = format!("fields.{}", f.name);
            if let Some(i) = f.from_identity.as_deref().filter(|i| !identities.contains(i)) {
                self.fault(at, &join(&path, "from_identity"), format!("'{i}' is no field of type identity"), "name one");
            }
            let others = f.required_without.iter().chain(f.check_when.iter().map(|(o, _)| o));
            for o in others.filter(|o| !all.contains(o.as_str()) || ***o == *f.name) {
                self.fault(at, &path, format!("'{o}' is no other field of this mapping"), "name one");
            }
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
