-- name: utc
SET GLOBAL TimeZone = 'UTC'

-- name: memory
SET GLOBAL memory_limit = $memory_limit

-- name: no_outside
SET GLOBAL enable_external_access = false

-- name: lock
SET GLOBAL lock_configuration = true
