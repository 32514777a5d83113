//! The files for SORMAS and Go.Data.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod golden;
mod sample;

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use quell_exchange::godata::{self, Words};
use quell_exchange::sormas::{self, DateFormat, Options, Place};
use quell_exchange::{CaseRecord, ContactRecord, Lines, ResultRecord, WriteError};
use quell_foundation::Instant;
use serde_json::Value;
use std::io::Cursor;

fn place(home: &str) -> Place {
    assert!(home.is_empty() || home.starts_with("50."), "{home}");
    Place { region: "Chongqing".into(), district: "Wushan".into(), community: String::new() }
}

fn written<'w, R>(lines: Result<Box<dyn Lines<R> + 'w>, WriteError>, records: &[R]) {
    let mut lines = lines.unwrap();
    records.iter().for_each(|r| lines.write(r).unwrap());
    lines.finish().unwrap();
}

fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8(out).unwrap()
}

fn sormas<R: sormas::Shaped>(records: &[R], dates: DateFormat, separator: char) -> String {
    let options = Options { dates, separator, place: &place };
    text(|out| written(sormas::csv(out, &options), records))
}

/// A file turned on its side: a column a line, which people can read.
fn by_column(text: &str, separator: u8) -> String {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(separator).from_reader(text.as_bytes());
    let rows: Vec<_> = reader.records().collect::<Result<_, _>>().unwrap();
    let line = |i: usize| rows.iter().map(|r| r[i].replace('\n', "⏎")).collect::<Vec<_>>().join(" │ ") + "\n";
    (0..rows[0].len()).map(line).collect()
}

#[test]
fn sormas_as_it_imports() {
    let set = sample::set();
    golden::check("sormas-cases.txt", &by_column(&sormas(&set.cases, DateFormat::MonthFirst, ','), b','));
    golden::check("sormas-contacts.txt", &by_column(&sormas(&set.contacts, DateFormat::Dotted, ';'), b';'));
    let two: Vec<String> = sormas(&set.cases, DateFormat::DayFirst, ',').lines().take(2).map(str::to_owned).collect();
    assert!(two[0].starts_with("CaseData,CaseData,") && two[1].starts_with("disease,diseaseDetails,"), "{two:?}");
    assert!(sormas(&set.cases, DateFormat::DayFirst, ',').contains(",25/11/2022,Chongqing,Wushan,"));
    // A comment to SORMAS, and to whoever reads it: the third row says how dates are written.
    for (dates, said) in [(DateFormat::MonthFirst, "MM/dd/yyyy"), (DateFormat::DayFirst, "dd/MM/yyyy"), (DateFormat::Dotted, "dd.MM.yyyy")]
    {
        assert!(sormas(&set.cases, dates, ',').lines().nth(2).unwrap().starts_with(&format!("##Dates ({said}),")));
    }
}

#[test]
fn a_disease_without_a_word_there_is_another_with_details() {
    let case = CaseRecord { disease: "disease-x".into(), ..CaseRecord::default() };
    assert!(sormas(&[case], DateFormat::MonthFirst, ',').lines().nth(3).unwrap().starts_with("OTHER,disease-x,"));
}

#[test]
fn telephone_numbers_stay_and_formulas_do_not() {
    let mut contact = ContactRecord { reason: "=cmd()".into(), ..ContactRecord::default() };
    contact.who.phone = "+86 138 0000 0000".into();
    let line = sormas(&[contact.clone()], DateFormat::MonthFirst, ',');
    assert!(line.contains(",+86 138 0000 0000") && line.contains(",'=cmd(),"), "{line}");
    let line = text(|out| written(godata::csv(out, Words::Labels), &[contact]));
    assert!(line.contains(",+86 138 0000 0000,") && line.contains(",'=cmd()"), "{line}");
}

#[test]
fn godata_as_its_own_exports_are() {
    let set = sample::set();
    let labels = [
        text(|out| written(godata::csv(out, Words::Labels), &set.cases)),
        text(|out| written(godata::csv(out, Words::Labels), &set.contacts)),
        text(|out| written(godata::csv(out, Words::Labels), &set.links)),
        text(|out| written(godata::csv(out, Words::Labels), &set.follow_ups)),
        text(|out| written(godata::csv(out, Words::Labels), &set.results)),
    ];
    golden::check("godata-labels.txt", &labels.map(|t| by_column(&t, b',')).join("\n"));
    let json = [
        text(|out| written(godata::json(out), &set.cases)),
        text(|out| written(godata::json(out), &set.contacts)),
        text(|out| written(godata::json(out), &set.links)),
        text(|out| written(godata::json(out), &set.follow_ups)),
        text(|out| written(godata::json(out), &set.results)),
    ];
    json.iter().for_each(|t| assert!(serde_json::from_str::<Value>(t).unwrap().is_array()));
    golden::check("godata.json.txt", &json.join("\n"));
    assert_eq!(text(|out| written(godata::json::<CaseRecord>(out), &[])), "[\n]\n");
}

#[test]
fn a_result_that_was_withdrawn_is_told_as_none() {
    let withdrawn = ResultRecord { result: "positive".into(), status: "cancelled".into(), ..ResultRecord::default() };
    let file = text(|out| written(godata::json(out), &[withdrawn]));
    assert!(!file.contains("POSITIVE") && file.contains("withdrawn"), "{file}");
}

#[test]
fn a_workbook_for_godata_has_the_cells_of_its_csv() {
    let set = sample::set();
    let mut out = Cursor::new(Vec::new());
    written(godata::xlsx(&mut out, Words::Properties, Instant(0)), &set.cases);
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(out.into_inner())).unwrap();
    let range = book.worksheet_range("Data").unwrap();
    let text = text(|out| written(godata::csv(out, Words::Properties), &set.cases));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    for (row, line) in reader.records().enumerate() {
        for (column, cell) in line.unwrap().iter().enumerate() {
            let there = range.get_value((row as u32, column as u32)).map(Data::to_string).unwrap_or_default();
            assert_eq!(there, cell, "row {row}, column {column}");
        }
    }
}

#[test]
fn the_mapping_for_godata_knows_the_headers_that_are_written() {
    let path = [env!("CARGO_MANIFEST_DIR"), "..", "..", "mappings", "godata-cases.toml"].iter().collect::<std::path::PathBuf>();
    let mapping = std::fs::read_to_string(path).unwrap();
    let written = |property: &str| godata::CASE_COLUMNS.iter().find(|c| c.property == property).unwrap().label;
    for property in [
        "visualId",
        "firstName",
        "lastName",
        "gender",
        "dob",
        "classification",
        "dateOfOnset",
        "dateOfReporting",
        "dateBecomeCase",
        "wasContact",
        "outcomeId",
        "addresses[0].locationId",
        "addresses[0].phoneNumber",
    ] {
        let label = written(property);
        // `[]` in a mapping is any index.
        let known = [label.to_owned(), label.replace("[1]", "[]")];
        assert!(known.iter().any(|l| mapping.contains(&format!("\"{l}\""))), "{property}: {label}");
    }
}
