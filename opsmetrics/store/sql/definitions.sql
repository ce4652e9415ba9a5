-- name: latest
SELECT text, version FROM definitions ORDER BY id DESC LIMIT 1

-- name: latest_number
SELECT max(id) FROM definitions

-- name: record
INSERT INTO definitions
SELECT coalesce(max(id), 0) + 1, $text, $version, $at, $by FROM definitions

-- name: keys
SELECT kpi, fact, dimensions FROM fact_keys

-- name: forget_key
DELETE FROM fact_keys WHERE kpi = $kpi

-- name: record_key
INSERT INTO fact_keys VALUES ($kpi, $fact, $dimensions)

-- name: rows
SELECT kpi, sum(rows)::BIGINT
FROM (
    SELECT kpi, rows FROM count_totals
    UNION ALL
    SELECT kpi, rows FROM reading_totals
    UNION ALL
    SELECT kpi, count(*)
    FROM (SELECT kpi, batch, 'counts' AS fact FROM counts UNION ALL SELECT kpi, batch, 'readings' FROM readings)
    SEMI JOIN sparse USING (batch, fact)
    GROUP BY kpi
)
GROUP BY kpi

-- name: no_counts
SELECT count(*) FILTER (numerator < 0 OR denominator < 0), count(*) FILTER (numerator > denominator)
FROM counts
WHERE kpi = $kpi

-- name: add_column
ALTER TABLE {table} ADD COLUMN {column} VARCHAR

-- name: record_dimension
INSERT INTO dimension_columns SELECT count(*), $name FROM dimension_columns

-- name: fill
UPDATE {table} SET {column} = $value WHERE kpi = $kpi AND {column} IS NULL
