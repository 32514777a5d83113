//! Who may have infected a case, and trees that are made of the most probable ones.

/// Somebody who may have infected a case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// The infector; none: somebody elsewhere, or somebody here who is not among the cases.
    pub infector: Option<u32>,
    /// How probable.
    pub probability: f64,
}

/// The most probable first; those below `least` are left out, but for the one of nobody known.
pub(super) fn sorted(mut edges: Vec<Edge>, least: f64) -> Vec<Edge> {
    edges.retain(|e| e.infector.is_none() || e.probability >= least);
    edges.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.infector.cmp(&b.infector)));
    edges
}

/// A tree: each case's infector, none for its roots.
pub type Tree = Vec<Option<u32>>;

/// The tree of the most probable infectors. Where these would infect each other in a circle, which uncertain onsets allow, the least certain of
/// the circle gets its next most probable infector.
pub fn consensus(edges: &[Vec<Edge>]) -> Tree {
    let mut tree: Tree = vec![None; edges.len()];
    let mut order: Vec<usize> = (0..edges.len()).collect();
    let certainty = |j: &usize| edges[*j].first().map_or(0.0, |e| e.probability);
    order.sort_by(|a, b| certainty(b).total_cmp(&certainty(a)).then(a.cmp(b)));
    for j in order {
        let may = |infector: Option<u32>| infector.is_none_or(|i| !descends(&tree, i as usize, j));
        let best = edges[j].iter().find(|e| may(e.infector));
        tree[j] = best.and_then(|e| e.infector);
    }
    tree
}

/// Whether `i` is `j` or was infected by it, through whomever.
fn descends(tree: &Tree, mut i: usize, j: usize) -> bool {
    while i != j {
        match tree[i] {
            Some(parent) => i = parent as usize,
            None => return false,
        }
    }
    true
}

/// How many infections lie between each case and the root of its tree.
pub fn generations(tree: &Tree) -> Vec<u32> {
    let mut known: Vec<Option<u32>> = vec![None; tree.len()];
    for j in 0..tree.len() {
        let mut way = Vec::new();
        let mut at = j;
        while known[at].is_none() && way.len() <= tree.len() {
            way.push(at);
            match tree[at] {
                Some(parent) => at = parent as usize,
                None => break,
            }
        }
        let begin = known[at].map_or(0, |g| g + 1);
        for (generation, case) in (begin..).zip(way.into_iter().rev()) {
            known[case] = Some(generation);
        }
    }
    known.into_iter().map(Option::unwrap_or_default).collect()
}
