//! Whole files through the public door: encodings, workbooks, headers, counting, hostile bytes.

use proptest::prelude::*;
use quell_tabular::*;

const PEOPLE: &str = "姓名,性别,出生日期,身份证号,联系电话,住址编码\n张三,女,1949-12-31,11010519491231002X,13800138000,500237001\n";

fn mapping(name: &str) -> Mapping {
    Mapping::parse(name, builtin_mapping(name).expect("shipped")).unwrap_or_else(|e| panic!("{e:?}"))
}
fn of(fields: &str) -> Mapping {
    Mapping::parse("test.toml", fields).unwrap_or_else(|e| panic!("{e:?}"))
}
fn bytes(b: impl AsRef<[u8]>) -> Reader {
    open_bytes(b.as_ref(), &Options::default()).unwrap_or_else(|e| panic!("{e}"))
}
/// Reads everything and checks the counts at both ends.
fn all(reader: &Reader, m: &Mapping) -> (Vec<Row>, Vec<RowError>, Summary) {
    let mut rows = reader.rows(m).unwrap_or_else(|e| panic!("{e}"));
    let (mut good, mut bad, mut refused) = (Vec::new(), Vec::new(), 0);
    for item in rows.by_ref() {
        match item {
            Ok(r) => good.push(r),
            Err(e) => {
                refused += 1;
                bad.extend(e);
            }
        }
    }
    let s = rows.summary().clone();
    assert!(s.complete);
    assert_eq!((s.good, s.bad, s.rows), (good.len() as u64, refused, good.len() as u64 + refused));
    assert_eq!(s.rows + s.blank + s.comments + s.above_header + 1, reader.records(), "every record is accounted for");
    (good, bad, s)
}
fn rules(errors: &[RowError]) -> Vec<&str> {
    errors.iter().map(|e| e.rule).collect()
}

#[test]
fn every_shipped_mapping_is_sound() {
    for (name, text) in BUILTIN {
        assert!(Mapping::parse(name, text).is_ok_and(|m| m.name() == *name), "{name}");
    }
    assert!(builtin_mapping("nothing").is_none());
}

