-- Indexes of the views (crates/store/src/views). All small: those on rosters, tubes and people hold only the rows that stand out.

-- Who was excluded, waived or missed, among whole populations that were not.
CREATE INDEX roster_ended ON quell.roster (book_id, round, place, person_id) INCLUDE (missed) WHERE waived IS NOT NULL OR missed;
-- The lists of ended duties by kind.
CREATE INDEX duty_by_kind ON quell.duty (book_id, kind, place, duty_id);
-- People by telephone.
CREATE INDEX person_by_phone ON quell.person (book_id, phone) WHERE phone IS NOT NULL;
