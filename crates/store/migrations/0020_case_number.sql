-- The number by which people know a case; of the contacts and follow-ups of other systems that name it.
ALTER TABLE quell."case" ADD COLUMN number text COLLATE "C";
CREATE UNIQUE INDEX case_by_number ON quell."case" (book_id, number) WHERE number IS NOT NULL;
