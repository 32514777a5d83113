//! Tables as text: CSV under mappings, and mapping files.

use super::{chances, inputs};
use crate::Target;
use crate::choice::Choices;
use crate::words::{CODES, NUMBERS, ODD, TIMES};
use quell_tabular::{BUILTIN, DuplicateFinder, Mapping, OpenError, Options, Problem, Reader, Row, RowError, Value, open_bytes};
use std::fmt::Write;
use std::sync::LazyLock;

/// A field of each type under its own name.
const MAPPING_TEXT: &str = r#"
[fields.text]
columns = "text"
[fields.code]
columns = "code"
type = "code"
[fields.integer]
columns = "integer"
type = "integer"
[fields.decimal]
columns = "decimal"
type = "decimal"
[fields.day]
columns = "day"
type = "date"
[fields.at]
columns = "at"
type = "datetime"
[fields.word]
columns = "word"
type = "enum"
values = { "男" = "male", "女" = "female" }
[fields.words]
columns = "words"
type = "enum"
many = true
values = { "甲" = "a", "乙" = "b" }
[fields.identity]
columns = "identity"
type = "identity"
[fields.phone]
columns = "phone"
type = "phone"
[fields.flag]
columns = "flag"
type = "flag"
"#;
const HEADERS: [&str; 11] = ["text", "code", "integer", "decimal", "day", "at", "word", "words", "identity", "phone", "flag"];

static EACH_TYPE: LazyLock<Mapping> = LazyLock::new(|| Mapping::parse("fuzz", MAPPING_TEXT).unwrap());
static MAPPINGS: LazyLock<Vec<Mapping>> = LazyLock::new(|| BUILTIN.iter().map(|(n, t)| Mapping::parse(n, t).unwrap()).collect());

const FILES: &[&str] = &[
    "姓名,性别,身份证号,户编号\n张三,女,11010519491231002X,50.500237.101.001.c1\n",
    "place;kind;name;wards\r\n50.500237.h1;shelter_hospital;\"方舱\";\"w1:40;w2:2\"\r\n",
    "\u{feff}采样管编号\t结果\tCt（N）\nT1\t阳性\t31.2\n\n#\t\t\n",
    "sep=|\ncase|onset|confirmed\n1|2020-01-21|2020-01-23",
    "a,b\n\"x\ny\",\"say \"\"hi\"\"\"\n\"open",
    "text,code,integer,decimal,day,at,word,words,identity,phone,flag\nx,A1,5,3.5,2022-11-26,2022-11-26T08:15:00+08:00,男,甲、乙,11010519491231002X,13800138000,是\n",
];

pub const CSV: Target = Target {
    name: "csv",
    about: "CSV in any encoding, any bytes, under every shipped mapping: every row is good or bad with its line and field, none is lost",
    run: csv,
    seeds: || {
        let mut all = inputs(FILES);
        all.extend(FILES.iter().map(|f| encoding_rs::GB18030.encode(f).0.into_owned()));
        all.extend(FILES.iter().map(|f| [0xff, 0xfe].into_iter().chain(f.encode_utf16().flat_map(u16::to_le_bytes)).collect()));
        all
    },
    words: ODD,
};

fn csv(data: &[u8]) {
    for encoding in [None, Some("gb18030"), Some("utf-16be"), Some("windows-1252")] {
        let options = Options { encoding: encoding.map(str::to_owned), ..Options::default() };
        match open_bytes(data, &options) {
            Ok(reader) if encoding.is_none() => MAPPINGS.iter().for_each(|m| drop(rows(&reader, m))),
            Ok(reader) => drop(rows(&reader, &EACH_TYPE)),
            Err(e) => explained(&e),
        }
    }
}

fn explained(e: &OpenError) {
    assert!(![&e.message_en, &e.message_zh, &e.advice_en, &e.advice_zh].iter().any(|t| t.is_empty()), "{e:?}");
}

