//! `--picture`

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::{Folder, analyse};

fn series(folder: &Folder) -> String {
    let rows = (0..30).map(|d| format!("2022-11-{:02},{}\n", d + 1, if d == 9 { "NA".to_owned() } else { (d * d / 4 + 1).to_string() }));
    folder.file("cases.csv", &format!("date,incidence\n{}", rows.collect::<String>())).display().to_string()
}

#[test]
fn an_epidemic_curve_is_drawn_beside_the_table() {
    let folder = Folder::new();
    let (file, svg) = (series(&folder), folder.path("r.svg"));
    let picture = ["--picture", svg.to_str().unwrap(), "--title", "Wushan & around", "--source", "CDC"];
    let args = [&["rt", &file, "--method", "cori", "--si-mean", "3.5", "--si-sd", "1.9"], &picture[..]].concat();
    let answer = analyse(&args).unwrap();
    assert_eq!(answer.out, analyse(&args[..8]).unwrap().out, "the table is the same");
    let drawn = std::fs::read_to_string(&svg).unwrap();
    for words in
        ["Wushan &amp; around", "Source: CDC", "Cases by day", "in the 7 days up to each", "Nov 2022", "50 % interval", "not known"]
    {
        assert!(drawn.contains(words), "{words}");
    }
    analyse(&args).unwrap();
    assert_eq!(std::fs::read_to_string(&svg).unwrap(), drawn, "the same data give the same picture");
}

#[test]
fn a_png_is_one() {
    let folder = Folder::new();
    let (file, png) = (series(&folder), folder.path("r.PNG"));
    analyse(&["rt", &file, "--si-mean", "3.5", "--si-sd", "1.9", "--picture", png.to_str().unwrap()]).unwrap();
    assert!(std::fs::read(&png).unwrap().starts_with(b"\x89PNG\r\n\x1a\n"));
}

#[test]
fn another_ending_is_refused_in_both_languages() {
    let folder = Folder::new();
    let (file, jpg) = (series(&folder), folder.path("r.jpg"));
    let refused = analyse(&["rt", &file, "--si-mean", "3.5", "--si-sd", "1.9", "--picture", jpg.to_str().unwrap()]).err().unwrap();
    assert!(refused.text(false).contains(".svg") && refused.text(true).contains("结尾"), "{refused}");
    assert!(!jpg.exists());
}
