-- name: last
-- The last two visits of a reader, the newer one first.
SELECT began_at, last_at FROM visits WHERE reader = $reader ORDER BY began_at DESC LIMIT 2

-- name: begin
INSERT INTO visits VALUES ($reader, $at, $at)

-- name: go_on
UPDATE visits SET last_at = $at WHERE reader = $reader AND began_at = $began

-- name: forget
DELETE FROM visits WHERE last_at < $before
