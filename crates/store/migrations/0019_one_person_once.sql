-- One person, once: by which keys people who are alike are found, and what was decided about two records.
ALTER TABLE quell.person ADD COLUMN match_keys bigint[] NOT NULL DEFAULT '{}';
ALTER TABLE quell.person ADD COLUMN same_as uuid;
-- A key is looked up by itself (`match_keys @> ARRAY[key]`); the book is compared in the row: two books seldom share a key.
CREATE INDEX person_by_match ON quell.person USING gin (match_keys);
CREATE INDEX person_by_same ON quell.person (book_id, same_as) WHERE same_as IS NOT NULL;

CREATE TABLE quell.person_merge (
    book_id      integer     NOT NULL,
    merge_id     uuid        NOT NULL,
    kept         uuid        NOT NULL,
    gone         uuid        NOT NULL,
    place        text        NOT NULL COLLATE "C",
    reason       text        NOT NULL,
    decider      text        NOT NULL,
    merged_at    timestamptz NOT NULL,
    moved        jsonb       NOT NULL,
    undone_at    timestamptz,
    undo_reason  text,
    undo_decider text,
    PRIMARY KEY (book_id, merge_id),
    CHECK (kept <> gone)
);
CREATE INDEX person_merge_by_kept ON quell.person_merge (book_id, kept) WHERE undone_at IS NULL;
CREATE INDEX person_merge_by_gone ON quell.person_merge (book_id, gone);
GRANT SELECT ON quell.person_merge TO quell_reader;
ALTER TABLE quell.person_merge ENABLE ROW LEVEL SECURITY;
CREATE POLICY jurisdiction ON quell.person_merge FOR SELECT TO quell_reader USING (
    place >= current_setting('quell.scope') COLLATE "C"
    AND place < (current_setting('quell.scope') || '/') COLLATE "C"
    AND (place = (SELECT current_setting('quell.scope'))
         OR place >= (SELECT current_setting('quell.scope') || '.') COLLATE "C"));

CREATE TABLE quell.distinct_person (
    book_id   integer     NOT NULL,
    person_id uuid        NOT NULL,
    other_id  uuid        NOT NULL,
    place     text        NOT NULL COLLATE "C",
    reason    text        NOT NULL,
    decider   text        NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (book_id, person_id, other_id),
    CHECK (person_id < other_id)
);
CREATE INDEX distinct_person_by_other ON quell.distinct_person (book_id, other_id);
GRANT SELECT ON quell.distinct_person TO quell_reader;
ALTER TABLE quell.distinct_person ENABLE ROW LEVEL SECURITY;
CREATE POLICY jurisdiction ON quell.distinct_person FOR SELECT TO quell_reader USING (
    place >= current_setting('quell.scope') COLLATE "C"
    AND place < (current_setting('quell.scope') || '/') COLLATE "C"
    AND (place = (SELECT current_setting('quell.scope'))
         OR place >= (SELECT current_setting('quell.scope') || '.') COLLATE "C"));
