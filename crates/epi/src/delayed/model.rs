//! What is expected of the counts, and how it changes with the parameters.

use super::Input;
use crate::delays::Daily;
use crate::interval::SerialInterval;

/// So little of the serial interval may be left out at its end.
const REST: f64 = 1e-4;
/// Parameters before ln R of the first day: the logarithm of the infections just before it, and their growth a day.
pub(super) const BEGIN: usize = 2;

/// The renewal equation before the first day and on all days, then the delay, what is not reported yet, and the week's rhythm.
pub(super) struct Model<'a> {
    w: Vec<f64>,
    lag: &'a Daily,
    /// Days before the first one on which infections grow or fall evenly: as many as serial interval and delay reach back.
    pub lead: usize,
    pub days: usize,
    /// By what a day's expected count is multiplied.
    factor: Vec<f64>,
}

/// Expected counts by day, and by day the changes of their logarithms with each parameter, as far as there are any.
pub(super) struct Expected {
    pub infections: Vec<f64>,
    pub counts: Vec<f64>,
    pub slopes: Vec<Vec<f64>>,
}

impl<'a> Model<'a> {
    pub fn new(input: &'a Input<'_>) -> Self {
        let days = input.counts.len();
        let w = shortened(input.interval);
        let lead = w.len() + input.delay.as_slice().len();
        let factor = (0..days).map(|t| input.rhythm.of(t) * input.reported.within(days - 1 - t).max(1e-6)).collect();
        Self { w, lag: input.delay, lead, days, factor }
    }

    pub fn parameters(&self) -> usize {
        BEGIN + self.days
    }

    /// By parameters; `slopes` are left empty if they are not wanted.
    pub fn expected(&self, at: &[f64], want_slopes: bool) -> Expected {
        let mut infections = Vec::with_capacity(self.lead + self.days);
        let mut changes: Vec<Vec<f64>> = Vec::new();
        for j in 0..self.lead {
            let back = j as f64 - self.lead as f64;
            let n = (at[0] + at[1] * back).exp();
            infections.push(n);
            changes.push(vec![n, n * back]);
        }
        for (t, ln_r) in at[BEGIN..].iter().enumerate() {
            let r = ln_r.exp();
            let infectivity: f64 = self.w.iter().enumerate().skip(1).map(|(s, p)| p * infections[self.lead + t - s]).sum();
            infections.push(r * infectivity);
            if want_slopes {
                let mut change = vec![0.0; BEGIN + t + 1];
                for (s, p) in self.w.iter().enumerate().skip(1) {
                    add(&mut change, &changes[self.lead + t - s], r * p);
                }
                change[BEGIN + t] = r * infectivity;
                changes.push(change);
            }
        }
        let sum = |t: usize| self.lag.as_slice().iter().enumerate().map(|(d, p)| p * infections[self.lead + t - d]).sum::<f64>();
        let sums: Vec<f64> = (0..self.days).map(sum).collect();
        let slope = |t: usize| {
            let mut slope = vec![0.0; BEGIN + t + 1];
            for (d, p) in self.lag.as_slice().iter().enumerate() {
                add(&mut slope, &changes[self.lead + t - d], p / sums[t]);
            }
            slope
        };
        let slopes = if want_slopes { (0..self.days).map(slope).collect() } else { Vec::new() };
        let counts = sums.iter().zip(&self.factor).map(|(n, f)| n * f).collect();
        Expected { infections: infections.split_off(self.lead), counts, slopes }
    }
}

fn add(to: &mut [f64], of: &[f64], times: f64) {
    for (x, y) in to.iter_mut().zip(of) {
        *x += times * y;
    }
}

/// The serial interval without its thin end, adding up to 1.
fn shortened(w: &SerialInterval) -> Vec<f64> {
    let all: f64 = w.as_slice().iter().sum();
    let mut sum = 0.0;
    let keep = w.as_slice().iter().take_while(|p| {
        let more = sum < all * (1.0 - REST);
        sum += **p;
        more
    });
    let keep: Vec<f64> = keep.copied().collect();
    let kept: f64 = keep.iter().sum();
    keep.into_iter().map(|p| p / kept).collect()
}
