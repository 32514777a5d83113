-- Investigation, follow-up, orders and appeals.
ALTER TABLE quell.contact
    ADD COLUMN first_exposure timestamptz,
    ADD COLUMN context text,
    ADD COLUMN relation text,
    ADD COLUMN certainty text,
    ADD COLUMN named_at timestamptz NOT NULL DEFAULT 'epoch',
    ADD COLUMN last_seen timestamptz;

CREATE TABLE quell.follow_up (
    book_id       integer     NOT NULL,
    seq           bigint      NOT NULL,
    idx           integer     NOT NULL,
    person_id     uuid        NOT NULL,
    contact_id    uuid        NOT NULL,
    place         text        NOT NULL COLLATE "C",
    at            timestamptz NOT NULL,
    outcome       text        NOT NULL,
    temperature   double precision,
    symptoms      jsonb       NOT NULL,
    by            text,
    self_reported boolean     NOT NULL,
    note          text,
    PRIMARY KEY (book_id, seq, idx)
);
CREATE INDEX follow_up_by_person ON quell.follow_up (book_id, person_id, at);
CREATE INDEX follow_up_by_time ON quell.follow_up (book_id, at);

CREATE TABLE quell.restriction_order (
    book_id     integer     NOT NULL,
    order_id    uuid        NOT NULL,
    person_id   uuid        NOT NULL,
    place       text        NOT NULL COLLATE "C",
    kind        text        NOT NULL,
    contact_id  uuid,
    case_id     uuid,
    evidence    text        NOT NULL CHECK (evidence <> ''),
    reason      text        NOT NULL,
    decider     text        NOT NULL,
    decided_at  timestamptz NOT NULL,
    starts      timestamptz NOT NULL,
    site_until  timestamptz,
    ends        timestamptz NOT NULL,
    permits     text,
    rule        text,
    state       text        NOT NULL,
    ended_at    timestamptz,
    end_reason  text,
    end_decider text,
    PRIMARY KEY (book_id, order_id),
    CHECK ((state = 'in_force') = (ended_at IS NULL))
);
CREATE INDEX restriction_order_by_person ON quell.restriction_order (book_id, person_id);
CREATE INDEX restriction_order_in_force ON quell.restriction_order (book_id, ends) WHERE state = 'in_force';

CREATE TABLE quell.appeal (
    book_id     integer     NOT NULL,
    appeal_id   uuid        NOT NULL,
    order_id    uuid        NOT NULL,
    person_id   uuid        NOT NULL,
    place       text        NOT NULL COLLATE "C",
    by          text        NOT NULL,
    text        text        NOT NULL,
    made_at     timestamptz NOT NULL,
    duty_id     uuid,
    state       text        NOT NULL,
    answered_at timestamptz,
    answer      text,
    decider     text,
    PRIMARY KEY (book_id, appeal_id),
    CHECK ((state = 'open') = (answered_at IS NULL))
);
CREATE INDEX appeal_by_order ON quell.appeal (book_id, order_id);

CREATE TABLE quell.investigation (
    book_id       integer     NOT NULL,
    case_id       uuid        NOT NULL,
    person_id     uuid        NOT NULL,
    place         text        NOT NULL COLLATE "C",
    answers       jsonb       NOT NULL,
    updated_seq   bigint      NOT NULL,
    updated_at    timestamptz NOT NULL,
    core_filed_at timestamptz,
    full_filed_at timestamptz,
    summary       text,
    PRIMARY KEY (book_id, case_id)
);

CREATE TABLE quell.interview (
    book_id     integer     NOT NULL,
    seq         bigint      NOT NULL,
    idx         integer     NOT NULL,
    case_id     uuid        NOT NULL,
    place       text        NOT NULL COLLATE "C",
    interviewer text        NOT NULL,
    informant   text,
    answers     jsonb       NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (book_id, seq, idx)
);
CREATE INDEX interview_by_case ON quell.interview (book_id, case_id, seq);

CREATE TABLE quell.visit (
    book_id     integer     NOT NULL,
    visit_id    uuid        NOT NULL,
    case_id     uuid        NOT NULL,
    person_id   uuid        NOT NULL,
    place       text        NOT NULL COLLATE "C",
    at_place    text        COLLATE "C",
    vehicle     text,
    description text,
    starts      timestamptz NOT NULL,
    ends        timestamptz NOT NULL,
    margin_s    integer     NOT NULL,
    companions  jsonb       NOT NULL,
    source      text        NOT NULL,
    seq         bigint      NOT NULL,
    withdrawn   text,
    PRIMARY KEY (book_id, visit_id),
    CHECK (starts <= ends)
);
CREATE INDEX visit_by_case ON quell.visit (book_id, case_id, starts);
CREATE INDEX visit_by_place ON quell.visit (book_id, at_place, starts) WHERE at_place IS NOT NULL;

GRANT SELECT ON quell.follow_up, quell.restriction_order, quell.appeal, quell.investigation, quell.interview, quell.visit TO quell_reader;
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['follow_up', 'restriction_order', 'appeal', 'investigation', 'interview', 'visit']
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

-- Whose time runs out next: the clock of the server looks every minute.
CREATE INDEX contact_until ON quell.contact (book_id, until) WHERE state = 'active';
