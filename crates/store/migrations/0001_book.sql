-- The book. Shape for distribution by book (Citus): book_id first in every primary key, unique constraint and index;
-- no triggers, no sequences, no volatile defaults, no foreign keys between books. `tests/schema.rs` lints these rules.

CREATE SCHEMA IF NOT EXISTS quell;

-- Reference data -----------------------------------------------------------------------------------------------

CREATE TABLE quell.protocol_text (
    content_hash text NOT NULL,
    protocol     text NOT NULL,
    body         text NOT NULL,
    PRIMARY KEY (content_hash)
);

-- The books ----------------------------------------------------------------------------------------------------

CREATE TABLE quell.book (
    book_id        integer     NOT NULL,
    root           text        NOT NULL,
    offset_minutes smallint    NOT NULL,
    tally_depth    integer     NOT NULL,
    open_day       date,
    protocol       text,
    protocol_hash  text,
    head_seq       bigint      NOT NULL,
    head_hash      text        NOT NULL,
    PRIMARY KEY (book_id)
);

-- The log: every accepted submission, once, in order. Nothing else is written but by way of it.
CREATE TABLE quell.submission (
    book_id       integer     NOT NULL,
    seq           bigint      NOT NULL,
    submission_id uuid        NOT NULL,
    sender        text        NOT NULL,
    device        text,
    content_hash  text        NOT NULL,
    stored_hash   text        NOT NULL,
    log_hash      text        NOT NULL,
    recorded_at   timestamptz NOT NULL,
    facts         integer     NOT NULL CHECK (facts > 0),
    body          bytea       NOT NULL,
    PRIMARY KEY (book_id, seq),
    CONSTRAINT submission_once UNIQUE (book_id, submission_id)
);
ALTER TABLE quell.submission ALTER COLUMN body SET STORAGE EXTERNAL; -- compressed before it arrives

-- Places and people --------------------------------------------------------------------------------------------

CREATE TABLE quell.place (
    book_id  integer NOT NULL,
    place    text    NOT NULL COLLATE "C",
    kind     text    NOT NULL,
    name     text    NOT NULL,
    name_en  text,
    wards    jsonb   NOT NULL,
    beds     integer NOT NULL CHECK (beds >= 0),
    occupied integer NOT NULL CHECK (occupied >= 0),
    reserved integer NOT NULL CHECK (reserved >= 0),
    PRIMARY KEY (book_id, place)
);
CREATE INDEX place_by_kind ON quell.place (book_id, kind, place) WHERE kind NOT IN ('household', 'unit', 'building');

CREATE TABLE quell.person (
    book_id         integer NOT NULL,
    person_id       uuid    NOT NULL,
    home            text    NOT NULL COLLATE "C",
    place           text    NOT NULL COLLATE "C",
    name            text    NOT NULL,
    sex             text    NOT NULL,
    born            date,
    identity_hash   text,
    identity_masked text,
    phone           text,
    occupation      text    NOT NULL,
    tags            text[]  NOT NULL,
    standing        text    NOT NULL,
    standing_since  timestamptz,
    away_to         text,
    exposure        text    NOT NULL,
    attention       boolean NOT NULL,
    PRIMARY KEY (book_id, person_id)
);
CREATE INDEX person_by_home ON quell.person (book_id, home);
CREATE INDEX person_by_identity ON quell.person (book_id, identity_hash) WHERE identity_hash IS NOT NULL;
CREATE INDEX person_by_name ON quell.person (book_id, name);
CREATE INDEX person_by_standing ON quell.person (book_id, standing) WHERE standing <> 'at_home';

-- Rounds -------------------------------------------------------------------------------------------------------

CREATE TABLE quell.round (
    book_id   integer     NOT NULL,
    round     text        NOT NULL,
    name      text        NOT NULL,
    scope     jsonb       NOT NULL,
    starts    timestamptz NOT NULL,
    due       timestamptz NOT NULL,
    pool_size integer,
    state     text        NOT NULL,
    closed_at timestamptz,
    PRIMARY KEY (book_id, round)
);

CREATE TABLE quell.roster (
    book_id   integer NOT NULL,
    round     text    NOT NULL,
    person_id uuid    NOT NULL,
    place     text    NOT NULL COLLATE "C",
    waived    text,
    decider   text,
    missed    boolean NOT NULL,
    PRIMARY KEY (book_id, round, person_id)
);
CREATE INDEX roster_by_place ON quell.roster (book_id, round, place);

