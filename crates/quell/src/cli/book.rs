//! `quell book create | show | own` and `quell close`

use super::{CliError, Context, hand_in, print_json, read};
use crate::app::StartError;
use crate::clock::Clock;
use clap::Subcommand;
use quell_book::{BookConfig, DayClosed, DutyKind, OverdueOwned};
use quell_foundation::*;
use quell_store::{schema, views};

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
    /// The balance of the open day, and what blocks its close.
    Show,
}

/// Options of `close`.
#[derive(clap::Args)]
pub struct Close {
    /// The day; by default the one that is open.
    day: Option<Day>,
    /// Who closes it.
    #[arg(long, default_value = "operator")]
    decider: String,
}

pub(super) async fn run(ctx: &Context, c: Book) -> Result<(), CliError> {
    match c {
        Book::Create { number, root, offset_minutes, tally_depth } => {
            let tally_depth = tally_depth.unwrap_or(root.depth() + 2);
            let config = BookConfig { book: BookId(number), root, offset: UtcOffset(offset_minutes), tally_depth };
            let ready = ctx.data.open().await?;
            let now = Clock::of(&ready.data).now();
            schema::open_book(&*ready.db.connection().await.map_err(StartError::from)?, &config, now).await?;
            ready.stop();
            ctx.say(format!("book {number} is ready"), format!("台账 {number} 已建立"));
            Ok(())
        }
        Book::Own { kind, place, owner, reason } => {
            let kind: DutyKind = kind.parse().map_err(CliError::Failed)?;
            let (ready, app) = ctx.open().await?;
            let r = hand_in(ctx, &app, vec![OverdueOwned { kind, place, owner, reason }.into()]).await;
            ready.stop();
            r.map(|_| ())
        }
        Book::Show => show(ctx).await,
    }
}

async fn show(ctx: &Context) -> Result<(), CliError> {
    let (ready, app) = ctx.open().await?;
    let now = app.clock.now();
    let day = read(&app, async |tx| views::day(tx, app.config.book, &app.config.root, now).await).await;
    ready.stop();
    let day = day?;
    if ctx.json {
        return print_json(&day);
    }
    let head = if ctx.chinese {
        ["结转", "新增", "办结", "豁免", "失效", "未办", "逾期"]
    } else {
        ["in", "opened", "done", "waived", "ended", "open", "overdue"]
    };
    print!("{:<18}", "");
    head.iter().for_each(|h| print!(" {h:>9}"));
    println!();
    let mut kinds: std::collections::BTreeMap<DutyKind, [i64; 7]> = Default::default();
    for l in &day.sheet.lines {
        let n = kinds.entry(l.kind).or_default();
        let add = [l.carried_in, l.opened + l.reopened, l.discharged, l.waived, l.superseded, l.carried_out, l.overdue];
        n.iter_mut().zip(add).for_each(|(a, b)| *a += b);
    }
    for (kind, n) in kinds {
        let name = if ctx.chinese { kind.zh() } else { kind.as_str() };
        println!("{name:<18} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}", n[0], n[1], n[2], n[3], n[4], n[5], n[6]);
    }
    for b in day.blocked.iter().take(20) {
        let (k, zh, p, n, d) = (b.kind, b.kind.zh(), &b.place, b.overdue_without_owner, b.difference);
        ctx.say(
            format!(
                "blocks the close: {k} at {p}: {n} overdue without an owner{}",
                if d == 0 { String::new() } else { format!(", off by {d}") }
            ),
            format!("阻碍日结：{p} {zh}：{n} 项逾期无责任人{}", if d == 0 { String::new() } else { format!("，差额 {d}") }),
        );
    }
    if let more @ 1.. = day.blocked.len().saturating_sub(20) {
        ctx.say(format!("… and {more} more; all of them with --json"), format!("……另有 {more} 项，完整清单见 --json"));
    }
    Ok(())
}

pub(super) async fn close(ctx: &Context, o: Close) -> Result<(), CliError> {
    let Close { day, decider } = o;
    let (ready, app) = ctx.open().await?;
    let open = quell_store::log::head(&app.db.connection().await?, app.config.book, false).await?.open_day;
    let done = match day.or(open) {
        Some(day) => hand_in(ctx, &app, vec![DayClosed { day, decider }.into()]).await.map(|r| (day, r)),
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
