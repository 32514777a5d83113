//! `quell contacts candidates | confirm`

use super::{CliError, Context, looked, print_json, read};
use crate::app::App;
use clap::{ArgGroup, Subcommand, ValueEnum};
use quell_book::{ContactNamed, Decision};
use quell_foundation::*;
use quell_protocol::{ContactCategory, Proposal};
use quell_store::log::{Answer, Incoming};
use quell_store::views::{self, Candidate, CandidateFilter, Candidates, Paging};
use serde::Serialize;

/// Subcommands of `contacts`.
#[derive(Subcommand)]
pub enum Contacts {
    /// Who may have met a case, by every register of the book, with the evidence. Changes nothing.
    Candidates(List),
    /// Confirm candidates as contacts of a case: a decision, by a person who is named, with its reason.
    Confirm(Confirm),
}

/// Options of `candidates`.
#[derive(clap::Args)]
pub struct List {
    /// The case.
    case: CaseId,
    /// Only of whom this is proposed.
    #[arg(long)]
    category: Option<Category>,
}

/// What is proposed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Category {
    /// Close contact.
    Close,
    /// Secondary contact.
    Secondary,
    /// General contact.
    General,
    /// No contact, by the rules.
    None,
}

impl From<Category> for Proposal {
    fn from(c: Category) -> Self {
        match c {
            Category::Close => Proposal::Close,
            Category::Secondary => Proposal::Secondary,
            Category::General => Proposal::General,
            Category::None => Proposal::None,
        }
    }
}

/// What someone decides.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Decided {
    /// Close contact.
    Close,
    /// Secondary contact.
    Secondary,
    /// General contact.
    General,
}

impl From<Decided> for ContactCategory {
    fn from(d: Decided) -> Self {
        match d {
            Decided::Close => ContactCategory::Close,
            Decided::Secondary => ContactCategory::Secondary,
            Decided::General => ContactCategory::General,
        }
    }
}

/// Options of `confirm`.
#[derive(clap::Args)]
#[command(group = ArgGroup::new("who").required(true).multiple(true).args(["all", "category", "person"]))]
pub struct Confirm {
    /// The case.
    case: CaseId,
    /// All candidates.
    #[arg(long, conflicts_with_all = ["category", "person"])]
    all: bool,
    /// Those of whom this is proposed.
    #[arg(long)]
    category: Option<Category>,
    /// These persons; may be repeated.
    #[arg(long)]
    person: Vec<PersonId>,
    /// As contacts of this category, whatever the rules propose: also who is none by them.
    #[arg(long = "as", value_name = "CATEGORY")]
    decided: Option<Decided>,
    /// Who decides: a name or an office.
    #[arg(long)]
    decider: String,
    /// Why; the evidence of each candidate is added to it.
    #[arg(long)]
    reason: String,
}

pub(super) async fn run(ctx: &Context, c: Contacts) -> Result<(), CliError> {
    let (ready, app) = ctx.open().await?;
    let done = match c {
        Contacts::Candidates(l) => list(ctx, &app, &l).await,
        Contacts::Confirm(c) => confirm(ctx, &app, &c).await,
    };
    ready.stop();
    done
}

/// All pages of a case's candidates.
async fn all(ctx: &Context, app: &App, what: &str, case: CaseId, filter: &CandidateFilter) -> Result<Candidates, CliError> {
    let (protocol, now) = (app.protocol().await?, app.clock.now());
    let page = async |after| {
        let paging = Paging { after, limit: views::MAX_LIMIT };
        let found = read(app, async |tx| views::candidates(tx, app.config.book, case, filter, &paging, &protocol, now).await).await?;
        let found = found.ok_or_else(|| ctx.failed(format!("no case {case}"), format!("没有感染者 {case}")))?;
        looked(app, what, Some(found.person_id), Some(&app.config.root), found.items.len()).await?;
        Ok::<_, CliError>(found)
    };
    let mut whole = page(None).await?;
    while let Some(after) = whole.next.take() {
        let next = page(Some(after)).await?;
        whole.items.extend(next.items);
        whole.next = next.next;
    }
    Ok(whole)
}

async fn list(ctx: &Context, app: &App, l: &List) -> Result<(), CliError> {
    let filter = CandidateFilter { category: l.category.map(Proposal::from), ..CandidateFilter::default() };
    let found = all(ctx, app, "quell contacts candidates", l.case, &filter).await?;
    if ctx.json {
        return print_json(&found);
    }
    for c in &found.items {
        let known = if c.is_known(l.case) { if ctx.chinese { "\t已登记" } else { "\talready known" } } else { "" };
        let (name, proposal) = (c.name.as_deref().unwrap_or("-"), proposed(ctx, c.proposal));
        println!("{}\t{name}\t{proposal}\t{}{known}", c.person_id, evidence(c, app.config.offset));
    }
    let n = found.items.len();
    ctx.say(
        format!("{n} candidates; nobody is restricted before someone confirms"),
        format!("共 {n} 名待判定人员；未经人工确认不采取任何措施"),
    );
    Ok(())
}

