//! What an import of records did: for people in two languages, for machines as JSON.

use crate::import::report::{Effect, Issue, MAX_ISSUES, Words, write_issues};
use quell_foundation::*;
use serde::Serialize;
use std::collections::BTreeMap;

/// Lines of one kind that are printed; the file of refused rows has all of them.
const PRINTED: usize = 20;

/// Two records that may be one person: someone decides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PossibleDuplicate {
    /// Line of the file.
    pub line: u64,
    /// The person whom the row made.
    pub person: PersonId,
    /// Whom they may be.
    pub other: PersonId,
    /// Log-likelihood ratio in hundredths of a bit.
    pub score: i32,
    /// Why.
    pub reasons: Vec<Words>,
}

/// What an import of records read, refused and wrote. Every row is accepted, a duplicate, refused or left out.
#[derive(Debug, Clone, Serialize)]
pub struct RecordsReport {
    /// What was imported.
    pub list: &'static str,
    /// Name of the file.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: Hash,
    /// Name of the mapping; `hl7` or `fhir` for messages.
    pub mapping: String,
    /// Which column feeds which field.
    pub columns: BTreeMap<String, String>,
    /// Columns that no field uses.
    pub unread_columns: Vec<String>,
    /// Fields that are read and checked but not stored.
    pub not_stored: Vec<String>,
    /// Warnings about the file.
    pub warnings: Vec<Words>,
    /// Nothing was written.
    pub dry_run: bool,
    /// Rows read.
    pub read: u64,
    /// Rows that brought something new.
    pub accepted: u64,
    /// The last of them.
    pub last_accepted: Option<u64>,
    /// Rows that say nothing that the book does not know.
    pub duplicates: u64,
    /// Rows that were refused.
    pub refused: u64,
    /// Rows that say nothing of the kind: not a case, a result that is not there yet.
    pub left_out: u64,
    /// Persons who are new to the book.
    pub new_persons: u64,
    /// Facts written.
    pub facts: u64,
    /// Where the refused rows are, with the reasons, to be corrected and imported again.
    pub refused_file: Option<String>,
    /// The refused rows themselves, if no file was named for them.
    #[serde(skip)]
    pub refused_text: Option<String>,
    /// Reasons of refusals and remarks, in the order of lines; at most [`MAX_ISSUES`].
    pub issues: Vec<Issue>,
    /// How many there were in all.
    pub issue_count: u64,
    /// Rows whose person may be one whom the book knows: someone decides.
    pub possible_duplicates: Vec<PossibleDuplicate>,
    /// Why nothing, or not everything, was read.
    pub stopped: Option<Words>,
}

impl RecordsReport {
    /// Of a file of which nothing has been read yet.
    pub(super) fn new(list: &'static str, file: String, sha256: Hash, mapping: String, dry_run: bool) -> Self {
        Self {
            list,
            file,
            sha256,
            mapping,
            columns: BTreeMap::new(),
            unread_columns: Vec::new(),
            not_stored: Vec::new(),
            warnings: Vec::new(),
            dry_run,
            read: 0,
            accepted: 0,
            last_accepted: None,
            duplicates: 0,
            refused: 0,
            left_out: 0,
            new_persons: 0,
            facts: 0,
            refused_file: None,
            refused_text: None,
            issues: Vec::new(),
            issue_count: 0,
            possible_duplicates: Vec::new(),
            stopped: None,
        }
    }

    /// Remembers an issue.
    pub(super) fn note(&mut self, issue: Issue) {
        self.issue_count += 1;
        if self.issues.len() < MAX_ISSUES {
            self.issues.push(issue);
        }
    }

