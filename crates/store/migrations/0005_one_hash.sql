-- One hash a submission: that of its facts as they are kept, with identity numbers replaced. The hash of what was sent could be
-- confirmed by guessing an identity number.
ALTER TABLE quell.submission DROP COLUMN stored_hash;

-- Of an identity number only the first and the last character are shown now (crates/quell/src/identity.rs): at a desk people are asked
-- for the last four of their telephone number instead. A column of its own, because row-level security lets an index serve only a plain
-- comparison, not an expression.
DROP INDEX quell.person_by_identity_end;
ALTER TABLE quell.person DROP COLUMN identity_end;
ALTER TABLE quell.person ADD COLUMN phone_end text GENERATED ALWAYS AS (right(phone, 4)) STORED;
CREATE INDEX person_by_phone_end ON quell.person (book_id, phone_end) WHERE phone_end IS NOT NULL;
