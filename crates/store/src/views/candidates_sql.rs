//! The one statement behind the candidates of a case: an arm a register, then the rule, then the page.
//!
//! `$1` book, `$2` case, `$3` now, `$4` days before onset, `$5` days after (or null), `$6` the rules, `$7` longest check-in in seconds,
//! `$8` category, `$9` register, `$10` only unknown ones, `$11`–`$13` the cursor, `$14` rows.

use std::sync::LazyLock;

/// The case, its home, and when it could infect: whole days of the book around the day of its onset (or sample, or finding), until now, its
/// recovery or its death. `buries` goes on: who was at a funeral was near the dead.
const THE_CASE: &str = "
the_case AS MATERIALIZED (
    SELECT c.case_id, c.person_id, p.home, b.tally_depth, o.opens, o.buries, o.closes, l.large_from, l.large_until,
        greatest(l.large_from, f.since) AS free_from, least(l.large_until, f.until) AS free_until
    FROM quell.book b JOIN quell.\"case\" c ON c.book_id = b.book_id AND c.case_id = $2
    LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = c.person_id
    CROSS JOIN LATERAL (SELECT date_trunc('day', (least(coalesce(c.onset, c.sampled_at, c.found_at), c.ended_at) AT TIME ZONE 'UTC')
        + make_interval(mins => b.offset_minutes)) - make_interval(mins => b.offset_minutes) AS day) d
    CROSS JOIN LATERAL (SELECT d.day AT TIME ZONE 'UTC' - make_interval(secs => $4::double precision * 86400) AS opens,
        least($3::text::timestamptz, d.day AT TIME ZONE 'UTC' + make_interval(secs => ($5::double precision + 1) * 86400)) AS buries) w
    CROSS JOIN LATERAL (SELECT w.opens, w.buries, least(w.buries, c.ended_at) AS closes) o
    -- In a vehicle to a ward, and there, nobody is at home, in class or at work.
    CROSS JOIN LATERAL (SELECT greatest(o.opens, (SELECT max(coalesce(s.left_at, 'infinity')) FROM quell.stay s WHERE s.book_id = $1
            AND s.person_id = c.person_id AND s.admitted_at < o.opens AND coalesce(s.left_at, 'infinity') > o.opens)) AS large_from,
        least(o.closes, (SELECT min(least(t.picked_up_at, t.arrived_at)) FROM quell.transfer t
            WHERE t.book_id = $1 AND t.person_id = c.person_id AND t.picked_up_at >= o.opens),
            (SELECT min(s.admitted_at) FROM quell.stay s WHERE s.book_id = $1 AND s.person_id = c.person_id AND s.admitted_at >= o.opens))
            AS large_until) l
    -- Nor in class and at work while an order keeps one at home. An order that ended before the window did is no reason to leave anyone out.
    CROSS JOIN LATERAL (
        SELECT max(least(r.ended_at, r.ends)) FILTER (WHERE r.starts < o.opens AND least(r.ended_at, r.ends) > o.opens) AS since,
            min(r.starts) FILTER (WHERE r.starts >= o.opens AND (r.state = 'replaced' OR least(r.ended_at, r.ends) >= o.closes)) AS until
        FROM quell.restriction_order r WHERE r.book_id = $1 AND r.person_id = c.person_id AND r.kind IN ('isolation', 'quarantine')) f
    WHERE b.book_id = $1
), alias AS MATERIALIZED (
    SELECT p.person_id AS id, p.same_as FROM quell.person p WHERE p.book_id = $1 AND p.same_as IS NOT NULL
), own AS MATERIALIZED (
    -- The records of the person: registers stay with the record under which they were made.
    SELECT c.person_id AS id FROM the_case c UNION SELECT a.id FROM the_case c JOIN alias a ON a.same_as = c.person_id
), rule AS MATERIALIZED (
    SELECT r.register, path, category, certainty, make_interval(secs => overlap_s) AS overlap, make_interval(secs => within_s) AS within, rows,
        otherwise, make_interval(secs => stay_s) AS stay, CASE WHEN through_isolation THEN c.large_from ELSE c.free_from END AS together_from,
        CASE WHEN through_isolation THEN c.large_until ELSE c.free_until END AS together_until
    FROM json_to_recordset($6::text::json) AS r(register text, path text, category text, certainty text, overlap_s double precision,
        within_s double precision, rows integer, otherwise text, stay_s double precision, through_isolation boolean) CROSS JOIN the_case c
)";

