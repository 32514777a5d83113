//! A delay: how many cases had how many days, and the distributions that were fitted.

use crate::frame::{Frame, Panel, Swatch};
use crate::measure::{fit, width};
use crate::scale::{Scale, Ticks, drawable, short};
use crate::style::{INK, SMALL_SIZE, SOFT};
use crate::svg::{Anchor, Look, Path, Rect};
use crate::{Head, Language};

/// A distribution that was fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// Its name, with how well it fits: "lognormal, AIC 412".
    pub name: String,
    /// Its density: days and probability a day, rising by days.
    pub density: Vec<(f64, f64)>,
}

/// A value of the delay that is marked: its mean, a quantile.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// What it is: "mean", "95 %".
    pub name: String,
    /// Days.
    pub value: f64,
    /// Its interval of 95 %.
    pub interval: Option<(f64, f64)>,
}

/// A histogram of a delay with the curves that were fitted to it.
#[derive(Debug, Clone, PartialEq)]
pub struct DelayPlot {
    /// Title, subtitle, source.
    pub head: Head,
    /// Delays in whole days and how many cases had them, in any order; negative ones (a serial interval) may be among them.
    pub counts: Vec<(i64, f64)>,
    /// Fitted distributions, best first; four have a line of their own.
    pub fits: Vec<Fit>,
    /// What is marked.
    pub marks: Vec<Mark>,
}

/// Lines of fitted curves, told apart without colour.
const LINES: [&str; 4] = [
    r##"fill="none" stroke="#0072B2" stroke-width="2.2""##,
    r##"fill="none" stroke="#D55E00" stroke-width="2" stroke-dasharray="7 3""##,
    r##"fill="none" stroke="#009E73" stroke-width="2" stroke-dasharray="2 2.5""##,
    r##"fill="none" stroke="#222" stroke-width="1.6" stroke-dasharray="8 3 2 3""##,
];
const BAR: &str = r##"fill="#c9c9c9""##;
/// Days that an axis of delays can have: a century.
const MOST_DAYS: f64 = 36_525.0;

impl DelayPlot {
    /// The picture.
    pub fn svg(&self, language: Language) -> String {
        let mut frame = Frame::new(&self.head, language.say("时间间隔分布", "Delay"), language);
        let counts: Vec<(f64, f64)> = self.counts.iter().filter_map(|(d, n)| Some((day(*d as f64)?, drawable(*n)?))).collect();
        let total: f64 = counts.iter().map(|c| c.1).sum();
        let Some((low, high)) = self.domain(&counts) else {
            frame.note(language.say("没有数据。", "There are no data."));
            return frame.finish(&self.head);
        };
        let curves: Vec<Vec<(f64, f64)>> = self.fits.iter().map(|f| curve(f, if total > 0.0 { total } else { 1.0 }, low, high)).collect();
        let mut legend = vec![(Swatch::Fill(BAR.to_owned(), None), language.say("病例", "cases").to_owned())];
        for (k, f) in self.fits.iter().enumerate() {
            legend.push((Swatch::Line(LINES[k % LINES.len()].to_owned()), f.name.clone()));
        }
        frame.heading(language.say("病例数", "Number of cases"), &legend);
        let highest = counts.iter().chain(curves.iter().flatten()).map(|c| c.1).fold(0.0, f64::max);
        let ticks = Ticks::from_zero(highest, 4, total > 0.0);
        let rows = self.rows(low, high);
        frame.y += 14.0 * rows.iter().map(|r| r + 1).max().unwrap_or(0) as f64 + 4.0;
        let panel = frame.panel(180.0, &ticks, 10.0);
        let x = Scale::new((low, high), (panel.area.x, panel.area.right()));
        let half = 0.5 * if x.unit() >= 3.0 { 0.84 } else { 1.0 };
        let mut bars = Path::new();
        for (d, n) in counts.iter().filter(|c| c.1 > 0.0) {
            let (left, top) = (x.at(d - half), panel.y.at(*n));
            bars.rect(Rect { x: left, y: top, w: x.at(d + half) - left, h: panel.area.bottom() - top });
        }
        frame.svg.path(&bars, BAR);
        frame.svg.clip(panel.area);
        for (k, points) in curves.iter().enumerate() {
            let line = Path::through(points.iter().map(|(d, n)| Some((x.at(*d), panel.y.at(*n)))));
            frame.svg.path(&line, LINES[k % LINES.len()]);
        }
        frame.svg.end();
        self.marks(&mut frame, &panel, &x, &rows);
        axis(&mut frame, &panel, &x, low, high);
        frame.finish(&self.head)
    }

