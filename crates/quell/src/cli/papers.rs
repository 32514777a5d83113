//! `quell print`: notices, certificates of release and day sheets as PDF.

use super::{CliError, Context, looked, read};
use crate::app::App;
use crate::papers::{Letterhead, PaperError, Walk};
use quell_documents::{Document, Words};
use quell_foundation::*;
use quell_store::find;
use quell_store::views::{self, ContactFilter, ContactItem, FollowUpNeed, OrderFilter, Page, Paging, TeamItem};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What is printed.
#[derive(clap::Subcommand)]
pub enum Print {
    /// Notices of the orders in force: of one order, of one person, or of everyone at a place.
    Notices(Orders),
    /// Certificates of release: of one order, of one person, or of all orders at a place that ended on a day.
    Certificates(Orders),
    /// The day sheet of a follow-up team, or of every one: its people who are to be seen. Of a team that is not listed: the contacts at a
    /// place.
    DaySheet(Sheet),
}

/// Which orders.
#[derive(clap::Args)]
pub struct Orders {
    /// This order.
    #[arg(long)]
    order: Option<OrderId>,
    /// Orders about this person.
    #[arg(long)]
    person: Option<PersonId>,
    /// Residents of this place and below; the whole book by default.
    #[arg(long)]
    place: Option<PlaceId>,
    /// Of certificates: orders that ended on this day. Default: today.
    #[arg(long)]
    day: Option<Day>,
    /// The telephone for appeals and questions.
    #[arg(long)]
    telephone: String,
    /// The file.
    #[arg(long, short)]
    out: PathBuf,
}

/// Which sheet.
#[derive(clap::Args)]
pub struct Sheet {
    /// The team, by id or name.
    #[arg(long, required_unless_present = "every_team")]
    team: Option<String>,
    /// A sheet for each team that has somebody to see, and one for those who have no team, in one file.
    #[arg(long, conflicts_with = "team")]
    every_team: bool,
    /// Residents of this place and below; of a listed team all its people by default.
    #[arg(long)]
    place: Option<PlaceId>,
    /// Whoever is to be seen by the end of this day. Default: today.
    #[arg(long)]
    day: Option<Day>,
    /// The file.
    #[arg(long, short)]
    out: PathBuf,
}

pub(super) async fn run(ctx: &Context, p: Print) -> Result<(), CliError> {
    let (ready, app) = ctx.open().await?;
    let done = match p {
        Print::Notices(o) => notices(ctx, &app, &o, false).await,
        Print::Certificates(o) => notices(ctx, &app, &o, true).await,
        Print::DaySheet(s) => day_sheets(ctx, &app, &s).await,
    };
    ready.stop();
    done
}

async fn letterhead<'a>(app: &App, protocol: &'a quell_protocol::Protocol, telephone: &str) -> Result<Letterhead<'a>, CliError> {
    let root = find::places(&app.db.connection().await?, app.config.book, std::slice::from_ref(&app.config.root)).await?.pop();
    let jurisdiction =
        root.map_or_else(|| Words::from(app.config.root.as_str()), |r| Words::new(r.name.clone(), r.name_en.clone().unwrap_or_default()));
    let (offset, now) = (app.config.offset, app.clock.now());
    Ok(Letterhead { jurisdiction, telephone: telephone.to_owned(), protocol, offset, now })
}

async fn notices(ctx: &Context, app: &App, o: &Orders, certificates: bool) -> Result<(), CliError> {
    let protocol = app.protocol().await?;
    let head = letterhead(app, &protocol, &o.telephone).await?;
    let place = o.place.clone().unwrap_or_else(|| app.config.root.clone());
    let one = o.order.is_some() || o.person.is_some();
    let day = o.day.unwrap_or_else(|| head.now.day(head.offset));
    let ended = (certificates && !one).then(|| (day.start(head.offset), day.plus(1).start(head.offset)));
    let filter =
        OrderFilter { place: place.clone(), person: o.person, order: o.order, in_force: !certificates && !one, appealed: false, ended };
    let mut orders = every(async |paging| {
        let page = read(app, async |tx| views::orders(tx, app.config.book, &filter, &paging, head.now).await).await?;
        looked(app, "quell print", o.person, o.person.is_none().then_some(&place), page.items.len()).await?;
        Ok(page)
    })
    .await?;
    // Of a person's orders, notices are for those in force, certificates for those that ended.
    if o.order.is_none() && o.person.is_some() {
        orders.retain(|x| x.in_force != certificates);
    }
    let document = if certificates { head.certificates(&orders) } else { head.notices(&orders) };
    let names: Vec<String> = orders.iter().map(|x| x.name.clone().unwrap_or_default()).collect();
    keep(ctx, document, &o.out, &names)
}

