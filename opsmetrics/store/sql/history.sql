-- name: current
SELECT {values}, batch FROM {table} WHERE {of_key}

-- name: former
-- What live batches found here before they wrote their own value, oldest first.
SELECT change.batch, {old_values}, old_batch
FROM change
JOIN batches ON batches.batch = change.batch AND batches.undone_at IS NULL
WHERE fact = '{table}' AND {of_key}
ORDER BY change.batch

-- name: batches
SELECT batch, "at", "by", source, note FROM batches WHERE list_contains($numbers, batch)
