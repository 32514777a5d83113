//! Every number of the comparison. A weight is log2(m / u) in hundredths of a bit: m is how often true pairs are found at this level of
//! agreement, u how often pairs of strangers are (Fellegi & Sunter, A Theory for Record Linkage, JASA 64, 1969, pp. 1183–1210).
//! m are assumptions near to what is published of errors in registers (Just et al., Perspectives in Health Information
//! Management 13, 2016: names differ by spelling and swapped fields, dates by a digit); u follow from counting. docs/matching.md shows them as a table.

/// Hundredths of a bit.
pub(crate) type Weight = i32;

/// log2 of a ratio, in hundredths of a bit. Inlined where the numbers are constants, so that the logarithm is none at run time.
#[inline(always)]
pub(crate) fn weight(m: f64, u: f64) -> Weight {
    ((m / u).log2() * 100.0).round() as Weight
}

/// What an agreement with this share of accidents is worth.
#[inline(always)]
pub(crate) fn cost(share: f64) -> Weight {
    weight(1.0, share)
}

/// How often true pairs are found at a level of agreement of the name.
pub(crate) mod name {
    /// All characters the same.
    pub const SAME: f64 = 0.90;
    /// One or more characters replaced by others that sound the same.
    pub const SOUNDS: f64 = 0.035;
    /// … that sound nearly the same.
    pub const NEAR: f64 = 0.012;
    /// … that look nearly the same.
    pub const LOOKS: f64 = 0.010;
    /// The same characters in another order.
    pub const ORDER: f64 = 0.004;
    /// One character too few or too many.
    pub const MISSING: f64 = 0.010;
    /// One of at least three characters is quite another.
    pub const ONE_OTHER: f64 = 0.006;
    /// Another given name under the same surname.
    pub const GIVEN_DIFFERS: f64 = 0.004;
    /// The same given name under another surname.
    pub const SURNAME_DIFFERS: f64 = 0.002;
    /// Nothing in common.
    pub const DIFFERS: f64 = 0.004;
    /// One in characters, one in letters, and the letters spell the characters.
    pub const SPELT: f64 = 0.93;
    /// … nearly spell them.
    pub const NEARLY_SPELT: f64 = 0.05;
    /// … do not.
    pub const NOT_SPELT: f64 = 0.01;
    /// Both records still under the parent's name: rarer of one child, which gets a name, than of twins, who are born on one day.
    pub const NEWBORN: f64 = 0.3;
    /// Words in letters that differ by a slip (Jaro–Winkler at least [`CLOSE`]).
    pub const SLIP: f64 = 0.05;
    /// Jaro–Winkler similarity from which a word counts as the same with a slip (Winkler 1990; usual in the literature: 0.9).
    pub const CLOSE: f64 = 0.90;
    /// The same of the letters that spell characters: names are short, and syllables few.
    pub const SPELT_CLOSE: f64 = 0.95;
    /// Share of characters that look like a given one, for u.
    pub const ALIKE_SHARE: f64 = 0.004;
    /// Of two of a kin, this share have a character of the given name in common (generation names). Assumption.
    pub const KIN_CHARACTER: f64 = 0.25;
    /// Of two in a village, this share have the surname in common (clan villages). Assumption.
    pub const CLAN_SURNAME: f64 = 0.35;
    /// Of two in a household, this share have the surname in common. Assumption.
    pub const HOUSEHOLD_SURNAME: f64 = 0.6;
}

