//! A map of places and the clusters that were found among them.

use crate::calendar::Days;
use crate::frame::{EDGE, Frame, Swatch};
use crate::measure::{fit, width};
use crate::scale::{drawable, nice, short};
use crate::style::{BLUE, INK, SMALL_SIZE, SOFT, VERMILLION, WIDTH};
use crate::svg::{Anchor, Look, Path, Rect};
use crate::{Head, Language, Start};

/// How places are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Positions {
    /// Degrees: x the longitude, y the latitude; distances are kilometres.
    Degrees,
    /// A plane: x to the right, y upwards, in any unit of length; so are distances.
    Plane,
}

/// A place.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Longitude, or distance to the right.
    pub x: f64,
    /// Latitude, or distance upwards.
    pub y: f64,
    /// Its cases in the whole time; a disc's area shows them.
    pub cases: f64,
}

/// A cluster: a circle and a run of days.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Centre, as a place is given.
    pub x: f64,
    /// See `x`.
    pub y: f64,
    /// Radius, in kilometres or the unit of the plane; 0 for a place alone.
    pub radius: f64,
    /// First and last day, after the start.
    pub days: (i64, i64),
    /// Cases within.
    pub observed: f64,
    /// Cases expected within.
    pub expected: f64,
    /// Its p value.
    pub p_value: f64,
    /// What its centre is called; empty if it has no name.
    pub name: String,
}

/// Places with their cases, and numbered circles around clusters, which a table below names by number.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterMap {
    /// Title, subtitle, source.
    pub head: Head,
    /// The day that days are counted from.
    pub start: Start,
    /// What x and y are.
    pub positions: Positions,
    /// Places.
    pub places: Vec<Place>,
    /// Clusters, most likely first; the table has the first ten.
    pub clusters: Vec<Cluster>,
}

/// Clusters that are drawn and named.
const MOST: usize = 10;
/// Height of the map at most, and at least.
const HEIGHT: (f64, f64) = (140.0, 420.0);
/// Kilometres of a degree of latitude (the mean meridian of WGS 84); of longitude at the equator it is 0.6 % more, which no eye sees.
const DEGREE: f64 = 111.13;
/// Positions beyond this are no places on Earth, in metres.
const FARTHEST: f64 = 1e8;
/// Room for the days of a cluster in the table.
const TIME: f64 = 165.0;
const CIRCLE: &str = r##"fill="#D55E00" fill-opacity="0.08" stroke="#D55E00" stroke-width="1.6""##;

/// Clusters with a higher p value are drawn as what chance gives too.
const LIKELY: f64 = 0.05;
const CHANCE: &str = r##"fill="none" stroke="#888" stroke-width="1" stroke-dasharray="4 3""##;

/// From places to pixels.
struct Projection {
    positions: Positions,
    shrink: f64,
    left: f64,
    top: f64,
    pixels: f64,
    corner: (f64, f64),
}

