-- The plate of a tube's result: a repeat is a reading on another one.
ALTER TABLE quell.tube ADD COLUMN plate text;
