//! What a space offers that no number to be made small charges for. A search takes such things wherever they help a little.

use super::space::Space;
use crate::path::is_below;
use quell_response::policy::Setting;
use toml::Value;

/// Means, and the numbers that rise as more of them is used. Hours of sampling go by swabs and those of laboratories by tubes, however many work at the same time.
const MEANS: [(&str, &[&str]); 9] = [
    ("samplers", &[]),
    ("tubes_per_hour", &[]),
    ("investigators", &["investigation_hours", "staff_hours"]),
    ("callers", &["call_hours", "staff_hours"]),
    ("seats", &["staff_hours"]),
    ("rooms", &["isolation_room_days", "care_hours", "staff_hours"]),
    ("shelter_beds", &["shelter_bed_days", "care_hours", "staff_hours"]),
    ("hospital_beds", &["hospital_bed_days", "care_hours", "staff_hours"]),
    ("opened_per_day", &["isolation_room_days", "shelter_bed_days", "care_hours", "staff_hours"]),
];

/// Numbers that rise with what the disease does.
const HARM: [&str; 4] = ["infections", "persons_infected", "severe", "deaths"];

/// A sentence to whoever searches for what the disease does not cost: then the policy that lets it burn through is soon the best, as it ends early and restricts
/// nobody.
pub(super) fn harmless(minimised: &[&str], chinese: bool) -> Option<String> {
    let said = if chinese {
        "--minimise 中没有感染、重症或死亡（infections、persons_infected、severe、deaths）：任疫情蔓延至无人可感染的策略也算清零，且不计代价；请加上 --minimise infections（须同时写出其他指标）"
    } else {
        "nothing minimised charges for infections, severe cases or deaths: a policy that lets nearly everyone be infected reaches zero, too, and pays nothing for it; add --minimise infections (and name the other numbers)"
    };
    (!HARM.iter().any(|n| minimised.contains(n))).then(|| said.to_owned())
}

/// Sentences to whoever searches, one for each thing that costs nothing.
pub(super) fn warnings(space: &Space, minimised: &[&str], chinese: bool) -> Vec<String> {
    let mut all = Vec::new();
    if !minimised.contains(&"school_days_lost")
        && let Some(path) = schools(space)
    {
        all.push(if chinese {
            format!("“{path}”可以关闭学校，但 school_days_lost 不在 --minimise 之中：关闭学校不计代价")
        } else {
            format!("\"{path}\" may close schools, but school_days_lost is not minimised: closing them costs nothing here")
        });
    }
    for (name, charged) in means(space) {
        if charged.iter().any(|n| minimised.contains(n)) {
            continue;
        }
        let charges = charged.join(", ");
        let (zh, en) = match charged {
            [] => ("没有指标为其计费".to_owned(), "no number charges for it".to_owned()),
            _ => (format!("计其使用的指标：{charges}"), format!("what charges for its use: {charges}")),
        };
        all.push(if chinese {
            format!("“means.{name}”可变，但 --minimise 中没有指标为其计费：越多越好而不计代价（{zh}）")
        } else {
            format!("\"means.{name}\" may change, but nothing minimised charges for it: more of it costs nothing here ({en})")
        });
    }
    all
}

/// The first parameter of closures with which a policy of the space closes schools.
fn schools(space: &Space) -> Option<&str> {
    let closes = |policy: &quell_response::policy::Policy| policy.closures.iter().any(|c| c.settings.contains(&Setting::School));
    space.tried().into_iter().find(|(path, policy)| (*path == "closures" || is_below(path, "closures")) && closes(policy)).map(|f| f.0)
}

