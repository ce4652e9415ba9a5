-- name: record
INSERT INTO read_as VALUES (
    $batch, $header, $raw, $units, $delimiter, $quote, $template, $version, $answers, $whole, $mends, $styles
)

-- name: keep
INSERT INTO rejects (batch, number, line, text, "column", code, reason, mend, of_batch, of_number)
SELECT $batch, number, line, text, "column", code, reason, mend, of_batch, of_number FROM incoming ORDER BY number

-- name: settle
INSERT INTO mended (batch, of_batch, of_number) SELECT $batch, $of_batch, unnest($numbers::INTEGER[])

-- name: read_as
SELECT header, raw, units, delimiter, quote, template, version, answers, whole,
    coalesce(styles, '{{}}') AS styles
FROM read_as
WHERE batch = $batch

-- name: last_of
-- The last batch in force that was read by a template of this name.
SELECT max(read_as.batch)
FROM read_as JOIN batches ON batches.batch = read_as.batch AND batches.undone_at IS NULL
WHERE batches.template = $template AND read_as.mends IS NULL

-- name: rejects
-- All rejects that are kept of a batch. A mended record that was rejected again stands for the one that it was to mend.
SELECT
    coalesce(of_batch, batch) AS batch, coalesce(of_number, number) AS number, line, text, "column", code, reason, mend,
    EXISTS (
        SELECT 1
        FROM mended JOIN batches ON batches.batch = mended.batch AND batches.undone_at IS NULL
        WHERE mended.of_batch = coalesce(rejects.of_batch, rejects.batch)
            AND mended.of_number = coalesce(rejects.of_number, rejects.number)
    ) AS settled
FROM rejects
WHERE rejects.batch = $batch
ORDER BY rejects.number

-- name: state
-- Of each batch: how many records it rejected, how many of them are kept, and how many settled by batches in force.
SELECT
    batches.batch, batches.rejected, coalesce(held.kept, 0) AS kept, coalesce(done.settled, 0) AS settled, read_as.mends,
    read_as.version, coalesce(read_as.whole, '') AS whole
FROM batches
LEFT JOIN read_as ON read_as.batch = batches.batch
LEFT JOIN (SELECT batch, count(*) AS kept FROM rejects GROUP BY batch) AS held ON held.batch = batches.batch
LEFT JOIN (
    SELECT rejects.batch, count(DISTINCT rejects.number) AS settled
    FROM rejects
    JOIN mended ON mended.of_batch = coalesce(rejects.of_batch, rejects.batch)
        AND mended.of_number = coalesce(rejects.of_number, rejects.number)
    JOIN batches AS later ON later.batch = mended.batch AND later.undone_at IS NULL
    GROUP BY rejects.batch
) AS done ON done.batch = batches.batch
WHERE $batch IS NULL OR batches.batch = $batch
ORDER BY batches.batch
