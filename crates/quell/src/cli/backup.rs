//! `quell backup` and `quell restore`

use super::{CliError, Context, print_json};
use crate::app::Ready;
use quell_store::server;
use std::path::{Path, PathBuf};

/// Options of `backup`.
#[derive(clap::Args)]
pub struct Backup {
    /// File to write. The identity key goes beside it as FILE.key: keep the two apart.
    out: PathBuf,
}

/// Options of `restore`.
#[derive(clap::Args)]
pub struct Restore {
    /// The backup.
    from: PathBuf,
}

fn key_beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".key");
    PathBuf::from(name)
}

/// The programs to use: those of the private server, or of `--pg-bin`.
fn tools(ctx: &Context, ready: &Ready) -> Option<PathBuf> {
    ctx.data.pg_bin.clone().or_else(|| ready.server.lock().ok()?.as_ref().map(|s| s.bin_dir().to_owned()))
}

pub(super) async fn backup(ctx: &Context, o: Backup) -> Result<(), CliError> {
    let ready = ctx.data.open().await?;
    let (bin, url, out) = (tools(ctx, &ready), ready.db.url().to_owned(), o.out.clone());
    let done = tokio::task::spawn_blocking(move || server::backup(bin.as_deref(), &url, &out)).await;
    let report = done.map_err(|e| CliError::Failed(e.to_string()))??;
    let key = ready.key_path();
    if key.exists() {
        std::fs::copy(&key, key_beside(&o.out)).map_err(|e| CliError::Failed(format!("{}: {e}", key.display())))?;
    }
    ready.stop();
    if ctx.json {
        return print_json(&report);
    }
    ctx.say(format!("written to {}", o.out.display()), format!("已备份到 {}", o.out.display()));
    Ok(())
}

pub(super) async fn restore(ctx: &Context, o: Restore) -> Result<(), CliError> {
    if !o.from.exists() {
        let from = o.from.display();
        return Err(ctx.failed(format!("{from}: no such file"), format!("{from}：没有该文件")));
    }
    // An unmigrated database: the backup brings its own schema.
    let ready = ctx.data.open_empty().await?;
    let (bin, url, from) = (tools(ctx, &ready), ready.db.url().to_owned(), o.from.clone());
    let done = tokio::task::spawn_blocking(move || server::restore(bin.as_deref(), &url, &from)).await;
    done.map_err(|e| CliError::Failed(e.to_string()))??;
    let (from_key, key) = (key_beside(&o.from), ready.key_path());
    if from_key.exists() && !key.exists() {
        std::fs::copy(&from_key, &key).map_err(|e| CliError::Failed(format!("{}: {e}", key.display())))?;
    }
    ready.stop();
    if !key.exists() {
        let (from, to) = (from_key.display(), key.display());
        ctx.say(
            format!("the identity key is not here yet: copy {from} to {to} before anything else"),
            format!("尚缺身份密钥：请先将 {from} 复制到 {to}"),
        );
    }
    ctx.say("restored; now run 'quell verify'", "已恢复，请运行 quell verify 核验");
    Ok(())
}
