"""The rows of a batch as a relation that one statement reads."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import duckdb

from opsmetrics.measurements import Facts
from opsmetrics.store.errors import StoreError


@contextlib.contextmanager
def incoming(cursor: duckdb.DuckDBPyConnection, facts: Facts, source: str) -> Iterator[None]:
    """The batch's rows as the relation `incoming`, for one statement: a reader of record batches is read once."""
    cursor.register("incoming", facts.reader())
    try:
        yield
    except duckdb.InvalidInputException as error:
        if "reading the stream registered" not in str(error):
            raise
        raise StoreError(
            f"The rows of {source} could not be read to their end. Nothing was stored; read the file again."
        ) from error
