-- Where in the log a case came into the book: what it overtook then is owed again when it was none.
ALTER TABLE quell."case" ADD COLUMN opened_seq bigint NOT NULL DEFAULT 0;

-- Which single sample discharged a duty: if that was another's, the duty is open again, and no other that was discharged with it.
ALTER TABLE quell.duty ADD COLUMN fulfilled_by text;
UPDATE quell.duty d SET fulfilled_by = r.tube
FROM quell.registration r
WHERE r.book_id = d.book_id AND r.person_id = d.person_id AND r.seq = d.ended_seq AND d.state = 'discharged'
  AND d.kind IN ('resample', 'recall', 'contact_test', 'exit_test', 'monitoring_test');

-- Which negative single samples have answered a pool that called the person back.
UPDATE quell.person SET recalled = (SELECT jsonb_object_agg(key, jsonb_build_object('since', value, 'answered', '[]'::jsonb)) FROM jsonb_each(recalled))
WHERE recalled <> '{}';
