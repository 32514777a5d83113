//! Cases, contacts, links, follow-ups and results from files of others and from Quell's own, on a real database.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod long;
mod merged;
mod own;
mod world;

use world::*;

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
    assert_eq!(states, [("李强", ContactState::Released), ("张丽", ContactState::Active)], "a schedule that has run out is history");
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
