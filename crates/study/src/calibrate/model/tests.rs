#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
use super::*;
use quell_epidemic::disease::preset;
use quell_epidemic::random::Key;

fn model(text: &str) -> Result<Model, Trouble> {
    let disease = preset("covid-ba5").unwrap().unwrap();
    let policy = Policy::default();
    let fixed =
        Fixed { disease: disease.file(), policy: &policy, imports: 10, imports_per_day: 0.0, start: 4, observed: 30, people: 1_000_000 };
    Model::parse(Source::of(Path::new("unknown.toml"), text), &fixed)
}

#[test]
fn parameters_reach_disease_policy_and_beginning() {
    let text = r#"[parameters]
        "variants.0.transmission.reproduction" = { uniform = [2, 4] }
        "vaccination.1.infection" = { normal = [0.3, 0.1] }
        "policy.symptoms.come" = { uniform = [0.2, 0.8] }
        "means.investigators" = { log_uniform = [1, 100] }
        "symptoms.from_day" = { uniform = [0, 9] }
        imports = { log_uniform = [1, 100] }
        imports_per_day = { uniform = [0, 2] }
        start = { uniform = [0, 20] }
    "#;
    let model = model(text).unwrap();
    assert_eq!(model.check(), Ok(()));
    let whole: Vec<&str> = model.parameters.iter().filter(|p| p.whole).map(|p| p.name.as_str()).collect();
    assert_eq!(whole, ["imports", "start", "symptoms.from_day"]);
    let mut draws = Key::new(1).draws();
    for _ in 0..200 {
        let latent = model.draw(&mut draws);
        assert!(model.density(&latent) > 0.0);
        let Some(point) = model.at(&latent) else { continue };
        let of = |name: &str| point.values[model.parameters.iter().position(|p| p.name == name).unwrap()];
        let disease = point.own.disease.as_ref().unwrap();
        assert_eq!(disease.variants[0].transmission.reproduction, of("variants.0.transmission.reproduction"));
        assert_eq!(disease.vaccination[1].infection, of("vaccination.1.infection"));
        assert_eq!(point.policy.symptoms.come, of("policy.symptoms.come"));
        assert_eq!(f64::from(point.policy.symptoms.from_day), of("symptoms.from_day"));
        assert_eq!((f64::from(point.own.imports), f64::from(point.start)), (of("imports"), of("start")));
        assert_eq!(point.own.days, point.start + 30);
        assert_eq!(model.valued(&point.values).map(|p| p.policy), Some(point.policy));
    }
}

#[test]
fn whole_numbers_are_drawn_alike() {
    let model = model("[parameters]\nstart = { uniform = [0, 3] }").unwrap();
    let mut draws = Key::new(2).draws();
    let mut seen = [0i32; 4];
    (0..8_000).for_each(|_| seen[model.at(&model.draw(&mut draws)).unwrap().start as usize] += 1);
    assert!(seen.iter().all(|n| (n - 2_000).abs() < 160), "{seen:?}");
}

#[test]
fn faults_are_told_by_file_path_and_rule() {
    let refused = [
        ("", "没有 [parameters] 表", "no table [parameters]"),
        ("x = 1\n[parameters]\nstart = { uniform = [0, 3] }", "x：没有这一项", "x: unknown"),
        ("[parameters]\nstart = [0, 3]", "须为 { uniform", "is one of { uniform"),
        ("[parameters]\nstart = { uniform = [3, 0] }", "小的一端", "the low end"),
        ("[parameters]\nstart = { uniform = [0.5, 3] }", "只能取整数", "only whole numbers"),
        ("[parameters]\nimports = { log_uniform = [0, 3] }", "须大于 0", "lies above 0"),
        ("[parameters]\n\"symptoms.come\" = { uniform = [0, 3] }", "比例须在 0 与 1 之间", "a share lies between"),
        (
            "[parameters]\n\"symptoms.comes\" = { uniform = [0, 1] }",
            "没有名为“comes”的项",
            "there is no field \"comes\"; did you mean \"come\"?",
        ),
        ("[parameters]\n\"variants.3.transmission.reproduction\" = { uniform = [1, 2] }", "没有这一项", "no such entry"),
        (
            "[parameters]\n\"variants.0.transmission.reproductions\" = { uniform = [1, 2] }",
            "没有名为“reproductions”的项；是否应为“reproduction”？",
            "there is no field",
        ),
    ];
    for (text, zh, en) in refused {
        let Err(trouble) = model(text) else { panic!("{text}") };
        assert!(trouble.text(true).starts_with("unknown.toml") && trouble.text(true).contains(zh), "{text}: {}", trouble.text(true));
        assert!(trouble.text(false).contains(en), "{text}: {}", trouble.text(false));
    }
    // What the disease's own file refuses is told before the first run.
    let model = model("[parameters]\n\"variants.0.transmission.household_attack\" = { uniform = [1.1, 2] }").unwrap();
    assert!(model.check().is_err_and(|t| t.text(false).contains("household_attack is a share below 1")));
}
