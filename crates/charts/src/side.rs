//! What was tried, side by side: a row each, a column a number, intervals on one axis a column.

use crate::frame::{EDGE, Frame, Swatch};
use crate::measure::{fit, lines, width};
use crate::scale::{Scale, Ticks, brief, drawable};
use crate::style::{BLUE, GRID, SMALL_SIZE, SOFT, TEXT_SIZE, VERMILLION, WIDTH};
use crate::svg::{Anchor, Look, Rect};
use crate::{Estimate, Head, Language};

/// Rows side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct SideBySide {
    /// Title, subtitle, source.
    pub head: Head,
    /// What was tried, by name; they are drawn with their numbers from 1.
    pub rows: Vec<String>,
    /// Sentences below the name of a row, in the order of the rows: what to heed of it. Fewer than rows: the others have none.
    pub remarks: Vec<Vec<String>>,
    /// The numbers, in the order of their columns.
    pub columns: Vec<SideColumn>,
    /// Sentences below the drawing.
    pub notes: Vec<String>,
}

/// A number of all rows.
#[derive(Debug, Clone, PartialEq)]
pub struct SideColumn {
    /// What it is called.
    pub name: String,
    /// What it says; numbers that say the same follow each other.
    pub says: Says,
    /// The end of its axis, if that is given, and no logarithm wanted.
    pub end: Option<f64>,
    /// Its values, in the order of the rows.
    pub values: Vec<SideValue>,
}

/// What a number is about, which gives it its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Whether and when it ends.
    End,
    /// Whom the disease harms.
    Harm,
    /// What it costs.
    Cost,
}

/// A number of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum SideValue {
    /// Median, with an interval.
    Amount(Estimate),
    /// A share, with the interval of what is not known of it.
    Share(Estimate),
    /// None; a word why.
    Missing(String),
}

const GAP: f64 = 13.0;
const NAME: f64 = 15.0;
const REMARK: f64 = 14.0;
/// Vermillion, so dark that small letters can be read on white.
const WARNING: &str = "#a34000";
const CELL: f64 = 32.0;
const PAD: f64 = 3.0;
const BAR: f64 = 8.0;
/// A column whose medians, those below 1 left out, differ by more than this is drawn on a logarithmic scale: on a linear one the smaller could not be told apart.
const FAR_APART: f64 = 30.0;

impl Says {
    /// Colour of the median, and of the interval around it.
    fn colours(self) -> (&'static str, &'static str) {
        match self {
            Self::End => (BLUE, "#a9cde6"),
            Self::Harm => (VERMILLION, "#f2c1a0"),
            Self::Cost => ("#8a5f00", "#f3d595"),
        }
    }
    fn name(self, language: Language) -> &'static str {
        match self {
            Self::End => language.say("能否清零", "does it end"),
            Self::Harm => language.say("健康损害", "who is harmed"),
            Self::Cost => language.say("代价", "what it costs"),
        }
    }
}

/// A column as it is drawn.
struct Column<'a> {
    column: &'a SideColumn,
    ticks: Ticks,
    log: bool,
    x: Scale,
    area: (f64, f64),
}

