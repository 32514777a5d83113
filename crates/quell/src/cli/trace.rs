//! `quell trace tube | person`

use super::{CliError, Context, looked, print_json, read, timeline};
use crate::app::App;
use crate::status::PersonCodes;
use clap::Subcommand;
use quell_foundation::*;
use quell_store::views::{self, Paging};
use serde::Serialize;

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
    let done = match c {
        Trace::Tube { tube } => trace_tube(ctx, &app, &tube).await,
        Trace::Person { person } => match person.parse::<PersonId>() {
            Ok(id) => trace_person(ctx, &app, id).await,
            Err(_) => find_person(ctx, &app, &person).await,
        },
    };
    ready.stop();
    done
}

async fn trace_tube(ctx: &Context, app: &App, tube: &TubeCode) -> Result<(), CliError> {
    let found = read(app, async |tx| views::tube(tx, app.config.book, tube, app.clock.now()).await).await?;
    let found = found.ok_or_else(|| ctx.failed(format!("no tube {tube}"), format!("没有采样管 {tube}")))?;
    looked(app, "quell trace tube", None, None, found.who.len()).await?;
    if ctx.json {
        return print_json(&found);
    }
    timeline::tube(ctx, app.config.offset, &found);
    Ok(())
}

/// A person with the code for doors.
#[derive(Serialize)]
struct WithCode<'a> {
    #[serde(flatten)]
    person: &'a views::PersonView,
    code: String,
}

async fn trace_person(ctx: &Context, app: &App, id: PersonId) -> Result<(), CliError> {
    let found = read(app, async |tx| views::person(tx, app.config.book, id, app.clock.now()).await).await?;
    looked(app, "quell trace person", Some(id), None, usize::from(found.is_some())).await?;
    let found = found.ok_or_else(|| ctx.failed(format!("no person {id}"), format!("没有人员 {id}")))?;
    let code = PersonCodes::new(&app.key, app.config.book).code(id);
    if ctx.json {
        return print_json(&WithCode { person: &found, code });
    }
    timeline::person(ctx, app.config.offset, &found);
    ctx.say(format!("code for doors: {code}"), format!("人员码：{code}"));
    Ok(())
}

/// People by name, telephone or identity number: a list to choose from, or the only one at once.
async fn find_person(ctx: &Context, app: &App, text: &str) -> Result<(), CliError> {
    let text = app.key.search_text(text);
    let page = Paging { after: None, limit: 100 };
    let found = read(app, async |tx| views::find_persons(tx, app.config.book, &text, &page).await).await?;
    looked(app, "quell trace person", None, Some(&app.config.root), found.items.len()).await?;
    if ctx.json {
        return print_json(&found.items);
    }
    match found.items.as_slice() {
        [] => Err(ctx.failed("nobody is found by this", "没有查到此人")),
        [one] => trace_person(ctx, app, one.person_id).await,
        several => {
            for p in several {
                println!("{}\t{}\t{}\t{}", p.person_id, p.name, p.identity_masked.as_deref().unwrap_or("-"), p.home);
            }
            Ok(())
        }
    }
}