impl ClusterMap {
    /// The picture.
    pub fn svg(&self, language: Language) -> String {
        let mut frame = Frame::new(&self.head, language.say("聚集性疫情", "Clusters"), language);
        let clusters: Vec<(usize, &Cluster)> =
            (1..).zip(&self.clusters).take(MOST).filter(|(_, c)| near(c.x, c.y) && (0.0..FARTHEST).contains(&c.radius)).collect();
        let places: Vec<(&Place, f64)> =
            self.places.iter().filter(|p| near(p.x, p.y)).filter_map(|p| Some((p, drawable(p.cases)?))).collect();
        if places.is_empty() && clusters.is_empty() {
            frame.note(language.say("没有数据。", "There are no data."));
            return frame.finish(&self.head);
        }
        let mut legend = vec![
            (
                Swatch::Disc(format!(r#"fill="{BLUE}" fill-opacity="0.75""#)),
                language.say("病例（面积与数量成正比）", "cases, by area").to_owned(),
            ),
            (Swatch::Fill(CIRCLE.to_owned(), None), language.say("聚集区域", "cluster").to_owned()),
        ];
        if clusters.iter().any(|(_, c)| c.p_value > LIKELY) {
            legend.push((Swatch::Line(CHANCE.to_owned()), language.say("可能只是巧合（p > 0.05）", "may be chance (p > 0.05)").to_owned()));
        }
        frame.heading(language.say("地点", "Places"), &legend);
        let area = self.map(&mut frame, &places, &clusters);
        frame.y = area.bottom() + 6.0;
        self.table(&mut frame, &clusters);
        frame.finish(&self.head)
    }

    /// Where everything goes: the smallest box around places and circles, as large as there is room.
    fn projection(&self, places: &[(&Place, f64)], clusters: &[(usize, &Cluster)], top: f64) -> (Projection, Rect) {
        let ys = || places.iter().map(|p| p.0.y).chain(clusters.iter().map(|c| c.1.y));
        let middle = ys().sum::<f64>() / ys().count().max(1) as f64;
        let shrink = middle.clamp(-89.0, 89.0).to_radians().cos();
        let mut p = Projection { positions: self.positions, shrink, left: 0.0, top: 0.0, pixels: 1.0, corner: (0.0, 0.0) };
        let around = |x: f64, y: f64, r: f64| {
            let (x, y) = p.kilometres(x, y);
            [(x - r, y - r), (x + r, y + r)]
        };
        let all = places.iter().map(|p| around(p.0.x, p.0.y, 0.0)).chain(clusters.iter().map(|c| around(c.1.x, c.1.y, c.1.radius)));
        let corners: Vec<(f64, f64)> = all.flatten().collect();
        let least = |of: fn(&(f64, f64)) -> f64| corners.iter().map(of).fold(f64::INFINITY, f64::min);
        let most = |of: fn(&(f64, f64)) -> f64| corners.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        // Places that are one point are shown as if they were a kilometre wide.
        let (w, h) = (most(|c| c.0) - least(|c| c.0), most(|c| c.1) - least(|c| c.1));
        let (w, h) = if w.max(h) > 0.0 { (w, h) } else { (1.0, 1.0) };
        let border = 24.0;
        let room = WIDTH - 2.0 * (EDGE + border);
        let pixels = (room / w.max(1e-9)).min((HEIGHT.1 - 2.0 * border) / h.max(1e-9));
        let height = (h * pixels + 2.0 * border).max(HEIGHT.0);
        p.pixels = pixels;
        p.corner = (least(|c| c.0), most(|c| c.1));
        p.left = EDGE + border + (room - w * pixels) / 2.0;
        p.top = top + (height - h * pixels) / 2.0;
        (p, Rect { x: EDGE, y: top, w: WIDTH - 2.0 * EDGE, h: height })
    }

    fn map(&self, frame: &mut Frame, places: &[(&Place, f64)], clusters: &[(usize, &Cluster)]) -> Rect {
        let (p, area) = self.projection(places, clusters, frame.y);
        frame.svg.rect(area, r##"fill="#fff" stroke="#ccc" stroke-width="0.8""##);
        frame.svg.clip(area);
        for (_, c) in clusters {
            let (x, y) = p.at(c.x, c.y);
            let mut path = Path::new();
            path.disc(x, y, (c.radius * p.pixels).max(7.0));
            frame.svg.path(&path, if c.p_value <= LIKELY { CIRCLE } else { CHANCE });
        }
        let highest = places.iter().map(|p| p.1).fold(1.0, f64::max);
        let (mut with, mut without) = (Path::new(), Path::new());
        for (place, cases) in places {
            let (x, y) = p.at(place.x, place.y);
            if *cases > 0.0 {
                with.disc(x, y, (9.0 * (cases / highest).sqrt()).max(1.2))
            } else {
                without.disc(x, y, 1.2)
            };
        }
        frame.svg.path(&without, r##"fill="#fff" stroke="#888" stroke-width="0.7""##);
        frame.svg.path(&with, &format!(r##"fill="{BLUE}" fill-opacity="0.75" stroke="#fff" stroke-width="0.5""##));
        for (number, c) in clusters {
            let (x, y) = p.at(c.x, c.y);
            let above = y - (c.radius * p.pixels).max(7.0) - 3.0;
            let look = Look::new(12.0).colour(VERMILLION).anchor(Anchor::Middle).halo();
            frame.svg.text(x, above.max(area.y + 12.0), look, &number.to_string());
        }
        // A round length, about a sixth of the width.
        let length = nice(area.w / 9.0 / p.pixels);
        let (left, y) = (area.x + 10.0, area.bottom() - 9.0);
        let end = left + length * p.pixels;
        frame.svg.line((left, y), (end, y), &format!(r#"stroke="{INK}" stroke-width="2""#));
        let text = match (self.positions, frame.language) {
            (Positions::Plane, _) => length.to_string(),
            (Positions::Degrees, Language::Chinese) if length < 1.0 => format!("{:.0} 米", length * 1000.0),
            (Positions::Degrees, Language::English) if length < 1.0 => format!("{:.0} m", length * 1000.0),
            (Positions::Degrees, Language::Chinese) => format!("{length:.0} 公里"),
            (Positions::Degrees, Language::English) => format!("{length:.0} km"),
        };
        frame.svg.text(end + 5.0, y + 4.0, Look::new(SMALL_SIZE).halo(), &text);
        frame.svg.end();
        area
    }

    fn table(&self, frame: &mut Frame, clusters: &[(usize, &Cluster)]) {
        let language = frame.language;
        let days = Days { start: self.start, language };
        let columns = [EDGE + 8.0, EDGE + 30.0, EDGE + 200.0, 380.0, 460.0, 545.0, WIDTH - EDGE];
        let rooms = [20.0, TIME, 100.0, 65.0, 75.0, 80.0, 75.0];
        let heads = match language {
            Language::Chinese => ["", "时间", "中心", "半径", "病例", "预期", "p 值"],
            Language::English => ["", "time", "centre", "radius", "cases", "expected", "p value"],
        };
        let row = |frame: &mut Frame, cells: [String; 7], look: Look| {
            frame.y += 16.0;
            for (k, ((x, room), cell)) in columns.iter().zip(rooms).zip(cells).enumerate() {
                let look = if k < 3 { look } else { look.anchor(Anchor::End) };
                frame.svg.text(*x, frame.y, look, &fit(&cell, SMALL_SIZE, room));
            }
        };
        if clusters.is_empty() {
            frame.note(language.say("未发现聚集。", "No cluster was found."));
            return;
        }
        row(frame, heads.map(str::to_owned), Look::new(SMALL_SIZE).colour(SOFT));
        for (rank, c) in clusters {
            let time = format!("{} – {}", days.name(c.days.0), days.name(c.days.1));
            let time = if width(&time, SMALL_SIZE) > TIME || c.days.0 == c.days.1 { days.name(c.days.0) } else { time };
            let number = |x: f64| drawable(x).map_or_else(|| "–".to_owned(), short);
            let unit = if self.positions == Positions::Degrees { language.say(" 公里", " km") } else { "" };
            let radius = format!("{}{unit}", number(c.radius));
            let p = if c.p_value < 0.001 { "< 0.001".to_owned() } else { format!("{:.3}", c.p_value) };
            let p = if c.p_value.is_finite() { p } else { "–".to_owned() };
            row(frame, [rank.to_string(), time, c.name.clone(), radius, whole(c.observed), number(c.expected), p], Look::new(SMALL_SIZE));
        }
    }
}

impl Projection {
    fn kilometres(&self, x: f64, y: f64) -> (f64, f64) {
        match self.positions {
            Positions::Degrees => (x * DEGREE * self.shrink, y * DEGREE),
            Positions::Plane => (x, y),
        }
    }
    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = self.kilometres(x, y);
        (self.left + (x - self.corner.0) * self.pixels, self.top + (self.corner.1 - y) * self.pixels)
    }
}

fn near(x: f64, y: f64) -> bool {
    x.is_finite() && y.is_finite() && x.abs() <= FARTHEST && y.abs() <= FARTHEST
}

fn whole(x: f64) -> String {
    drawable(x).map_or_else(|| "–".to_owned(), |x| crate::scale::grouped(x, 0))
}
