//! What is exported comes in again; what is not of this book stays out.

use super::world::*;

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

/// What a book also has that was not imported: times to the microsecond, also in the first hours of a day, names of other languages, a
/// case without a number that is not reported yet, an infection without symptoms, a contact of it, seen once.
async fn added(w: &World) -> PersonId {
    let person = |n: u128| PersonId(uuid::Uuid::from_u128(n));
    for (n, name) in [(71, "Maria del Carmen Pérez"), (72, "Pérez, Maria"), (73, "Suharto"), (74, "欧阳娜娜"), (75, "古丽·阿不都")]
    {
        w.say("person_listed", json!({"person": person(n), "name": name, "sex": "female", "born": format!("19{n}-02-03"), "home": HOME}))
            .await;
    }
    let case = |n: u128, class: &str, at: &str| {
        json!({"case": uuid::Uuid::from_u128(n), "person": person(n), "classification": class, "at": at,
        "onset": "2022-11-24T00:10:00.5+08:00"})
    };
    w.say("case_listed", case(71, "confirmed", "2022-11-25T01:30:15.123456+08:00")).await;
    w.say("case_listed", case(74, "asymptomatic", "2022-11-25T09:30:15.654321+08:00")).await;
    for n in [72u128, 73, 75] {
        let (at, decision) = ("2022-11-25T02:00:00.000001+08:00", json!({"decider": "li", "reason": "met"}));
        let contact = json!({"contact": uuid::Uuid::from_u128(n), "person": person(n), "case": uuid::Uuid::from_u128(71), "category": "close",
            "last_exposure": "2022-11-25T00:45:59.999999+08:00", "decision": decision, "at": at});
        w.say("contact_named", contact).await;
        let at = "2022-11-26T00:20:00.25+08:00";
        w.say("followed_up", json!({"person": person(n), "contact": uuid::Uuid::from_u128(n), "outcome": "seen_ok", "at": at})).await;
    }
    person(71)
}

/// Which files an export is handed back as.
const OTHERS: [(Format, List, RecordKind, &str); 6] = [
    (Format::Godata, List::Linelist, RecordKind::Cases, "g.csv"),
    (Format::Godata, List::Contacts, RecordKind::Contacts, "g.csv"),
    (Format::Godata, List::Links, RecordKind::Links, "g.csv"),
    (Format::Godata, List::Followups, RecordKind::Followups, "g.csv"),
    (Format::Sormas, List::Linelist, RecordKind::Cases, "s.csv"),
    (Format::Sormas, List::Contacts, RecordKind::Contacts, "s.csv"),
];

