-- name: batch
SELECT kind, undone_at, undone_by FROM batches WHERE batch = $batch

-- name: kept
-- Values of this batch that a later one has overwritten: each left exactly one row that points back here.
SELECT count(*)
FROM change
WHERE old_batch = $batch AND batch IN (SELECT batch FROM batches WHERE undone_at IS NULL)

-- name: later
-- Which batches these are, and how many values of this one each of them holds now.
SELECT batches.batch, batches.source, batches."at", batches."by", sum(owned.n)::BIGINT
FROM (
    SELECT batch, count(*) AS n FROM change WHERE old_batch = $batch GROUP BY batch
    UNION ALL
    SELECT removed_by, count(*) FROM past_events WHERE batch = $batch GROUP BY removed_by
) AS owned
JOIN batches ON batches.batch = owned.batch AND batches.undone_at IS NULL
GROUP BY ALL
ORDER BY batches.batch

-- name: repoint
-- What later batches found here was this batch's value; from now on they found what this batch had found.
UPDATE change AS later
SET old_numerator = own.old_numerator, old_denominator = own.old_denominator, old_value = own.old_value,
    old_batch = own.old_batch
FROM change AS own
WHERE own.batch = $batch
  AND later.old_batch = $batch
  AND later.batch IN (SELECT batch FROM batches WHERE undone_at IS NULL)
  AND later.fact = own.fact
  AND {match_later}

-- name: did_not_exist
-- The rest of them found a fact that this batch had brought: without it there was none.
UPDATE change
SET old_numerator = NULL, old_denominator = NULL, old_value = NULL, old_batch = NULL
WHERE old_batch = $batch AND batch IN (SELECT batch FROM batches WHERE undone_at IS NULL)

-- name: restore
UPDATE {table} AS target
SET {put_back}, batch = own.old_batch
FROM change AS own
WHERE own.batch = $batch
  AND own.fact = '{table}'
  AND own.old_batch IS NOT NULL
  AND target.batch = $batch
  AND {match_own}

-- name: remove
DELETE FROM {table} WHERE batch = $batch

-- name: confirmed
-- Later batches that hold unchanged values of the same KPIs in the same time: they may have confirmed some of these.
-- Not events: a later batch that states them again owns them.
SELECT DISTINCT later.batch
FROM batches AS later
JOIN spans AS theirs ON theirs.batch = later.batch
JOIN spans AS ours ON ours.batch = $batch AND ours.kpi = theirs.kpi
    AND ours.starts_at < theirs.ends_at AND theirs.starts_at < ours.ends_at
WHERE later.batch > $batch AND later.undone_at IS NULL AND later.unchanged > 0 AND ours.kpi NOT LIKE 'events:%'
ORDER BY later.batch

-- name: mark
UPDATE batches SET undone_at = $at, undone_by = $by, undone_why = $why,
    undone_version = (SELECT data_version + 1 FROM meta)
WHERE batch = $batch
