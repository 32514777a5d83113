//! `quell round open | close | show | list`

use super::{CliError, Context, hand_in, print_json, read};
use clap::Subcommand;
use quell_book::{RoundClosed, RoundOpened};
use quell_foundation::*;
use quell_store::views::{self, Paging};

/// Subcommands of `round`.
#[derive(Subcommand)]
pub enum Round {
    /// Open a round: everyone at home in the scope is on its roster; cases, people in isolation and absent people are excluded.
    Open {
        /// Its name, for example 2022-11-26-1.
        round: RoundId,
        /// Places in scope; the whole book by default.
        #[arg(long)]
        scope: Vec<PlaceId>,
        /// What people call it.
        #[arg(long)]
        name: Option<String>,
        /// Finished by; the protocol's length by default. Like 2022-11-27T06:00:00+08:00.
        #[arg(long)]
        due: Option<EventTime>,
        /// Pool size, if smaller than the protocol's.
        #[arg(long)]
        pool_size: Option<u32>,
    },
    /// Close a round: whoever was not sampled is counted as missed.
    Close {
        /// The round.
        round: RoundId,
    },
    /// Progress, pace and forecast end, and the speed of each link of the chain.
    Show {
        /// The round.
        round: RoundId,
        /// Only this place.
        #[arg(long)]
        place: Option<PlaceId>,
    },
    /// List rounds.
    List,
}

pub(super) async fn run(ctx: &Context, c: Round) -> Result<(), CliError> {
    let (ready, app) = ctx.open().await?;
    let at = EventTime::exact(app.clock.now(), app.config.offset);
    let done = match c {
        Round::Open { round, scope, name, due, pool_size } => {
            let scope = if scope.is_empty() { vec![app.config.root.clone()] } else { scope };
            let name = name.unwrap_or_else(|| round.to_string());
            let fact = RoundOpened { round: round.clone(), name, scope, at, due, pool_size };
            hand_in(&app, None, vec![fact.into()]).await.map(|_| ctx.say(format!("round {round} is open"), format!("轮次 {round} 已开启")))
        }
        Round::Close { round } => {
            let fact = RoundClosed { round: round.clone(), at };
            hand_in(&app, None, vec![fact.into()])
                .await
                .map(|_| ctx.say(format!("round {round} is closed"), format!("轮次 {round} 已结束")))
        }
        Round::Show { round, place } => show(ctx, &app, &round, place).await,
        Round::List => list(ctx, &app).await,
    };
    ready.stop();
    done
}

async fn list(ctx: &Context, app: &crate::app::App) -> Result<(), CliError> {
    let page = Paging { after: None, limit: 1000 };
    let found = read(app, async |tx| views::rounds(tx, app.config.book, &page).await).await?;
    if ctx.json {
        return print_json(&found);
    }
    for r in &found.items {
        println!("{}\t{}\t{}\t{}", r.round, r.name, r.state, r.due.at_offset(app.config.offset));
    }
    Ok(())
}

async fn show(ctx: &Context, app: &crate::app::App, round: &RoundId, place: Option<PlaceId>) -> Result<(), CliError> {
    let place = place.unwrap_or_else(|| app.config.root.clone());
    let now = app.clock.now();
    let (progress, links) = read(app, async |tx| {
        let progress = views::round(tx, app.config.book, round, &place, now).await?;
        Ok((progress, views::links(tx, app.config.book, round, &place, now).await?))
    })
    .await?;
    let Some(progress) = progress else {
        return Err(CliError::Failed(format!("no round {round}")));
    };
    if ctx.json {
        return print_json(&serde_json::json!({ "round": progress, "links": links }));
    }
    println!("{}", serde_json::to_string_pretty(&progress).map_err(|e| CliError::Failed(e.to_string()))?);
    println!("{}", serde_json::to_string_pretty(&links).map_err(|e| CliError::Failed(e.to_string()))?);
    Ok(())
}
