//! The protocols that can be looked at: those that come with Quell, those that were adopted, and the one in force.

use crate::app::App;
use quell_foundation::*;
use quell_protocol::Protocol;
use quell_store::{StoreError, log, shelf};

/// A protocol with its exact text.
pub struct Text {
    /// Its id.
    pub id: ProtocolId,
    /// The text, as it was adopted or comes with Quell.
    pub text: String,
    /// What it says.
    pub protocol: Protocol,
    /// True if the response runs under this very text.
    pub in_force: bool,
}

/// All of them, in the order of ids. Of one id the text in force stands for it; else the one that comes with Quell; else the one adopted.
///
/// # Errors
/// If the database does not answer, or a text cannot be read.
pub async fn all(app: &App) -> Result<Vec<Text>, StoreError> {
    let c = app.db.connection().await?;
    let head = log::head(&c, app.config.book, false).await?.protocol;
    let shipped = quell_protocol::builtins().map(|(id, text)| (id, text.to_owned()));
    let adopted = shelf::texts(&c).await?;
    let mut found: Vec<Text> = Vec::new();
    for (id, text) in shipped.chain(adopted.into_iter().map(|s| (s.id, s.text))) {
        let in_force = match &head {
            Some((_, hash)) => *hash == Hash::of(text.as_bytes()),
            None => id == *app.default_protocol.id(),
        };
        match found.iter().position(|t| t.id == id) {
            Some(_) if !in_force => {}
            Some(at) if found[at].in_force => {}
            Some(at) => found[at] = read(id, text, in_force)?,
            None => found.push(read(id, text, in_force)?),
        }
    }
    found.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(found)
}

fn read(id: ProtocolId, text: String, in_force: bool) -> Result<Text, StoreError> {
    let protocol = quell_protocol::load(id.as_str(), &text).map_err(|problems| StoreError::Unreadable {
        operation: "protocol",
        detail: problems.first().map(ToString::to_string).unwrap_or_default(),
    })?;
    Ok(Text { id, text, protocol, in_force })
}

/// One of them.
///
/// # Errors
/// As [`all`].
pub async fn one(app: &App, id: &ProtocolId) -> Result<Option<Text>, StoreError> {
    Ok(all(app).await?.into_iter().find(|t| t.id == *id))
}

/// The one in force.
///
/// # Errors
/// As [`all`].
pub async fn in_force(app: &App) -> Result<Option<Text>, StoreError> {
    Ok(all(app).await?.into_iter().find(|t| t.in_force))
}