/// Means that the space may choose, by name, with what charges for them.
fn means(space: &Space) -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    let chosen = |name: &str| {
        space.paths().any(|path| path.strip_prefix("means.") == Some(name))
            || space.choices("means").iter().any(|table| matches!(table, Value::Table(t) if t.contains_key(name)))
    };
    MEANS.into_iter().filter(move |(name, _)| chosen(name))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
    use super::*;
    use std::path::Path;

    const TIME_AND_BURDEN: [&str; 2] = ["days_to_zero", "restriction_person_days"];

    fn told(text: &str, minimised: &[&str]) -> Vec<String> {
        warnings(&Space::parse(crate::source::Source::of(Path::new("space.toml"), text)).unwrap(), minimised, false)
    }

    #[test]
    fn an_aim_without_harm_is_told() {
        let told = harmless(&TIME_AND_BURDEN, false);
        assert!(told.is_some_and(|t| t.contains("infections, severe cases or deaths") && t.contains("--minimise infections")));
        assert!(harmless(&TIME_AND_BURDEN, true).is_some_and(|t| t.contains("任疫情蔓延")));
        for name in HARM {
            assert!(crate::row::NUMBERS.contains(&name) && harmless(&["days_to_zero", name], false).is_none());
        }
    }

    #[test]
    fn schools_that_may_be_closed_for_nothing_are_told() {
        let spaces = [
            // One choice of several, a part of an entry, the settings themselves.
            "[search.parameters]\n\"closures\" = { choice = [[], [{ settings = [\"market\"] }], [{ settings = [\"school\"] }]] }",
            "[[closures]]\nsettings = [\"school\"]\n[search.parameters]\n\"closures.0.effect\" = { real = [0, 1] }",
            "[[closures]]\nsettings = [\"work\"]\n[search.parameters]\n\"closures.0.settings\" = { choice = [[\"work\"], [\"work\", \"school\"]] }",
        ];
        for text in spaces {
            let said = told(text, &TIME_AND_BURDEN);
            assert!(said.len() == 1 && said[0].contains("school_days_lost is not minimised") && said[0].contains("\"closures"), "{said:?}");
            assert!(told(text, &["days_to_zero", "school_days_lost"]).is_empty());
        }
        let markets = "[search.parameters]\n\"closures\" = { choice = [[], [{ settings = [\"market\"] }]] }";
        assert!(told(markets, &TIME_AND_BURDEN).is_empty());
        // What the base closes whatever happens is no choice.
        let always = "[[closures]]\nsettings = [\"school\"]\n[search.parameters]\n\"symptoms.come\" = { real = [0, 1] }";
        assert!(told(always, &TIME_AND_BURDEN).is_empty());
    }

    #[test]
    fn means_that_nothing_charges_for_are_told_by_name() {
        let text = "[search.parameters]\n\"means.investigators\" = { whole = [1, 40] }\n\"means.tubes_per_hour\" = { real = [10, 100], absent = true }";
        let said = told(text, &TIME_AND_BURDEN);
        assert!(said.len() == 2 && said[0].contains("\"means.tubes_per_hour\"") && said[1].contains("\"means.investigators\""), "{said:?}");
        assert!(said[1].contains("investigation_hours, staff_hours"), "{said:?}");
        let said = told(text, &["days_to_zero", "staff_hours"]);
        assert!(said.len() == 1 && said[0].contains("no number charges for it"), "{said:?}");
        let whole = "[search.parameters]\n\"means\" = { choice = [{ rooms = 10 }, { rooms = 1000 }] }";
        assert!(told(whole, &TIME_AND_BURDEN)[0].contains("means.rooms"));
        assert!(told(whole, &["days_to_zero", "isolation_room_days"]).is_empty());
        let space = Space::parse(crate::source::Source::of(Path::new("space.toml"), whole)).unwrap();
        assert!(warnings(&space, &TIME_AND_BURDEN, true)[0].contains("不计代价"));
    }

    #[test]
    fn all_means_of_a_policy_are_known_here() {
        let means = quell_response::policy::Means {
            samplers: Some(1.0),
            tubes_per_hour: Some(1.0),
            investigators: Some(1.0),
            callers: Some(1.0),
            seats: Some(1.0),
            rooms: Some(1),
            shelter_beds: Some(1),
            hospital_beds: Some(1),
            opened_per_day: Some(1),
        };
        let mut fields: Vec<String> = toml::Table::try_from(means).unwrap().keys().cloned().collect();
        let mut known: Vec<&str> = MEANS.iter().map(|m| m.0).collect();
        fields.sort();
        known.sort_unstable();
        assert_eq!(fields, known);
        assert!(MEANS.iter().flat_map(|m| m.1).all(|n| crate::row::NUMBERS.contains(n)));
    }
}
