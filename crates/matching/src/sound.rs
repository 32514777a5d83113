//! How a name sounds: pinyin without tones, and what is confused by ear.

use pinyin::ToPinyin;
use std::collections::HashSet;
use std::sync::LazyLock;

/// A syllable in at most eight ASCII letters, packed: compared as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct Sound(u64);

impl Sound {
    /// The syllable of these letters; what is beyond eight is left out (no syllable of pinyin has more than six).
    pub fn of(letters: &str) -> Self {
        Self(letters.bytes().take(8).fold(0, |packed, b| packed << 8 | u64::from(b)))
    }
    /// The letters.
    pub fn letters(self) -> String {
        self.0.to_be_bytes().iter().filter(|b| **b != 0).map(|b| char::from(*b)).collect()
    }
    /// What it is taken for by ear in the south-west and on the telephone: n and l, zh and z, an and ang, in and ing … become one.
    pub fn near(self) -> Self {
        Self::of(&blur(&self.letters()))
    }
    /// True if there is no sound.
    pub fn is_silent(self) -> bool {
        self.0 == 0
    }
}

/// Surnames that are read otherwise than the same character elsewhere.
const SURNAME_READINGS: [(char, &str); 17] = [
    ('单', "shan"),
    ('曾', "zeng"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('区', "ou"),
    ('查', "zha"),
    ('任', "ren"),
    ('朴', "piao"),
    ('覃', "qin"),
    ('翟', "zhai"),
    ('盖', "ge"),
    ('缪', "miao"),
    ('乐', "yue"),
    ('折', "she"),
    ('种', "chong"),
    ('尉', "wei"),
    ('晁', "chao"),
];

/// Every syllable that some character of the basic block is read with.
static SYLLABLES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    ('\u{4E00}'..='\u{9FFF}')
        .filter_map(|c| c.to_pinyin().map(|p| letters(p.plain())))
        .filter(|s| s.contains(['a', 'e', 'i', 'o', 'u', 'v']))
        .collect()
});

/// ü is written v, as on a keyboard.
fn letters(plain: &str) -> String {
    plain.replace('ü', "v").chars().filter(char::is_ascii_lowercase).collect()
}

/// The sound of a character in a given name; silent if it has none.
pub(crate) fn given(c: char) -> Sound {
    c.to_pinyin().map_or(Sound::default(), |p| Sound::of(&letters(p.plain())))
}

/// The sound of a character in a surname.
pub(crate) fn surname(c: char) -> Sound {
    SURNAME_READINGS.iter().find(|(s, _)| *s == c).map_or_else(|| given(c), |(_, reading)| Sound::of(reading))
}

fn blur(syllable: &str) -> String {
    let s = syllable.replace('v', "u");
    let (initial, rest) = match s.as_str() {
        s if s.starts_with("zh") => ("z", &s[2..]),
        s if s.starts_with("ch") => ("c", &s[2..]),
        s if s.starts_with("sh") => ("s", &s[2..]),
        s if s.starts_with('n') => ("l", &s[1..]),
        "hu" => ("f", "u"),
        s => ("", s),
    };
    let folded = [("iang", "iang"), ("ong", "ong"), ("ang", "an"), ("eng", "en"), ("ing", "in")];
    let rest = match folded.iter().find(|(from, _)| rest.ends_with(from)) {
        Some((from, to)) => format!("{}{to}", &rest[..rest.len() - from.len()]),
        None => rest.to_owned(),
    };
    format!("{initial}{rest}")
}

/// The word cut into syllables of pinyin, if it is made of nothing else: as few as possible, so that `xian` is one.
pub(crate) fn syllables(word: &str) -> Option<Vec<Sound>> {
    if !word.is_ascii() || word.len() > 30 {
        return None;
    }
    // ü on passports is yu, on keyboards v.
    let word = word.replace("lyu", "lv").replace("nyu", "nv");
    let mut fewest: Vec<Option<(usize, usize)>> = vec![None; word.len() + 1];
    fewest[0] = Some((0, 0));
    for end in 1..=word.len() {
        for start in end.saturating_sub(6)..end {
            if let Some((n, _)) = fewest[start]
                && fewest[end].is_none_or(|(m, _)| n + 1 < m)
                && SYLLABLES.contains(&word[start..end])
            {
                fewest[end] = Some((n + 1, start));
            }
        }
    }
    let (mut out, mut end) = (Vec::new(), word.len());
    while end > 0 {
        let (_, start) = fewest[end]?;
        out.push(Sound::of(&word[start..end]));
        end = start;
    }
    out.reverse();
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confusions_of_the_ear() {
        let near = |s: &str| Sound::of(s).near().letters();
        for (a, b) in [("nan", "lan"), ("zhang", "zang"), ("shi", "si"), ("ling", "lin"), ("chen", "cheng"), ("lv", "nv"), ("hu", "fu")] {
            assert_eq!(near(a), near(b), "{a} {b}");
        }
        for (a, b) in [("wei", "wen"), ("jian", "jiang"), ("hong", "heng"), ("li", "lv")] {
            assert_ne!(near(a), near(b), "{a} {b}");
        }
    }

    #[test]
    fn words_are_cut_into_syllables() {
        let cut = |w| syllables(w).map(|s| s.into_iter().map(Sound::letters).collect::<Vec<_>>());
        assert_eq!(cut("zhangwei").unwrap(), ["zhang", "wei"]);
        assert_eq!(cut("lyu").unwrap(), ["lv"]);
        assert_eq!(cut("xian").unwrap(), ["xian"]);
        assert_eq!(cut("smith"), None);
        assert_eq!(cut(""), None);
    }

    #[test]
    fn surnames_have_their_own_readings() {
        assert_eq!(surname('单').letters(), "shan");
        assert_eq!(given('吕').letters(), "lv");
        assert!(given('a').is_silent());
    }
}
