-- When somebody looked at Today, a row for each visit. reader: whoever signed in, or the random name of a browser.
CREATE TABLE visits (
    reader VARCHAR NOT NULL,
    began_at TIMESTAMP NOT NULL,
    last_at TIMESTAMP NOT NULL
);

-- What people said about a signal: seen, snoozed until a day, or neither any more. Append only, and beside the
-- decisions: it changes no verdict, so it belongs to no version of them. side, start_label and detected_label tell of
-- which episode, rules which rules it had completed by then. slice is JSON.
CREATE TABLE attention (
    id INTEGER NOT NULL,
    kpi VARCHAR NOT NULL,
    slice VARCHAR NOT NULL,
    grain VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    side VARCHAR NOT NULL,
    start_label VARCHAR NOT NULL,
    detected_label VARCHAR NOT NULL,
    rules VARCHAR[] NOT NULL,
    until DATE,
    "by" VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL,
    why VARCHAR NOT NULL
);
