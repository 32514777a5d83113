//! Resident identity numbers (GB 11643-1999) and telephone numbers.

use crate::message::Fault;
use quell_foundation::Day;

/// Weights of the first 17 digits (GB 11643-1999, from ISO 7064 MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check character by remainder 0 to 10 (GB 11643-1999).
const CHECK: [u8; 11] = *b"10X98765432";

/// What an identity number says about its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The number: 18 characters, a final x in upper case.
    pub number: String,
    /// Date of birth: digits 7 to 14.
    pub born: Day,
    /// Sex: digit 17 is odd for males.
    pub male: bool,
}

/// Checks an identity number: 18 characters, a possible date of birth, the check character.
pub(crate) fn identity(s: &str) -> Result<Identity, Fault> {
    let number: String = crate::text::half_width(s).chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    let b = number.as_bytes();
    if b.len() == 15 && b.iter().all(u8::is_ascii_digit) {
        return Err(Fault::new(
            "identity.fifteen",
            ("15 位旧身份证号已于 2013 年停用", "15-digit identity numbers have not been valid since 2013"),
            ("请填写 18 位号码", "give the 18-digit number"),
        ));
    }
    let shape = b.len() == 18 && b[..17].iter().all(u8::is_ascii_digit) && (b[17].is_ascii_digit() || b[17] == b'X');
    if !shape {
        let n = number.chars().count();
        return Err(Fault::new(
            "identity.length",
            (
                format!("身份证号应为 17 位数字加 1 位数字或 X，此处为 {n} 个字符"),
                format!("an identity number is 17 digits and a digit or X; these are {n} characters"),
            ),
            ("请核对证件", "check it against the document"),
        ));
    }
    let sum: u32 = b[..17].iter().zip(WEIGHTS).map(|(d, w)| u32::from(d - b'0') * w).sum();
    if CHECK[(sum % 11) as usize] != b[17] {
        let cut = number.ends_with("000");
        return Err(Fault::new(
            "identity.check",
            ("身份证号校验码不符，至少有一位写错", "the check character of the identity number is wrong: at least one digit is"),
            if cut {
                (
                    "号码以 000 结尾，多半是 Excel 截断所致：请在来源中将该列设为文本后重新导出",
                    "it ends in 000, as numbers do that Excel has cut to 15 digits: format the column as text in the source and export again",
                )
            } else {
                ("请核对证件", "check it against the document")
            },
        ));
    }
    let born: Option<Day> = format!("{}-{}-{}", &number[6..10], &number[10..12], &number[12..14]).parse().ok();
    let Some(born) = born.filter(|_| &number[6..10] >= "1850") else {
        return Err(Fault::new(
            "identity.birth",
            ("身份证号中的出生日期不存在", "the identity number holds no possible date of birth"),
            ("请核对证件", "check it against the document"),
        ));
    };
    let male = b[16] % 2 == 1;
    Ok(Identity { number, born, male })
}

/// Checks a telephone number and strips spaces, hyphens and brackets. Accepted: mainland mobile numbers (11 digits, first 1,
/// second 3 to 9), mainland land lines (0 + area code + 7 or 8 digits, or 7 or 8 digits alone), service numbers of 5 digits
/// first 1 or 9, and international numbers (`+` or `00` and 8 to 15 digits: ITU-T E.164). `+86` and `0086` are removed.
pub(crate) fn phone(s: &str) -> Result<String, Fault> {
    let s: String = crate::text::half_width(s).chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')' | '.')).collect();
    let national = s.strip_prefix("+86").or_else(|| s.strip_prefix("0086")).unwrap_or(&s);
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let b = national.as_bytes();
    if digits(national) {
        let mobile = b.len() == 11 && b[0] == b'1' && (b'3'..=b'9').contains(&b[1]);
        let land =
            (b[0] == b'0' && (10..=12).contains(&b.len()) && b[1] != b'0') || (matches!(b.len(), 7 | 8) && !matches!(b[0], b'0' | b'1'));
        let service = b.len() == 5 && matches!(b[0], b'1' | b'9');
        if mobile || land || service {
            return Ok(national.to_owned());
        }
    }
    if let Some(foreign) = s.strip_prefix('+').or_else(|| s.strip_prefix("00")).filter(|t| !t.starts_with("86"))
        && digits(foreign)
        && (8..=15).contains(&foreign.len())
    {
        return Ok(format!("+{foreign}"));
    }
    Err(Fault::new(
        "phone.format",
        ("不是可用的电话号码", "this is no telephone number"),
        (
            "手机号为 11 位；固定电话写区号加号码；境外号码以 + 开头；多个号码请只留一个",
            "a mobile number has 11 digits, a land line its area code, a foreign number begins with +; keep one number only",
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_standards_own_examples_pass() {
        // GB 11643-1999, annex A.
        let a = identity("11010519491231002x").unwrap();
        assert_eq!((a.number.as_str(), a.born.to_string().as_str(), a.male), ("11010519491231002X", "1949-12-31", false));
        assert!(identity("440524188001010014").unwrap().male);
    }

    #[test]
    fn each_fault_has_its_rule() {
        for (s, rule) in [
            ("110105194912310021", "identity.check"),
            ("110105491231002", "identity.fifteen"),
            ("12345", "identity.length"),
            ("E12345678", "identity.length"),
            ("身份证号码一二三四五六七八九十一二", "identity.length"),
        ] {
            assert_eq!(identity(s).unwrap_err().rule, rule, "{s}");
        }
        // A right check character over an impossible date (31 February).
        let head = "11010519490231002";
        let bad = CHECK.iter().find_map(|c| identity(&format!("{head}{}", *c as char)).err().filter(|f| f.rule == "identity.birth"));
        assert!(bad.is_some());
        assert!(identity("500237199001010000").unwrap_err().advice_en.contains("Excel"));
    }

    #[test]
    fn telephone_numbers() {
        for (s, want) in [
            ("138 0013 8000", "13800138000"),
            ("+86-13800138000", "13800138000"),
            ("023-57682222", "02357682222"),
            ("57682222", "57682222"),
            ("12345", "12345"),
            ("+44 20 7946 0958", "+442079460958"),
        ] {
            assert_eq!(phone(s).unwrap(), want);
        }
        for s in ["", "1380013800", "1.38E+10", "12800138000", "13800138000/13900139000", "无"] {
            assert!(phone(s).is_err(), "{s}");
        }
    }

    proptest! {
        #[test]
        fn one_changed_digit_is_always_found(pos in 0usize..17, by in 1u8..10) {
            let mut b = *b"11010519491231002X";
            b[pos] = (b[pos] - b'0' + by) % 10 + b'0';
            prop_assert!(identity(std::str::from_utf8(&b).unwrap()).is_err());
        }
        #[test]
        fn never_panics(s in "\\PC{0,24}") {
            let _ = (identity(&s), phone(&s));
        }
    }
}
