"""What the store has acknowledged, noted outside the database: one line for each batch and undo, in a file beside it.

A database whose log was cut opens without an error and without its last batches; its own ledger is cut with it. Only
a note kept elsewhere can tell.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

from opsmetrics.store.errors import StoreError

#: batch, undo: acknowledged; created, restored: the store began anew, and what was noted before is about another one.
What = Literal["batch", "undo", "created", "restored"]


@dataclass(frozen=True)
class Noted:
    """What the notes promise: batches that must stand in the ledger, the least data version, and lines that cannot be
    read."""

    batches: frozenset[int] = frozenset()
    data_version: int = 0
    unreadable: int = 0


class Notes:
    """The notes beside one store."""

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(store.name + ".receipts")

    def add(self, what: What, *, data_version: int, batch: int | None = None) -> None:
        """Write one line and see it to the disk. Raises StoreError where that fails: the change itself is stored."""
        at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        line = json.dumps({"at": at, "what": what, "batch": batch, "data_version": data_version})
        try:
            with self.path.open("ab+") as file:
                file.write(b"" if _ends_a_line(file) else b"\n")
                file.write(line.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(
                f"The change was stored, but not noted in {self.path} ({error.strerror}). Free some space or give this "
                "account the right to write there; sending the file again changes nothing."
            ) from error

    def read(self) -> Noted:
        """What was noted since the store was created or restored."""
        if not self.path.exists():
            return Noted()
        batches: set[int] = set()
        version = unreadable = 0
        for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
            told = _told(line)
            if told is None:
                unreadable += 1
                continue
            if told["what"] in ("created", "restored"):
                batches, version = set(), 0
            elif told["what"] == "batch":
                batches.add(int(told["batch"]))
            version = max(version, int(told["data_version"]))
        return Noted(frozenset(batches), version, unreadable)


def _ends_a_line(file: BinaryIO) -> bool:
    """False where the last line was cut: what follows must not be joined to it."""
    if file.seek(0, os.SEEK_END) == 0:
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def _told(line: str) -> dict[str, Any] | None:
    """The line's record; None where it was cut or is none."""
    try:
        told = json.loads(line)
        return told if {"what", "batch", "data_version"} <= set(told) else None
    except (json.JSONDecodeError, TypeError):
        return None
