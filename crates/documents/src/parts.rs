//! What notices and certificates have in common: letterhead, the table of the person, sections in both languages, the place of the seal.

use crate::pen::squares;
use crate::sheet::{Cell, Code, MM, Sheet, Style};
use crate::{Person, Problem, Words, said};

pub(crate) const ZH: Style = Style::new(11.0, 16.5);
pub(crate) const EN: Style = Style::new(10.5, 14.0);
const LABEL_ZH: Style = Style::new(10.5, 14.0);
const LABEL_EN: Style = Style::new(8.5, 11.0);
const STRONG_ZH: Style = Style::new(12.0, 17.0).bold();
const STRONG_EN: Style = Style::new(11.0, 15.0).bold();
/// A heading with the space around it.
const HEADING: f32 = 28.0;
const CODE_SIDE: f32 = 25.0 * MM;

impl Sheet<'_, '_> {
    /// The issuer, the title, the number; and the code in the corner.
    pub(crate) fn letterhead(&mut self, issuer: &Words, title: &Words, number: &str, code: Option<&str>) -> Result<(), Problem> {
        let clear = if code.is_some() { CODE_SIDE + 8.0 } else { 0.0 };
        if let Some(code) = code {
            let (bits, side) = squares(code)?;
            self.corner(Code { bits, side }, "扫码核验 Scan to check", CODE_SIDE);
        }
        self.middle(&issuer.zh, Style::new(14.0, 21.0), clear);
        self.middle(&issuer.en, Style::new(10.5, 14.0), clear);
        self.gap(7.0);
        self.middle(&title.zh, Style::new(22.0, 31.0).bold(), clear);
        self.middle(&title.en, Style::new(13.0, 19.0).bold(), clear);
        self.gap(10.0);
        self.middle(&format!("编号 No.  {number}"), EN, clear);
        self.gap(5.0);
        self.bar();
        self.gap(5.0);
        Ok(())
    }

    fn label(&mut self, words: &Words, width: f32) -> Cell {
        self.cell(&[(&words.zh, LABEL_ZH), (&words.en, LABEL_EN)], width).shaded()
    }

    /// A value in both languages: on one line when it is short.
    fn value(&mut self, words: &Words, width: f32) -> Cell {
        let together = format!("{}  {}", words.zh, words.en);
        let is_short = words.zh.chars().count() + words.en.chars().count() / 2 < 15 && !words.zh.contains('\n');
        if is_short { self.cell(&[(together.trim(), ZH)], width) } else { self.cell(&[(&words.zh, ZH), (&words.en, EN)], width) }
    }

    /// Name, sex, year of birth and number of a person: two fields a row.
    pub(crate) fn person(&mut self, person: &Person) {
        let widths = self.halves();
        let year = person.birth_year.map_or_else(|| Words::new("不详", "Not known"), |y| Words::from(format!("{y}").as_str()));
        let identity = if person.identity.as_str().is_empty() { Words::new("无", "None") } else { person.identity.as_str().into() };
        let rows = [
            [(Words::new("姓名", "Name"), person.name.as_str().into()), (Words::new("性别", "Sex"), said::sex(person.sex))],
            [(Words::new("出生年份", "Year of birth"), year), (Words::new("证件号码", "Identity number"), identity)],
        ];
        for (n, row) in rows.iter().enumerate() {
            let mut cells = Vec::new();
            for ((label, value), width) in row.iter().zip([[widths[0], widths[1]], [widths[2], widths[3]]]) {
                cells.push(self.label(label, width[0]));
                let is_name = n == 0 && cells.len() == 1;
                cells.push(if is_name {
                    self.cell(&[(&value.zh, Style::new(13.0, 19.0).bold())], width[1])
                } else {
                    self.value(value, width[1])
                });
            }
            self.row(&widths, cells, 0.0);
        }
    }

    fn halves(&self) -> [f32; 4] {
        let (label, half) = (72.0, self.width() / 2.0);
        [label, half - label, label + 8.0, half - label - 8.0]
    }

    /// A field over the whole width; a strong one is what the reader looks for.
    pub(crate) fn field(&mut self, label: &Words, value: &Words, strong: bool) {
        let [label_width, ..] = self.halves();
        let widths = [label_width, self.width() - label_width];
        let label = self.label(label, widths[0]);
        let value =
            if strong { self.cell(&[(&value.zh, STRONG_ZH), (&value.en, STRONG_EN)], widths[1]) } else { self.value(value, widths[1]) };
        self.row(&widths, vec![label, value], 0.0);
    }

    /// The heading of a section: it stays with what follows.
    pub(crate) fn heading(&mut self, words: &Words) {
        self.need(HEADING + 34.0);
        self.gap(8.0);
        self.paragraph(&format!("{}  {}", words.zh, words.en), Style::new(12.0, 18.0).bold(), 0.0);
        self.gap(1.0);
    }

    /// A paragraph in both languages.
    pub(crate) fn both(&mut self, words: &Words, indent: f32) {
        for (text, style) in [(&words.zh, ZH), (&words.en, EN)] {
            if !text.is_empty() {
                self.paragraph(text, style, indent);
            }
        }
        self.gap(2.0);
    }

    /// A section of two lists beside each other, each under its own heading; it stays on one page.
    pub(crate) fn beside(&mut self, heading: &Words, lists: [(&Words, &[Words]); 2]) {
        let widths = [self.width() / 2.0; 2];
        let mut heads = Vec::new();
        let mut cells = Vec::new();
        for (head, items) in lists {
            heads.push(self.cell(&[(&format!("{}  {}", head.zh, head.en), ZH.bold())], widths[0]).shaded());
            cells.push(self.list(items, widths[0]));
        }
        self.keep(HEADING, &[&heads, &cells]);
        self.heading(heading);
        self.row(&widths, heads, 0.0);
        self.row(&widths, cells, 0.0);
    }

    fn list(&mut self, items: &[Words], width: f32) -> Cell {
        let mut texts = Vec::new();
        for (n, item) in items.iter().enumerate() {
            texts.push((format!("{}. {}", n + 1, item.in_language(crate::Language::Chinese)), ZH));
            texts.push((if item.zh.is_empty() { String::new() } else { item.en.clone() }, EN));
        }
        let texts: Vec<(&str, Style)> = texts.iter().map(|(text, style)| (text.as_str(), *style)).collect();
        self.cell(&texts, width).at_top()
    }

    /// The issuer, the date and the place of the seal.
    pub(crate) fn seal(&mut self, issuer: &Words, date: &Words) {
        self.need(105.0);
        self.gap(12.0);
        let left = self.width() / 2.0;
        let english = if issuer.zh.is_empty() { "" } else { &issuer.en };
        let texts =
            [(issuer.in_language(crate::Language::Chinese), ZH), (english, EN), (&date.zh, ZH), (&date.en, EN), ("（盖章 Seal）", EN)];
        for (text, style) in texts {
            self.middle_of(text, style, left, self.width() - left);
        }
        self.gap(10.0);
    }
}
