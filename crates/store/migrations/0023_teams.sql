-- Follow-up teams, and who is with which.
CREATE TABLE quell.team (
    book_id     integer     NOT NULL,
    team_id     text        NOT NULL COLLATE "C",
    place       text        NOT NULL COLLATE "C",
    name        text        NOT NULL,
    name_en     text,
    places      jsonb       NOT NULL,
    members     jsonb       NOT NULL,
    capacity    integer     NOT NULL CHECK (capacity > 0),
    state       text        NOT NULL,
    state_since timestamptz NOT NULL,
    reason      text,
    people      integer     NOT NULL CHECK (people >= 0),
    PRIMARY KEY (book_id, team_id)
);

CREATE TABLE quell.follow_up_assignment (
    book_id   integer NOT NULL,
    person_id uuid    NOT NULL,
    place     text    NOT NULL COLLATE "C",
    home      text    NOT NULL COLLATE "C",
    household boolean NOT NULL,
    team_id   text    COLLATE "C",
    own_team  text    COLLATE "C",
    by_hand   boolean NOT NULL,
    since     timestamptz,
    active    boolean NOT NULL,
    PRIMARY KEY (book_id, person_id),
    CHECK ((team_id IS NULL) = (since IS NULL))
);
CREATE INDEX follow_up_assignment_by_home ON quell.follow_up_assignment (book_id, home) WHERE active AND household;
-- Also those with nobody: a null is a key of the index.
CREATE INDEX follow_up_assignment_by_team ON quell.follow_up_assignment (book_id, team_id, place) WHERE active;
CREATE INDEX follow_up_assignment_by_own ON quell.follow_up_assignment (book_id, own_team) WHERE active AND own_team IS DISTINCT FROM team_id;

ALTER TABLE quell.follow_up ADD COLUMN team_id text COLLATE "C";

-- Whoever is or was under follow-up before there were teams is with nobody, as if replayed from the log.
INSERT INTO quell.follow_up_assignment (book_id, person_id, place, home, household, by_hand, active)
SELECT p.book_id, p.person_id, p.place, p.home,
    array_length(string_to_array(p.home, '.'), 1) > b.tally_depth
        AND NOT EXISTS (SELECT FROM quell.place l WHERE l.book_id = p.book_id AND l.place = p.home AND l.kind <> 'household'),
    false, d.open
FROM (SELECT book_id, person_id, bool_or(state = 'open') AS open FROM quell.duty
      WHERE kind IN ('follow_up', 'trace_lost') AND person_id IS NOT NULL GROUP BY book_id, person_id) d
JOIN quell.person p USING (book_id, person_id) JOIN quell.book b USING (book_id);

GRANT SELECT ON quell.team, quell.follow_up_assignment TO quell_reader;
ALTER TABLE quell.follow_up_assignment ENABLE ROW LEVEL SECURITY;
CREATE POLICY jurisdiction ON quell.follow_up_assignment FOR SELECT TO quell_reader USING (
    place >= current_setting('quell.scope') COLLATE "C"
    AND place < (current_setting('quell.scope') || '/') COLLATE "C"
    AND (place = (SELECT current_setting('quell.scope'))
         OR place >= (SELECT current_setting('quell.scope') || '.') COLLATE "C"));
-- A team is seen from the places inside its own, for it sees the people there, and from those above.
ALTER TABLE quell.team ENABLE ROW LEVEL SECURITY;
CREATE POLICY jurisdiction ON quell.team FOR SELECT TO quell_reader USING (
    place = (SELECT current_setting('quell.scope'))
    OR starts_with(place, (SELECT current_setting('quell.scope') || '.'))
    OR starts_with((SELECT current_setting('quell.scope')), place || '.'));
