//! `quell rehearse run`: one policy, once.

use crate::compare::read_policy;
use crate::heed::Heed;
use crate::options::{self, whole};
use crate::picture::{Colours, Places, Townships};
use crate::row::Run;
use crate::said::Trouble;
use crate::table::{Column, Table};
use crate::world::World;
use crate::{Setting, cpu, interrupt, many, out, picture};
use indicatif::ProgressBar;
use quell_epidemic::Layer;
use quell_response::means::Means;
use quell_response::policy::Policy;
use quell_response::{Outcome, Setup, Why};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Options of `run`.
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    #[command(flatten)]
    world: World,
    /// What is decided besides the protocol. Without it: symptoms, contacts and zones by the protocol, no rounds of screening.
    #[arg(long)]
    policy: Option<PathBuf>,
    /// Nobody does anything.
    #[arg(long, conflicts_with = "policy")]
    no_response: bool,
    /// Where all chance comes from.
    #[arg(long, default_value_t = 1, value_parser = whole::<u64>, allow_negative_numbers = true)]
    seed: u64,
    /// How many threads; the result is the same for any number.
    #[arg(long, default_value_t = 1, value_parser = whole::<usize>, allow_negative_numbers = true)]
    threads: usize,
    /// Directory for the files; it is made if it is not there.
    #[arg(long)]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &RunArgs, to: &mut Setting<'_>) -> Result<(), Trouble> {
    options::threads_of_a_run(args.threads)?;
    args.world.check()?;
    let policy = match &args.policy {
        Some(path) => read_policy(path)?,
        None if args.no_response => Policy { name: "no response".to_owned(), response: false, ..Policy::default() },
        None => Policy::default(),
    };
    let threads = args.threads;
    let rules = args.world.rules(&policy)?;
    if let Some(dir) = &args.out {
        out::of_one_run(dir)?;
    }
    let setup = args.world.setup(threads)?;
    // A run writes its files when it is over.
    let _told = interrupt::tell(None, to.chinese);
    let bar = ProgressBar::with_draw_target(Some(u64::from(setup.days)), many::target(to.terminal)).with_style(many::style());
    let begin = cpu::seconds(threads);
    let outcome = setup.run(&rules, &policy, args.seed, |day| bar.set_position(u64::from(day)));
    let took = cpu::seconds(threads).zip(begin).map(|(end, begin)| (end - begin).max(1e-6));
    bar.finish_and_clear();
    let report = report(&setup, &policy, rules.id(), args.seed, &outcome, took);
    if let Some(dir) = &args.out {
        files(dir, (&policy, args.seed), &outcome, &report, &Townships::of(&args.world.townships(), &setup.population), to.chinese)?;
    }
    let text = if to.json {
        format!("{report}\n")
    } else {
        words(&report, to.chinese) + &args.out.as_deref().map(|dir| written(dir, to.chinese)).unwrap_or_default()
    };
    to.out.write_all(text.as_bytes()).map_err(|e| Trouble::new(e.to_string(), e.to_string()))
}

fn report(setup: &Setup, policy: &Policy, protocol: &str, seed: u64, outcome: &Outcome, took: Option<f64>) -> Value {
    let people = f64::from(setup.population.len());
    let infections = outcome.costs.infections;
    let attack = f64::from(outcome.persons) / people;
    let tubes = (outcome.costs.tubes_spoilt as f64, outcome.costs.tubes as f64);
    let heed = Heed::new(attack, outcome.days_to_zero.map(|_| attack), tubes);
    let by_layer: serde_json::Map<String, Value> =
        Layer::ALL.iter().zip(outcome.by_layer).filter(|(_, n)| *n > 0).map(|(l, n)| (l.name().to_owned(), n.into())).collect();
    let mut report = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "people": setup.population.len(),
        "days": setup.days,
        "days_from": "first infection",
        "imports": setup.imports,
        "imports_per_day": setup.imports_per_day,
        "seed": seed,
        "policy": policy.name,
        "protocol": protocol,
        "disease": setup.disease.file().name,
        "infections": infections,
        "attack": attack,
        "infections_by_setting": by_layer,
        "cases_found": outcome.cases.len(),
        "community_found": outcome.cases.iter().filter(|c| c.community).count(),
        "days_to_zero": outcome.days_to_zero,
        "first_zero": outcome.first_zero,
        "infections_last_week": outcome.series.days().iter().rev().take(7).map(|d| d.infections).sum::<u64>(),
        "means": Means::of(setup.population.len(), &policy.means),
        "cpu_seconds": took,
        "person_days_per_cpu_second": took.map(|t| people * f64::from(setup.days) / t),
        "microseconds_per_infection": took.map(|t| t * 1e6 / infections.max(1) as f64),
        "bytes_per_person": outcome.bytes as f64 / people,
        "costs": outcome.costs,
        "hash": format!("{:016x}", outcome.hash),
    });
    heed.report(&mut report);
    report
}

