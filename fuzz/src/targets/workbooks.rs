//! Workbooks: XLSX and its like, as bytes and part by part.

use super::chances;
use super::tables::{cell, rows};
use crate::Target;
use crate::choice::Choices;
use quell_tabular::{BUILTIN, Mapping, Options, open_bytes};
use rust_xlsxwriter::Workbook;
use std::io::{Cursor, Write};
use std::sync::LazyLock;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

static PEOPLE: LazyLock<Mapping> = LazyLock::new(|| Mapping::parse(BUILTIN[0].0, BUILTIN[0].1).unwrap());

pub const WORKBOOK: Target = Target {
    name: "workbook",
    about: "XLSX, XLS, ODS, any bytes: a damaged one is refused in both languages, every row of another is accounted for",
    run: workbook,
    seeds: || {
        vec![
            small(),
            archive(&parts("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>姓名</t></is></c></row>")),
            open_document("<table:table-row/>"),
        ]
    },
    words: &["PK\u{3}\u{4}", "PK\u{1}\u{2}", "xl/workbook.xml", "xl/sharedStrings.xml", "content.xml"],
};

/// A list of one person as a spreadsheet program writes it.
fn small() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (i, (header, value)) in [("姓名", "张三"), ("性别", "女"), ("户编号", "50.500237.101.001.c1")].iter().enumerate() {
        sheet.write(0, i as u16, *header).unwrap();
        sheet.write(1, i as u16, *value).unwrap();
    }
    book.save_to_buffer().unwrap()
}

fn workbook(data: &[u8]) {
    match open_bytes(data, &Options::default()) {
        Ok(reader) => drop(rows(&reader, &PEOPLE)),
        Err(e) => assert!(!e.message_en.is_empty() && !e.message_zh.is_empty()),
    }
}

pub const SHEETS: Target = Target {
    name: "sheets",
    about: "XLSX and ODS that are whole as archives and odd inside: cells of every type, far away, repeated, with entities and numbers out of range",
    run: sheets,
    seeds: chances,
    words: &[],
};

fn sheets(data: &[u8]) {
    let mut c = Choices::new(data);
    if c.below(3) == 0 {
        let mut rows = String::new();
        while !c.is_empty() {
            rows += &open_document_row(&mut c);
        }
        return workbook(&open_document(&rows));
    }
    let mut xml = String::new();
    let mut row = 1;
    while !c.is_empty() {
        xml += &format!("<row r=\"{row}\">");
        for column in 0..c.below(4) {
            xml += &xlsx_cell(&mut c, row, column);
        }
        xml += "</row>";
        row = match c.below(20) {
            0 => c.number(),
            _ => row + 1,
        };
    }
    workbook(&archive(&parts(&xml)));
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A value as XML: mostly escaped, sometimes not.
fn content(c: &mut Choices<'_>) -> String {
    match c.below(16) {
        0 => c.pick(&["&#0;", "_x0000_", "&#x110000;", "&x;", "<", "&amp", "<![CDATA[x]]>"]).to_owned(),
        _ => escaped(&cell(c, "identity")),
    }
}

fn xlsx_cell(c: &mut Choices<'_>, row: i64, column: usize) -> String {
    let letters = match c.below(30) {
        0 => c.pick(&["XFD", "ZZZZZZZ", "", "a", "é"]),
        _ => c.pick(&["A", "B", "C", "D"][column..=column]),
    };
    let value = content(c);
    match c.below(8) {
        0 => format!("<c r=\"{letters}{row}\" t=\"s\"><v>{}</v></c>", c.number()),
        1 => format!("<c r=\"{letters}{row}\" t=\"b\"><v>{value}</v></c>"),
        2 => format!("<c r=\"{letters}{row}\" t=\"e\"><v>#N/A</v></c>"),
        3 => format!("<c r=\"{letters}{row}\" s=\"{}\"><v>{value}</v></c>", c.below(4)),
        4 => format!("<c r=\"{letters}{row}\" s=\"1\"><v>{}</v></c>", c.number()),
        5 => format!("<c r=\"{letters}{row}\" t=\"d\"><v>{value}</v></c>"),
        6 => format!("<c r=\"{letters}{row}\" t=\"str\"><f>A1</f><v>{value}</v></c>"),
        _ => format!("<c r=\"{letters}{row}\" t=\"inlineStr\"><is><t>{value}</t></is></c>"),
    }
}

fn open_document_row(c: &mut Choices<'_>) -> String {
    let times = match c.below(10) {
        0 => format!(" table:number-rows-repeated=\"{}\"", c.number()),
        _ => String::new(),
    };
    let cells: String = (0..c.below(4)).map(|_| open_document_cell(c)).collect();
    format!("<table:table-row{times}>{cells}</table:table-row>")
}

fn open_document_cell(c: &mut Choices<'_>) -> String {
    let times = match c.below(10) {
        0 => format!(" table:number-columns-repeated=\"{}\"", c.number()),
        _ => String::new(),
    };
    let value = content(c);
    let kind = match c.below(5) {
        0 => format!("office:value-type=\"float\" office:value=\"{}\"", c.number()),
        1 => format!("office:value-type=\"date\" office:date-value=\"{}\"", c.pick(crate::words::TIMES)),
        2 => "office:value-type=\"boolean\" office:boolean-value=\"true\"".to_owned(),
        _ => "office:value-type=\"string\"".to_owned(),
    };
    format!("<table:table-cell {kind}{times}><text:p>{value}</text:p></table:table-cell>")
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// The parts of an XLSX workbook with these rows.
pub fn parts(rows: &str) -> Vec<(&'static str, String)> {
    vec![
        ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>".into()),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"3\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"46\"/></cellXfs></styleSheet>"
            ),
        ),
        ("xl/sharedStrings.xml", format!("<sst xmlns=\"{MAIN}\"><si><t>姓名</t></si><si><t>户编号</t></si><si><t>性别</t></si></sst>")),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>")),
    ]
}

/// An OpenDocument sheet with these rows.
pub fn open_document(rows: &str) -> Vec<u8> {
    let office = "urn:oasis:names:tc:opendocument:xmlns";
    let content = format!(
        "<office:document-content xmlns:office=\"{office}:office:1.0\" xmlns:table=\"{office}:table:1.0\" xmlns:text=\"{office}:text:1.0\">\
         <office:body><office:spreadsheet><table:table table:name=\"S\">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    archive(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet".into()), ("content.xml", content)])
}

/// An archive of parts. Only long ones are compressed, so that a mutation reaches the text.
pub fn archive(parts: &[(&str, String)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        let method = if text.len() > 100_000 { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
