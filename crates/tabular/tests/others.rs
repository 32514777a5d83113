//! Files of Go.Data and SORMAS, and Quell's own tables, under the shipped mappings. The samples are made here.

use quell_tabular::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::collections::BTreeMap;

fn mapping(name: &str) -> Mapping {
    Mapping::parse(name, builtin_mapping(name).expect("shipped")).unwrap_or_else(|e| panic!("{e:?}"))
}
fn bytes(b: impl AsRef<[u8]>) -> Reader {
    open_bytes(b.as_ref(), &Options::default()).unwrap_or_else(|e| panic!("{e}"))
}
fn good(reader: &Reader, m: &Mapping) -> (Vec<Row>, Summary) {
    let mut rows = reader.rows(m).unwrap_or_else(|e| panic!("{e}"));
    let all: Vec<Row> = rows.by_ref().map(|r| r.unwrap_or_else(|e| panic!("{e:?}"))).collect();
    assert!(rows.summary().complete);
    (all, rows.summary().clone())
}
/// A row's values as text, without its line.
fn said(row: &Row) -> BTreeMap<String, String> {
    let text = |v: &Value| match v {
        Value::Text(s) => s.clone(),
        Value::Integer(n) => n.to_string(),
        Value::Decimal(x) => x.to_string(),
        Value::Date(d) => d.to_string(),
        Value::DateTime(t) => t.to_string(),
        Value::Flag(b) => b.to_string(),
    };
    row.values.iter().map(|(k, v)| (k.to_string(), text(v))).collect()
}
/// One row of a file under a shipped mapping must say exactly this.
fn says(reader: &Reader, name: &str, want: &[(&str, &str)]) {
    let (rows, _) = good(reader, &mapping(name));
    assert_eq!(rows.len(), 1, "{name}");
    let want: BTreeMap<String, String> = want.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    assert_eq!(said(&rows[0]), want, "{name}");
}

const GODATA_CASE: &[(&str, &str)] = &[
    ("number", "CASE-0001"),
    ("external", "e2d8-01"),
    ("given", "Ada"),
    ("family", "Byron"),
    ("sex", "female"),
    ("age", "36"),
    ("phone", "+44 20 7946 0958"),
    ("address", "12 Mill Lane"),
    ("home", "Pelita"),
    ("occupation", "health"),
    ("classification", "confirmed"),
    ("onset", "2022-11-20"),
    ("found", "2022-11-23"),
    ("known", "2022-11-22"),
    ("was_contact", "true"),
    ("doses", "Alpha=2021-05-01;Beta=2021-06-01"),
    ("outcome", "active"),
    ("risk", "high"),
];
const CASE_LABELS: &[&str] = &[
    "ID",
    "Case ID",
    "First name",
    "Last name",
    "Gender",
    "Age Years",
    "Occupation",
    "Classification",
    "Date of onset",
    "Date of becoming case",
    "Date of reporting",
    "Was a contact",
    "Outcome",
    "Risk level",
    "Addresses Location [1]",
    "Addresses Location [2]",
    "Addresses Address line 1 [1]",
    "Addresses Phone number [1]",
    "Vaccines received Vaccine [1]",
    "Vaccines received Vaccine date [1]",
    "Vaccines received Vaccine [2]",
    "Vaccines received Vaccine date [2]",
];
const CASE_LABELLED: &[&str] = &[
    "e2d8-01",
    "CASE-0001",
    "Ada",
    "Byron",
    "Female",
    "36",
    "Health care worker",
    "Confirmed",
    "2022-11-20",
    "2022-11-23",
    "2022-11-22",
    "true",
    "Alive",
    "3 - High",
    "Pelita",
    "Sungai",
    "12 Mill Lane",
    "+44 20 7946 0958",
    "Alpha",
    "2021-05-01",
    "Beta",
    "2021-06-01",
];
const CASE_JSON: &str = r#"{"id": "e2d8-01", "visualId": "CASE-0001", "firstName": "Ada", "lastName": "Byron",
  "gender": "LNG_REFERENCE_DATA_CATEGORY_GENDER_FEMALE", "age": {"years": 36, "months": null},
  "occupation": "LNG_REFERENCE_DATA_CATEGORY_OCCUPATION_HEALTH_CARE_WORKER",
  "classification": "LNG_REFERENCE_DATA_CATEGORY_CASE_CLASSIFICATION_CONFIRMED", "dateOfOnset": "2022-11-20T00:00:00.000Z",
  "dateBecomeCase": "2022-11-23T00:00:00.000Z", "dateOfReporting": "2022-11-22T00:00:00.000Z", "wasContact": true,
  "outcomeId": "LNG_REFERENCE_DATA_CATEGORY_OUTCOME_ALIVE", "riskLevel": "LNG_REFERENCE_DATA_CATEGORY_RISK_LEVEL_3_HIGH",
  "addresses": [{"locationId": "Pelita", "addressLine1": "12 Mill Lane", "phoneNumber": "+44 20 7946 0958"}, {"locationId": "Sungai"}],
  "vaccinesReceived": [{"vaccine": "Alpha", "date": "2021-05-01"}, {"vaccine": "Beta", "date": "2021-06-01"}], "dateOfOutcome": null}"#;