/// The report for a person.
fn words(report: &Value, chinese: bool) -> String {
    let say = |zh: &'static str, en: &'static str| if chinese { zh } else { en };
    let whole = |v: &Value| v.as_f64().map_or_else(|| "–".to_owned(), |x| format!("{x:.0}"));
    let costs = &report["costs"];
    let share = report["attack"].as_f64().unwrap_or(0.0) * 100.0;
    let zero = match report["days_to_zero"].as_u64() {
        Some(day) => {
            let from = say("自首例感染起", "from the first infection");
            let day = if chinese { format!("第 {day} 天（{from}）") } else { format!("day {day} {from}") };
            // Tubes that are not read have a row of their own.
            let heed = Heed::new(0.0, report["attack"].as_f64(), (0.0, 0.0)).lines(chinese);
            [vec![day], heed].concat().join(say("；", "; "))
        }
        None => say("未达到", "not reached").to_owned(),
    };
    let last_week = format!("{} {}", whole(&report["infections_last_week"]), say("（无论发现与否）", "(found or not)"));
    let means = &report["means"];
    let rows = [
        (
            say("疾病、方案", "disease, protocol"),
            [&report["disease"], &report["protocol"]].map(|v| v.as_str().unwrap_or_default()).join(", "),
        ),
        (
            say("每小时检测管数、流调组、电话员、座位", "tubes an hour, investigators, callers, seats"),
            ["tubes_per_hour", "investigators", "callers", "seats"].map(|m| whole(&means[m])).join(", "),
        ),
        (
            say("隔离房间、方舱床位、定点床位", "rooms, shelter beds, designated beds"),
            ["rooms", "shelter_beds", "hospital_beds"].map(|m| whole(&means[m])).join(", "),
        ),
        (say("人口", "people"), whole(&report["people"])),
        (say("天数（自首例感染起）", "days from the first infection"), whole(&report["days"])),
        (say("感染", "infections"), format!("{} ({share:.2} %)", whole(&report["infections"]))),
        (say("发现病例", "cases found"), whole(&report["cases_found"])),
        (say("其中社会面", "of these in the community"), whole(&report["community_found"])),
        (say("社会面清零", "zero community-found"), zero),
        (say("最后七天感染", "infections of the last seven days"), last_week),
        (say("重症", "severe"), whole(&costs["severe"])),
        (say("死亡", "deaths"), whole(&costs["deaths"])),
        (say("采样人次", "swabs"), whole(&costs["tests"])),
        (
            say("采样管", "tubes"),
            format!(
                "{} ({} {})",
                whole(&costs["tubes"]),
                whole(&costs["tubes_spoilt"]),
                say("未检即废弃：实验室来不及", "never read: more than laboratories can test")
            ),
        ),
        (say("受限人日", "person-days restricted"), whole(&costs["restriction_person_days"])),
        (
            say("床日（方舱、定点）", "bed-days (shelter, designated)"),
            format!("{}, {}", whole(&costs["shelter_bed_days"]), whole(&costs["hospital_bed_days"])),
        ),
        (say("隔离点间日", "room-days of isolation sites"), whole(&costs["isolation_room_days"])),
        (say("损失上学日", "school days lost"), whole(&costs["school_days_lost"])),
        (say("未能就诊人次", "visits to clinics missed"), whole(&costs["visits_missed"])),
        (say("追踪密接", "contacts traced"), whole(&costs["contacts_traced"])),
    ];
    rows.iter().map(|(what, value)| format!("{what}{} {value}\n", say("：", ":"))).collect()
}

