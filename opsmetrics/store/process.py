"""The store of this process: pages, routes and the inbox thread share one.

It is kept in a slot of `sys.modules` under a name that no project module has: hot reload evicts the project's modules,
and a module-level variable would then be made a second time and fail on our own lock file.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import cast

from opsmetrics.store.errors import StoreClosed, StoreError
from opsmetrics.store.store import Store

_NAME = "_opsmetrics_process"


def own(path: Path, *, memory_limit: str = "1GB", query_seconds: float = 30.0, role: str = "app") -> Store:
    """Opens the store for this process, or returns it where it is open already.

    Raises what `Store.open` raises, and StoreError where the process owns another store.
    """
    slot = _slot()
    with slot.lock:
        held = slot.store
        if held is None or not held.is_open:
            if held is not None:
                held.close()
            held = Store.open(path, memory_limit=memory_limit, query_seconds=query_seconds, role=role)
            slot.store = held
        elif held.path != Path(path).expanduser().resolve():
            raise StoreError(
                f"This process has the store {held.path} open; it cannot open {path} as well. Release the first one."
            )
        return held


def current() -> Store:
    """The store of this process; raises StoreClosed where none is open."""
    held = _slot().store
    if held is None or not held.is_open:
        raise StoreClosed(None if held is None else held.path)
    return held


def release() -> None:
    """Closes the store of this process, if one is open."""
    slot = _slot()
    with slot.lock:
        held = slot.store
        slot.store = None
        if held is not None:
            held.close()


class _Slot(ModuleType):
    """What the process owns, and the lock around opening and releasing it."""

    store: Store | None = None

    def __init__(self) -> None:
        super().__init__(_NAME)
        self.lock = threading.RLock()


def _slot() -> _Slot:
    return cast(_Slot, sys.modules.setdefault(_NAME, _Slot()))
