//! Why a pair got its score, in words.

use crate::Particulars;

macro_rules! whys {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $en:literal, $zh:literal;)+) => {
        /// One thing that speaks for or against two records being one person.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Why { $($(#[$doc])* $variant,)+ }
        impl Why {
            /// Every value, in order.
            pub const ALL: &'static [Why] = &[$(Why::$variant,)+];
            /// Stable word for machines.
            pub const fn code(self) -> &'static str { match self { $(Why::$variant => $code,)+ } }
            /// In English.
            pub const fn en(self) -> &'static str { match self { $(Why::$variant => $en,)+ } }
            /// In Simplified Chinese.
            pub const fn zh(self) -> &'static str { match self { $(Why::$variant => $zh,)+ } }
        }
    };
}

whys! {
    /// The names are the same.
    NameSame = "name.same", "name is the same", "姓名相同";
    /// Another character of the same sound.
    NameSounds = "name.sounds", "name sounds the same", "姓名同音";
    /// Another character of nearly the same sound.
    NameNear = "name.near", "name sounds nearly the same", "姓名近音";
    /// Another character of nearly the same shape.
    NameLooks = "name.looks", "name looks nearly the same", "姓名形近";
    /// The same characters in another order.
    NameOrder = "name.order", "the same name in another order", "姓名用字相同而次序不同";
    /// One character is missing.
    NameMissing = "name.missing", "one character of the name is missing", "姓名少一字";
    /// One character is another.
    NameOneOther = "name.one_other", "one character of the name differs", "姓名有一字不同";
    /// A part of the name is hidden (张某, 王*).
    NameHidden = "name.hidden", "a part of the name is hidden", "姓名有一部分被隐去";
    /// The letters spell the characters.
    NameSpelt = "name.spelt", "one name is the other in pinyin", "一方姓名是另一方的拼音";
    /// The letters nearly spell the characters.
    NameNearlySpelt = "name.nearly_spelt", "one name is nearly the other in pinyin", "一方姓名近似另一方的拼音";
    /// Words of the name differ by a slip.
    NameSlip = "name.slip", "name differs by a slip of spelling", "姓名拼写略有出入";
    /// The same given name under another surname.
    SurnameDiffers = "name.surname_differs", "same given name, another surname (marriage, adoption)", "名同姓不同（随夫姓、改姓）";
    /// Another given name under the same surname.
    GivenDiffers = "name.given_differs", "same surname, another given name", "姓同名不同";
    /// Nothing in common.
    NameDiffers = "name.differs", "names differ", "姓名不同";
    /// One of the two is a newborn without a name of its own.
    Newborn = "name.newborn", "a newborn entered under a parent's name: the name says nothing", "新生儿以父母姓名登记，姓名不作比较";
    /// Both are newborns, of the same parent.
    NewbornSame = "name.newborn_same", "newborns of a parent of the same name", "父母姓名相同的新生儿";
    /// Both are newborns, marked as two.
    NewbornTwo = "name.newborn_two", "newborns marked as first and second", "新生儿以长次、大小区分";
    /// The same sex.
    SexSame = "sex.same", "same sex", "性别相同";
    /// Another sex.
    SexDiffers = "sex.differs", "sex differs", "性别不同";
    /// The same date of birth.
    BornSame = "born.same", "same date of birth", "出生日期相同";
    /// The same year, the date of one unknown.
    BornYear = "born.year", "same year of birth; one date looks like a placeholder", "出生年份相同，其中一个日期疑为占位";
    /// Years next to each other, the date of one unknown.
    BornYearNear = "born.year_near", "years of birth next to each other; one date looks like a placeholder", "出生年份相差一年，其中一个日期疑为占位";
    /// Day and month swapped.
    BornSwapped = "born.swapped", "day and month of birth swapped", "出生日期的日与月互换";
    /// One digit differs.
    BornDigit = "born.digit", "date of birth differs by one digit", "出生日期差一位数字";
    /// Two digits swapped.
    BornTurned = "born.turned", "two digits of the date of birth swapped", "出生日期有两位数字颠倒";
    /// Lunar and solar calendar.
    BornLunar = "born.lunar", "dates of birth as far apart as lunar and solar calendar", "出生日期相差如农历与公历之差";
    /// Another date.
    BornDiffers = "born.differs", "date of birth differs", "出生日期不同";
    /// Another generation.
    BornGeneration = "born.generation", "born a generation apart", "出生相差一代";
    /// The same identity number.
    IdentitySame = "identity.same", "same identity number", "证件号码相同";
    /// Another identity number: never `Same`.
    IdentityDiffers = "identity.differs", "identity numbers differ: not the same without a person's decision", "证件号码不同：未经人工确认不作同一人";
    /// A telephone in common.
    PhoneShared = "phone.shared", "telephone shared (a household can share one)", "电话相同（一户可共用）";
    /// A telephone that differs by a digit.
    PhoneDigit = "phone.digit", "telephone differs by one digit", "电话差一位数字";
    /// No telephone in common.
    PhoneDiffers = "phone.differs", "telephones differ", "电话不同";
    /// The same home.
    HomeSame = "home.same", "same home", "住址相同";
    /// The same home as far as both are known.
    HomeWithin = "home.within", "one home lies in the other", "一方住址在另一方范围内";
    /// Homes near to each other.
    HomeNear = "home.near", "homes near to each other", "住址相近";
    /// Homes far apart.
    HomeFar = "home.far", "homes far apart", "住址相距较远";
    /// It could be someone of the same village.
    OrNeighbour = "or.neighbour", "could be another of the same village or compound", "可能是同村同小区的另一人";
    /// It could be someone of the same household.
    OrHousehold = "or.household", "could be another of the household", "可能是同户的另一人";
    /// It could be a twin.
    OrTwin = "or.twin", "could be a twin", "可能是双胞胎";
}

