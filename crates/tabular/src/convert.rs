//! From a cell to a checked value.

use crate::dates::{DateFormat, Moment, read_time};
use crate::mapping::{Field, Kind, Words};
use crate::message::Fault;
use crate::record::{Cell, EXACT};
use crate::text::{half_width, trimmed};
use crate::value::{MANY_SEPARATOR, Value};
use quell_foundation::{EventTime, UtcOffset};

/// Checks a cell by its field. `Ok(None)` is an empty cell; whether that is allowed is asked elsewhere.
pub(crate) fn convert(field: &Field, cell: &Cell) -> Result<Option<Value>, Fault> {
    if cell.is_blank() {
        return Ok(None);
    }
    if let Some(e) = cell.error() {
        return Err(Fault::new(
            "cell.error",
            (format!("单元格是公式错误 {e}"), format!("the cell holds the formula error {e}")),
            ("请在来源中修正公式", "correct the formula in the source"),
        ));
    }
    if field.partial && is_partial(&cell.to_text()) {
        return Ok(None);
    }
    match &field.kind {
        Kind::Text { max_length } if field.many => several(&text_of(cell, false)?, |part| bounded(part, *max_length)),
        Kind::Code { max_length } if field.many => several(&text_of(cell, true)?, |part| code(part, *max_length)),
        Kind::Text { max_length } => bounded(text_of(cell, false)?, *max_length).map(Value::Text),
        Kind::Code { max_length } => code(text_of(cell, true)?, *max_length).map(Value::Text),
        Kind::Identity => crate::identity::identity(&text_of(cell, true)?).map(|i| Value::Text(i.number)),
        Kind::Phone => crate::identity::phone(&text_of(cell, true)?).map(Value::Text),
        Kind::Integer { min, max } => integer(cell).and_then(|n| ranged(n as f64, *min, *max).map(|_| Value::Integer(n))),
        Kind::Decimal { min, max } => decimal(cell).and_then(|x| ranged(x, *min, *max).map(Value::Decimal)),
        Kind::Date { formats, offset } => time(cell, formats, *offset).map(|(m, _)| Value::Date(m.day)),
        Kind::DateTime { formats, offset } => time(cell, formats, *offset).map(|(_, t)| Value::DateTime(t)),
        Kind::Enum(words) => enumerated(words, &text_of(cell, false)?, field.many),
        Kind::Lookup(words) if words.targets.is_empty() => bounded(text_of(cell, true)?, crate::mapping_file::TEXT_LENGTH).map(Value::Text),
        Kind::Lookup(words) => enumerated(words, &text_of(cell, true)?, false),
        Kind::Flag => flag(cell),
    }
    // Separators alone are no value.
    .map(|v| Some(v).filter(|v| !matches!(v, Value::Text(s) if s.is_empty())))
}

/// Every part of a cell with several values, joined again. A mark with a backslash before it belongs to its part.
fn several(text: &str, check: impl Fn(String) -> Result<String, Fault>) -> Result<Value, Fault> {
    let mut escaped = false;
    let between = |c: char| {
        let cuts = !escaped && matches!(c, ';' | '；' | '、' | '|' | '\n');
        escaped = !escaped && c == '\\';
        cuts
    };
    let parts = text.split(between).map(trimmed).filter(|p| !p.is_empty());
    let parts: Vec<String> = parts.map(|p| check(p.to_owned())).collect::<Result<_, _>>()?;
    Ok(Value::Text(parts.join(&MANY_SEPARATOR.to_string())))
}

fn code(text: String, max: usize) -> Result<String, Fault> {
    let s = half_width(&text);
    if is_scientific(&s) {
        return Err(scientific());
    }
    if s.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Fault::new(
            "code.space",
            ("编号中有空格或控制字符", "the code has a space or a control character in it"),
            ("请去掉空格；一格只写一个编号", "remove it; one code to a cell"),
        ));
    }
    bounded(s, max)
}

