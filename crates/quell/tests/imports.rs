//! Cases, contacts, links, follow-ups and results from files of others and from Quell's own, on a real database.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

use quell::app::{App, DataOptions, Ready};
use quell::clock::Clock;
use quell::export::{self, Format, List, Wanted};
use quell::identity::IdentityKey;
use quell::import::records::{self, RecordFile, RecordKind, RecordsOptions, RecordsReport};
use quell::import::{FileOptions, Policy, Source, places};
use quell_book::*;
use quell_foundation::*;
use quell_store::Scope;
use quell_store::log::{self, Answer, Incoming};
use quell_store::views;
use serde_json::{Value, json};
use std::io::Cursor;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

const NOW: &str = "2022-11-26T20:00:00+08:00";
const HOME: &str = "50.500237.101.001.c01.b01.u1.0101";
const HOME2: &str = "50.500237.101.001.c01.b01.u1.0102";
const PLACES: &str = "path,kind,name,wards\n50.500237.101,镇,高唐街道,\n50.500237.101.001,社区,社区一,\n50.500237.101.001.c01.b01.u1.0101,户,0101,\n\
    50.500237.101.001.c01.b01.u1.0102,户,0102,\n50.500237.lab1,检测机构,县疾控,\n50.500237.st1,采样点,一号点,\n";

struct World {
    dir: tempfile::TempDir,
    ready: Ready,
    app: App,
}

