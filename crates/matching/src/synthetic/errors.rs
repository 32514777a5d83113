//! How a second record comes to differ from the first.

use super::county::County;
use super::names::Names;
use crate::{Particulars, Sex, fold, sound};
use quell_foundation::{Day, Hash, PlaceId, Stream};

/// How often what is missing or wrong in a second record; each a probability. Just et al. (Perspectives in Health Information
/// Management 13, 2016) found in 398,939 pairs of duplicates that misspelt and swapped names, numbers left out and dates off by a digit are
/// the kinds that occur; no count of Chinese registers is known to the authors, so every rate is an assumption.
#[derive(Debug, Clone, Copy)]
pub struct Errors {
    /// No identity number (a contact named on the telephone).
    pub no_identity: f64,
    /// Another's or a mistyped number whose check digit fits.
    pub wrong_identity: f64,
    /// No sex.
    pub no_sex: f64,
    /// The other sex.
    pub wrong_sex: f64,
    /// A character of the same sound (input by pinyin).
    pub sounds: f64,
    /// A character of nearly the same sound (heard in dialect).
    pub near: f64,
    /// A character of nearly the same shape (read from paper).
    pub looks: f64,
    /// Quite another character.
    pub other_character: f64,
    /// One character is missing.
    pub missing_character: f64,
    /// Two characters are swapped.
    pub swapped_characters: f64,
    /// Traditional characters.
    pub traditional: f64,
    /// Pinyin in place of characters.
    pub pinyin: f64,
    /// Spaces within or around.
    pub spaces: f64,
    /// A remark in brackets.
    pub remark: f64,
    /// A part of the name hidden (张某).
    pub hidden: f64,
    /// Another surname (marriage, adoption).
    pub other_surname: f64,
    /// Infants entered under a parent's name.
    pub newborn: f64,
    /// No date of birth.
    pub no_born: f64,
    /// One digit of the date wrong.
    pub digit: f64,
    /// Day and month swapped, where both are possible.
    pub day_month: f64,
    /// The year only.
    pub year_only: f64,
    /// A year counted back from an age, so off by one.
    pub from_age: f64,
    /// The date of the lunar calendar.
    pub lunar: f64,
    /// Quite another date.
    pub other_date: f64,
    /// No telephone.
    pub no_phone: f64,
    /// A new number.
    pub other_phone: f64,
    /// One digit wrong.
    pub phone_digit: f64,
    /// The number of another person, unrelated: an employer, a hotel.
    pub shared_phone: f64,
    /// No home.
    pub no_home: f64,
    /// The community only.
    pub community_only: f64,
    /// Moved to another community.
    pub moved: f64,
    /// Another house of the same community.
    pub other_house: f64,
}

impl Errors {
    /// The model that the weights were chosen on.
    pub fn usual() -> Self {
        Self {
            no_identity: 0.45,
            wrong_identity: 0.004,
            no_sex: 0.05,
            wrong_sex: 0.01,
            sounds: 0.035,
            near: 0.012,
            looks: 0.010,
            other_character: 0.005,
            missing_character: 0.006,
            swapped_characters: 0.003,
            traditional: 0.02,
            pinyin: 0.01,
            spaces: 0.03,
            remark: 0.01,
            hidden: 0.003,
            other_surname: 0.001,
            newborn: 0.5,
            no_born: 0.08,
            digit: 0.03,
            day_month: 0.005,
            year_only: 0.02,
            from_age: 0.01,
            lunar: 0.01,
            other_date: 0.005,
            no_phone: 0.12,
            other_phone: 0.12,
            phone_digit: 0.02,
            shared_phone: 0.01,
            no_home: 0.15,
            community_only: 0.5,
            moved: 0.08,
            other_house: 0.04,
        }
    }
    /// The same, but no second record has an identity number.
    pub fn without_numbers() -> Self {
        Self { no_identity: 1.0, ..Self::usual() }
    }
    /// Another model: the same kinds at other rates, as of lists taken down on the telephone in dialect by strangers.
    pub fn by_telephone() -> Self {
        Self {
            no_identity: 0.75,
            sounds: 0.10,
            near: 0.05,
            looks: 0.0,
            other_character: 0.01,
            traditional: 0.0,
            pinyin: 0.0,
            spaces: 0.0,
            no_born: 0.05,
            digit: 0.04,
            year_only: 0.06,
            from_age: 0.03,
            lunar: 0.03,
            other_date: 0.01,
            no_phone: 0.03,
            other_phone: 0.06,
            no_home: 0.10,
            community_only: 0.7,
            ..Self::usual()
        }
    }
    /// A third: lists copied from paper and from passports, with few telephones.
    pub fn from_paper() -> Self {
        Self {
            no_identity: 0.30,
            sounds: 0.01,
            near: 0.0,
            looks: 0.05,
            other_character: 0.015,
            missing_character: 0.015,
            traditional: 0.10,
            pinyin: 0.05,
            spaces: 0.15,
            day_month: 0.02,
            digit: 0.05,
            no_born: 0.04,
            no_phone: 0.35,
            phone_digit: 0.04,
            no_home: 0.10,
            ..Self::usual()
        }
    }
}

