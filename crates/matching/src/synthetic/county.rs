//! Households of a county, with the people who are hard to tell apart.

use super::names::Names;
use crate::{Particulars, Sex};
use quell_foundation::{Day, Hash, PlaceId, Stream};

/// A county. Of its people some are recorded twice.
#[derive(Debug, Clone)]
pub struct County {
    /// People.
    pub people: usize,
    /// Of them, this share have a second record.
    pub second_records: f64,
    /// People of a community or village (Wushan: 462,462 in 340).
    pub community: usize,
    /// Communities of a township (Wushan: 340 in 26).
    pub communities_of_township: usize,
    /// Of communities, this share are the village of a clan, and of their households this share bear its surname. Assumption.
    pub clan: (f64, f64),
    /// Of households, shares with 1, 2 … 6 people (seventh census, 2020: 25.4, 29.7, 21.0 %; the rest divided by assumption).
    pub sizes: [f64; 6],
    /// Of the born, this many are twins, before 2005 and after (Twin Res Hum Genet 16, 2013, 608; PLoS ONE 14, 2019, e0209962).
    pub twins: (f64, f64),
    /// Siblings of one sex that have a character in common. Assumption.
    pub generation_names: f64,
    /// Twins that have a character in common. Assumption.
    pub twin_names: f64,
    /// Sons who have a character of their father's name. Assumption.
    pub fathers_character: f64,
    /// Hard by design: people whose name is copied from another of nearly their age, beyond chance. Assumption.
    pub namesakes: f64,
    /// Adults without a telephone of their own, who give the household's. Assumption.
    pub no_own_phone: f64,
    /// The day of the count.
    pub today: Day,
}

impl County {
    /// A county like Wushan, of this many people.
    pub fn of(people: usize) -> Self {
        Self {
            people,
            second_records: 0.1,
            community: 1_360,
            communities_of_township: 13,
            clan: (0.5, 0.35),
            sizes: [0.254, 0.297, 0.210, 0.130, 0.070, 0.039],
            twins: (0.0065, 0.0188),
            generation_names: 0.3,
            twin_names: 0.45,
            fathers_character: 0.03,
            namesakes: 0.004,
            no_own_phone: 0.12,
            today: Day(19_322),
        }
    }

    /// The place of a community, from 0.
    pub(super) fn place(&self, community: usize) -> String {
        let township = 101 + community / self.communities_of_township;
        format!("50.500237.{township}.{:03}", 1 + community % self.communities_of_township)
    }

    /// How many communities there are.
    pub(super) fn communities(&self) -> usize {
        (self.people / self.community).max(1)
    }

    /// Everyone, as they are in truth.
    pub(super) fn people(&self, seed: u64) -> Vec<Particulars> {
        let mut build =
            Build { county: self, names: Names::new(), stream: Stream::named(seed, "county"), people: Vec::with_capacity(self.people + 8) };
        for community in 0..self.communities() {
            let end = self.people * (community + 1) / self.communities();
            build.community(community, end);
        }
        build.namesakes();
        build.people
    }
}

struct Build<'a> {
    county: &'a County,
    names: Names,
    stream: Stream,
    people: Vec<Particulars>,
}

/// What the members of a household have in common.
struct Household {
    surname: String,
    home: PlaceId,
    phone: String,
}

