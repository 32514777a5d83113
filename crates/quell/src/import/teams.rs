//! Lists of follow-up teams: each row becomes `team_listed`. What the file leaves out of a listed team (its English name, its members) stays.

use super::report::{Effect, Issue, Issues, Report};
use super::{Draft, ImportError, Planned, Policy, Progress, Source, Step, Verdict, finish, incoming, next_rows};
use crate::app::App;
use quell_book::TeamListed;
use quell_book::rows::Team;
use quell_foundation::*;
use quell_store::find::{self, Would};
use quell_tabular::Row;
use std::collections::HashMap;

/// Fields that are stored.
const USED: &[&str] = &["team", "name", "name_en", "places", "capacity", "members"];

/// Imports follow-up teams.
///
/// # Errors
/// If the file cannot be read to its end, or the database or the door fails. Bad rows are no error: they are in the report.
pub async fn import(app: &App, source: &Source, policy: Policy, progress: Progress<'_>) -> Result<Report, ImportError> {
    let mut rows = source.reader.rows(&source.mapping)?;
    let mut issues = Issues::default();
    let mut open: Vec<(u64, TeamListed, Verdict)> = Vec::new();
    let mut seen: HashMap<TeamId, u64> = HashMap::new();
    let mut planned: Vec<Planned> = Vec::new();
    let at = EventTime::exact(app.clock.now(), app.config.offset);
    let known = find::teams(&app.db.connection().await?, app.config.book).await?;
    let known: HashMap<&TeamId, &Team> = known.iter().map(|t| (&t.team_id, t)).collect();
    loop {
        let chunk = next_rows(&mut rows, &mut issues)?;
        if chunk.is_empty() {
            break;
        }
        for row in &chunk {
            let Ok(mut t) = team(row, at).map_err(|i| issues.add(*i)) else { continue };
            let first = *seen.entry(t.team.clone()).or_insert(row.line);
            if first == row.line {
                let listed = known.get(&t.team).copied();
                let verdict = against_book(&mut t, listed);
                open.push((row.line, t, verdict));
                continue;
            }
            let message = (format!("line {first} lists the same team"), format!("第 {first} 行是同一小组"));
            let advice = ("keep one row a team, with all its places", "每个小组保留一行，写全负责地点");
            issues.add(Issue::new(Effect::HeldBack, row.line, "duplicate.team", message, advice).with_value(t.team.as_str()));
            planned.push(Planned { line: row.line, facts: vec![t.into()], verdict: Verdict::HeldBack });
        }
        progress(Step::Read, rows.summary().rows, source.reader.records());
    }
    // What the book itself would say of them, one after the other.
    let facts = open.iter().map(|(_, t, _)| (source.derive(app, &[b"try", t.team.as_str().as_bytes()]), vec![t.clone().into()]));
    let asked = facts.map(|(id, facts)| incoming(app, id, facts)).collect();
    let run = find::dry_run(&app.preview, app.clock.now(), asked).await?;
    for ((line, t, verdict), would) in open.into_iter().zip(run.answers) {
        match would {
            Would::Refuse(r) => {
                let advice = ("correct the row", "请改正该行");
                issues.add(Issue::new(Effect::Bad, line, &r.rule, (r.en, r.zh), advice).with_value(t.team.as_str()));
            }
            Would::Accept | Would::Repeat => planned.push(Planned { line, facts: vec![t.into()], verdict }),
        }
    }
    let draft = Draft { summary: rows.summary().clone(), rows: planned, issues };
    finish(app, source, draft, USED, policy, progress).await
}

fn against_book(t: &mut TeamListed, known: Option<&Team>) -> Verdict {
    let Some(known) = known else { return Verdict::New };
    if t.name_en.is_none() {
        t.name_en.clone_from(&known.name_en);
    }
    if t.members.is_empty() {
        t.members.clone_from(&known.members);
    }
    let same = known.state != quell_book::TeamState::Ended
        && (&known.name, &known.name_en, &known.places, &known.members) == (&t.name, &t.name_en, &t.places, &t.members)
        && i64::from(known.capacity) == i64::from(t.capacity);
    if same { Verdict::Unchanged } else { Verdict::Changed }
}

/// A row as a team, or why it cannot be one.
fn team(row: &Row, at: EventTime) -> Result<TeamListed, Box<Issue>> {
    let text = row.text("team").unwrap_or_default();
    let team = TeamId::new(text).map_err(|e| {
        let message = (format!("this is no code of a team: {}", e.why), "不是有效的小组编码".to_owned());
        Issue::new(Effect::Bad, row.line, "team.code", message, ("write a code without spaces: t1", "请写不含空格的编码，如 t1"))
            .with_value(text)
            .boxed()
    })?;
    let place = |p: &str| {
        PlaceId::new(p).map_err(|e| {
            let message = (format!("this is no place code: {}", e.why), "不是有效的地点编码".to_owned());
            let advice = ("write codes joined by dots, several with semicolons between", "请写以点相连的编码，多个以分号分隔");
            Issue::new(Effect::Bad, row.line, "place.code", message, advice).with_value(p).boxed()
        })
    };
    let mut places = row.list("places").into_iter().map(place).collect::<Result<Vec<_>, _>>()?;
    places.sort();
    places.dedup();
    Ok(TeamListed {
        team,
        name: row.text("name").unwrap_or_default().to_owned(),
        name_en: row.text("name_en").map(str::to_owned),
        places,
        // The mapping has its bounds.
        capacity: row.integer("capacity").and_then(|n| u32::try_from(n).ok()).unwrap_or_default(),
        members: row.list("members").into_iter().map(str::to_owned).collect(),
        at,
    })
}
