//! An analysis that is asked for by name and options, not at the command line: what there is, and whether it fits. Whoever asks over a network
//! names no file; the tables are those of whoever answers.

use crate::Analyse;
use crate::said::Trouble;
use clap::{Arg, ArgAction, Command, Subcommand};
use serde_json::Value;
use std::any::TypeId;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Options that whoever answers sets itself.
const NOT_ASKED: &[&str] =
    &["format", "title", "source", "help", "count-by", "sheet", "contacts-sheet", "population-sheet", "reports-sheet"];

/// An option of an analysis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionOf {
    /// Its name, without dashes.
    pub name: String,
    /// What it means, in English.
    pub about: String,
    /// What it may be, where that is a closed list.
    pub values: Vec<String>,
    /// What it is when nobody says so.
    pub default: Option<String>,
    /// True where it has no value: it is said or not.
    pub flag: bool,
}

fn commands() -> Command {
    Analyse::augment_subcommands(Command::new("analyse"))
}

fn is_file(a: &Arg) -> bool {
    a.get_value_parser().type_id() == TypeId::of::<PathBuf>()
}

fn is_flag(a: &Arg) -> bool {
    matches!(a.get_action(), ArgAction::SetTrue)
}

/// The options of a command that can be asked for.
fn askable(command: &Command) -> impl Iterator<Item = (&str, &Arg)> {
    let named = command.get_arguments().filter(|a| !is_file(a)).filter_map(|a| Some((a.get_long()?, a)));
    named.filter(|(name, _)| !NOT_ASKED.contains(name))
}

/// The names of all analyses.
pub fn analyses() -> Vec<String> {
    commands().get_subcommands().map(|c| c.get_name().to_owned()).collect()
}

/// Whether an analysis draws a picture.
pub fn draws(analysis: &str) -> bool {
    commands().find_subcommand(analysis).is_some_and(|c| c.get_arguments().any(|a| a.get_long() == Some("picture")))
}

/// The options that can be asked for; none if there is no such analysis.
pub fn options(analysis: &str) -> Option<Vec<OptionOf>> {
    let commands = commands();
    let of = |(name, a): (&str, &Arg)| OptionOf {
        name: name.to_owned(),
        about: a.get_help().map(ToString::to_string).unwrap_or_default(),
        values: if is_flag(a) { vec![] } else { a.get_possible_values().iter().map(|v| v.get_name().to_owned()).collect() },
        default: if is_flag(a) { None } else { a.get_default_values().first().map(|v| v.to_string_lossy().into_owned()) },
        flag: is_flag(a),
    };
    Some(askable(commands.find_subcommand(analysis)?).map(of).collect())
}

/// The words of the command line that say these options, checked: `--window=7 --method=cori`. A flag is true or false; an option that may be
/// said several times takes a list.
///
/// # Errors
/// If there is no such analysis or option, or a value does not fit.
pub fn words(analysis: &str, options: &BTreeMap<String, Value>) -> Result<Vec<String>, Trouble> {
    let commands = commands();
    let Some(command) = commands.find_subcommand(analysis) else {
        let there = analyses().join(", ");
        return Err(Trouble::new(
            format!("没有名为“{analysis}”的分析；可选：{there}"),
            format!("there is no analysis '{analysis}'; there are: {there}"),
        ));
    };
    let mut words = Vec::new();
    for (name, value) in options {
        let Some((_, arg)) = askable(command).find(|(n, _)| n == name) else {
            let there = askable(command).map(|a| a.0).collect::<Vec<_>>().join(", ");
            return Err(Trouble::new(
                format!("{analysis} 没有可用的选项“{name}”；可选：{there}"),
                format!("{analysis} has no option '{name}' that can be asked for; there are: {there}"),
            ));
        };
        words.extend(word(name, arg, value)?);
    }
    check(analysis, &words)?;
    Ok(words)
}