async fn day_sheets(ctx: &Context, app: &App, s: &Sheet) -> Result<(), CliError> {
    let protocol = app.protocol().await?;
    let head = letterhead(app, &protocol, "").await?;
    let root = &app.config.root;
    let teams = read(app, async |tx| views::teams(tx, app.config.book, root, head.offset, head.now).await).await?.items;
    // An id goes before a name.
    let named = |name: &String| teams.iter().find(|t| t.team_id.as_str() == name).or_else(|| teams.iter().find(|t| t.name == *name));
    let listed = s.team.as_ref().and_then(named);
    let at = match (&s.place, &s.team) {
        (Some(place), _) => place,
        (None, Some(team)) if listed.is_none() => {
            return Err(ctx.failed(
                format!("no team '{team}' is listed: say of which place the sheet is (--place), or list the team (team_listed)"),
                format!("没有登记小组“{team}”：请用 --place 指明地点，或先登记该小组（team_listed）"),
            ));
        }
        (None, _) => root,
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
    let day = s.day.unwrap_or_else(|| head.now.day(head.offset));
    let times = (head.now, day.plus(1).start(head.offset));
    let mut contacts = every(async |paging| {
        let page = read(app, async |tx| views::contacts(tx, app.config.book, &filter, &paging, times).await).await?;
        looked(app, "quell print day-sheet", None, Some(at), page.items.len()).await?;
        Ok(page)
    })
    .await?;
    contacts.sort_by(|a, b| (&a.home, a.person_id).cmp(&(&b.home, b.person_id)));
    let here = find::places(&app.db.connection().await?, app.config.book, std::slice::from_ref(at)).await?.pop();
    let here = here.map_or_else(|| at.to_string(), |p| p.name);
    let walk = |team: Option<&TeamItem>, name: &str, contacts| Walk {
        team: team.and_then(|t| t.name_en.as_deref()).filter(|_| !ctx.chinese).or(team.map(|t| t.name.as_str())).unwrap_or(name).to_owned(),
        members: team.map(|t| t.members.clone()).unwrap_or_default(),
        place: match (&s.place, team) {
            (None, Some(t)) => t.place_names.join(if ctx.chinese { "、" } else { ", " }),
            _ => here.clone(),
        },
        contacts,
    };
    let walks = match &s.team {
        Some(name) => vec![walk(listed, name, contacts)],
        None => {
            let mut of: BTreeMap<Option<TeamId>, Vec<ContactItem>> = BTreeMap::new();
            for c in contacts {
                of.entry(c.team_id.clone()).or_default().push(c);
            }
            let nobody = if ctx.chinese { "（无小组）" } else { "(no team)" };
            of.into_iter().map(|(id, theirs)| walk(teams.iter().find(|t| Some(&t.team_id) == id.as_ref()), nobody, theirs)).collect()
        }
    };
    let names: Vec<String> = walks.iter().flat_map(|w| &w.contacts).map(|c| c.name.clone().unwrap_or_default()).collect();
    keep(ctx, head.day_sheets(&walks, day, ctx.chinese), &s.out, &names)
}

/// The items of all pages.
async fn every<T>(mut page: impl AsyncFnMut(Paging) -> Result<Page<T>, CliError>) -> Result<Vec<T>, CliError> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let found = page(Paging { after, limit: views::MAX_LIMIT }).await?;
        all.extend(found.items);
        after = found.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// Writes the file, and tells of every character that no font has: it is most often part of somebody's name.
fn keep(ctx: &Context, document: Result<Document, PaperError>, out: &PathBuf, names: &[String]) -> Result<(), CliError> {
    let document = document.map_err(|e| ctx.failed(e.to_string(), e.zh()))?;
    std::fs::write(out, &document.pdf).map_err(|e| CliError::Failed(format!("{}: {e}", out.display())))?;
    let (pages, shown) = (document.pages, out.display());
    ctx.say(format!("{pages} pages in {shown}"), format!("{shown}：共 {pages} 页"));
    if ctx.json {
        super::print_json(&serde_json::json!({ "pages": pages, "papers": names.len(), "characters_missing": document.missing.len() }))?;
    }
    if document.missing.is_empty() {
        return Ok(());
    }
    for m in &document.missing {
        let name = names.get(m.item).map(String::as_str).unwrap_or_default();
        let (en, zh) = (
            format!("the font lacks '{}' ({name}): it is printed as its number; write it in by hand", m.character),
            format!("字体缺少“{}”（{name}），已以编码代替，请手写补上", m.character),
        );
        eprintln!("quell: {}", if ctx.chinese { zh } else { en });
    }
    Err(CliError::Said(1))
}
