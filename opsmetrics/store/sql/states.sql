-- name: arrive
CREATE TEMP TABLE arriving_states AS SELECT {given}, $batch::INTEGER AS batch FROM incoming

-- name: leave
DROP TABLE IF EXISTS temp.arriving_states

-- name: manifest
SELECT stream, count(*), count(*) FILTER (WHERE {unsound}) {filled}
FROM arriving_states
GROUP BY stream
ORDER BY stream NULLS FIRST

-- name: touched
-- The logs of the streams as they will be, and whether their runs are to be made (anew): the arriving ones, and earlier
-- ones of which they tell some of the same time and units.
CREATE TEMP TABLE touched_logs AS
WITH arriving AS (
    SELECT stream, batch, _unit AS unit, min(observed_at) OVER log AS begun, max(observed_at) OVER log AS over
    FROM arriving_states
    WINDOW log AS (PARTITION BY stream, batch)
),
together AS (
    SELECT DISTINCT *, true AS arrives FROM arriving
    UNION ALL
    SELECT *, false FROM logs WHERE stream IN (SELECT stream FROM arriving_states)
)
SELECT *, arrives OR EXISTS (
    SELECT 1
    FROM together AS later
    WHERE later.arrives AND later.stream = own.stream AND later.unit = own.unit AND later.batch > own.batch
        AND later.begun <= own.over AND later.over >= own.begun
) AS anew
FROM together AS own

-- name: left
-- The same where a batch is taken out: the logs that gave way to it.
CREATE TEMP TABLE touched_logs AS
WITH leaving AS (SELECT * FROM logs WHERE batch = $batch)
SELECT *, false AS arrives, EXISTS (
    SELECT 1
    FROM leaving AS later
    WHERE later.stream = own.stream AND later.unit = own.unit AND later.batch > own.batch
        AND later.begun <= own.over AND later.over >= own.begun
) AS anew
FROM logs AS own
WHERE batch <> $batch AND stream IN (SELECT stream FROM leaving)

-- name: streams_of
SELECT DISTINCT stream FROM logs WHERE batch = $batch ORDER BY stream

-- name: drop_touched
DROP TABLE IF EXISTS temp.touched_logs

-- name: runs
-- A log states all records of its units from its first record to its last, so those of earlier batches there give way:
-- the start of such a stretch ends a run, whether or not a record lies inside.
CREATE TEMP TABLE new_runs AS
WITH later AS (
    SELECT own.stream, own.batch, own.unit AS _unit, others.begun, others.over
    FROM touched_logs AS own
    JOIN touched_logs AS others ON others.stream = own.stream AND others.unit = own.unit AND others.batch > own.batch
        AND others.begun <= own.over AND others.over >= own.begun
    WHERE own.anew
),
told AS (
    SELECT source.*
    FROM {source} AS source
    SEMI JOIN (SELECT stream, batch, unit AS _unit FROM touched_logs WHERE anew) AS own USING (stream, batch, _unit)
),
hidden AS (
    SELECT DISTINCT told.batch, told._line
    FROM told
    JOIN later ON later.stream = told.stream AND later.batch = told.batch AND later._unit = told._unit
        AND told.observed_at BETWEEN later.begun AND later.over
),
marks AS (
    SELECT * FROM told ANTI JOIN hidden USING (batch, _line)
    UNION ALL BY NAME
    SELECT stream, batch, _unit, begun AS observed_at, -1::BIGINT AS _line FROM later
),
steps AS (
    SELECT
        *,
        lower(_state) IS DISTINCT FROM lower(lag(_state) OVER unit)
            OR observed_at - lag(observed_at) OVER unit >= INTERVAL 23 HOURS AS fresh
    FROM marks
    WINDOW unit AS (PARTITION BY stream, batch, _unit ORDER BY observed_at, _line)
),
parts AS (
    SELECT *, sum(fresh::INTEGER) OVER unit AS part
    FROM steps
    WINDOW unit AS (PARTITION BY stream, batch, _unit ORDER BY observed_at, _line ROWS UNBOUNDED PRECEDING)
),
ends AS (
    SELECT stream, batch, _unit, part, min(_line) AS _line, max(observed_at) AS _until, count(*) AS _times
    FROM parts
    WHERE _state IS NOT NULL
    GROUP BY ALL
)
SELECT parts.* EXCLUDE (fresh, part), ends._until, ends._times
FROM parts
JOIN ends USING (stream, batch, _unit, part)
WHERE parts.fresh AND _state IS NOT NULL

-- name: drop_runs
DROP TABLE IF EXISTS temp.new_runs

-- name: runs_after
-- The runs of the streams as they will be.
(
    SELECT runs.*
    FROM runs
    SEMI JOIN (SELECT stream, batch, unit AS _unit FROM touched_logs WHERE NOT anew) AS kept USING (stream, batch, _unit)
    UNION ALL BY NAME
    SELECT * FROM new_runs
)

-- name: outages
-- Each lasts from a record that is down, after one that is not, to the unit's next one that is not. Of two that begin at
-- one instant the last one counts: an instant and a unit make the reference.
CREATE TEMP TABLE outages AS
WITH steps AS (
    SELECT *, lag(_down) OVER unit AS was
    FROM {runs_after}
    WINDOW unit AS (PARTITION BY stream, _unit ORDER BY observed_at, batch, _line)
),
turns AS (
    SELECT *, lead(observed_at) OVER unit AS up_at
    FROM steps
    WHERE _down IS DISTINCT FROM was
    WINDOW unit AS (PARTITION BY stream, _unit ORDER BY observed_at, batch, _line)
)
SELECT
    * EXCLUDE (_state, _down, _line, _until, _times, was, up_at),
    NULL::DOUBLE AS count,
    (epoch_us(up_at) - epoch_us(observed_at)) / 60000000.0 AS minutes,
    _unit || ' ' || replace(strftime(observed_at, '%Y-%m-%dT%H:%M:%S.%f'), '.000000', '') || 'Z' AS reference