CREATE TABLE quell.registration (
    book_id    integer     NOT NULL,
    person_id  uuid        NOT NULL,
    tube       text        NOT NULL COLLATE "C",
    round      text,
    place      text        NOT NULL COLLATE "C",
    sampled_at timestamptz NOT NULL,
    seq        bigint      NOT NULL,
    counts     boolean     NOT NULL,
    flag       text,
    void_seq   bigint,
    PRIMARY KEY (book_id, tube, person_id)
);
CREATE INDEX registration_by_person ON quell.registration (book_id, person_id, round);

-- Tubes and boxes ----------------------------------------------------------------------------------------------

CREATE TABLE quell.tube (
    book_id      integer     NOT NULL,
    tube         text        NOT NULL COLLATE "C",
    round        text,
    place        text        NOT NULL COLLATE "C",
    mode         text        NOT NULL,
    capacity     integer     NOT NULL CHECK (capacity > 0),
    members      integer     NOT NULL CHECK (members >= 0),
    household    text,
    state        text        NOT NULL,
    opened_at    timestamptz NOT NULL,
    seal_due     timestamptz,
    sealed_at    timestamptz,
    box          text        COLLATE "C",
    holder       text,
    left_at      timestamptz,
    deliver_due  timestamptz,
    received_at  timestamptz,
    laboratory   text,
    test_due     timestamptz,
    resulted_at  timestamptz,
    result       text,
    targets      jsonb       NOT NULL,
    runs         integer     NOT NULL,
    PRIMARY KEY (book_id, tube)
);
CREATE INDEX tube_by_box ON quell.tube (book_id, box) WHERE box IS NOT NULL;
CREATE INDEX tube_on_its_way ON quell.tube (book_id, state, place) WHERE state IN ('open', 'sealed', 'in_transit', 'received');
CREATE INDEX tube_by_round ON quell.tube (book_id, round, place);

CREATE TABLE quell.box (
    book_id   integer     NOT NULL,
    box       text        NOT NULL COLLATE "C",
    place     text        NOT NULL COLLATE "C",
    packed_at timestamptz NOT NULL,
    tubes     integer     NOT NULL,
    holder    text,
    PRIMARY KEY (book_id, box)
);

CREATE TABLE quell.hand_over (
    book_id     integer     NOT NULL,
    seq         bigint      NOT NULL,
    idx         integer     NOT NULL,
    place       text        NOT NULL COLLATE "C",
    box         text        COLLATE "C",
    tube        text        COLLATE "C",
    given_by    text        NOT NULL,
    taken_by    text        NOT NULL,
    at          timestamptz NOT NULL,
    temperature double precision,
    PRIMARY KEY (book_id, seq, idx)
);
CREATE INDEX hand_over_by_box ON quell.hand_over (book_id, box) WHERE box IS NOT NULL;
CREATE INDEX hand_over_by_tube ON quell.hand_over (book_id, tube) WHERE tube IS NOT NULL;

CREATE TABLE quell.plate (
    book_id    integer     NOT NULL,
    plate      text        NOT NULL COLLATE "C",
    laboratory text        NOT NULL,
    read_at    timestamptz NOT NULL,
    valid      boolean     NOT NULL,
    PRIMARY KEY (book_id, plate)
);

CREATE TABLE quell.result (
    book_id    integer     NOT NULL,
    seq        bigint      NOT NULL,
    idx        integer     NOT NULL,
    tube       text        NOT NULL COLLATE "C",
    place      text        NOT NULL COLLATE "C",
    plate      text        COLLATE "C",
    at         timestamptz NOT NULL,
    result     text        NOT NULL,
    targets    jsonb       NOT NULL,
    correction text,
    PRIMARY KEY (book_id, seq, idx)
);
CREATE INDEX result_by_tube ON quell.result (book_id, tube);

-- Cases, contacts, transfers, stays ----------------------------------------------------------------------------

CREATE TABLE quell."case" (
    book_id        integer     NOT NULL,
    case_id        uuid        NOT NULL,
    person_id      uuid        NOT NULL,
    place          text        NOT NULL COLLATE "C",
    tube           text,
    round          text,
    found_at       timestamptz NOT NULL,
    sampled_at     timestamptz,
    classification text        NOT NULL,
    severity       text        NOT NULL,
    onset          timestamptz,
    setting        text        NOT NULL,
    control        text        NOT NULL,
    state          text        NOT NULL,
    reported_at    timestamptz,
    receipt        text,
    ended_at       timestamptz,
    PRIMARY KEY (book_id, case_id)
);
CREATE INDEX case_by_person ON quell."case" (book_id, person_id);
CREATE INDEX case_by_found ON quell."case" (book_id, found_at);

