//! What is wrong and what to do, in both languages: of a mapping file, of a whole file, of a row.

use std::fmt;

/// One fault of a mapping file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file's name as given to [`crate::Mapping::parse`].
    pub file: String,
    /// Line of the offending key, from 1.
    pub line: u32,
    /// Path of the offending key (`fields.born.formats`); empty for the whole file.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub advice: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{}; {}", self.message, self.advice)
    }
}
impl std::error::Error for Problem {}

/// Why a file as a whole cannot be read, or not under this mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message_en}; {advice_en}", line.map(|l| format!("line {l}: ")).unwrap_or_default())]
pub struct OpenError {
    /// Stable code of the rule that was broken, for example `file.encoding`.
    pub rule: &'static str,
    /// Where in the file, if at one place.
    pub line: Option<u64>,
    /// What is wrong, in Chinese.
    pub message_zh: String,
    /// What is wrong, in English.
    pub message_en: String,
    /// What to do, in Chinese.
    pub advice_zh: String,
    /// What to do, in English.
    pub advice_en: String,
}

/// Why one cell or one row is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}{}: {message_en}; {advice_en}", column.as_ref().map(|c| format!(", column '{c}'")).unwrap_or_default())]
pub struct RowError {
    /// Line of the file, or row of the sheet, where the row begins, from 1.
    pub line: u64,
    /// Header of the column, if one column is at fault.
    pub column: Option<String>,
    /// Target field, if one field is at fault.
    pub field: Option<String>,
    /// What stands there, shortened; identity and telephone numbers masked.
    pub value_shown: String,
    /// Stable code of the rule that was broken, for example `date.format`.
    pub rule: &'static str,
    /// What is wrong, in Chinese.
    pub message_zh: String,
    /// What is wrong, in English.
    pub message_en: String,
    /// What to do, in Chinese.
    pub advice_zh: String,
    /// What to do, in English.
    pub advice_en: String,
}

/// A broken rule before it is known where it was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub rule: &'static str,
    pub zh: String,
    pub en: String,
    pub advice_zh: String,
    pub advice_en: String,
}

impl Fault {
    /// `message` and `advice` are (Chinese, English).
    pub fn new(
        rule: &'static str,
        message: (impl Into<String>, impl Into<String>),
        advice: (impl Into<String>, impl Into<String>),
    ) -> Self {
        Self { rule, zh: message.0.into(), en: message.1.into(), advice_zh: advice.0.into(), advice_en: advice.1.into() }
    }
    /// As the fault of a whole file.
    pub fn of_file(self, line: Option<u64>) -> OpenError {
        OpenError { rule: self.rule, line, message_zh: self.zh, message_en: self.en, advice_zh: self.advice_zh, advice_en: self.advice_en }
    }
    /// As the fault of a row.
    pub fn of_row(self, line: u64, column: Option<&str>, field: Option<&str>, shown: String) -> RowError {
        RowError {
            line,
            column: column.map(str::to_owned),
            field: field.map(str::to_owned),
            value_shown: shown,
            rule: self.rule,
            message_zh: self.zh,
            message_en: self.en,
            advice_zh: self.advice_zh,
            advice_en: self.advice_en,
        }
    }
}

/// Something about the file that a person should see before the rows are used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The file ends exactly at a limit of spreadsheet programs: rows beyond it were probably cut off.
    RowLimit {
        /// The number of rows: 65,536 (XLS) or 1,048,576 (XLSX).
        rows: u64,
    },
    /// Other sheets of the workbook have content and were not read.
    OtherSheets {
        /// Their names.
        names: Vec<String>,
    },
    /// The file is not UTF-8; GB18030 was inferred from its bytes.
    InferredEncoding,
    /// The last line of a CSV file has no line end: it may have been cut in the middle.
    OpenEnd,
    /// The same header stands above several columns.
    RepeatedHeaders {
        /// The headers.
        headers: Vec<String>,
    },
}

impl Warning {
    /// True if the rows must not be used before a person has confirmed that nothing is missing.
    pub fn needs_confirmation(&self) -> bool {
        matches!(self, Warning::RowLimit { .. })
    }
    /// Stable code.
    pub fn rule(&self) -> &'static str {
        match self {
            Warning::RowLimit { .. } => "file.row_limit",
            Warning::OtherSheets { .. } => "file.other_sheets",
            Warning::InferredEncoding => "file.inferred_encoding",
            Warning::OpenEnd => "file.open_end",
            Warning::RepeatedHeaders { .. } => "file.repeated_headers",
        }
    }
    /// What it says, in English.
    pub fn message_en(&self) -> String {
        match self {
            Warning::RowLimit { rows } => {
                format!("the file ends exactly at {rows} rows, the limit of a spreadsheet program; rows after it were probably cut off")
            }
            Warning::OtherSheets { names } => format!("sheets not read: {}; name the sheet if another one is meant", names.join(", ")),
            Warning::InferredEncoding => "the file is not UTF-8 and was read as GB18030; check that names look right".into(),
            Warning::OpenEnd => "the last line of the file has no line end: the file may have been cut in the middle of a row".into(),
            Warning::RepeatedHeaders { headers } => format!("several columns have the same header: {}", headers.join(", ")),
        }
    }
    /// What it says, in Chinese.
    pub fn message_zh(&self) -> String {
        match self {
            Warning::RowLimit { rows } => {
                format!("文件恰好有 {rows} 行，正是电子表格软件的行数上限，其后的行很可能已被截断")
            }
            Warning::OtherSheets { names } => format!("以下工作表未读取：{}；如需读取请指定工作表", names.join("、")),
            Warning::InferredEncoding => "文件不是 UTF-8，已按 GB18030 读取；请核对姓名显示是否正确".into(),
            Warning::OpenEnd => "文件最后一行没有换行符：文件可能在一行中间被截断".into(),
            Warning::RepeatedHeaders { headers } => format!("以下表头重复出现：{}", headers.join("、")),
        }
    }
}
impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message_en())
    }
}
