//! Registers of venues and vehicles: the rows of a venue become one `checked_in` a portion of the file. It restricts nobody.

use super::report::{Effect, Issue, Issues, Report};
use super::whom::known_persons;
use super::{Draft, ImportError, Planned, Policy, Progress, Source, Step, Verdict, finish, next_rows, time_of};
use crate::app::App;
use quell_book::rows::CheckIn;
use quell_book::{CheckInLine, CheckedIn, LONGEST_CHECK_IN, Venue};
use quell_foundation::*;
use quell_store::find;
use quell_tabular::Row;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Fields that are stored (or say who a person is).
const USED: &[&str] = &["person", "id_number", "place", "vehicle", "from", "to", "seat"];

/// Imports a register.
///
/// # Errors
/// If the file cannot be read to its end, or the database or the door fails. Bad rows are no error: they are in the report.
pub async fn import(app: &App, source: &Source, policy: Policy, progress: Progress<'_>) -> Result<Report, ImportError> {
    let mut rows = source.reader.rows(&source.mapping)?;
    let mut issues = Issues::default();
    let mut planned: Vec<Planned> = Vec::new();
    let at = EventTime::exact(app.clock.now(), app.config.offset);
    loop {
        let chunk = next_rows(&mut rows, &mut issues)?;
        if chunk.is_empty() {
            break;
        }
        let known = known_persons(app, chunk, &mut issues).await?;
        let lines: Vec<(u64, Venue, CheckInLine)> =
            known.iter().filter_map(|(row, person)| line(row, *person, at).map_err(|i| issues.add(*i)).ok()).collect();
        let lines = at_listed_places(app, lines, &mut issues).await?;
        plan(app, lines, at, &mut planned).await?;
        progress(Step::Read, rows.summary().rows, source.reader.records());
    }
    let draft = Draft { summary: rows.summary().clone(), rows: planned, issues };
    finish(app, source, draft, USED, policy, progress).await
}

fn bad(row: &Row, rule: &str, message: (&str, &str), advice: (&str, &str)) -> Box<Issue> {
    Issue::new(Effect::Bad, row.line, rule, message, advice).boxed()
}

/// A row as a line of a venue's register, or why it cannot be one: what the book would refuse, by row.
fn line(row: &Row, person: PersonId, now: EventTime) -> Result<(u64, Venue, CheckInLine), Box<Issue>> {
    let venue = match (row.text("place"), row.text("vehicle")) {
        (Some(place), None) => place.parse().ok(),
        (None, Some(vehicle)) => VehicleId::new(vehicle).ok().map(Venue::Vehicle),
        _ => None,
    };
    let Some(venue) = venue else {
        let message = ("there must be a place by its path, or a vehicle, and not both", "须填写场所编码或车辆之一");
        return Err(bad(
            row,
            "check_in.venue",
            message,
            ("write the path of a listed place: 50.500237.101.001.market", "请填写已登记场所的编码"),
        ));
    };
    let Some(from) = time_of(row, "from", now.offset).filter(|t| t.precision != Precision::Day) else {
        let message = ("a day without a time says too little", "只有日期没有时刻");
        return Err(bad(
            row,
            "check_in.time",
            message,
            ("write day and time; import lists by days with 'import members'", "请填写日期和时刻；按天的名单请用 import members 导入"),
        ));
    };
    let to = time_of(row, "to", now.offset);
    let length = to.map_or(Span(0), |t| t.end().since(from.at));
    if to.is_some_and(|t| t.precision == Precision::Day) || length < Span(0) || length > LONGEST_CHECK_IN {
        let message = ("it ends before it begins, or lasts longer than a day", "结束早于开始，或超过一天");
        return Err(bad(row, "check_in.length", message, ("correct the times", "请改正时间")));
    }
    if to.unwrap_or(from).at > now.at.plus(Span::days(1)) {
        let message = ("it is more than a day in the future", "时间比现在晚一天以上");
        return Err(bad(row, "time.future", message, ("correct the times", "请改正时间")));
    }
    Ok((row.line, venue, CheckInLine { person, from, to, seat: row.text("seat").map(str::to_owned) }))
}

type Lines = Vec<(u64, Venue, CheckInLine)>;

/// Keeps the lines of vehicles and of listed places.
async fn at_listed_places(app: &App, lines: Lines, issues: &mut Issues) -> Result<Lines, ImportError> {
    let place = |v: &Venue| if let Venue::Place(p) = v { Some(p.clone()) } else { None };
    let places: Vec<PlaceId> = lines.iter().filter_map(|l| place(&l.1)).collect::<HashSet<_>>().into_iter().collect();
    let listed = find::listed(&app.db.connection().await?, app.config.book, &places).await?;
    let (good, unlisted): (Lines, Lines) = lines.into_iter().partition(|l| place(&l.1).is_none_or(|p| listed.contains(&p)));
    for (line, venue, _) in unlisted {
        let message = ("the place is not listed", "场所未登记");
        let advice = (
            "check the code; list the place first with 'quell import places'",
            "请核对编码；尚未登记的场所请先用 quell import places 导入",
        );
        issues.add(Issue::new(Effect::Bad, line, "place.unlisted", message, advice).with_value(venue.to_string()));
    }
    Ok(good)
}

/// One fact a venue: it stands with the first of its rows. What the book knows already is left out.
async fn plan(app: &App, lines: Lines, at: EventTime, planned: &mut Vec<Planned>) -> Result<(), ImportError> {
    let keys: Vec<_> = lines.iter().map(|(_, venue, l)| (l.person, l.from.at, venue.clone())).collect();
    let known: HashMap<_, CheckIn> = find::check_ins(&app.db.connection().await?, app.config.book, &keys)
        .await?
        .into_iter()
        .map(|c| ((c.person_id, c.starts, c.venue.clone()), c))
        .collect();
    let mut venues: BTreeMap<Venue, (usize, Vec<CheckInLine>)> = BTreeMap::new();
    for ((line, venue, l), key) in lines.into_iter().zip(keys) {
        let verdict = match known.get(&key) {
            Some(c) if l.to.map(EventTime::end) <= c.ends && (l.seat.is_none() || l.seat == c.seat) => Verdict::Unchanged,
            Some(_) => Verdict::Changed,
            None => Verdict::New,
        };
        if verdict != Verdict::Unchanged {
            venues.entry(venue).or_insert_with(|| (planned.len(), Vec::new())).1.push(l);
        }
        planned.push(Planned { line, facts: Vec::new(), verdict });
    }
    for (venue, (first, people)) in venues {
        planned[first].facts.push(CheckedIn { venue, people, at }.into());
    }
    Ok(())
}
