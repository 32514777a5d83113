//! `quell rehearse`: on made-up people without any database, or from what the book knows today.

use super::{CliError, Context, viewer};
use crate::app::App;
use crate::viewer::place_within;
use quell_book::{CaseState, Classification, ContactState};
use quell_epidemic::population::{Given, Home};
use quell_foundation::*;
use quell_protocol::{ContactCategory, Protocol};
use quell_response::{KnownCase, KnownContact};
use quell_store::StoreError;
use quell_store::views::{self, CaseLine, ContactLine, HomeLine};
use quell_study::{FromBookArgs, Known, Setting, TownshipName, Trouble};
use std::collections::{HashMap, HashSet};
use std::io::{BufWriter, IsTerminal, Write};
use std::process::ExitCode;

/// Questions to a rehearsal.
#[derive(clap::Subcommand)]
pub enum Rehearse {
    #[command(flatten)]
    Anywhere(quell_study::Rehearse),
    /// Several policies from today on: open cases, contacts, beds and tubes as the book knows them.
    FromBook(FromBook),
}

/// Options of `from-book`.
#[derive(clap::Args)]
pub struct FromBook {
    /// Only residents of this place and below.
    #[arg(long)]
    place: Option<PlaceId>,
    #[command(flatten)]
    args: FromBookArgs,
}

