//! A mapping laid over another: what it says comes first, and what it does not say stays as it is.

use crate::mapping::Mapping;
use crate::message::Problem;
use toml::{Table, Value};

/// Keys after which a field is made of what its mapping says alone.
const ALONE: [&str; 4] = ["combine", "split", "nth", "constant"];
/// Keys that say where a field comes from.
const SOURCES: [&str; 6] = ["columns", "combine", "flags", "pairs", "prefix", "separator"];

/// Keys by which a field leans on others of its mapping, or is demanded by it.
const LEANING: [&str; 5] = ["required", "required_without", "from_identity", "check_when", "constant"];

/// A mapping file that says something of some fields of another mapping.
#[derive(Debug, Clone)]
pub struct Layer {
    file: String,
    text: String,
    table: Table,
    /// Whether fields that the other mapping does not have are faults.
    strict: bool,
}

impl Layer {
    /// A mapping file. `file_name` stands in the problems.
    ///
    /// # Errors
    /// If it is not TOML.
    pub fn parse(file_name: &str, text: &str) -> Result<Self, Vec<Problem>> {
        match text.parse::<Table>() {
            Ok(table) => Ok(Self { file: file_name.to_owned(), text: text.to_owned(), table, strict: true }),
            // Its own reader says where.
            Err(e) => Err(Mapping::parse(file_name, text).err().unwrap_or_else(|| {
                vec![Problem {
                    file: file_name.into(),
                    line: 1,
                    path: String::new(),
                    message: e.to_string(),
                    advice: "correct the line".into(),
                }]
            })),
        }
    }
    /// A mapping that is shipped with Quell, by its name; of its fields those are taken that the other mapping has.
    pub fn shipped(name: &str) -> Option<Self> {
        let mut layer = Self { strict: false, ..Self::parse(name, crate::builtin_mapping(name)?).ok()? };
        let fields = layer.table.get_mut("fields").and_then(Value::as_table_mut).into_iter().flatten();
        fields.filter_map(|(_, f)| f.as_table_mut()).for_each(|f| LEANING.iter().for_each(|key| drop(f.remove(*key))));
        Some(layer)
    }
    /// The headers that it names for a field; none if it does not have it.
    pub fn columns(&self, field: &str) -> Option<Vec<String>> {
        self.field(field).map(|f| texts(f.get("columns")))
    }
    /// The same without fields: encoding, sheet, formats, words for nothing.
    #[must_use]
    pub fn settings(mut self) -> Self {
        self.table.remove("fields");
        self
    }
    fn fields(&self) -> impl Iterator<Item = (&String, &Table)> {
        self.table.get("fields").and_then(Value::as_table).into_iter().flatten().filter_map(|(name, f)| Some((name, f.as_table()?)))
    }
    fn field(&self, name: &str) -> Option<&Table> {
        self.fields().find(|(n, _)| *n == name).map(|(_, f)| f)
    }

    /// The mapping that this makes of another, which must be sound. Of a field that both have, headers of this one come before those of the other, words
    /// and pairs are added, and all else is as this one says, but for the type. `elsewhere`: fields of other tables, which are passed over here.
    ///
    /// # Errors
    /// A field that neither has, another type, and all that [`Mapping::parse`] finds.
    pub fn over(&self, base: (&str, &str), elsewhere: &[&str]) -> Result<Mapping, Vec<Problem>> {
        let mut merged: Table = base.1.parse().map_err(|_| Mapping::parse(base.0, base.1).err().unwrap_or_default())?;
        let mut problems = Vec::new();
        for (key, value) in self.table.iter().filter(|(key, _)| *key != "fields") {
            let value = if key == "empty" { joined(value, merged.get(key)) } else { value.clone() };
            merged.insert(key.clone(), value);
        }
        if let Some(fields) = merged.get_mut("fields").and_then(Value::as_table_mut) {
            let names = fields.keys().cloned().collect::<Vec<_>>().join(", ");
            for (name, own) in self.fields() {
                let path = format!("fields.{name}");
                match fields.get_mut(name).and_then(Value::as_table_mut) {
                    Some(other) => {
                        if let Err((message, advice)) = lay(own, other) {
                            problems.push(self.problem(&path, message, advice));
                        }
                    }
                    None if elsewhere.contains(&name.as_str()) => {}
                    None => problems.push(self.problem(&path, "there is no such field here".into(), format!("there are: {names}"))),
                }
            }
        }
        if self.strict && !problems.is_empty() {
            return Err(problems);
        }
        let text = toml::to_string(&merged).map_err(|e| vec![self.problem("", e.to_string(), "correct the file".into())])?;
        Mapping::parse(&self.file, &text).map_err(|all| all.into_iter().map(|p| Problem { line: self.line(&p.path), ..p }).collect())
    }

    fn problem(&self, path: &str, message: String, advice: String) -> Problem {
        Problem { file: self.file.clone(), line: self.line(path), path: path.to_owned(), message, advice }
    }
    /// The line of this file where a path of keys stands, as well as that can be told.
    fn line(&self, path: &str) -> u32 {
        let mut keys = path.split('.');
        let header = match (keys.next(), keys.next()) {
            (Some("fields"), Some(name)) => name,
            (key, _) => key.unwrap_or_default(),
        };
        let last = path.rsplit('.').next().unwrap_or_default();
        let from = self.text.lines().position(|l| l.contains(header)).unwrap_or(0);
        let further = self.text.lines().skip(from).position(|l| l.trim_start().starts_with(last)).unwrap_or(0);
        (from + further + 1) as u32
    }
}

