//! One order (OBR) with its observations (OBX), specimen (SPM) and notes: the results it reports.

use super::message::{Message, Segment, Value};
use super::{Header, time};
use crate::problem::shown;
use crate::words::{ct_target, is_ct, result_word};
use crate::{PersonPart, Problem, ResultRecord, TargetRecord};
use quell_foundation::{Ct, EventTime, UtcOffset};

pub(super) struct Group<'m> {
    pub order: Option<&'m Segment>,
    pub request: &'m Segment,
    pub observations: Vec<&'m Segment>,
    pub specimen: Option<&'m Segment>,
    pub notes: Vec<&'m Segment>,
}

/// What one observation says.
enum Said<'m> {
    /// Something of presence: a result of its own.
    Result(&'m Segment, &'static str),
    /// A cycle threshold.
    Target(TargetRecord),
    /// Anything else: kept as a note.
    Remark(String),
}

impl<'m> Group<'m> {
    pub fn take(&mut self, segment: &'m Segment) {
        match segment.name.as_str() {
            "SPM" => self.specimen = self.specimen.or(Some(segment)),
            _ => self.observations.push(segment),
        }
    }

    pub fn results(
        &self,
        message: &Message,
        header: &Header,
        who: &PersonPart,
        offset: UtcOffset,
        problems: &mut Vec<Problem>,
    ) -> Vec<ResultRecord> {
        let before = problems.len();
        let mut common = self.common(message, header, who, offset, problems);
        let mut found: Vec<(&Segment, ResultRecord)> = Vec::new();
        let (mut targets, mut remarks) = (Vec::new(), Vec::new());
        for obx in &self.observations {
            let Some(said) = self.said(message, obx, problems) else { continue };
            match said {
                Said::Result(obx, word) => {
                    let record = self.result(message, obx, word, &common, offset, problems);
                    found.push((obx, record));
                }
                // A threshold belongs to the result before it; those before any result, to the first.
                Said::Target(target) => found.last_mut().map_or(&mut targets, |(_, r)| &mut r.targets).push(target),
                Said::Remark(text) => remarks.push(text),
            }
        }
        self.keep_the_answer(message, &mut found, &mut remarks);
        remarks.extend(self.notes.iter().flat_map(|n| n.repetitions(message, 3).map(|v| v.whole()).collect::<Vec<_>>()));
        remarks.retain(|r| !r.is_empty());
        common.note = remarks.join("; ");
        if found.is_empty() {
            found.extend(self.without_value(message, &common, problems, before).map(|r| (self.request, r)));
        }
        if let Some((_, first)) = found.first_mut() {
            targets.append(&mut first.targets);
            first.targets = targets;
        }
        let reporter = self.reporter(message, header, problems, before);
        let named = |(obx, mut record): (&Segment, ResultRecord)| {
            record.note.clone_from(&common.note);
            let observation: Vec<String> = if obx.name == "OBX" {
                [obx.value(message, 3).first_of(&[1, 2]), obx.text(message, 4)].into_iter().filter(|s| !s.is_empty()).collect()
            } else {
                vec![self.request.value(message, 4).first_of(&[1, 2])]
            };
            record.report = crate::report_id(&reporter, &observation);
            record
        };
        found.into_iter().map(named).collect()
    }

    /// What all results of the order share.
    fn common(&self, message: &Message, header: &Header, who: &PersonPart, offset: UtcOffset, problems: &mut Vec<Problem>) -> ResultRecord {
        let mut when = |segment: &Segment, field: usize| {
            time::event(&segment.text(message, field), offset, || segment.at(field)).unwrap_or_else(|p| {
                problems.push(p);
                None
            })
        };
        let sampled = self.specimen.and_then(|s| when(s, 17)).or_else(|| when(self.request, 7));
        let received = self.specimen.and_then(|s| when(s, 18)).or_else(|| when(self.request, 14));
        let resulted = when(self.request, 22);
        let specimen = match self.specimen {
            Some(spm) => spm.value(message, 4).first_of(&[2, 5, 9, 1]),
            None => self.request.text(message, 15),
        };
        ResultRecord {
            laboratory: if header.facility.is_empty() { header.application.clone() } else { header.facility.clone() },
            tube: self.tube(message),
            who: who.clone(),
            specimen,
            test: self.request.value(message, 4).first_of(&[1, 2]),
            sampled,
            received,
            resulted,
            ..ResultRecord::default()
        }
    }

