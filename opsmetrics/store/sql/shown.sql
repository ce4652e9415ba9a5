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

-- name: told
-- What was said of many series, each wording once: a verdict is kept after every commit, and most repeat the last.
SELECT asked.place, min(shown.as_of) AS as_of, shown.as_of_period, shown.value, shown.episodes
FROM shown
JOIN asked ON shown.kpi = asked.kpi AND shown.slice = asked.slice AND shown.grain = asked.grain
GROUP BY asked.place, shown.as_of_period, shown.value, shown.episodes
ORDER BY asked.place, min(shown."at"), min(shown.as_of)
