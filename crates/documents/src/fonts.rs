//! The fonts that documents are set in: the one the binary carries, then those of the caller.

use crate::Problem;
use quell_fonts::CARRIED;
use std::borrow::Cow;
use ttf_parser::Face;

/// The fonts to look for a character in, first to last.
#[derive(Clone)]
pub struct Fonts(Vec<Cow<'static, [u8]>>);

impl Fonts {
    /// The font that the binary carries: all Chinese characters of the basic block and of extension A but for some 26, the rest of the
    /// general table of 8,105 and of GB 18030's second level, Latin, Greek and Cyrillic letters.
    pub fn carried() -> Result<Self, Problem> {
        if CARRIED.is_empty() {
            return Err(Problem::NoFont);
        }
        Self(Vec::new()).and_checked(Cow::Borrowed(CARRIED))
    }

    /// The same, and this font (OpenType or TrueType, not variable CFF2) for characters that are in none before it: for the rarest names.
    pub fn and(self, font: Vec<u8>) -> Result<Self, Problem> {
        self.and_checked(Cow::Owned(font))
    }

    fn and_checked(mut self, font: Cow<'static, [u8]>) -> Result<Self, Problem> {
        let face = Face::parse(&font, 0).map_err(|e| Problem::BadFont(e.to_string()))?;
        let tables = face.tables();
        if tables.glyf.is_none() && tables.cff.is_none() {
            return Err(Problem::BadFont("it has no outlines (glyf or CFF)".into()));
        }
        self.0.push(font);
        Ok(self)
    }

    /// The characters of a text that none of the fonts has, each once: for a form that wants to say so before anything is printed.
    pub fn lacking(&self, text: &str) -> Vec<char> {
        let faces: Vec<Face<'_>> = self.faces().map(|(_, f)| f).collect();
        let mut lacking: Vec<char> = Vec::new();
        for c in text.chars().filter(|c| !is_invisible(*c)) {
            if !lacking.contains(&c) && faces.iter().all(|f| glyph_of(f, c).is_none()) {
                lacking.push(c);
            }
        }
        lacking
    }

    pub(crate) fn faces(&self) -> impl Iterator<Item = (&[u8], Face<'_>)> {
        self.0.iter().filter_map(|data| Some((&**data, Face::parse(data, 0).ok()?)))
    }
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fonts({} fonts)", self.0.len())
    }
}

/// The glyph of a character; glyph 0 is the box that stands for "none".
pub(crate) fn glyph_of(face: &Face<'_>, c: char) -> Option<u16> {
    face.glyph_index(c).map(|g| g.0).filter(|g| *g != 0)
}

/// True for characters that ask for no ink of their own: controls (a new line is dealt with before), joiners, directions, variation selectors.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}
