//! Classes of rates, and the colours they have.

use crate::scale::{drawable, grouped};
use crate::style::INK;

/// Colours of classes, from the least to the most: a ramp of one hue (ColorBrewer's blues, Harrower and Brewer 2003, The Cartographic Journal 40:27,
/// with steps of lightness made even), which is a ramp of greys for print and for readers who see no colours. Beside them the colour of text on them:
/// none of the five is of the middling lightness on which neither black nor white can be read (contrast of 4.5, WCAG 2.1, 1.4.3).
const RAMP: [(&str, &str); 5] = [("#DEEBF7", INK), ("#A3CCE6", INK), ("#5BA3D0", INK), ("#1461A8", WHITE), ("#08306B", WHITE)];
const WHITE: &str = "#fff";

/// Five classes of values above 0, by even steps of their square root: what chance does to a count is as large everywhere on that scale (Bartlett 1936,
/// Supplement to the Journal of the Royal Statistical Society 3:68), so places that differ by little have one colour, which classes of as many values
/// each would not give them. Maps that have the same classes can be compared.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Classes {
    /// Where the second and the later ones begin, rising.
    limits: Vec<f64>,
}

impl Classes {
    /// Classes for these values. What is 0 or no number is in none. The steps are fifths of the way from 0 to the value that 5 % are above, so that
    /// one very small place does not make all others pale; limits have two digits that count.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().filter_map(drawable).filter(|v| *v > 0.0).collect();
        values.sort_unstable_by(f64::total_cmp);
        let Some(top) = values.get(values.len() * 19 / 20) else { return Self::default() };
        let steps = RAMP.len() as f64;
        let mut limits: Vec<f64> = (1..RAMP.len()).map(|k| round(top * (k as f64 / steps).powi(2))).collect();
        // Numbers so small that they are one for a computer.
        limits.dedup();
        Self { limits }
    }

    /// How many.
    pub(crate) fn number(&self) -> usize {
        self.limits.len() + 1
    }

    /// Which one a value is in.
    pub(crate) fn class(&self, value: f64) -> usize {
        self.limits.iter().filter(|l| **l <= value).count()
    }

    /// Colour of a class, and of text on it. Few classes are spread over the ramp.
    pub(crate) fn colours(&self, class: usize) -> (&'static str, &'static str) {
        let last = RAMP.len() - 1;
        let at = if self.limits.is_empty() { last / 2 } else { class * last / self.limits.len() };
        RAMP[at.min(last)]
    }

    /// What a class is called in a legend.
    pub(crate) fn name(&self, class: usize) -> String {
        let limit = |k: usize| self.limits.get(k).map(|l| number(*l));
        match (class.checked_sub(1).and_then(limit), limit(class)) {
            (None, None) => "> 0".to_owned(),
            (None, Some(to)) => format!("< {to}"),
            (Some(from), None) => format!("≥ {from}"),
            (Some(from), Some(to)) => format!("{from}–{to}"),
        }
    }
}

/// Two digits that count.
fn round(x: f64) -> f64 {
    format!("{x:.1e}").parse().unwrap_or(x)
}

/// A number of a map: two digits that count, and whole ones as they are.
pub(crate) fn number(x: f64) -> String {
    if x == 0.0 || x >= 10.0 {
        return grouped(x, 0);
    }
    if x < 0.001 {
        return format!("{x:.0e}");
    }
    let digits = (1.0 - x.log10().floor()).clamp(1.0, 4.0) as usize;
    let text = grouped(x, digits);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;

    /// Relative luminance (WCAG 2.1).
    fn luminance(colour: &str) -> f64 {
        let hex = colour.trim_start_matches('#');
        let hex = if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.to_owned() };
        let linear = |k: usize| {
            let c = f64::from(u8::from_str_radix(&hex[k..k + 2], 16).unwrap()) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(0) + 0.7152 * linear(2) + 0.0722 * linear(4)
    }

    #[test]
    fn text_can_be_read_on_every_colour() {
        for (ground, text) in RAMP {
            let (a, b) = (luminance(ground), luminance(text));
            let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(contrast >= 4.5, "{text} on {ground}: {contrast}");
        }
    }
    #[test]
    fn every_class_is_darker_than_the_last_also_in_grey() {
        // Lightness L* (CIE 1976), white being 100: a step of 12 is seen at a glance. The first differs from white less, and has an edge.
        let lightness: Vec<f64> = RAMP.iter().map(|(c, _)| 116.0 * luminance(c).cbrt() - 16.0).collect();
        assert!(lightness[0] < 95.0 && lightness.windows(2).all(|w| w[0] - w[1] > 12.0), "{lightness:?}");
    }
    #[test]
    fn classes_are_even_steps_of_the_square_root() {
        let values: Vec<f64> = (1..=99).map(f64::from).chain([1e6, 0.0, f64::NAN, -3.0]).collect();
        let classes = Classes::of(values);
        // 95 % of a hundred values are below 96: its parts are 1, 4, 9 and 16 twenty-fifths.
        assert_eq!(classes.limits, [3.8, 15.0, 35.0, 61.0]);
        let names: Vec<String> = (0..classes.number()).map(|k| classes.name(k)).collect();
        assert_eq!(names, ["< 3.8", "3.8–15", "15–35", "35–61", "≥ 61"]);
        assert_eq!([1.0, 3.8, 34.9, 35.0, 1e6].map(|v| classes.class(v)), [0, 1, 2, 3, 4]);
    }
    #[test]
    fn values_that_are_alike_have_one_colour() {
        let classes = Classes::of([510.0, 512.0, 530.0, 499.0]);
        assert!([510.0, 512.0, 530.0, 499.0].iter().all(|v| classes.class(*v) == 4));
        let none = Classes::of([0.0, f64::INFINITY]);
        assert_eq!((none.number(), none.name(0).as_str(), none.colours(0)), (1, "> 0", RAMP[2]));
    }
    #[test]
    fn numbers_have_two_digits() {
        assert_eq!(
            [0.0, 0.000_04, 0.012_4, 0.5, 1.26, 9.0, 12.4, 12_345.0].map(number),
            ["0", "4e-5", "0.012", "0.5", "1.3", "9", "12", "12,345"]
        );
    }
}