    /// The tube: the specimen's number (the sampler's before the laboratory's), else the number of the order under which it was sent.
    fn tube(&self, message: &Message) -> String {
        let placed = |segment: &Segment| segment.text(message, 2);
        self.specimen
            .map(|s| s.value(message, 2).first_of(&[1, 2]))
            .filter(|t| !t.is_empty())
            .or_else(|| Some(placed(self.request)).filter(|t| !t.is_empty()))
            .or_else(|| self.order.map(placed))
            .unwrap_or_default()
    }

    /// Who reports, and under which number: the part of the report's id that all results of the order share.
    fn reporter(&self, message: &Message, header: &Header, problems: &mut Vec<Problem>, before: usize) -> Vec<String> {
        let filler = Some(self.request.value(message, 3)).filter(|v| !v.part(1).is_empty());
        let filler = filler.or_else(|| self.order.map(|o| o.value(message, 3)).filter(|v| !v.part(1).is_empty()));
        let authority = filler.map(|f| f.part(2)).unwrap_or_default();
        let who = [authority, header.facility.clone(), header.application.clone()].into_iter().find(|s| !s.is_empty());
        let number = filler.map_or_else(|| self.tube(message), |f| f.part(1));
        if number.is_empty() && problems.len() == before {
            problems.push(Problem::new(
                self.request.at(3),
                "hl7.required",
                "neither filler order number, nor placer order number (OBR-2), nor specimen (SPM-2): a repeat could not be told from a new result",
                "没有执行方医嘱号、开单方医嘱号（OBR-2）和样本号（SPM-2）：无法区分重复发送与新结果",
            ));
        }
        vec![who.unwrap_or_default(), number]
    }

