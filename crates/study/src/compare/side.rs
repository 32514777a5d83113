//! All policies of a comparison on one picture.

use crate::heed::Heed;
use crate::picture;
use crate::row::{Run, title};
use crate::said::Trouble;
use crate::statistics::{Summary, wilson};
use quell_charts::{Estimate, Head, Says, SideBySide, SideColumn, SideValue};
use serde_json::Value;
use std::path::Path;

/// What is drawn, beside the share that reaches zero: which number, and what it is about.
const DRAWN: [(&str, Says); 6] = [
    ("days_to_zero", Says::End),
    ("infections", Says::Harm),
    ("severe", Says::Harm),
    ("deaths", Says::Harm),
    ("restriction_person_days", Says::Cost),
    ("tests", Says::Cost),
];

/// Writes `policies.svg`.
pub(super) fn write(path: &Path, names: &[&str], by_policy: &[Vec<&Run>], report: &Value, chinese: bool) -> Result<(), Trouble> {
    picture::written(path, &side(names, by_policy, report, chinese).svg(picture::language(chinese)))
}

fn side(names: &[&str], by_policy: &[Vec<&Run>], report: &Value, chinese: bool) -> SideBySide {
    let say = |zh: &str, en: &str| if chinese { zh } else { en }.to_owned();
    let runs = by_policy.first().map_or(0, Vec::len);
    let days = report["days"].as_f64().unwrap_or(0.0);
    let from = super::words::counted_from(report, chinese);
    let share = SideColumn {
        name: say("清零比例", "Reach zero"),
        says: Says::End,
        end: None,
        values: by_policy.iter().map(|runs| reached(runs)).collect(),
    };
    let number = |(name, says): &(&str, Says)| SideColumn {
        name: title(name, chinese).to_owned(),
        says: *says,
        end: (*name == "days_to_zero").then_some(days),
        values: by_policy.iter().map(|runs| value(runs, name, chinese)).collect(),
    };
    SideBySide {
        head: Head {
            title: Some(say("各策略并列比较", "Policies side by side")),
            subtitle: Some(match chinese {
                true => format!("每项策略 {runs} 次预演，{days:.0} 天（{from}）；除清零比例越大越好外，其余越小越好"),
                false => {
                    format!("{runs} runs a policy, {days:.0} days {from}; more is better of the share that reaches zero, less of all else")
                }
            }),
            source: None,
        },
        rows: names.iter().map(|n| (*n).to_owned()).collect(),
        remarks: (0..names.len()).map(|k| Heed::from(&report["policies"][k]).lines(chinese)).collect(),
        columns: std::iter::once(share).chain(DRAWN.iter().map(number)).collect(),
        notes: vec![say(
            "清零日只计清零的预演；过半未清零者不列。清零比例的横条为其 90% 区间（Wilson）。编号即 fan-N、townships-N、map-N 的 N。",
            "Days to zero are those of the runs that reach it, and left out where most do not. The bar of a share is its interval of 90 % (Wilson). Numbers are those of fan-N, townships-N and map-N.",
        )],
    }
}

/// The share of runs that reach zero.
fn reached(runs: &[&Run]) -> SideValue {
    let k = runs.iter().filter(|r| r.number("days_to_zero").is_some()).count();
    SideValue::Share(Estimate { middle: k as f64 / runs.len().max(1) as f64, half: None, most: wilson(k, runs.len()) })
}

/// Median, 5 and 95 % of a number. The day of zero is none where more than half of the runs have none.
fn value(runs: &[&Run], name: &str, chinese: bool) -> SideValue {
    let all: Vec<f64> = runs.iter().filter_map(|r| r.number(name)).collect();
    match Summary::of(&all).filter(|_| 2 * all.len() >= runs.len()) {
        Some(s) => SideValue::Amount(Estimate { middle: s.q50, half: None, most: (s.q05, s.q95) }),
        None => SideValue::Missing(if chinese { "过半未清零" } else { "most never" }.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::NUMBERS;

    #[test]
    fn a_day_of_zero_is_drawn_only_where_half_of_the_runs_have_one() {
        let run = |zero: Option<f64>| Run {
            policy: String::new(),
            seed: 1,
            numbers: NUMBERS.iter().map(|n| if *n == "days_to_zero" { zero } else { Some(8.0) }).collect(),
            days: Vec::new(),
            townships: Vec::new(),
            hash: String::new(),
        };
        let some = [run(Some(20.0)), run(Some(30.0)), run(None), run(None)];
        let few = [run(Some(20.0)), run(None), run(None), run(None)];
        let by_policy = [some.iter().collect(), few.iter().collect()];
        let picture = side(&["a", "b"], &by_policy, &super::super::report(&["a", "b"], &by_policy, 60, 10), true);
        // Eight of ten are infected, and every tube was thrown away.
        assert_eq!(picture.remarks[1].len(), 2);
        assert!(picture.remarks[0][0].contains("80 %") && picture.remarks[0][1].contains("100 % 的采样管"), "{:?}", picture.remarks);
        assert_eq!(picture.columns[1].values[1], SideValue::Missing("过半未清零".to_owned()));
        assert!(matches!(picture.columns[1].values[0], SideValue::Amount(e) if e.middle == 25.0), "{:?}", picture.columns[1]);
        let share = |k: usize| match &picture.columns[0].values[k] {
            SideValue::Share(e) => e.middle,
            other => panic!("{other:?}"),
        };
        assert_eq!([share(0), share(1)], [0.5, 0.25]);
        assert!(matches!(picture.columns[6].values[1], SideValue::Amount(e) if e.middle == 8.0));
    }
}
