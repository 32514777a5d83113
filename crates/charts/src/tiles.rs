//! The nearest thing to a map where places have no coordinates: an area as tiles.

use crate::classes::{Classes, number};
use crate::frame::{EDGE, Frame, Swatch};
use crate::measure::{fit, lines, width};
use crate::scale::drawable;
use crate::strips::strips;
use crate::style::{INK, SMALL_SIZE, TEXT_SIZE, UNKNOWN, WIDTH};
use crate::svg::{Anchor, Look, Rect, n};
use crate::{Head, Language};

/// A place.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// What it is called.
    pub name: String,
    /// How many live there.
    pub people: f64,
    /// Its rates, in the order of the map's measures.
    pub rates: Vec<f64>,
}

/// A rate that tiles are coloured by.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// What it is, with its unit.
    pub name: String,
    /// Its classes.
    pub classes: Classes,
}

/// Places as tiles: the area is people, the colour a rate. Tiles that follow each other touch.
#[derive(Debug, Clone, PartialEq)]
pub struct TileMap {
    /// Title, subtitle, source.
    pub head: Head,
    /// The rates, each with a panel of its own; two have room.
    pub measures: Vec<Measure>,
    /// The places, in their order.
    pub tiles: Vec<Tile>,
    /// Sentences below.
    pub notes: Vec<String>,
}

/// Panels that a page has room for.
const PANELS: usize = 2;
/// A place with less than this share of the people would be no dot of ink.
const LEAST: f64 = 1e-9;
/// Sizes of text on tiles, best first; the last is 6 points in print.
const SIZES: [f64; 2] = [SMALL_SIZE, 8.5];
const LINE: f64 = 1.22;
/// Between a tile's edge and its text.
const PAD: f64 = 2.5;
const NONE: &str = r##"fill="#fff""##;

impl TileMap {
    /// The picture.
    pub fn svg(&self, language: Language) -> String {
        let mut frame = Frame::new(&self.head, language.say("地区分块图", "The area as tiles"), language);
        let people: f64 = self.tiles.iter().filter_map(|t| drawable(t.people)).sum();
        let drawn: Vec<(&Tile, f64)> =
            self.tiles.iter().filter_map(|t| Some((t, drawable(t.people).filter(|n| n / people >= LEAST)?))).collect();
        if drawn.is_empty() || self.measures.is_empty() {
            frame.note(language.say("没有数据。", "There are no data."));
            return frame.finish(&self.head);
        }
        for k in 0..self.measures.len().min(PANELS) {
            self.panel(&mut frame, k, &drawn);
        }
        frame.note(language.say(
            "块的面积表示人口，不是土地面积；块的位置由名单次序决定（逐行往返排列），不是地理位置。",
            "The area of a tile is people, not land. Where a tile lies follows from the order of the list (row by row, to and fro), not from geography.",
        ));
        let left_out = self.tiles.len() - drawn.len();
        if left_out > 0 {
            frame.note(&match language {
                Language::Chinese => format!("无人口、未画出：{left_out} 处。"),
                Language::English => format!("Not drawn, as nobody is known to live there: {left_out}."),
            });
        }
        self.notes.iter().for_each(|n| frame.note(n));
        frame.finish(&self.head)
    }

