//! What a comparison says at the terminal.

use crate::row::title;
use serde_json::Value;
use std::path::Path;

/// What is shown of a policy. All other numbers are in the files.
const SHOWN: [&str; 9] = [
    "days_to_zero",
    "infections",
    "severe",
    "deaths",
    "tests",
    "restriction_person_days",
    "isolation_room_days",
    "school_days_lost",
    "staff_hours",
];

/// With fewer runs than this, nothing lies between 5 and 95 % but the least and the greatest.
const FEW: u64 = 10;

/// Text of a report as [`super::report`] makes it.
pub(super) fn said(report: &Value, chinese: bool) -> String {
    let say = |zh: &'static str, en: &'static str| if chinese { zh } else { en };
    let mut text = known(&report["known"], chinese);
    let policies = report["policies"].as_array().map_or(&[][..], Vec::as_slice);
    let runs = |p: &Value| p["runs"].as_u64().unwrap_or(0);
    for p in policies {
        let name = p["policy"].as_str().unwrap_or_default();
        let (zero, share) = (say("清零比例", "reach zero"), percent(p));
        text += &format!("{name}: {} {}, {zero} {share:.0} %\n", runs(p), say("次", "runs"));
        for number in SHOWN {
            text += &format!("  {}: {}", title(number, chinese), middle(p, number, chinese));
            let d = &p["difference_from_first"][number];
            if let Some(cell) = quantiles(d, true, chinese) {
                text += &format!("; {} {cell}", say("与第一项之差", "difference from the first"));
                // Only worlds in which both have the number.
                if let Some(n) = d["n"].as_u64().filter(|n| *n < runs(p)) {
                    text += &format!(", n {n}");
                }
            }
            text.push('\n');
        }
    }
    text += say(
        "数值为各次预演的中位数（5 % 至 95 %）；差为同一世界中之差的中位数（5 % 至 95 %）。均值之差及其 95 % 区间见 --json 与 differences.csv。\n",
        "Values are medians over the runs (5 % to 95 %); differences are medians of the differences in the same world (5 % to 95 %). Mean differences with their interval of 95 %: --json, differences.csv.\n",
    );
    if policies.iter().any(|p| runs(p) < FEW) {
        text += say(
            "每项策略不足 10 次预演：这样少的预演，区间没有多大意义；请增大 --seeds。\n",
            "Fewer than 10 runs a policy: intervals of so few mean little; try more --seeds.\n",
        );
    }
    text
}

/// Which files there are, the one to look at first.
pub(super) fn written(dir: &Path, policies: usize, chinese: bool) -> String {
    let dir = dir.display();
    let each = if policies > 1 { format!("1–{policies}") } else { "1".to_owned() };
    if chinese {
        format!(
            "文件在 {dir}：policies.svg（各策略并列，先看此图）、fan-{each}.svg（每日感染，同一刻度）、townships-{each}.svg 与 map-{each}.svg（各乡镇街道的负担）；数据：runs.csv、differences.csv、townships-{each}.csv、summary.json、runs.parquet、days.parquet\n"
        )
    } else {
        format!(
            "Files in {dir}: policies.svg (all policies side by side: look at it first), fan-{each}.svg (infections by day, on one scale), townships-{each}.svg and map-{each}.svg (what townships bear); data: runs.csv, differences.csv, townships-{each}.csv, summary.json, runs.parquet, days.parquet\n"
        )
    }
}

/// Of what a book knew.
fn known(known: &Value, chinese: bool) -> String {
    let Some(known) = known.as_object() else { return String::new() };
    let n = |k: &str| known.get(k).map_or_else(String::new, Value::to_string);
    let (people, cases, contacts, tubes) = (n("people"), n("cases"), n("contacts"), n("tubes_waiting"));
    if chinese {
        format!("账本：{people} 人，{cases} 例病例，{contacts} 名密接在管，{tubes} 管待检\n")
    } else {
        format!("the book: {people} people, {cases} cases, {contacts} contacts under observation, {tubes} tubes without a result\n")
    }
}

/// Share of the runs that reach zero.
fn percent(policy: &Value) -> f64 {
    policy["share_reaching_zero"].as_f64().unwrap_or(0.0) * 100.0
}

