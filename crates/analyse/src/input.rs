//! Tables in.

use crate::Setting;
use crate::output;
use crate::said::Trouble;
use clap::Args;
use quell_tabular::{BUILTIN, Layer, Mapping, Reader, Row, Summary, Warning};
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
    /// What whoever has given the table should know of how it was read.
    pub notes: Vec<Trouble>,
    /// All headers.
    headers: Vec<String>,
    /// The headers that each field is known by.
    known: BTreeMap<String, Vec<String>>,
    others: Said,
}

impl Table {
    /// Whether a column makes this field.
    pub fn has(&self, field: &str) -> bool {
        self.columns.contains_key(field)
    }
    /// All headers that are not empty.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().map(String::as_str).filter(|h| !h.is_empty())
    }
    /// That no column has what is wanted (in both languages): which headers there are, and which would be known. `fields`: those of which one is enough.
    pub fn lacks(&self, (zh, en): (&str, &str), fields: &[&str]) -> Trouble {
        let known: Vec<&str> = fields.iter().filter_map(|f| self.known.get(*f)).flatten().map(String::as_str).collect();
        let headers: Vec<&str> = self.headers().collect();
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
        .with(self.others.clone())
    }
    /// Says what is to be known of how it was read.
    pub fn tell(&self, to: &mut Setting<'_>) -> Result<(), Trouble> {
        self.notes.iter().try_for_each(|note| output::say(to, note))
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

/// What is to be known of the file: other sheets, and that it may have been cut off.
fn warnings(path: &Path, summary: &Summary) -> impl Iterator<Item = Trouble> {
    let sheet = summary.sheet.clone().unwrap_or_default();
    summary.warnings.iter().filter_map(move |w| {
        let path = path.display();
        match w {
            Warning::OtherSheets { names } => Some(Trouble::new(
                format!("{path}：读取了工作表“{sheet}”；另有：{}（用 --sheet 指明）", names.join("、")),
                format!("{path}: the sheet {sheet} was read; there are others: {} (name one with --sheet)", names.join(", ")),
            )),
            Warning::RowLimit { .. } => Some(Trouble::new(format!("{path}：{}", w.message_zh()), format!("{path}: {}", w.message_en()))),
            _ => None,
        }
    })
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
    read(path, shipped, &Own::default())?.tell(to)
}

/// Reads a table by a shipped mapping's text, as the user says.
pub(crate) fn read(path: &Path, shipped: (&str, &str), own: &Own) -> Result<Table, Trouble> {
    read_as(path, shipped, own, "")
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

/// What the user says of a table besides where it is.
#[derive(Debug, Default)]
pub(crate) struct Own {
    /// A mapping of the user's own, laid over the shipped one.
    pub layer: Option<Layer>,
    /// The sheet of a workbook, or the list of a JSON object.
    pub sheet: Option<String>,
}

/// Options that say how the first table of a command is to be read.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// Which columns these are, if they go by other names: a mapping file, or the name of one that is built in. What it does not say stays as it is.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// The sheet of a workbook [default: the first one that is not hidden].
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
}

impl Named {
    /// What they say.
    pub fn own(&self) -> Result<Own, Trouble> {
        Own::of(self.mapping.as_deref(), self.sheet.as_deref())
    }
}

impl Own {
    /// A mapping file, or the name of one that is shipped with Quell.
    pub fn of(mapping: Option<&Path>, sheet: Option<&str>) -> Result<Self, Trouble> {
        let sheet = sheet.map(str::to_owned);
        let Some(file) = mapping else { return Ok(Self { layer: None, sheet }) };
        let name = file.to_string_lossy();
        let layer = match std::fs::read_to_string(file) {
            Ok(text) => Layer::parse(&name, &text).map_err(|p| Trouble::mapping(&p))?,
            Err(e) => Layer::shipped(name.trim_end_matches(".toml")).ok_or_else(|| no_mapping(file, &e))?,
        };
        Ok(Self { layer: Some(layer), sheet })
    }
}

fn no_mapping(file: &Path, e: &std::io::Error) -> Trouble {
    let names = BUILTIN.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    Trouble::io(file, e).and(
        &format!("--mapping 须为文件，或内置对应关系的名称：{names}"),
        &format!("--mapping is a file, or one of these that are built in: {names}"),
    )
}

/// Fields of other tables that a mapping may name as well, because it is the same for both.
fn elsewhere(shipped: &str) -> Vec<String> {
    let other = match shipped {
        "analyse-linelist" => include_str!("../mappings/contacts.toml"),
        "analyse-contacts" => include_str!("../mappings/linelist.toml"),
        _ => return Vec::new(),
    };
    Mapping::parse("", other).map_or_else(|_| Vec::new(), |m| m.fields().map(|f| f.name().to_string()).collect())
}

/// Reads a table by a shipped mapping's text with more fields, as the user says.
pub(crate) fn read_as(path: &Path, shipped: (&str, &str), own: &Own, more: &str) -> Result<Table, Trouble> {
    let shipped = (shipped.0, format!("{}{more}", shipped.1));
    let mapping = match &own.layer {
        None => Mapping::parse(shipped.0, &shipped.1),
        Some(layer) => {
            let elsewhere = elsewhere(shipped.0);
            layer.over((shipped.0, &shipped.1), &elsewhere.iter().map(String::as_str).collect::<Vec<_>>())
        }
    };
    let mapping = mapping.map_err(|p| Trouble::mapping(&p))?;
    let mut options = mapping.options();
    options.sheet = own.sheet.clone().or(options.sheet);
    let reader = quell_tabular::open(path, &options).map_err(|e| Trouble::file(path, &e))?;
    let others = others(&reader);
    // Perhaps another sheet was meant.
    table(path, &reader, &mapping).map_err(|t| t.with(others.clone())).map(|t| Table { others, ..t })
}

/// What is said of sheets that are not read, in both languages.
type Said = Option<(String, String)>;

fn others(reader: &Reader) -> Said {
    reader.warnings().iter().find_map(|w| match w {
        Warning::OtherSheets { names } => Some((
            format!("工作簿另有工作表：{}（用 --sheet 指明）", names.join("、")),
            format!("the workbook has other sheets: {} (name one with --sheet)", names.join(", ")),
        )),
        _ => None,
    })
}

fn table(path: &Path, reader: &Reader, mapping: &Mapping) -> Result<Table, Trouble> {
    no_table(path, reader)?;
    let mut rows = reader.rows(mapping).map_err(|e| Trouble::file(path, &e))?;
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
    let summary = rows.summary();
    let notes = warnings(path, summary).chain(columns(path, summary)).chain(rivals(path, summary)).collect();
    let (columns, headers) = (summary.read_columns.clone(), rows.headers().to_vec());
    let known = mapping.fields().map(|f| (f.name().to_string(), f.columns().to_vec())).collect();
    Ok(Table { path: path.to_owned(), rows: good, ruled_out, columns, notes, headers, known, others: None })
}
