//! What kind of file it is: a table under a mapping, HL7 messages, or a FHIR document.

use super::report::RecordsReport;
use crate::import::report::Words;
use crate::import::{FileOptions, ImportError, Input, Source};
use quell_exchange::hl7;
use quell_foundation::*;
use std::path::Path;

/// Systems whose mappings are tried if none is named.
const SYSTEMS: &[&str] = &["quell", "godata", "sormas"];
/// Bytes by which messages are told from tables.
const BEGINNING: usize = 64;
/// Rows by which a mapping is chosen.
const LOOKED_AT: usize = 100;

/// What the records are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordKind {
    /// Cases.
    Cases,
    /// Contact records.
    Contacts,
    /// Who was exposed to whom.
    Links,
    /// Follow-ups of contacts.
    Followups,
    /// Laboratory results.
    Results,
}

impl RecordKind {
    /// Every kind.
    pub const ALL: [RecordKind; 5] =
        [RecordKind::Cases, RecordKind::Contacts, RecordKind::Links, RecordKind::Followups, RecordKind::Results];

    /// As the command and the mappings call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            RecordKind::Cases => "cases",
            RecordKind::Contacts => "contacts",
            RecordKind::Links => "links",
            RecordKind::Followups => "followups",
            RecordKind::Results => "results",
        }
    }

    /// The fields that reach the book, or say which record is meant.
    pub(super) const fn used(self) -> &'static [&'static str] {
        match self {
            RecordKind::Cases => &[
                "case",
                "number",
                "external",
                "disease",
                "disease_details",
                "person",
                "name",
                "given",
                "family",
                "sex",
                "born",
                "id_number",
                "phone",
                "home",
                "occupation",
                "classification",
                "severity",
                "onset",
                "symptoms",
                "sampled",
                "found",
                "known",
                "reported",
                "setting",
                "control",
                "exposure_from",
                "exposure_to",
                "outcome",
                "outcome_at",
                "answers",
                "note",
            ],
            RecordKind::Contacts => &[
                "contact",
                "external",
                "case",
                "case_number",
                "disease",
                "disease_details",
                "person",
                "name",
                "given",
                "family",
                "sex",
                "born",
                "id_number",
                "phone",
                "home",
                "occupation",
                "category",
                "first_exposure",
                "last_exposure",
                "context",
                "relation",
                "certainty",
                "named",
                "decider",
                "reason",
                "state",
                "follow_up",
                "until",
            ],
            RecordKind::Links => &[
                "link",
                "source",
                "source_number",
                "target",
                "target_kind",
                "target_number",
                "certainty",
                "context",
                "contact_at",
                "directed",
                "note",
            ],
            RecordKind::Followups => &[
                "contact",
                "external",
                "person",
                "name",
                "given",
                "family",
                "id_number",
                "at",
                "outcome",
                "temperature",
                "symptoms",
                "team",
                "note",
            ],
            RecordKind::Results => &[
                "report",
                "tube",
                "person",
                "case_number",
                "name",
                "given",
                "family",
                "sex",
                "born",
                "id_number",
                "phone",
                "sampled",
                "received",
                "resulted",
                "result",
                "targets",
                "status",
            ],
        }
    }
}

/// An opened file.
pub enum RecordFile {
    /// A table.
    Table(RecordKind, Box<Source>),
    /// HL7 messages, as they stand in the file.
    Hl7(Vec<Vec<u8>>),
    /// A FHIR document, and its name.
    Fhir(Vec<u8>, String),
}

impl RecordFile {
    /// Opens a file. Results may be HL7 messages or a FHIR document, other records may not: that is seen from the content. Without a
    /// mapping, of those of Quell, Go.Data and SORMAS the one that finds most of its fields is taken.
    ///
    /// # Errors
    /// If the file or the mapping cannot be used.
    pub fn open(path: &Path, kind: RecordKind, options: &FileOptions) -> Result<Self, ImportError> {
        Self::read(&Input::File(path.to_owned()), kind, options)
    }

    /// The same, wherever the file is.
    ///
    /// # Errors
    /// If the file or the mapping cannot be used.
    pub fn read(input: &Input, kind: RecordKind, options: &FileOptions) -> Result<Self, ImportError> {
        // Lists under a mapping of one's own may look like anything.
        if (kind == RecordKind::Results || options.mapping.is_none())
            && let Some(messages) = messages(input)?
        {
            return if kind == RecordKind::Results { Ok(messages) } else { Err(only_results(&messages)) };
        }
        if options.mapping.is_some() {
            return Ok(RecordFile::Table(kind, Box::new(Source::read(input, "", options)?)));
        }
        let mut best: Option<((usize, usize), Source)> = None;
        let mut failed = None;
        for system in SYSTEMS {
            let name = format!("{system}-{}", kind.as_str());
            // SORMAS has not every list.
            if quell_tabular::builtin_mapping(&name).is_none() {
                continue;
            }
            let opened = Source::read(input, &name, options).and_then(|s| Ok((fits(&s)?, s)));
            match opened {
                Ok((n, source)) if best.as_ref().is_none_or(|(most, _)| n > *most) => best = Some((n, source)),
                Ok(_) => {}
                Err(e) => drop(failed.get_or_insert(e)),
            }
        }
        match (best, failed) {
            (Some((_, source)), _) => Ok(RecordFile::Table(kind, Box::new(source))),
            (None, Some(e)) => Err(e),
            (None, None) => Err(changed()),
        }
    }

