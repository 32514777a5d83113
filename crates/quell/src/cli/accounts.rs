//! `quell account add | list`

use super::{CliError, Context, local_user, print_json};
use crate::staff::{self, By, Wanted};
use clap::Subcommand;
use quell_book::Role;
use quell_foundation::*;
use quell_store::accounts;
use serde_json::json;
use std::io::BufRead;

/// Subcommands of `account`.
#[derive(Subcommand)]
pub enum Account {
    /// Create an account or change it. The password is read from standard input (one line).
    Put {
        /// Name.
        name: AccountId,
        /// Role: sampler, courier, laboratory, investigator, dispatcher, ward, community_worker, commander, auditor, administrator.
        #[arg(long)]
        role: String,
        /// Its place; by default the whole book.
        #[arg(long)]
        place: Option<PlaceId>,
        /// It may not log in.
        #[arg(long)]
        disabled: bool,
    },
    /// List accounts.
    List,
}

pub(super) async fn run(ctx: &Context, c: Account) -> Result<(), CliError> {
    let (ready, app) = ctx.open().await?;
    let client = app.db.connection().await?;
    match c {
        Account::Put { name, role, place, disabled } => {
            let role: Role = role.parse().map_err(CliError::Failed)?;
            let place = place.unwrap_or_else(|| app.config.root.clone());
            let mut password = String::new();
            std::io::stdin().lock().read_line(&mut password).map_err(|e| CliError::Failed(e.to_string()))?;
            let password = Some(password.trim_end_matches(['\n', '\r']).to_owned());
            let by = By { name: &local_user(), place: &app.config.root };
            let wanted = Wanted { name: name.clone(), role, place, password, active: !disabled };
            staff::put(&app, &by, wanted).await.map_err(|e| ctx.failed(e.to_string(), e.zh()))?;
            ctx.say(format!("account {name} is ready"), format!("账号 {name} 已就绪"));
        }
        Account::List => {
            let all = accounts::list(&client, app.config.book).await?;
            if ctx.json {
                let rows: Vec<_> =
                    all.iter().map(|a| json!({ "account": a.account, "role": a.role, "place": a.place, "active": a.active })).collect();
                print_json(&rows)?;
            } else {
                all.iter().for_each(|a| println!("{}\t{}\t{}\t{}", a.account, a.role, a.place, if a.active { "" } else { "disabled" }));
            }
        }
    }
    drop(client);
    ready.stop();
    Ok(())
}
