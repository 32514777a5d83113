//! Tables in.

use crate::Setting;
use crate::output;
use crate::said::Trouble;
use quell_tabular::{Mapping, Reader, Row, Summary};
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
    /// All headers.
    headers: Vec<String>,
    /// The headers that each field is known by.
    known: BTreeMap<String, Vec<String>>,
}

impl Table {
    /// Whether a column makes this field.
    pub fn has(&self, field: &str) -> bool {
        self.columns.contains_key(field)
    }
    /// That no column has what is wanted (in both languages): which headers there are, and which would be known. `fields`: those of which one is enough.
    pub fn lacks(&self, (zh, en): (&str, &str), fields: &[&str]) -> Trouble {
        let known: Vec<&str> = fields.iter().filter_map(|f| self.known.get(*f)).flatten().map(String::as_str).collect();
        let headers: Vec<&str> = self.headers.iter().map(String::as_str).filter(|h| !h.is_empty()).collect();
        let path = self.path.display();
        Trouble::new(
            format!(
                "{path}：没有{zh}一列。表中的列：{}；可用的列名：{}；请改列名，或用 --mapping 指明",
                headers.join("、"),
                known.join("、")
            ),
            format!(
                "{path}: no column has {en}. The table has: {}; known are: {}; rename a column, or name it in a mapping (--mapping)",
                headers.join(", "),
                known.join(", ")
            ),
        )
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

/// Which columns could have been read instead of the one that was, a line for each field.
fn rivals(path: &Path, summary: &Summary) -> Vec<Trouble> {
    let mut others: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (field, header) in &summary.rival_columns {
        others.entry(field).or_default().push(header);
    }
    let one = |(field, others): (&str, Vec<&str>)| {
        let (taken, path) = (summary.read_columns.get(field)?, path.display());
        let (zh, en) = (others.join("、"), others.join(", "));
        Some(Trouble::new(
            format!("{path}：{field} 读取了“{taken}”；{zh} 也可能是：若应为后者，请改列名或用 --mapping 指明"),
            format!(
                "{path}: {taken} was taken for {field}; {en} could be meant, too: if so, rename a column or name it in a mapping (--mapping)"
            ),
        ))
    };
    others.into_iter().filter_map(one).collect()
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

/// Refuses a text: whatever its first lines are, they have no columns.
fn no_table(path: &Path, reader: &Reader) -> Result<(), Trouble> {
    let rows = reader.first_rows();
    let cells = |row: &(u64, Vec<String>)| row.1.iter().filter(|c| !c.is_empty()).count();
    let Some((_, first)) = rows.first().filter(|_| rows.iter().all(|r| cells(r) <= 1)) else { return Ok(()) };
    let (path, first) = (path.display(), first.join(" ").chars().take(40).collect::<String>());
    Err(Trouble::new(
        format!("{path}：不是表格：只有一列，首行为“{first}”；需要首行为列名、各列以逗号（或制表符、分号）分隔的 CSV，或 Excel、JSON"),
        format!(
            "{path}: this is no table: it has one column only, and begins with “{first}”; what is wanted is CSV with a row of column names, separated by commas (tabulators, semicolons), or Excel, or JSON"
        ),
    ))
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
    no_table(path, &reader)?;
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
    let notes = columns(path, summary).into_iter().chain(rivals(path, summary)).collect();
    let (columns, headers) = (summary.read_columns.clone(), rows.headers().to_vec());
    let known = mapping.fields().map(|f| (f.name().to_string(), f.columns().to_vec())).collect();
    Ok(Table { path: path.to_owned(), rows: good, columns, notes, headers, known })
}
