//! The signature test: an epidemic whose truth is known is lived through the real door by staff who do not know it; the analysis engine, seeing only what the
//! book holds, finds what happened within the uncertainty that it states.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

fn quell(data: &Path, arguments: &[&str]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_quell")).arg("--data").arg(data).args(["--lang", "en"]).args(arguments).output().unwrap();
    let (out, err) = (String::from_utf8(done.stdout).unwrap(), String::from_utf8_lossy(&done.stderr).into_owned());
    assert!(done.status.success(), "{arguments:?}: {err}");
    out
}

/// Rows of a table without quoted cells, by column.
fn rows(text: &str) -> Vec<BTreeMap<&str, &str>> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    lines.map(|l| header.iter().copied().zip(l.split(',')).collect()).collect()
}

/// What really happened to a case.
struct Case<'a> {
    onset: &'a str,
    infector: &'a str,
    infected: f64,
}

/// Share of the infectors among those who are named before 90 % of the probability is told.
fn held<'a>(posterior: &BTreeMap<&str, Vec<(f64, &str)>>, truth: impl Iterator<Item = (&'a str, &'a str)>) -> (usize, f64) {
    let (mut n, mut inside) = (0, 0);
    for (case, infector) in truth {
        let mut told = 0.0;
        n += 1;
        for (probability, named) in &posterior[case] {
            if *named == infector {
                inside += 1;
                break;
            }
            told += probability;
            if told >= 0.9 {
                break;
            }
        }
    }
    (n, inside as f64 / n as f64)
}

/// Lives an outbreak; where its truth is.
fn live(dir: &Path, more: &[&str]) -> (std::path::PathBuf, String, serde_json::Value) {
    let (data, truth) = (dir.join("data"), dir.join("truth.csv"));
    let demo = ["demo", "--people", "1500", "--imports", "20", "--no-serve", "--json", "--truth", truth.to_str().unwrap()];
    let summary: serde_json::Value = serde_json::from_str(quell(&data, &[&demo[..], more].concat()).lines().last().unwrap()).unwrap();
    assert_eq!(summary["conservation"], true, "{summary}");
    (data, std::fs::read_to_string(&truth).unwrap(), summary)
}

/// The analyses of a book say what is true, within the uncertainty that they state. Answers how many cases there are.
fn recovers(data: &Path, text: &str) -> usize {
    let all = rows(text);
    let caused = |person: &str| all.iter().filter(|r| r["infector"] == person).count() as f64;
    let known = all.iter().filter(|r| !r["case"].is_empty());
    let cases: BTreeMap<&str, Case<'_>> = known
        .map(|r| {
            // Whose infector nobody found, or who was infected elsewhere, has none in the book.
            (r["case"], Case { onset: r["onset"], infector: r["infector_case"], infected: caused(r["person"]) })
        })
        .collect();
    assert!(cases.len() > 30 && cases.values().filter(|c| !c.infector.is_empty()).count() > 15, "{} cases", cases.len());

    // Who infected whom.
    let trees = quell(data, &["analyses", "run", "trees", "--", "--seed", "1"]);
    let mut posterior: BTreeMap<&str, Vec<(f64, &str)>> = BTreeMap::new();
    for r in rows(&trees) {
        posterior.entry(r["infectee"]).or_default().push((r["probability"].parse().unwrap(), r["infector"]));
    }
    posterior.values_mut().for_each(|all| all.sort_by(|a, b| b.0.total_cmp(&a.0)));
    // Cases of a day that is not over are in the book and not in the analysis.
    let told = |infected_here: bool| {
        let of = cases.iter().filter(move |(_, c)| c.infector.is_empty() != infected_here);
        of.map(|(case, c)| (*case, c.infector)).filter(|(case, _)| posterior.contains_key(case)).collect::<Vec<_>>()
    };
    let (n, share) = held(&posterior, told(true).into_iter());
    assert!(n > 15 && share > 0.75, "of {n} infectors {share} lie among those who have 90 %");
    let (n, share) = held(&posterior, told(false).into_iter());
    assert!(n > 5 && share > 0.75, "of {n} who were infected elsewhere or by nobody known, {share} are told so");

    // How many a case infects, by the day on which it fell ill, in weeks.
    let rt = quell(data, &["analyses", "run", "rt", "--by", "onset", "--", "--method", "wallinga-teunis"]);
    let weeks = rows(&rt);
    assert!(!weeks.is_empty());
    for week in &weeks {
        let within = |c: &&Case<'_>| !c.onset.is_empty() && (week["date_start"]..=week["date_end"]).contains(&&c.onset[..10]);
        let caused: Vec<f64> = cases.values().filter(within).map(|c| c.infected).collect();
        let number = |k: &str| week[k].parse::<f64>().unwrap();
        let truth = caused.iter().sum::<f64>() / caused.len() as f64;
        // The interval is that of the weighing; how many these few cases happened to infect is chance besides (a Poisson error).
        let chance = 1.96 * (truth / caused.len() as f64).sqrt();
        let (low, high) = (number("q025") - chance, number("q975") + chance);
        assert!((low..=high).contains(&truth), "{truth} infected by each of {} in {week:?}", caused.len());
    }
    cases.len()
}

