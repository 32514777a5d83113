-- Which fact said what is known of a person: whoever replaces it says which version was seen.
ALTER TABLE quell.person ADD COLUMN listed_seq bigint NOT NULL DEFAULT 0;
