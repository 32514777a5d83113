//! What is known is found again, from the command to its files.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::{column, rehearse, runs, table};
use serde_json::Value;
use std::path::Path;

/// Many imports: else chance alone decides when it begins, and a single outbreak says little.
const PEOPLE: [&str; 6] = ["--people", "4000", "--disease", "covid-ancestral", "--imports", "60"];
const REPRODUCTION: &str = "variants.0.transmission.reproduction";

/// Cases found on each day of a run with a reproduction number and a share of the ill who come to be tested; days before the fifth were not looked at.
fn outbreak(dir: &Path, reproduction: &str, come: &str, seed: &str) -> String {
    let disease = dir.join("truth.toml");
    let preset = quell_epidemic::disease::preset("covid-ancestral").unwrap().unwrap();
    let mut file = preset.file().clone();
    file.variants[0].transmission.reproduction = reproduction.parse().unwrap();
    std::fs::write(&disease, toml::to_string(&file).unwrap()).unwrap();
    let policy = dir.join("policy.toml");
    std::fs::write(&policy, format!("[symptoms]\ncome = {come}\nagain = 0\n[tracing]\ncontacts = false\n[zones]\ndrawn = false\n"))
        .unwrap();
    let (disease, policy, out) = (disease.display().to_string(), policy.display().to_string(), dir.join("truth").display().to_string());
    rehearse(&[
        "run",
        "--people",
        "4000",
        "--disease",
        &disease,
        "--imports",
        "60",
        "--policy",
        &policy,
        "--days",
        "30",
        "--seed",
        seed,
        "--out",
        &out,
    ])
    .unwrap();
    let days = table(&dir.join("truth/days.csv"));
    let rows: String = column(&days, "found").iter().enumerate().skip(5).map(|(day, n)| format!("{},{n}\n", day + 1)).collect();
    let observed = dir.join("observed.csv");
    std::fs::write(&observed, format!("t,病例数\n{rows}")).unwrap();
    observed.display().to_string()
}

fn calibrate(dir: &Path, observed: &str, out: &str, more: &[&str]) -> Value {
    let parameters = dir.join("unknown.toml");
    let text = format!("[parameters]\n\"{REPRODUCTION}\" = {{ uniform = [1.5, 5] }}\n\"symptoms.come\" = {{ uniform = [0.1, 0.9] }}\n");
    std::fs::write(&parameters, text).unwrap();
    let (parameters, out) = (parameters.display().to_string(), dir.join(out).display().to_string());
    let policy = dir.join("policy.toml").display().to_string();
    let words = ["calibrate", observed, "--parameters", &parameters, "--policy", &policy, "--start", "5", "--days", "34", "--out", &out];
    rehearse(&[&words, &PEOPLE[..], more].concat()).unwrap()
}

#[test]
fn a_known_reproduction_number_and_share_who_come_are_found_again() {
    let dir = tempfile::tempdir().unwrap();
    let observed = outbreak(dir.path(), "2.6", "0.4", "77");
    let report =
        calibrate(dir.path(), &observed, "a", &["--particles", "40", "--generations", "3", "--quantile", "0.25", "--threads", "2"]);
    let of = |name: &str, key: &str| report["posterior"][name][key].as_f64().unwrap();
    // One small outbreak says much of the first, less of the second.
    let uniform_sd = |range: f64| range / 12f64.sqrt();
    for (name, truth, sd) in [(REPRODUCTION, 2.6, 0.7 * uniform_sd(3.5)), ("symptoms.come", 0.4, 0.95 * uniform_sd(0.8))] {
        assert!((of(name, "q025")..=of(name, "q975")).contains(&truth), "{name}: {report:#}");
        // The data say something: the posterior is narrower than the prior.
        assert!(of(name, "sd") < sd, "{name}: {report:#}");
    }
    let tolerances: Vec<f64> = report["generations"].as_array().unwrap().iter().filter_map(|g| g["tolerance"].as_f64()).collect();
    assert!(tolerances.windows(2).all(|t| t[1] < t[0]), "{tolerances:?}");
    assert_eq!((&report["ended_by"], &report["tolerance_still_fell"]), (&"generations".into(), &true.into()), "{tolerances:?}");

    // What fits has no warning.
    let checks = report["checks"].as_object().unwrap();
    assert!(checks.len() == 4 && checks.values().all(|c| c["misses"] == false), "{}", report["checks"]);

    // The files can be used by other commands, and hold the same values.
    let out = dir.path().join("a");
    let posterior = table(&out.join("posterior.csv"));
    let weights: f64 = column(&posterior, "weight").iter().map(|w| w.parse::<f64>().unwrap()).sum();
    assert!(posterior.len() == 41 && (weights - 1.0).abs() < 1e-9 && out.join("posterior.parquet").exists());
    let predicted = table(&out.join("predictive.csv"));
    assert_eq!((predicted.len(), predicted[1][0].as_str()), (30, "6"), "from the sixth day to the thirty-fourth of the run");
    let (disease, policy) = (out.join("disease.toml").display().to_string(), out.join("policy.toml").display().to_string());
    let file: toml::Table = std::fs::read_to_string(&disease).unwrap().parse().unwrap();
    let written = file["variants"][0]["transmission"]["reproduction"].as_float().unwrap();
    assert!((written - of(REPRODUCTION, "mean")).abs() < 1e-9);
    rehearse(&["run", "--people", "3000", "--disease", &disease, "--policy", &policy, "--days", "10"]).unwrap();
    assert!(std::fs::read_to_string(out.join("fan.svg")).unwrap().contains("Cases found by day"));
}