/// What the first record, the register's, leaves out. Assumptions.
const REGISTERED: [f64; 3] = [0.03, 0.15, 0.05];

/// Makes records of people.
pub(super) struct Distort<'a> {
    errors: Errors,
    county: &'a County,
    names: Names,
    stream: Stream,
}

impl<'a> Distort<'a> {
    pub fn new(errors: &Errors, county: &'a County, seed: u64) -> Self {
        Self { errors: *errors, county, names: Names::new(), stream: Stream::named(seed, "errors") }
    }

    /// The first record: right, but not whole.
    pub fn registered(&mut self, person: &Particulars) -> Particulars {
        let mut record = person.clone();
        let [no_identity, no_phone, coarse] = REGISTERED;
        if self.stream.chance(no_identity) {
            record.identity = None;
        }
        if self.stream.chance(no_phone) {
            record.phones.clear();
        }
        if self.stream.chance(coarse) {
            record.home = record.home.map(|home| home.at_depth(4));
        }
        record
    }

    /// The second.
    pub fn again(&mut self, person: &Particulars, all: &[Particulars]) -> Particulars {
        let e = self.errors;
        let mut record = person.clone();
        record.identity = match (self.stream.chance(e.no_identity), self.stream.chance(e.wrong_identity)) {
            (true, _) => None,
            (_, true) => Some(Hash::of_parts(&[b"wrong", &self.stream.below(u64::MAX).to_be_bytes()])),
            _ => record.identity,
        };
        if self.stream.chance(e.wrong_sex) {
            record.sex = record.sex.map(|s| if s == Sex::Male { Sex::Female } else { Sex::Male });
        }
        if self.stream.chance(e.no_sex) {
            record.sex = None;
        }
        record.name = self.name(person, all);
        record.born = person.born.and_then(|born| self.born(born));
        record.phones = self.phone(person, all);
        record.home = self.home(person);
        record
    }

    fn name(&mut self, person: &Particulars, all: &[Particulars]) -> String {
        let e = self.errors;
        let infant = person.born.is_some_and(|b| b.0 > self.county.today.0 - 365);
        if infant && self.stream.chance(e.newborn) {
            let parent = all.iter().find(|p| p.home == person.home).map_or("李丽", |p| p.name.as_str());
            return format!("{parent}之{}", if person.sex == Some(Sex::Female) { '女' } else { '子' });
        }
        let mut name: Vec<char> = person.name.chars().collect();
        self.replace(&mut name, e.sounds, |d, c| d.of_sound(sound::given(c).letters()));
        self.replace(&mut name, e.near, |d, c| d.misheard(c));
        self.replace(&mut name, e.looks, |d, c| d.stream.pick(fold::look_alikes(c)).copied());
        self.replace(&mut name, e.other_character, |d, _| Some(d.names.any(&mut d.stream)));
        if self.stream.chance(e.other_surname) {
            let surname = self.names.surname(&mut self.stream);
            name.splice(..1, surname.chars());
        }
        if name.len() > 2 && self.stream.chance(e.missing_character) {
            name.remove(1 + self.stream.below(name.len() as u64 - 1) as usize);
        }
        if name.len() > 2 && self.stream.chance(e.swapped_characters) {
            name.swap(1, 2);
        }
        self.written(name)
    }

    fn replace(&mut self, name: &mut [char], p: f64, with: impl Fn(&mut Self, char) -> Option<char>) {
        if !self.stream.chance(p) {
            return;
        }
        // Given names are misheard and mistyped more often than surnames, which everybody knows.
        let at = if self.stream.chance(0.15) { 0 } else { 1 + self.stream.below(name.len() as u64 - 1) as usize };
        if let Some(c) = with(self, name[at]) {
            name[at] = c;
        }
    }

    /// One of the characters of this sound, the usual ones first as an input method offers them.
    fn of_sound(&mut self, letters: String) -> Option<char> {
        let wanted = sound::Sound::of(&letters);
        (0..200).map(|_| self.names.any(&mut self.stream)).find(|c| sound::given(*c) == wanted)
    }

