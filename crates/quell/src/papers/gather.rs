//! What stands on papers, asked from the book in the name of whoever prints them: every look at persons is written down.

use super::{Letterhead, PaperError, Walk};
use crate::app::App;
use crate::viewer::Viewer;
use quell_documents::{Document, Words};
use quell_foundation::*;
use quell_store::find;
use quell_store::views::{self, ContactFilter, ContactItem, FollowUpNeed, OrderFilter, OrderItem, Page, Paging, TeamItem};
use std::collections::BTreeMap;

/// Where a telephone is written in by hand.
const TO_WRITE: &str = "____________________";

/// Which orders.
#[derive(Debug, Clone, Default)]
pub struct OrdersOf {
    /// This order.
    pub order: Option<OrderId>,
    /// Orders about this person.
    pub person: Option<PersonId>,
    /// Residents of this place and below; by default all that may be seen.
    pub place: Option<PlaceId>,
    /// Of certificates: orders that ended on this day; by default today.
    pub day: Option<Day>,
    /// At most so many; without it all.
    pub most: Option<usize>,
}

/// Which sheets.
#[derive(Debug, Clone, Default)]
pub struct SheetsOf {
    /// The team, by id or name; without it every team, and those who have none.
    pub team: Option<String>,
    /// Residents of this place and below; of a listed team all its people by default.
    pub place: Option<PlaceId>,
    /// Whoever is to be seen by the end of this day; by default today.
    pub day: Option<Day>,
}

/// Papers, and whose they are.
pub struct Printed {
    /// The file.
    pub document: Document,
    /// For each paper, or row of a day sheet, the name on it.
    pub names: Vec<String>,
}

async fn letterhead(app: &App, telephone: &str) -> Result<Letterhead, PaperError> {
    let root = find::places(&app.db.connection().await?, app.config.book, std::slice::from_ref(&app.config.root)).await?.pop();
    let jurisdiction =
        root.map_or_else(|| Words::from(app.config.root.as_str()), |r| Words::new(r.name.clone(), r.name_en.clone().unwrap_or_default()));
    let (offset, now, protocol) = (app.config.offset, app.clock.now(), app.protocol().await?);
    let telephone = if telephone.trim().is_empty() { TO_WRITE } else { telephone.trim() }.to_owned();
    Ok(Letterhead { jurisdiction, telephone, protocol, offset, now })
}

/// Notices of the orders in force.
///
/// # Errors
/// If there are none, or they cannot be read or set.
pub async fn notices(v: &Viewer<'_>, of: &OrdersOf, telephone: &str) -> Result<Printed, PaperError> {
    let head = letterhead(v.app, telephone).await?;
    let orders = orders(v, &head, of, false).await?;
    printed(&orders, head.notices(&orders))
}

/// Certificates of release: that orders have ended.
///
/// # Errors
/// If there are none, one is in force, or they cannot be read or set.
pub async fn certificates(v: &Viewer<'_>, of: &OrdersOf, telephone: &str) -> Result<Printed, PaperError> {
    let head = letterhead(v.app, telephone).await?;
    let orders = orders(v, &head, of, true).await?;
    printed(&orders, head.certificates(&orders))
}

fn printed(orders: &[OrderItem], document: Result<Document, PaperError>) -> Result<Printed, PaperError> {
    Ok(Printed { document: document?, names: orders.iter().map(|x| x.name.clone().unwrap_or_default()).collect() })
}

async fn orders(v: &Viewer<'_>, head: &Letterhead, of: &OrdersOf, certificates: bool) -> Result<Vec<OrderItem>, PaperError> {
    let place = of.place.clone().unwrap_or_else(|| v.scope.place.clone());
    let one = of.order.is_some() || of.person.is_some();
    let day = of.day.unwrap_or_else(|| head.now.day(head.offset));
    let ended = (certificates && !one).then(|| (day.start(head.offset), day.plus(1).start(head.offset)));
    let filter =
        OrderFilter { place: place.clone(), person: of.person, order: of.order, in_force: !certificates && !one, appealed: false, ended };
    let book = v.scope.book;
    let mut orders = every(of.most, async |paging| {
        let page = v.read(async |tx| views::orders(tx, book, &filter, &paging, head.now).await).await?;
        v.looked(of.person, of.person.is_none().then_some(&place), page.items.len()).await.map_err(PaperError::Look)?;
        Ok(page)
    })
    .await?;
    // Of a person's orders, notices are for those in force, certificates for those that ended.
    if of.order.is_none() && of.person.is_some() {
        orders.retain(|x| x.in_force != certificates);
    }
    Ok(orders)
}

