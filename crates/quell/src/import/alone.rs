//! What a file says by itself, before it is compared with a book: for those who try the readers with wrong files.

use super::linelist::{LinelistOptions, Understood, understand};
use super::plate::{PlateOptions, facts, gather};
use super::report::{Issues, Report};
use super::wells::judge_controls;
use super::{Ground, ImportError, Source, next_rows, people, places};
use quell_book::Fact;
use quell_protocol::Protocol;
use quell_tabular::Row;
use std::collections::HashMap;

/// What kind of list a file is.
pub enum List<'a> {
    /// People.
    People,
    /// Places.
    Places,
    /// Cases.
    Linelist(&'a LinelistOptions),
    /// Results of a plate.
    Plate(&'a PlateOptions, &'a Protocol),
}

/// Facts, each with the line that it begins on.
pub type Lines = Vec<(u64, Vec<Fact>)>;

/// The facts of a file, each with the line that they begin on, and a report of the rest. Nothing is written.
///
/// # Errors
/// If the file cannot be read to its end, or does not say what its kind needs.
pub fn facts_alone(source: &Source, list: &List<'_>, ground: &Ground<'_>) -> Result<(Lines, Report), ImportError> {
    let mut issues = Issues::default();
    let (found, summary) = match list {
        List::Plate(options, protocol) => {
            let (all, summary) = gather(source, options, &mut issues)?;
            let controls = judge_controls(&all, protocol, options)?;
            let (read, lines) = facts(all, controls, options)?;
            let mut found = vec![(0, vec![read.into()])];
            for (line, result) in lines {
                match result {
                    Ok(r) => found.push((line, vec![r.into()])),
                    Err(i) => issues.add(*i),
                }
            }
            (found, summary)
        }
        List::People | List::Places | List::Linelist(_) => {
            let mut rows = source.reader.rows(&source.mapping)?;
            let (mut found, mut seen) = (Vec::new(), HashMap::new());
            loop {
                let chunk = next_rows(&mut rows, &mut issues)?;
                if chunk.is_empty() {
                    break;
                }
                for row in &chunk {
                    match of_row(source, list, ground, row, &mut seen) {
                        Ok(facts) => found.push((row.line, facts)),
                        Err(i) => issues.add(*i),
                    }
                }
            }
            (found, rows.summary().clone())
        }
    };
    let mut report = source.report(&summary, &[]);
    issues.into_report(&mut report);
    Ok((found, report))
}

fn of_row(
    source: &Source,
    list: &List<'_>,
    ground: &Ground<'_>,
    row: &Row,
    seen: &mut HashMap<String, u64>,
) -> Result<Vec<Fact>, Box<super::report::Issue>> {
    Ok(match list {
        List::People => vec![people::candidate(ground, row)?.person.into()],
        List::Places => vec![places::place(&ground.config.root, row)?.into()],
        List::Linelist(options) => match understand(ground.config, source, row, options, seen)? {
            Understood::Case(listed) => listed.facts(),
            Understood::LeftOut { .. } => Vec::new(),
            Understood::Repeated(issue) => return Err(issue),
        },
        List::Plate(..) => Vec::new(),
    })
}
