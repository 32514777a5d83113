-- Links between cases: who infected whom.
CREATE TABLE quell.link (
    book_id     integer     NOT NULL,
    link_id     uuid        NOT NULL,
    source_case uuid        NOT NULL,
    target_case uuid        NOT NULL,
    place       text        NOT NULL COLLATE "C",
    directed    boolean     NOT NULL,
    certainty   text        NOT NULL,
    context     text,
    contact_at  timestamptz,
    evidence    text        NOT NULL,
    stated_at   timestamptz NOT NULL,
    seq         bigint      NOT NULL,
    withdrawn   text,
    PRIMARY KEY (book_id, link_id),
    CHECK (source_case <> target_case)
);
CREATE INDEX link_by_target ON quell.link (book_id, target_case);
CREATE INDEX link_by_source ON quell.link (book_id, source_case);
GRANT SELECT ON quell.link TO quell_reader;
ALTER TABLE quell.link ENABLE ROW LEVEL SECURITY;
CREATE POLICY jurisdiction ON quell.link FOR SELECT TO quell_reader USING (
    place >= current_setting('quell.scope') COLLATE "C"
    AND place < (current_setting('quell.scope') || '/') COLLATE "C"
    AND (place = (SELECT current_setting('quell.scope'))
         OR place >= (SELECT current_setting('quell.scope') || '.') COLLATE "C"));
