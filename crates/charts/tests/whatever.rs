//! Whatever the data are: well-formed, finite, inside of the frame.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::sound;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use quell_charts::Language::{Chinese, English};
use quell_charts::{
    Axis, Case, Channel, Classes, Cluster, ClusterMap, DelayPlot, EpidemicCurve, Estimate, Fan, Fit, Forecast, Head, Language, Link, Mark,
    Measure, Pareto, ParetoPoint, Place, PlaceBars, Positions, Says, SideBySide, SideColumn, SideValue, Start, Threshold, ThresholdSeries,
    Tile, TileMap, TimelineTree,
};

/// Counts as they should be, and as they should not.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![4 => (0u32..2_000).prop_map(f64::from), 1 => 0.0..3.0f64, 1 => any::<f64>(), 1 => Just(f64::NAN), 1 => Just(1e15)]
}
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-z<>&\"' ]{0,12}",
        "\\PC{0,20}",
        "[沙坪坝区大学城中路]{0,90}",
        Just("x".repeat(300)),
        Just("\u{0}\u{b}\n".to_owned())
    ]
}
fn head() -> impl Strategy<Value = Head> {
    (option::of(text()), option::of(text()), option::of(text())).prop_map(|(title, subtitle, source)| Head { title, subtitle, source })
}
fn start() -> impl Strategy<Value = Start> {
    prop_oneof![
        4 => (-40_000..40_000i32).prop_map(|since_1970| Start::Date { since_1970 }),
        1 => any::<i32>().prop_map(|since_1970| Start::Date { since_1970 }),
        1 => any::<i64>().prop_map(Start::Number),
    ]
}
fn language() -> impl Strategy<Value = Language> {
    prop_oneof![Just(Chinese), Just(English)]
}
fn series(most: usize) -> impl Strategy<Value = Vec<Option<f64>>> {
    vec(option::weighted(0.9, number()), 0..most)
}
fn pair() -> impl Strategy<Value = (f64, f64)> {
    (number(), number()).prop_map(|(a, b)| if a <= b { (a, b) } else { (b, a) })
}
fn estimates(most: usize) -> impl Strategy<Value = Vec<Option<Estimate>>> {
    let one = (number(), option::of(pair()), pair()).prop_map(|(middle, half, most)| Estimate { middle, half, most });
    vec(option::weighted(0.8, one), 0..most)
}
fn point() -> impl Strategy<Value = ParetoPoint> {
    let estimate = || (number(), pair()).prop_map(|(middle, most)| Estimate { middle, half: None, most });
    (estimate(), estimate(), text(), any::<bool>()).prop_map(|(across, up, name, front)| ParetoPoint { across, up, name, front })
}
fn days(scale: f64) -> impl Strategy<Value = f64> {
    prop_oneof![8 => -scale..scale, 1 => any::<f64>(), 1 => Just(0.0)]
}
fn cases() -> impl Strategy<Value = Vec<Case>> {
    let case =
        (text(), option::of((days(30.0), days(30.0))), option::of(days(40.0)), option::of(days(50.0)), any::<[bool; 2]>(), 0.0..1.0f64);
    vec(
        case.prop_map(|(name, exposure, onset, end, [imported, estimated], unlinked)| Case {
            name,
            exposure,
            onset,
            estimated,
            end,
            imported,
            unlinked,
        }),
        0..40,
    )
}
fn links() -> impl Strategy<Value = Vec<Link>> {
    let p = prop_oneof![4 => 0.0..=1.0f64, 1 => any::<f64>()];
    let link = (0..45usize, 0..45usize, p, any::<bool>());
    vec(link.prop_map(|(infector, infectee, probability, implausible)| Link { infector, infectee, probability, implausible }), 0..80)
}

