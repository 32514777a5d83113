//! Diagnostic reports in, alone or in a bundle.

mod document;
mod observed;
mod person;

use crate::hl7::MAX_BYTES;
use crate::{PersonPart, Problem, ResultRecord, report_id};
use document::{At, Document, codes, first_text, text};
use observed::{Said, said};
use quell_foundation::{EventTime, UtcOffset};
use serde_json::Value;

/// How to read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading<'a> {
    /// The offset of days, which in FHIR have none.
    pub offset: UtcOffset,
    /// This book's own beginning of identifiers ([`super::Options::source`]), so that it knows its own; empty if there is none.
    pub source: &'a str,
}

/// The results in a `DiagnosticReport`, or in all those of a `Bundle`; all that is wrong, if anything is.
pub fn read(bytes: &[u8], reading: &Reading<'_>) -> Result<Vec<ResultRecord>, Vec<Problem>> {
    if bytes.len() > MAX_BYTES {
        return Err(vec![Problem::new("", "fhir.size", "the message is larger than 16 MB", "消息超过 16 MB")]);
    }
    let root: Value = serde_json::from_slice(bytes).map_err(|e| {
        vec![Problem::new(
            "",
            "fhir.json",
            format!("this is not JSON (line {}, column {})", e.line(), e.column()),
            format!("不是 JSON（第 {} 行第 {} 列）", e.line(), e.column()),
        )]
    })?;
    let document = Document::of(&root).map_err(|p| vec![p])?;
    let (mut records, mut problems) = (Vec::new(), Vec::new());
    for (at, report) in &document.reports {
        let one = Report { document: &document, reading, at, report };
        records.extend(one.records(&mut problems));
    }
    if problems.is_empty() { Ok(records) } else { Err(problems) }
}

struct Report<'d> {
    document: &'d Document<'d>,
    reading: &'d Reading<'d>,
    at: &'d At,
    report: &'d Value,
}

impl<'d> Report<'d> {
    fn records(&self, problems: &mut Vec<Problem>) -> Vec<ResultRecord> {
        let before = problems.len();
        let observations = self.observations(problems);
        let status = self.status(problems);
        let common = self.common(&observations, status, problems);
        let mut found: Vec<(Option<&Value>, ResultRecord)> = Vec::new();
        let (mut targets, mut remarks) = (Vec::new(), Vec::new());
        for (at, observation) in &observations {
            for said in said(observation, at, problems) {
                match said {
                    Said::Result(word) => found.push((Some(*observation), self.result(observation, word, &common))),
                    Said::Target(target) => found.last_mut().map_or(&mut targets, |(_, r)| &mut r.targets).push(target),
                    Said::Remark(text) => remarks.push(text),
                }
            }
            remarks.extend(notes(observation));
        }
        if found.is_empty() {
            found.extend(self.without_value(&common, problems, before).map(|r| (None, r)));
        }
        if let Some((_, first)) = found.first_mut() {
            targets.append(&mut first.targets);
            first.targets = targets;
        }
        remarks.extend(notes(self.report));
        let note = remarks.join("; ");
        let several = found.len() > 1;
        let named = |(observation, mut record): (Option<&Value>, ResultRecord)| {
            record.note.clone_from(&note);
            record.report = self.id(observation, several, &record.tube).unwrap_or_else(|| {
                if problems.len() == before {
                    problems.push(self.problem(
                        "identifier",
                        "fhir.required",
                        "neither the report nor its specimen has an identifier: a repeat could not be told from a new result",
                        "报告和样本都没有标识符：无法区分重复发送与新结果",
                    ));
                }
                String::new()
            });
            record
        };
        found.into_iter().map(named).collect()
    }

    fn problem(&self, field: &str, rule: &'static str, en: &str, zh: &str) -> Problem {
        Problem::new(self.at.field(field), rule, en, zh)
    }

