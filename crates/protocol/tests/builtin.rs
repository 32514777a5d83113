//! The protocols that come with Quell: sound, complete, and saying what the documents say.

#![allow(clippy::unwrap_used)]

use quell_foundation::{Celsius, Ct, Span};
use quell_protocol::*;
use std::collections::BTreeSet;

fn shown(all: &[Problem]) -> String {
    all.iter().map(|p| format!("{p}\n")).collect()
}

fn protocol(id: &str) -> Protocol {
    let text = builtin(&id.parse().unwrap()).unwrap();
    load(&format!("protocols/{id}.toml"), text).map_err(|all| shown(&all)).unwrap()
}

fn tube(p: &Protocol, zone: Option<ZoneLevel>, building_affected: bool, exposure: Exposure) -> (TubeMode, u32) {
    let rule = p.tube_rule(&TubeQuestion { zone, building_affected, exposure, occupation: OccupationClass::General });
    (rule.mode, rule.max_persons)
}

#[test]
fn every_built_in_protocol_is_sound() {
    for id in builtin_ids() {
        assert_eq!(protocol(id).id().as_str(), *id);
        let text = builtin(&id.parse().unwrap()).unwrap();
        assert_eq!(shown(&warnings(id, text)), "");
    }
    assert_eq!(builtin(&"plague".parse().unwrap()), None);
}

#[test]
fn a_protocol_survives_json_and_toml() {
    for id in builtin_ids() {
        let p = protocol(id);
        let json = serde_json::to_string(&p).unwrap();
        assert_eq!(serde_json::from_str::<Protocol>(&json).unwrap(), p);
        let toml = toml::to_string(&p).unwrap();
        assert_eq!(load("again.toml", &toml).map_err(|all| shown(&all)).unwrap(), p);
        assert_eq!(diff(&p, &p), []);
    }
}

#[test]
fn both_covid_protocols_set_a_deadline_for_every_link() {
    for p in [protocol("covid-2022-ninth"), protocol("covid-2022-twenty")] {
        for link in Link::ALL {
            assert!(p.deadline(*link).is_some_and(|s| s > Span(0)), "{link:?}");
            let cited = p.source_of(rule_path(*link)).unwrap();
            assert_eq!(Some(cited.value.parse().unwrap()), p.deadline(*link));
        }
        assert_eq!(p.deadline(Link::StatutoryReport), Some(Span::hours(2)));
        assert_eq!(p.deadline(Link::TransferContact), Some(Span::hours(8)));
        assert_eq!(p.round_length(), Some(Span::hours(24)));
        assert_eq!(p.close_contact_lookback(), Some(Span::days(2)));
        assert_eq!(p.observations_per_day(), 2);
    }
}

#[test]
fn every_rule_that_an_answer_cites_stands_in_the_file() {
    for id in builtin_ids() {
        let p = protocol(id);
        for zone in ZoneLevel::ALL.iter().map(|z| Some(*z)).chain([None]) {
            for exposure in Exposure::ALL {
                for occupation in OccupationClass::ALL {
                    for building_affected in [false, true] {
                        let (exposure, occupation) = (*exposure, *occupation);
                        let rule = p.tube_rule(&TubeQuestion { zone, building_affected, exposure, occupation });
                        assert!(p.source_of(rule.rule).is_some(), "{id}: {}", rule.rule);
                        assert_eq!(rule.mode == TubeMode::Single, rule.max_persons == 1);
                    }
                }
            }
        }
        for severity in Severity::ALL {
            for tags in [BTreeSet::new(), BTreeSet::from([PersonTag::Dialysis]), BTreeSet::from([PersonTag::Elderly])] {
                let (_, rule) = p.destination_rule(*severity, None, &tags);
                assert!(p.source_of(rule).is_some(), "{id}: {rule}");
            }
        }
        for category in ContactCategory::ALL {
            let cited = p.sources_below(p.schedule_path(*category));
            assert_eq!(p.contact_schedule(*category).is_some(), !cited.is_empty(), "{id}: {category:?}");
        }
    }
}

