//! Interviews (流调): what the simulated staff write into the record of a case before they hand a part in.

use super::{Life, event, lot};
use quell_book::rows::Case;
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{AnswerKind, Fills, Question, QuestionPart};
use std::collections::BTreeMap;

/// How often a question is answered by more than "unknown". Assumption.
const ANSWERED: f64 = 0.8;

impl Life {
    /// An interview that answers what this part asks for.
    pub(super) fn interview(&self, case: &Case, part: QuestionPart, at: Instant) -> Interviewed {
        let onset = self.truth.of(case.person_id).and_then(|i| i.onset_by(at));
        let asked = self.plan.protocol.questions().iter().filter(|q| q.part == part);
        let answers: BTreeMap<String, Option<AnswerGiven>> =
            asked.filter_map(|q| Some((q.id.clone(), Some(answer(q, case, onset)?)))).collect();
        Interviewed { case: case.case_id, interviewer: "investigation-1".into(), informant: None, answers, seen: i64::MAX, at: event(at) }
    }
}

/// The answer to a question; none to one that need not be answered.
fn answer(q: &Question, case: &Case, onset: Option<Instant>) -> Option<AnswerGiven> {
    let draw = |what: &str| lot(what, format!("{}:{}", q.id, case.case_id).as_bytes());
    let pick = |u: f64| q.options.get((u * q.options.len() as f64) as usize).map(|o| o.id.clone());
    if q.fills == Some(Fills::Onset) {
        return onset.map(|o| AnswerGiven::Text(event(o).to_string()));
    }
    let unknown = q.required.then(|| AnswerGiven::Text("unknown".into()));
    if draw("answered") > ANSWERED {
        return unknown;
    }
    match q.kind {
        AnswerKind::YesNo => Some(AnswerGiven::Flag(draw("yes") < 0.3)),
        AnswerKind::Number => Some(AnswerGiven::Number((draw("number") * 4.0).floor())),
        AnswerKind::Choice => pick(draw("choice")).map(AnswerGiven::Text),
        // Whoever has no symptoms yet names none.
        AnswerKind::Choices if onset.is_none() => Some(AnswerGiven::Choices(Vec::new())),
        AnswerKind::Choices => pick(draw("choice")).map(|c| AnswerGiven::Choices(vec![c])),
        AnswerKind::Text | AnswerKind::Date => unknown,
    }
}
