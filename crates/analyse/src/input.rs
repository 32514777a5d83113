//! Tables in.

use crate::Setting;
use crate::output;
use crate::said::Trouble;
use quell_tabular::{Mapping, Row, Summary};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The rows of a table, all of them good.
pub(crate) struct Table {
    pub path: PathBuf,
    pub rows: Vec<Row>,
    /// The column that makes each field, of those that have one.
    pub columns: BTreeMap<String, String>,
    /// What whoever has given the table should know of how it was read.
    pub notes: Vec<Trouble>,
}

impl Table {
    /// Whether a column makes this field.
    pub fn has(&self, field: &str) -> bool {
        self.columns.contains_key(field)
    }
    /// Says what is to be known of how it was read.
    pub fn tell(&self, to: &mut Setting<'_>) -> Result<(), Trouble> {
        self.notes.iter().try_for_each(|note| output::say(to, note))
    }
}

/// Columns that are named before the rest is only counted.
const NAMED: usize = 12;

/// Which columns were read as what, and which were not; nothing if all were read.
fn columns(path: &Path, summary: &Summary) -> Option<Trouble> {
    let list = |all: Vec<String>, (comma, more): (&str, &str)| {
        let rest = all.len().saturating_sub(NAMED);
        let named = all.into_iter().take(NAMED).collect::<Vec<_>>().join(comma);
        if rest > 0 { format!("{named}{comma}{}", more.replace('#', &rest.to_string())) } else { named }
    };
    if summary.unread_columns.is_empty() {
        return None;
    }
    let (zh, en) = (("、", "另有 # 列"), (", ", "# more"));
    // A forecast's channels are fields whose names nobody has given.
    let field = |name: &str| if name.starts_with("channel_") { "channel".to_owned() } else { name.to_owned() };
    let read: Vec<String> = summary.read_columns.iter().map(|(name, column)| format!("{column} → {}", field(name))).collect();
    let (unread, path) = (summary.unread_columns.clone(), path.display());
    Some(Trouble::new(
        format!("{path}：{}；未读取的列：{}", list(read.clone(), zh), list(unread.clone(), zh)),
        format!("{path}: {}; columns not read: {}", list(read, en), list(unread, en)),
    ))
}

/// Says of a second table, which is read elsewhere, what is to be known of its columns.
pub(crate) fn tell(path: &Path, shipped: (&str, &str), to: &mut Setting<'_>) -> Result<(), Trouble> {
    read(path, shipped, None)?.tell(to)
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
    let summary = rows.summary();
    let notes = columns(path, summary).into_iter().collect();
    Ok(Table { path: path.to_owned(), rows: good, columns: summary.read_columns.clone(), notes })
}
