//! Workbooks, written here and read back.

use quell_tabular::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

fn mapping(name: &str) -> Mapping {
    Mapping::parse(name, builtin_mapping(name).expect("shipped")).unwrap_or_else(|e| panic!("{e:?}"))
}
fn read(bytes: &[u8], options: &Options, m: &Mapping) -> (Vec<Row>, Vec<RowError>, Summary) {
    let reader = open_bytes(bytes, options).unwrap_or_else(|e| panic!("{e}"));
    let mut rows = reader.rows(m).unwrap_or_else(|e| panic!("{e}"));
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    rows.by_ref().for_each(|i| match i {
        Ok(r) => good.push(r),
        Err(e) => bad.extend(e),
    });
    let s = rows.summary().clone();
    assert!(s.complete && s.rows == s.good + s.bad);
    (good, bad, s)
}

/// A list as a county writes it: title, gap, header; dates as dates; numbers that were codes; a formula error.
#[allow(clippy::unwrap_used, reason = "test data")]
fn people() -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("说明").unwrap().set_hidden(true).write(0, 0, "填表说明").unwrap();
    let s = book.add_worksheet().set_name("人员").unwrap().set_active(true);
    s.write(0, 0, "某社区人员名单").unwrap();
    for (c, h) in ["序号", "姓名", "性别", "出生日期", "身份证号", "手机号", "住址编码"].iter().enumerate() {
        s.write(2, c as u16, *h).unwrap();
    }
    let date = Format::new().set_num_format("yyyy/m/d");
    let day = ExcelDateTime::from_ymd(1949, 12, 31).unwrap();
    s.write(3, 1, "张三").unwrap().write(3, 2, "女").unwrap().write_with_format(3, 3, &day, &date).unwrap();
    s.write(3, 4, "11010519491231002X").unwrap().write(3, 5, 13_800_138_000.0).unwrap().write(3, 6, 500_237_001_001.0).unwrap();
    s.write(5, 1, "李四").unwrap().write(5, 4, 500_237_199_001_010_014.0).unwrap().write_with_format(5, 6, &day, &date).unwrap();
    s.write(6, 1, "王五").unwrap().write(6, 3, 18_264).unwrap().write(6, 6, "A1").unwrap();
    s.write(7, 1, "赵六").unwrap().write_formula(7, 6, Formula::new("=NA()").set_result("#N/A")).unwrap();
    book.add_worksheet().set_name("空表").unwrap();
    book.add_worksheet().set_name("更多").unwrap().write(0, 0, "x").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_list_of_people() {
    let (good, bad, s) = read(&people(), &Options::default(), &mapping("people"));
    assert_eq!((s.sheet.as_deref(), s.rows, s.above_header, s.damaged), (Some("人员"), 4, 1, 1));
    let r = &good[0];
    assert_eq!((r.line, r.text("phone"), r.code("home")), (4, Some("13800138000"), Some("500237001001")));
    assert_eq!(r.date("born").unwrap().to_string(), "1949-12-31");
    assert_eq!((good[1].line, good[1].date("born").unwrap().to_string().as_str()), (7, "1950-01-01"), "a bare serial number");
    let got: Vec<_> = bad.iter().map(|e| (e.line, e.field.as_deref().unwrap(), e.rule)).collect();
    assert!(got.contains(&(6, "id_number", "number.damaged")) && got.contains(&(6, "home", "number.damaged")), "{got:?}");
    assert!(got.iter().any(|(l, f, r)| (*l, *f) == (8, "home") && ["cell.error", "cell.required"].contains(r)), "{got:?}");
    assert_eq!(s.warnings, [Warning::OtherSheets { names: vec!["更多".into()] }]);
}

#[test]
fn sheets_are_chosen_by_name() {
    let named = |n: &str| Options { sheet: Some(n.into()), ..Options::default() };
    let e = open_bytes(people(), &named("没有")).unwrap_err();
    assert_eq!(e.rule, "file.sheet");
    assert!(e.advice_zh.contains("人员"));
    assert_eq!(open_bytes(people(), &named("说明")).unwrap().records(), 1, "a hidden sheet, if asked for");
    assert_eq!(open_bytes(people(), &named("空表")).unwrap().rows(&mapping("people")).err().unwrap().rule, "file.empty");
}

