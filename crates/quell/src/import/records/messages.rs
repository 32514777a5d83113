//! Results that come as messages: HL7 v2, each message acknowledged; FHIR documents. What is refused of them is left in a file: HL7
//! messages as they came, results of FHIR as Quell's own table with the reasons.

use super::file::changed;
use super::report::refused;
use super::{ROWS, Records, Refused, Run};
use crate::import::report::{Issue, Words};
use crate::import::{ImportError, Progress, Source, Step};
use quell_exchange::hl7::{self, AckCode, Stamp};
use quell_exchange::{Lang, Lines, Problem, ResultRecord, fhir, table};
use quell_foundation::*;
use std::collections::BTreeMap;
use std::ops::Range;

/// What became of one message.
struct Message<'m> {
    bytes: &'m [u8],
    header: Option<hl7::Header>,
    /// The rows that its results were.
    rows: Range<u64>,
    /// Why it could not be read.
    fault: Option<(AckCode, Vec<Problem>)>,
}

impl Run<'_> {
    pub(super) async fn hl7(&mut self, messages: &[Vec<u8>], progress: Progress<'_>) -> Result<(), ImportError> {
        let (mut told, mut row, mut results) = (Vec::new(), 1u64, Vec::new());
        for (n, bytes) in messages.iter().enumerate() {
            match hl7::read(bytes, self.app.config.offset) {
                Ok(read) => {
                    let rows = row..row + read.results.len() as u64;
                    results.extend(rows.clone().zip(read.results));
                    row = rows.end;
                    told.push(Message { bytes, header: Some(read.header), rows, fault: None });
                }
                Err(r) => {
                    self.refuse(row, r.problems.iter().map(|p| of_message(row, n + 1, p)).collect());
                    self.report.read += 1;
                    told.push(Message { bytes, header: r.header, rows: row..row + 1, fault: Some((r.code, r.problems)) });
                    row += 1;
                }
            }
        }
        self.report.read += results.len() as u64;
        self.in_chunks(results, progress).await?;
        self.acknowledge(&told)?;
        let left: Vec<u8> =
            told.iter().filter(|m| m.rows.clone().any(|r| self.refused.contains_key(&r))).flat_map(|m| as_framed(m.bytes)).collect();
        match &self.options.refused {
            _ if left.is_empty() => {}
            Refused::File(path) if !self.options.dry_run => {
                self.write(path, &left)?;
                self.report.refused_file = Some(path.display().to_string());
            }
            Refused::File(_) => {}
            Refused::Report => self.report.refused_text = Some(String::from_utf8_lossy(&left).into_owned()),
        }
        Ok(())
    }

    pub(super) async fn fhir(&mut self, bytes: &[u8], progress: Progress<'_>) -> Result<(), ImportError> {
        let source = format!("urn:quell:book:{}", self.app.config.book);
        let reading = fhir::Reading { offset: self.app.config.offset, source: &source };
        let results = match fhir::read(bytes, &reading) {
            Ok(results) => results,
            Err(problems) => {
                let text = |pick: fn(&Problem) -> &str| problems.iter().map(|p| format!("{}: {}", p.at, pick(p))).collect::<Vec<_>>();
                let (en, zh) = (text(|p| &p.en), text(|p| &p.zh));
                self.report.stopped =
                    Some(Words::new(format!("nothing was imported: {}", en.join("; ")), format!("未导入任何数据：{}", zh.join("；"))));
                return Ok(());
            }
        };
        self.report.read = results.len() as u64;
        // As they will stand in the file of refused rows, under its header.
        let numbered: Vec<(u64, ResultRecord)> = (2..).zip(results).collect();
        self.in_chunks(numbered.clone(), progress).await?;
        if self.refused.is_empty() {
            return Ok(());
        }
        let mut csv = Vec::new();
        let lang = if self.options.chinese { Lang::Zh } else { Lang::En };
        let failed =
            |e: quell_exchange::WriteError| ImportError::Io { path: self.options.refused.path(), source: std::io::Error::other(e) };
        let mut lines: Box<dyn Lines<ResultRecord> + '_> = table::csv(&mut csv, lang, true).map_err(failed)?;
        numbered.iter().try_for_each(|(_, r)| lines.write(r)).map_err(failed)?;
        lines.finish().map_err(failed)?;
        let mapping = quell_tabular::builtin_mapping("quell-results").ok_or_else(changed)?;
        self.write_refused(&Source::of_bytes(&csv, mapping)?)
    }

    async fn in_chunks(&mut self, results: Vec<(u64, ResultRecord)>, progress: Progress<'_>) -> Result<(), ImportError> {
        let (all, mut done) = (results.len() as u64, 0);
        let mut results = results.into_iter();
        loop {
            let chunk: Vec<(u64, ResultRecord)> = results.by_ref().take(ROWS).collect();
            if chunk.is_empty() {
                return Ok(());
            }
            done += chunk.len() as u64;
            self.take(Records::Results(chunk), None).await?;
            progress(Step::Read, done, all);
        }
    }

    /// Answers each message: taken, or what is wrong with it.
    fn acknowledge(&self, told: &[Message<'_>]) -> Result<(), ImportError> {
        let Some(path) = &self.options.ack else { return Ok(()) };
        let mut out = Vec::new();
        let facility = self.app.config.root.to_string();
        for m in told {
            let mut problems: BTreeMap<u64, Vec<Problem>> = BTreeMap::new();
            for (row, issue) in
                m.rows.clone().filter_map(|r| Some((r, self.refused.get(&r)?))).flat_map(|(r, all)| all.iter().map(move |i| (r, i)))
            {
                let at = format!("OBX[{}]", row - m.rows.start + 1);
                problems.entry(row).or_default().push(Problem {
                    at,
                    rule: "result.refused",
                    en: said(issue, false),
                    zh: said(issue, true),
                });
            }
            let refused: Vec<Problem> = problems.into_values().flatten().collect();
            let (code, problems) = match &m.fault {
                Some((code, problems)) => (*code, problems.clone()),
                None if refused.is_empty() => (AckCode::Accepted, refused),
                None => (AckCode::Error, refused),
            };
            let control = m.header.as_ref().map_or_else(|| Hash::of(m.bytes).to_string()[..20].to_owned(), |h| format!("A{}", h.control));
            let stamp = Stamp { at: self.exactly(self.now), control: &control, application: "Quell", facility: &facility };
            out.extend(hl7::framed(&hl7::acknowledge(m.header.as_ref(), code, &problems, &stamp)));
        }
        self.write(path, &out)
    }

    fn write(&self, path: &std::path::Path, bytes: &[u8]) -> Result<(), ImportError> {
        std::fs::write(path, bytes).map_err(|source| ImportError::Io { path: path.into(), source })
    }
}

/// The rule and the reason, in one language.
fn said(issue: &Issue, chinese: bool) -> String {
    format!("{}: {}; {}", issue.rule, issue.message.pick(chinese), issue.advice.pick(chinese))
}

fn as_framed(bytes: &[u8]) -> Vec<u8> {
    [&[0x0b][..], bytes, &[0x1c, b'\r']].concat()
}

fn of_message(row: u64, message: usize, p: &Problem) -> Issue {
    let advice = ("the laboratory corrects the message and sends it again", "请检测机构更正消息后重新发送");
    let text = (format!("message {message}: {}", p.en), format!("第 {message} 条消息：{}", p.zh));
    Issue { column: Some(p.at.clone()), ..*refused(row, p.rule, text, advice) }
}
