//! `quell rehearse` as its users call it: no database, the same answer every time, nothing run twice.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

fn quell(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_quell")).arg("rehearse").args(arguments).env("QUELL_LANG", "en").output().unwrap()
}

/// The one JSON object that is printed last.
fn object(arguments: &[&str]) -> Value {
    let done = quell(arguments);
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    assert!(done.stderr.is_empty(), "nothing but the result where nobody looks: {}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_str(String::from_utf8(done.stdout).unwrap().lines().last().unwrap()).unwrap()
}

fn lines(path: &Path) -> usize {
    std::fs::read_to_string(path).unwrap().lines().filter(|l| !l.is_empty()).count()
}

#[test]
fn a_run_tells_what_it_did_and_is_the_same_on_two_threads() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let world = ["run", "--people", "5000", "--days", "30", "--seed", "7", "--protocol", "covid-2022-twenty", "--disease", "covid-ba5"];
    let with = |more: &[&str]| object(&[&world[..], more, &["--json"]].concat());
    let one = with(&["--out", out.to_str().unwrap()]);
    for key in ["people", "days", "infections", "person_days_per_cpu_second", "bytes_per_person", "days_to_zero", "costs", "hash"] {
        assert!(one.get(key).is_some(), "{key} in {one}");
    }
    assert_eq!((&one["people"], &one["days"]), (&5_000.into(), &30.into()));
    for file in ["summary.json", "days.csv", "run.parquet", "townships.csv", "cases.csv", "days.svg", "map.svg"] {
        assert!(out.join(file).metadata().unwrap().len() > 50, "{file}");
    }
    assert_eq!(lines(&out.join("days.csv")), 31);
    let two = with(&["--threads", "2"]);
    assert_eq!((&one["hash"], &one["costs"]), (&two["hash"], &two["costs"]));
    let nobody = with(&["--no-response"]);
    assert_eq!((&nobody["costs"]["tests"], &nobody["cases_found"]), (&0.into(), &0.into()));
    assert!(nobody["infections"].as_u64() > one["infections"].as_u64());
}

#[test]
fn policies_are_compared_in_the_same_worlds_and_nothing_is_run_twice() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let plain = write("plain.toml", "");
    let rounds = write("rounds.toml", "name = \"rounds\"\n[screening]\nevery_days = 2\n");
    let out = dir.path().join("out");
    let ask = |policies: &[&str], seeds: &str| {
        let options = ["--people", "5000", "--days", "30", "--seeds", seeds, "--json", "--out", out.to_str().unwrap()];
        object(&[&["compare"], policies, &options[..]].concat())
    };
    let first = ask(&[&plain, &rounds], "3");
    let journal = out.join("runs.jsonl");
    assert_eq!(lines(&journal), 6);
    assert_eq!(first["policies"][1]["policy"], "rounds");
    let fewer = &first["policies"][1]["difference_from_first"]["infections"];
    assert!(fewer["mean"].as_f64().unwrap() < 0.0 && fewer["n"] == 3, "{fewer}");

    // Broken off in the middle of a line, asked again with more seeds: only what is missing is run.
    let text = std::fs::read_to_string(&journal).unwrap();
    std::fs::write(&journal, &text[..text.trim_end().len() - 40]).unwrap();
    let again = ask(&[&plain, &rounds], "4");
    assert_eq!(lines(&journal), 6 + 1 + 2, "five whole lines, one broken, three run");
    assert_eq!(lines(&out.join("runs.csv")), 1 + 8);
    assert_eq!(again["policies"][0]["runs"], 4);
    // Another policy of the same name is another run.
    write("rounds.toml", "name = \"rounds\"\n[screening]\nevery_days = 3\n");
    ask(&[&plain, &rounds], "4");
    assert_eq!(lines(&journal), 9 + 4);
}

#[test]
fn what_is_broken_off_says_what_is_kept_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let policy = dir.path().join("plain.toml");
    std::fs::write(&policy, "").unwrap();
    let (policy, out) = (policy.to_str().unwrap(), dir.path().join("out"));
    let compare = |seeds: &'static str| -> Vec<String> {
        let options = ["compare", policy, "--people", "3000", "--days", "20", "--seeds", seeds, "--out", out.to_str().unwrap()];
        options.map(str::to_owned).to_vec()
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_quell"));
    let running = command.arg("rehearse").args(compare("2000")).env("QUELL_LANG", "en").stderr(Stdio::piped()).stdout(Stdio::piped());
    let running = running.spawn().unwrap();
    let journal = out.join("runs.jsonl");
    while !journal.exists() || lines(&journal) < 3 {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap().success());
    let done = running.wait_with_output().unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(said.contains("are kept in") && said.contains("the same command goes on where it was"), "{said}");
    assert_eq!((done.status.code(), done.stdout.len()), (Some(130), 0));
    // Two seeds of those that were run: none is run again.
    let before = lines(&journal);
    let again = compare("2");
    object(&[&again.iter().map(String::as_str).collect::<Vec<_>>()[..], &["--json"]].concat());
    assert_eq!(lines(&journal), before);
}

#[test]
fn what_is_wrong_is_said_in_both_languages() {
    let dir = tempfile::tempdir().unwrap();
    let bad = dir.path().join("bad.toml");
    std::fs::write(&bad, "[compliance]\nevade = 3\n").unwrap();
    for (arguments, words) in [
        (vec!["run", "--disease", "plague"], ["there is no disease \"plague\"", "没有名为“plague”的疾病"]),
        (
            vec!["run", "--policy", bad.to_str().unwrap()],
            ["bad.toml, line 2, compliance.evade: a share", "bad.toml，第 2 行，compliance.evade：比例"],
        ),
        (vec!["run", "--days", "0"], ["--days 0: must lie between 1 and", "--days 0：须在 1 至"]),
        // Before any book is looked for.
        (vec!["from-book", "--unfound", "2"], ["--unfound 2: must lie between 0 and 1", "--unfound 2：须在 0 至 1 之间"]),
        (
            vec!["from-book", bad.to_str().unwrap()],
            ["bad.toml, line 2, compliance.evade: a share", "bad.toml，第 2 行，compliance.evade：比例"],
        ),
        (vec!["run", "--protocol", "nothing"], ["there is no protocol", "没有名为“nothing”的方案"]),
    ] {
        for (lang, words) in ["en", "zh"].into_iter().zip(words) {
            let done = quell(&[&["--lang", lang], &arguments[..]].concat());
            let said = String::from_utf8(done.stderr).unwrap();
            assert!(done.status.code() == Some(2) && said.contains(words), "{arguments:?}: {said}");
            assert!(done.stdout.is_empty());
        }
    }
}
