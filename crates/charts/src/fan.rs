//! A forecast as a fan, with what was seen before it and what came.

use crate::calendar::{AXIS_HEIGHT, Days};
use crate::curve::band;
use crate::frame::{Frame, Panel, Swatch};
use crate::measure::{fit, width};
use crate::scale::{Scale, Ticks, drawable, grouped};
use crate::style::{BLUE, INK, SMALL_SIZE};
use crate::svg::{Anchor, Look, Path};
use crate::{Estimate, Head, Language, Start};

/// What is expected of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// The median.
    pub median: f64,
    /// The interval of 50 %.
    pub half: (f64, f64),
    /// The interval of 80 %.
    pub four_fifths: (f64, f64),
    /// The interval of 95 %.
    pub most: (f64, f64),
}

/// What a picture's axis of counts is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Axis {
    /// As the picture needs it.
    #[default]
    Own,
    /// The same as on other pictures, so that they can be held beside each other: see [`Fan::share_axis`].
    Shared {
        /// The largest value that has room.
        top: f64,
        /// Logarithmic from about 1 on.
        log: bool,
    },
}

/// Pictures whose axes would differ by more than this share a logarithmic one: on a linear one the lower would lie on the ground.
const FAR_APART: f64 = 20.0;

/// A forecast: median and intervals of 50, 80 and 95 % by day, after what was seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Fan {
    /// Title, subtitle, source.
    pub head: Head,
    /// The first day of `observed`.
    pub start: Start,
    /// What is counted, for the heading. None: cases by day.
    pub counted: Option<String>,
    /// What was known when the forecast was made, by day.
    pub observed: Vec<Option<f64>>,
    /// The days after that. A day of which nothing was forecast is None.
    pub forecast: Vec<Option<Forecast>>,
    /// What came on the days of the forecast, as far as it is known. Empty: it is still to come.
    pub came: Vec<Option<f64>>,
    /// Sentences below the drawing: scores beside baselines, say.
    pub notes: Vec<String>,
    /// Its axis of counts.
    pub axis: Axis,
}

