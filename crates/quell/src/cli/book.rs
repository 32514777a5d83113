//! `quell book create | day | own | close`

use super::{CliError, Context, hand_in, print_json};
use crate::app::StartError;
use clap::Subcommand;
use quell_book::{BookConfig, DayClosed, DutyKind, OverdueOwned};
use quell_foundation::*;
use quell_store::schema;

/// Subcommands of `book`.
#[derive(Subcommand)]
pub enum Book {
    /// Create a book in this database.
    Create {
        /// Its number: the administrative code of the county, for example 500237.
        number: i32,
        /// The path of its root place, for example 50.500237.
        root: PlaceId,
        /// Offset of its days from UTC in minutes.
        #[arg(long, default_value_t = 480)]
        offset_minutes: i16,
        /// Depth at which duties are counted (communities): root's depth + 2 by default.
        #[arg(long)]
        tally_depth: Option<usize>,
    },
    /// Give an owner and a reason to what is overdue of a kind below a place.
    Own {
        /// Kind of duty, for example sample or recall.
        kind: String,
        /// Place.
        place: PlaceId,
        /// Who will see to it.
        #[arg(long)]
        owner: String,
        /// Why it is open.
        #[arg(long)]
        reason: String,
    },
    /// Balance and seal the open day.
    Close {
        /// The day; by default the one that is open.
        day: Option<Day>,
        /// Who closes it.
        #[arg(long, default_value = "operator")]
        decider: String,
    },
}

pub(super) async fn run(ctx: &Context, c: Book) -> Result<(), CliError> {
    match c {
        Book::Create { number, root, offset_minutes, tally_depth } => {
            let tally_depth = tally_depth.unwrap_or(root.depth() + 2);
            let config = BookConfig { book: BookId(number), root, offset: UtcOffset(offset_minutes), tally_depth };
            let ready = ctx.data.open().await?;
            schema::open_book(&*ready.db.connection().await.map_err(StartError::from)?, &config).await?;
            ready.stop();
            ctx.say(format!("book {number} is ready"), format!("台账 {number} 已建立"));
            Ok(())
        }
        Book::Own { kind, place, owner, reason } => {
            let kind: DutyKind = kind.parse().map_err(CliError::Failed)?;
            let (ready, app) = ctx.open().await?;
            let r = hand_in(&app, None, vec![OverdueOwned { kind, place, owner, reason }.into()]).await;
            ready.stop();
            r.map(|_| ())
        }
        Book::Close { day, decider } => close(ctx, day, decider).await,
    }
}

async fn close(ctx: &Context, day: Option<Day>, decider: String) -> Result<(), CliError> {
    let (ready, app) = ctx.open().await?;
    let open = quell_store::log::head(&app.db.connection().await?, app.config.book, false).await?.open_day;
    let done = match day.or(open) {
        Some(day) => hand_in(&app, None, vec![DayClosed { day, decider }.into()]).await.map(|r| (day, r)),
        None => Err(CliError::Failed("nothing was ever recorded: there is no day to close".into())),
    };
    ready.stop();
    let (day, receipt) = done?;
    if ctx.json {
        return print_json(&receipt);
    }
    ctx.say(format!("{day} is sealed at position {} of the log", receipt.seq), format!("{day} 已日结，台账序号 {}", receipt.seq));
    Ok(())
}
