-- How far people were vaccinated before an outbreak: one row a person of whom it was said.
CREATE TABLE quell.vaccination (
    book_id   integer     NOT NULL,
    person_id uuid        NOT NULL,
    place     text        NOT NULL COLLATE "C",
    doses     integer     NOT NULL,
    dates     date[]      NOT NULL,
    vaccine   text,
    source    text        NOT NULL,
    stated_at timestamptz NOT NULL,
    PRIMARY KEY (book_id, person_id)
);
GRANT SELECT ON quell.vaccination TO quell_reader;
ALTER TABLE quell.vaccination ENABLE ROW LEVEL SECURITY;
CREATE POLICY jurisdiction ON quell.vaccination FOR SELECT TO quell_reader USING (
    place >= current_setting('quell.scope') COLLATE "C"
    AND place < (current_setting('quell.scope') || '/') COLLATE "C"
    AND (place = (SELECT current_setting('quell.scope'))
         OR place >= (SELECT current_setting('quell.scope') || '.') COLLATE "C"));
