//! Investigation (流调): interviews make one record of a case, several people at a time; the parts are handed in when what the protocol
//! asks for is answered. Where the case has been is kept visit by visit.

use crate::act::{Act, Outcome};
use crate::fact::*;
use crate::hand_in::check_decision;
use crate::kinds::*;
use crate::refuse;
use crate::rows::*;
use quell_foundation::*;
use quell_protocol::{AnswerKind, Fills, Link, Question, QuestionPart};
use std::collections::BTreeMap;

/// Answers every question.
const UNKNOWN: &str = "unknown";

impl Act<'_> {
    pub(crate) fn interviewed(&mut self, f: &Interviewed) -> Outcome {
        self.not_future(f.at)?;
        let case = self.case(&f.case)?;
        if f.interviewer.trim().is_empty() {
            return Err(refuse!("interview.interviewer", "interviewer", "say who asked", "请填写流调人员"));
        }
        for (id, answer) in &f.answers {
            let Some(question) = self.c.protocol.question(id) else {
                return Err(refuse!("interview.question", "answers", "the protocol does not ask '{id}'", "本方案没有问题“{id}”"));
            };
            if answer.as_ref().is_some_and(|a| !fits(question, a)) {
                let (en, zh) = (&question.en, &question.zh);
                let (wanted, needed) = wanted(question);
                return Err(refuse!(
                    "interview.answer",
                    "answers",
                    "'{id}' ({en}): this is no answer to it; give {wanted}, or 'unknown'",
                    "“{zh}”（{id}）的答案格式不符，请填写{needed}，或填 unknown"
                ));
            }
        }
        let mut record = self.s.investigations.get(&f.case).cloned().unwrap_or_else(|| nothing_asked(&case, f.at.at));
        let unseen = |id: &String, a: &Option<AnswerGiven>| {
            record.answers.get(id).is_some_and(|k| k.seq > f.seen && k.by != f.interviewer && k.value != *a)
        };
        let conflicts: Vec<&str> = f.answers.iter().filter(|(id, a)| unseen(id, a)).map(|(id, _)| id.as_str()).collect();
        if !conflicts.is_empty() {
            let list = conflicts.join(", ");
            return Err(refuse!(
                "interview.conflict",
                "seen",
                "someone else has answered these meanwhile: {list}; read the record again and decide which answer stands",
                "以下问题已由他人更新：{list}；请重新读取后再决定以哪个为准"
            ));
        }
        for (id, value) in &f.answers {
            record.answers.insert(id.clone(), Kept { value: value.clone(), seq: self.c.seq, by: f.interviewer.clone() });
            self.fill(&case, id, value.as_ref(), f.at.at);
        }
        self.s.investigations.put(Investigation { updated_seq: self.c.seq, updated_at: f.at.at, ..record });
        self.s.interviews.put(Interview {
            seq: self.c.seq,
            idx: self.index as i32,
            case_id: case.case_id,
            place: case.place,
            interviewer: f.interviewer.clone(),
            informant: f.informant.clone(),
            answers: f.answers.clone(),
            at: f.at.at,
        });
        Ok(())
    }

    /// An answer that is a column of the case, too.
    fn fill(&mut self, case: &Case, question: &str, value: Option<&AnswerGiven>, at: Instant) {
        let fills = self.c.protocol.question(question).and_then(|q| q.fills);
        if let (Some(Fills::Onset), Some(AnswerGiven::Text(text)), Some(case)) = (fills, value, self.s.cases.get(&case.case_id).cloned())
            && let Ok(onset) = text.parse::<EventTime>()
        {
            let person = case.person_id;
            self.s.cases.put(Case { onset: Some(onset.at), ..case });
            self.review_care(person, at);
        }
    }

    /// What the protocol asks for in this part and nobody has answered.
    fn unanswered(&self, case: &CaseId, part: InvestigationPart) -> Vec<String> {
        let record = self.s.investigations.get(case);
        let wanted = match part {
            InvestigationPart::Core => QuestionPart::Core,
            InvestigationPart::Full => QuestionPart::Full,
        };
        let answered = |q: &&Question| record.and_then(|r| r.answers.get(&q.id)).is_some_and(|k| k.value.is_some());
        let required = self.c.protocol.questions().iter().filter(|q| q.required && q.part == wanted);
        required.filter(|q| !answered(q)).map(|q| q.id.clone()).collect()
    }

    pub(crate) fn investigation_filed(&mut self, f: &InvestigationFiled) -> Outcome {
        self.not_future(f.at)?;
        check_decision(f.decision.as_ref())?;
        let case = self.case(&f.case)?;
        let missing = self.unanswered(&f.case, f.part);
        if !missing.is_empty() && f.decision.is_none() {
            let list = missing.join(", ");
            return Err(refuse!(
                "investigation.incomplete",
                "part",
                "not answered yet: {list}; answer them, if only by 'unknown', or hand in a decision that it cannot be done",
                "尚未填写：{list}；请填写（可填 unknown），或提交无法完成的决定"
            ));
        }
        let record = self.s.investigations.get(&f.case).cloned().unwrap_or_else(|| nothing_asked(&case, f.at.at));
        let (kind, link, filed) = match f.part {
            InvestigationPart::Core => (DutyKind::InvestigateCore, Link::CoreInvestigation, record.core_filed_at),
            InvestigationPart::Full => (DutyKind::InvestigateFull, Link::FullInvestigation, record.full_filed_at),
        };
        // Where the protocol sets no time there is no duty, and the part is handed in nevertheless.
        let due = self.c.protocol.deadline(link).is_some();
        if !self.discharge_about(&case, &[kind], f.at.at) && (due || filed.is_some()) {
            return Err(refuse!("investigation.not_due", "part", "this part is in already", "该部分流调已提交"));
        }
        let summary = f.summary.clone().or(record.summary.clone());
        self.s.investigations.put(match f.part {
            InvestigationPart::Core => Investigation { core_filed_at: Some(f.at.at), summary, ..record },
            InvestigationPart::Full => Investigation { full_filed_at: Some(f.at.at), summary, ..record },
        });
        Ok(())
    }

    pub(crate) fn visited(&mut self, f: &Visited) -> Outcome {
        self.not_future(f.at)?;
        self.not_future(f.to)?;
        let case = self.case(&f.case)?;
        if self.s.visits.get(&f.visit).is_some() {
            return Err(refuse!("visit.exists", "visit", "this visit exists", "该轨迹已存在"));
        }
        if f.to.at < f.from.at {
            return Err(refuse!("visit.order", "to", "it ends before it begins", "结束时间早于开始时间"));
        }
        if let Some(place) = f.place.as_ref().filter(|p| self.s.places.get(p).is_none()) {
            return Err(refuse!("place.unknown", "place", "no place {place} in this book", "台账中没有地点 {place}"));
        }
        if f.place.is_none() && f.vehicle.is_none() && f.description.as_ref().is_none_or(|d| d.trim().is_empty()) {
            return Err(refuse!("visit.where", "description", "say where: a place, a vehicle, or in words", "请填写地点、车辆或文字说明"));
        }
        self.s.visits.put(Visit {
            visit_id: f.visit,
            case_id: case.case_id,
            person_id: case.person_id,
            place: case.place,
            at_place: f.place.clone(),
            vehicle: f.vehicle.clone(),
            description: f.description.clone(),
            starts: f.from.at,
            ends: f.to.end(),
            margin_s: f.from.width().max(f.to.width()).seconds() as i32,
            companions: f.companions.clone(),
            source: f.source,
            seq: self.c.seq,
            withdrawn: None,
        });
        Ok(())
    }

    pub(crate) fn visit_withdrawn(&mut self, f: &VisitWithdrawn) -> Outcome {
        self.not_future(f.at)?;
        check_decision(Some(&f.decision))?;
        let id = f.visit;
        let Some(v) = self.s.visits.get(&id).filter(|v| v.withdrawn.is_none()).cloned() else {
            return Err(refuse!("visit.unknown", "visit", "no visit {id} that stands", "没有有效的轨迹 {id}"));
        };
        self.s.visits.put(Visit { withdrawn: Some(format!("{}: {}", f.decision.decider, f.decision.reason)), ..v });
        Ok(())
    }
}

