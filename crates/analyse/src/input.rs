//! Tables in.

use crate::said::Trouble;
use quell_tabular::{Mapping, Row};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The rows of a table, all of them good.
pub(crate) struct Table {
    pub path: PathBuf,
    pub rows: Vec<Row>,
    /// Rows that are no cases, having been ruled out (`classification`): they are not among the rows.
    pub ruled_out: usize,
    /// The column that makes each field, of those that have one.
    pub columns: BTreeMap<String, String>,
}

impl Table {
    /// Whether a column makes this field.
    pub fn has(&self, field: &str) -> bool {
        self.columns.contains_key(field)
    }
    /// What is said of rows that are no cases, if there are any.
    pub fn not_cases(&self) -> Option<Trouble> {
        let n = self.ruled_out;
        let said = || Trouble::new(format!("{n} 例已排除，未计入"), format!("{n} rows are no cases (ruled out) and were left out"));
        (n > 0).then(said)
    }
}

/// How a case that was ruled out is classified: Quell's word and its Chinese, SORMAS and Go.Data.
const RULED_OUT: [&str; 6] = ["not_a_case", "not a case", "排除", "排除病例", "no_case", "not_a_case_discarded"];

/// The classification of cases, as a mapping has it.
pub(crate) const CLASSIFICATION: &str = "\n[fields.classification]\ncolumns = [\"classification\", \"病例分类\", \"分类\"]\n";

/// Whether a row was ruled out as a case.
fn ruled_out(row: &Row) -> bool {
    row.text("classification").is_some_and(|c| RULED_OUT.contains(&c.to_lowercase().as_str()))
}

/// Reads a table by a shipped mapping's text, or by the user's own mapping file.
pub(crate) fn read(path: &Path, shipped: (&str, &str), own: Option<&Path>) -> Result<Table, Trouble> {
    read_with(path, shipped, own, "")
}

/// A field of text that must be there, as a mapping has it.
pub(crate) fn text_field(name: &str, column: &str) -> String {
    let column: String = column.chars().flat_map(|c| if matches!(c, '"' | '\\') { vec!['\\', c] } else { vec![c] }).collect();
    format!("\n[fields.{name}]\ncolumns = [\"{column}\"]\ntype = \"text\"\nrequired = true\n")
}

/// The same with more fields than the mapping has.
pub(crate) fn read_with(path: &Path, shipped: (&str, &str), own: Option<&Path>, more: &str) -> Result<Table, Trouble> {
    let mapping = match own {
        None => Mapping::parse(shipped.0, &format!("{}{more}", shipped.1)),
        Some(file) => {
            let text = std::fs::read_to_string(file).map_err(|e| Trouble::io(file, &e))?;
            Mapping::parse(&file.display().to_string(), &format!("{text}{more}"))
        }
    };
    let mapping = mapping.map_err(|p| Trouble::mapping(&p))?;
    let reader = quell_tabular::open(path, &mapping.options()).map_err(|e| Trouble::file(path, &e))?;
    let mut rows = reader.rows(&mapping).map_err(|e| Trouble::file(path, &e))?;
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for row in rows.by_ref() {
        match row {
            Ok(r) => good.push(r),
            Err(errors) => bad.extend(errors),
        }
    }
    if !bad.is_empty() {
        return Err(Trouble::rows(path, &bad));
    }
    let all = good.len();
    good.retain(|row| !ruled_out(row));
    let ruled_out = all - good.len();
    if good.is_empty() {
        return Err(Trouble::new(format!("{}：没有数据行", path.display()), format!("{}: there are no rows", path.display())));
    }
    Ok(Table { path: path.to_owned(), rows: good, ruled_out, columns: rows.summary().read_columns.clone() })
}
