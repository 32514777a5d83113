//! What ARCHITECTURE.md promises: which crate may know which, where SQL lives, how long a file may be, that nothing unwraps.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use quell_foundation::ProtocolId;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Crate → the crates of this workspace that it may know. What is not here is not allowed, a new crate included.
const ARROWS: &[(&str, &[&str])] = &[
    ("quell-foundation", &[]),
    ("quell-protocol", &["quell-foundation"]),
    ("quell-tabular", &["quell-foundation"]),
    ("quell-exchange", &["quell-foundation"]),
    ("quell-matching", &["quell-foundation"]),
    ("quell-fonts", &[]),
    ("quell-documents", &["quell-foundation", "quell-fonts"]),
    ("quell-epi", &[]),
    ("quell-epidemic", &[]),
    ("quell-response", &["quell-foundation", "quell-protocol", "quell-epidemic"]),
    ("quell-study", &["quell-foundation", "quell-protocol", "quell-epidemic", "quell-response", "quell-charts", "quell-tabular"]),
    // Its tests draw in the font that is carried; the crate is given a font.
    ("quell-charts", &["quell-fonts"]),
    ("quell-analyse", &["quell-foundation", "quell-tabular", "quell-epi", "quell-charts", "quell-fonts"]),
    ("quell-book", &["quell-foundation", "quell-protocol", "quell-matching"]),
    ("quell-store", &["quell-foundation", "quell-protocol", "quell-book", "quell-matching"]),
    ("quell-rehearse", &["quell-foundation", "quell-protocol", "quell-book", "quell-epidemic", "quell-response"]),
    (
        "quell",
        &[
            "quell-foundation",
            "quell-protocol",
            "quell-book",
            "quell-store",
            "quell-rehearse",
            "quell-tabular",
            "quell-exchange",
            "quell-matching",
            "quell-documents",
            "quell-analyse",
            "quell-study",
            "quell-epidemic",
            "quell-response",
        ],
    ),
    ("quell-fuzz", &["quell-foundation", "quell-protocol", "quell-book", "quell-store", "quell-tabular", "quell-exchange", "quell"]),
    ("quell-bench", &["quell-foundation", "quell-protocol", "quell-book", "quell-store", "quell-rehearse", "quell-tabular", "quell"]),
];
/// What tests alone may know besides: the trials on the real binary are shared by tests and benchmarks.
const ARROWS_OF_TESTS: &[(&str, &str)] = &[("quell", "quell-bench")];
/// Longest source file, in lines.
const LINES: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// All files below a directory that end so, as paths from the root.
fn files(dir: &str, end: &str) -> Vec<(String, String)> {
    fn walk(dir: &Path, end: &str, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
            if entry.is_dir() {
                walk(&entry, end, out);
            } else if entry.to_str().unwrap().ends_with(end) {
                out.push(entry);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(dir), end, &mut found);
    found.sort();
    found.into_iter().map(|p| (p.strip_prefix(root()).unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(p).unwrap())).collect()
}

/// Source files of the crates (`crates/*/src`).
fn sources() -> Vec<(String, String)> {
    let found: Vec<_> = files("crates", ".rs").into_iter().filter(|(p, _)| p.split('/').nth(2) == Some("src")).collect();
    assert!(found.len() > 100, "{}", found.len());
    found
}

/// The code of a file without its unit tests, which stand at its end, and without comments.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, l)| l.trim() != "#[cfg(test)]")
        .filter(|(_, l)| !l.trim_start().starts_with("//"))
        .map(|(n, l)| (n + 1, l))
}

fn report(rule: &str, found: &[String]) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

/// The table of a `Cargo.toml` under a heading, line by line: `key…` before the first dot, space or `=`.
fn keys<'a>(toml: &'a str, heading: &'a str) -> impl Iterator<Item = &'a str> {
    toml.lines()
        .map(str::trim)
        .skip_while(move |l| *l != heading)
        .skip(1)
        .take_while(|l| !l.starts_with('['))
        .filter_map(|l| l.split(['.', ' ', '=']).next())
        .filter(|k| !k.is_empty() && !k.starts_with('#'))
}

