-- name: read_through
-- Every value of the table.
SELECT bit_xor(hash(own)) FROM {table} AS own

-- name: held
SELECT batch FROM batches

-- name: foreign
-- Facts of batches that are not in force, or that nobody knows.
SELECT '{table}' AS fact, own.batch, count(*) AS facts
FROM {table} AS own
LEFT JOIN batches ON batches.batch = own.batch
WHERE batches.batch IS NULL OR batches.undone_at IS NOT NULL
GROUP BY own.batch
ORDER BY own.batch

-- name: twice
SELECT kpi, observed_at, count(*) AS facts
FROM {table}
GROUP BY {keys}
HAVING count(*) > 1
ORDER BY kpi, observed_at
LIMIT 1

-- name: twice_events
SELECT stream, reference, count(*) AS facts
FROM events
WHERE reference IS NOT NULL
GROUP BY stream, reference
HAVING count(*) > 1
ORDER BY stream, reference
LIMIT 1

-- name: owned
-- For each load in force what the ledger says that it wrote, and what is still there: facts that it owns, facts that
-- later batches in force took over, and events that it states (a batch puts in all of them, also unchanged ones). Not of
-- logs of states: outages follow from the records of all of them, and the ledger says what each changed at its time.
WITH live AS (
    SELECT * FROM batches WHERE undone_at IS NULL AND kind = 'load' AND batch NOT IN (SELECT batch FROM logs)
),
facts AS (
    SELECT batch, count(*) AS held
    FROM (SELECT batch FROM counts UNION ALL SELECT batch FROM readings)
    GROUP BY batch
),
taken AS (
    SELECT old_batch AS batch, count(*) AS held
    FROM change
    WHERE batch IN (SELECT batch FROM batches WHERE undone_at IS NULL)
    GROUP BY old_batch
),
stated AS (
    SELECT batch, count(*) AS held
    FROM (SELECT batch FROM events UNION ALL SELECT batch FROM past_events)
    GROUP BY batch
)
SELECT
    live.batch, live.source,
    live.new + live.updated AS written,
    live.new + live.updated + live.unchanged AS stating,
    coalesce(facts.held, 0) + coalesce(taken.held, 0) AS facts,
    coalesce(stated.held, 0) AS events
FROM live
LEFT JOIN facts ON facts.batch = live.batch
LEFT JOIN taken ON taken.batch = live.batch
LEFT JOIN stated ON stated.batch = live.batch
ORDER BY live.batch
