-- Which version of the data a batch made, and which one its undo; which version of the decisions a decision belongs to.
-- So the store can be read as it stood at any version. Each batch and each undo makes one version; the decisions that
-- one file of definitions brings make one together.
ALTER TABLE batches ADD COLUMN data_version BIGINT;
ALTER TABLE batches ADD COLUMN undone_version BIGINT;
ALTER TABLE decisions ADD COLUMN version BIGINT;

UPDATE batches
SET data_version = made.version
FROM (
    SELECT batch, undo, row_number() OVER (ORDER BY moment, undo, batch) AS version
    FROM (
        SELECT batch, "at" AS moment, false AS undo FROM batches
        UNION ALL
        SELECT batch, undone_at, true FROM batches WHERE undone_at IS NOT NULL
    )
) AS made
WHERE made.batch = batches.batch AND NOT made.undo;

UPDATE batches
SET undone_version = made.version
FROM (
    SELECT batch, undo, row_number() OVER (ORDER BY moment, undo, batch) AS version
    FROM (
        SELECT batch, "at" AS moment, false AS undo FROM batches
        UNION ALL
        SELECT batch, undone_at, true FROM batches WHERE undone_at IS NOT NULL
    )
) AS made
WHERE made.batch = batches.batch AND made.undo;

UPDATE decisions
SET version = made.version
FROM (
    SELECT id, dense_rank() OVER (ORDER BY first) AS version
    FROM (
        SELECT id, min(id) OVER (PARTITION BY CASE WHEN why = 'from the definitions' THEN "at" END,
                                              CASE WHEN why = 'from the definitions' THEN NULL ELSE id END) AS first
        FROM decisions
    )
) AS made
WHERE made.id = decisions.id;

-- The short name by which a shown verdict is found again; null where it was kept before there were any.
ALTER TABLE shown ADD COLUMN id VARCHAR;

-- What the app does by itself at set times, each time that it did or failed.
CREATE TABLE chores (
    chore VARCHAR NOT NULL,
    site VARCHAR NOT NULL,
    day DATE NOT NULL,
    "at" TIMESTAMP NOT NULL,
    failed BOOLEAN NOT NULL,
    told VARCHAR NOT NULL
);
