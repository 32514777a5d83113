//! Bars by day, and days of which nothing is known.

use crate::frame::Panel;
use crate::scale::Scale;
use crate::style::UNKNOWN;
use crate::svg::{Path, Rect, Svg};

/// A bar is no wider than this, however few there are.
const WIDEST: f64 = 30.0;

/// Between two bars, if there is room for it.
fn gap(slot: f64) -> f64 {
    if slot >= 3.0 { (slot * 0.16).min(2.5).max(slot - WIDEST) } else { 0.0 }
}

/// Bars of the days 0, 1, …, from one height to another, as one way. With no room for gaps it is a surface with steps.
pub(crate) fn bars(panel: &Panel, x: &Scale, from_to: impl Iterator<Item = (f64, f64)>) -> Path {
    let slot = x.unit();
    let gap = gap(slot);
    let mut path = Path::new();
    let mut run: Option<(usize, f64, f64)> = None;
    let mut put = |start: usize, end: usize, low: f64, high: f64| {
        let left = x.at(start as f64) + gap / 2.0;
        path.rect(Rect { x: left, y: panel.y.at(high), w: x.at(end as f64) - gap / 2.0 - left, h: panel.y.at(low) - panel.y.at(high) });
    };
    let mut days = 0;
    for (day, (low, high)) in from_to.enumerate() {
        days = day + 1;
        // Neighbours of one height are one rectangle, where there are no gaps.
        match run {
            Some((_, l, h)) if gap == 0.0 && l == low && h == high => continue,
            Some((start, l, h)) if h > l => put(start, day, l, h),
            _ => {}
        }
        run = Some((day, low, high));
    }
    if let Some((start, l, h)) = run.filter(|r| r.2 > r.1) {
        put(start, days, l, h);
    }
    path
}

/// Hatches the days of which nothing is known, each run of them once.
pub(crate) fn unknown(svg: &mut Svg, panel: &Panel, x: &Scale, days: usize, known: impl Fn(usize) -> bool) {
    let mut day = 0;
    while day < days {
        if known(day) {
            day += 1;
            continue;
        }
        let start = day;
        while day < days && !known(day) {
            day += 1;
        }
        let left = x.at(start as f64);
        svg.rect(Rect { x: left, y: panel.area.y, w: x.at(day as f64) - left, h: panel.area.h }, UNKNOWN);
    }
}
