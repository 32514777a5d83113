//! What a picture says.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::{curve, fan, pareto, side, sound, texts, tree, words};
use quell_charts::Language::{Chinese, English};
use quell_charts::{
    Axis, Case, Classes, Cluster, ClusterMap, DelayPlot, Estimate, Fan, Fit, Head, Link, Mark, Measure, Place, PlaceBars, Positions,
    SideValue, Start, Threshold, ThresholdSeries, Tile, TileMap, TimelineTree,
};

fn says(svg: &str, wanted: &[&str]) {
    sound(svg);
    let words = words(svg);
    for w in wanted {
        assert!(words.iter().any(|t| t == w), "{w:?} is not among {words:?}");
    }
}

#[test]
fn both_languages_have_their_words() {
    says(&curve().svg(English), &["Cases & R <Wushan>", "Cases by day", "not known", "Nov 2022", "Source: CDC"]);
    says(&curve().svg(Chinese), &["每日病例", "无数据", "2022年11月", "来源：CDC", "95% 区间"]);
    says(&tree().svg(English), &["5 cases, 1 of them without a link", "implausible, look again", "another possible infector", "imported"]);
    says(&tree().svg(Chinese), &["5 例，其中 1 例未找到关联", "存疑，请复核", "输入", "感染来源不明"]);
    says(&fan().svg(English), &["what came", "made from data up to 5 Nov 2022"]);
    says(&fan().svg(Chinese), &["预测所用数据截至2022年11月5日"]);
}

#[test]
fn the_last_r_stands_beside_its_line() {
    says(&curve().svg(English), &["0.92", "0.62–1.32"]);
}

#[test]
fn bars_of_weeks_stand_above_r_of_days() {
    let mut weeks = curve();
    weeks.period = 7;
    let r = weeks.r[4];
    weeks.r = vec![r; 70];
    says(&weeks.svg(English), &["Cases by week", "Nov 2022", "Dec", "Jan 2023"]);
    says(&weeks.svg(Chinese), &["每周病例"]);
}

#[test]
fn an_interval_that_leaves_the_picture_is_told() {
    let mut f = fan();
    f.forecast[2] = f.forecast[2].map(|d| quell_charts::Forecast { most: (0.0, 12_345.0), ..d });
    says(&f.svg(English), &["The 95 % interval leaves the picture; it reaches 12,345."]);
    assert!(!words(&fan().svg(English)).iter().any(|w| w.contains("leaves")));
}

#[test]
fn a_delay_names_its_curves_and_marks() {
    let plot = DelayPlot {
        head: Head::default(),
        counts: vec![(0, 2.0), (1, 5.0), (2, 3.0), (7, 1.0)],
        fits: vec![Fit { name: "gamma".to_owned(), density: (0..80).map(|k| (f64::from(k) / 10.0, 0.1)).collect() }],
        marks: vec![Mark { name: "mean".to_owned(), value: 1.64, interval: Some((1.2, 2.1)) }],
    };
    says(&plot.svg(English), &["gamma", "mean 1.64 (1.20–2.10)", "days", "0", "7"]);
    says(&plot.svg(Chinese), &["病例数", "天"]);
}

