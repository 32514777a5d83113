//! Lists of places: each row becomes `place_listed`.

use super::report::{Effect, Issue, Issues, Report};
use super::{Draft, ImportError, Planned, Policy, Progress, Source, Step, Verdict, check_growth, finish, incoming, next_rows, word};
use crate::app::App;
use quell_book::rows::Place;
use quell_book::{Fact, PlaceListed, Ward};
use quell_foundation::*;
use quell_store::find::{self, Would};
use quell_tabular::Row;
use std::collections::{BTreeSet, HashMap};

/// Fields that are stored.
const USED: &[&str] = &["place", "kind", "name", "name_en", "wards"];

/// Imports a list of places.
///
/// # Errors
/// If the file cannot be read to its end, or the database or the door fails. Bad rows are no error: they are in the report.
pub async fn import(app: &App, source: &Source, policy: Policy, progress: Progress<'_>) -> Result<Report, ImportError> {
    let mut rows = source.reader.rows(&source.mapping)?;
    let mut issues = Issues::default();
    let mut seen: HashMap<PlaceId, u64> = HashMap::new();
    let mut planned: Vec<Planned> = Vec::new();
    loop {
        let chunk = next_rows(&mut rows, &mut issues)?;
        if chunk.is_empty() {
            break;
        }
        let places: Vec<(u64, PlaceListed)> =
            chunk.iter().filter_map(|r| place(&app.config.root, r).map(|p| (r.line, p)).map_err(|i| issues.add(*i)).ok()).collect();
        compare(app, source, places, &mut seen, &mut planned, &mut issues).await?;
        progress(Step::Read, rows.summary().rows, source.reader.records());
    }
    note_orphans(app, &seen, &mut issues).await?;
    let draft = Draft { summary: rows.summary().clone(), rows: planned, issues };
    let before = find::sizes(&app.db.connection().await?, app.config.book).await?.1;
    let mut report = finish(app, source, draft, USED, policy, progress).await?;
    report.book_before = before;
    report.book_after = find::sizes(&app.db.connection().await?, app.config.book).await?.1;
    check_growth(&mut report, ("places", "地点"));
    Ok(report)
}

fn bad(row: &Row, rule: &str, message: (String, String), advice: (&str, &str), value: &str) -> Box<Issue> {
    Issue::new(Effect::Bad, row.line, rule, message, advice).with_value(value).boxed()
}

/// A row as a place, or why it cannot be one.
pub(super) fn place(root: &PlaceId, row: &Row) -> Result<PlaceListed, Box<Issue>> {
    let text = row.text("place").unwrap_or_default();
    let place = PlaceId::new(text).map_err(|e| {
        let advice = ("write codes joined by dots, from the top: 50.500237.101.001", "请写从上到下的编码，以点相连，如 50.500237.101.001");
        bad(row, "place.code", (format!("this is no place code: {}", e.why), "不是有效的地点编码".into()), advice, text)
    })?;
    if !place.is_within(root) {
        let message = (format!("the place lies outside this book ({root})"), format!("该地点不在本台账辖区（{root}）内"));
        return Err(bad(row, "place.outside", message, ("import it into the book of that county", "请导入该地所属的台账"), text));
    }
    let kind = row.text("kind").unwrap_or_default();
    let wards = wards(row.text("wards").unwrap_or_default()).ok_or_else(|| {
        let message = ("the wards cannot be read".into(), "病区无法识别".into());
        bad(
            row,
            "place.wards",
            message,
            ("write code:beds, joined by semicolons: w1:40;w2:40", "请写 编号:床位数，以分号相连，如 w1:40;w2:40"),
            row.text("wards").unwrap_or_default(),
        )
    })?;
    Ok(PlaceListed {
        place,
        kind: word(row, "kind", kind)?,
        name: row.text("name").unwrap_or_default().to_owned(),
        name_en: row.text("name_en").map(str::to_owned),
        wards,
    })
}

/// `w1:40;w2:40`; also with Chinese punctuation.
fn wards(text: &str) -> Option<Vec<Ward>> {
    let parts = text.split([';', '；']).map(str::trim).filter(|p| !p.is_empty());
    parts
        .map(|p| {
            let (ward, beds) = p.split_once([':', '：'])?;
            let ward = ward.trim().to_owned();
            Some(Ward { beds: beds.trim().parse().ok()?, ward }).filter(|w| !w.ward.is_empty())
        })
        .collect()
}

