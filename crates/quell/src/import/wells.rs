//! What the rows of a plate file say together: of each tube, of each control, and against what the sender says of the whole file.

use super::ImportError;
use super::plate::PlateOptions;
use super::report::{Effect, Issue, Words};
use quell_book::{ResultRead, TargetCt, TestResult};
use quell_foundation::*;
use quell_protocol::Protocol;
use quell_tabular::Row;
use serde::Serialize;
use std::collections::BTreeMap;

/// Columns with the Ct of one target, and the target's name.
pub(super) const CT_COLUMNS: &[(&str, &str)] = &[("ct_orf1ab", "ORF1ab"), ("ct_n", "N"), ("ct_e", "E"), ("ct_internal", INTERNAL)];
/// The internal control: shows that the swab held human material, says nothing about the infection.
const INTERNAL: &str = "internal";

/// What a control showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Right,
    /// Not as it should be.
    Wrong,
    /// Not in the file; taken as right on the laboratory's word.
    Confirmed,
}

/// What the rows of one tube or control say together.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    line: u64,
    /// The well of its first row, if the file says.
    pub(super) well: Option<String>,
    /// Each result that a row gives, and the first line that does.
    results: BTreeMap<TestResult, u64>,
    /// Lowest Ct by target; `None` where nothing was amplified.
    targets: BTreeMap<String, Option<Ct>>,
    /// The lowest Ct of all targets of the infection, and its line.
    lowest: Option<(Ct, u64)>,
    pub(super) at: Option<EventTime>,
}

/// Everything of a plate file, by tube and by control.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    pub(super) tubes: BTreeMap<u64, (TubeCode, Gathered)>,
    order: BTreeMap<TubeCode, u64>,
    pub(super) positive: Option<Gathered>,
    pub(super) negative: Option<Gathered>,
    pub(super) rows: u64,
}

