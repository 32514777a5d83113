//! Refused rows: written back, corrected, read again.

use proptest::prelude::*;
use quell_tabular::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::collections::BTreeMap;

fn mapping(name: &str) -> Mapping {
    Mapping::parse(name, builtin_mapping(name).expect("shipped")).unwrap_or_else(|e| panic!("{e:?}"))
}
fn bytes(b: impl AsRef<[u8]>) -> Reader {
    open_bytes(b.as_ref(), &Options::default()).unwrap_or_else(|e| panic!("{e}"))
}
type Read = (Vec<Row>, BTreeMap<u64, Vec<RowError>>);
fn read(reader: &Reader, m: &Mapping) -> Read {
    let (mut good, mut bad) = (Vec::new(), BTreeMap::new());
    for item in reader.rows(m).unwrap_or_else(|e| panic!("{e}")) {
        match item {
            Ok(r) => good.push(r),
            Err(e) => drop(bad.insert(e[0].line, e)),
        }
    }
    (good, bad)
}
/// The file of all refused rows.
fn refused(reader: &Reader, m: &Mapping, chinese: bool) -> String {
    let reasons = read(reader, m)
        .1
        .into_iter()
        .map(|(line, e)| (line, e.iter().map(|e| Reason::of(e, chinese)).collect()))
        .collect::<BTreeMap<_, _>>();
    let mut out = Vec::new();
    let written = reader.write_refused(m, &reasons, chinese, &mut out).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(written, reasons.len() as u64);
    String::from_utf8(out).unwrap_or_else(|e| panic!("{e}"))
}
fn rules(bad: &BTreeMap<u64, Vec<RowError>>) -> Vec<Vec<&str>> {
    bad.values().map(|e| e.iter().map(|e| e.rule).collect()).collect()
}

const PEOPLE: &str = "某社区人员名单;;;\n姓名;性别;住址;备注\n王一;男;\"a;b\";1\n王二;男人;=1+1;\"说 \"\"好\"\"\n再见\"\n;女;c;3\n";

#[test]
fn rows_stand_as_they_stood_with_the_reasons_beside_them() {
    let (reader, m) = (bytes(PEOPLE), mapping("people"));
    let text = refused(&reader, &m, true);
    let mut lines = text.split("\r\n");
    assert_eq!(lines.next(), Some("\u{feff}某社区人员名单;;;;;;"));
    assert_eq!(lines.next(), Some("姓名;性别;住址;备注;Quell: 原因;Quell: 处理办法;Quell: 规则"));
    let row = lines.next().unwrap();
    assert!(row.starts_with("王二;男人;'=1+1;\"说 \"\"好\"\"\n再见\";性别：“男人”不是可用的值;可用的值："), "{row}");
    assert!(row.ends_with(";enum.unknown"), "{row}");
    assert!(lines.next().unwrap().starts_with(";女;c;3;姓名：name 不能为空;请填写;cell.required"));
    assert!(refused(&reader, &m, false).contains(";Quell: reason;Quell: advice;Quell: rule\r\n"));
    // Not corrected: refused again, and the file of that is the same file.
    let again = bytes(&text);
    assert_eq!(rules(&read(&again, &m).1), [["enum.unknown"], ["cell.required"]]);
    assert_eq!(refused(&again, &m, true), text);
    // Corrected: good, with all that stood beside the fault.
    let corrected = bytes(text.replace("男人", "男").replace("\r\n;女", "\r\n王三;女"));
    let (good, bad) = read(&corrected, &m);
    assert_eq!(bad, BTreeMap::new());
    let cells: Vec<_> = good.iter().map(|r| (r.text("name").unwrap(), r.text("address").unwrap())).collect();
    assert_eq!(cells, [("王二", "=1+1"), ("王三", "c")]);
    let summary = corrected.rows(&m).unwrap().summary().clone();
    assert_eq!((summary.unread_columns, summary.ignored_columns.len()), (vec!["备注".to_owned()], 3));
}

#[test]
fn faults_of_shape_stay_until_someone_has_looked() {
    let m = mapping("people");
    let text = refused(&bytes("name,address,note\n\"a\"x,1,\nb,2\nc,3,,5\n"), &m, false);
    assert!(text.contains("\r\n\"a\"x,1,,text stands"), "{text}");
    assert!(text.contains("\r\nb,2,#N/A,") && text.contains(",row.cells,5\r\n"), "{text}");
    let (good, bad) = read(&bytes(&text), &m);
    // The note is not read, so the missing cell of the second row harms nothing; the others are refused as before.
    assert_eq!((good.len(), rules(&bad)), (1, vec![vec!["csv.quote"], vec!["row.cells"]]));
    assert!(refused(&bytes("name,address\n\"=1\"x,1\n"), &m, false).contains("\r\n\"'=1\"x,1,"));
    let short = refused(&bytes("name,home,address\nb,2\n"), &m, false);
    assert_eq!(rules(&read(&bytes(&short), &m).1), [["cell.error"]]);
}