fn line(cells: &[&str]) -> String {
    cells.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(",") + "\n"
}

#[test]
fn a_godata_case_is_the_same_as_csv_xlsx_and_json() {
    let csv = bytes(line(CASE_LABELS) + &line(CASE_LABELLED));
    says(&csv, "godata-cases", GODATA_CASE);
    assert_eq!(csv.suggest_mapping(), Some("godata-cases"));
    let mut book = Workbook::new();
    let (sheet, date) = (book.add_worksheet(), Format::new().set_num_format("yyyy-mm-dd"));
    for (c, (label, value)) in CASE_LABELS.iter().zip(CASE_LABELLED).enumerate() {
        sheet.write(0, c as u16, *label).unwrap();
        match (label.starts_with("Date of"), *label) {
            (true, _) => sheet.write_with_format(1, c as u16, ExcelDateTime::parse_from_str(value).unwrap(), &date).unwrap(),
            (_, "Age Years") => sheet.write(1, c as u16, 36).unwrap(),
            (_, "Was a contact") => sheet.write(1, c as u16, true).unwrap(),
            _ => sheet.write(1, c as u16, *value).unwrap(),
        };
    }
    says(&bytes(book.save_to_buffer().unwrap()), "godata-cases", GODATA_CASE);
    let flat = CASE_JSON.replace('\n', " ");
    for json in [format!("[{CASE_JSON}]"), format!("{{\"count\": 1, \"data\": [{CASE_JSON}]}}"), format!("{flat}\n{{}}\n")] {
        let reader = bytes(&json);
        says(&reader, "godata-cases", GODATA_CASE);
        assert_eq!(reader.suggest_mapping(), Some("godata-cases"));
    }
    // Property names as headers of a CSV file.
    let names = "id,visualId,age.years,addresses[0].locationId,addresses[1].locationId,questionnaireAnswers.diet[0].value\n1,C-2,36,Pelita,Sungai,\"fish; rice\"\n";
    let want = [("external", "1"), ("number", "C-2"), ("age", "36"), ("home", "Pelita"), ("answers", "diet[0].value=fish， rice")];
    says(&bytes(names), "godata-cases", &want);
}

