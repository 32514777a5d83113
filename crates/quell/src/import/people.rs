//! Lists of people: each row becomes `person_listed`. Duplicates are found and told, never merged silently.

use super::report::{Effect, Issue, Issues, Report};
use super::{Draft, Ground, ImportError, Planned, Policy, Progress, Source, Step, Verdict, check_growth, finish, next_rows, word};
use crate::app::App;
use quell_book::rows::Person;
use quell_book::{Identity, PersonListed, Sex};
use quell_foundation::*;
use quell_protocol::OccupationClass;
use quell_store::find;
use quell_tabular::Row;
use std::collections::{HashMap, HashSet};

/// Fields that are stored (or, the last, say how another one is checked).
const USED: &[&str] = &["name", "id_number", "sex", "born", "phone", "home", "occupation", "tags", "document_type"];

/// A row as a person, and which particulars the file says nothing about.
pub(super) struct Candidate {
    pub(super) line: u64,
    pub(super) person: PersonListed,
    knows_occupation: bool,
    knows_tags: bool,
}

/// Imports a list of people.
///
/// # Errors
/// If the file cannot be read to its end, or the database or the door fails. Bad rows are no error: they are in the report.
pub async fn import(app: &App, source: &Source, policy: Policy, progress: Progress<'_>) -> Result<Report, ImportError> {
    let mut rows = source.reader.rows(&source.mapping)?;
    let mut issues = Issues::default();
    let mut seen = Seen { update: policy.update, ..Seen::default() };
    let mut planned: Vec<Planned> = Vec::new();
    loop {
        let chunk = next_rows(&mut rows, &mut issues)?;
        if chunk.is_empty() {
            break;
        }
        let ground = Ground { config: &app.config, key: &app.key, today: app.clock.now().day(app.config.offset) };
        let candidates: Vec<Candidate> = chunk.iter().filter_map(|r| candidate(&ground, r).map_err(|i| issues.add(*i)).ok()).collect();
        let candidates = with_listed_homes(app, candidates, &mut issues).await?;
        compare(app, candidates, &mut seen, &mut planned, &mut issues).await?;
        progress(Step::Read, rows.summary().rows, source.reader.records());
    }
    let draft = Draft { summary: rows.summary().clone(), rows: planned, issues };
    let before = find::sizes(&app.db.connection().await?, app.config.book).await?.0;
    let mut report = finish(app, source, draft, USED, policy, progress).await?;
    report.book_before = before;
    report.book_after = find::sizes(&app.db.connection().await?, app.config.book).await?.0;
    check_growth(&mut report, ("persons", "人员"));
    Ok(report)
}

/// An id that follows from who the person is: the keyed hash of the identity number, else name, birth date and home.
pub(super) fn person_id(book: BookId, p: &PersonListed) -> PersonId {
    let book = book.0.to_be_bytes();
    let born = p.born.map(|b| b.to_string()).unwrap_or_default();
    PersonId(match &p.identity {
        Some(i) => derived_uuid(&[b"person", &book, b"identity", &i.hash.0]),
        None => derived_uuid(&[b"person", &book, b"name", p.name.as_bytes(), born.as_bytes(), p.home.as_str().as_bytes()]),
    })
}

/// A row as a person, or why it cannot be one.
pub(super) fn candidate(ground: &Ground<'_>, row: &Row) -> Result<Candidate, Box<Issue>> {
    let home = home(&ground.config.root, row)?;
    let born = row.date("born");
    if let Some(b) = born.filter(|b| *b > ground.today) {
        let advice = ("check it against the document", "请核对证件");
        return Err(Issue::new(
            Effect::Bad,
            row.line,
            "born.future",
            (format!("the birth date {b} is in the future"), format!("出生日期 {b} 晚于今天")),
            advice,
        )
        .boxed());
    }
    let sex = row.text("sex").map_or(Ok(Sex::Unknown), |t| word(row, "sex", t))?;
    let occupation = row.text("occupation").map(|t| word(row, "occupation", t)).transpose()?;
    let tags = row.list("tags").into_iter().map(|t| word(row, "tags", t)).collect::<Result<_, _>>()?;
    let identity: Option<Identity> = row.text("id_number").map(|n| ground.key.identity(n));
    let mut person = PersonListed {
        person: PersonId(uuid::Uuid::nil()),
        name: row.text("name").unwrap_or_default().to_owned(),
        sex,
        born,
        home,
        id_number: None,
        identity,
        phone: row.text("phone").map(str::to_owned),
        occupation: occupation.unwrap_or(OccupationClass::General),
        tags,
        seen: None,
    };
    person.person = person_id(ground.config.book, &person);
    Ok(Candidate { line: row.line, person, knows_occupation: occupation.is_some(), knows_tags: row.get("tags").is_some() })
}

