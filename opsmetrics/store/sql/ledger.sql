-- name: next_batch
SELECT coalesce(max(batch), 0) + 1 FROM batches

-- name: record
INSERT INTO batches (
    batch, kind, "at", "by", source, fingerprint, template, note, records, rows, rejected, missing, duplicates, skipped,
    new, updated, unchanged, removed, kpis, data_version
)
VALUES (
    $batch, $kind, $at, $by, $source, $fingerprint, $template, $note, $records, $rows, $rejected, $missing,
    $duplicates, $skipped, $new, $updated, $unchanged, $removed, $kpis, (SELECT data_version + 1 FROM meta)
)

-- name: record_span
INSERT INTO spans (batch, kpi, starts_at, ends_at, reporters, replaces, reported_by, states)
VALUES ($batch, $kpi, $starts_at, $ends_at, $reporters, $replaces, $reported_by, $states)

-- name: batches
SELECT
    batch, "at", "by", source, fingerprint, template, note, records, rows, rejected, missing, duplicates, skipped,
    new, updated, unchanged, removed, undone_at, undone_by, undone_why, kpis, kind
FROM batches
ORDER BY batch

-- name: spans
SELECT spans.kpi, spans.batch, batches.source, spans.starts_at, spans.ends_at, spans.reporters
FROM spans
JOIN batches ON batches.batch = spans.batch AND batches.undone_at IS NULL
WHERE list_contains($keys, spans.kpi)
ORDER BY spans.kpi, spans.starts_at, spans.ends_at, spans.batch

-- name: covered
-- What is known from the batches in force. A span that events end is open by a microsecond, so that it holds the last one:
-- that is no time of which anything is known.
SELECT spans.kpi, spans.starts_at, date_trunc('second', spans.ends_at) AS ends_at, spans.reporters, false AS watched
FROM spans
JOIN batches ON batches.batch = spans.batch AND batches.undone_at IS NULL
WHERE list_contains($keys, spans.kpi) AND NOT spans.states
UNION ALL
SELECT 'events:' || stream, starts_at, ends_at, [unit], true FROM watched WHERE list_contains($keys, 'events:' || stream)
ORDER BY ALL

-- name: live_spans
SELECT spans.kpi, spans.starts_at, spans.ends_at, spans.reporters, spans.replaces, spans.states
FROM spans
JOIN batches ON batches.batch = spans.batch AND batches.undone_at IS NULL
WHERE batches.fingerprint = $fingerprint

-- name: seen
SELECT max(batch) FROM batches WHERE fingerprint = $fingerprint AND kind = 'load' AND undone_at IS NULL

-- name: changes
SELECT {change_columns}
FROM change AS own
LEFT JOIN {table} AS target ON target.batch = own.batch AND {match_own}
LEFT JOIN (
    SELECT change.* FROM change JOIN batches ON batches.batch = change.batch AND batches.undone_at IS NULL
) AS later ON later.old_batch = own.batch AND later.fact = own.fact AND {match_later}
WHERE own.batch = $batch AND own.fact = '{table}'