/// The median of a number with 5 and 95 %. The day of zero is that of the runs that reach it, and none where most do not.
fn middle(policy: &Value, number: &str, chinese: bool) -> String {
    let of = &policy["numbers"][number];
    let cell = quantiles(of, false, chinese).unwrap_or_else(|| "–".to_owned());
    let share = percent(policy);
    if number != "days_to_zero" || share >= 100.0 {
        return cell;
    }
    let n = of["n"].as_u64().unwrap_or(0);
    match (share < 50.0, chinese) {
        (true, true) => format!("–（过半未清零；清零者 {share:.0} %，n {n}）"),
        (true, false) => format!("– (more than half never reach it; of {share:.0} %, n {n})"),
        (false, true) => format!("{cell}，清零者 {share:.0} %，n {n}"),
        (false, false) => format!("{cell}, of {share:.0} %, n {n}"),
    }
}

/// Median, 5 and 95 %; with signs if it is a difference.
fn quantiles(summary: &Value, difference: bool, chinese: bool) -> Option<String> {
    let number = |k: &str| {
        // No minus before a zero.
        let x = summary[k].as_f64().map(|x| if x.abs() < 0.5 { 0.0 } else { x })?;
        Some(if difference && x != 0.0 { format!("{x:+.0}") } else { format!("{x:.0}") })
    };
    let (middle, low, high) = (number("q50")?, number("q05")?, number("q95")?);
    let to = match (difference, chinese) {
        (false, _) => "–",
        (true, true) => "至",
        (true, false) => "to",
    };
    Some(format!("{middle} ({low} {to} {high})"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::super::report;
    use super::*;
    use crate::row::{NUMBERS, Run};

    /// Runs of which only the day of zero and the infections are told.
    fn runs(policy: &str, of: &[(Option<f64>, f64)]) -> Vec<Run> {
        let run = |(k, (zero, infections)): (usize, &(Option<f64>, f64))| {
            let number = |name: &&str| match *name {
                "days_to_zero" => *zero,
                "first_zero" => zero.map(|z| z - 1.0),
                "infections" => Some(*infections),
                _ => Some(0.0),
            };
            let numbers = NUMBERS.iter().map(number).collect();
            Run { policy: policy.to_owned(), seed: k as u64, numbers, days: Vec::new(), townships: Vec::new(), hash: String::new() }
        };
        of.iter().enumerate().map(run).collect()
    }
    fn text(a: &[(Option<f64>, f64)], b: &[(Option<f64>, f64)], chinese: bool) -> String {
        let (a, b) = (runs("a", a), runs("b", b));
        said(&report(&["a", "b"], &[a.iter().collect(), b.iter().collect()], 60), chinese)
    }

    #[test]
    fn days_to_zero_say_of_how_many_runs_they_are() {
        // The first reaches zero in three worlds of five, the second in two; both in one.
        let first = [(Some(20.0), 10.0), (Some(30.0), 10.0), (Some(40.0), 10.0), (None, 10.0), (None, 10.0)];
        let second = [(Some(26.0), 5.0), (None, 5.0), (None, 5.0), (None, 5.0), (Some(12.0), 5.0)];
        let said = text(&first, &second, false);
        let zeros: Vec<&str> = said.lines().filter(|l| l.starts_with("  Days to zero")).collect();
        assert_eq!(zeros[0], "  Days to zero: 30 (21 – 39), of 60 %, n 3");
        assert_eq!(
            zeros[1],
            "  Days to zero: – (more than half never reach it; of 40 %, n 2); difference from the first +6 (+6 to +6), n 1"
        );
        // Infections are there in all worlds: no n.
        assert!(said.contains("  Infections: 5 (5 – 5); difference from the first -5 (-5 to -5)\n"), "{said}");
        assert!(!said.to_lowercase().contains("first zero") && said.contains("Fewer than 10 runs"), "{said}");
        let said = text(&first, &second, true);
        assert!(said.contains("清零日: –（过半未清零；清零者 40 %，n 2）; 与第一项之差 +6 (+6 至 +6), n 1"), "{said}");
    }

    #[test]
    fn a_difference_with_two_humps_is_told_by_its_median() {
        // In nine worlds of ten nothing changes; in one the outbreak gets away. The mean alone would say 100 more.
        let first = [(Some(20.0), 10.0); 10];
        let mut second = first;
        second[3].1 = 1010.0;
        let said = text(&first, &second, false);
        assert!(said.contains("difference from the first 0 (0 to +550)"), "{said}");
        // All reach zero, and there are runs enough.
        assert!(said.contains("  Days to zero: 20 (20 – 20)\n") && !said.contains("Fewer than"), "{said}");
        assert!(said.contains("differences are medians of the differences in the same world"));
    }
}
