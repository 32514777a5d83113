//! What a comparison says at the terminal.

use crate::heed::Heed;
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
    let policies = report["policies"].as_array().map_or(&[][..], Vec::as_slice);
    // Means that are not the same for all stand with each policy.
    let alike = policies.windows(2).all(|p| p[0]["means"] == p[1]["means"]);
    let mut text = known(&report["known"], chinese) + &asked(report, chinese);
    if alike && let Some(p) = policies.first() {
        text += &means(&p["means"], "", chinese);
    }
    let runs = |p: &Value| p["runs"].as_u64().unwrap_or(0);
    for p in policies {
        let name = p["policy"].as_str().unwrap_or_default();
        let (zero, share) = (say("清零比例", "reach zero"), percent(p));
        text += &format!("{name}: {} {}, {zero} {share:.0} %\n", runs(p), say("次", "runs"));
        for line in Heed::from(p).lines(chinese) {
            text += &format!("  {line}\n");
        }
        if !alike {
            text += &means(&p["means"], "  ", chinese);
        }
        for number in SHOWN {
            text += &format!("  {}: {}", title(number, chinese), middle(p, number, chinese));
            let d = &p["difference_from_first"][number];
            // Of days to zero there is none where one of the two has no median: the few worlds in which both reach it are the easy ones.
            let has_both = number != "days_to_zero" || [p, &policies[0]].iter().all(|p| percent(p) >= 50.0);
            if let Some(cell) = quantiles(d, true, chinese).filter(|_| has_both) {
                text += &format!("; {} {cell}", say("与第一项之差", "difference from the first"));
                // Only worlds in which both have the number.
                if let Some(n) = d["n"].as_u64().filter(|n| *n < runs(p)) {
                    text += &format!(", n {n}");
                }
            }
            text.push('\n');
            if number == "infections"
                && let Some(cell) = quantiles(&p["numbers"]["infections_last_week"], false, chinese)
            {
                text += &format!("  {}: {cell}\n", say("最后七天感染（无论发现与否）", "Infections of the last seven days, found or not"));
            }
        }
    }
    text += &match chinese {
        true => format!("清零日以及一切天数：{}。\n", counted_from(report, true)),
        false => format!("Days to zero, as all days, are counted {}.\n", counted_from(report, false)),
    };
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

/// From when days are counted.
pub(super) fn counted_from(report: &Value, chinese: bool) -> &'static str {
    match (report["days_from"] == "midnight", chinese) {
        (true, true) => "自预演开始的零时起算",
        (true, false) => "from the midnight at which the rehearsal begins",
        (false, true) => "自首例感染起算",
        (false, false) => "from the first infection",
    }
}

/// What was asked and assumed, on one line. Nothing where that is not told.
fn asked(report: &Value, chinese: bool) -> String {
    let Some(disease) = report["disease"].as_str() else { return String::new() };
    let n = |k: &str| report[k].as_f64().map(|x| x.to_string()).unwrap_or_default();
    let mut parts: Vec<String> = Vec::new();
    if report["assumed"].is_object() {
        let of = &report["assumed"];
        let share = of["unfound"].as_f64().unwrap_or(0.0) * 100.0;
        let drawn = quantiles(&of["unfound_infections"], false, chinese).unwrap_or_default();
        let (cases, midnight) = (report["known"]["cases"].to_string(), of["midnight"].as_str().unwrap_or_default());
        if !midnight.is_empty() {
            parts.push(if chinese { format!("自 {midnight} 零时开始") } else { format!("begins at midnight, {midnight}") });
        }
        parts.push(match chinese {
            true => format!("{cases} 例已知病例造成的感染中尚有 {share:.0} % 未发现（--unfound），抽得 {drawn} 人"),
            false => format!("{share:.0} % of the infections by {cases} known cases not found yet (--unfound): {drawn} drawn"),
        });
    } else {
        parts.push(match chinese {
            true => format!("{} 人，首日输入 {}", n("people"), n("imports")),
            false => format!("{} people, {} imports on the first day", n("people"), n("imports")),
        });
    }
    parts.push(if chinese {
        format!("此后每日输入 {}", n("imports_per_day"))
    } else {
        format!("{} imports a day later", n("imports_per_day"))
    });
    parts.push(if chinese { format!("疾病 {disease}") } else { format!("disease {disease}") });
    let policies = report["policies"].as_array().map_or(&[][..], Vec::as_slice);
    let mut protocols: Vec<&str> = policies.iter().filter_map(|p| p["protocol"].as_str()).collect();
    protocols.dedup();
    parts.push(format!("{} {}", if chinese { "方案" } else { "protocol" }, protocols.join(" / ")));
    let (first, days) = (report["seed"].as_u64().unwrap_or(0), n("days"));
    let last = first + report["seeds"].as_u64().unwrap_or(1).saturating_sub(1);
    parts.push(match chinese {
        true => format!("{days} 天（{}），种子 {first}–{last}", counted_from(report, true)),
        false => format!("{days} days {}, seeds {first}–{last}", counted_from(report, false)),
    });
    let what = match (report["assumed"].is_object(), chinese) {
        (true, true) => "假定",
        (true, false) => "assumed",
        (false, true) => "世界",
        (false, false) => "the world",
    };
    if chinese { format!("{what}：{}\n", parts.join("；")) } else { format!("{what}: {}\n", parts.join("; ")) }
}

