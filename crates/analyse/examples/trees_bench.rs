//! Who infected whom, measured: speed and mixing on simulated outbreaks of three sizes, how often a claim of 90 % is right on many of them, and, where the
//! data are given, the recorded infectors of Hagelloch 1861 and Tianjin 2020. See bench/trees.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a benchmark fails by panicking, and looks at the clock")]

#[path = "../../epi/tests/outbreaks/mod.rs"]
mod outbreaks;

use clap::Parser;
use outbreaks::{Known, Score, World, live};
use quell_epi::trees::{Kind, Problem, Sampling, Tie, first, posterior};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

#[derive(Parser)]
struct Options {
    /// Simulated outbreaks for each of the ways in which they go.
    #[arg(long, default_value_t = 10)]
    outbreaks: u64,
    /// Cases of the largest outbreak.
    #[arg(long, default_value_t = 100_000)]
    largest: usize,
    /// A folder with hagelloch1861.csv, tianjin_2020_linelist.csv and tianjin_2020_edges.csv.
    #[arg(long)]
    data: Option<PathBuf>,
    /// One line of JSON.
    #[arg(long)]
    json: bool,
}

fn main() {
    let o = Options::parse();
    let speed: Vec<Value> = [188, 5_829, o.largest].map(speed).into();
    let calibration: Vec<Value> = worlds().into_iter().map(|(name, w)| calibration(name, &w, o.outbreaks)).collect();
    let recorded = o.data.as_deref().map_or(Vec::new(), recorded);
    let all = json!({ "speed": speed, "calibration": calibration, "recorded": recorded });
    if o.json {
        println!("{all}");
    } else {
        for (part, rows) in all.as_object().unwrap() {
            println!("{part}");
            rows.as_array().unwrap().iter().for_each(|r| println!("  {r}"));
        }
    }
}

fn worlds() -> Vec<(&'static str, World)> {
    let usual = World::USUAL;
    let few = World { size: 0.1, outside: 1.8, at_home: 0.1, ..usual };
    vec![
        ("all reported", usual),
        ("exposure windows of up to 7 days", World { window: Some(3), ..usual }),
        ("few infect most (size 0.1)", few),
        ("few infect most, exposure windows", World { window: Some(3), ..few }),
        ("70 % reported", World { reported: 0.7, ..usual }),
        ("40 % reported", World { reported: 0.4, most_cases: 400, ..usual }),
        ("onsets known to 4 days", World { vague: 3, ..usual }),
        ("an import every 5 days", World { import_every: Some(5), outside: 0.7, ..usual }),
        ("the first four cases", World { most_cases: 4, ..usual }),
        ("the first eight cases, an import every 5 days", World { most_cases: 8, import_every: Some(5), ..usual }),
    ]
}

/// The first outbreak of some seed that grows to so many cases; two thirds of the infections are named by somebody, as in a contact record.
fn of_size(cases: usize) -> Known {
    let w = World { people: 40 * cases, most_cases: cases, ..World::USUAL };
    let mut k = (0..200).map(|seed| live(&w, seed)).find(|k| k.outbreak.cases.len() == cases).unwrap();
    k.outbreak.kinds.push(Kind::new("contact"));
    let named = k.infector.iter().enumerate().filter(|(j, _)| j % 3 != 0).filter_map(|(j, i)| Some((j as u32, (*i)?)));
    k.outbreak.ties.extend(named.map(|(b, a)| Tie { a, b, kind: 1, directed: true }));
    k
}

fn speed(cases: usize) -> Value {
    let k = of_size(cases);
    let begin = Instant::now();
    let p = Problem::new(&k.outbreak).unwrap();
    let prepared = begin.elapsed().as_secs_f64();
    let begin = Instant::now();
    let f = first(&p);
    let answered = begin.elapsed().as_secs_f64();
    let s = Sampling::of_size(cases, 1);
    let begin = Instant::now();
    let q = posterior(&p, &f, &s);
    let sampled = begin.elapsed().as_secs_f64();
    let updates = (s.chains * (s.warm_up + s.sweeps) * cases) as f64;
    let m = q.mixing();
    json!({
        "cases": cases, "prepare_s": prepared, "first_answer_s": answered, "posterior_s": sampled, "chains": s.chains, "sweeps": s.sweeps,
        "case_updates_per_s": (updates / sampled).round(), "effective_size": m.effective_size.round(), "effective_per_s": (m.effective_size / sampled).round(),
        "r_hat": m.r_hat,
    })
}

