//! What comes out.

use super::Trees;
use super::linelist::LineList;
use crate::Setting;
use crate::output::{self, Cell};
use crate::said::Trouble;
use quell_epi::trees::{Edge, Mixing, Outbreak, Posterior, Problem, Sampling, consensus, generations, through};
use quell_foundation::Day;
use serde_json::json;

fn io(e: &std::io::Error) -> Trouble {
    Trouble::new(e.to_string(), e.to_string())
}

/// Each case's infectors. No case is without a row: where none is as probable as asked, the most probable one is told.
pub(super) fn edges(c: &Trees, to: &mut Setting<'_>, list: &LineList, infectors: &[Vec<Edge>]) -> Result<(), Trouble> {
    let told = infectors.iter().map(|edges| {
        let told = probable(edges, c.least);
        if told.is_empty() { edges.first().copied().into_iter().collect() } else { told }
    });
    output::write(to, c.format, &["infectee", "infector", "probability"], &rows(list, told))
}

fn probable(edges: &[Edge], least: f64) -> Vec<Edge> {
    edges.iter().filter(|e| e.probability >= least && e.probability > 0.0).copied().collect()
}

/// Who may be behind infectors that are not among the cases, if that was asked for.
pub(super) fn sources(c: &Trees, list: &LineList, p: &Problem, sampled: &Posterior) -> Result<(), Trouble> {
    let Some(path) = &c.sources else { return Ok(()) };
    let rows = rows(list, through(p, sampled).iter().map(|edges| probable(edges, c.least)));
    std::fs::write(path, output::csv(&["infectee", "source", "probability"], &rows)).map_err(|e| Trouble::io(path, &e))
}

/// A row a case and edge.
fn rows(list: &LineList, edges: impl Iterator<Item = Vec<Edge>>) -> Vec<Vec<Cell>> {
    let name = |i: Option<u32>| i.map_or(Cell::Text(String::new()), |i| list.ids[i as usize].as_str().into());
    let of_case = |(j, edges): (usize, Vec<Edge>)| {
        let row = |e: Edge| vec![list.ids[j].as_str().into(), name(e.infector), e.probability.into()];
        edges.into_iter().map(row).collect::<Vec<Vec<Cell>>>()
    };
    edges.enumerate().flat_map(of_case).collect()
}

/// The table of cases, if it was asked for.
pub(super) fn cases(c: &Trees, list: &LineList, o: &Outbreak, infectors: &[Vec<Edge>], sampled: Option<&Posterior>) -> Result<(), Trouble> {
    let Some(path) = &c.cases else { return Ok(()) };
    let tree = consensus(infectors);
    let generation = generations(&tree);
    let mut offspring = vec![0.0; o.cases.len()];
    for e in infectors.iter().flatten() {
        if let Some(i) = e.infector {
            offspring[i as usize] += e.probability;
        }
    }
    let row = |j: usize| -> Vec<Cell> {
        let edge = infectors[j].iter().find(|e| e.infector == tree[j]);
        vec![
            list.ids[j].as_str().into(),
            Day(o.cases[j].onset.mean()).into(),
            tree[j].map_or(Cell::Text(String::new()), |i| list.ids[i as usize].as_str().into()),
            edge.map(|e| e.probability).into(),
            i64::from(generation[j]).into(),
            sampled.map_or(offspring[j], |s| s.offspring[j]).into(),
            sampled.map(|s| s.imported[j]).into(),
            sampled.map(|s| s.unseen[j]).into(),
        ]
    };
    let rows: Vec<Vec<Cell>> = (0..o.cases.len()).map(row).collect();
    let columns = ["case", "onset", "infector", "probability", "generation", "offspring", "imported", "unobserved"];
    std::fs::write(path, output::csv(&columns, &rows)).map_err(|e| Trouble::io(path, &e))
}

/// That the chains do not agree, in words: what it means, and what to do.
fn unsettled(s: &Sampling, mixing: &Mixing) -> Trouble {
    let Mixing { r_hat, effective_size, trees } = mixing;
    let (most, least, least_trees) = (Mixing::MOST_R_HAT, Mixing::LEAST_SIZE, Mixing::LEAST_TREES);
    let (now, more) = (s.sweeps, s.sweeps.saturating_mul(4));
    Trouble::new(
        format!(
            "未收敛：几条抽样链的结果还不一致（R-hat {r_hat:.3}，应不超过 {most}；有效样本 {effective_size:.0}，应不少于 {least}；独立的树 {trees:.0}，应不少于 {least_trees}），\
             概率只可作粗略参考。可增加抽样（--sweeps {more}，现为 {now}），或用 --quick 看不抽样的结果；若大致知道病例表占全部感染者的比例，请用 --reported 给出"
        ),
        format!(
            "not converged: the chains of samples do not agree yet (R-hat {r_hat:.3}, at most {most} wanted; effective draws {effective_size:.0}, at least {least}; \
             independent trees {trees:.0}, at least {least_trees}), so take the probabilities as rough. Sample longer (--sweeps {more}, now {now}), or see the answer \
             without sampling (--quick); if it is known about which share of all infections is in the list, give it (--reported)"
        ),
    )
}

