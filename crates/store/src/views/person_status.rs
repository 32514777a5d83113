//! The small answer for a door: may this person pass, and if not, why, until when, and who decided.

use super::person::ABOVE;
use super::single;
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::Standing;
use quell_foundation::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A negative result: the person was swabbed at one time and the result was there at another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NegativeTest {
    /// When swabbed.
    pub sampled_at: Instant,
    /// When the result was there.
    pub resulted_at: Instant,
}

/// A restriction with its reason, its end and who decided it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Restriction {
    /// `case`, `isolation` (contact in an isolation site), `awaiting_isolation` (contact who is to be taken to one), `home_isolation`,
    /// `home_monitoring`, `recall` (a member of a positive pool, until a single sample is negative) or `zone`.
    pub kind: String,
    /// Why: the contact record's evidence, the zone's reason, or the protocol's rule.
    pub reason: String,
    /// When it ends, as far as it is fixed: a case's stay ends by exit tests, not by date.
    pub until: Option<Instant>,
    /// Who decided it; none where it follows from a test result by the protocol.
    pub decider: Option<String>,
    /// Where: the place of a zone.
    pub place: Option<PlaceId>,
}

/// Where a person stands, for the door.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PersonStatus {
    /// Person.
    pub person_id: PersonId,
    /// Where the person stands.
    pub standing: Standing,
    /// Since when.
    pub standing_since: Option<Instant>,
    /// The latest swab with a negative result; none if the tube was filled outside the reader's scope.
    pub last_negative: Option<NegativeTest>,
    /// Hours since that swab, for rules such as "negative within 48 hours".
    pub negative_age_h: Option<f64>,
    /// What restricts the person now; empty when nothing does.
    pub restrictions: Vec<Restriction>,
    /// Position of the log that this reflects.
    pub as_of_seq: i64,
}

/// SQL: the contact record `c` by which the person `p` is a contact now.
macro_rules! contact {
    () => {
        "LEFT JOIN LATERAL (SELECT reason, until, decider FROM quell.contact
            WHERE book_id = $1 AND person_id = p.person_id AND state = 'active' ORDER BY last_exposure DESC LIMIT 1) c ON true"
    };
}

/// SQL: what restricts the person `p` by a case, a contact record or a recall, as rows (kind, reason, until, decider, place, since).
pub(super) const RESTRICTED: &str = concat!(
    "
        SELECT CASE p.standing WHEN 'isolated' THEN 'isolation' WHEN 'home_isolation' THEN 'home_isolation'
                   WHEN 'home_monitoring' THEN 'home_monitoring' ELSE 'case' END AS kind,
               CASE WHEN p.standing IN ('isolated', 'home_isolation') THEN coalesce(c.reason, d.rule, 'contact')
                   WHEN p.standing = 'home_monitoring' THEN coalesce(d.rule, 'home_monitoring')
                   ELSE (SELECT k.classification FROM quell.\"case\" k
                       WHERE k.book_id = $1 AND k.person_id = p.person_id AND k.state = 'active' LIMIT 1)
               END AS reason,
               CASE WHEN p.standing IN ('isolated', 'home_isolation') THEN coalesce(c.until, d.due)
                   WHEN p.standing = 'home_monitoring' THEN d.due END AS until,
               CASE WHEN p.standing IN ('isolated', 'home_isolation') THEN c.decider END AS decider, NULL::text AS place,
               p.standing_since AS since
        FROM (SELECT) one
        ",
    contact!(),
    "
        LEFT JOIN LATERAL (SELECT due, rule FROM quell.duty
            WHERE book_id = $1 AND person_id = p.person_id AND state = 'open' AND kind IN ('release', 'discharge') ORDER BY due LIMIT 1) d ON true
        WHERE p.standing IN ('infected', 'inpatient', 'isolated', 'home_isolation', 'home_monitoring')
      UNION ALL
        SELECT 'awaiting_isolation', coalesce(c.reason, d.rule), c.until, c.decider, NULL, d.opened_at
        FROM quell.duty d ",
    contact!(),
    "
        WHERE d.book_id = $1 AND d.person_id = p.person_id AND d.state = 'open' AND d.kind = 'isolate'
            AND p.standing NOT IN ('infected', 'inpatient', 'isolated', 'dead')
      UNION ALL
        SELECT 'recall', d.rule, NULL, NULL, NULL, d.opened_at
        FROM (SELECT rule, state, opened_at FROM quell.duty
            WHERE book_id = $1 AND person_id = p.person_id AND kind = 'recall' ORDER BY opened_seq DESC, duty_id LIMIT 1) d
        WHERE d.state = 'open' OR p.exposure = 'recalled'"
);

