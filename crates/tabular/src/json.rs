//! JSON as a table: an array of objects, an object with such an array inside, or objects one after another (NDJSON). Each object is
//! a row; what is nested becomes columns by its path: `age.years`, `addresses[0].city`. What is null, and what is not there, is empty.
//!
//! The file is read whole (up to [`WORKBOOK_LIMIT`](crate::sheet::WORKBOOK_LIMIT)) and flattened object by object; a table of more
//! than [`CELLS_LIMIT`] cells or [`CELL_LIMIT`] columns, and values nested deeper than [`DEPTH_LIMIT`], are refused.

use crate::csv::CELL_LIMIT;
use crate::message::{Fault, OpenError};
use crate::record::{Cell, Record};
use crate::sheet::CELLS_LIMIT;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::collections::HashMap;
use std::fmt;

/// Deepest nesting of values within an object.
const DEPTH_LIMIT: usize = 32;

/// True if a text begins like JSON; a CSV file whose first header begins with a brace or bracket is none that anyone has seen.
pub(crate) fn looks_like_json(start: &str) -> bool {
    let mut chars = start.chars().filter(|c| !c.is_whitespace());
    match (chars.next(), chars.next()) {
        (Some('['), Some(c)) => matches!(c, '{' | ']' | '['),
        (Some('{'), Some(c)) => matches!(c, '"' | '}'),
        _ => false,
    }
}

/// The property paths as the first record (line 0) and the objects as records numbered from 1. `wanted` names the array of an object
/// that holds several.
pub(crate) fn load(text: &str, wanted: Option<&str>) -> Result<Vec<Record>, OpenError> {
    let mut table = Table::default();
    let arrays = outline(text)?;
    let inside = match (arrays, wanted) {
        (None, _) => None,
        (Some(names), Some(w)) if names.iter().any(|n| n == w) => Some(w.to_owned()),
        (Some(names), None) if names.len() <= 1 => names.into_iter().next(),
        (Some(names), _) => return Err(which_array(&names)),
    };
    let mut json = serde_json::Deserializer::from_str(text);
    while json.end().is_err() {
        let value = Top { table: &mut table, inside: inside.as_deref() };
        value.deserialize(&mut json).map_err(|e| fault(&e, table.rows.len()))?;
    }
    Ok(table.records())
}

/// What is at the top: nothing for a list or several objects, the names of its arrays of objects for a single object.
fn outline(text: &str) -> Result<Option<Vec<String>>, OpenError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let first = Outline.deserialize(&mut json).map_err(|e| fault(&e, 0))?;
    Ok(if json.end().is_ok() { first } else { None })
}

struct Outline;

impl<'de> DeserializeSeed<'de> for Outline {
    type Value = Option<Vec<String>>;
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Self::Value, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Outline {
    type Value = Option<Vec<String>>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list of objects")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut arrays = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            if map.next_value_seed(HoldsObjects)? {
                arrays.push(key);
            }
        }
        Ok(Some(arrays))
    }
}

/// True for a list whose first element is an object.
struct HoldsObjects;

impl<'de> DeserializeSeed<'de> for HoldsObjects {
    type Value = bool;
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<bool, D::Error> {
        d.deserialize_any(self)
    }
}

macro_rules! scalars {
    ($self:ident, $text:ident => $do:expr) => {
        fn visit_unit<E: Error>($self) -> Result<Self::Value, E> {
            let $text = String::new();
            $do
        }
        fn visit_bool<E: Error>($self, v: bool) -> Result<Self::Value, E> {
            let $text = v.to_string();
            $do
        }
        fn visit_i64<E: Error>($self, v: i64) -> Result<Self::Value, E> {
            let $text = v.to_string();
            $do
        }
        fn visit_u64<E: Error>($self, v: u64) -> Result<Self::Value, E> {
            let $text = v.to_string();
            $do
        }
        fn visit_f64<E: Error>($self, v: f64) -> Result<Self::Value, E> {
            let $text = Cell::Number(v).written().into_owned();
            $do
        }
        fn visit_str<E: Error>($self, v: &str) -> Result<Self::Value, E> {
            let $text = v.to_owned();
            $do
        }
    };
}

