//! Lists of groups, and of those who took part in an event: each row becomes `member_listed`.

use super::report::{Effect, Issue, Issues, Report};
use super::whom::known_persons;
use super::{Draft, ImportError, Planned, Policy, Progress, Source, Step, Verdict, finish, next_rows, time_of, word};
use crate::app::App;
use quell_book::rows::Membership;
use quell_book::{GroupKind, MemberListed};
use quell_foundation::*;
use quell_store::find;
use quell_tabular::Row;
use std::collections::{HashMap, HashSet};

/// Fields that are stored (or say who a person is).
const USED: &[&str] = &["group", "group_name", "kind", "person", "id_number", "from", "to"];

/// Imports members of groups.
///
/// # Errors
/// If the file cannot be read to its end, or the database or the door fails. Bad rows are no error: they are in the report.
pub async fn import(app: &App, source: &Source, policy: Policy, progress: Progress<'_>) -> Result<Report, ImportError> {
    let mut rows = source.reader.rows(&source.mapping)?;
    let mut issues = Issues::default();
    let mut planned: Vec<Planned> = Vec::new();
    let mut seen: HashSet<(GroupId, PersonId)> = HashSet::new();
    let at = EventTime::exact(app.clock.now(), app.config.offset);
    loop {
        let chunk = next_rows(&mut rows, &mut issues)?;
        if chunk.is_empty() {
            break;
        }
        let known = known_persons(app, chunk, &mut issues).await?;
        let members: Vec<(u64, MemberListed)> = known
            .into_iter()
            .filter_map(|(row, person)| member(&row, person, at).map(|m| (row.line, m)).map_err(|i| issues.add(*i)).ok())
            .collect();
        let members = of_listed_events(app, members, &mut issues).await?;
        let persons: Vec<PersonId> = members.iter().map(|(_, m)| m.person).collect();
        let listed: HashMap<_, _> = find::memberships(&app.db.connection().await?, app.config.book, &persons)
            .await?
            .into_iter()
            .map(|m| ((m.group_id.clone(), m.person_id), m))
            .collect();
        for (line, m) in members {
            let key = (m.group.clone(), m.person);
            let verdict = match listed.get(&key) {
                _ if !seen.insert(key.clone()) => {
                    let message = ("an earlier row lists the same person in the same group", "前面已有同一人同一群体的行");
                    issues.add(Issue::new(Effect::HeldBack, line, "duplicate.member", message, ("keep one of them", "请只保留一行")));
                    Verdict::HeldBack
                }
                None => Verdict::New,
                Some(old) if same(old, &m) => Verdict::Unchanged,
                Some(_) => Verdict::Changed,
            };
            planned.push(Planned { line, facts: vec![m.into()], verdict });
        }
        progress(Step::Read, rows.summary().rows, source.reader.records());
    }
    let draft = Draft { summary: rows.summary().clone(), rows: planned, issues };
    finish(app, source, draft, USED, policy, progress).await
}

/// Without the participants of events that are not listed: of each an issue is noted.
async fn of_listed_events(
    app: &App,
    members: Vec<(u64, MemberListed)>,
    issues: &mut Issues,
) -> Result<Vec<(u64, MemberListed)>, ImportError> {
    let named: HashSet<GroupId> = members.iter().filter(|(_, m)| m.kind == GroupKind::Event).map(|(_, m)| m.group.clone()).collect();
    let named: Vec<GroupId> = named.into_iter().collect();
    let listed = find::events(&app.db.connection().await?, app.config.book, &named).await?;
    let (good, bad): (Vec<_>, Vec<_>) = members.into_iter().partition(|(_, m)| m.kind != GroupKind::Event || listed.contains(&m.group));
    for (line, m) in bad {
        let message = ("no such event is listed, or it was withdrawn", "没有登记该聚集活动，或已撤销");
        let advice = ("list the event first (event_listed), then its participants", "请先登记活动（event_listed），再导入参加者");
        issues.add(Issue::new(Effect::Bad, line, "event.unknown", message, advice).with_value(m.group.as_str()));
    }
    Ok(good)
}

fn same(old: &Membership, m: &MemberListed) -> bool {
    (old.kind, &old.name, old.starts, old.ends) == (m.kind, &m.name, m.from.map(|t| t.at), m.to.map(EventTime::end))
}

/// A row as a member, or why it cannot be one.
fn member(row: &Row, person: PersonId, at: EventTime) -> Result<MemberListed, Box<Issue>> {
    let text = row.text("group").unwrap_or_default();
    let group = GroupId::new(text).map_err(|e| {
        let message = (format!("this is no code of a group: {}", e.why), "不是有效的群体编码".to_owned());
        let advice = ("write a code without spaces: school1-3", "请写不含空格的编码，如 school1-3");
        Issue::new(Effect::Bad, row.line, "group.code", message, advice).with_value(text).boxed()
    })?;
    let kind: GroupKind = word(row, "kind", row.text("kind").unwrap_or_default())?;
    let (from, to) = (time_of(row, "from", at.offset), time_of(row, "to", at.offset));
    if from.zip(to).is_some_and(|(from, to)| to.at < from.at) {
        let message = ("it ends before it begins", "结束日期早于开始日期");
        return Err(Issue::new(Effect::Bad, row.line, "member.order", message, ("correct the dates", "请改正日期")).boxed());
    }
    Ok(MemberListed { group, kind, name: row.text("group_name").map(str::to_owned), person, from, to, at })
}