#[test]
fn the_other_exports_of_godata() {
    let contacts = r#"[{"id":"x1","visualId":"CO-7","type":"LNG_REFERENCE_DATA_CATEGORY_PERSON_TYPE_CONTACT","firstName":"Bo","lastName":"Lee",
      "dob":"1990-02-03T00:00:00.000Z","dateOfLastContact":"2022-11-21T00:00:00.000Z","followUpTeamId":"T2",
      "followUp":{"endDate":"2022-12-01T00:00:00.000Z","status":"LNG_REFERENCE_DATA_CONTACT_FINAL_FOLLOW_UP_STATUS_TYPE_UNDER_FOLLOW_UP"},
      "relationship":{"relatedId":"e2d8-01","relatedPersonData":{"visualId":"CASE-0001"},"certaintyLevelId":"LNG_REFERENCE_DATA_CATEGORY_CERTAINTY_LEVEL_3_HIGH",
      "socialRelationshipTypeId":"LNG_REFERENCE_DATA_CATEGORY_CONTEXT_OF_TRANSMISSION_FAMILY","comment":"=shared a meal"}}]"#;
    let contact = [
        ("external", "CO-7"),
        ("case_number", "CASE-0001"),
        ("given", "Bo"),
        ("family", "Lee"),
        ("born", "1990-02-03"),
        ("category", "close"),
        ("last_exposure", "2022-11-21"),
        ("context", "household"),
        ("certainty", "high"),
        ("state", "active"),
        ("follow_up", "follow_up"),
        ("until", "2022-12-01"),
        ("team", "T2"),
        ("note", "=shared a meal"),
    ];
    says(&bytes(contacts), "godata-contacts", &contact);
    let labels = "Contact ID,Type,Date of last contact,Follow-up Follow-up final status,Relationship Certainty level\nCO-7,Contact of contact,2022-11-21,Lost to follow-up,1 - Low\n";
    let want =
        [("external", "CO-7"), ("category", "secondary"), ("last_exposure", "2022-11-21"), ("follow_up", "lost"), ("certainty", "low")];
    says(&bytes(labels), "godata-contacts", &want);
    let link = [
        ("source_number", "CASE-0001"),
        ("target_number", "CO-7"),
        ("target_kind", "contact"),
        ("certainty", "medium"),
        ("context", "workplace"),
        ("contact_at", "2022-11-21"),
        ("note", "lunch"),
    ];
    let links = "Source Case / Contact ID,Target Case / Contact ID,Target Relationship type,Certainty level,Context of exposure,Date of last contact,Comment\nCASE-0001,CO-7,Contact,2 - Medium,Workplace,2022-11-21,lunch\n";
    says(&bytes(links), "godata-links", &link);
    let json = r#"[{"sourcePerson":{"visualId":"CASE-0001"},"targetPerson":{"visualId":"CO-7","type":"LNG_REFERENCE_DATA_CATEGORY_PERSON_TYPE_CONTACT"},
      "certaintyLevelId":"LNG_REFERENCE_DATA_CATEGORY_CERTAINTY_LEVEL_2_MEDIUM","socialRelationshipTypeId":"LNG_REFERENCE_DATA_CATEGORY_CONTEXT_OF_TRANSMISSION_CO_WORKERS",
      "contactDate":"2022-11-21T00:00:00.000Z","comment":"lunch"}]"#;
    says(&bytes(json), "godata-links", &link);
    let followup = [
        ("external", "CO-7"),
        ("given", "Bo"),
        ("family", "Lee"),
        ("day", "3"),
        ("at", "2022-11-24"),
        ("outcome", "seen_not_ok"),
        ("team", "T2"),
    ];
    let csv = "Contact / Case Contact ID,Contact / Case First name,Contact / Case Last name,Day of follow-up,Date,Status,Team\nCO-7,Bo,Lee,3,2022-11-24,Seen not ok,T2\n";
    says(&bytes(csv), "godata-followups", &followup);
    let json = r#"[{"contact":{"visualId":"CO-7","firstName":"Bo","lastName":"Lee"},"index":3,"date":"2022-11-24T00:00:00.000Z",
      "statusId":"LNG_REFERENCE_DATA_CONTACT_DAILY_FOLLOW_UP_STATUS_TYPE_SEEN_NOT_OK","teamId":"T2","address":{}}]"#;
    says(&bytes(json), "godata-followups", &followup);
    let result = [
        ("case_number", "CASE-0001"),
        ("tube", "L-9"),
        ("laboratory", "Lab A"),
        ("specimen", "Nasal swab"),
        ("test", "RT-PCR"),
        ("sampled", "2022-11-22"),
        ("resulted", "2022-11-23"),
        ("result", "positive"),
        ("status", "final"),
        ("note", "late"),
    ];
    let csv = "Person Case / Contact ID,Sample lab ID,Lab name,Sample type,Test type,Sample taken,Date of the result,Result,Status,Notes\nCASE-0001,L-9,Lab A,Nasal swab,RT-PCR,2022-11-22,2022-11-23,\"Positive for targeted pathogen (if serology, enter titre in Quantitative result)\",Completed,late\n";
    says(&bytes(csv), "godata-results", &result);
    let names = "person.visualId,sampleIdentifier,labName,sampleType,testType,dateSampleTaken,dateOfResult,result,status,notes\nCASE-0001,L-9,Lab A,Nasal swab,RT-PCR,2022-11-22,2022-11-23,LNG_REFERENCE_DATA_CATEGORY_LAB_TEST_RESULT_POSITIVE,LNG_REFERENCE_DATA_CATEGORY_LAB_TEST_RESULT_STATUS_COMPLETED,late\n";
    says(&bytes(names), "godata-results", &result);
}

