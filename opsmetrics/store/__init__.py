"""The store: one DuckDB file, one owner."""