impl<'de> Visitor<'de> for HoldsObjects {
    type Value = bool;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    scalars!(self, _text => Ok(false));
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(true)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        // An object within a list counts for the list, an object elsewhere does not.
        let first = seq.next_element_seed(IsObject)?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(first.unwrap_or(false))
    }
}

struct IsObject;

impl<'de> DeserializeSeed<'de> for IsObject {
    type Value = bool;
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<bool, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for IsObject {
    type Value = bool;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    scalars!(self, _text => Ok(false));
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(true)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(false)
    }
}

/// The rows so far, each with its cells by column, and the columns by path.
#[derive(Default)]
struct Table {
    columns: HashMap<String, usize>,
    names: Vec<String>,
    rows: Vec<Vec<Cell>>,
    cells: usize,
}

impl Table {
    fn put<E: Error>(&mut self, path: &str, text: String) -> Result<(), E> {
        let column = match self.columns.get(path) {
            Some(c) => *c,
            None if self.names.len() >= CELL_LIMIT => return Err(E::custom(format!("{path}: more than {CELL_LIMIT} columns"))),
            None => {
                self.columns.insert(path.to_owned(), self.names.len());
                self.names.push(path.to_owned());
                self.names.len() - 1
            }
        };
        let Some(row) = self.rows.last_mut() else { return Ok(()) };
        if row.get(column).is_some_and(|c| *c != Cell::Empty) {
            return Err(E::custom(format!("{path}: the property is there twice")));
        }
        if row.len() <= column {
            self.cells += column + 1 - row.len();
            row.resize(column + 1, Cell::Empty);
        }
        if self.cells > CELLS_LIMIT {
            return Err(E::custom(format!("more than {CELLS_LIMIT} cells")));
        }
        row[column] = Cell::of(text);
        Ok(())
    }
    fn records(self) -> Vec<Record> {
        let header = Record { line: 0, cells: self.names.into_iter().map(Cell::Text).collect() };
        let rows = self.rows.into_iter().zip(1..).map(|(cells, line)| Record { line, cells });
        std::iter::once(header).chain(rows).collect()
    }
}

/// A value at the top of the file.
struct Top<'a> {
    table: &'a mut Table,
    inside: Option<&'a str>,
}

impl<'de> DeserializeSeed<'de> for Top<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Top<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list of objects")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Element { table: self.table })?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some(inside) = self.inside else { return Element { table: self.table }.visit_map(map) };
        while let Some(key) = map.next_key::<String>()? {
            if key == inside {
                map.next_value_seed(Top { table: self.table, inside: None })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// An object that is a row.
struct Element<'a> {
    table: &'a mut Table,
}

impl<'de> DeserializeSeed<'de> for Element<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Element<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.table.rows.push(Vec::new());
        let mut path = String::new();
        Part { table: self.table, path: &mut path, depth: 0 }.visit_map(map)
    }
}

/// A value within an object.
struct Part<'a> {
    table: &'a mut Table,
    path: &'a mut String,
    depth: usize,
}

impl Part<'_> {
    fn deeper<E: Error>(&self) -> Result<usize, E> {
        if self.depth >= DEPTH_LIMIT {
            // Errors name the path, which is as long as the nesting is deep.
            return Err(E::custom(format!("{}…: nested deeper than {DEPTH_LIMIT} levels", self.path.chars().take(80).collect::<String>())));
        }
        Ok(self.depth + 1)
    }
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    scalars!(self, text => self.table.put(self.path, text));
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (depth, length) = (self.deeper()?, self.path.len());
        while let Some(key) = map.next_key::<String>()? {
            if length > 0 {
                self.path.push('.');
            }
            self.path.push_str(&key);
            map.next_value_seed(Part { table: self.table, path: self.path, depth })?;
            self.path.truncate(length);
        }
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let (depth, length) = (self.deeper()?, self.path.len());
        for i in 0.. {
            self.path.push_str(&format!("[{i}]"));
            let more = seq.next_element_seed(Part { table: self.table, path: self.path, depth })?.is_some();
            self.path.truncate(length);
            if !more {
                break;
            }
        }
        Ok(())
    }
}

