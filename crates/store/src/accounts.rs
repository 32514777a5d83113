//! Accounts and tokens. Whatever changes of them is an entry of the audit log, in the same transaction.

use crate::audit::{self, Entry};
use crate::error::StoreError;
use crate::views::within;
use deadpool_postgres::GenericClient;
use quell_book::Role;
use quell_foundation::*;

/// An account: a role at a place.
#[derive(Debug, Clone)]
pub struct Account {
    /// Book.
    pub book: BookId,
    /// Name.
    pub account: AccountId,
    /// What it may do.
    pub role: Role,
    /// Where.
    pub place: PlaceId,
    /// Argon2 hash of the password (PHC string).
    pub password_hash: String,
    /// False: may not log in; what its devices hold from before can still be handed in ([`revoked_by_token`]).
    pub active: bool,
}

/// Creates an account or replaces its role, place, password and state. `by`: who does it.
pub async fn put(c: &mut impl GenericClient, a: &Account, by: &str, now: Instant) -> Result<(), StoreError> {
    put_because(c, a, by, None, now).await
}

/// Revokes an account: it may not log in any more; what its devices hold from before can still be handed in. Why goes into the audit log.
pub async fn revoke(c: &mut impl GenericClient, a: &Account, by: &str, reason: &str, now: Instant) -> Result<(), StoreError> {
    put_because(c, &Account { active: false, ..a.clone() }, by, Some(reason), now).await
}

async fn put_because(c: &mut impl GenericClient, a: &Account, by: &str, reason: Option<&str>, now: Instant) -> Result<(), StoreError> {
    let tx = c.transaction().await.map_err(StoreError::at("account"))?;
    audit::append(&tx, a.book, &[Entry::account_put(by, a, reason, now)]).await?;
    tx.execute(
        "INSERT INTO quell.account AS a (book_id, account, role, place, password_hash, active, created_at, revoked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7::text::timestamptz, CASE WHEN $6 THEN NULL ELSE $7::text::timestamptz END)
         ON CONFLICT (book_id, account) DO UPDATE SET role = excluded.role, place = excluded.place,
             password_hash = excluded.password_hash, active = excluded.active,
             revoked_at = CASE WHEN excluded.active THEN NULL ELSE coalesce(a.revoked_at, excluded.revoked_at) END",
        &[&a.book.0, &a.account.as_str(), &a.role.as_str(), &a.place.as_str(), &a.password_hash, &a.active, &now.to_string()],
    )
    .await
    .map_err(StoreError::at("account"))?;
    tx.commit().await.map_err(StoreError::at("account"))
}

fn read(r: &tokio_postgres::Row) -> Result<Account, StoreError> {
    let bad = |detail: String| StoreError::Unreadable { operation: "account", detail };
    Ok(Account {
        book: BookId(r.get(0)),
        account: AccountId::new(r.get::<_, String>(1)).map_err(|e| bad(e.to_string()))?,
        role: r.get::<_, &str>(2).parse().map_err(bad)?,
        place: PlaceId::new(r.get::<_, String>(3)).map_err(|e| bad(e.to_string()))?,
        password_hash: r.get(4),
        active: r.get(5),
    })
}

const COLUMNS: &str = "a.book_id, a.account, a.role, a.place, a.password_hash, a.active";

/// All accounts of a book.
pub async fn list(c: &impl GenericClient, book: BookId) -> Result<Vec<Account>, StoreError> {
    let rows = c
        .query(&format!("SELECT {COLUMNS} FROM quell.account a WHERE book_id = $1 ORDER BY account"), &[&book.0])
        .await
        .map_err(StoreError::at("accounts"))?;
    rows.iter().map(read).collect()
}

/// Accounts of the places at or below `place` in the order of their names, those behind `after`, each with the time since when it is
/// revoked.
pub async fn page(
    c: &impl GenericClient,
    book: BookId,
    place: &PlaceId,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<(Account, Option<Instant>)>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS}, (extract(epoch FROM a.revoked_at) * 1000000)::bigint FROM quell.account a
         WHERE book_id = $1 AND {} AND ($3::text IS NULL OR account > $3::text) ORDER BY account LIMIT $4",
        within("a.place", 2)
    );
    let rows = c.query(&sql, &[&book.0, &place.as_str(), &after, &limit]).await.map_err(StoreError::at("accounts"))?;
    rows.iter().map(|r| Ok((read(r)?, r.get::<_, Option<i64>>(6).map(Instant)))).collect()
}