#[test]
fn contacts_of_the_ninth_edition() {
    let p = protocol("covid-2022-ninth");
    let close = p.contact_schedule(ContactCategory::Close).unwrap();
    assert_eq!((close.central_days, close.home_days), (7, 3));
    assert_eq!((close.test_days_central, close.test_days_home), (vec![1, 2, 3, 5, 7], vec![3]));
    assert!(close.tests_single && close.confined);
    assert!(p.identifies_secondary_contacts());
    let secondary = p.contact_schedule(ContactCategory::Secondary).unwrap();
    assert_eq!((secondary.central_days, secondary.home_days, secondary.test_days_home), (0, 7, vec![1, 4, 7]));
    assert_eq!(p.contact_schedule(ContactCategory::HighRiskSpillover).unwrap().central_days, 7);
    assert!(!p.contact_schedule(ContactCategory::General).unwrap().confined);
}

#[test]
fn contacts_of_the_twenty_measures() {
    let p = protocol("covid-2022-twenty");
    for category in [ContactCategory::Close, ContactCategory::Inbound] {
        let s = p.contact_schedule(category).unwrap();
        assert_eq!((s.central_days, s.home_days), (5, 3));
        assert_eq!((s.test_days_central, s.test_days_home), (vec![1, 2, 3, 5], vec![1, 3]));
    }
    assert!(!p.identifies_secondary_contacts());
    assert_eq!(p.contact_schedule(ContactCategory::Secondary), None);
    let spill = p.contact_schedule(ContactCategory::HighRiskSpillover).unwrap();
    assert_eq!((spill.central_days, spill.home_days, spill.test_days_home), (0, 7, vec![1, 3, 5, 7]));
}

#[test]
fn zones_are_lifted_after_seven_and_three_or_after_five_days() {
    let ninth = protocol("covid-2022-ninth");
    let high = ninth.zone_rule(ZoneLevel::High).unwrap();
    assert_eq!(high.unit_area, Some(UnitArea::Compound));
    assert_eq!((high.days_without_new_case, high.test_days), (Some(7), vec![1, 2, 3, 7]));
    assert_eq!((high.then_level, high.days_at_next_level), (Some(ZoneLevel::Medium), Some(3)));
    assert_eq!(high.test_within_before_lifting, Some(Span::hours(24)));
    assert_eq!(ninth.zone_rule(ZoneLevel::Medium).unwrap().then_level, Some(ZoneLevel::Low));

    let twenty = protocol("covid-2022-twenty");
    let high = twenty.zone_rule(ZoneLevel::High).unwrap();
    assert_eq!(high.unit_area, Some(UnitArea::Building));
    assert_eq!((high.days_without_new_case, high.test_days), (Some(5), vec![1, 2, 3, 5]));
    assert_eq!((high.then_level, high.days_at_next_level), (Some(ZoneLevel::Low), None));
    assert_eq!(twenty.zone_rule(ZoneLevel::Medium), None);
    let control = twenty.zone_rule(ZoneLevel::TemporaryControl).unwrap();
    assert_eq!((control.max_length, control.rule), (Some(Span::hours(24)), "zones.temporary_control"));
}

#[test]
fn the_tube_follows_the_risk() {
    let high = Some(ZoneLevel::High);
    for p in [protocol("covid-2022-ninth"), protocol("covid-2022-twenty")] {
        assert_eq!(tube(&p, high, true, Exposure::None), (TubeMode::Household, 10));
        assert_eq!(tube(&p, high, true, Exposure::CloseContact), (TubeMode::Single, 1));
        assert_eq!(tube(&p, None, false, Exposure::Recalled), (TubeMode::Single, 1));
        assert_eq!(tube(&p, None, false, Exposure::Discharged), (TubeMode::Single, 1));
        assert_eq!(tube(&p, None, false, Exposure::None), (TubeMode::Pooled, 10));
        assert_eq!(tube(&p, Some(ZoneLevel::Low), true, Exposure::None), (TubeMode::Pooled, 10));
        let screening = p.screening.as_ref().unwrap();
        assert!(screening.pool_size.elsewhere.alternatives.iter().any(|a| a.value == PoolSize(20)));
        let question =
            TubeQuestion { zone: None, building_affected: false, exposure: Exposure::None, occupation: OccupationClass::ClosedLoop };
        assert_eq!(p.tube_rule(&question).rule, "screening.tube_modes.single_occupations");
        assert_eq!(p.test_frequency(OccupationClass::InboundFacing), Some(Frequency { tests: 1, days: 1 }));
        assert_eq!(p.test_frequency(OccupationClass::General), None);
    }
    assert_eq!(tube(&protocol("covid-2022-ninth"), high, false, Exposure::None), (TubeMode::Household, 10));
    assert_eq!(tube(&protocol("covid-2022-twenty"), high, false, Exposure::None), (TubeMode::Pooled, 5));
}

