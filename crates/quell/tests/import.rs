//! Imports on a real database: people, places, a line list, plates.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use quell::app::{App, DataOptions, Ready};
use quell::clock::Clock;
use quell::identity::IdentityKey;
use quell::import::linelist::LinelistOptions;
use quell::import::plate::{PlateOptions, PlateReport, prepare};
use quell::import::report::{Effect, Report};
use quell::import::wells::Verdict;
use quell::import::{FileOptions, ImportError, Policy, Source, linelist, people, places};
use quell_book::*;
use quell_foundation::*;
use quell_protocol::{OccupationClass, TubeMode};
use quell_store::find;
use quell_store::log::{self, Answer, Incoming};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const NOW: &str = "2022-11-26T20:00:00+08:00";
const HOME: &str = "50.500237.101.001.c01.b01.u1.0101";

/// A book on a private PostgreSQL in a directory of its own.
struct World {
    dir: tempfile::TempDir,
    ready: Ready,
    app: App,
}

impl World {
    async fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("quell-import-").tempdir().unwrap();
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let options = DataOptions { data: dir.path().join("data"), pg_bin: None, database_url: None };
        let ready = options.open().await.unwrap();
        let config = BookConfig { book: BookId(500_237), root: place("50.500237"), offset: UtcOffset::CHINA, tally_depth: 4 };
        let clock = Clock::by_hand(NOW.parse::<EventTime>().unwrap().at);
        let app = App::open(&ready, &config, "covid-2022-twenty", clock, IdentityKey::fixed("test")).await.unwrap();
        Self { dir, ready, app }
    }
    /// Writes a file; its path.
    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
    async fn seq(&self) -> i64 {
        log::head(&self.app.db.connection().await.unwrap(), self.app.config.book, false).await.unwrap().seq
    }
    /// Hands facts in, each by itself; all must be accepted.
    async fn say(&self, facts: Vec<Fact>) {
        for (i, f) in facts.into_iter().enumerate() {
            let id = SubmissionId(derived_uuid(&[b"test", format!("{i}{f:?}").as_bytes()]));
            let s = Incoming::new(id, self.app.operator(), vec![f]);
            let answer = self.app.door.submit(vec![s]).await.remove(0).unwrap();
            assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
        }
    }
    async fn list_places(&self) -> Report {
        let csv = "path,kind,name,wards\n50.500237.101,镇,高唐街道,\n50.500237.101.001,社区,社区一,\n50.500237.101.001.c01.b01.u1.0101,户,0101,\n\
            50.500237.101.001.c01.b01.u1.0102,户,0102,\n50.500237.lab1,检测机构,县疾控,\n50.500237.lab2,检测机构,人民医院,\n\
            50.500237.st1,采样点,一号点,\n50.500237.fc1,方舱,县方舱,w1:40；w2:6\n";
        let path = self.file("places.csv", csv);
        places::import(&self.app, &open(&path, "places"), Policy::default(), &mut |_, _, _| ()).await.unwrap()
    }
    async fn people(&self, path: &Path, policy: Policy) -> Report {
        let r = people::import(&self.app, &open(path, "people"), policy, &mut |_, _, _| ()).await.unwrap();
        assert!(r.counts.balance(), "{:?}", r.counts);
        r
    }
    async fn person(&self, name: &str) -> rows::Person {
        let c = self.app.db.connection().await.unwrap();
        let found = find::namesakes(&c, self.app.config.book, &[name], &[HOME, "50.500237.101.001.c01.b01.u1.0102"]).await.unwrap();
        assert_eq!(found.len(), 1, "{name}");
        found.into_iter().next().unwrap()
    }
    async fn tube(&self, code: &str) -> rows::Tube {
        let c = self.app.db.connection().await.unwrap();
        find::tubes(&c, self.app.config.book, &[TubeCode::new(code).unwrap()]).await.unwrap().remove(0)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.ready.stop();
    }
}

