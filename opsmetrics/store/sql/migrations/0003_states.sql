-- The records of logs of states, as they stand in their files: each says in which state a unit was. Columns that no
-- dimension may be called begin with a line; dimension columns as in `events`, with those that the store has so far.
CREATE TABLE states AS
SELECT * EXCLUDE (count, minutes, reference), ''::VARCHAR AS _unit, ''::VARCHAR AS _state, false AS _down, 0::BIGINT AS _line
FROM events
WHERE false;

-- Records in force of one unit and file that repeat its state, as one row: the first of them, the instant of the last
-- one, and how many they are. Outages and what is known of each unit follow from these.
CREATE TABLE runs AS SELECT *, TIMESTAMP '1970-01-01' AS _until, 0::BIGINT AS _times FROM states WHERE false;

-- Which units a file tells of, and from its first record to its last.
CREATE TABLE logs (
    stream VARCHAR NOT NULL,
    batch INTEGER NOT NULL,
    unit VARCHAR NOT NULL,
    begun TIMESTAMP NOT NULL,
    over TIMESTAMP NOT NULL
);

-- The stretches of time in which a unit's state is known, but for silences that may be too long.
CREATE TABLE watched (
    stream VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL
);

-- _unit: whose outage this is, where it follows from a log of states; else null.
ALTER TABLE events ADD COLUMN _unit VARCHAR;

-- states: the time from the first to the last record of a log of states.
ALTER TABLE spans ADD COLUMN states BOOLEAN DEFAULT false;
