//! What a plate file would do, before anybody hands it in: the laboratory looks, and then says the facts of the answer by itself.

use super::reads::{Answer, place_of};
use crate::app::App;
use crate::http::access::Caller;
use crate::http::problem::Problem;
use crate::import::plate::{self, Consequence, PlateOptions, PlateReport, TubeLine};
use crate::import::report::{Issue, Words};
use crate::import::wells::Verdict;
use crate::import::{ImportError, Source};
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use quell_book::{Fact, TestResult};
use quell_foundation::*;
use quell_tabular::builtin_mapping;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The rule by which the book refuses a tube that nobody is registered to.
const UNKNOWN_TUBE: &str = "tube.unknown";

/// What is said of the file beside it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviewOf {
    laboratory: Option<PlaceId>,
    plate: PlateId,
    at: Option<EventTime>,
    #[serde(default)]
    controls_ok: bool,
}

/// Which control.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ControlKind {
    /// What must be found was put in.
    Positive,
    /// Nothing was put in.
    Negative,
}

/// A control of the plate.
#[derive(Serialize, JsonSchema)]
pub struct ControlLine {
    /// Its well, if the file says.
    well: Option<String>,
    /// Which.
    kind: ControlKind,
    /// It is as it should be: none of the plate's results counts otherwise.
    passed: bool,
    /// In English.
    en: String,
    /// In Chinese.
    zh: String,
}

/// What becomes of a tube.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Its persons are released.
    Release,
    /// Its persons are called back and sampled singly.
    Recall,
    /// Its person is a case.
    Case,
    /// It is tested again or, after the last run, its persons are sampled again.
    Retest,
    /// Nobody is registered to it: it is refused.
    UnknownTube,
}

/// A cycle threshold.
#[derive(Serialize, JsonSchema)]
pub struct GeneCt {
    /// Target.
    gene: String,
    /// Cycle threshold; none if it was not amplified.
    ct: Option<Ct>,
}

/// A tube of the plate.
#[derive(Serialize, JsonSchema)]
pub struct PreviewLine {
    /// Line of the file.
    row: u64,
    /// Its well, if the file says.
    well: Option<String>,
    /// The tube.
    tube: TubeCode,
    /// The result in the file.
    result: TestResult,
    /// Cycle thresholds, the internal control left out.
    cts: Vec<GeneCt>,
    /// What the book would do.
    effect: Effect,
    /// Persons whom it does that to.
    people: i64,
}

/// Tubes by what becomes of them.
#[derive(Default, Serialize, JsonSchema)]
pub struct PreviewTotals {
    /// Released.
    release: u64,
    /// Called back.
    recall: u64,
    /// Made a case.
    case: u64,
    /// To be tested again.
    retest: u64,
    /// Unknown.
    unknown_tube: u64,
    /// Persons released.
    people_released: i64,
    /// Persons called back.
    people_recalled: i64,
}

/// What of the file is not taken.
#[derive(Serialize, JsonSchema)]
pub struct RefusedRow {
    /// Line of the file, from 1; none if the whole file is refused.
    row: Option<u64>,
    /// Header of the column, if one is at fault.
    column: Option<String>,
    /// Stable code.
    rule: String,
    /// What is wrong and what to do, in English.
    en: String,
    /// The same in Chinese.
    zh: String,
    /// What stands there.
    value: Option<String>,
}

impl From<&Issue> for RefusedRow {
    fn from(i: &Issue) -> Self {
        let Words { en, zh } = i.told();
        Self { row: Some(i.line), column: i.column.clone(), rule: i.rule.clone(), en, zh, value: i.stands() }
    }
}

/// What a plate file says, and what the book would make of it.
#[derive(Serialize, JsonSchema)]
pub struct PlatePreview {
    /// The plate.
    plate: PlateId,
    /// Both controls are as they should be.
    valid: bool,
    /// The controls.
    controls: Vec<ControlLine>,
    /// The tubes that would be taken, and those that are unknown, in the order of the file.
    lines: Vec<PreviewLine>,
    /// Tubes by what becomes of them.
    totals: PreviewTotals,
    /// What is not taken, and why. An unknown tube is here, too.
    refused: Vec<RefusedRow>,
    /// Tubes that came in the same boxes, are not in the file and have no result: they stay open.
    waiting: Vec<TubeCode>,
    /// What to hand in, in one submission, to confirm; nothing if nothing of the file may be used.
    facts: Vec<Fact>,
}