    /// The tiles, coloured by a measure.
    fn panel(&self, frame: &mut Frame, k: usize, drawn: &[(&Tile, f64)]) {
        let Measure { name, classes } = &self.measures[k];
        let rates: Vec<Option<f64>> = drawn.iter().map(|(t, _)| t.rates.get(k).copied().and_then(drawable)).collect();
        let edge = format!(r##"stroke="#8c8c8c" stroke-width="{}""##, if drawn.len() > 200 { 0.4 } else { 0.7 });
        let of = |rate: Option<f64>| match rate {
            None => (UNKNOWN.to_owned(), INK),
            Some(0.0) => (NONE.to_owned(), INK),
            Some(rate) => {
                let (colour, text) = classes.colours(classes.class(rate));
                (format!(r#"fill="{colour}""#), text)
            }
        };
        let mut legend: Vec<(Swatch, String)> = (0..classes.number())
            .map(|c| (Swatch::Fill(format!(r#"fill="{}" {edge}"#, classes.colours(c).0), None), classes.name(c)))
            .collect();
        if rates.contains(&Some(0.0)) {
            legend.insert(0, (Swatch::Fill(format!("{NONE} {edge}"), None), "0".to_owned()));
        }
        if rates.contains(&None) {
            legend.push((Swatch::Fill(UNKNOWN.to_owned(), None), frame.language.say("未知", "not known").to_owned()));
        }
        heading(frame, &fit(name, TEXT_SIZE, WIDTH - 2.0 * EDGE), &legend);
        let sizes: Vec<f64> = drawn.iter().map(|d| d.1).collect();
        let area = Rect { x: EDGE, y: frame.y - 4.0, w: WIDTH - 2.0 * EDGE, h: height(drawn.len()) };
        let tiles = strips(&sizes, area);
        frame.svg.group(&edge);
        for (((tile, _), rect), rate) in drawn.iter().zip(&tiles).zip(&rates) {
            let value = rate.map_or_else(|| "–".to_owned(), number);
            frame.svg.named(*rect, &of(*rate).0, &format!("{} {value}", tile.name));
        }
        frame.svg.end();
        for (((tile, _), rect), rate) in drawn.iter().zip(&tiles).zip(&rates) {
            label(frame, *rect, of(*rate).1, &tile.name, &rate.map_or_else(|| "–".to_owned(), number));
        }
        frame.y = area.bottom() + 6.0;
    }
}

/// A heading with its legend; on two lines where one is too short for both, so that the classes stay together.
fn heading(frame: &mut Frame, name: &str, legend: &[(Swatch, String)]) {
    let words: f64 = legend.iter().map(|(_, w)| width(w, SMALL_SIZE) + 36.0).sum();
    if width(name, TEXT_SIZE) + 2.0 + words <= WIDTH - 2.0 * EDGE {
        frame.heading(name, legend);
    } else {
        frame.heading(name, &[]);
        frame.y -= 12.0;
        frame.heading("", legend);
    }
}

/// How high a panel of so many tiles is: two of the highest, with all that is written, are a page.
fn height(tiles: usize) -> f64 {
    let n = tiles as f64;
    (100.0 + 8.0 * n).min(250.0 + 0.2 * n).min(360.0)
}

/// Writes name and value on a tile, or the name, or nothing: as there is room. On a narrow one they stand on their side.
fn label(frame: &mut Frame, tile: Rect, colour: &'static str, name: &str, value: &str) {
    let (x, y) = (tile.x + tile.w / 2.0, tile.y + tile.h / 2.0);
    if let Some((size, text)) = arranged(tile.w, tile.h, name, value) {
        write(frame, (x, y), Look::new(size).colour(colour), &text);
    } else if let Some((size, text)) = arranged(tile.h, tile.w, name, value) {
        frame.svg.group(&format!(r#"transform="rotate(-90 {} {})""#, n(x), n(y)));
        write(frame, (x, y), Look::new(size).colour(colour), &text);
        frame.svg.end();
    }
}

/// Size and lines of what has room.
fn arranged(w: f64, h: f64, name: &str, value: &str) -> Option<(f64, Vec<String>)> {
    let (w, h) = (w - 2.0 * PAD, h - 2.0 * PAD);
    [true, false].into_iter().find_map(|with_value| {
        SIZES.into_iter().find_map(|size| {
            let value = with_value.then_some(value);
            let most = (h / (size * LINE)).floor() - f64::from(u8::from(with_value));
            // A name alone has one line: of "town 10" on two, the second would be taken for the value.
            let text = whole(name, size, w, most.min(if with_value { 2.0 } else { 1.0 }))?;
            value.is_none_or(|v| width(v, size) <= w).then(|| (size, text.into_iter().chain(value.map(str::to_owned)).collect()))
        })
    })
}

fn write(frame: &mut Frame, (x, y): (f64, f64), look: Look, text: &[String]) {
    let line = look.size * LINE;
    let top = y - text.len() as f64 * line / 2.0;
    for (k, words) in text.iter().enumerate() {
        // The ink of a line is a little above the middle of its room.
        frame.svg.text(x, top + (k as f64 + 0.8) * line, look.anchor(Anchor::Middle), words);
    }
}

/// The lines of a name that has room in so many, with no word broken.
fn whole(name: &str, size: f64, room: f64, most: f64) -> Option<Vec<String>> {
    let name = name.trim();
    if name.is_empty() || most < 1.0 || room < size {
        return None;
    }
    let text = lines(name, size, room, most as usize);
    let letters = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    // A word that is broken has a letter on either side of the end of a line.
    let narrow = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace() && (c as u32) < 0x2E80);
    let broken = text.windows(2).any(|pair| {
        let (a, b) = (&pair[0], &pair[1]);
        narrow(a.chars().last()) && narrow(b.chars().next()) && name.contains(&format!("{a}{b}"))
    });
    (!broken && text.iter().map(|l| letters(l)).collect::<String>() == letters(name)).then_some(text)
}
