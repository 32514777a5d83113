//! From values to pixels, and round numbers for an axis.

use crate::Language;

/// Values above this are no counts; they are left out.
pub(crate) const MOST: f64 = 1e15;

/// Values below this are drawn as 0: steps of so small an axis would be no numbers.
const LEAST: f64 = 1e-9;

/// A value that can be drawn: a number, not negative, not beyond all counts.
pub(crate) fn drawable(x: f64) -> Option<f64> {
    (x.is_finite() && (0.0..=MOST).contains(&x)).then_some(x)
}

/// A linear scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    from: f64,
    per_unit: f64,
    start: f64,
}

impl Scale {
    /// Values `domain` on pixels `range`; a domain of no length is drawn as one of length 1.
    pub fn new(domain: (f64, f64), range: (f64, f64)) -> Self {
        let length = if domain.1 > domain.0 { domain.1 - domain.0 } else { 1.0 };
        Self { from: domain.0, per_unit: (range.1 - range.0) / length, start: range.0 }
    }
    pub fn at(&self, x: f64) -> f64 {
        self.start + (x - self.from) * self.per_unit
    }
    /// Pixels of one unit.
    pub fn unit(&self) -> f64 {
        self.per_unit.abs()
    }
}

/// Round numbers from 0 to at least `top`, about `wanted` of them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ticks {
    /// The numbers, rising.
    pub at: Vec<f64>,
    step: f64,
}

impl Ticks {
    /// For counts, where `whole`: no step below 1.
    pub fn from_zero(top: f64, wanted: usize, whole: bool) -> Self {
        let top = if top > LEAST { top } else { 1.0 };
        // A few more or less than wanted, if that leaves less white above the highest value.
        let of = |wanted: usize| {
            let step = nice(top / wanted as f64).max(if whole { 1.0 } else { 0.0 });
            let number = (top / step - 1e-9).ceil().max(1.0);
            (number as usize, step)
        };
        let all = (wanted.saturating_sub(1).max(1)..=wanted + 2).map(of);
        let height = |t: &(usize, f64)| t.0 as f64 * t.1;
        let (number, step) = all.min_by(|a, b| height(a).total_cmp(&height(b)).then(a.0.cmp(&b.0))).unwrap_or((1, top));
        Self { at: (0..=number).map(|k| k as f64 * step).collect(), step }
    }
    /// The last one.
    pub fn top(&self) -> f64 {
        self.at.last().copied().unwrap_or(1.0)
    }
    /// What they are called.
    pub fn labels(&self, language: Language) -> Vec<String> {
        self.at.iter().map(|x| label(*x, self.step, self.top(), language)).collect()
    }
}

/// 1, 2 or 5 times a power of ten, the smallest that is no less.
pub(crate) fn nice(x: f64) -> f64 {
    let power = 10f64.powf(x.log10().floor());
    let of = [1.0, 2.0, 5.0].into_iter().find(|m| m * power >= x * (1.0 - 1e-9)).unwrap_or(10.0);
    of * power
}

/// Units of large numbers: from which one on, what it is, its name.
const ENGLISH: [(f64, &str); 3] = [(1e12, " trn"), (1e9, " bn"), (1e6, " m")];
const CHINESE: [(f64, &str); 3] = [(1e12, " 万亿"), (1e8, " 亿"), (1e4, " 万")];

fn label(x: f64, step: f64, top: f64, language: Language) -> String {
    if x == 0.0 {
        return "0".to_owned();
    }
    let units = if language == Language::Chinese { CHINESE } else { ENGLISH };
    // One unit for a whole axis.
    let (unit, name) = units.into_iter().find(|(u, _)| top >= *u).unwrap_or((1.0, ""));
    let digits = (-(step / unit).log10().floor()).clamp(0.0, 6.0) as usize;
    format!("{}{name}", grouped(x / unit, digits))
}

/// A number with commas.
pub(crate) fn grouped(x: f64, digits: usize) -> String {
    // Not -0.
    let text = format!("{:.digits$}", if x == 0.0 { 0.0 } else { x });
    let (whole, part) = text.split_once('.').map_or((text.as_str(), None), |(w, p)| (w, Some(p)));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |w| ("-", w));
    let mut out = sign.to_owned();
    for (k, c) in whole.chars().enumerate() {
        if k > 0 && (whole.len() - k).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if let Some(p) = part {
        out.push('.');
        out.push_str(p);
    }
    out
}

/// A number in a sentence: three digits that count.
pub(crate) fn short(x: f64) -> String {
    let digits = if x.abs() >= 100.0 {
        0
    } else if x.abs() >= 10.0 {
        1
    } else {
        2
    };
    grouped(x, digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_the_top() {
        assert_eq!(Ticks::from_zero(652.0, 4, true).at, [0.0, 200.0, 400.0, 600.0, 800.0]);
        assert_eq!(Ticks::from_zero(3.0, 4, true).at, [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(Ticks::from_zero(0.0, 4, true).at, [0.0, 1.0]);
        assert_eq!(Ticks::from_zero(5e-324, 5, false).top(), 1.0);
        assert_eq!(Ticks::from_zero(2.6, 4, false).top(), 3.0);
        assert_eq!(Ticks::from_zero(1095.0, 4, true).at.len(), 7);
    }
    #[test]
    fn large_numbers_have_their_units() {
        let labels = |top: f64, language| Ticks::from_zero(top, 2, true).labels(language);
        assert_eq!(labels(4000.0, Language::English), ["0", "2,000", "4,000"]);
        assert_eq!(labels(4000.0, Language::Chinese), ["0", "2,000", "4,000"]);
        assert_eq!(labels(40_000.0, Language::Chinese), ["0", "2 万", "4 万"]);
        assert_eq!(labels(30_000.0, Language::Chinese), ["0", "1 万", "2 万", "3 万"]);
        assert_eq!(labels(1.4e6, Language::English), ["0", "0.5 m", "1.0 m", "1.5 m"]);
    }
    #[test]
    fn a_number_has_commas() {
        assert_eq!(
            [grouped(1_234_567.0, 0), grouped(999.5, 1), grouped(-1000.0, 0), grouped(-0.0, 0)],
            ["1,234,567", "999.5", "-1,000", "0"]
        );
    }
}
