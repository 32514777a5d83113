//! What all drawings share: title, legend, panels with a grid, source.

use crate::measure::{lines, width};
use crate::scale::{Scale, Ticks};
use crate::style::{GRID, SMALL_SIZE, SOFT, TEXT_SIZE, TITLE_SIZE, WIDTH};
use crate::svg::{Anchor, Look, Rect, Svg};
use crate::{Head, Language};

/// White around everything.
pub(crate) const EDGE: f64 = 14.0;
/// Least width of the labels of an axis, so that panels below each other begin at the same pixel.
const GUTTER: f64 = 26.0;

/// What stands before a word of a legend.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Swatch {
    /// A box of this paint, and a second paint over it.
    Fill(String, Option<&'static str>),
    /// A piece of line.
    Line(String),
    /// A disc.
    Disc(String),
    /// A triangle.
    Triangle(String),
    /// An upright tick.
    Tick,
    /// A triangle that points to the right, filled or not.
    Origin(bool),
}

impl Swatch {
    fn width(&self) -> f64 {
        match self {
            Self::Fill(..) | Self::Line(_) => 22.0,
            Self::Disc(_) | Self::Triangle(_) | Self::Tick | Self::Origin(_) => 13.0,
        }
    }
}

/// A picture, filled from top to bottom.
pub(crate) struct Frame {
    pub svg: Svg,
    pub language: Language,
    /// How far down it is filled.
    pub y: f64,
    title: String,
}

impl Frame {
    /// Begins with title and subtitle.
    pub fn new(head: &Head, title: &str, language: Language) -> Self {
        let title = head.title.as_deref().map(str::trim).filter(|t| !t.is_empty()).unwrap_or(title).to_owned();
        let mut frame = Self { svg: Svg::default(), language, y: EDGE - 2.0, title };
        for line in lines(&frame.title, TITLE_SIZE, WIDTH - 2.0 * EDGE, 2) {
            frame.y += TITLE_SIZE * 1.25;
            frame.svg.text(EDGE, frame.y, Look::new(TITLE_SIZE).bold(), &line);
        }
        frame.y += 2.0;
        for line in head.subtitle.iter().flat_map(|s| lines(s, TEXT_SIZE, WIDTH - 2.0 * EDGE, 3)) {
            frame.y += TEXT_SIZE * 1.4;
            frame.svg.text(EDGE, frame.y, Look::new(TEXT_SIZE).colour(SOFT), &line);
        }
        frame.y += 8.0;
        frame
    }

    /// A line or two of text.
    pub fn note(&mut self, text: &str) {
        for line in lines(text, SMALL_SIZE, WIDTH - 2.0 * EDGE, 3) {
            self.y += SMALL_SIZE * 1.4;
            self.svg.text(EDGE, self.y, Look::new(SMALL_SIZE).colour(SOFT), &line);
        }
    }

    /// What a panel shows, and what its marks mean.
    pub fn heading(&mut self, text: &str, legend: &[(Swatch, String)]) {
        let right = WIDTH - EDGE;
        self.y += TEXT_SIZE * 1.5;
        let heading = lines(text, TEXT_SIZE, right - EDGE, 2);
        let mut x = EDGE;
        for (k, line) in heading.iter().enumerate() {
            if k > 0 {
                self.y += TEXT_SIZE * 1.4;
            }
            self.svg.text(EDGE, self.y, Look::new(TEXT_SIZE).bold(), line);
            x = EDGE + width(line, TEXT_SIZE) + 16.0;
        }
        for (swatch, words) in legend {
            let words = crate::measure::fit(words, SMALL_SIZE, right - EDGE - 24.0);
            let mark = swatch.width();
            let wide = mark + width(&words, SMALL_SIZE);
            if x > EDGE && x + wide > right {
                x = EDGE;
                self.y += SMALL_SIZE * 1.5;
            }
            self.swatch(swatch, x, self.y - 4.0);
            self.svg.text(x + mark, self.y, Look::new(SMALL_SIZE).colour(SOFT), &words);
            x += wide + 14.0;
        }
        self.y += 12.0;
    }

    fn swatch(&mut self, swatch: &Swatch, x: f64, y: f64) {
        let centre = (x + 5.0, y);
        match swatch {
            Swatch::Fill(paint, over) => {
                let r = Rect { x: x + 1.0, y: y - 5.0, w: 16.0, h: 10.0 };
                self.svg.rect(r, paint);
                if let Some(pattern) = over {
                    self.svg.rect(r, &format!(r#"fill="{pattern}""#));
                }
            }
            Swatch::Line(paint) => self.svg.line((x, y), (x + 18.0, y), paint),
            Swatch::Disc(paint) => {
                let mut path = crate::svg::Path::new();
                path.disc(centre.0, centre.1, 3.2);
                self.svg.path(&path, paint);
            }
            Swatch::Triangle(paint) => {
                let mut path = crate::svg::Path::new();
                triangle(&mut path, centre.0, centre.1 + 4.0, 4.0);
                self.svg.path(&path, paint);
            }
            Swatch::Tick => self.svg.line((centre.0, y - 5.0), (centre.0, y + 5.0), r##"stroke="#222" stroke-width="1.4""##),
            Swatch::Origin(filled) => {
                let mut path = crate::svg::Path::new();
                path.to(centre.0 + 4.0, y).line(centre.0 - 3.0, y - 4.0).line(centre.0 - 3.0, y + 4.0).close();
                self.svg.path(&path, if *filled { r##"fill="#222""## } else { r##"fill="#fff" stroke="#222" stroke-width="0.9""## });
            }
        }
    }

    /// Room for a drawing of this height, with an axis of counts (or of other numbers) from 0; `right` is kept free for labels.
    pub fn panel(&mut self, height: f64, ticks: &Ticks, right: f64) -> Panel {
        let widest = ticks.labels(self.language).iter().map(|l| width(l, SMALL_SIZE)).fold(GUTTER, f64::max);
        self.panel_at(height, ticks, EDGE + widest + 6.0, WIDTH - EDGE - right)
    }

    /// The same between two pixels; labels stand left of the first.
    pub fn panel_at(&mut self, height: f64, ticks: &Ticks, left: f64, right: f64) -> Panel {
        let area = Rect { x: left, y: self.y, w: right - left, h: height };
        let y = Scale::of(ticks, (area.bottom(), area.y));
        for (at, label) in ticks.at.iter().zip(ticks.labels(self.language)) {
            let level = y.at(*at);
            self.svg.line((area.x, level), (area.right(), level), &format!(r##"stroke="{GRID}" stroke-width="0.8""##));
            self.svg.text(area.x - 5.0, level + 3.8, Look::new(SMALL_SIZE).colour(SOFT).anchor(Anchor::End), &label);
        }
        self.y += height;
        Panel { area, y }
    }

    /// Ends with the source.
    pub fn finish(mut self, head: &Head) -> String {
        if let Some(source) = head.source.as_deref().filter(|s| !s.trim().is_empty()) {
            self.y += 4.0;
            let text = format!("{}{source}", self.language.say("来源：", "Source: "));
            self.note(&text);
        }
        let height = (self.y + EDGE - 2.0).ceil();
        self.svg.finish(WIDTH, height, &self.title)
    }
}

/// A place for a drawing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Panel {
    pub area: Rect,
    pub y: Scale,
}

/// A triangle that stands on a point below it and is `size` high and wide: a mark of an alarm.
pub(crate) fn triangle(path: &mut crate::svg::Path, x: f64, y: f64, size: f64) {
    path.to(x, y).line(x - size, y - 1.8 * size).line(x + size, y - 1.8 * size).close();
}
