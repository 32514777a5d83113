//! Writing SVG: elements with rounded numbers and escaped text. Paint (`fill="…"`) is a constant of this crate, never a user's text.

use crate::style::{FAMILY, INK};
use std::fmt::Write;

/// A number of a picture: hundredths of a pixel, no more. What is not finite becomes 0; drawings leave such values out before they come here.
pub(crate) fn n(x: f64) -> String {
    let rounded = (x * 100.0).round() / 100.0;
    if !rounded.is_finite() || rounded == 0.0 {
        return "0".to_owned();
    }
    format!("{rounded}")
}

/// Text for XML: escaped, and without the characters that XML cannot hold.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{FFFE}' | '\u{FFFF}' => out.push(' '),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rect {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
}

impl Rect {
    pub fn right(&self) -> f64 {
        self.x + self.w
    }
    pub fn bottom(&self) -> f64 {
        self.y + self.h
    }
}

/// Where a text's x is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a line of text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Look {
    pub size: f64,
    pub colour: &'static str,
    pub anchor: Anchor,
    /// A thin stroke in its own colour: the font that is carried has one weight.
    pub bold: bool,
    /// A white edge, for text that stands on lines.
    pub halo: bool,
}

impl Look {
    pub const fn new(size: f64) -> Self {
        Self { size, colour: INK, anchor: Anchor::Start, bold: false, halo: false }
    }
    pub const fn colour(self, colour: &'static str) -> Self {
        Self { colour, ..self }
    }
    pub const fn anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }
    pub const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
    pub const fn halo(self) -> Self {
        Self { halo: true, ..self }
    }
}

/// The way of a line: SVG path data.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Path(String);

