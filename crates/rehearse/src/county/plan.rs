//! The divisions of a county or city and how many people live in each community.

use super::{PlaceRow, below};
use crate::kinds::PlaceKind;
use crate::share::apportion;
use quell_foundation::{BookId, PlaceId, Stream};

/// The real divisions of Wushan County; see `data/README.md`.
const WUSHAN_PLACES: &str = include_str!("../../data/wushan-places.csv");

/// English names of Wushan's townships, by code: pinyin and the rank of the division.
const WUSHAN_ENGLISH: [(&str, &str); 26] = [
    ("001", "Gaotang Subdistrict"),
    ("002", "Longmen Subdistrict"),
    ("101", "Miaoyu Town"),
    ("102", "Dachang Town"),
    ("103", "Futian Town"),
    ("104", "Longxi Town"),
    ("105", "Shuanglong Town"),
    ("106", "Guanyang Town"),
    ("107", "Luoping Town"),
    ("108", "Baolong Town"),
    ("109", "Guandu Town"),
    ("110", "Tonggu Town"),
    ("111", "Wuxia Town"),
    ("200", "Hongchun Township"),
    ("207", "Liangping Township"),
    ("208", "Quchi Township"),
    ("210", "Jianping Township"),
    ("211", "Daxi Township"),
    ("214", "Jinping Township"),
    ("216", "Pinghe Township"),
    ("219", "Dangyang Township"),
    ("222", "Zhuxian Township"),
    ("225", "Sanxi Township"),
    ("227", "Peishi Township"),
    ("229", "Duping Township"),
    ("231", "Dengjia Township"),
];

/// Townships of Wushan at the county seat: the two subdistricts and the town around them (巫峡镇).
const WUSHAN_SEAT: [&str; 3] = ["001", "002", "111"];

/// Residents of one township of the made-up city.
const CITY_TOWNSHIP: u32 = 50_000;
/// Communities of one township of the made-up city: about 3,100 people each, as the upper limit of households that
/// residents' committees usually look after.
const CITY_COMMUNITIES: u32 = 16;
/// Of every 10 townships of the made-up city, this many are towns with villages; the rest are subdistricts.
const CITY_TOWNS_OF_TEN: u32 = 2;

/// How people live in a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Character {
    /// Residents' committee of a subdistrict: compounds of storeyed buildings.
    Urban,
    /// Residents' committee of a town or township: its market street.
    TownSeat,
    /// Villagers' committee: groups of houses.
    Village,
}

impl Character {
    /// Mean number of residents relative to a village. An assumption: with these, a village of Wushan has about 900 people and
    /// 41 % live in urban communities and town seats, in the order of the urban share of such counties in 2020. The
    /// census publishes no figures below the township.
    const fn weight(self) -> f64 {
        match self {
            Character::Urban => 7.5,
            Character::TownSeat => 3.5,
            Character::Village => 1.0,
        }
    }
}

/// One community or village.
pub(crate) struct CommunityPlan {
    pub id: PlaceId,
    pub name: String,
    pub character: Character,
    /// How many people live here.
    pub people: u32,
}

/// One township, town or subdistrict.
pub(crate) struct TownshipPlan {
    pub id: PlaceId,
    pub name: String,
    pub name_en: String,
    /// At the county seat, where the laboratories are.
    pub seat: bool,
    pub communities: Vec<CommunityPlan>,
}

impl TownshipPlan {
    pub(crate) fn people(&self) -> u32 {
        self.communities.iter().map(|c| c.people).sum()
    }
    pub(crate) fn row(&self) -> PlaceRow {
        PlaceRow::new(self.id.clone(), PlaceKind::Township, self.name.as_str()).english(self.name_en.as_str())
    }
}

/// The divisions of a county or city, with the number of people in each community.
pub(crate) struct Plan {
    pub book: BookId,
    pub root: PlaceId,
    /// Chinese and English names of the province and of the county or city.
    pub names: [(&'static str, &'static str); 2],
    /// Two letters that begin the codes of its vehicles.
    pub letters: &'static str,
    pub townships: Vec<TownshipPlan>,
}

fn root(path: &str) -> PlaceId {
    PlaceId::new(path).expect("a literal path")
}

impl Plan {
    /// Wushan's divisions as published, `population` people among them.
    pub(crate) fn wushan(seed: u64, population: u32) -> Self {
        let root = root("50.500237");
        let rows: Vec<(&str, &str, &str)> = WUSHAN_PLACES
            .lines()
            .skip(1)
            .filter_map(|line| {
                let mut fields = line.split(',');
                Some((fields.next()?, fields.next()?, fields.next()?))
            })
            .collect();
        let townships = rows
            .iter()
            .filter(|(code, ..)| code.len() == 9)
            .map(|(code, name, _)| {
                let segment = &code[6..];
                let id = below(&root, segment);
                let communities = rows.iter().filter(|(_, _, parent)| parent == code).map(|row| wushan_community(&id, row)).collect();
                let english = WUSHAN_ENGLISH.iter().find(|(c, _)| *c == segment).map_or("", |(_, en)| en);
                TownshipPlan {
                    id,
                    name: (*name).to_owned(),
                    name_en: english.to_owned(),
                    seat: WUSHAN_SEAT.contains(&segment),
                    communities,
                }
            })
            .collect();
        let names = [("重庆市", "Chongqing"), ("巫山县", "Wushan County")];
        let plan = Self { book: BookId(500_237), root, names, letters: "WS", townships };
        plan.peopled(seed, population)
    }

