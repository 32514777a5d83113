//! Telephones and homes: what a household has in common.

use crate::reason::Why;
use crate::weights::{Weight, home, phone, weight};
use quell_foundation::PlaceId;
use std::sync::LazyLock;

/// What is said of a pair, and what it would say if the other were of the same household or village.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said {
    pub why: Why,
    pub stranger: Weight,
    pub neighbour: Weight,
    pub household: Weight,
}

/// A telephone as a number: a mobile with its 11 digits, a land line by its last seven (the code of the area is often left out).
/// `None` of what cannot be one.
pub(crate) fn number(written: &str) -> Option<u64> {
    let mut digits: Vec<u8> = written.chars().filter_map(|c| c.to_digit(10)).map(|d| d as u8).take(18).collect();
    while digits.first() == Some(&0) && digits.len() > 11 {
        digits.remove(0);
    }
    if digits.len() > 11 && digits.starts_with(&[8, 6]) {
        digits.drain(..2);
    }
    let all_one = digits.iter().all(|d| Some(d) == digits.first());
    if digits.len() < 7 || all_one {
        return None;
    }
    let mobile = digits.len() == 11 && digits[0] == 1;
    let kept = if mobile || digits.len() > 12 { &digits[..] } else { &digits[digits.len() - 7..] };
    Some(kept.iter().fold(0, |n, d| n * 10 + u64::from(*d)))
}

/// What telephones say; nothing if one side has none.
pub(crate) fn phones(a: &[u64], b: &[u64]) -> Option<Said> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let said = |why, stranger, household| Said { why, stranger, neighbour: stranger, household };
    Some(if a.iter().any(|x| b.contains(x)) {
        said(Why::PhoneShared, weight(phone::SAME.0, phone::SAME.1), 0)
    } else if a.iter().any(|x| b.iter().any(|y| slipped(*x, *y))) {
        said(Why::PhoneDigit, weight(phone::DIGIT.0, phone::DIGIT.1), 0)
    } else {
        let kin = weight(phone::DIFFERS_KIN.0, phone::DIFFERS_KIN.1);
        said(Why::PhoneDiffers, weight(phone::DIFFERS.0, phone::DIFFERS.1), kin)
    })
}

/// One digit differs, or two neighbours are swapped; of mobiles only, as seven digits are too few.
fn slipped(mut a: u64, mut b: u64) -> bool {
    if a < 10_000_000_000 || b < 10_000_000_000 {
        return false;
    }
    let (mut differ, mut before, mut swapped) = (0, (0, 0), false);
    while a > 0 || b > 0 {
        let here = (a % 10, b % 10);
        if here.0 != here.1 {
            differ += 1;
            swapped |= differ == 2 && here == (before.1, before.0);
        }
        before = here;
        (a, b) = (a / 10, b / 10);
    }
    differ == 1 || (differ == 2 && swapped)
}

/// The weights by depth, reckoned once.
struct ByDepth {
    same: [Weight; 9],
    parted: [Weight; 9],
    parted_kin: [Weight; 9],
    village: Weight,
}

static BY_DEPTH: LazyLock<ByDepth> = LazyLock::new(|| {
    let at = |of: fn(usize) -> Weight| std::array::from_fn(of);
    ByDepth {
        same: at(|d| weight(home::SAME, 1.0 / home::PLACES[d])),
        parted: at(|d| weight(home::PARTED[d], 1.0 / home::PLACES[d])),
        parted_kin: at(|d| weight(home::PARTED[d], home::PARTED_KIN)),
        village: weight(1.0, 1.0 / home::PLACES[4]),
    }
});

/// What homes say.
pub(crate) fn homes(a: &PlaceId, b: &PlaceId) -> Said {
    let (common, whole) = common_depth(a.as_str(), b.as_str());
    let (at, by_depth) = (common.min(8), &*BY_DEPTH);
    let village = if common >= 4 { by_depth.village } else { 0 };
    if whole {
        let stranger = by_depth.same[at];
        let why = if a == b && common >= home::HOUSEHOLD { Why::HomeSame } else { Why::HomeWithin };
        return Said { why, stranger, neighbour: stranger - village, household: weight(home::SAME, home::SAME_KIN) };
    }
    let stranger = by_depth.parted[at];
    let why = if common >= 3 { Why::HomeNear } else { Why::HomeFar };
    Said { why, stranger, neighbour: stranger - village, household: by_depth.parted_kin[at] }
}

/// How many segments two paths have in common, and whether one ends there.
fn common_depth(a: &str, b: &str) -> (usize, bool) {
    let (x, y) = (a.as_bytes(), b.as_bytes());
    let common = x.iter().zip(y).take_while(|(s, t)| s == t).count();
    // A path that goes on within a segment does not end there.
    let ends = |path: &[u8]| path.get(common).is_none_or(|next| *next == b'.');
    let dots = x[..common].iter().filter(|c| **c == b'.').count();
    match (ends(x), ends(y)) {
        (true, true) => (dots + 1, x.len() == common || y.len() == common),
        _ => (dots, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_written() {
        assert_eq!(number("+86 138-1234-5678"), Some(13_812_345_678));
        assert_eq!(number("008613812345678"), Some(13_812_345_678));
        assert_eq!(number("023-57681234"), number("57681234"));
        for none in ["", "无", "120", "00000000000", "1111111"] {
            assert_eq!(number(none), None, "{none}");
        }
    }

    #[test]
    fn a_slip_of_the_finger() {
        let why = |a: u64, b: u64| phones(&[a], &[b]).unwrap().why;
        assert_eq!(why(13_812_345_678, 13_812_345_678), Why::PhoneShared);
        assert_eq!(why(13_812_345_678, 13_812_345_679), Why::PhoneDigit);
        assert_eq!(why(13_812_345_678, 13_812_345_687), Why::PhoneDigit);
        assert_eq!(why(13_812_345_678, 13_812_345_655), Why::PhoneDiffers);
        assert_eq!(why(1_234_567, 1_234_568), Why::PhoneDiffers);
        assert!(phones(&[], &[1]).is_none());
    }

    #[test]
    fn the_nearer_the_home_the_more_it_says() {
        let of = |a: &str, b: &str| homes(&PlaceId::new(a).unwrap(), &PlaceId::new(b).unwrap());
        let here = "50.500237.101.001.c01.b02.u1.0402";
        let steps = ["50.500237.102", "50.500237.101.002", "50.500237.101.001.c02", "50.500237.101.001.c01.b02.u1.0401", here];
        let weights: Vec<Weight> = steps.iter().map(|there| of(here, there).stranger).collect();
        assert!(weights.is_sorted(), "{weights:?}");
        assert!(weights[0] < 0);
        assert_eq!(of(here, here).why, Why::HomeSame);
        assert_eq!(common_depth("50.500237.1", "50.500237.10"), (2, false));
        assert_eq!(common_depth("50.500237.1", "50.500237.1.7"), (3, true));
        assert_eq!(common_depth("50.500237.1", "50.500237"), (2, true));
        assert_eq!(common_depth("1", "2"), (0, false));
        assert_eq!(of(here, "50.500237.101.001").why, Why::HomeWithin);
        assert!(of(here, here).household <= 0, "a household says nothing of who of it");
    }
}