#[test]
fn the_header_rows_of_sormas_and_the_encoding_of_a_mapping() {
    let text = "Contact;Contact;Contact;Contact\nuuid;person.firstName;person.lastName;lastContactDate\n##ID;Vorname;Nachname;Datum (dd.MM.yyyy)\nU-1;Jörg;Weiß;31.02.2022\nU-2;A;B;1.2.2022\n";
    let own = builtin_mapping("sormas-contacts")
        .unwrap()
        .replace("comment_prefix", "encoding = \"windows-1252\"\nheader_row = 2\ncomment_prefix");
    let m = Mapping::parse("own", &own).unwrap();
    let western = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let reader = open_bytes(western, &m.options()).unwrap();
    let file = refused(&reader, &m, false);
    assert!(
        file.starts_with(
            "\u{feff}Contact;Contact;Contact;Contact;;;\r\nuuid;person.firstName;person.lastName;lastContactDate;Quell: reason"
        ),
        "{file}"
    );
    assert!(file.contains("\r\n##ID;Vorname;Nachname;Datum (dd.MM.yyyy);;;\r\nU-1;Jörg;Weiß;31.02.2022;"), "{file}");
    let corrected = open_bytes(file.replace("31.02.", "28.02.").into_bytes(), &m.options()).unwrap();
    let (good, bad) = read(&corrected, &m);
    assert_eq!((good.len(), bad), (1, BTreeMap::new()));
    assert_eq!((good[0].text("family"), good[0].date("last_exposure").unwrap().to_string().as_str()), (Some("Weiß"), "2022-02-28"));
}

#[test]
fn workbooks_and_json_come_back_as_csv() {
    let m = Mapping::parse("t", "header_row = 4\n[fields.code]\ncolumns = \"code\"\ntype = \"code\"\n[fields.day]\ncolumns = \"day\"\ntype = \"date\"\nformats = [\"DD.MM.YYYY\"]\n[fields.n]\ncolumns = \"n\"\ntype = \"integer\"\n").unwrap();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let date = Format::new().set_num_format("yyyy/m/d");
    for (c, h) in ["code", "day", "n"].iter().enumerate() {
        sheet.write(3, c as u16, *h).unwrap();
    }
    let day = ExcelDateTime::from_ymd(2022, 11, 26).unwrap();
    sheet.write(4, 0, 500_237_199_001_010_014.0).unwrap().write_with_format(4, 1, &day, &date).unwrap().write(4, 2, 7).unwrap();
    sheet.write(5, 0, "A1").unwrap().write_with_format(5, 1, &day, &date).unwrap().write(5, 2, "x").unwrap();
    let file = refused(&bytes(book.save_to_buffer().unwrap()), &m, false);
    assert!(file.starts_with("\u{feff}\r\n\r\n\r\ncode,day,n,Quell: reason,"), "{file}");
    let (good, bad) = read(&bytes(file.replace(",x,", ",8,")), &m);
    assert_eq!((rules(&bad), good.len()), (vec![vec!["number.damaged"]], 1), "the damaged code must not pass as a whole one");
    assert_eq!((good[0].date("day").unwrap().to_string().as_str(), good[0].integer("n")), ("2022-11-26", Some(8)));
    let json = r#"[{"visualId":"C-1","age":{"years":36},"addresses":[{"locationId":"a"},{"locationId":"b"}]},{"visualId":"C-2","age":{"years":"old"}}]"#;
    let file = refused(&bytes(json), &mapping("godata-cases"), false);
    assert!(file.starts_with("\u{feff}visualId,age.years,addresses[0].locationId,addresses[1].locationId,Quell: reason"), "{file}");
    let (good, bad) = read(&bytes(file.replace(",old,", ",40,")), &mapping("godata-cases"));
    assert_eq!((bad, good[0].integer("age"), good[0].text("number")), (BTreeMap::new(), Some(40), Some("C-2")));
}

#[test]
fn a_line_that_is_no_row_is_passed_over() {
    let reason = vec![Reason { column: None, rule: "own".into(), message: "held back".into(), advice: "decide".into() }];
    let mut out = Vec::new();
    let lines = BTreeMap::from([(1, reason.clone()), (3, reason.clone()), (99, reason)]);
    assert_eq!(bytes(PEOPLE).write_refused(&mapping("people"), &lines, false, &mut out).unwrap(), 1);
    assert!(String::from_utf8(out).unwrap().contains("王一;男;\"a;b\";1;held back;decide;own"));
}

proptest! {
    #[test]
    fn whatever_is_refused_is_refused_again_or_holds_the_same_cells(
        text in "(王|男|[a1\",;\n\r\t='+@ ]){0,50}", delimiter in prop::sample::select(vec![',', ';'])
    ) {
        let o = Options { delimiter: Some(delimiter), ..Options::default() };
        let m = Mapping::parse("t", "[fields.a]\ncolumns = \"a\"\n[fields.b]\ncolumns = \"b\"\n[fields.c]\ncolumns = \"c\"\ntype = \"integer\"\n").unwrap();
        if let Ok(reader) = open_bytes(format!("a{delimiter}b{delimiter}c\n{text}").into_bytes(), &o) {
            // Every row, good or bad, is sent back.
            let (good, bad) = read(&reader, &m);
            let all = good.iter().map(|r| r.line).chain(bad.keys().copied()).map(|l| (l, Vec::new())).collect();
            let mut out = Vec::new();
            reader.write_refused(&m, &all, false, &mut out).unwrap();
            let (good_again, bad_again) = read(&open_bytes(out, &o).unwrap(), &m);
            let values = |rows: &[Row]| rows.iter().map(|r| r.values.clone()).collect::<Vec<_>>();
            prop_assert_eq!(values(&good), values(&good_again));
            prop_assert_eq!(bad.len(), bad_again.len());
        }
    }

    #[test]
    fn arbitrary_json_never_panics(text in "(\\[|\\]|\\{|\\}|,|:|\"[ab.\\[\\]0]{0,3}\"|1|null|true|\n){0,40}", open in prop::sample::select(vec!["[{", "{\"", "[", ""])) {
        if let Ok(reader) = open_bytes(format!("{open}{text}").into_bytes(), &Options::default()) {
            let _ = reader.propose_mapping(&["name", "a"]);
            if let Ok(mut rows) = reader.rows(&Mapping::auto(&[], &["a", "b"])) {
                let n = rows.by_ref().count() as u64;
                prop_assert_eq!(n, rows.summary().rows);
            }
        }
    }
}