impl World {
    async fn new() -> Self {
        Self::under("ebola").await
    }
    async fn under(protocol: &str) -> Self {
        let dir = tempfile::Builder::new().prefix("quell-imports-").tempdir().unwrap();
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let options = DataOptions { data: dir.path().join("data"), pg_bin: None, database_url: None };
        let ready = options.open().await.unwrap();
        let config =
            BookConfig { book: BookId(500_237), root: PlaceId::new("50.500237").unwrap(), offset: UtcOffset::CHINA, tally_depth: 4 };
        let clock = Clock::by_hand(NOW.parse::<EventTime>().unwrap().at);
        let app = App::open(&ready, &config, protocol, clock, IdentityKey::fixed("test")).await.unwrap();
        let w = Self { dir, ready, app };
        let source = Source::open(&w.file("places.csv", PLACES), "places", &FileOptions::default()).unwrap();
        places::import(&w.app, &source, Policy::default(), &mut |_, _, _| ()).await.unwrap();
        w
    }
    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
    fn refused(&self, name: &str) -> PathBuf {
        self.dir.path().join(format!("{name}.refused"))
    }
    fn options(&self, name: &str) -> RecordsOptions {
        let ack = Some(self.dir.path().join(format!("{name}.ack")));
        RecordsOptions { home: None, system: None, dry_run: false, chinese: false, refused: self.refused(name), ack }
    }
    async fn import_with(&self, kind: RecordKind, name: &str, bytes: impl AsRef<[u8]>, options: &RecordsOptions) -> RecordsReport {
        let path = self.file(name, bytes);
        let file = RecordFile::open(&path, kind, &FileOptions::default()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let report = records::import(&self.app, &file, options, &mut |_, _, _| ()).await.unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(report.balance(), "{report:#?}");
        report
    }
    async fn import(&self, kind: RecordKind, name: &str, bytes: impl AsRef<[u8]>) -> RecordsReport {
        self.import_with(kind, name, bytes, &self.options(name)).await
    }
    async fn seq(&self) -> i64 {
        log::head(&self.app.db.connection().await.unwrap(), self.app.config.book, false).await.unwrap().seq
    }
    async fn say(&self, kind: &str, body: Value) {
        let fact: Fact = serde_json::from_value(json!({ kind: body })).unwrap();
        let id = SubmissionId(derived_uuid(&[b"test", format!("{fact:?}").as_bytes()]));
        let s = Incoming::new(id, self.app.operator(), vec![fact]);
        let answer = self.app.door.submit(vec![s]).await.remove(0).unwrap();
        assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
    }
    async fn export(&self, list: List, format: Format, chinese: bool) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        let wanted = Wanted { list, format, place: self.app.config.root.clone(), chinese };
        export::write(&self.app, &wanted, &mut out, async |_| Ok(())).await.unwrap();
        out.into_inner()
    }
    async fn cases(&self) -> Vec<views::CaseLine> {
        self.lines(async |tx, book, place| views::case_lines(tx, book, place).await?.next().await).await
    }
    async fn contacts(&self) -> Vec<views::ContactLine> {
        self.lines(async |tx, book, place| views::contact_lines(tx, book, place).await?.next().await).await
    }
    async fn lines<T>(
        &self,
        view: impl AsyncFn(&deadpool_postgres::Transaction<'_>, BookId, &PlaceId) -> Result<Vec<T>, quell_store::StoreError>,
    ) -> Vec<T> {
        let (book, root) = (self.app.config.book, self.app.config.root.clone());
        let scope = Scope { book, place: root.clone() };
        self.app.db.read(&scope, async |tx| view(tx, book, &root).await).await.unwrap()
    }
    async fn open_duties(&self, person: PersonId) -> i64 {
        let c = self.app.db.connection().await.unwrap();
        let of = quell_store::find::duties(&c, self.app.config.book, &[person], self.app.clock.now()).await.unwrap();
        of.iter().map(|d| d.open).sum()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.ready.stop();
    }
}

/// accepted, duplicates, refused, left out
fn counts(r: &RecordsReport) -> [u64; 4] {
    [r.accepted, r.duplicates, r.refused, r.left_out]
}
fn rules(r: &RecordsReport) -> Vec<(u64, &str)> {
    r.issues.iter().map(|i| (i.line, i.rule.as_str())).collect()
}

const GODATA_CASES: &str = "ID,Case ID,First name,Last name,Gender,Date of birth,Addresses Location [1],Classification,Date of onset,\
    Date of becoming case,Date of reporting,Outcome,Date of outcome\n\
    c-1,WS-1,伟,王,Male,1984-05-01,50.500237.101.001.c01.b01.u1.0101,Confirmed,2022-11-18,2022-11-20,2022-11-20,,\n\
    c-2,WS-2,Maria,Pérez,Female,1990-02-28,50.500237.101.001.c01.b01.u1.0102,Suspect,,2022-11-01,2022-11-02,Recovered,2022-11-10\n\
    c-3,WS-3,No,Home,Female,1990-03-28,,Suspect,,2022-11-01,2022-11-02,,\n";

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_go_data_come_in_grow_and_are_corrected() {
    let w = World::new().await;
    let dry = RecordsOptions { dry_run: true, ..w.options("dry") };
    let seq = w.seq().await;
    let r = w.import_with(RecordKind::Cases, "cases.csv", GODATA_CASES, &dry).await;
    assert_eq!((counts(&r), r.mapping.as_str(), w.seq().await), ([2, 0, 1, 0], "godata-cases", seq), "{:?}", r.issues);
    assert!(!w.refused("dry").exists(), "a dry run writes nothing at all");
    let r = w.import(RecordKind::Cases, "cases.csv", GODATA_CASES).await;
    assert_eq!((counts(&r), rules(&r), r.last_accepted), ([2, 0, 1, 0], vec![(4, "home.missing")], Some(3)));
    let cases = w.cases().await;
    let recovered = cases.iter().find(|c| c.number.as_ref().is_some_and(|n| n.as_str() == "WS-2")).unwrap();
    assert_eq!((recovered.state, w.open_duties(recovered.who.person_id).await), (CaseState::Recovered, 0), "what is over owes nothing");
    let active = cases.iter().find(|c| c.state == CaseState::Active).unwrap();
    assert!(w.open_duties(active.who.person_id).await > 0);

    // The refused row, corrected in its own file, comes in; what was not corrected would be refused again.
    let left = std::fs::read_to_string(w.refused("cases.csv")).unwrap();
    assert!(left.contains("Quell: reason") && left.contains("home.missing") && left.lines().count() == 2, "{left}");
    let r = w.import(RecordKind::Cases, "again.csv", &left).await;
    assert_eq!(counts(&r), [0, 0, 1, 0]);
    let r = w.import(RecordKind::Cases, "corrected.csv", left.replace("1990-03-28,,", &format!("1990-03-28,{HOME2},"))).await;
    assert_eq!((counts(&r), rules(&r)), ([1, 0, 0, 0], vec![]));

    // The same file again changes nothing; a later one adds, and never doubles.
    let seq = w.seq().await;
    let r = w.import(RecordKind::Cases, "cases.csv", GODATA_CASES).await;
    assert_eq!((counts(&r), w.seq().await), ([0, 3, 0, 0], seq), "{:?}", r.issues);
    let later = GODATA_CASES.replace("2022-11-20,2022-11-20,,", "2022-11-20,2022-11-20,Recovered,2022-11-25");
    let r = w.import(RecordKind::Cases, "later.csv", later).await;
    assert_eq!(counts(&r), [1, 2, 0, 0], "{:?}", r.issues);
    assert_eq!(w.cases().await.iter().filter(|c| c.state == CaseState::Recovered).count(), 2);
    contacts_of_go_data(&w).await;
}

async fn contacts_of_go_data(w: &World) {
    let labels = "Contact ID,First name,Last name,Gender,Date of birth,Addresses Phone number [1],Addresses Location [1],Type,\
        Relationship Case ID,Date of last contact,Date of becoming contact,Relationship Certainty level,Follow-up final status\n\
        CO-1,丽,张,Female,1985-03-12,13812345678,50.500237.101.001.c01.b01.u1.0101,Contact,WS-1,2022-11-24,2022-11-25,2 - Medium,\n\
        CO-2,强,李,Male,1975-03-12,,0102,Contact,c-1,2022-10-01,2022-10-02,,\n\
        CO-3,敏,陈,Male,1971-03-12,,0102,Contact,WS-99,2022-11-24,2022-11-25,,\n";
    let r = w.import(RecordKind::Contacts, "contacts.csv", labels).await;
    assert_eq!((counts(&r), rules(&r), r.mapping.as_str()), ([2, 0, 1, 0], vec![(4, "case.unknown")], "godata-contacts"), "{:?}", r.issues);
    let contacts = w.contacts().await;
    let states: Vec<(&str, ContactState)> = contacts.iter().map(|c| (c.who.name.as_str(), c.state)).collect();
    assert_eq!(states, [("强 李", ContactState::Released), ("丽 张", ContactState::Active)], "a schedule that has run out is history");
    assert_eq!(w.open_duties(contacts[0].who.person_id).await, 0);
    assert!(contacts.iter().all(|c| c.case_number.as_ref().unwrap().as_str() == "WS-1"), "by number and by the other system's id");

    // The same contacts under property names, and as JSON, are the same contacts; a later exposure is one more record.
    let seq = w.seq().await;
    let names = "visualId,firstName,lastName,gender,dob,relationship.relatedPersonData.visualId,dateOfLastContact,dateBecomeContact\n\
        CO-1,丽,张,LNG_REFERENCE_DATA_CATEGORY_GENDER_FEMALE,1985-03-12T00:00:00.000Z,WS-1,2022-11-24T00:00:00.000Z,2022-11-25T00:00:00.000Z\n";
    let r = w.import(RecordKind::Contacts, "names.csv", names).await;
    assert_eq!((counts(&r), w.seq().await), ([0, 1, 0, 0], seq), "{:?}", r.issues);
    let json = json!([{"visualId": "CO-1", "firstName": "丽", "lastName": "张", "dob": "1985-03-12T00:00:00.000Z",
        "relationship": {"relatedPersonData": {"visualId": "WS-1"}}, "dateOfLastContact": "2022-11-24T00:00:00.000Z"}]);
    let r = w.import(RecordKind::Contacts, "contacts.json", json.to_string()).await;
    assert_eq!((counts(&r), w.seq().await), ([0, 1, 0, 0], seq), "{:?}", r.issues);
    let r = w.import(RecordKind::Contacts, "later.json", json.to_string().replace("11-24", "11-25")).await;
    assert_eq!(counts(&r), [1, 0, 0, 0], "{:?}", r.issues);
    assert_eq!(w.contacts().await.len(), 3);

    let visits = "Contact / Case Contact ID,Date,Status,Team\nCO-1,2022-11-25,Seen ok,A\nCO-1,2022-11-26,Missed,A\nCO-2,2022-10-03,Seen ok,B\nCO-9,2022-11-26,Missed,A\n";
    let r = w.import(RecordKind::Followups, "visits.csv", visits).await;
    assert_eq!((counts(&r), rules(&r)), ([3, 0, 1, 0], vec![(5, "contact.unknown")]), "{:?}", r.issues);
    assert_eq!(counts(&w.import(RecordKind::Followups, "visits.csv", visits).await), [0, 3, 1, 0]);

    let links = "Source Case / Contact ID,Target Relationship type,Target Case / Contact ID,Date of last contact,Certainty level\n\
        WS-1,Contact,CO-1,2022-11-24,2 - Medium\nWS-2,Case,WS-1,2022-11-05,1 - Low\nWS-3,Contact,CO-1,2022-11-20,\n";
    let r = w.import(RecordKind::Links, "links.csv", links).await;
    assert_eq!(counts(&r), [2, 1, 0, 0], "{:?}", r.issues);
    assert_eq!(counts(&w.import(RecordKind::Links, "links.csv", links).await), [0, 3, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_sormas_come_in() {
    let w = World::new().await;
    let cases = "CaseData,CaseData,CaseData,Person,Person,Person,CaseData,CaseData,CaseData\n\
        uuid,epidNumber,disease,person.firstName,person.lastName,person.sex,caseClassification,reportDate,outcome\n\
        ## UUID,EPID,Disease,First name,Last name,Sex,Classification,Date of report (M/d/yyyy),Outcome\n\
        S-1,EPI-1,EVD,Ada,Okoro,FEMALE,CONFIRMED,11/20/2022,NO_OUTCOME\n";
    let options = RecordsOptions { home: Some(PlaceId::new(HOME).unwrap()), ..w.options("cases") };
    let r = w.import_with(RecordKind::Cases, "cases.csv", cases, &options).await;
    assert_eq!((counts(&r), r.mapping.as_str()), ([1, 0, 0, 0], "sormas-cases"), "{:?}", r.issues);
    let contacts = "Contact,Contact,Person,Person,Contact,Contact,Contact,Contact\n\
        uuid,caseIdExternalSystem,person.firstName,person.lastName,contactStatus,lastContactDate,reportDateTime,contactProximity\n\
        C-1,S-1,Obi,Okoro,ACTIVE,2022-11-22,2022-11-23,SAME_ROOM\n";
    let r = w.import_with(RecordKind::Contacts, "contacts.csv", contacts, &options).await;
    assert_eq!((counts(&r), r.mapping.as_str()), ([1, 0, 0, 0], "sormas-contacts"), "{:?}", r.issues);
    assert_eq!(w.contacts().await[0].case_number.as_ref().unwrap().as_str(), "EPI-1");
    assert_eq!(counts(&w.import_with(RecordKind::Contacts, "contacts.csv", contacts, &options).await), [0, 1, 0, 0]);
}

const LISTS: [(List, RecordKind); 4] = [
    (List::Linelist, RecordKind::Cases),
    (List::Contacts, RecordKind::Contacts),
    (List::Links, RecordKind::Links),
    (List::Followups, RecordKind::Followups),
];

/// A book with cases that go on, recovered and died, contacts of every state, links and follow-ups.
async fn lived() -> World {
    let w = World::new().await;
    let cases = format!(
        "病例编号,姓名,性别,出生日期,联系电话,住址编码,病例分类,严重程度,发病时间,症状,发现时间,报告时间,转归,转归时间,备注,问卷\n\
        N-1,王伟,男,1984-05-01,13800000001,{HOME},确诊病例,重型,2022-11-18,fever,2022-11-20T08:00:00+08:00,2022-11-20T09:30:00+08:00,在管,,\"=1+1; a、b\",\n\
        N-2,李敏,女,1990-02-28,13800000002,{HOME2},疑似病例,,,,2022-11-01,,治愈出院,2022-11-10,,\n\
        N-3,陈强,男,1960-01-05,,{HOME2},确诊病例,危重型,2022-11-02,,2022-11-03,2022-11-03,死亡,2022-11-09,,\n\
        N-4,赵芳,女,1970-01-05,13800000004,{HOME2},可能病例,,2022-11-21,,2022-11-25,,,,,\n"
    );
    let r = w.import(RecordKind::Cases, "病例.csv", cases).await;
    assert_eq!(counts(&r), [4, 0, 0, 0], "{:?}", r.issues);
    let contacts = format!(
        "外部编号,病例编号,姓名,性别,出生日期,联系电话,住址编码,密接类别,首次接触时间,末次接触时间,接触场景,与病例关系,确定程度,判定时间,判定人,判定依据,密接状态\n\
        K-1,N-1,孙丽,女,1985-03-12,13800000003,{HOME},密接,2022-11-18,2022-11-20,同住,妻子,高,2022-11-21,县疾控,同住,在管\n\
        K-2,N-1,周杰,男,1986-03-12,,{HOME2},密接,,2022-11-19,同乘,,低,2022-11-21,县疾控,同车,排除\n\
        K-3,N-2,吴昊,男,1987-03-12,,{HOME2},密接,,2022-10-28,,,,2022-11-02,县疾控,同事,解除\n\
        K-4,N-2,赵芳,女,1970-01-05,13800000004,{HOME2},密接,,2022-11-05,,,,2022-11-06,县疾控,同事,转为感染者\n"
    );
    let r = w.import(RecordKind::Contacts, "密接.csv", contacts).await;
    assert_eq!((counts(&r), r.new_persons), ([4, 0, 0, 0], 3), "the contact who became a case is one person: {:?}", r.issues);
    let links = "来源病例编号,对象编号,确定程度,接触时间,备注\nN-3,N-1,中,2022-11-05,聚餐\n";
    let r = w.import(RecordKind::Links, "关联.csv", links).await;
    assert_eq!(counts(&r), [1, 0, 0, 0], "{:?}", r.issues);
    let visits = "外部编号,随访时间,随访结果,体温,症状,随访队伍\nK-1,2022-11-22T09:00:00+08:00,正常,36.5,,一队\nK-1,2022-11-23T09:00:00+08:00,异常,38.2,fever,一队\n\
        K-3,2022-11-03T09:00:00+08:00,正常,,,二队\n";
    let r = w.import(RecordKind::Followups, "随访.csv", visits).await;
    assert_eq!(counts(&r), [3, 0, 0, 0], "{:?}", r.issues);
    w
}

#[tokio::test(flavor = "multi_thread")]
async fn own_exports_change_nothing_here_and_make_the_same_book_elsewhere() {
    let w = lived().await;
    let seq = w.seq().await;
    for (format, chinese, name) in
        [(Format::Csv, false, "a.csv"), (Format::Csv, true, "b.csv"), (Format::Xlsx, false, "c.xlsx"), (Format::Xlsx, true, "d.xlsx")]
    {
        for (list, kind) in LISTS {
            let bytes = w.export(list, format, chinese).await;
            let r = w.import(kind, name, bytes).await;
            assert_eq!((r.accepted, r.refused, r.left_out), (0, 0, 0), "{name} {list:?}: {:?}", rules(&r));
            assert!(r.duplicates > 0 && r.issues.is_empty(), "{name} {list:?}: {:?}", rules(&r));
            assert_eq!(w.seq().await, seq, "{name} {list:?}");
        }
    }
    let other = World::new().await;
    for (format, name) in [(Format::Csv, "a.csv")] {
        for (list, kind) in LISTS {
            let r = other.import(kind, name, w.export(list, format, false).await).await;
            assert_eq!(r.refused, 0, "{list:?}: {:?}", rules(&r));
        }
    }
    for (list, _) in LISTS {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let (ours, theirs) = (text(w.export(list, Format::Csv, false).await), text(other.export(list, Format::Csv, false).await));
        assert_eq!(ours, theirs, "{list:?}");
    }
}

/// A message about a sample; the reports of one laboratory have its number.
fn oru(control: &str, tube: &str, name: &str, result: &str, status: &str) -> String {
    format!(
        "MSH|^~\\&|LIS|Lab|||20221126101500+0800||ORU^R01|{control}|P|2.5.1\rPID|1||||{name}||19840501|M\rOBR|1|{tube}|F{tube}|94500-6^RNA^LN\r\
         OBX|1|ST|94500-6^RNA^LN||{result}||||||{status}|||20221126100000+0800\rSPM|1|{tube}||258500001^Swab^SCT|||||||||||||20221126080000+0800\r"
    )
}

/// People one to three are swabbed singly in T1 to T3, which a laboratory has received.
async fn swabbed(w: &World) -> Vec<PersonId> {
    let mut persons = Vec::new();
    for n in 1..=3u128 {
        let person = PersonId(uuid::Uuid::from_u128(n));
        let name = ["王伟", "李敏", "陈强"][n as usize - 1];
        let born = if n == 1 { "1984-05-01" } else { "1990-02-28" };
        w.say("person_listed", json!({"person": person, "name": name, "sex": "male", "born": born, "home": HOME})).await;
        let tube = format!("T{n}");
        let at = "2022-11-26T08:00:00+08:00";
        w.say("registered", json!({"tube": tube, "person": person, "station": "50.500237.st1", "at": at, "mode": "single"})).await;
        w.say("tube_sealed", json!({"tube": tube, "at": "2022-11-26T08:10:00+08:00"})).await;
        persons.push(person);
    }
    let at = "2022-11-26T09:00:00+08:00";
    w.say("received", json!({"laboratory": "50.500237.lab1", "tubes": ["T1", "T2"], "condition": "adequate", "at": at})).await;
    persons
}

#[tokio::test(flavor = "multi_thread")]
async fn results_come_as_messages_and_tables_and_repeats_are_known() {
    let w = World::under("covid-2022-twenty").await;
    let persons = swabbed(&w).await;
    let all = [
        oru("M1", "T1", "王^伟", "Positive", "F"),
        oru("M2", "T2", "赵^无关", "Negative", "F"),
        oru("M3", "T9", "钱^不在", "Negative", "F").replace("19840501", "19500911"),
        oru("M4", "T3", "陈^强", "Negative", "F").replace("19840501", "19900228"),
        "MSH|^~\\&|LIS|Lab|||20221126101500+0800||ADT^A01|M5|P|2.5.1\r".to_owned(),
    ];
    let r = w.import(RecordKind::Results, "lab.hl7", all.concat()).await;
    assert_eq!(counts(&r), [1, 0, 4, 0], "{:?}", rules(&r));
    let of = rules(&r);
    assert_eq!(of, [(2, "result.other_person"), (3, "result.unmatched"), (4, "result.not_received"), (5, "hl7.type")], "{:?}", rules(&r));
    assert_eq!(w.cases().await.iter().map(|c| c.who.person_id).collect::<Vec<_>>(), [persons[0]], "a positive makes a case");
    let acks = std::fs::read_to_string(w.dir.path().join("lab.hl7.ack")).unwrap();
    let codes: Vec<&str> = acks.split("MSA|").skip(1).map(|a| &a[..5]).collect();
    assert_eq!(codes, ["AA|M1", "AE|M2", "AE|M3", "AE|M4", "AR|M5"], "{acks}");
    // What was refused is left as it came; the same in another message is known again.
    let left = std::fs::read(w.refused("lab.hl7")).unwrap();
    assert_eq!(counts(&w.import(RecordKind::Results, "left.hl7", left).await), [0, 0, 4, 0]);
    let seq = w.seq().await;
    let again = oru("M77", "T1", "王^伟", "Positive", "F").replace("101500", "111500");
    assert_eq!((counts(&w.import(RecordKind::Results, "again.hl7", again).await), w.seq().await), ([0, 1, 0, 0], seq));

    // Without a number of the sample: by person and day. A result that is not there yet is none.
    w.say("received", json!({"laboratory": "50.500237.lab1", "tubes": ["T3"], "condition": "adequate", "at": "2022-11-26T10:00:00+08:00"}))
        .await;
    let table = format!(
        "报告编号,采样管编号,人员标识,姓名,采样时间,检出时间,检测结果\nR-1,,{},陈强,2022-11-26,2022-11-26T12:00:00+08:00,阴性\nR-2,T2,,,,,待出\n",
        persons[2]
    );
    let r = w.import(RecordKind::Results, "结果.csv", &table).await;
    assert_eq!(counts(&r), [1, 0, 0, 1], "{:?}", rules(&r));
    assert_eq!(counts(&w.import(RecordKind::Results, "结果.csv", table).await), [0, 1, 0, 1]);
    fhir_reports_are_results_too(&w).await;
}

async fn fhir_reports_are_results_too(w: &World) {
    let report = |tube: &str| {
        json!({"resourceType": "Bundle", "type": "collection", "entry": [
            {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "DiagnosticReport", "id": "d1", "status": "final",
                "identifier": [{"system": "urn:lab", "value": format!("F-{tube}")}],
                "code": {"coding": [{"system": "http://loinc.org", "code": "94500-6"}]}, "issued": "2022-11-26T11:00:00+08:00",
                "specimen": [{"reference": "Specimen/s1"}], "result": [{"reference": "Observation/o1"}]}},
            {"fullUrl": "urn:uuid:2", "resource": {"resourceType": "Specimen", "id": "s1", "identifier": [{"value": tube}]}},
            {"fullUrl": "urn:uuid:3", "resource": {"resourceType": "Observation", "id": "o1", "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": "94500-6"}]},
                "valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": "260415000"}]}}}]})
        .to_string()
    };
    let r = w.import(RecordKind::Results, "report.json", report("T2")).await;
    assert_eq!((counts(&r), r.mapping.as_str()), ([1, 0, 0, 0], "fhir"), "{:#?} {:?}", r.issues, r.stopped);
    assert_eq!(counts(&w.import(RecordKind::Results, "report.json", report("T2")).await), [0, 1, 0, 0]);
    let r = w.import(RecordKind::Results, "other.json", report("T8")).await;
    assert_eq!(counts(&r), [0, 0, 1, 0], "{:#?} {:?}", r.issues, r.stopped);
    let left = std::fs::read_to_string(w.refused("other.json")).unwrap();
    assert!(left.contains("result.unmatched"), "{left}");
    // Corrected, the table of what was refused comes in; here the sample has that result by now.
    assert_eq!(counts(&w.import(RecordKind::Results, "corrected.csv", left.replace("T8", "T2")).await), [0, 1, 0, 0]);
}