/// A text, or a list of texts.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(s)) => vec![s.clone()],
        Some(Value::Array(a)) => a.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

/// Texts of both, those of the first before the others.
fn joined(first: &Value, then: Option<&Value>) -> Value {
    let mut all = texts(Some(first));
    for text in texts(then) {
        if !all.contains(&text) {
            all.push(text);
        }
    }
    Value::from(all)
}

/// Lays a field over one that has the same name; what cannot be, and what to do.
fn lay(own: &Table, other: &mut Table) -> Result<(), (String, String)> {
    let kind = |f: &Table| f.get("type").and_then(Value::as_str).unwrap_or("text").to_owned();
    let (wanted, given) = (kind(other), kind(own));
    let is_time = |k: &str| matches!(k, "date" | "datetime");
    if own.contains_key("type") && given != wanted && !(is_time(&given) && is_time(&wanted)) {
        return Err((format!("this field is of type {wanted}, not {given}"), "leave out the type".into()));
    }
    if own.keys().any(|k| ALONE.contains(&k.as_str())) {
        SOURCES.iter().for_each(|k| drop(other.remove(*k)));
    }
    for (key, value) in own.iter().filter(|(key, _)| *key != "type") {
        let value = match (key.as_str(), value, other.get(key)) {
            ("columns" | "empty", _, there) => joined(value, there),
            ("pairs" | "flags" | "values", Value::Table(own), Some(Value::Table(there))) => {
                let mut both = there.clone();
                both.extend(own.clone());
                Value::Table(both)
            }
            _ => value.clone(),
        };
        other.insert(key.clone(), value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;

    const BASE: (&str, &str) = (
        "base",
        "empty = [\"NA\"]\n[fields.day]\ncolumns = [\"date\", \"onset\"]\ntype = \"date\"\n[fields.n]\ncolumns = [\"cases\"]\ntype = \"decimal\"\nmin = 0\n[fields.groups]\nmany = true\npairs = { \"home\" = \"household\" }\n",
    );

    fn over(own: &str) -> Result<Mapping, Vec<Problem>> {
        Layer::parse("own.toml", own)?.over(BASE, &["elsewhere"])
    }

    #[test]
    fn what_is_said_comes_first_and_the_rest_stays() {
        let m = over("empty = [\"-\"]\n[fields.day]\ncolumns = \"症状日期\"\n[fields.groups]\npairs = { \"寝室\" = \"room\" }\n").unwrap();
        assert_eq!(m.field("day").unwrap().columns(), ["症状日期", "date", "onset"]);
        assert_eq!((m.field("day").unwrap().type_name(), m.field("n").unwrap().columns()), ("date", &["cases".to_owned()][..]));
        assert_eq!(m.field("groups").unwrap().all_columns().collect::<Vec<_>>(), ["home", "寝室"]);
        assert!(m.field("n").unwrap().empty.contains("na") && m.field("n").unwrap().empty.contains("-"));
    }

    #[test]
    fn a_field_made_of_parts_is_made_of_these_alone() {
        let m = over("[fields.day]\ncombine = [[\"y\"], [\"m\"], [\"d\"]]\nseparator = \"-\"\n").unwrap();
        assert_eq!(m.field("day").unwrap().all_columns().collect::<Vec<_>>(), ["y", "m", "d"]);
        assert!(over("[fields.n]\nconstant = \"1\"\n").is_ok());
    }

    #[test]
    fn what_there_is_not_is_refused_with_its_line() {
        let fault = |own: &str| over(own).unwrap_err().iter().map(Problem::to_string).collect::<Vec<_>>().join("\n");
        assert_eq!(
            fault("# x\n[fields.n]\ncolumns = \"a\"\n[fields.dya]\ncolumns = \"b\"\n"),
            "own.toml:4: fields.dya: there is no such field here; there are: day, groups, n"
        );
        assert!(fault("[fields.day]\ntype = \"text\"\n").contains("this field is of type date, not text"));
        assert!(fault("[fields.n]\ncolums = \"a\"\n").starts_with("own.toml:2: fields.n.colums: this key is not known"));
        assert!(fault("[fields.n\n").contains("this is not TOML"));
        assert!(over("[fields.elsewhere]\ncolumns = \"b\"\n[fields.day]\ntype = \"datetime\"\n").is_ok());
    }

    #[test]
    fn of_a_shipped_mapping_the_fields_are_taken_that_there_are() {
        let base = ("base", "[fields.onset]\ncolumns = [\"my onset\"]\ntype = \"date\"\n");
        let m = Layer::shipped("quell-cases").unwrap().over(base, &[]).unwrap();
        assert_eq!(m.fields().count(), 1);
        assert!(m.field("onset").unwrap().columns().contains(&"发病日期".to_owned()));
        assert!(Layer::shipped("no-such").is_none());
    }
}
