-- name: manifest
-- Per KPI the facts, the unsound rows, first and last instant, and which dimensions are filled.
SELECT kpi, count(*), count(*) FILTER (WHERE {unsound}), min(observed_at), max(observed_at) {filled}
FROM {source} AS source
GROUP BY kpi
ORDER BY kpi

-- name: key_hashes
SELECT hash({keys}) AS hash FROM {source} AS source

-- name: of_batch
(SELECT * FROM {table} WHERE batch = {batch})

-- name: repeated
SELECT {keys}
FROM {source} AS source
GROUP BY {keys}
HAVING count(*) > 1
ORDER BY {keys}
LIMIT 1

-- name: arrive
-- Rows that are asked for three times are taken over once: a stream is made anew for each reading.
CREATE OR REPLACE TEMP TABLE arrived AS SELECT * FROM {source} AS source

-- name: drop_arrived
DROP TABLE IF EXISTS temp.arrived

-- name: overwritten
INSERT INTO change (batch, fact, {keys}, {old_values}, old_batch)
SELECT $batch, '{table}', {target_keys}, {target_values}, target.batch
FROM {source} AS source
JOIN {table} AS target ON {match}
WHERE {differs}

-- name: merge
MERGE INTO {table} AS target
USING {source} AS source
ON ({match})
WHEN MATCHED AND ({differs}) THEN UPDATE SET {take_over}, batch = $batch
WHEN NOT MATCHED THEN INSERT ({keys}, {values}, batch) VALUES ({source_keys}, {source_values}, $batch)

-- name: anything_there
-- True where the table holds a fact in a quarter-hour of this stretch: the engine knows which times each block holds.
SELECT EXISTS (FROM {table} WHERE observed_at >= $first AND observed_at < $last)

-- name: append
INSERT INTO {table} ({keys}, {values}, batch) SELECT {source_keys}, {source_values}, $batch FROM {source} AS source

-- name: diff_totals
SELECT
    count(*) FILTER (WHERE target.batch IS NULL),
    count(*) FILTER (WHERE target.batch IS NOT NULL AND ({differs})),
    count(*) FILTER (WHERE target.batch IS NOT NULL AND NOT ({differs}))
FROM {source} AS source
LEFT JOIN {table} AS target ON {match}

-- name: diff_rows
SELECT {diff_columns}
FROM {source} AS source
JOIN {table} AS target ON {match}
WHERE {differs}
ORDER BY {apart} DESC, {source_keys}
LIMIT $limit

-- name: no_changes
SELECT {diff_columns}
FROM {table} AS source
JOIN {table} AS target ON false
