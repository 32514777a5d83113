//! Tables in.

use crate::said::Trouble;
use quell_tabular::{Mapping, Row};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The rows of a table, all of them good.
pub(crate) struct Table {
    pub path: PathBuf,
    pub rows: Vec<Row>,
    /// The column that makes each field, of those that have one.
    pub columns: BTreeMap<String, String>,
}

impl Table {
    /// Whether a column makes this field.
    pub fn has(&self, field: &str) -> bool {
        self.columns.contains_key(field)
    }
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
    if good.is_empty() {
        return Err(Trouble::new(format!("{}：没有数据行", path.display()), format!("{}: there are no rows", path.display())));
    }
    Ok(Table { path: path.to_owned(), rows: good, columns: rows.summary().read_columns.clone() })
}