/// Decides each row by earlier rows, by the book, and by the book's own rules (a dry run).
async fn compare(
    app: &App,
    source: &Source,
    rows: Vec<(u64, PlaceListed)>,
    seen: &mut HashMap<PlaceId, u64>,
    planned: &mut Vec<Planned>,
    issues: &mut Issues,
) -> Result<(), ImportError> {
    let paths: Vec<PlaceId> = rows.iter().map(|r| r.1.place.clone()).collect();
    let known: HashMap<PlaceId, Place> =
        find::places(&app.db.connection().await?, app.config.book, &paths).await?.into_iter().map(|p| (p.place.clone(), p)).collect();
    let mut open: Vec<(u64, PlaceListed, Verdict)> = Vec::new();
    for (line, mut p) in rows {
        let first = *seen.entry(p.place.clone()).or_insert(line);
        if first != line {
            let message = (format!("line {first} lists the same place"), format!("第 {first} 行是同一地点"));
            issues.add(
                Issue::new(Effect::HeldBack, line, "duplicate.place", message, ("keep one of them", "请只保留一行"))
                    .with_value(p.place.as_str()),
            );
            planned.push(Planned { line, facts: vec![p.into()], verdict: Verdict::HeldBack });
            continue;
        }
        let listed = known.get(&p.place);
        let verdict = against_book(&mut p, listed);
        open.push((line, p, verdict));
    }
    let asked: Vec<_> = open
        .iter()
        .map(|(_, p, _)| incoming(app, source.derive(app, &[b"try", p.place.as_str().as_bytes()]), vec![p.clone().into()]))
        .collect();
    let run = find::dry_run(&app.preview, app.clock.now(), asked.clone()).await?;
    for ((line, p, verdict), would) in open.into_iter().zip(run.answers) {
        match would {
            Would::Refuse(r) => issues
                .add(Issue::new(Effect::Bad, line, &r.rule, (r.en, r.zh), ("correct the row", "请改正该行")).with_value(p.place.as_str())),
            Would::Accept | Would::Repeat => planned.push(Planned { line, facts: vec![Fact::from(p)], verdict }),
        }
    }
    Ok(())
}

/// A place whose parent is listed neither in the file nor in the book is probably a slip of the pen.
async fn note_orphans(app: &App, seen: &HashMap<PlaceId, u64>, issues: &mut Issues) -> Result<(), ImportError> {
    // What stands directly below the root, or at it, needs nothing above.
    let above = |p: &PlaceId| p.parent().filter(|up| up.depth() > app.config.root.depth() && !seen.contains_key(up));
    let parents: Vec<PlaceId> = seen.keys().filter_map(above).collect::<BTreeSet<_>>().into_iter().collect();
    let known = find::listed(&app.db.connection().await?, app.config.book, &parents).await?;
    let mut orphans: Vec<(u64, &PlaceId, PlaceId)> =
        seen.iter().filter_map(|(p, line)| Some((*line, p, above(p).filter(|up| !known.contains(up))?))).collect();
    orphans.sort_unstable_by_key(|o| o.0);
    for (line, p, up) in orphans {
        let message = (format!("{up}, in which it lies, is listed nowhere"), format!("其上级 {up} 未登记"));
        let advice = ("check the code; if it is right, list the place above, too", "请核对编码；若无误，请补登上级地点");
        issues.add(Issue::new(Effect::Note, line, "place.parent", message, advice).with_value(p.as_str()));
    }
    Ok(())
}

/// What the file does not say about a listed place stays as it is.
fn against_book(p: &mut PlaceListed, known: Option<&Place>) -> Verdict {
    let Some(known) = known else { return Verdict::New };
    if p.name_en.is_none() {
        p.name_en.clone_from(&known.name_en);
    }
    if p.wards.is_empty() {
        p.wards.clone_from(&known.wards);
    }
    let same = p.kind == known.kind && p.name == known.name && p.name_en == known.name_en && p.wards == known.wards;
    if same { Verdict::Unchanged } else { Verdict::Changed }
}

#[cfg(test)]
mod tests {
    use super::wards;

    #[test]
    fn wards_are_read_or_refused() {
        let got = wards(" w1:40；w2：6 ;").unwrap();
        assert_eq!(got.iter().map(|w| (w.ward.as_str(), w.beds)).collect::<Vec<_>>(), [("w1", 40), ("w2", 6)]);
        assert_eq!(wards("").unwrap(), []);
        assert!(wards("w1").is_none() && wards("w1:many").is_none() && wards(":4").is_none());
    }
}
