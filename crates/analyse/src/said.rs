//! What is said to the user, in both languages.

use quell_tabular::{OpenError, Problem, RowError};
use std::path::Path;

/// Why a command did not do its work. Its own language is English; [`Trouble::text`] has both.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{en}")]
pub struct Trouble {
    zh: String,
    en: String,
}

/// Kinds of faults, and rows of each, that are named before the rest is only counted.
const NAMED: usize = 20;
const ROWS: usize = 10;

impl Trouble {
    /// In Chinese and English.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
    /// The same with more behind it.
    pub(crate) fn and(self, zh: &str, en: &str) -> Self {
        Self { zh: format!("{}；{zh}", self.zh), en: format!("{}; {en}", self.en) }
    }
    /// The same with what else is said, if there is anything.
    pub(crate) fn with(self, more: Option<(String, String)>) -> Self {
        match more {
            Some((zh, en)) => self.and(&zh, &en),
            None => self,
        }
    }
    /// The message.
    pub fn text(&self, chinese: bool) -> &str {
        if chinese { &self.zh } else { &self.en }
    }
    /// A file as a whole.
    pub(crate) fn file(path: &Path, e: &OpenError) -> Self {
        let line = |word: &str| e.line.map(|l| format!("{word}{l}")).unwrap_or_default();
        Self::new(
            format!("{}{}：{}；{}", path.display(), line("，行 "), e.message_zh, e.advice_zh),
            format!("{}{}: {}; {}", path.display(), line(", line "), e.message_en, e.advice_en),
        )
    }
    /// Rows of a file: none of them is used. What is wrong in the same way is told once, with its rows.
    pub(crate) fn rows(path: &Path, errors: &[RowError]) -> Self {
        let mut alike: Vec<Vec<&RowError>> = Vec::new();
        for e in errors {
            let same = |o: &RowError| (o.rule, &o.column, &o.message_en) == (e.rule, &e.column, &e.message_en);
            match alike.iter_mut().find(|group| group.first().is_some_and(|o| same(o))) {
                Some(group) => group.push(e),
                None => alike.push(vec![e]),
            }
        }
        let mut zh: Vec<String> = vec![format!("{}：{} 处错误，未做分析", path.display(), errors.len())];
        let mut en: Vec<String> = vec![format!("{}: {} faults, nothing was analysed", path.display(), errors.len())];
        for group in alike.iter().take(NAMED) {
            let Some(e) = group.first() else { continue };
            let of = |word: &str, name: &Option<String>| name.as_ref().map(|n| format!("{word}{n}")).unwrap_or_default();
            if group.len() == 1 {
                zh.push(format!("  行 {}{}（{}）：{}；{}", e.line, of("，列 ", &e.column), e.value_shown, e.message_zh, e.advice_zh));
                en.push(format!("  line {}{} ({}): {}; {}", e.line, of(", column ", &e.column), e.value_shown, e.message_en, e.advice_en));
                continue;
            }
            let cells: Vec<String> = group.iter().take(ROWS).map(|e| format!("{} ({})", e.line, e.value_shown)).collect();
            let more = if group.len() > ROWS { ", …" } else { "" };
            let cells = format!("{}{more}", cells.join(", "));
            zh.push(format!("  行 {cells}{}：{}；{}", of("，列 ", &e.column), e.message_zh, e.advice_zh));
            en.push(format!("  lines {cells}{}: {}; {}", of(", column ", &e.column), e.message_en, e.advice_en));
        }
        if let Some(more) = alike.len().checked_sub(NAMED).filter(|n| *n > 0) {
            zh.push(format!("  另有 {more} 种"));
            en.push(format!("  and {more} more kinds"));
        }
        Self::new(zh.join("\n"), en.join("\n"))
    }
    /// A row of a file that breaks a rule of the analysis.
    pub(crate) fn row(path: &Path, line: u64, zh: impl AsRef<str>, en: impl AsRef<str>) -> Self {
        Self::new(format!("{}，行 {line}：{}", path.display(), zh.as_ref()), format!("{}, line {line}: {}", path.display(), en.as_ref()))
    }
    /// A mapping file.
    pub(crate) fn mapping(problems: &[Problem]) -> Self {
        let text = problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n");
        Self::new(text.clone(), text)
    }
    /// A file that cannot be read or written.
    pub(crate) fn io(path: &Path, e: &std::io::Error) -> Self {
        Self::new(format!("{}：{e}", path.display()), format!("{}: {e}", path.display()))
    }
}
