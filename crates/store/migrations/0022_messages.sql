-- Messages to other books and from them, and where those books are.
CREATE TABLE quell.outbox (
    book_id         integer     NOT NULL,
    message_id      uuid        NOT NULL,
    to_book         integer     NOT NULL,
    place           text        NOT NULL COLLATE "C",
    case_id         uuid,
    person_id       uuid,
    instead_of      uuid,
    matter          jsonb       NOT NULL,
    decider         text        NOT NULL,
    reason          text        NOT NULL,
    asked_at        timestamptz NOT NULL,
    due             timestamptz NOT NULL,
    duty_id         uuid        NOT NULL,
    delivery        text        NOT NULL,
    delivered_at    timestamptz,
    receipt_seq     bigint,
    refused         text,
    answered_at     timestamptz,
    outcome         text,
    contact_id      uuid,
    forward_to      integer,
    answer_decider  text,
    answer_reason   text,
    PRIMARY KEY (book_id, message_id),
    CHECK ((outcome IS NULL) = (answered_at IS NULL)),
    CHECK ((delivery = 'queued') = (delivered_at IS NULL))
);
CREATE INDEX outbox_queued ON quell.outbox (book_id, to_book, asked_at) WHERE delivery = 'queued';
CREATE INDEX outbox_by_time ON quell.outbox (book_id, asked_at, message_id);

CREATE TABLE quell.inbox (
    book_id         integer     NOT NULL,
    message_id      uuid        NOT NULL,
    from_book       integer     NOT NULL,
    place           text        NOT NULL COLLATE "C",
    matter          jsonb       NOT NULL,
    decider         text        NOT NULL,
    reason          text        NOT NULL,
    asked_at        timestamptz NOT NULL,
    received_at     timestamptz NOT NULL,
    due             timestamptz NOT NULL,
    duty_id         uuid        NOT NULL,
    answered_at     timestamptz,
    outcome         text,
    contact_id      uuid,
    forward_to      integer,
    answer_decider  text,
    answer_reason   text,
    delivery        text,
    delivered_at    timestamptz,
    receipt_seq     bigint,
    refused         text,
    PRIMARY KEY (book_id, message_id),
    CHECK ((outcome IS NULL) = (answered_at IS NULL) AND (outcome IS NULL) = (delivery IS NULL))
);
CREATE INDEX inbox_queued ON quell.inbox (book_id, from_book, answered_at) WHERE delivery = 'queued';
CREATE INDEX inbox_by_time ON quell.inbox (book_id, asked_at, message_id);

GRANT SELECT ON quell.outbox, quell.inbox TO quell_reader;
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['outbox', 'inbox']
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

-- No fact and no row of the book: addresses change, and a token is nobody's to read. It is enciphered under the identity key, which is no
-- part of the database.
CREATE TABLE quell.peer (
    book_id      integer     NOT NULL,
    peer_book    integer     NOT NULL,
    url          text        NOT NULL,
    sealed_token text        NOT NULL,
    added_at     timestamptz NOT NULL,
    away_since   timestamptz,
    last_error   text,
    PRIMARY KEY (book_id, peer_book)
);
