-- Facts carry no primary key: it costs four times the load time and twenty times the space, and MERGE needs no index.
-- Dimension columns are added to counts, readings, events and change when definitions are applied.
CREATE TABLE counts (
    kpi VARCHAR NOT NULL,
    observed_at TIMESTAMP NOT NULL,
    numerator DOUBLE NOT NULL,
    denominator DOUBLE,
    batch INTEGER NOT NULL
);

CREATE TABLE readings (
    kpi VARCHAR NOT NULL,
    observed_at TIMESTAMP NOT NULL,
    sample BIGINT NOT NULL,
    value DOUBLE NOT NULL,
    batch INTEGER NOT NULL
);

CREATE TABLE events (
    stream VARCHAR NOT NULL,
    observed_at TIMESTAMP NOT NULL,
    category VARCHAR,
    subcategory VARCHAR,
    count DOUBLE,
    cost DOUBLE,
    minutes DOUBLE,
    reference VARCHAR,
    batch INTEGER NOT NULL
);

-- The ledger. kind: 'load' for files and typed screens, 'fill' for a dimension given to old rows.
CREATE TABLE batches (
    batch INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "by" VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL,
    template VARCHAR,
    note VARCHAR NOT NULL,
    records BIGINT NOT NULL,
    rows BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    missing BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    new BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    kpis VARCHAR[] NOT NULL,
    undone_at TIMESTAMP,
    undone_by VARCHAR,
    undone_why VARCHAR
);

CREATE TABLE spans (
    batch INTEGER NOT NULL,
    kpi VARCHAR NOT NULL,
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    reporters VARCHAR[] NOT NULL
);

-- What a batch overwrote. old_batch null, or no row at all: the fact did not exist before that batch.
CREATE TABLE change (
    batch INTEGER NOT NULL,
    fact VARCHAR NOT NULL,
    kpi VARCHAR NOT NULL,
    observed_at TIMESTAMP NOT NULL,
    sample BIGINT,
    old_numerator DOUBLE,
    old_denominator DOUBLE,
    old_value DOUBLE,
    old_batch INTEGER
);

-- Append only. slice and value are JSON; a moment is an instant or a sample number.
CREATE TABLE decisions (
    id INTEGER NOT NULL,
    kpi VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    slice VARCHAR NOT NULL,
    grain VARCHAR,
    start_at TIMESTAMP,
    start_sample BIGINT,
    end_at TIMESTAMP,
    end_sample BIGINT,
    value VARCHAR,
    "by" VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL,
    why VARCHAR NOT NULL,
    supersedes INTEGER
);

CREATE TABLE definitions (
    id INTEGER NOT NULL,
    text VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "by" VARCHAR NOT NULL
);

-- Under which table and key dimensions the facts of a KPI lie, also after it has left the definitions.
CREATE TABLE fact_keys (
    kpi VARCHAR NOT NULL,
    fact VARCHAR NOT NULL,
    dimensions VARCHAR[] NOT NULL
);

-- The names of the dimension columns, in the order in which they were added.
CREATE TABLE dimension_columns (
    position INTEGER NOT NULL,
    name VARCHAR NOT NULL
);

-- Verdicts that were shown to somebody. slice, verdict and episodes are JSON.
CREATE TABLE shown (
    kpi VARCHAR NOT NULL,
    slice VARCHAR NOT NULL,
    grain VARCHAR NOT NULL,
    as_of TIMESTAMP NOT NULL,
    data_version BIGINT NOT NULL,
    decisions_version BIGINT NOT NULL,
    definitions_version VARCHAR NOT NULL,
    as_of_period VARCHAR,
    value DOUBLE,
    verdict VARCHAR NOT NULL,
    episodes VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL,
    channel VARCHAR NOT NULL
);

CREATE TABLE meta (
    data_version BIGINT NOT NULL,
    decisions_version BIGINT NOT NULL
);

INSERT INTO meta VALUES (0, 0);