/// Which files there are.
fn written(dir: &Path, chinese: bool) -> String {
    let dir = dir.display();
    if chinese {
        format!(
            "文件在 {dir}：days.svg（每日感染）、townships.svg 与 map.svg（各乡镇街道的负担）；数据：days.csv、cases.csv、townships.csv、run.parquet、summary.json\n"
        )
    } else {
        format!(
            "Files in {dir}: days.svg (infections by day), townships.svg and map.svg (what townships bear); data: days.csv, cases.csv, townships.csv, run.parquet, summary.json\n"
        )
    }
}

/// What a policy is called on a picture.
fn called(policy: &Policy, chinese: bool) -> &str {
    match (policy.name == Policy::default().name, chinese) {
        (true, true) => "仅按方案",
        (true, false) => "By the protocol alone",
        _ => &policy.name,
    }
}

/// Files of a run: `summary.json`, `days.csv`, `run.parquet` (the days), `townships.csv`, `cases.csv`, `days.svg`, `townships.svg`, `map.svg`.
fn files(
    dir: &Path,
    (policy, seed): (&Policy, u64),
    outcome: &Outcome,
    report: &Value,
    townships: &Townships,
    chinese: bool,
) -> Result<(), Trouble> {
    let run = Run::of(&policy.name, seed, outcome);
    let days = Table::of_days(std::slice::from_ref(&run));
    days.csv(&dir.join("days.csv"))?;
    days.parquet(&dir.join("run.parquet"))?;
    let places = Places::of(townships, &[&run]);
    places.table().csv(&dir.join("townships.csv"))?;
    places.write(&dir.join("townships.svg"), called(policy, chinese), chinese)?;
    let colours = Colours::of(std::slice::from_ref(&places));
    places.map(&dir.join("map.svg"), called(policy, chinese), &colours, chinese)?;
    cases(outcome).csv(&dir.join("cases.csv"))?;
    let summary = dir.join("summary.json");
    std::fs::write(&summary, format!("{report:#}\n")).map_err(|e| Trouble::io(&summary, &e))?;
    let counted = if chinese { "每日感染" } else { "Infections by day" };
    let fan = picture::fan(called(policy, chinese), report["protocol"].as_str().unwrap_or_default(), counted, "infections", &[&run]);
    picture::write(&dir.join("days.svg"), &fan, chinese)
}

fn cases(outcome: &Outcome) -> Table {
    let cases = &outcome.cases;
    let number = |f: &dyn Fn(&quell_response::Case) -> Option<f64>| Column::Number(cases.iter().map(f).collect());
    let why = |w: Why| match w {
        Why::Symptoms => "symptoms",
        Why::Contact => "contact",
        Why::Round => "round",
        Why::Recall => "recall",
        Why::Zone => "zone",
        Why::Occupation => "occupation",
    };
    Table::default()
        .with("person", Column::Whole(cases.iter().map(|c| i64::from(c.person)).collect()))
        .with("why", Column::Text(cases.iter().map(|c| why(c.why).to_owned()).collect()))
        .with("community", Column::Whole(cases.iter().map(|c| i64::from(c.community)).collect()))
        .with("sampled", number(&|c| Some(c.sampled)))
        .with("found", number(&|c| Some(c.found)))
        .with("investigated", number(&|c| c.investigated))
        .with("admitted", number(&|c| c.admitted))
        .with("discharged", number(&|c| c.discharged))
        .with("contacts", Column::Whole(cases.iter().map(|c| i64::from(c.contacts)).collect()))
}