/// What is wrong, with the number of the object that was being read and the line of the file.
fn fault(e: &serde_json::Error, object: usize) -> OpenError {
    let why = e.to_string();
    let (zh, en) = match object {
        0 => (String::new(), String::new()),
        n => (format!("第 {n} 个对象："), format!("object {n}: ")),
    };
    let advice = match e.classify() {
        serde_json::error::Category::Eof => ("文件多半被截断，请重新导出", "the file has probably been cut; export it again"),
        _ => ("请重新导出，或改为 CSV 导出", "export it again, or export it as CSV"),
    };
    Fault::new("file.json", (format!("JSON 无法按表格读取：{zh}{why}"), format!("this JSON cannot be read as a table: {en}{why}")), advice)
        .of_file(Some(e.line() as u64))
}

fn which_array(names: &[String]) -> OpenError {
    Fault::new(
        "file.json_arrays",
        (
            format!("JSON 对象中有几个列表，无法确定读哪一个：{}", names.join("、")),
            format!("the JSON object holds several lists, or not the one asked for; it has: {}", names.join(", ")),
        ),
        (
            "请用工作表选项指定其一；如该对象本身是一行，请在外面加方括号",
            "name one of them as the sheet; if the object is a row itself, put it into square brackets",
        ),
    )
    .of_file(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<Vec<String>>, String> {
        let all = load(text, None).map_err(|e| format!("{}: {}", e.rule, e.message_en))?;
        Ok(all.iter().map(|r| r.cells.iter().map(|c| c.to_text()).collect()).collect())
    }

    #[test]
    fn the_three_shapes_give_the_same_rows() {
        let (a, b) =
            (r#"{"id":"1","age":{"years":36},"at":[{"city":"x"},{"city":null}]}"#, r#"{"id":"2","ok":true,"n":500237199001010014}"#);
        let want = [
            vec!["id", "age.years", "at[0].city", "at[1].city", "ok", "n"],
            vec!["1", "36", "x", ""],
            vec!["2", "", "", "", "true", "500237199001010014"],
        ];
        for text in [format!("[{a},{b}]"), format!("{{\"total\":2,\"cases\":[{a},{b}]}}"), format!("{a}\n{b}\n")] {
            assert_eq!(rows(&text).unwrap(), want, "{text}");
        }
        assert_eq!(rows("[]").unwrap().len(), 1);
        assert_eq!(rows("[{}]").unwrap().len(), 2);
    }

    #[test]
    fn several_lists_must_be_told_apart() {
        let text = r#"{"cases":[{"id":1}],"contacts":[{"id":2}]}"#;
        assert!(rows(text).unwrap_err().starts_with("file.json_arrays"));
        assert_eq!(load(text, Some("contacts")).unwrap()[1].cells[0].to_text(), "2");
    }

    #[test]
    fn faults_name_the_object_and_the_path() {
        let e = rows("[{\"a\":1},\n{\"b\":{\"c\":1,\"c\":2}}]").unwrap_err();
        assert!(e.contains("object 2: b.c: the property is there twice"), "{e}");
        assert!(rows("[{\"a\":1},3]").unwrap_err().contains("expected an object"));
        assert!(rows("[{\"a\":1},").unwrap_err().starts_with("file.json"));
        let e = rows(&format!("[{{\"a\":{}1{}}}]", "[".repeat(60), "]".repeat(60))).unwrap_err();
        assert!(e.contains("object 1: a[0]") && e.contains("nested deeper"), "{e}");
        for bomb in ["[".repeat(200_000), "{\"a\":".repeat(200_000), format!("[{{\"a\":{}", "[".repeat(200_000))] {
            assert!(rows(&bomb).unwrap_err().starts_with("file.json"), "{}", &bomb[..8]);
        }
        let wide: String = (0..=CELL_LIMIT).map(|i| format!("\"c{i}\":1,")).collect();
        assert!(rows(&format!("[{{{wide}\"z\":1}}]")).unwrap_err().contains("columns"));
    }
}