    /// A syllable confused for another. Some of these confusions the matcher does not know (h and f, r and l, e and o).
    fn misheard(&mut self, c: char) -> Option<char> {
        const SWAPS: [(&str, &str); 12] = [
            ("zh", "z"),
            ("ch", "c"),
            ("sh", "s"),
            ("n", "l"),
            ("l", "n"),
            ("ang", "an"),
            ("eng", "en"),
            ("ing", "in"),
            ("in", "ing"),
            ("en", "eng"),
            ("h", "f"),
            ("r", "l"),
        ];
        let letters = sound::given(c).letters();
        let fitting: Vec<String> = SWAPS
            .iter()
            .filter_map(|(from, to)| {
                let start = letters.strip_prefix(from).map(|rest| format!("{to}{rest}"));
                start.or_else(|| letters.strip_suffix(from).map(|rest| format!("{rest}{to}")))
            })
            .collect();
        let chosen = self.stream.pick(&fitting).cloned()?;
        self.of_sound(chosen)
    }

    /// The way it is written down.
    fn written(&mut self, name: Vec<char>) -> String {
        let e = self.errors;
        if self.stream.chance(e.pinyin) {
            return self.spelt(&name);
        }
        let mut name = name;
        if self.stream.chance(e.traditional) {
            name.iter_mut().for_each(|c| *c = fold::traditional(*c).unwrap_or(*c));
        }
        let mut text: String = name.iter().collect();
        if self.stream.chance(e.hidden) {
            text = format!("{}某", name[0]);
        }
        if self.stream.chance(e.spaces) {
            text = format!(" {}\u{3000}{} ", name[0], name[1..].iter().collect::<String>());
        }
        if self.stream.chance(e.remark) {
            text.push_str("（同住）");
        }
        text
    }

    fn spelt(&mut self, name: &[char]) -> String {
        let surname = sound::surname(name[0]).letters();
        let given: String = name[1..].iter().map(|c| sound::given(*c).letters()).collect();
        match self.stream.below(3) {
            0 => format!("{surname} {given}"),
            1 => format!("{given} {surname}"),
            _ => format!("{surname} {given}").to_uppercase(),
        }
    }

    fn born(&mut self, born: Day) -> Option<Day> {
        let e = self.errors;
        let text = born.to_string();
        let year = |n: i32| format!("{:04}-01-01", text[..4].parse::<i32>().unwrap_or(1980) + n).parse().ok();
        let kinds = [e.no_born, e.digit, e.day_month, e.year_only, e.from_age, e.lunar, e.other_date];
        let mut at = self.stream.unit();
        let kind = kinds.iter().position(|p| {
            at -= p;
            at < 0.0
        });
        match kind {
            None => Some(born),
            Some(0) => None,
            Some(1) => (0..40).find_map(|_| {
                let place = [2, 3, 5, 6, 8, 9, 9, 9][self.stream.below(8) as usize];
                let mut other = text.clone();
                other.replace_range(place..=place, &self.stream.below(10).to_string());
                other.parse().ok().filter(|d: &Day| *d != born && d.0 < self.county.today.0)
            }),
            Some(2) => format!("{}-{}-{}", &text[..4], &text[8..], &text[5..7]).parse().ok().or(Some(born)),
            Some(3) => year(0),
            Some(4) => year([-1, 1][self.stream.below(2) as usize]),
            Some(5) => Some(born.plus(-self.stream.between(20, 50) as i32)),
            _ => Some(Day(self.stream.between(-12_000, 19_000) as i32)),
        }
    }

    fn phone(&mut self, person: &Particulars, all: &[Particulars]) -> Vec<String> {
        let e = self.errors;
        let Some(phone) = person.phones.first() else { return Vec::new() };
        let kinds =
            [1.0 - e.no_phone - e.other_phone - e.phone_digit - e.shared_phone, e.no_phone, e.other_phone, e.phone_digit, e.shared_phone];
        match self.stream.weighted(&kinds) {
            Some(0) => vec![phone.clone()],
            Some(2) => vec![format!("13{:09}", self.stream.below(1_000_000_000))],
            Some(3) => {
                let place = 3 + self.stream.below(8) as usize;
                let mut other = phone.clone();
                other.replace_range(place..=place, &self.stream.below(10).to_string());
                vec![other]
            }
            Some(4) => self.stream.pick(all).map(|other| other.phones.clone()).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    fn home(&mut self, person: &Particulars) -> Option<PlaceId> {
        let e = self.errors;
        let home = person.home.clone()?;
        if self.stream.chance(e.no_home) {
            return None;
        }
        let mut home = home;
        if self.stream.chance(e.moved) {
            let community = self.stream.below(self.county.communities() as u64) as usize;
            home = PlaceId::new(format!("{}.g1.b1.u1.{:04}", self.county.place(community), self.stream.below(500))).ok()?;
        } else if self.stream.chance(e.other_house) {
            home = home.at_depth(4).child(&format!("g{}", self.stream.below(10))).ok()?;
        }
        Some(if self.stream.chance(e.community_only) { home.at_depth(4) } else { home })
    }
}
