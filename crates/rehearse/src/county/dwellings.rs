//! Homes: compounds (or villagers' groups), buildings, units and flats, one after the other, as many as people need.

use super::{Character, CommunityPlan, PlaceRow, below};
use crate::kinds::PlaceKind;
use quell_foundation::{PlaceId, Stream};

/// First parts of made-up compound names.
const COMPOUND_FIRST: [&str; 24] = [
    "平湖", "江景", "锦绣", "和顺", "红叶", "青山", "云台", "翠竹", "福源", "金桂", "滨江", "阳光", "丽水", "祥和", "明珠", "望江", "梧桐",
    "银杏", "春晖", "盛世", "枫林", "康乐", "东方", "安居",
];
/// Second parts of made-up compound names.
const COMPOUND_SECOND: [&str; 6] = ["花园", "苑", "小区", "家园", "新城", "公寓"];

/// Name of the unit of a row of village houses, which has no stairwell; addresses leave it out.
pub(crate) const NO_STAIRWELL: &str = "院内";

/// How the homes of a community are laid out. All figures are assumptions of a plausible size; ranges are inclusive.
struct Layout {
    /// Buildings of a compound, or rows of houses of a villagers' group.
    buildings: (i64, i64),
    /// Units (stairwells) of a building.
    units: (i64, i64),
    /// Storeys of a unit; one of these.
    floors: &'static [u32],
    /// Flats on a floor, or houses of a row.
    doors: (i64, i64),
}

impl Layout {
    /// Town compounds of 100 to 700 flats, market streets of about 150, villagers' groups of about 40 houses.
    const fn of(character: Character) -> Self {
        match character {
            Character::Urban => Self { buildings: (4, 12), units: (1, 3), floors: &[6, 7, 7, 11, 18, 26], doors: (2, 4) },
            Character::TownSeat => Self { buildings: (6, 12), units: (1, 2), floors: &[4, 5, 6, 7], doors: (2, 2) },
            Character::Village => Self { buildings: (4, 8), units: (1, 1), floors: &[1], doors: (4, 10) },
        }
    }
}

/// The homes of one community, given out in order of address.
pub(crate) struct Dwellings {
    stream: Stream,
    layout: Layout,
    village: bool,
    community: PlaceId,
    compound: PlaceId,
    building: PlaceId,
    unit: PlaceId,
    /// Where the compound names of this community start in the lists.
    names_from: u64,
    /// Numbers of the current compound, building and unit, and of the flats given out in the unit.
    at: [u32; 4],
    /// Buildings of the current compound; units, floors and doors of the current building.
    size: [u32; 4],
}

impl Dwellings {
    pub(crate) fn new(seed: u64, community: &CommunityPlan) -> Self {
        let mut stream = Stream::named(seed, &format!("dwellings {}", community.id));
        let id = &community.id;
        Self {
            names_from: stream.below(1 << 16),
            stream,
            layout: Layout::of(community.character),
            village: community.character == Character::Village,
            community: id.clone(),
            compound: id.clone(),
            building: id.clone(),
            unit: id.clone(),
            at: [0; 4],
            size: [0; 4],
        }
    }

    /// The next home. Its row, and those of a compound, building or unit that begins with it, go to `places`.
    pub(crate) fn next_home(&mut self, places: &mut Vec<PlaceRow>) -> PlaceId {
        let [buildings, units, floors, doors] = self.size;
        if self.at[3] == floors * doors {
            if self.at[2] == units {
                if self.at[1] == buildings {
                    self.begin_compound(places);
                }
                self.begin_building(places);
            }
            self.begin_unit(places);
        }
        self.at[3] += 1;
        let n = self.at[3];
        let (segment, name) = if self.village {
            (format!("{n:04}"), format!("{n}号"))
        } else {
            let doors = self.size[3];
            let (floor, door) = ((n - 1) / doors + 1, (n - 1) % doors + 1);
            (format!("{floor:02}{door:02}"), format!("{floor}{door:02}室"))
        };
        let home = below(&self.unit, &segment);
        places.push(PlaceRow::new(home.clone(), PlaceKind::Household, name));
        home
    }

    fn begin_compound(&mut self, places: &mut Vec<PlaceRow>) {
        self.at = [self.at[0] + 1, 0, 0, 0];
        self.size[0] = self.draw(self.layout.buildings);
        self.compound = below(&self.community, &format!("c{:02}", self.at[0]));
        let name = if self.village { format!("{}组", self.at[0]) } else { self.compound_name() };
        places.push(PlaceRow::new(self.compound.clone(), PlaceKind::Compound, name));
    }

    fn begin_building(&mut self, places: &mut Vec<PlaceRow>) {
        self.at = [self.at[0], self.at[1] + 1, 0, 0];
        let floors = self.stream.pick(self.layout.floors).copied().unwrap_or(1);
        self.size = [self.size[0], self.draw(self.layout.units), floors, self.draw(self.layout.doors)];
        self.building = below(&self.compound, &format!("b{:02}", self.at[1]));
        let name = format!("{}{}", self.at[1], if self.village { "号院" } else { "栋" });
        places.push(PlaceRow::new(self.building.clone(), PlaceKind::Building, name));
    }

    fn begin_unit(&mut self, places: &mut Vec<PlaceRow>) {
        self.at[2] += 1;
        self.at[3] = 0;
        self.unit = below(&self.building, &format!("u{}", self.at[2]));
        let name = if self.village { NO_STAIRWELL.to_owned() } else { format!("{}单元", self.at[2]) };
        places.push(PlaceRow::new(self.unit.clone(), PlaceKind::Unit, name));
    }

    fn draw(&mut self, (lo, hi): (i64, i64)) -> u32 {
        self.stream.between(lo, hi) as u32
    }

    /// Different for the first 144 compounds of a community.
    fn compound_name(&self) -> String {
        let n = self.names_from + u64::from(self.at[0]);
        let first = n % COMPOUND_FIRST.len() as u64;
        let second = (first + n / COMPOUND_FIRST.len() as u64) % COMPOUND_SECOND.len() as u64;
        format!("{}{}", COMPOUND_FIRST[first as usize], COMPOUND_SECOND[second as usize])
    }
}
