-- Events at which people met. Who took part are memberships of the same code, of the kind 'event'.
CREATE TABLE quell.event (
    book_id      integer     NOT NULL,
    event        text        NOT NULL COLLATE "C",
    name         text        NOT NULL,
    kind         text        NOT NULL,
    venue        text        COLLATE "C",
    place        text        NOT NULL COLLATE "C",
    description  text,
    starts       timestamptz NOT NULL,
    ends         timestamptz NOT NULL,
    expected     integer     CHECK (expected > 0),
    listed_at    timestamptz NOT NULL,
    withdrawn_at timestamptz,
    reason       text,
    decider      text,
    PRIMARY KEY (book_id, event),
    CHECK (starts <= ends)
);
CREATE INDEX event_by_time ON quell.event (book_id, starts, event);

GRANT SELECT ON quell.event TO quell_reader;
ALTER TABLE quell.event ENABLE ROW LEVEL SECURITY;
-- Where it was, or whom it concerns: an event elsewhere is seen by whoever may see one of its participants (the rows of memberships
-- have a wall of their own, which holds in here too), so that none of them goes unnoticed.
CREATE POLICY jurisdiction ON quell.event FOR SELECT TO quell_reader USING (
    (place >= current_setting('quell.scope') COLLATE "C"
        AND place < (current_setting('quell.scope') || '/') COLLATE "C"
        AND (place = (SELECT current_setting('quell.scope'))
             OR place >= (SELECT current_setting('quell.scope') || '.') COLLATE "C"))
    OR EXISTS (SELECT FROM quell.membership m WHERE m.book_id = event.book_id AND m.group_id = event.event AND m.kind = 'event'));
