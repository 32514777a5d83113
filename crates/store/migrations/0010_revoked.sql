-- An account that was revoked may hand in what its devices hold from before.
ALTER TABLE quell.account ADD COLUMN revoked_at timestamptz;
-- Those that are revoked already: since the first entry that said so after the last that did not.
UPDATE quell.account a SET revoked_at = (
    SELECT min(e.at) FROM quell.audit e
    WHERE e.book_id = a.book_id AND e.kind = 'account_put' AND e.what = a.account AND e.seq > coalesce((
        SELECT max(f.seq) FROM quell.audit f
        WHERE f.book_id = a.book_id AND f.kind = 'account_put' AND f.what = a.account AND (f.detail::jsonb ->> 'active')::boolean), 0))
WHERE NOT a.active;