/// A factor beyond this says no more than that nearly all were infected so; one below its inverse, nearly nobody.
const FACTOR: f64 = 1_000.0;

/// A factor, or that it is larger or smaller than can be told.
fn factor(x: f64) -> serde_json::Value {
    match x {
        x if x > FACTOR => json!(format!("more than {FACTOR}")),
        x if x < 1.0 / FACTOR => json!(format!("less than {}", 1.0 / FACTOR)),
        x => json!(rounded(x)),
    }
}

/// How well the chains mixed, and what else they say: a line of JSON beside the result, and words before it if they do not agree.
pub(super) fn diagnostics(to: &mut Setting<'_>, o: &Outbreak, s: &Sampling, p: &Posterior) -> Result<(), Trouble> {
    let mixing = p.mixing();
    if !mixing.converged() {
        output::say(to, &unsettled(s, &mixing))?;
    }
    let all = |of: &dyn Fn(&quell_epi::trees::Draws) -> &Vec<f64>| p.draws.iter().flat_map(|d| of(d).iter().copied()).collect::<Vec<f64>>();
    let names = o.kinds.iter().map(|k| k.name.as_str()).chain(std::iter::once("nearness"));
    let weights = p.draws.first().map_or(0, |d| d.weights.len());
    let factors: serde_json::Map<_, _> =
        names.take(weights).enumerate().map(|(k, n)| (n.to_owned(), interval(all(&|d| &d.weights[k]), |w| factor(w.exp())))).collect();
    let cases = p.infectors.len() as f64;
    let reported = p.reported();
    let unreported = reported.iter().map(|r| cases * (1.0 - r) / r.max(1e-3)).collect();
    let line = json!({
        "cases": p.infectors.len(),
        "chains": s.chains,
        "sweeps": s.sweeps,
        "seed": s.seed,
        "r_hat": rounded(mixing.r_hat),
        "effective_size": mixing.effective_size.round(),
        "effective_trees": mixing.trees.round(),
        "converged": mixing.converged(),
        "dispersion": interval(all(&|d| &d.dispersion), |k| json!(rounded(k))),
        "factors": factors,
        "imported": interval(all(&|d| &d.imports), |x| json!(rounded(x))),
        "infected_by_unobserved": interval(all(&|d| &d.unseen), |x| json!(rounded(x))),
        "reported_share": interval(reported, |x| json!(rounded(x))),
        "unreported_infections": interval(unreported, |x| json!(rounded(x))),
    });
    if !mixing.converged() {
        not_yet(to, s.sweeps, mixing.r_hat)?;
    }
    writeln!(to.err, "{line}").map_err(|e| io(&e))
}
/// The chains do not agree: what that means, and what to do.
fn not_yet(to: &mut Setting<'_>, sweeps: usize, r_hat: f64) -> Result<(), Trouble> {
    output::say(
        to,
        &Trouble::new(
            format!(
                "各链结果不一致（R-hat {r_hat:.2}），概率尚不可用：请加大 --sweeps（现为 {sweeps}），或用 --quick 得到不依赖链的初步答案；若已知报告比例，请给出 --reported"
            ),
            format!(
                "the chains do not agree (R-hat {r_hat:.2}), so these probabilities are not to be used yet: give more --sweeps (now {sweeps}), or --quick for a first answer \
                 that needs no chains; if you know what share of infections is reported, say --reported"
            ),
        ),
    )
}

/// Median and 95 % interval.
fn interval(mut x: Vec<f64>, of: impl Fn(f64) -> serde_json::Value) -> serde_json::Value {
    x.sort_by(f64::total_cmp);
    let at = |q: f64| x.get(((x.len().max(1) - 1) as f64 * q).round() as usize).map(|x| of(*x));
    json!({ "median": at(0.5), "lo": at(0.025), "hi": at(0.975) })
}

/// To four digits: the rest is noise of the chains.
fn rounded(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let digits = 10_f64.powi(3 - x.abs().log10().floor() as i32);
    (x * digits).round() / digits
}