/// Where the case was while it could infect: its visits (as wide as their times may mean), and its own lines in registers.
const PRESENCE: &str = "
presence AS MATERIALIZED (
    SELECT v.visit_id, coalesce(v.at_place, 'vehicle:' || v.vehicle) COLLATE \"C\" AS venue, greatest(v.starts, c.opens) AS starts,
        least(v.ends, c.closes) AS ends, make_interval(secs => v.margin_s) AS margin, NULL::text AS seat
    FROM the_case c JOIN quell.visit v ON v.book_id = $1 AND v.case_id = c.case_id AND v.withdrawn IS NULL
        AND v.starts <= c.closes AND v.ends >= c.opens AND (v.at_place IS NOT NULL OR v.vehicle IS NOT NULL)
    UNION ALL
    SELECT NULL, k.venue, greatest(k.starts, c.opens), least(coalesce(k.ends, k.starts + r.stay), c.closes),
        CASE WHEN k.ends IS NULL THEN r.stay ELSE interval '0' END, k.seat
    FROM the_case c CROSS JOIN own w JOIN quell.check_in k ON k.book_id = $1 AND k.person_id = w.id AND k.starts <= c.closes
        AND k.starts >= c.opens - make_interval(secs => $7)
    JOIN rule r ON r.register = CASE WHEN starts_with(k.venue, 'vehicle:') THEN 'vehicle' ELSE 'venue' END
    WHERE coalesce(k.ends, k.starts + r.stay) >= c.opens
)";

/// Checked in at a venue, or riding a vehicle, when the case was there, or so long after. Most stay for less than three hours: of those
/// who came earlier only the few who stayed longer are read, by an index of their own.
const VENUES: &str = "
    SELECT k.person_id, r.register, p.visit_id, p.venue AS place, greatest(k.starts, p.starts) AS starts,
        least(coalesce(k.ends, k.starts + r.stay), p.ends + r.within) AS ends,
        least(coalesce(k.ends, k.starts + r.stay), p.ends) - greatest(k.starts, p.starts) AS overlap,
        greatest(k.starts - p.ends, interval '0') AS gap, s.apart, s.unknown AS seat_unknown,
        -- Not sure: it holds only if the times mean more than what is known of them.
        CASE WHEN k.starts > p.ends THEN p.margin > interval '0'
            ELSE least(coalesce(k.ends, k.starts), p.ends - p.margin) - greatest(k.starts, p.starts + p.margin) < r.overlap END AS unsure, r.rows IS NULL OR s.unknown OR s.apart <= r.rows AS near
    FROM presence p JOIN rule r ON r.register = CASE WHEN starts_with(p.venue, 'vehicle:') THEN 'vehicle' ELSE 'venue' END
    CROSS JOIN LATERAL (
        (SELECT k.person_id, k.starts, k.ends, k.seat FROM quell.check_in k
        WHERE k.book_id = $1 AND k.venue = p.venue AND k.starts <= p.ends + r.within AND k.starts >= p.starts - greatest(interval '3 hours', r.stay)
        OFFSET 0)
        UNION ALL
        (SELECT k.person_id, k.starts, k.ends, k.seat FROM quell.check_in k
        WHERE k.book_id = $1 AND k.venue = p.venue AND k.ends - k.starts > interval '3 hours'
            AND k.starts < p.starts - greatest(interval '3 hours', r.stay) AND k.starts >= p.starts - make_interval(secs => $7)
        OFFSET 0)) k
    CROSS JOIN LATERAL (
        SELECT r.rows IS NOT NULL AND (k.seat IS NULL OR p.seat IS NULL) AS unknown,
            CASE WHEN regexp_replace(k.seat, '[0-9]+[^0-9]*$', '') = regexp_replace(p.seat, '[0-9]+[^0-9]*$', '')
                THEN abs(substring(k.seat FROM '([0-9]+)[^0-9]*$')::numeric - substring(p.seat FROM '([0-9]+)[^0-9]*$')::numeric) END AS apart) s
    WHERE coalesce(k.ends, k.starts + r.stay) >= p.starts";

