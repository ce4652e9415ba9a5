-- name: arrive
-- The incoming events under all columns of the store. Few files bring more than some ten thousand, so that one copy in
-- memory costs little, and each statement below reads it.
CREATE TEMP TABLE arriving AS SELECT {given} FROM incoming

-- name: arrive_none
CREATE TEMP TABLE arriving AS SELECT {columns} FROM events WHERE false

-- name: leave
DROP TABLE IF EXISTS temp.arriving

-- name: begin_clearing
CREATE TEMP TABLE clearing (
    stream VARCHAR, starts_at TIMESTAMP, ends_at TIMESTAMP, reported_by VARCHAR, reporters VARCHAR[]
)

-- name: clear
INSERT INTO clearing VALUES ($stream, $starts_at, $ends_at, $reported_by, $reporters)

-- name: end_clearing
DROP TABLE IF EXISTS temp.clearing

-- name: manifest
SELECT stream, count(*), count(*) FILTER (WHERE {unsound}) {filled}
FROM arriving
GROUP BY stream
ORDER BY stream NULLS FIRST

-- name: repeated
SELECT stream, reference FROM arriving WHERE reference IS NOT NULL GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1

-- name: uncovered
-- Events without a reference outside the time that their batch states: loading the file again would double them.
SELECT stream, min(observed_at), count(*)
FROM arriving AS target
WHERE reference IS NULL AND NOT EXISTS (SELECT 1 FROM clearing AS span WHERE {covered})
GROUP BY stream
ORDER BY stream
LIMIT 1

-- name: displaced
-- Stored events that give way, with what stands for them where the batch states the same reference. Outages of a log of
-- states (those with a _unit) follow from its records (states.sql).
CREATE TEMP TABLE displaced AS
SELECT target.rowid AS place, false AS stated, false AS same
FROM events AS target
WHERE EXISTS (SELECT 1 FROM clearing AS span WHERE {covered})
UNION ALL
SELECT target.rowid, true, {same}
FROM events AS target
JOIN arriving AS source ON target.stream = source.stream AND target.reference = source.reference
WHERE target._unit IS NULL

-- name: end_displaced
DROP TABLE IF EXISTS temp.displaced

-- name: totals
-- new, updated, unchanged, removed. Events without a reference are told apart by all they say: as many as are on both
-- sides are unchanged.
WITH sides AS (
    SELECT {columns}, 1 AS theirs, 0 AS ours FROM arriving WHERE reference IS NULL
    UNION ALL
    SELECT {columns}, 0, 1 FROM events WHERE rowid IN (SELECT place FROM displaced WHERE NOT stated)
),
equal AS (SELECT sum(theirs) AS theirs, sum(ours) AS ours FROM sides GROUP BY {columns}),
ranged AS (
    SELECT
        coalesce(sum(greatest(theirs - ours, 0)), 0) AS new,
        coalesce(sum(least(theirs, ours)), 0) AS same,
        coalesce(sum(greatest(ours - theirs, 0)), 0) AS removed
    FROM equal
),
named AS (SELECT count(*) AS met, count(*) FILTER (WHERE same) AS same FROM displaced WHERE stated)
SELECT
    (ranged.new + (SELECT count(*) FROM arriving WHERE reference IS NOT NULL) - named.met)::BIGINT,
    (named.met - named.same)::BIGINT,
    (ranged.same + named.same)::BIGINT,
    ranged.removed::BIGINT
FROM ranged, named

-- name: updated_rows
SELECT 'updated' AS change, target.stream, target.reference, {old_new}, target.batch AS old_batch
FROM events AS target
JOIN arriving AS source ON target.stream = source.stream AND target.reference = source.reference
WHERE target._unit IS NULL AND NOT ({same})
ORDER BY target.stream, target.reference
LIMIT $limit

