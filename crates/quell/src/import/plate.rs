//! Plate files of a laboratory: the controls become `plate_read`, each tube's rows one `result_read` in a submission of its own,
//! so that one refused tube does not hold up the others. What the book would answer is shown before anything is handed in.

use super::report::{Effect, Issue, Issues, Report, Words, unconfirmed};
use super::wells::{CT_COLUMNS, Gathering, Verdict, judge_controls, tube_result};
use super::{ImportError, Source, incoming, next_rows};
use crate::app::App;
use quell_book::rows::Tube;
use quell_book::{DutyKind, Fact, PlaceKind, PlateRead, ResultRead, TargetCt, TestResult};
use quell_foundation::*;
use quell_protocol::{Protocol, TubeMode};
use quell_store::find::{self, DryRun, Would};
use quell_store::log::{Answer, Incoming};
use quell_tabular::{Summary, Warning};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Fields that are used.
const USED: &[&str] = &["tube", "plate", "control", "result", "target", "ct", "ct_orf1ab", "ct_n", "ct_e", "ct_internal", "at"];
/// Lines that are named in one sentence.
const NAMED: usize = 20;

/// What the person at the bench says about the file.
#[derive(Debug, Clone)]
pub struct PlateOptions {
    /// The laboratory.
    pub laboratory: PlaceId,
    /// The plate's code.
    pub plate: PlateId,
    /// When it was read, for rows without a time.
    pub at: Option<EventTime>,
    /// When it is taken to have been read if neither the file nor `at` says; without it such a file is refused.
    pub or_at: Option<EventTime>,
    /// The file has no rows of controls, but both were seen to be right.
    pub controls_ok: bool,
    /// What the sender says of every tube of the file: a row without a result has this one, and one that contradicts it refuses the file.
    pub all: Option<TestResult>,
}

/// What an accepted result does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Consequence {
    /// Releases the persons in the tube.
    Release,
    /// Calls them back to be sampled singly.
    Recall,
    /// Makes the person a case, or bears out that the person is one.
    Case,
    /// The tube is to be tested again or, after the last run, its persons are sampled again.
    Retest,
}

/// What will become of one tube.
#[derive(Debug, Clone, Serialize)]
pub struct TubeLine {
    /// First line of the file.
    pub line: u64,
    /// Its well on the plate, if the file says.
    pub well: Option<String>,
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
    /// The rule by which the book refuses it.
    pub rule: Option<String>,
    /// What an accepted result does.
    pub consequence: Consequence,
    /// Persons whom it does that to.
    pub concerned: i64,
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
    /// Its well, and that of the negative control, if the file says.
    pub control_wells: [Option<String>; 2],
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
    /// Tubes that this laboratory has received in the same boxes, that are not in the file and have no result: they stay open.
    pub waiting: Vec<TubeCode>,
    /// True once it was handed in.
    pub applied: bool,
    /// The plate itself is in the book already, by this same file.
    #[serde(skip)]
    read_before: bool,
    #[serde(skip)]
    batch: Vec<Incoming>,
}

/// Reads a plate file and asks the book what would follow. Nothing is written.
///
/// # Errors
/// If the file cannot be read to its end, has no controls and none are vouched for, has no time and none is given, if the
/// laboratory is not a listed one, or the database fails.
pub async fn prepare(app: &App, source: &Source, options: &PlateOptions) -> Result<PlateReport, ImportError> {
    check_laboratory(app, &options.laboratory).await?;
    let mut issues = Issues::default();
    let (all, summary) = gather(source, options, &mut issues)?;
    let mut report = source.report(&summary, USED);
    report.counts.bad = summary.rows - all.rows;
    report.stopped = source.unconfirmed(&summary);
    if source.rows.is_none() && summary.warnings.contains(&Warning::OpenEnd) {
        report.stopped.get_or_insert(unconfirmed(&Warning::OpenEnd));
    }
    let protocol = protocol_in_force(app).await?;
    let all_tubes = all.tubes.len() as u64;
    let declared_wrongly = declared_wrongly(&all, report.counts.bad, &protocol, options, &mut issues);
    let (positive_control, negative_control) = judge_controls(&all, &protocol, options)?;
    let control_wells = [&all.positive, &all.negative].map(|g| g.as_ref().and_then(|g| g.well.clone()));
    let mut wells: HashMap<u64, String> = all.tubes.iter().filter_map(|(line, t)| Some((*line, t.1.well.clone()?))).collect();
    let (read, mut lines) = facts(all, (positive_control, negative_control), options)?;
    if let Some(why) = declared_wrongly {
        report.stopped.get_or_insert(why);
        lines.clear();
    }
    let known = known_tubes(app, &lines).await?;
    let results = lines.into_iter().map(|(line, r)| r.and_then(|r| at_this_laboratory(line, r, &known, options)).map(|r| (line, r)));
    let tubes: Vec<(u64, ResultRead)> = results.filter_map(|r| r.map_err(|i| issues.add(*i)).ok()).collect();
    report.counts.bad += all_tubes - tubes.len() as u64;
    let waiting = find::waiting_in_boxes(&app.db.connection().await?, app.config.book, &options.laboratory, known.keys()).await?;
    let batch = if report.stopped.is_some() { Vec::new() } else { batch(app, source, read, &tubes) };
    issues.into_report(&mut report);
    let run = find::dry_run(&app.preview, app.clock.now(), batch.clone()).await?;
    let mut out = PlateReport {
        report,
        plate: options.plate.clone(),
        positive_control,
        control_wells,
        negative_control,
        tubes: Vec::new(),
        released_tubes: 0,
        released_persons: 0,
        recalled_persons: 0,
        cases: 0,
        refused: 0,
        waiting,
        applied: false,
        read_before: run.answers.first() == Some(&Would::Repeat),
        batch,
    };
    out.foresee(tubes, &known, &run, &mut wells);
    Ok(out)
}