const CASES: u32 = 32;

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_epidemic_curve(
        head in head(), start in start(), language in language(), period in prop_oneof![Just(1u32), Just(7u32), any::<u32>()], names in vec((text(), series(120)), 0..9),
        nowcast in estimates(30), r in estimates(120), r_means in option::of(text()),
    ) {
        let channels = names.into_iter().map(|(name, counts)| Channel { name, counts }).collect();
        sound(&EpidemicCurve { head, start, period, channels, nowcast, r, r_means }.svg(language));
    }

    #[test]
    fn a_chain(head in head(), start in start(), language in language(), cases in cases(), links in links(), means in option::of(text())) {
        sound(&TimelineTree { head, start, onset_means: means.clone(), end_means: means, cases, links }.svg(language));
    }

    #[test]
    fn a_delay(
        head in head(), language in language(), counts in vec((prop_oneof![9 => -20..60i64, 1 => any::<i64>()], number()), 0..40),
        fits in vec((text(), vec((days(60.0), number()), 0..50)), 0..6), marks in vec((text(), days(40.0), option::of(pair())), 0..7),
    ) {
        let fits = fits.into_iter().map(|(name, density)| Fit { name, density }).collect();
        let marks = marks.into_iter().map(|(name, value, interval)| Mark { name, value, interval }).collect();
        sound(&DelayPlot { head, counts, fits, marks }.svg(language));
    }

    #[test]
    fn a_forecast(
        head in head(), start in start(), language in language(), observed in series(90), counted in option::of(text()),
        days in vec(option::weighted(0.9, (number(), pair(), pair(), pair())), 0..30), came in series(30), notes in vec(text(), 0..4),
        axis in prop_oneof![Just(Axis::Own), (number(), any::<bool>()).prop_map(|(top, log)| Axis::Shared { top, log })],
    ) {
        let day = |(median, half, four_fifths, most)| Forecast { median, half, four_fifths, most };
        let forecast = days.into_iter().map(|d| d.map(day)).collect();
        sound(&Fan { head, start, counted, observed, forecast, came, notes, axis }.svg(language));
    }

    #[test]
    fn rows_side_by_side(
        head in head(), language in language(), rows in vec(text(), 0..14), remarks in vec(vec(text(), 0..3), 0..16), notes in vec(text(), 0..3),
        columns in vec((text(), 0..3u8, option::of(number()), vec((0..4u8, number(), pair(), text()), 0..14)), 0..9),
    ) {
        let value = |(kind, middle, most, why): (u8, f64, (f64, f64), String)| match kind {
            0 => SideValue::Missing(why),
            1 => SideValue::Share(Estimate { middle, half: None, most }),
            _ => SideValue::Amount(Estimate { middle, half: None, most }),
        };
        let says = [Says::End, Says::Harm, Says::Cost];
        let column = |(name, k, end, values): (String, u8, Option<f64>, Vec<_>)| SideColumn {
            name, says: says[k as usize], end, values: values.into_iter().map(value).collect(),
        };
        let columns = columns.into_iter().map(column).collect();
        sound(&SideBySide { head, rows, remarks, columns, notes }.svg(language));
    }

    #[test]
    fn a_map_of_clusters(
        head in head(), start in start(), language in language(), degrees in any::<bool>(),
        places in vec((days(90.0), days(90.0), number()), 0..60), scale in prop_oneof![Just(1.0), Just(1e-7), Just(4e5)],
        found in vec((days(90.0), days(90.0), number(), (any::<i64>(), -50..90i64), number(), number(), number(), text()), 0..14),
    ) {
        let positions = if degrees { Positions::Degrees } else { Positions::Plane };
        let places = places.into_iter().map(|(x, y, cases)| Place { x: x * scale, y: y * scale, cases }).collect();
        let cluster = |(x, y, radius, days, observed, expected, p_value, name)| Cluster { x, y, radius, days, observed, expected, p_value, name };
        let clusters = found.into_iter().map(cluster).collect();
        sound(&ClusterMap { head, start, positions, places, clusters }.svg(language));
    }

    #[test]
    fn a_front(
        head in head(), language in language(), across in text(), up in text(), notes in vec(text(), 0..3), reference in option::of(point()),
        points in vec(point(), 0..40),
    ) {
        sound(&Pareto { head, across, up, points, reference, notes }.svg(language));
    }

    #[test]
    fn bars_by_place(
        head in head(), language in language(), measures in vec(text(), 0..4), places in vec((text(), vec(number(), 0..4)), 0..50),
    ) {
        sound(&PlaceBars { head, measures, places }.svg(language));
    }

    #[test]
    fn an_area_as_tiles(
        head in head(), language in language(), measures in vec((text(), vec(number(), 0..20)), 0..4), notes in vec(text(), 0..3),
        tiles in prop_oneof![9 => vec((text(), number(), vec(number(), 0..4)), 0..50), 1 => vec((text(), Just(9.0), vec(number(), 2)), 1000)],
    ) {
        let measures = measures.into_iter().map(|(name, values)| Measure { name, classes: Classes::of(values) }).collect();
        let tiles = tiles.into_iter().map(|(name, people, rates)| Tile { name, people, rates }).collect();
        let map = TileMap { head, measures, tiles, notes };
        let svg = map.svg(language);
        sound(&svg);
        prop_assert_eq!(svg, map.clone().svg(language));
    }

    #[test]
    fn a_watched_series(
        head in head(), start in start(), language in language(), counted in option::of(text()), counts in series(200),
        period in prop_oneof![Just(1u32), Just(7u32), any::<u32>()],
        thresholds in vec(option::weighted(0.8, (option::of(number()), number(), any::<bool>())), 0..200),
    ) {
        let one = |(expected, threshold, alarm)| Threshold { expected, threshold, alarm };
        let thresholds = thresholds.into_iter().map(|t| t.map(one)).collect();
        sound(&ThresholdSeries { head, start, period, counted, counts, thresholds }.svg(language));
    }
}
