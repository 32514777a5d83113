//! From text to glyphs and lines: which font has a character, how wide it is, what no font has, where a line ends.

use crate::breaking::{marks_allow, may_part};
use crate::fonts::{Fonts, glyph_of, is_invisible};
use crate::{Missing, Problem};
use std::collections::{BTreeSet, HashMap};
use subsetter::GlyphRemapper;
use ttf_parser::Face;

/// One character, ready to be drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Glyph {
    /// The character; it decides where lines end.
    pub(crate) c: char,
    /// Which of the fonts.
    pub(crate) face: usize,
    /// The glyph's number in that font.
    pub(crate) id: u16,
    /// How far the next one stands, for a font of size 1.
    pub(crate) advance: f32,
}

/// One line of a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    pub(crate) glyphs: Vec<Glyph>,
    /// For a font of size 1.
    pub(crate) width: f32,
    /// The text goes on in the next line: this one may be stretched.
    pub(crate) goes_on: bool,
}

/// One font and what is used of it. The glyph's number in the cut-down font is given at first use, so that pages can leave before the end.
pub(crate) struct UsedFace<'f> {
    pub(crate) data: &'f [u8],
    pub(crate) face: Face<'f>,
    pub(crate) remapper: GlyphRemapper,
    /// By number in the cut-down font: the glyph's first character and its width. Number 0 is never drawn.
    pub(crate) used: Vec<(char, f32)>,
}

/// Sets text in the fonts and remembers what was used and what was missing.
pub(crate) struct Pen<'f> {
    pub(crate) faces: Vec<UsedFace<'f>>,
    known: HashMap<char, Option<Glyph>>,
    missing: BTreeSet<Missing>,
    /// The document or row that is being set.
    pub(crate) item: usize,
}

impl<'f> Pen<'f> {
    pub(crate) fn new(fonts: &'f Fonts) -> Self {
        let faces =
            fonts.faces().map(|(data, face)| UsedFace { data, face, remapper: GlyphRemapper::new(), used: vec![('\0', 0.0)] }).collect();
        Self { faces, known: HashMap::new(), missing: BTreeSet::new(), item: 0 }
    }

    /// What no font had, so far.
    pub(crate) fn missing(&self) -> Vec<Missing> {
        self.missing.iter().cloned().collect()
    }

    /// Forgets what an item lacked: it is not printed after all.
    pub(crate) fn forget_missing(&mut self, item: usize) {
        self.missing.retain(|m| m.item != item);
    }

    fn known(&mut self, c: char) -> Option<Glyph> {
        let faces = &self.faces;
        *self.known.entry(c).or_insert_with(|| {
            faces.iter().enumerate().find_map(|(n, f)| {
                let id = glyph_of(&f.face, c)?;
                let advance = f32::from(f.face.glyph_hor_advance(ttf_parser::GlyphId(id))?) / f32::from(f.face.units_per_em());
                Some(Glyph { c, face: n, id, advance })
            })
        })
    }

    /// The glyphs of a text without new lines. A character that no font has is written as its number, so that a name is never a box.
    pub(crate) fn glyphs(&mut self, text: &str) -> Vec<Glyph> {
        let mut out = Vec::with_capacity(text.len());
        for c in text.chars() {
            let c = if c.is_whitespace() { ' ' } else { c };
            if is_invisible(c) {
                continue;
            }
            if let Some(g) = self.known(c) {
                out.push(g);
                continue;
            }
            self.missing.insert(Missing { item: self.item, character: c });
            for c in format!("[U+{:04X}]", u32::from(c)).chars() {
                out.extend(self.known(c));
            }
        }
        out
    }

    /// The number of a glyph in the cut-down font.
    pub(crate) fn number(&mut self, g: &Glyph) -> u16 {
        let Some(face) = self.faces.get_mut(g.face) else { return 0 };
        let n = face.remapper.remap(g.id);
        if usize::from(n) >= face.used.len() {
            face.used.push((g.c, g.advance));
        }
        n
    }

    /// Width of a text in one line, for a font of size 1.
    pub(crate) fn width(&mut self, text: &str) -> f32 {
        self.glyphs(text).iter().map(|g| g.advance).sum()
    }

    /// The lines of a text that are at most this wide (for a font of size 1). New lines in the text end a line. Nothing is left out
    /// but spaces at the ends of lines.
    pub(crate) fn lines(&mut self, text: &str, width: f32) -> Vec<Line> {
        let mut lines = Vec::new();
        for paragraph in text.split('\n') {
            let glyphs = self.glyphs(paragraph);
            wrap(&glyphs, width, &mut lines);
        }
        lines
    }
}

fn wrap(glyphs: &[Glyph], width: f32, lines: &mut Vec<Line>) {
    let mut from = 0;
    loop {
        while glyphs.get(from).is_some_and(|g| g.c == ' ') {
            from += 1;
        }
        let to = end_of_line(glyphs, from, width);
        let mut line = glyphs.get(from..to).unwrap_or_default().to_vec();
        while line.last().is_some_and(|g| g.c == ' ') {
            line.pop();
        }
        let goes_on = glyphs.get(to..).is_some_and(|rest| rest.iter().any(|g| g.c != ' '));
        lines.push(Line { width: line.iter().map(|g| g.advance).sum(), glyphs: line, goes_on });
        if !goes_on {
            return;
        }
        from = to;
    }
}

