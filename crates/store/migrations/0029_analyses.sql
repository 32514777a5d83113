-- Analyses of the book: what was asked, on which snapshot, with which parameters, seed and version, and what came of it. A row a job: it waits, runs, ends.
CREATE TABLE quell.analysis (
    book_id      integer     NOT NULL,
    analysis_id  uuid        NOT NULL,
    place        text        NOT NULL COLLATE "C",
    analysis     text        NOT NULL,
    asked        jsonb       NOT NULL,
    account      text        NOT NULL,
    role         text        NOT NULL,
    asked_at     timestamptz NOT NULL,
    state        text        NOT NULL,
    -- How often it was begun: what takes the server down with it is not begun for ever.
    begun        integer     NOT NULL DEFAULT 0,
    started_at   timestamptz,
    ended_at     timestamptz,
    -- The snapshot: the log position that it shows, and its tables (name, rows, SHA-256); `inputs_hash` is over all of them.
    as_of_seq    bigint,
    tables       jsonb,
    inputs_hash  text,
    version      text,
    command      text[],
    -- What came of it: a table, of some a second one, a picture, and what was said beside them (warnings, diagnostics).
    result       text,
    result_hash  text,
    rows         bigint,
    second       text,
    picture      text,
    said         text,
    -- Why there is no result.
    failure_zh   text,
    failure_en   text,
    PRIMARY KEY (book_id, analysis_id),
    CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    CHECK ((state IN ('done', 'failed', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK ((state = 'done') = (result IS NOT NULL)),
    CHECK ((state = 'failed') = (failure_en IS NOT NULL))
);
CREATE INDEX analysis_by_time ON quell.analysis (book_id, asked_at DESC, analysis_id DESC);
CREATE INDEX analysis_open ON quell.analysis (book_id, asked_at, analysis_id) WHERE state IN ('queued', 'running');

GRANT SELECT ON quell.analysis TO quell_reader;
ALTER TABLE quell.analysis ENABLE ROW LEVEL SECURITY;
CREATE POLICY jurisdiction ON quell.analysis FOR SELECT TO quell_reader USING (
    place >= current_setting('quell.scope') COLLATE "C"
    AND place < (current_setting('quell.scope') || '/') COLLATE "C"
    AND (place = (SELECT current_setting('quell.scope'))
         OR place >= (SELECT current_setting('quell.scope') || '.') COLLATE "C"));
