//! The worked example of the documentation: every command of the page is run, and every figure in its tables is what comes out.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;
use common::{Folder, analyse};
use std::path::Path;

const PAGE: &str = include_str!("../../../docs/analysis/chongqing-november-2022.md");
/// A fenced block: what stands behind the fence, and its text.
fn blocks() -> Vec<(&'static str, &'static str)> {
    PAGE.split("```").skip(1).step_by(2).map(|b| b.split_once('\n').unwrap()).collect()
}

/// Runs a command of the page; files of the documentation are found, others go to the folder.
fn run(command: &str, folder: &Folder) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let place = |arg: &str| match arg {
        _ if arg.starts_with("docs/") => root.join(arg).to_str().unwrap().to_owned(),
        _ if arg.ends_with(".csv") || arg.ends_with(".svg") => folder.path(arg).to_str().unwrap().to_owned(),
        _ => arg.to_owned(),
    };
    let args: Vec<String> = command.replace("\\\n", " ").split_whitespace().map(place).collect();
    assert_eq!(args[..2], ["quell", "analyse"]);
    let args: Vec<&str> = args[2..].iter().map(String::as_str).collect();
    analyse(&args).unwrap().out
}

/// Whether a figure of the page is what came, to the digit that the page prints.
fn alike(told: &str, came: &str) -> bool {
    let decimals = told.split_once('.').map_or(0, |(_, d)| d.len());
    match (told.parse::<f64>(), came.parse::<f64>()) {
        (Ok(_), Ok(x)) => told == came || format!("{x:.decimals$}") == told,
        _ => told == came,
    }
}

#[test]
fn the_page_tells_what_comes_out() {
    let folder = Folder::new();
    let (mut out, mut compared) = (String::new(), 0);
    for (fence, text) in blocks() {
        if fence == "sh" {
            out = run(text, &folder);
            continue;
        }
        let came = match fence.strip_prefix("csv ") {
            None => out.clone(),
            Some(file) => std::fs::read_to_string(folder.path(file)).unwrap(),
        };
        let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        assert_eq!(came.lines().next().unwrap().split(',').collect::<Vec<_>>(), header);
        let mut rows = came.lines().skip(1);
        for told in text.lines().skip(1) {
            let found = rows.any(|row| {
                let (a, b): (Vec<&str>, Vec<&str>) = (told.split(',').collect(), row.split(',').collect());
                a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| alike(a, b))
            });
            assert!(found, "the page says {told}, which is not in\n{came}");
            compared += 1;
        }
    }
    assert!(compared > 80, "only {compared} rows were compared");
}

/// The pictures are of these data; their curves are those of the tables above, and are not compared.
#[test]
fn the_pictures_are_drawn() {
    let folder = Folder::new();
    let command = blocks().into_iter().map(|b| b.1).find(|b| b.contains("--picture")).unwrap();
    run(command, &folder);
    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/analysis/pictures");
    for name in ["chongqing-november-2022.svg", "chongqing-november-2022-community.svg"] {
        assert!(PAGE.contains(&format!("(pictures/{name})")));
        for drawn in [folder.path(name), pictures.join(name)] {
            let drawn = std::fs::read_to_string(drawn).unwrap();
            assert!(["Chongqing", "made from data up to 20 Nov 2022", "what came"].iter().all(|words| drawn.contains(words)), "{name}");
        }
    }
}

/// What the page says in words: the forecast of 20 November against what came.
#[test]
fn the_forecast_of_20_november_turns_and_holds_what_came() {
    let folder = Folder::new();
    let command = blocks().into_iter().map(|b| b.1).find(|b| b.contains("--from 2022-11-20")).unwrap();
    let out = run(command, &folder);
    let rows: Vec<Vec<f64>> =
        out.lines().filter(|l| l.contains(",all,")).map(|l| l.split(',').map(|c| c.parse().unwrap_or(f64::NAN)).collect()).collect();
    let column = |k: usize| rows.iter().map(|r| r[k]).collect::<Vec<_>>();
    let (median, observed) = (column(4), column(11));
    assert_eq!(rows.len(), 14);
    assert!(median[0] < median[5] && median[13] < median[6], "{median:?}");
    assert!(rows.iter().zip(&observed).all(|(r, o)| r[5] <= *o && *o <= r[6]), "a day lay outside of the 50 % interval");
}

/// The page of pictures names files that are there.
#[test]
fn the_files_of_the_pictures_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = include_str!("../../../docs/analysis/pictures.md");
    let commands = page.lines().filter(|l| l.starts_with("    quell "));
    let files: Vec<&str> = commands.flat_map(str::split_whitespace).filter(|w| w.ends_with(".csv")).collect();
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        assert!(root.join(file).is_file(), "{file}");
    }
}
