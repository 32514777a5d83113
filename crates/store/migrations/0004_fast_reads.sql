-- The tubes of a round in the order of time (its pace and forecast) and, by the place in the index, of a small scope.
DROP INDEX quell.tube_by_round;
CREATE INDEX tube_by_round ON quell.tube (book_id, round, opened_at, place);
-- What stands out among tubes and registrations.
CREATE INDEX tube_not_negative ON quell.tube (book_id, round, place) WHERE result IN ('positive', 'indeterminate');
CREATE INDEX tube_given_up ON quell.tube (book_id, tube) WHERE state IN ('spoilt', 'lost');
CREATE INDEX registration_voided ON quell.registration (book_id, tube, person_id) WHERE void_seq IS NOT NULL;

-- The last four of the identity number, by which people are asked for at a desk. A column of its own, because row-level security lets
-- an index serve only a plain comparison, not an expression.
ALTER TABLE quell.person ADD COLUMN identity_end text GENERATED ALWAYS AS (right(identity_masked, 4)) STORED;
CREATE INDEX person_by_identity_end ON quell.person (book_id, identity_end) WHERE identity_end IS NOT NULL;

-- The tallies of all days up to `book.tallied_through`, summed: a board after a month of daily rounds costs what it cost on the first
-- day. Sealed days do not change, so that each close adds its day once (`views::carry`); where nothing was carried yet, the boards
-- sum the tallies themselves.
ALTER TABLE quell.book ADD COLUMN tallied_through date;
CREATE TABLE quell.tally_before (
    book_id    integer NOT NULL,
    kind       text    NOT NULL,
    place      text    NOT NULL COLLATE "C",
    opened     bigint  NOT NULL,
    reopened   bigint  NOT NULL,
    discharged bigint  NOT NULL,
    in_time    bigint  NOT NULL,
    waived     bigint  NOT NULL,
    superseded bigint  NOT NULL,
    PRIMARY KEY (book_id, kind, place)
);
GRANT SELECT ON quell.tally_before TO quell_reader;
ALTER TABLE quell.tally_before ENABLE ROW LEVEL SECURITY;
CREATE POLICY jurisdiction ON quell.tally_before FOR SELECT TO quell_reader USING (
    place >= current_setting('quell.scope') COLLATE "C"
    AND place < (current_setting('quell.scope') || '/') COLLATE "C"
    AND (place = (SELECT current_setting('quell.scope'))
         OR place >= (SELECT current_setting('quell.scope') || '.') COLLATE "C"));