impl Gathering {
    /// Puts a row with the others of its tube or control.
    pub(super) fn add(&mut self, row: &Row, ct_columns: &[&str], options: &PlateOptions) -> Result<(), Box<Issue>> {
        let bad =
            |rule: &str, message: (String, String), advice: (&str, &str)| Issue::new(Effect::Bad, row.line, rule, message, advice).boxed();
        if let Some(p) = row.code("plate").filter(|p| *p != options.plate.as_str()) {
            let message =
                (format!("the row belongs to plate {p}, not {}", options.plate), format!("该行属于板 {p}，不是 {}", options.plate));
            return Err(bad("plate.other", message, ("import each plate by itself", "每块板请单独导入")));
        }
        let into = match row.text("control") {
            Some("positive") => self.positive.get_or_insert_default(),
            Some(_) => self.negative.get_or_insert_default(),
            None => {
                let text = row.code("tube").unwrap_or_default();
                let code = TubeCode::new(text).map_err(|e| {
                    bad("tube.code", (e.to_string(), format!("采样管编号无效：{text}")), ("check the barcode", "请核对条码"))
                })?;
                let line = *self.order.entry(code.clone()).or_insert(row.line);
                &mut self.tubes.entry(line).or_insert_with(|| (code, Gathered::default())).1
            }
        };
        if into.line == 0 {
            into.line = row.line;
            into.well = row.code("well").map(str::to_owned);
        }
        if let Some(result) = row.text("result").and_then(|t| t.parse().ok()) {
            into.results.entry(result).or_insert(row.line);
        }
        into.at = into.at.or(row.datetime("at"));
        let wide = ct_columns.iter().filter_map(|f| CT_COLUMNS.iter().find(|c| c.0 == *f)).map(|(f, target)| (*target, row.decimal(f)));
        let long = row.text("target").map(|t| (t, row.decimal("ct")));
        for (target, ct) in wide.chain(long) {
            let ct = ct.and_then(Ct::new);
            if let Some(ct) = ct.filter(|ct| target != INTERNAL && into.lowest.is_none_or(|(lowest, _)| *ct < lowest)) {
                into.lowest = Some((ct, row.line));
            }
            let seen = into.targets.entry(target.to_owned()).or_insert(ct);
            // Of two wells the lower Ct counts: the one nearer to a positive.
            *seen = match (*seen, ct) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        Ok(())
    }

    /// Rows that are not what the sender says of every tube of the file: by their own word, or by a Ct.
    pub(super) fn against(&self, said: TestResult, protocol: &Protocol) -> Vec<Issue> {
        let mut found = Vec::new();
        for (tube, g) in self.tubes.values() {
            let word = g.results.iter().find(|(r, _)| **r != said);
            let ct = g.lowest.filter(|(ct, _)| said == TestResult::Negative && protocol.is_positive_ct(*ct));
            let (line, en, zh) = match (word, ct) {
                (Some((r, line)), _) => (*line, format!("the row says {r}"), format!("该行为{}", r.zh())),
                (None, Some((ct, line))) => {
                    let ct = ct.value();
                    (line, format!("the row has a Ct of {ct}"), format!("该行 Ct 值为 {ct}"))
                }
                (None, None) => continue,
            };
            let (en, zh) = (format!("{en}, in a file that was handed in as {said}"), format!("{zh}，而文件按{}上报", said.zh()));
            let advice = ("take the row out of this file, or hand the file in without --all", "请将该行移出本文件，或不带 --all 上报");
            found.push(Issue::new(Effect::Bad, line, "file.declared", (en, zh), advice).with_value(tube.as_str()));
        }
        found.sort_by_key(|i| i.line);
        found
    }
}

/// Whether the controls are as they should be. By the laboratory's call if the file has one, and by the Ct values in any case.
pub(super) fn judge_controls(all: &Gathering, protocol: &Protocol, options: &PlateOptions) -> Result<(Verdict, Verdict), ImportError> {
    let amplified = |ct: &Option<Ct>| ct.is_some_and(|c| protocol.is_positive_ct(c));
    let judge = |control: &Option<Gathered>, positive: bool| {
        let Some(g) = control else { return options.controls_ok.then_some(Verdict::Confirmed) };
        let wanted = if positive { TestResult::Positive } else { TestResult::Negative };
        let called = g.results.keys().all(|r| *r == wanted);
        let mut cts = g.targets.iter().filter(|(t, _)| *t != INTERNAL).map(|(_, ct)| ct);
        let measured = if positive { cts.all(amplified) } else { !cts.any(amplified) };
        let says_something = !g.results.is_empty() || g.targets.keys().any(|t| t != INTERNAL);
        Some(if says_something && called && measured { Verdict::Right } else { Verdict::Wrong })
    };
    match (judge(&all.positive, true), judge(&all.negative, false)) {
        (Some(p), Some(n)) => Ok((p, n)),
        _ => Err(ImportError::Unfit(Words::new(
            "the file has no row of a positive and of a negative control; add them (column 'control', 质控), or vouch for both with --controls-ok",
            "文件中缺少阳性对照或阴性对照行，请补上（“质控”列）；如已确认两者均合格，请加 --controls-ok",
        ))),
    }
}

/// The one result that the rows of a tube agree on.
pub(super) fn tube_result(tube: TubeCode, g: Gathered, at: EventTime, options: &PlateOptions) -> Result<ResultRead, Box<Issue>> {
    let bad = |rule: &str, message: (String, String), advice: (&str, &str)| {
        Issue::new(Effect::Bad, g.line, rule, message, advice).with_value(tube.as_str()).boxed()
    };
    let called: Vec<TestResult> = g.results.keys().copied().chain(options.all.filter(|_| g.results.is_empty())).collect();
    let result = match called.as_slice() {
        [one] => *one,
        [] => {
            return Err(bad(
                "result.missing",
                ("the tube has no result yet".into(), "尚无结果判定".into()),
                ("a laboratory must judge it; Ct values alone are not judged here", "请由检验人员判定，本系统不凭 Ct 值自行判定"),
            ));
        }
        _ => {
            return Err(bad(
                "result.conflicting",
                ("the rows of this tube give different results".into(), "同一管的各行结果不一致".into()),
                ("give the one that holds", "请只报最终结果"),
            ));
        }
    };
    if result == TestResult::Negative && g.targets.get(INTERNAL) == Some(&None) {
        let message = ("the internal control was not amplified: a negative is not valid".into(), "内标未扩增，阴性结果无效".into());
        return Err(bad("result.internal", message, ("call it failed, and test the tube again", "请报为检测失败并重新检测")));
    }
    let targets = g.targets.into_iter().filter(|(t, _)| t != INTERNAL).map(|(target, ct)| TargetCt { target, ct }).collect();
    Ok(ResultRead { tube, plate: Some(options.plate.clone()), at: g.at.unwrap_or(at), result, targets })
}
