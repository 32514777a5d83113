//! Who infected whom, on a calendar: a lane for each case, and an elbow from the infector's lane to the infectee's.

mod draw;
mod layout;

use crate::{Head, Language, Start};

/// A case. Times are days after the picture's start; a whole number is a date, parts of a day may be given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Case {
    /// What it is called on the picture: a number, better than a name.
    pub name: String,
    /// First and last day on which it may have been infected.
    pub exposure: Option<(f64, f64)>,
    /// Onset of symptoms, or the day of the sample where there are none.
    pub onset: Option<f64>,
    /// Whether the onset is not known for sure: the day given is a likely one.
    pub estimated: bool,
    /// The day from which on it infects nobody: isolated, in hospital, dead.
    pub end: Option<f64>,
    /// Whether it was infected elsewhere.
    pub imported: bool,
    /// How probable it is that none of the cases infected it. If that is more than any of its links, it begins a tree.
    pub unlinked: f64,
}

/// That one case may have infected another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// Index of the infector in the list of cases.
    pub infector: usize,
    /// Index of the infectee.
    pub infectee: usize,
    /// With which probability; 1 where an investigator is sure, 0 if it is shown only because it is implausible.
    pub probability: f64,
    /// Whether it should be looked at again: the infector was isolated before, or fell ill much later. It is drawn, however probable.
    pub implausible: bool,
}

/// A chain of infections. The likeliest infector of a case makes the tree; others of 25 % and more are faint arcs, up to 100 cases.
/// Names stand beside all cases up to some 100, beside those who infected most of others beyond that; at 5,000 the shape is what is seen.
///
/// ```
/// use quell_charts::{Case, Head, Language, Link, Start, TimelineTree};
/// let case = |name: &str, onset| Case { name: name.to_owned(), onset: Some(onset), ..Case::default() };
/// let tree = TimelineTree {
///     head: Head::default(),
///     start: Start::Number(1),
///     onset_means: None,
///     end_means: None,
///     cases: vec![case("A", 0.0), case("B", 4.0)],
///     links: vec![Link { infector: 0, infectee: 1, probability: 0.9, implausible: false }],
/// };
/// assert!(tree.svg(Language::English).contains(">B</text>"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineTree {
    /// Title, subtitle, source.
    pub head: Head,
    /// The day that times are counted from.
    pub start: Start,
    /// What the onset of a case is, for the legend. None: the onset.
    pub onset_means: Option<String>,
    /// What the end of a case is, for the legend. None: it was isolated.
    pub end_means: Option<String>,
    /// The cases, in any order.
    pub cases: Vec<Case>,
    /// Who may have infected whom; several infectors of one case are welcome. Links with themselves or with nobody are left out.
    pub links: Vec<Link>,
}

impl TimelineTree {
    /// The picture.
    pub fn svg(&self, language: Language) -> String {
        draw::draw(self, language)
    }
}
