//! Who infected whom: links with their doubts, generations, and cases without a known source.

use super::{Page, Paging, SEPARATOR, head_seq, list, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{Certainty, Classification, Doubt, EventKind, ExposureContext, Ill, LinkSeen, clusters, doubts, generations};
use quell_foundation::*;
use quell_protocol::{Protocol, Setting};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A link between two cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LinkItem {
    /// Link.
    pub link_id: LinkId,
    /// The source, or one of the two.
    pub source_case: CaseId,
    /// The number by which people know it.
    pub source_number: Option<CaseNumber>,
    /// Its name.
    pub source_name: Option<String>,
    /// Its onset.
    pub source_onset: Option<Instant>,
    /// The one infected, or the other of the two.
    pub target_case: CaseId,
    /// The number by which people know it.
    pub target_number: Option<CaseNumber>,
    /// Its name.
    pub target_name: Option<String>,
    /// Its onset.
    pub target_onset: Option<Instant>,
    /// It is known who infected whom.
    pub directed: bool,
    /// How certain it is.
    pub certainty: Certainty,
    /// Where or how it happened.
    pub context: Option<ExposureContext>,
    /// When they met.
    pub contact_at: Option<Instant>,
    /// On which evidence.
    pub evidence: String,
    /// When it was said.
    pub stated_at: Instant,
    /// Withdrawn: why.
    pub withdrawn: Option<String>,
    /// The cluster of both: the least id of the cases that are linked, directly or by others.
    #[serde(default)]
    pub cluster: Option<CaseId>,
    /// Generation of the target: 0 without a source; none on a circle.
    #[serde(default)]
    pub generation: Option<u32>,
    /// Why it is doubtful.
    #[serde(default)]
    pub doubts: Vec<Doubt>,
    #[serde(default, skip_serializing)]
    #[schemars(skip)]
    source_withdrawn: bool,
    #[serde(default, skip_serializing)]
    #[schemars(skip)]
    target_withdrawn: bool,
}

/// All links between cases, of which the target lives at a place or below: doubts and generations need the whole of them. In the order
/// in which they were said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Chains {
    /// The links.
    pub links: Vec<LinkItem>,
    /// What hangs together by links that stand, the largest first.
    pub clusters: Vec<Cluster>,
    /// Position of the log that this reflects: this one or a later one.
    pub as_of_seq: i64,
}

/// Cases that are linked, directly or by others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cluster {
    /// The least id of its cases.
    pub cluster: CaseId,
    /// How many cases.
    pub cases: usize,
    /// Generations: one for cases without a source, as far as known.
    pub generations: u32,
    /// The first onset that is known.
    pub first_onset: Option<Instant>,
    /// The last one.
    pub last_onset: Option<Instant>,
    /// The events at which two or more of its cases were, the first first.
    pub events: Vec<SharedEvent>,
}

/// An event at which several cases of a cluster were.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SharedEvent {
    /// Event.
    pub event: GroupId,
    /// Its name.
    pub name: String,
    /// What kind of event it was.
    pub kind: EventKind,
    /// How many of the cluster's cases.
    pub cases: usize,
}

#[derive(Deserialize)]
struct AtEvent {
    event: GroupId,
    name: String,
    kind: EventKind,
    case_id: CaseId,
}

/// Which of these cases took part in which event that stands, by the order of the events.
async fn at_events(tx: &Transaction<'_>, book: BookId, cases: &[uuid::Uuid]) -> Result<Vec<AtEvent>, StoreError> {
    const SQL: &str = "
        SELECT DISTINCT e.starts, e.event, e.name, e.kind, c.case_id
        FROM unnest($2::uuid[]) k(id) JOIN quell.\"case\" c ON c.book_id = $1 AND c.case_id = k.id AND c.state <> 'withdrawn'
        CROSS JOIN LATERAL (SELECT c.person_id AS id UNION SELECT q.person_id FROM quell.person q WHERE q.book_id = $1 AND q.same_as = c.person_id) w
        JOIN quell.membership m ON m.book_id = $1 AND m.person_id = w.id AND m.kind = 'event'
        JOIN quell.event e ON e.book_id = $1 AND e.event = m.group_id AND e.withdrawn_at IS NULL
            AND greatest(e.starts, m.starts) <= least(e.ends, m.ends)
        ORDER BY e.starts, e.event, c.case_id";
    list(tx, "events of clusters", SQL, &[&book.0, &cases]).await
}

