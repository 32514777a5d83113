//! What several formats share: languages, what diseases are called elsewhere, names of people, words for a result.

/// Language of headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    pub(crate) fn of(self, en: &'static str, zh: &'static str) -> &'static str {
        match self {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }
}

/// What a disease is called elsewhere: a line of `data/diseases.csv`. An empty word: not known there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Disease {
    /// The protocol's word.
    pub word: &'static str,
    /// SORMAS.
    pub sormas: &'static str,
    /// ICD-10.
    pub icd10: &'static str,
    /// SNOMED CT, with its name there.
    pub snomed: (&'static str, &'static str),
    /// LOINC, for nucleic acid of the pathogen (presence), with its name there.
    pub loinc: (&'static str, &'static str),
}

impl Disease {
    /// What is known of the disease that a protocol calls so.
    pub fn named(word: &str) -> Option<Disease> {
        Self::all().find(|d| d.word == word)
    }
    pub(crate) fn all() -> impl Iterator<Item = Disease> {
        include_str!("../data/diseases.csv").lines().skip(1).filter_map(|line| {
            let mut cells = line.split(',');
            let mut next = || cells.next();
            Some(Disease { word: next()?, sormas: next()?, icd10: next()?, snomed: (next()?, next()?), loinc: (next()?, next()?) })
        })
    }
}

/// The name of a disease in a list of another system: what [`Disease`] calls it there, or in words. Go.Data's tokens have a beginning
/// in common, which says nothing.
pub fn disease_name(said: &str) -> &str {
    let said = said.trim();
    said.strip_prefix("LNG_REFERENCE_DATA_CATEGORY_DISEASE_").unwrap_or(said)
}

/// Surnames of two characters; all others in Chinese have one.
const DOUBLE_SURNAMES: &[&str] = &[
    "欧阳", "上官", "司马", "诸葛", "皇甫", "夏侯", "尉迟", "东方", "司徒", "令狐", "慕容", "公孙", "长孙", "宇文", "轩辕", "端木", "百里",
    "南宫", "独孤", "第五",
];

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

/// Given name and surname. `Li, Na` has its surname first, a Chinese name too; of other names it is the last word.
pub(crate) fn split_name(name: &str) -> (&str, &str) {
    let name = name.trim();
    if let Some((last, first)) = name.split_once(',') {
        return (first.trim(), last.trim());
    }
    if let Some(double) = DOUBLE_SURNAMES.iter().find(|s| name.starts_with(**s) && name.len() > s.len()) {
        return (&name[double.len()..], &name[..double.len()]);
    }
    let is_chinese = name.chars().next().is_some_and(is_han) && !name.contains(['·', ' ']);
    match name.char_indices().nth(1) {
        Some((cut, _)) if is_chinese => (&name[cut..], &name[..cut]),
        _ => name.rsplit_once(char::is_whitespace).unwrap_or((name, "")),
    }
}

/// A full name from its parts. Where only one is known, systems that want two have it twice.
pub fn join_name(given: &str, family: &str) -> String {
    let (given, family) = (given.trim(), family.trim());
    if given == family {
        return given.to_owned();
    }
    if given.is_empty() || family.is_empty() || family.chars().any(is_han) {
        return format!("{family}{given}");
    }
    format!("{given} {family}")
}

/// Whether one text is the other's name, taken apart for a format with two columns and put together again.
pub fn same_name(a: &str, b: &str) -> bool {
    let again = |name: &str| {
        let (given, family) = split_name(name);
        join_name(given, family)
    };
    a == b || again(a) == again(b)
}

/// Words and codes for a result, as laboratories write them: table 0078 of HL7, SNOMED CT, LOINC answers, plain words.
const RESULTS: &[(&str, &[&str])] = &[
    (
        "positive",
        &[
            "positive",
            "pos",
            "detected",
            "det",
            "reactive",
            "present",
            "weakly positive",
            "weak positive",
            "+",
            "阳性",
            "阳",
            "弱阳性",
            "检出",
            "260373001",
            "10828004",
            "52101004",
            "LA11882-0",
            "LA6576-8",
        ],
    ),
    (
        "negative",
        &[
            "negative",
            "neg",
            "not detected",
            "none detected",
            "undetected",
            "nd",
            "non-reactive",
            "nonreactive",
            "absent",
            "-",
            "阴性",
            "阴",
            "未检出",
            "260415000",
            "260385009",
            "2667000",
            "LA11883-8",
            "LA6577-6",
        ],
    ),
    (
        "indeterminate",
        &[
            "indeterminate",
            "ind",
            "inconclusive",
            "equivocal",
            "borderline",
            "uncertain",
            "可疑",
            "不确定",
            "灰区",
            "待复核",
            "419984006",
            "82334004",
            "42425007",
            "280416009",
            "LA9663-1",
            "LA11884-6",
        ],
    ),
    ("failed", &["failed", "invalid", "error", "unsatisfactory", "specimen unsatisfactory", "无效", "失败", "不合格", "125154007"]),
    ("pending", &["pending", "in progress", "待检", "检测中", "待出"]),
    ("not_done", &["not done", "not performed", "not tested", "cancelled", "canceled", "未检测", "未做", "取消", "373121007"]),
];