impl Path {
    pub fn new() -> Self {
        Self::default()
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    pub fn to(&mut self, x: f64, y: f64) -> &mut Self {
        self.step('M', &[x, y])
    }
    pub fn line(&mut self, x: f64, y: f64) -> &mut Self {
        self.step('L', &[x, y])
    }
    pub fn across(&mut self, x: f64) -> &mut Self {
        self.step('H', &[x])
    }
    pub fn down(&mut self, y: f64) -> &mut Self {
        self.step('V', &[y])
    }
    /// A curve by way of a point beside it.
    pub fn bow(&mut self, by_x: f64, by_y: f64, x: f64, y: f64) -> &mut Self {
        self.step('Q', &[by_x, by_y, x, y])
    }
    pub fn close(&mut self) -> &mut Self {
        self.0.push('Z');
        self
    }
    pub fn rect(&mut self, r: Rect) -> &mut Self {
        self.to(r.x, r.y).across(r.right()).down(r.bottom()).across(r.x).close()
    }
    /// A filled disc.
    pub fn disc(&mut self, x: f64, y: f64, r: f64) -> &mut Self {
        let (r, d) = (n(r), n(2.0 * r));
        self.to(x, y);
        let _ = write!(self.0, "m-{r} 0a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0");
        self.close()
    }
    /// A line through points; it breaks where there is none.
    pub fn through(points: impl IntoIterator<Item = Option<(f64, f64)>>) -> Self {
        let (mut path, mut drawing) = (Self::new(), false);
        for point in points {
            if let Some((x, y)) = point {
                if drawing {
                    path.line(x, y)
                } else {
                    path.to(x, y)
                };
            }
            drawing = point.is_some();
        }
        path
    }
    fn step(&mut self, command: char, numbers: &[f64]) -> &mut Self {
        self.0.push(command);
        for (k, x) in numbers.iter().enumerate() {
            if k > 0 {
                self.0.push(' ');
            }
            self.0.push_str(&n(*x));
        }
        self
    }
}

/// A picture that is being written.
#[derive(Debug, Default)]
pub(crate) struct Svg {
    body: String,
    groups: usize,
    clips: usize,
}

impl Svg {
    pub fn rect(&mut self, r: Rect, paint: &str) {
        let _ = writeln!(
            self.body,
            r#"<rect x="{}" y="{}" width="{}" height="{}" {paint}/>"#,
            n(r.x),
            n(r.y),
            n(r.w.max(0.0)),
            n(r.h.max(0.0))
        );
    }
    /// A rectangle that says its name to who points at it, or cannot see.
    pub fn named(&mut self, r: Rect, paint: &str, name: &str) {
        let (x, y, w, h) = (n(r.x), n(r.y), n(r.w.max(0.0)), n(r.h.max(0.0)));
        let _ = writeln!(self.body, r#"<rect x="{x}" y="{y}" width="{w}" height="{h}" {paint}><title>{}</title></rect>"#, escaped(name));
    }
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), paint: &str) {
        let _ = writeln!(self.body, r#"<path d="M{} {}L{} {}" {paint}/>"#, n(from.0), n(from.1), n(to.0), n(to.1));
    }
    pub fn path(&mut self, path: &Path, paint: &str) {
        if !path.is_empty() {
            let _ = writeln!(self.body, r#"<path d="{}" {paint}/>"#, path.0);
        }
    }
    pub fn text(&mut self, x: f64, y: f64, look: Look, text: &str) {
        if text.is_empty() {
            return;
        }
        let _ = write!(self.body, r#"<text x="{}" y="{}" font-size="{}" fill="{}""#, n(x), n(y), n(look.size), look.colour);
        match look.anchor {
            Anchor::Start => {}
            Anchor::Middle => self.body.push_str(r#" text-anchor="middle""#),
            Anchor::End => self.body.push_str(r#" text-anchor="end""#),
        }
        if look.halo {
            self.body.push_str(r##" stroke="#fff" stroke-width="2.5" stroke-linejoin="round" paint-order="stroke""##);
        } else if look.bold {
            let _ = write!(self.body, r#" stroke="{}" stroke-width="0.4""#, look.colour);
        }
        let _ = writeln!(self.body, ">{}</text>", escaped(text));
    }
    /// Everything until [`Svg::end`] is painted so, or is clipped.
    pub fn group(&mut self, paint: &str) {
        self.groups += 1;
        let _ = writeln!(self.body, "<g {paint}>");
    }
    /// Nothing until [`Svg::end`] leaves this rectangle.
    pub fn clip(&mut self, r: Rect) {
        self.clips += 1;
        let id = format!("clip{}", self.clips);
        let _ = writeln!(
            self.body,
            r#"<clipPath id="{id}"><rect x="{}" y="{}" width="{}" height="{}"/></clipPath>"#,
            n(r.x),
            n(r.y),
            n(r.w.max(0.0)),
            n(r.h.max(0.0))
        );
        self.group(&format!(r#"clip-path="url(#{id})""#));
    }
    pub fn end(&mut self) {
        debug_assert!(self.groups > 0, "a group is ended that was not begun");
        self.groups = self.groups.saturating_sub(1);
        self.body.push_str("</g>\n");
    }
    /// The whole file. `title` is what a reader who cannot see is told.
    pub fn finish(self, width: f64, height: f64, title: &str) -> String {
        debug_assert_eq!(self.groups, 0, "a group is not ended");
        let (w, h) = (n(width), n(height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" font-family=\"{FAMILY}\">\n\
             <title>{}</title>\n{}<rect width=\"{w}\" height=\"{h}\" fill=\"#fff\"/>\n{}</svg>\n",
            escaped(title),
            crate::style::patterns(),
            self.body
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_finite() {
        assert_eq!(
            ["0", "0", "0", "0", "1.25", "-3.1", "1000000"].map(str::to_owned),
            [n(f64::NAN), n(f64::INFINITY), n(-0.001), n(0.0), n(1.2504), n(-3.1), n(1e6)]
        );
    }
    #[test]
    fn text_is_escaped() {
        assert_eq!(escaped("<a b=\"c\">&'\u{7}\n"), "&lt;a b=&quot;c&quot;&gt;&amp;&#39;  ");
    }
    #[test]
    fn a_line_breaks_where_nothing_is_known() {
        let path = Path::through([Some((0.0, 1.0)), Some((1.0, 2.0)), None, Some((3.0, 4.0))]);
        assert_eq!(path.0, "M0 1L1 2M3 4");
    }
}
