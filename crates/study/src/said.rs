//! What is said to the user, in both languages.

use quell_response::policy::PolicyError;
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
const RULES: [(&str, &str); 6] = [
    ("a share lies between 0 and 1", "比例须在 0 与 1 之间"),
    ("must be a number that is not negative", "须为不小于 0 的数"),
    ("must be above 0", "须大于 0"),
    ("1 to 20 people share a tube", "一管 1 至 20 人"),
    ("at least one setting", "至少一个场所"),
    ("a status of the disease's file, from 1", "须为疾病文件中的接种状态，从 1 起"),
];

/// What a policy or a file of values says is wrong, in Chinese and English.
pub(crate) fn rule(english: &str) -> (String, String) {
    let english = english.trim();
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
        _ if english.starts_with("invalid type") => format!("类型不对：{english}"),
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
    }
}