/// The record of a case about which nobody has been asked yet.
fn nothing_asked(case: &Case, at: Instant) -> Investigation {
    Investigation {
        case_id: case.case_id,
        person_id: case.person_id,
        place: case.place.clone(),
        answers: BTreeMap::new(),
        updated_seq: 0,
        updated_at: at,
        core_filed_at: None,
        full_filed_at: None,
        summary: None,
    }
}

/// What is an answer to it.
fn wanted(q: &Question) -> (String, String) {
    let ids = q.options.iter().map(|o| o.id.as_str()).collect::<Vec<_>>();
    match q.kind {
        AnswerKind::YesNo => ("true or false".into(), " true 或 false".into()),
        AnswerKind::Number => ("a number".into(), "数字".into()),
        AnswerKind::Text => ("a text".into(), "文字".into()),
        AnswerKind::Date => (
            "a day or a time with its offset (2022-11-26+08:00, 2022-11-26T14:30:00+08:00)".into(),
            "带时区的日期或时间（2022-11-26+08:00、2022-11-26T14:30:00+08:00）".into(),
        ),
        AnswerKind::Choice => (format!("one of {}", ids.join(", ")), format!("其中之一：{}", ids.join("、"))),
        AnswerKind::Choices => (format!("a list of any of {}", ids.join(", ")), format!("以下各项的列表：{}", ids.join("、"))),
    }
}

/// True if this is a possible answer.
fn fits(q: &Question, a: &AnswerGiven) -> bool {
    let known = |word: &String| q.options.iter().any(|o| o.id == *word);
    match (q.kind, a) {
        (_, AnswerGiven::Text(t)) if t == UNKNOWN => true,
        (AnswerKind::YesNo, AnswerGiven::Flag(_)) => true,
        (AnswerKind::Number, AnswerGiven::Number(n)) => n.is_finite(),
        (AnswerKind::Text, AnswerGiven::Text(t)) => !t.trim().is_empty(),
        (AnswerKind::Date, AnswerGiven::Text(t)) => t.parse::<EventTime>().is_ok(),
        (AnswerKind::Choice, AnswerGiven::Text(t)) => known(t),
        (AnswerKind::Choices, AnswerGiven::Choices(all)) => all.iter().all(known),
        _ => false,
    }
}
