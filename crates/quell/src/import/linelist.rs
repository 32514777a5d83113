//! Line lists of cases: each row becomes a person, a case and, if it says so, a death. The duties that the cases imply are
//! counted as of a chosen day. What the file lacks is told, not invented.

use super::report::{Effect, Issue, Issues, Report, Words};
use super::{Draft, ImportError, Planned, Policy, Progress, Source, Step, Verdict, finish, next_rows, time_of, word};
use crate::app::App;
use quell_book::rows::{Case, Person};
use quell_book::{BookConfig, CaseListed, Classification, Died, Fact, PersonListed, Sex, Standing};
use quell_exchange::join_name;
use quell_foundation::*;
use quell_protocol::OccupationClass;
use quell_store::find::{self, DutyCount};
use quell_tabular::Row;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Fields that are stored: in the person, the case, or the case's note.
const USED: &[&str] = &[
    "case",
    "number",
    "external",
    "name",
    "given",
    "family",
    "sex",
    "age",
    "born",
    "phone",
    "onset",
    "symptoms",
    "confirmed",
    "found",
    "known",
    "reported",
    "source",
    "exposure_from",
    "exposure_to",
    "severity",
    "classification",
    "died",
];
/// Particulars of a case whose absence is counted.
const WANTED: &[&str] = &["onset", "severity", "sex", "age", "symptoms", "source", "exposure_from", "exposure_to"];
/// What the book needs for a case's chain, and under which name a mapping would have it.
const CHAIN: &[(&str, &str, &str)] = &[
    ("name", "name", "姓名"),
    ("id_number", "identity number", "身份证号"),
    ("born", "birth date", "出生日期"),
    ("phone", "telephone", "联系电话"),
    ("home", "address", "住址"),
    ("occupation", "occupation", "职业"),
    ("classification", "classification", "病例分类"),
    ("control", "found in the community or under control", "发现途径（社会面或管控）"),
    ("sampled", "time of sampling", "采样时间"),
    ("reported", "time and receipt of the statutory report", "报告时间与回执"),
    ("investigated", "investigation", "流行病学调查"),
    ("transferred", "transfer", "转运"),
    ("admitted", "admission: facility, ward, bed", "入院：机构、病区、床位"),
    ("exit_test", "exit tests", "出院核酸"),
    ("discharged", "discharge", "出院"),
];

/// What is asked of the import.
#[derive(Debug, Clone)]
pub struct LinelistOptions {
    /// Cases confirmed up to this day are opened.
    pub as_of: Day,
    /// The place to which all cases are assigned: the file has no addresses.
    pub home: PlaceId,
    /// What to do with the rows.
    pub policy: Policy,
}

/// What the import of a line list did.
#[derive(Debug, Serialize)]
pub struct LinelistReport {
    /// Rows, issues, columns.
    #[serde(flatten)]
    pub report: Report,
    /// The chosen day.
    pub as_of: Day,
    /// Cases of the file that are in the book now.
    pub cases: u64,
    /// Deaths among them up to the chosen day.
    pub deaths: u64,
    /// Cases confirmed later than the chosen day.
    pub later: u64,
    /// Duties of these cases as they stood at the end of the chosen day.
    pub duties: Vec<DutyCount>,
    /// Of the cases up to the chosen day: how many lack a particular that the file has a column for.
    pub lacking: BTreeMap<String, u64>,
    /// What the book needs and the file does not have at all.
    pub absent: Vec<Words>,
}

/// One row, understood.
pub(super) struct Listed {
    line: u64,
    person: PersonListed,
    case: CaseListed,
    died: Option<Died>,
}

impl Listed {
    /// All that the row says.
    pub(super) fn facts(self) -> Vec<Fact> {
        [self.person.into(), self.case.into()].into_iter().chain(self.died.map(Fact::from)).collect()
    }
}