/// One option, as the command line has it.
fn word(name: &str, arg: &Arg, value: &Value) -> Result<Vec<String>, Trouble> {
    let unfit = || Trouble::new(format!("选项“{name}”的值不合适：{value}"), format!("option '{name}' cannot be {value}"));
    if is_flag(arg) {
        return match value {
            Value::Bool(true) => Ok(vec![format!("--{name}")]),
            Value::Bool(false) | Value::Null => Ok(vec![]),
            _ => Err(unfit()),
        };
    }
    match value {
        Value::Null => Ok(vec![]),
        Value::String(s) => Ok(vec![format!("--{name}={s}")]),
        Value::Number(n) => Ok(vec![format!("--{name}={n}")]),
        Value::Array(all) => Ok(all.iter().map(|v| word(name, arg, v)).collect::<Result<Vec<_>, _>>()?.concat()),
        Value::Bool(_) | Value::Object(_) => Err(unfit()),
    }
}

/// Whether the command line would take these words.
fn check(analysis: &str, words: &[String]) -> Result<(), Trouble> {
    let line = ["analyse", analysis, "FILE"].into_iter().map(str::to_owned).chain(words.iter().cloned());
    match commands().try_get_matches_from(line) {
        Ok(_) => Ok(()),
        Err(e) => {
            let said = e.to_string();
            // What follows is about a command line, which nobody typed.
            let what = said.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ").trim().to_owned();
            Err(Trouble::new(format!("选项不合适：{what}"), what))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

    use super::*;
    use serde_json::json;

    fn asked(analysis: &str, options: Value) -> Result<Vec<String>, String> {
        words(analysis, &serde_json::from_value(options).unwrap()).map_err(|e| e.text(false).to_owned())
    }

    #[test]
    fn options_become_words_of_the_command_line() {
        let words = asked("rt", json!({"method": "cori", "window": 7, "si-mean": 4.7, "si-sd": 2.9})).unwrap();
        assert_eq!(words, ["--method=cori", "--si-mean=4.7", "--si-sd=2.9", "--window=7"]);
        assert_eq!(asked("warning", json!({"method": "cusum", "reset": true, "rossi": false})).unwrap(), ["--method=cusum", "--reset"]);
        assert_eq!(asked("delays", json!({"from": ["onset", "sampled"], "to": ["sampled", "reported"]})).unwrap().len(), 4);
    }

    #[test]
    fn no_option_that_can_be_asked_for_names_a_file() {
        let files = ["si", "windows", "delay", "reporting", "mapping", "picture", "cases", "distances", "beds", "screening"];
        for analysis in analyses() {
            let names: Vec<String> = options(&analysis).unwrap().into_iter().map(|o| o.name).collect();
            assert!(!names.is_empty() && names.iter().all(|n| !files.contains(&n.as_str())), "{analysis}: {names:?}");
        }
        assert!(options("clusters").unwrap().iter().all(|o| o.name != "population"), "there it is a table");
        let refused = asked("rt", json!({"si": "/etc/passwd"})).unwrap_err();
        assert!(refused.starts_with("rt has no option 'si' that can be asked for; there are: method, "), "{refused}");
        assert!(asked("rt", json!({"picture": "x.svg"})).is_err());
        assert!(asked("rt", json!({"window": "7 --picture=/tmp/x"})).is_err());
    }

    #[test]
    fn what_does_not_fit_is_told() {
        assert_eq!(
            asked("rtt", json!({})).unwrap_err().lines().next().unwrap(),
            "there is no analysis 'rtt'; there are: rt, growth, delays, nowcast, forecast, trees, clusters, warning, quality"
        );
        let refused = asked("rt", json!({"window": "seven"})).unwrap_err();
        assert_eq!(refused, "invalid value 'seven' for '--window <WINDOW>': invalid digit found in string");
        assert!(asked("rt", json!({"method": {"a": 1}})).unwrap_err().contains("cannot be"));
        assert!(draws("rt") && !draws("quality"));
    }
}