/// Runs a question with standard output; `out` is written whole or not at all.
fn speaking(ctx: &Context, ask: impl FnOnce(&mut Setting<'_>) -> Result<(), Trouble>) -> Result<(), Trouble> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut to = Setting { chinese: ctx.chinese, json: ctx.json, out: &mut out, terminal: std::io::stderr().is_terminal() };
    ask(&mut to)
}

pub(super) fn without_data(ctx: &Context, command: &quell_study::Rehearse) -> ExitCode {
    match speaking(ctx, |to| quell_study::run(command, to)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => ExitCode::from(told(ctx, &trouble)),
    }
}

/// Tells what is wrong, and answers the exit code: that of a command that was called wrongly, as clap has it, for every question to a rehearsal.
fn told(ctx: &Context, trouble: &Trouble) -> u8 {
    // Nobody is left to be told if this fails.
    let _ = writeln!(std::io::stderr(), "quell: {}", trouble.text(ctx.chinese));
    2
}

pub(super) async fn from_book(ctx: &Context, o: FromBook) -> Result<(), CliError> {
    // What is wrong with the question comes before the book is opened and looks at people are written down.
    o.args.check().map_err(|t| CliError::Said(told(ctx, &t)))?;
    let (ready, app) = ctx.open().await?;
    let done = rehearse(ctx, &app, &o).await;
    ready.stop();
    done
}

async fn rehearse(ctx: &Context, app: &App, o: &FromBook) -> Result<(), CliError> {
    let place = place_within(o.place.clone(), &app.config.root).map_err(|e| CliError::Said(told(ctx, &Trouble::new(e.zh, e.en))))?;
    let protocol = app.protocol().await?;
    let known = read(app, &place, o.args.lookback(), &protocol).await?;
    speaking(ctx, |to| quell_study::from_book(&o.args, &protocol, known, to)).map_err(|t| CliError::Said(told(ctx, &t)))
}

/// Reads the state of the book at one moment; the looks at persons are written down.
async fn read(app: &App, place: &PlaceId, lookback: u32, protocol: &Protocol) -> Result<Known, CliError> {
    let v = viewer(app, "quell rehearse from-book");
    let now = app.clock.now();
    let mut reading = Reading::new(app, now, lookback, protocol);
    let looked = async |rows: usize| v.looked(None, Some(place), rows).await.map_err(|e| StoreError::Pool(e.to_string()));
    app.db
        .read_still(&v.scope, async |tx| {
            let book = v.scope.book;
            views::homes(tx, book, place, |line| reading.home(&line)).await?;
            looked(reading.known.people.len()).await?;
            let mut named = HashSet::new();
            let mut contacts = views::contact_lines(tx, book, place).await?;
            loop {
                let some = contacts.next().await?;
                looked(some.len()).await?;
                if some.is_empty() {
                    break;
                }
                named.extend(some.iter().filter_map(|c| c.case_id));
                some.iter().for_each(|c| reading.contact(c));
            }
            let mut cases = views::case_lines(tx, book, place).await?;
            loop {
                let some = cases.next().await?;
                looked(some.len()).await?;
                if some.is_empty() {
                    break;
                }
                some.iter().for_each(|c| reading.case(c, named.contains(&c.case_id)));
            }
            let names = views::names_of(tx, book, &reading.townships).await?;
            reading.name_townships(&names);
            let means = views::means(tx, book, place).await?;
            let count = |n: Option<i64>| n.and_then(|n| u32::try_from(n).ok());
            reading.known.rooms = count(means.rooms);
            reading.known.shelter_beds = count(means.shelter_beds);
            reading.known.hospital_beds = count(means.hospital_beds);
            reading.known.tubes_waiting = means.tubes_waiting as f64;
            Ok(())
        })
        .await?;
    Ok(reading.known)
}

/// The age of somebody whose birth nobody wrote down: the middle of all.
const AGE_UNKNOWN: u8 = 40;
/// Of the Gregorian calendar, on average.
const DAYS_OF_A_YEAR: f64 = 365.2425;
/// Contacts of a case that was found within this time may still be named.
const NAMED_WITHIN: f64 = 1.0;

/// The book as a rehearsal needs it, while it is read.
struct Reading {
    known: Known,
    /// Number of each person.
    numbers: HashMap<PersonId, u32>,
    /// Townships by number.
    townships: Vec<PlaceId>,
    /// The latest home, and the number of each of its levels.
    at: Option<(PlaceId, Home, u32)>,
    /// Depths of township, community, compound, building and unit.
    depths: [usize; 5],
    /// The beginning of the lookback: so many days before the next midnight.
    start: Instant,
    today: f64,
    day: Day,
    /// From infection to onset, days.
    incubation: f64,
}

impl Reading {
    fn new(app: &App, now: Instant, lookback: u32, protocol: &Protocol) -> Self {
        let offset = app.config.offset;
        let midnight = now.day(offset).plus(1).start(offset);
        let community = app.config.tally_depth;
        Self {
            known: Known { midnight: Some(now.day(offset).plus(1)), ..Known::default() },
            numbers: HashMap::new(),
            townships: Vec::new(),
            at: None,
            depths: [community.saturating_sub(1), community, community + 1, community + 2, community + 3],
            start: midnight.plus(Span::days(-i64::from(lookback))),
            today: f64::from(lookback),
            day: now.day(offset),
            incubation: protocol.epidemiology.incubation.value.middle_days(),
        }
    }
    /// Days since the beginning of the lookback.
    fn days(&self, t: Instant) -> f64 {
        t.since(self.start).seconds() as f64 / 86_400.0
    }
    fn home(&mut self, line: &HomeLine) {
        let number = self.known.people.len() as u32;
        self.numbers.insert(line.person, number);
        let (home, household) = match self.at.take() {
            Some((place, home, household)) if place == line.home => (home, household),
            Some((place, home, household)) => (self.next(home, &place, &line.home), household + 1),
            None => (Home::default(), 0),
        };
        if self.townships.len() <= home.township as usize {
            self.townships.push(line.home.at_depth(self.depths[0]));
        }
        self.at = Some((line.home.clone(), home, household));
        let age = line.born.map_or(AGE_UNKNOWN, |born| (f64::from(self.day.0 - born.0) / DAYS_OF_A_YEAR).clamp(0.0, 100.0) as u8);
        self.known.people.push(Given { home, household, age });
    }
    /// Townships go by the names that the book has for them; one that is not listed by its path.
    fn name_townships(&mut self, names: &HashMap<PlaceId, (String, Option<String>)>) {
        let name = |place: &PlaceId| match names.get(place) {
            Some((zh, en)) => TownshipName { name: en.as_ref().unwrap_or(zh).clone(), zh: zh.clone() },
            None => TownshipName { name: place.to_string(), zh: place.to_string() },
        };
        self.known.townships = self.townships.iter().map(name).collect();
    }
    /// The numbers of a home that comes after another: a level has a new number where its place is another one.
    fn next(&self, mut home: Home, before: &PlaceId, now: &PlaceId) -> Home {
        let levels = [&mut home.township, &mut home.community, &mut home.compound, &mut home.building, &mut home.unit];
        for (level, depth) in levels.into_iter().zip(self.depths) {
            *level += u32::from(before.at_depth(depth) != now.at_depth(depth));
        }
        home
    }
    fn case(&mut self, line: &CaseLine, has_contacts: bool) {
        let suspected = matches!(line.classification, Classification::Suspect | Classification::NotACase);
        let found = self.days(line.found_at);
        let Some(person) = self.numbers.get(&line.who.person_id).copied() else { return };
        if suspected || line.state == CaseState::Withdrawn || found < 0.0 || found >= self.today {
            return;
        }
        let sampled = line.sampled_at.map_or(found, |t| self.days(t)).min(found);
        // Whoever has no onset is taken to have been found when others fall ill.
        let infected = line.onset.map_or(sampled, |t| self.days(t)).min(sampled) - self.incubation;
        let investigated = has_contacts || self.today - found > NAMED_WITHIN;
        self.known.cases.push(KnownCase { person, infected, sampled, found, investigated });
    }
    fn contact(&mut self, line: &ContactLine) {
        let Some(person) = self.numbers.get(&line.who.person_id).copied() else { return };
        let secondary = match line.category {
            ContactCategory::Close => false,
            ContactCategory::Secondary => true,
            ContactCategory::HighRiskSpillover | ContactCategory::General | ContactCategory::Inbound => return,
        };
        let (exposed, told) = (self.days(line.last_exposure), self.days(line.named_at));
        if matches!(line.state, ContactState::Active | ContactState::Covered) && told >= 0.0 && told < self.today {
            self.known.contacts.push(KnownContact { person, exposed, told, secondary });
        }
    }
}
