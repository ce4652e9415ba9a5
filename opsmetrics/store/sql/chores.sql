-- name: record
INSERT INTO chores VALUES ($chore, $site, $day, $at, $failed, $told)

-- name: forget
DELETE FROM chores WHERE "at" < $before

-- name: done
SELECT site FROM chores WHERE chore = $chore AND day = $day AND NOT failed

-- name: last
-- Of each chore and site the last time that it was done and the last time that it failed.
SELECT chore, site, day, "at", failed, told
FROM chores
QUALIFY row_number() OVER (PARTITION BY chore, site, failed ORDER BY "at" DESC) = 1
ORDER BY chore, site, failed
