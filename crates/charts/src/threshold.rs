//! A series that is watched: counts by day or week, what is expected, the threshold, and where it was passed.

use crate::bars::{bars, unknown};
use crate::calendar::{AXIS_HEIGHT, Days};
use crate::curve::cases_by;
use crate::frame::{Frame, Swatch, triangle};
use crate::scale::{Scale, Ticks, drawable};
use crate::style::{BLUE, INK, UNKNOWN, VERMILLION};
use crate::svg::Path;
use crate::{Head, Language, Start};

/// What a detector says of a period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// The count that is expected, if the detector has one.
    pub expected: Option<f64>,
    /// The count from which on it warns.
    pub threshold: f64,
    /// Whether it warns.
    pub alarm: bool,
}

/// Counts of a sentinel series beside a detector's threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct ThresholdSeries {
    /// Title, subtitle, source.
    pub head: Head,
    /// The first day of the first period.
    pub start: Start,
    /// Days of a period: 1 or 7.
    pub period: u32,
    /// What is counted, for the heading. None: cases by day, or by week.
    pub counted: Option<String>,
    /// Counts by period; None where they are not known.
    pub counts: Vec<Option<f64>>,
    /// The detector's answer by period; None where it has none (too little history).
    pub thresholds: Vec<Option<Threshold>>,
}

const BAR: &str = r##"fill="#9db7c9""##;

impl ThresholdSeries {
    /// The picture.
    pub fn svg(&self, language: Language) -> String {
        let mut frame = Frame::new(&self.head, language.say("早期预警", "Early warning"), language);
        let number = self.counts.len().max(self.thresholds.len());
        if number == 0 {
            frame.note(language.say("没有数据。", "There are no data."));
            return frame.finish(&self.head);
        }
        let counts: Vec<Option<f64>> = (0..number).map(|k| self.counts.get(k).copied().flatten().and_then(drawable)).collect();
        let counted = self.counted.clone().unwrap_or_else(|| cases_by(self.period, language));
        frame.heading(&counted, &self.legend(&counts, language));
        frame.y += 8.0;
        let of = |f: fn(&Threshold) -> Option<f64>| self.thresholds.iter().flatten().filter_map(f).filter_map(drawable).fold(0.0, f64::max);
        let high = counts.iter().flatten().copied().fold(0.0, f64::max).max(of(|t| t.expected));
        // A threshold far above everything is left out of the picture; the bars are what it is for.
        let top = high.max(of(|t| Some(t.threshold)).min(3.0 * high.max(1.0)));
        let panel = frame.panel(190.0, &Ticks::from_zero(top, 4, true), 0.0);
        let range = (panel.area.x, panel.area.right());
        let x = Scale::new((0.0, number as f64), range);
        unknown(&mut frame.svg, &panel, &x, number, |k| counts[k].is_some());
        let bar = |alarm: bool| {
            bars(&panel, &x, counts.iter().enumerate().map(|(k, n)| (0.0, n.filter(|_| self.alarm(k) == alarm).unwrap_or(0.0))))
        };
        frame.svg.path(&bar(false), BAR);
        frame.svg.path(&bar(true), &format!(r#"fill="{VERMILLION}""#));
        frame.svg.clip(panel.area);
        let line = |f: &dyn Fn(&Threshold) -> Option<f64>| {
            let level = |k: usize| self.thresholds.get(k).copied().flatten().as_ref().and_then(f).and_then(drawable).map(|n| panel.y.at(n));
            let mut path = Path::new();
            for k in 0..number {
                let Some(y) = level(k) else { continue };
                // From the middle of a period to that of the next; a run begins and ends with the edge of its period.
                if k == 0 || level(k - 1).is_none() {
                    path.to(x.at(k as f64), y);
                }
                path.line(x.at(k as f64 + 0.5), y);
                if level(k + 1).is_none() {
                    path.across(x.at(k as f64 + 1.0));
                }
            }
            path
        };
        frame.svg.path(&line(&|t| t.expected), &expected_line());
        frame.svg.path(&line(&|t| Some(t.threshold)), &threshold_line());
        frame.svg.end();
        let mut alarms = Path::new();
        for k in (0..number).filter(|k| self.alarm(*k)) {
            let y = panel.y.at(counts[k].unwrap_or(0.0)).max(panel.area.y + 2.0);
            triangle(&mut alarms, x.at(k as f64 + 0.5), y - 3.0, (x.unit() * 0.45).clamp(2.0, 4.0));
        }
        frame.svg.path(&alarms, &format!(r#"fill="{VERMILLION}""#));
        let days = (number as f64) * f64::from(self.period.max(1));
        Days { start: self.start, language }.draw(&mut frame.svg, &Scale::new((0.0, days), range), 0.0, days, frame.y);
        frame.y += AXIS_HEIGHT;
        frame.finish(&self.head)
    }

    fn alarm(&self, k: usize) -> bool {
        self.thresholds.get(k).copied().flatten().is_some_and(|t| t.alarm)
    }

    fn legend(&self, counts: &[Option<f64>], language: Language) -> Vec<(Swatch, String)> {
        let mut legend = Vec::new();
        if self.thresholds.iter().flatten().any(|t| t.expected.is_some()) {
            legend.push((Swatch::Line(expected_line()), language.say("预期", "expected").to_owned()));
        }
        if self.thresholds.iter().any(Option::is_some) {
            legend.push((Swatch::Line(threshold_line()), language.say("阈值", "threshold").to_owned()));
            legend.push((Swatch::Triangle(format!(r#"fill="{VERMILLION}""#)), language.say("预警", "warning").to_owned()));
        }
        if counts.iter().any(Option::is_none) {
            legend.push((Swatch::Fill(UNKNOWN.to_owned(), None), language.say("无数据", "not known").to_owned()));
        }
        legend
    }
}

fn expected_line() -> String {
    format!(r#"fill="none" stroke="{BLUE}" stroke-width="1.4""#)
}
fn threshold_line() -> String {
    format!(r#"fill="none" stroke="{INK}" stroke-width="1.3" stroke-dasharray="5 3""#)
}
