//! Many documents in one file.

use crate::file::File;
use crate::pen::Pen;
use crate::sheet::Page;
use crate::{Certificate, DailyReport, DaySheet, Document, Fonts, Language, Notice, Problem};

/// The most pages of one document.
const MOST_PAGES: usize = 200;

/// A file of many notices and certificates, or of many day sheets, each on a page of its own; fonts are embedded once.
///
/// Memory stays that of one document if the bytes are taken while it grows:
///
/// ```
/// # fn send(_: Vec<u8>) {}
/// # fn run(fonts: &quell_documents::Fonts, notices: Vec<quell_documents::Notice>) -> Result<(), quell_documents::Problem> {
/// let mut batch = quell_documents::Batch::new(fonts).for_both_sides();
/// for notice in notices {
///     batch.notice(&notice)?;
///     send(batch.take());
/// }
/// let end = batch.finish()?;
/// send(end.pdf);
/// # Ok(())
/// # }
/// ```
pub struct Batch<'f> {
    pub(crate) pen: Pen<'f>,
    file: File,
    title: String,
    both_sides: bool,
    documents: usize,
    rows: usize,
}

impl<'f> Batch<'f> {
    /// An empty file.
    pub fn new(fonts: &'f Fonts) -> Self {
        Self { pen: Pen::new(fonts), file: File::new(), title: String::new(), both_sides: false, documents: 0, rows: 0 }
    }

    /// For a printer that prints on both sides: an empty page follows a document with an odd number of pages, so that no one's notice
    /// stands on the back of another's.
    pub fn for_both_sides(self) -> Self {
        Self { both_sides: true, ..self }
    }

    /// Adds a notice. After a problem the batch is as it was.
    pub fn notice(&mut self, notice: &Notice) -> Result<(), Problem> {
        self.pen.item = self.documents;
        let made = crate::notice::pages(&mut self.pen, notice);
        self.add_made(made)
    }

    /// Adds a certificate. After a problem the batch is as it was.
    pub fn certificate(&mut self, certificate: &Certificate) -> Result<(), Problem> {
        self.pen.item = self.documents;
        let made = crate::certificate::pages(&mut self.pen, certificate);
        self.add_made(made)
    }

    /// Adds the day sheet of a team; its rows are counted on from those of the sheets before it. After a problem the file is of no use.
    pub fn day_sheet(&mut self, sheet: &DaySheet, language: Language) -> Result<(), Problem> {
        let (title, pages) = crate::day_sheet::pages(&mut self.pen, sheet, language, self.rows)?;
        self.rows += sheet.visits.len();
        self.add(&title, pages)
    }

    /// Adds the report of a day. After a problem the batch is as it was.
    pub fn daily_report(&mut self, report: &DailyReport, language: Language) -> Result<(), Problem> {
        self.pen.item = self.documents;
        let made = crate::daily_report::pages(&mut self.pen, report, language);
        self.add_made(Ok(made))
    }

    fn add_made(&mut self, made: Result<(String, Vec<Page>), Problem>) -> Result<(), Problem> {
        let added = made.and_then(|(title, pages)| self.add(&title, pages));
        if added.is_err() {
            self.pen.forget_missing(self.documents);
        }
        added
    }

    /// Adds a document; the first one gives the file its title, which names nobody.
    fn add(&mut self, title: &str, pages: Vec<Page>) -> Result<(), Problem> {
        if pages.len() > MOST_PAGES {
            return Err(Problem::TooLong(pages.len()));
        }
        if self.both_sides && self.file.pages() % 2 == 1 {
            self.file.page(Page::empty_upright());
        }
        if self.documents == 0 {
            title.clone_into(&mut self.title);
        }
        self.documents += 1;
        for page in pages {
            self.file.page(page);
        }
        Ok(())
    }

    /// Takes the bytes that are ready. All that was taken and then the `pdf` of [`Batch::finish`] is the file.
    pub fn take(&mut self) -> Vec<u8> {
        self.file.take()
    }

    /// Ends the file.
    pub fn finish(self) -> Result<Document, Problem> {
        let (pages, missing) = (self.file.pages(), self.pen.missing());
        Ok(Document { pdf: self.file.finish(&self.pen, &self.title)?, pages, missing })
    }
}
