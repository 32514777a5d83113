//! What a mapping says: which columns make which field, and how each value is checked.

use crate::columns::any_index;
use crate::dates::DateFormat;
use crate::reader::Options;
use crate::text::{normal, normal_word};
use crate::value::{FieldName, Value};
use quell_foundation::UtcOffset;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// A checked mapping of columns to fields.
#[derive(Debug, Clone)]
pub struct Mapping {
    pub(crate) name: String,
    pub(crate) options: Options,
    pub(crate) header_row: Option<u64>,
    pub(crate) comment_prefix: Option<String>,
    /// Classes of columns that are known by their name alone, if a row above the header has a class for each column.
    pub(crate) classes: Vec<String>,
    pub(crate) empty: HashSet<String>,
    pub(crate) ignore: HashSet<String>,
    /// Beginnings of headers that are left out: `symptoms.*`.
    pub(crate) ignore_prefix: Vec<String>,
    pub(crate) fields: Vec<Arc<Field>>,
}

/// How one field is made and checked.
#[derive(Debug, Clone)]
pub struct Field {
    pub(crate) name: FieldName,
    /// Headers, in order of preference.
    pub(crate) columns: Vec<String>,
    /// Parts that are joined if none of `columns` is there; each with its headers in order of preference.
    pub(crate) combine: Vec<Vec<String>>,
    pub(crate) separator: String,
    /// Columns that say yes or no to a word: a field with several values has those that are answered with yes.
    pub(crate) flags: Vec<(String, String)>,
    /// Columns whose cells become `name=cell` of a field with several values.
    pub(crate) pairs: Vec<(String, String)>,
    /// The same for all columns whose header begins like this; the name is what follows.
    pub(crate) prefix: Vec<String>,
    pub(crate) split: Option<Split>,
    /// Which of several columns with the same header, from 1.
    pub(crate) nth: Option<usize>,
    pub(crate) constant: Option<Value>,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    /// Required in rows where this other field has no value.
    pub(crate) required_without: Option<String>,
    /// Words that mean "no value" here.
    pub(crate) empty: HashSet<String>,
    pub(crate) many: bool,
    /// A date of which only the year, or year and month, is given is no value instead of a fault.
    pub(crate) partial: bool,
    /// An identity field that supplies this field's value if its own cell is empty, and must agree with it otherwise.
    pub(crate) from_identity: Option<String>,
    /// The identity check applies only if this field is empty or has one of these words.
    pub(crate) check_when: Option<(String, BTreeSet<String>)>,
}

/// Takes one part of a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Split {
    pub by: String,
    /// From 1.
    pub part: usize,
}

/// Type of a field with what its check needs.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Text {
        max_length: usize,
    },
    Code {
        max_length: usize,
    },
    Integer {
        min: f64,
        max: f64,
    },
    Decimal {
        min: f64,
        max: f64,
    },
    Date {
        formats: Vec<DateFormat>,
        offset: UtcOffset,
    },
    DateTime {
        formats: Vec<DateFormat>,
        offset: UtcOffset,
    },
    Enum(Words),
    /// A text that stands for another: a source's name of a place for the path of the place. Without words it stays as it is.
    Lookup(Words),
    Identity,
    Phone,
    Flag,
}

/// The words of an enum: as files have them, and what they become.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    by_file: HashMap<String, String>,
    /// As written in the mapping, for messages.
    shown: Vec<String>,
    pub targets: BTreeSet<String>,
}

impl Words {
    /// Adds a word of files; false if it already means something else.
    pub fn add(&mut self, file: &str, target: &str) -> bool {
        self.targets.insert(target.to_owned());
        self.shown.push(file.to_owned());
        let old = self.by_file.insert(normal_word(file), target.to_owned());
        old.is_none_or(|o| o == target)
    }
    /// Every target also stands for itself.
    pub fn add_targets(&mut self) {
        for t in self.targets.clone() {
            self.by_file.entry(normal_word(&t)).or_insert(t);
        }
    }
    pub fn target(&self, cell: &str) -> Option<&str> {
        self.by_file.get(&normal_word(cell)).map(String::as_str)
    }
    /// The words that files may have, for a message.
    pub fn allowed(&self, joined_by: &str) -> String {
        const SHOWN: usize = 30;
        let mut all: Vec<&str> = self.shown.iter().map(String::as_str).take(SHOWN).collect();
        if self.shown.len() > SHOWN {
            all.push("…");
        }
        all.join(joined_by)
    }
}

impl Kind {
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Text { .. } => "text",
            Kind::Code { .. } => "code",
            Kind::Integer { .. } => "integer",
            Kind::Decimal { .. } => "decimal",
            Kind::Date { .. } => "date",
            Kind::DateTime { .. } => "datetime",
            Kind::Enum(_) => "enum",
            Kind::Lookup(_) => "lookup",
            Kind::Identity => "identity",
            Kind::Phone => "phone",
            Kind::Flag => "flag",
        }
    }
    /// Whether a word (normal) is a value of this type by itself: "none" (无) is an answer to a question.
    pub fn knows(&self, word: &str) -> bool {
        matches!(self, Kind::Flag) && crate::convert::flag(&crate::record::Cell::Text(word.to_owned())).is_ok()
    }
    /// Values that errors must not show.
    pub fn is_secret(&self) -> bool {
        matches!(self, Kind::Identity | Kind::Phone)
    }
}

