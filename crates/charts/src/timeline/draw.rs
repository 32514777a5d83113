//! The lanes on paper.

use super::layout::{Layout, Times, good};
use super::{Link, TimelineTree};
use crate::Language;
use crate::calendar::{AXIS_HEIGHT, Days};
use crate::frame::{EDGE, Frame, Swatch};
use crate::measure::{fit, width};
use crate::scale::Scale;
use crate::style::{BLUE, GREEN, INK, ORANGE, PURPLE, SKY, SMALL_SIZE, SOFT, VERMILLION, WIDTH};
use crate::svg::{Look, Path, Rect, Svg};

/// Colours of the generations; the last is that of all later ones.
const GENERATIONS: [&str; 7] = [INK, BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY];
/// Height of the lanes together, if there is no reason for more or less: a page.
const PAGE: f64 = 790.0;
/// Of the lanes of any number of cases: what a PNG can hold at three pixels for one.
const MOST_HEIGHT: f64 = 5_000.0;
/// Height of a lane at most, and the least that can be seen.
const LANE: (f64, f64) = (15.0, 0.5);
/// From this height on a lane has room for the name of its case.
const NAMED_LANE: f64 = 8.0;
/// Width of a name at most.
const NAME: f64 = 96.0;
/// Names where there is not room for all.
const MOST_NAMES: usize = 40;
/// With more cases than these, only the likeliest infectors are shown: bows over many lanes are a tangle.
const MOST_ARCS: usize = 100;
const ARC_FROM: f64 = 0.25;

const LIKELY: &str = r##"fill="none" stroke="#444" stroke-width="1.3""##;
const MAYBE: &str = r##"fill="none" stroke="#777" stroke-width="0.8""##;
const HARDLY: &str = r##"fill="none" stroke="#777" stroke-width="0.8" stroke-dasharray="3 2""##;
const OTHER: &str = r##"fill="none" stroke="#b5b5b5" stroke-width="0.6""##;
const FLAGGED: &str = r##"fill="none" stroke="#D55E00" stroke-width="1.6""##;
const EXPOSED: &str = r##"fill="#d9d9d9""##;
const THIN: &str = r##"fill="none" stroke="#aaa" stroke-width="0.6""##;

/// Where a picture is while it is drawn.
struct Drawing<'a> {
    tree: &'a TimelineTree,
    layout: &'a Layout,
    x: Scale,
    /// The y of a case's lane.
    y: Vec<f64>,
    lane: f64,
}

