//! Which lane a case has: trees one after the other by their first day, a case above those it infected, the later ones nearer. So no elbow
//! crosses a lane, as long as nobody falls ill before the infector.

use super::{Case, Link, TimelineTree};

/// A century; a time beyond it is a slip.
const MOST_DAYS: f64 = 36_525.0;
/// In the midst of a day: a date is a whole day.
const NOON: f64 = 0.5;

fn time(t: f64) -> Option<f64> {
    (t.is_finite() && t.abs() <= MOST_DAYS).then_some(t + NOON)
}

/// The times of a case that can be drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Times {
    pub exposure: Option<(f64, f64)>,
    pub onset: Option<f64>,
    pub estimated: bool,
    pub end: Option<f64>,
    pub first: f64,
    pub last: f64,
}

impl Times {
    fn of(case: &Case) -> Option<Self> {
        let exposure = case.exposure.and_then(|(a, b)| Some((time(a)?, time(b)?))).filter(|(a, b)| a <= b);
        let (onset, end) = (case.onset.and_then(time), case.end.and_then(time));
        let all = || [exposure.map(|e| e.0), exposure.map(|e| e.1), onset, end].into_iter().flatten();
        Some(Self { exposure, onset, estimated: case.estimated, end, first: all().reduce(f64::min)?, last: all().reduce(f64::max)? })
    }
    /// Where the elbow of its infection arrives: in the middle of the exposure, else at the onset.
    pub fn arrival(&self) -> f64 {
        self.exposure.map(|(a, b)| (a + b) / 2.0).or(self.onset).unwrap_or(self.first)
    }
}

/// Where everything goes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    /// By case; None where no time is known.
    pub times: Vec<Option<Times>>,
    /// The likeliest link of each case, as an index of the list of links.
    pub best: Vec<Option<usize>>,
    /// How many steps it is from the first case of its tree.
    pub generation: Vec<usize>,
    /// How many it infected, by the likeliest links.
    pub infected: Vec<usize>,
    /// Cases from the top lane to the last: those in trees, then those without a link.
    pub lanes: Vec<usize>,
    /// How many of the lanes belong to trees.
    pub linked: usize,
}

impl Layout {
    pub fn new(tree: &TimelineTree) -> Self {
        let times: Vec<Option<Times>> = tree.cases.iter().map(Times::of).collect();
        let mut best = likeliest(tree, &times);
        break_circles(&mut best, &tree.links);
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); times.len()];
        for (infectee, link) in best.iter().enumerate() {
            if let Some(l) = link.and_then(|l| tree.links.get(l)) {
                children[l.infector].push(infectee);
            }
        }
        let arrival = |k: &usize| times[*k].map_or(0.0, |t| t.arrival());
        for c in &mut children {
            c.sort_by(|a, b| arrival(a).total_cmp(&arrival(b)).then(a.cmp(b)));
        }
        let mut roots: Vec<usize> = (0..times.len()).filter(|k| times[*k].is_some() && best[*k].is_none()).collect();
        let first = |k: &usize| times[*k].map_or(0.0, |t| t.first);
        roots.sort_by(|a, b| first(a).total_cmp(&first(b)).then(a.cmp(b)));
        let (trees, alone): (Vec<usize>, Vec<usize>) = roots.into_iter().partition(|k| !children[*k].is_empty());
        let (mut lanes, mut generation) = (Vec::new(), vec![0; times.len()]);
        // The last one that goes onto the stack comes next: of the roots the earliest, of the infectees the latest.
        let mut waiting: Vec<usize> = trees.into_iter().rev().collect();
        while let Some(k) = waiting.pop() {
            lanes.push(k);
            for c in &children[k] {
                generation[*c] = generation[k] + 1;
                waiting.push(*c);
            }
        }
        let linked = lanes.len();
        lanes.extend(alone);
        Self { best, generation, infected: children.iter().map(Vec::len).collect(), lanes, linked, times }
    }
}

/// Whether a link is one between two cases that are drawn.
pub(super) fn good(link: &Link, times: &[Option<Times>]) -> bool {
    let drawn = |k: usize| times.get(k).is_some_and(Option::is_some);
    link.infector != link.infectee
        && drawn(link.infector)
        && drawn(link.infectee)
        && link.probability >= 0.0
        && link.probability.is_finite()
}

