//! Accounts of staff: made, changed and revoked, at the command line and over HTTP. Every change is an entry of the audit log.

use crate::app::App;
use crate::auth::hash_password;
use quell_book::Role;
use quell_foundation::*;
use quell_store::StoreError;
use quell_store::accounts::{self, Account};

/// Shortest password, in characters.
const SHORTEST: usize = 8;
/// Longest password, in bytes: a hash of more costs time and adds nothing.
const LONGEST: usize = 1_000;
/// Longest reason, in characters.
const REASON: usize = 500;

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// Another book has no password.
    #[error("another book is no account with a password: use 'quell peer invite'")]
    Peer,
    /// The account, or where it is to work, lies outside of what may be changed.
    #[error("{0} lies outside your jurisdiction ({1})")]
    Outside(PlaceId, PlaceId),
    /// The password is too short or too long.
    #[error("the password needs 8 to 1000 characters")]
    Password,
    /// A new account, or one that was revoked, needs a password.
    #[error("a new account, or one that was revoked, needs a password")]
    NoPassword,
    /// There is no such account.
    #[error("there is no account of this name in your jurisdiction")]
    Unknown,
    /// Whoever revokes their own account locks themselves out.
    #[error("you cannot revoke or change your own account: another administrator does")]
    Own,
    /// A revocation has a reason.
    #[error("say in 1 to 500 characters why the account is revoked")]
    Reason,
    /// The password could not be hashed.
    #[error("{0}")]
    Hash(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl StaffError {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Peer => "外辖区台账不设密码账号，请使用 quell peer invite".into(),
            Self::Outside(place, own) => format!("{place} 不在您的辖区（{own}）内"),
            Self::Password => "密码须为 8 至 1000 个字符".into(),
            Self::NoPassword => "新建账号或恢复已停用账号须设置密码".into(),
            Self::Unknown => "您的辖区内没有此账号".into(),
            Self::Own => "不能停用或更改自己的账号，请由其他管理员操作".into(),
            Self::Reason => "请填写停用原因（1 至 500 字）".into(),
            Self::Hash(e) => e.clone(),
            Self::Store(e) => e.to_string(),
        }
    }
}

/// Who changes accounts, and where it may.
pub struct By<'a> {
    /// The name that goes into the audit log.
    pub name: &'a str,
    /// Accounts of this place and below.
    pub place: &'a PlaceId,
}

/// What an account is to be.
pub struct Wanted {
    /// Its name.
    pub name: AccountId,
    /// Role.
    pub role: Role,
    /// Place.
    pub place: PlaceId,
    /// A new password; without it, an account that is active keeps its own.
    pub password: Option<String>,
    /// False: it may not log in.
    pub active: bool,
}

/// Makes an account or changes it. An account that was revoked is given back if it is to be active.
///
/// # Errors
/// If it may not be so, or the database cannot be written.
pub async fn put(app: &App, by: &By<'_>, wanted: Wanted) -> Result<Account, StaffError> {
    let Wanted { name, role, place, password, active } = wanted;
    if role == Role::PeerBook {
        return Err(StaffError::Peer);
    }
    if !place.is_within(by.place) {
        return Err(StaffError::Outside(place, by.place.clone()));
    }
    let mut c = app.db.connection().await?;
    let known = accounts::find(&c, app.config.book, &name).await?;
    if let Some(k) = &known {
        changeable(by, k)?;
    }
    let password_hash = match (password, known) {
        (Some(p), _) if p.chars().count() < SHORTEST || p.len() > LONGEST => return Err(StaffError::Password),
        // Hashing is work for a thread of its own.
        (Some(p), _) => {
            let hashed = tokio::task::spawn_blocking(move || hash_password(&p)).await.map_err(|e| StaffError::Hash(e.to_string()))?;
            hashed.map_err(StaffError::Hash)?
        }
        (None, Some(k)) if k.active => k.password_hash,
        (None, _) => return Err(StaffError::NoPassword),
    };
    let account = Account { book: app.config.book, account: name, role, place, password_hash, active };
    accounts::put(&mut c, &account, by.name, app.clock.now()).await?;
    forget_tokens(app, &account.account);
    Ok(account)
}

/// Revokes an account, and says since when it is. What its devices hold from before can still be handed in. Again, it stays as it is.
///
/// # Errors
/// If there is none, it may not be, or the database cannot be written.
pub async fn revoke(app: &App, by: &By<'_>, name: &AccountId, reason: &str) -> Result<(Account, Option<Instant>), StaffError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON {
        return Err(StaffError::Reason);
    }
    let mut c = app.db.connection().await?;
    let known = accounts::find(&c, app.config.book, name).await?.ok_or(StaffError::Unknown)?;
    changeable(by, &known)?;
    if known.active {
        accounts::revoke(&mut c, &known, by.name, reason, app.clock.now()).await?;
        forget_tokens(app, name);
    }
    let since = accounts::revoked_at(&c, app.config.book, name).await?;
    Ok((Account { active: false, ..known }, since))
}

fn changeable(by: &By<'_>, known: &Account) -> Result<(), StaffError> {
    match known {
        k if k.role == Role::PeerBook => Err(StaffError::Peer),
        k if !k.place.is_within(by.place) => Err(StaffError::Unknown),
        k if k.account.as_str() == by.name => Err(StaffError::Own),
        _ => Ok(()),
    }
}

/// What this server remembers of the account's tokens is asked from the database again.
fn forget_tokens(app: &App, name: &AccountId) {
    if let Ok(mut cache) = app.tokens.lock() {
        cache.retain(|_, (a, _)| a.account != *name);
    }
}