/// Imports a line list.
///
/// # Errors
/// If the file cannot be read to its end, the home is not a listed place, or the database or the door fails.
pub async fn import(app: &App, source: &Source, options: &LinelistOptions, progress: Progress<'_>) -> Result<LinelistReport, ImportError> {
    check_home(app, &options.home).await?;
    let mut rows = source.reader.rows(&source.mapping)?;
    let (mut issues, mut seen) = (Issues::default(), HashMap::new());
    let (mut planned, mut persons) = (Vec::new(), Vec::new());
    let mut lacking: BTreeMap<String, u64> = BTreeMap::new();
    let (mut later, mut deaths, mut in_scope) = (0, 0, 0);
    loop {
        let chunk = next_rows(&mut rows, &mut issues)?;
        if chunk.is_empty() {
            break;
        }
        let columns = rows.summary().read_columns.clone();
        let mut listed = Vec::new();
        for row in &chunk {
            match understand(&app.config, source, row, options, &mut seen) {
                Err(issue) => issues.add(*issue),
                Ok(Understood::LeftOut { later: is_later }) => {
                    later += u64::from(is_later);
                    planned.push(Planned { line: row.line, facts: vec![], verdict: Verdict::LeftOut });
                }
                Ok(Understood::Repeated(issue)) => {
                    issues.add(*issue);
                    planned.push(Planned { line: row.line, facts: vec![], verdict: Verdict::HeldBack });
                }
                Ok(Understood::Case(l)) => {
                    in_scope += 1;
                    deaths += u64::from(l.died.is_some());
                    for f in WANTED.iter().filter(|f| columns.contains_key(**f) && row.get(f).is_none()) {
                        *lacking.entry((*f).to_owned()).or_default() += 1;
                    }
                    listed.push(*l);
                }
            }
        }
        compare(app, listed, &mut planned, &mut persons).await?;
        progress(Step::Read, rows.summary().rows, source.reader.records());
    }
    let summary = rows.summary().clone();
    let draft = Draft { summary: summary.clone(), rows: planned, issues };
    let mut report = finish(app, source, draft, USED, options.policy, progress).await?;
    let c = app.db.connection().await?;
    report.book_after = find::sizes(&c, app.config.book).await?.0;
    let end_of_day = options.as_of.plus(1).start(app.config.offset);
    let duties = find::duties(&c, app.config.book, &persons, end_of_day).await?;
    let has = |f: &str| summary.read_columns.contains_key(f);
    let absent = CHAIN.iter().filter(|(f, ..)| !has(f)).map(|(_, en, zh)| Words::new(*en, *zh)).collect();
    let cases = if report.written > 0 || report.counts.unchanged > 0 { in_scope } else { 0 };
    Ok(LinelistReport { report, as_of: options.as_of, cases, deaths, later, duties, lacking, absent })
}

pub(super) async fn check_home(app: &App, home: &PlaceId) -> Result<(), ImportError> {
    let listed = find::listed(&app.db.connection().await?, app.config.book, std::slice::from_ref(home)).await?;
    if listed.is_empty() {
        return Err(ImportError::Unfit(Words::new(
            format!("--home: {home} is not a listed place of this book; list it with 'quell import places'"),
            format!("--home：{home} 不是本台账已登记的地点，请先用 quell import places 导入"),
        )));
    }
    Ok(())
}

pub(super) enum Understood {
    Case(Box<Listed>),
    LeftOut { later: bool },
    Repeated(Box<Issue>),
}

/// A row as facts. Ids follow from the mapping's name and the case's label, so that a later edition of the list means the same people.
pub(super) fn understand(
    config: &BookConfig,
    source: &Source,
    row: &Row,
    options: &LinelistOptions,
    seen: &mut HashMap<String, u64>,
) -> Result<Understood, Box<Issue>> {
    let offset = config.offset;
    let label = ["case", "number", "external"].iter().find_map(|f| row.text(f)).unwrap_or_default();
    let first = *seen.entry(label.to_owned()).or_insert(row.line);
    if first != row.line {
        let message = (format!("line {first} lists the same case"), format!("第 {first} 行是同一病例"));
        return Ok(Understood::Repeated(Box::new(
            Issue::new(Effect::HeldBack, row.line, "duplicate.case", message, ("keep one of them", "请只保留一行")).with_value(label),
        )));
    }
    let classification = row.text("classification").map_or(Ok(Classification::Confirmed), |t| word(row, "classification", t))?;
    if classification == Classification::NotACase {
        return Ok(Understood::LeftOut { later: false });
    }
    let at = ["confirmed", "found", "known", "reported"].iter().find_map(|f| time_of(row, f, offset)).ok_or_else(|| {
        let message = ("neither the day of confirmation nor of the report is given", "确诊日期和报告日期均缺失");
        Issue::new(Effect::Bad, row.line, "case.confirmed", message, ("fill one of them in", "请填写其中之一")).with_value(label).boxed()
    })?;
    if at.at.day(offset) > options.as_of {
        return Ok(Understood::LeftOut { later: true });
    }
    let severity = row.text("severity").map(|t| word(row, "severity", t)).transpose()?;
    let sex = row.text("sex").map_or(Ok(Sex::Unknown), |t| word(row, "sex", t))?;
    let part = |field| row.text(field).unwrap_or_default();
    let name = row.text("name").map_or_else(|| join_name(part("given"), part("family")), str::to_owned);
    let id =
        |what: &[u8]| derived_uuid(&[b"linelist", what, &config.book.0.to_be_bytes(), source.mapping.name().as_bytes(), label.as_bytes()]);
    let person = PersonId(id(b"person"));
    let died = time_of(row, "died", offset).filter(|t| t.at.day(offset) <= options.as_of).map(|at| Died { person, at, cause: None });
    Ok(Understood::Case(Box::new(Listed {
        line: row.line,
        person: PersonListed {
            person,
            name: if name.is_empty() { label.to_owned() } else { name },
            sex,
            born: row.date("born"),
            home: options.home.clone(),
            id_number: None,
            identity: None,
            phone: row.text("phone").map(str::to_owned),
            occupation: OccupationClass::General,
            tags: Default::default(),
            seen: None,
        },
        case: CaseListed {
            case: CaseId(id(b"case")),
            person,
            classification,
            severity,
            onset: time_of(row, "onset", offset),
            at,
            control: None,
            note: note(row, label),
            number: None,
            sampled: None,
            reported: None,
            setting: None,
            ended: None,
        },
        died,
    })))
}

