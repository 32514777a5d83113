//! Plate files of a laboratory: the controls become `plate_read`, each tube's rows one `result_read` in a submission of its own,
//! so that one refused tube does not hold up the others. What the book would answer is shown before anything is handed in.

use super::report::{Effect, Issue, Issues, Report, Words};
use super::{ImportError, Source, incoming, next_rows};
use crate::app::App;
use quell_book::rows::Tube;
use quell_book::{DutyKind, Fact, PlaceKind, PlateRead, ResultRead, TargetCt, TestResult};
use quell_foundation::*;
use quell_protocol::{Protocol, TubeMode};
use quell_store::find::{self, DryRun, Would};
use quell_store::log::{Answer, Incoming};
use quell_tabular::Row;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Fields that are used.
const USED: &[&str] = &["tube", "plate", "control", "result", "target", "ct", "ct_orf1ab", "ct_n", "ct_e", "ct_internal", "at"];
/// Columns with the Ct of one target, and the target's name.
const CT_COLUMNS: &[(&str, &str)] = &[("ct_orf1ab", "ORF1ab"), ("ct_n", "N"), ("ct_e", "E"), ("ct_internal", INTERNAL)];
/// The internal control: shows that the swab held human material, says nothing about the infection.
const INTERNAL: &str = "internal";

/// What the person at the bench says about the file.
#[derive(Debug, Clone)]
pub struct PlateOptions {
    /// The laboratory.
    pub laboratory: PlaceId,
    /// The plate's code.
    pub plate: PlateId,
    /// When it was read, for rows without a time.
    pub at: Option<EventTime>,
    /// The file has no rows of controls, but both were seen to be right.
    pub controls_ok: bool,
}

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

/// What will become of one tube.
#[derive(Debug, Clone, Serialize)]
pub struct TubeLine {
    /// First line of the file.
    pub line: u64,
    /// The tube.
    pub tube: TubeCode,
    /// The result in the file.
    pub result: TestResult,
    /// Cycle thresholds, the internal control left out.
    pub targets: Vec<TargetCt>,
    /// Persons in the tube, if it is known.
    pub persons: Option<i32>,
    /// What follows, or why it is refused.
    pub outcome: Words,
    /// True if the book refuses it.
    pub refused: bool,
    /// True if it is in the book already.
    pub repeat: bool,
}

/// What a plate file says, and what the book makes of it.
#[derive(Debug, Serialize)]
pub struct PlateReport {
    /// Rows, issues, columns.
    #[serde(flatten)]
    pub report: Report,
    /// The plate.
    pub plate: PlateId,
    /// The positive control.
    pub positive_control: Verdict,
    /// The negative control.
    pub negative_control: Verdict,
    /// Tubes, in the order of the file.
    pub tubes: Vec<TubeLine>,
    /// Tubes whose negative result releases their persons.
    pub released_tubes: u64,
    /// Their persons.
    pub released_persons: i64,
    /// Persons who are called back for a single test.
    pub recalled_persons: u64,
    /// New cases.
    pub cases: u64,
    /// Tubes that the book refuses.
    pub refused: u64,
    /// True once it was handed in.
    pub applied: bool,
    #[serde(skip)]
    batch: Vec<Incoming>,
}

/// What the rows of one tube or control say together.
#[derive(Debug, Default)]
struct Gathered {
    line: u64,
    results: BTreeSet<&'static str>,
    /// Lowest Ct by target; `None` where nothing was amplified.
    targets: BTreeMap<String, Option<Ct>>,
    at: Option<EventTime>,
}

/// Everything of a plate file, by tube and by control.
#[derive(Debug, Default)]
struct Gathering {
    tubes: BTreeMap<u64, (TubeCode, Gathered)>,
    order: BTreeMap<TubeCode, u64>,
    positive: Option<Gathered>,
    negative: Option<Gathered>,
    rows: u64,
}

