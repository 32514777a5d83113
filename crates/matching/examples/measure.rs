//! Precision and recall on a synthetic county, and how fast it goes.
//!
//! `cargo run --release -p quell-matching --example measure -- [--people N] [--seed N] [--errors usual|numberless|telephone|paper] [--json] [--show N]`

use quell_matching::synthetic::{County, Errors, Measured, Set, generate, run};
use quell_matching::{Key, Matcher, Prepared, Verdict};
use std::collections::HashMap;
use std::time::Instant;

struct Options {
    people: usize,
    seed: u64,
    errors: (String, Errors),
    json: bool,
    show: usize,
}

fn options() -> Result<Options, String> {
    let mut out = Options { people: 450_000, seed: 1, errors: ("usual".into(), Errors::usual()), json: false, show: 0 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        let number = |text: String| text.parse::<u64>().map_err(|e| format!("{text}: {e}"));
        match word.as_str() {
            "--people" => out.people = number(value()?)? as usize,
            "--seed" => out.seed = number(value()?)?,
            "--show" => out.show = number(value()?)? as usize,
            "--json" => out.json = true,
            "--errors" => {
                let name = value()?;
                let errors = match name.as_str() {
                    "usual" => Errors::usual(),
                    "numberless" => Errors::without_numbers(),
                    "telephone" => Errors::by_telephone(),
                    "paper" => Errors::from_paper(),
                    _ => return Err(format!("--errors {name}: usual, numberless, telephone or paper")),
                };
                out.errors = (name, errors);
            }
            _ => return Err(format!("{word} is not known")),
        }
    }
    Ok(out)
}

/// How long things took, in seconds, and how many pairs of strangers are compared a second: the fastest of 20 passes, as other
/// programs run beside this one.
struct Speed {
    whole: f64,
    compared_a_second: f64,
    import: Import,
}

/// A file of people matched against a book that holds its keys in an index: the pure part of an import.
struct Import {
    rows: usize,
    book: usize,
    candidates: usize,
    seconds: f64,
}

fn import(matcher: &Matcher, set: &Set) -> Import {
    let (file, book) = set.records.split_at(100_000.min(set.records.len() / 2));
    let book: Vec<Prepared> = book.iter().map(|r| matcher.prepare(r)).collect();
    let mut index: HashMap<Key, Vec<usize>> = HashMap::new();
    for (i, record) in book.iter().enumerate() {
        record.keys().into_iter().for_each(|key| index.entry(key).or_default().push(i));
    }
    let (mut candidates, mut found) = (0, 0);
    let start = Instant::now();
    for row in file {
        let row = matcher.prepare(row);
        let mut met: Vec<usize> = row.keys().iter().filter_map(|key| index.get(key)).flatten().copied().collect();
        met.sort_unstable();
        met.dedup();
        candidates += met.len();
        found += met.iter().filter(|i| matcher.compare(&row, &book[**i]).verdict == Verdict::Same).count();
    }
    let seconds = start.elapsed().as_secs_f64();
    assert!(found > 0, "a file has people whom the book knows");
    Import { rows: file.len(), book: book.len(), candidates, seconds }
}

fn speed(matcher: &Matcher, set: &Set, whole: f64) -> Speed {
    let sample: Vec<_> = set.records.iter().take(100_000).map(|r| matcher.prepare(r)).collect();
    let mut fastest = f64::MAX;
    for step in 1..=20 {
        let start = Instant::now();
        let pairs = sample.iter().zip(sample.iter().skip(step));
        let sum: i64 = pairs.map(|(a, b)| i64::from(matcher.compare(a, b).score)).sum();
        fastest = fastest.min(start.elapsed().as_secs_f64() / (sample.len() - step) as f64);
        assert!(sum < 0, "strangers score below nothing");
    }
    Speed { whole, compared_a_second: 1.0 / fastest, import: import(matcher, set) }
}

fn main() -> Result<(), String> {
    let o = options()?;
    let set = generate(&County::of(o.people), &o.errors.1, o.seed);
    let matcher = Matcher::default();
    let start = Instant::now();
    let measured = run(&matcher, &set);
    let speed = speed(&matcher, &set, start.elapsed().as_secs_f64());
    if o.json {
        as_json(&o, &measured, &speed)
    } else {
        as_text(&o, &measured, &speed, &matcher)
    }
    show(&matcher, &set, &measured.wrong, "called the same, but two people", o.show);
    show(&matcher, &set, &measured.missed, "one person, but not called the same", o.show);
    Ok(())
}

fn as_text(o: &Options, m: &Measured, speed: &Speed, matcher: &Matcher) {
    println!("{} people, {} records, errors {}, seed {}", o.people, m.records, o.errors.0, o.seed);
    println!("pairs of one person {}, with a key in common {:.4}", m.true_pairs, m.blocking_recall());
    println!("candidates {} ({:.1} a record, at most {})", m.candidates, m.candidates as f64 / m.records as f64, m.most_candidates);
    let (same, possible) = (m.same(), m.possible());
    println!("same      precision {:.4} recall {:.4}", same.precision, same.recall);
    println!("possible+ precision {:.4} recall {:.4}, {} to look at", possible.precision, possible.recall, m.to_look_at());
    println!("thresholds {:?}", matcher.thresholds());
    for threshold in (800..=4000).step_by(200) {
        let p = m.at(threshold, false);
        println!("  from {:>5.1} bits: precision {:.4} recall {:.4}", f64::from(p.threshold) / 100.0, p.precision, p.recall);
    }
    println!("all in {:.1} s, {:.0} comparisons/s", speed.whole, speed.compared_a_second);
    let i = &speed.import;
    println!("import of {} rows into a book of {}: {} candidates, {:.1} s", i.rows, i.book, i.candidates, i.seconds);
}

fn as_json(o: &Options, m: &Measured, speed: &Speed) {
    let (same, possible) = (m.same(), m.possible());
    println!(
        "{{\"people\":{},\"records\":{},\"errors\":\"{}\",\"seed\":{},\"true_pairs\":{},\"blocking_recall\":{:.5},\"candidates\":{},\
         \"most_candidates\":{},\"precision\":{:.5},\"recall\":{:.5},\"possible_precision\":{:.5},\"possible_recall\":{:.5},\"to_look_at\":{},\
         \"whole_s\":{:.2},\"comparisons_per_s\":{:.0},\"import_rows\":{},\"import_book\":{},\"import_candidates\":{},\"import_s\":{:.2}}}",
        o.people,
        m.records,
        o.errors.0,
        o.seed,
        m.true_pairs,
        m.blocking_recall(),
        m.candidates,
        m.most_candidates,
        same.precision,
        same.recall,
        possible.precision,
        possible.recall,
        m.to_look_at(),
        speed.whole,
        speed.compared_a_second,
        speed.import.rows,
        speed.import.book,
        speed.import.candidates,
        speed.import.seconds
    );
}

fn show(matcher: &Matcher, set: &Set, pairs: &[(u32, u32)], what: &str, most: usize) {
    for (a, b) in pairs.iter().take(most) {
        let (a, b) = (&set.records[*a as usize], &set.records[*b as usize]);
        let found = matcher.compare(&matcher.prepare(a), &matcher.prepare(b));
        println!("{what}: {:?} {}", found.verdict, found.score);
        for record in [a, b] {
            let home = record.home.as_ref().map_or("", |h| h.as_str());
            println!("    {} {:?} {:?} {:?} {home}", record.name, record.sex, record.born, record.phones);
        }
        found.reasons.iter().for_each(|r| println!("    {:>6} {}", r.weight, r.why.en()));
    }
}
