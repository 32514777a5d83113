//! The library of published distributions, as a table.

use crate::Setting;
use crate::output::{self, Cell, Format};
use crate::said::Trouble;
use quell_epi::library::ENTRIES;

/// Writes all entries.
pub(crate) fn write(format: Format, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let columns = ["name", "disease", "pathogen", "quantity", "family", "mean", "sd", "par1", "par2", "unit", "source", "doi", "note"];
    let rows: Vec<Vec<Cell>> = ENTRIES
        .iter()
        .map(|e| {
            let law = e.law();
            let parameters = law.map(|l| l.parameters());
            vec![
                e.name.into(),
                e.disease.into(),
                e.pathogen.into(),
                e.quantity.name().into(),
                e.family.map_or("", |f| f.name()).into(),
                e.mean().into(),
                e.sd().into(),
                parameters.map(|p| p[0]).into(),
                parameters.map(|p| p[1]).into(),
                "days".into(),
                e.source.into(),
                e.doi.into(),
                e.note.into(),
            ]
        })
        .collect();
    output::write(to, format, &columns, &rows)
}
