//! Rows of the book's disease, and of others.

use super::report::refused;
use super::{Decided, Run};
use crate::import::report::Issue;
use quell_exchange::{CaseRecord, ContactRecord, disease_name};

/// Things, each with the line that it stands in.
type Lines<T> = Vec<(u64, T)>;

/// A row that says of which disease it is.
pub(super) trait OfDisease {
    /// In the words of the file; nothing: it does not say.
    fn disease(&self) -> &str;
}
impl OfDisease for CaseRecord {
    fn disease(&self) -> &str {
        &self.disease
    }
}
impl OfDisease for ContactRecord {
    fn disease(&self) -> &str {
        &self.disease
    }
}

impl Run<'_> {
    /// Keeps the rows of the protocol's disease; the others are decided. A book has one disease: a case of another would be isolated,
    /// treated and released by rules that are not its own.
    pub(super) fn of_our_disease<R: OfDisease>(&self, rows: Lines<R>) -> (Lines<R>, Lines<Decided>) {
        let (ours, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, r)| self.is_ours(r.disease()));
        let decided = others.into_iter().map(|(line, r)| (line, Decided::Refused(self.other_disease(line, r.disease())))).collect();
        (ours, decided)
    }

    /// One of several names is enough: `EVD / Sudan virus`.
    fn is_ours(&self, said: &str) -> bool {
        let called = |name: &str| self.protocol.is_called(disease_name(name));
        said.is_empty() || called(said) || said.split('/').any(called)
    }

    fn other_disease(&self, line: u64, said: &str) -> Box<Issue> {
        let meta = &self.protocol.meta;
        let message = (
            format!("the row is of another disease than this book, which is about {} ({})", meta.disease, meta.name_en),
            format!("该行的病种与本台账不同，本台账的病种为 {}（{}）", meta.disease, meta.name_zh),
        );
        let advice = (
            "import it into the book of that disease; if it is another name of the same, say so in the mapping ([fields.disease], type = \"enum\", values) or in the protocol (meta.names)",
            "请导入该病种的台账；如为同一病种的其他名称，请在映射文件（[fields.disease]，type = \"enum\"，values）或方案文件（meta.names）中注明",
        );
        let issue = *refused(line, "disease.other", message, advice);
        Box::new(Issue { column: self.column("disease"), ..issue }.with_value(said))
    }
}
