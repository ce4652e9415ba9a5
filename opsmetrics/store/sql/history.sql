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

-- name: events
-- What the batches in force say of an event (by its reference, else by its instant and dimensions), and which of them
-- took it away. A batch states unchanged events again, so they stand here once for each.
SELECT observed_at, {dimensions}{values}, reference, batch, NULL::INTEGER AS removed_by
FROM events
WHERE stream = $stream AND {of_event}
UNION ALL
SELECT observed_at, {dimensions}{values}, reference, batch, removed_by
FROM past_events
WHERE stream = $stream AND {of_event}
ORDER BY batch, observed_at

-- name: outage
-- Whose outage of a log of states this is, and when it begins and ends.
-- (One without an end goes on to the last record.)
SELECT _unit, observed_at, observed_at + to_microseconds(round(coalesce(minutes, 1e9) * 6e7)::BIGINT) AS over
FROM events
WHERE stream = $stream AND reference = $reference AND _unit IS NOT NULL

-- name: states
-- The records of a log behind an outage: of its unit, from its start to the record that ends it, of all batches in force.
SELECT observed_at, _state AS state, _down AS down, batch
FROM states
WHERE stream = $stream AND _unit = $unit AND observed_at >= $start AND observed_at <= $over
ORDER BY observed_at, batch, _line
LIMIT $limit

-- name: overwritten_events
-- The events that a batch took away or stated otherwise, as they were; not those that it stated again as they were.
SELECT {columns} FROM past_events WHERE removed_by = $batch
EXCEPT ALL
SELECT {columns}
FROM (SELECT {columns}, batch FROM events UNION ALL SELECT {columns}, batch FROM past_events)
WHERE batch = $batch
ORDER BY ALL
LIMIT $limit
