//! A cell that a spreadsheet would run as a formula. In CSV nothing says "this is text", so such a cell gets an apostrophe in front.

use std::borrow::Cow;

/// Who reads the file, and so what is done about formulas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Quell itself, which takes the apostrophe away again ([`unguarded`]): nothing is lost.
    Own,
    /// Another system, which does not: only what could do harm, so that telephone numbers stay as they are.
    Others,
    /// A workbook, whose cells say that they are text: only what would be mistaken for a guarded cell.
    Typed,
}

/// Begins a formula in one spreadsheet or another; the wide forms do so in East Asian editions.
fn begins_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

fn is_number_like(text: &str) -> bool {
    text.starts_with(['+', '-'])
        && text.chars().skip(1).all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')'))
        && text.chars().any(|c| c.is_ascii_digit())
}

/// The text as it is written.
pub fn guarded(text: &str, guard: Guard) -> Cow<'_, str> {
    let inner = text.trim_start_matches('\'');
    let quoted = inner.len() < text.len();
    let add = begins_formula(inner)
        && match guard {
            Guard::Own => true,
            Guard::Others => !quoted && !is_number_like(text),
            Guard::Typed => quoted,
        };
    if add { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// What was guarded, from the cell of a CSV or a workbook of Quell's own.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if begins_formula(text.trim_start_matches('\'')) => text,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_become_text_and_telephone_numbers_stay() {
        assert_eq!(guarded("=HYPERLINK(\"x\")", Guard::Own), "'=HYPERLINK(\"x\")");
        assert_eq!(guarded("=1", Guard::Others), "'=1");
        assert_eq!(guarded("+86 138-0013-8000", Guard::Others), "+86 138-0013-8000");
        assert_eq!(guarded("-1+cmd|' /C calc'!A0", Guard::Others), "'-1+cmd|' /C calc'!A0");
        assert_eq!(guarded("=1", Guard::Typed), "=1");
        assert_eq!(guarded("'s-Hertogenbosch", Guard::Own), "'s-Hertogenbosch");
    }

    proptest! {
        #[test]
        fn what_is_guarded_comes_back(text in "['=+@\\-a＝\t ]{0,6}") {
            for guard in [Guard::Own, Guard::Typed] {
                let written = guarded(&text, guard);
                prop_assert_eq!(unguarded(&written), text.as_str());
            }
            prop_assert!(!begins_formula(&guarded(&text, Guard::Own)));
        }
    }
}
