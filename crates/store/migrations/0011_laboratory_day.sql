-- What a laboratory has read on one day, by the mode of the tubes.
CREATE TABLE quell.laboratory_day (
    book_id    integer NOT NULL,
    laboratory text    NOT NULL COLLATE "C",
    day        date    NOT NULL,
    mode       text    NOT NULL,
    tubes      bigint  NOT NULL CHECK (tubes > 0),
    positive   bigint  NOT NULL CHECK (positive BETWEEN 0 AND tubes),
    review     uuid,
    reviewed   boolean NOT NULL,
    PRIMARY KEY (book_id, laboratory, day, mode)
);