    /// The observations of the report and their members, each once.
    fn observations(&self, problems: &mut Vec<Problem>) -> Vec<(At, &'d Value)> {
        let mut found: Vec<(At, &'d Value)> = Vec::new();
        let mut queue: Vec<(At, &Value, &Value)> =
            references(self.report, "result").map(|(i, r)| (self.at.item("result", i), r, self.report)).collect();
        queue.reverse();
        while let Some((at, reference, from)) = queue.pop() {
            match self.document.resolve(reference, &[from, self.report]) {
                Some(observation) if !found.iter().any(|(_, o)| std::ptr::eq(*o, observation)) => {
                    let members: Vec<_> =
                        references(observation, "hasMember").map(|(i, r)| (at.item("hasMember", i), r, observation)).collect();
                    queue.extend(members.into_iter().rev());
                    found.push((at, observation));
                }
                Some(_) => {}
                None => problems.push(Problem::new(
                    at.to_string(),
                    "fhir.reference",
                    "the observation is not in the message; send it contained or in the same bundle",
                    "消息中没有该观察结果；请以 contained 或同一 Bundle 发送",
                )),
            }
        }
        found
    }

    fn status(&self, problems: &mut Vec<Problem>) -> &'static str {
        let status = text(self.report, "status");
        status_word(status).unwrap_or_else(|| {
            let given = crate::problem::shown(status);
            let (en, zh) = (format!("'{given}' is no status of a report"), format!("“{given}”不是报告状态"));
            problems.push(self.problem("status", "fhir.value", &en, &zh));
            ""
        })
    }