/// The demo's staff.
#[test]
fn what_happened_is_found_within_the_stated_uncertainty() {
    let dir = tempfile::tempdir().unwrap();
    let (data, truth, _) = live(dir.path(), &["--days", "7"]);
    let cases = recovers(&data, &truth);

    // The book is where a rehearsal of the days to come begins.
    let ahead = ["rehearse", "from-book", "--seeds", "2", "--days", "10", "--json", "--out", dir.path().join("ahead").to_str().unwrap()]
        .map(String::from);
    let ahead: serde_json::Value = serde_json::from_str(quell(&data, &ahead.each_ref().map(String::as_str)).trim()).unwrap();
    // Residents, and those who came to a station without being on the roster.
    let known = |what: &str| ahead["known"][what].as_u64().unwrap() as usize;
    assert!(known("people") >= 1_500 && known("cases") == cases, "{}", ahead["known"]);
    assert_eq!(ahead["policies"][0]["runs"], 2);
    // Townships have the names that the book has for them.
    let townships = std::fs::read_to_string(dir.path().join("ahead/townships-1.csv")).unwrap();
    let zh = |line: &str| line.rsplit_once(',').unwrap().1.to_owned();
    assert!(townships.lines().next().unwrap().ends_with(",name_zh") && townships.lines().count() > 1, "{townships}");
    assert!(townships.lines().skip(1).all(|l| zh(l).ends_with(['道', '镇', '乡'])), "{townships}");
    assert!(ahead["policies"][0]["numbers"]["shelter_bed_days"]["mean"].as_f64().unwrap() > 10.0, "the cases are in their beds: {ahead}");
}

/// The response of a rehearsal, which hands its facts in at the same door.
#[test]
fn what_a_rehearsal_did_is_found_in_its_book() {
    let dir = tempfile::tempdir().unwrap();
    let policy = dir.path().join("daily.toml");
    std::fs::write(&policy, "[screening]\nevery_days = 1\nchase = 1.0\n[compliance]\nevade = 0.0\nmiss = 0.01").unwrap();
    let (data, truth, summary) = live(dir.path(), &["--days", "10", "--policy", policy.to_str().unwrap()]);
    let found = summary["rehearsal"]["cases"].as_u64().unwrap();
    let in_book = ["cases_community", "cases_controlled"].map(|k| summary["summary"][k].as_u64().unwrap()).iter().sum::<u64>();
    // Between the sealing of the last day and its midnight some more are found.
    assert!((found.saturating_sub(3)..=found).contains(&in_book), "{summary}");
    recovers(&data, &truth);
}