/// One reason and what it weighs, in hundredths of a bit: 100 means twice as likely the same person as before, -100 half.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// What speaks.
    pub why: Why,
    /// How much; the weights of all reasons sum to the score.
    pub weight: i32,
}

impl Reason {
    /// In English, with what is compared. Telephones and identity numbers are not repeated.
    pub fn en(&self, a: &Particulars, b: &Particulars) -> String {
        match compared(self.why, a, b) {
            Some((x, y)) => format!("{} ({x} / {y})", self.why.en()),
            None => self.why.en().to_owned(),
        }
    }
    /// In Simplified Chinese, with what is compared.
    pub fn zh(&self, a: &Particulars, b: &Particulars) -> String {
        match compared(self.why, a, b) {
            Some((x, y)) => format!("{}（{x} / {y}）", self.why.zh()),
            None => self.why.zh().to_owned(),
        }
    }
}

/// The two values a reason speaks of, where seeing both helps.
fn compared(why: Why, a: &Particulars, b: &Particulars) -> Option<(String, String)> {
    match why.code().split_once('.').unwrap_or_default() {
        ("name", "same") | ("born", "same") => None,
        ("name", _) => Some((a.name.clone(), b.name.clone())),
        ("born", _) => Some((a.born?.to_string(), b.born?.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_reason_has_its_own_words() {
        for words in [Why::code, Why::en, Why::zh] {
            assert_eq!(Why::ALL.iter().map(|w| words(*w)).collect::<HashSet<_>>().len(), Why::ALL.len());
        }
    }

    #[test]
    fn names_and_dates_are_shown_but_no_telephone() {
        let mut a = Particulars::named("张丽");
        a.phones = vec!["13812345678".into()];
        let b = Particulars { name: "张莉".into(), ..a.clone() };
        let sounds = Reason { why: Why::NameSounds, weight: 900 };
        assert_eq!(sounds.en(&a, &b), "name sounds the same (张丽 / 张莉)");
        assert_eq!(sounds.zh(&a, &b), "姓名同音（张丽 / 张莉）");
        assert!(!Reason { why: Why::PhoneShared, weight: 0 }.en(&a, &b).contains('8'));
    }
}
