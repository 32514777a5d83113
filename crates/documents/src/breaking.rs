//! Where a line may end: Chinese between any two characters, but no line begins with a closing mark or ends with an opening one
//! (避头尾); English between words; a number stays with its unit.

/// Marks that no line begins with.
const CLOSING: &str = "，。、；：？！）》」』】〕〉”’…—·～％‰℃°〗｝］,.;:?!)]}%»";
/// Marks that no line ends with.
const OPENING: &str = "（《「『【〔〈“‘〖｛［([{«￥$¥№#";
/// What a number is followed by without a break.
const UNITS: &str = "年月日时分秒天周岁次号人名例轮个米元";

pub(crate) fn is_closing(c: char) -> bool {
    CLOSING.contains(c)
}

pub(crate) fn is_opening(c: char) -> bool {
    OPENING.contains(c)
}

/// Wide characters, which need no space to be parted.
pub(crate) fn is_wide(c: char) -> bool {
    matches!(u32::from(c), 0x2E80..=0x303E | 0x3041..=0xA4CF | 0xF900..=0xFAFF | 0xFE30..=0xFE4F | 0xFF00..=0xFFEF | 0x20000..=0x3FFFF)
        || "“”‘’…—·".contains(c)
}

/// True if a mark does not forbid to part `a` and `b`, whatever the words are.
pub(crate) fn marks_allow(a: char, b: char) -> bool {
    !is_closing(b) && !is_opening(a)
}

/// True if a line may end after `a` when `b` follows.
pub(crate) fn may_part(a: char, b: char) -> bool {
    let is_number_with_unit = a.is_ascii_digit() && UNITS.contains(b);
    marks_allow(a, b) && !is_number_with_unit && (a == ' ' || is_wide(a) || is_wide(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_parts_anywhere_but_at_marks() {
        assert!(may_part('隔', '离'));
        for closing in "，。、）》”".chars() {
            assert!(!may_part('人', closing), "{closing} at the beginning of a line");
        }
        for opening in "（《“".chars() {
            assert!(!may_part(opening, '人'), "{opening} at the end of a line");
            assert!(may_part('人', opening));
        }
    }

    #[test]
    fn words_and_numbers_stay_whole() {
        assert!(!may_part('a', 'b') && !may_part('2', '0') && !may_part('0', '-') && !may_part('5', '天'));
        assert!(may_part(' ', 'a') && may_part('第', '5') && may_part('人', 'a') && may_part('年', '1'));
    }
}