/// SQL: the end of a zone `z`, as far as it is fixed.
pub(super) const ZONE_UNTIL: &str = "(
                   SELECT min(d.due) FROM quell.duty d WHERE d.book_id = $1 AND d.state = 'open' AND d.person_id IS NULL
                       AND d.subject = z.place AND d.kind = 'lift_zone')";

/// SQL: zones that restrict those who live in them.
pub(super) const ZONE_IN_FORCE: &str = "z.lifted_at IS NULL AND z.level <> 'low'";

/// SQL: all records of the person `p`: this one, and those that were merged into it.
pub(super) const RECORDS: &str =
    "ARRAY(SELECT m.person_id FROM quell.person m WHERE m.book_id = $1 AND m.same_as = p.person_id) || p.person_id";

/// SQL: the registration `g` in a tube `t` whose result is negative.
pub(super) const NEGATIVE: &str = "g.void_seq IS NULL AND t.result = 'negative' AND t.resulted_at IS NOT NULL";

/// Where a person stands now, of a second record the one under which the person goes on; none if there is no such person in the reader's scope. One statement, by keys only.
pub async fn person_status(tx: &Transaction<'_>, book: BookId, id: PersonId, now: Instant) -> Result<Option<PersonStatus>, StoreError> {
    let sql = format!(
        "
SELECT p.person_id, p.standing, p.standing_since, n.last_negative,
    date_part('epoch', $3::text::timestamptz - n.sampled_at) / 3600 AS negative_age_h,
    (SELECT coalesce(json_agg(r), '[]') FROM ({RESTRICTED}
      UNION ALL
        SELECT 'zone', z.level || ': ' || z.reason, {ZONE_UNTIL}, z.decider, z.place, z.designated_at
        FROM quell.zone z WHERE z.book_id = $1 AND z.place = ANY({ABOVE}) AND {ZONE_IN_FORCE}
    ) r) AS restrictions,
    (SELECT b.head_seq FROM quell.book b WHERE b.book_id = $1) AS as_of_seq
FROM quell.person p
LEFT JOIN LATERAL (
    SELECT g.sampled_at, json_build_object('sampled_at', g.sampled_at, 'resulted_at', t.resulted_at) AS last_negative
    FROM quell.registration g JOIN quell.tube t ON t.book_id = $1 AND t.tube = g.tube
    WHERE g.book_id = $1 AND g.person_id = ANY({RECORDS}) AND {NEGATIVE}
    ORDER BY g.sampled_at DESC LIMIT 1) n ON true
WHERE p.book_id = $1
    AND p.person_id = (SELECT coalesce(q.same_as, q.person_id) FROM quell.person q WHERE q.book_id = $1 AND q.person_id = $2)"
    );
    let found: Option<PersonStatus> = single(tx, "status of a person", &sql, &[&book.0, &id.0, &now.to_string()]).await?;
    // What has run out restricts nobody, whether or not anyone has said so yet. A zone stands until it is lifted.
    let in_force = |r: &Restriction| r.place.is_some() || r.until.is_none_or(|u| u > now);
    Ok(found.map(|mut s| {
        s.restrictions.retain(in_force);
        s
    }))
}