#[tokio::test(flavor = "multi_thread")]
async fn exports_for_other_systems_change_nothing_here_and_come_in_elsewhere() {
    let w = lived().await;
    let unreported = added(&w).await;
    let seq = w.seq().await;
    for (list, kind) in LISTS {
        for format in [Format::Csv, Format::Xlsx] {
            let name = if format == Format::Csv { "a.csv" } else { "a.xlsx" };
            let r = w.import(kind, name, w.export(list, format, false).await).await;
            assert_eq!((r.accepted, r.refused, r.left_out, rules(&r)), (0, 0, 0, vec![]), "{list:?}: {:#?}", r.issues);
        }
    }
    for (format, list, kind, name) in OTHERS {
        let r = w.import(kind, name, w.export(list, format, false).await).await;
        assert_eq!((r.accepted, r.refused, r.left_out, rules(&r)), (0, 0, 0, vec![]), "{format:?} {list:?}: {:#?}", r.issues);
        assert!(r.duplicates > 0, "{format:?} {list:?}");
    }
    assert_eq!(w.seq().await, seq);
    assert!(w.owed(unreported).await.contains(&DutyKind::Report), "what is handed back does not report anyone");

    for format in [Format::Godata, Format::Sormas] {
        let other = World::new().await;
        for (_, list, kind, name) in OTHERS.into_iter().filter(|o| o.0 == format) {
            let bytes = w.export(list, format, false).await;
            let home = RecordsOptions { home: Some(PlaceId::new(HOME).unwrap()), ..other.options(name) };
            let r = other.import_with(kind, name, &bytes, &home).await;
            assert_eq!((r.refused, r.left_out), (0, 0), "{format:?} {list:?}: {:#?}", r.issues);
            let again = other.import_with(kind, name, bytes, &home).await;
            assert_eq!((again.accepted, again.refused), (0, 0), "{format:?} {list:?}: {:#?}", again.issues);
        }
        let (ours, theirs) = (w.cases().await, other.cases().await);
        let names = |cases: &[views::CaseLine]| {
            let mut all: Vec<String> = cases.iter().map(|c| c.who.name.clone()).collect();
            all.sort();
            all
        };
        assert_eq!(names(&ours), names(&theirs), "{format:?}");
        assert!(theirs.iter().all(|c| c.reported_at.is_none()), "{format:?}: neither has a column for the statutory report");
        for c in theirs.iter().filter(|c| c.state == CaseState::Active) {
            assert!(other.owed(c.who.person_id).await.contains(&DutyKind::Report), "{format:?}: {c:?}");
        }
        let day = |cases: &[views::CaseLine], name: &str| {
            cases.iter().find(|c| c.who.name == name).map(|c| c.found_at.day(UtcOffset::CHINA).to_string())
        };
        assert_eq!(day(&ours, "王伟"), day(&theirs, "王伟"), "{format:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_on_which_a_case_became_known_is_no_report_to_the_statutory_system() {
    let w = World::new().await;
    // Go.Data has both days, or only the one on which it was reported to Go.Data.
    let cases = format!(
        "Case ID,First name,Last name,Gender,Date of birth,Addresses Location [1],Classification,Date of becoming case,Date of reporting\n\
        G-1,Ana,Ruiz,Female,1984-05-01,{HOME},Confirmed,2022-11-24,2022-11-25\nG-2,Eva,Sol,Female,1990-02-28,{HOME2},Confirmed,,2022-11-25\n"
    );
    let r = w.import(RecordKind::Cases, "cases.csv", cases).await;
    assert_eq!((counts(&r), r.columns["known"].as_str()), ([2, 0, 0, 0], "Date of reporting"), "{:?}", r.issues);
    let mut found: Vec<String> = Vec::new();
    for c in w.cases().await {
        assert!(c.reported_at.is_none() && w.owed(c.who.person_id).await.contains(&DutyKind::Report), "{c:?}");
        found.push(format!("{} {}", c.number.unwrap(), c.found_at.day(UtcOffset::CHINA)));
    }
    found.sort();
    assert_eq!(found, ["G-1 2022-11-24", "G-2 2022-11-25"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_another_disease_stay_out() {
    let w = World::new().await;
    let seq = w.seq().await;
    let own =
        format!("病例编号,姓名,性别,出生日期,住址编码,病种,病例分类,发现时间\nN-1,王伟,男,1984-05-01,{HOME},麻疹,确诊病例,2022-11-20\n");
    let chinese = RecordsOptions { chinese: true, ..w.options("own.csv") };
    let r = w.import_with(RecordKind::Cases, "own.csv", &own, &chinese).await;
    assert_eq!((counts(&r), rules(&r), w.seq().await), ([0, 0, 1, 0], vec![(2, "disease.other")], seq), "nobody is listed either");
    let issue = &r.issues[0];
    assert_eq!((issue.column.as_deref(), issue.value.as_str()), (Some("病种"), "麻疹"), "{issue:?}");
    assert!(issue.text(false).contains("about ebola (Ebola virus disease)") && issue.text(true).contains("埃博拉"), "{issue:?}");
    let left = std::fs::read_to_string(w.refused("own.csv")).unwrap();
    assert!(left.contains("disease.other") && left.contains("病种与本台账不同"), "{left}");

    let sormas = |disease: &str, details: &str, n: usize| {
        format!(
            "CaseData,CaseData,CaseData,CaseData,Person,Person,CaseData,CaseData\n\
            uuid,epidNumber,disease,diseaseDetails,person.firstName,person.lastName,caseClassification,reportDate\n\
            S-{n},EPI-{n},{disease},{details},Ada,Okoro,CONFIRMED,2022-11-20\n"
        )
    };
    let home = RecordsOptions { home: Some(PlaceId::new(HOME).unwrap()), ..w.options("sormas") };
    for (n, (disease, details)) in [("MEASLES", ""), ("CHOLERA", ""), ("OTHER", "plague"), ("OTHER", "")].into_iter().enumerate() {
        let r = w.import_with(RecordKind::Cases, "s.csv", sormas(disease, details, n), &home).await;
        assert_eq!((counts(&r), rules(&r)), ([0, 0, 1, 0], vec![(3, "disease.other")]), "{disease} {details}");
    }
    // Its own, in whatever word: SORMAS's and its caption, Go.Data's token, a name in one's own list, the protocol's, or none.
    let words = ["EVD", "Ebola Virus Disease", "ebola", "LNG_REFERENCE_DATA_CATEGORY_DISEASE_EBOLA_VIRUS_DISEASE", "埃博拉出血热", ""];
    for (n, disease) in words.into_iter().chain(["OTHER"]).enumerate() {
        let details = if disease == "OTHER" { "Ebola" } else { "" };
        let r = w.import_with(RecordKind::Cases, "s.csv", sormas(disease, details, n), &home).await;
        assert_eq!((r.accepted + r.duplicates, r.refused), (1, 0), "{disease}: {:?}", r.issues);
    }
    let contacts = format!(
        "外部编号,病例编号,病种,姓名,出生日期,住址编码,末次接触时间,判定时间\n\
        K-1,EPI-0,measles,孙丽,1985-03-12,{HOME},2022-11-20,2022-11-21\nK-2,EPI-0,埃博拉,周杰,1986-03-12,{HOME2},2022-11-20,2022-11-21\n"
    );
    let r = w.import(RecordKind::Contacts, "contacts.csv", contacts).await;
    assert_eq!((counts(&r), rules(&r)), ([1, 0, 1, 0], vec![(2, "disease.other")]), "{:?}", r.issues);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_messages_only_results_are_read_and_that_is_said() {
    let w = lived().await;
    for (list, kind) in LISTS {
        let path = w.file("export.json", w.export(list, Format::Fhir, false).await);
        let said = RecordFile::open(&path, kind, &FileOptions::default()).err().unwrap();
        let (en, zh) = (said.text(false), said.text(true));
        assert!(en.contains("FHIR") && en.contains("only laboratory results") && zh.contains("仅用于导入检测结果"), "{en} {zh}");
    }
    let lines = w.file("lines.ndjson", "{\"resourceType\": \"Patient\"}\n{\"resourceType\": \"Condition\"}\n");
    assert!(RecordFile::open(&lines, RecordKind::Cases, &FileOptions::default()).err().unwrap().text(false).contains("FHIR"));
    // Handed in as results, a bundle without any says so.
    let r = w.import(RecordKind::Results, "export.json", w.export(List::Linelist, Format::Fhir, false).await).await;
    assert!(r.read == 0 && r.stopped.as_ref().unwrap().en.contains("DiagnosticReport"), "{:?}", r.stopped);
    for list in [List::Links, List::Followups] {
        assert!(export::check_shape(list, Format::Sormas).is_err());
    }
}
