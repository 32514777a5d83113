//! Values of options: what is possible. Whatever is not is refused with the option, the value and what to do.

use crate::said::Trouble;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// More people than this have no room: twenty bytes each are 4 gigabytes.
pub(crate) const MOST_PEOPLE: u32 = 200_000_000;
/// Ten years. A rehearsal has no births and no deaths but those of its disease.
pub(crate) const MOST_DAYS: u32 = 3_650;
/// More runs than this are a slip.
pub(crate) const MOST_RUNS: u64 = 10_000_000;
/// More threads than this are a slip.
const MOST_THREADS: usize = 1_024;

/// A whole number, or why it is none; both languages, as the language is not known yet.
///
/// # Errors
/// If it is none, or too large.
pub(crate) fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| {
        match text.parse::<i128>() {
            Ok(n) if n < 0 => "不能为负 (must not be negative)",
            Ok(_) => "太大 (too large)",
            Err(_) => "须为整数，只写数字，如 20000 (must be a whole number in digits, such as 20000)",
        }
        .to_owned()
    })
}

/// A number, or that it is none. Whether it is possible is seen to later.
///
/// # Errors
/// If it is none.
pub(crate) fn number(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| "须为数，如 0.5 (must be a number, such as 0.5)".to_owned())
}

/// Refuses a value of an option that lies outside of a range. `advice` says what to do, in Chinese and English.
///
/// # Errors
/// If it does.
pub(crate) fn within<T: PartialOrd + Display>(
    option: &str,
    value: T,
    range: &RangeInclusive<T>,
    advice: (&str, &str),
) -> Result<(), Trouble> {
    if range.contains(&value) {
        return Ok(());
    }
    let (low, high) = (range.start(), range.end());
    Err(Trouble::new(
        format!("{option} {value}：须在 {low} 至 {high} 之间；{}", advice.0),
        format!("{option} {value}: must lie between {low} and {high}; {}", advice.1),
    ))
}

/// A share: above 0 and below 1.
///
/// # Errors
/// If it is none.
pub(crate) fn open_share(option: &str, value: f64, advice: (&str, &str)) -> Result<(), Trouble> {
    if value > 0.0 && value < 1.0 {
        return Ok(());
    }
    Err(Trouble::new(
        format!("{option} {value}：须大于 0 且小于 1；{}", advice.0),
        format!("{option} {value}: must lie above 0 and below 1; {}", advice.1),
    ))
}

/// How many threads.
///
/// # Errors
/// If it is none, or more than any machine has use for.
pub(crate) fn threads(wanted: Option<usize>) -> Result<(), Trouble> {
    let advice = ("不写此项即与处理器数相同", "left out, there are as many as processors");
    wanted.map_or(Ok(()), |n| within("--threads", n, &(1..=MOST_THREADS), advice))
}

/// How many threads of `run`, which has one if none is asked for.
///
/// # Errors
/// As [`threads`].
pub(crate) fn threads_of_a_run(wanted: usize) -> Result<(), Trouble> {
    within("--threads", wanted, &(1..=MOST_THREADS), ("不写此项即为 1", "left out, it is 1"))
}

/// Worlds: so many seeds from a first one on.
///
/// # Errors
/// If there are too few or too many, or the last is no number any more.
pub(crate) fn seeds(first: u64, number: u64, least: u64) -> Result<(), Trouble> {
    within("--seeds", number, &(least..=MOST_RUNS), ("一般用 20", "20 is a good number to begin with"))?;
    let last = u64::MAX - number;
    within("--seed", first, &(0..=last), ("请用较小的种子，如 1", "use a smaller one, such as 1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_told_in_both_languages() {
        let said = |text: &str| whole::<u32>(text).err().unwrap_or_default();
        assert_eq!(whole::<u32>("20000"), Ok(20_000));
        assert!(said("-5").contains("不能为负") && said("5000000000").contains("too large") && said("2e4").contains("whole number"));
        assert!(number("-1.5") == Ok(-1.5) && number("much").is_err_and(|e| e.contains("须为数") && e.contains("must be a number")));
    }

    #[test]
    fn a_value_outside_is_told_with_its_option_and_what_to_do() {
        let said = threads(Some(0)).err();
        assert_eq!(said.as_ref().map(|t| t.text(true)), Some("--threads 0：须在 1 至 1024 之间；不写此项即与处理器数相同"));
        assert_eq!(
            said.as_ref().map(|t| t.text(false)),
            Some("--threads 0: must lie between 1 and 1024; left out, there are as many as processors")
        );
        assert!(threads(None).is_ok() && threads(Some(1024)).is_ok());
        assert!(seeds(1, 0, 1).is_err() && seeds(1, 1, 2).is_err() && seeds(u64::MAX, 2, 1).is_err() && seeds(0, 20, 1).is_ok());
        let share = |x: f64| within("--unfound", x, &(0.0..=1.0), ("", "")).is_ok();
        assert!(share(0.0) && share(1.0) && !share(-0.1) && !share(f64::NAN) && !share(f64::INFINITY));
        assert!(open_share("--quantile", f64::NAN, ("", "")).is_err() && open_share("--quantile", 0.5, ("", "")).is_ok());
    }
}
