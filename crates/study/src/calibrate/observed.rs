//! What was observed: cases by day.

use crate::said::Trouble;
use quell_foundation::Day;
use quell_tabular::{Mapping, Row};
use std::collections::BTreeMap;
use std::path::Path;

const MAPPING: &str = include_str!("../../mappings/observed.toml");
/// More days than this are a slip in a date.
const MOST: i64 = 1_000;

/// Cases by day, from the first day with a row to the last.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Observed {
    /// The number of the first day, where days are numbered.
    pub first: i64,
    /// The first day, where days are dates.
    pub date: Option<Day>,
    /// Counts; a day that has no row, or no count, is none.
    pub counts: Vec<Option<f64>>,
}

impl Observed {
    /// From a table, by the mapping that comes with Quell or the user's own.
    ///
    /// # Errors
    /// If a row cannot be read, a day is there twice or has none, or fewer than three days are known.
    pub(crate) fn read(path: &Path, own: Option<&Path>) -> Result<Self, Trouble> {
        let (name, text) = match own {
            None => ("rehearse-observed".to_owned(), MAPPING.to_owned()),
            Some(file) => (file.display().to_string(), std::fs::read_to_string(file).map_err(|e| Trouble::io(file, &e))?),
        };
        let mapping = Mapping::parse(&name, &text).map_err(|problems| {
            let all = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
            Trouble::new(all.clone(), all)
        })?;
        let at = path.display();
        let table = |e: quell_tabular::OpenError| {
            Trouble::new(format!("{at}：{}；{}", e.message_zh, e.advice_zh), format!("{at}: {}; {}", e.message_en, e.advice_en))
        };
        let mut rows = quell_tabular::open(path, &mapping.options()).and_then(|reader| reader.rows(&mapping)).map_err(table)?;
        let mut good = Vec::new();
        for row in rows.by_ref() {
            good.push(row.map_err(|errors| {
                let all = |f: &dyn Fn(&quell_tabular::RowError) -> String| errors.iter().map(f).collect::<Vec<_>>().join("\n");
                Trouble::new(
                    all(&|e| format!("{at}，行 {}：{}；{}", e.line, e.message_zh, e.advice_zh)),
                    all(&|e| format!("{at}, line {}: {}; {}", e.line, e.message_en, e.advice_en)),
                )
            })?);
        }
        if !rows.summary().read_columns.contains_key("cases") {
            return Err(Trouble::new(
                format!("{at}：没有病例数一列；请用 cases、found、病例数 作列名，或用 --mapping 指明"),
                format!("{at}: no column has counts; call it cases or found, or name it in a mapping (--mapping)"),
            ));
        }
        Self::of(path, &good)
    }

    fn of(path: &Path, rows: &[Row]) -> Result<Self, Trouble> {
        let at = path.display();
        let wrong = |zh: &str, en: &str| Trouble::new(format!("{at}{zh}"), format!("{at}{en}"));
        let numbered = rows.iter().any(|r| r.integer("t").is_some());
        let mut by_day: BTreeMap<i64, Option<f64>> = BTreeMap::new();
        for row in rows {
            let line = row.line;
            let day = if numbered { row.integer("t") } else { row.date("date").map(|d| i64::from(d.0)) };
            let Some(day) = day else {
                return Err(wrong(
                    &format!("，行 {line}：没有日期（date、日期或 t 列）"),
                    &format!(", line {line}: no day (column date or t)"),
                ));
            };
            if by_day.insert(day, row.decimal("cases")).is_some() {
                return Err(wrong(&format!("，行 {line}：这一天出现了两次"), &format!(", line {line}: the day is there twice")));
            }
        }
        let (first, last) = match (by_day.first_key_value(), by_day.last_key_value()) {
            (Some(first), Some(last)) => (*first.0, *last.0),
            _ => return Err(wrong("：没有数据行", ": there are no rows")),
        };
        if last.saturating_sub(first) > MOST {
            return Err(wrong(
                &format!("：首日与末日相隔超过 {MOST} 天；请检查日期"),
                &format!(": more than {MOST} days from the first to the last; check the dates"),
            ));
        }
        let counts: Vec<Option<f64>> = (first..=last).map(|d| by_day.get(&d).copied().flatten()).collect();
        if counts.iter().flatten().count() < 3 {
            return Err(wrong("：至少需要三天的病例数", ": counts of at least three days are needed"));
        }
        let date = (!numbered).then(|| Day(i32::try_from(first).unwrap_or_default()));
        Ok(Self { first: if numbered { first } else { 1 }, date, counts })
    }