impl Build<'_> {
    fn community(&mut self, community: usize, end: usize) {
        let clan = self.stream.chance(self.county.clan.0).then(|| self.names.surname(&mut self.stream));
        let mut number = 0;
        while self.people.len() < end {
            let of_clan = clan.as_ref().filter(|_| self.stream.chance(self.county.clan.1));
            let surname = of_clan.cloned().unwrap_or_else(|| self.names.surname(&mut self.stream));
            let path = format!("{}.g{}.b{}.u{}.{:04}", self.county.place(community), number / 50, number / 12, number / 6, number);
            let Ok(home) = PlaceId::new(path) else { return };
            let phone = self.phone();
            self.household(&Household { surname, home, phone });
            number += 1;
        }
    }

    fn phone(&mut self) -> String {
        let prefix = self.stream.pick(&["130", "135", "136", "138", "139", "150", "158", "177", "181", "183", "187", "189", "199"]);
        format!("{}{:08}", prefix.unwrap_or(&"138"), self.stream.below(100_000_000))
    }

    fn household(&mut self, of: &Household) {
        let size = 1 + self.stream.weighted(&self.county.sizes).unwrap_or(0);
        let year = self.stream.between(1938, 1998) as i32;
        let head_sex = if self.stream.chance(0.8) { Sex::Male } else { Sex::Female };
        let (head, _) = self.person(of, &of.surname.clone(), head_sex, year, None);
        if size >= 2 {
            let surname = self.names.surname(&mut self.stream);
            let other = if head_sex == Sex::Male { Sex::Female } else { Sex::Male };
            let married = year + self.stream.between(-5, 5) as i32;
            self.person(of, &surname, other, married, None);
        }
        let mut room = size.saturating_sub(2);
        if room >= 3 && self.stream.chance(0.6) {
            let grandparent = year - self.stream.between(20, 32) as i32;
            self.person(of, &of.surname.clone(), Sex::Male, grandparent, None);
            room -= 1;
        }
        self.children(of, room, year, head);
    }

    fn children(&mut self, of: &Household, room: usize, year: i32, head: char) {
        let generation = self.stream.chance(self.county.generation_names);
        let mut shared = None;
        for _ in 0..room {
            let born = year + self.stream.between(20, 36) as i32;
            if born > 2022 {
                continue;
            }
            let sex = self.sex();
            let first = shared.filter(|_| generation).or_else(|| self.stream.chance(self.county.fathers_character).then_some(head));
            let (character, day) = self.person(of, &of.surname.clone(), sex, born, first);
            shared = Some(character);
            let rate = if born < 2005 { self.county.twins.0 } else { self.county.twins.1 };
            if self.stream.chance(rate) {
                self.twin(of, born, day, character);
            }
        }
    }

    fn sex(&mut self) -> Sex {
        if self.stream.chance(0.51) { Sex::Male } else { Sex::Female }
    }

    fn twin(&mut self, of: &Household, year: i32, day: Option<Day>, character: char) {
        let like = self.stream.chance(0.66);
        let last = self.people.last().and_then(|p| p.sex);
        let sex = last.filter(|_| like).unwrap_or_else(|| self.sex());
        let first = self.stream.chance(self.county.twin_names).then_some(character);
        self.person(of, &of.surname.clone(), sex, year, first);
        if let Some(twin) = self.people.last_mut() {
            twin.born = day;
        }
    }

    /// Adds one, and gives the first character of its given name and its date of birth.
    fn person(&mut self, of: &Household, surname: &str, sex: Sex, year: i32, first: Option<char>) -> (char, Option<Day>) {
        let given = self.names.given(&mut self.stream, sex, year, first);
        let first_of_year = Day((f64::from(year - 1970) * 365.2425).ceil() as i32);
        let born = Day((first_of_year.0 + self.stream.below(365) as i32).min(self.county.today.0 - 1));
        let age = 2022 - year;
        let own = age >= 14 && !self.stream.chance(if age > 75 { 0.5 } else { self.county.no_own_phone });
        let phone = if own { self.phone() } else { of.phone.clone() };
        let number = self.people.len() as u64;
        self.people.push(Particulars {
            name: format!("{surname}{given}"),
            sex: Some(sex),
            born: Some(born),
            identity: Some(Hash::of_parts(&[b"identity", &number.to_be_bytes()])),
            phones: vec![phone],
            home: Some(of.home.clone()),
        });
        (given.chars().next().unwrap_or('明'), Some(born))
    }

    /// Some get the name, and nearly the date of birth, of another.
    fn namesakes(&mut self) {
        let count = (self.people.len() as f64 * self.county.namesakes) as usize;
        for _ in 0..count {
            let (a, b) = (self.stream.below(self.people.len() as u64) as usize, self.stream.below(self.people.len() as u64) as usize);
            if self.people[a].name == self.people[b].name || a == b {
                continue;
            }
            let (name, sex, born) = (self.people[a].name.clone(), self.people[a].sex, self.people[a].born);
            let apart = self.stream.between(-300, 300) as i32;
            let person = &mut self.people[b];
            (person.name, person.sex) = (name, sex);
            person.born = born.map(|b| Day((b.0 + apart).min(self.county.today.0 - 1)));
        }
    }
}