#[test]
fn laboratory_discharge_and_what_follows() {
    let p = protocol("covid-2022-twenty");
    let ct = |v| Ct::new(v).unwrap();
    assert!(p.is_positive_ct(ct(39.99)) && !p.is_positive_ct(ct(40.0)));
    let exit = p.exit_rule().unwrap();
    assert_eq!((exit.consecutive, exit.min_gap, exit.ct_at_least), (2, Span::hours(24), ct(35.0)));
    let home = p.home_monitoring().unwrap();
    assert_eq!((home.central_days, home.home_days, home.test_days_home), (0, 7, vec![7]));
    assert_eq!(p.rescreen_exemption(), Some(Span::days(90)));
    let limits = p.transport_limits().unwrap();
    assert_eq!((limits.max_hours, limits.coldest), (24, Celsius::new(2.0).unwrap()));
    assert_eq!(limits.warmest, Celsius::new(8.0).unwrap());
}

#[test]
fn who_is_cared_for_where() {
    let p = protocol("covid-2022-twenty");
    let none = BTreeSet::new();
    assert_eq!(p.destination(Severity::Mild, Some(40), &none), FacilityKind::ShelterHospital);
    assert_eq!(p.destination(Severity::Moderate, Some(40), &none), FacilityKind::DesignatedHospital);
    assert_eq!(p.destination(Severity::Asymptomatic, Some(70), &none), FacilityKind::DesignatedHospital);
    assert_eq!(p.destination(Severity::Asymptomatic, None, &none), FacilityKind::ShelterHospital);
    let elderly = BTreeSet::from([PersonTag::Elderly]);
    assert_eq!(p.destination(Severity::Mild, None, &elderly), FacilityKind::DesignatedHospital);
    assert_eq!(p.destination(Severity::Mild, Some(60), &elderly), FacilityKind::ShelterHospital);
    let dialysis = BTreeSet::from([PersonTag::Dialysis]);
    assert_eq!(p.destination(Severity::Mild, Some(40), &dialysis), FacilityKind::DesignatedHospital);
    assert_eq!(protocol("ebola").destination(Severity::Mild, Some(40), &none), FacilityKind::DesignatedHospital);
}

#[test]
fn social_side_excludes_isolation_closed_loop_and_high_risk_zones() {
    let mut p = protocol("covid-2022-twenty");
    for setting in Setting::ALL {
        let controlled = matches!(setting, Setting::IsolationSite | Setting::HomeIsolation | Setting::HighRiskZone | Setting::ClosedLoop);
        assert_eq!(p.channel(*setting) == Control::Controlled, controlled, "{setting:?}");
    }
    let definition = p.definitions.social_side.as_mut().unwrap();
    definition.value = definition.alternatives[0].value;
    assert_eq!(p.channel(Setting::HighRiskZone), Control::CommunityFound);
    assert_eq!(p.social_zero_days(), Some(1));
}

