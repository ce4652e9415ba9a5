"""What every page asks of the store before anything else, remembered while nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import duckdb

from opsmetrics.store.engine import Engine

T = TypeVar("T")


class Recalled(Generic[T]):
    """An answer of the store that is read anew only after something was written or the file was opened again.

    The one owner of the file writes through the engine alone, so its count of writings tells. Raises what reading does.
    """

    def __init__(self, engine: Engine, read: Callable[[duckdb.DuckDBPyConnection], T]) -> None:
        self._engine, self._read = engine, read
        self._last: tuple[tuple[int, int], T] | None = None

    def __call__(self) -> T:
        """The answer as it is now."""
        moment, last = self._engine.moment, self._last  # the moment first: what is written meanwhile is read next time
        if last is not None and last[0] == moment:
            return last[1]
        with self._engine.reading() as cursor:
            found = self._read(cursor)
        self._last = moment, found
        return found
