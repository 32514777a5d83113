-- One chained log a book for what is not a submission: looks at persons, changes of accounts, log-ins, the book's settings
-- (docs/decisions/0006-one-audit-chain.md). Each entry's hash covers its columns and the hash before it; `store::audit` computes it,
-- `quell verify` recomputes it. The head is a row of its own: who looks does not wait for who registers.
CREATE TABLE quell.audit (
    book_id   integer     NOT NULL,
    seq       bigint      NOT NULL,
    kind      text        NOT NULL,
    at        timestamptz NOT NULL,
    account   text        NOT NULL,
    role      text,
    what      text        NOT NULL,
    access_id uuid,
    person_id uuid,
    place     text        COLLATE "C",
    rows      integer,
    detail    text,
    hash      bytea       NOT NULL,
    PRIMARY KEY (book_id, seq)
);

CREATE TABLE quell.audit_head (
    book_id integer NOT NULL,
    seq     bigint  NOT NULL,
    hash    bytea   NOT NULL,
    PRIMARY KEY (book_id)
);

-- What was written before there was a chain begins it: the settings, the accounts and tokens as they are, the looks in their order.
-- `part` encodes a value like `Hash::of_parts`; `may` one that can be missing.
CREATE FUNCTION pg_temp.part(bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS 'SELECT int8send(octet_length($1)::bigint) || $1';
CREATE FUNCTION pg_temp.may(bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS
    'SELECT CASE WHEN $1 IS NULL THEN int8send(0) ELSE int8send(octet_length($1) + 1::bigint) || ''\x01'' || $1 END';
DO $$
DECLARE
    b record;
    e record;
    n bigint;
    h bytea;
BEGIN
    FOR b IN SELECT * FROM quell.book LOOP
        n := 0;
        h := decode(repeat('00', 32), 'hex');
        FOR e IN
            SELECT 1 AS turn, 'book_opened' AS kind, coalesce((SELECT min(recorded_at) FROM quell.submission WHERE book_id = b.book_id), now())
                    AS at, 'migration' AS account, NULL AS role, 'book' AS what, NULL::uuid AS access_id, NULL::uuid AS person_id,
                NULL AS place, NULL::integer AS rows, json_build_object('root', b.root, 'offset_minutes', b.offset_minutes,
                    'tally_depth', b.tally_depth)::text AS detail
            UNION ALL SELECT 2, 'account_put', a.created_at, 'migration', NULL, a.account, NULL, NULL, NULL, NULL,
                json_build_object('role', a.role, 'place', a.place, 'active', a.active,
                    'password', encode(sha256(convert_to(a.password_hash, 'UTF8')), 'hex'))::text
                FROM quell.account a WHERE a.book_id = b.book_id
            UNION ALL SELECT 3, 'logged_in', t.created_at, t.account, NULL, 'session', NULL, NULL, NULL, NULL,
                json_build_object('token', encode(sha256(convert_to(t.token_hash, 'UTF8')), 'hex'), 'expires', t.expires_at)::text
                FROM quell.token t WHERE t.book_id = b.book_id
            UNION ALL SELECT 4, 'look', l.at, l.account, l.role, l.what, l.access_id, l.person_id, l.place, l.rows, NULL
                FROM quell.access_log l WHERE l.book_id = b.book_id
            ORDER BY turn, at, access_id, what
        LOOP
            n := n + 1;
            h := sha256(pg_temp.part(h) || pg_temp.part(int8send(n)) || pg_temp.part(convert_to(e.kind, 'UTF8'))
                || pg_temp.part(int8send((extract(epoch FROM e.at) * 1000000)::bigint)) || pg_temp.part(convert_to(e.account, 'UTF8'))
                || pg_temp.may(convert_to(e.role, 'UTF8')) || pg_temp.part(convert_to(e.what, 'UTF8'))
                || pg_temp.may(uuid_send(e.access_id)) || pg_temp.may(uuid_send(e.person_id))
                || pg_temp.may(convert_to(e.place, 'UTF8')) || pg_temp.may(int4send(e.rows)) || pg_temp.may(convert_to(e.detail, 'UTF8')));
            INSERT INTO quell.audit VALUES (b.book_id, n, e.kind, e.at, e.account, e.role, e.what, e.access_id, e.person_id, e.place,
                e.rows, e.detail, h);
        END LOOP;
        INSERT INTO quell.audit_head VALUES (b.book_id, n, h);
    END LOOP;
END
$$;
DROP FUNCTION pg_temp.part(bytea);
DROP FUNCTION pg_temp.may(bytea);

DROP TABLE quell.access_log;
CREATE INDEX audit_by_person ON quell.audit (book_id, person_id, at) WHERE person_id IS NOT NULL;
CREATE INDEX audit_by_time ON quell.audit (book_id, at);
-- It holds hashes of hashes of passwords and tokens only.
GRANT SELECT ON quell.audit TO quell_reader;
