//! The library of published distributions, as a table.

use crate::Setting;
use crate::output::{self, Cell, Format};
use crate::said::Trouble;
use quell_epi::interval::SerialInterval;
use quell_epi::library::{self, ENTRIES, LookupError};

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

/// A serial interval by its name in the library, for so many days.
/// `sd`: a standard deviation that is given instead of the source's.
pub(crate) fn serial_interval(name: &str, sd: Option<f64>, days: usize) -> Result<SerialInterval, Trouble> {
    library::serial_interval_with(name, sd, days).map_err(|e| {
        let zh = match e {
            LookupError::Unknown => "参数库中没有这一条；用 quell analyse delays --list 查看全部",
            LookupError::Other(_) => "这一条既不是代际间隔也不是世代时间",
            LookupError::NoSd => "该文献未给出标准差；请用 --si-sd 另行给出",
            LookupError::Interval(_) => "均值须大于 1 天、标准差须大于 0",
        };
        let what_to_do = if e == LookupError::NoSd { "; give one with --si-sd" } else { "" };
        Trouble::new(format!("--si-library {name}：{zh}"), format!("--si-library {name}: {e}{what_to_do}"))
    })
}
