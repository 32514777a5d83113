//! The populations that come with the crate.

use super::description::{Description, DescriptionError, Divisions, Society};

const SOCIETY: &str = include_str!("../../data/populations/society.toml");

/// Names and divisions.
pub const PRESETS: [(&str, &str); 3] = [
    ("wushan", include_str!("../../data/populations/wushan.toml")),
    ("municipality", include_str!("../../data/populations/municipality.toml")),
    ("town", include_str!("../../data/populations/town.toml")),
];

/// The description of this name: `wushan` (462,462 people), `municipality` (32,054,159) or `town` (20,000); none if there is none.
///
/// ```
/// let people = quell_epidemic::population::preset("wushan").unwrap().with_people(10_000).generate(7, 1).unwrap();
/// assert_eq!(people.len(), 10_000);
/// ```
pub fn preset(name: &str) -> Option<Description> {
    let (_, divisions) = PRESETS.iter().find(|(n, _)| *n == name)?;
    read(divisions).ok()
}

fn read(divisions: &str) -> Result<Description, DescriptionError> {
    let description = Description { society: Society::parse(SOCIETY)?, divisions: Divisions::parse(divisions)? };
    description.check().map(|()| description)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_can_be_read() {
        for (name, divisions) in PRESETS {
            let read = read(divisions);
            assert!(read.as_ref().is_ok_and(|d| d.divisions.name == name), "{name}: {read:?}");
        }
        assert_eq!(preset("nowhere"), None);
    }

    #[test]
    fn wushan_is_whole() {
        let townships = preset("wushan").map(|d| d.divisions.townships).unwrap_or_default();
        let sum = |f: fn(&crate::population::Township) -> u32| townships.iter().map(f).sum::<u32>();
        assert_eq!((townships.len(), sum(|t| t.urban), sum(|t| t.town), sum(|t| t.villages)), (26, 16, 23, 301));
    }
}
