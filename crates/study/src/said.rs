//! What is said to the user, in both languages.

use quell_response::policy::{PolicyError, plain};
use std::path::Path;

/// Why a command did not do its work. Its own language is English; [`Trouble::text`] has both.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{en}")]
pub struct Trouble {
    zh: String,
    en: String,
}

impl Trouble {
    /// In Chinese and English.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
    /// The message.
    pub fn text(&self, chinese: bool) -> &str {
        if chinese { &self.zh } else { &self.en }
    }
    /// A file that cannot be read or written.
    pub(crate) fn file(path: &Path, e: &dyn std::fmt::Display) -> Self {
        Self::new(format!("{}：{e}", path.display()), format!("{}: {e}", path.display()))
    }
    /// A policy that cannot be followed; `path` is what was changed in it, if anything.
    pub(crate) fn policy(file: &Path, path: Option<&str>, e: &PolicyError) -> Self {
        let (zh, en) = rule(&e.to_string());
        let at = path.map(|p| format!(" \"{p}\"")).unwrap_or_default();
        Self::new(format!("{}{at}：{zh}", file.display()), format!("{}{at}: {en}", file.display()))
    }
    /// A name that nothing has.
    pub(crate) fn unknown(what: (&str, &str), name: &str, known: &[&str]) -> Self {
        let list = known.join(", ");
        Self::new(format!("没有名为“{name}”的{}；可用：{list}", what.0), format!("there is no {} \"{name}\"; there are {list}", what.1))
    }
}

/// Rules of values, English and Chinese.
const RULES: [(&str, &str); 11] = [
    ("a share lies between 0 and 1", "比例须在 0 与 1 之间"),
    ("must be a number that is not negative", "须为不小于 0 的数"),
    ("must be above 0", "须大于 0"),
    ("must be above 0 and at most 1,000,000", "须大于 0，且不超过 1,000,000"),
    ("lies between 0 and 1,000", "须在 0 与 1,000 之间"),
    ("lies between 1 and 3,650", "须在 1 与 3,650 之间"),
    ("1 to 20 people share a tube", "一管 1 至 20 人"),
    ("at least one setting", "至少一个场所"),
    ("a status of the disease's file, from 1", "须为疾病文件中的接种状态，从 1 起"),
    ("lies between 1 and 5", "须在 1 与 5 之间"),
    ("each is [from, to], the younger age first", "每项须为 [起, 止]，小的年龄在前"),
];

/// What a file is expected to have somewhere, English and Chinese.
const EXPECTED: [(&str, &str); 7] = [
    ("a whole number from 0 to 255", "0 至 255 的整数"),
    ("a whole number, 0 or above", "不小于 0 的整数"),
    ("a whole number", "整数"),
    ("a number", "数"),
    ("true or false", "true 或 false"),
    ("text", "文字"),
    ("a list", "列表"),
];
/// What it has instead, English and Chinese.
const THERE: [(&str, &str); 6] =
    [("string ", "文字 "), ("integer ", "整数 "), ("floating point ", "小数 "), ("boolean ", ""), ("sequence", "列表"), ("map", "表")];

/// A value of a wrong type, in Chinese.
fn of_wrong_type(english: &str) -> Option<String> {
    let (there, expected) = english.split_once(": ")?.1.split_once(", expected ")?;
    let expected = EXPECTED.iter().find(|(en, _)| *en == expected.trim()).map_or(expected, |(_, zh)| zh);
    let there = THERE.iter().find_map(|(en, zh)| Some(format!("{zh}{}", there.strip_prefix(en)?))).unwrap_or_else(|| there.to_owned());
    Some(format!("类型不对：此处须为{expected}，而不是{}", there.replace('`', "")))
}

/// What a policy or a file of values says is wrong, in Chinese and English.
pub(crate) fn rule(english: &str) -> (String, String) {
    let english = &plain(english.trim());
    if let Some((_, zh)) = RULES.iter().find(|(en, _)| english.ends_with(en)) {
        let field = english.rsplit_once(": ").map_or("", |(field, _)| field);
        return (format!("{field}：{zh}"), english.to_owned());
    }
    let parts: Vec<&str> = english.split('`').collect();
    let zh = match parts[..] {
        ["unknown field ", name, _, ..] => {
            let known: Vec<&str> = parts.iter().skip(3).step_by(2).copied().collect();
            format!("没有名为“{name}”的项；可用：{}", known.join(", "))
        }
        ["unknown variant ", name, _, ..] => {
            let known: Vec<&str> = parts.iter().skip(3).step_by(2).copied().collect();
            format!("没有“{name}”这个值；可用：{}", known.join(", "))
        }
        ["missing field ", name, ..] => format!("缺少“{name}”"),
        _ if english.starts_with("invalid type") || english.starts_with("invalid value") => {
            of_wrong_type(english).unwrap_or_else(|| format!("类型不对：{english}"))
        }
        _ => format!("不能用：{english}"),
    };
    (zh, english.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_told_in_chinese() {
        assert_eq!(rule("symptoms.come: a share lies between 0 and 1").0, "symptoms.come：比例须在 0 与 1 之间");
        assert_eq!(rule("unknown field `evry`, expected one of `area`, `every_days`").0, "没有名为“evry”的项；可用：area, every_days");
        let (zh, en) = rule("invalid type: string \"two\", expected u32");
        assert_eq!((zh.as_str(), en.contains("u32")), ("类型不对：此处须为不小于 0 的整数，而不是文字 \"two\"", false));
        assert_eq!(rule("invalid type: floating point `1.5`, expected i64").0, "类型不对：此处须为整数，而不是小数 1.5");
    }
}