/// Brought in the same vehicle at the same time.
const TRANSFERS: &str = "
    SELECT o.person_id, r.register, NULL, 'vehicle:' || t.vehicle, greatest(o.picked_up_at, t.picked_up_at), least(e.o, e.t),
        least(e.o, e.t) - greatest(o.picked_up_at, t.picked_up_at), interval '0', NULL, r.rows IS NOT NULL,
        o.arrived_at IS NULL OR t.arrived_at IS NULL, true
    FROM the_case c CROSS JOIN own w JOIN rule r ON r.register = 'vehicle'
    JOIN quell.transfer t ON t.book_id = $1 AND t.person_id = w.id AND t.vehicle IS NOT NULL
        AND t.picked_up_at BETWEEN c.opens AND c.closes
    JOIN quell.transfer o ON o.book_id = $1 AND o.vehicle = t.vehicle AND o.picked_up_at IS NOT NULL
        AND o.picked_up_at BETWEEN t.picked_up_at - make_interval(secs => $7) AND t.picked_up_at + make_interval(secs => $7)
    CROSS JOIN LATERAL (SELECT coalesce(o.arrived_at, o.picked_up_at + r.stay) AS o, coalesce(t.arrived_at, t.picked_up_at + r.stay) AS t) e
    WHERE e.o >= t.picked_up_at AND e.t >= o.picked_up_at";