    /// How far simulated counts lie from these, by day from the first: the root mean square, over the days that are known, of the difference of 2 √(n + 3/8), which
    /// makes the variance of a Poisson count about 1 whatever its mean (Anscombe 1948, Biometrika 35:246), divided by √2. So two Poisson counts of the same mean are
    /// at a distance of about 1.
    pub(crate) fn distance(&self, simulated: &[f64]) -> f64 {
        let stable = |n: f64| 2.0 * (n + 0.375).sqrt();
        let squares = self.counts.iter().enumerate().filter_map(|(day, n)| {
            let simulated = simulated.get(day).copied().unwrap_or(0.0);
            Some((stable((*n)?) - stable(simulated)).powi(2))
        });
        let (sum, n) = squares.fold((0.0, 0.0), |(sum, n), s| (sum + s, n + 1.0));
        f64::sqrt(sum / n / 2.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;
    use quell_epidemic::random::Key;

    fn read(text: &str) -> Result<Observed, Trouble> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("observed.csv");
        std::fs::write(&path, text).unwrap();
        Observed::read(&path, None)
    }

    #[test]
    fn dates_or_numbers_in_either_language() {
        let known = read("日期,病例数\n2022-11-03,4\n2022-11-01,1\n2022-11-02,2\n2022-11-05,\n").unwrap();
        assert_eq!(known.date.map(|d| d.to_string()), Some("2022-11-01".to_owned()));
        assert_eq!(known.counts, [Some(1.0), Some(2.0), Some(4.0), None, None]);
        let numbered = read("t,cases\n5,1\n6,0\n7,NA\n8,3\n").unwrap();
        assert_eq!((numbered.first, numbered.counts), (5, vec![Some(1.0), Some(0.0), None, Some(3.0)]));
    }

    #[test]
    fn a_faulty_row_is_told_by_its_line() {
        let told = |text: &str| read(text).map_err(|t| (t.text(true).to_owned(), t.text(false).to_owned())).unwrap_err();
        assert!(told("t,cases\n1,1\n1,2\n2,3\n").1.contains("line 3: the day is there twice"));
        assert!(told("t,cases\n1,1\n2,-4\n3,3\n").0.contains("行 3"));
        assert!(told("t,cases\n1,1\n2,4\n").0.contains("至少需要三天"));
        assert!(told("t,people\n1,1\n2,4\n3,5\n").1.contains("observed.csv"));
    }

    #[test]
    fn poisson_counts_of_one_mean_are_at_a_distance_of_one() {
        let mut draws = Key::new(1).draws();
        for mean in [2.0, 20.0, 200.0] {
            let mut series = || (0..2_000).map(|_| f64::from(draws.poisson(mean))).collect::<Vec<_>>();
            let (a, b) = (series(), series());
            let observed = Observed { first: 1, date: None, counts: a.into_iter().map(Some).collect() };
            let distance = observed.distance(&b);
            assert!((distance - 1.0).abs() < 0.06, "{mean}: {distance}");
        }
        let observed = Observed { first: 1, date: None, counts: vec![Some(4.0), None, Some(9.0)] };
        assert_eq!(observed.distance(&[4.0, 77.0, 9.0]), 0.0, "a day that is not known does not count");
    }
}
