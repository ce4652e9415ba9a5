-- The facts summed by KPI, quarter-hour of UTC and dimensions: what a chart reads, however many facts lie behind it. Each
-- batch and each undo makes the cells that it touches anew. The stars stand for kpi and the columns of dimensions.
CREATE TABLE count_totals AS
SELECT
    * EXCLUDE (observed_at, numerator, denominator, batch),
    time_bucket(INTERVAL 15 MINUTES, observed_at, TIMESTAMP 'epoch') AS bin,
    sum(numerator) AS numerator, sum(denominator) AS denominator, count(*) AS rows, max(observed_at) AS _last_at
FROM counts
GROUP BY ALL;

CREATE TABLE reading_totals AS
SELECT
    * EXCLUDE (observed_at, sample, value, batch),
    time_bucket(INTERVAL 15 MINUTES, observed_at, TIMESTAMP 'epoch') AS bin,
    avg(value) AS mean, var_pop(value) * count(*) AS m2, count(*) AS rows, max(observed_at) AS _last_at
FROM readings
GROUP BY ALL;
