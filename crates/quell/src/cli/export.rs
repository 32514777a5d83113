//! `quell export`: a list as CSV or in the shape of another system, page by page, so that its length is no matter.

use super::{CliError, Context, looked, read, verify::progress_bar, viewer};
use crate::app::App;
use crate::export::{self, Format, List, Wanted};
use quell_book::DutyKind;
use quell_foundation::*;
use quell_store::views::{self, End, Page, Paging};
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use std::io::Write;
use std::path::PathBuf;

/// Options of `export`.
#[derive(clap::Args)]
pub struct Export {
    /// What: linelist, contacts, links, followups (also for other systems, with --format); cases, open, done, waived or missed (with
    /// --kind), log.
    what: String,
    /// Shape of linelist, contacts, links and followups.
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
    /// Kind of duty, for open, done and waived; sample for missed.
    #[arg(long)]
    kind: Option<String>,
    /// Only this place and below.
    #[arg(long)]
    place: Option<PlaceId>,
    /// File; standard output by default.
    #[arg(long, short)]
    out: Option<PathBuf>,
}

pub(super) async fn run(ctx: &Context, o: Export) -> Result<(), CliError> {
    let (ready, app) = ctx.open().await?;
    let done = match <List as clap::ValueEnum>::from_str(&o.what, false) {
        Ok(list) => records(ctx, &app, &o, list).await,
        Err(_) if o.format != Format::Csv => Err(ctx.failed(
            "only linelist, contacts, links and followups have other formats than CSV",
            "仅 linelist、contacts、links、followups 支持 CSV 以外的格式",
        )),
        Err(_) => export(ctx, &app, &o).await,
    };
    ready.stop();
    let rows = done?;
    eprintln!("{rows} rows");
    Ok(())
}

/// Cases, contacts, links, follow-ups: in the shapes that other systems and Quell itself read.
async fn records(ctx: &Context, app: &App, o: &Export, list: List) -> Result<u64, CliError> {
    let io = |e: std::io::Error| CliError::Failed(e.to_string());
    export::check_shape(list, o.format).map_err(|e| ctx.failed(e.to_string(), e.zh()))?;
    let place = o.place.clone().unwrap_or_else(|| app.config.root.clone());
    let wanted = Wanted { list, format: o.format, place, chinese: ctx.chinese };
    let bar = progress_bar(ctx.json || o.out.is_none(), "rows");
    let what = format!("quell export {}", o.what);
    let viewer = viewer(app, &what);
    let told = |rows: usize| bar.inc(rows as u64);
    let done = match &o.out {
        Some(p) => {
            let file = std::io::BufWriter::new(std::fs::File::create(p).map_err(io)?);
            export::write(&viewer, &wanted, file, told).await
        }
        None => {
            // A workbook is written here and there in the file: a pipe gets it when it is whole.
            let mut whole = std::io::Cursor::new(Vec::new());
            let done = export::write(&viewer, &wanted, &mut whole, told).await;
            std::io::stdout().lock().write_all(whole.get_ref()).map_err(io)?;
            done
        }
    };
    bar.finish_and_clear();
    done.map_err(|e| CliError::Failed(e.to_string()))
}

async fn export(ctx: &Context, app: &App, o: &Export) -> Result<u64, CliError> {
    let io = |e: std::io::Error| CliError::Failed(e.to_string());
    let mut out: Box<dyn Write> = match &o.out {
        Some(p) => Box::new(std::io::BufWriter::new(std::fs::File::create(p).map_err(io)?)),
        None => Box::new(std::io::stdout().lock()),
    };
    let bar = progress_bar(ctx.json || o.out.is_none(), "rows");
    let mut table = Table { out: &mut out, columns: None, rows: 0 };
    let mut after: Option<String> = None;
    loop {
        let page = page(app, o, after).await?;
        if o.what != "log" {
            let place = o.place.as_ref().unwrap_or(&app.config.root);
            looked(app, &format!("quell export {}", o.what), None, Some(place), page.items.len()).await?;
        }
        for item in &page.items {
            table.write(item).map_err(io)?;
        }
        bar.set_position(table.rows);
        after = page.next;
        if after.is_none() {
            bar.finish_and_clear();
            let rows = table.rows;
            out.flush().map_err(io)?;
            return Ok(rows);
        }
    }
}

