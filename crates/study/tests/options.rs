//! Every option refuses what is impossible, and says what to do.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::{rehearse, unread};

#[test]
fn impossible_values_are_refused_with_option_value_and_advice() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let policy = file("policy.toml", "");
    let space = file("space.toml", "[search.parameters]\n\"symptoms.come\" = { real = [0.1, 0.9] }\n");
    let unknown = file("unknown.toml", "[parameters]\nimports = { uniform = [1, 50] }\n");
    let observed = file("observed.csv", "t,cases\n1,1\n2,2\n3,4\n");
    let out = dir.path().join("out").display().to_string();
    let (search, calibrate) = (["search", &space, "--out", &out], ["calibrate", &observed, "--parameters", &unknown, "--out", &out]);
    let commands: [&[&str]; 4] = [&["run"], &["compare", &policy], &search, &calibrate];
    // What all commands have.
    let everywhere = [
        ("--people", "0", "20000"),
        ("--people", "300000000", "20000"),
        ("--days", "0", "60"),
        ("--days", "4000000000", "60"),
        ("--imports", "500000", "--people"),
        ("--imports-per-day", "-1", "--people"),
        ("--imports-per-day", "NaN", "--people"),
        ("--imports-per-day", "inf", "--people"),
        ("--threads", "0", "left out"),
        ("--threads", "100000", "left out"),
    ];
    // What some have.
    let some = [
        (0, "--threads", "0", "left out, it is 1"),
        (1, "--threads", "0", "as many as processors"),
        (1, "--seeds", "0", "20 is"),
        (1, "--seed", "18446744073709551615", "smaller"),
        (2, "--seeds", "1", "20 is"),
        (2, "--budget", "0", "1000"),
        (2, "--budget", "3", "--seeds smaller"),
        (3, "--particles", "19", "400"),
        (3, "--generations", "0", "8 is"),
        (3, "--quantile", "1", "0.5"),
        (3, "--quantile", "nan", "0.5"),
        (3, "--acceptance", "0", "0.05"),
        (3, "--budget", "399", "--particles"),
        (3, "--start", "5000", "first infection"),
    ];
    let all = (0..4).flat_map(|k| everywhere.map(|(option, value, advice)| (k, option, value, advice))).chain(some);
    for (command, option, value, advice) in all {
        let (zh, en) = rehearse(&[commands[command], &[option, value]].concat()).unwrap_err();
        let shown = if value == "nan" { "NaN" } else { value };
        assert!(en.starts_with(&format!("{option} {shown}: ")) && en.contains(advice), "{command} {option} {value}: {en}");
        assert!(zh.starts_with(&format!("{option} {shown}：")) && zh.contains('；'), "{command} {option} {value}: {zh}");
        assert!(!dir.path().join("out").exists(), "nothing was begun: {option} {value}");
    }
    // More imports than people by way of either.
    let (zh, en) = rehearse(&["run", "--people", "50", "--imports", "51"]).unwrap_err();
    assert!(en.contains("--imports 51: must lie between 0 and 50") && zh.contains("不能多于人口"), "{en}");
    // The same as a parameter.
    let many = file("many.toml", "[parameters]\nimports = { uniform = [1, 5000] }\n");
    let (zh, en) = rehearse(&["calibrate", &observed, "--parameters", &many, "--out", &out, "--people", "3000"]).unwrap_err();
    assert!(en.contains("imports = 5000: must lie between 0 and 3000") && zh.contains("须在 0 至 3000 之间"), "{en}");
    // One name, two policies.
    let twice = file("twice.toml", "name = \"policy\"\n");
    let (zh, en) = rehearse(&["compare", &policy, &twice]).unwrap_err();
    assert!(en.contains("twice.toml: an earlier policy is called \"policy\"") && zh.contains("请改其中一个文件的 name"), "{en}");
}

#[test]
fn what_is_no_number_is_refused_in_both_languages() {
    for (words, said) in [
        (&["run", "--people", "-5"][..], "must not be negative"),
        (&["run", "--people", "5000000000"], "too large"),
        (&["run", "--days", "1.5"], "whole number"),
        (&["run", "--threads", "two"], "whole number"),
        (&["run", "--imports-per-day", "few"], "must be a number"),
        (&["compare", "a.toml", "--seeds", "-1"], "must not be negative"),
        (&["search", "a.toml", "--out", "o", "--budget", "-1"], "must not be negative"),
        (&["calibrate", "a.csv", "--parameters", "p", "--out", "o", "--quantile", "half"], "must be a number"),
    ] {
        let refused = unread(words);
        assert!(
            refused.contains(said) && refused.contains(words[words.len() - 1]) && refused.contains(words[words.len() - 2]),
            "{refused}"
        );
        assert!(refused.chars().any(|c| c > '\u{4e00}'), "{refused}");
    }
}
