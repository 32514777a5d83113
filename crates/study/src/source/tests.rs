#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helper functions too")]
use super::*;
use crate::world::policy_paths;
use quell_response::policy::Policy;

/// What is said of a policy in Chinese and English.
fn told(text: &str) -> (String, String) {
    let source = Source::of(Path::new("p.toml"), text);
    let trouble = source.read::<Policy>(&policy_paths()).and_then(|p| p.check().map_err(|e| crate::world::impossible_policy(&source, &e)));
    let Err(trouble) = trouble else { panic!("{text}") };
    (trouble.text(true).to_owned(), trouble.text(false).to_owned())
}

#[test]
fn a_fault_is_told_with_line_path_and_what_to_do() {
    let whole = [
        (
            "name = \"a\"\n\n[screening]\nevry_days = 2\n",
            "p.toml，第 4 行，screening.evry_days：没有名为“evry_days”的项；是否应为“every_days”？可用：area, every_days, from_cases, clear_rounds, pool, chase\n    evry_days = 2",
            "p.toml, line 4, screening.evry_days: there is no field \"evry_days\"; did you mean \"every_days\"? there are area, every_days, from_cases, clear_rounds, pool, chase\n    evry_days = 2",
        ),
        (
            "[screening]\nevery_days = \"two\"",
            "p.toml，第 2 行，screening.every_days：类型不对：此处须为不小于 0 的整数，而不是文字 \"two\"\n    every_days = \"two\"",
            "p.toml, line 2, screening.every_days: wrong kind of value: a whole number, 0 or above is needed here, not the text \"two\"\n    every_days = \"two\"",
        ),
        (
            "[compliance]\nevade = 3\n",
            "p.toml，第 2 行，compliance.evade：比例须在 0 与 1 之间\n    evade = 3",
            "p.toml, line 2, compliance.evade: a share lies between 0 and 1\n    evade = 3",
        ),
        (
            "[screening]\npool = 10\npool = 20\n",
            "p.toml，第 3 行：这一项或表出现了两次；删去一处\n    pool = 20",
            "p.toml, line 3: this is there twice; remove one\n    pool = 20",
        ),
    ];
    for (text, zh, en) in whole {
        assert_eq!(told(text), (zh.to_owned(), en.to_owned()));
    }
}