    fn common(&self, observations: &[(At, &'d Value)], status: &str, problems: &mut Vec<Problem>) -> ResultRecord {
        let around = |key: &str, of: &'d Value| references(of, key).find_map(|(_, r)| self.document.resolve(r, &[self.report]));
        let first = observations.first().map(|(_, o)| *o);
        let specimen = around("specimen", self.report).or_else(|| first.and_then(|o| around("specimen", o)));
        let subject = around("subject", self.report).or_else(|| first.and_then(|o| around("subject", o)));
        let mut when = |of: &Value, path: &[&str]| self.time(of, path, problems);
        let sampled = specimen
            .and_then(|s| when(s, &["collection", "collectedDateTime"]).or_else(|| when(s, &["collection", "collectedPeriod", "start"])));
        let received = specimen.and_then(|s| when(s, &["receivedTime"]));
        let effective = when(self.report, &["effectiveDateTime"]).or_else(|| when(self.report, &["effectivePeriod", "start"]));
        let effective = effective.or_else(|| first.and_then(|o| when(o, &["effectiveDateTime"])));
        let resulted = when(self.report, &["issued"]);
        ResultRecord {
            laboratory: self.laboratory(first),
            tube: specimen.map(|s| self.tube(s)).unwrap_or_default(),
            who: subject.map_or_else(PersonPart::default, |p| person::read(p, self.reading)),
            specimen: specimen.map(|s| first_text(&s["type"])).unwrap_or_default(),
            test: codes(&self.report["code"]).next().unwrap_or_default().to_owned(),
            sampled: sampled.or(effective),
            received,
            resulted,
            status: status.into(),
            ..ResultRecord::default()
        }
    }

    fn result(&self, observation: &Value, word: &str, common: &ResultRecord) -> ResultRecord {
        // An observation may be withdrawn while its report stands.
        let own = match text(observation, "status") {
            "cancelled" | "entered-in-error" => "cancelled",
            "corrected" | "amended" if common.status == "final" => "corrected",
            "preliminary" | "registered" if common.status == "final" => "preliminary",
            _ => common.status.as_str(),
        };
        let test = codes(&observation["code"]).next().unwrap_or(&common.test);
        ResultRecord { result: word.into(), test: test.into(), status: own.into(), ..common.clone() }
    }

    /// A report without a usable observation: its conclusion, or that it waits, or that it will never be.
    fn without_value(&self, common: &ResultRecord, problems: &mut Vec<Problem>, before: usize) -> Option<ResultRecord> {
        let coded = self.report["conclusionCode"].as_array().into_iter().flatten().flat_map(codes);
        let concluded = coded.chain([text(self.report, "conclusion")]).find_map(crate::words::result_word);
        let word = concluded.or(match text(self.report, "status") {
            "registered" => Some("pending"),
            "cancelled" => Some("not_done"),
            _ => None,
        });
        if word.is_none() && problems.len() == before {
            problems.push(self.problem(
                "result",
                "fhir.value",
                "no observation of this report says positive, negative or the like, in words or as a code",
                "该报告没有任何观察值以文字或代码表示阳性、阴性等结果",
            ));
        }
        word.map(|word| ResultRecord { result: word.into(), ..common.clone() })
    }

    fn time(&self, of: &Value, path: &[&str], problems: &mut Vec<Problem>) -> Option<EventTime> {
        let given = path.iter().fold(of, |v, key| &v[*key]).as_str()?;
        let read = document::time(given, self.reading.offset);
        if read.is_err() {
            let kind = text(of, "resourceType");
            let given = crate::problem::shown(given);
            problems.push(Problem::new(
                format!("{} → {kind}.{}", self.at, path.join(".")),
                "fhir.time",
                format!("'{given}' is not a time of FHIR; write it like 2022-11-26T08:15:00+08:00"),
                format!("“{given}”不是 FHIR 时间；请写成 2022-11-26T08:15:00+08:00"),
            ));
        }
        read.ok().flatten()
    }

    fn laboratory(&self, observation: Option<&'d Value>) -> String {
        let of = |v: &'d Value| {
            references(v, "performer").find_map(|(_, r)| {
                let named = self.document.resolve(r, &[self.report]).and_then(|o| o["name"].as_str());
                [named.unwrap_or_default(), text(r, "display"), text(&r["identifier"], "value")].into_iter().find(|s| !s.is_empty())
            })
        };
        of(self.report).or_else(|| observation.and_then(of)).unwrap_or_default().to_owned()
    }

    fn tube(&self, specimen: &Value) -> String {
        let all = specimen["identifier"].as_array().into_iter().flatten().chain([&specimen["accessionIdentifier"]]);
        all.map(|i| text(i, "value")).find(|v| !v.is_empty()).unwrap_or_default().to_owned()
    }

    /// What the report is called, whichever message carries it.
    fn id(&self, observation: Option<&Value>, several: bool, tube: &str) -> Option<String> {
        let all: Vec<&Value> =
            self.report["identifier"].as_array().into_iter().flatten().filter(|i| !text(i, "value").is_empty()).collect();
        let own = format!("{}/report", self.reading.source);
        if let Some(own) = all.iter().find(|i| !self.reading.source.is_empty() && !several && text(i, "system") == own) {
            return Some(text(own, "value").to_owned());
        }
        let filler = all.iter().find(|i| codes(&i["type"]).any(|c| c == "FILL")).or(all.first());
        let (who, number) = match filler {
            Some(i) => (text(i, "system"), text(i, "value")),
            None if tube.is_empty() => return None,
            None => ("specimen", tube),
        };
        let what = codes(&observation.unwrap_or(self.report)["code"]).next().unwrap_or_default().to_owned();
        Some(report_id(&[who.to_owned(), number.to_owned()], &[what]))
    }
}

fn status_word(status: &str) -> Option<&'static str> {
    Some(match status {
        "registered" | "partial" | "preliminary" => "preliminary",
        "final" => "final",
        "amended" | "corrected" | "appended" => "corrected",
        "cancelled" | "entered-in-error" => "cancelled",
        _ => return None,
    })
}

/// References of an element that holds one or a list of them.
fn references<'v>(of: &'v Value, key: &str) -> impl Iterator<Item = (usize, &'v Value)> + use<'v> {
    let value = &of[key];
    let many = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let one = value.is_object().then_some(value);
    many.iter().chain(one).enumerate()
}

fn notes(of: &Value) -> Vec<String> {
    let notes = of["note"].as_array().into_iter().flatten();
    notes.map(|n| text(n, "text").trim().to_owned()).filter(|n| !n.is_empty()).collect()
}
