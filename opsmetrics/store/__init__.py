"""The store: one DuckDB file, one owner.

`Store.open` for a tool that comes and goes; `own`, `current` and `release` for the one process that keeps it.
"""

from opsmetrics.store.decisions import slice_json
from opsmetrics.store.errors import (
    KeyDimensionNeedsAnswer,
    StoreBusy,
    StoreClosed,
    StoreDamaged,
    StoreError,
    StoreReopened,
    StoreTimeout,
    StoreTooNew,
)
from opsmetrics.store.history import value_history
from opsmetrics.store.process import current, own, release
from opsmetrics.store.shape import FactTable
from opsmetrics.store.store import Store

__all__ = [
    "FactTable",
    "KeyDimensionNeedsAnswer",
    "Store",
    "StoreBusy",
    "StoreClosed",
    "StoreDamaged",
    "StoreError",
    "StoreReopened",
    "StoreTimeout",
    "StoreTooNew",
    "current",
    "own",
    "release",
    "slice_json",
    "value_history",
]
