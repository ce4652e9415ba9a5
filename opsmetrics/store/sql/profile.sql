-- name: begin
-- The facts of a few KPIs by day of UTC and dimensions: small, whatever their number.
CREATE OR REPLACE TEMP TABLE profiled (
    kpi VARCHAR, _day DATE, _at TIMESTAMP{typed}, _rows BIGINT, _numerator DOUBLE, _denominator DOUBLE,
    _minutes DOUBLE, _timed BIGINT, _cost DOUBLE, _priced BIGINT
)

-- name: end
DROP TABLE IF EXISTS temp.profiled

-- name: counts
INSERT INTO profiled
SELECT
    kpi, observed_at::DATE, min(observed_at) {grouped}, count(*), sum(numerator), sum(denominator), NULL, 0, NULL, 0
FROM {source}
GROUP BY kpi, observed_at::DATE {grouped}

-- name: readings
INSERT INTO profiled
SELECT kpi, observed_at::DATE, min(observed_at) {grouped}, count(*), sum(value), NULL, NULL, 0, NULL, 0
FROM {source}
GROUP BY kpi, observed_at::DATE {grouped}

-- name: events
-- Nothing but how many there are, and their sums.
INSERT INTO profiled
SELECT
    'events:' || stream, observed_at::DATE, min(observed_at) {grouped}, count(*), NULL, NULL, sum(minutes),
    count(minutes), sum(cost), count(cost)
FROM {source}
GROUP BY stream, observed_at::DATE {grouped}

-- name: count_totals
INSERT INTO profiled
SELECT kpi, bin::DATE, min(bin) {grouped}, sum(rows), sum(numerator), sum(denominator), NULL, 0, NULL, 0
FROM {cells}
WHERE list_contains($keys, kpi) AND bin >= $start AND bin < $end
GROUP BY kpi, bin::DATE {grouped}

-- name: reading_totals
INSERT INTO profiled
SELECT kpi, bin::DATE, min(bin) {grouped}, sum(rows), sum(mean * rows), NULL, NULL, 0, NULL, 0
FROM {cells}
WHERE list_contains($keys, kpi) AND bin >= $start AND bin < $end
GROUP BY kpi, bin::DATE {grouped}

-- name: stored_events
(SELECT * FROM events WHERE list_contains($keys, 'events:' || stream) AND observed_at >= $start AND observed_at < $end)

-- name: days
SELECT
    kpi, _day AS day, min(_at) AS first_at, sum(_rows)::BIGINT AS rows, sum(_numerator) AS numerator,
    sum(_denominator) AS denominator
FROM profiled
GROUP BY kpi, _day
ORDER BY kpi, _day

-- name: levels
-- By KPI, and by each value of each dimension, the level of a day: its mean a record, or its quotient; then the spread of
-- the days. Part 'rows' is how many there are of a day. Days at 0 have no place on a scale of ratios.
WITH level AS (
    SELECT kpi, dimension, name, first_at, rows, unnest([
        {{'part': 'rows', 'level': rows::DOUBLE}},
        {{'part': 'value', 'level': numerator / CASE WHEN denominator > 0 THEN denominator ELSE rows END}},
        {{'part': 'denominator', 'level': denominator / rows}},
        {{'part': 'minutes', 'level': minutes / timed}},
        {{'part': 'cost', 'level': cost / priced}}
    ], recursive := true)
    FROM ({slices})
)
SELECT
    kpi, part, dimension, name, count(*) AS days, count(*) FILTER (level <> 0) AS told, sum(rows)::BIGINT AS rows,
    min(first_at) AS first_at, max(first_at) AS last_at,
    quantile_cont(abs(level), 0.05) FILTER (level <> 0) AS low,
    quantile_cont(abs(level), 0.5) FILTER (level <> 0) AS mid,
    quantile_cont(abs(level), 0.95) FILTER (level <> 0) AS high,
    min(abs(level)) FILTER (level <> 0) AS least, max(abs(level)) AS most,
    arg_min(first_at, abs(level)) FILTER (level <> 0) AS least_at, arg_max(first_at, abs(level)) AS most_at
FROM level
WHERE isfinite(level)
GROUP BY kpi, part, dimension, name
ORDER BY kpi, part, dimension, name

-- name: slice
SELECT
    kpi, {dimension} AS dimension, {part} AS name, min(_at) AS first_at, sum(_rows) AS rows,
    sum(_numerator) AS numerator, sum(_denominator) AS denominator, sum(_minutes) AS minutes, sum(_timed) AS timed,
    sum(_cost) AS cost, sum(_priced) AS priced
FROM profiled
WHERE {part} IS NOT NULL
GROUP BY kpi, {part}, _day

-- name: brought
-- The names that batches brought, of what they wrote.
SELECT DISTINCT batch, {dimension} AS dimension, {part} AS name FROM {table}
WHERE list_contains($numbers, batch) AND {part} IS NOT NULL

-- name: names
-- All names of a dimension.
SELECT {part} AS name FROM {counts} WHERE {part} IS NOT NULL
UNION SELECT {part} FROM {readings} WHERE {part} IS NOT NULL
UNION SELECT {part} FROM events WHERE {part} IS NOT NULL
ORDER BY name
