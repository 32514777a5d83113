//! What an import read, what it found wrong, and what it did: for people in two languages, for machines as JSON.

use quell_book::Fact;
use quell_foundation::Hash;
use quell_tabular::{RowError, Summary, Warning};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

/// Most issues that are kept with their text; the rest are only counted.
pub const MAX_ISSUES: usize = 10_000;
/// Issues that are printed; the report file has all that are kept.
const PRINTED: usize = 20;
/// Rows of a preview.
pub const PREVIEW: usize = 5;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Words {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

impl Words {
    /// From both texts.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }
    /// The text in one language.
    pub fn pick(&self, chinese: bool) -> &str {
        if chinese { &self.zh } else { &self.en }
    }
}

/// What an issue does to its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The row is wrong.
    Bad,
    /// The row is right but contradicts another row or the book: it waits for a person's decision.
    HeldBack,
    /// For a person to look at; the row is used.
    Note,
}

/// Something about a row that a person should see.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Issue {
    /// What it does to the row.
    pub effect: Effect,
    /// Line of the file, from 1.
    pub line: u64,
    /// Header of the column, if one is at fault.
    pub column: Option<String>,
    /// What stands there; identity and telephone numbers masked.
    pub value: String,
    /// Stable code.
    pub rule: String,
    /// What is wrong.
    pub message: Words,
    /// What to do.
    pub advice: Words,
}

impl Issue {
    /// An issue of a row. `message` and `advice` are (English, Chinese).
    pub fn new<A: Into<String>, B: Into<String>, C: Into<String>, D: Into<String>>(
        effect: Effect,
        line: u64,
        rule: &str,
        message: (A, B),
        advice: (C, D),
    ) -> Self {
        let (message, advice) = (Words::new(message.0, message.1), Words::new(advice.0, advice.1));
        Self { effect, line, column: None, value: String::new(), rule: rule.to_owned(), message, advice }
    }
    /// What is wrong and what to do, in one text.
    pub fn told(&self) -> Words {
        Words::new(format!("{}; {}", self.message.en, self.advice.en), format!("{}；{}", self.message.zh, self.advice.zh))
    }
    /// The value at fault, if one is.
    pub fn stands(&self) -> Option<String> {
        Some(self.value.clone()).filter(|v| !v.is_empty())
    }
    /// The same with the value at fault.
    #[must_use]
    pub fn with_value(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }
    /// For an `Err`.
    #[must_use]
    pub fn boxed(self) -> Box<Self> {
        Box::new(self)
    }
    /// One line of text.
    pub fn text(&self, chinese: bool) -> String {
        let column = self.column.as_ref().map(|c| if chinese { format!("“{c}”列") } else { format!(", column '{c}'") }).unwrap_or_default();
        let value = if self.value.is_empty() { String::new() } else { format!(" [{}]", self.value) };
        let (m, a, line) = (self.message.pick(chinese), self.advice.pick(chinese), self.line);
        match (chinese, self.effect) {
            (true, Effect::Bad) => format!("第 {line} 行{column}{value}：{m}；{a}"),
            (true, Effect::HeldBack) => format!("第 {line} 行{column}{value}（暂缓）：{m}；{a}"),
            (true, Effect::Note) => format!("第 {line} 行{column}{value}（提示）：{m}；{a}"),
            (false, Effect::Bad) => format!("line {line}{column}{value}: {m}; {a}"),
            (false, Effect::HeldBack) => format!("line {line}{column}{value}, held back: {m}; {a}"),
            (false, Effect::Note) => format!("line {line}{column}{value}, note: {m}; {a}"),
        }
    }
}

impl From<RowError> for Issue {
    fn from(e: RowError) -> Self {
        Self {
            effect: Effect::Bad,
            line: e.line,
            column: e.column,
            value: e.value_shown,
            rule: e.rule.to_owned(),
            message: Words::new(e.message_en, e.message_zh),
            advice: Words::new(e.advice_en, e.advice_zh),
        }
    }
}

/// Every row of the file is in exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Rows read.
    pub read: u64,
    /// New to the book.
    pub new: u64,
    /// In the book with other particulars, which the row changes.
    pub changed: u64,
    /// In the book exactly like this.
    pub unchanged: u64,
    /// Waiting for a person's decision.
    pub held_back: u64,
    /// Wrong.
    pub bad: u64,
    /// Not asked for (a case later than the chosen day, not a case).
    pub left_out: u64,
}

impl Counts {
    /// True if every row read is accounted for.
    pub fn balance(&self) -> bool {
        self.read == self.new + self.changed + self.unchanged + self.held_back + self.bad + self.left_out
    }
}

