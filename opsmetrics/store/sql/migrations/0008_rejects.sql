-- How the file of a batch was read: header (names made
-- distinct, raw as written, empty without one), units, and the texts of its rejects as they are parted;
-- template (TOML with all that was decided), version (of the template in use then), answers (JSON). mends: the batch whose rejects the file
-- states again. whole: why single records of it cannot be loaded alone.
CREATE TABLE read_as (
    batch INTEGER NOT NULL,
    header VARCHAR[] NOT NULL,
    raw VARCHAR[] NOT NULL,
    units VARCHAR[] NOT NULL,
    delimiter VARCHAR NOT NULL,
    quote VARCHAR NOT NULL,
    template VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    answers VARCHAR NOT NULL,
    whole VARCHAR NOT NULL,
    mends INTEGER
);

-- Records that a batch did not take, so many of them as are kept. of_batch, of_number: the reject of an earlier batch that
-- this one still is, where the file was to mend it.
CREATE TABLE rejects (
    batch INTEGER NOT NULL,
    number INTEGER NOT NULL,
    line BIGINT NOT NULL,
    text VARCHAR NOT NULL,
    "column" VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    mend VARCHAR NOT NULL,
    of_batch INTEGER,
    of_number INTEGER
);

-- Rejects of an earlier batch that a later one loaded after all; they are settled while that one is in force.
CREATE TABLE mended (
    batch INTEGER NOT NULL,
    of_batch INTEGER NOT NULL,
    of_number INTEGER NOT NULL
);
