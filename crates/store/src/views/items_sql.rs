//! Where the items of each kind are kept: rosters hold who is to be sampled, tubes what is to be sealed, delivered and tested,
//! registrations who waits for a result, and `duty` all other duties. The conditions mirror how `quell_book` counts.

use super::items::End;
use super::within;
use quell_book::DutyKind;
use quell_protocol::{Link, rule_path};

/// A statement without its frame (see `items::framed`), ordered by `k1, k2, k3`.
pub(super) struct Query {
    /// The statement.
    pub sql: String,
    /// It takes the rounds and places to look at as `$10` and `$11`.
    pub in_chunks: bool,
}

/// The statement for a kind of duty and a way to stand.
pub(super) fn query(kind: DutyKind, end: End, of_round: bool, only_overdue: bool) -> Query {
    let plain = |sql| Query { sql, in_chunks: false };
    match kind {
        DutyKind::Sample if end == End::Open => Query { sql: roster_open(only_overdue), in_chunks: true },
        DutyKind::Sample if end == End::Done => plain(roster_done(of_round, only_overdue)),
        DutyKind::Sample => plain(roster_ended(of_round, end == End::Missed)),
        DutyKind::Seal | DutyKind::Deliver | DutyKind::Test => plain(tubes(kind, end, of_round, only_overdue)),
        DutyKind::Result => plain(results(end, of_round, only_overdue)),
        _ => plain(duties(end, only_overdue)),
    }
}

/// SQL: a condition that holds only when wanted.
fn when(wanted: bool, condition: &str) -> String {
    if wanted { format!(" AND {condition}") } else { String::new() }
}

/// Columns that a person's place on a roster has.
fn roster(end: &str, from: &str, rest: &str) -> String {
    format!(
        "SELECT r.round AS k1, r.place AS k2, r.person_id AS k3, $4::text AS kind, 'person' AS subject_kind, r.person_id::text AS subject,
             NULL::uuid AS duty_id, r.person_id, r.round, r.place, 'sampler' AS responsible, 'round' AS rule, x.starts AS opened_at,
             x.due, {end}
         FROM {from} JOIN quell.round x ON x.book_id = $1 AND x.round = r.round {rest}
         ORDER BY r.round, r.place, r.person_id"
    )
}

const ROSTER_AFTER: &str = "($6::text IS NULL OR (r.round, r.place, r.person_id) > ($6::text, $7::text COLLATE \"C\", $8::text::uuid))";

fn roster_open(only_overdue: bool) -> String {
    let end = "NULL::text AS tube, 'open' AS \"end\", NULL::timestamptz AS ended_at, NULL::boolean AS in_time, NULL::text AS reason,
        NULL::text AS decider";
    let from = "unnest($10::text[], $11::text[]) AS c(round, place)
        JOIN quell.roster r ON r.book_id = $1 AND r.round = c.round AND r.place = c.place COLLATE \"C\"";
    let rest = format!(
        "WHERE r.waived IS NULL AND NOT r.missed AND $2::text IS NOT NULL AND ($5::text IS NULL OR r.round = $5::text) AND {ROSTER_AFTER}{}
         AND NOT EXISTS (SELECT FROM quell.registration g
             WHERE g.book_id = $1 AND g.person_id = r.person_id AND g.round = r.round AND g.counts)",
        when(only_overdue, "x.due < $3::text::timestamptz")
    );
    roster(end, from, &rest)
}

fn roster_done(of_round: bool, only_late: bool) -> String {
    let end = "g.tube, 'done' AS \"end\", g.sampled_at AS ended_at, g.sampled_at <= x.due AS in_time, NULL::text AS reason,
        NULL::text AS decider";
    let rest = format!(
        "JOIN LATERAL (SELECT g.tube, g.sampled_at FROM quell.registration g
             WHERE g.book_id = $1 AND g.person_id = r.person_id AND g.round = r.round AND g.counts LIMIT 1) g ON true
         WHERE r.book_id = $1 AND {} AND {ROSTER_AFTER}{}{}",
        within("r.place", 2),
        round_is(of_round, "r.round"),
        when(only_late, "g.sampled_at > x.due")
    );
    roster(end, "quell.roster r", &rest)
}

/// Excluded, waived, taken off, or missed: by the partial index `roster_ended`.
fn roster_ended(of_round: bool, only_missed: bool) -> String {
    let end = "NULL::text AS tube, CASE WHEN r.waived IS NULL THEN 'missed' ELSE 'waived' END AS \"end\",
        CASE WHEN r.waived IS NULL THEN x.closed_at END AS ended_at, NULL::boolean AS in_time, r.waived AS reason, r.decider";
    let rest = format!(
        "WHERE r.book_id = $1 AND (r.waived IS NOT NULL OR r.missed){} AND {} AND {ROSTER_AFTER}{}",
        when(only_missed, "r.waived IS NULL"),
        within("r.place", 2),
        round_is(of_round, "r.round")
    );
    roster(end, "quell.roster r", &rest)
}

