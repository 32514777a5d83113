//! Counts of which the last days are not complete, because cases are reported late.

use super::reading::{self, Calendar, Read};
use super::{Forecast, say};
use crate::Setting;
use crate::input::Own;
use crate::nowcast::Reports;
use crate::rt::Delays;
use crate::said::Trouble;
use clap::Args;
use quell_epi::forecast::{Outbreak, Past};
use quell_epi::nowcast::{Completeness, Triangle, TriangleError};
use std::path::PathBuf;

/// Options for counts that are not complete.
#[derive(Debug, Args)]
pub(super) struct Late {
    /// Reports: a row for each case with its day (onset) and the day of its report, or a reporting triangle, as `nowcast` reads them. The last days of FILE
    /// are completed as these reports tell; without FILE the cases are those of the reports.
    #[arg(long, conflicts_with_all = ["reporting_mean", "reporting"])]
    reports: Option<PathBuf>,
    /// Which columns of the reports these are, if they go by other names.
    #[arg(long, requires = "reports")]
    reports_mapping: Option<PathBuf>,
    /// The sheet of the reports' workbook.
    #[arg(long, value_name = "NAME", requires = "reports")]
    reports_sheet: Option<String>,
    /// The day on which the reports end [default: that of the last report]. Counts of FILE are taken as known on it.
    #[arg(long, requires = "reports", value_name = "DATE")]
    as_of: Option<String>,
    /// Longest delay from a case to its report, days [default: the longest there is, but at most 45].
    #[arg(long, requires = "reports", value_name = "DAYS")]
    max_delay: Option<usize>,
    #[command(flatten)]
    pub(super) delays: Delays,
}

/// A series, and how complete it was when.
pub(super) struct Seen {
    /// As it is known at last.
    pub read: Read,
    late: Option<Completeness>,
    /// Without a series of its own: reports tell what was known on each day.
    reports: Option<(Reports, i64)>,
}

impl Late {
    /// Reads the series, and the reports if there are any.
    pub fn read(&self, c: &Forecast, to: &mut Setting<'_>) -> Result<Seen, Trouble> {
        let own = Own::of(self.reports_mapping.as_deref(), self.reports_sheet.as_deref())?;
        let reports = self.reports.as_deref().map(|p| Reports::read(p, &own, c.period, to)).transpose()?;
        let Some(file) = c.file.as_deref() else {
            let Some(reports) = reports else {
                return Err(Trouble::new("需要病例表或 --reports", "a table of cases is wanted, or --reports"));
            };
            return self.of_reports(reports, c, to);
        };
        let read = reading::read(file, &c.named.own()?, &c.channels, to)?;
        read.by_day(file, c.period)?;
        let days = read.outbreak.past.days();
        let late = match reports {
            Some(reports) => Some(self.beside(&reports, &read, c, to)?),
            None if self.delays.has_report() => Some(Completeness::of_delay(&self.delays.to_report()?, days)),
            None => None,
        };
        Ok(Seen { read, late: late.filter(|l| l.days() > 0), reports: None })
    }

    /// How complete the counts of a series are, from reports of some or all of its cases.
    fn beside(&self, reports: &Reports, read: &Read, c: &Forecast, to: &mut Setting<'_>) -> Result<Completeness, Trouble> {
        if reports.numbered != read.calendar.numbered {
            return Err(Trouble::new(
                "--reports 与病例表的日期须同为日期或同为编号（t）",
                "the days of --reports and of the table of cases must both be dates, or both numbers (t)",
            ));
        }
        let until = reports.until(self.as_of.as_deref(), to)?;
        let first = reports.first(until)?;
        let last = read.calendar.first + read.outbreak.past.days() as i64 - 1;
        if last > until {
            return Err(Trouble::new(
                format!("病例表的末日晚于报告的截止日（相差 {} 天）；请补全报告，或用 --as-of 指明截止日", last - until),
                format!("the table of cases ends {} days after the reports; complete them, or say when they end (--as-of)", last - until),
            ));
        }
        let late = complete(reports, &reports.triangle(first, until, self.max_delay)?, c.seed)?;
        Ok(late.shifted(first - read.calendar.first))
    }

    fn of_reports(&self, reports: Reports, c: &Forecast, to: &mut Setting<'_>) -> Result<Seen, Trouble> {
        if !c.channels.is_empty() {
            return Err(Trouble::new(
                "--channels 需要逐日病例表；--reports 只有事件日与报告日",
                "--channels needs a table of cases by day; --reports has the days of cases and reports only",
            ));
        }
        let until = reports.until(self.as_of.as_deref(), to)?;
        let first = reports.first(until)?;
        let triangle = reports.triangle(first, until, self.max_delay)?;
        let late = complete(&reports, &triangle, c.seed)?;
        let calendar = Calendar { numbered: reports.numbered, first };
        let read = Read { outbreak: counts(&triangle)?, calendar, channels: Vec::new() };
        Ok(Seen { read, late: Some(late).filter(|l| l.days() > 0), reports: Some((reports, first)) })
    }
}

fn complete(reports: &Reports, triangle: &Triangle, seed: u64) -> Result<Completeness, Trouble> {
    Completeness::of_triangle(triangle, seed).map_err(|e| reports.refused(e))
}

/// What is reported of each day.
fn counts(triangle: &Triangle) -> Result<Outbreak, Trouble> {
    let counts = (0..triangle.days()).map(|t| triangle.known(t).then(|| triangle.reported(t))).collect();
    let past = Past::new(counts, None).map_err(|e| Trouble::new(format!("病例数不对：{e}"), e.to_string()))?;
    Ok(Outbreak { past, channels: Vec::new() })
}

impl Seen {
    /// What was known after so many days, and how complete it was.
    pub fn known(&self, days: usize, c: &Forecast) -> Result<(Outbreak, Option<Completeness>), Trouble> {
        let whole = self.read.outbreak.past.days();
        let Some((reports, first)) = self.reports.as_ref().filter(|_| days < whole) else {
            return Ok((self.read.outbreak.until(days), self.late.clone()));
        };
        if days < Triangle::LEAST {
            return Err(reports.refused(TriangleError::Days(days)));
        }
        // What was reported later was not known.
        let triangle = reports.triangle(*first, first + days as i64 - 1, c.late.max_delay)?;
        Ok((counts(&triangle)?.until(days), Some(complete(reports, &triangle, c.seed)?)))
    }
    /// What came: without the days at the end that are not complete.
    pub fn came(&self) -> Outbreak {
        self.read.outbreak.until(self.late.as_ref().map_or(usize::MAX, Completeness::from))
    }
}

/// Says which days are completed first.
pub(super) fn tell(known: &Outbreak, late: &Completeness, calendar: Calendar, to: &mut Setting<'_>) -> Result<(), Trouble> {
    let last = known.past.days() - 1;
    let Some(open) = (last + 1).checked_sub(late.from()).filter(|n| *n > 0) else { return Ok(()) };
    let (day, percent) = (calendar.name(last), 100.0 * late.share(last));
    say(
        to,
        &format!("最后 {open} 天尚未报全（{day} 约已报 {percent:.0} %），先补全再预测"),
        &format!("the last {open} days are not complete (of {day} about {percent:.0} % is reported): they are completed first"),
    )
}
