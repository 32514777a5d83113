//! Cases: a person, `case_listed` with number and outcome, and what the row answers of the protocol's questions.

use super::report::{refused, remark};
use super::who::Asked;
use super::{Decided, NamedCases, Run, differs, word_of};
use crate::import::ImportError;
use crate::import::report::Issue;
use quell_book::rows::{Case, Investigation};
use quell_book::{AnswerGiven, CaseClassified, CaseEnded, CaseListed, CaseState, Classification, Fact, Interviewed};
use quell_exchange::CaseRecord;
use quell_foundation::*;
use quell_protocol::{AnswerKind, Question};
use quell_store::known;
use std::collections::{BTreeMap, HashMap};

/// How sure a classification is; more sure replaces less sure.
fn certainty(c: Classification) -> Option<u8> {
    match c {
        Classification::Suspect => Some(0),
        Classification::Probable => Some(1),
        Classification::Confirmed => Some(2),
        Classification::Asymptomatic | Classification::NotACase => None,
    }
}

/// What a record is called where it comes from.
pub(super) fn key(r: &CaseRecord) -> Option<String> {
    [&r.external, &r.number, &r.case].into_iter().find(|k| !k.is_empty()).cloned()
}

impl Run<'_> {
    pub(super) async fn cases(&mut self, rows: Vec<(u64, CaseRecord)>) -> Result<Vec<(u64, Decided)>, ImportError> {
        let (rows, mut out) = self.of_our_disease(rows);
        let names = rows.iter().flat_map(|(_, r)| [r.case.as_str(), r.number.as_str(), r.external.as_str()]);
        let named = self.cases_named(names).await?;
        let known_as = |r: &CaseRecord| named.first([&r.case, &r.number]).or_else(|| named.first([&r.external, ""]));
        let asked: Vec<Asked<'_>> = rows
            .iter()
            .map(|(line, r)| Asked { line: *line, part: &r.who, known: known_as(r).map(|c| c.person_id), key: key(r) })
            .collect();
        let found = self.persons(&asked).await?;
        let persons: Vec<PersonId> = found.iter().flatten().map(|f| f.person).collect();
        let c = self.app.db.connection().await?;
        let mut of_person: HashMap<PersonId, Vec<Case>> = HashMap::new();
        for case in known::cases_of(&c, self.app.config.book, &persons).await? {
            of_person.entry(case.person_id).or_default().push(case);
        }
        let ids: Vec<CaseId> = of_person.values().flatten().map(|c| c.case_id).collect();
        let records: HashMap<CaseId, Investigation> =
            known::investigations(&c, self.app.config.book, &ids).await?.into_iter().map(|i| (i.case_id, i)).collect();
        drop(c);
        let mut seen: HashMap<CaseId, u64> = HashMap::new();
        for ((line, r), person) in rows.iter().zip(found) {
            let decided = person.and_then(|p| {
                let said = self.said(*line, r, p.person, &named)?;
                let known = known_as(r).or_else(|| same_case(of_person.get(&p.person)?, &said));
                let id = known.map_or(said.case, |c| c.case_id);
                let first = *seen.entry(id).or_insert(*line);
                if first != *line {
                    let message = (format!("line {first} lists the same case"), format!("第 {first} 行是同一病例"));
                    return Err(refused(*line, "duplicate.case", message, ("keep one of them", "请只保留一行")));
                }
                let mut facts: Vec<Fact> = p.listing.map(Fact::from).into_iter().collect();
                let listed = match known {
                    Some(known) => self.against(*line, known, said, &mut facts),
                    None if said.classification == Classification::NotACase && r.outcome != "withdrawn" => return Ok(Decided::LeftOut),
                    None => {
                        let at = said.at;
                        if said.ended.is_some() && r.outcome_at.is_none() {
                            let message =
                                ("the outcome has no day: that on which the case was found stands for it", "未填转归时间，以发现时间代替");
                            self.report.note(remark(
                                *line,
                                "case.outcome_at",
                                message,
                                ("if the day is known, fill it in before you import", "如有确切日期，请先填写再导入"),
                            ));
                        }
                        facts.push(said.into());
                        at
                    }
                };
                facts.extend(self.answers(*line, r, (id, listed), records.get(&id)));
                Ok(Decided::hand(facts))
            });
            out.push((*line, decided.unwrap_or_else(Decided::Refused)));
        }
        Ok(out)
    }

    fn said(&self, line: u64, r: &CaseRecord, person: PersonId, named: &NamedCases) -> Result<CaseListed, Box<Issue>> {
        let at = r.found.or(r.reported).or(r.sampled).or(r.onset).ok_or_else(|| {
            let message = ("neither found, reported, sampled nor fell ill at any time", "发现、报告、采样、发病时间均缺失");
            let issue = *refused(line, "case.found", message, ("fill one of them in", "请填写其中之一"));
            Box::new(Issue { column: self.column("found"), ..issue })
        })?;
        // Of a case without a number others are given its id, and of one that was merged its own number.
        let number = (!r.number.is_empty() && !named.is_no_number(&r.number))
            .then(|| CaseNumber::new(r.number.as_str()))
            .transpose()
            .map_err(|e| {
                let message = (format!("this is no case number: {}", e.why), "病例编号无效".to_owned());
                let issue = *refused(line, "case.number", message, ("at most 60 bytes, without spaces", "最多 60 字节，不含空格"));
                Box::new(Issue { column: self.column("number"), ..issue }.with_value(&r.number))
            })?;
        let classification: Classification = word_of(line, "classification", &r.classification)?.unwrap_or(Classification::Confirmed);
        let severity = word_of(line, "severity", &r.severity)?;
        let state: Option<CaseState> = word_of(line, "outcome", &r.outcome)?;
        let ended = state.filter(|s| *s != CaseState::Active).map(|state| CaseEnded { state, at: r.outcome_at.unwrap_or(at) });
        let own = r.case.parse().ok().filter(|id| named.by_id.contains_key(id) || self.system == "quell");
        let case = own.unwrap_or_else(|| {
            CaseId(match [&r.external, &r.case, &r.number].into_iter().find(|k| !k.is_empty()) {
                Some(name) => self.derived("case", name),
                None => self.derived("case of", &format!("{person} {}", at.at)),
            })
        });
        Ok(CaseListed {
            case,
            person,
            classification,
            severity,
            onset: r.onset,
            at,
            control: word_of(line, "control", &r.control)?,
            note: Some(r.note.clone()).filter(|n| !n.is_empty()),
            number,
            sampled: r.sampled,
            reported: r.reported,
            setting: word_of(line, "setting", &r.setting)?,
            ended,
        })
    }

    /// A row about a case that is in the book: what it adds; the time at which the case was found.
    fn against(&mut self, line: u64, known: &Case, l: CaseListed, facts: &mut Vec<Fact>) -> EventTime {
        let found = self.exactly(known.found_at);
        let fill = |is_known: bool, said: Option<EventTime>| said.filter(|_| !is_known);
        let adds = CaseListed {
            case: known.case_id,
            person: known.person_id,
            classification: known.classification,
            severity: l.severity.filter(|_| known.severity.is_none()),
            onset: fill(known.onset.is_some(), l.onset),
            at: found,
            control: l.control.filter(|_| known.control.is_none()),
            note: l.note.clone().filter(|_| known.note.is_none()),
            number: l.number.clone().filter(|_| known.number.is_none()),
            sampled: fill(known.sampled_at.is_some(), l.sampled),
            reported: fill(known.reported_at.is_some(), l.reported),
            setting: l.setting.filter(|s| known.setting == quell_protocol::Setting::Other && *s != known.setting),
            ended: l.ended.filter(|e| known.state == CaseState::Active && e.state != CaseState::Withdrawn),
        };
        let bare = CaseListed {
            severity: None,
            onset: None,
            control: None,
            note: None,
            number: None,
            sampled: None,
            reported: None,
            setting: None,
            ended: None,
            ..adds.clone()
        };
        if adds != bare {
            facts.push(adds.into());
        }
        let surer = certainty(l.classification).zip(certainty(known.classification)).is_some_and(|(new, old)| new > old);
        let severity = l.severity.or(known.severity);
        let raised = surer && known.state != CaseState::Withdrawn && severity.is_some();
        if let (true, Some(severity)) = (raised, severity) {
            let at = l.reported.filter(|t| t.at >= known.found_at).unwrap_or(found);
            let decider = self.elsewhere();
            facts.push(CaseClassified { case: known.case_id, classification: l.classification, severity, onset: None, at, decider }.into());
        }
        let other = |a: Option<Instant>, b: Option<EventTime>| a.zip(b).is_some_and(|(a, b)| !self.agrees(a, b));
        // To other systems an infection without symptoms is a confirmed case.
        let (had, says) = (known.classification, l.classification);
        let classified = had == says || (had, says) == (Classification::Asymptomatic, Classification::Confirmed) && self.system != "quell";
        let states =
            l.ended.is_some_and(|e| known.state != e.state && (known.state != CaseState::Active || e.state == CaseState::Withdrawn));
        let all = [
            (!classified && !raised, ("classification", "分类")),
            (!raised && known.severity.zip(l.severity).is_some_and(|(a, b)| a != b), ("severity", "严重程度")),
            (other(known.onset, l.onset), ("onset", "发病时间")),
            (known.number.is_some() && l.number.is_some() && known.number != l.number, ("number", "编号")),
            (states, ("outcome", "转归")),
        ];
        let differing: Vec<(&str, &str)> = all.into_iter().filter_map(|(d, name)| d.then_some(name)).collect();
        if !differing.is_empty() {
            self.report.note(differs(line, &differing));
        }
        found
    }

    /// What the row answers and nobody has answered yet.
    fn answers(&mut self, line: u64, r: &CaseRecord, (case, at): (CaseId, EventTime), record: Option<&Investigation>) -> Option<Fact> {
        let mut answers: BTreeMap<String, Option<AnswerGiven>> = BTreeMap::new();
        let mut unread: Vec<&str> = Vec::new();
        let answered = |id: &str| record.and_then(|k| k.answers.get(id)).is_some_and(|k| k.value.is_some());
        for (asked, text) in &r.answers {
            let is = |q: &&Question| [&q.id, &q.en, &q.zh].iter().any(|t| t.eq_ignore_ascii_case(asked));
            match self.protocol.questions().iter().find(is).and_then(|q| Some((q.id.clone(), answer(q, text)?))) {
                Some((id, given)) => drop(answers.insert(id, Some(given))),
                None => unread.push(asked),
            }
        }
        if let Some(q) = self.protocol.question("symptoms").filter(|q| !r.symptoms.is_empty() && !answered(&q.id)) {
            let option = |word: &String| q.options.iter().find(|o| [&o.id, &o.en, &o.zh].iter().any(|t| t.eq_ignore_ascii_case(word)));
            let known: Vec<String> = r.symptoms.iter().filter_map(option).map(|o| o.id.clone()).collect();
            if known.len() < r.symptoms.len() {
                unread.push("symptoms");
            }
            if !known.is_empty() {
                answers.insert(q.id.clone(), Some(AnswerGiven::Choices(known)));
            }
        }
        for (id, time) in [("exposure_from", r.exposure_from), ("exposure_to", r.exposure_to)] {
            if let (Some(t), Some(q)) = (time, self.protocol.question(id)) {
                answers.insert(q.id.clone(), Some(AnswerGiven::Text(t.to_string())));
            }
        }
        answers.retain(|id, _| !answered(id));
        if !unread.is_empty() {
            let list = unread.join(", ");
            let message = (format!("not asked by the protocol, or no answer to it: {list}"), format!("本方案未设此问题或答案不符：{list}"));
            self.report.note(remark(line, "answer.unread", message, ("it is left out", "已略过")));
        }
        let seen = record.map_or(0, |k| k.updated_seq);
        let interview = Interviewed { case, interviewer: self.elsewhere(), informant: None, answers, seen, at };
        (!interview.answers.is_empty()).then(|| interview.into())
    }
}

