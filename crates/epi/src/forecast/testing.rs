//! Tests by day.

/// What the number of tests follows from.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// So many of the tests are positive, above 0 up to 1: tests are cases over positivity.
    Positivity(f64),
    /// People are screened, and contacts of each case are tested.
    Schedule {
        /// People screened on each day from the first day ahead; the last number holds for all days after it.
        screened: Vec<f64>,
        /// Contacts that are found of a case.
        contacts: f64,
        /// On which days after the case was found each of them is tested; 0 is the day itself.
        days: Vec<usize>,
    },
}

impl Plan {
    /// The tests of each day ahead of a path of cases; `past` are the cases of every day before it. The first `behind` days of the path are past, too, but
    /// not complete.
    pub fn tests(&self, past: &[f64], path: &[f64], behind: usize) -> Vec<f64> {
        match self {
            Self::Positivity(p) => path.iter().skip(behind).map(|n| n / p).collect(),
            Self::Schedule { screened, contacts, days } => {
                let cases = |t: usize| if t < past.len() { past[t] } else { path[t - past.len()] };
                let tested = |t: usize| days.iter().filter_map(|k| t.checked_sub(*k)).map(|t| contacts * cases(t)).sum::<f64>();
                let planned = |h: usize| screened.get(h).or(screened.last()).copied().unwrap_or(0.0);
                (behind..path.len()).map(|h| planned(h - behind) + tested(past.len() + h)).collect()
            }
        }
    }
}