const SORMAS_CONTACT: &str = "Contact,Contact,Contact,Contact,Contact,Contact,Contact,Contact,Contact,Contact,Contact,Contact\n\
    uuid,sourceCaseUuid,disease,lastContactDate,person.firstName,person.lastName,birthdate,reportDateTime,contactStatus,followUpStatus,quarantine,person.phone\n\
    ##Contact ID,Source case ID,Disease,Date of last contact (M/d/yyyy),First,Last,Date of birth (year / month / day),Date of report (M/d/yyyy),Status,Follow-up status,Quarantine,Phone\n\
    UAC-1,ACB-9,COVID-19,7/9/2022,Lo,Sun,5/12/1939,7/20/2022 8:15,Active contact,Under follow-up,Home,'+49-1557\n";

#[test]
fn sormas_says_in_its_captions_how_it_writes_dates() {
    let want = [
        ("external", "UAC-1"),
        ("case_number", "ACB-9"),
        ("disease", "COVID-19"),
        ("last_exposure", "2022-07-09+08:00"),
        ("given", "Lo"),
        ("family", "Sun"),
        ("born", "1939-05-12"),
        ("named", "2022-07-20T08:15:00+08:00"),
        ("state", "active"),
        ("follow_up", "follow_up"),
        ("quarantine", "home"),
        ("phone", "+49-1557"),
    ];
    says(&bytes(SORMAS_CONTACT), "sormas-contacts", &want);
    // Without captions the first date is read as the day-first date that it also is; the mapping can be told otherwise.
    let bare: String = SORMAS_CONTACT.lines().filter(|l| !l.starts_with("##")).map(|l| format!("{l}\n")).collect();
    let first = |m: &Mapping| bytes(&bare).rows(m).unwrap().next().unwrap();
    assert_eq!(first(&mapping("sormas-contacts")).unwrap_err()[0].rule, "date.impossible");
    let told = mapping("sormas-contacts").with_formats(&["MM/DD/YYYY", "MM/DD/YYYY hh:mm"]).unwrap();
    assert_eq!(first(&told).unwrap().date("born").unwrap().to_string(), "1939-05-12");
    assert!(mapping("sormas-contacts").with_formats(&["M/d/y"]).unwrap_err().contains("no date format"));
    let year = SORMAS_CONTACT.replace("5/12/1939", "1939");
    assert_eq!(good(&bytes(year), &mapping("sormas-contacts")).0[0].date("born"), None, "a year is no birth date, and no fault");
}