/// Of a person's cases the one that a row without a known id means: the one that goes on or ended in death, or one found on the same day.
fn same_case<'c>(cases: &'c [Case], said: &CaseListed) -> Option<&'c Case> {
    let same_time = |c: &&Case| (c.found_at.0 - said.at.at.0).abs() < Span::days(1).0 * 1_000_000;
    let standing = |c: &&Case| matches!(c.state, CaseState::Active | CaseState::Died) && said.ended.is_none_or(|e| e.at.at >= c.found_at);
    let counts = cases.iter().filter(|c| c.state != CaseState::Withdrawn);
    counts.clone().find(same_time).or_else(|| counts.clone().find(standing))
}

/// A text as an answer to a question.
fn answer(q: &Question, text: &str) -> Option<AnswerGiven> {
    let text = text.trim();
    let option = |word: &str| {
        let word = word.trim();
        q.options.iter().find(|o| [&o.id, &o.en, &o.zh].iter().any(|t| t.eq_ignore_ascii_case(word))).map(|o| o.id.clone())
    };
    if text.is_empty() {
        return None;
    }
    if text == "unknown" {
        return Some(AnswerGiven::Text(text.to_owned()));
    }
    match q.kind {
        AnswerKind::YesNo => match text.to_lowercase().as_str() {
            "true" | "yes" | "y" | "是" => Some(AnswerGiven::Flag(true)),
            "false" | "no" | "n" | "否" => Some(AnswerGiven::Flag(false)),
            _ => None,
        },
        AnswerKind::Number => text.parse().ok().filter(|n: &f64| n.is_finite()).map(AnswerGiven::Number),
        AnswerKind::Text => Some(AnswerGiven::Text(text.to_owned())),
        AnswerKind::Date => text.parse::<EventTime>().ok().map(|_| AnswerGiven::Text(text.to_owned())),
        AnswerKind::Choice => option(text).map(AnswerGiven::Text),
        AnswerKind::Choices => text.split([',', ';', '、']).map(option).collect::<Option<Vec<_>>>().map(AnswerGiven::Choices),
    }
}
