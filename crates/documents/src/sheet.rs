//! Paper: pages that are filled from top to bottom with paragraphs and rows of tables, and go on to the next page when full.

use crate::file::face_name;
use crate::pen::{Glyph, Line, Pen};
use pdf_writer::types::TextRenderingMode;
use pdf_writer::{Content, Name, Settings, Str};

/// Points of a millimetre.
pub(crate) const MM: f32 = 72.0 / 25.4;
const A4: (f32, f32) = (210.0 * MM, 297.0 * MM);
const SIDE: f32 = 20.0 * MM;
const TOP: f32 = 17.0 * MM;
/// Includes the foot line.
const BOTTOM: f32 = 19.0 * MM;
const PADDING: f32 = 3.5;
/// Rows taller than a page are cut; a piece is not worth drawing below this height.
const LEAST_PIECE: f32 = 60.0;
/// A paragraph of at most this many lines is not parted by the end of a page.
const KEPT_WHOLE: usize = 4;
/// A Chinese line is stretched to the edge if that parts its characters by less than this, in their own size.
const STRETCHED: f32 = 0.08;

/// How a text is set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) size: f32,
    /// From line to line.
    pub(crate) leading: f32,
    pub(crate) bold: bool,
}

impl Style {
    pub(crate) const fn new(size: f32, leading: f32) -> Self {
        Self { size, leading, bold: false }
    }
    pub(crate) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
}

/// The squares of a QR code.
pub(crate) struct Code {
    pub(crate) bits: Vec<u8>,
    pub(crate) side: i32,
}

/// One page.
pub(crate) struct Page {
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) content: Content,
    pub(crate) code: Option<Code>,
}

impl Page {
    /// A page with nothing on it.
    pub(crate) fn empty_upright() -> Self {
        empty(A4)
    }
}

/// One cell of a row.
#[derive(Clone, Default)]
pub(crate) struct Cell {
    lines: Vec<(Line, Style)>,
    centred: bool,
    shaded: bool,
    tick: bool,
    /// Begins at the top of its row and not in the middle.
    at_top: bool,
}

impl Cell {
    pub(crate) fn centred(self) -> Self {
        Self { centred: true, ..self }
    }
    pub(crate) fn shaded(self) -> Self {
        Self { shaded: true, ..self }
    }
    pub(crate) fn at_top(self) -> Self {
        Self { at_top: true, ..self }
    }
    /// A square to tick.
    pub(crate) fn tick() -> Self {
        Self { tick: true, ..Self::default() }
    }
    fn height(&self) -> f32 {
        2.0 * PADDING + self.lines.iter().map(|(_, s)| s.leading).sum::<f32>()
    }
    /// The lines that fit into a height (at least one) and the rest.
    fn cut(self, height: f32) -> (Self, Self) {
        let mut used = 2.0 * PADDING;
        let fit = self.lines.iter().take_while(|(_, s)| {
            used += s.leading;
            used <= height
        });
        let at = fit.count().max(1).min(self.lines.len());
        let mut lines = self.lines;
        let rest = lines.split_off(at);
        (Self { lines, ..self }, Self { lines: rest, tick: false, ..self })
    }
}

/// Pages being filled.
pub(crate) struct Sheet<'p, 'f> {
    pub(crate) pen: &'p mut Pen<'f>,
    size: (f32, f32),
    side: f32,
    pages: Vec<Page>,
    current: Page,
    /// Top of what comes next.
    y: f32,
    /// Drawn again at the top of each new page: the head of a table.
    head: Option<(Vec<f32>, Vec<Cell>)>,
}

fn empty(size: (f32, f32)) -> Page {
    Page { width: size.0, height: size.1, content: Content::with_settings(Settings { pretty: false }), code: None }
}

impl<'p, 'f> Sheet<'p, 'f> {
    pub(crate) fn upright(pen: &'p mut Pen<'f>) -> Self {
        Self { pen, size: A4, side: SIDE, pages: Vec::new(), current: empty(A4), y: A4.1 - TOP, head: None }
    }

    pub(crate) fn lying(pen: &'p mut Pen<'f>) -> Self {
        let size = (A4.1, A4.0);
        Self { pen, size, side: 11.0 * MM, pages: Vec::new(), current: empty(size), y: size.1 - 12.0 * MM, head: None }
    }

    /// Width between the margins.
    pub(crate) fn width(&self) -> f32 {
        self.size.0 - 2.0 * self.side
    }

    fn room(&self) -> f32 {
        self.y - BOTTOM
    }

    pub(crate) fn gap(&mut self, height: f32) {
        self.y -= height;
    }

    /// Goes on to the next page unless this much is left.
    pub(crate) fn need(&mut self, height: f32) {
        if self.room() < height {
            self.next_page();
        }
    }

