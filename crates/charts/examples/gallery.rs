//! The chains of two outbreaks whose data are public, as SVG and PNG: `gallery DATA OUT` reads `hagelloch1861.csv` (measles, 1861), and
//! `tianjin_2020_linelist.csv` with `tianjin_2020_edges.csv` (COVID-19, 2020) in the folder DATA.

use jiff::civil::{Date, date};
use quell_charts::{Case, DelayPlot, Head, Language, Link, Mark, Start, TimelineTree, png};
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::path::Path;

const EPOCH: Date = date(1970, 1, 1);
type Row = HashMap<String, String>;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().collect();
    let [_, data, out] = &args[..] else { return Err("gallery DATA OUT".into()) };
    let (data, out) = (Path::new(data), Path::new(out));
    let (hagelloch, tianjin) = (hagelloch(data)?, tianjin(data)?);
    for (language, name) in [(Language::English, "en"), (Language::Chinese, "zh")] {
        save(out, &format!("hagelloch-{name}"), &hagelloch.svg(language))?;
        save(out, &format!("tianjin-{name}"), &tianjin.svg(language))?;
        save(out, &format!("interval-{name}"), &intervals(&hagelloch).svg(language))?;
    }
    Ok(())
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

fn hagelloch(data: &Path) -> Result<TimelineTree, Box<dyn Error>> {
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
            title: Some("麻疹，哈格洛赫，1861 年 / Measles in Hagelloch, 1861".into()),
            subtitle: None,
            source: Some("Oesterle 1992, reconhub/outbreaks".into()),
        },
        start: Start::Date { since_1970: zero as i32 },
        onset_means: Some("前驱期 / prodrome".into()),
        end_means: Some("出疹 / rash".into()),
        cases: cases.collect(),
        links: rows.iter().enumerate().filter_map(link).collect(),
    })
}

fn tianjin(data: &Path) -> Result<TimelineTree, Box<dyn Error>> {
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
            title: Some("新冠肺炎，天津，2020 年 1–2 月 / COVID-19 in Tianjin, January to February 2020".into()),
            subtitle: None,
            source: Some("Tindale et al. 2020, eLife 9:e57149".into()),
        },
        start: Start::Date { since_1970: zero as i32 },
        onset_means: None,
        end_means: Some("确诊 / confirmed".into()),
        cases,
        links,
    })
}

/// The serial intervals of a chain.
fn intervals(tree: &TimelineTree) -> DelayPlot {
    let mut counts: BTreeMap<i64, f64> = BTreeMap::new();
    let onset = |k: usize| tree.cases[k].onset;
    let days: Vec<f64> = tree.links.iter().filter_map(|l| Some(onset(l.infectee)? - onset(l.infector)?)).collect();
    for d in &days {
        *counts.entry(*d as i64).or_default() += 1.0;
    }
    let mean = days.iter().sum::<f64>() / days.len() as f64;
    DelayPlot {
        head: Head { title: Some("代际间隔，麻疹，1861 年 / Serial interval of measles, 1861".into()), ..Head::default() },
        counts: counts.into_iter().collect(),
        fits: vec![],
        marks: vec![Mark { name: "μ =".into(), value: mean, interval: None }],
    }
}