/// An import that breaks off in the middle goes on with the same command.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_breaks_off_goes_on() {
    let w = World::new().await;
    let mut csv = "外部编号,姓名,性别,出生日期,联系电话,住址编码,末次接触时间,判定时间\n".to_owned();
    let pick = |from: &str, n: u64| from.chars().nth((n % from.chars().count() as u64) as usize).unwrap();
    for n in 0..3_500u64 {
        let dice = u64::from_be_bytes(Hash::of(&n.to_be_bytes()).0[..8].try_into().unwrap());
        let (a, b, c) = (dice % 997, dice / 997 % 991, dice / 988_027 % 983);
        let name = [
            pick("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", a),
            pick("安博昌达恩芳刚海佳凯兰明宁鹏清荣", b),
            pick("书涛伟霞燕泽德峰国红静军丽梅强勇", c),
        ];
        let name = String::from_iter(name);
        let born = Day(-9_000 + (dice / 971_230_541 % 20_000) as i32);
        csv += &format!("E-{n},{name},男,{born},13{:09},{HOME},2022-11-24,2022-11-25\n", dice % 1_000_000_007 % 1_000_000_000);
    }
    let path = w.file("many.csv", csv);
    let file = RecordFile::open(&path, RecordKind::Contacts, &FileOptions::default()).unwrap();
    let options = w.options("many");
    let mut after_one = |_, done: u64, _| assert!(done < 2_000, "as a process that is killed");
    let broken = std::panic::AssertUnwindSafe(records::import(&w.app, &file, &options, &mut after_one));
    assert!(futures_util::FutureExt::catch_unwind(broken).await.is_err());
    assert!(w.seq().await > 1_000);
    let r = records::import(&w.app, &file, &options, &mut |_, _, _| ()).await.unwrap();
    assert_eq!((r.refused, r.accepted + r.duplicates, r.duplicates >= 1_000), (0, 3_500, true), "{:?}", r.issues.first());
    let again = records::import(&w.app, &file, &options, &mut |_, _, _| ()).await.unwrap();
    assert_eq!(counts(&again), [0, 3_500, 0, 0]);
    let c = w.app.db.connection().await.unwrap();
    let people = quell_store::find::sizes(&c, w.app.config.book).await.unwrap().0;
    let doubles = 3_500 - people;
    assert!((0..10).contains(&doubles), "{doubles}: nobody is doubled, and hardly any two of these are alike");
}