CREATE TABLE quell.contact (
    book_id       integer     NOT NULL,
    contact_id    uuid        NOT NULL,
    person_id     uuid        NOT NULL,
    place         text        NOT NULL COLLATE "C",
    case_id       uuid,
    category      text        NOT NULL,
    last_exposure timestamptz NOT NULL,
    decider       text        NOT NULL,
    reason        text        NOT NULL,
    state         text        NOT NULL,
    until         timestamptz,
    PRIMARY KEY (book_id, contact_id)
);
CREATE INDEX contact_by_person ON quell.contact (book_id, person_id);

CREATE TABLE quell.transfer (
    book_id      integer     NOT NULL,
    transfer_id  uuid        NOT NULL,
    person_id    uuid        NOT NULL,
    place        text        NOT NULL COLLATE "C",
    requested_at timestamptz NOT NULL,
    state        text        NOT NULL,
    vehicle      text,
    facility     text,
    assigned_at  timestamptz,
    picked_up_at timestamptz,
    arrived_at   timestamptz,
    reason       text,
    PRIMARY KEY (book_id, transfer_id)
);
CREATE INDEX transfer_by_person ON quell.transfer (book_id, person_id);

CREATE TABLE quell.stay (
    book_id         integer     NOT NULL,
    stay_id         uuid        NOT NULL,
    person_id       uuid        NOT NULL,
    place           text        NOT NULL COLLATE "C",
    facility        text        NOT NULL COLLATE "C",
    ward            text        NOT NULL,
    bed             integer     NOT NULL CHECK (bed > 0),
    admitted_at     timestamptz NOT NULL,
    left_at         timestamptz CHECK (left_at >= admitted_at),
    exit_passes     integer     NOT NULL,
    last_pass_at    timestamptz,
    override_reason text,
    PRIMARY KEY (book_id, stay_id)
);
-- One person a bed, one bed a person: the second wall behind the book's own check.
CREATE UNIQUE INDEX stay_one_person_a_bed ON quell.stay (book_id, facility, ward, bed) WHERE left_at IS NULL;
CREATE UNIQUE INDEX stay_one_bed_a_person ON quell.stay (book_id, person_id) WHERE left_at IS NULL;
CREATE INDEX stay_by_person ON quell.stay (book_id, person_id);

CREATE TABLE quell.observation (
    book_id     integer     NOT NULL,
    seq         bigint      NOT NULL,
    idx         integer     NOT NULL,
    person_id   uuid        NOT NULL,
    place       text        NOT NULL COLLATE "C",
    at          timestamptz NOT NULL,
    temperature double precision,
    oxygen      integer CHECK (oxygen BETWEEN 0 AND 100),
    symptoms    text,
    severity    text,
    PRIMARY KEY (book_id, seq, idx)
);
CREATE INDEX observation_by_person ON quell.observation (book_id, person_id, at);

CREATE TABLE quell.zone (
    book_id       integer     NOT NULL,
    place         text        NOT NULL COLLATE "C",
    seq           bigint      NOT NULL,
    level         text        NOT NULL,
    designated_at timestamptz NOT NULL,
    reason        text        NOT NULL,
    decider       text        NOT NULL,
    lifted_at     timestamptz,
    last_case_at  timestamptz,
    PRIMARY KEY (book_id, place, seq)
);

-- Duties and the daily close -----------------------------------------------------------------------------------

CREATE TABLE quell.duty (
    book_id      integer     NOT NULL,
    duty_id      uuid        NOT NULL,
    kind         text        NOT NULL,
    subject_kind text        NOT NULL,
    subject      text        NOT NULL COLLATE "C",
    person_id    uuid,
    place        text        NOT NULL COLLATE "C",
    responsible  text        NOT NULL,
    opened_at    timestamptz NOT NULL,
    due          timestamptz NOT NULL,
    rule         text        NOT NULL,
    opened_seq   bigint      NOT NULL,
    state        text        NOT NULL,
    ended_at     timestamptz,
    ended_seq    bigint,
    in_time      boolean,
    reason       text,
    decider      text,
    PRIMARY KEY (book_id, duty_id),
    CHECK ((state = 'open') = (ended_seq IS NULL))
);
CREATE INDEX duty_open_by_person ON quell.duty (book_id, person_id) WHERE state = 'open';
CREATE INDEX duty_open_by_subject ON quell.duty (book_id, subject) WHERE state = 'open' AND person_id IS NULL;
CREATE INDEX duty_open_by_kind ON quell.duty (book_id, kind, due) WHERE state = 'open';
CREATE INDEX duty_by_person ON quell.duty (book_id, person_id) WHERE person_id IS NOT NULL;