/// What there is to work with.
fn means(means: &Value, indent: &str, chinese: bool) -> String {
    if !means.is_object() {
        return String::new();
    }
    let of = [
        ("samplers", "采样员", "samplers"),
        ("tubes_per_hour", "每小时检测管数", "tubes an hour"),
        ("investigators", "流调组", "investigators"),
        ("callers", "电话员", "callers"),
        ("seats", "转运座位", "seats"),
        ("rooms", "隔离房间", "rooms"),
        ("shelter_beds", "方舱床位", "shelter beds"),
        ("hospital_beds", "定点床位", "designated beds"),
        ("opened_per_day", "每日新增床位与房间", "opened a day"),
    ];
    let one = |(key, zh, en): &(&str, &str, &str)| format!("{} {:.0}", if chinese { zh } else { en }, means[*key].as_f64().unwrap_or(0.0));
    let all: Vec<String> = of.iter().map(one).collect();
    if chinese { format!("{indent}能力：{}\n", all.join("、")) } else { format!("{indent}means: {}\n", all.join(", ")) }
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
        let x = summary[k].as_f64()?;
        let text = if difference { format!("{x:+.0}") } else { format!("{x:.0}") };
        // No sign before a zero, whatever was rounded to it.
        Some(if matches!(text.as_str(), "+0" | "-0") { "0".to_owned() } else { text })
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
        said(&report(&["a", "b"], &[a.iter().collect(), b.iter().collect()], 60, 20_000), chinese)
    }

    #[test]
    fn days_to_zero_say_of_how_many_runs_they_are() {
        // The first reaches zero in three worlds of five, the second in two; both in one.
        let first = [(Some(20.0), 10.0), (Some(30.0), 10.0), (Some(40.0), 10.0), (None, 10.0), (None, 10.0)];
        let second = [(Some(26.0), 5.0), (None, 5.0), (None, 5.0), (None, 5.0), (Some(12.0), 5.0)];
        let said = text(&first, &second, false);
        let zeros: Vec<&str> = said.lines().filter(|l| l.starts_with("  Days to zero")).collect();
        assert_eq!(zeros[0], "  Days to zero: 30 (21 – 39), of 60 %, n 3");
        // Beside a dash stands no difference: one world of five has it.
        assert_eq!(zeros[1], "  Days to zero: – (more than half never reach it; of 40 %, n 2)");
        assert!(said.contains("Days to zero, as all days, are counted from the first infection."), "{said}");
        // Infections are there in all worlds: no n.
        assert!(said.contains("  Infections: 5 (5 – 5); difference from the first -5 (-5 to -5)\n"), "{said}");
        assert!(!said.to_lowercase().contains("first zero") && said.contains("Fewer than 10 runs"), "{said}");
        let said = text(&first, &second, true);
        assert!(said.contains("清零日: –（过半未清零；清零者 40 %，n 2）\n") && said.contains("自首例感染起算"), "{said}");
        // Worlds in which both have a day are told by their number.
        let said = text(&first, &[(Some(26.0), 5.0), (None, 5.0), (Some(41.0), 5.0), (None, 5.0), (Some(12.0), 5.0)], false);
        assert!(said.contains("; difference from the first +4 (+1 to +6), n 2\n"), "{said}");
    }

    #[test]
    fn what_is_rounded_to_zero_has_no_sign() {
        let of = |x: f64| quantiles(&serde_json::json!({ "q05": -x, "q50": x, "q95": x }), true, false);
        assert_eq!([of(0.5), of(0.2), of(0.6)].map(Option::unwrap), ["0 (0 to 0)", "0 (0 to 0)", "+1 (-1 to +1)"]);
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