/// With a round, `$5` can lead an index; without, the parameter is only named (a statement must use all of its parameters).
fn round_is(of_round: bool, column: &str) -> String {
    if of_round { format!(" AND {column} = $5::text") } else { " AND $5::text IS NULL".into() }
}

/// The tubes of a link of the chain: (states while open, condition of done, due, begun, ended, rule).
struct TubeLink {
    open: &'static str,
    done: &'static str,
    never: &'static str,
    due: &'static str,
    begun: &'static str,
    ended: &'static str,
    rule: String,
}

fn tube_link(kind: DutyKind) -> TubeLink {
    match kind {
        DutyKind::Seal => TubeLink {
            open: "t.state = 'open' AND t.seal_due IS NOT NULL",
            done: "t.sealed_at IS NOT NULL",
            never: "t.sealed_at IS NULL",
            due: "t.seal_due",
            begun: "t.opened_at",
            ended: "t.sealed_at",
            rule: format!("'{}'", rule_path(Link::Seal)),
        },
        DutyKind::Deliver => TubeLink {
            open: "t.state IN ('sealed', 'in_transit') AND t.deliver_due IS NOT NULL",
            done: "t.received_at IS NOT NULL",
            never: "t.sealed_at IS NOT NULL AND t.received_at IS NULL",
            due: "t.deliver_due",
            begun: "t.sealed_at",
            ended: "t.received_at",
            rule: format!("'{}'", rule_path(Link::Deliver)),
        },
        _ => TubeLink {
            open: "t.state = 'received' AND t.test_due IS NOT NULL",
            done: "t.resulted_at IS NOT NULL",
            never: "t.received_at IS NOT NULL AND t.resulted_at IS NULL",
            due: "t.test_due",
            begun: "t.received_at",
            ended: "t.resulted_at",
            rule: test_rule(),
        },
    }
}

fn test_rule() -> String {
    let (single, pooled) = (rule_path(Link::TestSingle), rule_path(Link::TestPooled));
    format!("CASE t.mode WHEN 'single' THEN '{single}' ELSE '{pooled}' END")
}

/// Tubes to be sealed, delivered or tested; a tube that was spoilt or lost ends the link it was on.
fn tubes(kind: DutyKind, end: End, of_round: bool, only_overdue: bool) -> String {
    let l = tube_link(kind);
    let (due, ended) = (l.due, l.ended);
    let role = kind.responsible();
    let (word, condition, ended_at, in_time, reason) = match end {
        End::Open => ("open", l.open.to_owned(), "NULL::timestamptz".to_owned(), "NULL::boolean".to_owned(), "NULL::text"),
        End::Done => ("done", l.done.to_owned(), ended.to_owned(), format!("{ended} <= {due}"), "NULL::text"),
        _ => {
            let c = format!("t.state IN ('spoilt', 'lost') AND {}", l.never);
            ("superseded", c, "NULL::timestamptz".to_owned(), "NULL::boolean".to_owned(), "t.state")
        }
    };
    let late = match end {
        End::Open => format!("{due} < $3::text::timestamptz"),
        _ => format!("{ended} > {due}"),
    };
    // Open items by their due time, ended ones by place.
    let (k1, after) = match end {
        End::Open => (due, format!("({due}, t.tube) > ($6::text::timestamptz, $7::text COLLATE \"C\")")),
        _ => ("t.place", "(t.place, t.tube) > ($6::text COLLATE \"C\", $7::text COLLATE \"C\")".into()),
    };
    format!(
        "SELECT {k1} AS k1, t.tube AS k2, '' AS k3, $4::text AS kind, 'tube' AS subject_kind, t.tube AS subject, NULL::uuid AS duty_id,
             NULL::uuid AS person_id, t.tube, t.round, t.place, '{role}' AS responsible, {rule} AS rule, {begun} AS opened_at, {due} AS due,
             '{word}' AS \"end\", {ended_at} AS ended_at, {in_time} AS in_time, {reason} AS reason, NULL::text AS decider
         FROM quell.tube t
         WHERE t.book_id = $1 AND {condition} AND {place} AND ($6::text IS NULL OR {after}) AND ($8::text IS NULL OR true){round}{late}
         ORDER BY 1, t.tube",
        rule = l.rule,
        begun = l.begun,
        place = within("t.place", 2),
        round = round_is(of_round, "t.round"),
        late = when(only_overdue, &late)
    )
}