const FANS: [&str; 3] = [r##"fill="#dcebf5""##, r##"fill="#b3d4ea""##, r##"fill="#7fb6da""##];
const HOLLOW: &str = r##"fill="#fff" stroke="#222" stroke-width="1.3""##;

impl Fan {
    /// The picture.
    pub fn svg(&self, language: Language) -> String {
        let mut frame = Frame::new(&self.head, language.say("预测", "Forecast"), language);
        let seen = self.observed.len();
        let days = seen + self.forecast.len().max(self.came.len());
        if days == 0 {
            frame.note(language.say("没有数据。", "There are no data."));
            return frame.finish(&self.head);
        }
        let counted = self.counted.as_deref().unwrap_or(language.say("每日病例", "Cases by day"));
        let (top, log) = match self.axis {
            Axis::Own => (self.top(), false),
            Axis::Shared { top, log } => (drawable(top).unwrap_or(1.0).max(self.top()), log),
        };
        let counted =
            if log { format!("{counted}{}", language.say("（对数刻度）", " (logarithmic scale)")) } else { counted.to_owned() };
        frame.heading(&counted, &self.legend(language));
        frame.y += 12.0;
        let ticks = if log { Ticks::log(top) } else { Ticks::from_zero(top, 4, true) };
        let panel = frame.panel(210.0, &ticks, 0.0);
        let x = Scale::new((0.0, days as f64), (panel.area.x, panel.area.right()));
        frame.svg.clip(panel.area);
        let level = |of: fn(&Forecast) -> (f64, f64)| -> Vec<Option<Estimate>> {
            let estimate = |f: &Forecast| Estimate { middle: f.median, half: None, most: of(f) }.drawable();
            std::iter::repeat_n(None, seen).chain(self.forecast.iter().map(|f| f.as_ref().and_then(estimate))).collect()
        };
        let levels: [Vec<Option<Estimate>>; 3] = [level(|f| f.most), level(|f| f.four_fifths), level(|f| f.half)];
        for (days, paint) in levels.iter().zip(FANS) {
            band(&mut frame.svg, &panel, &x, days, paint, |e| Some(e.most));
        }
        let median = levels[2].iter().enumerate().map(|(d, e)| e.map(|e| (x.at(d as f64 + 0.5), panel.y.at(e.middle))));
        frame.svg.path(&Path::through(median), &median_line());
        frame.svg.end();
        self.points(&mut frame, &panel, &x);
        if seen > 0 && days > seen {
            self.origin(&mut frame, &panel, x.at(seen as f64));
        }
        Days { start: self.start, language }.draw(&mut frame.svg, &x, 0.0, days as f64, frame.y);
        frame.y += AXIS_HEIGHT;
        if matches!(self.axis, Axis::Shared { .. }) {
            frame.note(
                language.say("纵轴刻度与本次比较的其他策略图相同。", "The scale is the same on the pictures of all policies compared."),
            );
        }
        if let Some(note) = self.outside(ticks.top(), language) {
            frame.note(&note);
        }
        for note in &self.notes {
            frame.note(note);
        }
        frame.finish(&self.head)
    }

    /// Gives pictures one axis: linear, with the largest of their own ends; logarithmic, with room for every interval, where these differ by more than 20 times.
    pub fn share_axis(fans: &mut [Fan]) {
        let ends: Vec<f64> = fans.iter().map(Fan::top).collect();
        let (least, most) = (ends.iter().copied().fold(f64::INFINITY, f64::min).max(1.0), ends.iter().copied().fold(1.0, f64::max));
        let log = most > FAR_APART * least;
        let top = if log { fans.iter().map(|f| f.highest(|d| d.most.1)).fold(most, f64::max) } else { most };
        if fans.len() > 1 {
            fans.iter_mut().for_each(|f| f.axis = Axis::Shared { top, log });
        }
    }

    fn legend(&self, language: Language) -> Vec<(Swatch, String)> {
        let mut legend = Vec::new();
        if !self.observed.is_empty() {
            legend.push((Swatch::Disc(format!(r#"fill="{INK}""#)), language.say("预测前所见", "seen before").to_owned()));
        }
        // One run has no spread, and its line is no median.
        let spread = self.forecast.iter().flatten().any(|f| f.most.1 > f.most.0);
        if spread {
            legend.push((Swatch::Line(median_line()), language.say("中位数", "median").to_owned()));
        }
        for (paint, share) in FANS.iter().rev().zip([50, 80, 95]).filter(|_| spread) {
            let text = match language {
                Language::Chinese => format!("{share}% 区间"),
                Language::English => format!("{share} %"),
            };
            legend.push((Swatch::Fill((*paint).to_owned(), None), text));
        }
        if self.came.iter().any(Option::is_some) {
            legend.push((Swatch::Disc(HOLLOW.to_owned()), language.say("实际", "what came").to_owned()));
        }
        legend
    }

    /// The axis holds all counts and the interval of 50 %; the wider ones may leave it where they are more than twice that.
    fn top(&self) -> f64 {
        let counts = self.observed.iter().chain(&self.came).flatten().filter_map(|n| drawable(*n)).fold(0.0, f64::max);
        let inner = counts.max(self.highest(|f| f.half.1)).max(self.highest(|f| f.median));
        inner.max(self.highest(|f| f.most.1).min(2.0 * inner.max(1.0)))
    }

    /// Which intervals are cut off, and how high they reach.
    fn outside(&self, top: f64, language: Language) -> Option<String> {
        let (most, four_fifths) = (self.highest(|f| f.most.1), self.highest(|f| f.four_fifths.1));
        let (most_at, four_fifths_at) = (grouped(most, 0), grouped(four_fifths, 0));
        if most <= top {
            return None;
        }
        Some(match (four_fifths > top, language) {
            (false, Language::Chinese) => format!("95% 区间超出图幅，最高至 {most_at}。"),
            (false, Language::English) => format!("The 95 % interval leaves the picture; it reaches {most_at}."),
            (true, Language::Chinese) => format!("80% 与 95% 区间超出图幅，最高分别至 {four_fifths_at} 和 {most_at}。"),
            (true, Language::English) => {
                format!("The intervals of 80 % and 95 % leave the picture; they reach {four_fifths_at} and {most_at}.")
            }
        })
    }

    fn highest(&self, of: fn(&Forecast) -> f64) -> f64 {
        self.forecast.iter().flatten().filter_map(|f| drawable(of(f))).fold(0.0, f64::max)
    }

    fn points(&self, frame: &mut Frame, panel: &Panel, x: &Scale) {
        let radius = (x.unit() * 0.32).clamp(1.0, 3.2);
        let at = |d: usize, n: &Option<f64>| n.and_then(drawable).map(|n| (x.at(d as f64 + 0.5), panel.y.at(n)));
        let seen: Vec<_> = self.observed.iter().enumerate().map(|(d, n)| at(d, n)).collect();
        frame.svg.path(&Path::through(seen.iter().copied()), r##"fill="none" stroke="#888" stroke-width="0.9""##);
        let discs = |points: &mut dyn Iterator<Item = (f64, f64)>| {
            let mut path = Path::new();
            points.for_each(|(x, y)| {
                path.disc(x, y, radius);
            });
            path
        };
        let known = discs(&mut seen.iter().flatten().copied());
        frame.svg.path(&known, &format!(r#"fill="{INK}""#));
        let came = discs(&mut self.came.iter().enumerate().filter_map(|(d, n)| at(self.observed.len() + d, n)));
        frame.svg.path(&came, HOLLOW);
    }

    /// Where the forecast begins.
    fn origin(&self, frame: &mut Frame, panel: &Panel, at: f64) {
        let language = frame.language;
        let day = Days { start: self.start, language }.name(self.observed.len() as i64 - 1);
        let text = match language {
            Language::Chinese => format!("预测所用数据截至{day}"),
            Language::English => format!("made from data up to {day}"),
        };
        frame.svg.line(
            (at, panel.area.y - 12.0),
            (at, panel.area.bottom()),
            &format!(r#"stroke="{INK}" stroke-width="0.9" stroke-dasharray="3 3""#),
        );
        let text = fit(&text, SMALL_SIZE, panel.area.w);
        let wide = width(&text, SMALL_SIZE) + 5.0;
        let (anchor, shift) = if at + wide <= panel.area.right() { (Anchor::Start, 5.0) } else { (Anchor::End, -5.0) };
        let at = if anchor == Anchor::End { at.max(panel.area.x + wide) } else { at };
        frame.svg.text(at + shift, panel.area.y - 4.0, Look::new(SMALL_SIZE).anchor(anchor), &text);
    }
}

fn median_line() -> String {
    format!(r#"fill="none" stroke="{BLUE}" stroke-width="2""#)
}
