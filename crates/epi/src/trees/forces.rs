//! What the rates are worth when it is not said who infected whom: given how infectious each case is, the forces that act on a case are sums of
//! factors that belong to what joins, so that all trees at once can be weighed with any rates. Given one tree the rates can hardly move, because the
//! tree was chosen with them: the larger the outbreak, the less. Going back and forth between the two is van Dyk & Park 2008 (J Am Stat Assoc 103:790),
//! partially collapsed Gibbs.

use super::outbreak::Origin;
use super::problem::Problem;
use super::ready::Ready;

/// Rates of those who are not among the cases, in logarithms, behind the rate and the weights.
pub(super) struct Elsewhere {
    pub ln_imports: f64,
    pub ln_unseen: f64,
}

/// The forces on all cases, as coefficients of the factors.
pub(super) struct Forces<'p> {
    p: &'p Problem,
    /// Where each case's entries end.
    end: Vec<u32>,
    pattern: Vec<u16>,
    force: Vec<f64>,
    /// By case.
    unseen: Vec<f64>,
    imports: Vec<f64>,
    /// Cases of which it is known that they were infected elsewhere.
    imported: f64,
    /// By pattern: how much all cases exposed the others, each as infectious as it is.
    exposed: Vec<f64>,
}

impl<'p> Forces<'p> {
    /// `onset` and `own`: onset and infectiousness of each case; `scale`: by how much an onset raises or lowers what a case exposes.
    pub fn new(p: &'p Problem, onset: &[i32], own: &Ready, scale: &[f64]) -> Self {
        let n = p.cases();
        let mut f = Self {
            p,
            end: Vec::with_capacity(n),
            pattern: Vec::new(),
            force: Vec::new(),
            unseen: Vec::with_capacity(n),
            imports: Vec::with_capacity(n),
            imported: 0.0,
            exposed: vec![0.0; p.patterns.len()],
        };
        for (i, scale) in scale.iter().enumerate() {
            for (k, e) in p.exposure.of(i) {
                f.exposed[k] += own.of(i as u32) * scale * e;
            }
        }
        let on = |t: usize| if p.all_joined { 0.0 } else { own.force(t as i32, p.lags.as_slice()) };
        let by_onset: Vec<f64> = (0..p.days).map(on).collect();
        let (mut sums, mut touched, mut scratch) = (vec![0.0; p.patterns.len()], Vec::new(), Vec::new());
        // That the first case was infected says nothing.
        let beginning = p.beginning(onset);
        for j in 0..n {
            if j == beginning {
                continue;
            }
            if p.origins[j] == Origin::Imported {
                f.imported += 1.0;
                continue;
            }
            let t = onset[j];
            let profile = p.profile(j, t, &mut scratch);
            let mut at_random = 0.0;
            for c in &p.joined[j] {
                let lag = t - onset[c.of as usize];
                let Some(w) = usize::try_from(lag).ok().and_then(|l| profile.get(l)).filter(|w| **w > 0.0) else { continue };
                let alike = own.of(c.of) * w;
                at_random += alike;
                if sums[usize::from(c.pattern)] == 0.0 {
                    touched.push(c.pattern);
                }
                sums[usize::from(c.pattern)] += alike * c.genetic;
            }
            let all = match p.windows[j] {
                _ if p.all_joined => 0.0,
                None => by_onset[t as usize],
                Some(_) => own.force(t, profile),
            };
            if all > at_random * (1.0 + 1e-9) {
                if sums[0] == 0.0 {
                    touched.push(0);
                }
                sums[0] += all - at_random;
            }
            f.pattern.extend(&touched);
            f.force.extend(touched.drain(..).map(|k| std::mem::take(&mut sums[usize::from(k)])));
            f.end.push(f.pattern.len() as u32);
            let alone = p.alone(j, t);
            f.unseen.push(alone * p.unseen[t as usize]);
            f.imports.push(if p.origins[j] == Origin::Local { 0.0 } else { alone });
        }
        f
    }

    /// The logarithm of the posterior density, up to a constant, of the rate and the weights (as `factors`, the rate included) and the rates of those
    /// who are not among the cases, all trees together.
    pub fn ln_posterior(&self, factors: &[f64], weights: &[f64], e: &Elsewhere) -> f64 {
        let (imports, unseen) = (e.ln_imports.exp(), e.ln_unseen.exp());
        let (mut sum, mut product, mut from) = (0.0, 1.0, 0);
        for (to, (u, i)) in self.end.iter().zip(self.unseen.iter().zip(&self.imports)) {
            let entries = from..*to as usize;
            from = *to as usize;
            let tied: f64 = self.pattern[entries.clone()].iter().zip(&self.force[entries]).map(|(k, f)| factors[usize::from(*k)] * f).sum();
            let force = tied + u * unseen + i * imports;
            // Where nothing acts nothing is learnt; and one logarithm for many cases is enough.
            product *= if force > 0.0 { force } else { 1.0 };
            if !(1e-200..1e200).contains(&product) {
                sum += product.ln();
                product = 1.0;
            }
        }
        let dot = |x: &[f64]| x.iter().zip(factors).map(|(x, f)| x * f).sum::<f64>();
        let elsewhere =
            self.p.ln_prior_elsewhere(e) + self.imported * e.ln_imports - self.p.at_risk * imports - self.p.unseen_at_risk * unseen;
        sum + product.ln() - dot(&self.exposed) + self.p.ln_prior(self.p.exposure.in_the_end(factors), weights) + elsewhere
    }
}