pub(super) fn draw(tree: &TimelineTree, language: Language) -> String {
    let layout = Layout::new(tree);
    let mut frame = Frame::new(&tree.head, language.say("传播链", "Who infected whom"), language);
    let times: Vec<&Times> = layout.lanes.iter().filter_map(|k| layout.times[*k].as_ref()).collect();
    let first = times.iter().map(|t| t.first).reduce(f64::min);
    let last = times.iter().map(|t| t.last).reduce(f64::max);
    let (Some(first), Some(last)) = (first, last) else {
        frame.note(language.say("没有带日期的病例。", "There is no case with a date."));
        return frame.finish(&tree.head);
    };
    frame.heading(&counted(&layout, language), &legend(tree, &layout, language));
    let lanes = layout.lanes.len() as f64;
    let lane = (PAGE / lanes).clamp(LANE.1, LANE.0).min(MOST_HEIGHT / lanes);
    let name = |k: &usize| width(&tree.cases[*k].name, SMALL_SIZE);
    let widest = layout.lanes.iter().map(name).fold(0.0, f64::max).min(NAME);
    let (from, to) = (first.floor(), last.floor() + 1.0);
    let x = Scale::new((from, to), (EDGE + 10.0, WIDTH - EDGE - widest - 8.0));
    let axis = Days { start: tree.start, language };
    frame.y += 4.0;
    let top = frame.y;
    // Cases without a link stand apart.
    let apart = if layout.linked > 0 && layout.linked < layout.lanes.len() { lane.max(14.0) } else { 0.0 };
    let bottom = top + lane * lanes + apart + 4.0;
    for at in axis.grid(&x, from, to) {
        frame.svg.line((at, top), (at, bottom), r##"stroke="#ececec" stroke-width="0.8""##);
    }
    if apart > 0.0 {
        let above = top + lane * layout.linked as f64 + apart - 1.0;
        frame.svg.text(EDGE, above, Look::new(8.5).colour(SOFT).halo(), language.say("未找到关联", "without a link"));
    }
    let mut y = vec![0.0; tree.cases.len()];
    for (n, k) in layout.lanes.iter().enumerate() {
        y[*k] = top + lane * (n as f64 + 0.5) + if n >= layout.linked { apart } else { 0.0 };
    }
    let drawing = Drawing { tree, layout: &layout, x, y, lane };
    drawing.lanes(&mut frame.svg);
    drawing.links(&mut frame.svg);
    drawing.marks(&mut frame.svg);
    drawing.names(&mut frame.svg);
    axis.draw(&mut frame.svg, &x, from, to, bottom);
    frame.y = bottom + AXIS_HEIGHT;
    notes(&mut frame, tree, &layout);
    frame.finish(&tree.head)
}

impl Drawing<'_> {
    fn drawn(&self) -> impl Iterator<Item = (usize, Times)> {
        self.layout.lanes.iter().filter_map(|k| Some((*k, self.layout.times[*k]?)))
    }
    fn colour(&self, k: usize) -> usize {
        self.layout.generation[k].min(GENERATIONS.len() - 1)
    }
    fn radius(&self) -> f64 {
        (self.lane * 0.3).clamp(0.3, 3.4)
    }

    /// Exposure, the time until the onset, the time in which it infects.
    fn lanes(&self, svg: &mut Svg) {
        let (mut exposed, mut thin) = (Path::new(), Path::new());
        let mut ill = vec![Path::new(); GENERATIONS.len()];
        let half = (self.lane * 0.2).clamp(0.15, 2.5);
        let mut until: Vec<f64> = self.layout.times.iter().map(|t| t.map_or(0.0, |t| t.last)).collect();
        let mut since: Vec<f64> = self.layout.times.iter().map(|t| t.map_or(0.0, |t| t.first)).collect();
        for (k, times) in self.drawn() {
            if let Some(link) = self.layout.best[k].map(|l| self.tree.links[l]) {
                until[link.infector] = until[link.infector].max(times.arrival());
                since[link.infector] = since[link.infector].min(times.arrival());
            }
        }
        for (k, times) in self.drawn() {
            let y = self.y[k];
            if until[k] > since[k] {
                thin.to(self.x.at(since[k]), y).across(self.x.at(until[k]));
            }
            if let Some((a, b)) = times.exposure {
                // A day of exposure is a day wide.
                let left = self.x.at(a - 0.5);
                exposed.rect(Rect { x: left, y: y - half, w: self.x.at(b + 0.5) - left, h: 2.0 * half });
            }
            if let (Some(onset), Some(end)) = (times.onset, times.end) {
                ill[self.colour(k)].to(self.x.at(onset), y).across(self.x.at(end));
            }
        }
        svg.path(&exposed, EXPOSED);
        svg.path(&thin, THIN);
        let stroke = crate::svg::n((self.lane * 0.2).clamp(0.3, 2.2));
        for (path, colour) in ill.iter().zip(GENERATIONS) {
            svg.path(path, &format!(r#"fill="none" stroke="{colour}" stroke-width="{stroke}""#));
        }
    }

    fn links(&self, svg: &mut Svg) {
        let [mut likely, mut maybe, mut hardly, mut other, mut flagged] = [const { None }; 5].map(|p: Option<Path>| p.unwrap_or_default());
        for (k, link) in self.tree.links.iter().enumerate().filter(|(_, l)| good(l, &self.layout.times)) {
            let Some(times) = self.layout.times[link.infectee] else { continue };
            let (x, from, to) = (self.x.at(times.arrival()), self.y[link.infector], self.y[link.infectee]);
            if self.layout.best[link.infectee] != Some(k) {
                let Some(begin) = self.layout.times[link.infector].map(|t| self.x.at(t.onset.unwrap_or(t.first))) else { continue };
                if link.implausible {
                    flagged.arc((begin, from), (x, to));
                    self.cross(&mut flagged, (begin + 3.0 * x) / 4.0, (3.0 * from + to) / 4.0);
                } else if link.probability >= ARC_FROM && self.layout.lanes.len() <= MOST_ARCS {
                    other.arc((begin, from), (x, to));
                }
                continue;
            }
            let path = match link {
                Link { implausible: true, .. } => &mut flagged,
                Link { probability: 0.8.., .. } => &mut likely,
                Link { probability: 0.5.., .. } => &mut maybe,
                _ => &mut hardly,
            };
            path.to(x, from).down(to);
            if link.implausible {
                self.cross(path, x, (from + to) / 2.0);
            }
        }
        // Thousands of elbows are drawn as thin as their lanes.
        let thin =
            |p: &str| p.replace(r#"stroke-width="0.8""#, r#"stroke-width="0.4""#).replace(r#"stroke-width="1.3""#, r#"stroke-width="0.8""#);
        let paint = |p: &str| if self.lane < 3.0 { thin(p) } else { p.to_owned() };
        for (path, p) in [(&other, OTHER), (&hardly, HARDLY), (&maybe, MAYBE), (&likely, LIKELY), (&flagged, FLAGGED)] {
            svg.path(path, &paint(p));
        }
    }

    /// A cross on a link.
    fn cross(&self, path: &mut Path, x: f64, y: f64) {
        let arm = self.radius().max(1.0);
        path.to(x - arm, y - arm).line(x + arm, y + arm).to(x - arm, y + arm).line(x + arm, y - arm);
    }

    /// Onsets and ends, and where trees come from.
    fn marks(&self, svg: &mut Svg) {
        let (mut known, mut unknown) = (vec![Path::new(); GENERATIONS.len()], vec![Path::new(); GENERATIONS.len()]);
        let (mut ends, mut imported, mut unlinked) = (Path::new(), Path::new(), Path::new());
        let r = self.radius();
        for (k, times) in self.drawn() {
            let y = self.y[k];
            match times.onset {
                Some(t) if !times.estimated => known[self.colour(k)].disc(self.x.at(t), y, r),
                Some(t) => unknown[self.colour(k)].disc(self.x.at(t), y, r * 0.8),
                None => unknown[self.colour(k)].disc(self.x.at(times.first), y, r * 0.8),
            };
            if let Some(t) = times.end {
                let arm = (self.lane * 0.36).clamp(0.2, 4.0);
                ends.to(self.x.at(t), y - arm).down(y + arm);
            }
            if self.layout.best[k].is_none() {
                let tip = self.x.at(times.first) - r - 2.0;
                let path = if self.tree.cases[k].imported { &mut imported } else { &mut unlinked };
                path.to(tip, y).line(tip - 1.8 * r, y - r).line(tip - 1.8 * r, y + r).close();
            }
        }
        for ((known, unknown), colour) in known.iter().zip(&unknown).zip(GENERATIONS) {
            svg.path(known, &format!(r#"fill="{colour}""#));
            svg.path(unknown, &format!(r##"fill="#fff" stroke="{colour}" stroke-width="1""##));
        }
        let thin = crate::svg::n((self.lane * 0.12).clamp(0.2, 1.4));
        svg.path(&ends, &format!(r#"fill="none" stroke="{INK}" stroke-width="{thin}""#));
        svg.path(&imported, &format!(r#"fill="{INK}""#));
        svg.path(&unlinked, &format!(r##"fill="#fff" stroke="{INK}" stroke-width="{}""##, crate::svg::n((r * 0.3).clamp(0.1, 0.9))));
    }

    /// Names stand after the end of a lane. Where they have no room, those who infected most have theirs, as long as none covers another.
    fn names(&self, svg: &mut Svg) {
        let all = self.lane >= NAMED_LANE;
        let size = if all { (self.lane * 0.95).min(SMALL_SIZE) } else { 8.5 };
        let mut order: Vec<(usize, Times)> = self.drawn().collect();
        if !all {
            order.retain(|(k, _)| self.layout.infected[*k] >= 2);
            order.sort_by_key(|(k, _)| (std::cmp::Reverse(self.layout.infected[*k]), *k));
        }
        let mut taken: Vec<Rect> = Vec::new();
        for (k, times) in order {
            let text = fit(&self.tree.cases[k].name, size, NAME);
            let room = Rect { x: self.x.at(times.last) + self.radius() + 3.0, y: self.y[k] - size / 2.0, w: width(&text, size), h: size };
            let covers = |t: &Rect| t.x < room.right() && room.x < t.right() && t.y < room.bottom() && room.y < t.bottom();
            if !all && (taken.len() >= MOST_NAMES || taken.iter().any(covers)) {
                continue;
            }
            svg.text(room.x, self.y[k] + size * 0.36, Look::new(size).colour(SOFT).halo(), &text);
            taken.push(room);
        }
    }
}

impl Path {
    /// A bow that leaves one point along its lane and comes to the other from above or below.
    fn arc(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.to(from.0, from.1).bow(to.0, from.1, to.0, to.1);
    }
}

fn counted(layout: &Layout, language: Language) -> String {
    let (all, alone) = (layout.lanes.len(), layout.lanes.len() - layout.linked);
    match language {
        Language::Chinese if alone == 0 => format!("{all} 例"),
        Language::Chinese => format!("{all} 例，其中 {alone} 例未找到关联"),
        Language::English if all == 1 => "1 case".to_owned(),
        Language::English if alone == 0 => format!("{all} cases"),
        Language::English => format!("{all} cases, {alone} of them without a link"),
    }
}

fn legend(tree: &TimelineTree, layout: &Layout, language: Language) -> Vec<(Swatch, String)> {
    let mut legend = Vec::new();
    let generations = layout.lanes.iter().map(|k| layout.generation[*k]).max().unwrap_or(0);
    for (g, colour) in GENERATIONS.iter().enumerate().take(generations + 1) {
        let later = g + 1 == GENERATIONS.len() && generations > g;
        let text = match (g, language) {
            (0, Language::Chinese) => format!("{}，第 0 代", tree.onset_means.as_deref().unwrap_or("发病")),
            (0, Language::English) => format!("{}, generation 0", tree.onset_means.as_deref().unwrap_or("onset")),
            (_, Language::Chinese) => format!("{g}{}", if later { " 及以后" } else { "" }),
            (_, Language::English) => format!("{g}{}", if later { " and later" } else { "" }),
        };
        legend.push((Swatch::Disc(format!(r#"fill="{colour}""#)), text));
    }
    let drawn = || layout.lanes.iter().filter_map(|k| layout.times[*k].map(|t| (*k, t)));
    if drawn().any(|(_, t)| t.onset.is_some() && t.estimated) {
        legend
            .push((Swatch::Disc(r##"fill="#fff" stroke="#222""##.to_owned()), language.say("发病日为推算", "onset estimated").to_owned()));
    }
    if drawn().any(|(_, t)| t.onset.is_none()) {
        legend.push((Swatch::Disc(r##"fill="#fff" stroke="#222""##.to_owned()), language.say("发病日不详", "onset not known").to_owned()));
    }
    if drawn().any(|(_, t)| t.exposure.is_some()) {
        legend.push((Swatch::Fill(EXPOSED.to_owned(), None), language.say("可能的感染时间", "when it may have been infected").to_owned()));
    }
    if drawn().any(|(_, t)| t.end.is_some()) {
        let means = tree.end_means.as_deref().unwrap_or(language.say("隔离", "isolated"));
        legend.push((Swatch::Tick, means.to_owned()));
    }
    let roots = || drawn().filter(|(k, _)| layout.best[*k].is_none());
    if roots().any(|(k, _)| tree.cases[k].imported) {
        legend.push((Swatch::Origin(true), language.say("输入", "imported").to_owned()));
    }
    if roots().any(|(k, _)| !tree.cases[k].imported) {
        legend.push((Swatch::Origin(false), language.say("感染来源不明", "source not known").to_owned()));
    }
    legend.extend(legend_of_links(tree, layout, language));
    legend
}

fn legend_of_links(tree: &TimelineTree, layout: &Layout, language: Language) -> Vec<(Swatch, String)> {
    let links = || layout.best.iter().flatten().filter_map(|l| tree.links.get(*l));
    let mut legend = Vec::new();
    if links().any(|l| l.probability < 0.8) {
        let classes = [
            (LIKELY, "可能性 80% 以上", "probability 80 % and more", 0.8, f64::INFINITY),
            (MAYBE, "50%–80%", "50 to 80 %", 0.5, 0.8),
            (HARDLY, "50% 以下", "less than 50 %", 0.0, 0.5),
        ];
        for (paint, zh, en, low, high) in classes {
            if links().any(|l| !l.implausible && (low..high).contains(&l.probability)) {
                legend.push((Swatch::Line(paint.to_owned()), language.say(zh, en).to_owned()));
            }
        }
    }
    let other = |(k, l): (usize, &Link)| {
        good(l, &layout.times) && !l.implausible && l.probability >= ARC_FROM && layout.best[l.infectee] != Some(k)
    };
    if layout.lanes.len() <= MOST_ARCS && tree.links.iter().enumerate().any(other) {
        legend.push((Swatch::Line(OTHER.to_owned()), language.say("其他可能的传染源", "another possible infector").to_owned()));
    }
    if tree.links.iter().any(|l| l.implausible && good(l, &layout.times)) {
        legend.push((Swatch::Line(FLAGGED.to_owned()), language.say("存疑，请复核", "implausible, look again").to_owned()));
    }
    legend
}

fn notes(frame: &mut Frame, tree: &TimelineTree, layout: &Layout) {
    let left_out = tree.cases.len() - layout.lanes.len();
    if left_out > 0 {
        let text = match frame.language {
            Language::Chinese => format!("另有 {left_out} 例没有任何日期，未画出。"),
            Language::English if left_out == 1 => "1 case without any date is not drawn.".to_owned(),
            Language::English => format!("{left_out} cases without any date are not drawn."),
        };
        frame.note(&text);
    }
}