#[test]
fn common_faults_have_their_line_and_chinese_words() {
    let faults = [
        ("[[closures]]\nsettings = [\"school\"]\n[[closures]]\neffect = 0.5", "第 3 行，closures.1：缺少“settings”；请补上"),
        ("[[closures]]\nsettings = [\"school\"]\n[[closures]]\nsettings = [\"work\"]\neffect = 2.0", "第 5 行，closures.1.effect：比例"),
        ("name = \"a\"\n\n[closures]\nsettings = [\"school\"]", "第 3 行，closures：类型不对"),
        ("name = \"a\"\n\n[closures]\nsettings = [\"school\"]", "写作 [[closures]]"),
        ("[[closures]]\nsettings = [\"schol\"]", "第 2 行，closures.0.settings.0：没有“schol”这个值；是否应为“school”？"),
        ("[screening]\narea = \"all\"", "第 2 行，screening.area：没有“all”这个值；可用：everywhere, affected"),
        ("[screening]\narea = 3", "第 2 行，screening.area：类型不对：此处须为加英文双引号的词"),
        ("every_days = 2", "第 1 行，every_days：没有名为“every_days”的项"),
        ("every_days = 2", "“every_days”应写在 [screening] 之下"),
        ("[zones]\ndrawn = 1", "第 2 行，zones.drawn：类型不对：此处须为 true 或 false，而不是整数 1"),
        ("[zones]\ndrawn = yes", "第 2 行：等号后没有值，或文字没有加英文双引号"),
        ("[screening]\nevery_days = -1", "第 2 行，screening.every_days：数值超出范围"),
        ("[screening]\nevery_days = 99999999999", "第 2 行，screening.every_days：数值超出范围"),
        ("[vaccination]\nages = [[60, 300]]", "第 2 行，vaccination.ages.0.1：数值超出范围：此处须为 0 至 255 的整数"),
        ("[vaccination]\nages = [[60]]", "第 2 行，vaccination.ages.0：此处须有 2 个值，现有 1 个"),
        ("means = 3", "第 1 行，means：类型不对：此处须为表，而不是整数 3"),
        ("[screening\nevery_days = 2", "第 1 行：表头缺少右方括号"),
        ("[screening]\nchase 0.5", "第 2 行：缺少等号和值"),
        ("[screening]\nchase：0.5", "第 2 行：缺少等号和值；写作 名称 = 值；本行有全角标点"),
        ("name = “甲”", "第 1 行：等号后没有值，或文字没有加英文双引号"),
        ("[screening]\nchase = 0,5", "第 2 行：同一行里多了内容"),
        ("[screening]\nchase = .5", "第 2 行：数字不完整"),
        ("名称 = \"甲\"", "第 1 行：名称里有不允许的字符"),
        ("name = \"甲", "第 1 行：文字的双引号没有成对"),
        ("closures = [{ settings = [\"school\"] }", "第 1 行：列表缺少右方括号"),
        ("[means]\nrooms = 1.5", "第 2 行，means.rooms：类型不对：此处须为不小于 0 的整数，而不是小数 1.5"),
        ("[tracing.recall]\nmarket = 2.0", "第 2 行，tracing.recall.market：比例须在"),
        ("tracing = { recall = { market = 2.0 } }", "第 1 行，tracing.recall.market：比例须在"),
        ("[masks]\nworn = 0.5\n[means]\ncallers = 0.0", "第 4 行，means.callers：须大于 0"),
    ];
    for (text, zh) in faults {
        let (said, english) = told(text);
        assert!(said.starts_with("p.toml，") && said.contains(zh), "{text}: {said}");
        // Nothing of a programmer's English is left, and nothing of Chinese in the other language but the user's own text.
        let words: String = said.lines().take(1).collect();
        assert!(!["invalid", "expected", "unknown", "missing", "must"].iter().any(|w| words.contains(w)), "{said}");
        let first = english.lines().next().unwrap();
        assert!(first.starts_with("p.toml, line ") && first.is_ascii(), "{english}");
    }
}

#[test]
fn every_rule_of_a_policy_is_there_in_chinese() {
    let broken = [
        "[symptoms]\nafter_days = -1.0",
        "[symptoms]\nothers_per_1000 = 5000.0",
        "[screening]\nevery_days = 0",
        "[screening]\npool = 50",
        "[[closures]]\nsettings = []",
        "[vaccination]\nstatus = 0",
        "[vaccination]\nages = [[60, 18]]",
        "[compliance]\nhousehold = 9.0",
        "[means]\ntubes_per_hour = 0.0",
        "[means]\nseats = 1e9",
    ];
    for text in broken {
        let (zh, en) = told(text);
        let rule = |said: &str, colon: &str| said.lines().next().unwrap().split_once(colon).unwrap().1.to_owned();
        assert_ne!(rule(&zh, "："), rule(&en, ": "), "{text}");
    }
}

#[test]
fn a_place_in_the_text_is_found_for_any_path() {
    let text = "a = 1\n[b]\nc = { d = 2 }\n[[list]]\nx = 1\n[[list]]\n\"y.z\" = [5, 6]\n";
    let line = |path: &[&str]| {
        let span = span_of(text, path).unwrap();
        text[..span.start].matches('\n').count() + 1
    };
    assert_eq!([line(&["a"]), line(&["b", "c", "d"]), line(&["list", "1", "y.z"]), line(&["list", "0", "x"])], [1, 3, 7, 5]);
    // What is not there has the place of what is above it.
    assert_eq!((line(&["b", "none"]), span_of(text, &["none"])), (2, None));
    assert_eq!(shown(&["list", "1", "y.z"]), "list.1.\"y.z\"");
}