fn bounded(s: String, max: usize) -> Result<String, Fault> {
    if s.contains('\0') {
        return Err(Fault::new(
            "text.nul",
            ("文字中有空字符（NUL），无法存储", "the text holds the character NUL, which cannot be stored"),
            ("请在来源中删去该字符", "remove it in the source"),
        ));
    }
    let n = s.chars().count();
    if n > max {
        return Err(Fault::new(
            "text.length",
            (format!("共 {n} 个字符，最多 {max} 个"), format!("it has {n} characters; {max} are allowed")),
            ("请缩短，或检查列是否错位", "shorten it, or check whether the columns are shifted"),
        ));
    }
    Ok(s)
}

fn damaged(zh: &str, en: &str) -> Fault {
    Fault::new(
        "number.damaged",
        (zh, en),
        (
            "原编号已无法从本文件恢复：请在来源中将该列设为文本后重新导出",
            "the original cannot be recovered from this file: format the column as text in the source and export again",
        ),
    )
}

/// The text of a cell. Codes (`code`) that a spreadsheet has turned into numbers or dates are refused where that lost something.
fn text_of(cell: &Cell, code: bool) -> Result<String, Fault> {
    match cell {
        Cell::Number(x) if x.abs() >= EXACT => Err(damaged(
            "电子表格已把编号变成数字，15 位以后的数字已丢失",
            "a spreadsheet has turned the code into a number and lost all digits after the 15th",
        )),
        Cell::Moment(_) if code => Err(damaged("电子表格已把编号变成日期", "a spreadsheet has turned the code into a date")),
        Cell::Text(s) if code && is_scientific(trimmed(s)) => Err(scientific()),
        other => Ok(other.to_text()),
    }
}

fn scientific() -> Fault {
    damaged("编号已被电子表格写成科学计数法，位数已丢失", "a spreadsheet has written the code in scientific notation and lost digits")
}

/// `5.00237E+17`: digits, perhaps a point or comma and digits, `E+`, digits.
fn is_scientific(s: &str) -> bool {
    let Some((mantissa, exponent)) = s.split_once("E+").or_else(|| s.split_once("e+")) else { return false };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let (whole, part) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    digits(whole) && digits(part) && digits(exponent)
}

fn not_a_number(rule: &'static str, zh: &str, en: &str) -> Fault {
    Fault::new(
        rule,
        (format!("不是{zh}"), format!("this is no {en}")),
        ("请只写数字，不带单位和千位分隔符", "write digits only, without unit or thousands separator"),
    )
}

fn integer(cell: &Cell) -> Result<i64, Fault> {
    let bad = || not_a_number("integer.format", "整数", "whole number");
    let x = match cell {
        Cell::Number(x) => *x,
        Cell::Text(s) => {
            let s = half_width(trimmed(s));
            if let Ok(n) = s.parse() {
                return Ok(n);
            }
            plain_decimal(&s).ok_or_else(bad)?
        }
        _ => return Err(bad()),
    };
    if x.fract() == 0.0 && x.abs() < EXACT { Ok(x as i64) } else { Err(bad()) }
}

fn decimal(cell: &Cell) -> Result<f64, Fault> {
    match cell {
        Cell::Number(x) => Some(*x),
        Cell::Text(s) => plain_decimal(&half_width(trimmed(s))),
        _ => None,
    }
    .ok_or_else(|| not_a_number("decimal.format", "数字", "number"))
}

/// Digits with one decimal point. A decimal comma is read too, except before exactly three digits, where it may separate thousands. An exponent with a
/// sign is how R, Python and Excel write what is very small or large: `6e-05`.
fn plain_decimal(s: &str) -> Option<f64> {
    let (s, exponent) = match s.split_once(['e', 'E']) {
        Some((s, e)) if e.starts_with(['-', '+']) => (s, format!("e{e}")),
        Some(_) => return None,
        None => (s, String::new()),
    };
    let unsigned = s.strip_prefix(['-', '+']).unwrap_or(s);
    let (whole, part) = match unsigned.split_once(',') {
        Some((_, p)) if p.len() == 3 => return None,
        Some(x) => x,
        None => unsigned.split_once('.').unwrap_or((unsigned, "0")),
    };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || !(exponent.is_empty() || digits(&exponent[2..])) {
        return None;
    }
    format!("{}{exponent}", s.replace(',', ".")).parse().ok().filter(|x: &f64| x.is_finite())
}