/// Reads a file to its end: every row is accounted for. The good rows.
pub(super) fn rows(reader: &Reader, mapping: &Mapping) -> Vec<Row> {
    let _ = (reader.first_rows(), reader.warnings());
    let mut rows = match reader.rows(mapping) {
        Ok(rows) => rows,
        Err(e) => {
            explained(&e);
            return Vec::new();
        }
    };
    let (mut good, mut bad, mut last) = (Vec::new(), 0u64, 0);
    let mut finder = DuplicateFinder::new(&["id_number"]);
    for item in rows.by_ref() {
        match item {
            Ok(row) => {
                assert!(row.line > last, "line {} after {last}", row.line);
                last = row.line;
                let seen = finder.see(&row);
                assert!(seen.is_none_or(|d| d.first < d.again));
                row.values.iter().for_each(|(name, v)| checked(mapping, name, v));
                good.push(row);
            }
            Err(faults) => {
                assert!(!faults.is_empty());
                faults.iter().for_each(|f| named(f, last));
                last = faults[0].line;
                bad += 1;
            }
        }
    }
    let s = rows.summary();
    assert!(s.complete, "the file is in memory");
    assert_eq!((s.good, s.bad, s.rows), (good.len() as u64, bad, good.len() as u64 + bad));
    // A blank line at the end of the file has no record.
    assert_eq!(s.rows + s.blank + s.comments + s.above_header + 1, reader.records(), "{s:?}");
    good
}

/// A fault names its line, its field if one is at fault, and what to do.
fn named(f: &RowError, last: u64) {
    assert!(f.line > last && f.value_shown.chars().count() <= 61, "{f:?}");
    assert!(f.field.is_some() || matches!(f.rule, "csv.quote" | "row.cells"), "{f:?}");
    assert!(![&f.message_en, &f.message_zh, &f.advice_en, &f.advice_zh].iter().any(|t| t.is_empty()), "{f:?}");
}

/// A good value has the form of its type, and can be stored.
fn checked(mapping: &Mapping, name: &str, v: &Value) {
    let field = mapping.field(name).unwrap();
    match (field.type_name(), v) {
        ("text" | "code" | "lookup" | "identity" | "phone", Value::Text(s)) => assert!(!s.contains('\0') && !s.is_empty(), "{name}: {s:?}"),
        ("enum", Value::Text(s)) => {
            let targets = field.targets();
            assert!(s.split(';').all(|w| targets.contains(&w)) || targets.contains(&s.as_str()), "{name}: {s:?}");
        }
        ("decimal", Value::Decimal(x)) => assert!(x.is_finite()),
        ("integer", Value::Integer(_)) | ("date", Value::Date(_)) | ("datetime", Value::DateTime(_)) | ("flag", Value::Flag(_)) => {}
        other => panic!("{name}: {other:?}"),
    }
}

pub const CELLS: Target = Target {
    name: "csv-cells",
    about: "CSV that is made cell by cell, with every delimiter, quoting, line end and encoding: its good rows, written again, are read as the same",
    run: cells,
    seeds: chances,
    words: &[],
};

