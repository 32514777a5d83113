//! `quell print`: notices, certificates of release, day sheets and daily reports as PDF.

use super::{CliError, Context, viewer};
use crate::app::App;
use crate::papers::PaperError;
use crate::papers::gather::{self, OrdersOf, SheetsOf};
use quell_documents::Document;
use quell_foundation::*;
use std::path::PathBuf;

/// What is printed.
#[derive(clap::Subcommand)]
pub enum Print {
    /// Notices of the orders in force: of one order, of one person, or of everyone at a place.
    Notices(Orders),
    /// Certificates of release: of one order, of one person, or of all orders at a place that ended on a day.
    Certificates(Orders),
    /// The day sheet of a follow-up team, or of every one: its people who are to be seen. Of a team that is not listed: the contacts at a
    /// place.
    DaySheet(Sheet),
    /// The report of a day, sealed or open, for a place: balance, new cases, rounds, the five shoulds, what is overdue and who sees to it, beds.
    DailyReport(Daily),
}

/// Which orders.
#[derive(clap::Args)]
pub struct Orders {
    /// This order.
    #[arg(long)]
    order: Option<OrderId>,
    /// Orders about this person.
    #[arg(long)]
    person: Option<PersonId>,
    /// Residents of this place and below; the whole book by default.
    #[arg(long)]
    place: Option<PlaceId>,
    /// Of certificates: orders that ended on this day. Default: today.
    #[arg(long)]
    day: Option<Day>,
    /// The telephone for appeals and questions.
    #[arg(long)]
    telephone: String,
    /// The file.
    #[arg(long, short)]
    out: PathBuf,
}

impl Orders {
    fn which(&self) -> OrdersOf {
        OrdersOf { order: self.order, person: self.person, place: self.place.clone(), day: self.day, most: None }
    }
}

/// Which day.
#[derive(clap::Args)]
pub struct Daily {
    /// The day: a sealed one, or the open one.
    #[arg(long)]
    day: Day,
    /// At this place and below; the whole book by default.
    #[arg(long)]
    place: Option<PlaceId>,
    /// The file.
    #[arg(long, short)]
    out: PathBuf,
}

/// Which sheet.
#[derive(clap::Args)]
pub struct Sheet {
    /// The team, by id or name.
    #[arg(long, required_unless_present = "every_team")]
    team: Option<String>,
    /// A sheet for each team that has somebody to see, and one for those who have no team, in one file.
    #[arg(long, conflicts_with = "team")]
    every_team: bool,
    /// Residents of this place and below; of a listed team all its people by default.
    #[arg(long)]
    place: Option<PlaceId>,
    /// Whoever is to be seen by the end of this day. Default: today.
    #[arg(long)]
    day: Option<Day>,
    /// The file.
    #[arg(long, short)]
    out: PathBuf,
}

pub(super) async fn run(ctx: &Context, p: Print) -> Result<(), CliError> {
    let (ready, app) = ctx.open().await?;
    let done = print(ctx, &app, p).await;
    ready.stop();
    done
}

async fn print(ctx: &Context, app: &App, p: Print) -> Result<(), CliError> {
    let told = |e: PaperError| ctx.failed(e.to_string(), e.zh());
    let by = viewer(app, "quell print");
    match p {
        Print::Notices(o) => {
            let printed = gather::notices(&by, &o.which(), &o.telephone).await.map_err(told)?;
            keep(ctx, &printed.document, &o.out, &printed.names)
        }
        Print::Certificates(o) => {
            let printed = gather::certificates(&by, &o.which(), &o.telephone).await.map_err(told)?;
            keep(ctx, &printed.document, &o.out, &printed.names)
        }
        Print::DaySheet(s) => {
            let by = viewer(app, "quell print day-sheet");
            let of = SheetsOf { team: s.team, place: s.place, day: s.day };
            let printed = gather::day_sheets(&by, &of, ctx.chinese).await.map_err(told)?;
            keep(ctx, &printed.document, &s.out, &printed.names)
        }
        Print::DailyReport(d) => {
            let place = d.place.unwrap_or_else(|| app.config.root.clone());
            let document = gather::daily_report(&by, d.day, &place, ctx.chinese).await.map_err(told)?;
            keep(ctx, &document, &d.out, &[place.to_string()])
        }
    }
}

/// Writes the file, and tells of every character that no font has: it is most often part of somebody's name.
fn keep(ctx: &Context, document: &Document, out: &PathBuf, names: &[String]) -> Result<(), CliError> {
    std::fs::write(out, &document.pdf).map_err(|e| CliError::Failed(format!("{}: {e}", out.display())))?;
    let (pages, shown) = (document.pages, out.display());
    ctx.say(format!("{pages} pages in {shown}"), format!("{shown}：共 {pages} 页"));
    if ctx.json {
        super::print_json(&serde_json::json!({ "pages": pages, "papers": names.len(), "characters_missing": document.missing.len() }))?;
    }
    if document.missing.is_empty() {
        return Ok(());
    }
    for m in &document.missing {
        let name = names.get(m.item).map(String::as_str).unwrap_or_default();
        let (en, zh) = (
            format!("the font lacks '{}' ({name}): it is printed as its number; write it in by hand", m.character),
            format!("字体缺少“{}”（{name}），已以编码代替，请手写补上", m.character),
        );
        eprintln!("quell: {}", if ctx.chinese { zh } else { en });
    }
    Err(CliError::Said(1))
}
