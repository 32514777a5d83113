//! Interviews (流调): what the simulated staff write into the record of a case before they hand a part in.

use super::truth::Infection;
use super::{Life, event, lot};
use quell_book::rows::Case;
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{AnswerKind, Fills, Question, QuestionPart};
use std::collections::BTreeMap;

/// How often a question is answered by more than "unknown". Assumption.
const ANSWERED: f64 = 0.8;

/// How often it is found out when somebody was exposed, and within which time before and after. Assumptions.
const EXPOSURE_KNOWN: f64 = 0.7;
const EXPOSURE_WITHIN: Span = Span::hours(24);

/// What a case can tell.
struct Remembered {
    /// When it fell ill.
    onset: Option<Instant>,
    /// When it was exposed, and whether that was elsewhere.
    exposed: Option<(Instant, bool)>,
}

impl Life {
    /// An interview that answers what this part asks for.
    pub(super) fn interview(&self, case: &Case, part: QuestionPart, at: Instant) -> Interviewed {
        let infection = self.truth.of(case.person_id);
        let remembered = Remembered { onset: infection.and_then(|i| i.onset_by(at)), exposed: infection.map(Infection::exposure) };
        let asked = self.plan.protocol.questions().iter().filter(|q| q.part == part);
        let answers: BTreeMap<String, Option<AnswerGiven>> =
            asked.filter_map(|q| Some((q.id.clone(), Some(answer(q, case, &remembered)?)))).collect();
        Interviewed { case: case.case_id, interviewer: "investigation-1".into(), informant: None, answers, seen: i64::MAX, at: event(at) }
    }
}

/// The answer to a question; none to one that need not be answered.
fn answer(q: &Question, case: &Case, remembered: &Remembered) -> Option<AnswerGiven> {
    let onset = remembered.onset;
    let draw = |what: &str| lot(what, format!("{}:{}", q.id, case.case_id).as_bytes());
    let pick = |u: f64| q.options.get((u * q.options.len() as f64) as usize).map(|o| o.id.clone());
    if q.fills == Some(Fills::Onset) {
        return onset.map(|o| AnswerGiven::Text(event(o).to_string()));
    }
    let unknown = q.required.then(|| AnswerGiven::Text("unknown".into()));
    // Where somebody was can be found out; when they met who infected them, often.
    if let Some((at, from_elsewhere)) = remembered.exposed {
        let apart = |what: &str| Span((lot(what, case.case_id.0.as_bytes()) * EXPOSURE_WITHIN.0 as f64) as i64);
        let knows = lot("knows exposure", case.case_id.0.as_bytes()) < EXPOSURE_KNOWN;
        match q.id.as_str() {
            "travelled" => return Some(AnswerGiven::Flag(from_elsewhere)),
            "exposure_from" if knows => return Some(AnswerGiven::Text(event(at.plus(Span(-apart("before").0))).to_string())),
            "exposure_to" if knows => return Some(AnswerGiven::Text(event(at.plus(apart("after"))).to_string())),
            "exposure_from" | "exposure_to" => return unknown,
            _ => {}
        }
    }
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
