-- Post-exposure prophylaxis of contacts.
ALTER TABLE quell.contact ADD COLUMN prophylaxis boolean NOT NULL DEFAULT false;

CREATE TABLE quell.prophylaxis (
    book_id     integer     NOT NULL,
    seq         bigint      NOT NULL,
    idx         integer     NOT NULL,
    person_id   uuid        NOT NULL,
    contact_id  uuid        NOT NULL,
    place       text        NOT NULL COLLATE "C",
    prophylaxis text        NOT NULL,
    at          timestamptz NOT NULL,
    in_time     boolean     NOT NULL,
    note        text,
    PRIMARY KEY (book_id, seq, idx)
);
CREATE INDEX prophylaxis_by_person ON quell.prophylaxis (book_id, person_id, at);
GRANT SELECT ON quell.prophylaxis TO quell_reader;
ALTER TABLE quell.prophylaxis ENABLE ROW LEVEL SECURITY;
CREATE POLICY jurisdiction ON quell.prophylaxis FOR SELECT TO quell_reader USING (
    place >= current_setting('quell.scope') COLLATE "C"
    AND place < (current_setting('quell.scope') || '/') COLLATE "C"
    AND (place = (SELECT current_setting('quell.scope'))
         OR place >= (SELECT current_setting('quell.scope') || '.') COLLATE "C"));