-- name: removed_rows
WITH sides AS (
    SELECT {columns}, 1 AS theirs, 0 AS ours, NULL::INTEGER AS batch FROM arriving WHERE reference IS NULL
    UNION ALL
    SELECT {columns}, 0, 1, batch FROM events WHERE rowid IN (SELECT place FROM displaced WHERE NOT stated)
),
target AS (
    SELECT {columns}, sum(ours) - sum(theirs) AS times, max(batch) AS batch
    FROM sides
    GROUP BY {columns}
    HAVING sum(ours) > sum(theirs)
)
SELECT 'removed' AS change, target.stream, target.reference, {old_gone}, target.batch AS old_batch
FROM (SELECT *, unnest(range(times::BIGINT)) AS nth FROM target) AS target
ORDER BY target.stream, target.observed_at, target.category
LIMIT $limit

-- name: put_away
INSERT INTO past_events ({columns}, batch, removed_by)
SELECT {columns}, batch, $batch FROM events WHERE rowid IN (SELECT place FROM displaced)

-- name: take_out
DELETE FROM events WHERE rowid IN (SELECT place FROM displaced)

-- name: put_in
INSERT INTO events ({columns}, batch) SELECT {columns}, $batch FROM arriving

-- name: own
SELECT count(*) FILTER (WHERE reference IS NULL), count(*) FILTER (WHERE reference IS NOT NULL)
FROM events
WHERE batch = $batch AND _unit IS NULL

-- name: kept
SELECT count(*) FROM past_events WHERE batch = $batch

-- name: loose
-- What gave way to this batch, and to which later one it gives way from now on: the first batch in force that states
-- its reference, or all events of its time. None: it comes back.
CREATE TEMP TABLE loose AS
SELECT past.rowid AS place, least(
    (
        SELECT min(later.batch)
        FROM (
            SELECT stream, reference, batch FROM events WHERE _unit IS NULL
            UNION ALL
            SELECT stream, reference, batch FROM past_events
        ) AS later
        JOIN batches ON batches.batch = later.batch AND batches.undone_at IS NULL
        WHERE later.stream = past.stream AND later.reference = past.reference
            AND later.batch > past.batch AND later.batch <> $batch
    ),
    (
        SELECT min(batches.batch)
        FROM (
            SELECT batch, substr(kpi, 8) AS stream, starts_at, ends_at, reported_by, reporters
            FROM spans
            WHERE replaces AND kpi LIKE 'events:%'
        ) AS span
        JOIN batches ON batches.batch = span.batch AND batches.undone_at IS NULL
        WHERE {past_covered} AND span.batch > past.batch AND span.batch <> $batch
    )
) AS next
FROM past_events AS past
WHERE past.removed_by = $batch

-- name: end_loose
DROP TABLE IF EXISTS temp.loose

-- name: same_as_back
-- Events of this batch that equal one that comes back in its place: for those nothing changes.
SELECT coalesce(sum(least(theirs, ours)), 0)::BIGINT
FROM (
    SELECT sum(theirs) AS theirs, sum(ours) AS ours
    FROM (
        SELECT {columns}, 1 AS theirs, 0 AS ours FROM past_events
        WHERE reference IS NULL AND rowid IN (SELECT place FROM loose WHERE next IS NULL)
        UNION ALL
        SELECT {columns}, 0, 1 FROM events WHERE reference IS NULL AND batch = $batch
    )
    GROUP BY {columns}
)

-- name: coming_back
SELECT count(*) FILTER (WHERE reference IS NULL), count(*) FILTER (WHERE reference IS NOT NULL)
FROM past_events
WHERE rowid IN (SELECT place FROM loose WHERE next IS NULL)

-- name: forget
DELETE FROM events WHERE batch = $batch AND _unit IS NULL

-- name: put_back
INSERT INTO events ({columns}, batch)
SELECT {columns}, batch FROM past_events WHERE rowid IN (SELECT place FROM loose WHERE next IS NULL)

-- name: hand_on
UPDATE past_events SET removed_by = loose.next FROM loose WHERE past_events.rowid = loose.place

-- name: forget_past
DELETE FROM past_events WHERE removed_by IS NULL OR batch = $batch
