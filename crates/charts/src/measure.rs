//! How wide text is. A viewer may set an SVG in another font; these are the widths of the one that is carried, and the others are no wider.

/// Widths of the characters from space to ~, in thousandths of the size: Noto Sans SC Regular 2.004.
const ASCII: [u16; 95] = [
    224, 323, 474, 555, 555, 921, 680, 278, 338, 338, 467, 555, 278, 347, 278, 392, 555, 555, 555, 555, 555, 555, 555, 555, 555, 555, 278,
    278, 555, 555, 555, 474, 946, 608, 657, 638, 688, 589, 552, 689, 728, 293, 535, 646, 543, 812, 723, 742, 633, 742, 635, 596, 599, 721,
    575, 878, 573, 531, 603, 338, 392, 338, 555, 559, 606, 563, 618, 510, 620, 554, 325, 564, 607, 275, 275, 552, 284, 926, 610, 606, 620,
    620, 388, 468, 377, 607, 521, 802, 498, 521, 475, 338, 270, 338, 555,
];

fn of(c: char) -> f64 {
    match c {
        ' '..='~' => f64::from(ASCII[c as usize - 32]) / 1000.0,
        '–' => 0.536,
        // Latin with accents, Greek, Cyrillic: as wide as the widest letters that are common.
        '\u{A0}'..='\u{4FF}' if !matches!(c, '±' | '×' | '·') => 0.65,
        _ => 1.0,
    }
}

/// Width of a text in one line.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(of).sum::<f64>() * size
}

/// The text, or as much of its beginning as there is room for, and an ellipsis.
pub(crate) fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut left = room - width("…", size);
    let kept: String = text
        .chars()
        .take_while(|c| {
            left -= of(*c) * size;
            left >= 0.0
        })
        .collect();
    format!("{}…", kept.trim_end())
}

/// Characters that no line begins with.
const NEVER_FIRST: &str = "，。、；：！？）》」』】”’…,.;:!?)]%";

/// Lines of a text, at most so many; the last one is cut if there is more. Breaks are at spaces and beside Chinese characters.
pub(crate) fn lines(text: &str, size: f64, room: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if width(rest, size) <= room || lines.len() + 1 >= most {
            lines.push(fit(rest, size, room));
            break;
        }
        let at = break_at(rest, size, room);
        lines.push(rest[..at].trim_end().to_owned());
        rest = rest[at..].trim_start();
    }
    lines
}

/// Where the first line of a text that is too long ends: at the last place that allows it, or in the midst of a word that fills the line.
fn break_at(text: &str, size: f64, room: f64) -> usize {
    let (mut used, mut allowed, mut before) = (0.0, None, ' ');
    for (at, c) in text.char_indices() {
        let wide = |c: char| c as u32 >= 0x2E80;
        if at > 0 && (c == ' ' || before == ' ' || wide(c) || wide(before)) && !NEVER_FIRST.contains(c) {
            allowed = Some(at);
        }
        used += of(c) * size;
        if used > room && at > 0 {
            return allowed.unwrap_or(at);
        }
        before = c;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;

    #[test]
    fn text_is_cut_to_its_room() {
        assert_eq!(fit("abc", 10.0, 100.0), "abc");
        let cut = fit("沙坪坝区大学城中路", 10.0, 50.0);
        assert_eq!(cut, "沙坪坝区…");
        assert!(width(&cut, 10.0) <= 50.0);
    }
    #[test]
    fn lines_break_at_words_and_before_no_comma() {
        assert_eq!(lines("one two three", 10.0, 45.0, 3), ["one two", "three"]);
        assert_eq!(lines("每日病例，含无症状", 10.0, 40.0, 5), ["每日病", "例，含无", "症状"]);
        assert_eq!(lines("a very long text indeed", 10.0, 60.0, 2).len(), 2);
    }
    #[test]
    fn a_word_longer_than_the_line_is_cut() {
        let all = lines(&"x".repeat(50), 10.0, 60.0, 20);
        assert!(all.len() > 3 && all.iter().all(|l| width(l, 10.0) <= 60.0), "{all:?}");
    }
}