/// Each cluster with the events that two or more of its cases share.
fn share(clusters: &mut [Cluster], of: &BTreeMap<CaseId, CaseId>, found: Vec<AtEvent>) {
    let mut shared: BTreeMap<CaseId, Vec<SharedEvent>> = BTreeMap::new();
    for AtEvent { event, name, kind, case_id } in found {
        let Some(events) = of.get(&case_id).map(|c| shared.entry(*c).or_default()) else { continue };
        // In the order of the events: the same one is the last.
        match events.last_mut().filter(|e| e.event == event) {
            Some(e) => e.cases += 1,
            None => events.push(SharedEvent { event, name, kind, cases: 1 }),
        }
    }
    for c in clusters {
        c.events = shared.remove(&c.cluster).unwrap_or_default();
        c.events.retain(|e| e.cases > 1);
    }
}

fn clusters_of(of: &BTreeMap<CaseId, CaseId>, cases: &BTreeMap<CaseId, Ill>, generation: &BTreeMap<CaseId, u32>) -> Vec<Cluster> {
    let mut found: BTreeMap<CaseId, Cluster> = BTreeMap::new();
    for (case, cluster) in of {
        let empty = Cluster { cluster: *cluster, cases: 0, generations: 0, first_onset: None, last_onset: None, events: Vec::new() };
        let c = found.entry(*cluster).or_insert(empty);
        let onset = cases.get(case).and_then(|i| i.onset);
        c.cases += 1;
        c.generations = c.generations.max(generation.get(case).map_or(0, |g| g + 1));
        c.first_onset = [c.first_onset, onset].into_iter().flatten().min();
        c.last_onset = c.last_onset.max(onset);
    }
    let mut found: Vec<Cluster> = found.into_values().collect();
    found.sort_by_key(|c| (std::cmp::Reverse(c.cases), c.cluster));
    found
}

/// The links of a place, with what is doubtful about them under a protocol.
pub async fn chains(tx: &Transaction<'_>, book: BookId, place: &PlaceId, protocol: &Protocol) -> Result<Chains, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let sql = format!(
        "SELECT l.link_id, l.source_case, s.number AS source_number, sp.name AS source_name, s.onset AS source_onset, l.target_case, t.number AS target_number, tp.name AS target_name,
             t.onset AS target_onset, l.directed, l.certainty, l.context, l.contact_at, l.evidence, l.stated_at, l.withdrawn,
             coalesce(s.state = 'withdrawn', false) AS source_withdrawn, coalesce(t.state = 'withdrawn', false) AS target_withdrawn
         FROM quell.link l
         LEFT JOIN quell.\"case\" s ON s.book_id = $1 AND s.case_id = l.source_case
         LEFT JOIN quell.person sp ON sp.book_id = $1 AND sp.person_id = s.person_id
         LEFT JOIN quell.\"case\" t ON t.book_id = $1 AND t.case_id = l.target_case
         LEFT JOIN quell.person tp ON tp.book_id = $1 AND tp.person_id = t.person_id
         WHERE l.book_id = $1 AND {} ORDER BY l.seq, l.link_id",
        within("l.place", 2)
    );
    let mut links: Vec<LinkItem> = list(tx, "links between cases", &sql, &[&book.0, &place.as_str()]).await?;
    let see = |l: &LinkItem| LinkSeen {
        link: l.link_id,
        source: l.source_case,
        target: l.target_case,
        directed: l.directed,
        contact_at: l.contact_at,
    };
    let standing: Vec<LinkSeen> = links.iter().filter(|l| l.withdrawn.is_none()).map(see).collect();
    let mut cases: BTreeMap<CaseId, Ill> = BTreeMap::new();
    for l in &links {
        cases.insert(l.source_case, Ill { onset: l.source_onset, withdrawn: l.source_withdrawn });
        cases.insert(l.target_case, Ill { onset: l.target_onset, withdrawn: l.target_withdrawn });
    }
    let mut doubted = doubts(protocol, &standing, &cases);
    let generation = generations(&standing, cases.keys().copied());
    let cluster = clusters(&standing);
    for l in links.iter_mut().filter(|l| l.withdrawn.is_none()) {
        l.cluster = cluster.get(&l.target_case).copied();
        l.generation = generation.get(&l.target_case).copied();
        l.doubts = doubted.remove(&l.link_id).unwrap_or_default().into_iter().collect();
    }
    let mut hanging_together = clusters_of(&cluster, &cases, &generation);
    let ids: Vec<uuid::Uuid> = cluster.keys().map(|c| c.0).collect();
    share(&mut hanging_together, &cluster, at_events(tx, book, &ids).await?);
    Ok(Chains { clusters: hanging_together, links, as_of_seq })
}

