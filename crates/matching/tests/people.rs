//! Pairs that people argue about, one by one.

use quell_foundation::{Hash, PlaceId};
use quell_matching::{Match, Particulars, Sex, Verdict, Why, compare};

const BORN: &str = "1985-03-12";
const PHONE: &str = "13812345678";
const HOME: &str = "50.500237.101.001.c01.b02.u1.0402";

fn person(name: &str, born: &str, phone: &str, home: &str) -> Particulars {
    Particulars {
        born: born.parse().ok(),
        phones: Some(phone.to_owned()).filter(|p| !p.is_empty()).into_iter().collect(),
        home: PlaceId::new(home).ok(),
        ..Particulars::named(name)
    }
}

fn zhang(name: &str) -> Particulars {
    person(name, BORN, PHONE, HOME)
}

fn names(a: &str, b: &str) -> Why {
    compare(&Particulars::named(a), &Particulars::named(b)).reasons[0].why
}

fn has(found: &Match, why: Why) -> bool {
    found.reasons.iter().any(|r| r.why == why)
}

#[test]
fn variants_of_a_name_are_told_apart() {
    for (a, b, why) in [
        ("张丽", "張麗", Why::NameSame),
        ("张丽", " 张 丽（二孩）", Why::NameSame),
        ("张丽", "张莉", Why::NameSounds),
        ("章丽", "张丽", Why::NameSounds),
        ("刘兰英", "刘南英", Why::NameNear),
        ("陈静", "程静", Why::NameNear),
        ("李未", "李末", Why::NameLooks),
        ("王小明", "王明小", Why::NameOrder),
        ("王小明", "王明", Why::NameMissing),
        ("欧阳修文", "阳修文", Why::NameMissing),
        ("王小明", "王小刚", Why::NameOneOther),
        ("王某某", "王小刚", Why::NameHidden),
        ("王*", "王小刚", Why::NameHidden),
        ("王小明", "李小明", Why::SurnameDiffers),
        ("王明", "王刚", Why::GivenDiffers),
        ("王明", "李刚", Why::NameDiffers),
        ("张伟", "Zhang Wei", Why::NameSpelt),
        ("张伟", "WEI ZHANG", Why::NameSpelt),
        ("单小明", "Shan Xiaoming", Why::NameSpelt),
        ("吕伟", "LYU WEI", Why::NameSpelt),
        ("张伟", "Zang Wei", Why::NameNearlySpelt),
        ("张伟", "John Smith", Why::NameDiffers),
        ("Zhang Wei", "Wei Zhang", Why::NameOrder),
        ("John Smith", "SMITH, John", Why::NameOrder),
        ("John Smith", "John Paul Smith", Why::NameMissing),
        ("Jonathan Smith", "Jonathon Smith", Why::NameSlip),
        ("Maria Novakova", "Maria Petrenko", Why::SurnameDiffers),
        ("Zhang Wei", "Zhang Min", Why::GivenDiffers),
        ("阿不都·热合曼", "阿不都热合曼", Why::NameSame),
        ("张丽之子", "张乐天", Why::Newborn),
        ("张丽之子", "张丽之子", Why::NewbornSame),
        ("张丽之长子", "张丽之次子", Why::NewbornTwo),
        ("Baby of Zhang Li", "Zhang Letian", Why::Newborn),
    ] {
        assert_eq!(names(a, b), why, "{a} / {b}");
        assert_eq!(names(b, a), why, "{b} / {a}");
    }
}

#[test]
fn a_common_name_says_less_than_a_rare_one() {
    let of = |name: &str| compare(&Particulars::named(name), &Particulars::named(name)).score;
    assert!(of("王伟") + 600 < of("厍龘"), "{} {}", of("王伟"), of("厍龘"));
    assert!(of("王伟") < of("王思远"));
    assert!(of("王秀英") + 150 < of("王英秀"), "{} {}", of("王秀英"), of("王英秀"));
    assert!(of("王甜甜") + 200 < of("王甜淇"), "{} {}", of("王甜甜"), of("王甜淇"));
}

#[test]
fn one_person_with_a_slip_is_the_same() {
    for other in [
        zhang("張麗"),
        person("张莉", BORN, PHONE, ""),
        person("张丽", "1985-03-21", PHONE, ""),
        person("张丽", "1985-12-03", PHONE, "50.500237.101.001"),
        person("张丽", BORN, "13812345687", ""),
        person("Zhang Li", BORN, PHONE, ""),
        person("张丽", BORN, "", HOME),
    ] {
        let found = compare(&zhang("张丽"), &other);
        assert_eq!(found.verdict, Verdict::Same, "{other:?}: {found:?}");
    }
}

#[test]
fn a_name_alone_is_never_enough() {
    for other in [Particulars::named("张丽"), person("张丽", "", "", "50.500237.101.001"), person("张丽", "1985-01-01", "", "")] {
        assert_ne!(compare(&zhang("张丽"), &other).verdict, Verdict::Same, "{other:?}");
    }
}

#[test]
fn twins_are_two() {
    for (a, b) in [("张晓明", "张晓亮"), ("张明", "张亮"), ("张大双", "张小双"), ("张丽之长子", "张丽之次子"), ("张丽之子", "张丽之子")]
    {
        let found = compare(&zhang(a), &zhang(b));
        assert_ne!(found.verdict, Verdict::Same, "{a} {b}: {found:?}");
        assert!(has(&found, Why::OrTwin) || has(&found, Why::OrHousehold), "{a} {b}: {found:?}");
    }
}

#[test]
fn a_newborn_and_the_child_it_became_are_for_a_person_to_see() {
    let found = compare(&zhang("张丽之女"), &zhang("王乐天"));
    assert_eq!(found.verdict, Verdict::Possible, "{found:?}");
}

#[test]
fn parent_and_child_of_a_household_are_two() {
    for (a, b) in [("张国强", "张国富"), ("张国强", "张强"), ("张伟", "张玮"), ("张丽", "张丽之女")] {
        let child = person(b, "2010-06-01", PHONE, HOME);
        let found = compare(&zhang(a), &child);
        assert_eq!(found.verdict, Verdict::Different, "{a} {b}: {found:?}");
    }
}

#[test]
fn identity_numbers_that_differ_forbid_the_same() {
    let with = |number: &[u8]| Particulars { identity: Some(Hash::of(number)), sex: Some(Sex::Female), ..zhang("张丽") };
    assert_eq!(compare(&with(b"1"), &with(b"1")).verdict, Verdict::Same);
    let found = compare(&with(b"1"), &with(b"2"));
    assert_eq!(found.verdict, Verdict::Possible);
    assert!(has(&found, Why::IdentityDiffers));
}

#[test]
fn a_child_under_a_parents_number_is_not_the_parent() {
    let number = Some(Hash::of(b"parent"));
    let parent = Particulars { identity: number, ..zhang("张国强") };
    let child = Particulars { identity: number, ..person("张晓晓", "2015-06-01", PHONE, HOME) };
    assert_ne!(compare(&parent, &child).verdict, Verdict::Same);
}
