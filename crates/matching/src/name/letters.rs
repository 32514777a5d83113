//! Names in letters: word against word, and letters against characters.

use super::compare::Outcome;
use super::{Name, Word};
use crate::reason::Why;
use crate::sound;
use crate::weights::{cost, name as m};
use strsim::jaro_winkler;

/// Two names in letters.
pub(super) fn compare(a: &Name, b: &Name) -> Outcome {
    let (short, long) = if a.words.len() <= b.words.len() { (a, b) } else { (b, a) };
    let all: i32 = short.words.iter().map(|w| w.cost).sum();
    if a.spelling.exact == b.spelling.exact {
        return Outcome::new(Why::NameSame, m::SAME, 0, all);
    }
    let pairs = pair(&short.words, &long.words);
    let met: i32 = pairs.iter().flatten().map(|p| p.cost).sum();
    let missing = pairs.iter().filter(|p| p.is_none()).count();
    let slips = pairs.iter().flatten().filter(|p| p.slip).count();
    match (missing, slips, long.words.len() - short.words.len()) {
        (0, 0, 0) => Outcome::new(Why::NameOrder, m::SAME, 0, met),
        (0, 0, _) => Outcome::new(Why::NameMissing, m::MISSING, 0, met),
        (0, _, _) => Outcome::new(Why::NameSlip, m::SLIP, 0, met),
        _ if met > 0 => partly(short, long, &pairs, met),
        _ if jaro_winkler(&a.spelling.exact, &b.spelling.exact) >= m::CLOSE => Outcome::new(Why::NameSlip, m::SLIP, 0, all / 2),
        _ => Outcome::new(Why::NameDiffers, m::DIFFERS, 0, 0),
    }
}

/// Some words meet and some do not: is it the surname that differs? In pinyin it is the first word, elsewhere the last.
fn partly(short: &Name, long: &Name, pairs: &[Option<Met>], met: i32) -> Outcome {
    let pinyin = short.words.iter().chain(&long.words).all(|w| w.pinyin);
    let first = pairs.first().is_some_and(Option::is_some);
    if first == pinyin {
        Outcome::new(Why::GivenDiffers, m::GIVEN_DIFFERS, met, 0)
    } else {
        Outcome::new(Why::SurnameDiffers, m::SURNAME_DIFFERS, 0, met)
    }
}

/// How a word of one name is met in the other.
#[derive(Clone, Copy)]
struct Met {
    cost: i32,
    slip: bool,
}

fn pair(short: &[Word], long: &[Word]) -> Vec<Option<Met>> {
    let mut taken = vec![false; long.len()];
    let mut pairs: Vec<Option<Met>> = vec![None; short.len()];
    // The surest first, so that a near word does not take the place of the same one.
    for how in [same, initial, slip] {
        for (i, word) in short.iter().enumerate() {
            if pairs[i].is_none()
                && let Some((at, met)) = (0..long.len()).filter(|at| !taken[*at]).find_map(|at| Some((at, how(word, &long[at])?)))
            {
                taken[at] = true;
                pairs[i] = Some(met);
            }
        }
    }
    pairs
}

fn same(a: &Word, b: &Word) -> Option<Met> {
    (a.text == b.text).then_some(Met { cost: a.cost, slip: false })
}

/// `J.` for `John` says as much as one letter does.
fn initial(a: &Word, b: &Word) -> Option<Met> {
    let (short, long) = if a.text.len() <= b.text.len() { (a, b) } else { (b, a) };
    (short.text.chars().count() == 1 && long.text.starts_with(&short.text)).then(|| Met { cost: cost(0.1), slip: true })
}

fn slip(a: &Word, b: &Word) -> Option<Met> {
    let long_enough = a.text.chars().count().min(b.text.chars().count()) >= 4;
    (long_enough && jaro_winkler(&a.text, &b.text) >= m::CLOSE).then(|| Met { cost: a.cost.min(b.cost) - 200, slip: true })
}

/// Letters against characters.
pub(super) fn spelt(characters: &Name, letters: &Name) -> Outcome {
    let (surname, given) = characters.glyphs.split_at(characters.surname);
    let costs = |of: fn(&crate::frequency::Cost) -> i32| {
        let sum = |glyphs: &[super::Glyph]| glyphs.iter().map(|g| of(&g.cost)).sum();
        (sum(surname), sum(given))
    };
    let (exact, near) = (&letters.spelling.exact, &letters.spelling.near);
    let spellings = characters.spellings();
    if spellings.iter().any(|s| s.exact == *exact) {
        let (surname, given) = costs(|c| c.sound);
        Outcome::new(Why::NameSpelt, m::SPELT, surname, given)
    } else if spellings.iter().any(|s| s.near == *near || jaro_winkler(&s.exact, exact) >= m::SPELT_CLOSE) {
        let (surname, given) = costs(|c| c.near);
        Outcome::new(Why::NameNearlySpelt, m::NEARLY_SPELT, surname, given)
    } else {
        Outcome::new(Why::NameDiffers, m::NOT_SPELT, 0, 0)
    }
}

/// For blocking: syllables as they nearly sound, or the consonants of a word that is no pinyin.
pub(super) fn sounds(word: &str) -> Vec<String> {
    if let Some(syllables) = sound::syllables(word) {
        return syllables.into_iter().map(|s| s.near().letters()).collect();
    }
    let mut out = String::new();
    for c in word.chars() {
        let vowel = matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h');
        if out.is_empty() || (!vowel && !out.ends_with(c)) {
            out.push(c);
        }
    }
    vec![out]
}
