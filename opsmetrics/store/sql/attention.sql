-- name: record
INSERT INTO attention VALUES (
    (SELECT coalesce(max(id), 0) + 1 FROM attention), $kpi, $slice, $grain, $kind, $side, $start_label, $detected_label,
    $rules, $until, $by, $at, $why
)
RETURNING id

-- name: all
SELECT id, kpi, slice, grain, kind, side, start_label, detected_label, rules, until, "by", "at", why
FROM attention
ORDER BY id
