//! The axis of days: as many dates as there is room for, in two rows, so that no date is written out twice.

use crate::measure::width;
use crate::scale::{Scale, Ticks, nice};
use crate::style::{INK, SMALL_SIZE, SOFT, WIDTH};
use crate::svg::{Anchor, Look, Svg};
use crate::{Language, Start};
use jiff::civil::Date;

/// Height of the axis below the drawing.
pub(crate) const AXIS_HEIGHT: f64 = 32.0;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// A day of the calendar; far beyond any outbreak it stays at the end of the calendar.
fn date(since_1970: i64) -> Date {
    let days = since_1970.clamp(-700_000, 2_900_000);
    jiff::Span::new().try_days(days).map_or(EPOCH, |s| EPOCH.saturating_add(s))
}

/// Where labels stand, and what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Days(i64),
    /// From Monday to Monday.
    Weeks,
    Months(i64),
    Years(i64),
}

impl Step {
    /// The smallest step whose labels have room at so many pixels a day.
    fn for_days(pixels: f64) -> Self {
        let fit = |days: f64, room: f64| days * pixels >= room;
        [1, 2].into_iter().find(|d| fit(*d as f64, 18.0)).map(Self::Days).unwrap_or_else(|| {
            if fit(7.0, 24.0) {
                return Self::Weeks;
            }
            let months = [1, 2, 3, 6].into_iter().find(|m| fit(*m as f64 * 30.4, 36.0)).map(Self::Months);
            months.unwrap_or_else(|| Self::Years(nice(38.0 / (365.2 * pixels)).clamp(1.0, 1e6) as i64))
        })
    }
    /// Whether a label stands at this day.
    fn has(self, day: i64, date: Date) -> bool {
        match self {
            Self::Days(step) => day.rem_euclid(step) == 0,
            // 1970-01-01 was a Thursday.
            Self::Weeks => (day + 3).rem_euclid(7) == 0,
            Self::Months(step) => date.day() == 1 && (i64::from(date.month()) - 1) % step == 0,
            Self::Years(step) => date.day() == 1 && date.month() == 1 && i64::from(date.year()) % step == 0,
        }
    }
}

/// The axis of days of a drawing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Days {
    pub start: Start,
    pub language: Language,
}

impl Days {
    /// What a day is called in a sentence.
    pub fn name(&self, offset: i64) -> String {
        match self.start {
            Start::Number(first) => match self.language {
                Language::Chinese => format!("第 {} 天", first.saturating_add(offset)),
                Language::English => format!("day {}", first.saturating_add(offset)),
            },
            Start::Date { since_1970 } => {
                let d = date(i64::from(since_1970).saturating_add(offset));
                match self.language {
                    Language::Chinese => format!("{}年{}月{}日", d.year(), d.month(), d.day()),
                    Language::English => format!("{} {} {}", d.day(), month(d, self.language), d.year()),
                }
            }
        }
    }

