//! Days without cases in the midst of many.

use crate::Setting;
use crate::days::Series;

/// Days before and after, whose counts tell what to expect.
const AROUND: usize = 3;
/// With so many cases a day on average around it, a day without any was most likely not counted: chance alone has it once in e¹⁵ days, and scatter as of
/// superspreading (a negative binomial with size 3) once in 200.
const MANY: f64 = 15.0;
/// Days that are named.
const NAMED: usize = 5;

/// Says so if days look as if nobody had counted.
pub(super) fn doubt(series: &Series, to: &mut Setting<'_>) {
    let strange = |t: &usize| {
        let around = t.saturating_sub(AROUND)..(t + AROUND + 1).min(series.days());
        let others: Vec<f64> = around.filter(|d| d != t).filter_map(|d| series.counts[d]).collect();
        series.counts[*t] == Some(0.0) && others.iter().sum::<f64>() >= MANY * others.len().max(1) as f64
    };
    let days: Vec<usize> = (0..series.days()).filter(strange).collect();
    if days.is_empty() {
        return;
    }
    let shown: Vec<String> = days.iter().take(NAMED).map(|t| series.name(*t)).collect();
    let (more, n) = (if days.len() > NAMED { ", …" } else { "" }, days.len());
    let shown = format!("{}{more}", shown.join(", "));
    let said = if to.chinese {
        format!("有 {n} 天病例数为 0 而前后很多（{shown}）：若当日未统计，请留空，勿填 0；若次日一并计入，结果会偏")
    } else {
        format!(
            "{n} days have no cases in the midst of many ({shown}): if nobody counted, leave the cell empty; if they were counted a day later, R is off there"
        )
    };
    // What is said beside the result may be lost.
    let _ = writeln!(to.err, "{said}");
}