impl SideBySide {
    /// The picture.
    pub fn svg(&self, language: Language) -> String {
        let mut frame = Frame::new(&self.head, language.say("并列比较", "Side by side"), language);
        if self.rows.is_empty() || self.columns.is_empty() {
            frame.note(language.say("没有数据。", "There are no data."));
            return frame.finish(&self.head);
        }
        frame.heading("", &self.legend(language));
        let columns = self.placed();
        heads(&mut frame, &columns);
        let top = frame.y;
        let names: Vec<Vec<String>> = self.rows.iter().enumerate().map(|(k, name)| name_lines(k, name)).collect();
        let remarks: Vec<Vec<String>> = (0..names.len()).map(|k| self.remark_lines(k)).collect();
        let foot = top + names.iter().zip(&remarks).map(|(n, r)| height(n, r)).sum::<f64>();
        for c in &columns {
            for value in &c.ticks.at {
                frame.svg.line((c.x.at(*value), top), (c.x.at(*value), foot), &format!(r#"stroke="{GRID}" stroke-width="0.7""#));
            }
        }
        for (row, name) in names.iter().enumerate() {
            if row > 0 {
                frame.svg.line((EDGE, frame.y), (WIDTH - EDGE, frame.y), r##"stroke="#9a9a9a" stroke-width="0.8""##);
            }
            frame.y += PAD;
            for line in name {
                frame.y += NAME;
                // Grid lines stay behind the name.
                let room = Rect { x: EDGE, y: frame.y - NAME + 1.0, w: width(line, TEXT_SIZE) + 4.0, h: NAME };
                frame.svg.rect(room, r##"fill="#fff""##);
                frame.svg.text(EDGE, frame.y - 2.0, Look::new(TEXT_SIZE).bold(), line);
            }
            for line in &remarks[row] {
                frame.y += REMARK;
                let room = Rect { x: EDGE, y: frame.y - REMARK + 1.0, w: width(line, SMALL_SIZE) + 4.0, h: REMARK };
                frame.svg.rect(room, r##"fill="#fff""##);
                frame.svg.text(EDGE, frame.y - 2.0, Look::new(SMALL_SIZE).colour(WARNING), line);
            }
            for c in &columns {
                c.cell(&mut frame, row);
            }
            frame.y += CELL;
        }
        frame.y += 2.0;
        let logs: Vec<&str> = columns.iter().filter(|c| c.log).map(|c| c.column.name.as_str()).collect();
        if !logs.is_empty() {
            let names = logs.join(language.say("、", ", "));
            frame.note(&match language {
                Language::Chinese => format!("对数刻度：{names}。同样的距离是同样的倍数，不是同样的数量。"),
                Language::English => format!("Logarithmic scale: {names}. The same distance is the same factor, not the same number."),
            });
        }
        for note in &self.notes {
            frame.note(note);
        }
        frame.finish(&self.head)
    }

    /// The remarks of a row, on two lines each at most.
    fn remark_lines(&self, row: usize) -> Vec<String> {
        self.remarks.get(row).into_iter().flatten().flat_map(|r| lines(r, SMALL_SIZE, WIDTH - 2.0 * EDGE, 2)).collect()
    }

    fn legend(&self, language: Language) -> Vec<(Swatch, String)> {
        let mut legend: Vec<(Swatch, String)> = Vec::new();
        for says in [Says::End, Says::Harm, Says::Cost] {
            if self.columns.iter().any(|c| c.says == says) {
                let (strong, soft) = says.colours();
                legend.push((
                    Swatch::Fill(format!(r#"fill="{soft}" stroke="{strong}" stroke-width="1.2""#), None),
                    says.name(language).to_owned(),
                ));
            }
        }
        legend.push((Swatch::Tick, language.say("中位数", "median").to_owned()));
        legend.push((Swatch::Fill(r##"fill="#d4d4d4""##.to_owned(), None), language.say("5% 至 95%", "5 % to 95 %").to_owned()));
        legend
    }

    /// Columns with their axes. A column is as wide as any other.
    fn placed(&self) -> Vec<Column<'_>> {
        let n = self.columns.len() as f64;
        let wide = (WIDTH - 2.0 * EDGE - GAP * (n - 1.0)) / n;
        let mut all = Vec::with_capacity(self.columns.len());
        for (k, column) in self.columns.iter().enumerate() {
            let left = EDGE + k as f64 * (wide + GAP);
            // The last label of an axis stands over its end.
            let area = (left, left + (wide - 6.0).max(1.0));
            let log = column.far_apart();
            let ticks = match (column.shares(), log) {
                (true, _) => Ticks::from_zero(1.0, 2, false),
                (false, true) => Ticks::log(column.top()),
                (false, false) => Ticks::from_zero(column.top(), 2, true),
            };
            let x = Scale::of(&ticks, area);
            all.push(Column { column, ticks, log, x, area });
        }
        all
    }
}

impl SideColumn {
    fn shares(&self) -> bool {
        self.values.iter().any(|v| matches!(v, SideValue::Share(_)))
    }
    fn amounts(&self) -> impl Iterator<Item = Estimate> + '_ {
        self.values.iter().filter_map(|v| match v {
            SideValue::Amount(e) => e.drawable(),
            _ => None,
        })
    }
    fn top(&self) -> f64 {
        let most = self.amounts().map(|e| e.most.1.max(e.middle)).fold(0.0, f64::max);
        self.end.and_then(drawable).map_or(most, |end| end.max(most))
    }
    fn far_apart(&self) -> bool {
        // What costs nothing makes those that cost something no more alike.
        let medians = self.amounts().map(|e| e.middle).filter(|m| *m >= 1.0);
        let (least, most) = medians.fold((f64::INFINITY, 0.0f64), |(a, b), m| (a.min(m), b.max(m)));
        self.end.is_none() && !self.shares() && most > FAR_APART * least
    }
}

/// The name of a row, on two lines at most.
fn name_lines(row: usize, name: &str) -> Vec<String> {
    let mut lines = lines(&format!("{}  {}", row + 1, name.trim()), TEXT_SIZE, WIDTH - 2.0 * EDGE, 2);
    if lines.is_empty() {
        lines.push(format!("{}", row + 1));
    }
    lines
}

fn height(name: &[String], remarks: &[String]) -> f64 {
    PAD + name.len() as f64 * NAME + remarks.len() as f64 * REMARK + CELL
}

/// Names of the columns, and their axes.
fn heads(frame: &mut Frame, columns: &[Column<'_>]) {
    let of = |c: &Column<'_>| lines(&c.column.name, SMALL_SIZE, c.area.1 - c.area.0 + 6.0, 3);
    let most = columns.iter().map(|c| of(c).len()).max().unwrap_or(1);
    for c in columns {
        let (strong, _) = c.column.says.colours();
        let names = of(c);
        frame.svg.rect(Rect { x: c.area.0, y: frame.y, w: c.area.1 - c.area.0, h: 2.5 }, &format!(r#"fill="{strong}""#));
        for (k, line) in names.iter().enumerate() {
            // The last lines stand side by side.
            let base = frame.y + (most - names.len() + k + 1) as f64 * SMALL_SIZE * 1.3 + 3.0;
            frame.svg.text(c.area.0, base, Look::new(SMALL_SIZE).bold(), line);
        }
    }
    frame.y += most as f64 * SMALL_SIZE * 1.3 + 17.0;
    for c in columns {
        c.labels(frame);
    }
    frame.y += 4.0;
}

impl Column<'_> {
    /// Labels of the axis that have room: the last, the first, and those between that cover none.
    fn labels(&self, frame: &mut Frame) {
        let shares = self.column.shares();
        let labels = self.ticks.labels(frame.language).into_iter().zip(&self.ticks.at);
        let labels = labels.map(|(l, x)| if shares { (format!("{:.0}%", x * 100.0), *x) } else { (l, *x) });
        let mut labels: Vec<(String, f64)> = labels.collect();
        let size = SMALL_SIZE - 1.5;
        // The last, then from the first on.
        labels.rotate_right(1);
        let mut taken: Vec<(f64, f64)> = Vec::new();
        for (text, value) in labels {
            let wide = width(&text, size);
            let middle = self.x.at(value).clamp(self.area.0 + wide / 2.0, (self.area.1 + 6.0 - wide / 2.0).max(self.area.0 + wide / 2.0));
            let (from, to) = (middle - wide / 2.0, middle + wide / 2.0);
            if taken.iter().all(|(a, b)| to + 4.0 < *a || from - 4.0 > *b) {
                frame.svg.text(middle, frame.y, Look::new(size).colour(SOFT).anchor(Anchor::Middle), &text);
                taken.push((from, to));
            }
        }
    }

    /// The value of a row, with its interval below.
    fn cell(&self, frame: &mut Frame, row: usize) {
        let (base, middle) = (frame.y + 12.5, frame.y + 21.5);
        let room = self.area.1 - self.area.0 + 6.0;
        let (strong, soft) = self.column.says.colours();
        let write = |frame: &mut Frame, text: &str, look: Look| {
            let text = fit(text, SMALL_SIZE, room);
            frame.svg.rect(Rect { x: self.area.0, y: base - 9.5, w: width(&text, SMALL_SIZE) + 2.0, h: 12.0 }, r##"fill="#fff""##);
            frame.svg.text(self.area.0, base, look, &text);
        };
        let value = self.column.values.get(row);
        frame.svg.line((self.area.0, middle), (self.area.1, middle), &format!(r#"stroke="{GRID}" stroke-width="1""#));
        let share = self.column.shares();
        let known = match value {
            Some(SideValue::Amount(e)) if !share => e.drawable(),
            Some(SideValue::Share(e)) => e.drawable().filter(|e| e.middle <= 1.0 && e.most.1 <= 1.0),
            _ => None,
        };
        let Some(e) = known else {
            let why = match value {
                Some(SideValue::Missing(why)) if !why.is_empty() => why,
                _ => "–",
            };
            return write(frame, why, Look::new(SMALL_SIZE).colour(SOFT));
        };
        let language = frame.language;
        let say = |x: f64| if share { format!("{:.0}%", x * 100.0) } else { brief(x, language) };
        write(frame, &say(e.middle), Look::new(SMALL_SIZE));
        let at = |x: f64| self.x.at(x);
        let (low, high) = (at(e.most.0), at(e.most.1));
        let (name, range) = (&self.column.name, format!("{} ({} – {})", say(e.middle), say(e.most.0), say(e.most.1)));
        // An interval of no length is still seen.
        let (low, high) = if high - low < 1.5 { ((low - 0.75).max(self.area.0), (low + 0.75).max(self.area.0 + 1.5)) } else { (low, high) };
        let bar = Rect { x: low, y: middle - BAR / 2.0, w: high - low, h: BAR };
        frame.svg.named(bar, &format!(r#"fill="{soft}""#), &format!("{name} {range}"));
        let tick = Rect { x: (at(e.middle) - 1.5).max(self.area.0 - 0.5), y: middle - BAR / 2.0 - 1.5, w: 3.0, h: BAR + 3.0 };
        frame.svg.rect(tick, &format!(r#"fill="{strong}""#));
    }
}
