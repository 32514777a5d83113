//! The other books: where each is, and the token by which this one is known there. The token is kept enciphered under a key that is
//! derived from the identity key: who steals the database cannot hand in messages in this book's name.

use super::{Away, door_of};
use crate::app::App;
use crate::auth::peer_account;
use crate::identity::IdentityKey;
use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use hyper::Uri;
use quell_book::Role;
use quell_foundation::*;
use quell_store::accounts::{self, Account};
use quell_store::{StoreError, peers as store};
use rand::TryRng;

/// How long a token of another book is good for; a new one is given before that.
pub const TOKEN_LIFE: Span = Span::days(730);
/// No hash of any password: another book does not log in.
const NO_PASSWORD: &str = "!";

/// Enciphers the tokens of other books. A token is random throughout, so that each of its blocks stands for itself.
pub struct PeerTokens(Aes256);

impl PeerTokens {
    /// Of a book.
    pub fn new(key: &IdentityKey, book: BookId) -> Self {
        Self(Aes256::new(&key.derived("token of another book", book).into()))
    }
    /// A token as it is kept.
    pub fn seal(&self, token: Hash) -> String {
        let mut kept = token.0;
        for block in kept.chunks_exact_mut(16) {
            if let Ok(block) = block.try_into() {
                self.0.encrypt_block(block);
            }
        }
        Hash(kept).to_string()
    }
    /// The token that is kept so.
    pub fn open(&self, kept: &str) -> Option<Hash> {
        let mut token = kept.parse::<Hash>().ok()?.0;
        for block in token.chunks_exact_mut(16) {
            self.0.decrypt_block(block.try_into().ok()?);
        }
        Some(Hash(token))
    }
}

/// Another book, ready to be written to.
pub struct Peer {
    /// Its one door.
    pub door: Uri,
    /// The token by which this book is known there.
    pub token: String,
}

/// Where another book is; none if nobody has said so.
pub async fn find(app: &App, book: BookId) -> Result<Option<Peer>, Away> {
    let c = app.db.connection().await?;
    let Some(known) = store::list(&c, app.config.book).await?.into_iter().find(|p| p.book == book) else { return Ok(None) };
    let token = PeerTokens::new(&app.key, app.config.book).open(&known.sealed_token).ok_or(Away::Unusable(book))?;
    Ok(Some(Peer { door: door_of(&known.url).ok_or(Away::Unusable(book))?, token: token.to_string() }))
}

/// Lets another book hand in its messages here: the token by which it is known from now on. An earlier one ends.
///
/// # Errors
/// If the database cannot be written, or the system has no randomness.
pub async fn invite(app: &App, peer: BookId, by: &str) -> Result<Hash, StoreError> {
    let mut secret = [0u8; 32];
    rand::rngs::SysRng.try_fill_bytes(&mut secret).map_err(|e| StoreError::Pool(e.to_string()))?;
    let (token, now) = (Hash(secret), app.clock.now());
    let mut c = app.db.connection().await?;
    let account = account(app, peer, true)?;
    accounts::drop_tokens(&c, account.book, &account.account).await?;
    accounts::put(&mut c, &account, by, now).await?;
    accounts::put_token(&mut c, &account, Hash::of(token.to_string().as_bytes()), now, now.plus(TOKEN_LIFE)).await?;
    Ok(token)
}

fn account(app: &App, peer: BookId, active: bool) -> Result<Account, StoreError> {
    let name = peer_account(peer).map_err(|e| StoreError::Unreadable { operation: "peer", detail: e.to_string() })?;
    let (book, place) = (app.config.book, app.config.root.clone());
    Ok(Account { book, account: name, role: Role::PeerBook, place, password_hash: NO_PASSWORD.into(), active })
}

/// Says where another book is, and the token that it has given.
///
/// # Errors
/// If the database cannot be written.
pub async fn add(app: &App, peer: BookId, url: &str, token: Hash, by: &str) -> Result<(), StoreError> {
    let sealed_token = PeerTokens::new(&app.key, app.config.book).seal(token);
    let peer = store::Peer { book: peer, url: url.to_owned(), sealed_token, away_since: None, last_error: None };
    store::put(&mut app.db.connection().await?, app.config.book, &peer, by, app.clock.now()).await
}

/// Writes to another book no more, and lets it hand in nothing more; true if it was known.
///
/// # Errors
/// If the database cannot be written.
pub async fn remove(app: &App, peer: BookId, by: &str) -> Result<bool, StoreError> {
    let mut c = app.db.connection().await?;
    let now = app.clock.now();
    let shut = account(app, peer, false)?;
    let invited = accounts::find(&c, shut.book, &shut.account).await?.is_some_and(|a| a.active);
    if invited {
        accounts::drop_tokens(&c, shut.book, &shut.account).await?;
        accounts::put(&mut c, &shut, by, now).await?;
    }
    Ok(store::remove(&mut c, app.config.book, peer, by, now).await? || invited)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_with_the_key_of_its_book_only() {
        let tokens = |key: &str, book| PeerTokens::new(&IdentityKey::fixed(key), BookId(book));
        let token = Hash::of(b"token");
        let kept = tokens("a", 1).seal(token);
        assert_ne!(kept, token.to_string());
        assert_eq!(tokens("a", 1).open(&kept), Some(token));
        assert_ne!(tokens("a", 2).open(&kept), Some(token));
        assert_ne!(tokens("b", 1).open(&kept), Some(token));
        assert_eq!(tokens("a", 1).open("short"), None);
    }
}
