//! Where a case without a known infector may come from, at one remove: a case infected somebody who is not among the cases, and that one infected it.

use super::edges::{Edge, sorted};
use super::posterior::Posterior;
use super::problem::Problem;

/// Sources less probable than this are not told.
const TOLD: f64 = 1e-3;

/// By case, who may have infected whoever infected it, the latter not being among the cases; the most probable first. What is left of the probability
/// that its infector is not among the cases ([`Posterior::unseen`]) is that of two or more such in a row, and of sources that are not told.
///
/// Two infections lie between the two: the interval is the sum of two (as from a first to a third case in Vink et al. 2014, Am J Epidemiol 180:865), the
/// second one within the exposure window. Somebody who is not among the cases is taken to be joined to both as they are to each other, and to be
/// infected by a case as often as cases are.
pub fn through(p: &Problem, s: &Posterior) -> Vec<Vec<Edge>> {
    let mean = |of: &dyn Fn(&super::Draws) -> &Vec<f64>| {
        let (sum, n) = s.draws.iter().flat_map(of).fold((0.0, 0.0), |(sum, n), x| (sum + x, n + 1.0));
        sum / f64::max(n, 1.0)
    };
    let weights: Vec<f64> = (0..p.weights()).map(|k| mean(&|d| &d.weights[k])).collect();
    let (rate, size) = (mean(&|d| &d.ln_rate).exp(), mean(&|d| &d.ln_size).exp());
    let factors = p.factors(&weights);
    let ready = |i: usize| (size + s.offspring[i]) / (size + rate * p.exposure.weighed(i, &factors));
    let ready = (0..p.cases()).map(ready).collect();
    let reported = s.reported();
    let reported = reported.iter().sum::<f64>() / reported.len().max(1) as f64;
    let sources = Sources::new(p, factors, ready);
    (0..p.cases()).map(|j| if s.unseen[j] * reported < TOLD { Vec::new() } else { sources.of(j, s.unseen[j] * reported) }).collect()
}

struct Sources<'p> {
    p: &'p Problem,
    factors: Vec<f64>,
    ready: Vec<f64>,
    /// Who fell ill on each day, the readiest first, and their sum.
    of_day: Vec<(Vec<u32>, f64)>,
}

impl<'p> Sources<'p> {
    fn new(p: &'p Problem, factors: Vec<f64>, ready: Vec<f64>) -> Self {
        let mut of_day = vec![(Vec::new(), 0.0); p.days];
        for (i, onset) in p.onsets.iter().enumerate() {
            let (cases, sum) = &mut of_day[onset.mean() as usize];
            cases.push(i as u32);
            *sum += ready[i];
        }
        for (cases, _) in &mut of_day {
            cases.sort_by(|a, b| ready[*b as usize].total_cmp(&ready[*a as usize]).then(a.cmp(b)));
        }
        Self { p, factors, ready, of_day }
    }
    /// Of this case, all sources together being so probable.
    fn of(&self, j: usize, probability: f64) -> Vec<Edge> {
        let (p, t) = (self.p, self.p.onsets[j].mean());
        let mut scratch = Vec::new();
        let twice = twice(p.profile(j, t, &mut scratch), p.lags.as_slice());
        let at = |i: u32| usize::try_from(t - p.onsets[i as usize].mean()).ok().and_then(|l| twice.get(l)).copied().unwrap_or(0.0);
        let weigh = |i: u32, pattern: u16| self.factors[usize::from(pattern)] * self.ready[i as usize] * at(i);
        let joined: Vec<(u32, f64)> = p.joined[j].iter().map(|c| (c.of, weigh(c.of, c.pattern))).collect();
        let at_random: f64 = p.joined[j].iter().map(|c| weigh(c.of, 0)).sum();
        let days = || self.of_day[..=t as usize].iter().rev().zip(&twice);
        let by_day: f64 = days().map(|((_, sum), w)| self.factors[0] * sum * w).sum();
        let others = if p.all_joined { 0.0 } else { (by_day - at_random).max(0.0) };
        let all = joined.iter().map(|(_, w)| w).sum::<f64>() + others;
        if all <= 0.0 {
            return Vec::new();
        }
        let mut edges: Vec<Edge> =
            joined.into_iter().map(|(i, w)| Edge { infector: Some(i), probability: probability * w / all }).collect();
        if others > 0.0 {
            let other = |i: u32| i as usize != j && p.joined[j].binary_search_by_key(&i, |c| c.of).is_err();
            for ((cases, _), _) in days() {
                let told = cases.iter().map(|i| (*i, probability * weigh(*i, 0) / all)).take_while(|(_, q)| *q >= TOLD);
                edges.extend(told.filter(|(i, _)| other(*i)).map(|(i, q)| Edge { infector: Some(i), probability: q }));
            }
        }
        sorted(edges, TOLD)
    }
}

/// The distribution of the sum of two intervals.
fn twice(one: &[f64], other: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; (one.len() + other.len()).saturating_sub(1)];
    for (a, p) in one.iter().enumerate() {
        for (b, q) in other.iter().enumerate() {
            sum[a + b] += p * q;
        }
    }
    sum
}
