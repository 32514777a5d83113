-- Under which identity key the people of a book are hashed: a value that is made from the key and does not give it away.
ALTER TABLE quell.book ADD COLUMN identity_check text;
