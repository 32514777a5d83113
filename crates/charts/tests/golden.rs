//! Small pictures, byte for byte as they were when someone looked at them. `UPDATE=1 cargo test -p quell-charts --test golden` writes them anew;
//! look at what changed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use quell_charts::Language::{Chinese, English};
use std::path::Path;

fn same(name: &str, svg: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, svg).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    let line = kept.lines().zip(svg.lines()).find(|(a, b)| a != b);
    assert!(kept == svg, "{name} is another picture now, first at {line:?}");
}

#[test]
fn an_epidemic_curve() {
    same("curve.svg", &common::curve().svg(English));
}
#[test]
fn a_chain() {
    same("tree.svg", &common::tree().svg(Chinese));
}
#[test]
fn a_forecast() {
    same("fan.svg", &common::fan().svg(English));
}
#[test]
fn a_front() {
    same("pareto.svg", &common::pareto().svg(Chinese));
}
