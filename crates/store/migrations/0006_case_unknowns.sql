-- What the source of a listed case does not say stays unknown; what else it says is kept.
ALTER TABLE quell."case" ALTER COLUMN severity DROP NOT NULL;
ALTER TABLE quell."case" ALTER COLUMN control DROP NOT NULL;
ALTER TABLE quell."case" ADD COLUMN note text;