    /// The days from the first to the last that are seen or marked. A curve may go beyond; its tail is cut.
    fn domain(&self, counts: &[(f64, f64)]) -> Option<(f64, f64)> {
        let seen = counts.iter().filter(|c| c.1 > 0.0).map(|c| c.0);
        let marked = self.marks.iter().filter_map(|m| day(m.value));
        let mut days: Vec<f64> = seen.chain(marked).collect();
        if days.is_empty() {
            days = self.fits.iter().flat_map(|f| &f.density).filter_map(|p| day(p.0)).collect();
        }
        let low = days.iter().copied().reduce(f64::min)?.min(0.0);
        let high = days.iter().copied().reduce(f64::max)?;
        Some((low.floor() - 0.5, high.ceil().max(low.floor() + 4.0) + 0.5))
    }

    /// In which row above the drawing the name of a mark stands, so that none covers another.
    fn rows(&self, low: f64, high: f64) -> Vec<usize> {
        let about = Scale::new((low, high), (0.0, crate::WIDTH - 80.0));
        let mut order: Vec<usize> = (0..self.marks.len()).filter(|k| day(self.marks[*k].value).is_some()).collect();
        order.sort_by(|a, b| self.marks[*b].value.total_cmp(&self.marks[*a].value));
        let mut rows = vec![0; self.marks.len()];
        // From the right: a name that would reach to a mark on its right stands above it, and its own line passes left of that.
        let mut placed: Vec<(f64, usize)> = Vec::new();
        for k in order {
            let end = about.at(self.marks[k].value) + width(&name(&self.marks[k]), SMALL_SIZE) + 14.0;
            rows[k] = placed.iter().filter(|(left, _)| *left < end).map(|(_, row)| row + 1).max().unwrap_or(0);
            placed.push((about.at(self.marks[k].value), rows[k]));
        }
        rows
    }

    fn marks(&self, frame: &mut Frame, panel: &Panel, x: &Scale, rows: &[usize]) {
        for (mark, row) in self.marks.iter().zip(rows) {
            let Some(value) = day(mark.value) else { continue };
            let (at, y) = (x.at(value), panel.area.y - 6.0 - 14.0 * *row as f64);
            frame.svg.line(
                (at, y - 9.0),
                (at, panel.area.bottom()),
                &format!(r#"stroke="{INK}" stroke-width="0.9" stroke-dasharray="1.5 2.5""#),
            );
            let text = fit(&name(mark), SMALL_SIZE, panel.area.w);
            let wide = width(&text, SMALL_SIZE);
            let left = (at + 4.0).min(panel.area.right() + 10.0 - wide);
            frame.svg.text(left, y - 1.0, Look::new(SMALL_SIZE).halo(), &text);
        }
    }
}

/// A number of days that can be drawn.
fn day(d: f64) -> Option<f64> {
    (d.is_finite() && d.abs() <= MOST_DAYS).then_some(d)
}

fn name(mark: &Mark) -> String {
    let interval = mark.interval.filter(|(lo, hi)| day(*lo).is_some() && day(*hi).is_some());
    let interval = interval.map(|(lo, hi)| format!(" ({}–{})", short(lo), short(hi))).unwrap_or_default();
    format!("{} {}{interval}", mark.name, short(mark.value))
}

/// Cases a day that a distribution expects.
fn curve(fit: &Fit, total: f64, low: f64, high: f64) -> Vec<(f64, f64)> {
    fit.density.iter().filter(|p| (low..=high).contains(&p.0)).filter_map(|p| Some((p.0, drawable(p.1 * total)?))).collect()
}

fn axis(frame: &mut Frame, panel: &Panel, x: &Scale, low: f64, high: f64) {
    let y = panel.area.bottom();
    frame.svg.line((panel.area.x, y), (panel.area.right(), y), &format!(r#"stroke="{INK}" stroke-width="1""#));
    let ticks = Ticks::from_zero(high - low, 12, true);
    let step = ticks.at.get(1).copied().unwrap_or(1.0);
    let mut at = (low / step).ceil() * step;
    while at <= high {
        frame.svg.line((x.at(at), y), (x.at(at), y + 4.0), &format!(r#"stroke="{INK}" stroke-width="0.8""#));
        frame.svg.text(x.at(at), y + 15.0, Look::new(SMALL_SIZE).anchor(Anchor::Middle), &crate::scale::grouped(at, 0));
        at += step;
    }
    let look = Look::new(SMALL_SIZE).colour(SOFT).anchor(Anchor::Middle);
    frame.svg.text(x.at((low + high) / 2.0), y + 29.0, look, frame.language.say("天", "days"));
    frame.y += 33.0;
}
