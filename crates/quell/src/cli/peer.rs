//! `quell peer invite | add | list | remove`

use super::{CliError, Context, local_user, print_json};
use crate::messages::peers;
use clap::Subcommand;
use quell_foundation::*;
use quell_store::peers as store;
use serde_json::json;
use std::io::BufRead;

/// Subcommands of `peer`.
#[derive(Subcommand)]
pub enum Peer {
    /// Let another book hand in its messages here. Prints the token for it, once; its people enter it with 'quell peer add' there.
    Invite {
        /// The other book's number.
        peer: i32,
    },
    /// Say where another book is. The token that it gave ('quell peer invite' there) is read from standard input (one line).
    Add {
        /// The other book's number.
        peer: i32,
        /// Its server: http://HOST:PORT. TLS is a tunnel's or a proxy's.
        #[arg(long)]
        url: String,
    },
    /// The other books, what waits for each, and which cannot be reached.
    List,
    /// Write to another book no more, and let it hand in nothing more. What waits for it stays in the outbox.
    Remove {
        /// The other book's number.
        peer: i32,
    },
}

pub(super) async fn run(ctx: &Context, c: Peer) -> Result<(), CliError> {
    let (ready, app) = ctx.open().await?;
    let own = |peer: i32| BookId(peer) == app.config.book;
    let done = match c {
        Peer::Invite { peer } | Peer::Add { peer, .. } | Peer::Remove { peer } if own(peer) => {
            Err(ctx.failed(format!("{peer} is this book itself"), format!("{peer} 就是本台账")))
        }
        Peer::Invite { peer } => match peers::invite(&app, BookId(peer), &local_user()).await {
            Ok(token) if ctx.json => print_json(&json!({ "book": peer, "token": token })),
            Ok(token) => {
                println!("{token}");
                Ok(())
            }
            Err(e) => Err(e.into()),
        },
        Peer::Add { peer, url } => add(ctx, &app, peer, &url).await,
        Peer::List => list(ctx, &app).await,
        Peer::Remove { peer } => match peers::remove(&app, BookId(peer), &local_user()).await {
            Ok(true) => {
                ctx.say(format!("book {peer} is no peer any more"), format!("已不再与台账 {peer} 通函"));
                Ok(())
            }
            Ok(false) => Err(ctx.failed(format!("book {peer} is no peer"), format!("台账 {peer} 不在通函名单中"))),
            Err(e) => Err(e.into()),
        },
    };
    ready.stop();
    done
}

async fn add(ctx: &Context, app: &crate::app::App, peer: i32, url: &str) -> Result<(), CliError> {
    if !url.starts_with("http://") || url.parse::<hyper::Uri>().ok().and_then(|u| u.host().map(str::is_empty)).unwrap_or(true) {
        return Err(ctx.failed(format!("'{url}' is no http://HOST:PORT"), format!("“{url}”不是 http://主机:端口 形式的地址")));
    }
    let mut token = String::new();
    std::io::stdin().lock().read_line(&mut token).map_err(|e| CliError::Failed(e.to_string()))?;
    let Ok(token) = token.trim().parse::<Hash>() else {
        return Err(ctx.failed(
            "the token is 64 digits and letters: pipe in what 'quell peer invite' printed there",
            "令牌应为 64 位字符：请从标准输入传入对方 quell peer invite 输出的内容",
        ));
    };
    peers::add(app, BookId(peer), url, token, &local_user()).await?;
    ctx.say(format!("messages to book {peer} go to {url}"), format!("发往台账 {peer} 的函件将送至 {url}"));
    Ok(())
}

async fn list(ctx: &Context, app: &crate::app::App) -> Result<(), CliError> {
    let c = app.db.connection().await?;
    let (known, waiting) = (store::list(&c, app.config.book).await?, store::waiting(&c, app.config.book).await?);
    let waits = |b: BookId| waiting.iter().find(|w| w.0 == b).map_or(0, |w| w.1);
    // What waits for a book of which nobody has said where it is must be seen, too.
    let unknown = waiting.iter().filter(|w| !known.iter().any(|p| p.book == w.0));
    if ctx.json {
        let mut rows: Vec<_> = known
            .iter()
            .map(|p| json!({ "book": p.book, "url": p.url, "waiting": waits(p.book), "away_since": p.away_since, "error": p.last_error }))
            .collect();
        rows.extend(unknown.map(|(b, n)| json!({ "book": b, "waiting": n })));
        return print_json(&rows);
    }
    for p in &known {
        let away = p.away_since.map(|t| t.at_offset(app.config.offset).to_string());
        let (since, why) = (away.unwrap_or_default(), p.last_error.clone().unwrap_or_default());
        println!("{}\t{}\t{}\t{since}\t{why}", p.book, p.url, waits(p.book));
    }
    for (b, n) in unknown {
        println!("{b}\t-\t{n}");
    }
    Ok(())
}
