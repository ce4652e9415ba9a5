-- Events that gave way to a later batch, which stated their reference anew or all events of their time. They come back
-- when that batch is undone. As `events`, with the dimension columns that the store has so far.
CREATE TABLE past_events AS SELECT *, 0::INTEGER AS removed_by FROM events WHERE false;

-- replaces: the batch states all events of this time; reported_by: the dimension whose values the reporters are.
ALTER TABLE spans ADD COLUMN replaces BOOLEAN DEFAULT false;
ALTER TABLE spans ADD COLUMN reported_by VARCHAR;

-- How many stored events the batch took away.
ALTER TABLE batches ADD COLUMN removed BIGINT DEFAULT 0;