/// The home as a path of this book.
fn home(root: &PlaceId, row: &Row) -> Result<PlaceId, Box<Issue>> {
    let bad = |rule: &str, message: (String, String), advice: (&str, &str)| Issue::new(Effect::Bad, row.line, rule, message, advice);
    let Some(text) = row.text("home") else {
        let address = row.text("address").unwrap_or_default();
        return Err(bad(
            "home.missing",
            (
                "the row has an address but no place code; an address alone is not matched to a household".into(),
                "只有地址、没有地址编码，仅凭地址无法对应到户".into(),
            ),
            ("add a column with the path of the household (户编号, home)", "请增加“户编号”列，填写户的地点编码"),
        )
        .with_value(address)
        .boxed());
    };
    let place = PlaceId::new(text).map_err(|e| {
        bad(
            "home.code",
            (format!("the home is no place code: {}", e.why), "住址不是有效的地点编码".into()),
            (
                "write codes joined by dots, from the top: 50.500237.101.001.c01.b02.u1.0402",
                "请写从上到下的编码，以点相连，如 50.500237.101.001.c01.b02.u1.0402",
            ),
        )
        .with_value(text)
        .boxed()
    })?;
    if place.is_within(root) {
        return Ok(place);
    }
    Err(bad(
        "home.outside",
        (format!("the home lies outside this book ({root})"), format!("住址不在本台账辖区（{root}）内")),
        ("import it into the book of that county", "请导入该地所属的台账"),
    )
    .with_value(text)
    .boxed())
}

/// Keeps the rows whose home is a listed place.
async fn with_listed_homes(app: &App, candidates: Vec<Candidate>, issues: &mut Issues) -> Result<Vec<Candidate>, ImportError> {
    let homes: HashSet<PlaceId> = candidates.iter().map(|c| c.person.home.clone()).collect();
    let homes: Vec<PlaceId> = homes.into_iter().collect();
    let listed = find::listed(&app.db.connection().await?, app.config.book, &homes).await?;
    let (good, bad): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|c| listed.contains(&c.person.home));
    for c in bad {
        let message = ("the home is not a listed place", "住址不是已登记的地点");
        let advice = (
            "check the code; list the place first with 'quell import places'",
            "请核对编码；尚未登记的地点请先用 quell import places 导入",
        );
        issues.add(Issue::new(Effect::Bad, c.line, "home.unlisted", message, advice).with_value(c.person.home.as_str()));
    }
    Ok(good)
}

/// What earlier rows of the file have said.
#[derive(Default)]
struct Seen {
    update: bool,
    /// Position in the plan of the row that stands for each person.
    by_person: HashMap<PersonId, usize>,
    /// First line with this name, birth date and home, and its person.
    by_household: HashMap<[u8; 16], (u64, PersonId)>,
}

/// Name, birth date and home as a short key.
fn household_key(name: &str, born: Option<Day>, home: &PlaceId) -> [u8; 16] {
    let born = born.map(|b| b.to_string()).unwrap_or_default();
    *derived_uuid(&[name.as_bytes(), born.as_bytes(), home.as_str().as_bytes()]).as_bytes()
}

/// Decides each row by what the file has said before and what the book says.
async fn compare(
    app: &App,
    candidates: Vec<Candidate>,
    seen: &mut Seen,
    planned: &mut Vec<Planned>,
    issues: &mut Issues,
) -> Result<(), ImportError> {
    let book = Known::load(app, &candidates).await?;
    for mut c in candidates {
        let own_id = c.person.person;
        let first = seen.by_person.get(&own_id).copied();
        if let Some(at) = first {
            let earlier = &mut planned[at];
            if !seen.update {
                issues.add(repeated(c.line, earlier.line, &c.person, false));
                planned.push(Planned { line: c.line, facts: vec![c.person.into()], verdict: Verdict::HeldBack });
                continue;
            }
            issues.add(repeated(earlier.line, c.line, &c.person, true));
            earlier.verdict = Verdict::HeldBack;
        }
        let verdict = match book.of(&c.person) {
            Some(known) if !known.home.is_within(&app.config.root) => {
                issues.add(of_others(c.line, &c.person));
                Verdict::HeldBack
            }
            Some(known) => against_book(&mut c, known, seen.update, issues),
            None => {
                if let Some(other) = book.namesake(&c.person) {
                    issues.add(namesake_in_book(c.line, &c.person, other));
                }
                Verdict::New
            }
        };
        let key = household_key(&c.person.name, c.person.born, &c.person.home);
        let (line, other) = *seen.by_household.entry(key).or_insert((c.line, own_id));
        if other != own_id {
            issues.add(namesake_in_file(c.line, line, &c.person.name));
        }
        seen.by_person.insert(own_id, planned.len());
        planned.push(Planned { line: c.line, facts: vec![c.person.into()], verdict });
    }
    Ok(())
}