fn cells(data: &[u8]) {
    let mut c = Choices::new(data);
    let delimiter = [',', ';', '\t', '|'][c.below(4)];
    let end = c.pick(&["\n", "\r\n", "\r"]);
    let mut text = HEADERS.join(&delimiter.to_string()) + end;
    while !c.is_empty() {
        let row: Vec<String> = HEADERS.iter().map(|h| quoted(&mut c, h, delimiter)).collect();
        text += &(row.join(&delimiter.to_string()) + end);
    }
    let bytes = match c.below(4) {
        0 => encoding_rs::GB18030.encode(&text).0.into_owned(),
        1 => [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        2 => format!("\u{feff}{text}").into_bytes(),
        _ => text.into_bytes(),
    };
    let reader = match open_bytes(bytes, &Options { delimiter: Some(delimiter), ..Options::default() }) {
        Ok(reader) => reader,
        Err(e) => return explained(&e),
    };
    let good = rows(&reader, &EACH_TYPE);
    let again = open_bytes(written(&good).into_bytes(), &Options { delimiter: Some(','), ..Options::default() }).unwrap();
    let again = rows(&again, &EACH_TYPE);
    // A row without any value is a blank line.
    let (values, again): (Vec<_>, Vec<_>) = (good.iter().map(|r| &r.values).collect(), again.iter().map(|r| &r.values).collect());
    assert_eq!(again, values);
}

/// A cell, quoted or not, rightly or not.
fn quoted(c: &mut Choices<'_>, header: &str, delimiter: char) -> String {
    let cell = cell(c, header);
    match c.below(12) {
        0 => cell,
        1 => format!("\"{cell}"),
        _ if cell.contains(['"', delimiter, '\r', '\n']) || c.below(2) == 0 => format!("\"{}\"", cell.replace('"', "\"\"")),
        _ => cell,
    }
}

pub(super) fn cell(c: &mut Choices<'_>, header: &str) -> String {
    if c.once_in(10) {
        return c.text();
    }
    let own: &[&str] = match header {
        "day" | "at" => TIMES,
        "identity" | "phone" | "integer" | "decimal" => NUMBERS,
        "code" => CODES,
        "word" => &["男", "女", "male", " 女 ", "x"],
        "words" => &["甲", "甲、乙", "b;a", "，", "丙"],
        "flag" => &["是", "否", "1", "√", "maybe"],
        _ => ODD,
    };
    match c.below(4) {
        0 => c.pick(&[NUMBERS, TIMES, CODES, ODD].concat()).to_owned(),
        _ => c.pick(own).to_owned(),
    }
}

fn written(rows: &[Row]) -> String {
    let mut out = HEADERS.join(",") + "\n";
    for row in rows {
        let cells = HEADERS.map(|h| match row.get(h) {
            None => String::new(),
            Some(Value::Text(s)) => s.clone(),
            Some(Value::Integer(n)) => n.to_string(),
            Some(Value::Decimal(x)) => x.to_string(),
            Some(Value::Date(d)) => d.to_string(),
            Some(Value::DateTime(t)) => t.to_string(),
            Some(Value::Flag(yes)) => (if *yes { "是" } else { "否" }).to_owned(),
        });
        let cells: Vec<String> = cells.iter().map(|s| format!("\"{}\"", s.replace('"', "\"\""))).collect();
        let _ = writeln!(out, "{}", cells.join(","));
    }
    out
}

const TOML: &[&str] = &[
    "[fields.x]\n",
    "columns = \"text\"\n",
    "type = \"enum\"\n",
    "values = { \"a\" = \"b\" }\n",
    "formats = [\"YYYY-MM-DD\"]\n",
    "required = true\n",
    "= ",
    "[[",
    "]]",
    "\"\"\"",
    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a",
    "{ x = { x = ",
    "1e400",
    "0x1f",
    "1979-05-27T07:32:00Z",
    "\\u0000",
    "#",
    "'",
    "split = { by = \"/\", part = 1 }\n",
    "nth = 2\n",
    "from_identity = \"y\"\n",
    "combine = [[\"a\"], [\"b\"]]\n",
    "offset = \"+999:9\"\n",
    "header_row = 20\n",
    "min = 5\n",
    "max = 1\n",
    "constant = \"5\"\n",
    "check_when = { field = \"x\", is = [\"a\"] }\n",
];

pub const MAPPING: Target = Target {
    name: "mapping",
    about: "mapping files: every fault has its line; what is accepted reads a file",
    run: mapping,
    seeds: || {
        let mut all: Vec<Vec<u8>> = BUILTIN.iter().map(|(_, t)| t.as_bytes().to_vec()).collect();
        all.push(MAPPING_TEXT.as_bytes().to_vec());
        all
    },
    words: TOML,
};

fn mapping(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match Mapping::parse("m.toml", &text) {
        Ok(m) => FILES.iter().for_each(|f| {
            if let Ok(reader) = open_bytes(f.as_bytes(), &m.options()) {
                rows(&reader, &m);
            }
        }),
        Err(problems) => {
            assert!(!problems.is_empty());
            problems.iter().for_each(|p| placed(p, &text));
        }
    }
}

fn placed(p: &Problem, text: &str) {
    let lines = text.matches('\n').count() as u32 + 1;
    assert!((1..=lines).contains(&p.line) && !p.message.is_empty() && !p.advice.is_empty(), "{p:?}");
}