/// The account of this name.
pub async fn find(c: &impl GenericClient, book: BookId, name: &AccountId) -> Result<Option<Account>, StoreError> {
    let row = c
        .query_opt(&format!("SELECT {COLUMNS} FROM quell.account a WHERE book_id = $1 AND account = $2"), &[&book.0, &name.as_str()])
        .await
        .map_err(StoreError::at("account"))?;
    row.as_ref().map(read).transpose()
}

/// Since when the account of this name is revoked.
pub async fn revoked_at(c: &impl GenericClient, book: BookId, name: &AccountId) -> Result<Option<Instant>, StoreError> {
    let sql = "SELECT (extract(epoch FROM revoked_at) * 1000000)::bigint FROM quell.account WHERE book_id = $1 AND account = $2";
    let row = c.query_opt(sql, &[&book.0, &name.as_str()]).await.map_err(StoreError::at("account"))?;
    Ok(row.and_then(|r| r.get::<_, Option<i64>>(0)).map(Instant))
}

/// Stores a token by its hash: somebody has logged in.
pub async fn put_token(c: &mut impl GenericClient, a: &Account, token: Hash, now: Instant, expires: Instant) -> Result<(), StoreError> {
    let tx = c.transaction().await.map_err(StoreError::at("token"))?;
    audit::append(&tx, a.book, &[Entry::logged_in(a, token, now, expires)]).await?;
    tx.execute(
        "INSERT INTO quell.token (book_id, token_hash, account, created_at, expires_at)
         VALUES ($1, $2, $3, $4::text::timestamptz, $5::text::timestamptz)",
        &[&a.book.0, &token.to_string(), &a.account.as_str(), &now.to_string(), &expires.to_string()],
    )
    .await
    .map_err(StoreError::at("token"))?;
    tx.commit().await.map_err(StoreError::at("token"))
}

/// The active account behind a token that has not expired, and when the token does.
pub async fn by_token(c: &impl GenericClient, token: Hash, now: Instant) -> Result<Option<(Account, Instant)>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS}, (extract(epoch FROM t.expires_at) * 1000000)::bigint
         FROM quell.token t JOIN quell.account a ON a.book_id = t.book_id AND a.account = t.account
         WHERE t.token_hash = $1 AND t.expires_at > $2::text::timestamptz AND a.active"
    );
    let row = c.query_opt(&sql, &[&token.to_string(), &now.to_string()]).await.map_err(StoreError::at("token"))?;
    row.map(|r| Ok((read(&r)?, Instant(r.get(6))))).transpose()
}

/// How long after its revocation an account may hand in what its devices hold from before.
const HANDS_IN_FOR: Span = Span::days(30);

/// The revoked account behind a token that was good when it was revoked, and when that was.
pub async fn revoked_by_token(c: &impl GenericClient, token: Hash, now: Instant) -> Result<Option<(Account, Instant)>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS}, (extract(epoch FROM a.revoked_at) * 1000000)::bigint
         FROM quell.token t JOIN quell.account a ON a.book_id = t.book_id AND a.account = t.account
         WHERE t.token_hash = $1 AND NOT a.active AND t.created_at <= a.revoked_at AND t.expires_at > a.revoked_at
             AND a.revoked_at > $2::text::timestamptz"
    );
    let since = now.plus(Span(-HANDS_IN_FOR.0)).to_string();
    let row = c.query_opt(&sql, &[&token.to_string(), &since]).await.map_err(StoreError::at("token"))?;
    row.map(|r| Ok((read(&r)?, Instant(r.get(6))))).transpose()
}

/// Ends all tokens of an account.
pub async fn drop_tokens(c: &impl GenericClient, book: BookId, account: &AccountId) -> Result<(), StoreError> {
    c.execute("DELETE FROM quell.token WHERE book_id = $1 AND account = $2", &[&book.0, &account.as_str()])
        .await
        .map_err(StoreError::at("token"))?;
    Ok(())
}

/// Ends a token.
pub async fn drop_token(c: &impl GenericClient, book: BookId, token: Hash) -> Result<(), StoreError> {
    c.execute("DELETE FROM quell.token WHERE book_id = $1 AND token_hash = $2", &[&book.0, &token.to_string()])
        .await
        .map_err(StoreError::at("token"))?;
    Ok(())
}