/// The book's word for a result, from a word or a code.
pub(crate) fn result_word(said: &str) -> Option<&'static str> {
    let bare = said.split(['(', '（']).next().map(str::trim).filter(|s| !s.is_empty()).unwrap_or(said).trim();
    let bare = bare.trim_matches(|c| matches!(c, '.' | '。' | '"' | '*' | ' ' | '(' | ')' | '（' | '）'));
    RESULTS.iter().find(|(_, words)| words.iter().any(|w| w.eq_ignore_ascii_case(bare))).map(|(word, _)| *word)
}

/// Words by which an observation is told to be a cycle threshold, and the codes of LOINC for that.
const CT_CODES: &[&str] =
    &["94745-7", "94746-5", "94642-6", "94643-4", "94644-2", "94511-3", "94645-9", "94646-7", "94509-7", "94510-5", "94312-7", "94313-5"];

/// Is this the code or the name of a cycle threshold?
pub(crate) fn is_ct(text: &str) -> bool {
    let lower = text.to_lowercase();
    CT_CODES.contains(&text)
        || lower.contains("cycle threshold")
        || lower.contains("循环阈值")
        || lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| matches!(word, "ct" | "cq"))
}

/// The target of a cycle threshold, from its name: `ORF1ab Ct value` is about ORF1ab.
pub(crate) fn ct_target(text: &str) -> String {
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        let lower = word.to_lowercase();
        if matches!(lower.as_str(), "ct" | "cq")
            || lower.starts_with("ct值")
            || lower.starts_with(['[', '(']) && is_ct(&lower)
            || lower == "[cycle"
        {
            break;
        }
        words.push(word);
    }
    let text = if words.is_empty() { text.to_owned() } else { words.join(" ") };
    for mark in ["Ct值", "CT值", "-Ct", "_Ct", "-CT", "_CT"] {
        if let Some(target) = text.strip_suffix(mark).filter(|t| !t.is_empty()) {
            return target.into();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_as_their_language_does() {
        for (name, given, family) in [
            ("欧阳娜娜", "娜娜", "欧阳"),
            ("王伟", "伟", "王"),
            ("Maria del Carmen Pérez", "Maria del Carmen", "Pérez"),
            ("Pérez, Maria", "Maria", "Pérez"),
            ("古丽·阿不都", "古丽·阿不都", ""),
            ("Suharto", "Suharto", ""),
            ("", "", ""),
        ] {
            assert_eq!(split_name(name), (given, family), "{name}");
        }
        assert_eq!(join_name("伟", "王"), "王伟");
        assert_eq!(join_name("Maria", "Pérez"), "Maria Pérez");
        for name in ["欧阳娜娜", "Maria del Carmen Pérez", "Pérez, Maria", "古丽·阿不都", "Suharto"] {
            let (given, family) = split_name(name);
            let (first, last) = (if given.is_empty() { family } else { given }, if family.is_empty() { given } else { family });
            assert!(same_name(name, &join_name(first, last)), "{name}");
        }
        assert!(!same_name("王伟", "王维") && !same_name("Maria Pérez", "Mario Pérez"));
    }

    #[test]
    fn a_result_is_known_by_word_or_code_and_never_guessed() {
        for (said, word) in
            [("Not Detected", "negative"), ("阳性（+）", "positive"), ("260415000", "negative"), ("NEG", "negative"), ("(-)", "negative")]
        {
            assert_eq!(result_word(said), Some(word), "{said}");
        }
        for said in ["", "not positive", "no result", "1", "阴性阳性"] {
            assert_eq!(result_word(said), None, "{said}");
        }
    }

    #[test]
    fn a_cycle_threshold_names_its_target() {
        assert!(is_ct("ORF1ab Ct") && is_ct("N基因CT值") && is_ct("94745-7") && !is_ct("detected") && !is_ct("Reactivity"));
        for (text, target) in
            [("ORF1ab Ct value", "ORF1ab"), ("N基因Ct值", "N基因"), ("S gene [Cycle Threshold #]", "S gene"), ("Ct", "Ct")]
        {
            assert_eq!(ct_target(text), target);
        }
    }

    #[test]
    fn every_disease_of_the_file_has_all_its_columns() {
        assert_eq!(Disease::all().count(), include_str!("../data/diseases.csv").lines().count() - 1);
        assert_eq!(Disease::named("covid-19").unwrap().loinc.0, "94500-6");
        assert!(Disease::all().all(|d| d.loinc.0.is_empty() == d.loinc.1.is_empty()));
    }
}