    /// The system whose ids the file has.
    pub(super) fn system(&self) -> String {
        match self {
            RecordFile::Table(_, source) => {
                let name = source.mapping.name();
                name.rsplit_once('-').map_or(name, |(system, _)| system).to_owned()
            }
            RecordFile::Hl7(_) | RecordFile::Fhir(..) => "laboratory".to_owned(),
        }
    }

    pub(super) fn report(&self, dry_run: bool) -> RecordsReport {
        match self {
            RecordFile::Table(kind, s) => {
                RecordsReport::new(kind.as_str(), s.name.clone(), s.reader.sha256(), s.mapping.name().to_owned(), dry_run)
            }
            RecordFile::Hl7(all) => RecordsReport::new("results", String::new(), Hash::of(&all.concat()), "hl7".into(), dry_run),
            RecordFile::Fhir(bytes, name) => RecordsReport::new("results", name.clone(), Hash::of(bytes), "fhir".into(), dry_run),
        }
    }
}

/// How well a mapping fits a file: columns that it finds, and of the first rows those that it understands.
fn fits(source: &Source) -> Result<(usize, usize), ImportError> {
    let mut rows = source.reader.rows(&source.mapping)?;
    let good = rows.by_ref().take(LOOKED_AT).filter(Result::is_ok).count();
    Ok((rows.summary().read_columns.len(), good))
}

/// Why a file is not used that could not be read to its end.
pub(super) fn changed() -> ImportError {
    ImportError::Unfit(Words::new(
        "the file could not be read to its end, or changed meanwhile; read it again",
        "文件未能读完，或在读取期间被改动，请重新读取",
    ))
}

/// Why messages are not read as lists.
fn only_results(messages: &RecordFile) -> ImportError {
    let what = if matches!(messages, RecordFile::Fhir(..)) { "FHIR" } else { "HL7" };
    ImportError::Unfit(Words::new(
        format!(
            "this is a {what} file: of {what} only laboratory results are read (quell import results FILE); cases, contacts, links and \
             follow-ups come in as tables: export them with --format csv or xlsx"
        ),
        format!(
            "该文件为 {what} 格式：{what} 仅用于导入检测结果（quell import results FILE）；病例、密接、传播关联和随访请以表格导入，\
             可用 --format csv 或 xlsx 导出"
        ),
    ))
}

/// The file as messages, if it is one of those.
fn messages(input: &Input) -> Result<Option<RecordFile>, ImportError> {
    use std::io::Read;
    let io = |path: &Path, source| ImportError::Io { path: path.into(), source };
    let first = match input {
        Input::File(path) => {
            let mut first = Vec::new();
            std::fs::File::open(path).and_then(|f| f.take(BEGINNING as u64).read_to_end(&mut first)).map_err(|e| io(path, e))?;
            first
        }
        Input::Upload { bytes, .. } => bytes[..bytes.len().min(BEGINNING)].to_vec(),
    };
    let whole = || match input {
        Input::File(path) => std::fs::read(path).map_err(|e| io(path, e)),
        Input::Upload { bytes, .. } => Ok(bytes.to_vec()),
    };
    let start = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first);
    let start = start.iter().position(|b| !b.is_ascii_whitespace() && *b != 0x0b).map_or(&[][..], |i| &start[i..]);
    if start.starts_with(b"MSH") {
        return Ok(Some(RecordFile::Hl7(hl7::frames(&whole()?).into_iter().flat_map(apart).collect())));
    }
    if !start.starts_with(b"{") {
        return Ok(None);
    }
    let bytes = whole()?;
    // A document, or one a line (NDJSON).
    let json = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut documents = serde_json::Deserializer::from_slice(json).into_iter::<serde_json::Value>();
    let is_fhir = documents.next().is_some_and(|v| v.is_ok_and(|v| v.get("resourceType").is_some()));
    Ok(is_fhir.then(|| RecordFile::Fhir(bytes, input.name())))
}

/// The messages that stand one after the other without frames: each begins a line with its header.
fn apart(bytes: &[u8]) -> Vec<Vec<u8>> {
    let begins = |i: &usize| bytes[*i..].starts_with(b"MSH") && (*i == 0 || matches!(bytes[*i - 1], b'\r' | b'\n'));
    let mut starts: Vec<usize> = (0..bytes.len()).filter(begins).collect();
    if starts.is_empty() {
        return vec![bytes.to_vec()];
    }
    starts[0] = 0;
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts.iter().zip(ends).map(|(from, to)| bytes[*from..to].to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn messages_without_frames_are_told_apart() {
        assert_eq!(apart(b"MSH|1\rPID|MSH\r\nMSH|2\r").len(), 2);
        assert_eq!(apart(b"x").len(), 1);
    }
}
