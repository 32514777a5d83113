//! What a picture must hold, whatever the data are.

#![allow(clippy::unwrap_used, dead_code, reason = "a test fails by panicking, and not every test uses everything")]

use quell_charts::{Case, Channel, EpidemicCurve, Estimate, Fan, Forecast, Head, Link, Pareto, ParetoPoint, Start, TimelineTree};
use resvg::usvg;
use std::sync::{Arc, OnceLock};

fn options() -> &'static usvg::Options<'static> {
    static OPTIONS: OnceLock<usvg::Options<'static>> = OnceLock::new();
    OPTIONS.get_or_init(|| {
        assert!(!quell_fonts::CARRIED.is_empty(), "run scripts/fetch-fonts");
        let mut options = usvg::Options::default();
        options.fontdb_mut().load_font_source(usvg::fontdb::Source::Binary(Arc::new(quell_fonts::CARRIED)));
        options.font_family = "Noto Sans SC".to_owned();
        options
    })
}

/// Everything that is drawn, as the boxes of its ink; what is clipped has the box of the clip.
fn boxes(group: &usvg::Group, out: &mut Vec<(String, usvg::Rect)>) {
    for node in group.children() {
        match node {
            usvg::Node::Group(g) => match g.clip_path() {
                Some(clip) => out.push((format!("clip {}", clip.id()), clip.root().abs_bounding_box())),
                None => boxes(g, out),
            },
            usvg::Node::Text(t) => {
                let words: String = t.chunks().iter().map(|c| c.text()).collect();
                out.push((format!("text {words:?}"), t.abs_bounding_box()));
            }
            node => out.push(("shape".to_owned(), node.abs_stroke_bounding_box())),
        }
    }
}

/// Well-formed, with finite numbers, and nothing outside of the frame.
pub fn sound(svg: &str) {
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|e| panic!("{e}"));
    for node in document.descendants().filter(|n| n.is_element()) {
        for a in node.attributes() {
            assert!(!a.value().contains("NaN") && !a.value().contains("inf"), "{}: {}", a.name(), a.value());
        }
    }
    let tree = usvg::Tree::from_str(svg, options()).unwrap();
    let (w, h) = (tree.size().width(), tree.size().height());
    let mut all = Vec::new();
    boxes(tree.root(), &mut all);
    assert!(!all.is_empty());
    // Ink of a glyph may reach a little beyond the place it is measured with.
    let slack = 1.5;
    for (what, b) in all {
        let inside = b.left() >= -slack && b.top() >= -slack && b.right() <= w + slack && b.bottom() <= h + slack;
        assert!(inside, "{what} at {b:?} is outside of {w} x {h}");
    }
}

/// All the words of a picture.
pub fn words(svg: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).unwrap();
    document.descendants().filter(|n| n.has_tag_name("text")).map(|n| n.text().unwrap_or_default().to_owned()).collect()
}

pub const NOVEMBER: Start = Start::Date { since_1970: 19_297 };

/// Ten days, one of them not known.
pub fn curve() -> EpidemicCurve {
    let counts = [1, 2, 2, 4, 7, 0, 9, 14, 11, 8].map(f64::from);
    let known: Vec<Option<f64>> = counts.iter().enumerate().map(|(d, n)| Some(*n).filter(|_| d != 5)).collect();
    let imported: Vec<Option<f64>> = (0..10).map(|d| Some(f64::from(d % 3))).collect();
    let r = |d: usize| {
        let middle = 2.0 - 0.12 * d as f64;
        Estimate { middle, half: Some((middle - 0.1, middle + 0.1)), most: (middle - 0.3, middle + 0.4) }
    };
    EpidemicCurve {
        head: Head { title: Some("Cases & R <Wushan>".to_owned()), subtitle: None, source: Some("CDC".to_owned()) },
        start: NOVEMBER,
        period: 1,
        channels: vec![Channel { name: "screening".to_owned(), counts: known }, Channel { name: "imported".to_owned(), counts: imported }],
        nowcast: (0..10).map(|d| (d == 9).then_some(Estimate { middle: 12.0, half: None, most: (9.0, 17.0) })).collect(),
        r: (0..10).map(|d| (d >= 3).then(|| r(d))).collect(),
        r_means: None,
    }
}

/// Five cases; one link is doubtful, one case has two possible infectors, one none.
pub fn tree() -> TimelineTree {
    let case = |name: &str, onset: f64, exposure: Option<(f64, f64)>| Case {
        name: name.to_owned(),
        exposure,
        onset: Some(onset),
        end: Some(onset + 3.0),
        imported: onset == 0.0,
        ..Case::default()
    };
    let link = |infector, infectee, probability, implausible| Link { infector, infectee, probability, implausible };
    TimelineTree {
        head: Head::default(),
        start: NOVEMBER,
        onset_means: None,
        end_means: None,
        cases: vec![
            case("1", 0.0, None),
            case("2", 4.0, Some((1.0, 2.0))),
            case("3", 6.0, None),
            case("4", 9.0, None),
            case("5", 7.0, None),
        ],
        links: vec![link(0, 1, 0.95, false), link(0, 2, 0.6, false), link(1, 2, 0.4, false), link(2, 3, 0.3, true)],
    }
}

/// Five days seen, three forecast, two of which came.
pub fn fan() -> Fan {
    let day = |m: f64| Forecast { median: m, half: (m - 2.0, m + 2.0), four_fifths: (m - 4.0, m + 5.0), most: (m - 6.0, m + 9.0) };
    Fan {
        head: Head::default(),
        start: NOVEMBER,
        counted: None,
        observed: [3.0, 5.0, 6.0, 9.0, 12.0].map(Some).to_vec(),
        forecast: [14.0, 16.0, 18.0].map(|m| Some(day(m))).to_vec(),
        came: vec![Some(13.0), Some(19.0)],
        notes: vec![],
    }
}

/// Three on the front, two beaten, one of them far away, and what they are compared with.
pub fn pareto() -> Pareto {
    let around = |x: f64, by: f64| Estimate { middle: x, half: None, most: (x - by, x + by) };
    let point = |across: f64, up: f64, name: &str| ParetoPoint {
        across: around(across, 1.5),
        up: around(up, up * 0.1),
        name: name.to_owned(),
        front: !name.is_empty(),
    };
    Pareto {
        head: Head { title: Some("Rounds & zones".to_owned()), ..Head::default() },
        across: "Days to zero".to_owned(),
        up: "Person-days restricted".to_owned(),
        points: vec![
            point(12.0, 90_000.0, "1"),
            point(18.0, 41_000.0, "2"),
            point(31.0, 22_000.0, "3"),
            point(25.0, 60_000.0, ""),
            point(60.0, 900_000.0, ""),
        ],
        reference: Some(ParetoPoint { front: false, ..point(40.0, 50_000.0, "base") }),
        notes: vec![],
    }
}