#[test]
fn a_plate() {
    let mut book = Workbook::new();
    let s = book.add_worksheet();
    for (c, h) in ["孔位", "样本编号", "质控", "ORF1ab Ct", "N Ct", "结果", "检测时间"].iter().enumerate() {
        s.write(0, c as u16, *h).unwrap();
    }
    let time = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let at = ExcelDateTime::parse_from_str("2022-11-26T14:30:00").unwrap();
    s.write(1, 0, "A1").unwrap().write(1, 1, 10_000_000_000_001.0).unwrap().write(1, 3, 33.27).unwrap().write(1, 4, "NoCt").unwrap();
    s.write(1, 5, "可疑").unwrap().write_with_format(1, 6, &at, &time).unwrap();
    s.write(2, 0, "A2").unwrap().write(2, 2, "阳性对照").unwrap().write(2, 3, 25).unwrap().write(2, 4, 26).unwrap();
    s.write(3, 0, "A3").unwrap().write(3, 5, "阴性").unwrap();
    s.write(4, 0, "A4").unwrap().write(4, 1, "T9").unwrap().write(4, 3, 0).unwrap().write(4, 5, "弱").unwrap();
    let (good, bad, _) = read(&book.save_to_buffer().unwrap(), &Options::default(), &mapping("plate"));
    let r = &good[0];
    assert_eq!(
        (r.code("tube"), r.decimal("ct_orf1ab"), r.decimal("ct_n"), r.text("result")),
        (Some("10000000000001"), Some(33.27), None, Some("indeterminate"))
    );
    assert_eq!(r.datetime("at").unwrap().to_string(), "2022-11-26T14:30:00+08:00");
    assert_eq!((good[1].text("control"), good[1].code("tube")), (Some("positive"), None));
    let got: Vec<_> = bad.iter().map(|e| (e.line, e.field.as_deref().unwrap(), e.rule)).collect();
    assert_eq!(got, [(4, "tube", "cell.required"), (5, "ct_orf1ab", "number.range"), (5, "result", "enum.unknown")]);
}

#[test]
fn a_sheet_that_ends_at_a_limit() {
    let mut book = Workbook::new();
    let s = book.add_worksheet();
    s.write(0, 0, "name").unwrap().write(0, 1, "address").unwrap();
    s.write(65_535, 0, "last").unwrap().write(65_535, 1, "x").unwrap();
    let (good, _, s) = read(&book.save_to_buffer().unwrap(), &Options::default(), &mapping("people"));
    assert_eq!((good[0].line, s.row_limit_warning), (65_536, Some(65_536)));
}

#[test]
fn damaged_workbooks_are_refused_not_guessed() {
    let whole = people();
    for cut in [4, 100, whole.len() / 2, whole.len() - 30] {
        assert_eq!(open_bytes(&whole[..cut], &Options::default()).unwrap_err().rule, "file.workbook", "{cut}");
    }
    for at in (0..whole.len()).step_by(97) {
        let mut b = whole.clone();
        b[at] ^= 0xff;
        if let Ok(r) = open_bytes(b, &Options::default()) {
            let _ = r.rows(&mapping("people")).map(|rows| rows.count());
        }
    }
    assert_eq!(
        open_bytes(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0][..], &Options::default()).unwrap_err().rule,
        "file.workbook"
    );
}

#[test]
fn old_excel_and_opendocument() {
    for file in ["people.xls", "people.ods"] {
        let reader = open(format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR")), &Options::default()).unwrap();
        let mut rows = reader.rows(&mapping("people")).unwrap();
        let row = rows.next().unwrap().unwrap();
        assert_eq!((row.line, row.text("name"), row.code("home")), (5, Some("张三"), Some("500237001")), "{file}");
        assert_eq!(row.date("born").unwrap().to_string(), "1949-12-31", "{file}");
        assert!(rows.next().is_none() && rows.summary().complete);
    }
}