fn proposed(ctx: &Context, p: Proposal) -> &'static str {
    match (p, ctx.chinese) {
        (Proposal::Close, false) => "close",
        (Proposal::Secondary, false) => "secondary",
        (Proposal::General, false) => "general",
        (Proposal::None, false) => "none",
        (Proposal::Close, true) => "密切接触者",
        (Proposal::Secondary, true) => "次密接",
        (Proposal::General, true) => "一般接触者",
        (Proposal::None, true) => "非接触者",
    }
}

/// The strictest meeting in a line: rule, place, when, how long.
fn evidence(c: &Candidate, offset: UtcOffset) -> String {
    let Some(e) = c.evidence.first() else { return String::new() };
    let minutes = e.overlap_min.filter(|m| *m > 0).map(|m| format!(", {m} min")).unwrap_or_default();
    let gap = e.gap_min.map(|m| format!(", +{m} min")).unwrap_or_default();
    let unsure = if e.unsure { ", ?" } else { "" };
    format!("{}: {}, {}{minutes}{gap}{unsure}", e.rule, e.place, e.starts.at_offset(offset))
}

/// What became of a bulk confirmation.
#[derive(Serialize)]
struct Confirmed {
    confirmed: u64,
    known_already: u64,
    refused: Vec<NotConfirmed>,
}

#[derive(Serialize)]
struct NotConfirmed {
    person: PersonId,
    rule: String,
    en: String,
    zh: String,
}

async fn confirm(ctx: &Context, app: &App, o: &Confirm) -> Result<(), CliError> {
    let filter = CandidateFilter { category: o.category.map(Proposal::from), unknown: true, ..CandidateFilter::default() };
    let mut found = all(ctx, app, "quell contacts confirm", o.case, &filter).await?;
    if o.category.is_none() && o.person.iter().any(|p| found.items.iter().all(|c| c.person_id != *p)) {
        // Those whom the rules make no contact are listed for who asks for them.
        let none = CandidateFilter { category: Some(Proposal::None), ..filter };
        found.items.extend(all(ctx, app, "quell contacts confirm", o.case, &none).await?.items);
    }
    let asked = |c: &&Candidate| o.person.is_empty() || o.person.contains(&c.person_id);
    let category = |c: &Candidate| o.decided.map(ContactCategory::from).or_else(|| c.proposal.category());
    let chosen: Vec<(&Candidate, ContactCategory)> = found.items.iter().filter(asked).filter_map(|c| Some((c, category(c)?))).collect();
    if let Some(p) = o.person.iter().find(|p| found.items.iter().any(|c| c.person_id == **p) && chosen.iter().all(|c| c.0.person_id != **p))
    {
        return Err(ctx.failed(
            format!("{p} is no contact by the rules: say as what to confirm (--as close|secondary|general); nothing was written"),
            format!("按规则 {p} 不是接触者：请用 --as close|secondary|general 指明类别；未写入"),
        ));
    }
    if let Some(p) = o.person.iter().find(|p| chosen.iter().all(|c| c.0.person_id != **p)) {
        return Err(ctx.failed(
            format!("{p} is no candidate of this case, or is known already; nothing was written"),
            format!("{p} 不是该感染者的待判定人员，或已登记；未写入"),
        ));
    }
    let at = EventTime::exact(app.clock.now(), app.config.offset);
    // One by one: whom the book refuses (a case meanwhile) does not hold up the others.
    let incoming = chosen.iter().map(|c| Incoming::new(submission(c.0), app.operator(), vec![named(o, *c, at).into()])).collect();
    let mut done = Confirmed { confirmed: 0, known_already: 0, refused: Vec::new() };
    for ((c, _), answer) in chosen.iter().zip(app.door.submit(incoming).await) {
        match answer.map_err(|e| CliError::Failed(e.to_string()))? {
            Answer::Accepted(r) if !r.repeat => done.confirmed += 1,
            Answer::Accepted(_) | Answer::IdReused => done.known_already += 1,
            Answer::Refused(r) => done.refused.push(NotConfirmed { person: c.person_id, rule: r.rule, en: r.en, zh: r.zh }),
        }
    }
    if ctx.json {
        return print_json(&done);
    }
    for r in &done.refused {
        eprintln!("quell: {}: {}", r.person, if ctx.chinese { &r.zh } else { &r.en });
    }
    let (n, not) = (done.confirmed, done.refused.len());
    ctx.say(format!("{n} contacts confirmed, {not} refused"), format!("已确认 {n} 名接触者，{not} 名未通过"));
    if not > 0 { Err(CliError::Said(1)) } else { Ok(()) }
}

/// The same candidate is confirmed once, however often the command is given.
fn submission(c: &Candidate) -> SubmissionId {
    SubmissionId(derived_uuid(&[b"confirm", c.contact_id.0.as_bytes()]))
}

fn named(o: &Confirm, (c, category): (&Candidate, ContactCategory), at: EventTime) -> ContactNamed {
    let offset = at.offset;
    let evidence = evidence(c, offset);
    ContactNamed {
        contact: c.contact_id,
        person: c.person_id,
        case: Some(o.case),
        category,
        first_exposure: (c.first_exposure < c.last_exposure).then(|| EventTime::exact(c.first_exposure, offset)),
        last_exposure: EventTime::exact(c.last_exposure, offset),
        context: Some(c.context),
        relation: None,
        certainty: Some(c.certainty),
        decision: Decision { decider: o.decider.clone(), reason: format!("{} [{evidence}]", o.reason) },
        ended: None,
        at,
    }
}
