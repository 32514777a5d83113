//! A name made ready for comparison.

mod compare;
mod letters;

pub(crate) use compare::compare;

use crate::fold;
use crate::frequency::{COMPOUND_SURNAMES, Cost, Frequencies};
use crate::sound::{self, Sound};

/// The character that stands for a hidden one.
const HIDDEN: char = '某';
/// What newborns are entered under until they have a name: 张丽之子, 张丽之长女, baby of Zhang Li.
const CHILD: [char; 4] = ['子', '女', '婴', '儿'];
const CHILD_MARKS: [char; 12] = ['长', '次', '大', '小', '一', '二', '三', '甲', '乙', '幼', '男', '女'];
const BABY_OF: [&str; 5] = ["baby of ", "baby boy of ", "baby girl of ", "baby boy ", "baby girl "];

/// One character of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Glyph {
    pub c: char,
    pub sound: Sound,
    pub near: Sound,
    pub alike: &'static [char],
    pub cost: Cost,
}

/// One word of a name in letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Word {
    pub text: String,
    pub cost: i32,
    pub pinyin: bool,
}

/// A newborn without a name of its own, and how it is told from its twin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Newborn(pub Option<char>);

/// How a name sounds, in letters without spaces: exactly, and to an inattentive ear.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Spelling {
    pub exact: String,
    pub near: String,
}

/// A name made ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// As folded; names are put in this order before they are compared, so that the answer does not depend on who is asked of whom.
    pub text: String,
    /// The characters; none of a name in letters.
    pub glyphs: Vec<Glyph>,
    /// How many of them are the surname.
    pub surname: usize,
    /// What the given name costs less as a whole than by its characters.
    pub less_as_a_whole: i32,
    /// The words of a name in letters.
    pub words: Vec<Word>,
    /// Of a name in letters; of one in characters it is made when it meets one in letters, which is seldom.
    pub spelling: Spelling,
    pub newborn: Option<Newborn>,
}

impl Name {
    pub fn of(written: &str, frequencies: &Frequencies) -> Self {
        let folded = fold::fold(written);
        let mut name = Self {
            text: String::new(),
            glyphs: Vec::new(),
            surname: 0,
            less_as_a_whole: 0,
            words: Vec::new(),
            spelling: Spelling::default(),
            newborn: None,
        };
        let characters: Vec<char> = folded.chars().filter(|c| fold::is_han(*c)).collect();
        let letters = folded.chars().any(|c| c.is_alphabetic() && !fold::is_han(c));
        if characters.len() >= 2 || (!characters.is_empty() && !letters) {
            name.in_characters(characters, folded.trim().contains(' ') && !letters, frequencies);
        } else {
            name.in_letters(&folded, frequencies);
        }
        name
    }

    fn in_characters(&mut self, mut characters: Vec<char>, spaced: bool, frequencies: &Frequencies) {
        self.newborn = newborn(&mut characters);
        self.text = characters.iter().collect();
        // Names of four and more with a dot or a space between their parts (阿不都·热合曼) have no surname.
        let foreign = characters.len() > 4 || (spaced && characters.len() == 4);
        self.surname = match characters.len() {
            _ if foreign => 0,
            3.. if COMPOUND_SURNAMES.iter().any(|s| self.text.starts_with(s)) => 2,
            _ => 1,
        };
        for (i, c) in characters.into_iter().enumerate() {
            let (sound, cost) = if i < self.surname {
                let sound = sound::surname(c);
                (sound, frequencies.surname(c, sound))
            } else {
                let sound = sound::given(c);
                let alone = frequencies.given(c, sound);
                let repeats = i > self.surname && self.glyphs[i - 1].c == c;
                (sound, if repeats { Frequencies::repeated(alone) } else { alone })
            };
            let hidden = c == HIDDEN;
            self.glyphs.push(Glyph {
                c,
                sound,
                near: sound.near(),
                alike: fold::look_alikes(c),
                cost: if hidden { Cost::default() } else { cost },
            });
        }
        let given = &self.glyphs[self.surname..];
        let by_character: i32 = given.iter().map(|g| g.cost.same).sum();
        let whole = frequencies.whole(&given.iter().map(|g| g.c).collect::<String>());
        self.less_as_a_whole = whole.map_or(0, |whole| (by_character - whole).max(0));
    }

    /// How the characters are spelt: surname first, and given name first.
    fn spellings(&self) -> [Spelling; 2] {
        let (surname, given) = self.glyphs.split_at(self.surname);
        [[surname, given], [given, surname]].map(|parts| {
            let spell = |sound: fn(&Glyph) -> Sound| parts.iter().flat_map(|part| part.iter()).map(|g| sound(g).letters()).collect();
            Spelling { exact: spell(|g| g.sound), near: spell(|g| g.near) }
        })
    }

    fn in_letters(&mut self, folded: &str, frequencies: &Frequencies) {
        let mut folded = folded.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(parent) = BABY_OF.iter().find_map(|of| folded.strip_prefix(of)) {
            self.newborn = Some(Newborn(None));
            folded = parent.to_owned();
        }
        let spelt: String = folded.chars().map(|c| if fold::is_han(c) { sound::given(c).letters() } else { c.to_string() }).collect();
        let (mut exact, mut near) = (String::new(), String::new());
        for text in spelt.split(' ').filter(|w| !w.is_empty()) {
            let syllables = sound::syllables(text);
            // As on a keyboard, so that lü of characters and lyu of a passport meet.
            let text = syllables.as_ref().map_or_else(|| text.to_owned(), |all| all.iter().map(|s| s.letters()).collect());
            exact.push_str(&text);
            match &syllables {
                Some(all) => all.iter().for_each(|s| near.push_str(&s.near().letters())),
                None => near.push_str(&text),
            }
            self.words.push(Word { cost: frequencies.word(syllables.as_deref()), pinyin: syllables.is_some(), text });
        }
        self.text = folded;
        self.spelling = Spelling { exact, near };
    }

    /// True if nothing can be said of it.
    pub fn is_empty(&self) -> bool {
        self.glyphs.is_empty() && self.words.is_empty()
    }

    /// How it sounds to an inattentive ear, whatever the script and the order: for blocking.
    pub fn sound_key(&self) -> String {
        let mut parts: Vec<String> = if self.glyphs.is_empty() {
            self.words.iter().flat_map(|w| letters::sounds(&w.text)).collect()
        } else {
            self.glyphs.iter().map(|g| if g.near.is_silent() { g.c.to_string() } else { g.near.letters() }).collect()
        };
        parts.sort_unstable();
        parts.join(" ")
    }
}

/// Takes 之子, 之长女 … off the parent's name.
fn newborn(characters: &mut Vec<char>) -> Option<Newborn> {
    let of = characters.iter().rposition(|c| *c == '之').filter(|at| *at >= 2)?;
    let found = match characters[of + 1..] {
        [child] if CHILD.contains(&child) => Newborn(None),
        [mark, child] if CHILD_MARKS.contains(&mark) && CHILD.contains(&child) => Newborn(Some(mark)),
        _ => return None,
    };
    characters.truncate(of);
    Some(found)
}
