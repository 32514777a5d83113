//! The shelf of protocols: the exact text of every protocol that was adopted or can be, by its hash.

use crate::error::StoreError;
use deadpool_postgres::GenericClient;
use quell_foundation::{Hash, ProtocolId};
use quell_protocol::Protocol;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Protocols by the hash of their text, read once.
#[derive(Default)]
pub struct Shelf(Mutex<HashMap<Hash, Arc<Protocol>>>);

impl Shelf {
    /// The protocol with this hash.
    pub async fn get(&self, client: &impl GenericClient, hash: Hash) -> Result<Arc<Protocol>, StoreError> {
        if let Some(p) = self.0.lock().ok().and_then(|m| m.get(&hash).cloned()) {
            return Ok(p);
        }
        let row = client
            .query_opt("SELECT protocol, body FROM quell.protocol_text WHERE content_hash = $1", &[&hash.to_string()])
            .await
            .map_err(StoreError::at("protocol"))?
            .ok_or(StoreError::NoProtocol(hash))?;
        let body: String = row.get(1);
        if Hash::of(body.as_bytes()) != hash {
            return Err(StoreError::Unreadable { operation: "protocol", detail: format!("the text of {hash} was changed") });
        }
        let p = quell_protocol::load(row.get(0), &body).map_err(|problems| StoreError::Unreadable {
            operation: "protocol",
            detail: problems.first().map(ToString::to_string).unwrap_or_default(),
        })?;
        let p = Arc::new(p);
        if let Ok(mut m) = self.0.lock() {
            m.insert(hash, p.clone());
        }
        Ok(p)
    }
}

/// Puts a protocol's text on the shelf; returns its hash. The text must have been checked.
pub async fn put(client: &impl GenericClient, id: &ProtocolId, text: &str) -> Result<Hash, StoreError> {
    let hash = Hash::of(text.as_bytes());
    client
        .execute(
            "INSERT INTO quell.protocol_text (content_hash, protocol, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            &[&hash.to_string(), &id.as_str(), &text],
        )
        .await
        .map_err(StoreError::at("protocol"))?;
    Ok(hash)
}

/// A protocol's text as it stands on the shelf.
#[derive(Debug, Clone)]
pub struct Shelved {
    /// Its id.
    pub id: ProtocolId,
    /// Hash of the text.
    pub hash: Hash,
    /// The text.
    pub text: String,
}

/// Every text on the shelf, in the order of ids; of one id there can be several. Whoever reads one compares its hash.
pub async fn texts(client: &impl GenericClient) -> Result<Vec<Shelved>, StoreError> {
    let bad = |detail: String| StoreError::Unreadable { operation: "protocol", detail };
    let rows = client
        .query("SELECT protocol, content_hash, body FROM quell.protocol_text ORDER BY protocol, content_hash", &[])
        .await
        .map_err(StoreError::at("protocol"))?;
    rows.iter()
        .map(|r| {
            let (text, said): (String, &str) = (r.get(2), r.get(1));
            let hash = Hash::of(text.as_bytes());
            if hash.to_string() != said {
                return Err(bad(format!("the text of {said} was changed")));
            }
            Ok(Shelved { id: ProtocolId::new(r.get::<_, &str>(0)).map_err(|e| bad(e.to_string()))?, hash, text })
        })
        .collect()
}
