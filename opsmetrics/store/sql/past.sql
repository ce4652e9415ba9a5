-- Each of these stands before a table of the store, for one cursor, and shows it as it was at a version of the data and
-- of the decisions. The last batch of a version is the one with the highest number: numbers only grow.

-- name: meta
CREATE TEMP VIEW meta AS SELECT {data}::BIGINT AS data_version, {decisions}::BIGINT AS decisions_version

-- name: batches
CREATE TEMP VIEW batches AS
SELECT * REPLACE (CASE WHEN undone_version <= {data} THEN undone_at END AS undone_at)
FROM {store}.batches
WHERE data_version <= {data}

-- name: table
-- Facts that no later batch has touched, and what the first later batch found where one has.
CREATE TEMP VIEW {table} AS
SELECT * FROM {store}.{table} WHERE batch <= {last}
UNION ALL BY NAME
SELECT {keys}, {values}, change.old_batch AS batch
FROM {store}.change AS change
JOIN {store}.batches AS later ON later.batch = change.batch AND later.undone_at IS NULL
WHERE change.fact = '{table}' AND change.batch > {last} AND change.old_batch <= {last}

-- name: sparse
-- Totals of earlier versions are made of all facts.
CREATE TEMP VIEW sparse AS SELECT NULL::INTEGER AS batch, NULL::VARCHAR AS fact WHERE false

-- name: totals
CREATE TEMP VIEW {totals} AS {cells}

-- name: events
-- Outages that follow from logs of states are those of now: they are made anew with each log.
CREATE TEMP VIEW events AS
SELECT * FROM {store}.events WHERE batch <= {last} OR _unit IS NOT NULL
UNION ALL BY NAME
SELECT * EXCLUDE (removed_by) FROM {store}.past_events WHERE batch <= {last} AND removed_by > {last}

-- name: decisions
CREATE TEMP VIEW decisions AS SELECT * FROM {store}.decisions WHERE version <= {decisions}

-- name: shown
CREATE TEMP VIEW shown AS SELECT * FROM {store}.shown WHERE "at" < {before}

-- name: last
SELECT coalesce(max(batch), 0) FROM batches WHERE data_version <= $data

-- name: undone
-- Batches that were in force at a version and are not now: what they alone had brought is gone.
SELECT batch
FROM batches
WHERE data_version <= $data AND undone_version > $data
ORDER BY batch

-- name: steps
-- What came after a version of data, decisions and definitions, oldest first.
SELECT 'batch' AS what, batch AS number, "at", "by", source AS name, data_version AS version, kpis AS keys, note AS why
FROM batches WHERE data_version > $data
UNION ALL
SELECT 'undo', batch, undone_at, undone_by, source, undone_version, kpis, undone_why
FROM batches WHERE undone_version > $data
UNION ALL
SELECT 'decision', id, "at", "by", kind, version, [kpi], why FROM decisions WHERE version > $decisions
UNION ALL
SELECT 'definitions', id, "at", "by", version, id, [], '' FROM definitions
WHERE id > (SELECT max(id) FROM definitions WHERE version = $definitions)
ORDER BY "at", version, number

-- name: starts
-- When what a batch tells of begins, where it says so.
SELECT batch, min(starts_at) AS starts_at, bool_or(states) AS states FROM spans GROUP BY batch

-- name: definitions
SELECT text FROM definitions WHERE version = $version ORDER BY id DESC LIMIT 1