#[test]
fn sormas_cases_in_the_encodings_of_its_users() {
    let text = "CaseData;Person;Person;Symptoms;Symptoms;Symptoms;Symptoms;Sample;Sample;Vaccination;Vaccination;Vaccination;Vaccination\n\
        externalID;person.firstName;person.lastName;symptoms.fever;symptoms.cough;symptoms.soreThroat;symptoms.onsetDate;sampleDateTime;sampleDateTime;vaccineName;vaccinationDate;vaccineName;vaccinationDate\n\
        ##Externe ID;Vorname;Nachname;Fieber;Husten;Halsentzündung;Beginn;Probe;Probe;Impfstoff;Impfdatum;Impfstoff;Impfdatum\n\
        X-1;Jörg;Weiß;YES;NO;YES;26.11.2022;27.11.2022 08:30;28.11.2022;COMIRNATY;01.05.2021;OTHER;02.06.2021\n";
    let want = [
        ("external", "X-1"),
        ("given", "Jörg"),
        ("family", "Weiß"),
        ("symptoms", "fever;sore_throat"),
        ("onset", "2022-11-26+08:00"),
        ("sampled", "2022-11-27T08:30:00+08:00"),
        ("doses", "COMIRNATY=01.05.2021;OTHER=02.06.2021"),
    ];
    says(&bytes(text), "sormas-cases", &want);
    says(&bytes(format!("\u{feff}{text}")), "sormas-cases", &want);
    let western = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    for label in ["windows-1252", "iso-8859-1"] {
        let reader = open_bytes(western.clone(), &Options { encoding: Some(label.into()), ..Options::default() }).unwrap();
        says(&reader, "sormas-cases", &want);
        assert_eq!(reader.suggest_mapping(), Some("sormas-cases"));
    }
    let (rows, _) = good(&bytes(text), &mapping("sormas-cases"));
    assert_eq!(rows[0].pairs("doses"), [("COMIRNATY", Some("01.05.2021")), ("OTHER", Some("02.06.2021"))]);
    let e = bytes(text.replace("YES;NO", "YES;perhaps")).rows(&mapping("sormas-cases")).unwrap().next().unwrap().unwrap_err();
    assert_eq!((e[0].rule, e[0].field.as_deref()), ("flag.format", Some("symptoms")));
    let samples = "uuid,labSampleID,epidNumber,firstName,lastName,personAge,sampleDateTime,sampleMaterialString,lab,receivedDate,pathogenTestResult,pathogenTestType1\nS-1,L-1,E-1,Jo,Wu,36 Years,2022-11-27 08:30,Nasal swab,Lab A,2022-11-28,Positive,PCR / RT-PCR\n";
    let want = [
        ("report", "S-1"),
        ("tube", "L-1"),
        ("case_number", "E-1"),
        ("given", "Jo"),
        ("family", "Wu"),
        ("age", "36"),
        ("sampled", "2022-11-27T08:30:00+08:00"),
        ("specimen", "Nasal swab"),
        ("laboratory", "Lab A"),
        ("received", "2022-11-28+08:00"),
        ("result", "positive"),
        ("test", "PCR / RT-PCR"),
    ];
    says(&bytes(samples), "sormas-results", &want);
}

#[test]
fn own_tables_have_field_names_english_words_or_chinese() {
    let want = [
        ("case_number", "B-1"),
        ("name", "王一"),
        ("category", "close"),
        ("last_exposure", "2022-11-20+08:00"),
        ("quarantine", "home"),
        ("reason", "x"),
    ];
    for header in [
        "case_number,name,category,last_exposure,quarantine,reason",
        "case number,Name,Category,Last exposure,quarantine,evidence",
        "病例编号,姓名,接触者类别,末次暴露时间,隔离方式,判定依据",
    ] {
        says(&bytes(format!("{header}\nB-1,王一,密接,2022-11-20,居家隔离,x\n")), "quell-contacts", &want);
    }
    let case =
        "病例编号,姓名,症状,接种情况,转归,发现途径,answers.冷链接触\nB-1,王一,发热、咳嗽,甲=2021-05-01；乙=2021-06-01,在管,密接追踪,是\n";
    let want = [
        ("number", "B-1"),
        ("name", "王一"),
        ("symptoms", "发热;咳嗽"),
        ("doses", "甲=2021-05-01;乙=2021-06-01"),
        ("outcome", "active"),
        ("setting", "contact_tracing"),
        ("answers", "冷链接触=是"),
    ];
    says(&bytes(case), "quell-cases", &want);
    let link = [
        ("source_number", "B-1"),
        ("target_number", "B-2"),
        ("target_kind", "case"),
        ("directed", "true"),
        ("contact_at", "2022-11-20+08:00"),
    ];
    says(&bytes("传染源编号,被传染者编号,对象类型,方向明确,接触日期\nB-1,B-2,病例,是,2022-11-20\n"), "quell-links", &link);
    let visit = [("external", "M-1"), ("at", "2022-11-21T08:15:00+08:00"), ("outcome", "seen_ok"), ("temperature", "36.5")];
    says(&bytes("密接编号,随访时间,随访结果,体温\nM-1,2022-11-21 08:15,正常,36.5\n"), "quell-followups", &visit);
    let result = [("tube", "T1"), ("result", "positive"), ("targets", "ORF1ab=31.2"), ("status", "final")];
    says(&bytes("采样管编号,检测结果,ORF1ab Ct,N Ct,报告状态\nT1,阳性,31.2,,最终\n"), "quell-results", &result);
}