/// What the book has of a chunk.
struct Known {
    by_id: HashMap<PersonId, Person>,
    by_identity: HashMap<Hash, PersonId>,
    by_household: HashMap<[u8; 16], Person>,
}

impl Known {
    async fn load(app: &App, candidates: &[Candidate]) -> Result<Self, ImportError> {
        let c = app.db.connection().await?;
        let ids: Vec<PersonId> = candidates.iter().map(|c| c.person.person).collect();
        let hashes: Vec<Hash> = candidates.iter().filter_map(|c| c.person.identity.as_ref().map(|i| i.hash)).collect();
        let persons = find::persons(&c, app.config.book, &ids, &hashes).await?;
        let mut known = Self {
            by_identity: persons.iter().filter_map(|p| Some((p.identity_hash?, p.person_id))).collect(),
            by_id: persons.into_iter().map(|p| (p.person_id, p)).collect(),
            by_household: HashMap::new(),
        };
        // Only who is new can have a namesake that nobody knows of.
        let new: Vec<&PersonListed> = candidates.iter().map(|c| &c.person).filter(|p| known.of(p).is_none()).collect();
        if !new.is_empty() {
            let names: Vec<&str> = new.iter().map(|p| p.name.as_str()).collect::<HashSet<_>>().into_iter().collect();
            let homes: Vec<&str> = new.iter().map(|p| p.home.as_str()).collect::<HashSet<_>>().into_iter().collect();
            let namesakes = find::namesakes(&c, app.config.book, &names, &homes).await?;
            known.by_household = namesakes.into_iter().map(|p| (household_key(&p.name, p.born, &p.home), p)).collect();
        }
        Ok(known)
    }
    fn of(&self, p: &PersonListed) -> Option<&Person> {
        let by_identity = p.identity.as_ref().and_then(|i| self.by_identity.get(&i.hash));
        self.by_id.get(by_identity.unwrap_or(&p.person))
    }
    fn namesake(&self, p: &PersonListed) -> Option<&Person> {
        self.by_household.get(&household_key(&p.name, p.born, &p.home))
    }
}

/// A row about a person who is in the book: what the file does not say stays as it is there.
fn against_book(c: &mut Candidate, known: &Person, update: bool, issues: &mut Issues) -> Verdict {
    let p = &mut c.person;
    p.person = known.person_id;
    p.seen = Some(known.listed_seq);
    p.born = p.born.or(known.born);
    if p.sex == Sex::Unknown {
        p.sex = known.sex;
    }
    if p.phone.is_none() {
        p.phone.clone_from(&known.phone);
    }
    if !c.knows_occupation {
        p.occupation = known.occupation;
    }
    if !c.knows_tags {
        p.tags.clone_from(&known.tags);
    }
    if p.identity.is_none() {
        p.identity = known.identity_hash.map(|hash| Identity { hash, masked: known.identity_masked.clone().unwrap_or_default() });
    }
    if p.name != known.name || p.home != known.home {
        let what = format!("{} {} → {} {}", known.name, known.home, p.name, p.home);
        let message = ("this identity number is in the book with another name or home", "该身份证号在台账中对应另一姓名或住址");
        if update {
            issues.add(
                Issue::new(
                    Effect::Note,
                    c.line,
                    "person.changed",
                    message,
                    ("the row replaces what the book says (--update)", "按 --update 以本行为准"),
                )
                .with_value(what),
            );
            return Verdict::Changed;
        }
        let advice = ("find out which is right; if the row is, import it with --update", "请核实；如以本行为准，请加 --update 导入");
        issues.add(Issue::new(Effect::HeldBack, c.line, "person.differs", message, advice).with_value(what));
        return Verdict::HeldBack;
    }
    let same = p.sex == known.sex
        && p.born == known.born
        && p.identity.as_ref().map(|i| i.hash) == known.identity_hash
        && p.phone == known.phone
        && p.occupation == known.occupation
        && p.tags == known.tags;
    if same {
        return Verdict::Unchanged;
    }
    let replaced = replaced(p, known);
    if !replaced.is_empty() {
        let (en, zh): (Vec<&str>, Vec<&str>) = replaced.into_iter().unzip();
        let message = (format!("the row replaces what the book says: {}", en.join(", ")), format!("本行将更改台账中的：{}", zh.join("、")));
        let advice = ("check who is right", "请核对以何者为准");
        issues.add(Issue::new(Effect::Note, c.line, "person.replaced", message, advice));
    }
    Verdict::Changed
}

