-- Match keys go into their index at once: what waits is read by every look-up of a key, and an import looks up thousands between its own
-- new people. (8 pages that waited made a look-up four times as slow; a new person costs about a tenth more.)
ALTER INDEX quell.person_by_match RESET (gin_pending_list_limit);
ALTER INDEX quell.person_by_match SET (fastupdate = off);