#[test]
fn other_diseases_watch_contacts_and_neither_screen_nor_zone() {
    for id in ["measles", "mpox", "ebola"] {
        let p = protocol(id);
        let watch = p.contact_schedule(ContactCategory::Close).unwrap();
        assert_eq!((watch.central_days, watch.home_days, watch.confined), (0, 21, false), "{id}");
        assert_eq!(p.round_length(), None);
        assert_eq!(ZoneLevel::ALL.iter().find_map(|z| p.zone_rule(*z)), None);
        assert_eq!(tube(&p, None, false, Exposure::None), (TubeMode::Single, 1));
        assert!(p.epidemiology.incubation.value.mean_days().is_some());
    }
    let measles = protocol("measles");
    assert_eq!(measles.pep.unwrap()["mmr"].within.value, Limit(Span::hours(72)));
    let ebola = protocol("ebola");
    assert_eq!(ebola.outbreak_end.unwrap().days.value, Days(42));
    let kikwit = ebola.epidemiology.incubation.alternatives[0].value;
    assert!((kikwit.mean_days().unwrap() - 12.7).abs() < 0.05 && (kikwit.sd_days().unwrap() - 4.31).abs() < 0.05);
    assert_eq!(ebola.epidemiology.serial_interval.unwrap().value, Distribution::Gamma { mean: 14.2, sd: 9.6 });
}

#[test]
fn a_value_can_be_cited() {
    let p = protocol("covid-2022-twenty");
    let cited = p.source_of("contacts.close.test_days_central").unwrap();
    assert_eq!(
        cited.to_string(),
        "contacts.close.test_days_central = [1, 2, 3, 5]; two_sources: S_EP3D (https://m.ep3d.com/detail/xjvb.html), \
         S_TALKPOLKA (http://talkpolkadot.com/zx/353612.html)"
    );
    assert_eq!(p.source_of("contacts.close"), None);
    assert_eq!(p.source_of("nothing.here"), None);
}

/// Gamma quantiles after Wilson and Hilferty against those found by bisection of the incomplete gamma function (0.287 and 42.97): good in
/// the upper tail and rough near zero, where hours do not matter.
#[test]
fn bounds_of_a_distribution_are_those_of_its_tables() {
    let (low, high) = Distribution::Gamma { mean: 10.3, sd: 8.2 }.bounds_days();
    assert!((low - 0.287).abs() < 0.2 && (high - 42.97).abs() < 0.5, "{low} {high}");
    let (low, high) = Distribution::Lognormal { meanlog: 2.487, sdlog: 0.330 }.bounds_days();
    assert!((low - 5.14).abs() < 0.02 && (high - 28.13).abs() < 0.05, "{low} {high}");
    assert_eq!(Distribution::Range { low: 2.0, high: 21.0 }.bounds_days(), (2.0, 21.0));
}

#[test]
fn a_register_proposes_what_the_disease_makes_of_a_meeting() {
    let of = |id: &str, register: Register| protocol(id).meetings().into_iter().find(|m| m.register == register);
    let venue = of("measles", Register::Venue).unwrap();
    assert_eq!((venue.category, venue.within, venue.overlap), (Proposal::Close, Span::hours(2), Span(0)), "the air of two hours");
    assert_eq!(of("ebola", Register::Venue).unwrap().category, Proposal::None, "no contact without touching");
    let bus = of("covid-2022-twenty", Register::Vehicle).unwrap();
    assert_eq!((bus.category, bus.rows, bus.otherwise, bus.rule), (Proposal::Close, Some(1), Proposal::General, "exposures.vehicle"));
    assert!(of("measles", Register::SamplingQueue).is_none(), "no queue is searched");
    let event = |id: &str| of(id, Register::Event).unwrap().category;
    assert_eq!(
        (event("measles"), event("ebola"), event("mpox")),
        (Proposal::Close, Proposal::Close, Proposal::None),
        "funerals are asked about"
    );
    assert_eq!(protocol("covid-2022-twenty").contact_window(), (2.0, Some(8.0)));
    for id in ["covid-2022-ninth", "covid-2022-twenty", "measles", "ebola", "mpox"] {
        let p = protocol(id);
        for m in p.meetings() {
            assert!(m.category.category().is_none_or(|c| p.contact_schedule(c).is_some()), "{id}: {} can be confirmed", m.rule);
        }
    }
}