    fn next_page(&mut self) {
        self.pages.push(std::mem::replace(&mut self.current, empty(self.size)));
        self.y = self.size.1 - if self.size.0 > self.size.1 { 12.0 * MM } else { TOP };
        if let Some((widths, cells)) = self.head.clone() {
            self.draw_row(&widths, &cells, 0.0);
        }
    }

    /// The pages, each with a foot line: on the left this text, on the right "page / pages".
    pub(crate) fn finish(mut self, foot: &str) -> Vec<Page> {
        let mut pages = std::mem::take(&mut self.pages);
        pages.push(std::mem::replace(&mut self.current, empty(self.size)));
        let count = pages.len();
        let style = Style::new(8.5, 11.0);
        let y = BOTTOM - 3.0 * MM;
        for (n, page) in pages.into_iter().enumerate() {
            self.current = page;
            self.rule(y, 0.4);
            let number = format!("{} / {count}", n + 1);
            let wide = self.pen.width(&number) * style.size;
            // A foot that is too long loses its end, not the page number.
            let left = self.pen.lines(foot, (self.width() - wide - 12.0) / style.size).into_iter().next().unwrap_or_default();
            self.line(&left, style, self.side, y - 3.0, None);
            let right = Line { glyphs: self.pen.glyphs(&number), ..Line::default() };
            self.line(&right, style, self.size.0 - self.side - wide, y - 3.0, None);
            self.pages.push(std::mem::replace(&mut self.current, empty(self.size)));
        }
        self.pages
    }

    /// A line across, at a height above the lower edge.
    fn rule(&mut self, y: f32, thick: f32) {
        let (left, right) = (self.side, self.size.0 - self.side);
        self.current.content.set_line_width(thick).move_to(left, y).line_to(right, y).stroke();
    }

    /// A thick line across, here.
    pub(crate) fn bar(&mut self) {
        self.rule(self.y, 1.2);
        self.gap(2.0);
    }

    /// A paragraph, over the whole width but for an indent on the left.
    pub(crate) fn paragraph(&mut self, text: &str, style: Style, indent: f32) {
        let width = self.width() - indent;
        let lines = self.pen.lines(text, width / style.size);
        if lines.len() <= KEPT_WHOLE {
            self.need(style.leading * lines.len() as f32);
        }
        for line in lines {
            self.need(style.leading);
            let (x, y) = (self.side + indent, self.y);
            self.line(&line, style, x, y, Some(width));
            self.y -= style.leading;
        }
    }

    /// Lines in the middle, clear of the edges by this much.
    pub(crate) fn middle(&mut self, text: &str, style: Style, clear: f32) {
        self.middle_of(text, style, clear, self.width() - 2.0 * clear);
    }

    /// Lines in the middle of a part of the width. An empty text has none.
    pub(crate) fn middle_of(&mut self, text: &str, style: Style, indent: f32, width: f32) {
        let lines = if text.is_empty() { Vec::new() } else { self.pen.lines(text, width / style.size) };
        for line in lines {
            self.need(style.leading);
            let (x, y) = (self.side + indent + (width - line.width * style.size) / 2.0, self.y);
            self.line(&line, style, x, y, None);
            self.y -= style.leading;
        }
    }

    /// A QR code in the upper right corner of the first page, with a line below it.
    pub(crate) fn corner(&mut self, code: Code, below: &str, side: f32) {
        let (x, y) = (self.size.0 - self.side - side, self.y - side);
        self.current.content.save_state().transform([side, 0.0, 0.0, side, x, y]).x_object(Name(b"Q")).restore_state();
        self.current.code = Some(code);
        let style = Style::new(7.5, 9.5);
        for (n, line) in self.pen.lines(below, side * 1.4 / style.size).iter().enumerate() {
            let at = x + (side - line.width * style.size) / 2.0;
            self.line(line, style, at.min(self.size.0 - self.side - line.width * style.size), y - 5.0 - n as f32 * style.leading, None);
        }
    }

    /// A cell of texts below each other; empty ones are left out.
    pub(crate) fn cell(&mut self, texts: &[(&str, Style)], width: f32) -> Cell {
        let mut cell = Cell::default();
        for (text, style) in texts.iter().filter(|(t, _)| !t.is_empty()) {
            let lines = self.pen.lines(text, (width - 2.0 * PADDING) / style.size);
            cell.lines.extend(lines.into_iter().map(|l| (l, *style)));
        }
        cell
    }

    /// Goes on to the next page unless these rows fit below this much, or are too tall for any page.
    pub(crate) fn keep(&mut self, above: f32, rows: &[&[Cell]]) {
        let height = above + rows.iter().map(|cells| tallest(cells)).sum::<f32>();
        if height <= self.size.1 - TOP - BOTTOM {
            self.need(height);
        }
    }

