//! What is known of the population: each figure with its source. "From memory" marks what was not looked up again.

/// Share of the population aged 0–14, Chongqing, census of 1 November 2020: 5,098,400 of 32,054,200.
/// Source: press conference on the seventh national census, Chongqing, 13 May 2021 (China News Service, 14 May 2021). Verified.
pub const AGED_0_14: f64 = 0.1591;
/// Share aged 15–59: 19,945,400. Same source. Verified.
pub const AGED_15_59: f64 = 0.6222;
/// Share aged 60 and over: 7,010,400. Same source. Verified.
pub const AGED_60: f64 = 0.2187;
/// Share aged 65 and over. Chongqing census communiqué of 2020, No. 4; from memory (the page found breaks off before the figure).
pub const AGED_65: f64 = 0.1708;
/// Share of males, Chongqing 2020: 16,202,100 of 32,054,200. Source as for [`AGED_0_14`]. Verified.
pub const MALE: f64 = 0.5055;
/// Mean size of a family household, Chongqing 2020: 29,477,069 people in 12,040,234 households.
/// Source: Chongqing census communiqué of 2020, No. 1, Chongqing Bureau of Statistics, 13 May 2021. Verified.
/// (China: 2.62.) The 8 % who live in collective households (集体户) are settled in family households here.
pub const HOUSEHOLD_SIZE: f64 = 2.45;

/// China's population by five-year age group, 0–4, 5–9 … 95–99, 100 and over, census of 2020 (China Population Census Yearbook
/// 2020, table of ages). Verified against a second copy of the table; the groups of 0–14 sum to the 253,383,938 of the national
/// communiqué No. 5. Only their proportions inside each of Chongqing's broad groups are used.
pub const CHINA_BY_FIVE_YEARS: [f64; 21] = [
    77_883_888.0,
    90_244_056.0,
    85_255_994.0,
    72_684_140.0,
    74_941_675.0,
    91_847_332.0,
    124_145_190.0,
    99_012_932.0,
    92_955_330.0,
    114_224_887.0,
    121_164_296.0,
    101_400_786.0,
    73_382_938.0,
    74_005_560.0,
    49_590_036.0,
    31_238_849.0,
    20_382_878.0,
    10_826_530.0,
    3_652_749.0,
    819_812.0,
    118_866.0,
];

/// Who lives together in one household.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pattern {
    /// People aged 60 and over (two are a couple).
    pub elders: u8,
    /// Adults under 60 who are not children of the household (two are a couple).
    pub adults: u8,
    /// Their children aged 15–29.
    pub grown: u8,
    /// Children under 15.
    pub children: u8,
    /// Share of households, in percent.
    pub percent: f64,
}

impl Pattern {
    const fn new(elders: u8, adults: u8, grown: u8, children: u8, percent: f64) -> Self {
        Self { elders, adults, grown, children, percent }
    }
    /// How many people.
    pub const fn size(&self) -> u32 {
        (self.elders + self.adults + self.grown + self.children) as u32
    }
}

/// Patterns of households with their shares, smallest first.
///
/// The shares are made to meet, together, three things known: (1) sizes 28.7, 31.0, 20.2, 11.7, 4.8, 2.5 and 1.1 % for one to
/// seven people: the national shares of 2020 (one 25.39 %: China Population Census Yearbook 2020, verified; two 29.68 %, three
/// 20.99 %, four 13.17 %: same table, from memory; five and more divided as in Fujian 2020, Fujian Statistical Yearbook 2021,
/// table 3-6, verified), each multiplied by the same power of its size so that the mean is Chongqing's [`HOUSEHOLD_SIZE`];
/// (2) and (3) Chongqing's shares of the population aged 0–14 and 60+. Among all shares that do, they are the nearest (weighted
/// least squares) to a first guess of who lives together, which is an assumption. Of one-person households 31 % are elders;
/// the census has a third and more in the countryside (Wang Yuesheng, Population & Economics 2023, No. 6, abstract; verified).
pub const PATTERNS: [Pattern; 23] = [
    Pattern::new(1, 0, 0, 0, 8.94),
    Pattern::new(0, 1, 0, 0, 19.75),
    Pattern::new(2, 0, 0, 0, 6.32),
    Pattern::new(0, 2, 0, 0, 16.09),
    Pattern::new(1, 1, 0, 0, 3.41),
    Pattern::new(0, 1, 0, 1, 3.62),
    Pattern::new(1, 0, 0, 1, 1.52),
    Pattern::new(0, 2, 0, 1, 8.09),
    Pattern::new(0, 2, 1, 0, 8.04),
    Pattern::new(1, 2, 0, 0, 2.35),
    Pattern::new(2, 0, 0, 1, 0.76),
    Pattern::new(2, 1, 0, 0, 0.96),
    Pattern::new(0, 2, 0, 2, 3.91),
    Pattern::new(0, 2, 1, 1, 2.11),
    Pattern::new(1, 2, 0, 1, 2.56),
    Pattern::new(1, 2, 1, 0, 1.83),
    Pattern::new(2, 2, 0, 0, 1.29),
    Pattern::new(2, 2, 0, 1, 2.19),
    Pattern::new(1, 2, 0, 2, 1.57),
    Pattern::new(1, 2, 1, 1, 1.01),
    Pattern::new(2, 2, 0, 2, 1.38),
    Pattern::new(2, 2, 1, 1, 1.17),
    Pattern::new(2, 2, 1, 2, 1.11),
];

