-- name: next_id
SELECT coalesce(max(id), 0) + 1 FROM decisions

-- name: one
SELECT kpi, (SELECT min(later.id) FROM decisions AS later WHERE later.supersedes = $id) FROM decisions WHERE id = $id

-- name: record
INSERT INTO decisions VALUES (
    $id, $kpi, $kind, $slice, $grain, $start_at, $start_sample, $end_at, $end_sample, $value, $by, $at, $why,
    $supersedes, (SELECT decisions_version + 1 FROM meta)
)

-- name: all
SELECT
    id, kpi, kind, slice, grain, start_at, start_sample, end_at, end_sample, value, "by", "at", why, supersedes
FROM decisions
WHERE len($kpis) = 0 OR list_contains($kpis, kpi)
ORDER BY id
