-- name: manifest
-- One pass over the incoming rows: per KPI the facts, the most copies of one key, and which dimensions are filled.
SELECT kpi, sum(_copies)::BIGINT, max(_copies), sum(_unsound)::BIGINT {filled}
FROM (
    SELECT {keys}, count(*) AS _copies, count(*) FILTER (WHERE {unsound}) AS _unsound
    FROM {source} AS source
    GROUP BY {keys}
)
GROUP BY kpi
ORDER BY kpi

-- name: repeated
SELECT {keys}
FROM {source} AS source
GROUP BY {keys}
HAVING count(*) > 1
ORDER BY {keys}
LIMIT 1

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
