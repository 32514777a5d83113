//! What a picture must hold, whatever the data are.

#![allow(clippy::unwrap_used, dead_code, reason = "a test fails by panicking, and not every test uses everything")]

use quell_charts::{
    Axis, Case, Channel, EpidemicCurve, Estimate, Fan, Forecast, Head, Link, Pareto, ParetoPoint, Says, SideBySide, SideColumn, SideValue,
    Start, TimelineTree,
};
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
        axis: Axis::Own,
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

/// So many policies with names as long as they get; the first does nothing and is overrun.
pub fn side(n: usize, chinese: bool) -> SideBySide {
    let names = [
        ("不采取任何措施", "No response at all"),
        ("第九版方案：症状就诊与密接追踪，不开展全员核酸筛查", "Ninth edition: symptoms and contacts, no rounds of screening"),
        (
            "二十条：全县每两日一轮全员核酸筛查，十人混采，学校有病例即停课七日，密接集中隔离，高风险区按楼栋划定，快递外卖从业人员每日一检",
            "Twenty measures: rounds every second day for everybody, ten in a tube, schools closed for seven days wherever there is a case, contacts in isolation sites",
        ),
    ];
    let name = |k: usize| if chinese { names[k % 3].0 } else { names[k % 3].1 };
    let say = |zh: &str, en: &str| if chinese { zh } else { en }.to_owned();
    let around = |x: f64| Estimate { middle: x, half: None, most: (x * 0.4, x * 2.1) };
    let amounts = |f: &dyn Fn(usize) -> f64| (0..n).map(|k| SideValue::Amount(around(f(k)))).collect();
    let falling = |from: f64, by: f64| move |k: usize| (from / by.powi(k as i32)).round();
    let share = |k: usize| {
        let s = k as f64 / n as f64;
        SideValue::Share(Estimate { middle: s, half: None, most: ((s - 0.15).max(0.0), (s + 0.2).min(1.0)) })
    };
    let days = |k: usize| match k {
        0 => SideValue::Missing(say("过半未清零", "most never")),
        _ => SideValue::Amount(Estimate { middle: 40.0 - k as f64, half: None, most: (20.0, 55.0) }),
    };
    let column = |name: String, says: Says, end: Option<f64>, values: Vec<SideValue>| SideColumn { name, says, end, values };
    SideBySide {
        head: Head {
            title: Some(say("策略并列比较", "Policies side by side")),
            subtitle: Some(say("每项策略 20 次预演，60 天", "20 runs a policy, 60 days")),
            source: None,
        },
        rows: (0..n).map(|k| name(k).to_owned()).collect(),
        remarks: vec![vec![say(
            "注意：感染者占人口的 89 %：清零是因为可感染的人所剩不多，不是因为疫情得到控制",
            "heed: 89 % of the people were infected: it ends because few are left to infect, not because it was controlled",
        )]],
        columns: vec![
            column(say("清零比例", "Reach zero"), Says::End, None, (0..n).map(share).collect()),
            column(say("清零日", "Days to zero"), Says::End, Some(60.0), (0..n).map(days).collect()),
            column(say("感染", "Infections"), Says::Harm, None, amounts(&falling(212_345.0, 3.0))),
            column(say("重症", "Severe cases"), Says::Harm, None, amounts(&falling(312.0, 1.2))),
            column(say("死亡", "Deaths"), Says::Harm, None, amounts(&falling(41.0, 3.0))),
            column(say("受限人日", "Person-days restricted"), Says::Cost, None, amounts(&falling(2_345_678.0, 1.1))),
            column(say("采样人次", "Swabs"), Says::Cost, None, amounts(&|k| 1_204_000.0 * (k as f64 + 1.0))),
        ],
        notes: vec![],
    }
}

/// Boxes of all texts, about as high as their ink: the box of a line has room above and below it that neighbouring lines may share.
pub fn texts(svg: &str) -> Vec<(String, usvg::Rect)> {
    let tree = usvg::Tree::from_str(svg, options()).unwrap();
    let mut all = Vec::new();
    boxes(tree.root(), &mut all);
    let ink =
        |b: usvg::Rect| usvg::Rect::from_ltrb(b.left(), b.top() + 0.18 * b.height(), b.right(), b.bottom() - 0.18 * b.height()).unwrap();
    all.into_iter().filter(|(what, _)| what.starts_with("text")).map(|(what, b)| (what, ink(b))).collect()
}