/// Share of boys among children and young people: 111 to 100 at birth in 2020, national census; from memory.
pub const BOYS: f64 = 0.524;
/// Share of men among adults under 60 who live alone. Assumption; men are the majority there (census of 2010: Ecns, 2015).
pub const MEN_ALONE: f64 = 0.58;
/// Share of women among elders without a spouse in the household: widows outnumber widowers. Assumption.
pub const WIDOWS: f64 = 0.57;
/// Share of women among single parents and among adults who live alone with old parents. Assumption.
pub const WOMEN_SINGLE: f64 = 0.5;
/// Of adults under 60 without elders or children in the household, this share is at least 50, as their children have left;
/// the others have the ages of the population. Assumption, chosen to bring the ages of 35 to 59 nearer to the census.
pub const NEST_EMPTY: f64 = 0.25;

/// Known pregnancies among women of 20 to 44: about 6 births per 1,000 population a year (Chongqing 2022: 5.98, from memory), each
/// known for 34 of 52 weeks, borne by the 17 % of the population who are women of that age.
pub const PREGNANT: f64 = 0.023;
/// People on dialysis per person of the population: 534.6 per million forecast for 2020 (Yang et al., American Journal of Kidney
/// Diseases 2021, as reported by Healio, 26 January 2021). Verified.
pub const DIALYSIS: f64 = 0.000_534_6;
/// People under chemotherapy per person: 4.57 million new cancers a year (GLOBOCAN 2020, from memory), a third of them treated so
/// for four months. Assumption.
pub const CHEMOTHERAPY: f64 = 0.000_36;
/// Holders of a disability certificate per person: about 38 million in China in 2021 (China Disabled Persons' Federation, from memory).
pub const DISABLED: f64 = 0.027;
/// Registered severe mental disorders per person: about 6.6 million in China in 2020 (National Health Commission, from memory).
pub const MENTAL_DISORDER: f64 = 0.0047;
/// Of [`DIALYSIS`], [`CHEMOTHERAPY`] and [`DISABLED`], an elder's risk is this many times an adult's; a child has none of the first
/// two and a fifth of an adult's risk of disability. Assumption.
pub const ELDER_RISK: f64 = 3.0;
/// Bedridden among people of 80 and over. Assumption.
pub const BEDRIDDEN_80: f64 = 0.06;
/// Bedridden among people of 60 to 79. Assumption.
pub const BEDRIDDEN_60: f64 = 0.01;
/// On regular medicine among people of 60 and over: 59 % have a chronic disease (sixth national health services survey 2018, from
/// memory; 34.3 % of all aged 15 and over, verified).
pub const CHRONIC_60: f64 = 0.59;
/// On regular medicine among people of 15 to 59: what is left of the 34.3 % of all aged 15 and over, less those without medicine.
pub const CHRONIC_15: f64 = 0.20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_meet_the_census() {
        let total = |f: fn(&Pattern) -> u32| -> f64 { PATTERNS.iter().map(|p| f64::from(f(p)) * p.percent).sum() };
        let people = total(Pattern::size);
        assert!((people / total(|_| 1) - HOUSEHOLD_SIZE).abs() < 0.005);
        assert!((total(|p| p.children.into()) / people - AGED_0_14).abs() < 0.001);
        assert!((total(|p| (p.adults + p.grown).into()) / people - AGED_15_59).abs() < 0.001);
        assert!((total(|p| p.elders.into()) / people - AGED_60).abs() < 0.001);
        assert!(PATTERNS.is_sorted_by_key(Pattern::size));
    }
}
