//! The epidemic curve: cases by day, and the reproduction number below them on the same days.

use crate::bars::{bars, unknown};
use crate::calendar::{AXIS_HEIGHT, Days};
use crate::frame::{Frame, Panel, Swatch};
use crate::measure::fit;
use crate::scale::{Scale, Ticks, drawable, short};
use crate::style::{BLUE, INK, SMALL_SIZE, SOFT, STACK, STACK_LINES, TEXT_SIZE, UNKNOWN, WIDTH};
use crate::svg::{Look, Path, Rect, Svg};
use crate::{Estimate, Head, Language, Start};

/// Cases that were found in one way, by day.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Channel {
    /// Its name; not shown if there is one channel only.
    pub name: String,
    /// Cases of each day (or week: see [`EpidemicCurve::period`]); None where they are not known.
    pub counts: Vec<Option<f64>>,
}

/// Cases by day, stacked by channel, and below them R with the intervals of 50 % and 95 %.
///
/// ```
/// use quell_charts::{Channel, EpidemicCurve, Head, Language, Start};
/// let curve = EpidemicCurve {
///     head: Head::default(),
///     start: Start::Date { since_1970: 19_316 },
///     period: 1,
///     channels: vec![Channel { name: String::new(), counts: vec![Some(3.0), None, Some(5.0)] }],
///     nowcast: vec![],
///     r: vec![],
///     r_means: None,
/// };
/// assert!(curve.svg(Language::English).contains("20"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct EpidemicCurve {
    /// Title, subtitle, source.
    pub head: Head,
    /// The first day.
    pub start: Start,
    /// Days that a count of `channels` and `nowcast` is of: 1, or 7 for counts by week. R is by day in any case.
    pub period: u32,
    /// Cases. Up to seven channels have a colour of their own.
    pub channels: Vec<Channel>,
    /// All cases that a day will have once every report is in, for days that still wait for some. Empty: not estimated.
    pub nowcast: Vec<Option<Estimate>>,
    /// R by day. Empty: not estimated, and not drawn.
    pub r: Vec<Option<Estimate>>,
    /// What R of a day is the R of, for the legend: "the 7 days up to each day". None: of the day itself.
    pub r_means: Option<String>,
}

/// Free space at the right for the last value of R.
const LABEL: f64 = 64.0;

impl EpidemicCurve {
    /// The picture.
    pub fn svg(&self, language: Language) -> String {
        let title = language.say("流行曲线", "Epidemic curve");
        let mut frame = Frame::new(&self.head, title, language);
        let lists = self.channels.iter().map(|c| c.counts.len());
        let period = self.period.clamp(1, 366) as usize;
        let periods = lists.chain([self.nowcast.len(), self.r.len().div_ceil(period)]).max().unwrap_or(0);
        let days = periods * period;
        if days == 0 {
            frame.note(language.say("没有数据。", "There are no data."));
            return frame.finish(&self.head);
        }
        let r: Vec<Option<Estimate>> = (0..days).map(|d| self.r.get(d).copied().flatten().and_then(Estimate::drawable)).collect();
        let has_r = r.iter().any(Option::is_some);
        let axis = Days { start: self.start, language };
        let right = if has_r { LABEL } else { 0.0 };
        // Both panels begin at the same pixel: the wider labels decide.
        let (counts, ticks) = self.counts(periods);
        let area = self.cases(&mut frame, periods, &counts, &ticks, right);
        let x = Scale::new((0.0, days as f64), (area.x, area.right()));
        axis.draw(&mut frame.svg, &x, 0.0, days as f64, frame.y);
        frame.y += AXIS_HEIGHT;
        if has_r {
            frame.y += 4.0;
            self.reproduction(&mut frame, &x, &r);
            axis.draw(&mut frame.svg, &x, 0.0, days as f64, frame.y);
            frame.y += AXIS_HEIGHT;
        }
        frame.finish(&self.head)
    }

    /// Counts that can be drawn, by channel and day, and their axis.
    fn counts(&self, days: usize) -> (Vec<Vec<Option<f64>>>, Ticks) {
        let of = |c: &Channel| (0..days).map(|d| c.counts.get(d).copied().flatten().and_then(drawable)).collect::<Vec<_>>();
        let counts: Vec<Vec<Option<f64>>> = self.channels.iter().map(of).collect();
        let sum = |d: usize| counts.iter().filter_map(|c| c[d]).sum::<f64>();
        let expected = |d: usize| self.nowcast(d).map_or(0.0, |e| e.most.1.max(e.middle));
        let top = (0..days).map(|d| sum(d).max(expected(d))).fold(0.0, f64::max);
        (counts, Ticks::from_zero(top, 4, true))
    }