/// What the source says beyond the book's fields, in its own words.
fn note(row: &Row, label: &str) -> Option<String> {
    let day = |f: &str| row.date(f).map_or("?".to_owned(), |d| d.to_string());
    let mut parts = vec![format!("case {label}")];
    if row.get("born").is_none() {
        parts.extend(row.integer("age").map(|a| format!("age {a}")));
    }
    parts.extend(row.text("source").map(|s| format!("source: {s}")));
    if row.get("exposure_from").is_some() || row.get("exposure_to").is_some() {
        parts.push(format!("exposure: {} to {}", day("exposure_from"), day("exposure_to")));
    }
    parts.extend(row.text("symptoms").map(|s| format!("symptoms: {s}")));
    Some(parts.join("; "))
}

/// What the book does not have yet of these cases.
async fn compare(app: &App, listed: Vec<Listed>, planned: &mut Vec<Planned>, persons: &mut Vec<PersonId>) -> Result<(), ImportError> {
    let c = app.db.connection().await?;
    let ids: Vec<CaseId> = listed.iter().map(|l| l.case.case).collect();
    let people: Vec<PersonId> = listed.iter().map(|l| l.case.person).collect();
    let cases: HashSet<CaseId> = find::cases(&c, app.config.book, &ids).await?.iter().map(|c: &Case| c.case_id).collect();
    let known: HashMap<PersonId, Person> =
        find::persons(&c, app.config.book, &people, &[]).await?.into_iter().map(|p| (p.person_id, p)).collect();
    persons.extend(people);
    for l in listed {
        let is_case = cases.contains(&l.case.case);
        let dead = known.get(&l.case.person).is_some_and(|p| p.standing == Standing::Dead);
        let mut facts: Vec<Fact> = Vec::new();
        if !is_case {
            facts.push(l.person.into());
            facts.push(l.case.into());
        }
        facts.extend(l.died.filter(|_| !dead).map(Fact::from));
        let verdict = match (is_case, facts.is_empty()) {
            (false, _) => Verdict::New,
            (true, false) => Verdict::Changed,
            (true, true) => Verdict::Unchanged,
        };
        planned.push(Planned { line: l.line, facts, verdict });
    }
    Ok(())
}

impl LinelistReport {
    /// The report as lines of text.
    pub fn lines(&self, chinese: bool, preview: bool) -> Vec<String> {
        let say = |en: String, zh: String| if chinese { zh } else { en };
        let mut out = self.report.lines(chinese, preview);
        if preview || self.cases == 0 {
            return out;
        }
        let (day, c) = (self.as_of, &self.report.counts);
        out.push(say(
            format!(
                "as of {day}: {} cases of this file in the book ({} opened now), {} died; {} confirmed later than that day",
                self.cases, c.new, self.deaths, self.later
            ),
            format!(
                "截至 {day}：本文件病例 {} 例在台账中（本次新增 {} 例），死亡 {} 例；另有 {} 例确诊晚于该日",
                self.cases, c.new, self.deaths, self.later
            ),
        ));
        for d in &self.duties {
            out.push(say(
                format!("  {}: {} opened, {} open, of these {} overdue", d.kind, d.opened, d.open, d.overdue),
                format!("  {}：应办 {}，未办 {}，其中超时 {}", d.kind.zh(), d.opened, d.open, d.overdue),
            ));
        }
        for (field, n) in &self.lacking {
            out.push(say(format!("lacking: {field} in {n} cases"), format!("缺失：{n} 例没有 {field}")));
        }
        let names: Vec<&str> = self.absent.iter().map(|w| w.pick(chinese)).collect();
        if !names.is_empty() {
            out.push(say(
                format!("not in the file at all, and not invented: {}", names.join("; ")),
                format!("文件完全没有、未作补造：{}", names.join("、")),
            ));
        }
        out
    }
}