/// What an import read, found and did.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Name of the file.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: Hash,
    /// Name of the mapping.
    pub mapping: String,
    /// Encoding of a CSV file.
    pub encoding: Option<String>,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Which column feeds which field.
    pub columns: BTreeMap<String, String>,
    /// Columns that no field uses.
    pub unread_columns: Vec<String>,
    /// Columns that the mapping leaves out on purpose.
    pub ignored_columns: Vec<String>,
    /// Fields that the file has no column for.
    pub missing_fields: Vec<String>,
    /// Fields that are read and checked but not stored.
    pub not_stored: Vec<String>,
    /// Warnings about the file.
    pub warnings: Vec<Words>,
    /// Where every row went.
    pub counts: Counts,
    /// What was found, at most [`MAX_ISSUES`].
    pub issues: Vec<Issue>,
    /// How many issues there were in all.
    pub issue_count: u64,
    /// The first rows as they would be stored.
    pub preview: Vec<Fact>,
    /// Facts written into the book.
    pub written: u64,
    /// Persons or places in the book before.
    pub book_before: i64,
    /// And after.
    pub book_after: i64,
    /// Why nothing, or not everything, was written.
    pub stopped: Option<Words>,
}

impl Report {
    /// A report on a file whose rows have been read. `used`: the fields that the import stores.
    pub fn new(file: &str, s: &Summary, used: &[&str]) -> Self {
        let not_stored = s.read_columns.keys().filter(|f| !used.contains(&f.as_str())).cloned().collect();
        Self {
            file: file.to_owned(),
            sha256: s.sha256,
            mapping: s.mapping.clone(),
            encoding: s.encoding.clone(),
            sheet: s.sheet.clone(),
            columns: s.read_columns.clone(),
            unread_columns: s.unread_columns.clone(),
            ignored_columns: s.ignored_columns.clone(),
            missing_fields: s.missing_fields.clone(),
            not_stored,
            warnings: s.warnings.iter().map(|w| Words::new(w.message_en(), w.message_zh())).collect(),
            counts: Counts { read: s.rows, ..Counts::default() },
            issues: Vec::new(),
            issue_count: 0,
            preview: Vec::new(),
            written: 0,
            book_before: 0,
            book_after: 0,
            stopped: None,
        }
    }
    /// Remembers issues, in the order of lines.
    pub fn add_issues(&mut self, mut found: Vec<Issue>, in_all: u64) {
        found.sort_by_key(|i| (i.line, i.effect));
        self.issues = found;
        self.issue_count = in_all;
    }
    /// Says why nothing was written if rows are bad (and need not be skipped), or a warning was not confirmed.
    pub fn stop_if_unfit(&mut self, skip_bad: bool, unconfirmed: Option<Words>) {
        let bad = self.counts.bad;
        self.stopped = unconfirmed.or_else(|| {
            (bad > 0 && !skip_bad).then(|| {
                Words::new(
                    format!("nothing was imported: {bad} rows are bad. Correct them, or import the others with --skip-bad"),
                    format!("未导入任何数据：有 {bad} 行错误。请改正后重试，或用 --skip-bad 只导入其余各行"),
                )
            })
        });
    }

    /// The report as lines of text.
    pub fn lines(&self, chinese: bool, preview: bool) -> Vec<String> {
        let say = |en: String, zh: String| if chinese { zh } else { en };
        let mut out = Vec::new();
        if preview {
            self.preview_lines(chinese, &mut out);
        }
        for w in &self.warnings {
            out.push(say(format!("warning: {}", w.en), format!("警告：{}", w.zh)));
        }
        out.extend(self.issues.iter().take(PRINTED).map(|i| i.text(chinese)));
        if self.issue_count > PRINTED as u64 {
            let n = self.issue_count - PRINTED as u64;
            out.push(say(
                format!("… and {n} more; --report FILE writes them to a file"),
                format!("……另有 {n} 条，用 --report 文件 可全部导出"),
            ));
        }
        let c = &self.counts;
        let left_out = if c.left_out == 0 {
            (String::new(), String::new())
        } else {
            (format!(" + {} not asked for", c.left_out), format!(" + 不在范围 {}", c.left_out))
        };
        out.push(say(
            format!(
                "rows: {} read = {} new + {} changed + {} unchanged + {} held back + {} bad{}",
                c.read, c.new, c.changed, c.unchanged, c.held_back, c.bad, left_out.0
            ),
            format!(
                "行数：读取 {} = 新增 {} + 变更 {} + 无变化 {} + 暂缓 {} + 错误 {}{}",
                c.read, c.new, c.changed, c.unchanged, c.held_back, c.bad, left_out.1
            ),
        ));
        if let Some(s) = &self.stopped {
            out.push(s.pick(chinese).to_owned());
        }
        out
    }

