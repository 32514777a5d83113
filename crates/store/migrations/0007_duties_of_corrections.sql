-- When a case is withdrawn, its contacts are looked at again.
CREATE INDEX contact_by_case ON quell.contact (book_id, case_id) WHERE case_id IS NOT NULL;
-- A recall names its pool, another sample the tube that gave no answer.
ALTER TABLE quell.duty ADD COLUMN tube text;
-- Who was missed, by place: shown beside every should.
CREATE INDEX roster_missed ON quell.roster (book_id, place) WHERE missed;