CREATE TABLE quell.tally (
    book_id    integer NOT NULL,
    day        date    NOT NULL,
    kind       text    NOT NULL,
    place      text    NOT NULL COLLATE "C",
    round      text    NOT NULL,
    opened     bigint  NOT NULL,
    reopened   bigint  NOT NULL,
    discharged bigint  NOT NULL,
    in_time    bigint  NOT NULL,
    waived     bigint  NOT NULL,
    superseded bigint  NOT NULL,
    PRIMARY KEY (book_id, day, kind, place, round)
);
CREATE INDEX tally_by_round ON quell.tally (book_id, round, kind, place) WHERE round <> '';

CREATE TABLE quell.ownership (
    book_id integer NOT NULL,
    day     date    NOT NULL,
    kind    text    NOT NULL,
    place   text    NOT NULL COLLATE "C",
    owner   text    NOT NULL,
    reason  text    NOT NULL,
    PRIMARY KEY (book_id, day, kind, place)
);

CREATE TABLE quell.sealed_day (
    book_id    integer     NOT NULL,
    day        date        NOT NULL,
    seq        bigint      NOT NULL,
    closed_at  timestamptz NOT NULL,
    decider    text        NOT NULL,
    sheet      jsonb       NOT NULL,
    sheet_hash text        NOT NULL,
    day_hash   text        NOT NULL,
    PRIMARY KEY (book_id, day)
);

-- Accounts and the trace of every look -------------------------------------------------------------------------

CREATE TABLE quell.account (
    book_id       integer     NOT NULL,
    account       text        NOT NULL,
    role          text        NOT NULL,
    place         text        NOT NULL COLLATE "C",
    password_hash text        NOT NULL,
    active        boolean     NOT NULL,
    created_at    timestamptz NOT NULL,
    PRIMARY KEY (book_id, account)
);

CREATE TABLE quell.token (
    book_id    integer     NOT NULL,
    token_hash text        NOT NULL,
    account    text        NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (book_id, token_hash)
);

CREATE TABLE quell.access_log (
    book_id   integer     NOT NULL,
    access_id uuid        NOT NULL,
    at        timestamptz NOT NULL,
    account   text        NOT NULL,
    role      text        NOT NULL,
    what      text        NOT NULL,
    person_id uuid,
    place     text        COLLATE "C",
    rows      integer     NOT NULL,
    PRIMARY KEY (book_id, access_id)
);
CREATE INDEX access_log_by_person ON quell.access_log (book_id, person_id, at);
CREATE INDEX access_log_by_time ON quell.access_log (book_id, at);

-- The second wall: readers see their own jurisdiction only ------------------------------------------------------
-- The server reads as role quell_reader (made by `schema::migrate`, for roles belong to the whole server) with `SET LOCAL quell.scope` set to the account's place.

GRANT USAGE ON SCHEMA quell TO quell_reader;
GRANT SELECT ON quell.book, quell.place, quell.person, quell.round, quell.roster, quell.registration, quell.tube,
    quell.box, quell.hand_over, quell.plate, quell.result, quell."case", quell.contact, quell.transfer, quell.stay,
    quell.observation, quell.zone, quell.duty, quell.tally, quell.ownership, quell.sealed_day, quell.submission,
    quell.access_log TO quell_reader;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['person', 'roster', 'registration', 'tube', 'box', 'hand_over', 'result', 'case', 'contact',
                             'transfer', 'stay', 'observation', 'duty', 'tally']
    LOOP
        EXECUTE format('ALTER TABLE quell.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY jurisdiction ON quell.%I FOR SELECT TO quell_reader USING (
            place = current_setting(''quell.scope'') OR starts_with(place, current_setting(''quell.scope'') || ''.''))', t);
    END LOOP;
END
$$;