    fn said(&self, message: &Message, obx: &'m Segment, problems: &mut Vec<Problem>) -> Option<Said<'m>> {
        let state = obx.text(message, 11);
        if matches!(state.as_str(), "N" | "O") {
            return None;
        }
        let question = obx.value(message, 3);
        let name = question.first_of(&[2, 5, 1]);
        let values: Vec<Value<'_>> = obx.repetitions(message, 5).collect();
        let shown_value = values.first().map(|v| v.first_of(&[2, 1, 5, 4, 3])).unwrap_or_default();
        let is_threshold =
            [question.part(1), question.part(2), question.part(4), question.part(5), obx.text(message, 6)].iter().any(|t| is_ct(t));
        if is_threshold {
            let target = [obx.text(message, 4), ct_target(&name)].into_iter().find(|t| !t.is_empty() && t.parse::<u32>().is_err());
            return Some(Said::Target(TargetRecord { target: target.unwrap_or(name), ct: self.ct(message, obx, problems)? }));
        }
        let mut words: Vec<&'static str> = values.iter().filter_map(coded).collect();
        words.dedup();
        match (words[..].first(), words.len(), state.as_str()) {
            (Some(word), 1, _) => Some(Said::Result(obx, word)),
            (_, 0, "X") => Some(Said::Result(obx, "failed")),
            (_, 0, "I") => Some(Said::Result(obx, "pending")),
            (_, 0, _) if shown_value.is_empty() => interpreted(message, obx).map(|word| Said::Result(obx, word)),
            (_, 0, _) => match interpreted(message, obx) {
                Some(word) => Some(Said::Result(obx, word)),
                None => Some(Said::Remark(format!("{name}: {shown_value} {}", obx.text(message, 6)).trim().to_owned())),
            },
            _ => {
                problems.push(Problem::new(obx.at(5), "hl7.value", "the values contradict each other", "多个取值相互矛盾"));
                None
            }
        }
    }

    /// The number of a cycle threshold: a plain number (NM), or a structured one (SN). None inside: not found.
    fn ct(&self, message: &Message, obx: &Segment, problems: &mut Vec<Problem>) -> Option<Option<Ct>> {
        let value = obx.value(message, 5);
        let text = if obx.text(message, 2) == "SN" { value.part(2) } else { value.part(1) };
        let word = text.to_lowercase();
        if text.is_empty()
            || matches!(word.as_str(), "-" | "n/a" | "na" | "undetermined" | "noct" | "no ct" | "nd" | "无" | "/")
            || result_word(&text) == Some("negative")
        {
            return Some(None);
        }
        let ct = text.parse().ok().and_then(Ct::new);
        if ct.is_none() {
            let given = shown(&text);
            problems.push(Problem::new(
                obx.at(5),
                "hl7.value",
                format!("'{given}' is not a cycle threshold between 0 and 60"),
                format!("“{given}”不是 0 到 60 之间的 Ct 值"),
            ));
        }
        ct.map(Some)
    }

    fn result(
        &self,
        message: &Message,
        obx: &Segment,
        word: &str,
        common: &ResultRecord,
        offset: UtcOffset,
        problems: &mut Vec<Problem>,
    ) -> ResultRecord {
        let mut when = |field: usize| -> Option<EventTime> {
            time::event(&obx.text(message, field), offset, || obx.at(field)).unwrap_or_else(|p| {
                problems.push(p);
                None
            })
        };
        // OBX-14 is the time that matters clinically: of the sampling, for a specimen.
        let (observed, analysed) = (when(14), when(19));
        let own = [obx.text(message, 11), self.request.text(message, 25)].into_iter().find(|s| !s.is_empty()).unwrap_or_default();
        let status = status(&own).unwrap_or_else(|| {
            let given = shown(&own);
            problems.push(Problem::new(
                obx.at(11),
                "hl7.status",
                format!("'{given}' is no status of a result; P, F, C or X is expected"),
                format!("“{given}”不是结果状态；应为 P、F、C 或 X"),
            ));
            ""
        });
        let laboratory = [obx.text(message, 23), obx.value(message, 15).first_of(&[2, 1])].into_iter().find(|s| !s.is_empty());
        ResultRecord {
            laboratory: laboratory.unwrap_or_else(|| common.laboratory.clone()),
            test: obx.value(message, 3).first_of(&[1, 2]),
            sampled: common.sampled.or(observed),
            resulted: analysed.or(common.resulted),
            result: word.into(),
            status: status.into(),
            ..common.clone()
        }
    }

    /// Of several results the one that answers the question asked (OBX-3 is OBR-4) is the result; the others, of single genes, are remarks.
    fn keep_the_answer(&self, message: &Message, found: &mut Vec<(&Segment, ResultRecord)>, remarks: &mut Vec<String>) {
        let asked = self.request.value(message, 4).first_of(&[1, 2]);
        let Some(at) = found.iter().position(|(_, r)| r.test == asked).filter(|_| found.len() > 1) else { return };
        let mut answer = found.remove(at);
        for (obx, record) in found.drain(..) {
            remarks.push(format!("{}: {}", obx.value(message, 3).first_of(&[2, 1]), record.result));
            answer.1.targets.extend(record.targets);
        }
        found.push(answer);
    }

    /// An order that reports no value: cancelled, or not ready. Otherwise something is missing.
    fn without_value(&self, message: &Message, common: &ResultRecord, problems: &mut Vec<Problem>, before: usize) -> Option<ResultRecord> {
        let (result, status) = match self.request.text(message, 25).as_str() {
            "X" | "Y" => ("not_done", "cancelled"),
            "I" | "S" | "O" => ("pending", "preliminary"),
            _ => {
                if problems.len() == before {
                    problems.push(Problem::new(
                        self.observations.first().map_or_else(|| self.request.at(4), |obx| obx.at(5)),
                        "hl7.value",
                        "no observation of this order says positive, negative or the like, in words or as a code",
                        "该医嘱没有任何观察值以文字或代码表示阳性、阴性等结果",
                    ));
                }
                return None;
            }
        };
        Some(ResultRecord { result: result.into(), status: status.into(), ..common.clone() })
    }
}

/// The book's word for a value: by its code, else its text, else the alternate ones.
fn coded(value: &Value<'_>) -> Option<&'static str> {
    [1, 2, 4, 5, 9].iter().find_map(|c| result_word(&value.part(*c)))
}

/// Interpretation codes (OBX-8), for a laboratory that sends a number or a sentence and flags it.
fn interpreted(message: &Message, obx: &Segment) -> Option<&'static str> {
    obx.repetitions(message, 8).find_map(|v| match v.part(1).as_str() {
        "POS" | "DET" | "RR" => Some("positive"),
        "NEG" | "ND" | "NR" => Some("negative"),
        "IND" | "E" => Some("indeterminate"),
        _ => None,
    })
}

/// Table 0085 (and 0123 of the order) in the book's words.
fn status(code: &str) -> Option<&'static str> {
    Some(match code {
        "F" | "U" => "final",
        "P" | "R" | "S" | "I" | "B" => "preliminary",
        "C" | "A" => "corrected",
        "X" | "D" | "W" => "cancelled",
        _ => return None,
    })
}
