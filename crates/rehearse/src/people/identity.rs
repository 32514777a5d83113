//! Identity and telephone numbers that look right and belong to nobody.

use crate::kinds::Sex;
use jiff::{Timestamp, civil, tz::Offset};
use quell_foundation::Day;

/// The first prefix for identity numbers. 99 is the code of no province (GB/T 2260), so no real person has such a number.
const PREFIX: u32 = 999_999;
/// People of one sex born on one day under one prefix: sequence codes 001 to 999, odd for men, even for women (GB 11643-1999).
/// The next prefix below is used when they run out.
const PER_PREFIX: u32 = 499;

/// Weights of the first 17 digits, GB 11643-1999 (ISO 7064 MOD 11-2): 2^(18-i) mod 11.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The check digit (0–9 or X) that belongs to the first 17 digits of an identity number; `None` if they are not 17 digits.
/// Source: GB 11643-1999 公民身份号码.
pub fn identity_check_digit(first17: &str) -> Option<char> {
    let digits: Option<Vec<u32>> = first17.chars().map(|c| c.to_digit(10)).collect();
    let digits = digits.filter(|d| d.len() == 17)?;
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(d, w)| d * w).sum();
    "10X98765432".chars().nth((sum % 11) as usize)
}

/// Calendar of births: turns ages into birthdays.
pub(crate) struct Births {
    /// For each age in years, the latest day on which someone of that age was born.
    latest: Vec<Day>,
}

impl Births {
    pub(crate) fn new(as_of: Day, oldest: u32) -> Self {
        let today = date(as_of);
        let latest = (0..=oldest).map(|age| years_before(today, as_of, age)).collect();
        Self { latest }
    }

    /// The birthday of someone of this age, the `nth` of 365 (from 0) possible ones counted back from the latest.
    pub(crate) fn day(&self, age: u32, nth: u64) -> Day {
        self.latest[(age as usize).min(self.latest.len() - 1)].plus(-(nth.min(364) as i32))
    }
}

fn date(day: Day) -> civil::Date {
    Timestamp::from_second(i64::from(day.0) * 86_400).map(|t| Offset::UTC.to_datetime(t).date()).unwrap_or(civil::Date::ZERO)
}

/// The same date `age` years before (28 February for the 29th where there is none).
fn years_before(today: civil::Date, as_of: Day, age: u32) -> Day {
    let year = today.year() - age as i16;
    let then = civil::Date::new(year, today.month(), today.day()).or_else(|_| civil::Date::new(year, 2, 28));
    let days = then.ok().and_then(|then| today.since(then).ok()).map_or(0, |span| span.get_days());
    as_of.plus(-days)
}

/// Gives out identity numbers, each once.
pub(crate) struct IdentityNumbers {
    as_of: Day,
    /// How many men and women born this many days before `as_of` have a number.
    given: Vec<[u32; 2]>,
}

impl IdentityNumbers {
    pub(crate) fn new(as_of: Day) -> Self {
        Self { as_of, given: Vec::new() }
    }

    pub(crate) fn next(&mut self, born: Day, sex: Sex) -> String {
        let before = (self.as_of.0 - born.0).max(0) as usize;
        if before >= self.given.len() {
            self.given.resize(before + 1, [0; 2]);
        }
        let female = sex == Sex::Female;
        let count = &mut self.given[before][usize::from(female)];
        let (prefix, nth) = (PREFIX - *count / PER_PREFIX, *count % PER_PREFIX);
        *count += 1;
        let sequence = 2 * nth + if female { 2 } else { 1 };
        let day = date(born);
        let mut number = format!("{prefix}{:04}{:02}{:02}{sequence:03}", day.year(), day.month(), day.day());
        number.extend(identity_check_digit(&number));
        number
    }
}

/// The telephone number of the `ordinal`-th person: 11 digits that begin with 100. Chinese mobile numbers begin with 13 to 19.
/// Different for the first 100 million people: the factor has no divisor in common with 10^8.
pub(crate) fn phone(ordinal: u64) -> String {
    format!("100{:08}", ordinal * 61_803_399 % 100_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_follow_the_standard() {
        assert_eq!(identity_check_digit("11010519491231002"), Some('X'), "the example of GB 11643-1999");
        assert_eq!(identity_check_digit("1101051949123100"), None);
        assert_eq!(identity_check_digit("1101051949123100a"), None);
    }

    #[test]
    fn birthdays_give_the_age_even_on_a_leap_day() {
        for today in ["2022-11-26", "2024-02-29", "2023-03-01", "2024-12-31"] {
            let as_of: Day = today.parse().unwrap();
            let births = Births::new(as_of, 100);
            for age in 0..=100 {
                for nth in [0, 1, 200, 364] {
                    let (born, now) = (date(births.day(age, nth)), date(as_of));
                    let had_birthday = (now.month(), now.day()) >= (born.month(), born.day());
                    let years = i32::from(now.year() - born.year()) - i32::from(!had_birthday);
                    assert_eq!(years, age as i32, "{today} {age} {nth} {born}");
                }
            }
        }
    }

    #[test]
    fn numbers_stay_apart_when_a_day_is_crowded() {
        let day: Day = "1980-05-01".parse().unwrap();
        let mut numbers = IdentityNumbers::new(day.plus(10_000));
        let mut given: Vec<String> = (0..1_500).map(|_| numbers.next(day, Sex::Female)).collect();
        given.sort();
        given.dedup();
        assert_eq!(given.len(), 1_500);
        assert!(given.iter().all(|n| n.len() == 18 && n[14..17].parse::<u32>().unwrap() % 2 == 0));
    }
}