    /// The divisions of the made-up city.
    pub(crate) fn city(seed: u64, population: u32) -> Self {
        let root = root("99.990000");
        let townships = (1..=population.div_ceil(CITY_TOWNSHIP).max(1)).map(|n| city_township(&root, n)).collect();
        let names = [("试验省", "Test Province"), ("试验市", "Test City")];
        let plan = Self { book: BookId(990_000), root, names, letters: "CS", townships };
        plan.peopled(seed, population)
    }

    /// Divides the people: in proportion to the character of each community, times a factor drawn evenly from 0.6 to 1.4.
    fn peopled(mut self, seed: u64, population: u32) -> Self {
        let mut stream = Stream::named(seed, "community sizes");
        let communities = || self.townships.iter().flat_map(|t| &t.communities);
        let weights: Vec<f64> = communities().map(|c| c.character.weight() * (0.6 + 0.8 * stream.unit())).collect();
        let parts = apportion(population, &weights, 1);
        let slots = self.townships.iter_mut().flat_map(|t| &mut t.communities);
        slots.zip(parts).for_each(|(community, people)| community.people = people);
        self
    }

    /// Everyone.
    pub(crate) fn population(&self) -> u32 {
        self.townships.iter().map(TownshipPlan::people).sum()
    }

    /// The rows of the province and of the county or city.
    pub(crate) fn upper_places(&self) -> Vec<PlaceRow> {
        let [above, own] = self.names;
        let province = self.root.at_depth(1);
        vec![
            PlaceRow::new(province, PlaceKind::Province, above.0).english(above.1),
            PlaceRow::new(self.root.clone(), PlaceKind::County, own.0).english(own.1),
        ]
    }
}

fn wushan_community(township: &PlaceId, (code, name, parent): &(&str, &str, &str)) -> CommunityPlan {
    let subdistrict = parent[6..].starts_with('0');
    let (name, character) = match name.strip_suffix("居民委员会") {
        Some(short) if subdistrict => (short, Character::Urban),
        Some(short) => (short, Character::TownSeat),
        None => (name.strip_suffix("村民委员会").unwrap_or(name), Character::Village),
    };
    CommunityPlan { id: below(township, &code[9..]), name: name.to_owned(), character, people: 0 }
}

fn city_township(root: &PlaceId, n: u32) -> TownshipPlan {
    let town = n % 10 < CITY_TOWNS_OF_TEN;
    let id = below(root, &format!("{n:03}"));
    let community = |k: u32| {
        let (suffix, character) = match (town, k) {
            (false, _) => ("社区", Character::Urban),
            (true, ..=8) => ("社区", Character::TownSeat),
            (true, _) => ("村", Character::Village),
        };
        CommunityPlan { id: below(&id, &format!("{k:03}")), name: format!("第{k}{suffix}"), character, people: 0 }
    };
    TownshipPlan {
        name: format!("第{n}{}", if town { "镇" } else { "街道" }),
        name_en: format!("{} {n}", if town { "Town" } else { "Subdistrict" }),
        seat: n <= 3,
        communities: (1..=CITY_COMMUNITIES).map(community).collect(),
        id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wushan_is_read_whole() {
        let plan = Plan::wushan(1, 462_462);
        assert_eq!(plan.townships.len(), 26);
        assert_eq!(plan.townships.iter().map(|t| t.communities.len()).sum::<usize>(), 340);
        assert_eq!(plan.population(), 462_462);
        assert!(plan.townships.iter().all(|t| !t.name_en.is_empty()));
        let count = |c| plan.townships.iter().flat_map(|t| &t.communities).filter(|x| x.character == c).count();
        assert_eq!((count(Character::Urban), count(Character::TownSeat), count(Character::Village)), (16, 23, 301));
        let urban: u32 =
            plan.townships.iter().flat_map(|t| &t.communities).filter(|c| c.character != Character::Village).map(|c| c.people).sum();
        assert!((0.36..0.46).contains(&(f64::from(urban) / 462_462.0)), "urban share {urban}");
    }

    #[test]
    fn a_city_grows_by_townships() {
        let plan = Plan::city(1, 5_000_000);
        assert_eq!(plan.townships.len(), 100);
        assert_eq!(plan.population(), 5_000_000);
    }
}
