-- A person who becomes a contact, a case or a patient is changed in place: no index knows what changes, and the page has room. Otherwise each
-- change wrote all nine indexes anew, the keys of matching among them. Nothing looked people up by their standing.
DROP INDEX quell.person_by_standing;
ALTER TABLE quell.person SET (fillfactor = 85);
