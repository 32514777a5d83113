//! Two numbers against each other, each the better the smaller: who is beaten by none, and how sure that is.

use crate::frame::{Frame, Panel, Swatch};
use crate::measure::{fit, width};
use crate::scale::{Scale, Ticks};
use crate::style::{BLUE, INK, SMALL_SIZE, SOFT, VERMILLION, WIDTH};
use crate::svg::{Anchor, Look, Path, Rect};
use crate::{Estimate, Head, Language};

/// A policy, or whatever was tried.
#[derive(Debug, Clone, PartialEq)]
pub struct ParetoPoint {
    /// The number that is drawn to the right.
    pub across: Estimate,
    /// The number that is drawn upwards.
    pub up: Estimate,
    /// What stands beside it, if it is on the front or the reference.
    pub name: String,
    /// Whether it is on the front. The line runs along those of the front that none beats in the two numbers drawn: with a third number that counts it passes
    /// below others.
    pub front: bool,
}

/// Candidates by two numbers, and their front as a line with steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Pareto {
    /// Title, subtitle, source.
    pub head: Head,
    /// The number to the right.
    pub across: String,
    /// The number upwards.
    pub up: String,
    /// Everything that was tried.
    pub points: Vec<ParetoPoint>,
    /// What it is compared with.
    pub reference: Option<ParetoPoint>,
    /// Sentences below the drawing.
    pub notes: Vec<String>,
}

const OTHER: &str = r##"fill="#b9c4cc""##;
const HEIGHT: f64 = 300.0;
/// The axes end at so many times the highest value of the front; what lies beyond is told.
const BEYOND: f64 = 2.0;
/// Room for a name.
const NAME: f64 = 120.0;

impl Pareto {
    /// The picture.
    pub fn svg(&self, language: Language) -> String {
        let mut frame = Frame::new(&self.head, language.say("帕累托前沿", "Pareto front"), language);
        let sound = |p: &ParetoPoint| {
            Some(ParetoPoint { across: p.across.drawable()?, up: p.up.drawable()?, name: p.name.trim().to_owned(), front: p.front })
        };
        let points: Vec<ParetoPoint> = self.points.iter().filter_map(sound).collect();
        let reference = self.reference.as_ref().and_then(sound);
        if points.is_empty() {
            frame.note(language.say("没有数据。", "There are no data."));
            return frame.finish(&self.head);
        }
        let across = Ticks::from_zero(top(&points, reference.as_ref(), |p| p.across), 6, false);
        let up = Ticks::from_zero(top(&points, reference.as_ref(), |p| p.up), 5, false);
        frame.heading(&self.up, &legend(&points, reference.as_ref(), language));
        frame.y += 4.0;
        let panel = frame.panel(HEIGHT, &up, 6.0);
        let x = Scale::new((0.0, across.top()), (panel.area.x, panel.area.right()));
        let drawing = Drawing { panel, x, most: (across.top(), up.top()) };
        drawing.points(&mut frame, &points, reference.as_ref());
        drawing.axis(&mut frame, &across, &self.across);
        let outside = points.iter().filter(|p| !drawing.holds(p)).count();
        if outside > 0 {
            frame.note(&match language {
                Language::Chinese => format!("图幅之外的候选：{outside} 个。"),
                Language::English => format!("Candidates outside the picture: {outside}."),
            });
        }
        for note in &self.notes {
            frame.note(note);
        }
        frame.finish(&self.head)
    }
}

