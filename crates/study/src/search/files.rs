//! Files of a search: `front.csv`, `candidates.csv`, `candidates.parquet`, `front/*.toml`, `front.svg`, `summary.json`.

use super::space::Space;
use super::{Found, origin};
use crate::row::{NUMBERS, title};
use crate::said::Trouble;
use crate::statistics::Summary;
use crate::table::{Column, Table};
use quell_charts::{Estimate, Head, Language, Pareto, ParetoPoint};
use quell_response::policy::Policy;
use serde_json::Value;
use std::path::Path;

pub(super) fn write(dir: &Path, space: &Space, found: &Found, report: &Value, chinese: bool) -> Result<(), Trouble> {
    let all: Vec<usize> = (0..found.candidates.len()).collect();
    let candidates = table(space, found, &all);
    candidates.csv(&dir.join("candidates.csv"))?;
    candidates.parquet(&dir.join("candidates.parquet"))?;
    let front: Vec<usize> = found.front.iter().map(|f| f.candidate).collect();
    let names = Column::Text((0..front.len()).map(|place| found.name(place)).collect());
    table(space, found, &front).led_by("policy", names).csv(&dir.join("front.csv"))?;
    policies(&dir.join("front"), found)?;
    let put = |name: &str, text: String| {
        let path = dir.join(name);
        std::fs::write(&path, text).map_err(|e| Trouble::io(&path, &e))
    };
    put("summary.json", format!("{report:#}\n"))?;
    let language = if chinese { Language::Chinese } else { Language::English };
    put("front.svg", picture(space, found, chinese).svg(language))
}

/// The policies of the front, each as a file of its own; those of an earlier search are taken away.
fn policies(dir: &Path, found: &Found) -> Result<(), Trouble> {
    if dir.exists() {
        std::fs::remove_dir_all(dir).map_err(|e| Trouble::io(dir, &e))?;
    }
    std::fs::create_dir_all(dir).map_err(|e| Trouble::io(dir, &e))?;
    for (place, member) in found.front.iter().enumerate() {
        let name = found.name(place);
        let path = dir.join(format!("{name}.toml"));
        let policy = Policy { name, ..found.candidates[member.candidate].policy.clone() };
        let text = toml::to_string(&policy).map_err(|e| Trouble::file(&path, &e))?;
        std::fs::write(&path, text).map_err(|e| Trouble::io(&path, &e))?;
    }
    Ok(())
}

/// A row a candidate: where it is from, its parameters, what came out.
fn table(space: &Space, found: &Found, who: &[usize]) -> Table {
    let of = |f: &dyn Fn(usize) -> Option<f64>| Column::Number(who.iter().map(|k| f(*k)).collect());
    let candidate = |k: usize| &found.candidates[k];
    let mut table = Table::default()
        .with("candidate", Column::Whole(who.iter().map(|k| *k as i64).collect()))
        .with("origin", Column::Text(who.iter().map(|k| origin(candidate(*k).origin)).collect()))
        .with("seeds", Column::Whole(who.iter().map(|k| candidate(*k).runs.len() as i64).collect()))
        .with("on_front", Column::Whole(who.iter().map(|k| i64::from(found.front.iter().any(|f| f.candidate == *k))).collect()))
        .with("share_on_front", of(&|k| found.shares.get(&k).copied()))
        .with("share_reaching_zero", of(&|k| Some(found.reached(k))));
    for (number, path) in space.paths().enumerate() {
        let cell = |k: &usize| candidate(*k).is.get(number).map_or_else(|| "base".to_owned(), super::space::Is::text);
        table = table.with(path, Column::Text(who.iter().map(cell).collect()));
    }
    for (aim, name) in found.aims.names.iter().enumerate() {
        let summary = |k: usize| found.summary(k, aim);
        table = table
            .with(&format!("minimised_{name}"), of(&|k| summary(k).map(|s| s.mean)))
            .with(&format!("minimised_{name}_low"), of(&|k| summary(k).map(|s| s.low)))
            .with(&format!("minimised_{name}_high"), of(&|k| summary(k).map(|s| s.high)));
    }
    NUMBERS.iter().fold(table, |t, name| {
        let values = |k: usize| candidate(k).runs.iter().filter_map(|r| r.number(name)).collect::<Vec<_>>();
        t.with(name, of(&|k| Summary::of(&values(k)).map(|s| s.mean)))
    })
}

/// The first two numbers against each other.
fn picture(space: &Space, found: &Found, chinese: bool) -> Pareto {
    let place = |k: usize| found.front.iter().position(|f| f.candidate == k);
    let point = |k: usize| {
        let estimate = |aim: usize| found.summary(k, aim).map(|s| Estimate { middle: s.mean, half: None, most: (s.low.max(0.0), s.high) });
        let (across, up) = (estimate(0)?, estimate(1)?);
        let name = place(k).map(|p| (p + 1).to_string()).unwrap_or_default();
        Some(ParetoPoint { across, up, name, front: place(k).is_some() })
    };
    let (runs, number) = (found.spent, found.candidates.len() - 1);
    let subtitle = if chinese {
        format!("{number} 个候选策略，{runs} 次预演；横竖线为均值的 95% 区间")
    } else {
        format!("{number} candidates, {runs} runs; bars are intervals of 95 % of the means")
    };
    let unreached = found.aims.names.iter().take(2).any(|n| ["days_to_zero", "first_zero"].contains(n));
    let note = if chinese {
        "未清零的预演按最差计：预演天数加上剩余疫情。"
    } else {
        "A run that did not reach zero counts as its length and what was left."
    };
    Pareto {
        head: Head { title: Some(space.base.name.clone()), subtitle: Some(subtitle), source: None },
        across: title(found.aims.names[0], chinese).to_owned(),
        up: title(found.aims.names[1], chinese).to_owned(),
        points: (1..found.candidates.len()).filter_map(point).collect(),
        reference: point(0).map(|p| ParetoPoint { name: if chinese { "基础策略" } else { "base" }.to_owned(), front: false, ..p }),
        notes: if unreached { vec![note.to_owned()] } else { Vec::new() },
    }
}
