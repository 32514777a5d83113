//! Contacts under management, by who is due to be seen, who was missed, who is lost: the list behind a day sheet.

use super::case::word;
use super::person::ABOVE;
use super::{Page, Paging, SEPARATOR, head_seq, list, within};
use crate::error::StoreError;
use deadpool_postgres::Transaction;
use quell_book::{Certainty, ContactState, ExposureContext, FollowUpOutcome, Sex, Standing, VaccinationSource};
use quell_foundation::*;
use quell_protocol::ContactCategory;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a contact stands in follow-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpNeed {
    /// To be seen by the end of the day asked for, in time or not.
    Due,
    /// To be seen, and the time is over.
    Overdue,
    /// Not found for so long that someone looks for them.
    Lost,
    /// Has symptoms, not sampled yet.
    Ill,
}

/// Which contacts.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ContactFilter {
    /// Residents of this place or of what lies below it.
    pub place: PlaceId,
    /// State; without it those under management, or, with a need, the records in charge.
    #[serde(default)]
    pub state: Option<ContactState>,
    /// Category.
    #[serde(default)]
    pub category: Option<ContactCategory>,
    /// Contacts of this case.
    #[serde(default)]
    pub case: Option<CaseId>,
    /// What they need.
    #[serde(default)]
    pub need: Option<FollowUpNeed>,
    /// Seen by this team.
    #[serde(default)]
    pub team: Option<TeamId>,
    /// Under follow-up, and with no team.
    #[serde(default)]
    pub without_team: bool,
}

/// A contact in a list: one line a record, so that a person who is contact of several cases has several, one of which is active.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ContactItem {
    /// Contact record.
    pub contact_id: ContactId,
    /// Person.
    pub person_id: PersonId,
    /// Name.
    pub name: Option<String>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Date of birth.
    pub born: Option<Day>,
    /// Telephone.
    pub phone: Option<String>,
    /// Home.
    pub home: Option<PlaceId>,
    /// Names of the places of the home, from the top, as far as they are listed.
    pub home_names: Vec<String>,
    /// Community.
    pub place: PlaceId,
    /// Where the person stands.
    pub standing: Option<Standing>,
    /// Case.
    pub case_id: Option<CaseId>,
    /// Category.
    pub category: ContactCategory,
    /// Last exposure.
    pub last_exposure: Instant,
    /// Where or how they met.
    pub context: Option<ExposureContext>,
    /// What the person is to the case.
    pub relation: Option<String>,
    /// How certain the exposure is.
    pub certainty: Option<Certainty>,
    /// Who decided.
    pub decider: String,
    /// On which evidence.
    pub reason: String,
    /// State.
    pub state: ContactState,
    /// End of the schedule.
    pub until: Option<Instant>,
    /// Last seen.
    pub last_seen: Option<Instant>,
    /// How the last follow-up went.
    pub last_outcome: Option<FollowUpOutcome>,
    /// Doses of vaccine before; none if nobody has asked, 0 if there was none.
    pub doses: Option<i32>,
    /// The days of those of which it is known.
    pub dose_dates: Vec<Day>,
    /// Which vaccine.
    pub vaccine: Option<String>,
    /// How that is known; someone's word alone does not count as protection.
    pub vaccination_source: Option<VaccinationSource>,
    /// To be given prophylaxis by then.
    pub prophylaxis_due: Option<Instant>,
    /// To be seen by then.
    pub follow_up_due: Option<Instant>,
    /// Being looked for since.
    pub lost_since: Option<Instant>,
    /// Has symptoms, to be sampled by then.
    pub test_due: Option<Instant>,
    /// The team that sees the person.
    pub team_id: Option<TeamId>,
    /// Its name.
    pub team_name: Option<String>,
    /// The team that the person belongs to: another one while that is absent.
    pub own_team: Option<TeamId>,
}

