//! Pictures of an outbreak, for a report that is printed: [`EpidemicCurve`], [`TimelineTree`], [`DelayPlot`], [`Fan`],
//! [`ThresholdSeries`], [`ClusterMap`], [`Pareto`], [`PlaceBars`], [`TileMap`], [`SideBySide`]. A struct holds what is to be
//! seen; its `svg` is the picture, [`png`] makes pixels of it. Labels are Chinese or English.
//!
//! The same data give the same bytes. Whatever the data are, a picture comes out: values that are no counts (negative, not a number, beyond
//! 10^15) are drawn as not known, text is cut to its room.

mod bars;
mod calendar;
mod classes;
mod clusters;
mod curve;
mod delay;
mod fan;
mod frame;
mod measure;
mod pareto;
mod pixels;
mod places;
mod scale;
mod side;
mod strips;
mod style;
mod svg;
mod threshold;
mod tiles;
mod timeline;

pub use classes::Classes;
pub use clusters::{Cluster, ClusterMap, Place, Positions};
pub use curve::{Channel, EpidemicCurve};
pub use delay::{DelayPlot, Fit, Mark};
pub use fan::{Axis, Fan, Forecast};
pub use pareto::{Pareto, ParetoPoint};
pub use pixels::{NoPng, png};
pub use places::PlaceBars;
pub use side::{Says, SideBySide, SideColumn, SideValue};
pub use style::WIDTH;
pub use threshold::{Threshold, ThresholdSeries};
pub use tiles::{Measure, Tile, TileMap};
pub use timeline::{Case, Link, TimelineTree};

/// The language of labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Simplified Chinese.
    Chinese,
    /// English.
    English,
}

impl Language {
    /// The words of this language.
    pub(crate) fn say(self, chinese: &'static str, english: &'static str) -> &'static str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }
}

/// What the first day of a series is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// A date, as days since 1970-01-01.
    Date {
        /// Days since 1970-01-01.
        since_1970: i32,
    },
    /// A number; the next day has the next one.
    Number(i64),
}

/// What is written around a drawing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// What the picture shows; without it, its kind.
    pub title: Option<String>,
    /// A sentence below it.
    pub subtitle: Option<String>,
    /// Where the data are from, and which method was used.
    pub source: Option<String>,
}

/// An estimate with what is not known of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Mean or median.
    pub middle: f64,
    /// The interval that holds it with 50 %, if it was computed.
    pub half: Option<(f64, f64)>,
    /// The interval that holds it with 95 %.
    pub most: (f64, f64),
}

impl Estimate {
    /// If it can be drawn: numbers, none negative.
    pub(crate) fn drawable(self) -> Option<Self> {
        let pair = |(lo, hi): (f64, f64)| Some((scale::drawable(lo)?, scale::drawable(hi)?)).filter(|p| p.0 <= p.1);
        Some(Self { middle: scale::drawable(self.middle)?, half: self.half.and_then(pair), most: pair(self.most)? })
    }
}
