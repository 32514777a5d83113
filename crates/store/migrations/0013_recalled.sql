-- Which pools have called a person back and since when, until a single sample taken since is negative: a contact record or a case that is
-- taken back leaves it as it was.
ALTER TABLE quell.person ADD COLUMN recalled jsonb NOT NULL DEFAULT '{}';
