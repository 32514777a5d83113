//! `quell trace tube | person`

use super::{CliError, Context, print_json, read};
use clap::Subcommand;
use quell_foundation::*;
use quell_store::views::{self, Paging};

/// Subcommands of `trace`.
#[derive(Subcommand)]
pub enum Trace {
    /// Members, custody, intake and results of a tube.
    Tube {
        /// The barcode.
        tube: TubeCode,
    },
    /// The timeline of a person.
    Person {
        /// The person's id, or a name, telephone or identity number to find it by.
        person: String,
    },
}

pub(super) async fn run(ctx: &Context, c: Trace) -> Result<(), CliError> {
    let (ready, app) = ctx.open().await?;
    let now = app.clock.now();
    let book = app.config.book;
    let found = match c {
        Trace::Tube { tube } => {
            let found = read(&app, async |tx| views::tube(tx, book, &tube, now).await).await;
            found.and_then(|t| t.map(|t| serde_json::json!(t)).ok_or_else(|| CliError::Failed(format!("no tube {tube}"))))
        }
        Trace::Person { person } => match person.parse::<PersonId>() {
            Ok(id) => {
                let found = read(&app, async |tx| views::person(tx, book, id, now).await).await;
                found.and_then(|p| p.map(|p| serde_json::json!(p)).ok_or_else(|| CliError::Failed(format!("no person {id}"))))
            }
            Err(_) => {
                let text = app.key.search_text(&person);
                let page = Paging { after: None, limit: 100 };
                read(&app, async |tx| views::find_persons(tx, book, &text, &page).await).await.map(|p| serde_json::json!(p.items))
            }
        },
    };
    ready.stop();
    let found = found?;
    if ctx.json {
        return print_json(&found);
    }
    println!("{}", serde_json::to_string_pretty(&found).map_err(|e| CliError::Failed(e.to_string()))?);
    Ok(())
}