/// Reads a plate file and asks the book what would follow. Nothing is written.
///
/// # Errors
/// If the file cannot be read to its end, has no controls and none are vouched for, has no time and none is given, if the
/// laboratory is not a listed one, or the database fails.
pub async fn prepare(app: &App, source: &Source, options: &PlateOptions) -> Result<PlateReport, ImportError> {
    check_laboratory(app, &options.laboratory).await?;
    let mut rows = source.reader.rows(&source.mapping)?;
    let (mut issues, mut all) = (Issues::default(), Gathering::default());
    let columns: Vec<&str> = CT_COLUMNS.iter().filter(|(f, _)| rows.summary().read_columns.contains_key(*f)).map(|(f, _)| *f).collect();
    loop {
        let chunk = next_rows(&mut rows, &mut issues)?;
        if chunk.is_empty() {
            break;
        }
        for row in &chunk {
            all.rows += 1;
            if let Err(i) = all.add(row, &columns, options) {
                issues.add(*i);
                all.rows -= 1;
            }
        }
    }
    let summary = rows.summary().clone();
    let mut report = source.report(&summary, USED);
    report.counts.bad = summary.rows - all.rows;
    report.stopped = source.unconfirmed(&summary);
    let protocol = protocol_in_force(app).await?;
    let all_tubes = all.tubes.len() as u64;
    let (positive_control, negative_control) = judge_controls(&all, &protocol, options)?;
    let (read, lines) = facts(all, (positive_control, negative_control), options)?;
    let known = known_tubes(app, &lines).await?;
    let results = lines.into_iter().map(|(line, r)| r.and_then(|r| at_this_laboratory(line, r, &known, options)).map(|r| (line, r)));
    let tubes: Vec<(u64, ResultRead)> = results.filter_map(|r| r.map_err(|i| issues.add(*i)).ok()).collect();
    report.counts.bad += all_tubes - tubes.len() as u64;
    let batch = batch(app, source, read, &tubes);
    issues.into_report(&mut report);
    let run = find::dry_run(&app.preview, app.clock.now(), batch.clone()).await?;
    let mut out = PlateReport {
        report,
        plate: options.plate.clone(),
        positive_control,
        negative_control,
        tubes: Vec::new(),
        released_tubes: 0,
        released_persons: 0,
        recalled_persons: 0,
        cases: 0,
        refused: 0,
        applied: false,
        batch,
    };
    out.foresee(tubes, &known, &run);
    Ok(out)
}

async fn check_laboratory(app: &App, laboratory: &PlaceId) -> Result<(), ImportError> {
    let found = find::places(&app.db.connection().await?, app.config.book, std::slice::from_ref(laboratory)).await?;
    if found.iter().any(|p| p.kind == PlaceKind::Laboratory) {
        return Ok(());
    }
    Err(ImportError::Unfit(Words::new(
        format!("--laboratory: {laboratory} is not a listed laboratory of this book"),
        format!("--laboratory：{laboratory} 不是本台账已登记的检测机构"),
    )))
}

async fn protocol_in_force(app: &App) -> Result<std::sync::Arc<Protocol>, ImportError> {
    let c = app.db.connection().await?;
    let head = quell_store::log::head(&c, app.config.book, false).await?;
    Ok(match head.protocol {
        Some((_, hash)) => app.shelf.get(&c, hash).await?,
        None => app.default_protocol.clone(),
    })
}

impl Gathering {
    /// Puts a row with the others of its tube or control.
    fn add(&mut self, row: &Row, ct_columns: &[&str], options: &PlateOptions) -> Result<(), Box<Issue>> {
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
        }
        into.results.extend(row.text("result").and_then(|t| TestResult::ALL.iter().find(|r| r.as_str() == t)).map(|r| r.as_str()));
        into.at = into.at.or(row.datetime("at"));
        let wide = ct_columns.iter().filter_map(|f| CT_COLUMNS.iter().find(|c| c.0 == *f)).map(|(f, target)| (*target, row.decimal(f)));
        let long = row.text("target").map(|t| (t, row.decimal("ct")));
        for (target, ct) in wide.chain(long) {
            let ct = ct.and_then(Ct::new);
            let seen = into.targets.entry(target.to_owned()).or_insert(ct);
            // Of two wells the lower Ct counts: the one nearer to a positive.
            *seen = match (*seen, ct) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        Ok(())
    }
}