#[test]
fn warnings_are_marked_beside_colour() {
    let series = |alarm| ThresholdSeries {
        head: Head::default(),
        start: common::NOVEMBER,
        period: 7,
        counted: None,
        counts: vec![Some(3.0), Some(4.0), None, Some(20.0)],
        thresholds: vec![None, None, None, Some(Threshold { expected: Some(4.0), threshold: 9.0, alarm })],
    };
    says(&series(true).svg(English), &["Cases by week", "threshold", "warning", "not known"]);
    let triangles = |svg: &str| svg.matches(r##"Z" fill="#D55E00"/>"##).count();
    // The bar, the mark and the legend's mark; without a warning only the legend's.
    assert_eq!((triangles(&series(true).svg(English)), triangles(&series(false).svg(English))), (3, 1));
}

#[test]
fn a_map_names_its_clusters_by_number() {
    let map = ClusterMap {
        head: Head::default(),
        start: common::NOVEMBER,
        positions: Positions::Degrees,
        places: (0..9)
            .map(|k| Place { x: 109.8 + f64::from(k % 3) / 50.0, y: 31.0 + f64::from(k / 3) / 50.0, cases: f64::from(k) })
            .collect(),
        clusters: vec![Cluster {
            x: 109.84,
            y: 31.04,
            radius: 2.3,
            days: (3, 9),
            observed: 21.0,
            expected: 8.4,
            p_value: 0.0004,
            name: "大昌镇".to_owned(),
        }],
    };
    says(&map.svg(English), &["1", "4 Nov 2022 – 10 Nov 2022", "2.30 km", "21", "8.40", "< 0.001", "2 km", "centre", "大昌镇"]);
    says(&map.svg(Chinese), &["2022年11月4日 – 2022年11月10日", "p 值", "2 公里"]);
    says(&ClusterMap { clusters: vec![], ..map }.svg(English), &["No cluster was found."]);
}

#[test]
fn a_front_names_its_members_and_tells_of_what_is_far_away() {
    let svg = pareto().svg(English);
    says(&svg, &["1", "2", "3", "base", "front", "other candidates", "compared with", "Days to zero", "Person-days restricted"]);
    says(&svg, &["Candidates outside the picture: 1."]);
    says(&pareto().svg(Chinese), &["前沿", "其他候选", "对照", "图幅之外的候选：1 个。"]);
    // The line: down to the first, then across and down to each of the next two, and on to the right.
    let line = |svg: &str| {
        svg.lines()
            .find(|l| l.contains(r##"stroke="#0072B2" stroke-width="1.6""##))
            .map(|l| (l.matches('V').count(), l.matches('H').count()))
    };
    assert_eq!(line(&svg), Some((3, 3)));
    // Somebody of the front who is beaten in the two numbers that are drawn is no step of it.
    let mut third = pareto();
    third.points[3].front = true;
    assert_eq!(line(&third.svg(English)), Some((3, 3)));
}

#[test]
fn places_stand_by_what_they_bear_and_the_last_are_one_row() {
    let places = |n: usize| PlaceBars {
        head: Head::default(),
        measures: vec!["Person-days restricted".to_owned(), "Infections".to_owned()],
        places: (0..n).map(|k| (format!("town {k}"), vec![100.0 * k as f64, 7.0])).collect(),
    };
    let svg = places(40).svg(English);
    // The 29 that bear most, and eleven others: 0 + 100 + … + 1,000 days.
    says(&svg, &["town 39", "town 11", "3,900", "11 others", "5,500", "77", "Infections"]);
    let words = words(&svg);
    let at = |w: &str| words.iter().position(|t| t == w);
    assert!(at("town 39") < at("town 38") && at("town 10").is_none());
    says(&places(3).svg(Chinese), &["town 0", "town 2", "按地点"]);
    says(&places(40).svg(Chinese), &["其余 11 处"]);
}

fn tiles(people: &[f64], rate: impl Fn(usize) -> f64) -> TileMap {
    let rates: Vec<f64> = (0..people.len()).map(rate).collect();
    TileMap {
        head: Head::default(),
        measures: vec![Measure { name: "Infections per 1,000 people".to_owned(), classes: Classes::of(rates.iter().copied()) }],
        tiles: people
            .iter()
            .zip(&rates)
            .enumerate()
            .map(|(k, (n, r))| Tile { name: format!("town {k}"), people: *n, rates: vec![*r] })
            .collect(),
        notes: vec!["one run".to_owned()],
    }
}

/// Name, colour and area of each tile, as it is drawn.
fn drawn(svg: &str) -> Vec<(String, String, f64)> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let tile = |node: roxmltree::Node<'_, '_>| {
        let name = node.children().find(|n| n.has_tag_name("title"))?.text()?.to_owned();
        let number = |a: &str| node.attribute(a).unwrap().parse::<f64>().unwrap();
        Some((name, node.attribute("fill").unwrap().to_owned(), number("width") * number("height")))
    };
    document.descendants().filter(|n| n.has_tag_name("rect")).filter_map(tile).collect()
}

#[test]
fn tiles_are_as_large_as_their_people_and_dark_as_their_rate() {
    let map = tiles(&[10_000.0, 20_000.0, 40_000.0, 5_000.0, 25_000.0], |k| [1.0, 3.0, 0.0, 9.0, 27.0][k]);
    let svg = map.svg(English);
    says(&svg, &["town 2", "27", "< 1.1", "≥ 17", "one run", "Infections per 1,000 people"]);
    let tiles = drawn(&svg);
    let names: Vec<&str> = tiles.iter().map(|t| t.0.as_str()).collect();
    assert_eq!(names, ["town 0 1", "town 1 3", "town 2 0", "town 3 9", "town 4 27"]);
    let all: f64 = tiles.iter().map(|t| t.2).sum();
    for (tile, share) in tiles.iter().zip([0.1, 0.2, 0.4, 0.05, 0.25]) {
        assert!((tile.2 / all - share).abs() < 1e-3, "{tile:?}");
    }
    assert_eq!((tiles[2].1.as_str(), tiles[4].1.as_str()), ("#fff", "#08306B"));
    assert!(words(&svg).iter().any(|w| w.starts_with("The area of a tile is people, not land.")));
    assert!(words(&map.svg(Chinese)).iter().any(|w| w.contains("不是土地面积")));
}

#[test]
fn small_tiles_say_their_name_to_who_points_at_them_only() {
    let svg = tiles(&[500.0; 1000], |k| k as f64).svg(English);
    let tiles = drawn(&svg);
    assert_eq!((tiles.len(), tiles[731].0.as_str()), (1000, "town 731 731"));
    assert!(!words(&svg).iter().any(|w| w.starts_with("town")));
    // Limits are 38, 150, 340 and 610: parts of 950, which 95 % are below. The tile of rate 0 is white.
    let of = |colour: &str| tiles.iter().filter(|t| t.1 == colour).count();
    assert_eq!(["#fff", "#DEEBF7", "#A3CCE6", "#5BA3D0", "#1461A8", "#08306B"].map(of), [1, 37, 112, 190, 270, 390]);
}

#[test]
fn a_narrow_tile_has_its_name_on_its_side() {
    let svg = tiles(&[1000.0, 40.0], |k| k as f64 + 1.0).svg(English);
    says(&svg, &["town 0", "town 1"]);
    assert_eq!(svg.matches("rotate(-90").count(), 1);
}

#[test]
fn tiles_of_nobody_are_counted_and_rates_that_are_none_are_not_known() {
    let map = tiles(&[100.0, 0.0, f64::NAN, -1.0, 50.0], |k| if k == 4 { f64::NAN } else { 2.0 });
    says(&map.svg(English), &["Not drawn, as nobody is known to live there: 3.", "not known", "–"]);
    says(&map.svg(Chinese), &["无人口、未画出：3 处。", "未知"]);
    assert_eq!(drawn(&map.svg(English)).len(), 2);
    says(&tiles(&[], |_| 0.0).svg(English), &["There are no data."]);
}

#[test]
fn cases_without_a_date_are_counted_and_not_drawn() {
    let mut t = tree();
    t.cases.extend([Case::default(), Case { onset: Some(f64::NAN), ..Case::default() }]);
    says(&t.svg(English), &["2 cases without any date are not drawn."]);
    t.cases.clear();
    says(&t.svg(English), &["There is no case with a date."]);
}

#[test]
fn an_implausible_link_is_shown_beside_the_likely_one() {
    let case = |onset: f64| Case { onset: Some(onset), estimated: onset > 7.0, ..Case::default() };
    let link = |infector, probability, implausible| Link { infector, infectee: 1, probability, implausible };
    let mut t =
        TimelineTree { cases: vec![case(0.0), case(5.0), case(8.0)], links: vec![link(0, 0.95, false), link(2, 0.0, true)], ..tree() };
    says(&t.svg(English), &["implausible, look again", "onset estimated", "3 cases, 1 of them without a link"]);
    t.links.pop();
    assert!(!t.svg(English).contains("implausible"));
}

/// Everyone infects the next two.
fn large(n: usize) -> TimelineTree {
    let case = |k: usize| {
        let onset = (k as f64).ln_1p() * 8.0;
        Case { name: format!("病例{k}"), onset: Some(onset), end: Some(onset + 4.0), ..Case::default() }
    };
    let link =
        |k: usize| Link { infector: (k - 1) / 2, infectee: k, probability: 0.4 + (k % 7) as f64 / 10.0, implausible: k.is_multiple_of(50) };
    TimelineTree {
        head: Head::default(),
        start: Start::Number(1),
        onset_means: None,
        end_means: None,
        cases: (0..n).map(case).collect(),
        links: (1..n).map(link).collect(),
    }
}

#[test]
fn two_hundred_cases_fit_a_page_and_five_thousand_a_scroll() {
    let height = |svg: &str| roxmltree::Document::parse(svg).unwrap().root_element().attribute("height").unwrap().parse::<f64>().unwrap();
    let (page, scroll) = (large(200).svg(Chinese), large(5_000).svg(Chinese));
    sound(&page);
    sound(&scroll);
    // A4 with margins: 170 by 257 mm.
    assert!(height(&page) <= 640.0 * 257.0 / 170.0, "{}", height(&page));
    assert!(height(&scroll) < 6_000.0 && scroll.len() < 2_000_000, "{} {}", height(&scroll), scroll.len());
}

#[test]
fn a_chain_of_thousands_is_no_depth_too_much() {
    let mut t = large(20_000);
    t.links.iter_mut().for_each(|l| l.infector = l.infectee - 1);
    assert!(t.svg(English).contains("20000 cases"));
}

#[test]
fn rows_side_by_side_cover_no_text_however_many_there_are() {
    for (n, chinese) in (1..=12).flat_map(|n| [(n, true), (n, false)]) {
        let svg = side(n, chinese).svg(if chinese { Chinese } else { English });
        sound(&svg);
        let texts = texts(&svg);
        for (k, (a, p)) in texts.iter().enumerate() {
            for (b, q) in &texts[..k] {
                let (w, h) = (p.right().min(q.right()) - p.left().max(q.left()), p.bottom().min(q.bottom()) - p.top().max(q.top()));
                assert!(w <= 0.5 || h <= 0.5, "{n}: {a} at {p:?} covers {b} at {q:?}");
            }
        }
        // Every row has its number, each of its seven cells something.
        let words = words(&svg);
        assert!((1..=n).all(|k| words.iter().any(|w| w.starts_with(&format!("{k}  ")))), "{words:?}");
    }
}

#[test]
fn rows_side_by_side_say_what_is_missing_and_where_a_scale_is_logarithmic() {
    let svg = side(3, false).svg(English);
    says(&svg, &["most never", "67%", "70,782", "2.35 m", "Days to zero", "who is harmed", "what it costs"]);
    // Infections fall by nine times only; those of twelve policies by much more.
    assert!(!words(&svg).iter().any(|w| w.starts_with("Logarithmic")));
    says(
        &side(12, false).svg(English),
        &["Logarithmic scale: Infections, Deaths. The same distance is the same factor, not the same number."],
    );
    says(&side(12, true).svg(Chinese), &["对数刻度：感染、死亡。同样的距离是同样的倍数，不是同样的数量。", "过半未清零", "21.2 万"]);
    // A policy that costs nothing makes no scale logarithmic.
    let mut free = side(3, false);
    free.columns[5].values[0] = SideValue::Amount(Estimate { middle: 0.0, half: None, most: (0.0, 0.0) });
    assert!(!words(&free.svg(English)).iter().any(|w| w.starts_with("Logarithmic")));
    // An interval says its ends to who points at it.
    assert!(svg.contains("<title>Days to zero 39 (20 – 55)</title>"));
}

#[test]
fn one_run_is_no_median() {
    let mut one = fan();
    one.forecast =
        [14.0, 16.0].map(|m| Some(quell_charts::Forecast { median: m, half: (m, m), four_fifths: (m, m), most: (m, m) })).to_vec();
    let words = words(&one.svg(English));
    assert!(!words.iter().any(|w| w == "median" || w == "95 %") && words.iter().any(|w| w == "what came"), "{words:?}");
    says(&fan().svg(English), &["median", "50 %", "80 %", "95 %"]);
}

#[test]
fn fans_that_are_compared_have_one_axis() {
    let times = |by: f64| {
        let mut f = fan();
        f.observed.clear();
        f.came.clear();
        let scaled = |(a, b): (f64, f64)| (a * by, b * by);
        f.forecast = f
            .forecast
            .iter()
            .map(|d| {
                d.map(|d| quell_charts::Forecast {
                    median: d.median * by,
                    half: scaled(d.half),
                    four_fifths: scaled(d.four_fifths),
                    most: scaled(d.most),
                })
            })
            .collect();
        f
    };
    // Ten times as many: both axes reach as far as the larger needs, 270, the end of its interval of 95 %.
    let mut near = [times(1.0), times(10.0)];
    Fan::share_axis(&mut near);
    for f in &near {
        says(&f.svg(English), &["300", "The scale is the same on the pictures of all policies compared."]);
        says(&f.svg(Chinese), &["纵轴刻度与本次比较的其他策略图相同。"]);
    }
    assert!(!words(&times(1.0).svg(English)).iter().any(|w| w == "300"), "alone it has an axis of its own");
    // A thousand times as many: logarithmic, and nothing is cut.
    let mut far = [times(1.0), times(1000.0)];
    Fan::share_axis(&mut far);
    for f in &far {
        let svg = f.svg(English);
        says(&svg, &["Cases by day (logarithmic scale)", "1", "10", "100", "1,000", "10,000", "50,000"]);
        assert!(!words(&svg).iter().any(|w| w.contains("leave")));
    }
    let mut one = [times(1.0)];
    Fan::share_axis(&mut one);
    assert_eq!(one[0].axis, Axis::Own);
}
