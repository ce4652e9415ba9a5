"""The store: one DuckDB file, one owner.

`Store.open` for a tool that comes and goes; `own`, `current` and `release` for the one process that keeps it.
"""

from opsmetrics.store.attention import attend, attention
from opsmetrics.store.check import Finding
from opsmetrics.store.chores import Chore
from opsmetrics.store.decisions import slice_json
from opsmetrics.store.errors import (
    KeyDimensionNeedsAnswer,
    StoreBusy,
    StoreClosed,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreNotWhole,
    StoreReopened,
    StoreTimeout,
    StoreTooNew,
)
from opsmetrics.store.history import event_history, overwritten_events, state_history, value_history
from opsmetrics.store.keeping import Backup, all_or_nothing, back_up, backups_in, lend, restore
from opsmetrics.store.lock import is_owned
from opsmetrics.store.past import definitions_text, lost, past, steps_after
from opsmetrics.store.process import current, own, release
from opsmetrics.store.rejected import Rejected, read_as, rejected, rejects_of
from opsmetrics.store.shape import FactTable
from opsmetrics.store.shown import Channel
from opsmetrics.store.store import Store
from opsmetrics.store.undo import undo_effect
from opsmetrics.store.visits import PAUSE as VISIT_PAUSE
from opsmetrics.store.visits import look

__all__ = [
    "VISIT_PAUSE",
    "Backup",
    "Channel",
    "Chore",
    "FactTable",
    "Finding",
    "KeyDimensionNeedsAnswer",
    "Rejected",
    "Store",
    "StoreBusy",
    "StoreClosed",
    "StoreDamaged",
    "StoreError",
    "StoreFull",
    "StoreNotWhole",
    "StoreReopened",
    "StoreTimeout",
    "StoreTooNew",
    "all_or_nothing",
    "attend",
    "attention",
    "back_up",
    "backups_in",
    "current",
    "definitions_text",
    "event_history",
    "is_owned",
    "lend",
    "look",
    "lost",
    "overwritten_events",
    "own",
    "past",
    "read_as",
    "rejected",
    "rejects_of",
    "release",
    "restore",
    "slice_json",
    "state_history",
    "steps_after",
    "undo_effect",
    "value_history",
]