fn legend(points: &[ParetoPoint], reference: Option<&ParetoPoint>, language: Language) -> Vec<(Swatch, String)> {
    let mut legend = Vec::new();
    if points.iter().any(|p| p.front) {
        legend.push((Swatch::Disc(format!(r#"fill="{BLUE}""#)), language.say("前沿", "front").to_owned()));
    }
    if points.iter().any(|p| !p.front) {
        legend.push((Swatch::Disc(OTHER.to_owned()), language.say("其他候选", "other candidates").to_owned()));
    }
    if reference.is_some() {
        legend.push((Swatch::Disc(hollow()), language.say("对照", "compared with").to_owned()));
    }
    legend
}

fn hollow() -> String {
    format!(r##"fill="#fff" stroke="{VERMILLION}" stroke-width="1.8""##)
}

/// The end of an axis: it holds the front with its intervals and the reference, and all else up to twice that.
fn top(points: &[ParetoPoint], reference: Option<&ParetoPoint>, of: fn(&ParetoPoint) -> Estimate) -> f64 {
    let highest = |it: &mut dyn Iterator<Item = f64>| it.fold(0.0, f64::max);
    let all = highest(&mut points.iter().map(|p| of(p).middle));
    let kept = points.iter().filter(|p| p.front).map(|p| of(p).most.1.max(of(p).middle)).chain(reference.map(|p| of(p).middle));
    let kept = highest(&mut kept.into_iter());
    if kept > 0.0 { kept.max(all.min(BEYOND * kept)) } else { all }
}

struct Drawing {
    panel: Panel,
    x: Scale,
    most: (f64, f64),
}

impl Drawing {
    fn holds(&self, p: &ParetoPoint) -> bool {
        p.across.middle <= self.most.0 && p.up.middle <= self.most.1
    }
    fn at(&self, p: &ParetoPoint) -> (f64, f64) {
        (self.x.at(p.across.middle), self.panel.y.at(p.up.middle))
    }

    fn points(&self, frame: &mut Frame, points: &[ParetoPoint], reference: Option<&ParetoPoint>) {
        let area = self.panel.area;
        // Discs on the axes are whole.
        frame.svg.clip(Rect { x: area.x - 5.0, y: area.y - 5.0, w: area.w + 10.0, h: area.h + 10.0 });
        let discs = |who: &mut dyn Iterator<Item = &ParetoPoint>, radius: f64| {
            let mut path = Path::new();
            who.filter(|p| self.holds(p)).for_each(|p| {
                let (x, y) = self.at(p);
                path.disc(x, y, radius);
            });
            path
        };
        frame.svg.path(&discs(&mut points.iter().filter(|p| !p.front), 2.2), OTHER);
        let front: Vec<&ParetoPoint> = points.iter().filter(|p| p.front).collect();
        frame
            .svg
            .path(&self.bars(front.iter().copied()), &format!(r#"fill="none" stroke="{BLUE}" stroke-width="0.8" stroke-opacity="0.55""#));
        frame.svg.path(&self.steps(&front), &format!(r#"fill="none" stroke="{BLUE}" stroke-width="1.6""#));
        frame.svg.path(&discs(&mut front.iter().copied(), 3.4), &format!(r#"fill="{BLUE}""#));
        frame.svg.path(&self.bars(reference), &format!(r#"fill="none" stroke="{VERMILLION}" stroke-width="0.9""#));
        frame.svg.path(&discs(&mut reference.into_iter(), 3.6), &hollow());
        frame.svg.end();
        self.names(frame, front.into_iter().chain(reference).filter(|p| self.holds(p)));
    }

    /// Intervals, both ways, as far as there is room.
    fn bars<'a>(&self, points: impl IntoIterator<Item = &'a ParetoPoint>) -> Path {
        let mut path = Path::new();
        for p in points.into_iter().filter(|p| self.holds(p)) {
            let (x, y) = self.at(p);
            let across = |v: f64| self.x.at(v.min(self.most.0));
            let up = |v: f64| self.panel.y.at(v.min(self.most.1));
            path.to(across(p.across.most.0), y).across(across(p.across.most.1));
            path.to(x, up(p.up.most.0)).down(up(p.up.most.1));
        }
        path
    }

    /// The edge of what is reached: from above down to the first of the front, across to the next and down again, from the last on to the right.
    fn steps(&self, front: &[&ParetoPoint]) -> Path {
        let mut sorted: Vec<&ParetoPoint> = front.to_vec();
        sorted.sort_by(|a, b| a.across.middle.total_cmp(&b.across.middle).then(a.up.middle.total_cmp(&b.up.middle)));
        let mut path = Path::new();
        let mut lowest = f64::INFINITY;
        for p in sorted {
            if p.up.middle >= lowest {
                continue;
            }
            let (x, y) = self.at(p);
            if lowest == f64::INFINITY {
                path.to(x, self.panel.area.y);
            } else {
                path.across(x);
            }
            path.down(y);
            lowest = p.up.middle;
        }
        if lowest < f64::INFINITY {
            path.across(self.panel.area.right());
        }
        path
    }

    /// Names, each where it covers no other: above to the right, or another corner; else it is left out.
    fn names<'a>(&self, frame: &mut Frame, points: impl Iterator<Item = &'a ParetoPoint>) {
        let area = self.panel.area;
        let mut taken: Vec<Rect> = Vec::new();
        for p in points.filter(|p| !p.name.is_empty()) {
            let text = fit(&p.name, SMALL_SIZE, NAME);
            let (w, (x, y)) = (width(&text, SMALL_SIZE), self.at(p));
            let corners = [(x + 6.0, y - 5.0), (x + 6.0, y + 13.0), (x - 6.0 - w, y - 5.0), (x - 6.0 - w, y + 13.0)];
            let place = corners.map(|(x, y)| Rect { x, y: y - SMALL_SIZE, w, h: SMALL_SIZE + 2.0 }).into_iter().find(|r| {
                let inside = r.x >= area.x && r.right() <= area.right() && r.y >= area.y && r.bottom() <= area.bottom();
                inside && !taken.iter().any(|t| t.x < r.right() && r.x < t.right() && t.y < r.bottom() && r.y < t.bottom())
            });
            if let Some(r) = place {
                frame.svg.text(r.x, r.bottom() - 2.0, Look::new(SMALL_SIZE).halo(), &text);
                taken.push(r);
            }
        }
    }

    /// The axis to the right, with what it is.
    fn axis(&self, frame: &mut Frame, ticks: &Ticks, title: &str) {
        let area = self.panel.area;
        frame.svg.line((area.x, frame.y), (area.right(), frame.y), &format!(r#"stroke="{INK}" stroke-width="1""#));
        for (value, label) in ticks.at.iter().zip(ticks.labels(frame.language)) {
            let x = self.x.at(*value);
            frame.svg.line((x, frame.y), (x, frame.y + 4.0), &format!(r#"stroke="{INK}" stroke-width="1""#));
            let half = width(&label, SMALL_SIZE) / 2.0;
            let middle = x.clamp(half + 2.0, WIDTH - 2.0 - half);
            frame.svg.text(middle, frame.y + 15.0, Look::new(SMALL_SIZE).anchor(Anchor::Middle), &label);
        }
        let title = fit(title, SMALL_SIZE, area.w);
        frame.svg.text((area.x + area.right()) / 2.0, frame.y + 29.0, Look::new(SMALL_SIZE).colour(SOFT).anchor(Anchor::Middle), &title);
        frame.y += 34.0;
    }
}
