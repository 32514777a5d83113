//! Small text helpers: comparing headers and words, trimming cells, masking what identifies a person.

/// Full-width forms become their ASCII counterparts (Unicode block FF00–FFEF: offset 0xFEE0), the ideographic space a space.
pub(crate) fn half_width(s: &str) -> String {
    s.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' | '\u{a0}' => ' ',
            c => c,
        })
        .collect()
}

/// A header or enum word for comparison: half width, lower case, without spaces, `_`, `-`, `*`, invisible characters or a final colon.
pub(crate) fn normal(s: &str) -> String {
    half_width(s)
        .chars()
        .filter(|&c| !c.is_whitespace() && !c.is_control() && !matches!(c, '_' | '-' | '*' | '\u{200b}' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .trim_end_matches(':')
        .to_owned()
}

/// A word of an enum for comparison: as [`normal`], but keeps signs (`+`, `-`), which are words of results.
pub(crate) fn normal_word(s: &str) -> String {
    half_width(s)
        .chars()
        .filter(|&c| !c.is_whitespace() && !c.is_control() && !matches!(c, '\u{200b}' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The cell without surrounding spaces and invisible characters.
pub(crate) fn trimmed(s: &str) -> &str {
    s.trim_matches(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{3000}'))
}

/// Longest text shown in an error, in characters.
const SHOWN: usize = 60;

/// The cell as an error may show it: one line, shortened, and every run of 11 or more letters and digits that holds
/// 7 or more digits (identity, passport and telephone numbers) masked but for three characters in front and two at the end.
pub(crate) fn shown(s: &str, secret: bool) -> String {
    if secret {
        return mask(s);
    }
    let mut out = String::new();
    let mut run = String::new();
    for c in s.chars().map(|c| if c.is_control() { ' ' } else { c }).chain(['\0']) {
        if c.is_ascii_alphanumeric() {
            run.push(c);
            continue;
        }
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        out.push_str(&if run.len() >= 11 && digits >= 7 { mask(&run) } else { std::mem::take(&mut run) });
        run.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    if out.chars().count() > SHOWN {
        out = out.chars().take(SHOWN).chain(['…']).collect();
    }
    out
}

/// Stars for all but the first three and the last two characters; for all if there are fewer than eight.
fn mask(s: &str) -> String {
    let n = s.chars().count().min(SHOWN);
    s.chars().take(n).enumerate().map(|(i, c)| if n >= 8 && (i < 3 || i + 2 >= n) { c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_compare_without_case_space_and_width() {
        assert_eq!(normal(" First_Name* "), normal("first name"));
        assert_eq!(normal("Ct（Ｎ）："), "ct(n)");
        assert_ne!(normal_word("+"), normal_word("-"));
    }

    #[test]
    fn identity_numbers_are_masked_wherever_they_stand() {
        assert_eq!(shown("11010519491231002X", true), "110*************2X");
        assert_eq!(shown("张三 11010519491231002X 男", false), "张三 110*************2X 男");
        assert_eq!(shown("2022-11-26T08:15", false), "2022-11-26T08:15");
        assert_eq!(shown("1234", true), "****");
        assert_eq!(shown(&"长".repeat(100), false).chars().count(), SHOWN + 1);
    }
}