#[test]
fn a_fit_with_the_wrong_trend_says_so_and_what_to_vary() {
    let dir = tempfile::tempdir().unwrap();
    // Cases that rise by a tenth a day, and a policy under which everybody is swabbed and everything closed every day: the fit can only be right on average.
    let rows: String = (0..25).map(|d| format!("2022-11-{:02},{:.0}\n", d + 1, 2.0 * (0.1 * f64::from(d)).exp())).collect();
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let observed = file("observed.csv", &format!("date,cases\n{rows}"));
    let policy = file(
        "policy.toml",
        "[screening]\nevery_days = 1\n[[closures]]\nsettings = [\"school\", \"work\", \"market\", \"travel\"]\neverywhere = true\n",
    );
    let parameters = file("unknown.toml", "[parameters]\nimports = { log_uniform = [1, 400] }\nimports_per_day = { uniform = [0, 3] }\n");
    let out = dir.path().join("out").display().to_string();
    let words = ["calibrate", &observed, "--parameters", &parameters, "--policy", &policy, "--start", "2", "--out", &out];
    let few = ["--particles", "30", "--generations", "3"];
    let report = rehearse(&[&words, &PEOPLE[..4], &few].concat()).unwrap();
    let growth = &report["checks"]["growth_per_day"];
    assert_eq!(growth["misses"], true, "{}", report["checks"]);
    assert!(growth["observed"].as_f64().unwrap() > 0.08 && growth["q50"].as_f64().unwrap() < 0.04, "{growth}");
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(dir.path().join("out/summary.json")).unwrap()).unwrap();
    assert_eq!(kept["checks"], report["checks"]);
    // It stands on the picture, too.
    let fan = std::fs::read_to_string(dir.path().join("out/fan.svg")).unwrap();
    assert!(fan.contains("Warning: the growth a day"), "{fan}");
    assert!(fan.contains("Rehearsals nearest to what was observed"), "{fan}");
}

#[test]
fn what_was_broken_off_goes_on_and_ends_alike_on_any_number_of_threads() {
    let dir = tempfile::tempdir().unwrap();
    let observed = outbreak(dir.path(), "2.6", "0.4", "77");
    let few = ["--particles", "20", "--generations", "2"];
    let whole = calibrate(dir.path(), &observed, "a", &[&few[..], &["--threads", "1"]].concat());
    let journal = std::fs::read_to_string(dir.path().join("a/runs.jsonl")).unwrap();
    std::fs::create_dir(dir.path().join("b")).unwrap();
    std::fs::write(dir.path().join("b/runs.jsonl"), &journal[..journal.len() / 2]).unwrap();
    let again = calibrate(dir.path(), &observed, "b", &[&few[..], &["--threads", "3"]].concat());
    assert_eq!(whole, again);
    assert_eq!(runs(&dir.path().join("b")), runs(&dir.path().join("a")) + 1, "the broken line, and nothing twice");
    let other = calibrate(dir.path(), &observed, "a", &[&few[..], &["--seed", "2"]].concat());
    assert_ne!(whole["posterior"], other["posterior"]);
}

#[test]
fn a_range_without_weight_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let observed = file("observed.csv", "t,cases\n1,1\n2,2\n3,4\n");
    let unknown = file(
        "unknown.toml",
        &format!("[parameters]\nimports = {{ uniform = [1, 50] }}\n\"{REPRODUCTION}\" = {{ uniform = [0.01, 0.02] }}\n"),
    );
    let out = dir.path().join("out").display().to_string();
    let (zh, en) = rehearse(&["calibrate", &observed, "--parameters", &unknown, "--people", "600", "--out", &out]).unwrap_err();
    assert!(en.contains("unknown.toml, line 3, ") && en.contains("400 draws of the priors are all impossible"), "{en}");
    assert!(en.contains("a reproduction number of") && zh.contains("没有先验权重"), "{zh}");
}
