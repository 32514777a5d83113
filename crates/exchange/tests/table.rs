//! Quell's own tables: what is written is read again by others, whole.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod golden;
mod sample;

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use proptest::prelude::*;
use quell_exchange::table::{CASE_COLUMNS, Column, Tabled, csv, list, xlsx};
use quell_exchange::{CaseRecord, ContactRecord, FollowUpRecord, Lang, LinkRecord, PersonPart, ResultRecord, unguarded};
use quell_foundation::Instant;
use std::collections::HashSet;
use std::io::Cursor;

fn written<R: Tabled>(records: &[R], lang: Lang, bom: bool) -> String {
    let mut out = Vec::new();
    let mut lines = csv::<R>(&mut out, lang, bom).unwrap();
    records.iter().for_each(|r| lines.write(r).unwrap());
    lines.finish().unwrap();
    String::from_utf8(out).unwrap()
}

fn sheet<R: Tabled>(records: &[R], lang: Lang) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let mut lines = xlsx::<R>(&mut out, lang, Instant(1_669_421_700_000_000)).unwrap();
    records.iter().for_each(|r| lines.write(r).unwrap());
    lines.finish().unwrap();
    out.into_inner()
}

#[test]
fn all_five_as_they_are() {
    let s = sample::set();
    let both = |en: String, zh: String| format!("{en}\n{}", zh.lines().next().unwrap_or_default());
    golden::check(
        "tables.csv",
        &[
            both(written(&s.cases, Lang::En, false), written(&s.cases, Lang::Zh, false)),
            both(written(&s.contacts, Lang::En, false), written(&s.contacts, Lang::Zh, false)),
            both(written(&s.links, Lang::En, false), written(&s.links, Lang::Zh, false)),
            both(written(&s.follow_ups, Lang::En, false), written(&s.follow_ups, Lang::Zh, false)),
            both(written(&s.results, Lang::En, false), written(&s.results, Lang::Zh, false)),
        ]
        .join("\n\n"),
    );
}

fn check_columns<R: Tabled>(fields: &[&str]) {
    let own: HashSet<&str> = R::COLUMNS.iter().map(|c| c.field).collect();
    for field in fields.iter().filter(|f| **f != "who") {
        assert!(own.contains(field), "{} has no column {field}", R::SHEET.0);
    }
    if fields.contains(&"who") {
        assert!(PersonPart::FIELDS.iter().all(|f| own.contains(f)), "{}", R::SHEET.0);
    }
    let kinds: [fn(&Column<R>) -> &'static str; 3] = [|c| c.field, |c| c.en, |c| c.zh];
    for distinct in kinds {
        assert_eq!(R::COLUMNS.iter().map(distinct).collect::<HashSet<_>>().len(), R::COLUMNS.len(), "{}", R::SHEET.0);
    }
}

#[test]
fn every_field_has_a_column_with_headers_of_its_own() {
    check_columns::<CaseRecord>(CaseRecord::FIELDS);
    check_columns::<ContactRecord>(ContactRecord::FIELDS);
    check_columns::<LinkRecord>(LinkRecord::FIELDS);
    check_columns::<FollowUpRecord>(FollowUpRecord::FIELDS);
    check_columns::<ResultRecord>(ResultRecord::FIELDS);
}

#[test]
fn excel_is_told_that_it_is_utf8() {
    assert!(written::<CaseRecord>(&[], Lang::Zh, true).starts_with("\u{feff}病例标识,"));
    assert!(written::<CaseRecord>(&[], Lang::En, false).starts_with("Case id,"));
}

#[test]
fn a_workbook_holds_what_the_csv_holds_and_the_same_bytes_each_time() {
    let mut s = sample::set();
    s.cases[0].note = "=1+1".into();
    s.cases[1].note = "'=1+1".into();
    let bytes = sheet(&s.cases, Lang::Zh);
    assert_eq!(bytes, sheet(&s.cases, Lang::Zh));
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["病例"]);
    let range = book.worksheet_range("病例").unwrap();
    let text = written(&s.cases, Lang::Zh, false);
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    for (row, line) in reader.records().enumerate() {
        for (column, cell) in line.unwrap().iter().enumerate() {
            let there = match range.get_value((row as u32, column as u32)) {
                Some(Data::Float(n)) => n.to_string(),
                Some(Data::String(s)) => unguarded(s).to_owned(),
                None | Some(Data::Empty) => String::new(),
                Some(other) => panic!("{other:?}"),
            };
            assert_eq!(there, unguarded(cell), "row {row}, column {column}");
        }
    }
    assert_eq!(range.height(), s.cases.len() + 1);
}

#[test]
fn a_cell_too_long_for_a_sheet_is_said_so() {
    let long = CaseRecord { note: "长".repeat(40_000), ..CaseRecord::default() };
    let mut out = Cursor::new(Vec::new());
    let mut lines = xlsx::<CaseRecord>(&mut out, Lang::En, Instant(0)).unwrap();
    let error = lines.write(&long).unwrap_err();
    assert!(error.to_string().starts_with("row 2:") && error.zh().contains("第 2 行"), "{error}");
}

fn cell(record: &::csv::StringRecord, field: &str) -> String {
    let at = CASE_COLUMNS.iter().position(|c| c.field == field).unwrap();
    unguarded(&record[at]).to_owned()
}

proptest! {
    #[test]
    fn csv_is_read_again_by_others_as_it_was(
        name in any::<String>(), note in "[-=+@'\",;\r\n\t a咳＝]{0,12}", symptoms in proptest::collection::vec("[-=a;\\\\\"]{1,4}", 0..3), age in proptest::option::of(0u32..130)
    ) {
        let who = PersonPart { name: name.clone(), age, ..PersonPart::default() };
        let record = CaseRecord { note: note.clone(), symptoms: symptoms.clone(), who, ..CaseRecord::default() };
        let text = written(&[record.clone(), record], Lang::En, false);
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let lines: Vec<_> = reader.records().collect::<Result<_, _>>().unwrap();
        prop_assert_eq!(lines.len(), 2);
        for line in &lines {
            prop_assert_eq!(cell(line, "name"), name.clone());
            prop_assert_eq!(cell(line, "note"), note.clone());
            prop_assert_eq!(list::read_words(&cell(line, "symptoms")), symptoms.clone());
            prop_assert_eq!(cell(line, "age"), age.map(|a| a.to_string()).unwrap_or_default());
            let first = line.iter().find_map(|c| c.chars().next().filter(|c| "=+-@\t".contains(*c)));
            prop_assert_eq!(first, None, "a cell that a spreadsheet would run");
        }
    }
}