/// Reads the file to its end.
pub(super) fn gather(source: &Source, options: &PlateOptions, issues: &mut Issues) -> Result<(Gathering, Summary), ImportError> {
    let mut rows = source.reader.rows(&source.mapping)?;
    let mut all = Gathering::default();
    let columns: Vec<&str> = CT_COLUMNS.iter().filter(|(f, _)| rows.summary().read_columns.contains_key(*f)).map(|(f, _)| *f).collect();
    loop {
        let chunk = next_rows(&mut rows, issues)?;
        if chunk.is_empty() {
            return Ok((all, rows.summary().clone()));
        }
        for row in &chunk {
            match all.add(row, &columns, options) {
                Ok(()) => all.rows += 1,
                Err(i) => issues.add(*i),
            }
        }
    }
}

/// Why nothing of the file may be used: it is not what its sender says it is. (Lanzhou 2022: positives in the file of negatives.)
fn declared_wrongly(all: &Gathering, bad: u64, protocol: &Protocol, options: &PlateOptions, issues: &mut Issues) -> Option<Words> {
    let said = options.all?;
    let against = all.against(said, protocol);
    if against.is_empty() && bad == 0 {
        return None;
    }
    let lines: Vec<String> = against.iter().take(NAMED).map(|i| i.line.to_string()).collect();
    let (n, zh) = (against.len(), said.zh());
    against.into_iter().for_each(|i| issues.add(i));
    Some(if n == 0 {
        Words::new(
            format!("nothing was handed in: the file was handed in as {said}, and {bad} of its rows cannot be read"),
            format!("未上报任何结果：文件按{zh}上报，但有 {bad} 行无法读取"),
        )
    } else {
        Words::new(
            format!("nothing was handed in: the file was handed in as {said}, and {n} of its tubes are not (lines {})", lines.join(", ")),
            format!("未上报任何结果：文件按{zh}上报，但其中 {n} 管不是{zh}（第 {} 行）", lines.join("、")),
        )
    })
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

/// The fact of the plate, and line and fact of each tube (or why its rows cannot be used).
pub(super) type Facts = (PlateRead, Vec<(u64, Result<ResultRead, Box<Issue>>)>);

pub(super) fn facts(all: Gathering, controls: (Verdict, Verdict), options: &PlateOptions) -> Result<Facts, ImportError> {
    let times = all.tubes.values().map(|t| &t.1).chain(&all.positive).chain(&all.negative).filter_map(|g| g.at);
    let at = options.at.or_else(|| times.max_by_key(|t| t.at)).or(options.or_at).ok_or_else(|| {
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

impl PlateReport {
    /// Fills in what would follow from each tube.
    fn foresee(&mut self, tubes: Vec<(u64, ResultRead)>, known: &BTreeMap<TubeCode, Tube>, run: &DryRun, wells: &mut HashMap<u64, String>) {
        if let Some(Would::Refuse(r)) = run.answers.first() {
            self.report.stopped.get_or_insert(Words::new(r.en.clone(), r.zh.clone()));
        }
        let follows = Follows::of(run);
        for ((line, fact), would) in tubes.into_iter().zip(run.answers.iter().skip(1)) {
            let tube = known.get(&fact.tube);
            let persons = tube.map(|t| t.members);
            let (outcome, refused) = match would {
                Would::Refuse(r) => (Words::new(r.en.clone(), r.zh.clone()), Some(r.rule.clone())),
                Would::Repeat => (Words::new("in the book already", "已在台账中"), None),
                Would::Accept => (in_words(fact.result, tube), None),
            };
            self.refused += u64::from(refused.is_some());
            if *would == Would::Accept && fact.result == TestResult::Negative {
                self.released_tubes += 1;
                self.released_persons += i64::from(persons.unwrap_or(0));
            }
            let repeat = *would == Would::Repeat;
            let (consequence, concerned) = follows.from(&fact, persons.unwrap_or(0));
            self.tubes.push(TubeLine {
                line,
                well: wells.remove(&line),
                tube: fact.tube,
                result: fact.result,
                targets: fact.targets,
                persons,
                outcome,
                refused: refused.is_some(),
                rule: refused,
                consequence,
                concerned,
                repeat,
            });
        }
        let opened = |kind: DutyKind| run.changes.duties.iter().filter(|d| d.kind == kind && d.opened_seq > run.seq).count() as u64;
        self.recalled_persons = opened(DutyKind::Recall);
        // Each new case owes a report.
        self.cases = opened(DutyKind::Report);
        self.count();
    }

    /// The facts that the book would take, of the plate and of each tube, as they can be handed in together; none if nothing of the file
    /// may be used.
    pub fn facts(&self) -> Vec<Fact> {
        if self.report.stopped.is_some() {
            return Vec::new();
        }
        let taken = self.tubes.iter().map(|t| !t.refused && !t.repeat);
        let batch = self.batch.iter().zip(std::iter::once(!self.read_before).chain(taken));
        batch.filter(|(_, taken)| *taken).flat_map(|(s, _)| s.facts().iter().cloned()).collect()
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
        if !self.waiting.is_empty() {
            let (n, some) = (self.waiting.len(), self.waiting.iter().take(NAMED).map(TubeCode::as_str).collect::<Vec<_>>());
            out.push(say(
                format!("{n} tubes of the same boxes are not in the file and still owe a result: {}", some.join(", ")),
                format!("同箱另有 {n} 管不在文件中，仍未出结果：{}", some.join("、")),
            ));
        }
        out.extend(self.report.lines(chinese, false));
        out
    }
}

/// What the book would do to the persons of the tubes.
struct Follows {
    /// Persons who are sampled again because of a tube.
    called_back: HashMap<TubeCode, i64>,
    /// Tubes that make someone a case.
    cases: HashSet<TubeCode>,
}

impl Follows {
    fn of(run: &DryRun) -> Self {
        let mut called_back = HashMap::new();
        let again = |k: DutyKind| matches!(k, DutyKind::Recall | DutyKind::Resample);
        for tube in run.changes.duties.iter().filter(|d| again(d.kind) && d.opened_seq > run.seq).filter_map(|d| d.tube.as_ref()) {
            *called_back.entry(tube.clone()).or_default() += 1;
        }
        let cases = run.changes.cases.iter().filter(|c| c.opened_seq > run.seq).filter_map(|c| c.tube.clone()).collect();
        Self { called_back, cases }
    }

    /// What a result does, and to how many persons.
    fn from(&self, r: &ResultRead, members: i32) -> (Consequence, i64) {
        let called_back = self.called_back.get(&r.tube).copied();
        match r.result {
            TestResult::Failed => (Consequence::Retest, i64::from(members)),
            TestResult::Negative => (Consequence::Release, i64::from(members)),
            TestResult::Positive if self.cases.contains(&r.tube) || (members == 1 && called_back.is_none()) => (Consequence::Case, 1),
            _ => (Consequence::Recall, called_back.unwrap_or(0)),
        }
    }
}

/// What follows from an accepted result, in words.
fn in_words(result: TestResult, tube: Option<&Tube>) -> Words {
    let n = tube.map_or(0, |t| t.members);
    let single = tube.is_some_and(|t| t.mode == TubeMode::Single);
    match (result, single) {
        (TestResult::Negative, _) => Words::new(format!("releases {n} persons"), format!("放行 {n} 人")),
        (TestResult::Positive, true) => Words::new("makes a case", "判为感染者"),
        (TestResult::Positive | TestResult::Indeterminate, _) => Words::new(format!("recalls {n} persons"), format!("召回复核 {n} 人")),
        (TestResult::Failed, _) => Words::new("is to be tested again", "须重新检测"),
    }
}