/// A row about someone who lives where whoever imports has no say: what the book knows of them is not shown.
fn of_others(line: u64, p: &PersonListed) -> Issue {
    let message = ("the book has this person at a home outside your jurisdiction", "台账中此人的住址不在您的辖区内");
    let advice = ("ask the level above to find out where the person lives", "请上级核实此人现住址");
    let shown = p.identity.as_ref().map_or(p.name.as_str(), |i| i.masked.as_str());
    Issue::new(Effect::HeldBack, line, "person.elsewhere", message, advice).with_value(shown)
}

/// Which particulars the book knows and the row has otherwise; only their names, for the report is not for telephone numbers.
fn replaced(p: &PersonListed, known: &Person) -> Vec<(&'static str, &'static str)> {
    let identity = p.identity.as_ref().map(|i| i.hash);
    [
        (known.sex != Sex::Unknown && p.sex != known.sex, ("sex", "性别")),
        (known.born.is_some() && p.born != known.born, ("born", "出生日期")),
        (known.identity_hash.is_some() && identity != known.identity_hash, ("identity", "证件")),
        (known.phone.is_some() && p.phone != known.phone, ("phone", "电话")),
        (known.occupation != OccupationClass::General && p.occupation != known.occupation, ("occupation", "职业")),
        (!known.tags.is_subset(&p.tags), ("tags", "标签")),
    ]
    .into_iter()
    .filter_map(|(differs, name)| differs.then_some(name))
    .collect()
}

/// The same person twice in the file: `line` yields to `other`.
fn repeated(line: u64, other: u64, p: &PersonListed, replaced: bool) -> Issue {
    let (rule, message) = match &p.identity {
        Some(_) => ("duplicate.identity", (format!("line {other} has the same identity number"), format!("第 {other} 行是同一身份证号"))),
        None => (
            "duplicate.person",
            (
                format!("line {other} has the same name, birth date and home, and neither has an identity number"),
                format!("第 {other} 行姓名、出生日期、住址均相同，且都没有身份证号"),
            ),
        ),
    };
    let advice = if replaced {
        ("the later row counts (--update)", "按 --update 以后一行为准")
    } else {
        ("keep one of them; with --update the later one counts", "请只保留一行；加 --update 则以后一行为准")
    };
    let shown = p.identity.as_ref().map_or(p.name.as_str(), |i| i.masked.as_str());
    Issue::new(Effect::HeldBack, line, rule, message, advice).with_value(shown)
}

fn namesake_in_file(line: u64, other: u64, name: &str) -> Issue {
    let message = (
        format!("line {other} has the same name, birth date and home, but not the same identity number"),
        format!("与第 {other} 行姓名、出生日期、住址相同，但身份证号不同或缺失"),
    );
    let advice = ("if they are one person, remove one and import again; both are used", "如为同一人，请删去一行后重新导入；目前两行都采用");
    Issue::new(Effect::Note, line, "duplicate.household", message, advice).with_value(name)
}

fn namesake_in_book(line: u64, p: &PersonListed, other: &Person) -> Issue {
    let id = other.person_id;
    let message = (
        format!("the book has {id} with the same name, birth date and home, but not the same identity number"),
        format!("台账中 {id} 的姓名、出生日期、住址相同，但身份证号不同或缺失"),
    );
    let advice = (
        "if they are one person, correct the one in the book; the row is imported as a person of its own",
        "如为同一人，请在台账中更正；本行按另一人导入",
    );
    Issue::new(Effect::Note, line, "duplicate.in_book", message, advice).with_value(p.name.as_str())
}
