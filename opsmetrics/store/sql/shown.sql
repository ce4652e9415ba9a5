-- name: record
INSERT INTO shown VALUES (
    $kpi, $slice, $grain, $as_of, $data_version, $decisions_version, $definitions_version, $as_of_period, $value,
    $verdict, $episodes, $at, $channel
)

-- name: of
SELECT
    kpi, slice, grain, as_of, data_version, decisions_version, definitions_version, as_of_period, value, verdict,
    episodes, "at", channel
FROM shown
WHERE kpi = $kpi AND slice = $slice AND grain = $grain
ORDER BY "at", as_of