/// Living in the same household or unit, or in a home that the case visited. A path no deeper than a community is no home of one
/// household; nor is one that is listed as something larger. Each home is looked up by itself (`OFFSET 0`): the planner knows nothing of
/// how few live there, and would read everyone.
const HOMES: &str = "
    SELECT q.person_id, r.register, NULL, q.home, r.together_from, r.together_until, NULL, NULL, NULL, false, false, true
    FROM the_case c JOIN rule r ON r.register = 'household' AND r.together_from < r.together_until
    CROSS JOIN LATERAL (SELECT q.person_id, q.home FROM quell.person q WHERE q.book_id = $1 AND q.home = c.home OFFSET 0) q
    WHERE cardinality(string_to_array(c.home, '.')) > c.tally_depth AND NOT EXISTS (
        SELECT FROM quell.place l WHERE l.book_id = $1 AND l.place = c.home AND l.kind <> 'household')
    UNION ALL
    SELECT q.person_id, r.register, NULL, q.home, r.together_from, r.together_until, NULL, NULL, NULL, false, false, true
    FROM the_case c JOIN rule r ON r.register = 'unit' AND r.together_from < r.together_until
    CROSS JOIN LATERAL (SELECT string_to_array(c.home, '.') AS path) h
    CROSS JOIN LATERAL (SELECT array_to_string(h.path[1:cardinality(h.path) - 1], '.') COLLATE \"C\" AS unit) u
    CROSS JOIN LATERAL (SELECT q.person_id, q.home FROM quell.person q
        WHERE q.book_id = $1 AND q.home >= u.unit || '.' AND q.home < u.unit || '/' OFFSET 0) q
    WHERE cardinality(h.path) >= c.tally_depth + 4 AND q.home <> c.home
    UNION ALL
    SELECT q.person_id, r.register, p.visit_id, q.home, p.starts, p.ends, NULL, NULL, NULL, false, true, true
    FROM the_case c JOIN rule r ON r.register = 'household' JOIN presence p ON p.venue <> c.home
    CROSS JOIN LATERAL (SELECT q.person_id, q.home FROM quell.person q WHERE q.book_id = $1 AND q.home = p.venue OFFSET 0) q
    WHERE cardinality(string_to_array(p.venue, '.')) > c.tally_depth AND NOT EXISTS (
        SELECT FROM quell.place l WHERE l.book_id = $1 AND l.place = p.venue AND l.kind <> 'household')";

/// In the same class, team or other group, as long as both belonged to it.
const GROUPS: &str = "
    SELECT o.person_id, r.register, NULL, o.group_id, greatest(r.together_from, m.starts, o.starts), least(r.together_until, m.ends, o.ends),
        NULL, NULL, NULL, false, false, true
    FROM the_case c CROSS JOIN own w JOIN quell.membership m ON m.book_id = $1 AND m.person_id = w.id
    JOIN rule r ON r.register = CASE m.kind WHEN 'other' THEN 'group' ELSE m.kind END
    JOIN quell.membership o ON o.book_id = $1 AND o.group_id = m.group_id AND o.kind <> 'event'
    WHERE m.kind <> 'event' AND r.together_from < r.together_until
        AND greatest(r.together_from, m.starts, o.starts) <= least(r.together_until, m.ends, o.ends)";

/// Took part in the same event, as long as both were there; who is listed without times was there throughout. A list of participants says
/// where the case was: that it was in a ward by then is no reason to leave them out.
const EVENTS: &str = "
    SELECT o.person_id, r.register, NULL, e.event, greatest(c.opens, e.starts, m.starts, o.starts), least(u.until, e.ends, m.ends, o.ends),
        NULL, NULL, NULL, false, false, true
    FROM the_case c CROSS JOIN own w JOIN rule r ON r.register = 'event'
    JOIN quell.membership m ON m.book_id = $1 AND m.person_id = w.id AND m.kind = 'event'
    JOIN quell.event e ON e.book_id = $1 AND e.event = m.group_id AND e.withdrawn_at IS NULL
    JOIN quell.membership o ON o.book_id = $1 AND o.group_id = e.event AND o.kind = 'event'
    CROSS JOIN LATERAL (SELECT CASE e.kind WHEN 'funeral' THEN c.buries ELSE c.closes END AS until) u
    WHERE greatest(c.opens, e.starts, m.starts, o.starts) <= least(u.until, e.ends, m.ends, o.ends)";

/// In the same ward.
const WARDS: &str = "
    SELECT o.person_id, r.register, NULL, s.facility || ' ' || s.ward, greatest(o.admitted_at, s.admitted_at, c.opens),
        least(e.o, e.s + r.within, c.closes), least(e.o, e.s) - greatest(o.admitted_at, s.admitted_at),
        greatest(o.admitted_at - e.s, interval '0'), NULL, false, false, true
    FROM the_case c CROSS JOIN own w JOIN rule r ON r.register = 'ward'
    JOIN quell.stay s ON s.book_id = $1 AND s.person_id = w.id AND s.admitted_at <= c.closes
    JOIN quell.stay o ON o.book_id = $1 AND o.facility = s.facility AND o.ward = s.ward
    CROSS JOIN LATERAL (SELECT least(coalesce(o.left_at, c.closes), c.closes) AS o, least(coalesce(s.left_at, c.closes), c.closes) AS s) e
    WHERE e.s >= c.opens AND o.admitted_at <= e.s + r.within AND o.admitted_at <= c.closes AND coalesce(o.left_at, c.closes) >= s.admitted_at
        AND coalesce(o.left_at, c.closes) >= c.opens";

/// Swabbed into the same tube, or at the same place within minutes. A tube holds people who are swabbed one after the other: whoever is
/// within minutes is in one that was opened at most so long before, and an hour.
const QUEUES: &str = "
    SELECT o.person_id, r.register, NULL, o.tube, least(o.sampled_at, g.sampled_at), greatest(o.sampled_at, g.sampled_at), NULL,
        greatest(o.sampled_at - g.sampled_at, g.sampled_at - o.sampled_at), NULL, false, false, true
    FROM the_case c CROSS JOIN own w JOIN rule r ON r.register = 'sampling_queue'
    JOIN quell.registration g ON g.book_id = $1 AND g.person_id = w.id AND g.void_seq IS NULL AND g.sampled_at BETWEEN c.opens AND c.closes
    JOIN quell.tube t ON t.book_id = $1 AND t.tube = g.tube
    CROSS JOIN LATERAL (
        SELECT t.tube UNION SELECT n.tube FROM quell.tube n WHERE n.book_id = $1 AND n.round = t.round AND n.place = t.place
            AND n.opened_at BETWEEN g.sampled_at - r.within - interval '1 hour' AND g.sampled_at + r.within) n
    JOIN quell.registration o ON o.book_id = $1 AND o.tube = n.tube AND o.void_seq IS NULL
    WHERE o.tube = g.tube OR o.sampled_at BETWEEN g.sampled_at - r.within AND g.sampled_at + r.within";

/// What the rule makes of each meeting, and the strictest of each person.
const JUDGED: &str = "
judged AS MATERIALIZED (
    SELECT coalesce(a.same_as, m.person_id) AS person_id, m.register, r.path AS rule, j.proposal, u.certainty, m.visit_id, m.place COLLATE \"C\" AS place, m.starts,
        least(m.ends, CASE m.register WHEN 'event' THEN c.buries ELSE c.closes END) AS ends,
        CASE WHEN m.overlap IS NOT NULL THEN floor(extract(epoch FROM greatest(m.overlap, interval '0')) / 60)::bigint END AS overlap_min,
        CASE WHEN m.gap > interval '0' THEN floor(extract(epoch FROM m.gap) / 60)::bigint END AS gap_min, m.apart::bigint AS rows_apart,
        m.seat_unknown OR m.unsure AS unsure,
        CASE j.proposal WHEN 'close' THEN 40 WHEN 'secondary' THEN 30 WHEN 'general' THEN 20 ELSE 10 END
            + CASE u.certainty WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END AS rank
    FROM met m JOIN rule r ON r.register = m.register CROSS JOIN the_case c LEFT JOIN alias a ON a.id = m.person_id
    CROSS JOIN LATERAL (SELECT CASE WHEN m.near AND greatest(coalesce(m.overlap, r.overlap), interval '0') >= r.overlap
        THEN r.category ELSE r.otherwise END AS proposal) j
    CROSS JOIN LATERAL (SELECT CASE WHEN m.seat_unknown OR m.unsure THEN 'low' ELSE r.certainty END AS certainty) u
    WHERE m.person_id NOT IN (SELECT id FROM own)
), strictest AS MATERIALIZED (
    SELECT person_id, max(rank) AS rank, count(*) AS meetings,
        (array_agg(proposal ORDER BY rank DESC))[1] AS proposal
    FROM judged WHERE ($8::text IS NOT NULL OR proposal <> 'none') AND ($9::text IS NULL OR register = $9::text) GROUP BY person_id
), person_exposed AS MATERIALIZED (
    SELECT s.person_id, s.rank, s.meetings, s.proposal, min(j.starts) AS first_exposure, max(j.ends) AS last_exposure
    FROM strictest s JOIN judged j ON j.person_id = s.person_id AND j.proposal = s.proposal AND ($9::text IS NULL OR j.register = $9::text)
    WHERE ($8::text IS NULL OR s.proposal = $8::text) AND (NOT $10 OR NOT EXISTS (
            SELECT FROM quell.contact x WHERE x.book_id = $1 AND x.person_id = s.person_id AND x.case_id = $2 AND x.state <> 'dropped')
        AND NOT EXISTS (SELECT FROM quell.\"case\" x WHERE x.book_id = $1 AND x.person_id = s.person_id AND x.state <> 'withdrawn'))
    GROUP BY s.person_id, s.rank, s.meetings, s.proposal
), page AS MATERIALIZED (
    SELECT * FROM person_exposed
    WHERE $11::text IS NULL OR (rank, last_exposure, person_id) < ($11::text::bigint, $12::text::timestamptz, $13::text::uuid)
    ORDER BY rank DESC, last_exposure DESC, person_id DESC LIMIT $14
), evidence AS MATERIALIZED (
    SELECT x.person_id, json_agg(json_build_object('register', x.register, 'rule', x.rule, 'proposal', x.proposal, 'certainty', x.certainty,
        'visit_id', x.visit_id, 'place', x.place, 'starts', x.starts, 'ends', x.ends, 'overlap_min', x.overlap_min, 'gap_min', x.gap_min,
        'rows_apart', x.rows_apart, 'unsure', x.unsure, 'event', e.kind, 'event_name', e.name) ORDER BY x.n) AS list
    FROM (SELECT j.*, row_number() OVER (PARTITION BY j.person_id
            ORDER BY j.rank DESC, j.overlap_min DESC NULLS LAST, j.starts, j.register, j.place) AS n
        FROM judged j WHERE j.person_id IN (SELECT person_id FROM page) AND ($9::text IS NULL OR j.register = $9::text)) x
    LEFT JOIN quell.event e ON e.book_id = $1 AND e.event = x.place AND x.register = 'event'
    WHERE x.n <= 5 GROUP BY x.person_id
)";

/// The answer: one row if there is such a case.
const ANSWER: &str = "
SELECT json_build_object('person_id', c.person_id, 'from', c.opens, 'to', c.closes,
    'counts', (SELECT coalesce(json_agg(n ORDER BY n.persons DESC), '[]') FROM (
        SELECT proposal, count(*) AS persons FROM person_exposed GROUP BY proposal) n),
    'items', (SELECT coalesce(json_agg(json_build_object('rank', g.rank, 'person_id', g.person_id, 'name', p.name, 'phone', p.phone,
            'home', p.home, 'place', p.place, 'first_exposure', g.first_exposure, 'last_exposure', g.last_exposure, 'meetings', g.meetings,
            'evidence', e.list, 'contacts', coalesce(k.list, '[]'), 'cases', coalesce(i.list, '[]'))
            ORDER BY g.rank DESC, g.last_exposure DESC, g.person_id DESC), '[]')
        FROM page g LEFT JOIN quell.person p ON p.book_id = $1 AND p.person_id = g.person_id
        JOIN evidence e ON e.person_id = g.person_id
        LEFT JOIN LATERAL (SELECT json_agg(json_build_object('contact_id', x.contact_id, 'case_id', x.case_id, 'category', x.category,
                'state', x.state) ORDER BY x.named_at, x.contact_id) AS list
            FROM quell.contact x WHERE x.book_id = $1 AND x.person_id = g.person_id AND x.state <> 'dropped') k ON true
        LEFT JOIN LATERAL (SELECT json_agg(json_build_object('case_id', x.case_id, 'state', x.state) ORDER BY x.found_at, x.case_id) AS list
            FROM quell.\"case\" x WHERE x.book_id = $1 AND x.person_id = g.person_id AND x.state <> 'withdrawn') i ON true))::text
FROM the_case c";

/// The statement.
pub(super) fn sql() -> &'static str {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let arms = [VENUES, TRANSFERS, HOMES, GROUPS, EVENTS, WARDS, QUEUES].join(" UNION ALL ");
        format!("WITH {THE_CASE}, {PRESENCE}, met AS ({arms}), {JUDGED} {ANSWER}")
    });
    &SQL
}
