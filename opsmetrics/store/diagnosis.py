"""What an error of DuckDB means for the store. DuckDB tells most causes apart in the text only."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from opsmetrics.store.errors import StoreBusy, StoreDamaged, StoreError

_HELD_BY = re.compile(r"\(PID (\d+)\)")
_DAMAGE = ("Corrupt", "Could not read enough bytes", "not a valid DuckDB database", "replaying WAL")
_NO_ACCESS = ("Permission denied", "Read-only file system", "No space left", "Is a directory", "Not a directory")


def is_damage(error: duckdb.Error) -> bool:
    """True where DuckDB could not make sense of bytes in the file."""
    return any(sign in str(error) for sign in _DAMAGE)


def is_full(error: duckdb.Error) -> bool:
    """True where the disk had no room, for the file or for what a query puts aside."""
    return "No space left" in str(error) or "File too large" in str(error)


def not_opened(path: Path, error: duckdb.Error) -> StoreError:
    """Why the file could not be opened."""
    text = str(error)
    if "Could not set lock" in text:
        held = _HELD_BY.search(text)
        return StoreBusy(path, int(held.group(1)) if held else None, None)
    for sign in _NO_ACCESS:
        if sign in text:
            return StoreError(
                f"The store {path} could not be opened: {sign}. Choose another path, or give this account a file it "
                "can read and write."
            )
    return StoreDamaged(path, plain_words(error))


def plain_words(error: duckdb.Error) -> str:
    """The first sentence of the error, without DuckDB's name for its class."""
    first = str(error).strip().splitlines()[0]
    words = re.sub(r"^(?:[A-Z][A-Za-z ]* Error|FATAL Error|INTERRUPT Error): ", "", first)
    return words if words.endswith((".", "!")) else f"{words}."
