//! Who infected whom on a calendar, of a line list and the infectors that `trees` found.

use quell_charts::{Case, Head, Language, Link, Start, TimelineTree};
use quell_epi::trees::{Edge, Origin, Outbreak, Posterior};
use quell_foundation::Day;

/// Infectors less probable than this are not drawn, but for the most probable one of a case.
const LEAST: f64 = 0.25;

/// What is drawn.
pub(crate) struct Chain<'a> {
    /// Names of the cases.
    pub names: &'a [String],
    /// The outbreak.
    pub outbreak: &'a Outbreak,
    /// By case, the day it was isolated.
    pub isolated: &'a [Option<Day>],
    /// By case, the day it was reported.
    pub reported: &'a [Option<Day>],
    /// By case, who may have infected it.
    pub infectors: &'a [Vec<Edge>],
    /// The posterior, if there is one.
    pub sampled: Option<&'a Posterior>,
    /// Pairs that were named as infector and infectee and cannot be.
    pub implausible: &'a [(u32, u32)],
}

/// The picture: the most probable infectors make the tree; who most probably was infected by none of the cases begins one.
pub(crate) fn chain(head: Head, language: Language, c: &Chain<'_>) -> String {
    let zero = c.outbreak.cases.iter().map(|case| case.onset.mean()).min().unwrap_or(0);
    let since = |day: i32| f64::from(day) - f64::from(zero);
    let one = |k: usize| {
        let case = &c.outbreak.cases[k];
        let unlinked = c.infectors[k].iter().filter(|e| e.infector.is_none()).map(|e| e.probability).sum();
        Case {
            name: c.names[k].clone(),
            exposure: case.exposed.map(|(a, b)| (since(a), since(b))),
            onset: Some(since(case.onset.mean())),
            estimated: !case.onset.is_known(),
            end: c.isolated[k].or(c.reported[k]).map(|d| since(d.0)),
            imported: case.origin == Origin::Imported || c.sampled.is_some_and(|s| s.imported[k] > 0.5),
            unlinked,
        }
    };
    let links = c.infectors.iter().enumerate().flat_map(|(infectee, edges)| {
        let known = edges.iter().filter_map(|e| Some((e.infector?, e.probability)));
        let drawn = known.enumerate().filter(|(n, (_, p))| *n == 0 || *p >= LEAST);
        drawn.map(move |(_, (i, probability))| Link { infector: i as usize, infectee, probability, implausible: false })
    });
    let flagged = c.implausible.iter().map(|(from, to)| Link {
        infector: *from as usize,
        infectee: *to as usize,
        probability: 0.0,
        implausible: true,
    });
    TimelineTree {
        head,
        start: Start::Date { since_1970: zero },
        onset_means: None,
        end_means: end_means(c, language).map(str::to_owned),
        cases: (0..c.names.len()).map(one).collect(),
        links: links.chain(flagged).collect(),
    }
    .svg(language)
}

/// What the end of a lane is.
fn end_means(c: &Chain<'_>, language: Language) -> Option<&'static str> {
    let by_report = c.isolated.iter().zip(c.reported).any(|(i, r)| i.is_none() && r.is_some());
    match (c.isolated.iter().any(Option::is_some), by_report, language) {
        (_, false, _) => None,
        (true, true, Language::Chinese) => Some("隔离，不详者为报告"),
        (true, true, Language::English) => Some("isolated, or else reported"),
        (false, true, Language::Chinese) => Some("报告"),
        (false, true, Language::English) => Some("reported"),
    }
}
