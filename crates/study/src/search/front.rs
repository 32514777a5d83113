//! Who is better than whom where several numbers count, each the better the smaller. Deb et al. 2002, IEEE Transactions on Evolutionary Computation 6:182
//! (NSGA-II).

/// Whether the first is nowhere larger and somewhere smaller.
pub(crate) fn dominates(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(x, y)| x <= y) && a.iter().zip(b).any(|(x, y)| x < y)
}

/// Non-dominated sorting: 0 for those whom none dominates, 1 for those whom only these dominate, and so on.
pub(crate) fn ranks(values: &[Vec<f64>]) -> Vec<usize> {
    let n = values.len();
    let mut dominated_by: Vec<usize> = (0..n).map(|k| values.iter().filter(|v| dominates(v, &values[k])).count()).collect();
    let mut ranks = vec![0; n];
    let mut front: Vec<usize> = (0..n).filter(|k| dominated_by[*k] == 0).collect();
    let mut rank = 0;
    while !front.is_empty() {
        let mut next = Vec::new();
        for k in front {
            ranks[k] = rank;
            for other in 0..n {
                if dominates(&values[k], &values[other]) {
                    dominated_by[other] -= 1;
                    if dominated_by[other] == 0 {
                        next.push(other);
                    }
                }
            }
        }
        rank += 1;
        front = next;
    }
    ranks
}

/// Crowding distance of members of one front: the sum over numbers of the gap between the neighbours on both sides, each relative to the front's range;
/// infinite at the ends.
fn crowding(values: &[Vec<f64>], members: &[usize]) -> Vec<f64> {
    let mut distance = vec![0.0; members.len()];
    let numbers = members.first().map_or(0, |k| values[*k].len());
    for number in 0..numbers {
        let at = |m: usize| values[members[m]].get(number).copied().unwrap_or(0.0);
        let mut order: Vec<usize> = (0..members.len()).collect();
        order.sort_by(|a, b| at(*a).total_cmp(&at(*b)).then(a.cmp(b)));
        let (Some(first), Some(last)) = (order.first().copied(), order.last().copied()) else { continue };
        let range = at(last) - at(first);
        distance[first] = f64::INFINITY;
        distance[last] = f64::INFINITY;
        for w in order.windows(3) {
            distance[w[1]] += if range > 0.0 { (at(w[2]) - at(w[0])) / range } else { 0.0 };
        }
    }
    distance
}

/// All, the best first: by rank, then the lonelier, then the earlier.
pub(crate) fn order(values: &[Vec<f64>]) -> Vec<usize> {
    let ranks = ranks(values);
    let worst = ranks.iter().max().map_or(0, |r| r + 1);
    let of_rank = |rank: usize| {
        let members: Vec<usize> = (0..values.len()).filter(|k| ranks[*k] == rank).collect();
        let distance = crowding(values, &members);
        let mut order: Vec<usize> = (0..members.len()).collect();
        order.sort_by(|a, b| distance[*b].total_cmp(&distance[*a]).then(a.cmp(b)));
        order.into_iter().map(|k| members[k]).collect::<Vec<_>>()
    };
    (0..worst).flat_map(of_rank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_small_front() {
        let values = [[1.0, 5.0], [2.0, 2.0], [5.0, 1.0], [3.0, 3.0], [6.0, 6.0], [1.9, 2.1]].map(|v| v.to_vec());
        assert_eq!(ranks(&values), [0, 0, 0, 1, 2, 0]);
        // The ends first; between them the one whose neighbours are further apart.
        assert_eq!(order(&values), [0, 2, 1, 5, 3, 4]);
    }

    proptest! {
        #[test]
        fn ranks_follow_from_dominance(values in proptest::collection::vec(proptest::collection::vec(0.0..4.0f64, 3).prop_map(|v| v.iter().map(|x| x.floor()).collect::<Vec<_>>()), 1..25)) {
            let ranks = ranks(&values);
            for (a, va) in values.iter().enumerate() {
                // Somebody of the rank before dominates it, and nobody of its own.
                let by = |rank: usize| values.iter().zip(&ranks).any(|(v, r)| *r == rank && dominates(v, va));
                prop_assert!(!by(ranks[a]));
                prop_assert!(ranks[a] == 0 || by(ranks[a] - 1));
            }
            let mut all = order(&values);
            prop_assert!(all.windows(2).all(|w| ranks[w[0]] <= ranks[w[1]]));
            all.sort_unstable();
            prop_assert_eq!(all, (0..values.len()).collect::<Vec<_>>());
        }
    }
}
