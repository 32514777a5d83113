//! What the data leave open, and what to do about it.

use crate::Setting;
use crate::output;
use crate::said::Trouble;
use quell_epi::delays::{Estimate, Family, Fit, FitError, QUANTILES};

/// The fits of a delay and group, as `compare` gives them.
type Fits = [(Family, Result<Fit, FitError>, f64)];

/// Whether the fit tells this quantity, by its index among mean, standard deviation and quantiles.
pub(super) fn is_told(fit: &Fit, index: usize, e: Estimate) -> bool {
    e.is_bounded() && (index == MEAN || fit.scatters)
}

const MEAN: usize = 0;

/// The quantities of a fit, in the order of the columns.
pub(super) fn quantities(fit: &Fit) -> impl Iterator<Item = Estimate> {
    [fit.mean, fit.sd].into_iter().chain(fit.quantiles)
}

/// Their names.
pub(super) fn names() -> Vec<String> {
    let quantile = |p: &f64| format!("q{:02}", (p * 100.0).round());
    ["mean".to_owned(), "sd".to_owned()].into_iter().chain(QUANTILES.iter().map(quantile)).collect()
}

/// Says what is not determined: the delay, the group, the families, why, and what to do. What holds for several families is said once.
pub(super) fn say(of: &str, fits: &Fits, truncated: bool, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let mut said: Vec<(String, String, Vec<&str>)> = Vec::new();
    for (family, fit, _) in fits {
        let Some((zh, en)) = left_open(fit, truncated) else { continue };
        match said.iter_mut().find(|s| s.1 == en) {
            Some(s) => s.2.push(family.name()),
            None => said.push((zh, en, vec![family.name()])),
        }
    }
    for (zh, en, families) in said {
        let (zh_of, en_of) = (families.join("、"), families.join(", "));
        output::say(to, &Trouble::new(format!("{of} {zh_of}：{zh}"), format!("{of} {en_of}: {en}")))?;
    }
    let fitted = fits.iter().filter(|f| f.1.is_ok()).count();
    if (1..fits.len()).contains(&fitted) {
        let (zh, en) = (
            "并非每种分布都能确定：weight 只在已拟合的分布之间比较",
            "not every family is determined: weight compares those that were fitted only",
        );
        output::say(to, &Trouble::new(format!("{of}：{zh}"), format!("{of}: {en}")))?;
    }
    Ok(())
}

fn left_open(fit: &Result<Fit, FitError>, truncated: bool) -> Option<(String, String)> {
    let pair = |zh: &str, en: &str| Some((zh.to_owned(), en.to_owned()));
    match fit {
        Err(FitError::Few(n)) => Some((
            format!("无法确定：只有 {n} 个间隔，至少需要 5 个；请增加记录"),
            format!("not determined: {n} delays are too few, at least 5 are needed; give more records"),
        )),
        Err(FitError::Narrow(_)) => pair(
            "无法确定：各记录的时间窗都容得下同一长度，看不出离散程度；大致长度见 naive_mean；请给出时刻而非日期（或更窄的暴露时间窗），或增加记录",
            "not determined: a delay that is always the same, or all but 0, agrees with all windows, and how delays scatter is not seen; about how long they are says naive_mean. Give times instead of days (or narrower windows of exposure), or more records",
        ),
        Err(FitError::Unbounded(_)) if truncated => pair(
            "无法确定：很长的间隔也与数据相符，可能大多尚未发生（截断）；请增加记录、纳入更早的病例，或等后一事件报全；若间隔均已结束，请去掉 --truncation（及 until 列）",
            "not determined: delays without end agree with the data, too; most may still be hidden by the end of the data. Give more records, earlier cases among them, or wait until more is known; if all delays were over by then, leave out --truncation (and the column until)",
        ),
        Err(FitError::Unbounded(_)) => pair(
            "无法确定：很长的间隔也与数据相符；请核对最长的间隔，或增加记录",
            "not determined: delays without end agree with the data, too. Check the longest delays, or give more records",
        ),
        Ok(fit) => bounds(fit),
    }
}

fn bounds(fit: &Fit) -> Option<(String, String)> {
    if !fit.scatters {
        return Some((
            "间隔固定不变也与数据相符：只能确定均值，标准差只有上限，分位数与参数留空；请给出时刻而非日期，或增加记录".to_owned(),
            "delays that are always the same agree with the data as well: the mean is told, the standard deviation has an upper end only, and quantiles and parameters are left empty. Give times instead of days, or more records".to_owned(),
        ));
    }
    let names = names();
    let open: Vec<&str> = quantities(fit).zip(&names).filter(|(e, _)| !e.is_bounded()).map(|(_, name)| name.as_str()).collect();
    (!open.is_empty()).then(|| {
        (
            format!("{} 没有上限，留空，只给出下限：取决于极少数最长的间隔；请核对最长的间隔，或增加记录", open.join("、")),
            format!(
                "{}: no upper end in these data; left empty but for the lower end. The few longest delays decide: check them, or give more records",
                open.join(", ")
            ),
        )
    })
}