/// Contacts, those of the latest exposure first. `times`: now, and by when those who are due are to be seen.
pub async fn contacts(
    tx: &Transaction<'_>,
    book: BookId,
    f: &ContactFilter,
    page: &Paging,
    times: (Instant, Instant),
) -> Result<Page<ContactItem>, StoreError> {
    let as_of_seq = head_seq(tx, book).await?;
    let [exposed, id] = page.parts::<2>()?.map_or([None; 2], |p| p.map(Some));
    let category = f.category.map(word).transpose()?;
    let case = f.case.map(|c| c.to_string());
    // Words of the book, not parameters: the plan depends on how many contacts are in that state, or have such a duty.
    let state = match f.state {
        // What is owed is owed to a person, whose one schedule is that of the record in charge.
        None if f.need.is_some() => "c.state = 'active'".to_owned(),
        None => "c.state IN ('active', 'covered')".to_owned(),
        Some(state) => format!("c.state = '{}'", state.as_str()),
    };
    let owes = |kind: &str, more: &str| {
        format!(
            "AND EXISTS (SELECT FROM quell.duty d WHERE d.book_id = $1 AND d.person_id = c.person_id AND d.state = 'open'
                 AND d.kind = '{kind}' {more})"
        )
    };
    let needs = match f.need {
        None => String::new(),
        Some(FollowUpNeed::Due) => owes("follow_up", "AND d.due <= $10::text::timestamptz"),
        Some(FollowUpNeed::Overdue) => owes("follow_up", "AND d.due < $3::text::timestamptz"),
        Some(FollowUpNeed::Lost) => owes("trace_lost", ""),
        Some(FollowUpNeed::Ill) => owes("symptom_test", ""),
    };
    let team = f.team.as_ref().map(TeamId::as_str);
    let with = |which: &str| {
        format!(
            "AND EXISTS (SELECT FROM quell.follow_up_assignment a WHERE a.book_id = $1 AND a.person_id = c.person_id AND a.active
                 AND a.team_id {which})"
        )
    };
    let mut teams = if team.is_some() { with("= $9::text") } else { "AND $9::text IS NULL".to_owned() };
    if f.without_team {
        teams = format!("{teams} {}", with("IS NULL"));
    }
    // The page first: what is shown of each contact is looked up for so many only.
    let sql = format!(
        "WITH page AS MATERIALIZED (
             SELECT c.* FROM quell.contact c
             WHERE c.book_id = $1 AND {} AND {state} AND ($4::text IS NULL OR c.category = $4::text)
                 AND ($5::text IS NULL OR c.case_id = $5::text::uuid) {needs} {teams}
                 AND ($6::text IS NULL OR (c.last_exposure, c.contact_id) < ($6::text::timestamptz, $7::text::uuid))
             ORDER BY c.last_exposure DESC, c.contact_id DESC LIMIT $8)
         SELECT c.contact_id, c.person_id, p.name, p.sex, p.born, p.phone, p.home,
             ARRAY(SELECT l.name FROM quell.place l WHERE l.book_id = $1 AND l.place = ANY({ABOVE}) ORDER BY length(l.place)) AS home_names, c.place, p.standing, c.case_id, c.category,
             c.last_exposure, c.context, c.relation, c.certainty, c.decider, c.reason, c.state, c.until, c.last_seen,
             (SELECT u.outcome FROM quell.follow_up u WHERE u.book_id = $1 AND u.person_id = c.person_id ORDER BY u.at DESC LIMIT 1)
                 AS last_outcome, v.doses, coalesce(v.dates, '{{}}') AS dose_dates, v.vaccine, v.source AS vaccination_source, d.prophylaxis_due, d.follow_up_due, d.lost_since, d.test_due, a.team_id, t.name AS team_name, a.own_team
         FROM page c LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = c.person_id
         LEFT JOIN quell.vaccination v ON v.book_id = $1 AND v.person_id = c.person_id
         LEFT JOIN quell.follow_up_assignment a ON a.book_id = $1 AND a.person_id = c.person_id AND a.active
         LEFT JOIN quell.team t ON t.book_id = $1 AND t.team_id = a.team_id
         CROSS JOIN LATERAL (
             SELECT min(d.due) FILTER (WHERE d.kind IN ('prophylaxis', 'second_dose')) AS prophylaxis_due,
                 min(d.due) FILTER (WHERE d.kind = 'follow_up') AS follow_up_due,
                 min(d.opened_at) FILTER (WHERE d.kind = 'trace_lost') AS lost_since,
                 min(d.due) FILTER (WHERE d.kind = 'symptom_test') AS test_due
             FROM quell.duty d WHERE d.book_id = $1 AND d.person_id = c.person_id AND d.state = 'open') d
         WHERE $3::text IS NOT NULL AND $10::text IS NOT NULL
         ORDER BY c.last_exposure DESC, c.contact_id DESC",
        within("c.place", 2)
    );
    let (now, by) = (times.0.to_string(), times.1.to_string());
    let params: super::Params<'_> = &[&book.0, &f.place.as_str(), &now, &category, &case, &exposed, &id, &page.rows(), &team, &by];
    let found = list(tx, "contacts", &sql, params).await?;
    Ok(Page::new(found, page, as_of_seq, |c: &ContactItem| format!("{}{SEPARATOR}{}", c.last_exposure, c.contact_id)))
}