    /// Writes all kept issues as CSV.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_csv(&self, path: &std::path::Path) -> std::io::Result<()> {
        write_issues(&self.issues, path)
    }

    /// True if every row read is accounted for.
    pub fn balance(&self) -> bool {
        self.read == self.accepted + self.duplicates + self.refused + self.left_out
    }

    /// True if nothing was refused and the file was read to its end.
    pub fn is_clean(&self) -> bool {
        self.refused == 0 && self.stopped.is_none()
    }

    /// The report as lines of text.
    pub fn lines(&self, chinese: bool) -> Vec<String> {
        let say = |en: String, zh: String| if chinese { zh } else { en };
        let mut out = Vec::new();
        if self.dry_run {
            out.push(say(format!("mapping: {}", self.mapping), format!("映射：{}", self.mapping)));
            out.extend(self.columns.iter().map(|(field, column)| format!("  {column} → {field}")));
        }
        for (names, en, zh) in [
            (&self.unread_columns, "columns not read", "未读取的列"),
            (&self.not_stored, "read and checked, not stored", "只读取核对、不入库的字段"),
        ] {
            if !names.is_empty() {
                out.push(say(format!("{en}: {}", names.join(", ")), format!("{zh}：{}", names.join("、"))));
            }
        }
        out.extend(self.warnings.iter().map(|w| say(format!("warning: {}", w.en), format!("警告：{}", w.zh))));
        out.extend(self.issues.iter().take(PRINTED).map(|i| i.text(chinese)));
        if self.issue_count > PRINTED as u64 {
            let n = self.issue_count - PRINTED as u64;
            out.push(say(format!("… and {n} more"), format!("……另有 {n} 条")));
        }
        for p in self.possible_duplicates.iter().take(PRINTED) {
            let reasons: Vec<&str> = p.reasons.iter().map(|r| r.pick(chinese)).collect();
            let (line, person, other, score) = (p.line, p.person, p.other, f64::from(p.score) / 100.0);
            out.push(say(
                format!("line {line}: person {person} may be {other} (score {score}): {}", reasons.join("; ")),
                format!("第 {line} 行：人员 {person} 可能与 {other} 为同一人（得分 {score}）：{}", reasons.join("；")),
            ));
        }
        if self.possible_duplicates.len() > PRINTED {
            let n = self.possible_duplicates.len() - PRINTED;
            out.push(say(format!("… and {n} more pairs (--json has all)"), format!("……另有 {n} 对（--json 可全部输出）")));
        }
        let (read, accepted, duplicates, refused, left) = (self.read, self.accepted, self.duplicates, self.refused, self.left_out);
        out.push(say(
            format!("rows: {read} read = {accepted} accepted + {duplicates} known already + {refused} refused + {left} left out"),
            format!("行数：读取 {read} = 接受 {accepted} + 已有 {duplicates} + 拒绝 {refused} + 不在范围 {left}"),
        ));
        if self.dry_run {
            out.push(say("nothing was written (--dry-run)".into(), "未写入任何数据（--dry-run）".into()));
        } else if let Some(last) = self.last_accepted {
            let (facts, persons) = (self.facts, self.new_persons);
            out.push(say(
                format!("{facts} facts written, {persons} new persons; last accepted row: {last}"),
                format!("写入 {facts} 条，新增人员 {persons} 名；最后接受的行：{last}"),
            ));
        }
        if let Some(file) = &self.refused_file {
            out.push(say(
                format!("refused rows with their reasons: {file}; correct them and import that file"),
                format!("被拒绝的行及原因：{file}；请改正后再导入该文件"),
            ));
        }
        out.extend(self.stopped.iter().map(|s| s.pick(chinese).to_owned()));
        out
    }
}

/// An issue that refuses its row, about a field.
pub(super) fn refused(line: u64, rule: &str, message: (impl Into<String>, impl Into<String>), advice: (&str, &str)) -> Box<Issue> {
    Issue::new(Effect::Bad, line, rule, message, advice).boxed()
}

/// A remark on a row that is used.
pub(super) fn remark(line: u64, rule: &str, message: (impl Into<String>, impl Into<String>), advice: (&str, &str)) -> Issue {
    Issue::new(Effect::Note, line, rule, message, advice)
}