/// Dates of birth. Strangers: 24,000 dates, the width that 80 years of unequal cohorts amount to.
pub(crate) mod born {
    /// Dates that a stranger's may be.
    pub const DATES: f64 = 24_000.0;
    /// Years that a stranger's may be.
    pub const YEARS: f64 = 60.0;
    /// The same date.
    pub const SAME: f64 = 0.90;
    /// One of the two knows the year only (1 January), and the year is the same.
    pub const YEAR: f64 = 0.7;
    /// … and the years are next to each other (a year counted back from an age).
    pub const YEAR_NEAR: f64 = 0.2;
    /// Day and month swapped.
    pub const SWAPPED: f64 = 0.006;
    /// One digit differs.
    pub const DIGIT: f64 = 0.035;
    /// Dates that are one digit away.
    pub const DIGIT_NEIGHBOURS: f64 = 28.0;
    /// Two neighbouring digits swapped.
    pub const TURNED: f64 = 0.008;
    /// Dates that two swapped digits lead to.
    pub const TURNED_NEIGHBOURS: f64 = 3.0;
    /// The difference of the lunar and the solar calendar.
    pub const LUNAR: f64 = 0.008;
    /// How many days before the solar date the lunar one stands, at least and at most.
    pub const LUNAR_DAYS: (i32, i32) = (18, 52);
    /// Another date.
    pub const DIFFERS: f64 = 0.015;
    /// Born so many years apart that they are of two generations.
    pub const GENERATION_YEARS: i32 = 15;
    /// Another date, a generation apart.
    pub const GENERATION: f64 = 0.003;
}

/// Sex. With the name agreeing it says little: names tell the sex.
pub(crate) mod sex {
    /// Agreement.
    pub const SAME: (f64, f64) = (0.985, 0.8);
    /// Disagreement.
    pub const DIFFERS: (f64, f64) = (0.015, 0.4);
}

/// Identity numbers. Their last digit is checked on entry (GB 11643, ISO 7064 MOD 11-2), so a slip that passes is rare.
pub(crate) mod identity {
    /// The same number; of strangers only by fraud or a clerk's slip.
    pub const SAME: (f64, f64) = (0.98, 2.5e-7);
    /// The same number in one household: a child entered under a parent's.
    pub const SAME_KIN: (f64, f64) = (0.98, 0.005);
    /// Another number.
    pub const DIFFERS: (f64, f64) = (0.01, 1.0);
}

/// Telephones.
pub(crate) mod phone {
    /// One in common; u: one number for a household, a shop or a school.
    pub const SAME: (f64, f64) = (0.7, 1.0 / 30_000.0);
    /// One digit differs or two are swapped.
    pub const DIGIT: (f64, f64) = (0.03, 1.0 / 10_000.0);
    /// None in common.
    pub const DIFFERS: (f64, f64) = (0.25, 1.0);
    /// None in common; of one household.
    pub const DIFFERS_KIN: (f64, f64) = (0.25, 0.6);
}

/// Homes, by the depth of the lowest place that both lie in (1 province or municipality, 2 county, 3 township, 4 community, 5 compound,
/// 6 building, 7 unit, 8 household).
pub(crate) mod home {
    /// Places at each depth of a county of 450,000, from depth 0.
    pub const PLACES: [f64; 9] = [1.0, 1.0, 1.0, 26.0, 340.0, 3_000.0, 15_000.0, 30_000.0, 150_000.0];
    /// They agree as deep as both are known.
    pub const SAME: f64 = 0.8;
    /// They part below this depth (people move, and are registered where they do not live), from depth 0.
    pub const PARTED: [f64; 9] = [0.01, 0.02, 0.08, 0.05, 0.04, 0.03, 0.02, 0.02, 0.02];
    /// Of one household, this share give the same home.
    pub const SAME_KIN: f64 = 0.9;
    /// … and this share homes that part.
    pub const PARTED_KIN: f64 = 0.1;
    /// Depth of a household.
    pub const HOUSEHOLD: usize = 6;
}

/// Who else it could be than the same person or a stranger drawn from the whole book.
pub(crate) mod others {
    /// People of the same village or compound, from whom clan and home do not tell apart.
    pub const NEIGHBOURS: f64 = 1_300.0;
    /// Others of the household, who share home, telephone and often the surname.
    pub const HOUSEHOLD: f64 = 3.0;
    /// Twins a person has: 18.8 of 1000 born are twins (Deng et al., PLoS ONE 14, 2019, e0209962; hospitals 2007–2014), earlier 6.5
    /// (Twin Research and Human Genetics 16, 2013, pp. 608–613).
    pub const TWINS: f64 = 0.012;
}

