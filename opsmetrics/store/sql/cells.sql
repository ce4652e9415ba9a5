-- name: cells
-- Facts summed by KPI, quarter-hour of UTC and dimensions. Of readings the mean and the squared deviations from it: sums
-- of squares would cancel far from zero.
SELECT {cell_dimensions}, {bin} AS bin, {cell_sums}, count(*) AS rows, max(observed_at) AS _last_at
FROM {facts} AS fact
GROUP BY ALL

-- name: density
-- How many facts a batch has, about how many cells (some 3 % more or less), and its first and last quarter-hour.
SELECT count(*), approx_count_distinct(hash({cell_dimensions}, {bin})), min({bin}), max({bin})
FROM {table} WHERE batch = $batch

-- name: sparse
INSERT INTO sparse VALUES ($batch, '{table}')

-- name: is_sparse
SELECT EXISTS (FROM sparse WHERE batch = $batch AND fact = '{table}')

-- name: no_longer_sparse
DELETE FROM sparse WHERE batch = $batch

-- name: none_sparse
DELETE FROM sparse

-- name: totalled
-- The facts of which totals are kept.
(FROM {table} ANTI JOIN (SELECT batch FROM sparse WHERE fact = '{table}') AS own USING (batch))

-- name: everywhere
-- Cells as totals tell them, and the facts in their place: then a cell has several rows, to be added up.
(
    SELECT {cell_dimensions}, bin, {cell_columns}, rows, _last_at FROM {totals}
    UNION ALL
    SELECT {cell_dimensions}, {bin}, {cell_single}, 1, observed_at FROM {table}
    SEMI JOIN (SELECT batch FROM sparse WHERE fact = '{table}') AS own USING (batch)
)

-- name: touch
-- The cells that the facts of a batch lie in.
CREATE TEMP TABLE touched_cells AS SELECT DISTINCT {cell_dimensions}, {bin} AS bin FROM {table} WHERE batch = $batch

-- name: reach
SELECT min(bin), max(bin) + INTERVAL 15 MINUTES FROM touched_cells

-- name: touched_facts
-- The bounds spare a look at all facts: the engine knows which times each block of rows holds, and no quarter-hours.
(
    SELECT source.*
    FROM (SELECT *, {bin} AS bin FROM {totalled} WHERE observed_at >= $first AND observed_at < $last) AS source
    SEMI JOIN touched_cells AS target ON {match_cell}
)

-- name: forget_touched
DELETE FROM {totals} AS target USING touched_cells AS source WHERE {match_cell}

-- name: drop_touched
DROP TABLE IF EXISTS temp.touched_cells

-- name: facts_of_batch
(SELECT * FROM {table} WHERE batch = $batch AND observed_at >= $first AND observed_at < $last)

-- name: facts_of_kpi
(SELECT * FROM {totalled} WHERE kpi = $kpi)

-- name: forget_kpi
DELETE FROM {totals} WHERE kpi = $kpi

-- name: put
INSERT INTO {totals} BY NAME {cells}

-- name: forget
DELETE FROM {totals}

-- name: differing
-- Cells that are not what the facts add up to; sums of fractions differ in their last digits with the order of the facts.
SELECT coalesce(source.kpi, target.kpi) AS kpi, coalesce(source.bin, target.bin) AS bin
FROM ({cells}) AS source
FULL JOIN {totals} AS target ON {match_cell}
WHERE source.rows IS DISTINCT FROM target.rows OR source._last_at IS DISTINCT FROM target._last_at OR {cell_differs}
ORDER BY ALL
LIMIT 1

-- name: sort
CREATE TABLE sorted_facts AS SELECT * FROM {table} ORDER BY {keys}

-- name: drop_unsorted
DROP TABLE {table}

-- name: take_name
ALTER TABLE sorted_facts RENAME TO {table}

-- name: required
ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL
