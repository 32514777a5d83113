//! A treemap that keeps an order: tiles in strips, row by row.
//!
//! Strips as Bederson, Shneiderman and Wattenberg (2002, ACM Transactions on Graphics 21:833) lay them, with their look at the next strip. Tiles of
//! a squarified treemap (Bruls, Huizing, van Wijk 2000) are nearer to squares, but stand by size. Here every second strip goes back from right to
//! left, so that two tiles that follow each other always touch.

use crate::svg::Rect;

/// Tiles for sizes above 0, in their order; they fill the area.
pub(crate) fn strips(sizes: &[f64], area: Rect) -> Vec<Rect> {
    let all: f64 = sizes.iter().sum();
    let scale = area.w * area.h / all;
    let sizes: Vec<f64> = sizes.iter().map(|s| s * scale).collect();
    let mut tiles = Vec::with_capacity(sizes.len());
    let (mut at, mut y, mut back) = (0, area.y, false);
    while at < sizes.len() {
        let strip = &sizes[at..end(&sizes, at, area.w)];
        let height = strip.iter().sum::<f64>() / area.w;
        let mut along = 0.0;
        for size in strip {
            let w = size / height;
            let x = if back { area.right() - along - w } else { area.x + along };
            tiles.push(Rect { x, y, w, h: height });
            along += w;
        }
        (at, y, back) = (at + strip.len(), y + height, !back);
    }
    tiles
}

/// Where the strip ends that begins at a tile: before the one that would make its tiles more oblong, unless strip and next strip are better as one.
fn end(sizes: &[f64], begin: usize, width: f64) -> usize {
    let first = greedy(sizes, begin, width);
    if first == sizes.len() {
        return first;
    }
    let second = greedy(sizes, first, width);
    let (here, next) = (&sizes[begin..first], &sizes[first..second]);
    let apart = oblong(here, width) * here.len() as f64 + oblong(next, width) * next.len() as f64;
    let both = &sizes[begin..second];
    if oblong(both, width) * (both.len() as f64) < apart { second } else { first }
}

fn greedy(sizes: &[f64], begin: usize, width: f64) -> usize {
    let (mut end, mut now) = (begin + 1, oblong(&sizes[begin..=begin], width));
    while end < sizes.len() {
        let with = oblong(&sizes[begin..=end], width);
        if with > now {
            break;
        }
        (end, now) = (end + 1, with);
    }
    end
}

/// The mean over a strip's tiles of the longer side by the shorter.
fn oblong(strip: &[f64], width: f64) -> f64 {
    let square = (strip.iter().sum::<f64>() / width).powi(2);
    strip.iter().map(|size| (size / square).max(square / size)).sum::<f64>() / strip.len() as f64
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    const AREA: Rect = Rect { x: 14.0, y: 50.0, w: 612.0, h: 255.0 };

    fn touch(a: Rect, b: Rect) -> bool {
        let common = |a: (f64, f64), b: (f64, f64)| a.1.min(b.1) - a.0.max(b.0);
        let (x, y) = (common((a.x, a.right()), (b.x, b.right())), common((a.y, a.bottom()), (b.y, b.bottom())));
        (x > 0.0 && y.abs() < 1e-6) || (y > 0.0 && x.abs() < 1e-6)
    }

    #[test]
    fn equal_tiles_are_near_to_squares() {
        for n in [4, 26, 300, 1000] {
            let tiles = strips(&vec![1.0; n], AREA);
            assert!(tiles.iter().all(|t| (0.4..2.5).contains(&(t.w / t.h))), "{n}: {tiles:?}");
        }
    }
    #[test]
    fn the_second_strip_goes_back() {
        let tiles = strips(&[1.0; 4], Rect { x: 0.0, y: 0.0, w: 20.0, h: 20.0 });
        let corners: Vec<(f64, f64)> = tiles.iter().map(|t| (t.x, t.y)).collect();
        assert_eq!(corners, [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]);
    }
    #[test]
    fn one_tile_is_the_area() {
        assert_eq!(strips(&[7.0], AREA), [AREA]);
        assert!(strips(&[], AREA).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn areas_are_sizes_and_order_is_kept(sizes in vec(prop_oneof![8 => 1.0..100.0f64, 1 => 1e-3..1e4f64], 1..200)) {
            let tiles = strips(&sizes, AREA);
            prop_assert_eq!(tiles.len(), sizes.len());
            let all: f64 = sizes.iter().sum();
            for (tile, size) in tiles.iter().zip(&sizes) {
                let share = tile.w * tile.h / (AREA.w * AREA.h);
                prop_assert!((share - size / all).abs() < 1e-9 * (size / all), "{} {}", share, size / all);
                prop_assert!(tile.x > AREA.x - 1e-6 && tile.right() < AREA.right() + 1e-6);
                prop_assert!(tile.y > AREA.y - 1e-6 && tile.bottom() < AREA.bottom() + 1e-6);
            }
            // No two share ground; as their areas add up to the whole, none of it is bare.
            for (k, a) in tiles.iter().enumerate() {
                for b in &tiles[..k] {
                    let w = a.right().min(b.right()) - a.x.max(b.x);
                    let h = a.bottom().min(b.bottom()) - a.y.max(b.y);
                    prop_assert!(w.min(h) < 1e-6, "{:?} {:?}", a, b);
                }
            }
            for pair in tiles.windows(2) {
                prop_assert!(pair[1].y >= pair[0].y && touch(pair[0], pair[1]), "{:?}", pair);
            }
        }
    }
}