FROM turns
WHERE _down
QUALIFY row_number() OVER (PARTITION BY stream, _unit, observed_at ORDER BY batch DESC, _line DESC) = 1

-- name: drop_outages
DROP TABLE IF EXISTS temp.outages

-- name: totals
-- new, updated, unchanged, removed
SELECT
    count(*) FILTER (WHERE target.stream IS NULL),
    count(*) FILTER (WHERE target.stream IS NOT NULL AND source.stream IS NOT NULL AND NOT ({same})),
    count(*) FILTER (WHERE target.stream IS NOT NULL AND source.stream IS NOT NULL AND ({same})),
    count(*) FILTER (WHERE source.stream IS NULL)
FROM (SELECT * FROM events WHERE _unit IS NOT NULL AND list_contains($streams, stream)) AS target
FULL JOIN outages AS source ON target.stream = source.stream AND target.reference = source.reference

-- name: changed_rows
SELECT
    CASE WHEN source.stream IS NULL THEN 'removed' ELSE 'updated' END AS change,
    target.stream, target.reference, {old_new}, target.batch AS old_batch
FROM (SELECT * FROM events WHERE _unit IS NOT NULL AND list_contains($streams, stream)) AS target
LEFT JOIN outages AS source ON target.stream = source.stream AND target.reference = source.reference
WHERE source.stream IS NULL OR NOT ({same})
ORDER BY change DESC, target.stream, target.reference
LIMIT $limit

-- name: put_in
INSERT INTO states BY NAME SELECT * FROM arriving_states

-- name: put_logs
INSERT INTO logs SELECT stream, batch, unit, begun, over FROM touched_logs WHERE arrives

-- name: take_out
DELETE FROM states WHERE batch = $batch

-- name: take_logs
DELETE FROM logs WHERE batch = $batch

-- name: forget_runs
-- Also those of a log that was taken out.
DELETE FROM runs
WHERE list_contains($streams, stream)
    AND (stream, batch, _unit) NOT IN (SELECT (stream, batch, unit) FROM touched_logs WHERE NOT anew)

-- name: put_runs
INSERT INTO runs BY NAME SELECT * FROM new_runs

-- name: forget_outages
DELETE FROM events WHERE _unit IS NOT NULL AND list_contains($streams, stream)

-- name: put_outages
INSERT INTO events BY NAME SELECT * FROM outages

-- name: forget_watched
DELETE FROM watched WHERE list_contains($streams, stream)

-- name: watch
-- A unit stays in its state until its next record, and after its last one to the end of the log. Only a unit that is
-- checked regularly tells something by its silence: at least {steps} steps, three in four of which repeat its state, and
-- now none for longer than one and a half of their mean. Then its time is told in two stretches, which are one where no
-- whole working day lies between (`series.joined` knows the calendar; a day has 23 hours at least). What was down stays
-- down. A file of dates tells of its last day to the end.
INSERT INTO watched
WITH of_streams AS (SELECT * FROM runs WHERE list_contains($streams, stream)),
ends AS (
    SELECT stream, max(ends_at) AS ends_at
    FROM (
        SELECT stream, over AS ends_at FROM logs WHERE list_contains($streams, stream)
        UNION ALL
        SELECT logs.stream, date_trunc('second', spans.ends_at)
        FROM spans
        JOIN logs ON logs.batch = spans.batch AND spans.kpi = 'events:' || logs.stream
        WHERE list_contains($streams, stream)
    )
    GROUP BY stream
),
habits AS (
    SELECT stream, _unit, sum(_times) - 1 AS steps, min(observed_at) AS begun, max(_until) AS over
    FROM of_streams
    GROUP BY stream, _unit
),
marks AS (
    SELECT stream, _unit, observed_at, _until, lower(_state) AS state, _down, batch, _line, _times, false AS ending
    FROM of_streams
    UNION ALL
    SELECT stream, _unit, ends_at, ends_at, NULL, NULL, NULL, NULL, 0, true
    FROM habits
    JOIN ends USING (stream)
),
steps AS (
    SELECT
        *,
        epoch_us(observed_at) - epoch_us(lag(_until) OVER unit) AS step,
        state = lag(state) OVER unit AS repeats,
        lag(_down) OVER unit AS was_down
    FROM marks
    WINDOW unit AS (PARTITION BY stream, _unit ORDER BY ending, observed_at, batch, _line)
),
regular AS (
    SELECT stream, _unit, (epoch_us(over) - epoch_us(begun)) / steps AS usual
    FROM habits
    JOIN (
        SELECT stream, _unit, sum(greatest(_times - 1, 0)) + count(*) FILTER (WHERE repeats) AS repeats
        FROM steps
        GROUP BY ALL
    ) USING (stream, _unit)
    WHERE steps >= {steps} AND repeats >= 0.75 * steps
),
parts AS (
    SELECT
        stream, _unit, observed_at, _until,
        sum((NOT was_down AND step > 1.5 * usual AND step >= 23 * 3600000000)::INTEGER) OVER unit AS part
    FROM steps
    LEFT JOIN regular USING (stream, _unit)
    WINDOW unit AS (PARTITION BY stream, _unit ORDER BY ending, observed_at, batch, _line ROWS UNBOUNDED PRECEDING)
)
SELECT stream, _unit, min(observed_at), max(_until) FROM parts GROUP BY stream, _unit, coalesce(part, 0)
