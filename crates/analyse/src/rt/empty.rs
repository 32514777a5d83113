//! Results of which there is nothing to see: why, and what is only assumed.

use super::{Method, Rt, columns};
use crate::Setting;
use crate::days::Series;
use crate::output::{self, Cell};
use crate::picture::SEEN;
use crate::said::Trouble;
use quell_epi::cori::infectivity;
use quell_epi::interval::SerialInterval;
use quell_epi::series::Incidence;

/// The name of a series before what is said of it.
fn of(name: &str, (zh, en): (String, String)) -> Trouble {
    if name.is_empty() { Trouble::new(zh, en) } else { Trouble::new(format!("{name}：{zh}"), format!("{name}: {en}")) }
}

/// The number in a column of a row.
fn number(row: &[Cell], at: Option<usize>) -> Option<f64> {
    match row.get(at?)? {
        Cell::Number(x) => Some(*x),
        _ => None,
    }
}

/// Says why there are no rows, or no figures in them, and which are the prior alone or cut off.
pub(super) fn say(c: &Rt, (name, series): (&str, &Series), rows: &[Vec<Cell>], to: &mut Setting<'_>) -> Result<(), Trouble> {
    let (own, _) = columns(c.method);
    let at = |name: &str| own.iter().position(|c| *c == name);
    let (days, window) = (series.days(), c.window);
    if rows.is_empty() {
        let text = (
            format!("没有结果：共 {days} 天，不足一个 {window} 天的窗口（首日不计）；请用较小的 --window"),
            format!("no result: {days} days have no window of {window} (the first day is in none); give a smaller --window"),
        );
        return output::say(to, &of(name, text));
    }
    let figures: Vec<Option<f64>> = rows.iter().map(|row| number(row, at("mean"))).collect();
    if figures.iter().all(Option::is_none) {
        let text = match c.method {
            Method::WallingaTeunis => (
                "没有结果：各窗口或没有病例，或有病例数未知的日子，或不晚于首例".to_owned(),
                "no result: every window has no case, or a day whose count is not known, or begins with the first case".to_owned(),
            ),
            _ => (
                "没有结果：各窗口或在一个平均代际间隔之前结束，或有病例数未知的日子".to_owned(),
                "no result: every window ends before the mean serial interval has passed, or has a day whose count is not known".to_owned(),
            ),
        };
        return output::say(to, &of(name, text));
    }
    if c.method == Method::Cori {
        let alone = |row: &&Vec<Cell>| {
            let same = |column: &str, prior: f64| number(row, at(column)).is_some_and(|x| (x / prior - 1.0).abs() < SAME);
            same("mean", c.prior_mean) && same("sd", c.prior_sd)
        };
        let n = rows.iter().filter(alone).count();
        if n > 0 && n < rows.len() {
            let text = (
                format!("{n} 个窗口的 R 只是先验（窗口内没有病例，其前也没有可能的传染者）"),
                format!("R of {n} windows is the prior alone: they have no cases, and none before them that could have infected"),
            );
            output::say(to, &of(name, text))?;
        }
    }
    let cut = rows.iter().position(|row| number(row, at("seen")).is_some_and(|s| s < SEEN));
    if let Some(row) = cut.and_then(|k| rows.get(k)) {
        let first = row.last().filter(|c| matches!(c, Cell::Day(_))).or(row.get(1)).map(Cell::csv).unwrap_or_default();
        let text = (
            format!("截至 {first} 及以后的窗口，R 偏低：其所传染者至末日尚未全部发病（seen 一列为已能看到的比例）"),
            format!(
                "R of the windows that end on {first} and later is too low: not all whom their cases infected have fallen ill by the last day (the column seen has the share)"
            ),
        );
        output::say(to, &of(name, text))?;
    }
    Ok(())
}

/// Figures that differ less are the same.
const SAME: f64 = 1e-9;

/// Says so if nothing in a series tells of R: nobody could have been infected by anybody.
pub(super) fn say_prior(c: &Rt, (name, cases): (&str, &Incidence), w: &SerialInterval, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let nobody = infectivity(cases, w).iter().skip(1).all(|x| *x <= 0.0);
    if !nobody || c.method == Method::WallingaTeunis {
        return Ok(());
    }
    let text = (
        "没有一天的病例可能由更早的病例传染：所列 R 只是先验（事先的假定），不含数据的信息".to_owned(),
        "on no day could a case have infected another: R is the prior alone (what is assumed before anything is seen), and says nothing of the data".to_owned(),
    );
    output::say(to, &of(name, text))
}
