-- Registers: groups and their members, who was at which venue or in which vehicle; contacts that are not known as persons yet.
CREATE TABLE quell.membership (
    book_id   integer NOT NULL,
    group_id  text    NOT NULL COLLATE "C",
    person_id uuid    NOT NULL,
    place     text    NOT NULL COLLATE "C",
    kind      text    NOT NULL,
    name      text,
    starts    timestamptz,
    ends      timestamptz,
    seq       bigint  NOT NULL,
    PRIMARY KEY (book_id, group_id, person_id)
);
CREATE INDEX membership_by_person ON quell.membership (book_id, person_id);

-- Twenty million in a fortnight of a county: no more columns than are asked for. Fixed widths first.
CREATE TABLE quell.check_in (
    book_id   integer     NOT NULL,
    person_id uuid        NOT NULL,
    starts    timestamptz NOT NULL,
    ends      timestamptz,
    venue     text        NOT NULL COLLATE "C",
    place     text        NOT NULL COLLATE "C",
    seat      text,
    PRIMARY KEY (book_id, person_id, starts, venue),
    CHECK (starts <= ends)
);
-- Who was there then: nothing is read but the index. Without the columns behind the key each line of a busy venue would be fetched from
-- a page of its own, for registers come in as the days go on.
CREATE INDEX check_in_by_venue ON quell.check_in (book_id, venue, starts) INCLUDE (ends, person_id, place, seat);
-- Who stayed so long that they are not found among those who came shortly before: few.
CREATE INDEX check_in_long ON quell.check_in (book_id, venue, starts) INCLUDE (ends, person_id, place, seat)
    WHERE ends - starts > interval '3 hours';

CREATE TABLE quell.lead (
    book_id       integer     NOT NULL,
    lead_id       uuid        NOT NULL,
    case_id       uuid        NOT NULL,
    person_id     uuid        NOT NULL,
    place         text        NOT NULL COLLATE "C",
    kind          text        NOT NULL,
    description   text        NOT NULL,
    phone         text,
    expected      integer     NOT NULL CHECK (expected > 0),
    persons       jsonb       NOT NULL,
    venue         text,
    visit_id      uuid,
    last_exposure timestamptz NOT NULL,
    noted_at      timestamptz NOT NULL,
    duty_id       uuid,
    state         text        NOT NULL,
    ended_at      timestamptz,
    reason        text,
    decider       text,
    PRIMARY KEY (book_id, lead_id),
    CHECK ((state = 'open') = (ended_at IS NULL))
);
CREATE INDEX lead_by_case ON quell.lead (book_id, case_id);
CREATE INDEX lead_by_time ON quell.lead (book_id, noted_at);

-- Who shared a ward or a vehicle with a case.
CREATE INDEX stay_by_ward ON quell.stay (book_id, facility, ward, admitted_at);
CREATE INDEX transfer_by_vehicle ON quell.transfer (book_id, vehicle, picked_up_at) WHERE vehicle IS NOT NULL AND picked_up_at IS NOT NULL;

GRANT SELECT ON quell.membership, quell.check_in, quell.lead TO quell_reader;
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['membership', 'check_in', 'lead']
    LOOP
        EXECUTE format('ALTER TABLE quell.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY jurisdiction ON quell.%I FOR SELECT TO quell_reader USING (
            place >= current_setting(''quell.scope'') COLLATE "C"
            AND place < (current_setting(''quell.scope'') || ''/'') COLLATE "C"
            AND (place = (SELECT current_setting(''quell.scope''))
                 OR place >= (SELECT current_setting(''quell.scope'') || ''.'') COLLATE "C"))', t);
    END LOOP;
END
$$;