/// Persons who wait for a result, have it, or will not get it from this tube.
fn results(end: End, of_round: bool, only_overdue: bool) -> String {
    // Spoilt and lost tubes, and voided registrations of others, are few: each is found by a partial index of its own.
    let from = match end {
        End::Open | End::Done => "quell.tube t JOIN quell.registration g ON g.book_id = $1 AND g.tube = t.tube",
        _ => {
            "(SELECT tube, NULL::uuid AS person_id FROM quell.tube WHERE book_id = $1 AND state IN ('spoilt', 'lost')
              UNION ALL SELECT tube, person_id FROM quell.registration WHERE book_id = $1 AND void_seq IS NOT NULL) e
             JOIN quell.tube t ON t.book_id = $1 AND t.tube = e.tube AND (e.person_id IS NULL OR t.state NOT IN ('spoilt', 'lost'))
             JOIN quell.registration g ON g.book_id = $1 AND g.tube = t.tube AND (e.person_id IS NULL OR g.person_id = e.person_id)"
        }
    };
    let due = "coalesce(t.test_due, t.deliver_due, t.seal_due)";
    let resulted_before_void = "EXISTS (SELECT FROM quell.result x WHERE x.book_id = $1 AND x.tube = g.tube AND x.result <> 'failed'
        AND x.seq < g.void_seq)";
    let (word, condition, ended_at, in_time, reason, late) = match end {
        End::Open => (
            "open",
            "t.state IN ('open', 'sealed', 'in_transit', 'received') AND g.void_seq IS NULL".to_owned(),
            "NULL::timestamptz",
            "NULL::boolean",
            "NULL::text",
            format!("{due} < $3::text::timestamptz"),
        ),
        End::Done => (
            "done",
            format!("t.state = 'resulted' AND (g.void_seq IS NULL OR {resulted_before_void})"),
            "t.resulted_at",
            "t.test_due IS NULL OR t.resulted_at <= t.test_due",
            "NULL::text",
            "t.resulted_at > t.test_due".to_owned(),
        ),
        _ => (
            "superseded",
            format!("(t.state IN ('spoilt', 'lost') OR (g.void_seq IS NOT NULL AND NOT {resulted_before_void}))"),
            "NULL::timestamptz",
            "NULL::boolean",
            "CASE WHEN g.void_seq IS NOT NULL THEN 'registration voided' ELSE t.state END",
            "false".to_owned(),
        ),
    };
    format!(
        "SELECT g.tube AS k1, g.person_id AS k2, '' AS k3, $4::text AS kind, 'person' AS subject_kind, g.person_id::text AS subject,
             NULL::uuid AS duty_id, g.person_id, g.tube, g.round, t.place, 'laboratory' AS responsible, {rule} AS rule,
             g.sampled_at AS opened_at, {due} AS due, '{word}' AS \"end\", {ended_at} AS ended_at, ({in_time}) AS in_time,
             {reason} AS reason, NULL::text AS decider
         FROM {from}
         WHERE t.book_id = $1 AND {condition} AND {place}
             AND ($6::text IS NULL OR (g.tube, g.person_id) > ($6::text COLLATE \"C\", $7::text::uuid)) AND ($8::text IS NULL OR true){round}{late}
         ORDER BY g.tube, g.person_id",
        rule = test_rule(),
        place = within("t.place", 2),
        round = round_is(of_round, "t.round"),
        late = when(only_overdue, &late)
    )
}

/// The duties that are rows of their own.
fn duties(end: End, only_overdue: bool) -> String {
    let (condition, k1, after, late) = match end {
        End::Open => {
            ("d.state = 'open'", "d.due", "(d.due, d.duty_id) > ($6::text::timestamptz, $7::text::uuid)", "d.due < $3::text::timestamptz")
        }
        End::Done => {
            ("d.state = 'discharged'", "d.place", "(d.place, d.duty_id) > ($6::text COLLATE \"C\", $7::text::uuid)", "NOT d.in_time")
        }
        _ => ("d.state IN ('waived', 'superseded')", "d.place", "(d.place, d.duty_id) > ($6::text COLLATE \"C\", $7::text::uuid)", "false"),
    };
    format!(
        "SELECT {k1} AS k1, d.duty_id AS k2, '' AS k3, d.kind, d.subject_kind, d.subject, d.duty_id, d.person_id, d.tube,
             NULL::text AS round, d.place, d.responsible, d.rule, d.opened_at, d.due,
             CASE d.state WHEN 'discharged' THEN 'done' ELSE d.state END AS \"end\", d.ended_at, d.in_time, d.reason, d.decider
         FROM quell.duty d
         WHERE d.book_id = $1 AND d.kind = $4::text AND {condition} AND {place} AND $5::text IS NULL
             AND ($6::text IS NULL OR {after}) AND ($8::text IS NULL OR true){late}
         ORDER BY {k1}, d.duty_id",
        place = within("d.place", 2),
        late = when(only_overdue, late)
    )
}
