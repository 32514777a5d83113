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

/// A scale: linear, or logarithmic from about 1 on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    from: f64,
    per_unit: f64,
    start: f64,
    log: bool,
}

impl Scale {
    /// Values `domain` on pixels `range`; a domain of no length is drawn as one of length 1.
    pub fn new(domain: (f64, f64), range: (f64, f64)) -> Self {
        let length = if domain.1 > domain.0 { domain.1 - domain.0 } else { 1.0 };
        Self { from: domain.0, per_unit: (range.1 - range.0) / length, start: range.0, log: false }
    }
    /// The same for the ticks of an axis from 0, linear or not.
    pub fn of(ticks: &Ticks, range: (f64, f64)) -> Self {
        if !ticks.log {
            return Self::new((0.0, ticks.top()), range);
        }
        Self { log: true, ..Self::new((0.0, ticks.top().ln_1p()), range) }
    }
    pub fn at(&self, x: f64) -> f64 {
        // log(1 + x): counts from 0 on have a place each.
        let x = if self.log { x.ln_1p() } else { x };
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
    log: bool,
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
        Self { at: (0..=number).map(|k| k as f64 * step).collect(), step, log: false }
    }
    /// For counts on a logarithmic scale: 0, the powers of ten, and an end at 1, 2 or 5 times a power of ten.
    pub fn log(top: f64) -> Self {
        let end = nice(top.max(1.0));
        let powers = (0..=15).map(|k| 10f64.powi(k)).take_while(|x| *x < end * (1.0 - 1e-9));
        Self { at: std::iter::once(0.0).chain(powers).chain([end]).collect(), step: 1.0, log: true }
    }
    /// The last one.
    pub fn top(&self) -> f64 {
        self.at.last().copied().unwrap_or(1.0)
    }
    /// What they are called.
    pub fn labels(&self, language: Language) -> Vec<String> {
        // On a logarithmic scale each has its own unit.
        let one = |x: &f64| if self.log { label(*x, *x, *x, language) } else { label(*x, self.step, self.top(), language) };
        self.at.iter().map(one).collect()
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

/// A number with its unit where it is large, three digits that count: `1.23 万`, `45.6 m`.
pub(crate) fn brief(x: f64, language: Language) -> String {
    let (units, plain) = if language == Language::Chinese { (CHINESE, 1e4) } else { (ENGLISH, 1e6) };
    match units.into_iter().find(|(u, _)| x >= *u).filter(|_| x >= plain) {
        Some((unit, name)) => format!("{}{name}", short(x / unit)),
        None if x.fract() == 0.0 || x >= 100.0 => grouped(x, 0),
        None => grouped(x, 1),
    }
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
    fn a_logarithmic_scale_has_a_place_for_zero_and_even_decades() {
        let ticks = Ticks::log(3_400.0);
        assert_eq!(ticks.at, [0.0, 1.0, 10.0, 100.0, 1000.0, 5000.0]);
        assert_eq!(ticks.labels(Language::Chinese)[4..], ["1,000", "5,000"]);
        assert_eq!(Ticks::log(20_000.0).labels(Language::Chinese)[5..], ["1 万", "2 万"]);
        assert_eq!((Ticks::log(0.0).at, Ticks::log(1000.0).top()), (vec![0.0, 1.0], 1000.0));
        let scale = Scale::of(&Ticks::log(1e6), (100.0, 0.0));
        assert!((scale.at(0.0) - 100.0).abs() < 1e-9 && scale.at(1e6).abs() < 1e-9);
        assert!((scale.at(1e3) - 50.0).abs() < 0.1 && (scale.at(1e4) - scale.at(1e5) - 100.0 / 6.0).abs() < 0.01);
    }
    #[test]
    fn a_brief_number_has_three_digits() {
        let both = |x: f64| [brief(x, Language::Chinese), brief(x, Language::English)];
        assert_eq!(both(12_345.0), ["1.23 万", "12,345"]);
        assert_eq!(both(3_456_789.0), ["346 万", "3.46 m"]);
        assert_eq!(both(17.26), ["17.3", "17.3"]);
        assert_eq!((both(0.0), both(812.4)), (["0", "0"].map(str::to_owned), ["812", "812"].map(str::to_owned)));
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
