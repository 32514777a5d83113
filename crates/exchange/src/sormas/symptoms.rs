//! Symptoms: SORMAS has a property for each, Quell has words.

use crate::CaseRecord;
use crate::grid::Cell;

/// Property of `symptoms`, and the words for it (lower case, `_` for what is no letter).
const KNOWN: &[(&str, &[&str])] = &[
    ("fever", &["fever", "发热", "发烧"]),
    ("cough", &["cough", "dry_cough", "咳嗽", "干咳"]),
    ("soreThroat", &["sore_throat", "咽痛", "咽喉痛", "嗓子疼"]),
    ("runnyNose", &["runny_nose", "流涕", "流鼻涕"]),
    ("headache", &["headache", "头痛"]),
    ("musclePain", &["muscle_pain", "myalgia", "muscle_ache", "肌肉酸痛", "肌痛"]),
    ("jointPain", &["joint_pain", "arthralgia", "关节痛"]),
    ("chillsSweats", &["chills", "chills_or_sweats", "sweats", "寒战", "畏寒"]),
    ("difficultyBreathing", &["difficulty_breathing", "shortness_of_breath", "dyspnoea", "dyspnea", "呼吸困难", "气促"]),
    ("fatigueWeakness", &["fatigue", "weakness", "乏力"]),
    ("lossOfSmell", &["loss_of_smell", "anosmia", "嗅觉减退", "嗅觉丧失"]),
    ("lossOfTaste", &["loss_of_taste", "ageusia", "味觉减退", "味觉丧失"]),
    ("nausea", &["nausea", "恶心"]),
    ("vomiting", &["vomiting", "呕吐"]),
    ("diarrhea", &["diarrhea", "diarrhoea", "腹泻"]),
    ("skinRash", &["rash", "skin_rash", "皮疹"]),
];

fn property(word: &str) -> Option<&'static str> {
    let plain: String = word.trim().to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    KNOWN.iter().find(|(_, words)| words.contains(&plain.as_str())).map(|(p, _)| *p)
}

/// `YES` if the case has it; nothing otherwise, because what was not said is not a no.
pub(super) fn has(case: &CaseRecord, wanted: &str) -> Cell<'static> {
    if case.symptoms.iter().any(|s| property(s) == Some(wanted)) { Cell::text("YES") } else { Cell::Empty }
}

/// Those that SORMAS has no property for.
pub(super) fn others(case: &CaseRecord) -> String {
    let others: Vec<&str> = case.symptoms.iter().filter(|s| property(s).is_none()).map(String::as_str).collect();
    others.join(", ")
}
