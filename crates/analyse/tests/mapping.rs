//! Mappings of the user's own, sheets, and what is written of fields.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;
use common::{Folder, analyse};
use quell_tabular::Mapping;
use std::path::Path;

const SI: [&str; 4] = ["--si-mean", "3", "--si-sd", "1.5"];
const PAGE: &str = include_str!("../../../docs/analysis/input.md");

fn path(p: &Path) -> &str {
    p.to_str().unwrap()
}

fn refused(args: &[&str]) -> String {
    analyse(args).err().unwrap().to_string()
}

fn counts(header: &str) -> String {
    let row = |k: i32| {
        if k == 7 {
            format!("{},NA\n", quell_foundation::Day(19_307))
        } else {
            format!("{},{}\n", quell_foundation::Day(19_300 + k), 10 + k)
        }
    };
    format!("{header}\n{}", (0..20).map(row).collect::<String>())
}

#[test]
fn a_mapping_adds_to_what_is_built_in() {
    let f = Folder::new();
    let known = f.file("k.csv", &counts("日期,病例数"));
    let other = f.file("o.csv", &counts("日期,数目"));
    let own = f.file("own.toml", "[fields.incidence]\ncolumns = \"数目\"\n");
    let rt = |file: &Path, more: &[&str]| analyse(&[&["rt", path(file)], &SI[..], more].concat()).unwrap();
    assert_eq!(rt(&other, &["--mapping", path(&own)]).out, rt(&known, &[]).out, "days, and NA, are as ever");
    let list = f.file("l.csv", "病例编号,发病日期,寝室\na,2022-11-01,1\nb,2022-11-04,1\nc,2022-11-04,2\n");
    let own = f.file("groups.toml", "[fields.groups]\npairs = { \"寝室\" = \"room\" }\n");
    let a = analyse(&[&["trees", path(&list), "--quick", "--mapping", path(&own)], &SI[..]].concat()).unwrap();
    assert!(!a.err.contains("not read"), "{}", a.err);
}

#[test]
fn a_field_that_there_is_not_is_refused() {
    let f = Folder::new();
    let file = f.file("k.csv", &counts("日期,病例数"));
    let own = f.file("own.toml", "[fields.date]\ncolumns = \"日期\"\n[fields.counts]\ncolumns = \"病例数\"\n");
    let said = refused(&[&["rt", path(&file), "--mapping", path(&own)], &SI[..]].concat());
    assert!(said.contains("own.toml:3: fields.counts: there is no such field here; there are: date, imported, incidence, t"), "{said}");
    // The mapping of the line list and of the contacts is one.
    let list = f.file("l.csv", "病例编号,发病日期\na,2022-11-01\nb,2022-11-04\n");
    let pairs = f.file("p.csv", "谁,给谁\na,b\n");
    let own = f.file("both.toml", "[fields.infector]\ncolumns = \"谁\"\n[fields.to]\ncolumns = \"给谁\"\n");
    let args = ["trees", path(&list), "--contacts", path(&pairs), "--quick", "--mapping", path(&own)];
    assert!(analyse(&[&args[..], &SI].concat()).unwrap().out.contains("b,a,"));
}

#[test]
fn a_built_in_mapping_goes_by_its_name() {
    let f = Folder::new();
    let list = f.file("l.csv", "Case ID,Date of onset,Date of report,name\na,2022-11-01,2022-11-03,x\nb,2022-11-04,2022-11-05,y\n");
    let a = analyse(&["quality", path(&list), "--mapping", "godata-cases"]).unwrap();
    assert!(a.out.lines().count() > 1);
    let said = refused(&["quality", path(&list), "--mapping", "no-such"]);
    assert!(said.contains("no-such") && said.contains("one of these that are built in: people, places"), "{said}");
}

