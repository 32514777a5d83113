//! What is wrong in a file of the user's is told by place, in both languages, for every kind of file.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]

mod common;

use common::rehearse;

#[test]
fn every_kind_of_file_tells_its_faults_with_line_field_and_advice() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let out = dir.path().join("out").display().to_string();
    let observed = file("observed.csv", "t,cases\n1,1\n2,2\n3,4\n");
    let disease = quell_epidemic::disease::PRESETS.iter().find(|(n, _)| *n == "covid-ba5").unwrap().1;
    let line_of = |text: &str, begin: &str| text.lines().position(|l| l.starts_with(begin)).unwrap() + 1;
    let changed = |from: &str, to: &str| {
        assert!(disease.contains(from), "{from}");
        disease.replacen(from, to, 1)
    };
    let population = "name = \"x\"\ntitle = \"x\"\nsource = \"x\"\npeople = 300\narea_km2 = 5.0\ntownships = [{ name = \"a\", urban = 1, town = 0, villages = 0 }]\n";
    let at = |line: usize, zh: &str, en: &str| (format!("，第 {line} 行，{zh}"), format!(", line {line}, {en}"));

    let dispersion = changed("\ndispersion = 0.43", "\ndispersion = -1.0");
    let dispersion_line = line_of(&dispersion, "dispersion = ");
    let reproduction = changed("\nreproduction = ", "\nreprodction = ");
    let reproduction_line = line_of(&reproduction, "reprodction");
    let cases = [
        (
            "run --policy",
            file("a.toml", "[screening]\nevry_days = 2\n"),
            at(2, "screening.evry_days：没有名为", "screening.evry_days: there is no field"),
        ),
        (
            "run --policy",
            file("m.toml", "name = \"x\"\nprotocol = \"covid-2022-nineth\"\n"),
            at(
                2,
                "protocol：没有名为“covid-2022-nineth”的方案；是否应为“covid-2022-ninth”？",
                "protocol: there is no protocol \"covid-2022-nineth\"; did you mean \"covid-2022-ninth\"?",
            ),
        ),
        (
            "compare",
            file("n.toml", "name = \"x\"\n[closures]\nsettings = [\"school\"]\n"),
            at(
                2,
                "closures：类型不对",
                "closures: wrong kind of value: a list is needed here, not a table; write [[closures]], once for each",
            ),
        ),
        (
            "compare",
            file("b.toml", "\n\nname = 3\n"),
            at(3, "name：类型不对：此处须为加英文双引号的文字，而不是整数 3", "name: wrong kind of value: text is needed here, not 3"),
        ),
        (
            "run --disease",
            file("c.toml", &reproduction),
            at(
                reproduction_line,
                "variants.0.transmission.reprodction：没有名为“reprodction”的项；是否应为“reproduction”？",
                "variants.0.transmission.reprodction: there is no field",
            ),
        ),
        (
            "run --disease",
            file("d.toml", &dispersion),
            (
                format!(
                    "：离散参数须大于 0，且不超过 10,000；inf 表示人人相同；请检查第 {dispersion_line} 行 variants.0.transmission.dispersion、"
                ),
                format!(
                    ": a dispersion is above 0 and at most 10,000, or inf: all alike; look at line {dispersion_line} variants.0.transmission.dispersion, "
                ),
            ),
        ),
        (
            "run --disease",
            file("e.toml", &changed("\nreproduction = 3.44", "\nreproduction = 344.0")),
            at(
                line_of(disease, "reproduction = "),
                "variants.0.transmission.reproduction：再生数须在 0 与 100 之间",
                "variants.0.transmission.reproduction: reproduction is between",
            ),
        ),
        (
            "run --population",
            file("f.toml", &population.replace("people = 300", "people = 0")),
            at(4, "people：须在 1 与", "people: between 1 and"),
        ),
        (
            "run --population",
            file("g.toml", &population.replace("area_km2", "area")),
            at(5, "area：没有名为“area”的项", "area: there is no field \"area\""),
        ),
        (
            "run --population",
            file("h.toml", &population.replace("urban = 1", "urban = 1.5")),
            at(6, "townships.0.urban：类型不对", "townships.0.urban: wrong kind"),
        ),
        (
            "search",
            file("i.toml", "[screening]\npol = 2\n[search.parameters]\n\"symptoms.come\" = { real = [0.1, 0.9] }\n"),
            at(2, "screening.pol：没有名为“pol”的项；是否应为“pool”？", "screening.pol: there is no field"),
        ),
        (
            "search",
            file("j.toml", "[search.parameters]\n\"symptoms.come\" = { real = [0.9, 0.1] }\n"),
            at(2, "search.parameters.\"symptoms.come\"：小的一端", "search.parameters.\"symptoms.come\": low must be below"),
        ),
        (
            "calibrate",
            file("k.toml", "[parameters]\n\nstart = { uniform = [3, 0] }\n"),
            at(3, "parameters.start：小的一端", "parameters.start: the low end"),
        ),
    ];
    for (command, path, (zh, en)) in &cases {
        let mut words: Vec<&str> = command.split(' ').collect();
        if words[0] == "calibrate" {
            words.extend([observed.as_str(), "--parameters"]);
        }
        words.push(path);
        if matches!(words[0], "calibrate" | "search") {
            words.extend(["--out", &out]);
        }
        let (said_zh, said_en) = rehearse(&words).unwrap_err();
        let name = std::path::Path::new(path).display().to_string();
        assert!(said_zh.starts_with(&name) && said_zh.contains(zh.as_str()), "{command} {name}: {said_zh}");
        assert!(said_en.starts_with(&name) && said_en.contains(en.as_str()), "{command} {name}: {said_en}");
    }
    // A file that is not there.
    let (zh, en) = rehearse(&["run", "--policy", "no/such.toml"]).unwrap_err();
    assert_eq!(
        (zh.as_str(), en.as_str()),
        ("no/such.toml：没有这个文件或目录；请检查路径", "no/such.toml: there is no such file or directory; check the path")
    );
    // A disease that these people cannot have.
    let impossible = file("l.toml", &changed("\nreproduction = 3.44", "\nreproduction = 0.1"));
    let (zh, en) = rehearse(&["run", "--people", "500", "--disease", &impossible]).unwrap_err();
    assert!(zh.contains("请提高 reproduction") && en.contains("below the"), "{zh} {en}");
    // Missing words are named.
    let (zh, en) = rehearse(&["run", "--disease", "covid-ba55"]).unwrap_err();
    assert!(zh.contains("是否应为“covid-ba5”？") && en.contains("did you mean \"covid-ba5\"?"), "{zh}");
}