/// Where the line that begins at `from` ends: at least one glyph on.
fn end_of_line(glyphs: &[Glyph], from: usize, width: f32) -> usize {
    let mut used = 0.0;
    let Some(over) = (from..glyphs.len()).find(|n| {
        used += glyphs[*n].advance;
        used > width + 0.001 && glyphs[*n].c != ' '
    }) else {
        return glyphs.len();
    };
    let last = |parts: fn(char, char) -> bool| {
        (from + 1..=over).rev().find(|n| {
            let (before, next) = (&glyphs[from..*n], glyphs[*n].c);
            // A space between an opening mark and what it opens parts nothing.
            let ink = before.iter().rev().find(|g| g.c != ' ').map_or(' ', |g| g.c);
            next != ' ' && before.last().is_some_and(|g| parts(g.c, next)) && marks_allow(ink, next)
        })
    };
    // A run longer than a line is cut where it is full: only marks are still heeded, as far as there is anything but marks.
    last(may_part).or_else(|| last(marks_allow)).unwrap_or((from + 1).max(over))
}

/// The most bytes of a link or code: more would make its squares too small for a telephone's camera on a bad print.
pub const MOST_CODE_BYTES: usize = 300;

/// The squares of a QR code, one bit each, rows padded to bytes, 1 is black; and the squares of a side.
pub(crate) fn squares(code: &str) -> Result<(Vec<u8>, i32), Problem> {
    if code.len() > MOST_CODE_BYTES {
        return Err(Problem::CodeTooLong(code.len()));
    }
    let qr = qrcodegen::QrCode::encode_text(code, qrcodegen::QrCodeEcc::Medium).map_err(|_| Problem::CodeTooLong(code.len()))?;
    let side = qr.size();
    let mut bits = Vec::new();
    for y in 0..side {
        for x8 in (0..side).step_by(8) {
            bits.push((0..8).fold(0u8, |byte, n| (byte << 1) | u8::from(qr.get_module(x8 + n, y))));
        }
    }
    Ok((bits, side))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breaking::{is_closing, is_opening};
    use proptest::prelude::*;

    fn text_of(lines: &[Line]) -> String {
        lines.iter().flat_map(|l| &l.glyphs).map(|g| g.c).filter(|c| *c != ' ').collect()
    }

    proptest! {
        #[test]
        fn lines_lose_nothing_and_heed_marks(text in "[隔离通知书人，。、）》（《“”a-f0-9 .\\n]{0,200}", width in 3.0f32..40.0) {
            let fonts = Fonts::carried().unwrap();
            let mut pen = Pen::new(&fonts);
            let lines = pen.lines(&text, width);
            prop_assert_eq!(text_of(&lines), text.replace([' ', '\n'], ""));
            for pair in lines.windows(2).filter(|pair| pair[0].goes_on) {
                let (a, b) = (&pair[0].glyphs, &pair[1].glyphs);
                let ink: Vec<char> = a.iter().map(|g| g.c).filter(|c| *c != ' ').collect();
                // What can't be parted by the rules and is longer than a line is parted all the same.
                if ink.windows(2).any(|two| marks_allow(two[0], two[1])) {
                    prop_assert!(!is_closing(b[0].c), "a line begins with {}", b[0].c);
                    prop_assert!(!is_opening(a[a.len() - 1].c), "a line ends with {}", a[a.len() - 1].c);
                }
            }
            for line in &lines {
                prop_assert!(line.width <= width + 0.01 || line.glyphs.len() == 1, "{} is wider than {width}", line.width);
            }
        }
    }

    #[test]
    fn a_chinese_sentence_keeps_its_marks_and_words() {
        let fonts = Fonts::carried().unwrap();
        let mut pen = Pen::new(&fonts);
        let said = |pen: &mut Pen<'_>, text: &str, width: f32| -> Vec<String> {
            pen.lines(text, width).iter().map(|l| l.glyphs.iter().map(|g| g.c).collect()).collect()
        };
        assert_eq!(said(&mut pen, "请勿离开，谢谢配合。", 4.0), ["请勿离", "开，谢谢", "配合。"]);
        assert_eq!(said(&mut pen, "依据《防控方案》执行", 3.0), ["依据", "《防控", "方案》", "执行"]);
        assert_eq!(said(&mut pen, "stay at home", 4.0), ["stay at", "home"]);
        assert_eq!(said(&mut pen, "限期5天", 2.8), ["限期", "5天"]);
        assert_eq!(said(&mut pen, "一\n\n二", 4.0), ["一", "", "二"]);
    }

    #[test]
    fn what_no_font_has_is_written_as_its_number_and_told() {
        let fonts = Fonts::carried().unwrap();
        let mut pen = Pen::new(&fonts);
        pen.item = 3;
        let drawn: String = pen.glyphs("王𪛖").iter().map(|g| g.c).collect();
        assert_eq!(drawn, "王[U+2A6D6]");
        assert_eq!(pen.missing(), [Missing { item: 3, character: '𪛖' }]);
        assert!(pen.glyphs("\u{200B}\u{FEFF}\u{FE00}").is_empty(), "what asks for no ink is no missing character");
        assert_eq!(pen.missing().len(), 1);
    }
}