    fn preview_lines(&self, chinese: bool, out: &mut Vec<String>) {
        let say = |en: &str, zh: &str| (if chinese { zh } else { en }).to_owned();
        let list = |names: &[String]| names.join(if chinese { "、" } else { ", " });
        out.push(format!("{}: {}  {}: {}", say("file", "文件"), self.file, say("mapping", "映射"), self.mapping));
        if let Some(how) = self.encoding.as_ref().or(self.sheet.as_ref()) {
            out.push(format!("{}: {how}", say("encoding or sheet", "编码或工作表")));
        }
        for (field, column) in &self.columns {
            out.push(format!("  {column} → {field}"));
        }
        for (names, en, zh) in [
            (&self.unread_columns, "columns not read", "未读取的列"),
            (&self.ignored_columns, "columns left out by the mapping", "映射中忽略的列"),
            (&self.missing_fields, "fields without a column", "文件中没有的字段"),
            (&self.not_stored, "read and checked, not stored", "只读取核对、不入库的字段"),
        ] {
            if !names.is_empty() {
                out.push(format!("{}: {}", say(en, zh), list(names)));
            }
        }
        for f in &self.preview {
            out.push(serde_json::to_string(f).unwrap_or_default());
        }
    }

    /// Writes all kept issues as CSV with a BOM, so that a spreadsheet program opens it as it is.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_csv(&self, path: &std::path::Path) -> std::io::Result<()> {
        write_issues(&self.issues, path)
    }
}

/// Issues as CSV with a BOM.
pub(super) fn write_issues(issues: &[Issue], path: &std::path::Path) -> std::io::Result<()> {
    let mut f = std::io::BufWriter::new(std::fs::File::create(path)?);
    write!(f, "\u{feff}line,effect,column,value,rule,message,advice,说明,处理办法\r\n")?;
    for i in issues {
        let effect = match i.effect {
            Effect::Bad => "bad",
            Effect::HeldBack => "held_back",
            Effect::Note => "note",
        };
        let cells = [
            i.line.to_string(),
            effect.to_owned(),
            i.column.clone().unwrap_or_default(),
            i.value.clone(),
            i.rule.clone(),
            i.message.en.clone(),
            i.advice.en.clone(),
            i.message.zh.clone(),
            i.advice.zh.clone(),
        ];
        let row: Vec<String> = cells.iter().map(|c| csv_cell(c)).collect();
        write!(f, "{}\r\n", row.join(","))?;
    }
    f.flush()
}

/// A cell in quotes; what a spreadsheet program would run as a formula is made text.
fn csv_cell(s: &str) -> String {
    let guard = if s.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", s.replace('"', "\"\""))
}

/// Collects issues up to the limit and counts them all.
#[derive(Debug, Default)]
pub struct Issues {
    kept: Vec<Issue>,
    count: u64,
}

impl Issues {
    /// Adds one.
    pub fn add(&mut self, issue: Issue) {
        self.count += 1;
        if self.kept.len() < MAX_ISSUES {
            self.kept.push(issue);
        }
    }
    /// Hands them to a report.
    pub fn into_report(self, report: &mut Report) {
        report.add_issues(self.kept, self.count);
    }
}

/// Why a file that may have been cut is not used.
pub fn unconfirmed(warning: &Warning) -> Words {
    let (en, zh) = (warning.message_en(), warning.message_zh());
    Words::new(
        format!("nothing was imported: {en}. Count the rows at their source and say --rows N; if the file has fewer, get it as CSV"),
        format!("未导入任何数据：{zh}。请在来源处清点行数并加 --rows N；若文件行数不足，请改取 CSV 文件"),
    )
}

/// The file has not the rows that its sender counted.
pub fn other_count(said: u64, read: u64) -> Words {
    Words::new(
        format!("nothing was imported: {said} rows were counted at the source, the file has {read}. Get the whole file from its sender"),
        format!("未导入任何数据：来源处清点为 {said} 行，文件有 {read} 行。请向发送方重新索取完整文件"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_the_report_are_quoted_and_never_run() {
        assert_eq!(csv_cell("a \"b\",c"), "\"a \"\"b\"\",c\"");
        assert_eq!(csv_cell("=1+1"), "\"'=1+1\"");
    }

    #[test]
    fn counts_must_add_up() {
        let c = Counts { read: 6, new: 1, changed: 1, unchanged: 1, held_back: 1, bad: 1, left_out: 1 };
        assert!(c.balance() && !Counts { read: 7, ..c }.balance());
    }
}