/// A case without a known source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnlinkedCase {
    /// Case.
    pub case_id: CaseId,
    /// The number by which people know it.
    pub number: Option<CaseNumber>,
    /// Person.
    pub person_id: PersonId,
    /// Name.
    pub name: Option<String>,
    /// Home.
    pub home: Option<PlaceId>,
    /// Classification.
    pub classification: Classification,
    /// Found.
    pub found_at: Instant,
    /// Onset.
    pub onset: Option<Instant>,
    /// Where found.
    pub setting: Setting,
    /// The cases of which the person was a listed contact before: the first to ask about.
    pub contact_of: Vec<CaseId>,
    /// The full investigation is in.
    pub investigated: bool,
}

/// Cases without a directed link that points to them and that did not arrive infected, the latest found first.
pub async fn unlinked(tx: &Transaction<'_>, book: BookId, place: &PlaceId, page: &Paging) -> Result<Page<UnlinkedCase>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let [found, id] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let sql = format!(
        "SELECT c.case_id, c.number, c.person_id, p.name, p.home, c.classification, c.found_at, c.onset, c.setting,
             ARRAY(SELECT k.case_id FROM quell.contact k WHERE k.book_id = $1 AND k.person_id = c.person_id AND k.case_id IS NOT NULL
                 AND k.state <> 'dropped' ORDER BY k.last_exposure DESC, k.contact_id) AS contact_of,
             EXISTS (SELECT FROM quell.investigation i WHERE i.book_id = $1 AND i.case_id = c.case_id AND i.full_filed_at IS NOT NULL)
                 AS investigated
         FROM quell.\"case\" c LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = c.person_id
         WHERE c.book_id = $1 AND {} AND c.state <> 'withdrawn' AND c.setting <> 'arrival' AND NOT EXISTS (
             SELECT FROM quell.link l WHERE l.book_id = $1 AND l.target_case = c.case_id AND l.directed AND l.withdrawn IS NULL)
             AND ($3::text IS NULL OR (c.found_at, c.case_id) < ($3::text::timestamptz, $4::text::uuid))
         ORDER BY c.found_at DESC, c.case_id DESC LIMIT $5",
        within("c.place", 2)
    );
    let found = list(tx, "unlinked cases", &sql, &[&book.0, &place.as_str(), &found, &id, &page.rows()]).await?;
    Ok(Page::new(found, page, as_of_seq, |c: &UnlinkedCase| format!("{}{SEPARATOR}{}", c.found_at, c.case_id)))
}