    /// A row that is also drawn at the top of every further page, until the next head or the end.
    pub(crate) fn head(&mut self, widths: &[f32], cells: Vec<Cell>) {
        self.draw_row(widths, &cells, 0.0);
        self.head = Some((widths.to_vec(), cells));
    }

    /// Ends a table: further pages begin without its head.
    pub(crate) fn end_table(&mut self) {
        self.head = None;
    }

    /// A row of a table, at least this high. It goes to the next page whole, unless it is taller than a page.
    pub(crate) fn row(&mut self, widths: &[f32], cells: Vec<Cell>, least: f32) {
        let mut cells = cells;
        loop {
            let height = tallest(&cells).max(least);
            let whole = height <= self.size.1 - 2.0 * TOP - BOTTOM;
            if height > self.room() && (whole || self.room() < LEAST_PIECE) {
                self.next_page();
            }
            let room = self.room().max(LEAST_PIECE);
            let (now, rest): (Vec<Cell>, Vec<Cell>) = cells.into_iter().map(|c| c.cut(room)).unzip();
            self.draw_row(widths, &now, least);
            if rest.iter().all(|c| c.lines.is_empty()) {
                return;
            }
            cells = rest;
            self.next_page();
        }
    }

    fn draw_row(&mut self, widths: &[f32], cells: &[Cell], least: f32) {
        let (height, top) = (tallest(cells).max(least), self.y);
        let mut x = self.side;
        for (cell, width) in cells.iter().zip(widths) {
            self.frame(x, top - height, *width, height, cell.shaded);
            if cell.tick {
                let side = 11.0;
                self.current.content.set_line_width(0.9);
                self.current.content.rect(x + (width - side) / 2.0, top - (height + side) / 2.0, side, side).stroke();
            }
            let mut y = if cell.at_top { top - PADDING } else { top - (height - cell.height()) / 2.0 - PADDING };
            for (line, style) in &cell.lines {
                let free = width - line.width * style.size;
                let at = if cell.centred { x + free / 2.0 } else { x + PADDING };
                self.line(line, *style, at, y, (!cell.centred).then_some(width - 2.0 * PADDING));
                y -= style.leading;
            }
            x += width;
        }
        self.y -= height;
    }

    fn frame(&mut self, x: f32, y: f32, width: f32, height: f32, shaded: bool) {
        let content = &mut self.current.content;
        if shaded {
            content.set_fill_gray(0.92).rect(x, y, width, height).fill_nonzero().set_fill_gray(0.0);
        }
        content.set_line_width(0.6).rect(x, y, width, height).stroke();
    }

    /// Draws a line whose top is at `y`; stretched to `width` when it is Chinese, goes on and is nearly that wide.
    fn line(&mut self, line: &Line, style: Style, x: f32, y: f32, width: Option<f32>) {
        let free = width.map_or(0.0, |w| w - line.width * style.size);
        let spacing = free / (line.glyphs.len().max(2) - 1) as f32;
        let stretch = line.goes_on && free > 0.0 && spacing < STRETCHED * style.size && is_mostly_wide(&line.glyphs);
        // The middle of a Chinese character stands 0.38 of its size above the base line.
        let base = y - style.leading / 2.0 - 0.38 * style.size;
        let runs: Vec<(usize, Vec<u8>)> = line.glyphs.chunk_by(|a, b| a.face == b.face).map(|run| self.run(run)).collect();
        let content = &mut self.current.content;
        content.save_state().begin_text();
        if style.bold {
            content.set_text_rendering_mode(TextRenderingMode::FillStroke).set_line_width(style.size * 0.035);
        }
        if stretch {
            content.set_char_spacing(spacing);
        }
        content.set_text_matrix([1.0, 0.0, 0.0, 1.0, x, base]);
        for (face, bytes) in runs {
            content.set_font(Name(face_name(face).as_bytes()), style.size).show(Str(&bytes));
        }
        content.end_text().restore_state();
    }

    fn run(&mut self, glyphs: &[Glyph]) -> (usize, Vec<u8>) {
        let face = glyphs.first().map_or(0, |g| g.face);
        (face, glyphs.iter().flat_map(|g| self.pen.number(g).to_be_bytes()).collect())
    }
}

fn tallest(cells: &[Cell]) -> f32 {
    cells.iter().map(Cell::height).fold(0.0, f32::max)
}

fn is_mostly_wide(glyphs: &[Glyph]) -> bool {
    glyphs.iter().filter(|g| crate::breaking::is_wide(g.c)).count() * 2 > glyphs.len()
}