    fn nowcast(&self, day: usize) -> Option<Estimate> {
        self.nowcast.get(day).copied().flatten().and_then(Estimate::drawable)
    }

    fn cases(&self, frame: &mut Frame, days: usize, counts: &[Vec<Option<f64>>], ticks: &Ticks, right: f64) -> Rect {
        let language = frame.language;
        let known = |d: usize| counts.iter().all(|c| c[d].is_some());
        let mut legend = Vec::new();
        if self.channels.len() > 1 {
            for (k, c) in self.channels.iter().enumerate() {
                legend.push((Swatch::Fill(STACK[k % STACK.len()].to_owned(), STACK_LINES[k % STACK.len()]), c.name.clone()));
            }
        }
        let awaited = (0..days).any(|d| self.nowcast(d).is_some());
        if awaited {
            legend.push((
                Swatch::Fill(AWAITED.to_owned(), None),
                language.say("预计补报（中位数、95% 区间）", "still to be reported (median, 95 %)").to_owned(),
            ));
        }
        if !(0..days).all(known) {
            legend.push((Swatch::Fill(UNKNOWN.to_owned(), None), language.say("无数据", "not known").to_owned()));
        }
        frame.heading(&cases_by(self.period, language), &legend);
        let panel = frame.panel(170.0, ticks, right);
        let x = Scale::new((0.0, days as f64), (panel.area.x, panel.area.right()));
        unknown(&mut frame.svg, &panel, &x, days, known);
        let mut base = vec![0.0; days];
        for (k, c) in counts.iter().enumerate() {
            let tops: Vec<f64> = (0..days).map(|d| base[d] + c[d].unwrap_or(0.0)).collect();
            let path = bars(&panel, &x, base.iter().copied().zip(tops.iter().copied()));
            frame.svg.path(&path, STACK[k % STACK.len()]);
            if let Some(lines) = STACK_LINES[k % STACK.len()] {
                frame.svg.path(&path, &format!(r#"fill="{lines}""#));
            }
            base = tops;
        }
        if awaited {
            self.awaited(&mut frame.svg, &panel, &x, &base);
        }
        panel.area
    }

    /// What still comes in, on top of what is there.
    fn awaited(&self, svg: &mut Svg, panel: &Panel, x: &Scale, there: &[f64]) {
        let middle = |d: usize| self.nowcast(d).map_or(there[d], |e| e.middle.max(there[d]));
        let path = bars(panel, x, there.iter().copied().enumerate().map(|(d, low)| (low, middle(d))));
        svg.path(&path, AWAITED);
        let mut whiskers = Path::new();
        for (d, e) in (0..there.len()).filter_map(|d| Some((d, self.nowcast(d)?))) {
            let at = x.at(d as f64 + 0.5);
            whiskers.to(at, panel.y.at(e.most.0)).down(panel.y.at(e.most.1));
        }
        svg.path(&whiskers, &format!(r#"fill="none" stroke="{INK}" stroke-width="0.9""#));
    }

    fn reproduction(&self, frame: &mut Frame, x: &Scale, r: &[Option<Estimate>]) {
        let language = frame.language;
        let mut legend = vec![(Swatch::Line(line()), language.say("估计值", "estimate").to_owned())];
        if r.iter().flatten().any(|e| e.half.is_some()) {
            legend.push((Swatch::Fill(HALF.to_owned(), None), language.say("50% 区间", "50 % interval").to_owned()));
        }
        legend.push((Swatch::Fill(MOST.to_owned(), None), language.say("95% 区间", "95 % interval").to_owned()));
        let of = self.r_means.as_deref().map(|m| match language {
            Language::Chinese => format!("（{m}）"),
            Language::English => format!(" ({m})"),
        });
        let name = language.say("再生数 R：一名感染者平均传给几人", "R: how many people a case infects");
        frame.heading(&format!("{name}{}", of.unwrap_or_default()), &legend);
        let ticks = Ticks::from_zero(ceiling(r), 4, false);
        let (left, right) = (x.at(0.0), x.at(r.len() as f64));
        let panel = frame.panel_at(130.0, &ticks, left, right);
        let svg = &mut frame.svg;
        svg.clip(panel.area);
        band(svg, &panel, x, r, MOST, |e| Some(e.most));
        band(svg, &panel, x, r, HALF, |e| e.half);
        let middle = |(d, e): (usize, &Option<Estimate>)| e.map(|e| (x.at(d as f64 + 0.5), panel.y.at(e.middle)));
        let path = Path::through(r.iter().enumerate().map(middle));
        svg.path(&path, &line());
        svg.end();
        let one = panel.y.at(1.0);
        svg.line((left, one), (right, one), &format!(r#"stroke="{INK}" stroke-width="1" stroke-dasharray="5 3""#));
        last(svg, &panel, right, r);
    }
}

/// The last value, in words beside its end.
fn last(svg: &mut Svg, panel: &Panel, right: f64, r: &[Option<Estimate>]) {
    let Some(e) = r.iter().rev().flatten().next() else { return };
    let y = panel.y.at(e.middle).clamp(panel.area.y + 8.0, panel.area.bottom() - 14.0);
    let room = WIDTH - right - 7.0;
    svg.text(right + 5.0, y + 4.0, Look::new(TEXT_SIZE).colour(BLUE).bold(), &fit(&short(e.middle), TEXT_SIZE, room));
    let interval = format!("{}–{}", short(e.most.0), short(e.most.1));
    svg.text(right + 5.0, y + 17.0, Look::new(SMALL_SIZE).colour(SOFT), &fit(&interval, SMALL_SIZE, room));
}

/// What is still to be reported.
const AWAITED: &str = r##"fill="#bfdcee" stroke="#0072B2" stroke-width="0.6""##;
const MOST: &str = r##"fill="#d3e6f2""##;
const HALF: &str = r##"fill="#8fc1e0""##;
fn line() -> String {
    format!(r#"fill="none" stroke="{BLUE}" stroke-width="2" stroke-linejoin="round""#)
}

/// The axis of R: all estimates but for the highest 3 % of a long series (a case after weeks of none), and the intervals but for the widest
/// twentieth, which the first days have; these leave the panel.
fn ceiling(r: &[Option<Estimate>]) -> f64 {
    let below = |share: usize, of: fn(&Estimate) -> f64| {
        let mut all: Vec<f64> = r.iter().flatten().map(of).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() * share / 100).or(all.last()).copied().unwrap_or(0.0)
    };
    let middle = below(97, |e| e.middle);
    middle.max(below(95, |e| e.most.1).min(2.0 * middle.max(1.0))).clamp(1.6, 50.0)
}

/// What bars of so many days are counts of.
pub(crate) fn cases_by(period: u32, language: Language) -> String {
    match (period, language) {
        (0 | 1, _) => language.say("每日病例", "Cases by day").to_owned(),
        (7, _) => language.say("每周病例", "Cases by week").to_owned(),
        (n, Language::Chinese) => format!("每 {n} 日病例"),
        (n, Language::English) => format!("Cases in {n} days"),
    }
}

/// A band between two lines; it breaks where nothing is known, and a day alone is a bar of half a day.
pub(crate) fn band(
    svg: &mut Svg,
    panel: &Panel,
    x: &Scale,
    days: &[Option<Estimate>],
    paint: &str,
    of: impl Fn(&Estimate) -> Option<(f64, f64)>,
) {
    let mut path = Path::new();
    let mut run: Vec<(f64, f64, f64)> = Vec::new();
    let ends = days.iter().map(|e| e.as_ref().and_then(&of)).chain([None]);
    for (d, ends) in ends.enumerate() {
        if let Some((lo, hi)) = ends {
            run.push((x.at(d as f64 + 0.5), panel.y.at(lo), panel.y.at(hi)));
            continue;
        }
        if let [(at, lo, hi)] = run[..] {
            let half = x.unit() / 4.0;
            run = vec![(at - half, lo, hi), (at + half, lo, hi)];
        }
        for (k, (at, _, hi)) in run.iter().enumerate() {
            if k == 0 {
                path.to(*at, *hi)
            } else {
                path.line(*at, *hi)
            };
        }
        for (at, lo, _) in run.iter().rev() {
            path.line(*at, *lo);
        }
        if !run.is_empty() {
            path.close();
        }
        run.clear();
    }
    svg.path(&path, paint);
}