fn calibration(name: &str, w: &World, outbreaks: u64) -> Value {
    let (mut quick, mut full, mut blind) = (Score::default(), Score::default(), Score::default());
    // Of small ones there are more, so that as many cases are looked at.
    let (least, outbreaks) = if w.most_cases < 20 { (2, 20 * outbreaks) } else { (20, outbreaks) };
    let large = (0..).map(|seed| live(w, seed)).filter(|k| k.outbreak.cases.len() >= least).take(outbreaks as usize);
    for k in large {
        let p = Problem::new(&k.outbreak).unwrap();
        let f = first(&p);
        quick.add(&k, &f.infectors);
        full.add(&k, &posterior(&p, &f, &Sampling { warm_up: 400, sweeps: 1_000, ..Sampling::of_size(p.cases(), 1) }).infectors);
        let mut without = k.outbreak.clone();
        without.ties.clear();
        blind.add(&k, &first(&Problem::new(&without).unwrap()).infectors);
    }
    let told =
        |s: &Score| json!({ "top": s.top / s.known, "mass": s.mass / s.known, "claimed": s.claimed / s.cases, "held": s.held / s.cases });
    json!({ "outbreaks": name, "number": outbreaks, "cases": full.cases, "posterior": told(&full), "first_answer": told(&quick), "without_ties": told(&blind) })
}

/// Recorded infectors: the share of them on top, and the probability that they were given.
fn recorded(data: &Path) -> Vec<Value> {
    let hagelloch = data.join("hagelloch1861.csv");
    let (list, edges) = (data.join("tianjin_2020_linelist.csv"), data.join("tianjin_2020_edges.csv"));
    let told = |name: &str, args: &[&str], truth: &HashMap<String, Vec<String>>| {
        let (top, mass) = score(args, truth);
        json!({ "data": name, "options": args[2..].join(" "), "known": truth.len(), "top": top, "mass": mass })
    };
    let (h, l, e) = (hagelloch.to_str().unwrap(), list.to_str().unwrap(), edges.to_str().unwrap());
    let (measles, covid) = (truth(&hagelloch, "case_ID", "infector"), truth(&edges, "to", "from"));
    vec![
        told("Hagelloch", &["trees", h, "--si-mean", "10.4", "--si-sd", "1.7"], &measles),
        told("Hagelloch", &["trees", h, "--si-mean", "10.4", "--si-sd", "1.7", "--quick"], &measles),
        told("Hagelloch", &["trees", h, "--si-mean", "11.7", "--si-sd", "2.0"], &measles),
        told("Tianjin", &["trees", l, "--si-mean", "5", "--si-sd", "2.5"], &covid),
        told("Tianjin", &["trees", l, "--si-mean", "5", "--si-sd", "2.5", "--contacts", e], &covid),
    ]
}

fn truth(file: &Path, case: &str, infector: &str) -> HashMap<String, Vec<String>> {
    let text = std::fs::read_to_string(file).unwrap().to_lowercase().replace('"', "");
    let column = |name: &str| text.lines().next().unwrap().split(',').position(|c| c == name.to_lowercase()).unwrap();
    let (case, infector) = (column(case), column(infector));
    let mut known: HashMap<String, Vec<String>> = HashMap::new();
    for cells in text.lines().skip(1).map(|l| l.split(',').collect::<Vec<_>>()) {
        if !matches!(cells[infector], "" | "na") {
            known.entry(cells[case].to_owned()).or_default().push(cells[infector].to_owned());
        }
    }
    known
}

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: quell_analyse::Analyse,
}

fn score(args: &[&str], truth: &HashMap<String, Vec<String>>) -> (f64, f64) {
    let line = Line::parse_from(std::iter::once("analyse").chain(args.iter().copied()));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    quell_analyse::run(&line.command, &mut quell_analyse::Setting { chinese: false, json: false, out: &mut out, err: &mut err }).unwrap();
    let text = String::from_utf8(out).unwrap().to_lowercase();
    let mut best: HashMap<&str, &str> = HashMap::new();
    let mut mass = 0.0;
    for cells in text.lines().skip(1).map(|l| l.split(',').collect::<Vec<_>>()) {
        best.entry(cells[0]).or_insert(cells[1]);
        if truth.get(cells[0]).is_some_and(|i| i.iter().any(|i| i == cells[1])) {
            mass += cells[2].parse::<f64>().unwrap();
        }
    }
    let top = truth.iter().filter(|(case, i)| best.get(case.as_str()).is_some_and(|b| i.iter().any(|i| i == b))).count();
    (top as f64 / truth.len() as f64, mass / truth.len() as f64)
}
