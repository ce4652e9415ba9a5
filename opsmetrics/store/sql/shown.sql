-- name: record
-- Of what counts as said to all (`store`, `morning`) a row that only repeats what was said last is left out; of what was
-- merely looked at, one whose words are kept already: it is found by the same id.
INSERT INTO shown BY NAME
SELECT {columns}
FROM arriving
LEFT JOIN LATERAL (
    SELECT arg_max(past.id, (past.as_of, past."at")) AS id
    FROM shown AS past
    WHERE past.kpi = arriving.kpi AND past.slice = arriving.slice AND past.grain = arriving.grain
        AND past.as_of <= arriving.as_of AND past.channel IN ('store', 'morning')
) AS last ON true
WHERE arriving.id IS NULL OR CASE
    WHEN arriving.channel IN ('store', 'morning') THEN last.id IS DISTINCT FROM arriving.id
    ELSE arriving.id NOT IN (SELECT id FROM shown WHERE id IS NOT NULL)
END

-- name: of
SELECT {columns}
FROM shown
WHERE kpi = $kpi AND slice = $slice AND grain = $grain
ORDER BY "at", as_of

-- name: found
SELECT {columns}
FROM shown
WHERE id = $id
ORDER BY "at", as_of
LIMIT 1

-- name: since
SELECT {columns}
FROM shown
WHERE "at" >= $at AND channel = 'terminal'
ORDER BY "at"

-- name: forget
-- What was merely looked at.
DELETE FROM shown WHERE "at" < $before AND channel NOT IN ('store', 'morning')

-- name: thin
-- Of what was said to all, the words by which it could be verified go, and what binds what follows stays (see `told`).
-- The last one of a series is still on show.
UPDATE shown SET id = NULL, verdict = '{{}}'
WHERE "at" < $before AND channel IN ('store', 'morning') AND id IS NOT NULL AND (kpi, slice, grain, as_of, "at") NOT IN (
    SELECT (kpi, slice, grain, max(as_of), arg_max("at", (as_of, "at")))
    FROM shown
    WHERE channel IN ('store', 'morning')
    GROUP BY kpi, slice, grain
)

-- name: known
SELECT DISTINCT id FROM shown WHERE list_contains($ids, id)

-- name: told
-- What was said of many series to all, each wording once: a verdict is kept after every commit, and most repeat the last.
-- What somebody looked at as of another day was not said: with the limits of today it tells of other signals.
SELECT asked.place, min(shown.as_of) AS as_of, shown.as_of_period, shown.value, shown.episodes
FROM shown
JOIN asked ON shown.kpi = asked.kpi AND shown.slice = asked.slice AND shown.grain = asked.grain
WHERE shown.channel IN ('store', 'morning')
GROUP BY asked.place, shown.as_of_period, shown.value, shown.episodes
ORDER BY asked.place, min(shown."at"), min(shown.as_of)