/// From this score on, in a book of 450,000, it is the same person. Chosen on `measure --seed 1`.
pub(crate) const SAME_FROM: Weight = 2_400;
/// From this score on a person should look.
pub(crate) const POSSIBLE_FROM: Weight = 1_400;
/// The size of book that the two are for; another size moves them by the logarithm.
pub(crate) const PEOPLE: f64 = 450_000.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Why;

    /// A row of the table in docs/matching.md.
    fn row(why: Why, m: f64, u: Option<f64>) -> String {
        let u_text = match u {
            None => "how common the name is".to_owned(),
            Some(u) if u >= 0.01 => format!("{u:.2}"),
            Some(u) => format!("1 / {:.0}", 1.0 / u),
        };
        let bits = f64::from(weight(m, u.unwrap_or(1.0))) / 100.0;
        let rest = if u.is_none() { " + cost" } else { "" };
        format!("| `{}` {} | {m} | {u_text} | {bits:+.2}{rest} |", why.code(), why.en())
    }

    fn table() -> Vec<String> {
        let name = |why, m| row(why, m, None);
        let born = |why, m, u| row(why, m, Some(u));
        let of = |why, (m, u)| row(why, m, Some(u));
        let lunar = f64::from(2 * (born::LUNAR_DAYS.1 - born::LUNAR_DAYS.0 + 1));
        vec![
            name(Why::NameSame, name::SAME),
            name(Why::NameSounds, name::SOUNDS),
            name(Why::NameNear, name::NEAR),
            name(Why::NameLooks, name::LOOKS),
            name(Why::NameOrder, name::ORDER),
            name(Why::NameMissing, name::MISSING),
            name(Why::NameOneOther, name::ONE_OTHER),
            name(Why::NameSpelt, name::SPELT),
            name(Why::NameNearlySpelt, name::NEARLY_SPELT),
            name(Why::NameSlip, name::SLIP),
            name(Why::SurnameDiffers, name::SURNAME_DIFFERS),
            name(Why::GivenDiffers, name::GIVEN_DIFFERS),
            row(Why::NameDiffers, name::DIFFERS, Some(1.0)),
            of(Why::SexSame, sex::SAME),
            of(Why::SexDiffers, sex::DIFFERS),
            born(Why::BornSame, born::SAME, 1.0 / born::DATES),
            born(Why::BornYear, born::YEAR, 1.0 / born::YEARS),
            born(Why::BornYearNear, born::YEAR_NEAR, 2.0 / born::YEARS),
            born(Why::BornSwapped, born::SWAPPED, 1.0 / born::DATES),
            born(Why::BornDigit, born::DIGIT, born::DIGIT_NEIGHBOURS / born::DATES),
            born(Why::BornTurned, born::TURNED, born::TURNED_NEIGHBOURS / born::DATES),
            born(Why::BornLunar, born::LUNAR, lunar / born::DATES),
            born(Why::BornDiffers, born::DIFFERS, 1.0),
            born(Why::BornGeneration, born::GENERATION, 1.0),
            of(Why::IdentitySame, identity::SAME),
            of(Why::IdentityDiffers, identity::DIFFERS),
            of(Why::PhoneShared, phone::SAME),
            of(Why::PhoneDigit, phone::DIGIT),
            of(Why::PhoneDiffers, phone::DIFFERS),
            row(Why::HomeSame, home::SAME, Some(1.0 / home::PLACES[8])),
            row(Why::HomeWithin, home::SAME, Some(1.0 / home::PLACES[4])),
            row(Why::HomeNear, home::PARTED[4], Some(1.0 / home::PLACES[4])),
            row(Why::HomeFar, home::PARTED[2], Some(1.0 / home::PLACES[2])),
        ]
    }

    #[test]
    fn the_document_shows_these_weights() {
        let document = include_str!("../../../docs/matching.md");
        let missing: Vec<String> = table().into_iter().filter(|row| !document.contains(row)).collect();
        assert!(missing.is_empty(), "docs/matching.md lacks:\n{}", missing.join("\n"));
        for (threshold, word) in [(SAME_FROM, "same"), (POSSIBLE_FROM, "possible")] {
            assert!(document.contains(&format!("**{word}** from {} bits", threshold / 100)), "{word}");
        }
    }
}
