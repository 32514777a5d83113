//! The epidemic curve with R, of a series and the table that `rt` gives for it.

use crate::days::Series;
use crate::output::Cell;
use quell_charts::{Channel, EpidemicCurve, Estimate, Head, Language, Start};

/// The picture of a series and of R as the table `columns` × `rows` has it: by day (`t`, `mean`, `lo`, `hi`) or by window (`t_start`, `t_end`,
/// `mean`, `q025`, `q975`), with the interval of 50 % if there are `q25` and `q75`. R of a window stands at its last day. A bar is of `period`
/// days: 1, or 7 for a series that was spread from weeks. `halves`: of each row the interval of 50 %, where the table has none.
pub(crate) fn curve(
    head: Head,
    language: Language,
    (series, period): (&Series, usize),
    (columns, rows): (&[&str], &[Vec<Cell>]),
    halves: &[(f64, f64)],
) -> String {
    let column = |names: &[&str]| columns.iter().position(|c| names.contains(c));
    let number = |row: &Vec<Cell>, at: Option<usize>| match row.get(at?)? {
        Cell::Number(x) => Some(*x),
        Cell::Whole(n) => Some(*n as f64),
        _ => None,
    };
    let (day, start, mean) = (column(&["t", "t_end"]), column(&["t_start"]), column(&["mean"]));
    let seen = column(&["seen"]);
    let mut cut_off = false;
    let (low, high, q25, q75) = (column(&["lo", "q025"]), column(&["hi", "q975"]), column(&["q25"]), column(&["q75"]));
    let mut r = vec![None; series.days()];
    let mut window = None;
    for (k, row) in rows.iter().enumerate() {
        let Some(end) = number(row, day) else { continue };
        window = window.or(number(row, start).map(|s| end - s + 1.0));
        let estimate = || {
            let half = number(row, q25).zip(number(row, q75)).or(halves.get(k).copied());
            Some(Estimate { middle: number(row, mean)?, half, most: (number(row, low)?, number(row, high)?) })
        };
        if number(row, seen).is_some_and(|s| s < SEEN) {
            cut_off = true;
            continue;
        }
        let index = usize::try_from(end as i64 - series.first).ok();
        if let Some(place) = index.and_then(|k| r.get_mut(k)) {
            *place = estimate();
        }
    }
    EpidemicCurve {
        head,
        start: series.date.map_or(Start::Number(series.first), |d| Start::Date { since_1970: d.0 }),
        period: period as u32,
        channels: channels(series, period, language),
        nowcast: Vec::new(),
        r,
        r_means: means(window, cut_off, language),
    }
    .svg(language)
}

/// Of windows of which less is seen than this share, R is cut off, and is not drawn.
pub(crate) const SEEN: f64 = 0.95;

/// What R of a day is the R of, and that the last ones are not drawn.
fn means(window: Option<f64>, cut_off: bool, language: Language) -> Option<String> {
    let days = window.filter(|w| *w > 1.0).map(|w| match language {
        Language::Chinese => format!("截至当日的 {w:.0} 天"),
        Language::English => format!("in the {w:.0} days up to each"),
    });
    let (cut, comma) = match language {
        Language::Chinese => ("最后几日所传染者尚未全部发病，不绘", "；"),
        Language::English => ("the last are cut off, not drawn", "; "),
    };
    let cut = cut_off.then(|| cut.to_owned());
    Some([days, cut].into_iter().flatten().collect::<Vec<_>>().join(comma)).filter(|text| !text.is_empty())
}

/// Cases infected here, and elsewhere where they are told apart.
fn channels(series: &Series, period: usize, language: Language) -> Vec<Channel> {
    let (here, elsewhere) = match language {
        Language::Chinese => ("本地感染", "输入"),
        Language::English => ("infected here", "imported"),
    };
    let bars = |counts: &[Option<f64>]| counts.chunks(period.max(1)).map(|days| days.iter().copied().sum()).collect();
    let channel = |name: &str, counts: &[Option<f64>]| Channel { name: name.to_owned(), counts: bars(counts) };
    let mut channels = vec![channel(here, &series.counts)];
    channels.extend(series.imported.iter().map(|n| channel(elsewhere, n)));
    channels
}
