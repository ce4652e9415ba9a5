-- name: tables
SELECT table_name FROM duckdb_tables() WHERE NOT internal

-- name: begin_ledger
CREATE TABLE schema_version (version INTEGER NOT NULL, name VARCHAR NOT NULL, "at" TIMESTAMP NOT NULL)

-- name: version
SELECT coalesce(max(version), 0) FROM schema_version

-- name: record
INSERT INTO schema_version VALUES ($version, $name, $at)

-- name: versions
SELECT data_version, decisions_version, (SELECT coalesce(max(id), 0) FROM attention) FROM meta

-- name: bump_data
UPDATE meta SET data_version = data_version + 1

-- name: bump_decisions
UPDATE meta SET decisions_version = decisions_version + 1

-- name: dimensions
SELECT name FROM dimension_columns ORDER BY position
