//! Pictures of two outbreaks whose data are public, as SVG and PNG: `gallery DATA OUT` reads `hagelloch1861.csv` (measles, 1861: R packages
//! outbreaks and surveillance), and `tianjin_2020_linelist.csv` with `tianjin_2020_edges.csv` (COVID-19, 2020: Tindale et al. 2020, eLife 9:e57149)
//! in the folder DATA, and writes into the folder OUT.

use jiff::civil::{Date, date};
use quell_charts::Language::{self, Chinese, English};
use quell_charts::{Case, DelayPlot, Head, Link, Mark, Start, TimelineTree, png};
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::path::Path;

const EPOCH: Date = date(1970, 1, 1);
type Row = HashMap<String, String>;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().collect();
    let [_, data, out] = &args[..] else { return Err("gallery DATA OUT".into()) };
    let (data, out) = (Path::new(data), Path::new(out));
    for (language, name) in [(English, "en"), (Chinese, "zh")] {
        let tianjin = tianjin(data, language)?;
        save(out, &format!("hagelloch-{name}"), &hagelloch(data, language)?.svg(language))?;
        save(out, &format!("tianjin-{name}"), &tianjin.svg(language))?;
        save(out, &format!("delay-{name}"), &to_confirmation(&tianjin, language).svg(language))?;
    }
    Ok(())
}

/// The words of a language.
fn say(language: Language, chinese: &str, english: &str) -> Option<String> {
    Some(if language == Chinese { chinese } else { english }.to_owned())
}

fn save(out: &Path, name: &str, svg: &str) -> Result<(), Box<dyn Error>> {
    std::fs::write(out.join(format!("{name}.svg")), svg)?;
    std::fs::write(out.join(format!("{name}.png")), png(svg, &[quell_fonts::CARRIED], 3.0)?)?;
    Ok(())
}

fn rows(path: &Path) -> Result<Vec<Row>, csv::Error> {
    csv::Reader::from_path(path)?.deserialize().collect()
}

/// A cell with a date, as days since 1970.
fn day(row: &Row, column: &str) -> Option<f64> {
    let date: Date = row.get(column)?.parse().ok()?;
    Some((date.duration_since(EPOCH).as_secs() / 86_400) as f64)
}

fn from(zero: f64) -> impl Fn(Option<f64>) -> Option<f64> {
    move |d| d.map(|d| d - zero)
}

fn hagelloch(data: &Path, language: Language) -> Result<TimelineTree, Box<dyn Error>> {
    let rows = rows(&data.join("hagelloch1861.csv"))?;
    let zero = rows.iter().filter_map(|r| day(r, "date_of_prodrome")).fold(f64::INFINITY, f64::min);
    let since = from(zero);
    let index: HashMap<&str, usize> = rows.iter().enumerate().map(|(k, r)| (r["case_ID"].as_str(), k)).collect();
    let cases = rows.iter().map(|r| Case {
        name: r["case_ID"].clone(),
        onset: since(day(r, "date_of_prodrome")),
        end: since(day(r, "date_of_rash")),
        ..Case::default()
    });
    let link = |(infectee, row): (usize, &Row)| {
        let infector = *index.get(row["infector"].as_str())?;
        Some(Link { infector, infectee, probability: 1.0, implausible: false })
    };
    Ok(TimelineTree {
        head: Head {
            title: say(language, "麻疹，德国哈格洛赫村，1861 年", "Measles in Hagelloch, 1861"),
            subtitle: None,
            source: Some("Oesterle 1992, reconhub/outbreaks".into()),
        },
        start: Start::Date { since_1970: zero as i32 },
        onset_means: say(language, "前驱期", "prodrome"),
        end_means: say(language, "出疹", "rash"),
        cases: cases.collect(),
        links: rows.iter().enumerate().filter_map(link).collect(),
    })
}

fn tianjin(data: &Path, language: Language) -> Result<TimelineTree, Box<dyn Error>> {
    let rows = rows(&data.join("tianjin_2020_linelist.csv"))?;
    let zero = rows.iter().filter_map(|r| day(r, "symptom_onset")).fold(f64::INFINITY, f64::min);
    let since = from(zero);
    let index: HashMap<String, usize> = rows.iter().enumerate().map(|(k, r)| (r["case_id"].to_lowercase(), k)).collect();
    let cases: Vec<Case> = rows
        .iter()
        .map(|r| Case {
            name: r["case_id"].clone(),
            exposure: since(day(r, "start_source")).zip(since(day(r, "end_source"))),
            onset: since(day(r, "symptom_onset")),
            end: since(day(r, "confirm_date")),
            imported: ["Wuhan", "Hubei", "import"].iter().any(|w| r["Infection_source"].contains(w)),
            ..Case::default()
        })
        .collect();
    let edges = self::rows(&data.join("tianjin_2020_edges.csv"))?;
    let mut links: Vec<Link> = Vec::new();
    for e in &edges {
        let (Some(infector), Some(infectee)) = (index.get(&e["from"]), index.get(&e["to"])) else { continue };
        // Investigators named two for some.
        let named = edges.iter().filter(|o| o["to"] == e["to"]).count() as f64;
        let isolated = cases[*infector].end.zip(cases[*infectee].exposure).is_some_and(|(end, (begin, _))| end < begin);
        links.push(Link { infector: *infector, infectee: *infectee, probability: 1.0 / named, implausible: isolated });
    }
    Ok(TimelineTree {
        head: Head {
            title: say(language, "新冠肺炎，天津，2020 年 1–2 月", "COVID-19 in Tianjin, January to February 2020"),
            subtitle: None,
            source: Some("Tindale et al. 2020, eLife 9:e57149".into()),
        },
        start: Start::Date { since_1970: zero as i32 },
        onset_means: None,
        end_means: say(language, "确诊", "confirmed"),
        cases,
        links,
    })
}

/// Days from the onset to the end of a case.
fn to_confirmation(tree: &TimelineTree, language: Language) -> DelayPlot {
    let mut days: Vec<i64> = tree.cases.iter().filter_map(|c| Some((c.end? - c.onset?) as i64)).collect();
    days.sort_unstable();
    let mut counts: BTreeMap<i64, f64> = BTreeMap::new();
    for d in &days {
        *counts.entry(*d).or_default() += 1.0;
    }
    let mean = days.iter().sum::<i64>() as f64 / days.len().max(1) as f64;
    let quantile = |share: usize| days.get(days.len() * share / 100).map_or(0.0, |d| *d as f64);
    let mark = |zh: &str, en: &str, value: f64| Mark { name: say(language, zh, en).unwrap_or_default(), value, interval: None };
    DelayPlot {
        head: Head {
            title: say(language, "从发病到确诊，天津，2020 年 1–2 月", "From onset to confirmation, Tianjin, January to February 2020"),
            subtitle: None,
            source: tree.head.source.clone(),
        },
        counts: counts.into_iter().collect(),
        fits: vec![],
        marks: vec![mark("均值", "mean", mean), mark("中位数", "median", quantile(50)), mark("90% 分位数", "90 %", quantile(90))],
    }
}
