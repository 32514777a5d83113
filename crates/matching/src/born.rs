//! Two dates of birth.

use crate::reason::Why;
use crate::weights::{Weight, born as m, weight};
use quell_foundation::Day;

/// A date of birth in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Born {
    pub day: Day,
    pub year: i32,
    month: u8,
    of_month: u8,
    /// YYYYMMDD.
    digits: [u8; 8],
}

impl Born {
    pub fn of(day: Day) -> Self {
        let (year, month, of_month) = civil(day);
        let mut digits = [0; 8];
        let mut rest = year.rem_euclid(10_000) as u32 * 10_000 + u32::from(month) * 100 + u32::from(of_month);
        for d in digits.iter_mut().rev() {
            *d = (rest % 10) as u8;
            rest /= 10;
        }
        Self { day, year, month, of_month, digits }
    }
    /// 1 January stands for a year of which no more is known.
    pub fn is_placeholder(self) -> bool {
        self.month == 1 && self.of_month == 1
    }
}

/// Year, month and day of the proleptic Gregorian calendar (Hinnant, chrono-compatible low-level date algorithms).
fn civil(day: Day) -> (i32, u8, u8) {
    let z = i64::from(day.0) + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as i32, month as u8, of_month as u8)
}

/// What two dates of birth say.
pub(crate) fn compare(a: Born, b: Born) -> (Why, Weight) {
    if a.day == b.day {
        return if a.is_placeholder() {
            (Why::BornYear, weight(m::YEAR, 1.0 / m::YEARS))
        } else {
            (Why::BornSame, weight(m::SAME, 1.0 / m::DATES))
        };
    }
    let apart = (a.year - b.year).abs();
    if a.is_placeholder() || b.is_placeholder() {
        match apart {
            0 => return (Why::BornYear, weight(m::YEAR, 1.0 / m::YEARS)),
            1 => return (Why::BornYearNear, weight(m::YEAR_NEAR, 2.0 / m::YEARS)),
            _ => {}
        }
    }
    let differ: Vec8 = differing(&a.digits, &b.digits);
    if apart == 0 && a.month == b.of_month && a.of_month == b.month {
        (Why::BornSwapped, weight(m::SWAPPED, 1.0 / m::DATES))
    } else if differ.len == 1 {
        (Why::BornDigit, weight(m::DIGIT, m::DIGIT_NEIGHBOURS / m::DATES))
    } else if turned(&a.digits, &b.digits, &differ) {
        (Why::BornTurned, weight(m::TURNED, m::TURNED_NEIGHBOURS / m::DATES))
    } else if (m::LUNAR_DAYS.0..=m::LUNAR_DAYS.1).contains(&a.day.0.abs_diff(b.day.0).try_into().unwrap_or(i32::MAX)) {
        let width = f64::from(2 * (m::LUNAR_DAYS.1 - m::LUNAR_DAYS.0 + 1));
        (Why::BornLunar, weight(m::LUNAR, width / m::DATES))
    } else if apart >= m::GENERATION_YEARS {
        (Why::BornGeneration, weight(m::GENERATION, 1.0))
    } else {
        (Why::BornDiffers, weight(m::DIFFERS, 1.0))
    }
}

/// Where two dates differ.
struct Vec8 {
    at: [usize; 8],
    len: usize,
}

fn differing(a: &[u8; 8], b: &[u8; 8]) -> Vec8 {
    let mut out = Vec8 { at: [0; 8], len: 0 };
    for i in 0..8 {
        if a[i] != b[i] {
            out.at[out.len] = i;
            out.len += 1;
        }
    }
    out
}

fn turned(a: &[u8; 8], b: &[u8; 8], differ: &Vec8) -> bool {
    let [i, j, ..] = differ.at;
    differ.len == 2 && j == i + 1 && a[i] == b[j] && a[j] == b[i]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(a: &str, b: &str) -> Why {
        compare(Born::of(a.parse().unwrap()), Born::of(b.parse().unwrap())).0
    }

    #[test]
    fn the_calendar_is_the_foundations() {
        for day in (-30_000..30_000).step_by(37).map(Day) {
            let b = Born::of(day);
            assert_eq!(format!("{:04}-{:02}-{:02}", b.year, b.month, b.of_month), day.to_string());
        }
        Born::of(Day(i32::MIN));
        Born::of(Day(i32::MAX));
    }

    #[test]
    fn slips_of_a_date_are_told_apart() {
        assert_eq!(why("1985-03-12", "1985-03-12"), Why::BornSame);
        assert_eq!(why("1985-03-12", "1985-12-03"), Why::BornSwapped);
        assert_eq!(why("1985-03-12", "1985-03-13"), Why::BornDigit);
        assert_eq!(why("1985-03-12", "1985-03-21"), Why::BornTurned);
        assert_eq!(why("1985-01-01", "1985-03-21"), Why::BornYear);
        assert_eq!(why("1985-01-01", "1986-03-21"), Why::BornYearNear);
        assert_eq!(why("1985-01-01", "1985-01-01"), Why::BornYear);
        assert_eq!(why("1985-03-12", "1985-04-17"), Why::BornLunar);
        assert_eq!(why("1985-03-12", "1988-11-25"), Why::BornDiffers);
        assert_eq!(why("1955-03-12", "1988-11-25"), Why::BornGeneration);
    }

    #[test]
    fn a_date_alone_says_less_than_its_count_of_days() {
        let same = compare(Born::of(Day(5000)), Born::of(Day(5000))).1;
        assert!((1_300..1_500).contains(&same));
        assert!(compare(Born::of(Day(0)), Born::of(Day(0))).1 < 600, "1970-01-01 is a placeholder");
    }
}