async fn page(app: &App, o: &Export, after: Option<String>) -> Result<Page<Fields>, CliError> {
    let place = o.place.clone().unwrap_or_else(|| app.config.root.clone());
    let (book, now) = (app.config.book, app.clock.now());
    let paging = Paging { after, limit: views::MAX_LIMIT };
    let bad = |e: serde_json::Error| CliError::Failed(e.to_string());
    let json = match o.what.as_str() {
        "cases" => {
            let f = views::CaseFilter { place, from: None, to: None, control: None, state: None };
            serde_json::to_string(&read(app, async |tx| views::cases(tx, book, &f, &paging, now).await).await?)
        }
        "log" => {
            let from = paging.after.as_deref().and_then(|a| a.parse().ok()).unwrap_or(0);
            serde_json::to_string(&read(app, async |tx| views::submissions(tx, book, from, views::MAX_LIMIT).await).await?)
        }
        what @ ("open" | "done" | "waived" | "missed") => {
            let (end, default) = match what {
                "open" => (End::Open, ""),
                "done" => (End::Done, ""),
                "waived" => (End::Waived, ""),
                _ => (End::Missed, "sample"),
            };
            let kind: DutyKind = o.kind.as_deref().unwrap_or(default).parse().map_err(|e| CliError::Failed(format!("--kind: {e}")))?;
            let f = views::ItemFilter { kind, place, round: None, only_overdue: false };
            serde_json::to_string(&read(app, async |tx| views::items(tx, book, &f, &paging, now, end).await).await?)
        }
        other => {
            return Err(CliError::Failed(format!(
                "'{other}' is none of: linelist, contacts, links, followups, cases, open, done, waived, missed, log"
            )));
        }
    };
    serde_json::from_str(&json.map_err(bad)?).map_err(bad)
}

/// The fields of a row in the order in which its struct names them (a JSON value would sort them).
struct Fields(Vec<(String, serde_json::Value)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Fields;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a row")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, serde_json::Value>()? {
                    // A cursor says nothing to a reader of the file.
                    if name != "key" {
                        fields.push((name, value));
                    }
                }
                Ok(Fields(fields))
            }
        }
        d.deserialize_map(Read)
    }
}

/// A CSV table whose columns are the fields of the first row.
struct Table<'a> {
    out: &'a mut Box<dyn Write>,
    columns: Option<Vec<String>>,
    rows: u64,
}

impl Table<'_> {
    fn write(&mut self, Fields(fields): &Fields) -> std::io::Result<()> {
        if self.columns.is_none() {
            let names: Vec<String> = fields.iter().map(|f| f.0.clone()).collect();
            // The mark tells Excel that this is UTF-8.
            writeln!(self.out, "\u{feff}{}", names.join(","))?;
            self.columns = Some(names);
        }
        let of = |column: &String| fields.iter().find(|f| f.0 == *column).map(|f| cell(&f.1)).unwrap_or_default();
        let cells: Vec<String> = self.columns.iter().flatten().map(of).collect();
        self.rows += 1;
        writeln!(self.out, "{}", cells.join(","))
    }
}

/// A cell: quoted where needed, and never a formula to a spreadsheet.
fn cell(v: &serde_json::Value) -> String {
    let text = match v {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(s) => s.clone(),
        other => other.to_string(),
    };
    let text =
        if matches!(v, serde_json::Value::String(_)) && text.starts_with(['=', '+', '-', '@', '\t']) { format!("'{text}") } else { text };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::cell;
    use serde_json::json;

    #[test]
    fn cells_are_safe_for_spreadsheets() {
        assert_eq!(cell(&json!("=1+1")), "'=1+1");
        assert_eq!(cell(&json!("a,\"b\"")), "\"a,\"\"b\"\"\"");
        assert_eq!(cell(&json!(-5)), "-5");
        assert_eq!(cell(&json!(null)), "");
    }
}
