//! Who bears what: bars by place, the longest first.

use crate::frame::{EDGE, Frame};
use crate::measure::fit;
use crate::scale::{Scale, drawable, grouped, short};
use crate::style::{BLUE, GRID, ORANGE, SMALL_SIZE, SOFT, WIDTH};
use crate::svg::{Anchor, Look, Path, Rect};
use crate::{Head, Language};

/// Bars by place: a column of bars for each of a few numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceBars {
    /// Title, subtitle, source.
    pub head: Head,
    /// What the numbers are, in their order; two have room.
    pub measures: Vec<String>,
    /// Places by name, with their numbers. They are drawn by falling first number.
    pub places: Vec<(String, Vec<f64>)>,
}

/// More places than this are one row.
const ROWS: usize = 30;
const ROW: f64 = 16.0;
const BAR: f64 = 10.0;
/// Room for names, and for the number behind a bar.
const NAMES: f64 = 118.0;
const NUMBER: f64 = 62.0;
const COLOURS: [&str; 2] = [BLUE, ORANGE];

impl PlaceBars {
    /// The picture.
    pub fn svg(&self, language: Language) -> String {
        let mut frame = Frame::new(&self.head, language.say("按地点", "By place"), language);
        let measures = self.measures.len().min(COLOURS.len());
        if self.places.is_empty() || measures == 0 {
            frame.note(language.say("没有数据。", "There are no data."));
            return frame.finish(&self.head);
        }
        let rows = self.rows(measures, language);
        let column = (WIDTH - 2.0 * EDGE - NAMES) / measures as f64;
        let left = |k: usize| EDGE + NAMES + k as f64 * column;
        frame.y += 18.0;
        for (k, measure) in self.measures.iter().take(measures).enumerate() {
            frame.svg.text(left(k), frame.y, Look::new(SMALL_SIZE).bold(), &fit(measure, SMALL_SIZE, column - 8.0));
        }
        frame.y += 8.0;
        let top = frame.y;
        for (row, (name, values)) in rows.iter().enumerate() {
            let base = top + row as f64 * ROW + BAR + 1.5;
            let look = Look::new(SMALL_SIZE).anchor(Anchor::End);
            frame.svg.text(EDGE + NAMES - 7.0, base, look, &fit(name, SMALL_SIZE, NAMES - 9.0));
            for (k, value) in values.iter().enumerate() {
                let text = value.map_or_else(|| "–".to_owned(), number);
                let length = value.map_or(0.0, |v| scale(&rows, k, column).at(v));
                frame.svg.text(left(k) + length + 5.0, base, Look::new(SMALL_SIZE).colour(SOFT), &fit(&text, SMALL_SIZE, NUMBER - 6.0));
            }
        }
        for (k, colour) in COLOURS.iter().enumerate().take(measures) {
            let bars = rows.iter().enumerate().filter_map(|(row, (_, values))| Some((row, values[k].filter(|v| *v > 0.0)?)));
            let mut path = Path::new();
            for (row, value) in bars {
                path.rect(Rect { x: left(k), y: top + row as f64 * ROW + 2.0, w: scale(&rows, k, column).at(value), h: BAR });
            }
            frame.svg.path(&path, &format!(r#"fill="{colour}""#));
            let foot = top + rows.len() as f64 * ROW;
            frame.svg.line((left(k), top), (left(k), foot), &format!(r#"stroke="{GRID}" stroke-width="0.8""#));
        }
        frame.y = top + rows.len() as f64 * ROW + 4.0;
        frame.finish(&self.head)
    }

    /// Places by falling first number, those behind the last row as one.
    fn rows(&self, measures: usize, language: Language) -> Vec<(String, Vec<Option<f64>>)> {
        let numbers = |values: &[f64]| (0..measures).map(|k| values.get(k).copied().and_then(drawable)).collect::<Vec<_>>();
        let mut rows: Vec<(String, Vec<Option<f64>>)> = self.places.iter().map(|(name, v)| (name.clone(), numbers(v))).collect();
        rows.sort_by(|a, b| b.1[0].unwrap_or(-1.0).total_cmp(&a.1[0].unwrap_or(-1.0)));
        if rows.len() > ROWS {
            let rest = rows.split_off(ROWS - 1);
            let name = match language {
                Language::Chinese => format!("其余 {} 处", rest.len()),
                Language::English => format!("{} others", rest.len()),
            };
            let sum = |k: usize| drawable(rest.iter().filter_map(|(_, v)| v[k]).sum());
            rows.push((name, (0..measures).map(sum).collect()));
        }
        rows
    }
}

/// A count is whole; a mean has three digits that count.
fn number(x: f64) -> String {
    if x.fract() == 0.0 { grouped(x, 0) } else { short(x) }
}

/// Lengths of the bars of a column.
fn scale(rows: &[(String, Vec<Option<f64>>)], k: usize, column: f64) -> Scale {
    let most = rows.iter().filter_map(|(_, v)| v[k]).fold(0.0, f64::max);
    Scale::new((0.0, most), (0.0, column - NUMBER))
}
