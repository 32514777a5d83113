-- Contacts by their latest exposure, of a book or of a place, and in the order in which they were named: pages without reading all.
CREATE INDEX contact_by_exposure ON quell.contact (book_id, last_exposure, contact_id);
CREATE INDEX contact_by_place ON quell.contact (book_id, place, last_exposure);
CREATE INDEX contact_by_naming ON quell.contact (book_id, named_at, contact_id);

-- A look-up by key reads what waits to go into the index, too: with the usual 4 MB of it, an import that looks up 6,000 keys between its own
-- new people took ten times as long.
ALTER INDEX quell.person_by_match SET (gin_pending_list_limit = 64);