fn place(p: &str) -> PlaceId {
    PlaceId::new(p).unwrap()
}
fn time(t: &str) -> EventTime {
    t.parse().unwrap()
}
fn open(path: &Path, mapping: &str) -> Source {
    Source::open(path, mapping, &FileOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}
fn rules(r: &Report) -> Vec<(u64, &str)> {
    r.issues.iter().map(|i| (i.line, i.rule.as_str())).collect()
}
/// new, changed, unchanged, held back, bad
fn counts(r: &Report) -> [u64; 5] {
    let c = r.counts;
    [c.new, c.changed, c.unchanged, c.held_back, c.bad]
}

/// A valid identity number with these first 17 digits.
fn number(first: &str) -> String {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = first.bytes().zip(weights).map(|(d, w)| u32::from(d - b'0') * w).sum();
    format!("{first}{}", b"10X98765432"[(sum % 11) as usize] as char)
}

const UPDATE: Policy = Policy { preview: false, skip_bad: false, update: true };
const SKIP: Policy = Policy { preview: false, skip_bad: true, update: false };
const PREVIEW: Policy = Policy { preview: true, skip_bad: false, update: false };

#[tokio::test(flavor = "multi_thread")]
async fn places_and_people_come_in_once_and_are_checked() {
    let w = World::new().await;
    places_come_in_once(&w).await;
    people_come_in_once(&w).await;
    duplicates_are_told_not_merged(&w).await;
    bad_rows_refuse_the_file(&w).await;
    a_workbook_comes_in(&w).await;
    the_synthetic_roster_has_no_unknown_word(&w).await;
    a_file_at_a_row_limit_is_refused(&w).await;
}

async fn places_come_in_once(w: &World) {
    let r = w.list_places().await;
    assert_eq!((counts(&r), r.written, r.book_after - r.book_before, &r.stopped), ([8, 0, 0, 0, 0], 8, 8, &None));
    let seq = w.seq().await;
    assert_eq!(counts(&w.list_places().await), [0, 0, 8, 0, 0]);
    assert_eq!(w.seq().await, seq, "the same file again writes nothing");
    // A place that changes its kind, one outside, one twice, a kind that does not exist, one (used) in a township that is not listed.
    let csv = "path,kind,name\n50.500237.101,村,x\n50.500999,县,x\n50.500237.102,镇,a\n50.500237.102,镇,b\n50.500237.103,星球,x\n50.500237.109.001,村,y\n";
    let path = w.file("bad-places.csv", csv);
    let r = places::import(&w.app, &open(&path, "places"), SKIP, &mut |_, _, _| ()).await.unwrap();
    assert_eq!(rules(&r), [(2, "place.kind"), (3, "place.outside"), (5, "duplicate.place"), (6, "enum.unknown"), (7, "place.parent")]);
    assert_eq!(counts(&r), [2, 0, 0, 1, 3]);
}

async fn people_come_in_once(w: &World) {
    let csv = format!(
        "姓名,性别,身份证号,手机号,住址编码,职业,人群标签,备注\n张三,女,{},13800138000,{HOME},医生,孕妇、透析,x\n李四,男,,,{HOME},,,\n王五,,{},,{HOME},,,\n",
        number("50023719800101002"),
        number("50023719900101003")
    );
    let gb = encoding_rs::GB18030.encode(&csv).0;
    let path = w.file("people.csv", &gb);
    let seq = w.seq().await;
    let r = w.people(&path, PREVIEW).await;
    assert_eq!((counts(&r), r.written, w.seq().await), ([3, 0, 0, 0, 0], 0, seq), "a preview writes nothing");
    assert_eq!(
        (r.encoding.as_deref(), r.unread_columns.as_slice(), r.columns["home"].as_str()),
        (Some("gb18030"), ["备注".to_owned()].as_slice(), "住址编码")
    );
    assert!(r.lines(true, true).iter().any(|l| l.contains("未读取的列")), "{:?}", r.lines(true, true));
    assert!(serde_json::to_string(&r.preview).unwrap().contains("5****************"), "no number is shown");
    let r = w.people(&path, Policy::default()).await;
    assert_eq!((counts(&r), r.written, r.book_after - r.book_before, &r.stopped), ([3, 0, 0, 0, 0], 3, 3, &None));
    let p = w.person("张三").await;
    assert_eq!(
        (p.born.map(|b| b.to_string()).as_deref(), p.occupation, p.tags.len(), p.sex),
        (Some("1980-01-01"), OccupationClass::Health, 2, Sex::Female)
    );
    let seq = w.seq().await;
    assert_eq!(counts(&w.people(&path, Policy::default()).await), [0, 0, 3, 0, 0]);
    assert_eq!(counts(&w.people(&path, UPDATE).await), [0, 0, 3, 0, 0]);
    assert_eq!(w.seq().await, seq, "the same file again writes nothing");
    // A file that knows less takes nothing away; one that knows more adds; the older file does not silently undo it.
    let more = w.file(
        "more.csv",
        format!(
            "姓名,身份证号,手机号,住址编码\n王五,{},13900139000,{HOME}\n张三,{},,{HOME}\n",
            number("50023719900101003"),
            number("50023719800101002")
        ),
    );
    assert_eq!(counts(&w.people(&more, Policy::default()).await), [0, 1, 1, 0, 0]);
    assert_eq!(w.person("王五").await.phone.as_deref(), Some("13900139000"));
    let other = w.file("other.csv", format!("姓名,身份证号,手机号,住址编码\n王五,{},13700137000,{HOME}\n", number("50023719900101003")));
    let r = w.people(&other, Policy::default()).await;
    assert_eq!((counts(&r), rules(&r)), ([0, 1, 0, 0, 0], vec![(2, "person.replaced")]), "what is replaced is said");
    let r = w.people(&more, Policy::default()).await;
    assert_eq!((counts(&r), rules(&r)), ([0, 0, 1, 1, 0], vec![(2, "file.older"), (2, "person.replaced")]));
    assert_eq!(counts(&w.people(&more, UPDATE).await), [0, 1, 1, 0, 0]);
    assert_eq!(w.person("王五").await.phone.as_deref(), Some("13900139000"));
}

/// The made-up county's own list is read by the built-in mapping, up to its telephone numbers (which are nobody's, on purpose).
async fn the_synthetic_roster_has_no_unknown_word(w: &World) {
    let county = quell_rehearse::city(1, 3_000, "2022-11-26".parse().unwrap());
    let mut csv = Vec::new();
    quell_rehearse::write_roster_csv(&county, &mut csv).unwrap();
    let r = w.people(&w.file("synthetic.csv", csv), PREVIEW).await;
    let unknown: Vec<_> = r.issues.iter().filter(|i| i.rule == "enum.unknown").collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

async fn duplicates_are_told_not_merged(w: &World) {
    let (new, known) = (number("50023719700101001"), number("50023719800101002"));
    let home2 = "50.500237.101.001.c01.b01.u1.0102";
    let csv = format!(
        "姓名,身份证号,出生日期,住址编码\n赵六,{new},,{HOME}\n赵六六,{new},,{HOME}\n张三,{known},,{home2}\n赵六,,1970-01-01,{HOME}\n张三,,1980-01-01,{HOME}\n李四,,,{home2}\n李四,,,{home2}\n"
    );
    let path = w.file("duplicates.csv", csv);
    let r = w.people(&path, PREVIEW).await;
    let want = [
        (3, "duplicate.identity", Effect::HeldBack),
        (4, "person.differs", Effect::HeldBack),
        (5, "duplicate.household", Effect::Note),
        (6, "duplicate.in_book", Effect::Note),
        (8, "duplicate.person", Effect::HeldBack),
    ];
    assert_eq!(r.issues.iter().map(|i| (i.line, i.rule.as_str(), i.effect)).collect::<Vec<_>>(), want);
    assert!(r.issues[0].text(true).starts_with("第 3 行") && r.issues[0].value.contains("****"), "{}", r.issues[0].text(true));
    assert_eq!(counts(&r), [4, 0, 0, 3, 0]);
    let r = w.people(&path, Policy::default()).await;
    assert_eq!((counts(&r), r.book_after - r.book_before), ([4, 0, 0, 3, 0], 4));
    let r = w.people(&path, UPDATE).await;
    assert_eq!((counts(&r), r.stopped.clone()), ([0, 2, 3, 2, 0], None), "{:?}", r.issues);
    let c = w.app.db.connection().await.unwrap();
    let moved = find::persons(&c, w.app.config.book, &[], &[w.app.key.identity(&known).hash]).await.unwrap();
    assert_eq!((moved.len(), moved[0].home.as_str()), (1, home2), "moved with --update, not doubled");
    let report = w.dir.path().join("issues.csv");
    r.write_csv(&report).unwrap();
    assert_eq!(std::fs::read_to_string(report).unwrap().lines().count(), 1 + r.issues.len());
}

async fn bad_rows_refuse_the_file(w: &World) {
    let csv = format!(
        "姓名,身份证号,出生日期,住址编码,住址\n甲,,1980-02-30,{HOME},\n乙,,,50.500237.101.001.c01.b01.u1.9999,\n丙,,,,某路 1 号\n丁,,,50.500999,\n戊,,2023-01-01,{HOME},\n己,500237198001010021,,{HOME},\n庚,,,{HOME},\n辛,,,巫山,\n"
    );
    let path = w.file("bad.csv", csv);
    let seq = w.seq().await;
    let r = w.people(&path, Policy::default()).await;
    let want = [
        (2, "date.day"),
        (3, "home.unlisted"),
        (4, "home.missing"),
        (5, "home.outside"),
        (6, "born.future"),
        (7, "identity.check"),
        (9, "home.code"),
    ];
    let got = rules(&r);
    assert_eq!(got.iter().map(|x| x.0).collect::<Vec<_>>(), want.map(|x| x.0), "{got:?}");
    assert_eq!(got[1..], want[1..]);
    assert_eq!((counts(&r), r.written, w.seq().await), ([1, 0, 0, 0, 7], 0, seq));
    assert!(r.stopped.as_ref().unwrap().zh.contains("--skip-bad"));
    let r = w.people(&path, SKIP).await;
    assert_eq!((counts(&r), r.written, r.book_after - r.book_before, r.stopped), ([1, 0, 0, 0, 7], 1, 1, None));
}

async fn a_workbook_comes_in(w: &World) {
    let mut book = rust_xlsxwriter::Workbook::new();
    let s = book.add_worksheet();
    for (c, h) in ["姓名", "性别", "出生日期", "户编号"].iter().enumerate() {
        s.write(0, c as u16, *h).unwrap();
    }
    for r in 1..=1_500u32 {
        s.write(r, 0, format!("住户{r}")).unwrap().write(r, 1, "男").unwrap().write(r, 2, "1990-05-06").unwrap().write(r, 3, HOME).unwrap();
    }
    let path = w.file("people.xlsx", book.save_to_buffer().unwrap());
    let seq = w.seq().await;
    let r = w.people(&path, Policy::default()).await;
    assert_eq!((counts(&r), r.written, w.seq().await - seq), ([1_500, 0, 0, 0, 0], 1_500, 2), "two submissions");
    assert_eq!(counts(&w.people(&path, Policy::default()).await), [0, 0, 1_500, 0, 0]);
    assert_eq!(w.seq().await - seq, 2);
}

async fn a_file_at_a_row_limit_is_refused(w: &World) {
    let mut csv = String::from("姓名,户编号\n");
    (0..65_535).for_each(|_| csv.push_str("人,50.500237.9\n"));
    let path = w.file("limit.csv", csv);
    let r = w.people(&path, SKIP).await;
    assert!(r.stopped.unwrap().en.contains("--rows N"));
    assert_eq!((r.counts.bad, r.issue_count, r.issues.len()), (65_535, 65_535, 10_000), "issues are bounded, their number is not");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_list_opens_what_its_cases_imply() {
    let w = World::new().await;
    w.list_places().await;
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tabular/tests/data/tianjin_sample.csv");
    let options = |day: &str, home: &str| LinelistOptions { as_of: day.parse().unwrap(), home: place(home), policy: Policy::default() };
    let run =
        async |path: &Path, o: LinelistOptions| linelist::import(&w.app, &open(path, "tianjin-linelist"), &o, &mut |_, _, _| ()).await;
    assert!(matches!(run(&sample, options("2020-02-05", "50.500237.999")).await, Err(ImportError::Unfit(_))));
    let r = run(&sample, options("2020-02-05", "50.500237.101.001")).await.unwrap();
    assert_eq!((r.report.counts.new, r.later, r.deaths, r.cases), (5, 1, 0, 5), "{:?}", r.report.issues);
    let count = |r: &linelist::LinelistReport, k: DutyKind| r.duties.iter().find(|d| d.kind == k).map(|d| (d.opened, d.open, d.overdue));
    for kind in [DutyKind::Report, DutyKind::InvestigateCore, DutyKind::InvestigateFull, DutyKind::Transfer] {
        assert_eq!(count(&r, kind), Some((5, 5, 5)), "{kind}");
    }
    assert_eq!((r.lacking["onset"], r.lacking["symptoms"], r.lacking.contains_key("severity")), (1, 2, false));
    assert!(r.absent.iter().any(|x| x.en.contains("receipt")) && r.absent.iter().any(|x| x.zh == "身份证号"));
    let seq = w.seq().await;
    let r = run(&sample, options("2020-02-05", "50.500237.101.001")).await.unwrap();
    assert_eq!((r.report.counts.unchanged, w.seq().await), (5, seq), "again, nothing is written");
    // A later day brings the last case and one death, which ends that case's care.
    let r = run(&sample, options("2020-02-20", "50.500237.101.001")).await.unwrap();
    assert_eq!((r.report.counts.new, r.report.counts.changed, r.deaths, r.lacking["severity"]), (1, 1, 1, 1));
    assert_eq!(count(&r, DutyKind::Transfer), Some((6, 5, 5)));
    let c = w.app.db.connection().await.unwrap();
    let persons = find::namesakes(&c, w.app.config.book, &["TJ1", "TJ44"], &["50.500237.101.001"]).await.unwrap();
    let born: Vec<_> = persons.iter().map(|p| (p.name.as_str(), p.born, p.standing)).collect();
    assert!(born.contains(&("TJ1", None, Standing::Infected)) && born.contains(&("TJ44", None, Standing::Dead)), "{born:?}");
    drop(c);
    whole_line_list().await;
}

async fn whole_line_list() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/tianjin_2020_linelist.csv");
    if !file.exists() {
        println!("skipped: the whole line list is not beside this checkout");
        return;
    }
    let w = World::new().await;
    w.list_places().await;
    let o = LinelistOptions { as_of: "2020-02-29".parse().unwrap(), home: place("50.500237.101.001"), policy: Policy::default() };
    let r = linelist::import(&w.app, &open(&file, "tianjin-linelist"), &o, &mut |_, _, _| ()).await.unwrap();
    assert_eq!((r.report.counts.read, r.report.counts.new, r.cases, r.deaths, r.later), (135, 135, 135, 3, 0), "{:?}", r.report.issues);
    assert_eq!((r.lacking["onset"], r.report.stopped.clone()), (10, None));
    r.lines(false, false).iter().for_each(|l| println!("{l}"));
}

/// Registers persons to a tube and brings it to a laboratory.
fn tube_facts(code: &str, mode: TubeMode, persons: &[PersonId], laboratory: Option<&str>) -> Vec<Fact> {
    let tube = TubeCode::new(code).unwrap();
    let mut facts: Vec<Fact> = persons
        .iter()
        .map(|p| {
            Registered {
                tube: tube.clone(),
                person: *p,
                station: place("50.500237.st1"),
                at: time("2022-11-26T09:00:00+08:00"),
                round: None,
                mode: Some(mode),
                already_swabbed: false,
            }
            .into()
        })
        .collect();
    facts.push(TubeSealed { tube: tube.clone(), at: time("2022-11-26T09:30:00+08:00") }.into());
    if let Some(l) = laboratory {
        let at = time("2022-11-26T12:00:00+08:00");
        facts.push(
            Received {
                laboratory: place(l),
                r#box: None,
                tubes: vec![tube],
                condition: Condition::Adequate,
                reason: None,
                temperature: None,
                at,
            }
            .into(),
        );
    }
    facts
}

async fn plate(w: &World, name: &str, csv: &str, plate: &str) -> Result<PlateReport, ImportError> {
    let path = w.file(name, csv);
    let o = PlateOptions {
        laboratory: place("50.500237.lab1"),
        plate: PlateId::new(plate).unwrap(),
        at: Some(time("2022-11-26T18:00:00+08:00")),
        or_at: None,
        controls_ok: false,
        all: None,
    };
    prepare(&w.app, &open(&path, "plate"), &o).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plate_releases_recalls_and_refuses() {
    let w = World::new().await;
    w.list_places().await;
    let person = |i: u32| PersonId(derived_uuid(&[b"p", &i.to_be_bytes()]));
    let listed = (0..9).map(|i| {
        let (name, home) = (format!("人{i}"), place(HOME));
        PersonListed {
            person: person(i),
            name,
            sex: Sex::Male,
            born: None,
            home,
            id_number: None,
            identity: None,
            phone: None,
            occupation: OccupationClass::General,
            tags: Default::default(),
            seen: None,
        }
        .into()
    });
    w.say(listed.collect()).await;
    let lab = Some("50.500237.lab1");
    w.say(tube_facts("T1", TubeMode::Pooled, &[person(0), person(1), person(2)], lab)).await;
    w.say(tube_facts("T2", TubeMode::Pooled, &[person(3), person(4)], lab)).await;
    w.say(tube_facts("T3", TubeMode::Single, &[person(5)], lab)).await;
    w.say(tube_facts("T4", TubeMode::Single, &[person(6)], None)).await;
    w.say(tube_facts("T5", TubeMode::Single, &[person(7)], Some("50.500237.lab2"))).await;
    a_failed_control_counts_for_nothing(&w).await;
    good_controls(&w).await;
}

async fn a_failed_control_counts_for_nothing(w: &World) {
    let csv = "孔位,样本编号,质控,ORF1ab Ct,N Ct,内标,结果\nA1,,阳性对照,,33.5,,\nA2,,阴性对照,,,,\nA3,T1,,,,25,阴性\n";
    let mut r = plate(w, "failed.csv", csv, "P1").await.unwrap();
    assert_eq!((r.positive_control, r.negative_control, r.refused, r.released_persons), (Verdict::Wrong, Verdict::Right, 1, 0));
    assert!(r.lines(true).iter().any(|l| l.contains("质控失败")), "{:?}", r.lines(true));
    r.apply(&w.app).await.unwrap();
    assert_eq!((r.refused, r.report.written, r.is_clean()), (1, 1, false), "the failed plate itself is on record");
    assert_eq!(w.tube("T1").await.state, TubeState::Received);
    assert!(matches!(plate(w, "none.csv", "样本编号,结果\nT1,阴性\n", "P9").await, Err(ImportError::Unfit(_))), "no controls");
}

async fn good_controls(w: &World) {
    let csv = "孔位,样本编号,质控,ORF1ab Ct,N Ct,内标,结果\nA1,,阳性对照,28,29,25,阳性\nA2,,阴性对照,,,26,阴性\nA3,T1,,,,25,阴性\nA4,T2,,31.2,30.1,25,阳性\n\
        A5,T3,,24,25,26,阳性\nA6,T4,,,,25,阴性\nA7,T99,,,,25,阴性\nA8,T5,,,,25,阴性\nA9,T8,,,,,阴性\nB1,T7,,,,25,\n";
    let seq = w.seq().await;
    let mut r = plate(w, "good.csv", csv, "P2").await.unwrap();
    assert_eq!(w.seq().await, seq, "looking writes nothing");
    assert_eq!((r.released_tubes, r.released_persons, r.recalled_persons, r.cases, r.refused), (1, 3, 2, 1, 2), "{:?}", r.lines(false));
    assert_eq!(rules(&r.report), [(9, "result.other_laboratory"), (10, "result.internal"), (11, "result.missing")]);
    let refused: Vec<&str> = r.tubes.iter().filter(|t| t.refused).map(|t| t.tube.as_str()).collect();
    assert_eq!(refused, ["T4", "T99"]);
    assert!(r.report.counts.balance(), "{:?}", r.report.counts);
    r.apply(&w.app).await.unwrap();
    assert_eq!((r.refused, r.report.written, r.is_clean()), (2, 4, false));
    assert_eq!((w.tube("T1").await.result, w.tube("T2").await.result), (Some(TestResult::Negative), Some(TestResult::Positive)));
    let c = w.app.db.connection().await.unwrap();
    let found = find::persons(&c, w.app.config.book, &[PersonId(derived_uuid(&[b"p", &5u32.to_be_bytes()]))], &[]).await.unwrap();
    assert_eq!(found[0].standing, Standing::Infected);
    drop(c);
    // Again: what is in the book is a repeat, what was refused is refused.
    let seq = w.seq().await;
    let mut r = plate(w, "good.csv", csv, "P2").await.unwrap();
    r.apply(&w.app).await.unwrap();
    assert_eq!((r.report.counts.unchanged, r.refused, r.report.written, w.seq().await), (3, 2, 0, seq));
    // Another plate that would release the positive pool, and call a low Ct negative.
    let csv = "样本编号,质控,ORF1ab Ct,结果\n,PC,28,阳性\n,NC,,阴性\nT2,,,阴性\nT1,,22,阴性\n";
    let r = plate(w, "release.csv", csv, "P3").await.unwrap();
    assert_eq!((r.refused, r.released_persons), (2, 0));
    let text = r.lines(false).join("\n");
    assert!(text.contains("T2 is positive already") && text.contains("called negative with a Ct of 22"), "{text}");
    let csv = "样本编号,质控,靶标,Ct,结果\n,PC,ORF1ab,28,阳性\n,NC,ORF1ab,NoCt,阴性\nT1,,ORF1ab,NoCt,阴性\nT1,,N,36,可疑\n";
    let r = plate(w, "long.csv", csv, "P4").await.unwrap();
    assert_eq!(rules(&r.report), [(4, "result.conflicting")]);
}