fn ranged(x: f64, min: f64, max: f64) -> Result<f64, Fault> {
    if (min..=max).contains(&x) {
        return Ok(x);
    }
    let (zh, en) = match (min == f64::MIN, max == f64::MAX) {
        (_, true) => (format!("不得小于 {min}"), format!("it must be at least {min}")),
        (true, _) => (format!("不得大于 {max}"), format!("it must be at most {max}")),
        _ => (format!("应在 {min} 至 {max} 之间"), format!("it must lie between {min} and {max}")),
    };
    Err(Fault::new(
        "number.range",
        (zh, en),
        ("请核对来源和列是否错位", "check it against the source, and whether the columns are shifted"),
    ))
}

fn time(cell: &Cell, formats: &[DateFormat], offset: UtcOffset) -> Result<(Moment, EventTime), Fault> {
    match cell {
        Cell::Moment(m) => Ok((*m, m.at(offset))),
        // A date cell of a workbook that comes back as text is written in ISO 8601, which can be read in one way only.
        other => {
            read_time(formats, &other.to_text(), offset).or_else(|fault| read_time(iso(), &other.to_text(), offset).map_err(|_| fault))
        }
    }
}

/// A year, or a year and a month.
fn is_partial(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['/', '-', '.', ' ']).filter(|p| !p.is_empty()).collect();
    let number = |p: &&str| p.len() <= 4 && p.bytes().all(|b| b.is_ascii_digit());
    parts.len() <= 2 && parts.iter().all(number) && parts.iter().filter(|p| p.len() == 4).count() == 1
}

fn iso() -> &'static [DateFormat] {
    static ISO: std::sync::LazyLock<Vec<DateFormat>> =
        std::sync::LazyLock::new(|| ["YYYY-MM-DD", "YYYY-MM-DD hh:mm:ss"].iter().filter_map(|f| f.parse().ok()).collect());
    &ISO
}

fn enumerated(words: &Words, text: &str, many: bool) -> Result<Value, Fault> {
    if !many {
        return words.target(text).map(|t| Value::Text(t.to_owned())).ok_or_else(|| unknown_word(words, text));
    }
    let mut found = std::collections::BTreeSet::new();
    for part in text.split([';', '；', ',', '，', '、', '|', '/', '\n']).map(trimmed).filter(|p| !p.is_empty()) {
        found.insert(words.target(part).ok_or_else(|| unknown_word(words, part))?);
    }
    Ok(Value::Text(found.into_iter().collect::<Vec<_>>().join(&MANY_SEPARATOR.to_string())))
}

fn unknown_word(words: &Words, given: &str) -> Fault {
    let given = crate::text::shown(given, false);
    Fault::new(
        "enum.unknown",
        (format!("“{given}”不是可用的值"), format!("'{given}' is not a known value")),
        (
            format!("可用的值：{}；或在映射文件的 values 中加入该值", words.allowed("、")),
            format!("use one of: {}; or add it to values in the mapping", words.allowed(", ")),
        ),
    )
}

/// True if a cell of a list of symptoms says yes; what is not known is not said.
pub(crate) fn says_yes(cell: &Cell) -> Result<bool, Fault> {
    const UNKNOWN: &[&str] = &["unknown", "不详", "不明", "未知"];
    if UNKNOWN.contains(&crate::text::normal_word(&cell.to_text()).as_str()) {
        return Ok(false);
    }
    Ok(flag(cell)? == Value::Flag(true))
}