/// `POST /v1/results/preview`: whatever the file is, the answer says what is wrong with it.
pub async fn preview(
    State(app): State<App>,
    Extension(c): Extension<Caller>,
    Query(q): Query<PreviewOf>,
    body: Bytes,
) -> Answer<PlatePreview> {
    let options = PlateOptions {
        laboratory: place_of(q.laboratory, &c)?,
        plate: q.plate,
        at: q.at,
        or_at: Some(EventTime::exact(app.clock.now(), app.config.offset)),
        controls_ok: q.controls_ok,
        all: None,
    };
    // A workbook takes a while to unpack: not where others wait for their turn.
    let opened = tokio::task::spawn_blocking(move || Source::of_bytes(&body, builtin_mapping("plate").unwrap_or_default())).await;
    let opened = opened.map_err(|_| {
        let (en, zh) = ("the file cannot be read; save it anew as CSV", "文件无法读取，请另存为 CSV");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "file", c.lang, en, zh)
    })?;
    let found = match opened {
        // As the account itself would say it: what lies outside its place is refused here, too.
        Ok(source) => plate::prepare(&app.speaking_for(&c.account), &source, &options).await,
        Err(e) => Err(e),
    };
    match found {
        Ok(report) => Ok(Json(PlatePreview::of(&report))),
        Err(ImportError::Store(e)) => Err(Problem::store(&e, c.lang)),
        Err(e) => Ok(Json(PlatePreview::unreadable(options.plate, &e))),
    }
}

impl PlatePreview {
    /// Of a file of which nothing can be used.
    fn unreadable(plate: PlateId, e: &ImportError) -> Self {
        let (row, rule) = match e {
            ImportError::Open(e) => (e.line, e.rule),
            _ => (None, "file.unfit"),
        };
        let refused = RefusedRow { row, column: None, rule: rule.to_owned(), en: e.text(false), zh: e.text(true), value: None };
        let (controls, lines, totals) = (Vec::new(), Vec::new(), PreviewTotals::default());
        Self { plate, valid: false, controls, lines, totals, refused: vec![refused], waiting: Vec::new(), facts: Vec::new() }
    }

    fn of(r: &PlateReport) -> Self {
        let [well, other] = r.control_wells.clone();
        let controls =
            vec![control(ControlKind::Positive, well, r.positive_control), control(ControlKind::Negative, other, r.negative_control)];
        let mut refused: Vec<RefusedRow> = Vec::new();
        if let Some(why) = &r.report.stopped {
            let (en, zh) = (why.en.clone(), why.zh.clone());
            refused.push(RefusedRow { row: None, column: None, rule: "file.stopped".into(), en, zh, value: None });
        }
        refused.extend(r.report.issues.iter().map(RefusedRow::from));
        refused.extend(r.tubes.iter().filter(|t| t.refused || t.repeat).map(not_taken));
        let shown = |t: &&TubeLine| effect(t).is_some();
        let lines: Vec<PreviewLine> = r.tubes.iter().filter(shown).filter_map(|t| Some(line(t, effect(t)?))).collect();
        Self {
            plate: r.plate.clone(),
            valid: r.positive_control != Verdict::Wrong && r.negative_control != Verdict::Wrong,
            controls,
            totals: totals(&lines),
            lines,
            refused,
            waiting: r.waiting.clone(),
            facts: r.facts(),
        }
    }
}

/// What becomes of a tube that is taken, or that it is unknown.
fn effect(t: &TubeLine) -> Option<Effect> {
    match t.consequence {
        _ if t.rule.as_deref() == Some(UNKNOWN_TUBE) => Some(Effect::UnknownTube),
        _ if t.refused || t.repeat => None,
        Consequence::Release => Some(Effect::Release),
        Consequence::Recall => Some(Effect::Recall),
        Consequence::Case => Some(Effect::Case),
        Consequence::Retest => Some(Effect::Retest),
    }
}

fn line(t: &TubeLine, effect: Effect) -> PreviewLine {
    let cts = t.targets.iter().map(|x| GeneCt { gene: x.target.clone(), ct: x.ct }).collect();
    let people = if effect == Effect::UnknownTube { 0 } else { t.concerned };
    PreviewLine { row: t.line, well: t.well.clone(), tube: t.tube.clone(), result: t.result, cts, effect, people }
}

fn not_taken(t: &TubeLine) -> RefusedRow {
    RefusedRow {
        row: Some(t.line),
        column: None,
        rule: t.rule.clone().unwrap_or_else(|| "result.repeat".into()),
        en: t.outcome.en.clone(),
        zh: t.outcome.zh.clone(),
        value: Some(t.tube.to_string()),
    }
}

fn control(kind: ControlKind, well: Option<String>, verdict: Verdict) -> ControlLine {
    let (passed, en, zh) = match verdict {
        Verdict::Right => (true, "as it should be", "合格"),
        Verdict::Confirmed => (true, "not in the file; taken as right on the laboratory's word", "文件中没有，按检测机构确认视为合格"),
        Verdict::Wrong => {
            (false, "not as it should be: none of the results of this plate counts, run it again", "不合格：本板结果一律无效，请重新检测")
        }
    };
    ControlLine { well, kind, passed, en: en.to_owned(), zh: zh.to_owned() }
}

fn totals(lines: &[PreviewLine]) -> PreviewTotals {
    let mut n = PreviewTotals::default();
    for l in lines {
        match l.effect {
            Effect::Release => {
                n.release += 1;
                n.people_released += l.people;
            }
            Effect::Recall => {
                n.recall += 1;
                n.people_recalled += l.people;
            }
            Effect::Case => n.case += 1,
            Effect::Retest => n.retest += 1,
            Effect::UnknownTube => n.unknown_tube += 1,
        }
    }
    n
}
