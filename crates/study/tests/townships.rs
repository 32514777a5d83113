//! Who bears it, by township.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::{column, in_chinese, rehearse, table};

#[test]
fn townships_have_names_and_add_up() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run").display().to_string();
    let report =
        rehearse(&["run", "--population", "wushan", "--people", "20000", "--days", "30", "--imports", "60", "--out", &out]).unwrap();
    let townships = table(&dir.path().join("run/townships.csv"));
    let sum = |name: &str| column(&townships, name).iter().map(|c| c.parse::<f64>().unwrap()).sum::<f64>();
    assert_eq!(Some(sum("infections")), report["infections"].as_f64());
    let restricted = report["costs"]["restriction_person_days"].as_f64().unwrap();
    assert!((sum("restriction_person_days") - restricted).abs() < 1e-6 * restricted);
    let names = column(&townships, "name");
    assert!(names.len() == 26 && names.iter().all(|n| n.parse::<u32>().is_err()), "{names:?}");
    let svg = std::fs::read_to_string(dir.path().join("run/townships.svg")).unwrap();
    assert!(names.iter().all(|n| svg.contains(n.as_str())) && svg.contains("Person-days restricted"));
    assert_eq!(sum("people"), 20_000.0);
    // In Chinese they have their official names, on the pictures and in a column of their own; the other columns stay.
    let zh = dir.path().join("zh").display().to_string();
    in_chinese(&["run", "--population", "wushan", "--people", "20000", "--days", "30", "--imports", "60", "--out", &zh]).unwrap();
    let again = table(&dir.path().join("zh/townships.csv"));
    assert_eq!(again, townships);
    let chinese = column(&again, "name_zh");
    assert!(names[0] == "Gaotang" && chinese[0] == "高唐街道" && chinese[25] == "邓家乡", "{chinese:?}");
    assert!(chinese.iter().all(|n| n.ends_with(['道', '镇', '乡'])));
    for picture in ["townships.svg", "map.svg"] {
        let svg = std::fs::read_to_string(dir.path().join("zh").join(picture)).unwrap();
        assert!(svg.contains("大昌镇") && !svg.contains("Dachang"), "{picture}");
    }
    // The map has a tile for each, with its rate of infections.
    let map = std::fs::read_to_string(dir.path().join("run/map.svg")).unwrap();
    let (infections, people) = (column(&townships, "infections"), column(&townships, "people"));
    let rate = |k: usize| infections[k].parse::<f64>().unwrap() * 1000.0 / people[k].parse::<f64>().unwrap();
    let most = (0..26).max_by(|a, b| rate(*a).total_cmp(&rate(*b))).unwrap();
    assert!(rate(most) >= 10.0 && map.contains(&format!("<title>{} {:.0}</title>", names[most], rate(most))), "{}", rate(most));
    assert_eq!(map.matches("</title></rect>").count(), 2 * 26);
    assert!(map.contains("Infections per 1,000 people") && !map.contains("maps of all policies"));
}

#[test]
fn a_comparison_has_the_means_of_its_runs() {
    let dir = tempfile::tempdir().unwrap();
    let policy = dir.path().join("strict.toml");
    std::fs::write(&policy, "[screening]\nevery_days = 2\n").unwrap();
    let lax = dir.path().join("lax.toml");
    std::fs::write(&lax, "response = false\n").unwrap();
    let (policy, lax, out) = (policy.display().to_string(), lax.display().to_string(), dir.path().join("out").display().to_string());
    let report = rehearse(&["compare", &policy, &lax, "--people", "3000", "--days", "25", "--seeds", "3", "--out", &out]).unwrap();
    let townships = table(&dir.path().join("out/townships-1.csv"));
    let sum: f64 = column(&townships, "infections").iter().map(|c| c.parse::<f64>().unwrap()).sum();
    let mean = report["policies"][0]["numbers"]["infections"]["mean"].as_f64().unwrap();
    assert!((sum - mean).abs() < 1e-9, "{sum} {mean}");
    assert!(dir.path().join("out/townships-1.svg").exists());
    // One scale of colours for both.
    let map = |k: usize| std::fs::read_to_string(dir.path().join(format!("out/map-{k}.svg"))).unwrap();
    assert!([1, 2].into_iter().all(|k| map(k).contains("means of 3 runs") && map(k).contains("same on the maps of all policies")));
    let limits = |svg: &str| svg.split(['<', '>']).filter(|t| t.starts_with("≥ ")).map(str::to_owned).collect::<Vec<_>>();
    assert!(limits(&map(1)) == limits(&map(2)) && map(1) != map(2));
}