pub(crate) fn flag(cell: &Cell) -> Result<Value, Fault> {
    const YES: &[&str] = &["是", "有", "√", "yes", "y", "true", "1", "对"];
    const NO: &[&str] = &["否", "无", "×", "no", "n", "false", "0", "错"];
    let word = crate::text::normal_word(&cell.to_text());
    match (YES.contains(&word.as_str()), NO.contains(&word.as_str())) {
        (true, _) => Ok(Value::Flag(true)),
        (_, true) => Ok(Value::Flag(false)),
        _ => Err(Fault::new(
            "flag.format",
            ("应为是或否", "yes or no is expected"),
            (format!("可用：{}；{}", YES.join("、"), NO.join("、")), format!("use one of: {}; {}", YES.join(", "), NO.join(", "))),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mapping;

    /// Converts by a field defined in TOML; the value as text or the rule.
    fn check(definition: &str, cell: Cell) -> Result<String, &'static str> {
        let m = Mapping::parse("t", &format!("[fields.x]\ncolumns = \"x\"\n{definition}")).unwrap();
        match convert(m.field("x").unwrap(), &cell) {
            Ok(v) => Ok(v.map_or_else(|| "-".into(), |v| format!("{v:?}"))),
            Err(f) => Err(f.rule),
        }
    }
    fn text(definition: &str, s: &str) -> Result<String, &'static str> {
        check(definition, Cell::Text(s.into()))
    }

    #[test]
    fn damaged_codes_are_never_guessed() {
        for t in ["code", "identity", "phone"] {
            let d = format!("type = \"{t}\"");
            assert_eq!(text(&d, "5.00237E+17"), Err("number.damaged"), "{t}");
            assert_eq!(text(&d, "5,00237e+17"), Err("number.damaged"), "{t}");
            assert_eq!(check(&d, Cell::Number(500_237_199_001_010_000.0)), Err("number.damaged"), "{t}");
            let day = Moment { day: quell_foundation::Day(19_000), seconds: 0, precision: quell_foundation::Precision::Day };
            assert_eq!(check(&d, Cell::Moment(day)), Err("number.damaged"), "{t}");
        }
        assert_eq!(check("type = \"code\"", Cell::Number(50_023_712_345_678.0)), Ok("Text(\"50023712345678\")".into()));
        assert_eq!(check("type = \"phone\"", Cell::Number(13_800_138_000.0)), Ok("Text(\"13800138000\")".into()));
        assert_eq!(text("type = \"code\"", "2E10"), Ok("Text(\"2E10\")".into()), "a code of its own");
    }

    #[test]
    fn numbers() {
        let d = "type = \"decimal\"\nmin = 0\nmax = 60";
        assert_eq!(text(d, "34.5"), Ok("Decimal(34.5)".into()));
        assert_eq!(text(d, "34,56"), Ok("Decimal(34.56)".into()));
        assert_eq!(text(d, "34,567"), Err("decimal.format"));
        assert_eq!(text(d, "6.5e-02"), Ok("Decimal(0.065)".into()));
        assert_eq!(text(d, "1E+1"), Ok("Decimal(10.0)".into()));
        assert_eq!(text(d, "61"), Err("number.range"));
        for s in ["NaN", "inf", "1e1", "1e-", "e-5", "1e-5.5", "1e+999", "12 ct", "1.2.3", "."] {
            assert_eq!(text(d, s), Err("decimal.format"), "{s}");
        }
        let i = "type = \"integer\"\nmax = 130";
        assert_eq!(text(i, "５９"), Ok("Integer(59)".into()));
        assert_eq!(check(i, Cell::Number(59.0)), Ok("Integer(59)".into()));
        assert_eq!(text(i, "59.5"), Err("integer.format"));
        assert_eq!(text(i, "59岁"), Err("integer.format"));
        assert_eq!(text(i, "131"), Err("number.range"));
    }

    #[test]
    fn enums_flags_texts() {
        let d = "type = \"enum\"\nvalues = { \"男\" = \"male\", \"女\" = \"female\" }";
        assert_eq!(text(d, " 男 "), Ok("Text(\"male\")".into()));
        assert_eq!(text(d, "Female"), Ok("Text(\"female\")".into()), "a target stands for itself");
        assert_eq!(text(d, "F"), Err("enum.unknown"));
        let many = format!("{d}\nmany = true");
        assert_eq!(text(&many, "女、男，女"), Ok("Text(\"female;male\")".into()));
        assert_eq!(text(&many, "女、x"), Err("enum.unknown"));
        assert_eq!(text("type = \"flag\"", "是"), Ok("Flag(true)".into()));
        assert_eq!(text("type = \"flag\"", "maybe"), Err("flag.format"));
        assert_eq!(text("max_length = 2", "三个字"), Err("text.length"));
        assert_eq!(text("", "a\0b"), Err("text.nul"), "UTF-16 and workbooks can hold it, the database cannot");
        assert_eq!(text("type = \"code\"", "A 1"), Err("code.space"));
        assert_eq!(check("", Cell::Error("#N/A".into())), Err("cell.error"));
        assert_eq!(text("", " \u{3000}"), Ok("-".into()));
    }
}
