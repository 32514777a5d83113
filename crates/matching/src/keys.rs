//! Blocking: which records are compared at all. Two records are compared when they have a key in common.
//! A key is a number that an index can hold. How it is made never changes: a book keeps them (the test says so).

use crate::matcher::{Matcher, Prepared};
use crate::{Frequencies, Particulars};

/// One key of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub u64);

impl Key {
    /// As PostgreSQL's `bigint` holds it: the same bits.
    pub const fn as_i64(self) -> i64 {
        self.0 as i64
    }
    /// FNV-1a over the kind and the parts, stirred once more: short, and the same on every machine.
    fn of(kind: u8, parts: &[&[u8]]) -> Self {
        let mut h: u64 = 0xcbf2_9ce4_8422_2325;
        let mut take = |b: u8| h = (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3);
        take(kind);
        for part in parts {
            take(0xff);
            part.iter().for_each(|b| take(*b));
        }
        h ^= h >> 33;
        h = h.wrapping_mul(0xff51_afd7_ed55_8ccd);
        Self(h ^ (h >> 33))
    }
}

/// A record has no more keys than this.
pub const MOST_KEYS: usize = 6;
/// Of a record's telephones, this many become keys.
const PHONES: usize = 2;
/// Depth of the place that a name is looked for in: the township. Its neighbours are few enough to have few of one name.
const TOWNSHIP: usize = 3;

impl Prepared {
    /// The keys: identity number; telephones; date of birth; sound of the name with the year of birth, and with the township.
    pub fn keys(&self) -> Vec<Key> {
        let mut keys = Vec::with_capacity(MOST_KEYS);
        if let Some(identity) = self.identity {
            keys.push(Key::of(b'i', &[&identity.0]));
        }
        keys.extend(self.phones.iter().take(PHONES).map(|phone| Key::of(b'p', &[&phone.to_be_bytes()])));
        // Thousands stand under 1 January: of them the date alone says too little.
        if let Some(born) = self.born.filter(|b| !b.is_placeholder()) {
            keys.push(Key::of(b'd', &[&born.day.0.to_be_bytes()]));
        }
        if self.name.is_empty() {
            return keys;
        }
        let sound = self.name.sound_key();
        let named = keys.len();
        if let Some(born) = self.born {
            keys.push(Key::of(b'y', &[sound.as_bytes(), &born.year.to_be_bytes()]));
        }
        if let Some(township) = self.home.as_ref().filter(|home| home.depth() >= TOWNSHIP) {
            keys.push(Key::of(b't', &[sound.as_bytes(), township.at_depth(TOWNSHIP).as_str().as_bytes()]));
        }
        if keys.len() == named {
            keys.push(Key::of(b'n', &[sound.as_bytes()]));
        }
        keys
    }
}

/// The keys of a record.
pub fn keys(of: &Particulars) -> Vec<Key> {
    // Keys do not depend on frequencies.
    Matcher::new(0, Frequencies::counted(std::iter::empty())).prepare(of).keys()
}

#[cfg(test)]
mod tests {
    use super::*;
    use quell_foundation::{Hash, PlaceId};

    fn zhang() -> Particulars {
        Particulars {
            name: "张伟".into(),
            born: Some("1985-03-12".parse().unwrap()),
            identity: Some(Hash::of(b"x")),
            phones: vec!["13812345678".into(), "023-57681234".into(), "13900000001".into()],
            home: Some(PlaceId::new("50.500237.101.001").unwrap()),
            ..Particulars::default()
        }
    }

    #[test]
    fn keys_are_the_same_in_every_version() {
        let mut texts: Vec<String> = keys(&zhang()).iter().map(|k| format!("{:016x}", k.0)).collect();
        texts.sort();
        assert_eq!(
            texts.join(" "),
            "0458b64dfc61cb3f 1a852c3c74e36f69 5abed1f85ee45ae8 8dc7e5879ed8c191 a261079592d168cb aa32c0b2b8bf91b4",
            "a book keeps these: make another kind of key beside it, never change one"
        );
        assert!(texts.len() <= MOST_KEYS);
    }

    #[test]
    fn one_key_is_enough_to_meet() {
        let a = keys(&zhang());
        let meets = |b: &Particulars| keys(b).iter().any(|k| a.contains(k));
        let bare = |name: &str| Particulars::named(name);
        assert!(meets(&Particulars { born: zhang().born, ..bare("李四") }));
        assert!(meets(&Particulars { phones: zhang().phones, ..bare("李四") }));
        for name in ["章炜", "ZHANG WEI", "Wei Zhang", "臧伟", "張偉"] {
            let year = Some("1985-11-30".parse().unwrap());
            assert!(meets(&Particulars { born: year, ..bare(name) }), "{name}");
            assert!(meets(&Particulars { home: zhang().home, ..bare(name) }), "{name}");
        }
        assert!(!meets(&bare("张伟")), "a name alone meets only those of whom no more is known");
        let new_year = |name: &str| keys(&Particulars { born: Some("1985-01-01".parse().unwrap()), ..bare(name) });
        assert!(!new_year("张伟").iter().any(|k| new_year("李四").contains(k)), "thousands stand under 1 January");
        assert_eq!(keys(&bare("张伟")), keys(&bare("章炜")));
        assert!(keys(&bare("")).is_empty());
    }
}