#[test]
fn every_encoding_gives_the_same_rows() {
    let utf16 = |be: bool| -> Vec<u8> {
        let mark = std::iter::once(0xfeff);
        mark.chain(PEOPLE.encode_utf16()).flat_map(|u| if be { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("UTF-8", PEOPLE.into()),
        ("UTF-8", format!("\u{feff}{PEOPLE}").into()),
        ("gb18030", encoding_rs::GB18030.encode(PEOPLE).0.into_owned()),
        ("UTF-16LE", utf16(false)),
        ("UTF-16BE", utf16(true)),
    ];
    for (name, file) in files {
        let (good, bad, s) = all(&bytes(&file), &mapping("people"));
        assert_eq!(bad, [], "{name}");
        assert_eq!(s.encoding.as_deref(), Some(name));
        assert_eq!(s.sha256, quell_foundation::Hash::of(&file));
        let r = &good[0];
        assert_eq!(
            (r.text("name"), r.text("sex"), r.code("home"), r.text("phone")),
            (Some("张三"), Some("female"), Some("500237001"), Some("13800138000"))
        );
        assert_eq!(
            (r.line, r.date("born").unwrap().to_string().as_str(), r.text("id_number")),
            (2, "1949-12-31", Some("11010519491231002X"))
        );
    }
    let western = encoding_rs::WINDOWS_1252.encode("name;home\nMüller;1\n").0.into_owned();
    assert_eq!(open_bytes(western.clone(), &Options::default()).unwrap_err().rule, "file.encoding");
    let given = Options { encoding: Some("windows-1252".into()), ..Options::default() };
    assert_eq!(all(&open_bytes(western, &given).unwrap(), &mapping("people")).0[0].text("name"), Some("Müller"));
    let wrong = Options { encoding: Some("utf-8".into()), ..Options::default() };
    let e = open_bytes(encoding_rs::GB18030.encode(PEOPLE).0.into_owned(), &wrong).unwrap_err();
    assert_eq!(e.rule, "file.encoding");
}

#[test]
fn delimiters_and_quotes() {
    for d in [',', ';', '\t', '|'] {
        let text = format!("姓名{d}住址编码{d}住址\n\"李\n四\"{d}A1{d}\"a{d}b \"\"c\"\"\"\r\n\n王五{d}A2{d}\n");
        let (good, bad, s) = all(&bytes(&text), &mapping("people"));
        assert_eq!((bad, s.delimiter, s.blank), (vec![], Some(d), 1));
        assert_eq!(good[0].text("address"), Some(format!("a{d}b \"c\"").as_str()));
        assert_eq!(good.iter().map(|r| r.line).collect::<Vec<_>>(), [2, 5]);
    }
    let e = open_bytes(&b"name,home\n\"a,1\nb,2\n"[..], &Options::default()).unwrap_err();
    assert_eq!((e.rule, e.line), ("file.quote", Some(2)));
    let (good, bad, _) = all(&bytes("name,home\na,1\n\"b\"x,2\nc\nd,4,5\ne,5,\n"), &mapping("people"));
    assert_eq!((good.len(), rules(&bad)), (2, vec!["csv.quote", "row.cells", "row.cells"]));
}

#[test]
fn all_faults_of_a_row_are_reported_and_masked() {
    let text =
        "姓名,性别,出生日期,身份证号,联系电话,住址编码,人群标签\n,男人,2022-02-30,110105194912310021,138001380001,A 1,老年人、飞行员\n";
    let (_, bad, _) = all(&bytes(text), &mapping("people"));
    let mut got: Vec<_> = bad.iter().map(|e| (e.field.as_deref().unwrap(), e.rule)).collect();
    got.sort_unstable();
    assert_eq!(
        got,
        [
            ("born", "date.impossible"),
            ("home", "code.space"),
            ("id_number", "identity.check"),
            ("name", "cell.required"),
            ("phone", "phone.format"),
            ("sex", "enum.unknown"),
            ("tags", "enum.unknown")
        ]
    );
    let by = |f: &str| bad.iter().find(|e| e.field.as_deref() == Some(f)).unwrap();
    assert_eq!(by("id_number").value_shown, "110*************21");
    assert_eq!(by("phone").value_shown, "138*******01");
    assert!(by("sex").advice_zh.contains("男") && by("sex").advice_en.contains('女'), "the allowed words are listed");
    assert!(by("tags").message_zh.contains("飞行员"));
    assert_eq!((by("born").column.as_deref(), by("born").line), (Some("出生日期"), 2));
    assert!(bad.iter().all(|e| !e.message_zh.is_empty() && !e.advice_zh.is_empty() && !e.advice_en.is_empty()));
}

#[test]
fn identity_fills_and_must_agree() {
    let text = "姓名,性别,出生日期,身份证号,证件类型,住址编码\n甲,,,11010519491231002X,,1\n乙,男,1949-12-31,11010519491231002X,身份证,1\n丙,男,,E12345678,护照,1\n丁,,,E12345678,,1\n";
    let (good, bad, _) = all(&bytes(text), &mapping("people"));
    assert_eq!((good[0].text("sex"), good[0].date("born").map(|d| d.to_string())), (Some("female"), Some("1949-12-31".into())));
    assert_eq!(
        (good[1].text("id_number"), good[1].text("document_type"), good[1].date("born")),
        (Some("E12345678"), Some("passport"), None)
    );
    assert_eq!(rules(&bad), ["identity.disagrees", "identity.length"]);
    let dup = bytes("姓名,身份证号,住址编码\n甲,11010519491231002X,1\n乙,440524188001010014,1\n甲,11010519491231002x,2\n丙,,3\n丁,,4\n");
    assert_eq!(dup.find_duplicates(&mapping("people"), &["id_number"]).unwrap(), [Duplicate { first: 2, again: 4 }]);
    let text = dup.find_duplicates(&mapping("people"), &["name", "home"]).unwrap();
    assert_eq!(text, []);
}

#[test]
fn damaged_numbers_are_counted() {
    let (_, bad, s) = all(&bytes("name,id number,home\na,5.00237E+17,1\n"), &mapping("people"));
    assert_eq!((rules(&bad), s.damaged), (vec!["number.damaged"], 1));
}

#[test]
fn empty_files_and_missing_columns() {
    for text in ["", "\n\n", "\u{feff}", ",,\n"] {
        assert_eq!(bytes(text).rows(&mapping("people")).err().unwrap().rule, "file.empty", "{text:?}");
    }
    let (good, bad, s) = all(&bytes("姓名,住址"), &mapping("people"));
    assert_eq!((good.len(), bad.len(), s.rows), (0, 0, 0));
    let e = bytes("编号,住址\n1,x\n").rows(&mapping("people")).err().unwrap();
    assert_eq!(e.rule, "file.missing_columns");
    assert!(e.message_zh.contains("姓名") && e.advice_en.contains("住址"));
    let (_, _, s) = all(&bytes("重庆市某社区人员名单,,,\n序号,姓名,住址,备注\n1,张三,x,\n"), &mapping("people"));
    assert_eq!((s.above_header, s.rows), (1, 1), "a title above the header");
    assert_eq!((s.unread_columns, s.ignored_columns), (vec!["备注".to_owned()], vec!["序号".to_owned()]));
    assert!(s.missing_fields.contains(&"phone".to_owned()) && !s.missing_fields.contains(&"name".to_owned()));
    assert_eq!(open("no/such/file.csv", &Options::default()).unwrap_err().rule, "file.read");
    assert_eq!(open_bytes(&b"<html><table>"[..], &Options::default()).unwrap_err().rule, "file.html");
}

#[test]
fn repeated_headers() {
    let m = "[fields.a]\ncolumns = \"x\"\n";
    let file = bytes("x,y,x\n1,2,3\n");
    let e = file.rows(&of(m)).err().unwrap();
    assert_eq!(e.rule, "file.repeated_header");
    assert!(e.message_en.contains("1, 3"));
    let (good, _, s) = all(&file, &of(&format!("{m}nth = 2\n[fields.b]\ncolumns = \"x\"\nnth = 1\n[fields.c]\ncolumns = \"x\"\nnth = 3")));
    assert_eq!((good[0].text("a"), good[0].text("b")), (Some("3"), Some("1")));
    assert_eq!(s.missing_fields, ["c"]);
    assert!(matches!(&s.warnings[..], [Warning::RepeatedHeaders { headers }] if headers == &["x"]));
}

#[test]
fn sormas_and_godata_exports() {
    let sormas = "CaseData;CaseData;Person;Person;Person;Person;Person;Symptoms;Sample;Sample;CaseData\n\
        disease;epidNumber;person.firstName;person.lastName;person.sex;person.birthdateDD;person.birthdateMM;symptoms.onsetDate;sample.sampleDateTime;sample.sampleDateTime;caseClassification\n\
        ##Disease;Epid;First;Last;Sex;Day;Month;Onset;Sampled;Sampled;Class\n\
        CORONAVIRUS;CHN-1;Ada;Byron;FEMALE;1;2;26.11.2022;27.11.2022;28.11.2022 08:00;CONFIRMED_NO_SYMPTOMS\n";
    let file = bytes(sormas);
    let (good, bad, s) = all(&file, &mapping("sormas-cases"));
    assert_eq!((bad, s.comments, s.above_header), (vec![], 1, 1));
    let r = &good[0];
    assert_eq!(
        (r.text("given"), r.text("classification"), r.date("onset").unwrap().to_string().as_str()),
        (Some("Ada"), Some("asymptomatic"), "2022-11-26")
    );
    assert_eq!(r.date("sampled").unwrap().to_string(), "2022-11-27");
    assert_eq!(r.line, 4);
    assert_eq!(file.suggest_mapping(), Some("sormas-cases"));
    let godata = "Case ID,First name,Last name,Gender,Age,Classification,Date of onset,Was a contact,Risk level\nC1,Ada,Byron,Female,36,Confirmed,2022-11-26T00:00:00.000Z,TRUE,3 - High\n";
    let (good, bad, _) = all(&bytes(godata), &mapping("godata-cases"));
    assert_eq!(bad, []);
    assert_eq!((good[0].flag("was_contact"), good[0].text("risk"), good[0].integer("age")), (Some(true), Some("high"), Some(36)));
    assert_eq!(bytes(godata).suggest_mapping(), Some("godata-cases"));
    assert_eq!(bytes(PEOPLE).suggest_mapping(), Some("people"));
    assert_eq!(bytes("a,b\n1,2\n").suggest_mapping(), None);
}

#[test]
fn the_tianjin_line_list() {
    let reader = open(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tianjin_sample.csv"), &Options::default()).unwrap();
    let (good, bad, s) = all(&reader, &mapping("tianjin-linelist"));
    assert_eq!((bad, good.len(), s.unread_columns.len(), s.missing_fields.len()), (vec![], 6, 0, 0));
    let r = &good[0];
    assert_eq!(
        (r.code("case"), r.text("sex"), r.integer("age"), r.text("severity")),
        (Some("TJ1"), Some("female"), Some(59), Some("severe"))
    );
    assert_eq!(r.date("exposure_from").map(|d| d.to_string()), Some("2020-01-05".into()));
    assert_eq!(reader.suggest_mapping(), Some("tianjin-linelist"));
    let died: Vec<String> = good.iter().filter_map(|r| r.date("died")).map(|d| d.to_string()).collect();
    assert_eq!(died.len(), 1);
    assert!(died[0].starts_with("2020-02-"));
    assert!(good.iter().any(|r| r.date("onset").is_none()) && good.iter().any(|r| r.text("severity").is_none()));
}

#[test]
fn row_limits_are_noticed() {
    for (rows, warned) in [(65_535u64, false), (65_536, true), (65_537, false)] {
        let text = format!("name,home\n{}", "a,1\n".repeat(rows as usize - 1));
        let (_, _, s) = all(&bytes(&text), &mapping("people"));
        assert_eq!(s.row_limit_warning, warned.then_some(rows));
        assert_eq!(s.warnings.iter().any(Warning::needs_confirmation), warned);
    }
}

#[test]
fn a_file_that_changes_while_it_is_read_is_noticed() {
    let path = std::env::temp_dir().join(format!("quell-tabular-{}.csv", std::process::id()));
    std::fs::write(&path, "name,home\na,1\nb,2\n").unwrap();
    let reader = open(&path, &Options::default()).unwrap();
    std::fs::write(&path, "name,home\na,1\n").unwrap();
    let mut rows = reader.rows(&mapping("people")).unwrap();
    let items: Vec<_> = rows.by_ref().collect();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(items.last().unwrap().as_ref().unwrap_err()[0].rule, "file.changed");
    assert!(!rows.summary().complete && rows.summary().rows == 1);
}

#[test]
fn combining_splitting_constants() {
    let m = of(
        "empty = [\"NA\"]\n[fields.full]\ncombine = [[\"姓\"], [\"名\"]]\n[fields.well]\ncolumns = \"pos\"\nsplit = { by = \"/\", part = 2 }\n\
        [fields.country]\nconstant = \"CN\"\n[fields.at]\ncolumns = \"at\"\ntype = \"datetime\"\noffset = \"+09:00\"\n[fields.n]\ncolumns = \"n\"\ntype = \"integer\"\nempty = [\"0\"]",
    );
    let (good, bad, _) = all(&bytes("姓,名,pos,at,n\n张,三,P1/A1,2022-11-26 08:15,7\n李,NA,P1,na,0\n"), &m);
    let r = &good[0];
    assert_eq!((r.text("full"), r.text("well"), r.text("country"), r.integer("n")), (Some("张三"), Some("A1"), Some("CN"), Some(7)));
    assert_eq!(r.datetime("at").unwrap().to_string(), "2022-11-26T08:15:00+09:00");
    assert_eq!(rules(&bad), ["split.part"]);
}

#[test]
fn faulty_mappings_are_refused_with_lines() {
    let text = "name = \"x\"\ncolour = 1\n[fields.a]\ncolumns = \"a\"\ntype = \"date\"\nformats = [\"YY-MM\"]\nmin = 3\n[fields.b]\ntype = \"enum\"\ncolumns = \"b\"\n\
        [fields.c]\ncolumns = [\"c\", 3]\ntipe = \"text\"\n[fields.d]\ncolumns = \"d\"\nfrom_identity = \"a\"\n[fields.e]\ntype = \"colour\"\n[fields.f]\n";
    let problems = Mapping::parse("bad.toml", text).unwrap_err();
    let got: Vec<(u32, &str)> = problems.iter().map(|p| (p.line, p.path.as_str())).collect();
    for want in [
        (2, "colour"),
        (6, "fields.a.formats"),
        (3, "fields.a.min"),
        (8, "fields.b.values"),
        (12, "fields.c.columns"),
        (13, "fields.c.tipe"),
        (14, "fields.d.from_identity"),
        (18, "fields.e.type"),
        (19, "fields.f"),
    ] {
        assert!(got.contains(&want), "{want:?} in {got:?}");
    }
    assert!(problems[0].to_string().starts_with("bad.toml:2: colour: this key is not known"));
    assert_eq!(Mapping::parse("t", "a = [").unwrap_err()[0].line, 1);
    assert_eq!(Mapping::parse("t", "").unwrap_err()[0].path, "fields");
    let clash = "[fields.a]\ncolumns = \"a\"\ntype = \"enum\"\nvalues = { \"M\" = \"male\", \"m\" = \"mild\" }";
    assert_eq!(Mapping::parse("t", clash).unwrap_err()[0].line, 4);
}

#[test]
fn fields_are_mapped_by_known_headers_without_a_mapping_file() {
    let m = Mapping::auto(&["people"], &["name", "sex", "born", "home", "shoe_size"]);
    let (good, bad, s) = all(&bytes("Full Name,Gender,生日,住址编码,Shoe Size,备注\nAda,F,1815-12-10,H1,36,\n"), &m);
    assert_eq!(bad, []);
    assert_eq!(
        (good[0].text("sex"), good[0].text("shoe_size"), good[0].date("born").map(|d| d.to_string())),
        (Some("female"), Some("36"), Some("1815-12-10".into()))
    );
    assert_eq!(s.unread_columns, ["备注"]);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(b in proptest::collection::vec(any::<u8>(), 0..400), zip in any::<bool>()) {
        let mut file = if zip { b"PK\x03\x04".to_vec() } else { Vec::new() };
        file.extend(b);
        if let Ok(r) = open_bytes(file, &Options::default()) {
            let _ = r.suggest_mapping();
            if let Ok(mut rows) = r.rows(&Mapping::auto(&[], &["name"])) {
                while rows.next().is_some() {}
                let s = rows.summary();
                prop_assert_eq!(s.rows, s.good + s.bad);
            }
        }
    }

    #[test]
    fn arbitrary_tables_are_counted_at_both_ends(text in "(姓名|住址编码|身份证号|[a1\",;\n\r男 X9]){0,60}") {
        if let Ok(r) = open_bytes(format!("姓名,住址编码,身份证号\n{text}").into_bytes(), &Options::default()) && let Ok(mut rows) = r.rows(&mapping("people")) {
            let items = rows.by_ref().count() as u64;
            let s = rows.summary();
            prop_assert!(s.complete);
            prop_assert_eq!(items, s.rows);
            prop_assert_eq!(s.good + s.bad + s.blank + s.comments + s.above_header + 1, r.records());
        }
    }

    #[test]
    fn arbitrary_mappings_never_panic(text in "(\\[fields\\.a\\]\n|columns = \"x\"\n|type = \"(date|enum|code|x)\"\n|constant = \"1\"\n|split = \\{ by = \"\" \\}\n|values = \\{ a = 1 \\}\n|nth = -?[0-9.]{1,3}\n|\\PC{0,10}){0,8}") {
        let _ = Mapping::parse("t", &text);
    }

    #[test]
    fn quoted_cells_come_back_as_written(cells in proptest::collection::vec("[a-z\",;\n男]{1,12}", 1..20)) {
        let quoted: String = cells.iter().map(|c| format!("\"x{}x\",\"1\"\n", c.replace('"', "\"\""))).collect();
        let o = Options { delimiter: Some(','), ..Options::default() };
        let (good, _, _) = all(&open_bytes(format!("a,b\n{quoted}").into_bytes(), &o).unwrap(), &of("[fields.a]\ncolumns = \"a\""));
        let back: Vec<String> = good.iter().map(|r| r.text("a").unwrap().to_owned()).collect();
        prop_assert_eq!(back, cells.iter().map(|c| format!("x{c}x")).collect::<Vec<_>>());
    }
}