/// Whether the controls are as they should be. By the laboratory's call if the file has one, and by the Ct values in any case.
fn judge_controls(all: &Gathering, protocol: &Protocol, options: &PlateOptions) -> Result<(Verdict, Verdict), ImportError> {
    let amplified = |ct: &Option<Ct>| ct.is_some_and(|c| protocol.is_positive_ct(c));
    let judge = |control: &Option<Gathered>, positive: bool| {
        let Some(g) = control else { return options.controls_ok.then_some(Verdict::Confirmed) };
        let called = g.results.iter().all(|r| *r == if positive { "positive" } else { "negative" });
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

/// The fact of the plate, and line and fact of each tube (or why its rows cannot be used).
type Facts = (PlateRead, Vec<(u64, Result<ResultRead, Box<Issue>>)>);

fn facts(all: Gathering, controls: (Verdict, Verdict), options: &PlateOptions) -> Result<Facts, ImportError> {
    let times = all.tubes.values().map(|t| &t.1).chain(&all.positive).chain(&all.negative).filter_map(|g| g.at);
    let at = options.at.or_else(|| times.max_by_key(|t| t.at)).ok_or_else(|| {
        ImportError::Unfit(Words::new(
            "the file does not say when the plate was read; give --at, for example --at 2022-11-26T14:30:00+08:00",
            "文件中没有检测时间，请用 --at 给出，如 --at 2022-11-26T14:30:00+08:00",
        ))
    })?;
    let read = PlateRead {
        plate: options.plate.clone(),
        laboratory: options.laboratory.clone(),
        at,
        positive_control_ok: controls.0 != Verdict::Wrong,
        negative_control_ok: controls.1 != Verdict::Wrong,
    };
    let lines = all.tubes.into_iter().map(|(line, (tube, g))| (line, tube_result(tube, g, at, options))).collect();
    Ok((read, lines))
}

/// The submissions: the plate, then each tube by itself.
fn batch(app: &App, source: &Source, read: PlateRead, tubes: &[(u64, ResultRead)]) -> Vec<Incoming> {
    let submission = |fact: Fact| {
        let s = incoming(app, uuid::Uuid::nil(), vec![fact]);
        let id = SubmissionId(source.derive(app, &[b"plate", &s.content_hash().0]));
        s.with_id(id)
    };
    std::iter::once(submission(read.into())).chain(tubes.iter().map(|t| submission(t.1.clone().into()))).collect()
}

async fn known_tubes(app: &App, lines: &[(u64, Result<ResultRead, Box<Issue>>)]) -> Result<BTreeMap<TubeCode, Tube>, ImportError> {
    let codes: Vec<TubeCode> = lines.iter().filter_map(|l| l.1.as_ref().ok()).map(|r| r.tube.clone()).collect();
    let found = find::tubes(&app.db.connection().await?, app.config.book, &codes).await?;
    Ok(found.into_iter().map(|t| (t.tube.clone(), t)).collect())
}

/// A tube that another laboratory has received cannot be on this laboratory's plate.
fn at_this_laboratory(
    line: u64,
    r: ResultRead,
    known: &BTreeMap<TubeCode, Tube>,
    options: &PlateOptions,
) -> Result<ResultRead, Box<Issue>> {
    match known.get(&r.tube).and_then(|t| t.laboratory.as_ref()) {
        Some(other) if *other != options.laboratory => {
            let message = (format!("this tube was received by {other}"), format!("该管由 {other} 接收"));
            let advice = ("check the barcode and --laboratory", "请核对条码和 --laboratory");
            Err(Issue::new(Effect::Bad, line, "result.other_laboratory", message, advice).with_value(r.tube.as_str()).boxed())
        }
        _ => Ok(r),
    }
}

/// The one result that the rows of a tube agree on.
fn tube_result(tube: TubeCode, g: Gathered, at: EventTime, options: &PlateOptions) -> Result<ResultRead, Box<Issue>> {
    let bad = |rule: &str, message: (String, String), advice: (&str, &str)| {
        Issue::new(Effect::Bad, g.line, rule, message, advice).with_value(tube.as_str()).boxed()
    };
    let called: Vec<TestResult> = g.results.iter().filter_map(|r| r.parse().ok()).collect();
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

impl PlateReport {
    /// Fills in what would follow from each tube.
    fn foresee(&mut self, tubes: Vec<(u64, ResultRead)>, known: &BTreeMap<TubeCode, Tube>, run: &DryRun) {
        if let Some(Would::Refuse(r)) = run.answers.first() {
            self.report.stopped.get_or_insert(Words::new(r.en.clone(), r.zh.clone()));
        }
        for ((line, fact), would) in tubes.into_iter().zip(run.answers.iter().skip(1)) {
            let tube = known.get(&fact.tube);
            let persons = tube.map(|t| t.members);
            let (outcome, refused) = match would {
                Would::Refuse(r) => (Words::new(r.en.clone(), r.zh.clone()), true),
                Would::Repeat => (Words::new("in the book already", "已在台账中"), false),
                Would::Accept => (consequence(fact.result, tube), false),
            };
            self.refused += u64::from(refused);
            if *would == Would::Accept && fact.result == TestResult::Negative {
                self.released_tubes += 1;
                self.released_persons += i64::from(persons.unwrap_or(0));
            }
            let repeat = *would == Would::Repeat;
            self.tubes.push(TubeLine {
                line,
                tube: fact.tube,
                result: fact.result,
                targets: fact.targets,
                persons,
                outcome,
                refused,
                repeat,
            });
        }
        let opened = |kind: DutyKind| run.changes.duties.iter().filter(|d| d.kind == kind && d.opened_seq > run.seq).count() as u64;
        self.recalled_persons = opened(DutyKind::Recall);
        // Each new case owes a report.
        self.cases = opened(DutyKind::Report);
        self.count();
    }

    /// Rows of the file as they stand now.
    fn count(&mut self) {
        let c = &mut self.report.counts;
        c.unchanged = self.tubes.iter().filter(|t| t.repeat).count() as u64;
        c.held_back = self.refused;
        c.new = self.tubes.len() as u64 - c.unchanged - c.held_back;
        // What is left are rows of controls and further rows of the same tube.
        c.left_out = c.read - c.new - c.unchanged - c.held_back - c.bad;
    }

    /// Hands everything in and notes what the book answered.
    ///
    /// # Errors
    /// If the door fails; what was written before stays, and the same file can be handed in again.
    pub async fn apply(&mut self, app: &App) -> Result<(), ImportError> {
        let mut answers = app.door.submit(std::mem::take(&mut self.batch)).await.into_iter();
        self.applied = true;
        match answers.next().transpose()? {
            Some(Answer::Accepted(r)) => self.report.written += u64::from(!r.repeat),
            Some(Answer::Refused(r)) => self.report.stopped = Some(Words::new(r.en, r.zh)),
            Some(Answer::IdReused) | None => {}
        }
        self.refused = 0;
        for (t, answer) in self.tubes.iter_mut().zip(answers) {
            match answer? {
                Answer::Accepted(r) => {
                    t.refused = false;
                    t.repeat = r.repeat;
                    self.report.written += u64::from(!r.repeat);
                }
                Answer::IdReused => {}
                Answer::Refused(r) => {
                    t.refused = true;
                    t.outcome = Words::new(r.en, r.zh);
                    self.refused += 1;
                }
            }
        }
        self.count();
        Ok(())
    }

    /// True if there is nothing that a person must look at.
    pub fn is_clean(&self) -> bool {
        self.report.stopped.is_none() && self.report.counts.bad == 0 && self.refused == 0
    }

    /// The report as lines of text.
    pub fn lines(&self, chinese: bool) -> Vec<String> {
        let say = |en: String, zh: String| if chinese { zh } else { en };
        let mut out: Vec<String> = Vec::new();
        let word = |v: Verdict| match v {
            Verdict::Right => ("right", "合格"),
            Verdict::Wrong => ("FAILED: none of the plate's results counts", "不合格，本板结果一律无效"),
            Verdict::Confirmed => ("not in the file, taken as right", "文件中无，按确认合格"),
        };
        let (p, n, plate) = (word(self.positive_control), word(self.negative_control), &self.plate);
        out.push(say(
            format!("plate {plate}: positive control {}; negative control {}", p.0, n.0),
            format!("板 {plate}：阳性对照{}；阴性对照{}", p.1, n.1),
        ));
        for t in self.tubes.iter().filter(|t| t.refused || t.result != TestResult::Negative) {
            let (line, tube, result, o) = (t.line, &t.tube, t.result, t.outcome.pick(chinese));
            let mark = if t.refused { ("REFUSED: ", "拒绝：") } else { ("", "") };
            out.push(say(
                format!("line {line}, tube {tube}, {result}: {}{o}", mark.0),
                format!("第 {line} 行，采样管 {tube}，{}：{}{o}", result.zh(), mark.1),
            ));
        }
        let (a, b, r, c, x) = (self.released_tubes, self.released_persons, self.recalled_persons, self.cases, self.refused);
        if self.applied {
            let n = self.report.written;
            out.push(say(format!("{n} facts written, {x} tubes refused"), format!("已写入 {n} 条，拒绝 {x} 管")));
        } else {
            out.push(say(
                format!("this releases {a} tubes with {b} persons, recalls {r} persons, makes {c} cases; {x} tubes will be refused"),
                format!("将放行 {a} 管 {b} 人，召回复核 {r} 人，新增感染者 {c} 例；将拒绝 {x} 管"),
            ));
        }
        out.extend(self.report.lines(chinese, false));
        out
    }
}

/// What follows from an accepted result, in words.
fn consequence(result: TestResult, tube: Option<&Tube>) -> Words {
    let n = tube.map_or(0, |t| t.members);
    let single = tube.is_some_and(|t| t.mode == TubeMode::Single);
    match (result, single) {
        (TestResult::Negative, _) => Words::new(format!("releases {n} persons"), format!("放行 {n} 人")),
        (TestResult::Positive, true) => Words::new("makes a case", "判为感染者"),
        (TestResult::Positive | TestResult::Indeterminate, _) => Words::new(format!("recalls {n} persons"), format!("召回复核 {n} 人")),
        (TestResult::Failed, _) => Words::new("is to be tested again", "须重新检测"),
    }
}