/// Day sheets, one a team that has somebody to see.
///
/// # Errors
/// If there is nobody to see, the team is not listed, or they cannot be read or set.
pub async fn day_sheets(v: &Viewer<'_>, of: &SheetsOf, chinese: bool) -> Result<Printed, PaperError> {
    let head = letterhead(v.app, "").await?;
    let (book, own) = (v.scope.book, &v.scope.place);
    let teams = v.read(async |tx| views::teams(tx, book, own, head.offset, head.now).await).await?.items;
    // An id goes before a name.
    let named = |name: &String| teams.iter().find(|t| t.team_id.as_str() == name).or_else(|| teams.iter().find(|t| t.name == *name));
    let listed = of.team.as_ref().and_then(named);
    let at = match (&of.place, &of.team) {
        (Some(place), _) => place,
        (None, Some(team)) if listed.is_none() => return Err(PaperError::UnknownTeam(team.clone())),
        (None, _) => own,
    };
    let filter = ContactFilter {
        place: at.clone(),
        state: None,
        category: None,
        case: None,
        need: Some(FollowUpNeed::Due),
        team: listed.map(|t| t.team_id.clone()),
        without_team: false,
    };
    let day = of.day.unwrap_or_else(|| head.now.day(head.offset));
    let times = (head.now, day.plus(1).start(head.offset));
    let mut contacts = every(None, async |paging| {
        let page = v.read(async |tx| views::contacts(tx, book, &filter, &paging, times).await).await?;
        v.looked(None, Some(at), page.items.len()).await.map_err(PaperError::Look)?;
        Ok(page)
    })
    .await?;
    contacts.sort_by(|a, b| (&a.home, a.person_id).cmp(&(&b.home, b.person_id)));
    let here = find::places(&v.app.db.connection().await?, book, std::slice::from_ref(at)).await?.pop();
    let here = here.map_or_else(|| at.to_string(), |p| p.name);
    let walk = |team: Option<&TeamItem>, name: &str, contacts| Walk {
        team: team.and_then(|t| t.name_en.as_deref()).filter(|_| !chinese).or(team.map(|t| t.name.as_str())).unwrap_or(name).to_owned(),
        members: team.map(|t| t.members.clone()).unwrap_or_default(),
        place: match (&of.place, team) {
            (None, Some(t)) => t.place_names.join(if chinese { "、" } else { ", " }),
            _ => here.clone(),
        },
        contacts,
    };
    let walks = match &of.team {
        Some(name) => vec![walk(listed, name, contacts)],
        None => {
            let mut of: BTreeMap<Option<TeamId>, Vec<ContactItem>> = BTreeMap::new();
            for c in contacts {
                of.entry(c.team_id.clone()).or_default().push(c);
            }
            let nobody = if chinese { "（无小组）" } else { "(no team)" };
            of.into_iter().map(|(id, theirs)| walk(teams.iter().find(|t| Some(&t.team_id) == id.as_ref()), nobody, theirs)).collect()
        }
    };
    let names = walks.iter().flat_map(|w| &w.contacts).map(|c| c.name.clone().unwrap_or_default()).collect();
    Ok(Printed { document: head.day_sheets(&walks, day, chinese)?, names })
}

/// The report of a day, sealed or open, for a place. It names nobody but owners of what is overdue.
///
/// # Errors
/// If there is no such day, or it cannot be read or set.
pub async fn daily_report(v: &Viewer<'_>, day: Day, place: &PlaceId, chinese: bool) -> Result<Document, PaperError> {
    let head = letterhead(v.app, "").await?;
    let found = v.read_book(async |tx| views::daily_report(tx, v.scope.book, day, place, head.now).await).await?;
    head.daily_report(&found.ok_or(PaperError::NoDay(day))?, chinese)
}

/// The items of all pages.
async fn every<T>(most: Option<usize>, mut page: impl AsyncFnMut(Paging) -> Result<Page<T>, PaperError>) -> Result<Vec<T>, PaperError> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let found = page(Paging { after, limit: views::MAX_LIMIT }).await?;
        all.extend(found.items);
        if let Some(most) = most.filter(|m| all.len() > *m) {
            return Err(PaperError::TooMany(most));
        }
        after = found.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}
