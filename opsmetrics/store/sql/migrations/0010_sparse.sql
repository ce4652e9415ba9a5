-- Batches of which no totals of one table of facts are kept: their facts are hardly denser than totals would be, and are
-- read in their place.
CREATE TABLE sparse (batch INTEGER NOT NULL, fact VARCHAR NOT NULL);