#[test]
fn arrows_point_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut manifests = files("crates", "Cargo.toml");
    // A program of another library, beside which ours is measured, is no part of this workspace.
    manifests.extend(files("bench", "Cargo.toml").into_iter().filter(|(path, _)| !path.starts_with("bench/ixa/")));
    manifests.extend(files("fuzz", "Cargo.toml"));
    let mut wrong = Vec::new();
    for (path, toml) in &manifests {
        let name = toml.lines().find_map(|l| l.strip_prefix("name = \"")?.strip_suffix('"')).unwrap();
        let Some(may) = allowed.get(name) else {
            wrong.push(format!("{path}: the crate {name} is not in the table of arrows"));
            continue;
        };
        // Tests may not look where the crate may not.
        for heading in ["[dependencies]", "[dev-dependencies]", "[build-dependencies]"] {
            for key in keys(toml, heading).filter(|k| *k == "quell" || k.starts_with("quell-")) {
                let for_tests = heading == "[dev-dependencies]" && ARROWS_OF_TESTS.contains(&(name, key));
                if !may.contains(&key) && !for_tests {
                    wrong.push(format!("{path}: {name} may not know {key}"));
                }
            }
        }
    }
    assert_eq!(manifests.len(), ARROWS.len(), "{:?}", manifests.iter().map(|m| &m.0).collect::<Vec<_>>());
    report("arrows between crates", &wrong);
}

#[test]
fn sql_lives_in_the_store() {
    let words = ["SELECT ", "INSERT INTO", "DELETE FROM", "TRUNCATE ", "CREATE TABLE"];
    let found: Vec<String> = sources()
        .iter()
        .filter(|(p, _)| !p.starts_with("crates/store/src/"))
        .flat_map(|(p, text)| {
            code(text).filter(|(_, l)| words.iter().any(|w| l.contains(w))).map(move |(n, l)| format!("{p}:{n}: {}", l.trim()))
        })
        .collect();
    report("SQL outside crates/store/src", &found);
}

#[test]
fn files_stay_short() {
    let found: Vec<String> = sources()
        .iter()
        .map(|(p, text)| (p, text.lines().count()))
        .filter(|(_, n)| *n > LINES)
        .map(|(p, n)| format!("{p}: {n} lines"))
        .collect();
    report("files over 600 lines", &found);
}

#[test]
fn nothing_unwraps() {
    // Modules that stand in src but are compiled for tests only.
    let only_tests: Vec<String> = sources()
        .iter()
        .flat_map(|(p, text)| {
            let dir = p.trim_end_matches(".rs").trim_end_matches("/mod").trim_end_matches("/lib").to_owned();
            let lines: Vec<&str> = text.lines().collect();
            let under_test = lines.windows(2).filter(|w| w[0].trim() == "#[cfg(test)]");
            let module = |w: &[&str]| Some(format!("{dir}/{}", w[1].trim().strip_prefix("mod ")?.strip_suffix(';')?));
            under_test.filter_map(module).collect::<Vec<_>>()
        })
        .collect();
    let found: Vec<String> = sources()
        .iter()
        .filter(|(p, _)| !only_tests.iter().any(|t| p.starts_with(t.as_str())))
        .flat_map(|(p, text)| code(text).filter(|(_, l)| l.contains(".unwrap()")).map(move |(n, l)| format!("{p}:{n}: {}", l.trim())))
        .collect();
    report(".unwrap() outside tests", &found);
}

#[test]
fn every_protocol_is_built_in() {
    let protocols = files("protocols", ".toml");
    assert!(protocols.len() >= 5);
    for (path, text) in protocols {
        let id = ProtocolId::new(Path::new(&path).file_stem().unwrap().to_str().unwrap()).unwrap();
        assert_eq!(quell_protocol::builtin(&id), Some(text.as_str()), "{path} is not the one that is built in");
        let protocol = quell_protocol::load(&path, &text).unwrap_or_else(|e| panic!("{path}: {e:?}"));
        assert_eq!(*protocol.id(), id, "{path}: its id is its file's name");
    }
}
