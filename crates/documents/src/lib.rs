//! Notices, certificates, day sheets and daily reports as PDF, in Chinese and English.
//!
//! Pure: plain structs in, bytes out; no storage, no clock, no randomness. The same input gives the same bytes.
//! A name is never printed with a box: a character that no font has is printed as its number (`[U+2A6D6]`) and returned in
//! [`Document::missing`], so that the caller can say so and a hand can write it in.
//!
//! [`notice`], [`certificate`], [`day_sheet`] and [`daily_report`] make one document; a [`Batch`] makes many in one file whose fonts are embedded once,
//! and gives its bytes away while it grows.

mod batch;
mod breaking;
mod certificate;
mod daily_report;
mod day_sheet;
mod file;
mod fonts;
mod model;
mod notice;
mod parts;
mod pen;
mod said;
mod sheet;

pub use batch::Batch;
pub use day_sheet::MOST_VISITS;
pub use fonts::Fonts;
pub use model::*;
pub use pen::MOST_CODE_BYTES;

/// A finished file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The bytes; of a [`Batch`] those that were not taken before.
    pub pdf: Vec<u8>,
    /// How many pages the whole file has.
    pub pages: usize,
    /// What could not be drawn: never pass over it, it is most often part of somebody's name.
    pub missing: Vec<Missing>,
}

/// A character that no font has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// Which document of a batch, or which row of its day sheets, counted through; from 0.
    pub item: usize,
    /// The character.
    pub character: char,
}

/// Why nothing was printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The program was built without a font.
    #[error("this program was built without a font; run scripts/fetch-fonts and build again, or give it a font file")]
    NoFont,
    /// A font can't be used.
    #[error("the font can't be used: {0}")]
    BadFont(String),
    /// The text of a QR code is too long, with its length in bytes.
    #[error("the code is {0} bytes long; more than 300 can't be read from paper")]
    CodeTooLong(usize),
    /// Too many rows, with their number.
    #[error("{0} visits on one sheet; split it into sheets of at most 2000")]
    TooManyVisits(usize),
    /// One document is longer than anybody reads.
    #[error("the document has {0} pages; shorten its texts")]
    TooLong(usize),
}

impl Problem {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::NoFont => "本程序编译时未带字体；请运行 scripts/fetch-fonts 后重新编译，或提供字体文件".into(),
            Self::BadFont(why) => format!("字体无法使用：{why}"),
            Self::CodeTooLong(n) => format!("二维码内容长{n}字节，超过300字节在纸上无法识读"),
            Self::TooManyVisits(n) => format!("一张随访单上有{n}人，请拆分，每张不超过2000人"),
            Self::TooLong(n) => format!("文书长达{n}页，请缩短文字"),
        }
    }
}

/// A notice to the person restricted, in both languages.
pub fn notice(fonts: &Fonts, notice: &Notice) -> Result<Document, Problem> {
    let mut batch = Batch::new(fonts);
    batch.notice(notice)?;
    batch.finish()
}

/// A certificate of release, in both languages.
pub fn certificate(fonts: &Fonts, certificate: &Certificate) -> Result<Document, Problem> {
    let mut batch = Batch::new(fonts);
    batch.certificate(certificate)?;
    batch.finish()
}

/// The day sheet of a follow-up team, in the language the team works in.
pub fn day_sheet(fonts: &Fonts, sheet: &DaySheet, language: Language) -> Result<Document, Problem> {
    let mut batch = Batch::new(fonts);
    batch.day_sheet(sheet, language)?;
    batch.finish()
}

/// The report of a day, in the language of whoever reads it.
pub fn daily_report(fonts: &Fonts, report: &DailyReport, language: Language) -> Result<Document, Problem> {
    let mut batch = Batch::new(fonts);
    batch.daily_report(report, language)?;
    batch.finish()
}