#[test]
fn delays_of_named_columns_may_have_a_mapping() {
    let f = Folder::new();
    let rows: String = (1..13).map(|k| format!("{k:02}/11/2022,{:02}/11/2022\n", k + 1 + k % 4)).collect();
    let list = f.file("l.csv", &format!("出现症状,上报\n{rows}"));
    let same: String = (1..13).map(|k| format!("2022-11-{k:02},2022-11-{:02}\n", k + 1 + k % 4)).collect();
    let same = f.file("s.csv", &format!("ill,told\n{same}"));
    let own = f.file("m.toml", "formats = [\"DD/MM/YYYY\"]\n[fields.ill]\ncolumns = \"出现症状\"\n[fields.told]\ncolumns = [\"上报\"]\n");
    let fit = |file: &Path, more: &[&str]| analyse(&[&["delays", path(file), "--from", "ill", "--to", "told"], more].concat()).unwrap().out;
    assert_eq!(fit(&list, &["--mapping", path(&own)]), fit(&same, &[]));
    let by_header = ["delays", path(&list), "--from", "出现症状", "--to", "上报", "--mapping", path(&own)];
    assert_eq!(analyse(&by_header).unwrap().rows().len(), 3);
}

/// A workbook with counts on its second sheet, and one that nobody is to see.
fn workbook(file: &Path) {
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().set_name("说明").unwrap().write(0, 0, "填表说明").unwrap().write(0, 1, "见附件").unwrap();
    let sheet = book.add_worksheet().set_name("数据").unwrap();
    sheet.write(0, 0, "日期").unwrap().write(0, 1, "病例数").unwrap();
    for k in 0..20_u32 {
        sheet.write(k + 1, 0, format!("2022-11-{:02}", k + 1)).unwrap().write(k + 1, 1, 10 + k).unwrap();
    }
    book.save(file).unwrap();
}

#[test]
fn of_several_sheets_the_one_that_is_read_is_told_and_another_can_be_named() {
    let f = Folder::new();
    let file = f.path("b.xlsx");
    workbook(&file);
    let a = analyse(&[&["rt", path(&file), "--sheet", "数据"], &SI[..]].concat()).unwrap();
    assert_eq!(a.rows().len(), 20);
    assert!(a.err.contains("the sheet 数据 was read; there are others: 说明 (name one with --sheet)"), "{}", a.err);
    let said = refused(&[&["rt", path(&file), "--sheet", "没有"], &SI[..]].concat());
    assert!(said.contains("there is no sheet '没有'") && said.contains("数据"), "{said}");
    let said = refused(&[&["rt", path(&file)], &SI[..]].concat());
    assert!(said.contains("other sheets: 数据 (name one with --sheet)"), "the first sheet is not the one: {said}");
}

/// The shipped mappings with their texts.
fn shipped() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings");
    let files = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    files.map(|p| (path(&p).to_owned(), std::fs::read_to_string(&p).unwrap())).collect()
}

#[test]
fn every_field_is_in_the_page_with_its_type_and_in_the_help() {
    let commands = <quell_analyse::Analyse as clap::Subcommand>::augment_subcommands(clap::Command::new("analyse"));
    // Not wrapped: where lines break depends on what else is built with it.
    let help: String = commands.get_subcommands().map(|c| c.clone().term_width(0).render_long_help().to_string()).collect();
    assert!(shipped().len() >= 15);
    for (file, text) in shipped() {
        let mapping = Mapping::parse(&file, &text).unwrap();
        for field in mapping.fields() {
            let row = format!("| `{}` | {} | {}", field.name(), field.type_name(), field.columns().join(", "));
            assert!(PAGE.contains(&row), "{file}: the page lacks\n{row}");
            let line = format!("    {} ({}): {}", field.name(), field.type_name(), field.columns().join(", "));
            assert!(help.contains(&line), "{file}: the help lacks\n{line}");
        }
    }
}

#[test]
fn every_built_in_mapping_can_be_laid_over_every_table() {
    for (name, _) in quell_tabular::BUILTIN {
        for (file, text) in shipped() {
            let laid = quell_tabular::Layer::shipped(name).unwrap().over((&file, &text), &[]);
            assert!(laid.is_ok(), "{name} over {file}: {:?}", laid.err());
        }
    }
}