impl Field {
    /// Its name.
    pub fn name(&self) -> &FieldName {
        &self.name
    }
    /// Its type as written in mapping files: `text`, `code`, `integer`, `decimal`, `date`, `datetime`, `enum`, `lookup`, `identity`, `phone`, `flag`.
    pub fn type_name(&self) -> &'static str {
        self.kind.name()
    }
    /// True if every row must have it.
    pub fn is_required(&self) -> bool {
        self.required
    }
    /// The headers that it is read from, in order of preference.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }
    /// The values that an enum or a lookup can have; empty for other types.
    pub fn targets(&self) -> Vec<&str> {
        match &self.kind {
            Kind::Enum(w) | Kind::Lookup(w) => w.targets.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }
    /// Every header that it could be read from.
    pub(crate) fn all_columns(&self) -> impl Iterator<Item = &String> {
        let named = self.flags.iter().chain(&self.pairs).map(|(column, _)| column);
        self.columns.iter().chain(self.combine.iter().flatten()).chain(named)
    }
    /// Takes these words (normal) for no value, too, unless they are values of its type.
    pub(crate) fn is_empty_at(&mut self, words: &HashSet<String>) {
        let own: Vec<String> = words.iter().filter(|word| !self.kind.knows(word)).cloned().collect();
        self.empty.extend(own);
    }
    pub(crate) fn set_formats(&mut self, new: Vec<DateFormat>) {
        if let Kind::Date { formats, .. } | Kind::DateTime { formats, .. } = &mut self.kind {
            *formats = new;
        }
    }
    fn text_of_own_name(name: &str) -> Self {
        Self {
            name: name.into(),
            columns: vec![name.to_owned()],
            combine: Vec::new(),
            separator: String::new(),
            flags: Vec::new(),
            pairs: Vec::new(),
            prefix: Vec::new(),
            split: None,
            nth: None,
            constant: None,
            kind: Kind::Text { max_length: crate::mapping_file::TEXT_LENGTH },
            required: false,
            required_without: None,
            empty: HashSet::new(),
            many: false,
            partial: false,
            from_identity: None,
            check_when: None,
        }
    }
}

impl Mapping {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// Its fields, in alphabetical order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().map(AsRef::as_ref)
    }
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields().find(|f| &*f.name == name)
    }
    /// The encoding, delimiter and sheet that it prescribes, for [`crate::open`].
    pub fn options(&self) -> Options {
        self.options.clone()
    }
    /// A mapping for these target fields by the headers known to the shipped mappings; `from` names shipped mappings in order of
    /// preference (none: all). A field that no shipped mapping has is optional text under its own name.
    pub fn auto(from: &[&str], fields: &[&str]) -> Self {
        let known: Vec<Mapping> = crate::BUILTIN
            .iter()
            .filter(|(n, _)| from.is_empty() || from.contains(n))
            .filter_map(|(n, text)| Mapping::parse(n, text).ok())
            .collect();
        let find = |name: &str| known.iter().flat_map(|m| &m.fields).find(|f| &*f.name == name).cloned();
        let mut fields: Vec<_> = fields.iter().map(|n| find(n).unwrap_or_else(|| Arc::new(Field::text_of_own_name(n)))).collect();
        let present: BTreeSet<FieldName> = fields.iter().map(|f| f.name.clone()).collect();
        // A field that leans on one that was not asked for stands alone.
        for f in &mut fields {
            let f = Arc::make_mut(f);
            f.from_identity = f.from_identity.take().filter(|o| present.contains(o.as_str()));
            f.check_when = f.check_when.take().filter(|(o, _)| present.contains(o.as_str()));
            f.required_without = f.required_without.take().filter(|o| present.contains(o.as_str()));
        }
        let empty: HashSet<String> = known.iter().flat_map(|m| m.empty.iter().cloned()).collect();
        fields.iter_mut().for_each(|f| Arc::make_mut(f).is_empty_at(&empty));
        Self {
            name: "auto".into(),
            options: Options::default(),
            header_row: None,
            comment_prefix: None,
            classes: Vec::new(),
            empty,
            ignore: HashSet::new(),
            ignore_prefix: Vec::new(),
            fields,
        }
    }
    /// The mapping with these formats for all dates and times: those of the locale in which the file was written.
    ///
    /// # Errors
    /// The first text that is no format, with the reason.
    pub fn with_formats(mut self, formats: &[&str]) -> Result<Self, String> {
        let formats: Vec<DateFormat> = formats.iter().map(|f| f.parse()).collect::<Result<_, _>>()?;
        self.fields.iter_mut().for_each(|f| Arc::make_mut(f).set_formats(formats.clone()));
        Ok(self)
    }
    /// True if the mapping leaves the column out on purpose; `addresses[].country` leaves out every such column, `symptoms.*` all
    /// that begin so.
    pub(crate) fn ignores(&self, header: &str) -> bool {
        let name = normal(header);
        self.ignore.contains(&name)
            || self.ignore.contains(&any_index(&name))
            || self.ignore_prefix.iter().any(|p| name.starts_with(p.as_str()))
    }
    /// How many of these headers the mapping knows.
    pub(crate) fn knows(&self, headers: &[String]) -> usize {
        let known: HashSet<String> = self.fields.iter().flat_map(|f| f.all_columns()).map(|c| normal(c)).collect();
        let is_known = |h: &String| {
            let name = normal(h);
            known.contains(&name) || known.contains(&any_index(&name)) || self.ignores(h)
        };
        headers.iter().filter(|h| is_known(h)).count()
    }
}