    /// Draws the axis of days `from` to `to` (offsets from the start; a day is as long as from one whole number to the next) below `y`.
    pub fn draw(&self, svg: &mut Svg, scale: &Scale, from: f64, to: f64, y: f64) {
        svg.line((scale.at(from), y), (scale.at(to), y), r##"stroke="#222" stroke-width="1""##);
        match self.start {
            Start::Number(first) => self.numbers(svg, scale, first, (from, to), y),
            Start::Date { since_1970 } => self.dates(svg, scale, i64::from(since_1970), (from, to), y),
        }
    }

    /// Where upright lines of a grid stand: at the labels.
    pub fn grid(&self, scale: &Scale, from: f64, to: f64) -> Vec<f64> {
        let (low, high) = (from.floor() as i64, to.ceil() as i64);
        match self.start {
            Start::Number(first) => numbered(scale, first, low, high).map(|day| scale.at(day as f64 + 0.5)).collect(),
            Start::Date { since_1970 } => {
                let (first, step) = (i64::from(since_1970), Step::for_days(scale.unit()));
                let middle = if matches!(step, Step::Days(_) | Step::Weeks) { 0.5 } else { 0.0 };
                let days = (low..high.min(low.saturating_add(MOST_DAYS))).filter(|d| step.has(first + d, date(first + d)));
                days.map(|d| scale.at(d as f64 + middle)).collect()
            }
        }
    }

    fn numbers(&self, svg: &mut Svg, scale: &Scale, first: i64, (from, to): (f64, f64), y: f64) {
        for day in numbered(scale, first, from.floor() as i64, to.ceil() as i64) {
            let x = scale.at(day as f64 + 0.5);
            tick(svg, x, y, 4.0);
            let text = (first.clamp(-MOST_NUMBER, MOST_NUMBER) + day).to_string();
            let middle = x.min(WIDTH - 2.0 - width(&text, SMALL_SIZE) / 2.0);
            svg.text(middle, y + 15.0, Look::new(SMALL_SIZE).anchor(Anchor::Middle), &text);
        }
        let middle = scale.at((from + to) / 2.0);
        svg.text(middle, y + 28.0, Look::new(SMALL_SIZE).colour(SOFT).anchor(Anchor::Middle), self.language.say("天", "day"));
    }

    fn dates(&self, svg: &mut Svg, scale: &Scale, first: i64, (from, to): (f64, f64), y: f64) {
        let step = Step::for_days(scale.unit());
        let (low, high) = (from.floor() as i64, to.ceil() as i64);
        let days = low..high.min(low.saturating_add(MOST_DAYS));
        let right = (scale.at(to) + 24.0).min(WIDTH - 2.0);
        let look = Look::new(SMALL_SIZE);
        let mut periods: Vec<(f64, Date)> = vec![(scale.at(from), date(first + low))];
        for offset in days {
            let (day, d) = (first + offset, date(first + offset));
            let x = scale.at(offset as f64);
            match step {
                Step::Days(_) | Step::Weeks => {
                    if d.day() == 1 && offset > low {
                        periods.push((x, d));
                    }
                    if step.has(day, d) {
                        let middle = scale.at(offset as f64 + 0.5);
                        tick(svg, middle, y, 4.0);
                        svg.text(middle, y + 15.0, look.anchor(Anchor::Middle), &d.day().to_string());
                    }
                }
                Step::Months(_) | Step::Years(_) => {
                    if d.day() == 1 && d.month() == 1 && offset > low {
                        periods.push((x, d));
                    }
                    if step.has(day, d) {
                        tick(svg, x, y, 6.0);
                        let text = if matches!(step, Step::Months(_)) { month(d, self.language) } else { year(d, self.language) };
                        if x + 3.0 + width(&text, SMALL_SIZE) <= right {
                            svg.text(x + 3.0, y + 15.0, look, &text);
                        }
                    }
                }
            }
        }
        if !matches!(step, Step::Years(_)) {
            self.periods(svg, &periods, matches!(step, Step::Months(_)), right, y);
        }
    }

    /// The second row: the months of days, or the years of months.
    fn periods(&self, svg: &mut Svg, periods: &[(f64, Date)], years: bool, right: f64, y: f64) {
        let (mut told, mut free) = (None, f64::NEG_INFINITY);
        for (k, (x, d)) in periods.iter().enumerate() {
            let text = match (years, told == Some(d.year()), self.language) {
                (true, ..) => year(*d, self.language),
                (false, true, _) => month(*d, self.language),
                (false, false, Language::Chinese) => format!("{}年{}", d.year(), month(*d, self.language)),
                (false, false, Language::English) => format!("{} {}", month(*d, self.language), d.year()),
            };
            let end = x + 3.0 + width(&text, SMALL_SIZE);
            // The first period is cut off by the edge: its name yields to the next one's.
            let next = periods.get(k + 1).map_or(right, |p| p.0);
            if *x < free || end > if k == 0 { next } else { right } {
                continue;
            }
            if k > 0 {
                // Between days it begins below their numbers.
                svg.line((*x, y + if years { 0.0 } else { 18.0 }), (*x, y + 29.0), r##"stroke="#999" stroke-width="0.8""##);
            }
            svg.text(if k == 0 { *x } else { x + 4.0 }, y + 28.0, Look::new(SMALL_SIZE).colour(SOFT), &text);
            (told, free) = (Some(d.year()), end + 4.0);
        }
    }
}

/// Days whose numbers are round, by offset.
fn numbered(scale: &Scale, first: i64, low: i64, high: i64) -> impl Iterator<Item = i64> {
    let first = first.clamp(-MOST_NUMBER, MOST_NUMBER);
    let length = (high - low) as f64;
    let ticks = Ticks::from_zero(length, (length * scale.unit() / 60.0).clamp(2.0, 12.0) as usize, true);
    let step = (ticks.at.get(1).copied().unwrap_or(1.0) as i64).max(1);
    let begin = (first + low + step - 1).div_euclid(step) * step - first;
    (0..).map(move |k| begin + k * step).take_while(move |day| *day < high)
}

/// No day has a number beyond this: it would not stand within the edges.
const MOST_NUMBER: i64 = 999_999;
/// More days than this are not searched for labels.
const MOST_DAYS: i64 = 400_000;

fn tick(svg: &mut Svg, x: f64, y: f64, length: f64) {
    svg.line((x, y), (x, y + length), &format!(r##"stroke="{INK}" stroke-width="0.8""##));
}
fn month(d: Date, language: Language) -> String {
    match language {
        Language::Chinese => format!("{}月", d.month()),
        Language::English => MONTHS.get(d.month() as usize - 1).copied().unwrap_or_default().to_owned(),
    }
}
fn year(d: Date, language: Language) -> String {
    match language {
        Language::Chinese => format!("{}年", d.year()),
        Language::English => d.year().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_its_name() {
        let days = |language| Days { start: Start::Date { since_1970: 19_316 }, language };
        assert_eq!(days(Language::English).name(0), "20 Nov 2022");
        assert_eq!(days(Language::Chinese).name(11), "2022年12月1日");
        assert_eq!(Days { start: Start::Number(1), language: Language::English }.name(4), "day 5");
    }
    #[test]
    fn weeks_begin_on_monday() {
        // 21 November 2022 was one.
        assert!(Step::Weeks.has(19_317, date(19_317)) && !Step::Weeks.has(19_318, date(19_318)));
    }
    #[test]
    fn labels_get_rarer_with_less_room() {
        let steps = [20.0, 10.0, 4.0, 2.0, 0.5, 0.05, 0.001].map(Step::for_days);
        assert_eq!(steps, [Step::Days(1), Step::Days(2), Step::Weeks, Step::Months(1), Step::Months(3), Step::Years(5), Step::Years(200)]);
    }
    #[test]
    fn no_day_is_beyond_the_calendar() {
        let days = Days { start: Start::Date { since_1970: i32::MAX }, language: Language::English };
        assert!(!days.name(i64::MAX).is_empty());
    }
}