/// The likeliest link of each case; of equal ones the first. None of a case that most probably has its infection from none of the others.
fn likeliest(tree: &TimelineTree, times: &[Option<Times>]) -> Vec<Option<usize>> {
    let links = &tree.links;
    let mut best: Vec<Option<usize>> = vec![None; times.len()];
    let may = |l: &Link| good(l, times) && l.probability > 0.0 && l.probability >= tree.cases[l.infectee].unlinked;
    for (k, link) in links.iter().enumerate().filter(|(_, l)| may(l)) {
        let so_far = &mut best[link.infectee];
        if so_far.is_none_or(|b| links[b].probability < link.probability) {
            *so_far = Some(k);
        }
    }
    best
}

/// Likeliest links can make a circle; its least likely one is left out of the tree.
fn break_circles(best: &mut [Option<usize>], links: &[Link]) {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        OnTheWay,
        Done,
    }
    let mut state = vec![State::New; best.len()];
    for begin in 0..best.len() {
        let (mut way, mut at) = (Vec::new(), begin);
        while state[at] == State::New {
            state[at] = State::OnTheWay;
            way.push(at);
            match best[at] {
                Some(link) => at = links[link].infector,
                None => break,
            }
        }
        if state[at] == State::OnTheWay && best[at].is_some() {
            let circle = way.iter().skip_while(|k| **k != at);
            let probability = |k: usize| best[k].map_or(1.0, |l| links[l].probability);
            if let Some(weakest) = circle.copied().min_by(|a, b| probability(*a).total_cmp(&probability(*b))) {
                best[weakest] = None;
            }
        }
        for k in way {
            state[k] = State::Done;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Head, Start};

    fn tree(onsets: &[Option<f64>], links: &[(usize, usize, f64)]) -> TimelineTree {
        TimelineTree {
            head: Head::default(),
            start: Start::Number(0),
            onset_means: None,
            end_means: None,
            cases: onsets.iter().map(|o| Case { onset: *o, ..Case::default() }).collect(),
            links: links.iter().map(|l| Link { infector: l.0, infectee: l.1, probability: l.2, implausible: false }).collect(),
        }
    }

    #[test]
    fn later_infectees_are_nearer() {
        let t = tree(&[0.0, 3.0, 5.0, 6.0].map(Some), &[(0, 1, 0.9), (0, 2, 0.9), (1, 3, 0.9)]);
        let layout = Layout::new(&t);
        assert_eq!(layout.lanes, [0, 2, 1, 3]);
        assert_eq!(layout.generation, [0, 1, 1, 2]);
        assert_eq!(layout.infected, [2, 1, 0, 0]);
    }
    #[test]
    fn the_likeliest_infector_counts() {
        let layout = Layout::new(&tree(&[0.0, 1.0, 4.0].map(Some), &[(0, 2, 0.3), (1, 2, 0.6)]));
        assert_eq!(layout.best, [None, None, Some(1)]);
        assert_eq!((layout.lanes, layout.linked), (vec![1, 2, 0], 2));
    }
    #[test]
    fn a_case_that_most_probably_comes_from_elsewhere_begins_a_tree() {
        let mut t = tree(&[0.0, 3.0, 6.0].map(Some), &[(0, 1, 0.3), (1, 2, 0.6)]);
        (t.cases[1].unlinked, t.cases[2].unlinked) = (0.7, 0.4);
        assert_eq!(Layout::new(&t).best, [None, None, Some(1)]);
    }
    #[test]
    fn a_circle_is_cut_at_its_weakest_link() {
        let layout = Layout::new(&tree(&[0.0, 1.0, 2.0, 3.0].map(Some), &[(0, 1, 0.9), (1, 2, 0.8), (2, 0, 0.2), (2, 3, 1.0)]));
        assert_eq!(layout.best, [None, Some(0), Some(1), Some(3)]);
        assert_eq!(layout.lanes, [0, 1, 2, 3]);
    }
    #[test]
    fn what_cannot_be_drawn_is_left_out() {
        let t = tree(&[Some(0.0), None, Some(f64::NAN), Some(2.0)], &[(1, 3, 1.0), (0, 9, 1.0), (3, 3, 1.0), (0, 3, f64::NAN)]);
        let layout = Layout::new(&t);
        assert_eq!((layout.lanes, layout.best), (vec![0, 3], vec![None; 4]));
    }
}