#[test]
fn names_of_places_are_looked_up() {
    let m = "[fields.home]\ncombine = [[\"region\"], [\"district\"]]\nseparator = \"/\"\ntype = \"lookup\"\nvalues = { \"North/Hill\" = \"50.1\" }\n";
    let m = Mapping::parse("t", m).unwrap();
    let reader = bytes("region,district\nnorth,HILL\nNorth,Dale\n50.1,\n");
    let got: Vec<_> = reader.rows(&m).unwrap().map(|r| r.map(|r| r.text("home").unwrap().to_owned()).map_err(|e| e[0].rule)).collect();
    assert_eq!(got, [Ok("50.1".to_owned()), Err("enum.unknown"), Ok("50.1".to_owned())]);
}

#[test]
fn a_mapping_is_proposed_for_any_headers() {
    let fields = ["number", "name", "sex", "born", "onset", "home", "classification", "symptoms"];
    let reader = bytes("某县病例,,,,\n病例号,姓名,性别,发病时间,\"备注 \"\"甲\"\"\"\n1,王一,男,2022-11-20,x\n");
    let text = reader.propose_mapping(&fields);
    let m = Mapping::parse("proposed.toml", &text).unwrap_or_else(|e| panic!("{e:?}\n{text}"));
    let (rows, s) = good(&reader, &m);
    let want = [("name", "王一"), ("number", "1"), ("onset", "2022-11-20+08:00"), ("sex", "male")];
    assert_eq!(said(&rows[0]), want.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect::<BTreeMap<_, _>>());
    assert_eq!((s.unread_columns, s.ignored_columns), (vec![], vec!["备注 \"甲\"".to_owned()]));
    assert!(text.contains("# [fields.symptoms]") && text.contains("# Columns that no field uses"), "{text}");
    // A field that leans on one that the file does not have stands alone.
    let leaning = Mapping::propose(&["公民身份号码".into(), "网格编码".into()], &["id_number", "home", "address", "document_type"]);
    assert!(Mapping::parse("p", &leaning).is_ok_and(|m| m.fields().count() == 2), "{leaning}");
    // Whatever the fields and headers, the text is a mapping.
    for (name, _) in BUILTIN {
        let m = mapping(name);
        let fields: Vec<&str> = m.fields().map(|f| &**f.name()).collect();
        let headers: Vec<String> = m.fields().flat_map(|f| f.columns().iter().take(1).map(|c| c.replace("[]", "[1]"))).collect();
        for headers in [&headers[..], &headers[..1.min(headers.len())]] {
            let text = Mapping::propose(headers, &fields);
            assert!(Mapping::parse("p", &text).is_ok() || headers.is_empty(), "{name} {headers:?} {text}");
        }
    }
}

#[test]
fn json_is_read_up_to_its_limits() {
    let m = Mapping::parse("t", "[fields.a]\ncolumns = \"a\"\nrequired = true\n").unwrap();
    let reader = bytes("[{\"a\": \"x\"}, {\"b\": 1}, {}, {\"a\": \"'=x\"}]");
    let mut rows = reader.rows(&m).unwrap();
    let got: Vec<_> =
        rows.by_ref().map(|r| r.map(|r| (r.line, r.text("a").unwrap().to_owned())).map_err(|e| (e[0].line, e[0].rule))).collect();
    assert_eq!(got, [Ok((1, "x".into())), Err((2, "cell.required")), Ok((4, "=x".into()))]);
    let s = rows.summary();
    assert_eq!((s.rows, s.blank, s.complete, s.rows + s.blank + 1), (3, 1, true, reader.records()));
    // The names are the header, even if a row has the names as its values.
    let two = Mapping::parse("t", "[fields.a]\ncolumns = \"a\"\n[fields.b]\ncolumns = \"b\"\n").unwrap();
    assert_eq!(good(&bytes("[{\"a\": \"1\", \"c\": \"2\"}, {\"a\": \"a\", \"c\": \"b\"}]"), &two).0.len(), 2);
    let e = open_bytes(format!("[{{\"a\":{}", "[".repeat(1_000_000)).into_bytes(), &Options::default()).unwrap_err();
    assert_eq!(e.rule, "file.json");
    let e = open_bytes(format!("[{{\"a\":{}1{}}}]", "{\"b\":".repeat(50), "}".repeat(50)).into_bytes(), &Options::default()).unwrap_err();
    assert!(e.message_en.contains("object 1: a.b.b"), "{e}");
    let e = bytes("[{\"b\": 1}]").rows(&m).err().unwrap();
    assert_eq!((e.rule, e.line), ("file.missing_columns", None));
}
